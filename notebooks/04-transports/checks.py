"""Checkers of lesson 04: a server with several addresses, and a dispatcher that strands no task."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.lent import NotedSocket, lend, must_be_used
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

HANGS = 4.0
"""Seconds beyond its own patience after which a call counts as stuck."""
MISSING = 1.5
"""Seconds of silence after which a message counts as missed."""

# ------------------------------------------------------------- warm-up

Listen = Callable[[zmq.asyncio.Socket, Sequence[str]], Any]
ANY_PORT = "tcp://127.0.0.1:*"
ASKED = (
    (
        Text(en="One address with a free port.", ko="빈 포트를 쓰는 주소 하나."),
        (ANY_PORT,),
    ),
    (
        Text(
            en="Two free ports, and an inproc name between them.",
            ko="빈 포트 두 개와 그 사이의 inproc 이름 하나.",
        ),
        (ANY_PORT, "inproc://local", ANY_PORT),
    ),
    (
        Text(en="Two inproc names.", ko="inproc 이름 두 개."),
        ("inproc://b", "inproc://a"),
    ),
)
BOUND = Text(
    en="{} At how many addresses is the socket bound?",
    ko="{} 소켓이 바인드된 주소는 몇 개인가요?",
)
STILL = Text(en="{} Is the socket still open?", ko="{} 소켓이 아직 열려 있나요?")
LISTED = Text(en="{} What did listen() return?", ko="{} listen()은 무엇을 돌려줬나요?")
REACHED = Text(
    en="{} A client connected to each address. From how many did a message arrive?",
    ko="{} 주소마다 클라이언트가 하나씩 연결했습니다. 메시지가 몇 곳에서 왔나요?",
)


@checker("04 listen", timeout=40.0)
async def listen_at_all(listen: Listen) -> Text:
    """Ask for several addresses, and connect a client to each."""
    for case, endpoints in ASKED:
        bound: list[str] = []

        class Socket(zmq.asyncio.Socket):
            def bind(self, addr: str, bound: list[str] = bound) -> Any:
                done = super().bind(addr)
                bound.append(self.get_string(zmq.LAST_ENDPOINT))
                return done

        with contextlib.ExitStack() as stack:
            context, _ = lend(Socket)
            stack.callback(zmq.asyncio.Context.term, context)
            server = context.socket(zmq.PULL)
            stack.callback(server.close, linger=0)
            async with trial(patience(HANGS), case):
                real = listen(server, list(endpoints))
                if inspect.isawaitable(real):
                    real = await real
            expect(not server.closed, True, STILL.format(case))
            expect(len(bound), len(endpoints), BOUND.format(case))
            expect(real, bound, LISTED.format(case))
            reached = await _reached(context, server, bound, stack)
            expect(reached, len(endpoints), REACHED.format(case))
    return Text(
        en="It binds every address, and says which ones they are.",
        ko="모든 주소에 바인드하고, 실제 주소를 알려 줍니다.",
    )


async def _reached(
    context: zmq.asyncio.Context,
    server: zmq.asyncio.Socket,
    endpoints: Sequence[str],
    stack: contextlib.ExitStack,
) -> int:
    """Send a message to each address, and count those that arrive."""
    for number, endpoint in enumerate(endpoints):
        client = context.socket(zmq.PUSH)
        stack.callback(client.close, linger=0)
        client.connect(endpoint)
        with contextlib.suppress(zmq.Again):
            await client.send_string(str(number), zmq.DONTWAIT)
    return len(set(await _taken([server], len(endpoints))))


async def _taken(workers: Sequence[zmq.asyncio.Socket], wanted: int) -> list[str]:
    """Receive as many messages as there should be, and what is there besides."""
    loop = asyncio.get_running_loop()
    taken: list[str] = []
    end = loop.time() + MISSING
    last = not workers
    while not last:
        last = len(taken) >= wanted or loop.time() > end
        for worker in workers:
            while await worker.poll(20):
                taken.append(await worker.recv_string())
                end = loop.time() + MISSING
    return taken


# ------------------------------------------------------------- main exercise

HandOut = Callable[[zmq.asyncio.Context, Sequence[str], list[str], float], Awaitable[list[str]]]
NINE = tuple(f"task {number}" for number in range(1, 10))
MANY = tuple(f"task {number} {'.' * 30_000}" for number in range(900))
FLOOD = tuple(f"task {number} {'.' * 5_000}" for number in range(6_000))
"""More than a queue of 1,000 and the system's buffers hold together."""
LONG, SHORT = 6.0, 0.4
"""Seconds: a patience that is not used up, and one that is."""
LATE = 0.7
LONGEST_LINGER = 10_000
ENOUGH, TO_DRAIN = 1_000, 5_000
"""Milliseconds in which all that can leave has left: a few tasks, and many."""


@dataclass(frozen=True)
class _Crew:
    """The workers of a call, its settings, and how many tasks may be left over."""

    case: Text
    here: int
    away: int
    patience: float = LONG
    tasks: tuple[str, ...] = NINE
    late: bool = False
    stuck: bool = False


CREWS = (
    _Crew(
        Text(
            en="Three addresses with a worker at two of them.",
            ko="주소 세 개 가운데 두 곳에만 워커가 있음.",
        ),
        2,
        1,
    ),
    _Crew(
        Text(
            en="Two addresses with nobody there, patience 0.4 s.",
            ko="주소 두 개에 아무도 없음, patience는 0.4초.",
        ),
        0,
        2,
        SHORT,
    ),
    _Crew(
        Text(
            en="A worker that comes after 0.7 s, patience 6 s.",
            ko="0.7초 뒤에 오는 워커, patience는 6초.",
        ),
        1,
        0,
        late=True,
    ),
    _Crew(
        Text(
            en="A worker that is stuck and reads nothing, patience 0.4 s.",
            ko="멈춰서 아무것도 읽지 않는 워커, patience는 0.4초.",
        ),
        1,
        0,
        SHORT,
        FLOOD,
        stuck=True,
    ),
    _Crew(
        Text(en="One worker and 900 tasks of 30 kB.", ko="워커 하나와 30 kB짜리 작업 900개."),
        1,
        1,
        tasks=MANY,
    ),
)
RETURNED = Text(en="{} What did hand_out() return?", ko="{} hand_out()은 무엇을 돌려줬나요?")
REST = Text(en="a list: the last of the tasks, in their order", ko="뒤쪽 작업이 차례로 담긴 리스트")
SOME = Text(en="a list that is not empty", ko="비어 있지 않은 리스트")
ARRIVED = Text(
    en="{} How many of the tasks that it did not return have arrived at a worker? If some are"
    " missing, they wait for an address where nobody is, or close() threw them away.",
    ko="{} 돌려주지 않은 작업 가운데 몇 개가 워커에 도착했나요? 빠진 것이 있다면 아무도 없는"
    " 주소를 기다리고 있거나 close()가 버린 것입니다.",
)
OPEN = Text(
    en="Sockets that hand_out() left open. `with context.socket(...)` closes them.",
    ko="hand_out()이 닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면 닫힙니다.",
)
LINGERS = Text(
    en="The `linger` of a socket at its close(), in milliseconds. A worker that is stuck holds up"
    " the end of the program for so long; -1, the default, is for ever.",
    ko="소켓을 닫을 때의 `linger` 값이며 단위는 밀리초입니다. 멈춘 워커가 있으면 그동안 프로그램이"
    " 끝나지 못합니다. 기본값 -1은 무한입니다.",
)
AT_MOST = Text(en="at most 10,000", ko="10,000 이하")


@dataclass
class _Seen:
    """What a call did with its sockets."""

    made: list[zmq.asyncio.Socket] = field(default_factory=list)
    lingers: list[int] = field(default_factory=list)


@checker("04 hand out", timeout=90.0)
async def hand_out_tasks(hand_out: HandOut) -> Text:
    """Let workers be there, be away, come late and be stuck."""
    must_be_async(hand_out, "hand_out")
    for crew in CREWS:
        await _judge(hand_out, crew)
    return Text(
        en="Every task goes to a worker that is there, what nobody takes comes back in time, and"
        " nothing holds up the end.",
        ko="모든 작업을 그 자리에 있는 워커에 보내고, 아무도 받지 않은 작업은 제때 돌려주며,"
        " 프로그램이 끝나는 것을 막지 않습니다.",
    )


async def _judge(hand_out: HandOut, crew: _Crew) -> None:
    seen = _Seen()
    enough = TO_DRAIN if crew.tasks is MANY else ENOUGH

    class Socket(NotedSocket):
        lingers = seen.lingers

        @staticmethod
        def really(asked: int) -> int:
            return enough if asked else 0  # term() must not wait longer

    context, seen.made = lend(Socket)
    own = zmq.asyncio.Context()
    endpoints = [await free_endpoint() for _ in range(crew.here + crew.away)]
    workers = [own.socket(zmq.PULL) for _ in range(crew.here)]
    coming = None

    def come() -> None:
        for worker, endpoint in zip(workers, endpoints, strict=False):
            worker.rcvhwm = 1 if crew.stuck or crew.tasks is MANY else 1000
            worker.bind(endpoint)

    try:
        if crew.late:
            coming = asyncio.get_running_loop().call_later(LATE, come)
        else:
            come()
        async with trial(crew.patience + patience(HANGS), crew.case):
            left = await hand_out(context, endpoints, list(crew.tasks), crew.patience)
        must_be_used(seen.made, "PUSH")
        _judge_left(left, crew)
        expect(sum(not socket.closed for socket in seen.made), 0, OPEN)
        for linger in seen.lingers:
            if not 0 <= linger <= LONGEST_LINGER:
                raise NotRight(AT_MOST, linger, LINGERS)
        if not crew.stuck:
            wanted = list(crew.tasks[: len(crew.tasks) - len(left)])
            taken = await _taken(workers, len(wanted))
            expect(len(taken), len(wanted), ARRIVED.format(crew.case))
            expect(sorted(taken), sorted(wanted), ARRIVED.format(crew.case))
    finally:
        if coming is not None:
            coming.cancel()
        for socket in seen.made:
            zmq.asyncio.Socket.close(socket, linger=0)
        own.destroy(linger=0)
        zmq.asyncio.Context.term(context)


def _judge_left(left: Any, crew: _Crew) -> None:
    """Refuse what is not the rest of the tasks."""
    if crew.stuck:
        if not isinstance(left, list) or left != list(crew.tasks[len(crew.tasks) - len(left) :]):
            raise NotRight(REST, _short(left), RETURNED.format(crew.case))
        if not left:
            raise NotRight(SOME, left, RETURNED.format(crew.case))
        return
    expected = [] if crew.here else list(crew.tasks)
    if left != expected:
        raise NotRight(_short(expected), _short(left), RETURNED.format(crew.case))


def _short(value: Any) -> Any:
    """Long tasks would fill the verdict."""
    if isinstance(value, list) and any(len(str(item)) > 40 for item in value):
        return Text(en=f"a list of {len(value)} tasks", ko=f"작업 {len(value)}개의 리스트")
    return value
