"""The files for containers, as far as can be told without a container engine.

That an image can be built from them is not tested here.
"""

import json
import os
import re
import shlex
import tomllib
from importlib import import_module

import pytest

from web.lessons.folders import page_name, pages
from web.lessons.localise import NOTEBOOKS
from web.paths import ROOT
from web.tools.lab import command
from web.tools.setup_venv import LEARN

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST = tuple(map(int, PROJECT["requires-python"].removeprefix(">=").split(".")))


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def instructions():
    lines = [line for line in text("Dockerfile").splitlines() if line and line[0] != "#"]
    return [tuple(line.split(maxsplit=1)) for line in lines]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Dockerfile", r"FROM python:(\d+)\.(\d+)-slim"),
        (".devcontainer/devcontainer.json", r"python:(\d+)\.(\d+)\""),
        (".binder/runtime.txt", r"python-(\d+)\.(\d+)\n"),
    ],
)
def test_its_python_is_new_enough(name, pattern):
    found = re.search(pattern, text(name))
    assert tuple(map(int, found.groups())) >= OLDEST


def test_they_install_what_make_lab_installs():
    makefile = text("Makefile")
    install = "web/tools/setup_venv.py learn"
    assert f"$(PYTHON) {install}" in makefile
    assert ("RUN", f"python {install}") in instructions()
    devcontainer = json.loads(text(".devcontainer/devcontainer.json"))
    assert devcontainer["postCreateCommand"] == f"python {install}"
    lines = [line for line in text(".binder/requirements.txt").splitlines() if line[0] != "#"]
    assert lines == ["-c ../constraints.txt", "-e .[learn]"]
    assert LEARN.wanted == ("-e", ".[learn]")
    assert (ROOT / ".binder" / "../constraints.txt").is_file()


def test_they_start_what_make_lab_starts():
    found = dict(instructions())
    entry = json.loads(found["ENTRYPOINT"])
    assert entry == [f"{LEARN.folder.name}/bin/python", "-m", "web.tools.lab"]
    assert json.loads(found["CMD"]) == ["en"]
    assert found["USER"] == "learner"  # JupyterLab does not run as root
    name, _, value = found["ENV"].partition("=")
    assert f"--ip={value}" in command("en", {name: value})
    attach = json.loads(text(".devcontainer/devcontainer.json"))["postAttachCommand"]
    assert shlex.split(attach) == [*entry, "en"]


def test_what_is_built_or_private_stays_out_of_the_image():
    left_out = text(".dockerignore").split()
    assert {".git", "build", ".venv*"} <= set(left_out)
    needed = {"pyproject.toml", "setup.py", "constraints.txt", "notebooks", "locale", "web"}
    assert not needed & set(left_out)


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_binders_script():
    script = text(".binder/postBuild")
    assert os.access(ROOT / ".binder" / "postBuild", os.X_OK)
    module = re.fullmatch(r"exec python -m (\S+)", script.splitlines()[-1])[1]
    assert callable(import_module(module).main)
    folder, lesson = re.search(r"urlpath=lab/tree/(\S+)/(\S+)\.ipynb", script).groups()
    assert ROOT / folder == NOTEBOOKS / "en"
    assert lesson in map(page_name, pages())
