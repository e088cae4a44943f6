"""Checkers of lesson 20: an answer of MMI, and a worker that speaks MDP to a broker."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.lent import lend, must_be_used
from zmqlab.exercises.trial import must_be_async, next_message, trial
from zmqlab.words.language import Text

Frames = list[bytes]
HANGS = 4.0
"""Seconds after which a call counts as stuck."""
COMES = 3.0
"""Seconds in which what is on its way has come."""

# ------------------------------------------------------------- warm-up

AnswerMmi = Callable[[Frames, set[bytes]], Any]
TEA_AND_COFFEE = frozenset({b"tea", b"coffee"})
CASES: tuple[tuple[Frames, frozenset[bytes], bytes], ...] = (
    ([b"mmi.service", b"tea"], TEA_AND_COFFEE, b"200"),
    ([b"mmi.service", b"cake"], TEA_AND_COFFEE, b"404"),
    ([b"mmi.workers", b"tea"], TEA_AND_COFFEE, b"501"),
    ([b"mmi.service", b"te"], TEA_AND_COFFEE, b"404"),
    ([b"mmi.", b""], TEA_AND_COFFEE, b"501"),
    ([b"mmi.service.more", b"coffee"], TEA_AND_COFFEE, b"501"),
    ([b"mmi.service", b"coffee"], TEA_AND_COFFEE, b"200"),
    ([b"mmi.service", b"tea"], frozenset({b"cake"}), b"404"),
    ([b"mmi.service", b"cake"], frozenset({b"cake"}), b"200"),
)
"""The service and the body of a request, the services with a worker, the code of the reply."""
REPLY_TO = Text(
    en="The request is {}. `registered` holds {}. What does answer_mmi() return?",
    ko="요청은 {}입니다. `registered`에는 {}가 들어 있습니다. answer_mmi()는 무엇을 돌려주나요?",
)
CHANGED = Text(
    en="What are the frames of the request after the call?",
    ko="호출한 뒤 요청의 프레임은 무엇인가요?",
)
SET = Text(
    en="What does `registered` hold after the call?", ko="호출한 뒤 `registered`에 무엇이 있나요?"
)
PLAIN = Text(en="`answer_mmi` is a plain function.", ko="`answer_mmi`는 일반 함수입니다.")


@checker("20 mmi", timeout=20.0)
def answers_of_mmi(answer_mmi: AnswerMmi) -> Text:
    """Ask for services that are there, that are not, and for what MMI does not know."""
    if inspect.iscoroutinefunction(answer_mmi):
        raise NotRight("def answer_mmi(...)", "async def answer_mmi(...)", PLAIN)
    for rest, services, code in CASES:
        request = [b"", b"MDPC01", *rest]
        frames = list(request)
        registered = set(services)
        got = answer_mmi(frames, registered)
        about = REPLY_TO.format(request, " ".join(sorted(name.decode() for name in services)))
        expect(got, [b"", b"MDPC01", rest[0], code], about)
        expect(frames, request, CHANGED)
        expect(registered, set(services), SET)
    return Text(
        en="All three codes are right, in the frames of RFC 7.",
        ko="세 코드가 모두 맞고, RFC 7의 프레임에 담겨 있습니다.",
    )


# ------------------------------------------------------------- main exercise

RunWorker = Callable[..., Awaitable[Any]]
INTERVAL = 0.2
TOLERATED = 2.2
"""Intervals of silence, at least: a worker that counts them may have begun one before it."""
W = [b"", b"MDPW01"]
READY, REQUEST, REPLY, HEARTBEAT, DISCONNECT = (bytes([number]) for number in range(1, 6))

REGISTER = Text(
    en="The worker has just been started. What does the broker receive first?",
    ko="워커를 막 시작했습니다. 브로커가 처음 받는 것은 무엇인가요?",
)
ANSWERS = Text(
    en="The broker sends a REQUEST. What is the worker's reply?",
    ko="브로커가 REQUEST를 보냈습니다. 워커의 응답은 무엇인가요?",
)
BODY = Text(
    en="What was work() given for that REQUEST?", ko="그 REQUEST에서 work()가 받은 값은 무엇인가요?"
)
IDLE = Text(
    en="The worker is idle. How many heartbeats come in five intervals?",
    ko="워커가 한가합니다. 다섯 간격 동안 하트비트가 몇 번 오나요?",
)
AT_WORK = Text(
    en="work() takes five intervals. How many heartbeats come meanwhile?",
    ko="work()가 다섯 간격 동안 일합니다. 그동안 하트비트가 몇 번 오나요?",
)
AT_LEAST = Text(en="{} or more", ko="{}번 이상")
STRANGE = Text(
    en="What does the broker receive in a session, besides heartbeats and replies?",
    ko="세션 중에 하트비트와 응답 말고 브로커가 받는 것은 무엇인가요?",
)
TOLD = Text(
    en="The broker has sent DISCONNECT. What comes by a new connection?",
    ko="브로커가 DISCONNECT를 보냈습니다. 새 연결로 무엇이 오나요?",
)
SILENT = Text(
    en="The broker says nothing any more. What comes by a new connection?",
    ko="브로커가 더는 아무것도 보내지 않습니다. 새 연결로 무엇이 오나요?",
)
SILENT_AT_WORK = Text(
    en="The broker says nothing any more while work() goes on. What comes by a new connection?",
    ko="work()가 일하는 동안 브로커가 더는 아무것도 보내지 않습니다. 새 연결로 무엇이 오나요?",
)
TOO_SOON = Text(
    en="How many intervals after the broker's last heartbeat does the worker register again?",
    ko="브로커의 마지막 하트비트에서 몇 간격이 지난 뒤 워커가 다시 등록하나요?",
)
THREE = Text(en="3 or a little more", ko="3 또는 조금 더")
REQUESTS_COUNT = Text(
    en="The broker sends a request in every interval, and no heartbeat. What does it receive,"
    " besides heartbeats?",
    ko="브로커가 하트비트 없이 간격마다 요청만 보냅니다. 하트비트 말고 무엇을 받나요?",
)
AFTER_WORK = Text(
    en="The worker has replied, and is idle. How many heartbeats come in five intervals?",
    ko="워커가 응답을 보내고 한가합니다. 다섯 간격 동안 하트비트가 몇 번 오나요?",
)
SECOND_SESSION = Text(
    en="The worker has registered again, and is idle. How many heartbeats come in five intervals?",
    ko="워커가 다시 등록했고 한가합니다. 다섯 간격 동안 하트비트가 몇 번 오나요?",
)
TOLD_AGAIN = Text(
    en="The broker has sent DISCONNECT a second time. What comes by a third connection?",
    ko="브로커가 DISCONNECT를 두 번째로 보냈습니다. 세 번째 연결로 무엇이 오나요?",
)
OLD_OPEN = Text(
    en="{} Is the socket of the old session closed?", ko="{} 옛 세션의 소켓이 닫혔나요?"
)
STALE = Text(
    en="A session ended while work() went on. Which reply does the broker receive afterwards?",
    ko="work()가 일하는 동안 세션이 끝났습니다. 그 뒤에 브로커는 어떤 응답을 받나요?",
)
TOO_EARLY = Text(
    en="The broker sends a heartbeat in every interval. How often does the worker register?",
    ko="브로커가 간격마다 하트비트를 보냅니다. 워커는 몇 번 등록하나요?",
)
ENDED = Text(
    en="Nobody has cancelled it. Is run_worker() still running?",
    ko="아무도 취소하지 않았습니다. run_worker()가 아직 실행 중인가요?",
)
STUBBORN = Text(
    en="run_worker() was cancelled. Has it ended?", ko="run_worker()를 취소했습니다. 끝났나요?"
)
LEFT_OPEN = Text(
    en="run_worker() was cancelled. How many of its sockets are still open?",
    ko="run_worker()를 취소했습니다. 아직 열려 있는 소켓은 몇 개인가요?",
)
LEFT_AT_WORK = Text(
    en="run_worker() was cancelled while work() went on. Does work() still go on?",
    ko="work()가 일하는 동안 run_worker()를 취소했습니다. work()가 아직 일하나요?",
)


class _Desk:
    """A broker's socket, the worker that runs, and the work that it is given."""

    def __init__(self, run_worker: RunWorker, service: bytes, interval: float) -> None:
        self._service = service
        self._interval = interval
        self._own = zmq.asyncio.Context()
        self._own.linger = 0
        self.context, self.made = lend(zmq.asyncio.Socket)
        self.socket = self._own.socket(zmq.ROUTER)
        self.socket.bind("tcp://127.0.0.1:*")
        self.given: list[Frames] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.working = 0
        self._clock = asyncio.get_running_loop().time
        self._beat = 0.0
        """When this broker sent its last heartbeat."""
        self.ended = False
        """Whether the worker was cancelled: then it may end as it likes."""
        endpoint = self.socket.get_string(zmq.LAST_ENDPOINT)
        self.call = asyncio.ensure_future(
            run_worker(self.context, endpoint, service, self.work, interval)
        )

    async def work(self, body: Frames) -> Frames:
        """Stand for the work: the reply is the body and one more frame."""
        self.given.append(body)
        self.working += 1
        try:
            await self.go_on.wait()
        finally:
            self.working -= 1
        return [*body, b"3.20"]

    async def next(self, limit: float) -> tuple[bytes, Frames] | None:
        """Receive the next message within so many seconds; None if none comes."""
        message = await next_message(self.socket, max(1, int(1000 * limit)))
        return (message[0], message[1:]) if message else None

    async def registered(self, about: Text, old: bytes = b"", *, alive: bool = False) -> bytes:
        """Wait for READY by a new connection; return the connection's name.

        With `alive`, whoever still listens at the old one hears heartbeats: silence is no reason.
        """
        end = self._clock() + patience(COMES)
        while (left := end - self._clock()) > 0:
            if alive:
                await self.send(old, HEARTBEAT)
            got = await self.next(min(left, self._interval / 2) if alive else left)
            if got is not None and got[0] != old:
                expect(got[1], [*W, READY, self._service], about)
                return got[0]
            _still_running(self)
        raise NotRight([*W, READY, self._service], None, about)

    async def busy(self, worker: bytes, body: bytes) -> None:
        """Send a request, and wait until the worker works on it; the work ends with `go_on`."""
        self.go_on.clear()
        await self.send(worker, REQUEST, b"client", b"", body)
        end = self._clock() + patience(COMES)
        while not self.working and self._clock() < end:
            await self.listen(worker, self._interval / 4)
        expect(self.given[-1:], [[body]], BODY)

    async def send(self, worker: bytes, *frames: bytes) -> None:
        await self.socket.send_multipart([worker, *W, *frames])

    async def listen(self, worker: bytes, seconds: float, *, alive: bool = True) -> list[Frames]:
        """Return what the worker sends in this time, while the broker sends its heartbeats."""
        found: list[Frames] = []
        end = self._clock() + seconds
        while (left := end - self._clock()) > 0:
            if alive and self._clock() >= self._beat + self._interval / 2:
                self._beat = self._clock()
                await self.send(worker, HEARTBEAT)
            got = await self.next(min(left, self._interval / 4))
            if got is not None:
                found.append(got[1] if got[0] == worker else [b"another connection", *got[1]])
        return found

    async def reply(self, worker: bytes, *, alive: bool = True) -> Frames | None:
        """Return the next message that is no heartbeat."""
        end = self._clock() + patience(COMES)
        while self._clock() < end:
            for frames in await self.listen(worker, self._interval / 4, alive=alive):
                if frames != [*W, HEARTBEAT]:
                    return frames
        return None

    async def end(self) -> None:
        """Cancel the worker."""
        self.ended = True
        self.call.cancel()
        await asyncio.wait([self.call], timeout=patience(HANGS))
        if not self.call.done():
            raise NotRight(True, False, STUBBORN)

    def close(self) -> None:
        self.call.cancel()
        for socket in self.made:
            socket.close(linger=0)
        zmq.asyncio.Context.term(self.context)
        self._own.destroy(linger=0)


@contextlib.asynccontextmanager
async def _desk(
    run_worker: RunWorker, about: Text, service: bytes = b"tea", interval: float = INTERVAL
) -> AsyncIterator[_Desk]:
    """Run the worker during the block; what it raised explains what did not come."""
    desk = _Desk(run_worker, service, interval)
    try:
        async with trial(20 * interval + 5 * patience(HANGS), about):
            yield desk
        _still_running(desk)
    except NotRight:
        _still_running(desk)
        raise
    finally:
        desk.call.cancel()
        await asyncio.wait([desk.call], timeout=patience(HANGS))
        if desk.call.done() and not desk.call.cancelled():
            desk.call.exception()
        desk.close()


def _still_running(desk: _Desk) -> None:
    """Say why the worker has ended, if it has and nobody cancelled it."""
    if desk.call.done() and not desk.call.cancelled():
        if error := desk.call.exception():
            raise error from None
        if not desk.ended:
            raise NotRight(True, False, ENDED) from None


@checker("20 worker", timeout=120.0)
async def worker_for_any_broker(run_worker: RunWorker) -> Text:
    """Play the broker: ask, keep silent, disconnect, cancel."""
    must_be_async(run_worker, "run_worker")
    for rule in (
        _beats,
        _answers,
        _works_long,
        _told_to_go,
        _given_up,
        _silence,
        _silence_at_work,
        _cancelled,
    ):
        await rule(run_worker)
    return Text(
        en="It registers, answers, stays alive while it works, and finds its broker again.",
        ko="등록하고, 응답하고, 일하는 동안에도 살아 있음을 알리고, 브로커를 다시 찾습니다.",
    )


async def _answers(run_worker: RunWorker) -> None:
    async with _desk(run_worker, ANSWERS) as desk:
        worker = await desk.registered(REGISTER)
        bodies = ([b"how much?"], [b"", b"two", b""])
        for client, body in zip((b"client", b"\0another"), bodies, strict=True):
            await desk.send(worker, REQUEST, client, b"", *body)
            wanted = [*W, REPLY, client, b"", *body, b"3.20"]
            expect(await desk.reply(worker), wanted, ANSWERS)
            expect(desk.given.pop(), body, BODY)
        for number in range(5):  # each of them shows that the broker is alive
            body = [b"%d" % number]
            await desk.send(worker, REQUEST, b"client", b"", *body)
            wanted = [*W, REPLY, b"client", b"", *body, b"3.20"]
            expect(await desk.reply(worker, alive=False), wanted, REQUESTS_COUNT)
            came = await desk.listen(worker, 0.8 * INTERVAL, alive=False)
            expect([frames for frames in came if frames != [*W, HEARTBEAT]], [], REQUESTS_COUNT)


async def _beats(run_worker: RunWorker) -> None:
    async with _desk(run_worker, IDLE) as desk:
        worker = await desk.registered(REGISTER)
        must_be_used(desk.made, "DEALER")
        came = await desk.listen(worker, 5 * INTERVAL)
        _only_heartbeats(came, 3, IDLE)


async def _works_long(run_worker: RunWorker) -> None:
    async with _desk(run_worker, AT_WORK) as desk:
        worker = await desk.registered(REGISTER)
        await desk.busy(worker, b"long")
        _only_heartbeats(await desk.listen(worker, 5 * INTERVAL), 3, AT_WORK)
        desk.go_on.set()
        wanted = [*W, REPLY, b"client", b"", b"long", b"3.20"]
        expect(await desk.reply(worker), wanted, ANSWERS)
        _only_heartbeats(await desk.listen(worker, 5 * INTERVAL), 3, AFTER_WORK)


def _only_heartbeats(came: list[Frames], least: int, about: Text) -> None:
    beats = came.count([*W, HEARTBEAT])
    again = sum(frames[-2:] == [READY, b"tea"] for frames in came)
    expect(1 + again, 1, TOO_EARLY)
    others = [frames for frames in came if frames != [*W, HEARTBEAT]]
    expect(others, [], STRANGE)
    if beats < least:
        raise NotRight(AT_LEAST.format(least), beats, about)


async def _told_to_go(run_worker: RunWorker) -> None:
    async with _desk(run_worker, TOLD) as desk:
        worker = await desk.registered(REGISTER)
        await desk.send(worker, DISCONNECT)
        again = await desk.registered(TOLD, worker, alive=True)
        expect(desk.made[0].closed, True, OLD_OPEN.format(TOLD))
        await desk.send(again, REQUEST, b"client", b"", b"tea")
        wanted = [*W, REPLY, b"client", b"", b"tea", b"3.20"]
        expect(await desk.reply(again), wanted, ANSWERS)
        _only_heartbeats(await desk.listen(again, 5 * INTERVAL), 3, SECOND_SESSION)
        await desk.send(again, DISCONNECT)
        await desk.registered(TOLD_AGAIN, again, alive=True)


async def _given_up(run_worker: RunWorker) -> None:
    async with _desk(run_worker, STALE) as desk:
        worker = await desk.registered(REGISTER)
        await desk.busy(worker, b"old")
        await desk.send(worker, DISCONNECT)
        await _no_stale_reply(desk, await desk.registered(TOLD, worker, alive=True))


async def _no_stale_reply(desk: _Desk, again: bytes) -> None:
    desk.go_on.set()
    came = await desk.listen(again, 2 * INTERVAL)
    expect([frames for frames in came if REPLY in frames], [], STALE)


async def _silence(run_worker: RunWorker) -> None:
    interval = 1.5 * INTERVAL
    clock = asyncio.get_running_loop().time
    async with _desk(run_worker, SILENT, b"coffee", interval) as desk:
        worker = await desk.registered(REGISTER)
        last = clock()  # whenever the worker hears it: its silence begins later than now
        await desk.send(worker, HEARTBEAT)
        await desk.registered(SILENT, worker)
        intervals = (clock() - last) / interval
        if intervals < TOLERATED:
            raise NotRight(THREE, round(intervals, 1), TOO_SOON)
        expect(desk.made[0].closed, True, OLD_OPEN.format(SILENT))


async def _silence_at_work(run_worker: RunWorker) -> None:
    async with _desk(run_worker, SILENT_AT_WORK) as desk:
        worker = await desk.registered(REGISTER)
        await desk.busy(worker, b"old")
        again = await desk.registered(SILENT_AT_WORK, worker)
        expect(desk.made[0].closed, True, OLD_OPEN.format(SILENT_AT_WORK))
        await _no_stale_reply(desk, again)


async def _cancelled(run_worker: RunWorker) -> None:
    async with _desk(run_worker, STUBBORN) as desk:
        worker = await desk.registered(REGISTER)
        await desk.busy(worker, b"tea")
        await desk.end()
        await asyncio.sleep(0)
        expect(desk.working, 0, LEFT_AT_WORK)
        expect(sum(not socket.closed for socket in desk.made), 0, LEFT_OPEN)
