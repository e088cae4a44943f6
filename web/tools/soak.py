"""Run every lesson and every program ten times, the machine busy half the time: ``make soak``.

A lesson that waits for events passes on a busy machine; one that hopes does not.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from examples import EXAMPLES
from web.lessons.folders import page_name, page_path, pages
from web.lessons.localise import localise, with_solutions
from web.lessons.run import RunError, execute
from web.lessons.source import read
from web.paths import ROOT
from web.words import LANGUAGES

PROGRAM_LIMIT = 120  # seconds


def _burn() -> None:
    while True:
        pass


@contextmanager
def busy(on: bool) -> Iterator[None]:
    """Keep every core busy with other work while the block runs."""
    burners = [
        multiprocessing.Process(target=_burn, daemon=True) for _ in range(os.cpu_count() or 1)
    ]
    for burner in burners if on else []:
        burner.start()
    try:
        yield
    finally:
        for burner in burners if on else []:
            burner.kill()
            burner.join()


def run_lesson(name: str, language: str) -> str:
    """Run a learner's notebook with its solutions; return what went wrong, or nothing."""
    path = page_path(name)
    assert path is not None
    notebook, _missing = localise(path, language)
    try:
        asyncio.run(execute(with_solutions(notebook, read(path)), language=language))
    except RunError as error:
        return str(error)
    return ""


def programs() -> list[str]:
    """List the examples, those with topologies once for each that can run here."""
    found = []
    for name, example in EXAMPLES.items():
        ways = [way for way in example.topologies if way != "redis" or shutil.which("redis-server")]
        found += [f"{name} --topology {way}" for way in ways] or [name]
    return found


def run_program(name: str) -> str:
    """Run all roles of a program; return what went wrong, or nothing."""
    command = [sys.executable, "-m", "examples", "run", *name.split()]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PROGRAM_LIMIT
        )
    except subprocess.TimeoutExpired:
        return f"did not end within {PROGRAM_LIMIT} s"
    return "" if done.returncode == 0 else done.stdout + done.stderr


def main() -> int:
    """Run everything as often as asked; 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="python -m web.tools.soak", description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="how often (default 10)")
    times = parser.parse_args().times
    lessons = [page_name(path) for path in pages()]
    failures = 0
    for round_ in range(1, times + 1):
        loaded = round_ % 2 == 0
        language = LANGUAGES[round_ // 2 % 2]
        with busy(loaded):
            for name in (*lessons, *programs()):
                started = time.perf_counter()
                wrong = run_lesson(name, language) if name in lessons else run_program(name)
                failures += bool(wrong)
                state = "FAILED" if wrong else "passed"
                load = "busy" if loaded else "quiet"
                seconds = time.perf_counter() - started
                print(f"{round_:3} {load:5} {name:36} {state} in {seconds:.1f} s", flush=True)
                if wrong:
                    print(wrong)
    print(f"soak: {times} rounds of {len(lessons) + len(programs())} runs, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
