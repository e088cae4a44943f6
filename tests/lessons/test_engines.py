"""Lessons that say `engine: both` run with purezmq too, as they are given and solved."""

import os
import subprocess
import sys

import pytest

from web.lessons.folders import page_name, pages
from web.lessons.source import read
from web.paths import ROOT

BOTH = [path for path in pages() if read(path).head.engine == "both"]
each_lesson = pytest.mark.parametrize("path", BOTH, ids=page_name)


def run(path, folder, *options):
    done = subprocess.run(
        [sys.executable, "tests/lessons/engine_purezmq.py", str(path), *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@each_lesson
def test_its_cells_run_with_purezmq(path, tmp_path):
    run(path, tmp_path)


@pytest.mark.soak
@each_lesson
def test_it_passes_with_purezmq_and_its_solutions(path, tmp_path):
    run(path, tmp_path, "--solved")


def test_there_are_such_lessons():
    assert BOTH
