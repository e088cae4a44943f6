"""Everything that is too long for every run, in parts: ``make soak PART=lessons ONLY=04``.

A part is a list of jobs, each a command of its own that fails by its exit status. Half of the jobs
that run lessons and programs do so while every core is busy: one that waits for events passes then,
one that hopes does not. A busy round asserts nothing that is measured. A part that was stopped goes
on where it was when it is started again on the same sources. Results: ``build/reports/soak.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.lessons.folders import page_name, pages
from web.lessons.source import read
from web.paths import BUILD, ROOT
from web.tools import pythons
from web.words import LANGUAGES

REPORT = BUILD / "reports" / "soak.json"
LIMIT = 45 * 60
"""Seconds after which a part starts no further job."""
JOB_LIMIT = 20 * 60
TIMES = 10
"""How often each program runs with its peers."""
PYTEST: tuple[str, ...] = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Job:
    """A command; ``busy`` if every core has other work meanwhile."""

    name: str
    command: tuple[str, ...]
    busy: bool = False
    environment: tuple[tuple[str, str], ...] = ()


def lessons(only: str) -> Iterator[Job]:
    """Run every cell twice, whole lessons solved, and the checkers at their full patience."""
    module = (sys.executable, "-m", "web.tools.rehearse")
    chosen = [path for path in pages() if page_name(path).startswith(only)]
    for path in chosen:
        name = page_name(path)
        yield Job(f"{name}: cells twice", (*module, name, "--twice"))
        for language in LANGUAGES:
            yield Job(f"{name}: solved, {language}", (*module, name, "--solved", language))
        yield Job(f"{name}: busy", (*module, name), busy=True)
        if read(path).head.engine == "both":
            engines = ("tests/lessons/test_engines.py", "-m", "soak", "-k", name)
            yield Job(f"{name}: purezmq, solved", (*PYTEST, *engines))
    for number in dict.fromkeys(page_name(path)[:2] for path in chosen):
        tests = ("tests/lessons/test_exercises.py", "-k", f"[{number}]")
        yield Job(f"{number}: exercises", (*PYTEST, *tests), False, (("ZMQLAB_PATIENT", "1"),))
    if not only:
        copies = ("tests/web/lessons/test_plain_copy.py", "-m", "soak")
        yield Job("plain copies", (*PYTEST, *copies))


def programs(only: str) -> Iterator[Job]:
    """Run every program with its peers, as it is and ejected, ten times, half of them busy."""
    from examples import EXAMPLES

    once = "import sys; from examples import run_once as run; name = sys.argv[1]; "
    once += "run(name); run(name, ejected=True)"
    for name, example in EXAMPLES.items():
        if not example.lesson.startswith(only):
            continue
        for round_ in range(TIMES):
            command = (sys.executable, "-c", once, name)
            yield Job(f"{name} {round_ + 1}", command, busy=round_ % 2 == 1)


def core(only: str) -> Iterator[Job]:
    """Run the core's own tests, those that are too long for every run too."""
    yield Job("core", (*PYTEST, "tests/purezmq"))
    yield Job("core, long", (*PYTEST, "tests/purezmq", "-m", "soak"))
    for version in pythons.VERSIONS:
        yield Job(f"core on {version}", (sys.executable, "-m", "web.tools.pythons", version))


def site(only: str) -> Iterator[Job]:
    """Look at every page in all its forms."""
    yield Job("site", (*PYTEST, "tests/site", "tests/web/site", "-m", "soak"))


def page(only: str) -> Iterator[Job]:
    """Run every cell of every lesson in a page, and those of one in Firefox."""
    tests = ("tests/site/test_cells.py", "tests/site/test_firefox.py")
    yield Job("page", (*PYTEST, *tests, "-m", "soak", "-k", only or "test"))


def storm(only: str) -> Iterator[Job]:
    """Throw 1,000 faults at random moments at each example that has a storm."""
    from examples import EXAMPLES

    for name, example in EXAMPLES.items():
        if "storm.py" in example.also and example.lesson.startswith(only):
            for seed in ("1", "2", "3", "4"):  # 250 take up to five minutes
                program = (f"examples/{name}/storm.py", "--faults", "250", "--seed", seed)
                yield Job(f"{name}: storm {seed}", (sys.executable, *program))


PARTS: dict[str, Callable[[str], Iterator[Job]]] = {
    "lessons": lessons,
    "programs": programs,
    "core": core,
    "page": page,
    "site": site,
    "storm": storm,
}


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


def sources() -> str:
    """Return a hash over all that git tracks here, with what is changed and not committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    digest = hashlib.sha256()
    for name in listed.split(b"\0"):
        path = ROOT / os.fsdecode(name)
        if name and path.is_file():
            digest.update(name + path.read_bytes())
    return digest.hexdigest()[:16]


def run(job: Job) -> tuple[bool, float, str]:
    """Run a job; return whether it passed, its seconds, and the end of what it printed."""
    environment = os.environ | dict(job.environment) | {"PYTHONPATH": str(ROOT)}
    if job.busy:
        environment["ZMQLAB_BUSY"] = "1"
    started = time.perf_counter()
    with busy(job.busy):
        try:
            done = subprocess.run(
                job.command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=JOB_LIMIT,
            )
            # 5: pytest found no such test, for instance no part of a lesson that is measured.
            passed, said = done.returncode in (0, 5), done.stdout
        except subprocess.TimeoutExpired:
            passed, said = False, f"did not end within {JOB_LIMIT} s"
    return passed, time.perf_counter() - started, said[-4000:]


def load() -> dict[str, Any]:
    """Return the report of earlier runs."""
    try:
        report: dict[str, Any] = json.loads(REPORT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return report


def soak(part: str, only: str) -> int:
    """Run a part; return 1 if a job failed, 2 if time ran out before all had run."""
    report = load()
    key = f"{part} {only}".strip()
    mark = sources()
    entry = report.get(key, {})
    if entry.get("sources") != mark or entry.get("ended"):
        began = datetime.now().astimezone().isoformat(timespec="seconds")
        entry = {"sources": mark, "began": began, "jobs": {}}
    report[key] = entry
    started = time.perf_counter()
    jobs = list(PARTS[part](only))
    left = [job for job in jobs if not entry["jobs"].get(job.name, {}).get("passed")]
    for job in left:
        if time.perf_counter() - started > LIMIT:
            print(f"soak: {key}: {LIMIT // 60} minutes are over; run it again to go on")
            return 2
        passed, seconds, said = run(job)
        entry["jobs"][job.name] = {"passed": passed, "seconds": round(seconds, 1)}
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
        load_ = "busy" if job.busy else "quiet"
        print(f"{load_:5} {job.name:48} {'passed' if passed else 'FAILED'} in {seconds:.1f} s")
        if not passed:
            print(said, flush=True)
    failed = [name for name, result in entry["jobs"].items() if not result["passed"]]
    entry["ended"] = datetime.now().astimezone().isoformat(timespec="seconds")
    entry["seconds"] = round(sum(result["seconds"] for result in entry["jobs"].values()), 1)
    REPORT.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"soak: {key}: {len(entry['jobs'])} jobs, {len(failed)} failed")
    return 1 if failed else 0


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that were asked for, all if none was."""
    parser = argparse.ArgumentParser(prog="python -m web.tools.soak", description=__doc__)
    parser.add_argument("part", nargs="?", default="", help=", ".join(PARTS))
    parser.add_argument("only", nargs="?", default="", help="a lesson's number")
    given = parser.parse_args(arguments)
    if given.part and given.part not in PARTS:
        parser.error(f"no part {given.part!r}; there are {', '.join(PARTS)}")
    return max(soak(part, given.only) for part in ([given.part] if given.part else PARTS))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nsoak: stopped; the same command goes on from here", file=sys.stderr)
        sys.exit(130)
