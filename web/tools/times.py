"""How long the parts of the test suite took: a plugin of pytest.

A part is a folder right below ``tests``. After a run each part's seconds are printed, and they go
to ``build/reports/tests.json`` with the slowest tests. With pytest-xdist the process that hands out
the tests counts what its workers report, so each test counts once.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from web.paths import BUILD

REPORT = BUILD / "reports" / "tests.json"
SLOWEST = 50
GROUP = re.compile(r"@[\w-]+$")
"""What ``--dist loadgroup`` adds to a test's name."""


def part_of(test: str) -> str:
    """Return the part that a test belongs to.

    >>> part_of("tests/site/test_pages.py::test_links")
    'site'
    """
    folders = Path(test.partition("::")[0]).parts[:-1]
    below = folders[folders.index("tests") + 1 :] if "tests" in folders else folders
    return below[0] if below else "tests"


class Times:
    """Adds up what each test took: its setup, its call and its teardown."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.began = time.perf_counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a report."""
        self.seconds[GROUP.sub("", report.nodeid)] += report.duration

    def parts(self) -> dict[str, dict[str, float]]:
        """Return the number of tests and the seconds of each part, the longest part first."""
        tests = Counter(map(part_of, self.seconds))
        took: defaultdict[str, float] = defaultdict(float)
        for test, seconds in self.seconds.items():
            took[part_of(test)] += seconds
        longest = sorted(took, key=lambda part: -took[part])
        return {part: {"tests": tests[part], "seconds": round(took[part], 1)} for part in longest}

    def report(self) -> dict[str, object]:
        """Return what is stored."""
        slowest = sorted(self.seconds.items(), key=lambda item: -item[1])[:SLOWEST]
        return {
            "date": datetime.now().astimezone().isoformat(timespec="seconds"),
            "arguments": list(self.config.invocation_params.args),
            "workers": self.config.getoption("numprocesses", None) or 1,
            "seconds": round(time.perf_counter() - self.began, 1),
            "parts": self.parts(),
            "slowest": [{"test": test, "seconds": round(seconds, 2)} for test, seconds in slowest],
        }

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the parts and write the report."""
        if not self.seconds:
            return
        report = self.report()
        path = Path(self.config.getoption("times"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        terminalreporter.section("how long each part took")
        for part, figures in self.parts().items():
            line = f"{part:12} {figures['tests']:6} tests {figures['seconds']:8.1f} s"
            terminalreporter.line(line)
        workers = f"{report['workers']} at a time"
        terminalreporter.line(f"{'together':12} {report['seconds']} s, {workers}: {path}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the report's file."""
    parser.addoption("--times", default=str(REPORT), help="where the seconds of each part go")


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that prints; a worker of pytest-xdist has nothing to print."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Times(config), "times")
