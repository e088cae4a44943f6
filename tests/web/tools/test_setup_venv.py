"""The first step says plainly what is missing."""

import builtins
import os
import re
import signal
import subprocess
import sys
import tomllib

import pytest

from web.paths import ROOT
from web.tools import setup_venv


def test_an_old_python_is_told_which_one_is_needed(monkeypatch, tmp_path):
    monkeypatch.setattr(setup_venv.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(setup_venv, "VERSION", "3.9")
    with pytest.raises(SystemExit, match=r"this is Python 3\.9; 3\.11 or newer is needed"):
        setup_venv.create(tmp_path / "venv")


def test_a_missing_venv_module_is_named_with_its_package(monkeypatch, tmp_path):
    real = builtins.__import__

    def without_ensurepip(name, *arguments, **settings):
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *arguments, **settings)

    monkeypatch.setattr(builtins, "__import__", without_ensurepip)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        setup_venv.create(tmp_path / "venv")


def test_a_failed_installation_shows_the_last_words(monkeypatch, tmp_path):
    real = subprocess.Popen

    def failing(_command, **settings):
        code = "import sys; sys.stderr.write('no network here'); sys.exit(1)"
        return real([sys.executable, "-c", code], **settings)

    monkeypatch.setattr(setup_venv.subprocess, "Popen", failing)
    with pytest.raises(SystemExit, match=r"(?s)could not be installed.*no network here"):
        setup_venv.install(setup_venv.Environment(tmp_path, ("-r", "requirements.txt")))


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
def test_ctrl_c_ends_setup_and_pip_in_one_line(tmp_path):
    pip = "import time; print('Installing collected: a', flush=True); time.sleep(600)"
    program = f"""
import pathlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from web.tools import setup_venv
here = pathlib.Path({str(tmp_path)!r})
setup_venv.LEARN = setup_venv.Environment(here, ("-e", ".[learn]"))
setup_venv.Environment.python = property(lambda environment: pathlib.Path(sys.executable))
real = setup_venv.subprocess.Popen
def popen(command, **settings):
    if "install" not in command:
        return real(command, **settings)
    process = real([sys.executable, "-c", {pip!r}], **settings)
    (here / "pid").write_text(str(process.pid))
    return process
setup_venv.subprocess.Popen = popen
setup_venv.main(["learn"])
"""
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", program],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert any("installing 1 packages" in line for line in process.stdout)
    pip_pid = int((tmp_path / "pid").read_text())
    os.kill(pip_pid, 0)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "\nsetup: stopped; run it again\n")
    with pytest.raises(ProcessLookupError):
        os.kill(pip_pid, 0)


HEAVY = ("sphinx", "myst", "kiwipiepy", "playwright", "mypy", "jupytext", "nbclient", "redis")


def test_a_learner_gets_only_what_the_lessons_need_and_all_of_it_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["learn"]
    names = {re.split(r"[^\w.-]", line)[0] for line in wanted}
    assert {"pyzmq", "ipykernel", "jupyterlab", "psutil", "rich", "typer"} <= names
    assert not {name for name in names if name.lower().startswith(HEAVY)}
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert names <= {pin.partition("==")[0] for pin in pins}
    assert setup_venv.LEARN.wanted == ("-e", ".[learn]")
    assert setup_venv.LEARN.folder != setup_venv.ALL.folder
