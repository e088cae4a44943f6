"""Checkers of lesson 32: a memory of what was done that stays small."""

from __future__ import annotations

import inspect
import pickle
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from zmqlab.exercises.checks import NotRight, checker
from zmqlab.words.language import Text

IsNew = Callable[[dict[Any, Any], bytes, int], bool]
Message = tuple[bytes, int]
SMALL = 1_000
"""Bytes of a memory, pickled, in which nothing waits for its turn."""
MANY = 10_000


@checker("32 a small memory")
def small_memory(is_new: IsNew) -> Text:
    """Let it judge messages in order, again, overtaken and mixed; then look at its memory."""
    if inspect.iscoroutinefunction(is_new):
        words = Text(
            en="`is_new` waits for nothing.",
            ko="`is_new`는 아무것도 기다리지 않으므로 코루틴이 아니어야 합니다.",
        )
        raise NotRight("def is_new(...)", "async def is_new(...)", words)

    in_order = [(b"anna", number) for number in (1, 2, 3)]
    _judge(is_new, in_order, Text(en="1, 2, 3, in order.", ko="1, 2, 3이 차례대로 옴."))
    again = [(b"anna", number) for number in (1, 2, 2, 1, 3, 3, 1)]
    _judge(is_new, again, Text(en="Some come again.", ko="몇 개가 다시 옴."))
    overtaken = [(b"anna", number) for number in (3, 1, 3, 2, 1, 4, 3)]
    _judge(is_new, overtaken, Text(en="3 overtakes 1 and 2.", ko="3이 1과 2를 앞지름."))
    mixed = [(b"anna", 1), (b"carl", 1), (b"carl", 2), (b"anna", 1), (b"anna", 2), (b"carl", 1)]
    _judge(is_new, mixed, Text(en="Two streams.", ko="스트림 두 개."))

    dice = random.Random(32)
    storm = list(_storm(dice))
    case = Text(
        en="3,000 messages of three streams, shuffled, many of them several times.",
        ko="스트림 세 개의 메시지 3,000개가 뒤섞여 오고, 여러 번 오는 것도 많음.",
    )
    _judge(is_new, storm, case)

    memory: dict[Any, Any] = {}
    long = [(b"anna", number) for number in range(1, MANY + 1)]
    case = Text(en="10,000 in a row.", ko="10,000개가 차례대로 옴.")
    _judge(is_new, long, case, memory)
    size = len(pickle.dumps(memory))
    if size > SMALL:
        raise NotRight(
            Text(en="as little in memory as after ten", ko="10개일 때만큼 작은 memory"),
            Text(en=f"{size:,} bytes (pickled)", ko=f"{size:,}바이트(pickle 기준)"),
            case,
        )
    case = Text(en="Then the very first one comes again.", ko="그 뒤에 맨 처음 것이 다시 옴.")
    _judge(is_new, [(b"anna", 1)], case, memory, done={(b"anna", 1)})

    memory = {}
    case = Text(en="900 to 2 come in reverse, and then 1.", ko="900부터 2까지 거꾸로 온 뒤 1이 옴.")
    _judge(is_new, [(b"carl", number) for number in range(900, 0, -1)], case, memory)
    size = len(pickle.dumps(memory))
    if size > SMALL:
        raise NotRight(
            Text(en="nothing remembered one by one any more", ko="하나하나 기억하는 번호 없음"),
            Text(en=f"{size:,} bytes (pickled)", ko=f"{size:,}바이트(pickle 기준)"),
            case,
        )
    return Text(
        en="Each message is new once, whatever comes again or too early, and the memory stays"
        " small.",
        ko="다시 오거나 앞질러 와도 메시지마다 한 번만 새것으로 보고, memory는 작게 유지합니다.",
    )


def _storm(dice: random.Random) -> Iterator[Message]:
    """Messages of three streams: nobody is more than 100 ahead, copies come at any time."""
    left = {stream: list(range(1, 1001)) for stream in (b"anna", b"carl", b"dora")}
    sent: list[Message] = []
    while any(left.values()):
        stream = dice.choice([one for one, numbers in left.items() if numbers])
        message = (stream, left[stream].pop(dice.randrange(min(100, len(left[stream])))))
        sent.append(message)
        yield message
        while dice.random() < 0.4:
            yield dice.choice(sent)


def _judge(
    is_new: IsNew,
    messages: Iterable[Message],
    case: Text,
    memory: dict[Any, Any] | None = None,
    done: set[Message] | None = None,
) -> None:
    """Compare its word with the truth, message by message; the memory is all that it may keep."""
    kept: dict[Any, Any] = {} if memory is None else memory
    seen = set(done or ())
    for count, (stream, number) in enumerate(messages, 1):
        if memory is None:  # a program that was killed and started again has what was written
            kept = pickle.loads(pickle.dumps(kept))
        got = is_new(kept, stream, number)
        truth = (stream, number) not in seen
        seen.add((stream, number))
        if got is not truth:
            which = Text(
                en=f"{case.en} Message {count}: number {number} of {stream!r}.",
                ko=f"{case.ko} {count}번째 메시지: {stream!r}의 {number}번.",
            )
            raise NotRight(truth, got, which)
