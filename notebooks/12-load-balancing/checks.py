"""Checkers of lesson 12: a request for a worker that is still there, and a broker with a clock."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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
SILENCE = 0.2
"""Seconds without a message, after which none comes."""

Frames = list[bytes]
TEA = [b"client", b"", b"tea?"]


class _Rig:
    """Sockets of one trial; each has an inproc name of its own."""

    def __init__(self) -> None:
        self._context = zmq.asyncio.Context()
        self._context.linger = 0

    def bound(self) -> zmq.asyncio.Socket:
        socket = self._context.socket(zmq.ROUTER)
        socket.bind(f"inproc://{id(socket)}")
        return socket

    def connected(self, peer: zmq.asyncio.Socket, name: bytes = b"") -> zmq.asyncio.Socket:
        """Return a DEALER: unlike a REQ it shows every message, also one too many."""
        socket = self._context.socket(zmq.DEALER)
        if name:
            socket.setsockopt(zmq.IDENTITY, name)
        socket.connect(peer.get_string(zmq.LAST_ENDPOINT))
        return socket

    def end(self) -> None:
        self._context.destroy(linger=0)


@contextlib.contextmanager
def _rig() -> Iterator[_Rig]:
    rig = _Rig()
    try:
        yield rig
    finally:
        rig.end()


async def _next(socket: zmq.asyncio.Socket, limit: float) -> Frames | None:
    """Receive a message; give None if none comes within so many seconds."""
    return await next_message(socket, int(1000 * limit))


async def _unreachable(back: zmq.asyncio.Socket, name: bytes) -> None:
    """Wait until ROUTER knows that this peer has closed its socket."""
    while True:
        try:
            await back.send_multipart([name, b"", b""])
        except zmq.ZMQError:
            return
        await asyncio.sleep(0)


# ------------------------------------------------------------- warm-up

HandOn = Callable[[zmq.asyncio.Socket, list[bytes], Frames], Awaitable[Any]]
CASES: tuple[tuple[str, str, Frames, str], ...] = (
    ("anna ben cleo", "", TEA, "anna"),
    ("ben anna", "", [b"a", b"b", b"", b"two", b"frames"], "ben"),
    ("anna ben cleo", "anna", TEA, "ben"),
    ("cleo anna ben", "cleo anna", [b"client", b"", b""], "ben"),
    ("anna ben", "anna ben", TEA, ""),
    ("", "", TEA, ""),
)
"""Names of free workers, those of them that are gone, the request, and the worker that gets it."""
CASE = Text(en="Free: {}. Gone: {}.", ko="한가한 워커: {}. 사라진 워커: {}.")
NOBODY = Text(en="nobody", ko="없음")
RETURNED = Text(en="{} What does hand_on() return?", ko="{} hand_on()은 무엇을 돌려주나요?")
RECEIVED = Text(en="{} What did {} receive?", ko="{} {} 워커는 무엇을 받았나요?")
MORE = Text(
    en="{} What else did {} receive, after the request?",
    ko="{} {} 워커는 요청 다음에 무엇을 더 받았나요?",
)
LEFT = Text(en="{} Which names are left in `free`?", ko="{} `free`에 어떤 이름이 남나요?")


@checker("12 hand on", timeout=60.0)
async def hand_on_to_the_living(hand_on: HandOn) -> Text:
    """Let some of the free workers be gone, and see who gets the request."""
    must_be_async(hand_on, "hand_on")
    for names, gone, request, taker in CASES:
        case = CASE.format(names or NOBODY, gone or NOBODY)
        with _rig() as rig:
            back = rig.bound()
            back.setsockopt(zmq.ROUTER_MANDATORY, 1)
            free = [name.encode() for name in names.split()]
            workers = {name: rig.connected(back, name) for name in free}
            for worker in workers.values():
                await worker.send_multipart([b"", b"READY"])
                await back.recv_multipart()
            for name in gone.split():
                workers.pop(name.encode()).close()
                await _unreachable(back, name.encode())
            async with trial(patience(HANGS), case):
                returned = await hand_on(back, free, list(request))
            for key, worker in workers.items():
                wanted = [b"", *request] if key.decode() == taker else None
                about = RECEIVED.format(case, key.decode())
                if wanted:
                    expect(await _next(worker, patience(COMES)), wanted, about)
                    about = MORE.format(case, key.decode())
                expect(await _next(worker, SILENCE / 4), None, about)
            expect(returned, taker.encode() or None, RETURNED.format(case))
            expect(free, _after(names.split(), taker), LEFT.format(case))
    return Text(
        en="The request reaches the first worker that is still there, and the dead leave the list.",
        ko="요청이 아직 살아 있는 첫 워커에 도착하고, 죽은 워커는 목록에서 빠집니다.",
    )


def _after(names: list[str], taker: str) -> list[bytes]:
    left = names[names.index(taker) + 1 :] if taker else []
    return [name.encode() for name in left]


# ------------------------------------------------------------- main exercise

RunBroker = Callable[[zmq.asyncio.Socket, zmq.asyncio.Socket, float], Awaitable[Any]]
LONG, SHORT = 30.0, 0.2
"""Limits in seconds: one that is never over in a trial, and one that is."""
ENDED = Text(
    en="Nobody has cancelled it. Is run_broker() still running?",
    ko="아무도 취소하지 않았습니다. run_broker()가 아직 실행 중인가요?",
)
REQUEST = Text(en="{} What did {} receive?", ko="{} {} 워커는 무엇을 받았나요?")
FRAMES = Text(en="[{}], … the client's name", ko="[{}], …는 클라이언트의 이름")
STUBBORN = Text(
    en="run_broker() was cancelled. Has it ended?",
    ko="run_broker()를 취소했습니다. 끝났나요?",
)
REPLY = Text(en="{} What did the client receive?", ko="{} 클라이언트는 무엇을 받았나요?")
TWO_CLIENTS = Text(
    en="Anna works for one client, and Ben for another. Both reply.",
    ko="anna와 ben이 서로 다른 클라이언트의 요청을 처리하고 응답합니다.",
)
FIRST = Text(
    en="Anna and Ben are free, Anna for longer. Two requests come.",
    ko="anna와 ben이 한가하고 anna가 더 오래 기다렸습니다. 요청이 두 개 옵니다.",
)
ONE_AT_A_TIME = Text(
    en="Anna alone is there, and works on a request. Two more wait.",
    ko="anna만 있고, 요청 하나를 처리하는 중입니다. 두 개가 더 기다립니다.",
)
UNTAKEN = Text(
    en="No worker is free, and the broker is cancelled. Which requests are still in `front`?",
    ko="한가한 워커가 없을 때 브로커를 취소했습니다. `front`에 어떤 요청이 남아 있나요?",
)
OVERDUE = Text(
    en="Anna's reply is overdue, and Ben is free.", ko="anna의 응답이 늦고 ben은 한가합니다."
)
OVERDUE_TWICE = Text(
    en="Anna's reply is overdue, then Ben's too. Cleo is free.",
    ko="anna의 응답이 늦고, ben의 응답도 늦습니다. cleo는 한가합니다.",
)
TOO_EARLY = Text(
    en="{} After how many seconds did {} get the request?",
    ko="{} {} 워커는 몇 초 뒤에 요청을 받았나요?",
)
AT_LEAST = Text(en="{:.1f} or more", ko="{:.1f} 이상")
LATE_FIRST = Text(
    en="Anna's reply is late. It comes while Ben works on the same request.",
    ko="anna의 응답이 늦게, ben이 같은 요청을 처리하는 동안 옵니다.",
)
SECOND = Text(
    en="Anna and Ben have both replied to the same request. What did the client receive after the"
    " first reply?",
    ko="anna와 ben이 같은 요청에 모두 응답했습니다. 클라이언트는 첫 응답 다음에 무엇을 받았나요?",
)
FREE_AGAIN = Text(
    en="Anna and Ben have both replied, Anna first. Two new requests come.",
    ko="anna, ben의 차례로 응답했습니다. 새 요청이 두 개 옵니다.",
)
IN_TIME = Text(
    en="Anna's reply is not overdue yet, and Ben is free.",
    ko="anna의 응답은 아직 늦지 않았고 ben은 한가합니다.",
)
DEAD = Text(
    en="Anna was free and is gone. A request comes. Ben is free when it is overdue.",
    ko="한가하던 anna가 사라졌습니다. 요청이 오고, 응답이 늦은 뒤에 ben이 한가해집니다.",
)
SILENT = Text(
    en="Anna is overdue and silent, and nobody else is there. A second request comes.",
    ko="anna의 응답이 늦고 소식이 없으며 다른 워커도 없습니다. 요청이 하나 더 옵니다.",
)


class _Office:
    """A broker of the learner's that runs, with two clients and workers around it."""

    def __init__(self, rig: _Rig, run_broker: RunBroker, limit: float) -> None:
        self._rig = rig
        self.limit = limit
        self.front, self.back = rig.bound(), rig.bound()
        self.client, self.other = rig.connected(self.front), rig.connected(self.front)
        self.call = asyncio.ensure_future(run_broker(self.front, self.back, limit))

    async def ready(self, name: str) -> zmq.asyncio.Socket:
        """Return a worker that has said READY."""
        worker = self._rig.connected(self.back, name.encode())
        await worker.send_multipart([b"", b"READY"])
        return worker

    async def ask(self, *body: bytes) -> None:
        await self.client.send_multipart([b"", *body])

    async def comes(self, socket: zmq.asyncio.Socket, limit: float = 0.0) -> Frames | None:
        """Receive what comes within a time limit, or until the broker has ended."""
        coming = asyncio.ensure_future(_next(socket, limit + patience(COMES)))
        await asyncio.wait([coming, self.call], return_when=asyncio.FIRST_COMPLETED)
        if self.call.done() and not coming.done():
            coming.cancel()
            await asyncio.wait([coming])
            return await _next(socket, 0)
        return await coming

    async def takes(
        self, worker: zmq.asyncio.Socket, about: Text, name: str, *body: bytes
    ) -> Frames:
        """Return the request that a worker has to get now."""
        request = await self.comes(worker)
        if not request or request[0:1] + request[2:] != [b"", b"", *body]:
            wanted = FRAMES.format(", ".join(map(repr, [b"", "…", b"", *body])))
            raise NotRight(wanted, request, REQUEST.format(about, name))
        return request

    async def takes_over(self, about: Text, name: str, request: Frames) -> zmq.asyncio.Socket:
        """Return a new worker, which has to get a request when it is overdue."""
        worker = await self.ready(name)
        expect(await self.comes(worker, self.limit), request, REQUEST.format(about, name))
        return worker

    async def nothing(self, socket: zmq.asyncio.Socket, about: Text) -> None:
        expect(await _next(socket, SILENCE), None, about)

    async def reply(self, worker: zmq.asyncio.Socket, request: Frames, *body: bytes) -> None:
        await worker.send_multipart([*request[:3], *body])

    async def told(self, about: Text, *body: bytes) -> None:
        expect(await self.comes(self.client), [b"", *body], REPLY.format(about))

    async def end(self) -> None:
        """Cancel the broker, as its caller does."""
        self.call.cancel()
        await asyncio.wait([self.call], timeout=patience(HANGS))
        if not self.call.done():
            raise NotRight(True, False, STUBBORN)


@contextlib.asynccontextmanager
async def _office(run_broker: RunBroker, limit: float, about: Text) -> AsyncIterator[_Office]:
    """Run the broker during the block; what it raised explains what did not come."""
    with _rig() as rig:
        office = _Office(rig, run_broker, limit)
        try:
            async with trial(limit % LONG * 3 + 5 * patience(HANGS), about):
                yield office
            if office.call.done() and not office.call.cancelled():
                office.call.result()
                raise NotRight(True, False, ENDED)
        except NotRight:
            if office.call.done() and not office.call.cancelled():
                if error := office.call.exception():
                    raise error from None
                raise NotRight(True, False, ENDED) from None
            raise
        finally:
            await office.end()
            if not office.call.cancelled():
                office.call.exception()  # it is raised already, or came after the verdict


@checker("12 broker", timeout=120.0)
async def broker_that_loses_nothing(run_broker: RunBroker) -> Text:
    """Try each rule with workers that are late, silent or gone."""
    must_be_async(run_broker, "run_broker")
    for rule in (
        _in_time,
        _one_at_a_time,
        _two_clients,
        _in_order,
        _again,
        _late_but_first,
        _gone,
        _silent,
    ):
        await rule(run_broker)
    return Text(
        en="No request is lost, none is answered twice, and the late are free again.",
        ko="유실되는 요청도 두 번 응답하는 요청도 없고, 늦은 워커도 다시 일합니다.",
    )


async def _in_order(run_broker: RunBroker) -> None:
    async with _office(run_broker, LONG, FIRST) as office:
        held = []
        for name in ("anna", "ben"):  # at work one after the other, so the order is known
            await office.ask(b"wait")
            worker = await office.ready(name)
            held.append((worker, name, await office.takes(worker, FIRST, name, b"wait")))
        for worker, _, request in held:
            await office.reply(worker, request, b"READY", b"")
            await office.told(FIRST, b"READY", b"")
        for worker, name, _ in held:
            await office.ask(name.encode(), b"", b"?")
            await office.takes(worker, FIRST, name, name.encode(), b"", b"?")


async def _two_clients(run_broker: RunBroker) -> None:
    async with _office(run_broker, LONG, TWO_CLIENTS) as office:
        held = []
        for client, name in ((office.client, "anna"), (office.other, "ben")):
            await client.send_multipart([b"", b"tea?"])
            worker = await office.ready(name)
            request = await office.takes(worker, TWO_CLIENTS, name, b"tea?")
            held.append((client, name, worker, request))
        for client, name, worker, request in held:
            await office.reply(worker, request, name.encode())
            expect(await office.comes(client), [b"", name.encode()], REPLY.format(TWO_CLIENTS))


async def _one_at_a_time(run_broker: RunBroker) -> None:
    async with _office(run_broker, LONG, ONE_AT_A_TIME) as office:
        anna = await office.ready("anna")
        for body in (b"1", b"2", b"3"):
            await office.ask(body)
        request = await office.takes(anna, ONE_AT_A_TIME, "anna", b"1")
        await office.nothing(anna, REQUEST.format(ONE_AT_A_TIME, "anna"))
        await office.reply(anna, request, b"done")
        await office.told(ONE_AT_A_TIME, b"done")
        await office.takes(anna, ONE_AT_A_TIME, "anna", b"2")
        await office.end()
        left = await _next(office.front, SILENCE)
        expect(left[2:] if left else None, [b"3"], UNTAKEN)


async def _in_time(run_broker: RunBroker) -> None:
    async with _office(run_broker, LONG, IN_TIME) as office:
        anna = await office.ready("anna")
        await office.ask(b"tea?")
        request = await office.takes(anna, IN_TIME, "anna", b"tea?")
        ben = await office.ready("ben")
        await office.nothing(ben, REQUEST.format(IN_TIME, "ben"))
        await office.reply(anna, request, b"3.20")
        await office.told(IN_TIME, b"3.20")


async def _again(run_broker: RunBroker) -> None:
    async with _office(run_broker, SHORT, OVERDUE) as office:
        anna = await office.ready("anna")
        began = time.monotonic()
        await office.ask(b"tea?", b"milk?")
        request = await office.takes(anna, OVERDUE, "anna", b"tea?", b"milk?")
        await office.takes_over(OVERDUE, "ben", request)
        _not_before(began + SHORT, OVERDUE, "ben")
        cleo = await office.takes_over(OVERDUE_TWICE, "cleo", request)
        _not_before(began + 2 * SHORT, OVERDUE_TWICE, "cleo")
        await office.nothing(anna, REQUEST.format(OVERDUE_TWICE, "anna"))
        await office.reply(cleo, request, b"3.20")
        await office.told(OVERDUE_TWICE, b"3.20")


def _not_before(moment: float, about: Text, name: str) -> None:
    """Refuse a copy that came before the limit was over; a slow machine only makes it later."""
    early = moment - time.monotonic()
    if early > SHORT / 10:
        wanted = round(SHORT if about is OVERDUE else 2 * SHORT, 1)
        raise NotRight(
            AT_LEAST.format(wanted), round(wanted - early, 2), TOO_EARLY.format(about, name)
        )


async def _late_but_first(run_broker: RunBroker) -> None:
    async with _office(run_broker, SHORT, LATE_FIRST) as office:
        anna = await office.ready("anna")
        await office.ask(b"tea?")
        request = await office.takes(anna, LATE_FIRST, "anna", b"tea?")
        ben = await office.takes_over(LATE_FIRST, "ben", request)
        await office.reply(anna, request, b"late")
        await office.told(LATE_FIRST, b"late")
        await office.reply(ben, request, b"again")
        await office.nothing(office.client, SECOND)
        for body in (b"anna", b"ben"):  # at once, so that the first is not overdue yet
            await office.ask(body)
        for worker, name in ((anna, "anna"), (ben, "ben")):
            await office.takes(worker, FREE_AGAIN, name, name.encode())


async def _gone(run_broker: RunBroker) -> None:
    async with _office(run_broker, SHORT, DEAD) as office:
        anna = await office.ready("anna")
        await office.ask(b"tea?")
        request = await office.takes(anna, DEAD, "anna", b"tea?")
        await office.reply(anna, request, b"3.20")
        await office.told(DEAD, b"3.20")
        anna.close()
        await office.ask(b"coffee?")
        await asyncio.sleep(2 * SHORT)  # overdue, and nobody is there
        ben = await office.ready("ben")
        await office.takes(ben, DEAD, "ben", b"coffee?")


async def _silent(run_broker: RunBroker) -> None:
    async with _office(run_broker, SHORT, SILENT) as office:
        anna = await office.ready("anna")
        await office.ask(b"tea?")
        request = await office.takes(anna, SILENT, "anna", b"tea?")
        await office.ask(b"coffee?")
        got = await _next(anna, 2 * SHORT)
        expect(got, None, REQUEST.format(SILENT, "anna"))
        await office.reply(anna, request, b"3.20")
        await office.told(SILENT, b"3.20")
        await office.takes(anna, SILENT, "anna", b"coffee?")
