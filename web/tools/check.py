"""A maintainer's loop, at most 60 s: ``make check`` lints, checks types, and tests what changed.

What changed is what git says differs from the last commit, or what the last commit changed if
nothing does; ``SINCE=main make check`` takes all since then. A changed file has the tests of its
path: ``zmqlab/x.py`` those in ``tests/zmqlab/**/test_x.py``, a lesson its exercises, the core its
layers without sockets. Tests that import a changed module follow if there is time.

What must stay true: it ends in time, and names what it left out for lack of it. What needs a built
site or runs whole lessons is never here: `make test` does it.
"""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from web.paths import ROOT

SECONDS = 57.0
"""The time for all, with room to spare for what starts and ends it."""
GRACE = 8.0
"""How long before the end no further test begins."""
LEFT_TO_MAKE_TEST = (
    "tests/site",
    "tests/lessons",
    "tests/web/site/test_bundle.py",
    "tests/web/site/test_epub.py",
)
EXERCISES = "tests/lessons/test_exercises.py"
LAYERS = ("tests/purezmq/wire", "tests/purezmq/patterns")
PACKAGES = ("examples", "purezmq", "web", "zmqlab")


@dataclass
class Plan:
    """The tests to run, in this order, and those that only `make test` runs."""

    tests: list[str] = field(default_factory=list)
    lessons: set[str] = field(default_factory=set)
    elsewhere: list[str] = field(default_factory=list)

    def add(self, test: str) -> None:
        """Add a test file or a folder of tests, once."""
        refused = test.startswith(LEFT_TO_MAKE_TEST) and test != EXERCISES
        known = self.elsewhere if refused else self.tests
        if test not in known:
            known.append(test)


def changed(root: Path = ROOT) -> list[str]:
    """Return the files that changed, relative to the project; empty without git."""
    since = os.environ.get("SINCE", "")
    # A range "main...HEAD" leaves out what has come to main meanwhile.
    found = _git(root, "diff", "--name-only", f"{since}...HEAD") if since else []
    found += _git(root, "diff", "--name-only", "HEAD")
    found += _git(root, "ls-files", "--others", "--exclude-standard")
    return sorted(set(found)) or _git(root, "diff", "--name-only", "HEAD~1", "HEAD")


def _git(root: Path, *words: str) -> list[str]:
    try:
        said = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        return []
    return said.stdout.splitlines() if said.returncode == 0 else []


def plan(files: list[str], root: Path = ROOT) -> Plan:
    """Return the tests of changed files: first those of their paths, then those that import them.

    Parameters
    ----------
    files
        Paths relative to the project.
    root
        The project.
    """
    made = Plan()
    tests = sorted(path.relative_to(root) for path in (root / "tests").rglob("test_*.py"))
    for name in files:
        path = PurePosixPath(name)
        room = path.parts[0]
        if room == "tests":
            _add_own(made, path, tests)
        elif room == "notebooks" and len(path.parts) > 2 and (root / EXERCISES).is_file():
            made.lessons.add(path.parts[1][:2])
            made.add(EXERCISES)
        elif room == "purezmq":
            for layer in filter(lambda layer: (root / layer).is_dir(), LAYERS):
                made.add(layer)
        elif room in PACKAGES and path.suffix == ".py":
            stems = {path.stem, path.parent.name} if room == "examples" else {path.stem}
            for test in tests:
                if test.parts[1] == room and test.stem.removeprefix("test_") in stems:
                    made.add(test.as_posix())
    modules = {module for name in files if (module := _module(name))}
    for test in tests:
        if modules and test.parts[1] in PACKAGES and modules & _imported(root / test):
            made.add(test.as_posix())
    return made


def _add_own(made: Plan, path: PurePosixPath, tests: list[Path]) -> None:
    """Add a changed test, or the tests of a changed conftest's folder."""
    if path.name.startswith("test_"):
        if Path(path) in tests:  # it may have been removed
            made.add(path.as_posix())
    elif path.name == "conftest.py" and len(path.parts) > 2:
        made.add(path.parent.as_posix())


def _module(name: str) -> str:
    """Return the module that a file is; empty for one that is none or a package."""
    path = PurePosixPath(name)
    if path.parts[0] not in PACKAGES or path.suffix != ".py" or path.stem == "__init__":
        return ""
    return ".".join(path.with_suffix("").parts)


def _imported(path: Path) -> set[str]:
    """Return the modules that a file imports, by every name that may be one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


class Check:
    """The steps of one check, of which two run at a time, and what became of them."""

    def __init__(self, seconds: float = SECONDS, root: Path = ROOT) -> None:
        self.end = time.time() + seconds
        self.root = root
        self.failed: list[str] = []
        self.left_out: list[str] = []

    def step(self, name: str, *words: str, **environment: str) -> None:
        """Run a command of this Python's until its end or that of the time, and print the rest."""
        started = time.time()
        if started >= self.end:
            self.left_out.append(name)
            return
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that all that it started can be ended with it
        )
        try:
            said, _ = process.communicate(timeout=self.end - started)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            running = Path(environment.get("CHECK_RUNNING", os.devnull))
            place = running.read_text(encoding="utf-8") if running.exists() else ""
            self.left_out.append(
                f"{name}, ended {'in ' + place if place else 'before it was ready'}"
            )
            return
        took = time.time() - started
        if process.returncode:
            self.failed.append(name)
            print(f"{said.rstrip()}\ncheck: {name} failed, {took:.1f} s", flush=True)
        else:
            print(f"check: {name} passed, {took:.1f} s", flush=True)

    def lint(self) -> None:
        """Check form, types and text of all sources; mypy is quick after its first time."""
        self.step("ruff", "ruff", "check", "--quiet", ".")
        self.step("format", "ruff", "format", "--quiet", "--check", ".")
        self.step("mypy", "mypy")
        self.step("lint", "web.lint")

    def tests(self, made: Plan) -> None:
        """Run the tests of a plan as long as there is time."""
        if not made.tests:
            return
        with tempfile.TemporaryDirectory() as folder:
            left_out = Path(folder) / "left-out"
            self.step(
                f"tests of {len(made.tests)} files or folders",
                *("pytest", "-q", "--maxfail=1", "-p", "web.tools.deadline"),
                *("-p", "no:cacheprovider"),
                *made.tests,
                CHECK_END=str(self.end - GRACE),
                CHECK_LEFT_OUT=str(left_out),
                CHECK_RUNNING=str(Path(folder) / "running"),
                CHECK_LESSONS=" ".join(sorted(made.lessons)),
            )
            if left_out.exists():
                self.left_out += left_out.read_text(encoding="utf-8").splitlines()

    def run(self, made: Plan) -> int:
        """Run all steps, print what was left out, and return 1 if any failed."""
        lint = threading.Thread(target=self.lint)
        lint.start()
        self.tests(made)
        lint.join()
        for name in self.left_out:
            print(f"check: left out, there was no time: {name}")
        for name in made.elsewhere:
            print(f"check: left to make test: {name}")
        return int(bool(self.failed))


def main() -> int:
    """Check what changed; return 0, 1 if something failed, 130 after Ctrl-C."""
    started = time.time()
    try:
        files = changed()
        print(f"check: {len(files)} files changed", flush=True)
        status = Check().run(plan(files))
    except KeyboardInterrupt:
        print("\ncheck: stopped; run it again", file=sys.stderr)
        return 130
    print(f"check: {'failed' if status else 'passed'}, {time.time() - started:.1f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
