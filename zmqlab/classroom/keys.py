"""Keys as they are pressed, where there is a keyboard."""

from __future__ import annotations

import contextlib
import os
import sys
from types import TracebackType
from typing import Any, Self

if sys.platform != "win32":
    import select
    import termios
    import tty
else:
    import msvcrt


class Keys:
    """Reads single keys without waiting; the terminal is as before when the block ends."""

    def __init__(self) -> None:
        self.there = sys.stdin is not None and sys.stdin.isatty()
        self._before: list[Any] | None = None

    def __enter__(self) -> Self:
        if self.there and sys.platform != "win32":
            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._before is not None and sys.platform != "win32":
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def pressed(self) -> str:
        """Return the keys that were pressed since the last call."""
        if not self.there:
            return ""
        if sys.platform == "win32":
            found = ""
            while msvcrt.kbhit():
                found += msvcrt.getwch()
            return found
        with contextlib.suppress(OSError):
            if select.select([sys.stdin], [], [], 0)[0]:
                data = os.read(sys.stdin.fileno(), 64)
                if not data:
                    self.there = False  # nobody will press anything any more
                return data.decode(errors="ignore")
        return ""
