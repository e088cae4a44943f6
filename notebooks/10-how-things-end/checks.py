"""Checkers of lesson 10: what a monitor's events mean, and a server that ends well."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.lent import NotedSocket, lend, must_be_used
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

# ------------------------------------------------------------- warm-up

State = Callable[[list[zmq.Event]], Any]
UP, LOST, MET, AGAIN = (
    zmq.EVENT_HANDSHAKE_SUCCEEDED,
    zmq.EVENT_DISCONNECTED,
    zmq.EVENT_CONNECTED,
    zmq.EVENT_CONNECT_RETRIED,
)
STORIES: tuple[tuple[list[zmq.Event], str], ...] = (
    ([], "away"),
    ([AGAIN], "away"),
    ([MET], "away"),
    ([MET, UP], "up"),
    ([AGAIN, AGAIN, MET, UP], "up"),
    ([MET, UP, LOST], "away"),
    ([MET, UP, LOST, AGAIN, AGAIN], "away"),
    ([MET, LOST], "stranger"),
    ([MET, UP, LOST, AGAIN, MET, LOST], "stranger"),
    ([MET, LOST, AGAIN, MET], "away"),
    ([MET, LOST, AGAIN, MET, UP], "up"),
    ([MET, UP, LOST, MET, UP], "up"),
)
RETURNED = Text(
    en="The events are: {}. What did state() return?",
    ko="이벤트: {}. state()는 무엇을 돌려줬나요?",
)
NONE = Text(en="none yet", ko="아직 없음")
CHANGED = Text(
    en="The list that the caller handed over, after the call. It is not yours to change.",
    ko="호출한 쪽이 넘긴 리스트의 호출 뒤 내용입니다. 이 리스트는 바꾸지 마세요.",
)


@checker("10 state")
def read_state(state: State) -> Text:
    """Tell a dozen stories of a connection."""
    for events, expected in STORIES:
        handed = list(events)
        got = state(handed)
        names = ", ".join(str(event.name) for event in events)
        expect(got, expected, RETURNED.format(names or NONE))
        expect(handed, events, CHANGED)
    return Text(
        en="Up is only what has shaken hands, and a stranger is told from a peer that left.",
        ko="핸드셰이크를 마친 연결만 up으로 보고, 엉뚱한 상대와 떠난 피어를 구별합니다.",
    )


# ------------------------------------------------------------- main exercise

Answer = Callable[[str], Awaitable[str]]
Serve = Callable[[zmq.asyncio.Context, str, asyncio.Event, Answer], Awaitable[Any]]
HANGS = 3.0
"""Seconds after which a call counts as stuck, beyond what it may take."""
WORK = 0.4
"""Seconds that an answer takes."""
PROMPT = 1.0
"""Seconds from `stop` to the end, as the exercise says."""
REPLY = 3.0
"""Seconds in which a reply that has left arrives."""
SHORTEST, LONGEST = 100, 10_000
"""Milliseconds of LINGER."""

IDLE = Text(
    en="Three requests one after the other, then `stop` while no request is there.",
    ko="요청 세 개가 차례로 오고, 요청이 없을 때 `stop`이 설정됨.",
)
AT_ONCE = Text(
    en="`stop` is set before the first request.", ko="첫 요청이 오기 전에 `stop`이 설정됨."
)
IN_HAND = Text(
    en="Three clients ask, and `stop` is set while the first request is answered.",
    ko="클라이언트 셋이 요청하고, 첫 요청에 답하는 동안 `stop`이 설정됨.",
)
RAISES = Text(
    en="answer() raises a ValueError at the second request.",
    ko="두 번째 요청에서 answer()가 ValueError를 일으킴.",
)
COUNTED = Text(en="{} What did serve() return?", ko="{} serve()는 무엇을 돌려줬나요?")
GOT = Text(en="{} Which replies did the clients get?", ko="{} 클라이언트는 어떤 응답을 받았나요?")
TAKEN = Text(
    en="{} For which requests was answer() awaited?", ko="{} answer()를 부른 요청은 무엇인가요?"
)
FINISHED = Text(
    en="{} How many of the answers were carried to their end? A request in hand is not cancelled.",
    ko="{} 끝까지 처리한 요청은 몇 개인가요? 처리 중인 요청은 취소하지 않습니다.",
)
PASSED_ON = Text(
    en="{} Which exception did serve() raise?", ko="{} serve()에서 어떤 예외가 발생했나요?"
)
OPEN = Text(
    en="Sockets that serve() left open. `with context.socket(...)` closes them.",
    ko="serve()가 닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면 닫힙니다.",
)
LINGERS = Text(
    en="The `linger` of the socket at its close(), in milliseconds. With 0 the last reply may be"
    " dropped; with -1, the default, a client that hangs holds up the end for ever.",
    ko="소켓을 닫을 때의 `linger` 값이며 단위는 밀리초입니다. 0이면 마지막 응답이 버려질 수 있고,"
    " 기본값 -1이면 멈춘 클라이언트 때문에 영원히 끝나지 못합니다.",
)
BOUNDS = Text(en="from 100 to 10,000", ko="100에서 10,000 사이")


@dataclass
class _Served:
    """A call of serve(): its sockets, its answers, its clients."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    lingers: list[int] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    finished: int = 0
    stop_at: int = 0
    fail_at: int = 0

    async def answer(self, request: str) -> str:
        """Answer after some time; set `stop` or raise in the middle of the request that says so."""
        self.begun.append(request)
        number = len(self.begun)
        if number == self.fail_at:
            raise ValueError(request)
        if number == self.stop_at:
            self.stop.set()
            await asyncio.sleep(WORK)
        self.finished += 1
        return request.upper()


@checker("10 serve", timeout=60.0)
async def serve_and_end(serve: Serve) -> Text:
    """Stop it while it is idle, at once and in the middle of a request; let its answer fail."""
    must_be_async(serve, "serve")
    for case, first in ((IDLE, 3), (AT_ONCE, 0)):
        await _stop_idle(serve, case, first)
    await _stop_in_hand(serve)
    await _fail(serve)
    return Text(
        en="It finishes what is in hand, its last reply leaves, and nothing holds up its end.",
        ko="처리 중인 요청을 마치고 마지막 응답을 내보내며, 무엇도 끝나는 것을 막지 않습니다.",
    )


class _Trial:
    """A context for serve() that notes how its sockets end, and a client's own."""

    def __init__(self, served: _Served) -> None:
        class Socket(NotedSocket):
            lingers = served.lingers

            @staticmethod
            def really(asked: int) -> int:
                return 1000  # term() must not wait longer

        self.served = served
        self.context, self._made = lend(Socket)
        self._own = zmq.asyncio.Context()
        self.endpoint = ""

    async def __aenter__(self) -> _Trial:
        self.endpoint = await free_endpoint()
        return self

    async def __aexit__(self, *error: object) -> None:
        for socket in self._made:
            zmq.asyncio.Socket.close(socket, linger=0)
        self._own.destroy(linger=0)
        zmq.asyncio.Context.term(self.context)

    def client(self) -> zmq.asyncio.Socket:
        """Connect a client."""
        client = self._own.socket(zmq.REQ)
        client.connect(self.endpoint)
        return client

    def judge_sockets(self) -> None:
        """Refuse sockets that are open, of another context, or that linger too long or not."""
        must_be_used(self._made, "REP")
        expect(sum(not socket.closed for socket in self._made), 0, OPEN)
        for linger in self.served.lingers:
            if not SHORTEST <= linger <= LONGEST:
                raise NotRight(BOUNDS, linger, LINGERS)


async def _stop_idle(serve: Serve, case: Text, requests: int) -> None:
    served = _Served()
    async with _Trial(served) as on:

        async def ask() -> list[str]:
            client = on.client()
            replies = []
            for number in range(1, requests + 1):
                await client.send_string(f"request {number}")
                if await client.poll(int(patience(REPLY) * 1000)):
                    replies.append(await client.recv_string())
                else:
                    break
            served.stop.set()
            return replies

        asking = asyncio.ensure_future(ask())
        try:
            async with trial(PROMPT + patience(HANGS + REPLY), case):
                got = await serve(on.context, on.endpoint, served.stop, served.answer)
        finally:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                replies = await asking
        on.judge_sockets()
        expect(
            replies, [f"REQUEST {number}" for number in range(1, requests + 1)], GOT.format(case)
        )
        expect(got, requests, COUNTED.format(case))


async def _stop_in_hand(serve: Serve) -> None:
    served = _Served(stop_at=1)
    async with _Trial(served) as on:
        clients = [on.client() for _ in range(3)]
        for number, client in enumerate(clients, 1):
            await client.send_string(f"request {number}")
        async with trial(PROMPT + WORK + patience(HANGS), IN_HAND):
            got = await serve(on.context, on.endpoint, served.stop, served.answer)
        on.judge_sockets()
        expect(served.begun, served.begun[:1], TAKEN.format(IN_HAND))
        expect(served.finished, 1, FINISHED.format(IN_HAND))
        replies = []
        for request in served.begun:
            client = clients[int(request.split()[-1]) - 1]
            if await client.poll(int(REPLY * 1000)):
                replies.append(await client.recv_string())
        expect(replies, [request.upper() for request in served.begun], GOT.format(IN_HAND))
        expect(got, 1, COUNTED.format(IN_HAND))


async def _fail(serve: Serve) -> None:
    served = _Served(fail_at=2)
    raised: Any = None
    async with _Trial(served) as on:
        for number, client in enumerate((on.client(), on.client()), 1):
            await client.send_string(f"request {number}")
        later = asyncio.get_running_loop().call_later(patience(REPLY), served.stop.set)
        try:
            async with trial(PROMPT + patience(HANGS + REPLY), RAISES):
                await serve(on.context, on.endpoint, served.stop, served.answer)
        except ValueError as error:
            raised = error
        finally:
            later.cancel()
        expect(type(raised), ValueError, PASSED_ON.format(RAISES))
        on.judge_sockets()
