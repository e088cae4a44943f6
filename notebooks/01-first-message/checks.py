"""Checkers of lesson 01: a client that asks again."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises import checks
from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.exercises.lent import lend
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

Ask = Callable[[zmq.asyncio.Context, str, str, float, int], Awaitable[str | None]]
QUESTION, ANSWER = "price of tea?", "PRICE OF TEA?"
NEVER = 10**6
TOO_LONG = 5.0
"""Seconds beyond its own patience after which a call counts as stuck."""


@dataclass
class _Trial:
    """What became of one call."""

    reply: str | None = None
    sockets: int = 0
    asked: int = 0
    left_open: int = 0
    lingers: list[int] = field(default_factory=list)


@checker("01 ask again", timeout=60.0)
async def ask_again(ask: Ask) -> Text:
    """Ask servers that answer, that are slow, that lose requests, that are silent or not there."""
    if not inspect.iscoroutinefunction(ask):
        words = Text(en="`ask` has to be a coroutine.", ko="`ask`는 코루틴이어야 합니다.")
        raise NotRight("async def ask(...)", "def ask(...)", words)

    server = Text(en="A server that answers at once.", ko="바로 응답하는 서버.")
    prompt = await _try(ask, server, patience=3.0, tries=3)
    _expect(prompt.reply, ANSWER, server, "reply")
    _expect(prompt.asked, 1, server, "asked")

    server = Text(
        en="A server that takes 1 s, and a patience of 3 s.",
        ko="1초 걸려 응답하는 서버, patience는 3초.",
    )
    slow = await _try(ask, server, patience=3.0, tries=2, delay=1.0)
    _expect(slow.reply, ANSWER, server, "reply")
    _expect(slow.asked, 1, server, "asked")

    server = Text(
        en="A server that loses the first two requests, and eight tries.",
        ko="앞의 두 요청을 잃는 서버, tries는 8.",
    )
    losing = await _try(ask, server, patience=0.4, tries=8, loses=2)
    _expect(losing.reply, ANSWER, server, "reply")

    server = Text(
        en="A server that never answers, and two tries.",
        ko="끝내 응답하지 않는 서버, tries는 2.",
    )
    silent = await _try(ask, server, patience=0.2, tries=2, loses=NEVER)
    _expect(silent.reply, None, server, "reply")
    _expect(silent.asked, 2, server, "asked")
    _expect(silent.sockets, 2, server, "sockets")

    server = Text(
        en="Nobody listens, and three tries.", ko="아무도 바인드하지 않은 주소, tries는 3."
    )
    absent = await _try(ask, server, patience=0.2, tries=3, there=False)
    _expect(absent.reply, None, server, "reply")
    _expect(absent.asked, 3, server, "asked")

    for trial in (prompt, slow, losing, silent, absent):
        expect(
            trial.left_open,
            0,
            Text(
                en="Sockets that ask() left open. `with context.socket(...)` closes them.",
                ko="ask()가 닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면 닫힙니다.",
            ),
        )
    expect(
        [linger for linger in absent.lingers if linger < 0],
        [],
        Text(
            en="The `linger` of sockets closed while nobody listened. -1 keeps an unsent question"
            " for ever: it reaches a server that starts later.",
            ko="아무도 없을 때 닫은 소켓의 `linger` 값입니다. -1이면 보내지 못한 질문이 한없이 남아"
            " 나중에 시작한 서버에 도착합니다.",
        ),
    )
    return Text(
        en="It is answered at once and by a slow server, it survives lost requests, it gives up"
        " when nobody answers, and it leaves nothing behind.",
        ko="빠른 서버와 느린 서버에서 모두 응답을 받고, 요청이 유실돼도 견디고, 아무도 응답하지"
        " 않으면 그만두며, 아무것도 남기지 않습니다.",
    )


ABOUT = {
    "reply": Text(en="What did ask() return?", ko="ask()는 무엇을 돌려줬나요?"),
    "asked": Text(en="How often did it ask?", ko="몇 번 물었나요?"),
    "sockets": Text(en="How many fresh sockets?", ko="새 소켓은 몇 개였나요?"),
}


def _expect(got: object, expected: object, server: Text, about: str) -> None:
    question = ABOUT[about]
    words = Text(en=f"{server.en} {question.en}", ko=f"{server.ko} {question.ko}")
    expect(got, expected, words)


async def _try(
    ask: Ask,
    server: Text,
    *,
    patience: float,
    tries: int,
    loses: int = 0,
    delay: float = 0.0,
    there: bool = True,
) -> _Trial:
    """Call ``ask`` once and write down what it does with its sockets."""
    trial = _Trial()

    class Socket(zmq.asyncio.Socket):
        def send(self, *arguments: Any, **settings: Any) -> Any:
            trial.asked += 1
            return super().send(*arguments, **settings)

        def send_multipart(self, *arguments: Any, **settings: Any) -> Any:
            trial.asked += 1
            return super().send_multipart(*arguments, **settings)

        def close(self, linger: int | None = None) -> None:
            if not self.closed:
                trial.lingers.append(int(self.linger) if linger is None else linger)
            super().close(linger=0)  # what it would leave behind must not hold up the checker

    (context, made), own = lend(Socket), zmq.asyncio.Context()
    endpoint = await free_endpoint()
    serving = asyncio.ensure_future(_serve(own, endpoint, loses, delay)) if there else None
    try:
        async with asyncio.timeout(patience * tries + delay + checks.patience(TOO_LONG)):
            trial.reply = await ask(context, endpoint, QUESTION, patience, tries)
        trial.sockets = len(made)
        trial.left_open = sum(not socket.closed for socket in made)
    except TimeoutError:
        got = Text(en="it still waited, and was cancelled", ko="끝나지 않아 취소했습니다")
        raise NotRight(Text(en="an end", ko="끝나기"), got, server) from None
    finally:
        if serving is not None:
            serving.cancel()
            await asyncio.wait({serving})
        for socket in made:
            socket.close()
        zmq.asyncio.Context.term(context)
        own.destroy(linger=0)
    return trial


async def _serve(context: zmq.asyncio.Context, endpoint: str, loses: int, delay: float) -> None:
    """Answer in capitals; a ROUTER may leave requests unanswered, which a REP may not."""
    with context.socket(zmq.ROUTER) as router:
        router.bind(endpoint)
        while True:
            *envelope, request = await router.recv_multipart()
            if loses:
                loses -= 1
                continue
            await asyncio.sleep(delay)
            await router.send_multipart([*envelope, request.upper()])
