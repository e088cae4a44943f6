"""One exercise of a notebook, in a process of its own: ``python -m zmqlab.exercises.apart``.

`zmqlab.exercises.handed_in` starts it, gives it what to run as JSON on standard input, and reads
one line of JSON back. What must stay true:

- The limits of memory, files and processor time stand before the first line of somebody else's
  code runs.
- What that code prints goes nowhere, and what it does to ``check`` in its notebook changes nothing:
  the checker was taken before it ran.

This keeps mistakes apart, not malice: the code runs with the rights of whoever called it.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import json
import linecache
import os
import sys
import traceback
from types import ModuleType
from typing import Any

from zmqlab.exercises.checks import Verdict, check
from zmqlab.words.language import LANGUAGES

MEMORY = 4 << 30
"""Bytes of address space, where the system can limit it."""
FILE = 64 << 20
"""Bytes of a file."""


def limit_resources(seconds: float) -> None:
    """Limit what this process may use, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    limits = [
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_CORE, 0),
    ]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, MEMORY))
    for kind, most in limits:
        with contextlib.suppress(ValueError, OSError):  # a lower limit stands already
            resource.setrlimit(kind, (most, most))


async def run_cells(cells: list[tuple[int, str]], names: dict[str, Any]) -> None:
    """Run cells as a notebook runs them, one after the other."""
    for number, source in cells:
        file = f"<cell {number}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        code = compile(source, file, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if code.co_flags & inspect.CO_COROUTINE:
            await eval(code, names)
        else:
            exec(code, names)


def where(error: BaseException) -> str:
    """Return the cell and the line of it in which an error was raised."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename[1:-1]}, line {error.lineno}"
    steps = [one for one in traceback.extract_tb(error.__traceback__) if one.filename[0] == "<"]
    cells = [one for one in steps if one.filename.startswith("<cell ")]
    return f"{cells[-1].filename[1:-1]}, line {cells[-1].lineno}" if cells else "check"


async def judge(work: dict[str, Any]) -> dict[str, Any]:
    """Run the cells and the check; return what is told of it."""
    home = ModuleType("__main__")
    sys.modules["__main__"] = home
    names = home.__dict__
    try:
        await run_cells(work["cells"], names)
        answer = eval(work["answer"], names)
    except (Exception, SystemExit) as error:
        told = f"{type(error).__name__}: {error}"[:300]
        return {"state": "error", "where": where(error), "what": told}
    verdict = check(work["name"], answer)
    if inspect.isawaitable(verdict):
        verdict = await verdict
    assert isinstance(verdict, Verdict)
    return {"state": verdict.state, "text": {one: verdict.text(one) for one in LANGUAGES}}


def main() -> None:
    """Read what to run, run it, and write what came of it."""
    work = json.loads(sys.stdin.buffer.read())
    back = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.set_inheritable(back, False)
    limit_resources(work["limit"])
    told = asyncio.run(judge(work))
    line = json.dumps({"token": work["token"], **told}).encode() + b"\n"
    os.write(back, line)
    os.close(back)
    os._exit(0)  # whatever the notebook left running ends here


if __name__ == "__main__":
    main()
