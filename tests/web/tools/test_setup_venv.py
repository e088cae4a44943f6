"""The first step says plainly what is missing."""

import builtins
import os
import signal
import subprocess
import sys

import pytest

from web.paths import ROOT
from web.tools import setup_venv


def test_an_old_python_is_told_which_one_is_needed(monkeypatch):
    monkeypatch.setattr(setup_venv.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(setup_venv, "VERSION", "3.9")
    with pytest.raises(SystemExit, match=r"this is Python 3\.9; 3\.11 or newer is needed"):
        setup_venv.create()


def test_a_missing_venv_module_is_named_with_its_package(monkeypatch):
    real = builtins.__import__

    def without_ensurepip(name, *arguments, **settings):
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *arguments, **settings)

    monkeypatch.setattr(builtins, "__import__", without_ensurepip)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        setup_venv.create()


def test_a_failed_installation_shows_the_last_words(monkeypatch, tmp_path):
    monkeypatch.setattr(setup_venv, "VENV", tmp_path)
    monkeypatch.setattr(setup_venv, "venv_python", lambda: sys.executable)
    real = subprocess.Popen

    def failing(_command, **settings):
        code = "import sys; sys.stderr.write('no network here'); sys.exit(1)"
        return real([sys.executable, "-c", code], **settings)

    monkeypatch.setattr(setup_venv.subprocess, "Popen", failing)
    with pytest.raises(SystemExit, match=r"(?s)could not be installed.*no network here"):
        setup_venv.install()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
def test_ctrl_c_ends_setup_and_pip_in_one_line(tmp_path):
    pip = "import time; print('Installing collected: a', flush=True); time.sleep(600)"
    program = f"""
import pathlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from web.tools import setup_venv
setup_venv.VENV = pathlib.Path({str(tmp_path)!r})
setup_venv.venv_python = lambda: pathlib.Path(sys.executable)
real = setup_venv.subprocess.Popen
def popen(command, **settings):
    if "install" not in command:
        return real(command, **settings)
    process = real([sys.executable, "-c", {pip!r}], **settings)
    (setup_venv.VENV / "pid").write_text(str(process.pid))
    return process
setup_venv.subprocess.Popen = popen
setup_venv.main()
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
