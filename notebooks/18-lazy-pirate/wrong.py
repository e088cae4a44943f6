"""Answers that the checks of lesson 18 refuse, each with words of its verdict."""

from __future__ import annotations

from typing import Any


def triples(number):
    return 3 * number


async def answers_another(context, endpoint):
    return endpoint.upper()


# At least five of different kinds for each check: it blocks, it leaves something open, it answers
# another question, it never ends, it cheats.
WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "18 warm-up": [(triples, "double(3)", "double(3)")],
    "18 exercise": [(answers_another, "INPROC", "INPROC")],
}
