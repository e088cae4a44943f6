"""A program of ``examples/`` in a worker of its own: what its process is on a laptop.

The worker calls `run` so that the program's code can be suspended (JSPI), and `heard` with what the
page has for it: signals. What must stay true: a program is started, prints and ends as it does in a
terminal, with its command line, its lines and its exit status.
"""

from __future__ import annotations

import asyncio
import io
import runpy
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import blocking

Say = Callable[[str, str], Any]
"""Called with a kind (out, err) and a line."""


class Lines(io.TextIOBase):
    """Stands for ``sys.stdout`` or ``sys.stderr``: hands on each line when it is whole."""

    def __init__(self, kind: str, say: Say) -> None:
        super().__init__()
        self._kind = kind
        self._say = say
        self._begun = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding that programs expect to find here."""
        return "utf-8"

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Hand on what is whole."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._say(self._kind, line)
        return len(text)

    def end(self) -> None:
        """Hand on a last line that was not ended."""
        if self._begun:
            self.write("\n")


_waiting: blocking.Waiting | None = None


def heard(name: str) -> None:
    """Take a signal, by its name."""
    if _waiting is not None:
        _waiting.signal(getattr(signal, name))


def run(path: str, arguments: Sequence[str], say: Say, suspend: blocking.Suspend) -> int:
    """Run a program to its end.

    Parameters
    ----------
    path : str
        Its file.
    arguments : sequence of str
        Its command line, without its name.
    say : callable
        Gets each line that it prints.
    suspend : callable
        Suspends this call until an awaitable is done.

    Returns
    -------
    int
        Its exit status; negative for a signal.
    """
    global _waiting
    # A call of its own has a state of its own, which knows no loop yet.
    asyncio._set_running_loop(asyncio.get_event_loop())  # noqa: SLF001
    _waiting = blocking.Waiting(suspend)
    blocking.install(_waiting)
    sys.argv = [path, *arguments]
    sys.stdout = out = Lines("out", say)
    sys.stderr = err = Lines("err", say)
    try:
        return _status(path)
    finally:
        out.end()
        err.end()


def _status(path: str) -> int:
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return int(end.code or 0)
        print(end.code, file=sys.stderr)
        return 1
    except blocking.Signalled as end:
        return -int(end.number)
    except KeyboardInterrupt:
        traceback.print_exc()
        return -signal.SIGINT
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
