"""Checkers of lesson 01: a wait with a limit, and a client that asks again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises import checks
from zmqlab.exercises.checks import checker, expect
from zmqlab.exercises.lent import NotedSocket, lend
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

ReplyWithin = Callable[[zmq.asyncio.Socket, float], Awaitable[str | None]]
Ask = Callable[[zmq.asyncio.Context, str, str, float, int], Awaitable[str | None]]
HANGS = 5.0
"""Seconds beyond its own patience after which a call counts as stuck."""
NEVER = 10**6

# ------------------------------------------------------------- warm-up

WAITS = (
    # seconds to wait, seconds until the reply comes, what is expected, the situation
    (2.0, 0.0, "3 coins", Text(en="The reply is there at once.", ko="응답이 바로 옵니다.")),
    (
        2.0,
        0.4,
        "5 coins",
        Text(en="The reply takes 0.4 s, seconds=2.", ko="응답이 0.4초 뒤에 옵니다(seconds는 2)."),
    ),
    (
        0.3,
        0.9,
        None,
        Text(
            en="The reply takes 0.9 s, seconds=0.3.",
            ko="응답이 0.9초 뒤에 옵니다(seconds는 0.3).",
        ),
    ),
)
LATER = Text(
    en="The reply that came after the limit. The client reads it later: is it still there?",
    ko="제한 시간이 지난 뒤에 온 응답입니다. 클라이언트가 나중에 읽으려 할 때 남아 있나요?",
)


@checker("01 reply within", timeout=30.0)
async def reply_within_seconds(reply_within: ReplyWithin) -> Text:
    """Let the reply come at once, in time and too late."""
    must_be_async(reply_within, "reply_within")
    for seconds, delay, expected, case in WAITS:
        about = Text(
            en=f"{case.en} What did reply_within() return?",
            ko=f"{case.ko} reply_within()은 무엇을 돌려줬나요?",
        )
        async with _asked(delay, expected or "7 coins") as client:
            async with trial(seconds + checks.patience(HANGS), case):
                expect(await reply_within(client, seconds), expected, about)
            left = None
            if expected is None and not client.closed:
                client.rcvtimeo = -1  # a learner's RCVTIMEO would end this poll() too
                if await client.poll(3000):
                    left = await client.recv_string()
            expect(left, "7 coins" if expected is None else None, LATER)
    return Text(
        en="It takes a reply that comes in time, gives up when none comes, and loses none.",
        ko="제때 온 응답을 받고, 오지 않으면 그만두며, 늦게 온 응답도 잃지 않습니다.",
    )


@contextlib.asynccontextmanager
async def _asked(delay: float, reply: str) -> AsyncIterator[zmq.asyncio.Socket]:
    """Give a client that has asked, and whose reply comes after so many seconds."""
    context = zmq.asyncio.Context()
    server, client = context.socket(zmq.REP), context.socket(zmq.REQ)
    server.bind("inproc://server")
    client.connect("inproc://server")
    await client.send_string("price of tea?")
    await server.recv_string()
    sending = asyncio.get_running_loop().call_later(delay, server.send_string, reply)
    try:
        yield client
    finally:
        sending.cancel()
        context.destroy(linger=0)


# ------------------------------------------------------------- main exercise

QUESTION, ANSWER = "price of tea?", "PRICE OF TEA?"


@dataclass(frozen=True)
class _Server:
    """A server, the settings of a call, and what is expected of it."""

    case: Text
    patience: float
    tries: int
    reply: str | None
    asked: int | None = None
    loses: int = 0
    delay: float = 0.0
    there: bool = True


SERVERS = (
    _Server(
        Text(en="A server that answers at once.", ko="바로 응답하는 서버에 물었습니다."),
        3.0,
        3,
        ANSWER,
        asked=1,
    ),
    _Server(
        Text(
            en="A server that takes 1 s, and a patience of 3 s.",
            ko="1초 걸려 응답하는 서버에 물었습니다(patience는 3초).",
        ),
        3.0,
        2,
        ANSWER,
        asked=1,
        delay=1.0,
    ),
    _Server(
        Text(
            en="A server that loses the first two requests, and eight tries.",
            ko="앞의 두 요청을 잃는 서버에 물었습니다(tries는 8).",
        ),
        0.4,
        8,
        ANSWER,
        loses=2,
    ),
    _Server(
        Text(
            en="A server that never answers, and two tries.",
            ko="끝내 응답하지 않는 서버에 물었습니다(tries는 2).",
        ),
        0.2,
        2,
        None,
        asked=2,
        loses=NEVER,
    ),
    _Server(
        Text(
            en="Nobody listens, and three tries.",
            ko="아무도 바인드하지 않은 주소로 물었습니다(tries는 3).",
        ),
        0.2,
        3,
        None,
        asked=3,
        there=False,
    ),
)
ABOUT = {
    "reply": Text(en="{} What did ask() return?", ko="{} ask()는 무엇을 돌려줬나요?"),
    "asked": Text(
        en="{} How often did it ask, on sockets of the context that it was given?",
        ko="{} 받은 컨텍스트의 소켓으로 몇 번 물었나요?",
    ),
    "sockets": Text(en="{} How many fresh sockets?", ko="{} 소켓을 몇 개 새로 만들었나요?"),
}
OPEN = Text(
    en="Sockets that ask() left open. `with context.socket(...)` closes them.",
    ko="ask()가 닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면 닫힙니다.",
)
LINGERS = Text(
    en="The `linger` of each socket that was closed while nobody listened, in milliseconds; -1, the"
    " default, is for ever. So long an unsent question outlives its socket, and in that time it"
    " reaches a server that starts later.",
    ko="받는 쪽이 없을 때 닫은 소켓의 `linger` 값입니다. 단위는 밀리초이고, 기본값 -1은 무한입니다."
    " 보내지 못한 질문이 그동안 남아 있다가 나중에 시작한 서버에 도착합니다.",
)


@dataclass
class _Seen:
    """What a call did with its sockets."""

    asked: int = 0
    made: list[zmq.asyncio.Socket] = field(default_factory=list)
    lingers: list[int] = field(default_factory=list)


@checker("01 ask again", timeout=60.0)
async def ask_again(ask: Ask) -> Text:
    """Ask servers that answer, that are slow, that lose requests, that are silent or not there."""
    must_be_async(ask, "ask")
    for server in SERVERS:
        seconds = server.patience * server.tries + server.delay + checks.patience(HANGS)
        async with _served(server) as (context, endpoint, seen), trial(seconds, server.case):
            reply = await ask(context, endpoint, QUESTION, server.patience, server.tries)
            expect(reply, server.reply, ABOUT["reply"].format(server.case))
            if server.asked is not None:
                expect(seen.asked, server.asked, ABOUT["asked"].format(server.case))
                expect(len(seen.made), server.asked, ABOUT["sockets"].format(server.case))
            expect(sum(not socket.closed for socket in seen.made), 0, OPEN)
            if not server.there:
                expect(seen.lingers, [0] * server.tries, LINGERS)
    return Text(
        en="It is answered at once and by a slow server, it survives lost requests, it gives up"
        " when nobody answers, and it leaves nothing behind.",
        ko="빠른 서버와 느린 서버에서 모두 응답을 받고, 요청이 유실돼도 견디고, 아무도 응답하지"
        " 않으면 그만두며, 아무것도 남기지 않습니다.",
    )


@contextlib.asynccontextmanager
async def _served(server: _Server) -> AsyncIterator[tuple[zmq.asyncio.Context, str, _Seen]]:
    """Run a server, lend a context and write down what becomes of its sockets."""
    seen = _Seen()

    class Socket(NotedSocket):
        lingers = seen.lingers

        def send(self, *arguments: Any, **settings: Any) -> Any:
            seen.asked += 1
            return super().send(*arguments, **settings)

        def send_multipart(self, *arguments: Any, **settings: Any) -> Any:
            seen.asked += 1
            return super().send_multipart(*arguments, **settings)

        @staticmethod
        def really(asked: int) -> int:
            return 0  # what it would leave behind must not hold up the checker

    context, seen.made = lend(Socket)
    own = zmq.asyncio.Context()
    endpoint = await free_endpoint()
    serving = asyncio.ensure_future(_serve(own, endpoint, server)) if server.there else None
    try:
        yield context, endpoint, seen
    finally:
        if serving is not None:
            serving.cancel()
            await asyncio.wait({serving})
        for socket in seen.made:
            socket.close()
        zmq.asyncio.Context.term(context)
        own.destroy(linger=0)


async def _serve(context: zmq.asyncio.Context, endpoint: str, server: _Server) -> None:
    """Answer in capitals; a ROUTER may leave requests unanswered, which a REP may not."""
    loses = server.loses
    with context.socket(zmq.ROUTER) as router:
        router.bind(endpoint)
        while True:
            *envelope, request = await router.recv_multipart()
            if loses:
                loses -= 1
                continue
            await asyncio.sleep(server.delay)
            await router.send_multipart([*envelope, request.upper()])
