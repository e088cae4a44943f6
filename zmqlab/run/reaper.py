"""Ends what a kernel started when the kernel itself is killed.

Run as a script, with the standard library only and without ``site``, so that it starts fast:

``reaper.py watch``
    Stays until the end of its standard input, a pipe from the kernel. Each program's number comes
    as a line ``+PID``, and ``-PID`` when it has ended. A pipe ends with its last writer, however
    that one died: what is still noted then is killed.

``reaper.py launch FD PROGRAM ARGUMENT...``
    Notes itself in that pipe (FD), then becomes the program. It holds the pipe open until it has
    noted itself, so there is no moment in which a program runs that the watcher will not know.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def watch() -> None:
    """Kill the noted programs, each with its process group, when the pipe ends."""
    running: set[int] = set()
    for line in sys.stdin.buffer:
        note = int(line)
        if note > 0:
            running.add(note)
        else:
            running.discard(-note)
    for pid in running:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def launch(pipe: int, command: list[str]) -> None:
    """Note this process in the pipe, then become the program."""
    os.write(pipe, b"+%d\n" % os.getpid())
    os.close(pipe)
    os.execv(command[0], command)


if __name__ == "__main__":
    if sys.argv[1] == "watch":
        watch()
    else:
        launch(int(sys.argv[2]), sys.argv[3:])
