"""Checkers of lesson 19: who is silent, and a worker that finds its queue again."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.words.language import Text

# ------------------------------------------------------------- warm-up

Heard = list[tuple[int, str]]
CASES: tuple[tuple[Heard, int, int, int, list[str]], ...] = (
    ([(0, "anna"), (4, "ben")], 6, 1, 5, ["anna"]),
    ([(0, "ben"), (1, "anna"), (4, "ben")], 9, 2, 3, ["anna"]),
    ([(0, "anna"), (1, "ben"), (2, "cleo"), (3, "anna")], 9, 2, 3, ["ben", "cleo", "anna"]),
    ([(0, "anna"), (5, "ben"), (6, "anna")], 7, 1, 3, []),
    ([(2, "cleo"), (3, "ben")], 5, 1, 3, ["cleo"]),
    ([], 100, 1, 3, []),
)
"""Messages in order of time, the present, interval and liveness; who is silent."""
SILENT = Text(en="silent({}, {}, {}, {})", ko="silent({}, {}, {}, {})")


@checker("19 silent")
def silent_by_their_last_word(silent: Callable[[Heard, int, int, int], list[str]]) -> Text:
    """Try logs in which names come once, several times, or just in time."""
    for heard, now, interval, liveness, gone in CASES:
        given = list(heard)
        about = SILENT.format(heard, now, interval, liveness)
        expect(silent(given, now, interval, liveness), gone, about)
    return Text(
        en="Each name is judged by its last message, and the longest silent comes first.",
        ko="이름마다 마지막 메시지로 판단하고, 가장 오래 조용한 이름이 앞에 옵니다.",
    )


# ------------------------------------------------------------- main exercise

INTERVAL, LIVENESS = 0.1, 3
SLOWER, LONGER = 0.25, 5
"""Another interval, and another number of silent ones."""
HANGS, COMES = 4.0, 3.0
"""Seconds after which a call counts as stuck, and in which what is on its way has come."""
READY, HEARTBEAT = b"\x01", b"\x02"
NAMES = b"worker 1", b"worker 2", b"worker 3", b"worker 4"
"""Routing ids of the sockets that connect() makes, one after the other."""

Frames = list[bytes]
RunWorker = Callable[..., Awaitable[None]]

FIRST = Text(
    en="The worker has just begun. What is the first message that the queue gets?",
    ko="워커가 막 시작했습니다. 큐가 받는 첫 메시지는 무엇인가요?",
)
REPLY = Text(
    en="The queue sends a request, {}. What does it get back?",
    ko="큐에서 요청 {}을 보냈습니다. 무엇이 돌아오나요?",
)
BODY = Text(
    en="The queue sends a request, {}. With what is work() called?",
    ko="큐에서 요청 {}을 보냈습니다. work()에 무엇을 넘기나요?",
)
NO_WORK = Text(
    en="The queue sends heartbeats and no request. With what is work() called?",
    ko="큐에서 요청 없이 하트비트만 보냅니다. work()에 무엇을 넘기나요?",
)
BEATS = Text(
    en="There is nothing to do, and the queue returns each heartbeat. What comes next?",
    ko="할 일이 없고, 큐는 하트비트마다 하트비트로 답합니다. 다음에 무엇이 오나요?",
)
FLOOD = Text(
    en="There is nothing to do. How many seconds do {} heartbeats take?",
    ko="할 일이 없습니다. 하트비트 {}개를 보내는 데 몇 초가 걸리나요?",
)
AT_LEAST = Text(en="{:.1f} or more", ko="{:.1f} 이상")
AGAIN = Text(
    en="The queue is silent for {} intervals. What comes after the heartbeats?",
    ko="큐가 간격 {}번 동안 조용합니다. 하트비트 다음에 무엇이 오나요?",
)
EARLY = Text(
    en="The queue is silent. After how many seconds does the worker give up?",
    ko="큐가 조용합니다. 워커는 몇 초 뒤에 대화를 포기하나요?",
)
RESTS = Text(
    en="Twice the queue says nothing, then one heartbeat, then nothing. What is rest() called"
    " with?",
    ko="큐가 대화 두 번 동안 조용하다가 하트비트를 하나 보내고 다시 조용합니다. rest()에 무엇을"
    " 넘기나요?",
)
CLOSED = Text(
    en="A new conversation begins. Is the socket of the last one closed?",
    ko="새 대화를 시작합니다. 지난 대화의 소켓은 닫혔나요?",
)
LONG = Text(
    en="The work takes longer than a silence. What comes after the reply?",
    ko="일이 조용한 한도보다 오래 걸립니다. 응답 다음에 무엇이 오나요?",
)
LATE = Text(
    en="The queue is silent for {:.1f} s. After how many seconds does the worker give up?",
    ko="큐가 {:.1f}초 동안 조용합니다. 워커는 몇 초 뒤에 대화를 포기하나요?",
)
LESS_THAN = Text(en="less than {:.1f}", ko="{:.1f} 미만")
RARE = Text(
    en="The queue is silent for {} intervals. How many heartbeats does it get meanwhile?",
    ko="큐가 간격 {}번 동안 조용합니다. 그동안 큐에 오는 하트비트는 몇 개인가요?",
)
MANY = Text(en="{} or more", ko="{}개 이상")
OPEN_AT_REST = Text(
    en="rest() is called. How many sockets are open?",
    ko="rest()를 호출했습니다. 열려 있는 소켓은 몇 개인가요?",
)
TALKS = Text(
    en="The queue sends a heartbeat five times in each interval. What comes from the worker?",
    ko="큐에서 간격마다 하트비트를 다섯 번 보냅니다. 워커에게서 무엇이 오나요?",
)
WORK_FAILS = Text(
    en="work() raised an exception, and run_worker() ended. How many sockets are still open?",
    ko="work()에서 예외가 발생해 run_worker()가 끝났습니다. 아직 열려 있는 소켓은 몇 개인가요?",
)
STUBBORN = Text(
    en="run_worker() was cancelled. Has it ended?",
    ko="run_worker()를 취소했습니다. 끝났나요?",
)
LEFT_OPEN = Text(
    en="run_worker() was cancelled. How many of its sockets are still open?",
    ko="run_worker()를 취소했습니다. 아직 열려 있는 소켓은 몇 개인가요?",
)
ENDED = Text(
    en="Nobody has cancelled it. Is run_worker() still running?",
    ko="아무도 취소하지 않았습니다. run_worker()가 아직 실행 중인가요?",
)


class _Scene:
    """The queue of a trial, and the learner's worker before it."""

    def __init__(
        self,
        run_worker: RunWorker,
        took: float = 0.0,
        interval: float = INTERVAL,
        liveness: int = LIVENESS,
        fault: Exception | None = None,
    ) -> None:
        self._context = zmq.asyncio.Context()
        self._context.linger = 0
        self._took = took
        self._fault = fault
        self.queue = self._context.socket(zmq.ROUTER)
        self.queue.bind(f"inproc://{id(self.queue)}")
        self.made: list[zmq.asyncio.Socket] = []
        self.still_open: list[int] = []
        self.bodies: list[Frames] = []
        self.rests: list[Any] = []
        self.open_at_rest: list[int] = []
        self.call = asyncio.ensure_future(
            run_worker(self._connect, self._work, self._rest, interval, liveness)
        )

    def _connect(self) -> zmq.asyncio.Socket:
        self.still_open.append(self.open())
        socket = self._context.socket(zmq.DEALER)
        socket.setsockopt(zmq.IDENTITY, b"worker %d" % (len(self.made) + 1))
        socket.connect(self.queue.get_string(zmq.LAST_ENDPOINT))
        self.made.append(socket)
        return socket

    def open(self) -> int:
        """Return how many of the worker's sockets are open."""
        return sum(not socket.closed for socket in self.made)

    async def _work(self, body: Frames) -> Frames:
        self.bodies.append(body)
        await asyncio.sleep(self._took)
        if self._fault:
            raise self._fault
        return [b"done", *body]

    async def _rest(self, number: Any) -> None:
        self.rests.append(number)
        self.open_at_rest.append(self.open())
        await asyncio.sleep(0.01)

    async def comes(self) -> Frames | None:
        """Receive what comes within a time limit, or until the worker has ended."""
        coming = asyncio.ensure_future(self.queue.poll(int(1000 * patience(COMES))))
        await asyncio.wait([coming, self.call], return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            coming.cancel()
            await asyncio.wait([coming])
        return await self.queue.recv_multipart() if await self.queue.poll(0) else None

    async def next_but(self, *skipped: Frames) -> Frames | None:
        """Receive what comes, except these messages."""
        while (message := await self.comes()) in skipped:
            pass
        return message

    async def begins(self) -> None:
        expect(await self.comes(), [NAMES[0], READY], FIRST)

    async def end(self) -> None:
        """Cancel the worker, as its caller does."""
        self.call.cancel()
        await asyncio.wait([self.call], timeout=patience(HANGS))
        if not self.call.done():
            raise NotRight(True, False, STUBBORN)

    def destroy(self) -> None:
        self._context.destroy(linger=0)


@contextlib.asynccontextmanager
async def _scene(
    run_worker: RunWorker,
    about: Text,
    took: float = 0.0,
    interval: float = INTERVAL,
    liveness: int = LIVENESS,
) -> AsyncIterator[_Scene]:
    """Run the worker during the block; what it raised explains what did not come."""
    scene = _Scene(run_worker, took, interval, liveness)
    try:
        async with trial(5.0 + took + 5 * patience(HANGS), about):
            yield scene
        if scene.call.done():
            scene.call.result()
            raise NotRight(True, False, ENDED)
        await scene.end()
        expect(scene.open(), 0, LEFT_OPEN)
    except NotRight:
        if scene.call.done() and not scene.call.cancelled():
            if error := scene.call.exception():
                raise error from None
            raise NotRight(True, False, ENDED) from None
        raise
    finally:
        scene.call.cancel()
        await asyncio.wait([scene.call], timeout=patience(HANGS))
        if scene.call.done() and not scene.call.cancelled():
            scene.call.exception()  # it is raised already, or came after the verdict
        scene.destroy()


@checker("19 worker", timeout=90.0)
async def worker_that_comes_back(run_worker: RunWorker) -> Text:
    """Play a queue that asks, beats, is silent, or waits for long work."""
    must_be_async(run_worker, "run_worker")
    for rule in (_requests, _beats, _talks, _silence, _long_work, _work_fails):
        await rule(run_worker)
    return Text(
        en="It works, shows that it is alive, and finds a queue again that was silent.",
        ko="일을 하고, 살아 있다고 알리고, 조용해진 큐를 다시 찾습니다.",
    )


async def _requests(run_worker: RunWorker) -> None:
    async with _scene(run_worker, FIRST) as scene:
        await scene.begins()
        beat = [NAMES[0], HEARTBEAT]
        for address, body in (
            ([b"client"], [b"tea?"]),
            ([b"near", b"far"], [b"coffee?", b"", b"milk?"]),
            ([b"client"], [b""]),
        ):
            await scene.queue.send_multipart(beat)
            request = [*address, b"", *body]
            await scene.queue.send_multipart([NAMES[0], *request])
            answer = await scene.next_but(beat)
            if scene.bodies:
                expect(scene.bodies[-1], body, BODY.format(request))
            expect(answer, [NAMES[0], *address, b"", b"done", *body], REPLY.format(request))


async def _beats(run_worker: RunWorker) -> None:
    many = 2 * LIVENESS
    async with _scene(run_worker, BEATS, interval=SLOWER) as scene:
        await scene.begins()
        began = time.monotonic()
        for _ in range(many):
            expect(await scene.comes(), [NAMES[0], HEARTBEAT], BEATS)
            await scene.queue.send_multipart([NAMES[0], HEARTBEAT])
        took, least = time.monotonic() - began, many * SLOWER
        if took < least / 2:
            raise NotRight(AT_LEAST.format(least), round(took, 2), FLOOD.format(many))
        expect(scene.bodies, [], NO_WORK)


async def _talks(run_worker: RunWorker) -> None:
    beat = [NAMES[0], HEARTBEAT]
    async with _scene(run_worker, TALKS, interval=SLOWER) as scene:
        await scene.begins()
        for _ in range(5 * LIVENESS):
            await scene.queue.send_multipart(beat)
            if await scene.queue.poll(int(1000 * SLOWER / 5)):
                break
        came = await scene.queue.recv_multipart() if await scene.queue.poll(0) else None
        expect(came, beat, TALKS)


async def _silence(run_worker: RunWorker) -> None:
    about, least = AGAIN.format(LONGER), INTERVAL * LONGER
    async with _scene(run_worker, about, liveness=LONGER) as scene:
        await scene.begins()
        began = time.monotonic()
        times: list[float] = []
        beats: list[int] = []
        for name, last in zip(NAMES[1:], NAMES, strict=False):
            beats.append(0)
            while (came := await scene.comes()) == [last, HEARTBEAT]:
                beats[-1] += 1
            expect(came, [name, READY], about)
            times.append(time.monotonic() - began)
            if times[-1] < least * 0.8:
                raise NotRight(AT_LEAST.format(least), round(times[-1], 2), EARLY)
            expect(scene.still_open[-1], 0, CLOSED)
            began = time.monotonic()
            if name == NAMES[2]:
                await scene.queue.send_multipart([name, HEARTBEAT])
        expect(scene.rests[:3], [1, 2, 1], RESTS)
        expect(max(scene.open_at_rest), 0, OPEN_AT_REST)
        # The best of all conversations counts: a busy machine makes some of them longer.
        if min(times) > least * 2:
            raise NotRight(LESS_THAN.format(least * 2), round(min(times), 2), LATE.format(least))
        if max(beats) < LONGER - 2:
            raise NotRight(MANY.format(LONGER - 2), max(beats), RARE.format(LONGER))


async def _long_work(run_worker: RunWorker) -> None:
    async with _scene(run_worker, LONG, took=1.5 * INTERVAL * LIVENESS) as scene:
        await scene.begins()
        beat, request = [NAMES[0], HEARTBEAT], [b"client", b"", b"tea?"]
        await scene.queue.send_multipart([NAMES[0], *request])
        answer = [NAMES[0], *request[:2], b"done", b"tea?"]
        expect(await scene.next_but(beat), answer, REPLY.format(request))
        expect(await scene.comes(), beat, LONG)


async def _work_fails(run_worker: RunWorker) -> None:
    scene = _Scene(run_worker, fault=RuntimeError("the tea is cold"))
    try:
        async with trial(5.0 + 3 * patience(HANGS), WORK_FAILS):
            await scene.begins()
            await scene.queue.send_multipart([NAMES[0], b"client", b"", b"tea?"])
            # It may end, or go on with the next request: what ended has closed its sockets.
            await scene.next_but([NAMES[0], HEARTBEAT])
            await scene.end()
        expect(scene.open(), 0, WORK_FAILS)
    finally:
        scene.call.cancel()
        await asyncio.wait([scene.call], timeout=patience(HANGS))
        if scene.call.done() and not scene.call.cancelled():
            scene.call.exception()  # the one that work() raised
        scene.destroy()
