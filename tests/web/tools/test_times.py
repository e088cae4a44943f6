"""The seconds of each part: every test counts once, with and without workers."""

import json
import os
import subprocess
import sys

import pytest

from web.paths import ROOT
from web.tools.times import part_of

SLOW = """
import time

import pytest


@pytest.fixture
def slow():
    time.sleep(0.2)


@pytest.mark.xdist_group("one")
def test_slow(slow):
    pass


def test_failing():
    raise AssertionError
"""
QUICK = """
import pytest


@pytest.mark.parametrize("value", ["a@b", "c"])
def test_quick(value):
    pass
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_each_test_counts_once(tmp_path, workers):
    for name, text in {"core/deep/test_slow.py": SLOW, "page/test_quick.py": QUICK}.items():
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    stored = tmp_path / "deep" / "tests.json"
    command = [sys.executable, "-m", "pytest", "-v", "-p", "web.tools.times", "--times", stored]
    command += ["-n", str(workers), "--dist", "loadgroup", "--rootdir", tmp_path, tmp_path]
    done = subprocess.run(
        [*map(str, command)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert "1 failed, 3 passed" in done.stdout, done.stdout + done.stderr
    # pytest-xdist 3.8 and pytest 9.2 ignored the groups without a word.
    assert ("test_slow@one" in done.stdout) == (workers == 2)
    report = json.loads(stored.read_text(encoding="utf-8"))
    assert report["workers"] == max(1, workers)
    assert {part: one["tests"] for part, one in report["parts"].items()} == {"core": 2, "page": 2}
    assert 0.2 <= report["parts"]["core"]["seconds"] <= report["seconds"]
    slowest, *others = report["slowest"]
    assert slowest["test"] == "tests/core/deep/test_slow.py::test_slow"
    assert slowest["seconds"] >= 0.2 and len(others) == 3
    assert "tests/page/test_quick.py::test_quick[a@b]" in [one["test"] for one in others]
    assert "how long each part took" in done.stdout
    for part in ("core", "page"):
        assert f"{part:12} {2:6} tests" in done.stdout


def test_a_part_is_a_folder_below_tests():
    for test, part in {
        "tests/site/test_pages.py::test_x[tests/a]": "site",
        "tests/purezmq/wire/test_frame.py::test_x": "purezmq",
        "tests/test_requirements.py::test_x": "tests",
    }.items():
        assert part_of(test) == part
