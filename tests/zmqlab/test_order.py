"""A cell that is run out of order says what to do, in the kernel's language."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="NoColor")
shell.run_cell("import zmq; from zmqlab import Stage; stage = Stage()")
done = shell.run_cell({cell!r})
print("failed:", type(done.error_in_exec).__name__)
"""


def run(cell, language="en"):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(cell=cell)],
        env=os.environ | {"ZMQLAB_LANGUAGE": language},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("cell", "error", "words"),
    [
        ("client.close()", "NameError", "client is made by an earlier cell"),
        ("raise zmq.Again()", "Again", "run from the top"),
        ("raise TimeoutError('client was not refused')", "TimeoutError", "run from the top"),
    ],
)
def test_it_says_to_run_from_the_top(cell, error, words):
    out = run(cell)
    assert words in out
    assert f"failed: {error}" in out


def test_it_says_so_in_korean():
    assert "맨 위부터 차례로 실행하세요" in run("client.close()", "ko")


@pytest.mark.parametrize(
    "cell", ["raise ValueError('no')", "def f():\n    print(a)\n    a = 1\nf()"]
)
def test_other_errors_are_the_cells_own(cell):
    assert "from the top" not in run(cell)
