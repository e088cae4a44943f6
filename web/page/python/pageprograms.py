"""`zmqlab.Programs` in a page: each program has a worker, and in it a Python of its own.

The page starts and ends these workers (``programs.js``) and is the network between them and the
lesson's. What must stay true: a lesson's cell does the same here as on a laptop. A program's limits
begin when its Python is there, for that may take seconds.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import pagehost  # made by worker.js
from pyodide.ffi import create_proxy

from zmqlab.run import programs
from zmqlab.run.programs import Line, Program, ProgramError
from zmqlab.words.language import Text, kernel_language

T = TypeVar("T")

NO_JSPI = Text(
    en="this browser can't let a program wait (it has no JSPI), so no program can be started here",
    ko="이 브라우저에는 프로그램을 기다리게 하는 기능(JSPI)이 없어 프로그램을 시작할 수 없습니다",
)


@dataclass(eq=False)
class Process:
    """What stands for a process: a worker."""

    pid: int
    begun: bool = False
    """Its Python is there."""
    returncode: int | None = None


@dataclass(eq=False)
class Run:
    """One life of a program; see `zmqlab.run.programs`."""

    process: Process
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    endpoints: list[str] | None = None
    ended: bool = False


Heard = Callable[[str, str, float], None]
"""Called with a kind (begun, out, err, exit), a text and the time, as `time.monotonic` has it."""


class Table:
    """The processes that the page has started for this lesson, by number."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1001)
        self._heard: dict[int, Heard] = {}
        self._send = pagehost.open(create_proxy(self.take))

    def start(self, path: str, arguments: Sequence[str], heard: Heard) -> Process:
        """Have a program started."""
        process = Process(next(self._numbers))
        self._heard[process.pid] = heard
        order = {"pid": process.pid, "path": path, "arguments": list(arguments)}
        self._send(json.dumps(order))
        return process

    def signal(self, pid: int, number: int) -> None:
        """Send a process a signal: `os.killpg` here."""
        if pid not in self._heard:
            raise ProcessLookupError(pid)
        self._send(json.dumps({"pid": pid, "signal": signal.Signals(number).name}))

    def take(self, text: str) -> None:
        """Take what the page has heard of a process."""
        told = json.loads(text)
        heard = self._heard.get(told["pid"])
        if told["kind"] == "exit":
            self._heard.pop(told["pid"], None)
        if heard is not None:
            # Each worker has a clock of its own; the page's time is the same for all.
            seconds = time.monotonic() - (pagehost.now() - told["at"]) / 1000
            heard(told["kind"], told["text"], seconds)


_table: Table | None = None


def _processes() -> Table:
    global _table
    if _table is None:
        _table = Table()
        vars(os)["killpg"] = _table.signal
    return _table


class Programs(programs.Programs):
    """The programs of a lesson, all ended when it ends; see `zmqlab.run.programs.Programs`."""

    def __init__(
        self, echo: Callable[[Line], None] | None = None, python: Sequence[str] = ()
    ) -> None:
        if not pagehost.blocking:
            raise ProgramError(NO_JSPI[kernel_language()])
        super().__init__(echo, python)
        self._starting: set[Process] = set()

    def spawn(self, program: Program) -> Any:
        """Have a program started, and take in what it prints."""
        if self.began is None:
            self.began = time.monotonic()
        self.note(program, "event", programs.STARTED)

        def heard(kind: str, text: str, seconds: float) -> None:
            self._starting.discard(run.process)
            if kind == "exit":
                run.process.returncode = int(text)
                self.note(program, "event", ended(run.process.returncode), seconds)
                run.ended = True
            elif kind in ("out", "err"):
                self._take_line(program, run, cast("programs.Kind", kind), text, seconds)
            self._wake()

        process = _processes().start(str(program.path), program.arguments, heard)
        run = Run(process)
        self._starting.add(process)
        return run

    async def until(self, look: Callable[[], T], limit: float | None) -> T:
        """Wait until `look` finds something true; no time counts before each Python is there."""
        begun = object()

        def either() -> T | object:
            return look() or (None if self._starting else begun)

        found = await super().until(either, None)
        return await super().until(look, limit) if found is begun else cast("T", found)


ended = programs._ended  # noqa: SLF001
