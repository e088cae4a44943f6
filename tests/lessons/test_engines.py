"""Lessons that say `engine: both` pass with purezmq too; test_lessons.py has libzmq."""

import os
import subprocess
import sys

import pytest

from web.lessons.source import read
from web.paths import LESSONS, ROOT

BOTH = [path for path in sorted(LESSONS.glob("[0-9]*.md")) if read(path).head.engine == "both"]


@pytest.mark.parametrize("lesson", BOTH, ids=lambda path: path.stem)
def test_a_lesson_passes_with_purezmq(lesson, tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "tests/lessons/engine_purezmq.py", str(lesson)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_there_are_such_lessons() -> None:
    assert BOTH
