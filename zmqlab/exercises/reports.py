"""Tells a verdict to the class that this laptop has joined, if it has joined one.

This is all that the exercises know of classes. Joining leaves a note, a small file; where there is
none, a verdict goes nowhere. What must stay true: nothing that goes wrong in a class changes what a
check returns, and no check waits for the network.

This module imports the standard library only, for it runs in browsers too.
"""

from __future__ import annotations

import contextlib
import os
import sys
from importlib import import_module
from pathlib import Path

LEARNER = "zmqlab.classroom.learner"
"""The module that reports, loaded when there is a class to report to."""


def note_path() -> Path | None:
    """Return where the note about the class lies, None where no class can be joined.

    ``ZMQLAB_CLASS`` names another file. If it is set and empty, no class is joined.
    """
    if sys.platform == "emscripten":
        return None
    named = os.environ.get("ZMQLAB_CLASS")
    if named is not None:
        return Path(named) if named else None
    with contextlib.suppress(RuntimeError):  # this user has no home
        return Path.home() / ".zmqlab" / "class.json"
    return None


def tell(name: str, state: str) -> None:
    """Tell the class a check's name and what was found: "passed", "not right" or "not yet"."""
    with contextlib.suppress(Exception):
        path = note_path()
        if path is not None and path.is_file():
            import_module(LEARNER).report(name, state)
