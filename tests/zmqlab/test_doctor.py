import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import zmq

from zmqlab import doctor
from zmqlab.words.language import Text

LINE = re.compile(r"\[( OK |NOTE|FAIL)\] \S.*")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    language = {name: "" for name in ("ZMQLAB_LANGUAGE", "JPY_SESSION_NAME", "LC_ALL", "LANG")}
    return subprocess.run(
        [sys.executable, "-c", "from zmqlab.cli import main; main()", "doctor", *arguments],
        capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, **language, "PYTHONUTF8": "1", **environment},
    )  # fmt: skip


def states(text: str) -> list[str]:
    return [found[1] for line in text.splitlines() if (found := LINE.fullmatch(line))]


LEARNERS = (
    "Python 3.",
    f"pyzmq {zmq.__version__}, libzmq {zmq.zmq_version()}",
    "a message over tcp://127.0.0.1:",
    "a message over ipc",
    "Jupyter kernel in ",
    "can write to ",
)
MAINTAINERS = ("libzmq has ipc, curve", "127.0.0.2", "µs", "edis", "Chromium", "Korean font")


@pytest.mark.parametrize("arguments", [[], ["--all"]], ids=["a learner's", "all"])
def test_this_machine(arguments: list[str]) -> None:
    start = time.perf_counter()
    done = run(*arguments)
    assert time.perf_counter() - start < 10
    assert done.stderr == ""
    found = states(done.stdout)
    assert len(found) == len(LEARNERS) + 1 + len(MAINTAINERS) * bool(arguments)
    assert done.returncode == ("FAIL" in found)
    for words in LEARNERS:
        assert f"[ OK ] {words}" in done.stdout
    for words in MAINTAINERS:
        assert (words in done.stdout) == bool(arguments)
    assert ("This machine is ready." if not done.returncode else "Not ready yet") in done.stdout


@pytest.mark.parametrize(
    ("root", "container", "settings"),
    [
        (False, False, ""),
        (True, False, "ALLOW_ROOT=1 make lab"),
        (False, True, "IP=0.0.0.0 make lab"),
        (True, True, "ALLOW_ROOT=1 IP=0.0.0.0 make lab"),
    ],
)
def test_root_and_containers_are_told_what_jupyterlab_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: bool, container: bool, settings: str
) -> None:
    mark = tmp_path / "mark"
    monkeypatch.setattr(doctor, "CONTAINER_MARKS", (tmp_path / "other", mark))
    monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000)
    if container:
        mark.touch()
    found = doctor.user()
    assert found.state == ("NOTE" if settings else " OK ")
    for language in ("en", "ko"):
        said = found.line("en" if language == "en" else "ko")
        assert ("-> " + settings in said) if settings else ("->" not in said)
        assert ("8888" in said) == container
        assert ("root" in said) == root


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--language", "ko"], {}),
        ([], {"LANG": "ko_KR.UTF-8"}),
        (["--language", "ko"], {"LANG": "en_US.UTF-8"}),
    ],
)
def test_in_korean(arguments: list[str], environment: dict[str, str]) -> None:
    done = run(*arguments, **environment)
    assert "메시지 송수신: ipc" in done.stdout
    assert "This machine" not in done.stdout


def test_in_english_if_asked() -> None:
    assert "a message over ipc" in run("--language", "en", LANG="ko_KR.UTF-8").stdout


def test_a_language_that_is_not_there() -> None:
    assert run("--language", "fr").returncode == 2


def test_a_machine_without_pyzmq() -> None:
    """A Python whose import of zmq fails: the doctor still speaks, and says what to install."""
    blocked = (
        "import sys, importlib.abc\n"
        "class Without(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('zmq', 'typer', 'rich'): raise ModuleNotFoundError(name)\n"
        "import importlib.util\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'zmq' else "
        "real(name, *rest)\n"
        "sys.meta_path.insert(0, Without())\n"
        "from zmqlab import doctor\n"
        "sys.exit(doctor.examine('en'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", blocked], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert "[FAIL] pyzmq is not installed\n       -> install it: " in done.stdout
    assert "pip install" in done.stdout
    assert "Traceback" not in done.stderr
    assert "Not ready yet: " in done.stdout
    assert "a message over" not in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("raise ImportError('libzmq.so.5: cannot open')", "broken (ImportError: libzmq.so.5"),
        ("greeting = 'mine'", "which is not pyzmq"),
        (
            "__version__ = '22.3.0'\ndef zmq_version(): return '4.3.4'\ndef has(what): return 0",
            "pyzmq 22.3.0, libzmq 4.3.4",
        ),
    ],
    ids=["broken", "another zmq.py", "too old"],
)
def test_a_pyzmq_that_will_not_do(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "zmq.py").write_text(content)
    code = "import sys; from zmqlab import doctor; print(doctor.load_zmq()[1].line('en'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, timeout=30, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.startswith("[FAIL] ")
    assert words in done.stdout
    assert "\n       -> " in done.stdout


def test_sockets_that_fail_are_told_with_a_cure() -> None:
    def loopback(zmq: Any) -> doctor.Finding:
        raise OSError("not permitted")

    (found,) = doctor._tried(loopback, zmq)
    assert found.line("en").startswith("[FAIL] loopback: not permitted\n       -> a firewall")
    assert "방화벽" in found.line("ko")


def test_a_second_address_that_is_not_there() -> None:
    def refuse(endpoint: str) -> None:
        raise zmq.ZMQError(99)

    class Thing(SimpleNamespace):
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *error: object) -> None: ...

    without = SimpleNamespace(
        PAIR=0,
        ZMQError=zmq.ZMQError,
        Context=lambda: Thing(socket=lambda kind: Thing(bind=refuse)),
    )
    found = doctor.second_loopback(without)
    assert found.state == "NOTE"
    assert "two ports instead" in found.line("en")


def test_only_a_fail_makes_it_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def given(*states: Any) -> None:
        def findings(everything: bool) -> Iterator[doctor.Finding]:
            for state in states:
                yield doctor.Finding(state, Text(en="thing", ko="것"))

        monkeypatch.setattr(doctor, "findings", findings)

    given(" OK ", "NOTE")
    assert doctor.examine("en") == 0
    given(" OK ", "FAIL", "NOTE", "FAIL")
    assert doctor.examine("en") == 1
    out = capsys.readouterr().out.splitlines()
    assert out[:3] == ["[ OK ] thing", "[NOTE] thing", "This machine is ready."]
    assert out[-1] == "Not ready yet: 2 to mend (see the lines marked [FAIL])."


def test_the_build_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = tmp_path / "build"
    assert doctor.build_folder(build).state == " OK "
    assert not build.exists()
    build.mkdir()
    assert doctor.build_folder(build).state == " OK "
    assert list(build.iterdir()) == []

    def refuse(dir: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)  # root may write anywhere
    found = doctor.build_folder(build)
    assert found.state == "FAIL"
    assert f"can't write to {build} (Permission denied)" in found.line("en")


def test_what_only_some_need_is_a_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert doctor.chromium().state == "NOTE"
    assert doctor.korean_font().state == "NOTE"
    (tmp_path / "chromium-1234").mkdir()
    assert doctor.chromium().state == " OK "


def test_no_jupyter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = doctor.jupyter()
    assert found.state == "FAIL"
    assert "ipykernel" in found.line("en")
    assert "pip install jupyterlab" in found.line("ko")


def test_a_kernel_that_does_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert doctor.jupyter().state == " OK "
    (tmp_path / "ipykernel").mkdir()
    (tmp_path / "ipykernel" / "__init__.py").write_text("raise ImportError('half installed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = doctor.jupyter()
    assert found.state == "FAIL"
    assert "broken (ImportError: half installed)" in found.line("en")
    assert "pip install jupyterlab" in found.line("ko")


@pytest.mark.skipif(not zmq.has("ipc"), reason="no ipc")
def test_a_folder_too_long_for_ipc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    home.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(home))
    (found,) = doctor._tried(doctor.ipc, zmq)
    assert found.state == "FAIL"
    assert f"too long for ipc: {home}" in found.line("en")
    assert "export TMPDIR=/tmp" in found.line("ko")


def test_a_terminal_without_korean() -> None:
    done = run("--language", "ko", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert "Traceback" not in done.stderr
    assert done.returncode == ("FAIL" in states(done.stdout))
    assert len(states(done.stdout)) == len(LEARNERS) + 1


def test_redis_is_for_one_lesson_only(monkeypatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    finding = doctor.redis_server()
    assert finding.state == "NOTE"
    assert "sudo apt install redis-server" in finding.line("en")
    monkeypatch.setattr("shutil.which", lambda name: f"/somewhere/{name}")
    assert doctor.redis_server().line("ko") == "[ OK ] Redis: /somewhere/redis-server"
