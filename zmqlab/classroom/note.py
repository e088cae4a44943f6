"""The note that joining a class leaves on a learner's laptop.

It lets every notebook on this laptop report to the class that one of them has joined, and gives a
kernel that was restarted its place on the board again. `leave` removes it, and it counts for 16
hours at most.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass

from zmqlab.exercises.reports import note_path

VALID = 16 * 3600
"""Seconds after which a class is over."""


@dataclass(frozen=True)
class Note:
    """What a kernel needs to take part.

    Attributes
    ----------
    address : str
        The board's ``tcp://HOST:PORT``, with ``#`` and its public key where the class uses CURVE.
    name, code : str
        The name that the learner chose, and the class's code word.
    key : str
        32 hexadecimal digits that say that it is the same learner.
    written : float
        Seconds since the epoch.
    """

    address: str
    name: str
    code: str
    key: str
    written: float


def new_key() -> str:
    """Make up a key for a learner."""
    return secrets.token_hex(16)


def read_note() -> Note | None:
    """Return the note, None if there is none that counts."""
    path = note_path()
    if path is None:
        return None
    try:
        note = Note(**json.loads(path.read_text(encoding="utf-8")))
        return note if 0 <= time.time() - note.written < VALID else None
    except (OSError, ValueError, TypeError):
        return None


def write_note(note: Note) -> bool:
    """Write the note, for this user's eyes only; return whether there is a place for it."""
    path = note_path()
    if path is None:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(note), file)
        new.replace(path)
    except OSError:
        return False
    return True


def remove_note() -> None:
    """Remove the note if there is one."""
    path = note_path()
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
