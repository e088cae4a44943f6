"""Checkers of lesson 30: messages that outlive their socket, and a newcomer that asks."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import zmq
import zmq.asyncio

from zmqlab.exercises import checks
from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.exercises.lent import NotedSocket, lend
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

SendAndEnd = Callable[[zmq.asyncio.Context, str, list[str], float], Awaitable[object]]
Find = Callable[[zmq.asyncio.Context, list[str], str, float], Awaitable[object]]
HANGS = 5.0
"""Seconds beyond its own patience after which a call counts as stuck."""

OPEN = Text(
    en="Sockets that were left open. `with context.socket(...)` closes them.",
    ko="닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면 닫힙니다.",
)


@dataclass
class _Call:
    """What a call leaves: how its sockets were closed, and what the other side saw."""

    context: zmq.asyncio.Context
    made: list[zmq.asyncio.Socket]
    lingers: list[int]
    asked: Counter[int] = field(default_factory=Counter)

    @property
    def left_open(self) -> int:
        return sum(not socket.closed for socket in self.made)


@contextlib.asynccontextmanager
async def _lent(longest: int) -> AsyncIterator[tuple[_Call, zmq.asyncio.Context]]:
    """Lend a context, whose sockets linger so many milliseconds at most; give one of our own."""
    noted: list[int] = []

    class Socket(NotedSocket):
        lingers = noted

        @staticmethod
        def really(asked: int) -> int:
            return min(asked % 2**31, longest)

    context, made = lend(Socket)
    own = zmq.asyncio.Context()
    try:
        yield _Call(context, made, noted), own
    finally:
        for socket in made:
            socket.close(linger=0)
        zmq.asyncio.Context.term(context)
        own.destroy(linger=0)


# ------------------------------------------------------------- warm-up

ORDERS = ["order 1", "order 2", "order 3"]
ENDS = (
    # seconds to linger, seconds until the receiver comes (None: it never does), the situation
    (2.0, 0.4, Text(en="The receiver comes 0.4 s later.", ko="받는 쪽이 0.4초 뒤에 시작합니다.")),
    (0.3, None, Text(en="Nobody comes.", ko="받는 쪽이 없습니다.")),
)
GOT = Text(en="What did the receiver get?", ko="받는 쪽은 무엇을 받았나요?")
KEPT = Text(
    en="For how many milliseconds may what has not left outlive the socket (`linger`)?",
    ko="떠나지 못한 메시지가 소켓보다 몇 밀리초 더 남을 수 있나요(`linger`)?",
)
AT_ONCE = Text(
    en="send_and_end() returns at once. ØMQ's background thread does the waiting.",
    ko="send_and_end()는 바로 끝나야 합니다. 기다리는 일은 ØMQ의 백그라운드 스레드가 합니다.",
)


@checker("30 send and end", timeout=30.0)
async def orders_that_outlive(send_and_end: SendAndEnd) -> Text:
    """Let the receiver come after the call has ended, and not at all."""
    must_be_async(send_and_end, "send_and_end")
    for seconds, delay, case in ENDS:
        case = Text(
            en=f"{case.en} seconds={seconds:g}.", ko=f"{case.ko} seconds는 {seconds:g}입니다."
        )
        where = await free_endpoint()
        began = asyncio.get_running_loop().time()
        async with _lent(2000 if delay else 0) as (call, own):
            async with trial(seconds + checks.patience(HANGS), case):
                await send_and_end(call.context, where, list(ORDERS), seconds)
            took = asyncio.get_running_loop().time() - began
            if took > 1.0:
                ended = Text(en=f"an end after {took:.1f} s", ko=f"{took:.1f}초 뒤에 끝남")
                raise NotRight(Text(en="an end at once", ko="바로 끝나기"), ended, AT_ONCE)
            expect(call.left_open, 0, OPEN)
            if delay:
                await asyncio.sleep(delay)
                about = Text(en=f"{case.en} {GOT.en}", ko=f"{case.ko} {GOT.ko}")
                expect(await _received(own, where), ORDERS, about)
            about = Text(en=f"{case.en} {KEPT.en}", ko=f"{case.ko} {KEPT.ko}")
            expect(call.lingers, [int(seconds * 1000)], about)
    return Text(
        en="It returns at once, and the orders outlive its socket for as long as they may.",
        ko="바로 끝나고, 주문은 정한 시간만큼 소켓보다 오래 남습니다.",
    )


async def _received(context: zmq.asyncio.Context, where: str) -> list[str]:
    """Bind there and take what comes."""
    got: list[str] = []
    with context.socket(zmq.PULL) as receiver:
        try:
            receiver.bind(where)
        except zmq.ZMQError:
            words = Text(
                en="The receiver binds this endpoint, so the sender has to connect.",
                ko="받는 쪽이 이 엔드포인트에 바인드하므로 보내는 쪽은 연결해야 합니다.",
            )
            raise NotRight("connect(endpoint)", "bind(endpoint)", words) from None
        while len(got) < len(ORDERS) and await receiver.poll(int(checks.patience(3000))):
            got.append(await receiver.recv_string())
    return got


# ------------------------------------------------------------- main exercise

HOME = "tcp://10.0.0.7:5555"
"""Where the wanted service is; nobody connects there."""
PATIENCE = 0.4
KNOWS, SILENT, IGNORANT, DEAD = "knows", "silent", "ignorant", "dead"

DIRECTORIES = (
    (Text(en="Both directories know it.", ko="두 디렉터리가 모두 압니다."), (KNOWS, KNOWS), HOME),
    (
        Text(en="The first directory is dead.", ko="첫 디렉터리가 죽어 있습니다."),
        (DEAD, KNOWS),
        HOME,
    ),
    (
        Text(
            en="The first is frozen: it takes the question and never answers.",
            ko="첫 디렉터리가 일시 정지되어 질문만 받고 답하지 않습니다.",
        ),
        (SILENT, KNOWS),
        HOME,
    ),
    (
        Text(
            en="The first has just started and does not know the name yet.",
            ko="첫 디렉터리가 막 시작해서 아직 그 이름을 모릅니다.",
        ),
        (IGNORANT, KNOWS),
        HOME,
    ),
    (
        Text(
            en="One is dead, one is frozen, one does not know, the last one does.",
            ko="하나는 죽었고, 하나는 일시 정지되었고, 하나는 모릅니다. 마지막 하나만 압니다.",
        ),
        (DEAD, SILENT, IGNORANT, KNOWS),
        HOME,
    ),
    (
        Text(en="Nobody knows the name.", ko="그 이름을 아는 디렉터리가 없습니다."),
        (IGNORANT, IGNORANT),
        None,
    ),
    (Text(en="Nobody answers.", ko="답하는 디렉터리가 없습니다."), (DEAD, SILENT), None),
)
RETURNED = Text(en="What did find() return?", ko="find()는 무엇을 돌려줬나요?")
NO_MORE = Text(
    en="How often was the second asked, although the first had answered?",
    ko="첫 디렉터리가 답했는데도 두 번째 디렉터리에 몇 번 물었나요?",
)
UNSENT = Text(
    en="The `linger` of sockets that find() closed. With anything but 0, the question to a dead"
    " directory outlives its socket, and a directory that starts later gets it.",
    ko="find()가 닫은 소켓의 `linger` 값입니다. 0이 아니면 죽은 디렉터리에 보낸 질문이 소켓보다"
    " 오래 남아, 나중에 시작한 디렉터리에 도착합니다.",
)


@checker("30 a directory that answers", timeout=60.0)
async def a_directory_that_answers(find: Find) -> Text:
    """Let it ask directories that know, don't know, are silent or dead."""
    must_be_async(find, "find")
    for case, kinds, wanted in DIRECTORIES:
        async with _lent(0) as (call, own), _directories(own, kinds, call.asked) as places:
            slow = PATIENCE * sum(kind in (SILENT, DEAD) for kind in kinds) + 1.0
            began = asyncio.get_running_loop().time()
            async with trial(slow + checks.patience(HANGS), case):
                found = await find(call.context, list(places), "B", PATIENCE)
                took = asyncio.get_running_loop().time() - began
                about = Text(en=f"{case.en} {RETURNED.en}", ko=f"{case.ko} {RETURNED.ko}")
                expect(found, wanted, about)
            if kinds[0] == KNOWS:
                expect(call.asked[1], 0, Text(en=f"{case.en} {NO_MORE.en}", ko=NO_MORE.ko))
            if took > slow:
                limit = Text(en=f"an end within {slow:.1f} s", ko=f"{slow:.1f}초 안에 끝나기")
                ended = Text(en=f"an end after {took:.1f} s", ko=f"{took:.1f}초 뒤에 끝남")
                raise NotRight(limit, ended, case)
            expect(call.left_open, 0, OPEN)
            expect([linger for linger in call.lingers if linger != 0], [], UNSENT)
    return Text(
        en="It asks one after the other, waits no longer than it may, takes the first answer, and"
        " leaves nothing behind.",
        ko="차례로 묻고, 정한 시간만 기다리고, 첫 답을 받아들이며, 아무것도 남기지 않습니다.",
    )


@contextlib.asynccontextmanager
async def _directories(
    context: zmq.asyncio.Context, kinds: tuple[str, ...], asked: Counter[int]
) -> AsyncIterator[list[str]]:
    """Give the endpoints of directories of these kinds, which count how often each is asked."""
    places: list[str] = []
    answering: list[asyncio.Task[None]] = []

    async def answer(place: int, kind: str, socket: zmq.asyncio.Socket) -> None:
        while True:
            envelope, *words = await socket.recv_multipart()
            asked[place] += 1
            if kind != SILENT:
                known = kind == KNOWS and words == [b"", b"where", b"B"]
                await socket.send_multipart([envelope, b"", HOME.encode() if known else b""])

    for place, kind in enumerate(kinds):
        if kind == DEAD:
            places.append(await free_endpoint())
            continue
        socket = context.socket(zmq.ROUTER)
        socket.bind("tcp://127.0.0.1:*")
        places.append(socket.get_string(zmq.LAST_ENDPOINT))
        answering.append(asyncio.create_task(answer(place, kind, socket)))
    try:
        yield places
    finally:
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
