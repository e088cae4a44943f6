"""What a browser's event loop lacks, put in where it is missing.

`forgive` lets timers be due already, as they may be in every other loop. `drain` makes
``call_soon`` cheap: by itself each call costs the browser a task, which takes some
browsers 9 ms. Callbacks wait in a queue instead, and one task of the browser runs as many as fit in
a few milliseconds.
"""

from __future__ import annotations

import asyncio
import asyncio.tasks
import contextvars
import time
from collections import deque
from collections.abc import Callable
from typing import Any

TURN = 0.008
"""Seconds that callbacks may run before the browser has its turn."""


def mend_task_names() -> None:
    """Give asyncio back the function with which this Pyodide names tasks."""
    if not hasattr(asyncio.tasks, "_set_task_name"):

        def set_task_name(task: asyncio.Task[Any], name: object) -> None:
            if name is not None:
                task.set_name(name)

        asyncio.tasks._set_task_name = set_task_name  # type: ignore[attr-defined]  # noqa: SLF001


def forgive(loop: asyncio.AbstractEventLoop) -> None:
    """Let a callback be scheduled for a time that has just passed: it runs at once.

    A browser counts whole milliseconds, so a timer may ring a little early. Who then schedules the
    rest of the time may find it gone, and this loop refuses times that are gone.
    """
    later = loop.call_later

    def call_later(
        delay: float,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        return later(max(delay, 0), callback, *args, context=context)

    loop.call_later = call_later  # type: ignore[method-assign, assignment]


def drain(loop: asyncio.AbstractEventLoop) -> None:
    """Let one task of the browser run many callbacks of ``call_soon``."""
    waiting: deque[asyncio.Handle] = deque()
    soon = loop.call_soon
    scheduled = False

    def run() -> None:
        nonlocal scheduled
        scheduled = False
        end = time.perf_counter() + TURN
        try:
            while waiting:
                handle = waiting.popleft()
                if not handle.cancelled():
                    handle._run()  # noqa: SLF001
                if time.perf_counter() > end:
                    break
        finally:
            schedule()

    def schedule() -> None:
        nonlocal scheduled
        if waiting and not scheduled:
            scheduled = True
            soon(run)

    def call_soon(
        callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, loop, context)
        waiting.append(handle)
        schedule()
        return handle

    loop.call_soon = call_soon  # type: ignore[method-assign, assignment]
