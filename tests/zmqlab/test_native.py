"""The C program beside Python: it builds against pyzmq's libzmq, runs, and is missed in words."""

import shutil
import subprocess

import pytest

from zmqlab import compiled
from zmqlab.run.native import libraries


def test_it_builds_and_measures_where_there_is_a_compiler(tmp_path):
    program = compiled("speed/pair.c", tmp_path)
    if not (shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")):
        assert program is None
        return
    assert program is not None and program.parent == tmp_path
    done = subprocess.run(
        [program, "10", "2000", "50"], capture_output=True, text=True, timeout=60, check=True
    )
    size, one_way, rate = map(float, done.stdout.split())
    assert size == 10 and 0.1 < one_way < 1e6 and 100 < rate < 1e9


def test_without_a_compiler_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert compiled("speed/pair.c", tmp_path) is None


def test_what_does_not_build_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/false")
    assert compiled("speed/pair.c", tmp_path) is None
    assert compiled("speed/nothing.c", tmp_path) is None


def test_the_library_is_pyzmqs():
    assert all("libzmq" in one.name for one in libraries())


@pytest.mark.parametrize("arguments", [[], ["1"]])
def test_the_program_says_how_it_is_used(tmp_path, arguments):
    program = compiled("speed/pair.c", tmp_path)
    if program is not None:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and "usage" in done.stderr
