"""Run a page's cells with `purezmq` standing in as `zmq`, in a process that never saw pyzmq.

python tests/lessons/engine_purezmq.py notebooks/NN-topic/lesson.md [--solved]

In IPython's shell, within a running loop as in a kernel: a kernel itself has loaded pyzmq before
the first cell. Cells tagged libzmq-only are left out. The cells run as they are given; with
--solved each exercise has its solution, and its check must pass.
"""

import asyncio
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

from purezmq import standin
from web.lessons.source import read


async def run(path: Path, solved: bool) -> str:
    """Return what failed, nothing if all cells passed."""
    lesson = read(path)
    exercises = lesson.exercises() if solved else []
    solutions = {exercise.cell.line: exercise.solution for exercise in exercises}
    shell = InteractiveShell.instance()
    for cell in lesson.code():
        if "libzmq-only" in cell.tags:
            continue
        source = solutions.get(cell.line) or cell.source
        done = await shell.run_cell_async(
            source, transformed_cell=shell.transform_cell(source), store_history=False
        )
        if not done.success:
            return f"{path.name}: the cell at line {cell.line} failed"
        if "check" in cell.tags and done.result != solved:
            return f"{path.name}: the check at line {cell.line} said {done.result!r}"
    return ""


if __name__ == "__main__":
    standin.install()
    failed = asyncio.run(run(Path(sys.argv[1]), "--solved" in sys.argv[2:]))
    seen = sorted(name for name in sys.modules if name.startswith("zmq.backend"))
    sys.exit(failed or (f"pyzmq was loaded: {seen}" if seen else 0))
