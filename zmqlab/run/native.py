"""A small C program beside Python: compiled here, against the libzmq that pyzmq uses.

Figures of millions of messages a second are C's. Where a C compiler is there, a lesson can set C's
own figure from this machine beside them; where there is none, it says so and goes on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import zmq

LIMIT = 60
"""Seconds for the compiler, at most."""


def libraries() -> list[Path]:
    """The files of the libzmq that pyzmq brings along, most likely first; none for a system's own.

    Returns
    -------
    list of Path
    """
    package = Path(zmq.__file__).parent
    found: list[Path] = []
    for folder in (package.parent / "pyzmq.libs", package / ".dylibs", package):
        found += sorted(one for one in folder.glob("libzmq*") if one.is_file())
    return found


def compiled(source: str, folder: str | os.PathLike[str]) -> Path | None:
    """Compile a C program of ``examples/`` and link it with libzmq.

    Parameters
    ----------
    source : str
        The file below ``examples/``: ``speed/pair.c``.
    folder : path
        Where the program goes.

    Returns
    -------
    Path or None
        The program; None where there is no C compiler, or it could not link.
    """
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    file = Path(__file__).resolve().parents[2] / "examples" / source
    if compiler is None or not file.is_file() or os.name != "posix":
        return None
    program = Path(folder) / file.stem
    links = [[str(one), f"-Wl,-rpath,{one.parent}"] for one in libraries()] or [["-lzmq"]]
    for link in links:
        command = [compiler, "-O2", str(file), *link, "-o", str(program)]
        done = subprocess.run(command, capture_output=True, timeout=LIMIT, check=False)
        if done.returncode == 0:
            return program
    return None
