"""Run every check there is, in order, and say how long each step took: ``make test``.

Lint and types first, for they end in seconds. Then the build, in which lessons that measure run
alone; then all tests, on as many workers as there are cores. The tests' own report is
``build/reports/tests.json`` (`web.tools.times`), that of the steps ``build/reports/steps.json``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from web.paths import BUILD, ROOT

PYTHON = sys.executable
REPORT = BUILD / "reports" / "steps.json"
STEPS: dict[str, Sequence[Sequence[str]]] = {
    "lint": (
        (PYTHON, "-m", "web.lint"),
        (PYTHON, "-m", "ruff", "check", "."),
        (PYTHON, "-m", "ruff", "format", "--check", "."),
    ),
    "types": ((PYTHON, "-m", "mypy"),),
    "lessons and site": ((PYTHON, "-m", "web.site.build"),),
}


def workers() -> int:
    """Return how many tests run side by side: one for each core, at least two, at most four."""
    return min(4, max(2, os.cpu_count() or 1))


def main() -> int:
    """Run all steps; return the status of the first that fails, 0 if none does."""
    seconds: dict[str, float] = {}
    status = 0
    tests = (PYTHON, "-m", "pytest", "-n", str(workers()), "--dist", "loadgroup")
    for name, commands in (*STEPS.items(), ("tests", (tests,))):
        started = time.perf_counter()
        for command in commands:
            status = status or subprocess.run(command, cwd=ROOT).returncode
        seconds[name] = round(time.perf_counter() - started, 1)
        if status:
            break
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps({"seconds": seconds, "status": status}, indent=1))
    took = ", ".join(f"{name} {time_:.0f} s" for name, time_ in seconds.items())
    print(f"checks: {took}; in all {sum(seconds.values()) / 60:.1f} minutes")
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nchecks: stopped", file=sys.stderr)
        sys.exit(130)
