"""Who passed what: the notebooks of a class, checked by the lessons' own checkers.

Each exercise runs in a process of its own (`zmqlab.exercises.apart`), with only the cells that it
needs, in a folder that goes afterwards, and with time limits. What must stay true: whatever a
notebook holds, it gets one row and each of its exercises one state; nothing it does ends the
command, and no process stays.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from zmqlab.exercises import lessons
from zmqlab.exercises.checks import names, time_limit
from zmqlab.words.language import Language, Text

LARGEST = 50_000_000
"""Bytes of a notebook; one with all its pictures has 5,000,000."""
MORE_TIME = 20.0
"""Seconds on top of a checker's own limit: for Python to start and the cells before it."""
ROOT = Path(__file__).resolve().parents[2]
MAGIC = re.compile(r"^(\s*)[%!?].*$", re.MULTILINE)
NUMBER = re.compile(r"(\d\d)[a-z]?-")

NO_FILE = Text(en="cannot be read: {}", ko="읽을 수 없습니다: {}")
NO_NOTEBOOK = Text(en="is no notebook", ko="노트북 파일이 아닙니다")
TOO_LARGE = Text(en="is larger than 50 MB", ko="50 MB보다 큽니다")
NO_CHECKS = Text(en="holds no exercise of a lesson", ko="레슨의 연습 문제가 없습니다")
GONE = Text(en="the cell with its check is gone", ko="확인 셀이 없습니다")
NO_END = Text(en="no end within {:g} s", ko="{:g}초 안에 끝나지 않았습니다")
CRASHED = Text(en="Python ended without a verdict ({})", ko="결과 없이 Python이 종료되었습니다({})")
RAISED = Text(en="{}: {}", ko="{}: {}")
STATUS = Text(en="status {}", ko="종료 상태 {}")


@dataclass(frozen=True)
class Result:
    """What came of one exercise.

    Attributes
    ----------
    name : str
        The check's name.
    state : str
        "passed", "not yet" or "not right" as the checker says; "missing", "error" (a cell
        raised), "no end" or "crashed" if it never came to that.
    why : Text
        The reason, in words; empty for a pass.
    """

    name: str
    state: str
    why: Text


@dataclass(frozen=True)
class Row:
    """What came of one notebook: its exercises, or why there are none.

    Attributes
    ----------
    file : str
        The path as it was given.
    results : tuple of Result
        In the order of the checks' names.
    trouble : Text or None
        Why it could not be judged at all.
    """

    file: str
    results: tuple[Result, ...] = ()
    trouble: Text | None = None

    @property
    def passed(self) -> bool:
        """Whether there is something to pass and all of it is passed."""
        return bool(self.results) and all(one.state == "passed" for one in self.results)

    def as_json(self, language: Language) -> dict[str, Any]:
        """Return it as values for JSON."""
        return {
            "file": self.file,
            "passed": self.passed,
            "trouble": self.trouble and self.trouble[language],
            "checks": [
                {"name": one.name, "state": one.state, "why": one.why[language]}
                for one in self.results
            ],
        }


class UnreadableError(ValueError):
    """A file is no notebook.

    Parameters
    ----------
    told : Text
        Why, to follow the file's name.
    """

    def __init__(self, told: Text) -> None:
        super().__init__(told.en)
        self.told = told


def find(paths: Iterable[Path]) -> list[Path]:
    """Return the notebooks that are named, and those in the folders that are named."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*.ipynb"))
            found += [one for one in inside if ".ipynb_checkpoints" not in one.parts]
        else:
            found.append(path)
    return found


def read_cells(path: Path) -> list[str]:
    """Return the code cells of a notebook.

    Raises
    ------
    UnreadableError
        If it is none.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableError(TOO_LARGE)
        data = json.loads(path.read_text(encoding="utf-8"))
        cells = [one for one in data["cells"] if one["cell_type"] == "code"]
        return [one if isinstance(one := cell["source"], str) else "".join(one) for cell in cells]
    except OSError as error:
        raise UnreadableError(NO_FILE.format(error.strerror)) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(NO_NOTEBOOK) from None


def _without_magic(source: str) -> str:
    """Return a cell whose lines for IPython alone (``%time``, ``!ls``) do nothing."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return MAGIC.sub(r"\1pass", source)
    return source


@dataclass
class Facts:
    """What a cell binds at its top, and all names that it reads anywhere."""

    binds: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    checks: dict[str, str] = field(default_factory=dict)


def facts(source: str) -> Facts:
    """Read a cell. One that does not parse binds what its text seems to define."""
    found = Facts()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found.binds = set(re.findall(r"^(?:async +)?(?:def|class) +(\w+)", source, re.MULTILINE))
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.reads.add(node.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            _note_check(node, found)
    found.binds = set(_bound(tree))
    return found


def _bound(node: ast.AST) -> Iterator[str]:
    """Give the names that code binds in its own scope, not in that of a function in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child.name
        elif isinstance(child, ast.alias):
            yield (child.asname or child.name).partition(".")[0]
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif not isinstance(child, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            yield from _bound(child)


def _note_check(call: ast.Call, found: Facts) -> None:
    assert isinstance(call.func, ast.Name)
    if call.func.id == "check" and len(call.args) == 2:
        name, answer = call.args
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            found.checks[name.value] = ast.unparse(answer)


def needed(cells: Sequence[Facts], wanted: set[str], before: int) -> list[int]:
    """Return the cells that give the wanted names a value, and those that these need in turn.

    For each name it is the last cell that binds it, of those before a place.
    """
    found: set[int] = set()
    waiting = [(name, before) for name in wanted]
    while waiting:
        name, end = waiting.pop()
        births = [number for number in range(end) if name in cells[number].binds]
        if not births and end == before:  # the answer stands below its check
            births = [number for number, cell in enumerate(cells) if name in cell.binds]
        if births and births[-1] not in found:
            found.add(births[-1])
            waiting += [(one, births[-1]) for one in cells[births[-1]].reads]
    return sorted(found)


def check_notebook(path: Path, limit: float | None = None) -> Row:
    """Check every exercise of a notebook.

    Parameters
    ----------
    path : Path
        The notebook.
    limit : float, optional
        Seconds for each exercise; by default what its checker allows, and 20 s.
    """
    file = str(path)
    try:
        sources = [_without_magic(source) for source in read_cells(path)]
    except UnreadableError as error:
        return Row(file, trouble=error.told)
    cells = [facts(source) for source in sources]
    asked = {name: number for number, cell in enumerate(cells) for name in cell.checks}
    known = names()
    numbers = {name[:2] for name in asked if name in known}
    if not numbers and (found := NUMBER.match(path.name)):
        numbers = {found[1]} & set(lessons.numbers())
    results = []
    for name in known:
        if name[:2] not in numbers:
            continue
        if name not in asked:
            results.append(Result(name, "missing", GONE))
            continue
        place = asked[name]
        answer = cells[place].checks[name]
        code = [(n + 1, sources[n]) for n in needed(cells, facts(answer).reads, place + 1)]
        results.append(run_apart(name, answer, code, limit or time_limit(name) + MORE_TIME))
    return Row(file, tuple(results), None if results else NO_CHECKS)


def run_apart(name: str, answer: str, cells: list[tuple[int, str]], limit: float) -> Result:
    """Run cells and a check in a process of its own, and end all that it has started."""
    token = secrets.token_hex(16)
    work = {"name": name, "answer": answer, "cells": cells, "limit": limit, "token": token}
    with tempfile.TemporaryDirectory(prefix="zmqlab-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "zmqlab.exercises.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        try:
            printed, _ = process.communicate(json.dumps(work).encode(), timeout=limit)
        except subprocess.TimeoutExpired:
            return Result(name, "no end", NO_END.format(limit))
        finally:
            _end(process)
    return _result(name, token, printed, process.returncode)


def _environment(folder: str) -> dict[str, str]:
    """Return an environment without the caller's class and home."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), folder)
    return {**os.environ, **places, "ZMQLAB_CLASS": "", "PYTHONPATH": path}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it has started."""
    if sys.platform == "win32":
        try:
            children = psutil.Process(process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            children = []
        for child in children:
            child.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all have ended
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _result(name: str, token: str, printed: bytes, status: int) -> Result:
    try:
        told = json.loads(printed)
        right = told["token"] == token
    except (ValueError, TypeError, KeyError):
        right = False
    if not right:
        return Result(name, "crashed", CRASHED.format(_status(status)))
    if told["state"] == "error":
        return Result(name, "error", RAISED.format(told["where"], told["what"]))
    words = told["text"]
    why = Text(en="", ko="")
    if told["state"] != "passed":
        why = Text(en=_without_head(words["en"]), ko=_without_head(words["ko"]))
    return Result(name, told["state"], why)


def _without_head(text: str) -> str:
    """Return a verdict's words in one line, without its first one, which says the state."""
    return "; ".join(line.strip() for line in text.splitlines()[1:])


def _status(status: int) -> Text | str:
    if status < 0:
        try:
            return signal.Signals(-status).name
        except ValueError:
            return str(status)
    return STATUS.format(status)


def check_all(paths: Sequence[Path], limit: float | None, jobs: int) -> Iterator[Row]:
    """Check notebooks, so many at a time; give the rows in order, as soon as they are there."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda path: check_notebook(path, limit), paths)
