"""Checkers of lesson 31: a seller with a socket of its own, and a crew that shares nothing.

What the learner wrote blocks and runs in threads. So every socket has a limit, which ends a wait
for ever by an error, and a thread that goes on all the same is left behind. What must stay true: a
thread counts as the learner's only if the learner's code started it, and one call is watched at a
time, for the watch is on `threading` itself.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import zmq

from zmqlab.exercises import checks
from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.words.language import Text

Seller = Callable[[zmq.SyncContext, str, int], object]
Job = Callable[[bytes], bytes]
Crew = Callable[[zmq.SyncContext, list[bytes], int, Job], list[bytes]]
PATIENCE = 4.0
"""Seconds that a socket waits before it gives up."""
TOO_LONG = 12.0
"""Seconds after which a call counts as stuck."""
ROOM = 100
"""High-water mark of every socket, at each end.

Not less: a ROUTER, and so a REP, drops what it has no room for, and over inproc libzmq looks only
now and then whether there is room again.
"""
_one_at_a_time = threading.Lock()

OWN_SOCKETS = Text(
    en="each socket used by the thread that made it", ko="소켓은 만든 스레드에서만 사용"
)
NO_WAIT = Text(en="no wait without an end", ko="끝없이 기다리지 않기")
CLOSED = Text(en="all its sockets closed", ko="소켓이 모두 닫힘")


class _Call:
    """What happened to the threads and sockets of one call."""

    def __init__(self) -> None:
        self.sockets: list[_Watched] = []
        self.strangers: list[str] = []
        self.sent: list[tuple[int, bytes]] = []  # by which thread, a frame
        self.errors: list[BaseException] = []
        self.threads: list[threading.Thread] = []
        self.context = _Context()
        self.context.linger = 0
        self.context.rcvtimeo = self.context.sndtimeo = int(checks.patience(PATIENCE) * 1000)
        self.context.sndhwm = self.context.rcvhwm = ROOM

    def watch(self) -> None:
        """Note from now on what is made of the context."""
        self.context.call = self

    async def run(self, *functions: Callable[[], object]) -> list[threading.Thread]:
        """Run functions, a thread each; return those that did not come back in time."""
        own = [threading.Thread(target=function, daemon=True) for function in functions]
        self.threads += own
        for one in own:
            one.start()
        await asyncio.to_thread(_join, own, checks.patience(TOO_LONG))
        stuck = [one for one in own if one.is_alive()]
        await asyncio.to_thread(_join, self.threads, 0.0 if stuck else 1.0)
        return stuck

    @asynccontextmanager
    async def watched_threads(self) -> AsyncIterator[None]:
        """Note the threads that ours start, and the errors that end them."""
        # Another check, in another thread's loop, may be at it.
        while not _one_at_a_time.acquire(blocking=False):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        start, hook = threading.Thread.start, threading.excepthook

        def noted(thread: threading.Thread) -> None:
            if threading.current_thread() in self.threads:
                self.threads.append(thread)
            start(thread)

        def ended(given: threading.ExceptHookArgs) -> None:
            if given.thread in self.threads and given.exc_value is not None:
                self.errors.append(given.exc_value)

        threading.Thread.start = noted  # type: ignore[method-assign,assignment]
        threading.excepthook = ended
        try:
            yield
        finally:
            threading.Thread.start = start  # type: ignore[method-assign]
            threading.excepthook = hook
            _one_at_a_time.release()

    async def end(self) -> tuple[int, int]:
        """End the context; return how many threads were alive and how many sockets open."""
        left = sum(one.is_alive() for one in self.threads)
        opened = sum(not one.closed for one in self.sockets)
        term = super(_Context, self.context).term
        threading.Thread(target=term, daemon=True).start()  # it waits for what is open
        await asyncio.to_thread(_join, self.threads, 1.0 if left else 0.0)
        return left, opened

    def judge(self, case: Text, stuck: bool) -> None:
        """Refuse a shared socket, an error in a thread, and a call that never ends."""
        if self.strangers:
            used = self.strangers[0]
            got = Text(en=f"{used} in another thread", ko=f"다른 스레드에서 {used} 호출")
            raise NotRight(OWN_SOCKETS, got, case)
        for error in self.errors:
            if not isinstance(error, zmq.Again):
                raise error
            got = Text(
                en=f"a socket waited for {PATIENCE:g} s, and gave up",
                ko=f"소켓이 {PATIENCE:g}초를 기다리다 그만둠",
            )
            raise NotRight(NO_WAIT, got, case) from error
        if stuck:
            got = Text(en=f"still at work after {TOO_LONG:g} s", ko=f"{TOO_LONG:g}초가 지나도 실행")
            raise NotRight(Text(en="an end", ko="제한 시간 안에 끝나기"), got, case)


class _Watched(zmq.Socket):  # type: ignore[type-arg]
    """A socket that notes what it sends, and when another thread uses it than its maker."""

    call: _Call | None = None
    maker = 0

    def __init__(self, context: _Context, *given: Any, **options: Any) -> None:
        super().__init__(context, *given, **options)
        self.call, self.maker = context.call, threading.get_ident()
        if self.call is not None:
            self.call.sockets.append(self)

    def _used(self, how: str) -> None:
        if self.call is not None and threading.get_ident() != self.maker:
            self.call.strangers.append(how)

    def bind(self, *given: Any, **options: Any) -> Any:
        self._used("bind()")
        return super().bind(*given, **options)

    def connect(self, *given: Any, **options: Any) -> Any:
        self._used("connect()")
        return super().connect(*given, **options)

    def send(self, data: Any, *given: Any, **options: Any) -> Any:
        """Note the frame; several in one message come here one by one."""
        self._used("send()")
        if self.call is not None:
            with suppress(TypeError):  # what is no bytes, pyzmq refuses below, and says why
                self.call.sent.append((threading.get_ident(), bytes(memoryview(data))))
        return super().send(data, *given, **options)

    def recv(self, *given: Any, **options: Any) -> Any:
        self._used("recv()")
        return super().recv(*given, **options)


class _Context(zmq.Context):  # type: ignore[type-arg]
    """A context of such sockets; a learner who ends it is told not to."""

    _socket_class = _Watched
    call: _Call | None = None

    def term(self) -> None:
        words = Text(en="The context is not yours to end.", ko="컨텍스트는 끝내지 마세요.")
        raise NotRight("context.socket(...)", "context.term()", words)


def _join(threads: Sequence[threading.Thread], limit: float) -> None:
    """Wait until all of them have ended, for so many seconds at most."""
    end = time.monotonic() + limit
    for one in list(threads):
        one.join(max(0.0, end - time.monotonic()))


# ------------------------------------------------------------- warm-up

SELLERS = (
    # threads, tickets each, the situation
    (4, 20, Text(en="Four threads, 20 tickets each.", ko="스레드 네 개가 20장씩 팝니다.")),
    (1, 3, Text(en="One thread, three tickets.", ko="스레드 하나가 세 장을 팝니다.")),
)
COUNTED = Text(
    en="Which messages did the owner get, and how many of each?",
    ko="주인은 어떤 메시지를 몇 개씩 받았나요?",
)


@checker("31 a socket each", timeout=300.0)
async def a_socket_each(sell: Seller) -> Text:
    """Let several threads run it at the same time, and count at the owner."""
    if inspect.iscoroutinefunction(sell):
        words = Text(
            en="`sell` runs in a thread, so it has to be a plain function: its sockets block.",
            ko="`sell`은 스레드에서 실행하므로 보통 함수여야 합니다. 소켓도 블로킹 소켓입니다.",
        )
        raise NotRight("def sell(...)", "async def sell(...)", words)
    for threads, count, case in SELLERS:
        call = _Call()
        owner = call.context.socket(zmq.PULL)
        owner.bind("inproc://sold")
        call.watch()
        seller = partial(sell, call.context, "inproc://sold", count)
        got: Counter[bytes] = Counter()
        async with call.watched_threads():
            stuck = await call.run(*[seller] * threads)
            while owner.poll(200):
                got[owner.recv()] += 1
            owner.close()
            _, opened = await call.end()
        call.judge(case, bool(stuck))
        about = Text(en=f"{case.en} {COUNTED.en}", ko=f"{case.ko} {COUNTED.ko}")
        expect(dict(got), {b"1": threads * count}, about)
        if opened:
            still = Text(en=f"{opened} still open", ko=f"{opened}개가 열려 있음")
            raise NotRight(CLOSED, still, case)
    return Text(
        en="Each thread makes, uses and closes a socket of its own, and no ticket is lost.",
        ko="스레드마다 자기 소켓을 만들고 쓰고 닫으며, 한 장도 빠지지 않습니다.",
    )


# ------------------------------------------------------------- main exercise

CREWS: tuple[tuple[list[bytes], int, bool, Text], ...] = (
    # blocks, workers, whether all workers have to get one, the situation
    (
        [b"block %d" % number for number in range(6)],
        2,
        True,
        Text(en="Six blocks, two workers.", ko="블록 여섯 개, 워커 두 개입니다."),
    ),
    (
        [b"block %d" % number for number in range(12)],
        4,
        True,
        Text(en="Twelve blocks, four workers.", ko="블록 열두 개, 워커 네 개입니다."),
    ),
    ([], 2, False, Text(en="No blocks at all, two workers.", ko="블록은 없고 워커는 두 개입니다.")),
    (
        [b"a", b"", b"c", b"", b"", b"f"],
        2,
        True,
        Text(
            en="Empty blocks among others, two workers.",
            ko="빈 블록이 섞여 있고 워커는 두 개입니다.",
        ),
    ),
    (
        [b"%d" % number for number in range(3000)],
        2,
        True,
        Text(
            en="3,000 blocks, two workers, and queues with room for fewer.",
            ko="블록 3,000개, 워커 두 개입니다. 블록이 큐에 다 들어가지 않습니다.",
        ),
    ),
)


@checker("31 nothing shared", timeout=300.0)
async def nothing_shared(crew: Crew) -> Text:
    """Let it work on few blocks, on none, on empty ones and on very many."""
    for blocks, workers, all_work, case in CREWS:
        await _try(crew, case, blocks, workers, all_work=all_work)
    return Text(
        en="Blocks and results travel as messages. Every thread has sockets of its own, all get"
        " work, the results are in order, and nothing waits for ever.",
        ko="블록과 결과가 메시지로 오갑니다. 스레드마다 자기 소켓을 쓰고, 모두 일을 나누어"
        " 맡습니다. 결과는 순서대로이고, 끝없이 기다리는 곳이 없습니다.",
    )


async def _try(
    crew: Crew, case: Text, blocks: Sequence[bytes], workers: int, *, all_work: bool
) -> None:
    """Call `crew` once and look at everything it did."""
    call = _Call()
    call.watch()
    caller: list[int] = []
    doing: set[int] = set()
    meet = threading.Barrier(workers)
    results: list[Any] = []

    def job(block: bytes) -> bytes:
        """Wait, the first time in each thread, until all the workers have a block."""
        me = threading.get_ident()
        if me in caller:
            there = Text(en="job() in the worker threads", ko="워커 스레드에서 호출하는 job()")
            here = Text(
                en="job() in the thread that called crew()",
                ko="crew()를 호출한 스레드의 job()",
            )
            raise NotRight(there, here, case)
        if me not in doing:
            doing.add(me)
            if len(doing) <= workers:
                with suppress(threading.BrokenBarrierError):  # it is told below
                    meet.wait(checks.patience(PATIENCE) / 4)
        return block[::-1]

    def run() -> None:
        caller.append(threading.get_ident())
        results.append(crew(call.context, list(blocks), workers, job))

    async with call.watched_threads():
        stuck = await call.run(run)
        left, opened = await call.end()
    call.judge(case, bool(stuck))
    expect(results[0], [block[::-1] for block in blocks], case)
    if (all_work and len(doing) != workers) or meet.broken:
        together = Text(
            en=f"{workers} threads at work together", ko=f"함께 일하는 스레드 {workers}개"
        )
        idle = Text(en="not all of them got a block", ko="블록을 받지 못한 스레드가 있음")
        raise NotRight(together, idle, case)
    if len(call.sockets) <= workers:
        each = Text(en="a socket for each worker, and one", ko="워커마다 소켓 하나, 그리고 하나 더")
        fewer = Text(en=f"{len(call.sockets)} in all", ko=f"모두 {len(call.sockets)}개")
        raise NotRight(each, fewer, case)
    _look_at_messages(call, blocks, caller[0], case)
    if left:
        ended = Text(en="all its threads ended", ko="스레드가 모두 끝남")
        alive = Text(en=f"{left} still there", ko=f"{left}개가 남음")
        raise NotRight(ended, alive, case)
    if opened:
        still = Text(en=f"{opened} still open", ko=f"{opened}개가 열려 있음")
        raise NotRight(CLOSED, still, case)


def _look_at_messages(call: _Call, blocks: Sequence[bytes], caller: int, case: Text) -> None:
    """See that each block was in a message, and each result in one that a worker sent.

    A list that all threads write into would give the same results.
    """
    every = b"\0".join(frame for _, frame in call.sent)
    of_workers = b"\0".join(frame for thread, frame in call.sent if thread != caller)
    for block in blocks:
        if block not in every:
            wanted = Text(en="every block in a message", ko="블록마다 메시지에 담아 보내기")
            none = Text(en=f"{block!r} in none", ko=f"{block!r}: 어느 메시지에도 없음")
            raise NotRight(wanted, none, case)
        if block[::-1] not in of_workers:
            wanted = Text(
                en="every result in a message of a worker",
                ko="결과마다 워커가 메시지에 담아 보내기",
            )
            none = Text(
                en=f"that of {block!r} in none", ko=f"{block!r}의 결과: 어느 메시지에도 없음"
            )
            raise NotRight(wanted, none, case)
