"""`make check`: the tests of what changed, in time, and a word about the rest."""

import os
import subprocess
import sys
import time

import pytest

from web.paths import ROOT
from web.tools.check import Check, Plan, changed, plan

FILES = (
    "notebooks/04-transports/lesson.md",
    "purezmq/wire/frame.py",
    "tests/lessons/test_exercises.py",
    "tests/lessons/test_lessons.py",
    "tests/purezmq/wire/test_frame.py",
    "tests/purezmq/patterns/test_lb.py",
    "tests/purezmq/test_interop.py",
    "tests/examples/test_request_reply.py",
    "tests/site/test_pages.py",
    "tests/web/site/test_bundle.py",
    "tests/web/site/test_wheel.py",
    "tests/zmqlab/draw/test_svg.py",
    "tests/zmqlab/test_stage.py",
)


@pytest.fixture
def here(tmp_path):
    """A project with a few tests, one of which imports a module that is not its own."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "tests/zmqlab/test_stage.py").write_text("from zmqlab.draw import svg\n")
    (tmp_path / "tests/site/test_pages.py").write_text("import zmqlab.draw.svg\n")
    (tmp_path / "tests/web/site/test_bundle.py").write_text("from web.site import wheel\n")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("zmqlab/draw/svg.py", ["tests/zmqlab/draw/test_svg.py", "tests/zmqlab/test_stage.py"]),
        ("zmqlab/stage.py", ["tests/zmqlab/test_stage.py"]),
        ("purezmq/wire/frame.py", ["tests/purezmq/wire", "tests/purezmq/patterns"]),
        ("examples/request_reply/client.py", ["tests/examples/test_request_reply.py"]),
        ("notebooks/04-transports/checks.py", ["tests/lessons/test_exercises.py"]),
        ("tests/zmqlab/test_stage.py", ["tests/zmqlab/test_stage.py"]),
        ("tests/zmqlab/test_removed.py", []),
        ("tests/zmqlab/conftest.py", ["tests/zmqlab"]),
        ("tests/lessons/test_lessons.py", []),
        ("guide_en/start.md", []),
        ("Makefile", []),
    ],
)
def test_a_changed_file_has_the_tests_of_its_path_and_those_that_import_it(here, file, tests):
    assert plan([file], here).tests == tests


def test_what_only_make_test_runs_is_named(here):
    made = plan(["web/site/wheel.py", "tests/lessons/test_lessons.py"], here)
    assert made.tests == ["tests/web/site/test_wheel.py"]
    assert made.elsewhere == ["tests/lessons/test_lessons.py", "tests/web/site/test_bundle.py"]


def test_only_the_exercises_of_changed_lessons_are_meant(here):
    files = ["notebooks/04-transports/lesson.md", "notebooks/12-load-balancing/checks.py"]
    assert plan(files, here).lessons == {"04", "12"}


def test_changes_are_what_git_says(tmp_path, monkeypatch):
    def git(*words):
        identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    monkeypatch.delenv("SINCE", raising=False)
    git("init", "-q", "-b", "main")
    for number in range(2):
        (tmp_path / f"{number}.py").touch()
        git("add", ".")
        git("commit", "-q", "-m", "x")
    assert changed(tmp_path) == ["1.py"]  # nothing differs: the last commit
    git("checkout", "-q", "-b", "work")
    (tmp_path / "2.py").touch()
    git("add", ".")
    git("commit", "-q", "-m", "x")
    (tmp_path / "0.py").write_text("x")
    (tmp_path / "new.py").touch()
    assert changed(tmp_path) == ["0.py", "new.py"]
    monkeypatch.setenv("SINCE", "main")
    assert changed(tmp_path) == ["0.py", "2.py", "new.py"]


def test_a_step_that_is_not_ready_in_time_is_ended_and_named(tmp_path, capsys):
    (tmp_path / "slow.py").write_text(
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "time.sleep(600)\n"
    )
    check = Check(seconds=2.0, root=tmp_path)
    started = time.monotonic()
    check.step("slow", "slow")
    check.step("later", "slow")
    assert time.monotonic() - started < 30
    assert check.left_out == ["slow, ended before it was ready", "later"]
    assert check.failed == []


def test_a_test_that_does_not_end_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("web.tools.check.GRACE", 1.0)
    (tmp_path / "test_slow.py").write_text("import time\n\ndef test_it(): time.sleep(600)\n")
    check = Check(seconds=8.0)
    started = time.monotonic()
    check.tests(Plan(tests=[str(tmp_path)]))
    assert time.monotonic() - started < 30
    (left_out,) = check.left_out
    assert left_out.endswith("test_slow.py::test_it") or "1 tests" in left_out
    assert check.failed == []


def test_a_step_that_fails_is_shown_and_counts(tmp_path, capsys):
    (tmp_path / "wrong.py").write_text("raise SystemExit('this is why')")
    check = Check(root=tmp_path)
    check.step("wrong", "wrong")
    assert check.failed == ["wrong"]
    assert "this is why\ncheck: wrong failed, " in capsys.readouterr().out


def test_no_test_begins_too_late_and_what_was_left_out_is_named(tmp_path):
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text("def test_a(): pass\n\ndef test_b(): pass\n")
    made = Plan(tests=[str(tmp_path)])
    with_room = Check(seconds=100.0)
    with_room.tests(made)
    assert (with_room.failed, with_room.left_out) == ([], [])
    late = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "web.tools.deadline", str(tmp_path)],
        cwd=ROOT,
        env=dict(os.environ, CHECK_END="0", CHECK_LEFT_OUT=str(tmp_path / "left-out")),
        capture_output=True,
        text=True,
    )
    assert late.returncode == 0 and "4 skipped" in late.stdout
    lines = (tmp_path / "left-out").read_text().splitlines()
    assert [line.rpartition("/")[2] for line in lines] == [
        "test_one.py, 2 tests",
        "test_two.py, 2 tests",
    ]


def test_exercises_of_other_lessons_are_deselected(tmp_path):
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "test_exercises.py").write_text(
        "import pytest\n\n"
        "@pytest.mark.parametrize('number', ['01', '02'])\n"
        "def test_it(number): assert number == '02'\n"
    )
    (tmp_path / "test_other.py").write_text("def test_it(): pass\n")
    check = Check(seconds=100.0)
    check.tests(Plan(tests=[str(tmp_path)], lessons={"02"}))
    assert (check.failed, check.left_out) == ([], [])
    check.tests(Plan(tests=[str(tmp_path)], lessons={"01"}))
    assert len(check.failed) == 1
