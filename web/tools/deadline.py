"""A plugin of pytest's for `web.tools.check`: no test begins after the time, and it says which.

It takes the variables ``CHECK_END`` (seconds since 1970), ``CHECK_LEFT_OUT`` (the file for the
names of tests that were left out, one file of tests a line), ``CHECK_RUNNING`` (the file for the
name of the test that runs) and ``CHECK_LESSONS`` (the numbers of the lessons whose exercises are
meant, if any).
"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest

LEFT_OUT: pytest.StashKey[Counter[str]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    config.stash[LEFT_OUT] = Counter()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the exercises of lessons that have not changed."""
    wanted = os.environ.get("CHECK_LESSONS", "").split()
    others = [item for item in items if (number := _lesson(item)) and number not in wanted]
    if wanted and others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


def _lesson(item: pytest.Item) -> str:
    """Return the number of the lesson that a test is given; empty for any other test."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return str(parameters.get("number", "")) if "lessons" in item.path.parts else ""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what would begin too late, before any of its fixtures is made."""
    if time.time() > float(os.environ["CHECK_END"]):
        item.config.stash[LEFT_OUT][item.nodeid.partition("::")[0]] += 1
        pytest.skip("there was no time")
    Path(os.environ["CHECK_RUNNING"]).write_text(item.nodeid, encoding="utf-8")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down what was left out."""
    counts = session.config.stash[LEFT_OUT]
    lines = [f"{name}, {count} tests\n" for name, count in counts.items()]
    if lines:
        Path(os.environ["CHECK_LEFT_OUT"]).write_text("".join(lines), encoding="utf-8")
