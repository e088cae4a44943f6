"""Run what a learner wrote, as a checker does: it has to end, and must not block the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import zmq.asyncio

from zmqlab.exercises.checks import NotRight
from zmqlab.words.language import Text

BEAT = 0.02
SUSPICIOUS, TOO_LONG = 0.25, 1.0
"""Seconds for which the loop stood still: the first explains a failure, the second is one."""

AN_END = Text(en="an end", ko="끝나기")
STILL_WAITED = Text(en="it still waited, and was cancelled", ko="끝나지 않아 취소했습니다")
GOES_ON = Text(en="an event loop that goes on", ko="계속 돌아가는 이벤트 루프")
STOOD_STILL = Text(en="one that stood still for {:.1f} s", ko="{:.1f}초 동안 멈춘 이벤트 루프")
BLOCKS = Text(
    en="A call in your function blocks. While time.sleep() or a call of a socket that is not"
    " awaited waits, nothing else in this process runs, the other side neither. Await the event:"
    " `await socket.poll(milliseconds)`.",
    ko="함수 안에 블로킹하는 호출이 있습니다. time.sleep()이나 await 없이 기다리는 호출이 끝날"
    " 때까지 이 프로세스에서는 상대편 코드도 실행되지 않습니다."
    " `await socket.poll(밀리초)`처럼 이벤트를 await로 기다리세요.",
)


def must_be_async(function: Callable[..., Any], name: str, arguments: str = "...") -> None:
    """Refuse a plain function where a coroutine function is asked for."""
    if not inspect.iscoroutinefunction(function):
        words = Text(
            en=f"`{name}` has to be a coroutine.", ko=f"`{name}` 함수는 코루틴이어야 합니다."
        )
        raise NotRight(f"async def {name}({arguments})", f"def {name}({arguments})", words)


async def next_message(socket: zmq.asyncio.Socket, limit: int) -> list[bytes] | None:
    """Receive a message; return None if none comes within so many milliseconds."""
    if not await socket.poll(limit):
        return None
    return await socket.recv_multipart()


@contextlib.asynccontextmanager
async def trial(seconds: float, about: Text) -> AsyncIterator[None]:
    """Give a learner's code so many seconds, and see whether it lets the event loop run.

    Parameters
    ----------
    seconds : float
        Of these, what the code may take by its own rules is not shortened; the checker adds
        ``checks.patience(...)`` for what never ends.
    about : Text
        The situation, for the verdict.

    Raises
    ------
    NotRight
        If the time passes, or the loop stood still.
    """
    pulse = _Pulse()
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except NotRight:
        pulse.judge(SUSPICIOUS)
        raise
    except TimeoutError:
        pulse.judge(SUSPICIOUS)
        if not limit.expired():
            raise  # the learner's own
        raise NotRight(AN_END, STILL_WAITED, about) from None
    else:
        pulse.judge(TOO_LONG)
    finally:
        pulse.end()


class _Pulse:
    """Measures the longest time for which the running loop stood still.

    A thread counts the beats. What stops the whole process, as a busy machine does, stops this
    thread too, and does not count. Where no thread can be started, as in a web page, the loop's
    clock counts.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._longest = 0.0
        self._beats = 0
        self._ended = threading.Event()
        self._now: Callable[[], float] = self._counted
        try:
            threading.Thread(target=self._count, name="pulse", daemon=True).start()
        except RuntimeError:
            self._now = self._loop.time
        self._last = self._now()
        self._handle = self._loop.call_later(BEAT, self._beat)

    def _count(self) -> None:
        while not self._ended.wait(BEAT):
            self._beats += 1

    def _counted(self) -> float:
        return self._beats * BEAT

    def _beat(self) -> None:
        self._handle = self._loop.call_later(BEAT, self._beat)
        self._measure()

    def _measure(self) -> float:
        now = self._now()
        self._longest = max(self._longest, now - self._last - BEAT)
        self._last = now
        return self._longest

    def judge(self, seconds: float) -> None:
        """Raise `NotRight` if the loop stood still for longer."""
        longest = self._measure()
        if longest > seconds:
            raise NotRight(GOES_ON, STOOD_STILL.format(longest), BLOCKS) from None

    def end(self) -> None:
        """Stop measuring."""
        self._handle.cancel()
        self._ended.set()
