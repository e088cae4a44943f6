"""Checkers of lesson 31: a crew of threads that shares nothing but the context.

Every block must be among what passes through the sockets, and every result among what worker
threads send: a list that all write into would give the same results. What the learner wrote runs in
a thread of its own, and blocks. So every socket has a limit, which
ends a wait for ever by an error, and whoever goes on all the same is left behind.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import zmq

from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.words.language import Text

Crew = Callable[[zmq.SyncContext, list[bytes], int, Callable[[bytes], bytes]], list[bytes]]
PATIENCE = 4.0
"""Seconds that a socket waits before it gives up."""
TOO_LONG = 12.0
"""Seconds after which a call counts as stuck."""
ROOM = 100
"""High-water mark of every socket, at each end.

Not less: a ROUTER, and so a REP, drops what it has no room for, and over inproc libzmq looks only
now and then whether there is room again.
"""


class _Book:
    """What happened to the sockets of one call."""

    def __init__(self) -> None:
        self.sockets: list[_Watched] = []
        self.strangers: list[str] = []
        self.sent: list[tuple[int, bytes]] = []  # by which thread, a frame
        self.errors: list[BaseException] = []


class _Watched(zmq.Socket):  # type: ignore[type-arg]
    """A socket that notes what it sends, and when another thread uses it than its maker."""

    book: _Book | None = None
    maker = 0

    def __init__(self, context: _Context, *given: Any, **options: Any) -> None:
        super().__init__(context, *given, **options)
        self.book, self.maker = context.book, threading.get_ident()
        if self.book is not None:
            self.book.sockets.append(self)

    def _used(self, how: str) -> None:
        if self.book is not None and threading.get_ident() != self.maker:
            self.book.strangers.append(how)

    def bind(self, *given: Any, **options: Any) -> Any:
        self._used("bind()")
        return super().bind(*given, **options)

    def connect(self, *given: Any, **options: Any) -> Any:
        self._used("connect()")
        return super().connect(*given, **options)

    def send(self, data: Any, *given: Any, **options: Any) -> Any:
        """Note the frame; several in one message come here one by one."""
        self._used("send()")
        if self.book is not None:
            with suppress(TypeError):  # what is no bytes, pyzmq refuses below, and says why
                self.book.sent.append((threading.get_ident(), bytes(memoryview(data))))
        return super().send(data, *given, **options)

    def recv(self, *given: Any, **options: Any) -> Any:
        self._used("recv()")
        return super().recv(*given, **options)


class _Context(zmq.Context):  # type: ignore[type-arg]
    """A context of such sockets."""

    _socket_class = _Watched
    book: _Book | None = None


@contextmanager
def _listening(book: _Book) -> Iterator[None]:
    """Note what ends a thread by an error, in place of printing it."""
    before = threading.excepthook

    def hook(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            book.errors.append(given.exc_value)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


@checker("31 nothing shared", timeout=120.0)
async def nothing_shared(crew: Crew) -> Text:
    """Let it work on few blocks, on none, on empty ones and on very many."""
    case = Text(en="Six blocks, two workers.", ko="블록 여섯 개, 워커 두 개.")
    six = [b"block %d" % number for number in range(6)]
    await _try(crew, case, six, 2)

    case = Text(en="Twelve blocks, four workers.", ko="블록 열두 개, 워커 네 개.")
    await _try(crew, case, [b"block %d" % number for number in range(12)], 4)

    case = Text(en="No blocks at all, two workers.", ko="블록 없음, 워커 두 개.")
    await _try(crew, case, [], 2, all_work=False)

    case = Text(en="Empty blocks among others, two workers.", ko="빈 블록이 섞임, 워커 두 개.")
    await _try(crew, case, [b"a", b"", b"c", b"", b"", b"f"], 2)

    case = Text(
        en="3,000 blocks, two workers, and queues with room for fewer.",
        ko="블록 3,000개, 워커 두 개, 블록이 다 들어가지 않는 큐.",
    )
    await _try(crew, case, [b"%d" % number for number in range(3000)], 2)

    return Text(
        en="Blocks and results travel as messages. Every thread has sockets of its own, all get"
        " work, the results are in order, and nothing waits for ever.",
        ko="블록과 결과가 메시지로 오갑니다. 스레드마다 자기 소켓을 쓰고, 모두 일을 나누어"
        " 맡습니다. 결과는 순서대로이고, 끝없이 기다리는 곳이 없습니다.",
    )


async def _try(
    crew: Crew, case: Text, blocks: Sequence[bytes], workers: int, *, all_work: bool = True
) -> None:
    """Call `crew` once and look at everything it did."""
    book = _Book()
    context = _Context()
    context.book = book
    context.linger = 0
    context.rcvtimeo = context.sndtimeo = int(PATIENCE * 1000)
    context.sndhwm = context.rcvhwm = ROOM
    caller: list[int] = []
    doing: set[int] = set()
    meet = threading.Barrier(workers)

    def job(block: bytes) -> bytes:
        """Wait, the first time in each thread, until all the workers have a block."""
        me = threading.get_ident()
        if me in caller:
            raise NotRight(
                Text(en="job() in the worker threads", ko="워커 스레드에서 부르는 job()"),
                Text(
                    en="job() in the thread that called crew()", ko="crew()를 부른 스레드의 job()"
                ),
                case,
            )
        if me not in doing:
            doing.add(me)
            if len(doing) <= workers:
                with suppress(threading.BrokenBarrierError):  # it is told below
                    meet.wait(PATIENCE / 2)
        return block[::-1]

    before = set(threading.enumerate())
    results: list[Any] = []

    def call() -> None:
        caller.append(threading.get_ident())
        results.append(crew(context, list(blocks), workers, job))

    with _listening(book):
        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        await asyncio.to_thread(_join, [thread], TOO_LONG)
        stuck = thread.is_alive()
        others = [one for one in set(threading.enumerate()) - before if one is not thread]
        others = [one for one in others if not one.name.startswith("asyncio_")]  # to_thread's own
        await asyncio.to_thread(_join, others, 0.0 if stuck else 1.0)
        left = [one for one in others if one.is_alive()]
        opened = [one for one in book.sockets if not one.closed]
        threading.Thread(target=context.term, daemon=True).start()  # it waits for what is open
        await asyncio.to_thread(_join, [thread, *left], 1.0)

    if book.strangers:
        raise NotRight(
            Text(
                en="each socket used by the thread that made it",
                ko="소켓은 만든 스레드에서만 사용",
            ),
            Text(
                en=f"{book.strangers[0]} in another thread",
                ko=f"다른 스레드에서 {book.strangers[0]} 호출",
            ),
            case,
        )
    if book.errors:
        error = book.errors[0]
        if isinstance(error, zmq.Again):
            raise NotRight(
                Text(en="no wait without an end", ko="끝없이 기다리지 않기"),
                Text(
                    en=f"a socket waited for {PATIENCE:g} s, and gave up",
                    ko=f"소켓이 {PATIENCE:g}초를 기다리다 그만둠",
                ),
                case,
            ) from error
        raise error
    if stuck:
        raise NotRight(
            Text(en="an end", ko="제한 시간 안에 끝나기"),
            Text(en=f"still at work after {TOO_LONG:g} s", ko=f"{TOO_LONG:g}초 뒤에도 끝나지 않음"),
            case,
        )
    expect(results[0], [block[::-1] for block in blocks], case)
    if (all_work and len(doing) != workers) or meet.broken:
        raise NotRight(
            Text(en=f"{workers} threads at work together", ko=f"함께 일하는 스레드 {workers}개"),
            Text(en="not all of them got a block", ko="블록을 받지 못한 스레드가 있음"),
            case,
        )
    if len(book.sockets) <= workers:
        raise NotRight(
            Text(en="a socket for each worker, and one", ko="워커마다 소켓 하나, 그리고 하나 더"),
            Text(en=f"{len(book.sockets)} in all", ko=f"모두 {len(book.sockets)}개"),
            case,
        )
    _look_at_messages(book, blocks, caller[0], case)
    if left:
        raise NotRight(
            Text(en="all its threads ended", ko="스레드가 모두 끝남"),
            Text(en=f"{len(left)} still there", ko=f"{len(left)}개가 남음"),
            case,
        )
    if opened:
        raise NotRight(
            Text(en="all its sockets closed", ko="소켓이 모두 닫힘"),
            Text(en=f"{len(opened)} still open", ko=f"{len(opened)}개가 열려 있음"),
            case,
        )


def _look_at_messages(book: _Book, blocks: Sequence[bytes], caller: int, case: Text) -> None:
    """See that each block was in a message, and each result in one that a worker sent."""
    every = b"\0".join(frame for _, frame in book.sent)
    of_workers = b"\0".join(frame for thread, frame in book.sent if thread != caller)
    for block in blocks:
        if block not in every:
            raise NotRight(
                Text(en="every block in a message", ko="블록마다 메시지에 담아 보내기"),
                Text(en=f"{block!r} in none", ko=f"{block!r}: 어느 메시지에도 없음"),
                case,
            )
        if block[::-1] not in of_workers:
            raise NotRight(
                Text(
                    en="every result in a message of a worker",
                    ko="결과마다 워커가 메시지에 담아 보내기",
                ),
                Text(
                    en=f"that of {block!r} in none",
                    ko=f"{block!r}의 결과: 어느 메시지에도 없음",
                ),
                case,
            )


def _join(threads: list[threading.Thread], limit: float) -> None:
    """Wait until all of them have ended, for so many seconds at most."""
    end = time.monotonic() + limit
    for one in threads:
        one.join(max(0.0, end - time.monotonic()))
