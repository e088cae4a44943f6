"""Checkers of lesson 18."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from zmqlab.exercises.checks import checker, expect
from zmqlab.words.language import Text


@checker("18 warm-up")
def warm_up(double: Callable[[int], int]) -> Text:
    """Double a few numbers."""
    for number in (0, 3, -5):
        about = Text(en=f"double({number})", ko=f"double({number})")
        expect(double(number), 2 * number, about)
    return Text(en="It doubles every number.", ko="어떤 수든 두 배로 만듭니다.")


@checker("18 exercise")
async def exercise(answer: Callable[[Any, str], Awaitable[str]]) -> Text:
    """Try the answer."""
    endpoint = "inproc://somewhere"
    expect(await answer(None, endpoint), endpoint)
    return Text(en="It is right.", ko="맞습니다.")
