"""Checkers of lesson 18: a server that remembers its replies, a client that takes late ones."""

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
from zmqlab.exercises.lent import NotedSocket, lend, must_be_used
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

Once = Callable[[dict[str, str], str, Callable[[], str]], str]
Ask = Callable[[zmq.asyncio.Context, str, str, list[float]], Awaitable[str | None]]
HANGS = 3.0
"""Seconds beyond the waits that it was given after which a call counts as stuck."""
PROMPT = 1.5
"""Seconds that a call may take beyond its waits, or after the reply, on a busy machine."""
LATE = 0.5
"""Seconds that a request may need to come, on a busy machine."""

# ------------------------------------------------------------- warm-up

TRIES = (
    # the name, what the work replies (None: it fails), what is expected, works so far, situation
    (
        "order 1",
        "tea delivered",
        "tea delivered",
        1,
        Text(en="A first order.", ko="첫 주문입니다."),
    ),
    (
        "order 1",
        "tea delivered again",
        "tea delivered",
        1,
        Text(en="The same order again.", ko="같은 주문이 다시 왔습니다."),
    ),
    (
        "order 2",
        None,
        None,
        2,
        Text(en="A second order, whose work raises.", ko="둘째 주문이고 work에서 예외가 납니다."),
    ),
    (
        "order 2",
        "coffee delivered",
        "coffee delivered",
        3,
        Text(
            en="The second order again, after its work raised.",
            ko="예외가 났던 둘째 주문이 다시 왔습니다.",
        ),
    ),
    (
        "order 3",
        "",
        "",
        4,
        Text(en="A third order, whose reply is empty.", ko="셋째 주문이고 응답이 빈 문자열입니다."),
    ),
    (
        "order 3",
        "rice delivered",
        "",
        4,
        Text(
            en="The order with the empty reply again.",
            ko="응답이 빈 문자열이던 주문이 다시 왔습니다.",
        ),
    ),
    (
        "order 0",
        "salt delivered",
        "salt delivered before",
        4,
        Text(
            en="An order that `replies` held from the beginning.",
            ko="`replies`에 처음부터 들어 있던 주문입니다.",
        ),
    ),
)
RETURNED = Text(en="{} What did once() return?", ko="{} once()는 무엇을 돌려줬나요?")
WORKED = Text(
    en="{} How often was work() called so far?", ko="{} work()를 지금까지 몇 번 호출했나요?"
)
RAISED = Text(en="{} The caller must see the exception.", ko="{} 호출한 쪽이 예외를 봐야 합니다.")
KEPT = Text(en="What is in `replies` at the end?", ko="마지막에 `replies`에는 무엇이 있나요?")
AN_EXCEPTION = Text(en="the exception of work()", ko="work()의 예외")


class _WorkError(Exception):
    """What the work of the trial raises."""


@checker("18 once")
def once_each(once: Once) -> Text:
    """Ask for orders that are new, old, failed and strange."""
    replies = {"order 0": "salt delivered before"}
    works = 0

    for name, reply, expected, count, case in TRIES:

        def work(reply: str | None = reply) -> str:
            nonlocal works
            works += 1
            if reply is None:
                raise _WorkError
            return reply

        got: Any
        try:
            got = once(replies, name, work)
        except _WorkError:
            if expected is not None:
                raise
        else:
            if expected is None:
                expect(got, AN_EXCEPTION, RAISED.format(case))
            expect(got, expected, RETURNED.format(case))
        expect(works, count, WORKED.format(case))
    expect(
        replies,
        {
            "order 0": "salt delivered before",
            "order 1": "tea delivered",
            "order 2": "coffee delivered",
            "order 3": "",
        },
        KEPT,
    )
    return Text(
        en="Each order is done once, an empty reply counts, and work that failed is done again.",
        ko="주문마다 한 번만 처리하고, 빈 응답도 기억하며, 실패한 일은 다시 합니다.",
    )


# ------------------------------------------------------------- main exercise

ORDER = "order 1 tea"
NEVER = 0


@dataclass(frozen=True)
class _Server:
    """When a server answers which request, and what is expected of the client."""

    case: Text
    waits: tuple[float, ...]
    at: int
    """It answers when so many requests have come; never if 0."""
    answers: int
    """Which of them it answers."""
    asked: int | None
    there: bool = True


SERVERS = (
    _Server(
        Text(en="A server that answers at once.", ko="바로 응답하는 서버에 물었습니다."),
        (3.0, 3.0),
        at=1,
        answers=1,
        asked=1,
    ),
    _Server(
        Text(
            en="A server that answers the first try when the third has come.",
            ko="셋째 요청이 온 뒤에야 첫 요청에 응답하는 서버에 물었습니다.",
        ),
        (0.2, 0.3, 3.0, 3.0),
        at=3,
        answers=1,
        asked=3,
    ),
    _Server(
        Text(
            en="A server that answers the second try when the third has come.",
            ko="셋째 요청이 온 뒤에야 둘째 요청에 응답하는 서버에 물었습니다.",
        ),
        (0.2, 0.2, 3.0),
        at=3,
        answers=2,
        asked=3,
    ),
    _Server(
        Text(
            en="A server that loses the first two requests.",
            ko="앞의 두 요청을 잃는 서버에 물었습니다.",
        ),
        (0.2, 0.2, 3.0, 3.0),
        at=3,
        answers=3,
        asked=3,
    ),
    _Server(
        Text(
            en="A server that never answers, and waits of 0.1, 0.2 and 1.4 s.",
            ko="끝내 응답하지 않는 서버에 물었습니다(waits는 0.1, 0.2, 1.4초).",
        ),
        (0.1, 0.2, 1.4),
        at=NEVER,
        answers=0,
        asked=3,
    ),
    _Server(
        Text(
            en="Nobody listens, and waits of 0.1 and 0.2 s.",
            ko="아무도 바인드하지 않은 주소로 물었습니다(waits는 0.1, 0.2초).",
        ),
        (0.1, 0.2),
        at=NEVER,
        answers=0,
        asked=None,
        there=False,
    ),
)
REPLY = Text(en="{} What did ask() return?", ko="{} ask()는 무엇을 돌려줬나요?")
ASKED = Text(en="{} How many requests came?", ko="{} 요청이 몇 개 왔나요?")
CAME = Text(en="{} What did the server receive?", ko="{} 서버는 무엇을 받았나요?")
WAITED = Text(
    en="{} Milliseconds from the call to the end of wait {}, at least.",
    ko="{} 호출한 때부터 {}번째 대기가 끝날 때까지의 최소 시간(밀리초)입니다.",
)
LAST = Text(
    en="{} Milliseconds from the last request to the return of None, about.",
    ko="{} 마지막 요청부터 None을 돌려줄 때까지의 시간(밀리초)이며, 어림값입니다.",
)
ENDED = Text(
    en="{} Milliseconds until ask() returned None; it came much later than the last wait was over.",
    ko="{} ask()가 None을 돌려주기까지 걸린 시간(밀리초)입니다. 마지막 대기가 끝난 뒤에도 한참"
    " 돌려주지 않았습니다.",
)
AT_ONCE = Text(
    en="{} Milliseconds between the reply and the return of ask(). Return as soon as a reply has"
    " come.",
    ko="{} 응답이 온 뒤 ask()가 돌려주기까지 걸린 시간(밀리초)입니다. 응답이 오면 바로 돌려주세요.",
)
SOON = Text(en="less than {}", ko="{} 미만")
OPEN = Text(
    en="{} Sockets that ask() left open. Close all of them, whichever way it ends.",
    ko="{} ask()가 닫지 않은 소켓의 수입니다. 어떻게 끝나든 모두 닫으세요.",
)
LINGERS = Text(
    en="The longest `linger` of the sockets that were closed while nobody listened, in"
    " milliseconds; -1, the default, is for ever. So long an unsent order outlives its socket, and"
    " reaches a server that starts later.",
    ko="받는 쪽이 없을 때 닫은 소켓의 `linger` 가운데 가장 긴 값입니다. 단위는 밀리초이고, 기본값"
    " -1은 무한입니다. 보내지 못한 주문이 그동안 남아 있다가 나중에 시작한 서버에 도착합니다.",
)


@dataclass
class _Seen:
    """What came to the server, and what became of the client's sockets."""

    times: list[float] = field(default_factory=list)
    replied: float | None = None
    orders: list[bytes] = field(default_factory=list)
    made: list[zmq.asyncio.Socket] = field(default_factory=list)
    lingers: list[int] = field(default_factory=list)


@checker("18 late reply", timeout=60.0)
async def late_reply(ask: Ask) -> Text:
    """Answer at once, late, to the last try only, or never."""
    must_be_async(ask, "ask")
    for server in SERVERS:
        seconds = sum(server.waits) + checks.patience(HANGS)
        async with _served(server) as (context, endpoint, seen), trial(seconds, server.case):
            began = _now()
            reply = await ask(context, endpoint, ORDER, list(server.waits))
            ended = _now()
            must_be_used(seen.made, "REQ")
            expected = f"delivered for request {server.answers}" if server.answers else None
            expect(reply, expected, REPLY.format(server.case))
            expect(sum(not socket.closed for socket in seen.made), 0, OPEN.format(server.case))
            if server.asked is not None:
                expect(len(seen.times), server.asked, ASKED.format(server.case))
                expect(seen.orders, [ORDER.encode()] * server.asked, CAME.format(server.case))
                _in_time(server, seen, began, ended)
            if not server.there:
                longest = max(seen.lingers, key=lambda linger: (linger < 0, linger))
                expect(longest, 0, LINGERS)
    return Text(
        en="It takes a reply to any of its tries, waits as long as it is told, gives up in the end,"
        " and leaves nothing behind.",
        ko="어느 시도에 온 응답이든 받고, 정해진 만큼 기다리며, 끝까지 없으면 그만두고, 아무것도"
        " 남기지 않습니다.",
    )


def _now() -> float:
    return asyncio.get_running_loop().time()


def _in_time(server: _Server, seen: _Seen, began: float, ended: float) -> None:
    """Refuse waits that are too short, and a return that comes too late."""
    marks = seen.times if server.answers else [*seen.times, ended]
    for number, mark in enumerate(marks[1:], start=1):
        least = sum(server.waits[:number])  # since the call: a request can come late, never early
        if mark - began < least * 0.8:
            words = WAITED.format(server.case, number)
            expect(round(1000 * (mark - began)), round(1000 * least), words)
    last = server.waits[-1]
    if not server.answers and ended - seen.times[-1] < last - LATE:
        words = LAST.format(server.case)
        expect(round(1000 * (ended - seen.times[-1])), round(1000 * last), words)
    if seen.replied is not None:
        late, words, limit = ended - seen.replied, AT_ONCE, PROMPT
    else:
        late, words, limit = ended - began, ENDED, sum(server.waits) + PROMPT
    if late > limit:
        expect(round(1000 * late), SOON.format(round(1000 * limit)), words.format(server.case))


@contextlib.asynccontextmanager
async def _served(server: _Server) -> AsyncIterator[tuple[zmq.asyncio.Context, str, _Seen]]:
    """Run a server, lend a context and write down what becomes of its sockets."""
    seen = _Seen()

    class Socket(NotedSocket):
        lingers = seen.lingers

        @staticmethod
        def really(asked: int) -> int:
            return 0  # what it would leave behind must not hold up the checker

    context, seen.made = lend(Socket)
    own = zmq.asyncio.Context()
    endpoint = await free_endpoint()
    serving = None
    if server.there:
        router = own.socket(zmq.ROUTER)
        router.bind(endpoint)
        serving = asyncio.ensure_future(_serve(router, server, seen))
    try:
        yield context, endpoint, seen
    finally:
        if serving is not None:
            serving.cancel()
            await asyncio.wait({serving})
        for socket in seen.made:
            socket.close(linger=0)
        zmq.asyncio.Context.term(context)
        own.destroy(linger=0)


async def _serve(router: zmq.asyncio.Socket, server: _Server, seen: _Seen) -> None:
    """Take requests, and answer the one that is chosen when its time has come."""
    envelopes: list[list[bytes]] = []
    while True:
        *envelope, order = await router.recv_multipart()
        seen.times.append(_now())
        seen.orders.append(order)
        envelopes.append(envelope)
        if len(envelopes) == server.at:
            reply = f"delivered for request {server.answers}".encode()
            await router.send_multipart([*envelopes[server.answers - 1], reply])
            seen.replied = _now()
