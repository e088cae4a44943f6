"""How fast: `purezmq` beside pyzmq and beside bare streams, in one run: ``make bench``.

What is timed stands in `web.tools.workloads`. Every measurement has a process of its own. A
repetition takes the libraries in turn, row by row, so that whatever else the machine does meets all
of them; ratios are taken within a repetition, and what is told is their median and spread. All of
it goes to ``build/bench.json``; medians and spreads go to ``web/tools/bench.csv`` too, from where
`web.site.core` brings them onto the page "The core". Nobody writes that file by hand, and a machine
that was busy before leaves it alone. ``QUICK=1`` only tries that each row runs: its times mean
nothing.
"""

from __future__ import annotations

import argparse
import compileall
import csv
import datetime
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from web.paths import BUILD, ROOT
from web.tools.workloads import IMPORTS, LIBRARIES, ROWS, Took, fits, high_water_mark, window

RESULTS = BUILD / "bench.json"
FIGURES = ROOT / "web" / "tools" / "bench.csv"
AGAINST = ("zmq.asyncio", "blocking")
COLUMNS = (
    *("date", "system", "machine", "cores", "load", "python", "pyzmq", "libzmq"),
    *("repetitions", "seconds", "row", "size", "library", "median", "low", "high", "cpu"),
    *(f"{against} {value}" for against in AGAINST for value in ("median", "low", "high")),
)
"""Of `FIGURES`: times are seconds a message, by the clock and of processors; then the ratios."""
SIZES = (10, 100, 1000, 64 * 1024, 1_000_000)
REPETITIONS, SECONDS = 5, 0.4
LEAST = 3
"""Repetitions without which there is no spread to tell."""
LIMIT = 120
"""Seconds for one row with one library, at most."""
IMPORT = "import"
_IMPORT = (
    "import time; wall, cpu = time.perf_counter(), time.process_time(); import {}; "
    "print(time.perf_counter() - wall, time.process_time() - cpu)"
)

GOALS = (
    # row, size, measured against, goal; a rate is to be higher, a time lower
    ("push-pull tcp", 100, "zmq.asyncio", 10.0),
    ("push-pull tcp", 100, "blocking", 1.0),
    ("push-pull inproc", 100, "zmq.asyncio", 20.0),
    ("req-rep tcp", 100, "zmq.asyncio", 0.35),
    ("pub-10-sub tcp", 100, "zmq.asyncio", 12.0),
    ("push-pull tcp", 1_000_000, "blocking", 1.0),
)
"""What the design wants of `purezmq`."""
IMPORT_GOAL = 0.060
"""Seconds."""

Runs = dict[tuple[str, int, str], list[Took]]
"""(row, size, library) to what a message took, one value a repetition; size 0 for an import."""


class BenchError(RuntimeError):
    """A measurement did not come to its end."""


def plan(libraries: list[str]) -> Iterator[tuple[str, str]]:
    """Each row with each library, in the order of a repetition."""
    for row in ROWS:
        for library in libraries:
            if fits(row, library):
                yield row, library
    for library in libraries:
        yield IMPORT, library


def _run(*arguments: str) -> str:
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BenchError(f"did not end within {LIMIT} s") from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise BenchError(last[0])
    return done.stdout


def measure(row: str, library: str, sizes: tuple[int, ...], seconds: float) -> dict[int, Took]:
    """Time one row with one library, in a process of its own.

    Returns
    -------
    dict of int to Took
        For each size what a message took.

    Raises
    ------
    BenchError
        If it failed or took too long.
    """
    try:
        if row == IMPORT:
            wall, cpu = map(float, _run("-c", _IMPORT.format(IMPORTS[library])).split())
            return {0: Took(wall, cpu)}
        options = [row, library, str(seconds), *map(str, sizes)]
        results = json.loads(_run("-m", "web.tools.workloads", *options))
        return {
            one["size"]: Took(one["seconds"] / one["messages"], one["cpu"] / one["messages"])
            for one in results
        }
    except BenchError as error:
        raise BenchError(f"{row} with {library}: {error}") from None


def measure_all(
    libraries: list[str], sizes: tuple[int, ...], repetitions: int, seconds: float
) -> Runs:
    """Time everything, each repetition after the other; BenchError if something failed."""
    runs: Runs = {}
    steps = list(plan(libraries))
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("measuring", total=len(steps) * repetitions)
        for _ in range(repetitions):
            for row, library in steps:
                progress.update(bar, description=f"{row}, {library}")
                for size, took in measure(row, library, sizes, seconds).items():
                    runs.setdefault((row, size, library), []).append(took)
                progress.advance(bar)
    return runs


def spread(values: list[float]) -> dict[str, float]:
    """The median, the least and the greatest."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def ratios(runs: Runs, row: str, size: int, library: str, against: str) -> list[float]:
    """In each repetition, how many times the other's rate; of round trips, of its time."""
    ours, theirs = runs.get((row, size, library)), runs.get((row, size, against))
    if not ours or not theirs:
        return []
    if row.startswith("req-rep"):
        return [own.wall / other.wall for own, other in zip(ours, theirs, strict=True)]
    return [other.wall / own.wall for own, other in zip(ours, theirs, strict=True)]


def report(runs: Runs, settings: dict[str, Any]) -> dict[str, Any]:
    """Put together what is stored."""
    measurements = [
        {
            "row": row,
            "size": size or None,
            "library": library,
            "seconds": [one.wall for one in times],
            "cpu": [one.cpu for one in times],
            **spread([one.wall for one in times]),
            "ratios": {
                against: spread(found)
                for against in AGAINST
                if row != IMPORT and (found := ratios(runs, row, size, library, against))
            },
        }
        for (row, size, library), times in runs.items()
    ]
    goals = []
    for row, size, against, goal in GOALS:
        found = ratios(runs, row, size, "purezmq", against)
        if found:
            middle = statistics.median(found)
            reached = middle <= goal if row.startswith("req-rep") else middle >= goal
            goals.append(
                {"row": row, "size": size, "against": against, "goal": goal,
                 **spread(found), "reached": reached}
            )  # fmt: skip
    imports = [one.wall for one in runs.get((IMPORT, 0, "purezmq"), [])]
    if imports:
        goals.append(
            {"row": IMPORT, "size": None, "against": None, "goal": IMPORT_GOAL,
             **spread(imports), "reached": statistics.median(imports) <= IMPORT_GOAL}
        )  # fmt: skip
    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "machine": machine(),
        "settings": settings,
        "rows": ROWS,
        "libraries": {name: LIBRARIES[name] for name in settings["libraries"]},
        "measurements": measurements,
        "goals": goals,
    }


def write(result: dict[str, Any], path: Path) -> None:
    """Write medians and spreads down for the page that shows them."""
    machine, settings = result["machine"], result["settings"]
    made = [
        result["date"][:10],
        *(machine[name] for name in ("system", "machine", "cores")),
        settings["load_before"],
        *(machine[name] for name in ("python", "pyzmq", "libzmq")),
        settings["repetitions"],
        settings["seconds"],
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for one in result["measurements"]:
            values = [one["median"], one["low"], one["high"], statistics.median(one["cpu"])]
            for against in AGAINST:
                found = one["ratios"].get(against, {})
                values += [found.get(name, "") for name in ("median", "low", "high")]
            shown = [f"{value:.4g}" if value != "" else "" for value in values]
            rows.writerow([*made, one["row"], one["size"] or "", one["library"], *shown])


def machine() -> dict[str, Any]:
    """Where and with what it was measured, and how busy the machine was."""
    zmq = importlib.import_module("zmq")
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "pyzmq": zmq.__version__,
        "libzmq": zmq.zmq_version(),
    }


def _rate(row: str, size: int, seconds: float) -> str:
    if row == IMPORT:
        return f"{seconds * 1e3:.0f} ms"
    if row.startswith("req-rep"):
        return f"{seconds * 1e6:,.0f} µs"
    if size >= 64 * 1024:
        return f"{size / seconds / 1e6:,.0f} MB/s"
    return f"{1 / seconds / 1e3:,.1f} k/s"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 99.5 else f"{value:#.2g}".removesuffix(".")


def _spread_text(values: dict[str, float]) -> str:
    low, high = _digits(values["low"]), _digits(values["high"])
    return f"{_digits(values['median'])} ({low}–{high})"


def size_text(size: int | None) -> str:
    """A message's size as the table says it."""
    return {None: "", 64 * 1024: "64 kB", 1000: "1 kB", 1_000_000: "1 MB"}.get(size, f"{size} B")


def tables(result: dict[str, Any]) -> list[Table]:
    """What was measured, a table a row of work, and what was wanted."""
    made = []
    names = [*LIBRARIES]
    for row, title in [*ROWS.items(), (IMPORT, "import")]:
        title += " (times: less is better)" if row.startswith("req-rep") else ""
        table = Table(title=title, title_justify="left")
        table.add_column("size")
        table.add_column("library")
        table.add_column("measured", justify="right")
        if row != IMPORT:
            table.add_column("zmq.asyncio = 1", justify="right")
            table.add_column("blocking = 1", justify="right")
        found = [one for one in result["measurements"] if one["row"] == row]
        found.sort(key=lambda one: (one["size"] or 0, names.index(one["library"])))
        for one in found:
            ratios = [
                "1" if against == one["library"] else _spread_text(one["ratios"][against])
                for against in AGAINST
                if row != IMPORT
            ]
            table.add_row(
                size_text(one["size"]) if one["library"] == found[0]["library"] else "",
                one["library"],
                _rate(row, one["size"] or 0, one["median"]),
                *ratios,
                end_section=one["library"] == found[-1]["library"],
            )
        made.append(table)
    wanted = Table(
        title="purezmq and its goals: of rates at least, of times at most", title_justify="left"
    )
    for name in ("work", "size", "beside"):
        wanted.add_column(name)
    for name in ("goal", "measured", "reached"):
        wanted.add_column(name, justify="right")
    for one in result["goals"]:
        values = {key: one[key] for key in ("median", "low", "high")}
        goal, measured = f"{one['goal']:g}", _spread_text(values)
        if one["row"] == IMPORT:
            goal = f"{one['goal'] * 1e3:.0f} ms"
            measured = _spread_text({key: value * 1e3 for key, value in values.items()}) + " ms"
        wanted.add_row(
            one["row"], size_text(one["size"]), one["against"] or "", goal, measured,
            "yes" if one["reached"] else "no",
        )  # fmt: skip
    return [*made, wanted] if result["goals"] else made


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the tables and store the results; 1 if something failed."""
    parser = argparse.ArgumentParser(prog="python -m web.tools.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only try that each row runs")
    parser.add_argument("--repetitions", type=int, help=f"how often (default {REPETITIONS})")
    parser.add_argument(
        "--seconds", type=float, help=f"for each measurement, about (default {SECONDS})"
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go")
    parser.add_argument(
        "--figures", type=Path, default=FIGURES, help="where a whole run writes what the page shows"
    )
    options = parser.parse_args(arguments)
    usual = (1, 0.01) if options.quick else (REPETITIONS, SECONDS)
    repetitions = usual[0] if options.repetitions is None else options.repetitions
    seconds = usual[1] if options.seconds is None else options.seconds
    if repetitions < 1 or not 0 < seconds <= 10:
        parser.error("at least one repetition, and more than 0 and at most 10 seconds")
    libraries = [name for name in LIBRARIES if name != "purezmq" or find_spec("purezmq.asyncio")]
    before = os.getloadavg()[0]
    busy = before > (os.cpu_count() or 1) * 0.5
    console = Console()
    if busy:
        console.print(
            f"bench: the machine is busy (load {before:.1f}): the page's figures will stay as they"
            " are. Measure again when it is quiet.",
            markup=False,
        )
    # pip compiled pyzmq when it installed it, and its import shall not be compared with a compiler.
    compileall.compile_dir(ROOT / "purezmq", quiet=2)
    try:
        runs = measure_all(libraries, SIZES, repetitions, seconds)
    except BenchError as error:
        console.print(f"bench: {error}", style="bold", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("bench: stopped; nothing was stored")
        return 130
    settings = {
        "quick": options.quick,
        "repetitions": repetitions,
        "seconds": seconds,
        "libraries": libraries,
        "high_water_mark": {size: high_water_mark(size) for size in SIZES},
        "window": {size: window(size) for size in SIZES},
        "load_before": round(before, 1),
    }
    result = report(runs, settings)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for table in tables(result):
        console.print(table)
    for name in libraries:
        console.print(f"  {name}: {LIBRARIES[name]}", markup=False, highlight=False)
    if busy:
        console.print(
            f"  The machine was busy before this began (load {before:.1f}): measure again.",
            markup=False,
        )
    if options.quick:
        console.print("  A quick run: these times mean nothing.", markup=False)
    console.print(f"  All of it: {options.output}", markup=False, highlight=False, soft_wrap=True)
    if not busy and repetitions >= LEAST:
        write(result, options.figures)
        console.print(f"  For the page: {options.figures}", markup=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
