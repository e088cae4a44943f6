"""`make lab` opens on the first lesson, and says what it needs as root and in a container."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from web.lessons.folders import page_name, pages
from web.paths import ROOT
from web.tools import lab

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FIRST = page_name(pages()[0])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Let the lab work in a folder of its own, as an ordinary user, and start nothing."""
    started = []
    monkeypatch.setattr(lab, "BUILD", tmp_path)
    monkeypatch.setattr(lab, "is_root", lambda: False)
    monkeypatch.setattr(lab, "write_all", lambda languages: started.append(languages))
    monkeypatch.setattr(lab.sys, "prefix", str(tmp_path / "prefix"))
    monkeypatch.setattr(lab.os, "execve", lambda *given: started.append(given))
    monkeypatch.setattr(lab.sys, "argv", ["lab", "ko"])
    for name in ("ALLOW_ROOT", "IP"):
        monkeypatch.delenv(name, raising=False)
    return started


def test_it_opens_on_the_first_lesson_of_its_language(here, tmp_path, capsys):
    lab.main()
    languages, (program, command, environment) = here
    assert languages == ("ko",)
    assert program == sys.executable
    assert f"--LabApp.default_url=/lab/tree/{FIRST}.ipynb" in command
    assert f"--notebook-dir={tmp_path / 'notebooks' / 'ko'}" in command
    assert not [word for word in command if word.startswith(("--allow-root", "--ip"))]
    assert environment["ZMQLAB_LANGUAGE"] == "ko"
    assert environment["JUPYTERLAB_WORKSPACES_DIR"] == str(tmp_path / "lab" / "ko")
    assert "폴더에 있습니다" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "page"),
    [
        ({"layout-restorer:data": {"main": {}}}, f"/lab/tree/{FIRST}.ipynb"),
        ({"notebook:02-x.ipynb": {"data": {"path": "02-x.ipynb"}}}, "/lab"),
    ],
    ids=["nothing left open", "a notebook left open"],
)
def test_later_it_opens_where_the_learner_left_off(here, data, page):
    folder = lab.workspaces("ko")
    folder.mkdir(parents=True)
    text = json.dumps({"data": data, "metadata": {"id": "default"}})
    (folder / "default-37a8.jupyterlab-workspace").write_text(text, encoding="utf-8")
    lab.main()
    assert f"--LabApp.default_url={page}" in here[1][1]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_as_root_it_says_in_one_line_what_to_do(here, monkeypatch, capsys, language):
    monkeypatch.setattr(lab, "is_root", lambda: True)
    monkeypatch.setattr(lab.sys, "argv", ["lab", language])
    for refused in ("", "0"):
        monkeypatch.setenv("ALLOW_ROOT", refused)
        assert lab.main() == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "ALLOW_ROOT=1 make lab" in said and "IP=0.0.0.0" in said
        assert ("LANGUAGE=ko" in said) == (language == "ko")
    assert here == []
    monkeypatch.setenv("ALLOW_ROOT", "1")
    monkeypatch.setenv("IP", "0.0.0.0")
    lab.main()
    assert {"--allow-root", "--ip=0.0.0.0"} <= set(here[1][1])


def test_settings_are_added_and_a_learners_own_stay(here, tmp_path):
    path = tmp_path / "prefix" / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    lab.write_settings()
    assert json.loads(path.read_text()) == lab.SETTINGS
    notification = "@jupyterlab/apputils-extension:notification"
    assert lab.SETTINGS[notification] == {"fetchNews": "false", "checkForUpdates": False}
    own = {notification: {"fetchNews": "true"}, "other": {}}
    path.write_text(json.dumps(own))
    lab.write_settings()
    assert json.loads(path.read_text()) == {**lab.SETTINGS, **own}
    path.write_text("not JSON")
    lab.write_settings()
    assert path.read_text() == "not JSON"


def test_make_takes_the_environment_that_is_there(tmp_path):
    def shown(*made):
        for name in made:
            (tmp_path / name).mkdir()
            (tmp_path / name / ".ready").touch()
        (tmp_path / "Makefile").write_text(MAKEFILE, encoding="utf-8")
        for name in ("requirements.txt", "constraints.txt", "pyproject.toml"):
            (tmp_path / name).touch()
        (tmp_path / "web" / "tools").mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / "tools" / "setup_venv.py").touch()
        command = ["make", "-n", "lab", "doctor", "LANGUAGE=ko"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    learner = shown().stdout
    assert "setup_venv.py learn" in learner
    assert ".venv-lab/bin/python -m web.tools.lab ko" in learner
    assert re.search(r"\.venv-lab/bin/zmqlab doctor *$", learner, re.M)
    maintainer = shown(".venv").stdout
    assert ".venv/bin/python -m web.tools.lab ko" in maintainer
    assert ".venv/bin/zmqlab doctor --all" in maintainer
    assert "learn" not in maintainer


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
def test_jupyterlab_takes_what_it_is_given(tmp_path):
    """The real server starts with our command and leads to the first lesson."""
    (tmp_path / "notebooks" / "en").mkdir(parents=True)
    program = (
        "import os, pathlib, sys\n"
        "from web.tools import lab\n"
        f"lab.BUILD = pathlib.Path({str(tmp_path)!r})\n"
        "command = lab.command('en', {'ALLOW_ROOT': '1', 'IP': '127.0.0.1'})\n"
        "os.execv(command[0], [*command, '--no-browser'])\n"
    )
    environment = dict(os.environ, JUPYTERLAB_WORKSPACES_DIR=str(tmp_path / "lab"))
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as server:
        try:
            address = _address(server)
            assert address.partition("?token=")[0].endswith(f"/lab/tree/{FIRST}.ipynb")
            assert b"jupyter-config-data" in _page(address)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def _address(server):
    """Wait until the server has said where it is, at most a minute."""
    said, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([server.stdout], [], [], 1)[0]:
            said += os.read(server.stdout.fileno(), 4096)
        if found := re.search(rb"(http://127\.0\.0\.1:\d+/\S+)\s", said):
            return found[1].decode()
        assert server.poll() is None, said.decode()
    raise AssertionError(said.decode())


def _page(address):
    """Ask for a page until the server listens, which it does after it has said so."""
    end = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as page:
                return page.read()
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > end:
                raise
            time.sleep(0.1)
