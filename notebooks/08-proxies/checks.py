"""Checkers of lesson 08: one step of a proxy with a log, and a proxy that can be stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, next_message, trial
from zmqlab.words.language import Text

HANGS = 4.0
"""Seconds after which a call counts as stuck."""
COMES = 2000
"""Milliseconds in which what is on its way has come."""
SILENCE = 200
"""Milliseconds without a message, after which none comes."""

Frames = list[bytes]


class _Rig:
    """Sockets of one trial; each has an inproc name of its own."""

    def __init__(self) -> None:
        self._context = zmq.asyncio.Context()
        self._context.linger = 0

    def bound(self, kind: int, mark: int = 1000) -> zmq.asyncio.Socket:
        socket = self._context.socket(kind)
        socket.sndhwm = socket.rcvhwm = mark
        socket.bind(f"inproc://{id(socket)}")
        return socket

    def connected(
        self, kind: int, peer: zmq.asyncio.Socket, mark: int = 1000
    ) -> zmq.asyncio.Socket:
        socket = self._context.socket(kind)
        socket.sndhwm = socket.rcvhwm = mark
        socket.connect(peer.get_string(zmq.LAST_ENDPOINT))
        return socket

    def end(self) -> None:
        self._context.destroy(linger=0)


@contextlib.contextmanager
def _rig() -> Any:
    rig = _Rig()
    try:
        yield rig
    finally:
        rig.end()


# ------------------------------------------------------------- warm-up

PassOn = Callable[[zmq.asyncio.Socket, zmq.asyncio.Socket, zmq.asyncio.Socket], Awaitable[Any]]
MESSAGES: tuple[Frames, ...] = ([b"tea?"], [b"alice", b"", b"tea?"], [b"", b"a", b""])
ONE = Text(
    en="A message of {} frames. What did the target receive?",
    ko="프레임이 {}개인 메시지. target은 무엇을 받았나요?",
)
COPY = Text(
    en="A message of {} frames. What did the log receive?",
    ko="프레임이 {}개인 메시지. log는 무엇을 받았나요?",
)
NO_READER = Text(
    en="Nobody reads the log, a PUSH socket. What did the target receive?",
    ko="PUSH 소켓인 log를 읽는 상대가 없음. target은 무엇을 받았나요?",
)
NO_READER_CALL = Text(
    en="Nobody reads the log, a PUSH socket.", ko="PUSH 소켓인 log를 읽는 상대가 없음."
)
BUSY = Text(
    en="The target can take the message only later.",
    ko="target이 메시지를 나중에야 받을 수 있음.",
)
LATER = Text(
    en="The target was full and has room again. What did it receive?",
    ko="꽉 찼던 target에 빈자리가 생김. target은 무엇을 받았나요?",
)
ONLY_ONE = Text(
    en="Two messages were waiting. How many did one call take?",
    ko="메시지 두 개가 기다림. 한 번의 호출로 몇 개를 꺼냈나요?",
)
STILL_OPEN = Text(en="Are the sockets still open?", ko="소켓이 아직 열려 있나요?")


@checker("08 pass on", timeout=60.0)
async def pass_on_whole(pass_on: PassOn) -> Text:
    """Send messages of several frames; leave the log without a reader; let the target be full."""
    must_be_async(pass_on, "pass_on")
    for message in MESSAGES:
        with _rig() as rig:
            source, target, log = rig.bound(zmq.PULL), rig.bound(zmq.PUSH), rig.bound(zmq.PUSH)
            sender = rig.connected(zmq.PUSH, source)
            taker, reader = rig.connected(zmq.PULL, target), rig.connected(zmq.PULL, log)
            await sender.send_multipart(message)
            await sender.send_multipart([b"the next"])
            about = ONE.format(len(message))
            async with trial(patience(HANGS), about):
                await pass_on(source, target, log)
            expect(any(one.closed for one in (source, target, log)), False, STILL_OPEN)
            expect(await next_message(taker, COMES), message, about)
            expect(await next_message(reader, COMES), message, COPY.format(len(message)))
            expect(2 if await next_message(source, SILENCE) is None else 1, 1, ONLY_ONE)
    with _rig() as rig:
        source, target, log = rig.bound(zmq.PULL), rig.bound(zmq.PUSH), rig.bound(zmq.PUSH)
        sender, taker = rig.connected(zmq.PUSH, source), rig.connected(zmq.PULL, target)
        await sender.send_multipart([b"tea?"])
        async with trial(patience(HANGS), NO_READER_CALL):
            await pass_on(source, target, log)
        expect(await next_message(taker, COMES), [b"tea?"], NO_READER)
    await _full_target(pass_on)
    return Text(
        en="It passes on whole messages, and a log that nobody reads costs nothing but its copy.",
        ko="메시지를 통째로 넘기고, 아무도 읽지 않는 로그가 있어도 사본을 버릴 뿐입니다.",
    )


async def _full_target(pass_on: PassOn) -> None:
    with _rig() as rig:
        source, log = rig.bound(zmq.PULL), rig.bound(zmq.PUB)
        target = rig.bound(zmq.PUSH)
        sender = rig.connected(zmq.PUSH, source)
        await sender.send_multipart([b"patient"])
        call = asyncio.ensure_future(pass_on(source, target, log))
        try:
            await asyncio.wait([call], timeout=0.3)  # nobody is there to take it
            taker = rig.connected(zmq.PULL, target)
            async with trial(patience(HANGS), BUSY):
                await call
            expect(await next_message(taker, COMES), [b"patient"], LATER)
        finally:
            call.cancel()


# ------------------------------------------------------------- main exercise

RunProxy = Callable[[zmq.asyncio.Socket, zmq.asyncio.Socket, asyncio.Event], Awaitable[Any]]
ENDS = 1.0
"""Seconds after `stop` in which it must return; the checker allows more."""
CLIENTS = 3
NO_WORKER = Text(
    en="Three requests and no worker; then it is stopped.",
    ko="요청이 세 개인데 워커가 없고, 그 상태에서 멈춤.",
)
KEPT = Text(
    en="Three requests and no worker; it was stopped, and a second proxy ran with a worker. How"
    " many of the requests reached it? A request in hand is lost when the proxy is stopped.",
    ko="요청이 세 개인데 워커가 없는 상태에서 멈췄다가, 워커를 두고 다시 실행했습니다. 요청 몇"
    " 개가 워커에 도착했나요? 꺼내 들고 있던 요청은 프록시를 멈출 때 유실됩니다.",
)
TALK = Text(
    en="Requests and replies between three clients and a worker.",
    ko="클라이언트 세 개와 워커 하나 사이의 요청과 응답.",
)
REQUEST = Text(en="{} What did the worker receive?", ko="{} 워커는 무엇을 받았나요?").format(TALK)
REPLY = Text(en="{} What did client {} receive?", ko="{} 클라이언트 {}번은 무엇을 받았나요?")
COUNTS = Text(en="{} What did run_proxy() return?", ko="{} run_proxy()는 무엇을 돌려줬나요?")
A_PAIR = Text(en="two numbers: {}", ko="수 두 개: {}")
STUCK = Text(
    en="The front is full and can't be sent to; the back can.",
    ko="front는 꽉 차서 보낼 수 없고 back은 보낼 수 있음.",
)
OTHER_WAY = Text(
    en="The front is full and can't be sent to. What did the back's peer receive from the front?",
    ko="front는 꽉 차서 보낼 수 없습니다. back의 상대는 front에서 온 무엇을 받았나요?",
)
SUBSCRIBED = Text(
    en="XSUB and XPUB. Which subscription reached the publisher?",
    ko="XSUB과 XPUB. 발행자에 도착한 구독은 무엇인가요?",
)
QUOTE = Text(
    en="XSUB and XPUB. What did the subscriber receive?",
    ko="XSUB과 XPUB. 구독자는 무엇을 받았나요?",
)
PUBSUB = Text(en="XSUB and XPUB.", ko="XSUB과 XPUB.")
AFTER = Text(
    en="A request that came after run_proxy() had returned. Did somebody pass it on?",
    ko="run_proxy()가 끝난 뒤에 온 요청. 누군가 그것을 넘겼나요?",
)
OPEN_AFTER = Text(
    en="Are both sockets still open after run_proxy() has returned?",
    ko="run_proxy()가 끝난 뒤에도 두 소켓이 열려 있나요?",
)
EARLY = Text(
    en="Nobody has set `stop`. Is run_proxy() still running?",
    ko="아무도 `stop`을 켜지 않았습니다. run_proxy()가 아직 실행 중인가요?",
)


class _Run:
    """A call of the learner's function, and its `stop`."""

    def __init__(self, run_proxy: RunProxy, front: Any, back: Any) -> None:
        self.stop = asyncio.Event()
        self.call = asyncio.ensure_future(run_proxy(front, back, self.stop))

    async def ended(self, about: Text) -> Any:
        """Stop it, and give what it returned."""
        if self.call.done() and not self.call.cancelled() and self.call.exception() is None:
            raise NotRight(True, False, EARLY)
        self.stop.set()
        async with trial(ENDS + patience(HANGS), about):
            return await self.call


@contextlib.asynccontextmanager
async def _running(run_proxy: RunProxy, front: Any, back: Any) -> AsyncIterator[_Run]:
    """Run the function during the block, which ends it by `ended`."""
    run = _Run(run_proxy, front, back)
    try:
        yield run
    except NotRight:
        if run.call.done() and not run.call.cancelled() and (error := run.call.exception()):
            raise error from None  # that is why nothing came
        raise
    finally:
        run.call.cancel()
        await asyncio.wait([run.call])
        if not run.call.cancelled():
            run.call.exception()  # it is raised already, or came after the verdict


def _judge_counts(counts: Any, wanted: tuple[int, int], about: Text) -> None:
    try:
        right = tuple(counts) == wanted
    except TypeError:
        right = False
    if not right:
        raise NotRight(A_PAIR.format(f"{wanted[0]}, {wanted[1]}"), counts, COUNTS.format(about))


@checker("08 proxy", timeout=90.0)
async def run_proxy_to_its_end(run_proxy: RunProxy) -> Text:
    """Let clients talk to a worker; take the worker away; fill one side; publish."""
    must_be_async(run_proxy, "run_proxy")
    await _conversation(run_proxy)
    await _nobody_there(run_proxy)
    await _one_side_full(run_proxy)
    await _subscriptions(run_proxy)
    return Text(
        en="It passes everything both ways, and stops without a message in its hand.",
        ko="양쪽으로 모두 넘기고, 손에 든 메시지 없이 멈춥니다.",
    )


async def _conversation(run_proxy: RunProxy) -> None:
    with _rig() as rig:
        front, back = rig.bound(zmq.ROUTER), rig.bound(zmq.DEALER)
        clients = [rig.connected(zmq.REQ, front) for _ in range(CLIENTS)]
        worker = rig.connected(zmq.DEALER, back)
        async with _running(run_proxy, front, back) as run, trial(5 * patience(HANGS), TALK):
            requests: list[Frames] = []
            for number, client in enumerate(clients):
                await client.send_multipart([b"%d" % number, b"", b"tea?"])
            while (
                len(requests) < CLIENTS
                and (request := await next_message(worker, COMES)) is not None
            ):
                requests.append(request)
            bodies = sorted(one[2:] for one in requests)
            wanted = [[b"%d" % number, b"", b"tea?"] for number in range(CLIENTS)]
            expect(bodies, wanted, REQUEST)
            for request in reversed(requests):
                await worker.send_multipart([*request[:3], b"3.20"])
            for number, client in enumerate(clients):
                reply = await next_message(client, COMES)
                expect(reply, [b"%d" % number, b"3.20"], REPLY.format(TALK, number))
            _judge_counts(await run.ended(TALK), (CLIENTS, CLIENTS), TALK)
            expect(front.closed or back.closed, False, OPEN_AFTER)
            await clients[0].send(b"coffee?")
            expect(await worker.poll(SILENCE) > 0, False, AFTER)


async def _nobody_there(run_proxy: RunProxy) -> None:
    with _rig() as rig:
        front, back = rig.bound(zmq.ROUTER), rig.bound(zmq.DEALER)
        clients = [rig.connected(zmq.REQ, front) for _ in range(CLIENTS)]
        for client in clients:
            await client.send(b"tea?")
        async with _running(run_proxy, front, back) as run:
            await asyncio.wait([run.call], timeout=0.4)
            _judge_counts(await run.ended(NO_WORKER), (0, 0), NO_WORKER)
        worker = rig.connected(zmq.DEALER, back)
        async with _running(run_proxy, front, back) as run, trial(3 * patience(HANGS), NO_WORKER):
            came = 0
            while came < CLIENTS and await next_message(worker, 800) is not None:
                came += 1
            expect(came, CLIENTS, KEPT)
            await run.ended(NO_WORKER)


async def _one_side_full(run_proxy: RunProxy) -> None:
    """Fill what goes to the front, then send from the front to the back."""
    with _rig() as rig:
        front, back = rig.bound(zmq.DEALER, 1), rig.bound(zmq.DEALER, 1)
        client, worker = rig.connected(zmq.DEALER, front, 1), rig.connected(zmq.DEALER, back, 100)
        async with _running(run_proxy, front, back) as run, trial(3 * patience(HANGS), STUCK):
            for number in range(20):  # more than the client, who reads nothing, has room for
                await worker.send(b"flood %d" % number)
            await asyncio.wait([run.call], timeout=0.3)
            await client.send(b"tea?")
            expect(await next_message(worker, COMES), [b"tea?"], OTHER_WAY)
            await run.ended(STUCK)


async def _subscriptions(run_proxy: RunProxy) -> None:
    with _rig() as rig:
        inlet, outlet = rig.bound(zmq.XSUB), rig.bound(zmq.XPUB)
        publisher, subscriber = rig.connected(zmq.XPUB, inlet), rig.connected(zmq.SUB, outlet)
        subscriber.subscribe("TEA")
        async with _running(run_proxy, inlet, outlet) as run, trial(3 * patience(HANGS), PUBSUB):
            expect(await next_message(publisher, COMES), [b"\x01TEA"], SUBSCRIBED)
            await publisher.send_multipart([b"OIL", b"70"])
            await publisher.send_multipart([b"TEA", b"3.20"])
            expect(await next_message(subscriber, COMES), [b"TEA", b"3.20"], QUOTE)
            _judge_counts(await run.ended(PUBSUB), (1, 1), PUBSUB)
