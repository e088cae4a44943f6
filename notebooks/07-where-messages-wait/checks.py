"""Checkers of lesson 07: a sender that never waits, and a reader that is never behind."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.lent import lend
from zmqlab.exercises.trial import AN_END, STILL_WAITED, must_be_async, trial
from zmqlab.words.language import Text

HANGS = 4.0
"""Seconds beyond its own limit after which a call counts as stuck."""
AT_ONCE = 1.0
"""Seconds within which a call that has nothing to wait for has to be done."""
LONG, SHORT = 3.0, 0.5
"""Seconds: a limit that is not used up, and one that is."""
SETTLE = 200
"""Milliseconds in which a socket hears that its peer has read something."""
OPEN = Text(
    en="Is the socket still open? It belongs to the caller.",
    ko="소켓이 아직 열려 있나요? 이 소켓은 호출한 쪽의 것입니다.",
)

# ------------------------------------------------------------- warm-up

Offer = Callable[[zmq.asyncio.Socket, bytes], Awaitable[Any]]
ROOM = 2
"""High-water mark of the sender; the reader's is 1."""
OFFERED = tuple(b"position %d" % number for number in range(1, 6))
LATER = b"position 6"
PAIRS = (
    (
        Text(
            en="PUSH and a reader that is busy, 5 messages, room for 3.",
            ko="PUSH 소켓, 받는 쪽은 바쁨, 메시지 5개, 자리 3개.",
        ),
        zmq.PUSH,
        zmq.PULL,
    ),
    (
        Text(
            en="DEALER and a reader that is busy, 5 messages, room for 3.",
            ko="DEALER 소켓, 받는 쪽은 바쁨, 메시지 5개, 자리 3개.",
        ),
        zmq.DEALER,
        zmq.DEALER,
    ),
)
ALONE = Text(en="A PUSH socket that nobody is connected to.", ko="아무도 연결하지 않은 PUSH 소켓.")
A_TEXT = Text(en="A text in place of bytes.", ko="바이트 대신 텍스트.")
RETURNED = Text(
    en="{} What did the calls of offer() return?", ko="{} offer()는 호출마다 무엇을 돌려줬나요?"
)
ARRIVED = Text(
    en="{} Then the reader reads. What arrived? A message that offer() gave up must not come"
    " later.",
    ko="{} 그 뒤에 받는 쪽이 읽었습니다. 무엇이 도착했나요? offer()가 포기한 메시지가 나중에"
    " 도착하면 안 됩니다.",
)
AGAIN = Text(
    en="{} The reader has read everything, so there is room again. What did offer() return?",
    ko="{} 받는 쪽이 모두 읽어 자리가 다시 생겼습니다. offer()는 무엇을 돌려줬나요?",
)
OPTIONS = Text(
    en="The socket's `sndtimeo` and `sndhwm` after the calls.",
    ko="호출이 끝난 뒤 소켓의 `sndtimeo`와 `sndhwm`.",
)
HIDDEN = Text(
    en="{} What did offer() do? Only `zmq.Again` means that there is no room.",
    ko="{} offer()는 어떻게 했나요? 자리가 없다는 뜻의 예외는 `zmq.Again`뿐입니다.",
)
RAISES = Text(en="the socket's TypeError", ko="소켓의 TypeError가 그대로 발생")


@checker("07 offer", timeout=40.0)
async def offer_without_waiting(offer: Offer) -> Text:
    """Fill the queues of a reader that is busy, let it read, and offer again."""
    must_be_async(offer, "offer", "sender, message")
    for case, kind, other in PAIRS:
        await _offer_to_a_busy_reader(offer, case, kind, other)
    with contextlib.ExitStack() as stack:
        context = zmq.asyncio.Context()
        stack.callback(context.destroy, linger=0)
        sender, reader = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        sender.bind("inproc://alone")
        async with trial(patience(HANGS), ALONE):
            real = await offer(sender, LATER)
        expect(real, False, RETURNED.format(ALONE))
        reader.connect("inproc://alone")
        await sender.poll(SETTLE, zmq.POLLOUT)
        try:
            real = await offer(sender, "position 6")  # type: ignore[arg-type]
        except TypeError:
            pass
        else:
            raise NotRight(RAISES, real, HIDDEN.format(A_TEXT))
    return Text(
        en="It sends while there is room, returns False when there is none, and never waits.",
        ko="자리가 있으면 보내고, 없으면 False를 돌려주며, 기다리지 않습니다.",
    )


async def _offer_to_a_busy_reader(offer: Offer, case: Text, kind: int, other: int) -> None:
    with contextlib.ExitStack() as stack:
        context = zmq.asyncio.Context()
        stack.callback(context.destroy, linger=0)
        sender, reader = context.socket(kind), context.socket(other)
        sender.sndhwm, reader.rcvhwm = ROOM, 1
        sender.bind("inproc://offers")
        reader.connect("inproc://offers")
        await sender.poll(SETTLE, zmq.POLLOUT)
        before = sender.sndtimeo, sender.sndhwm
        returned = []
        async with trial(patience(HANGS), case):
            for message in OFFERED:
                returned.append(await offer(sender, message))
                expect(not sender.closed, True, OPEN)
        room = ROOM + 1
        expect(returned, [True] * room + [False] * (len(OFFERED) - room), RETURNED.format(case))
        expect((sender.sndtimeo, sender.sndhwm), before, OPTIONS)
        expect(await _read(reader), list(OFFERED[:room]), ARRIVED.format(case))
        await sender.poll(SETTLE, zmq.POLLOUT)
        async with trial(patience(HANGS), case):
            real = await offer(sender, LATER)
        expect(real, True, AGAIN.format(case))
        expect(await _read(reader), [LATER], ARRIVED.format(case))


async def _read(reader: zmq.asyncio.Socket) -> list[bytes]:
    """Read until nothing has come for a while."""
    messages = []
    while await reader.poll(SETTLE):
        messages.append(await reader.recv())
    return messages


# ------------------------------------------------------------- main exercise

Newest = Callable[[zmq.asyncio.Socket, float], Awaitable[Any]]
Position = tuple[bytes, bytes]


def _positions(vans: int, times: int) -> list[Position]:
    return [(b"van %d" % van, b"at %d" % time) for time in range(times) for van in range(vans)]


@dataclass(frozen=True)
class _Trial:
    """What is published before each call, and what the calls have to return."""

    case: Text
    rounds: tuple[list[Position], ...]
    returned: tuple[dict[bytes, bytes], ...]
    seconds: float = LONG


TRIALS = (
    _Trial(
        Text(en="One van, one position.", ko="배송차 한 대, 위치 하나."),
        ([(b"van 7", b"at 3")],),
        ({b"van 7": b"at 3"},),
    ),
    _Trial(
        Text(en="Three vans, 300 positions.", ko="배송차 세 대, 위치 300개."),
        (_positions(3, 100),),
        ({b"van %d" % van: b"at 99" for van in range(3)},),
    ),
    _Trial(
        Text(
            en="Two vans report, then one of them again. Two calls.",
            ko="배송차 두 대가 위치를 알린 다음 한 대만 다시 알림, 호출 두 번.",
        ),
        ([(b"van 7", b"at 1"), (b"van 8", b"at 1")], [(b"van 8", b"at 2")]),
        ({b"van 7": b"at 1", b"van 8": b"at 1"}, {b"van 8": b"at 2"}),
    ),
    _Trial(
        Text(en="Nothing comes, seconds=0.5.", ko="아무것도 오지 않음, seconds는 0.5."),
        ([],),
        ({},),
        SHORT,
    ),
)
STEADY = Text(
    en="A position every 20 ms without end, seconds=3.",
    ko="20 ms마다 위치가 하나씩 끝없이 옴, seconds는 3.",
)
LATE = Text(
    en="A position comes after 0.3 s, seconds=3.", ko="0.3초 뒤에 위치가 하나 옴, seconds는 3."
)
FLOOD = Text(
    en="For each position that is read another one comes, without end, seconds=0.5.",
    ko="위치를 하나 읽을 때마다 하나가 더 옴, 끝이 없음, seconds는 0.5.",
)
GAVE = Text(
    en="{} What did call {} of newest() return?",
    ko="{} newest()의 {}번째 호출은 무엇을 돌려줬나요?",
)
TOOK = Text(
    en="{} When did newest() return? It takes the messages that are there, and doesn't wait for"
    " more.",
    ko="{} newest()는 언제 끝났나요? 도착한 메시지만 읽고 더 기다리지 않아야 합니다.",
)
PROMPT = Text(en="at once when it has read what is there", ko="도착한 메시지를 읽으면 바로")
AFTER = Text(en="after {:.1f} s", ko="{:.1f}초 뒤")
ONE_VAN = Text(en="a dict with the positions of van 7", ko="배송차 7의 위치가 담긴 dict")


@checker("07 newest", timeout=60.0)
async def read_the_newest(newest: Newest) -> Text:
    """Publish nothing, a little, a lot, late, steadily, and faster than anybody can read."""
    must_be_async(newest, "newest", "reader, seconds")
    for one in TRIALS:
        await _judge(newest, one)
    await _judge_late(newest)
    await _judge_steady(newest)
    await _judge_flood(newest)
    return Text(
        en="It returns the newest of each van, doesn't wait for more, and ends in time even when"
        " messages come without end.",
        ko="배송차마다 최신 위치를 돌려주고, 더 기다리지 않으며, 메시지가 끝없이 와도 제때"
        " 끝납니다.",
    )


class _Pair:
    """A feed and a reader, for one trial."""

    def __init__(self, kind: type[zmq.asyncio.Socket] = zmq.asyncio.Socket) -> None:
        self._context, _ = lend(kind)
        self.feed = self._context.socket(zmq.PUSH)
        self.reader = self._context.socket(zmq.PULL)
        self.feed.sndhwm = 0

    async def __aenter__(self) -> _Pair:
        self.feed.bind("inproc://feed")
        self.reader.connect("inproc://feed")
        return self

    async def __aexit__(self, *error: object) -> None:
        self.feed.close(linger=0)
        zmq.asyncio.Socket.close(self.reader, linger=0)
        zmq.asyncio.Context.term(self._context)


async def _timed(newest: Newest, pair: _Pair, seconds: float, case: Text) -> tuple[Any, float]:
    """Call it; return what it returned, and after how many seconds.

    What follows is judged outside the trial: a machine that was busy is no answer that blocks.
    """
    loop = asyncio.get_running_loop()
    async with trial(seconds + patience(HANGS), case):
        began = loop.time()
        got = await newest(pair.reader, seconds)
        took = loop.time() - began
    expect(not pair.reader.closed, True, OPEN)
    return got, took


async def _judge(newest: Newest, one: _Trial) -> None:
    async with _Pair() as pair:
        for number, (positions, expected) in enumerate(
            zip(one.rounds, one.returned, strict=True), 1
        ):
            for position in positions:
                await pair.feed.send_multipart(position)
            got, took = await _timed(newest, pair, one.seconds, one.case)
            expect(got, expected, GAVE.format(one.case, number))
            _in_time(took, one.case, AT_ONCE if expected else one.seconds)


def _in_time(took: float, case: Text, limit: float) -> None:
    if took > limit + patience(AT_ONCE):
        raise NotRight(PROMPT, AFTER.format(took), TOOK.format(case))


async def _judge_late(newest: Newest) -> None:
    async with _Pair() as pair:
        sending = asyncio.get_running_loop().call_later(
            0.3, pair.feed.send_multipart, [b"van 7", b"at 3"]
        )
        try:
            got, took = await _timed(newest, pair, LONG, LATE)
        finally:
            sending.cancel()
        expect(got, {b"van 7": b"at 3"}, GAVE.format(LATE, 1))
        _in_time(took, LATE, 0.3 + AT_ONCE)


async def _judge_steady(newest: Newest) -> None:
    async with _Pair() as pair:

        async def send() -> None:
            for number in range(10_000):
                await pair.feed.send_multipart([b"van 7", b"at %d" % number])
                await asyncio.sleep(0.02)

        sending = asyncio.ensure_future(send())
        try:
            got, took = await _timed(newest, pair, LONG, STEADY)
        finally:
            sending.cancel()
            await asyncio.wait({sending})
        _one_van(got, STEADY)
        _in_time(took, STEADY, AT_ONCE)


async def _judge_flood(newest: Newest) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + SHORT + 1.2 * AT_ONCE  # an answer that never ends has to end, too

    class Reader(zmq.asyncio.Socket):
        """Another message comes for each that is read."""

        def recv(self, *arguments: Any, **settings: Any) -> Any:
            return self._and_one_more(super().recv(*arguments, **settings))

        def recv_multipart(self, *arguments: Any, **settings: Any) -> Any:
            return self._and_one_more(super().recv_multipart(*arguments, **settings))

        def _and_one_more(self, future: Any) -> Any:
            time.sleep(0.0005)  # an answer that never pauses leaves other threads their turn
            if loop.time() < until:
                pair.feed.send_multipart([b"van 7", b"at 1"])
            return future

    async with _Pair(Reader) as pair:
        await pair.feed.send_multipart([b"van 7", b"at 0"])
        try:
            # No trial: a good answer, too, reads for so long without a pause.
            async with asyncio.timeout(SHORT + 2 * AT_ONCE + patience(HANGS)):
                began = loop.time()
                got = await newest(pair.reader, SHORT)
                took = loop.time() - began
        except TimeoutError:
            raise NotRight(AN_END, STILL_WAITED, FLOOD) from None
        _one_van(got, FLOOD)
        _in_time(took, FLOOD, SHORT)


def _one_van(got: Any, case: Text) -> None:
    if not isinstance(got, dict) or list(got) != [b"van 7"]:
        raise NotRight(ONE_VAN, got, GAVE.format(case, 1))
