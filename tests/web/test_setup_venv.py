"""The first step says plainly what is missing."""

import builtins
import subprocess
import sys

import pytest

from web import setup_venv


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
