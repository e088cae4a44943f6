"""Checkers of lesson 01: a client that asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.checks import checker, expect
from zmqlab.language import Text

Ask = Callable[[zmq.asyncio.Context, str, str, float, int], Awaitable[str | None]]


@dataclass
class _Trial:
    """What became of one call: the reply, the requests that arrived, the sockets left open."""

    reply: str | None
    requests: list[str] = field(default_factory=list)
    open_sockets: int = 0


@checker("01 ask again", timeout=30.0)
async def ask_again(ask: Ask) -> Text:
    """Ask a server that answers, one that loses two requests, and one that never answers."""
    trial = await _try(ask, loses=0, patience=3.0, tries=3)
    expect(
        trial.reply,
        "PRICE OF TEA?",
        Text(
            en="A server that answers in capitals, at once: what did ask() return?",
            ko="대문자로 바로 응답하는 서버에 물었습니다. ask()는 무엇을 돌려줬나요?",
        ),
    )
    expect(
        trial.requests,
        ["price of tea?"],
        Text(
            en="After a reply there is nothing left to ask. The requests the server saw:",
            ko="응답을 받았으면 더 물을 것이 없습니다. 서버가 받은 요청:",
        ),
    )
    _expect_closed(trial)

    trial = await _try(ask, loses=2, patience=0.4, tries=8)
    expect(
        trial.reply,
        "PRICE OF TEA?",
        Text(
            en="A server that loses the first two requests and answers the third: what came back?",
            ko="서버가 앞의 두 요청을 잃고 세 번째에 응답합니다. 무엇이 돌아왔나요?",
        ),
    )
    _expect_closed(trial)

    trial = await _try(ask, loses=1000, patience=0.2, tries=3)
    expect(
        trial.reply,
        None,
        Text(
            en="A server that never answers, three tries: what did ask() return?",
            ko="끝내 응답하지 않는 서버에 세 번 물었습니다. ask()는 무엇을 돌려줬나요?",
        ),
    )
    expect(
        len(trial.requests) <= 3,
        True,
        Text(en="No more than three requests?", ko="요청이 세 개를 넘지 않았나요?"),
    )
    _expect_closed(trial)
    return Text(
        en="It is answered at once, it survives two lost requests, it gives up in the end, and it"
        " leaves no socket open.",
        ko="바로 응답을 받고, 요청 두 개가 유실돼도 견디고, 끝내 안 되면 그만두며, 소켓을 남기지"
        " 않습니다.",
    )


def _expect_closed(trial: _Trial) -> None:
    expect(
        trial.open_sockets,
        0,
        Text(
            en="Sockets that ask() left open. `with context.socket(...)` closes them.",
            ko="ask()가 닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면 닫힙니다.",
        ),
    )


async def _try(ask: Ask, *, loses: int, patience: float, tries: int) -> _Trial:
    """Call ``ask`` once against a server that loses its first requests."""
    made: list[Any] = []

    class Counting(zmq.asyncio.Context):
        def socket(self, *arguments: Any, **settings: Any) -> Any:
            made.append(super().socket(*arguments, **settings))
            return made[-1]

    trial = _Trial(reply=None)
    context = Counting()
    # A ROUTER may take a request and answer none of them; a REP must answer each.
    router = zmq.asyncio.Context.socket(context, zmq.ROUTER)
    port = router.bind_to_random_port("tcp://127.0.0.1")

    async def serve() -> None:
        while True:
            *envelope, request = await router.recv_multipart()
            trial.requests.append(request.decode())
            if len(trial.requests) > loses:
                await router.send_multipart([*envelope, request.upper()])

    server = asyncio.ensure_future(serve())
    try:
        trial.reply = await ask(
            context, f"tcp://127.0.0.1:{port}", "price of tea?", patience, tries
        )
        trial.open_sockets = sum(not socket.closed for socket in made)
    finally:
        server.cancel()
        await asyncio.wait({server})
        context.destroy(linger=0)
    return trial
