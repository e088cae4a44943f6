"""`zmqlab check`: notebooks of a class, good ones, wrong ones, and what is none."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from web.lessons.folders import pages
from web.lessons.source import read
from web.paths import LESSONS
from zmqlab.exercises import handed_in
from zmqlab.exercises.handed_in import check_notebook, facts, needed, read_cells

NAMES = ("01 ask again", "01 reply within")


def notebook(*cells):
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [{"cell_type": "markdown", "source": "# text"}]
            + [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells],
        }
    )


def solutions():
    """The solutions of lesson 01, by the check's name."""
    path = next(path for path in pages(LESSONS) if path.parent.name.startswith("01-"))
    found = {}
    lesson = read(path)
    for one in lesson.exercises():
        name = "01 ask again" if "def ask(" in one.solution else "01 reply within"
        found[name] = one.solution
    assert set(found) == set(NAMES)
    return found


SETUP = "import zmq\nimport zmq.asyncio\nimport asyncio, time, os, sys"
WITHIN = 'from zmqlab import check\n\nawait check("01 reply within", reply_within)'
AGAIN = 'from zmqlab import check\n\nawait check("01 ask again", ask)'
NOTHING = "async def reply_within(client, seconds):\n    ..."


def only_within(answer, *, before=SETUP):
    return notebook(before, answer, WITHIN)


@pytest.fixture
def put(tmp_path):
    def put(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    return put


def state_of(path, limit=None):
    row = check_notebook(path, limit)
    assert row.trouble is None
    return {one.name: one for one in row.results}["01 reply within"]


def test_a_whole_notebook_with_the_lessons_solutions(put):
    answers = solutions()
    cells = [
        "%matplotlib inline\n!ls",
        SETUP,
        "raise RuntimeError('a cell that no exercise needs')",
        answers["01 reply within"],
        WITHIN,
        answers["01 ask again"],
        AGAIN,
        "def ask(): 'an experiment below the check'",
    ]
    row = check_notebook(put("mina.ipynb", notebook(*cells)))
    assert [(one.name, one.state, one.why.en) for one in row.results] == [
        (name, "passed", "") for name in NAMES
    ]
    assert row.passed


def test_what_is_not_passed(put):
    path = put("a.ipynb", notebook(SETUP, NOTHING, WITHIN))
    by_name = {one.name: one for one in check_notebook(path).results}
    assert by_name["01 reply within"].state == "not yet"
    assert by_name["01 ask again"].state == "missing"
    late = "async def reply_within(client, seconds):\n    return await client.recv_string()"
    found = state_of(put("b.ipynb", only_within(late)))
    assert found.state == "not right" and "Expected" in found.why.en
    assert "기대한 값" in found.why.ko


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ("async def reply_within(client, seconds:\n    pass", "error", "cell 2, line 1"),
        ("reply_within = 1 / 0", "error", "cell 2, line 1: ZeroDivisionError: division by zero"),
        ("sys.exit(3)\nreply_within = 1", "error", "SystemExit: 3"),
        ("os._exit(3)\nreply_within = 1", "crashed", "status 3"),
        ("os.kill(os.getpid(), 11)\nreply_within = 1", "crashed", "SIGSEGV"),
        ("os.write(3, b'{}'); os._exit(0)\nreply_within = 1", "crashed", "status 0"),
        ("reply_within = bytearray(5 << 30)", "error", "MemoryError"),
        ("other = 1", "error", "NameError"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="signals and limits are Linux's here")
def test_one_clear_line_for_what_breaks(put, answer, state, words):
    found = state_of(put("a.ipynb", only_within(answer)))
    assert found.state == state
    assert words in found.why.en and "\n" not in found.why.en


def test_a_cheat_with_its_own_check(put):
    cheat = (
        "import zmqlab, builtins\nzmqlab.check = lambda *_: True\n"
        "def check(name, answer): return True\nreply_within = 5\n"
        'print(\'{"state": "passed"}\')'
    )
    assert state_of(put("a.ipynb", only_within(cheat))).state == "not right"


@pytest.mark.skipif(os.name != "posix", reason="looks for processes by their mark")
def test_what_hangs_is_ended_with_all_that_it_started(put):
    mark = f"zmqlab-test-{os.getpid()}"
    starts = (
        "import subprocess, sys, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"code = 'import time; time.sleep(600)  # {mark}'\n"
        "subprocess.Popen([sys.executable, '-c', code])\n"
        "while True: time.sleep(1)\n"
        "reply_within = 1"
    )
    began = time.monotonic()
    found = state_of(put("a.ipynb", only_within(starts)), limit=4)
    assert (found.state, found.why.en) == ("no end", "no end within 4 s")
    assert time.monotonic() - began < 30

    def marked():
        for process in psutil.process_iter(["cmdline", "status"]):
            if process.info["status"] != psutil.STATUS_ZOMBIE and any(
                mark in one for one in process.info["cmdline"] or []
            ):
                yield process

    _, left = psutil.wait_procs(list(marked()), timeout=10)
    assert left == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is no notebook"),
        ("not JSON", "is no notebook"),
        ("[1, 2]", "is no notebook"),
        ('{"cells": 1}', "is no notebook"),
        ('{"cells": [{"cell_type": "code"}]}', "is no notebook"),
        ('{"cells": [{"cell_type": "code", "source": [1]}]}', "is no notebook"),
        ("[" * 100_000, "is no notebook"),
        (notebook("print(1)"), "holds no exercise"),
        (notebook("check(1, 2)", 'check("77 none", f)', "\0", "((("), "holds no exercise"),
    ],
)
def test_what_is_no_notebook(put, content, words):
    row = check_notebook(put("a.ipynb", content))
    assert words in row.trouble.en and row.results == () and not row.passed


def test_a_file_that_is_not_there_and_one_in_no_known_text(tmp_path):
    assert "cannot be read" in check_notebook(tmp_path / "none.ipynb").trouble.en
    binary = tmp_path / "b.ipynb"
    binary.write_bytes(b"\xff\xfe\0")
    assert "is no notebook" in check_notebook(binary).trouble.en


def test_which_cells_an_answer_needs():
    sources = [
        "import zmq",
        "limit = 3",
        "def helper():\n    local = 1\n    return limit",
        "local = 2",
        "broken (",
        "def answer():\n    return helper(), zmq, [limit for limit in ()]",
        "limit = 99",
    ]
    cells = [facts(source) for source in sources]
    assert needed(cells, {"answer"}, 6) == [0, 1, 2, 5]
    assert needed(cells, {"answer"}, 2) == [0, 1, 2, 5]  # it stands below its check
    assert facts("def f(:\n  pass").binds == {"f"}
    assert facts('await check("01 a", g(1))').checks == {"01 a": "g(1)"}


def test_sources_in_lines(put):
    content = json.dumps({"cells": [{"cell_type": "code", "source": ["a = 1\n", "b = 2"]}]})
    assert read_cells(put("a.ipynb", content)) == ["a = 1\nb = 2"]


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-c", "from zmqlab.cli import main; main()", "check", *arguments],
        capture_output=True, text=True, timeout=180, check=False,
        env={**os.environ, "PYTHONUTF8": "1", "ZMQLAB_LANGUAGE": "en"},
    )  # fmt: skip


def test_the_command(put, tmp_path):
    answers = solutions()
    good = notebook(SETUP, *(answers["01 reply within"], WITHIN), *(answers["01 ask again"], AGAIN))
    mina = put("class/mina.ipynb", good)
    put("class/jun.ipynb", notebook(SETUP, NOTHING, WITHIN, "async def ask(*_): ...", AGAIN))
    put("class/.ipynb_checkpoints", "").unlink()
    hidden = tmp_path / "class/.ipynb_checkpoints"
    hidden.mkdir()
    (hidden / "mina.ipynb").write_text("no")
    folder = str(tmp_path / "class")
    done = command(folder, "--jobs", "2")
    assert done.returncode == 1
    rows = [line for line in done.stdout.splitlines() if ".ipynb" in line]
    assert len(rows) == 2
    assert rows[0].count("○") == 2 and "jun.ipynb" in rows[0]
    assert rows[1].count("✓") == 2 and "mina.ipynb" in rows[1]
    as_json = command(str(mina), "--json")
    assert as_json.returncode == 0
    assert json.loads(as_json.stdout) == [
        {
            "file": str(mina),
            "passed": True,
            "trouble": None,
            "checks": [{"name": name, "state": "passed", "why": ""} for name in NAMES],
        }
    ]
    broken = put("none.ipynb", "{")
    done = command(str(broken), "--language", "ko")
    assert done.returncode == 2
    assert f"{broken}: 노트북 파일이 아닙니다" in done.stdout
    assert command(str(tmp_path / "class/.ipynb_checkpoints")).returncode == 2


def test_the_child_needs_no_class_and_no_home(put, monkeypatch):
    monkeypatch.setenv("ZMQLAB_CLASS", "/nowhere/class.json")
    environment = handed_in._environment("/somewhere")
    assert environment["ZMQLAB_CLASS"] == ""
    assert environment["HOME"] == environment["TMPDIR"] == "/somewhere"
    assert str(Path(handed_in.__file__).parents[2]) in environment["PYTHONPATH"]
