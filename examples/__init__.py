"""Programs, one folder a pattern, one file a role.

``python -m examples list`` shows them, ``python -m examples run NAME`` runs all roles of one
together, and ``python -m examples eject NAME FOLDER`` writes a copy that needs pyzmq alone.

To add an example, add a folder; nothing else names it. In it go

- one file for each role, which reads from top to bottom, as ``request_reply/server.py`` does:
  a `zmqlab.run.role.Role` with the default endpoints, then ``main()``, which binds or connects,
  calls ``role.ready()`` and does the work. Its docstring says what it descends from
  (``Guide: NAME``, or its lesson) and which file the other side is. ``type=positive`` makes an
  option a count, ``type=seconds`` a time, ``type=endpoint`` an endpoint: wrong
  values are then refused in one line;
- modules that several roles share, with an underscore before their name;
- ``__init__.py`` with a docstring of one line, which says what the example shows, and the table
  `EXAMPLE`: the parts in the order in which they start, the arguments of each, the earlier parts
  that it connects to, the lesson, and the Guide's programs (`examples.table`).

The programs may import the standard library, zmq, `zmqlab.run.role` and each other. One that needs
more is left out of what `eject` writes, so none of the table's first parts may.

The list, the package, and the tests of what all programs share read the folder. A test of what
this example alone does goes into ``tests/examples/test_NAME.py``.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from examples.table import Example
    from zmqlab.run.programs import Program, Programs

__all__ = ["EXAMPLES", "run_once", "start", "story"]

LIMIT = 120.0
"""Seconds that `run_once` gives a story."""

EXAMPLES: dict[str, Example]
"""Every example by its name, in the order of the lessons; read from the folders on first use."""


@cache
def _examples() -> dict[str, Example]:
    found = []
    for path in Path(__file__).parent.glob("*/__init__.py"):
        folder = path.parent.name
        table = import_module(f"{__name__}.{folder}").EXAMPLE
        found.append(replace(table, folder=folder))
    found.sort(key=lambda example: (example.lesson, example.folder))
    return {example.folder: example for example in found}


def __getattr__(name: str) -> Any:
    if name == "EXAMPLES":
        return _examples()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


async def start(
    programs: Programs,
    name: str,
    topology: str = "",
    folder: str = "",
    options: Mapping[str, Sequence[str]] | None = None,
    files: Mapping[str, Path] | None = None,
) -> dict[str, Program]:
    """Start the parts of an example, in order, each with what those it connects to have bound.

    Parameters
    ----------
    programs : Programs
        Starts them, and ends them.
    name : str
        The example's.
    topology : str, optional
        One of the example's topologies; the first if not given.
    folder : str, optional
        A folder for sockets that are files, where a part has such.
    options : mapping, optional
        Further arguments of a part, by its name or file.
    files : mapping, optional
        Copies to start in place of the files of ``examples/`` (``pipeline/sink.py``).

    Returns
    -------
    dict of str to Program
        By the parts' names or files; of several alike, the last.
    """
    from examples.table import Wiring

    example = _examples()[name]
    wiring = Wiring(folder)
    started = {}
    for part in example.chosen(topology):
        arguments = [*wiring.arguments(part), *(options or {}).get(part.key, ())]
        place = example.place(part.file)
        program = await programs.start(
            files[place] if files else place, *arguments, ready=part.ready
        )
        bound = len(program.endpoints) - arguments.count("--connect")
        wiring.started(part, program.endpoints[:bound])
        started[part.key] = program
    return started


async def story(
    programs: Programs,
    name: str,
    topology: str = "",
    folder: str = "",
    options: Sequence[str] = (),
    files: Mapping[str, Path] | None = None,
) -> Program:
    """Start an example, and wait until the part has ended whose end is the end of the story.

    Parameters
    ----------
    programs, name, topology, folder, files
        As for `start`.
    options : sequence of str
        Further arguments for the parts that the example's table names for them (`asks`).

    Returns
    -------
    Program
        The part that has ended.
    """
    example = _examples()[name]
    last = example.chosen(topology)[-1].key
    asked = dict.fromkeys(example.asks or (last,), options)
    started = await start(programs, name, topology, folder, asked, files)
    program = started[example.ends or last]
    await program.wait()
    return program


def run_once(name: str, *, ejected: bool = False) -> None:
    """Run all roles of an example together, in each way that it can be put together here.

    Parameters
    ----------
    name : str
        The example's.
    ejected : bool
        Run the copy that `examples.eject` writes, by a Python that has pyzmq and nothing else.

    Raises
    ------
    RuntimeError
        When a role fails, prints an error or does not end cleanly, with all that was printed.
    TimeoutError
        When a story does not end.
    """
    from examples.eject import bare_python, eject

    example = _examples()[name]
    with tempfile.TemporaryDirectory(prefix="zmqlab-") as folder:
        home = Path(folder)
        files = eject(example, home / "ejected").files if ejected else None
        python = bare_python(home / "python") if ejected else [sys.executable]
        for topology in example.ways:
            places = {example.place(part.file) for part in example.chosen(topology)}
            if files is None or places <= files.keys():
                asyncio.run(_once(name, topology, files, python))


async def _once(
    name: str, topology: str, files: Mapping[str, Path] | None, python: Sequence[str]
) -> None:
    from zmqlab.run.programs import Programs

    with tempfile.TemporaryDirectory(prefix="zmqlab-") as folder:
        async with asyncio.timeout(LIMIT), Programs(python=python) as programs:
            await story(programs, name, topology, folder, files=files)
            for program in programs:
                status = await program.stop() if program.running else program.returncode
                if status or program.errors:
                    way = f"{name} --topology {topology}" if topology else name
                    raise RuntimeError(f"{way}: {program!r}\n{programs!r}")
