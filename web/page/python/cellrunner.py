"""Runs cells in the page's Python: in a worker, in an interpreter that keeps its names.

This module knows nothing of the browser. The worker gives it a callback for what a cell prints and
shows, and gets one JSON text back for each run. What must stay true: nothing that a cell does makes
a run raise.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextvars
import io
import json
import linecache
import sys
import time
import traceback
from collections.abc import Callable, Coroutine
from inspect import CO_COROUTINE
from types import CodeType, ModuleType
from typing import Any

Emit = Callable[[str, str], Any]
"""Called with a kind (stdout, stderr, html, text, error, event) and a text."""

TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
AT_ONCE = 100
"""Lines a second that are handed on as they come; the rest is held for a moment."""
FLUSH = 0.05
"""Seconds after which held text is handed on while a cell goes on printing."""
HELD = 4096
"""Characters that are handed on at once, however fast they come."""

_emit: contextvars.ContextVar[Emit | None] = contextvars.ContextVar("emit", default=None)
_running: list[Emit] = []
"""Of the cells that run: for what no cell's own context calls, such as a connection's end."""


class Writer(io.TextIOBase):
    """Stands for ``sys.stdout`` or ``sys.stderr``: hands text to the cell that prints it."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self._held: list[str] = []
        self._length = 0
        self._for: Emit | None = None
        self._since = 0.0
        self._second = 0.0
        self._lines = 0

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding that programs expect to find here."""
        return "utf-8"

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Hand a line on, or hold it for a moment: each call into the page costs time."""
        emit = _emit.get()
        if emit is not self._for:
            self.flush()
            self._for = emit
        now = time.perf_counter()
        if not self._held:
            self._since = now
        self._held.append(text)
        self._length += len(text)
        early = text.endswith("\n") and self._few(now)
        if early or self._length > HELD or now - self._since > FLUSH:
            self.flush()
        return len(text)

    def _few(self, now: float) -> bool:
        """Count a line; return whether there were few in this second."""
        if now - self._second > 1:
            self._second = now
            self._lines = 0
        self._lines += 1
        return self._lines <= AT_ONCE

    def flush(self) -> None:
        """Hand on what is held."""
        text = "".join(self._held)
        self._held.clear()
        self._length = 0
        if text and self._for is not None:
            self._for(self._kind, text)


class Runner:
    """One interpreter: its names, and the cell that runs."""

    def __init__(self) -> None:
        self.module = ModuleType("__main__")
        self._task: asyncio.Task[Any] | None = None
        self._count = 0

    def install(self) -> None:
        """Take over ``__main__``, the standard streams and ``display``."""
        sys.modules["__main__"] = self.module
        sys.stdout = Writer("stdout")
        sys.stderr = Writer("stderr")
        builtins.display = display  # type: ignore[attr-defined]

    async def run(self, source: str, emit: Emit, name: str = "") -> str:
        """Run a cell, and return what became of it, as JSON.

        Parameters
        ----------
        source : str
            Its code.
        emit : callable
            Gets what it prints and shows, while it runs.
        name : str, optional
            What tracebacks call it.

        Returns
        -------
        str
            An object with ``state`` (``done``, ``failed`` or ``stopped``), ``error`` (name, message
            and line of the cell, or null) and ``verdict`` (of an exercise's check, or null).
        """
        self._count += 1
        # A name of its own for each run: what earlier code has left behind keeps its lines.
        name = f"<{name or 'cell'}, run {self._count}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        context = contextvars.copy_context()
        context.run(_emit.set, emit)
        work = self._contained(source, name)
        task = asyncio.get_running_loop().create_task(work, context=context)
        self._task = task
        _running.append(emit)
        result: dict[str, Any] = {"state": "done", "error": None, "verdict": None}
        try:
            value, raised = await task
            if raised is not None:
                raise raised
            context.run(display, value)
            result["verdict"] = getattr(value, "state", None) if _is_verdict(value) else None
        except (asyncio.CancelledError, KeyboardInterrupt):
            result["state"] = "stopped"
        except BaseException as error:
            result["state"] = "failed"
            result["error"] = described(error, name)
            context.run(_flush)
            emit("error", told(error, name))
        finally:
            self._task = None
            _running.remove(emit)
            context.run(_flush)
        return json.dumps(result)

    def interrupt(self) -> None:
        """Cancel the cell that runs: the ``await`` at which it stands raises."""
        if self._task is not None:
            self._task.cancel()

    async def _contained(self, source: str, name: str) -> tuple[Any, BaseException | None]:
        """Run a cell; return its value, and what it raised that would end the event loop."""
        try:
            return await self._execute(source, name), None
        except (SystemExit, KeyboardInterrupt) as error:
            return None, error

    async def _execute(self, source: str, name: str) -> Any:
        tree = ast.parse(source, name)
        last = tree.body[-1] if tree.body else None
        shown = isinstance(last, ast.Expr) and not source.rstrip().endswith(";")
        body = tree.body[:-1] if shown else tree.body
        await self._step(compile(ast.Module(body, []), name, "exec", TOP_LEVEL_AWAIT))
        if not shown or not isinstance(last, ast.Expr):
            return None
        expression = ast.Expression(last.value)
        return await self._step(compile(expression, name, "eval", TOP_LEVEL_AWAIT))

    async def _step(self, code: CodeType) -> Any:
        value = eval(code, self.module.__dict__)
        if code.co_flags & CO_COROUTINE:
            coroutine: Coroutine[Any, Any, Any] = value
            return await coroutine
        return value


def display(*values: Any) -> None:
    """Show values below the cell as a notebook does: as HTML where they have it."""
    emit = _emit.get()
    if emit is None:
        return
    for value in values:
        if value is None:
            continue
        _flush()
        rich = getattr(value, "_repr_html_", None)
        page = rich() if callable(rich) and not isinstance(value, type) else None
        if page is not None:
            emit("html", page)
        else:
            emit("text", repr(value))


def tell(event: str) -> None:
    """Hand the page an event, as JSON, of the cell that runs, whoever calls."""
    emit = _emit.get() or (_running[-1] if _running else None)
    if emit is not None:
        emit("event", event)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _is_verdict(value: Any) -> bool:
    checks = sys.modules.get("zmqlab.exercises.checks")
    return checks is not None and isinstance(value, checks.Verdict)


def described(error: BaseException, name: str) -> dict[str, Any]:
    """Return an error's name, its message, and the cell's line where it was raised (0: none)."""
    line = 0
    if isinstance(error, SyntaxError) and error.filename == name:
        line = error.lineno or 0
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == name:
            line = number
    return {"name": type(error).__name__, "message": str(error), "line": line}


def told(error: BaseException, name: str) -> str:
    """Return the traceback from the cell on, without the frames of this module."""
    step = error.__traceback__
    while step is not None and step.tb_frame.f_code.co_filename != name:
        step = step.tb_next
    whole = traceback.TracebackException(type(error), error, step)
    return "".join(whole.format()).rstrip()
