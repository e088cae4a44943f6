"""Checkers of lesson 14: where a request goes, and a broker that lends all of its requests."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, next_message, trial
from zmqlab.words.language import Text

HANGS = 4.0
"""Seconds after which a call counts as stuck."""
COMES = 3.0
"""Seconds in which what is on its way has come."""
QUIET = 0.2
"""Seconds without a message, after which none comes."""

Frames = list[bytes]

# ------------------------------------------------------------- warm-up

Place = Callable[[Frames, dict[bytes, int], bool], Any]
CASES: tuple[tuple[Frames, dict[bytes, int], bool, str | bytes | None], ...] = (
    ([b"anna"], {b"oslo": 5}, True, "here"),
    ([b"anna"], {b"oslo": 5}, False, "here"),
    ([], {b"oslo": 1, b"lima": 4, b"cairo": 2}, True, b"lima"),
    ([], {b"oslo": 3, b"lima": 0}, True, b"oslo"),
    ([], {b"oslo": 3, b"lima": 4}, False, None),
    ([], {b"oslo": 0, b"lima": 0}, True, None),
    ([], {}, True, None),
    ([b"anna", b"ben"], {}, True, "here"),
)
"""Our free workers, the free workers of the others, whether the request is ours; where it goes."""
WHERE = Text(en="What does place({}, {}, {}) return?", ko="place({}, {}, {})는 무엇을 돌려주나요?")
KEPT = Text(
    en="place() only decides. Are its arguments unchanged after the call?",
    ko="place()는 갈 곳만 정합니다. 호출한 뒤에도 인자가 그대로인가요?",
)


@checker("14 place")
def place_of_a_request(place: Place) -> Text:
    """Ask for a place with and without free workers, here and elsewhere."""
    for free, peers, ours, wanted in CASES:
        given = list(free), dict(peers)
        about = WHERE.format(free, peers, ours)
        expect(place(*given, ours), wanted, about)
        expect(given, (free, peers), KEPT)
    return Text(
        en="Our own workers come first, and only our own requests are lent.",
        ko="우리 워커가 먼저이고, 우리 클라이언트의 요청만 다른 지점에 맡깁니다.",
    )


# ------------------------------------------------------------- main exercise

LendAll = Callable[
    [zmq.asyncio.Socket, zmq.asyncio.Socket, zmq.asyncio.Socket, float], Awaitable[Any]
]
LONG, SHORT = 30.0, 0.4
"""Limits of silence in seconds: one that is never over in a trial, and one that is."""
ENDED = Text(
    en="Nobody has cancelled it. Is lend_all() still running?",
    ko="아무도 취소하지 않았습니다. lend_all()이 아직 실행 중인가요?",
)
STUBBORN = Text(
    en="lend_all() was cancelled. Has it ended?", ko="lend_all()을 취소했습니다. 끝났나요?"
)
REQUEST = Text(en="{} What does {} receive?", ko="{} {} 브로커는 무엇을 받나요?")
REPLY = Text(en="{} What does the client receive?", ko="{} 클라이언트는 무엇을 받나요?")
FRAMES = Text(en="[the number, the client's name, {}]", ko="[번호, 클라이언트의 이름, {}]")
UNTAKEN = Text(
    en="{} The broker is cancelled. Which requests are still in `front`?",
    ko="{} 이때 브로커를 취소했습니다. `front`에 어떤 요청이 남아 있나요?",
)
NUMBERS = Text(
    en="Two requests are lent. Are their numbers different?",
    ko="요청 두 개를 맡겼습니다. 번호가 서로 다른가요?",
)
EARLY = Text(
    en="{} After how many seconds does {} receive the request?",
    ko="{} {} 브로커는 몇 초 뒤에 요청을 받나요?",
)
AT_LEAST = Text(en="{:.1f} or more", ko="{:.1f} 이상")
LENT = Text(
    en="Oslo has two free workers. Two clients ask, and the replies come in the other order.",
    ko="oslo에 한가한 워커가 두 명 있습니다. 클라이언트 둘이 묻고, 응답은 순서가 바뀌어 옵니다.",
)
MOST = Text(
    en="Oslo has told 9 free workers, and Lima 12. Two requests come.",
    ko="한가한 워커가 oslo에 9명, lima에 12명 있다고 들었습니다. 요청이 두 개 옵니다.",
)
COUNTED = Text(
    en="Oslo has told one free worker, and tells nothing more. Three requests come.",
    ko="한가한 워커가 oslo에 1명 있다고 한 번만 들었습니다. 요청이 세 개 옵니다.",
)
NEWS = Text(
    en="Oslo had one free worker, and got a request. Now it tells that one is free again.",
    ko="한가한 워커가 1명이던 oslo가 요청을 하나 받은 뒤, 다시 1명이 한가하다고 알립니다.",
)
REPLIED = Text(
    en="Oslo has told one free worker, got a request and replied. It has told nothing since.",
    ko="한가한 워커가 1명이라고 알린 oslo가 요청에 응답한 뒤, 상태는 다시 알리지 않았습니다.",
)
PATIENT = Text(
    en="Oslo has been silent for 0.8 s, and `silence` is 30. A request comes.",
    ko="oslo는 0.8초 동안 소식이 없고 `silence`는 30입니다. 요청이 옵니다.",
)
SILENT = Text(
    en="Oslo has two requests and is silent. Lima tells that two workers are free.",
    ko="oslo가 요청 두 개를 맡은 채 소식이 없습니다. lima가 워커 두 명이 한가하다고 알립니다.",
)
TWICE = Text(
    en="Oslo was silent, so Lima has the request. Then Lima is silent, and Oslo is back.",
    ko="oslo에 소식이 없어 lima가 요청을 맡았습니다. 그 뒤 lima에 소식이 없고 oslo가 돌아옵니다.",
)
LATE = Text(
    en="Oslo was silent, so Lima has the same request. Then both reply.",
    ko="oslo에 소식이 없어 lima도 같은 요청을 맡았습니다. 그 뒤에 둘 다 응답합니다.",
)
MORE = Text(
    en="{} What else does the client receive, after the first reply?",
    ko="{} 클라이언트는 첫 응답 다음에 무엇을 더 받나요?",
)
BUSY = Text(
    en="Oslo works on a request, and goes on telling its state. Lima has a free worker.",
    ko="oslo가 요청을 처리하면서 상태를 계속 알립니다. lima에는 한가한 워커가 있습니다.",
)
DEAD = Text(
    en="Oslo has told 5 free workers, and then nothing for too long. Then a request comes.",
    ko="oslo가 한가한 워커가 5명이라고 알린 뒤 너무 오래 소식이 없습니다. 그다음 요청이 옵니다.",
)
BACK = Text(
    en="Oslo was silent for too long, and tells its state again. A request comes.",
    ko="너무 오래 소식이 없던 oslo가 다시 상태를 알립니다. 요청이 옵니다.",
)
WAITS = Text(
    en="Oslo is silent with a request, and nobody else is there. Later Lima has a free worker.",
    ko="oslo가 요청을 맡은 채 소식이 없고, 나중에야 lima에 한가한 워커가 생깁니다.",
)


class _Peer:
    """Another office: it tells a state, takes requests and replies."""

    def __init__(self, context: zmq.asyncio.Context, name: str) -> None:
        self.name = name
        self.cloud_in = context.socket(zmq.ROUTER)
        self.cloud_in.setsockopt(zmq.IDENTITY, name.encode())
        self.cloud_in.bind(f"inproc://{id(self.cloud_in)}")
        self.state_out = context.socket(zmq.XPUB)
        self.state_out.bind(f"inproc://{id(self.state_out)}")

    async def tell(self, free: int) -> None:
        await self.state_out.send_multipart([self.name.encode(), b"%d" % free])

    async def reply(self, request: Frames, *body: bytes) -> None:
        """Send a reply: the envelope is the number, the client's name and the empty frame."""
        await self.cloud_in.send_multipart([b"seoul", *request[:3], *body])


class _Trial:
    """A learner's broker that runs, with two clients and two other offices around it."""

    def __init__(self, lend_all: LendAll, silence: float, about: Text) -> None:
        self.silence = silence
        self.about = about
        self._lend_all = lend_all
        self._context = zmq.asyncio.Context()
        self._context.linger = 0
        self.oslo, self.lima = (_Peer(self._context, name) for name in ("oslo", "lima"))
        self.front = self._context.socket(zmq.ROUTER)
        self.front.bind(f"inproc://{id(self.front)}")
        self.client, self.other = (self._client() for _ in range(2))
        self._cloud = self._context.socket(zmq.ROUTER)
        self._cloud.setsockopt(zmq.IDENTITY, b"seoul")
        self._state = self._context.socket(zmq.SUB)
        self._state.setsockopt(zmq.SUBSCRIBE, b"")
        self.call: asyncio.Future[Any] = asyncio.Future()

    def _client(self) -> zmq.asyncio.Socket:
        """Return a DEALER: unlike a REQ it shows every reply, also one too many."""
        socket = self._context.socket(zmq.DEALER)
        socket.connect(self.front.get_string(zmq.LAST_ENDPOINT))
        return socket

    async def begin(self) -> None:
        """Connect to both offices, see that they are there, and start the broker."""
        for peer in (self.oslo, self.lima):
            self._cloud.connect(peer.cloud_in.get_string(zmq.LAST_ENDPOINT))
            self._state.connect(peer.state_out.get_string(zmq.LAST_ENDPOINT))
            await peer.state_out.recv()  # its subscription
            await peer.cloud_in.send_multipart([b"seoul", b"hello"])
            await self._cloud.recv_multipart()
        self.call = asyncio.ensure_future(
            self._lend_all(self.front, self._cloud, self._state, self.silence)
        )

    async def ask(self, *body: bytes, client: zmq.asyncio.Socket | None = None) -> None:
        await (client or self.client).send_multipart([b"", *body])

    async def comes(self, socket: zmq.asyncio.Socket) -> Frames | None:
        """Receive what comes within a time limit, or until the broker has ended."""
        limit = int(1000 * (self.silence % LONG + patience(COMES)))
        coming = asyncio.ensure_future(next_message(socket, limit))
        await asyncio.wait([coming, self.call], return_when=asyncio.FIRST_COMPLETED)
        if self.call.done() and not coming.done():
            coming.cancel()
            await asyncio.wait([coming])
            return await next_message(socket, 0)
        return await coming

    async def takes(self, peer: _Peer, *body: bytes) -> Frames:
        """Return the request that an office has to get: number, client, and so on."""
        got = await self.comes(peer.cloud_in)
        if not got or got[:1] != [b"seoul"] or len(got) < 3 or got[3:] != [b"", *body]:
            wanted = FRAMES.format(", ".join(map(repr, [b"", *body])))
            raise NotRight(wanted, got and got[1:], REQUEST.format(self.about, peer.name))
        return got[1:]

    async def takes_any(self, peer: _Peer, *bodies: Frames) -> Frames:
        """Return one of several requests that an office has to get, in whatever order."""
        got = await self.comes(peer.cloud_in)
        body = got[4:] if got else []
        if not got or got[0] != b"seoul" or got[3:4] != [b""] or body not in bodies:
            wanted = FRAMES.format(", ".join(map(repr, [b"", *bodies[0]])))
            raise NotRight(wanted, got and got[1:], REQUEST.format(self.about, peer.name))
        return got[1:]

    async def goes_to(self, *body: bytes) -> _Peer:
        """Send a request, and return the office that gets it."""
        await self.ask(*body)
        poller = zmq.asyncio.Poller()
        for peer in (self.oslo, self.lima):
            poller.register(peer.cloud_in, zmq.POLLIN)
        ready = dict(await poller.poll(int(1000 * patience(COMES))))
        peer = self.oslo if self.oslo.cloud_in in ready else self.lima
        await self.takes(peer, *body)
        return peer

    async def learns(self, peer: _Peer, free: int) -> None:
        """Tell an office's state, and see by a request and its reply that it has arrived."""
        await peer.tell(free)
        await self.ask(b"first")
        request = await self.takes(peer, b"first")
        await peer.reply(request, b"done")
        await self.told(b"done")

    async def takes_nothing(self, peer: _Peer) -> None:
        got = await next_message(peer.cloud_in, int(1000 * QUIET))
        expect(got and got[1:], None, REQUEST.format(self.about, peer.name))

    async def told(self, *body: bytes, client: zmq.asyncio.Socket | None = None) -> None:
        got = await self.comes(client or self.client)
        expect(got, [b"", *body], REPLY.format(self.about))

    async def left(self, *bodies: bytes) -> None:
        """Cancel the broker, and see which requests it has not taken."""
        await self.end()
        found = []
        while request := await next_message(self.front, int(1000 * QUIET)):
            found.append(request[-1])
        expect(found, list(bodies), UNTAKEN.format(self.about))

    @contextlib.asynccontextmanager
    async def telling(self, peer: _Peer, free: int) -> AsyncIterator[None]:
        """Let an office tell its state, again and again."""

        async def tell() -> None:
            while True:
                await peer.tell(free)
                await asyncio.sleep(self.silence / 10)

        task = asyncio.ensure_future(tell())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def end(self) -> None:
        """Cancel the broker, as its caller does."""
        self.call.cancel()
        await asyncio.wait([self.call], timeout=patience(HANGS))
        if not self.call.done():
            raise NotRight(True, False, STUBBORN)

    def close(self) -> None:
        self._context.destroy(linger=0)


@contextlib.asynccontextmanager
async def _running(lend_all: LendAll, silence: float, about: Text) -> AsyncIterator[_Trial]:
    """Run the broker during the block; what it raised explains what did not come."""
    one = _Trial(lend_all, silence, about)
    try:
        async with trial(silence % LONG * 4 + 5 * patience(HANGS), about):
            await one.begin()
            yield one
        if one.call.done() and not one.call.cancelled():
            one.call.result()
            raise NotRight(True, False, ENDED)
    except NotRight:
        if one.call.done() and not one.call.cancelled():
            if error := one.call.exception():
                raise error from None
            raise NotRight(True, False, ENDED) from None
        raise
    finally:
        try:
            await one.end()
            if not one.call.cancelled():
                one.call.exception()  # it is raised already, or came after the verdict
        finally:
            one.close()


@checker("14 lend all", timeout=120.0)
async def a_broker_that_lends(lend_all: LendAll) -> Text:
    """Try each rule with offices that are free, busy, silent and back again."""
    must_be_async(lend_all, "lend_all")
    for rule in (
        _lent,
        _counted,
        _replied,
        _most,
        _news,
        _busy,
        _silent,
        _patient,
        _late,
        _dead,
        _back,
        _waits,
        _twice,
    ):
        await rule(lend_all)
    return Text(
        en="Each request is done, each client gets one reply, and no dead office gets anything.",
        ko="요청이 모두 처리되고 응답은 하나씩 오며, 죽은 지점에는 아무것도 가지 않습니다.",
    )


async def _lent(lend_all: LendAll) -> None:
    async with _running(lend_all, LONG, LENT) as one:
        await one.oslo.tell(2)
        await one.ask(b"tea?", b"", b"milk?")
        first = await one.takes(one.oslo, b"tea?", b"", b"milk?")
        await one.ask(b"coffee?", client=one.other)
        second = await one.takes(one.oslo, b"coffee?")
        expect(first[0] != second[0], True, NUMBERS)
        await one.oslo.reply(second, b"2.80")
        await one.told(b"2.80", client=one.other)
        await one.oslo.reply(first, b"3.20", b"", b"0.40")
        await one.told(b"3.20", b"", b"0.40")


async def _counted(lend_all: LendAll) -> None:
    async with _running(lend_all, LONG, COUNTED) as one:
        for body in (b"1", b"2", b"3"):
            await one.ask(body)
        await one.oslo.tell(1)
        await one.takes(one.oslo, b"1")
        await one.takes_nothing(one.oslo)
        await one.left(b"2", b"3")


async def _replied(lend_all: LendAll) -> None:
    async with _running(lend_all, LONG, REPLIED) as one:
        await one.oslo.tell(1)
        await one.ask(b"1")
        request = await one.takes(one.oslo, b"1")
        await one.oslo.reply(request, b"3.20")
        await one.told(b"3.20")
        await one.ask(b"2")
        await one.takes_nothing(one.oslo)
        await one.left(b"2")


async def _patient(lend_all: LendAll) -> None:
    async with _running(lend_all, LONG, PATIENT) as one:
        await one.oslo.tell(1)
        await asyncio.sleep(2 * SHORT)  # a silence that is not too long
        await one.ask(b"tea?")
        await one.takes(one.oslo, b"tea?")


async def _most(lend_all: LendAll) -> None:
    async with (
        _running(lend_all, SHORT, MOST) as one,
        one.telling(one.oslo, 9),
        one.telling(one.lima, 12),
    ):
        limit = time.monotonic() + patience(COMES)
        while await one.goes_to(b"first") is not one.lima and time.monotonic() < limit:
            pass  # Lima's state has not arrived yet
        for body in (b"1", b"2"):
            await one.ask(body)
            await one.takes(one.lima, body)


async def _news(lend_all: LendAll) -> None:
    async with _running(lend_all, LONG, NEWS) as one:
        await one.oslo.tell(1)
        await one.ask(b"1")
        await one.takes(one.oslo, b"1")
        await one.ask(b"2")
        await one.oslo.tell(1)
        await one.takes(one.oslo, b"2")


async def _busy(lend_all: LendAll) -> None:
    async with _running(lend_all, SHORT, BUSY) as one:
        await one.oslo.tell(1)
        await one.ask(b"tea?")
        request = await one.takes(one.oslo, b"tea?")
        async with one.telling(one.oslo, 0), one.telling(one.lima, 1):
            await asyncio.sleep(1.5 * SHORT)  # it works on the request
            await one.takes_nothing(one.lima)
            await one.oslo.reply(request, b"3.20")
            await one.told(b"3.20")


async def _silent(lend_all: LendAll) -> None:
    async with _running(lend_all, SHORT, SILENT) as one:
        await one.oslo.tell(2)
        told = time.monotonic()
        bodies = [b"tea?", b"milk?"], [b"coffee?"]
        clients = one.client, one.other
        for body, client in zip(bodies, clients, strict=True):
            await one.ask(*body, client=client)
            await one.takes(one.oslo, *body)
        async with one.telling(one.lima, 2):
            requests = []
            for _ in bodies:
                requests.append(await one.takes_any(one.lima, *bodies))
            early = told + SHORT - time.monotonic()
            if early > SHORT / 10:
                about = EARLY.format(SILENT, "lima")
                raise NotRight(AT_LEAST.format(SHORT), round(SHORT - early, 2), about)
            for request in requests:
                await one.lima.reply(request, request[-1])
            for body, client in zip(bodies, clients, strict=True):
                await one.told(body[-1], client=client)


async def _twice(lend_all: LendAll) -> None:
    async with _running(lend_all, SHORT, TWICE) as one:
        await one.oslo.tell(1)
        await one.ask(b"tea?")
        await one.takes(one.oslo, b"tea?")
        async with one.telling(one.lima, 1):
            await one.takes(one.lima, b"tea?")
        async with one.telling(one.oslo, 1):
            request = await one.takes(one.oslo, b"tea?")
            await one.oslo.reply(request, b"3.20")
            await one.told(b"3.20")


async def _late(lend_all: LendAll) -> None:
    async with _running(lend_all, SHORT, LATE) as one:
        await one.oslo.tell(1)
        await one.ask(b"tea?")
        first = await one.takes(one.oslo, b"tea?")
        async with one.telling(one.lima, 1):
            second = await one.takes(one.lima, b"tea?")
            await one.lima.reply(second, b"3.20")
            await one.told(b"3.20")
            await one.oslo.reply(first, b"3.20")
            got = await next_message(one.client, int(1000 * QUIET))
            expect(got, None, MORE.format(LATE))


async def _dead(lend_all: LendAll) -> None:
    async with _running(lend_all, SHORT, DEAD) as one:
        await one.learns(one.oslo, 5)
        await asyncio.sleep(1.5 * SHORT)  # the silence
        await one.ask(b"tea?")
        await one.takes_nothing(one.oslo)
        async with one.telling(one.lima, 1):
            await one.takes(one.lima, b"tea?")


async def _back(lend_all: LendAll) -> None:
    async with _running(lend_all, SHORT, BACK) as one:
        await one.learns(one.oslo, 1)
        await asyncio.sleep(1.5 * SHORT)  # the silence
        async with one.telling(one.oslo, 1):
            await one.ask(b"tea?")
            request = await one.takes(one.oslo, b"tea?")
            await one.oslo.reply(request, b"3.20")
            await one.told(b"3.20")


async def _waits(lend_all: LendAll) -> None:
    async with _running(lend_all, SHORT, WAITS) as one:
        await one.oslo.tell(1)
        await one.ask(b"tea?")
        await one.takes(one.oslo, b"tea?")
        await asyncio.sleep(1.5 * SHORT)  # the silence
        async with one.telling(one.lima, 1):
            request = await one.takes(one.lima, b"tea?")
            await one.lima.reply(request, b"3.20")
            await one.told(b"3.20")
