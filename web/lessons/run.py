"""Run the lessons that changed and keep their outputs for both builds.

Outputs go into one jupyter-cache, which Sphinx reads for each language. Its key is the code cells
alone, so a changed instrument or program would leave stale output: beside it, a record of each run
holds a fingerprint of all the project's files that the lesson imports or starts, and of the
versions it ran with. Where that differs, the lesson runs again.
"""

from __future__ import annotations

import ast
import asyncio
import atexit
import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import zmq
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import read_myst_markdown_notebook
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from web import paths
from web.lessons.cells import imported, parse, really_run
from web.lessons.folders import page_name, pages
from web.lessons.source import staged
from web.paths import ROOT
from zmqlab.record import MIME as RECORD
from zmqlab.record import Record
from zmqlab.run.conditions import MIME

PACKAGES = ("zmqlab", "examples", "purezmq")
# Seconds. In the full form of the measurements (zmqlab.run.measure.full) a cell may take an hour.
CELL_LIMIT = 120 if os.environ.get("ZMQLAB_FULL", "") in ("", "0") else 3600
REPEATS = 2
"""How often a lesson that missed its condition runs again."""
REPEAT_LIMIT = 300
"""Seconds that all repeats of a build may take together."""
AT_ONCE = 2  # lessons that measure nothing may run side by side


@dataclass(frozen=True)
class Run:
    """What is known of a lesson's last run; stored as ``build/runs/NAME.json``."""

    lesson: str
    when: str
    seconds: float
    python: str
    pyzmq: str
    libzmq: str
    machine: str
    fingerprint: str
    missed: tuple[str, ...] = ()
    """The conditions that the run should have met and did not, in words: ratio and least."""

    @staticmethod
    def path(lesson: str) -> Path:
        """Return where the record of a lesson's run is kept."""
        return paths.RUNS / f"{lesson}.json"

    @classmethod
    def load(cls, lesson: str) -> Run | None:
        """Return the record of a lesson's last run, or None if there is none."""
        try:
            said = json.loads(cls.path(lesson).read_text(encoding="utf-8"))
            return cls(**said | {"missed": tuple(said.get("missed", ()))})
        except (OSError, ValueError, TypeError):
            return None

    def store(self) -> None:
        """Write the record."""
        self.path(self.lesson).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


class RunError(Exception):
    """A lesson's cell failed, took too long, or its kernel died.

    Attributes
    ----------
    cell : int
        The index of that cell in the notebook.
    """

    def __init__(self, what: str, cell: int = 0) -> None:
        super().__init__(what)
        self.cell = cell


class _Loop(asyncio.SelectorEventLoop):
    """Leaves Ctrl-C to asyncio, which cancels the lessons; nbclient would take it for its own."""

    def add_signal_handler(self, *_arguments: object) -> None:
        raise RuntimeError("signals stay with asyncio.Runner")


def dependencies(lesson: str, cells: Iterable[str]) -> set[Path]:
    """Find the project's files that a lesson's cells import or start, and what those import.

    Parameters
    ----------
    lesson : str
        Name of the page, as ``01-first-message``; the modules in its lesson's folder count.
    cells : iterable of str
        The sources of its code cells.

    Returns
    -------
    set of pathlib.Path
        Files of the packages zmqlab, examples and purezmq.
    """
    found: set[Path] = set()
    waiting: list[Path] = []
    for cell in cells:
        waiting += _used_by(cell)
    for module in paths.LESSONS.glob(f"{lesson[:2]}-*/*.py"):
        if module.name != "wrong.py":
            waiting.append(module)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _used_by(path.read_text(encoding="utf-8"), path)
    return found


def _used_by(source: str, path: Path | None = None) -> list[Path]:
    """List the project's files that a piece of source names: its imports, its programs."""
    files: list[Path] = []
    for node in really_run(parse(source)):
        for one in imported(node):
            base = one.module
            if one.level and path is not None:
                folder = path.relative_to(ROOT).parts[: -one.level]
                base = ".".join([*folder, *([base] if base else [])])
            files += _module_files(base)
            if one.name:
                files += _module_files(_home_of(base, one.name))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            program = ROOT / "examples" / node.value
            if node.value.endswith(".py") and program.is_file():
                files.append(program)
            elif path is None and node.value.isidentifier() and (program / "__init__.py").is_file():
                files += sorted(program.glob("*.py"))  # `start(programs, "pipeline")`
    return files


def _home_of(package: str, name: str) -> str:
    """Return the module that a name of a package comes from: zmqlab loads its own lazily."""
    if package == "zmqlab":
        from zmqlab import HOMES

        return HOMES.get(name, f"zmqlab.{name}")
    return f"{package}.{name}"


def _module_files(name: str) -> list[Path]:
    if name.split(".")[0] not in PACKAGES:
        return []
    files = []
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        stem = ROOT.joinpath(*parts[:count])
        files += [path for path in (stem / "__init__.py", stem.with_suffix(".py")) if path.exists()]
    return files


def fingerprint(lesson: str, cells: list[str]) -> str:
    """Return a hash over all that a lesson's outputs depend on."""
    digest = hashlib.sha256()
    for part in (*cells, platform.python_version(), zmq.__version__, zmq.zmq_version()):
        digest.update(part.encode() + b"\0")
    digest.update(version("ipykernel").encode())
    for path in sorted(dependencies(lesson, cells)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:24]


def read(path: Path) -> nbformat.NotebookNode:
    """Read a lesson the way Sphinx will, so that the cache's key is the same."""
    notebook: nbformat.NotebookNode = read_myst_markdown_notebook(
        staged(path), path=path, add_source_map=True
    )
    return notebook


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the sources of a notebook's code cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


async def execute(
    notebook: nbformat.NotebookNode, *, language: str = "en", limit: int = CELL_LIMIT
) -> None:
    """Run a notebook in place, in an empty folder, as a learner's Jupyter would.

    Raises
    ------
    RunError
        With the cell's index, its source and the error.
    """
    current = 0

    def note(cell_index: int, **_others: object) -> None:
        nonlocal current
        current = cell_index

    environment = dict(os.environ, ZMQLAB_LANGUAGE=language, PYTHONPATH=str(ROOT))
    with (
        tempfile.TemporaryDirectory(prefix="lesson-") as folder,
        # A kernel that is killed leaves its files, those of ipc endpoints for one.
        tempfile.TemporaryDirectory(prefix="lesson-") as scratch,
    ):
        environment["TMPDIR"] = scratch
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            extra_arguments=["--log-level=40"],  # errors; not that loopback is unencrypted
            timeout=limit,
            shutdown_kernel="immediate",  # an interrupted one would print its traceback
            record_timing=False,  # it would stand in the cells' metadata, and so in the cache's key
            resources={"metadata": {"path": folder}},
            on_cell_start=note,
        )
        try:
            await client.async_execute(env=environment)
        except CellTimeoutError as error:
            raise RunError(f"a cell took more than {limit} s\n{error}", current) from None
        except CellExecutionError as error:
            raise RunError(str(error), current) from None
        except DeadKernelError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # nbclient says so of a cancelled cell too
                raise asyncio.CancelledError from None
            raise RunError("the kernel died while a cell ran", current) from None
        finally:
            if client.km is None:  # nbclient keeps this if a Ctrl-C comes while it cleans up
                atexit.unregister(client._cleanup_kernel)  # noqa: SLF001


def missed(notebook: nbformat.NotebookNode) -> tuple[str, ...]:
    """Return the conditions that a notebook's run missed, as ``1.1 < 1.4``."""
    outputs = (out for cell in notebook.cells for out in cell.get("outputs", []))
    conditions = (out.get("data", {}).get(MIME) for out in outputs)
    return tuple(f"{c['ratio']} < {c['at_least']}" for c in conditions if c and not c["met"])


def records_path(lesson: str) -> Path:
    """Return where the records of a lesson's pictures are kept, by their names."""
    return paths.RUNS / f"{lesson}.records.json"


def take_records(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Take the records of its pictures out of a notebook's outputs; return them by their names."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            plain = output.get("data", {}).pop(RECORD, None)  # Sphinx would warn of it
            if plain is not None:
                found[Record.from_json(json.dumps(plain)).name] = plain
    return found


async def _run_one(path: Path, notebook: nbformat.NotebookNode, mark: str) -> None:
    started = time.perf_counter()
    await execute(notebook)
    seconds = time.perf_counter() - started
    not_met = missed(notebook)
    records = take_records(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(MIME, None)  # for this build alone; Sphinx would warn of it
    get_cache(str(paths.BUILD / "cache")).cache_notebook_bundle(
        CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds}),
        check_validity=False,
        overwrite=True,
    )
    name = page_name(path)
    records_path(name).write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    nbformat.write(notebook, paths.RUNS / f"{name}.ipynb")
    Run(
        lesson=name,
        when=datetime.now().astimezone().isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        python=platform.python_version(),
        pyzmq=zmq.__version__,
        libzmq=zmq.zmq_version(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        fingerprint=mark,
        missed=not_met,
    ).store()


_Job = tuple[Path, nbformat.NotebookNode, str]
"""A page, its notebook, and the fingerprint of what it depends on."""


async def _run_stale() -> list[str]:
    paths.RUNS.mkdir(parents=True, exist_ok=True)
    together = asyncio.Semaphore(AT_ONCE)
    failures: list[str] = []

    async def run(path: Path, notebook: nbformat.NotebookNode, mark: str) -> None:
        name = page_name(path)
        async with together:
            print(f"lessons: {name} runs ...", flush=True)
            try:
                await _run_one(path, notebook, mark)
            except RunError as error:
                failures.append(name)
                print(f"{_place(path, notebook, error.cell)}: cell FAILED: {error}", flush=True)
            else:
                record = Run.load(name)
                assert record is not None
                print(f"lessons: {name} ran in {record.seconds} s", flush=True)

    alone: list[_Job] = []
    beside: list[_Job] = []
    sources = pages()
    notebooks = [read(path) for path in sources]
    _drop_damaged_cache(notebooks)
    for path, notebook in zip(sources, notebooks, strict=True):
        cells = code_of(notebook)
        mark = fingerprint(page_name(path), cells)
        record = Run.load(page_name(path))
        if record is not None and record.fingerprint == mark and _kept(path, notebook):
            continue
        measures = notebook.metadata.get("lesson", {}).get("measures", "")
        (alone if measures else beside).append((path, notebook, mark))
    await asyncio.gather(*(run(*job) for job in beside))
    left = float(REPEAT_LIMIT)
    for job in alone:
        await run(*job)
        left -= await _repeat(job, run, left)
    failures += _not_publishable(sources)
    if not alone and not beside:
        print("lessons: nothing changed, nothing to run", flush=True)
    return failures


async def _repeat(job: _Job, run: Callable[..., Awaitable[None]], left: float) -> float:
    """Run a lesson that missed its condition again; return the seconds that it took."""
    path, _, mark = job
    started = time.perf_counter()
    for _ in range(REPEATS):
        record = Run.load(page_name(path))
        spent = time.perf_counter() - started
        if record is None or not record.missed or spent + record.seconds > left:
            break
        print(f"lessons: {record.lesson} missed its condition: {', '.join(record.missed)}")
        await run(path, read(path), mark)
    return time.perf_counter() - started


def _not_publishable(sources: Iterable[Path]) -> list[str]:
    """Tell of each lesson whose last run missed its condition; name it if this is a release."""
    found = []
    for name in map(page_name, sources):
        record = Run.load(name)
        if record is not None and record.missed:
            found.append(name)
            said = ", ".join(record.missed)
            print(f"lessons: WARNING: {name} shows a run that missed its condition: {said}")
    return found if os.environ.get("RELEASE") == "1" else []


def _place(path: Path, notebook: nbformat.NotebookNode, cell: int) -> str:
    """Return where a cell begins in its source, as ``notebooks/NN-topic/lesson.md:LINE``."""
    return f"{path.relative_to(paths.LESSONS.parent)}:{notebook.metadata['source_map'][cell]}"


def _cached(notebook: nbformat.NotebookNode) -> bool:
    """Tell whether the cache holds a lesson's outputs, by really opening them.

    Raises
    ------
    Exception
        Of many kinds, if the cache is damaged.
    """
    cache = get_cache(str(paths.BUILD / "cache"))
    try:
        try:
            key = cache.match_cache_notebook(notebook).pk
        except KeyError:
            return False
        cache.get_cache_bundle(key)
        return True
    finally:
        cache.db.dispose()


def _drop_damaged_cache(notebooks: list[nbformat.NotebookNode]) -> None:
    """Delete the cache if it can't be read; every lesson then runs again."""
    try:
        for notebook in notebooks:
            _cached(notebook)
    except Exception as error:
        print(f"lessons: the cache is damaged ({type(error).__name__}), made anew", flush=True)
        shutil.rmtree(paths.BUILD / "cache", ignore_errors=True)


def _kept(path: Path, notebook: nbformat.NotebookNode) -> bool:
    """Tell whether all that a lesson's last run left is still there and readable."""
    try:
        nbformat.read(paths.RUNS / f"{page_name(path)}.ipynb", nbformat.NO_CONVERT)
        json.loads(records_path(page_name(path)).read_text(encoding="utf-8"))
    except Exception:  # half-written JSON, or no notebook at all
        return False
    return _cached(notebook)


def run_lessons() -> list[str]:
    """Run every lesson whose code, imports or versions changed since its last good run.

    Returns
    -------
    list of str
        Names of the lessons that failed; their errors have been printed.
    """
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(_run_stale())
