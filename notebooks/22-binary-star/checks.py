"""Checkers of lesson 22: a table is followed, and a client goes round from server to server."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import checker, expect, patience
from zmqlab.exercises.lent import NotedSocket, lend, must_be_used
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

# ------------------------------------------------------------- warm-up

Table = dict[str, dict[str, str]]
Follow = Callable[[Table, str, list[str]], Any]

PAIR: Table = {
    "passive": {"peer active": "passive", "peer primary": "active", "vote": "active"},
    "active": {"vote": "active", "peer passive": "active"},
}
DOOR: Table = {"shut": {"push": "open", "lock": "locked"}, "open": {}, "locked": {"key": "shut"}}
PATHS: tuple[tuple[Table, str, list[str], list[str], Text], ...] = (
    (
        PAIR,
        "passive",
        ["peer active", "vote", "peer passive"],
        ["passive", "active", "active"],
        Text(en="A backup that takes over.", ko="예비 서버가 이어받는 경우."),
    ),
    (
        PAIR,
        "active",
        ["vote", "peer active", "vote"],
        ["active", "refused"],
        Text(en="A second active server is heard.", ko="활성 서버가 하나 더 나타난 경우."),
    ),
    (
        PAIR,
        "passive",
        [],
        [],
        Text(en="No event at all.", ko="이벤트가 하나도 없는 경우."),
    ),
    (
        DOOR,
        "locked",
        ["key", "push", "push"],
        ["shut", "open", "refused"],
        Text(en="Another table: a door.", ko="다른 표(문 하나)를 준 경우."),
    ),
)
FOLLOWED = Text(
    en="{} Events: {}. What did follow() return?", ko="{} 이벤트: {}. follow()는 무엇을 돌려줬나요?"
)
CHANGED = Text(en="The table, after follow() has read it.", ko="follow()가 읽고 난 뒤의 표입니다.")


@checker("22 follow")
def follow_the_table(follow: Follow) -> Text:
    """Give it events that the tables know, and some that they don't."""
    for table, state, events, states, case in PATHS:
        own = copy.deepcopy(table)
        given = list(events)
        expect(follow(own, state, given), states, FOLLOWED.format(case, ", ".join(events) or "-"))
        expect(own, table, CHANGED)
    return Text(
        en="It goes where the table says, and stops where the table says nothing.",
        ko="표가 정한 대로 가고, 표에 없는 곳에서 멈춥니다.",
    )


# ------------------------------------------------------------- main exercise

Buy = Callable[
    [zmq.asyncio.Context, list[str], str, float, float],
    Awaitable[Any],
]
HANGS = 5.0
"""Seconds beyond the limit after which a call counts as stuck."""
EARLY = 0.8
"""So much of its patience has to be over before the next server is asked."""
NEVER = 10**6
NAME, SEAT = "alice", "seat 7 for alice"


@dataclass(frozen=True)
class _Case:
    """Servers by how many requests each throws away; None: nobody listens there."""

    case: Text
    servers: tuple[int | None, ...]
    patience: float
    limit: float
    reply: str | None
    asked: tuple[int, ...] | None
    delay: float = 0.0


CASES = (
    _Case(
        Text(en="The first server answers at once.", ko="첫 서버가 바로 응답하는 경우."),
        (0, 0), 1.0, 5.0, SEAT, (1, 0),
    ),
    _Case(
        Text(
            en="The first server takes 0.5 s, and the patience is 1 s.",
            ko="첫 서버가 0.5초 걸려 응답하는 경우(patience는 1).",
        ),
        (0, 0), 1.0, 5.0, SEAT, (1, 0), delay=0.5,
    ),
    _Case(
        Text(
            en="The first server throws everything away, and the second answers.",
            ko="첫 서버는 모든 요청을 버리고 둘째 서버가 응답하는 경우.",
        ),
        (NEVER, 0), 0.3, 5.0, SEAT, (1, 1),
    ),
    _Case(
        Text(
            en="The first server is dead, and the second throws two requests away.",
            ko="첫 서버는 죽었고 둘째 서버가 요청 두 개를 버리는 경우.",
        ),
        (None, 2), 0.2, 6.0, SEAT, (0, 3),
    ),
    _Case(
        Text(
            en="Of three servers only the third answers.",
            ko="서버 셋 가운데 셋째만 응답하는 경우.",
        ),
        (NEVER, NEVER, 0), 0.2, 6.0, SEAT, (1, 1, 1),
    ),
    _Case(
        Text(
            en="Three servers. The first throws one request away, the others throw all away.",
            ko="서버가 셋이고, 첫 서버는 요청 하나를, 나머지는 모든 요청을 버리는 경우.",
        ),
        (1, NEVER, NEVER), 0.2, 4.0, SEAT, (2, 1, 1),
    ),
    _Case(
        Text(
            en="Nobody listens anywhere, patience=0.2, limit=0.9.",
            ko="아무 데도 서버가 없는 경우(patience는 0.2, limit은 0.9).",
        ),
        (None, None), 0.2, 0.9, None, None,
    ),
)  # fmt: skip
RETURNED = Text(en="{} What did buy() return?", ko="{} buy()는 무엇을 돌려줬나요?")
ASKED = Text(
    en="{} How many requests did each server receive?",
    ko="{} 각 서버는 요청을 몇 개 받았나요?",
)
PATIENT = Text(
    en="{} Did it wait for the whole patience before it asked the next server?",
    ko="{} patience만큼 다 기다린 뒤에 다음 서버에 물었나요?",
)
SAID = Text(en="{} What did the servers receive?", ko="{} 서버들은 무엇을 받았나요?")
TIMED = Text(
    en="{} After how long did it give up? (between `limit` and one patience more)",
    ko="{} 얼마 뒤에 그만뒀나요? (`limit`에서 patience 한 번을 더한 시간 사이)",
)
FRESH = Text(
    en="{} How many requests were sent by the socket that sent most?",
    ko="{} 한 소켓으로 가장 많이 보낸 요청 수는 몇인가요?",
)
AT_ONCE = Text(
    en="{} How many sockets were open at once?", ko="{} 동시에 열려 있던 소켓은 몇 개인가요?"
)
OPEN = Text(
    en="Sockets that buy() left open. `with context.socket(...)` closes them.",
    ko="buy()가 닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면 닫힙니다.",
)
LINGERS = Text(
    en="The `linger` of the sockets that were closed while nobody listened, in milliseconds; -1,"
    " the default, is for ever. So long an unsent request outlives its socket, and votes for a"
    " server that starts later.",
    ko="받는 쪽이 없을 때 닫은 소켓의 `linger` 값입니다. 단위는 밀리초이고, 기본값 -1은 무한입니다."
    " 보내지 못한 요청이 그동안 남아 있다가 나중에 시작한 서버의 투표가 됩니다.",
)
IN_TIME = Text(en="{:g} to {:g} s", ko="{:g}~{:g}초")


@dataclass
class _Seen:
    """What a call did, as the servers and the context saw it."""

    times: list[tuple[float, int]] = field(default_factory=list)
    """When a request came, and to which server."""
    bodies: set[bytes] = field(default_factory=set)
    made: list[zmq.asyncio.Socket] = field(default_factory=list)
    lingers: list[int] = field(default_factory=list)
    sent: dict[int, int] = field(default_factory=dict)
    most_open: int = 0


@checker("22 buy", timeout=90.0)
async def buy_from_either(buy: Buy) -> Text:
    """Let servers answer, be slow, throw requests away, and be dead."""
    must_be_async(buy, "buy")
    loop = asyncio.get_running_loop()
    for one in CASES:
        seconds = one.limit + one.patience + patience(HANGS)
        async with _served(one) as (context, endpoints, seen), trial(seconds, one.case):
            began = loop.time()
            reply = await buy(context, list(endpoints), NAME, one.patience, one.limit)
            took = loop.time() - began
            must_be_used(seen.made, "REQ")
            expect(max(1, seen.most_open), 1, AT_ONCE.format(one.case))
            _judge_patience(one, seen)
            expect(reply, one.reply, RETURNED.format(one.case))
            expect(sum(not socket.closed for socket in seen.made), 0, OPEN)
            expect(max(seen.sent.values(), default=0), 1, FRESH.format(one.case))
            expect(seen.bodies - {NAME.encode()}, set(), SAID.format(one.case))
            _judge_order(one, seen)
            if one.reply is None:
                _judge_end(one, seen, took)
    return Text(
        en="It asks one server at a time, goes round until a reply comes, gives up in time, and"
        " leaves no vote behind.",
        ko="한 번에 한 서버에만 묻고, 응답이 올 때까지 차례로 돌고, 제때 그만두며, 투표가 될 요청을"
        " 남기지 않습니다.",
    )


def _judge_patience(one: _Case, seen: _Seen) -> None:
    waits = [b - a for (a, _), (b, _) in pairwise(seen.times)]
    patient = all(wait >= EARLY * one.patience for wait in waits)
    expect(patient, True, PATIENT.format(one.case))


def _judge_order(one: _Case, seen: _Seen) -> None:
    if one.asked is not None:
        asked = tuple(
            sum(number == at for _, at in seen.times) for number in range(len(one.servers))
        )
        expect(asked, one.asked, ASKED.format(one.case))


def _judge_end(one: _Case, seen: _Seen, took: float) -> None:
    latest = one.limit + one.patience
    in_time = EARLY * one.limit <= took <= latest + patience(0.5)
    wanted = IN_TIME.format(one.limit, latest)
    expect(
        wanted if in_time else IN_TIME.format(round(took, 1), round(took, 1)),
        wanted,
        TIMED.format(one.case),
    )
    expect(sorted(set(seen.lingers)), [0], LINGERS)


@contextlib.asynccontextmanager
async def _served(one: _Case) -> AsyncIterator[tuple[zmq.asyncio.Context, list[str], _Seen]]:
    """Run the servers, lend a context and write down what becomes of its sockets."""
    seen = _Seen()

    class Socket(NotedSocket):
        lingers = seen.lingers

        def _note(self) -> None:
            seen.sent[id(self)] = seen.sent.get(id(self), 0) + 1
            now_open = sum(not socket.closed for socket in seen.made)
            seen.most_open = max(seen.most_open, now_open)

        def send(self, *arguments: Any, **settings: Any) -> Any:
            self._note()
            return super().send(*arguments, **settings)

        def send_multipart(self, *arguments: Any, **settings: Any) -> Any:
            self._note()
            return super().send_multipart(*arguments, **settings)

        @staticmethod
        def really(asked: int) -> int:
            return 0  # what it would leave behind must not hold up the checker

    context, seen.made = lend(Socket)
    own = zmq.asyncio.Context()
    endpoints = [await free_endpoint() for _ in one.servers]
    serving = []
    for at, loses in enumerate(one.servers):
        if loses is not None:
            router = own.socket(zmq.ROUTER)
            router.bind(endpoints[at])
            serving.append(asyncio.ensure_future(_serve(router, loses, one.delay, at, seen)))
    try:
        yield context, endpoints, seen
    finally:
        for task in serving:
            task.cancel()
        if serving:
            await asyncio.wait(serving)
        for socket in seen.made:
            socket.close()
        zmq.asyncio.Context.term(context)
        own.destroy(linger=0)


async def _serve(
    router: zmq.asyncio.Socket, loses: int, delay: float, at: int, seen: _Seen
) -> None:
    """Throw some requests away, as a passive server does, and answer the others."""
    loop = asyncio.get_running_loop()
    while True:
        *envelope, request = await router.recv_multipart()
        seen.times.append((loop.time(), at))
        seen.bodies.add(request)
        if loses:
            loses -= 1
            continue
        await asyncio.sleep(delay)
        await router.send_multipart([*envelope, SEAT.encode()])
