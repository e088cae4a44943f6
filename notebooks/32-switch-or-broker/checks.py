"""Checkers of lesson 32: book and acknowledge, and a memory of what was done that stays small."""

from __future__ import annotations

import inspect
import pickle
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.words.language import Text

Take = Callable[[int, Callable[[int], bool], Callable[[int], None]], None]
IsNew = Callable[[dict[Any, Any], bytes, int], bool]


def _must_not_wait(function: Callable[..., Any], name: str) -> None:
    if inspect.iscoroutinefunction(function):
        words = Text(
            en=f"`{name}` waits for nothing.",
            ko=f"`{name}` 함수는 아무것도 기다리지 않으므로 코루틴이 아니어야 합니다.",
        )
        raise NotRight(f"def {name}(...)", f"async def {name}(...)", words)


# ------------------------------------------------------------- warm-up

TOO_OFTEN = 10
"""Calls of one trial after which an answer counts as endless."""
ORDER = Text(en="{} What was done, in order?", ko="{} 무엇을 어떤 순서로 했나요?")


class _Killed(BaseException):
    """The end of the receiver's process, which no receiver can catch."""


@dataclass
class _Receiver:
    """A book and a line to the sender; notes each call."""

    answer: bool | BaseException
    calls: list[str] = field(default_factory=list)

    def book(self, payment: int) -> bool:
        self._note(f"book {payment}")
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def acknowledge(self, payment: int) -> None:
        self._note(f"acknowledge {payment}")

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if len(self.calls) > TOO_OFTEN:
            got = Text(en=f"more than {TOO_OFTEN} calls", ko=f"{TOO_OFTEN}번이 넘는 호출")
            words = Text(en="A payment that never ends.", ko="끝나지 않는 결제입니다.")
            raise NotRight(Text(en="an end", ko="끝나기"), got, words)


PAYMENTS: tuple[tuple[int, bool | BaseException, list[str], Text], ...] = (
    # payment, what book() gives, the calls that are right, the situation
    (7, True, ["book 7", "acknowledge 7"], Text(en="A new payment.", ko="새 결제.")),
    (
        8,
        False,
        ["book 8", "acknowledge 8"],
        Text(
            en="A payment that stands in the book already: its first acknowledgement was lost.",
            ko="이미 장부에 있는 결제. 첫 확인 응답이 유실되어 다시 왔습니다.",
        ),
    ),
    (
        9,
        _Killed(),
        ["book 9"],
        Text(
            en="The receiver is killed while it books.",
            ko="장부에 적는 중에 받는 쪽이 강제 종료됩니다.",
        ),
    ),
    (
        10,
        OSError("no space left on device"),
        ["book 10"],
        Text(
            en="The disk is full: book() raises.", ko="디스크가 가득 차 book()에서 예외가 납니다."
        ),
    ),
)


@checker("32 book, then acknowledge")
def book_then_acknowledge(take: Take) -> Text:
    """Let payments come that are new, known, or end in a crash, and look at what it does."""
    _must_not_wait(take, "take")
    for payment, answer, expected, case in PAYMENTS:
        receiver = _Receiver(answer)
        with suppress(_Killed, OSError):
            take(payment, receiver.book, receiver.acknowledge)
        expect(receiver.calls, expected, ORDER.format(case))
    return Text(
        en="It acknowledges what is done, again if need be, and nothing else.",
        ko="처리한 것은 필요하면 다시 확인 응답하고, 처리하지 못한 것은 확인 응답하지 않습니다.",
    )


# ------------------------------------------------------------- main exercise

Message = tuple[bytes, int]
SMALL = 1_000
"""Bytes of a memory, pickled, in which nothing waits for its turn."""
MANY = 10_000
A, C = b"anna", b"carl"

SHORT: tuple[tuple[list[Message], Text], ...] = (
    ([(A, n) for n in (1, 2, 3)], Text(en="1, 2, 3, in order.", ko="1, 2, 3이 차례대로 옴.")),
    (
        [(A, n) for n in (1, 2, 2, 1, 3, 3, 1)],
        Text(en="Some come again.", ko="몇 개가 다시 옴."),
    ),
    (
        [(A, n) for n in (3, 1, 3, 2, 1, 4, 3)],
        Text(en="3 overtakes 1 and 2.", ko="3이 1과 2를 앞지름."),
    ),
    (
        [(A, 1), (C, 1), (C, 2), (A, 1), (A, 2), (C, 1)],
        Text(en="Two streams.", ko="스트림 두 개."),
    ),
)
LONG: tuple[tuple[list[Message], Text, Text], ...] = (
    (
        [(A, n) for n in range(1, MANY + 1)],
        Text(en="10,000 in a row.", ko="10,000개가 차례대로 옴."),
        Text(en="as little in memory as after ten", ko="10개일 때만큼 작은 memory"),
    ),
    (
        [(C, n) for n in range(900, 0, -1)],
        Text(en="900 to 2 come in reverse, and then 1.", ko="900부터 2까지 거꾸로 온 뒤 1이 옴."),
        Text(en="nothing remembered one by one any more", ko="하나하나 기억하는 번호 없음"),
    ),
)
STORM = Text(
    en="3,000 messages of three streams, shuffled, many of them several times.",
    ko="스트림 세 개의 메시지 3,000개가 뒤섞여 오고, 여러 번 오는 것도 많음.",
)
FIRST_AGAIN = Text(en="Then the very first one comes again.", ko="그 뒤에 맨 처음 것이 다시 옴.")


@checker("32 a small memory")
def small_memory(is_new: IsNew) -> Text:
    """Let it judge messages in order, again, overtaken and mixed; then look at its memory."""
    _must_not_wait(is_new, "is_new")
    for messages, case in (*SHORT, (list(_storm(random.Random(32))), STORM)):
        _judge(is_new, messages, case, {}, restarts=True)
    for messages, case, little in LONG:
        memory: dict[Any, Any] = {}
        _judge(is_new, messages, case, memory)
        size = len(pickle.dumps(memory))
        if size > SMALL:
            got = Text(en=f"{size:,} bytes (pickled)", ko=f"{size:,}바이트(pickle 기준)")
            raise NotRight(little, got, case)
        expect(is_new(memory, *messages[0]), False, FIRST_AGAIN)
    return Text(
        en="Each message is new once, whatever comes again or too early, and the memory stays"
        " small.",
        ko="다시 오거나 앞질러 와도 메시지마다 한 번만 새것으로 보고, memory는 작게 유지합니다.",
    )


def _storm(dice: random.Random) -> Iterator[Message]:
    """Give messages of three streams: none is more than 100 ahead, copies come at any time."""
    left = {stream: list(range(1, 1001)) for stream in (A, C, b"dora")}
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
    memory: dict[Any, Any],
    *,
    restarts: bool = False,
) -> None:
    """Compare its word with the truth, message by message; the memory is all that it may keep."""
    seen: set[Message] = set()
    for count, (stream, number) in enumerate(messages, 1):
        if restarts:  # a program that was killed and started again has what was written
            memory = pickle.loads(pickle.dumps(memory))
        got = is_new(memory, stream, number)
        truth = (stream, number) not in seen
        seen.add((stream, number))
        if got is not truth:
            which = Text(
                en=f"{case.en} Message {count}: number {number} of {stream!r}.",
                ko=f"{case.ko} {count}번째 메시지: {stream!r}의 {number}번.",
            )
            raise NotRight(truth, got, which)
