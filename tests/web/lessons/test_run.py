"""What makes a lesson run again: its cells, what it imports, what it starts."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import nbformat
import pytest

from web import paths
from web.lessons import run
from web.paths import ROOT


def files(*cells, lesson="99-none"):
    return {str(path.relative_to(ROOT)) for path in run.dependencies(lesson, cells)}


def test_an_instrument_counts_with_what_it_imports():
    found = files("from zmqlab import Stage")
    assert {"zmqlab/stage/__init__.py", "zmqlab/words/language.py", "zmqlab/__init__.py"} <= found
    assert "zmqlab/run/programs.py" not in found


def test_a_started_program_counts_with_what_it_imports():
    found = files('await programs.start("request_reply/server.py", "--bind", endpoint)')
    assert {"examples/request_reply/server.py", "zmqlab/run/role.py"} <= found


def test_a_started_example_counts_with_all_its_programs():
    found = files("from examples import start", 'await start(programs, "pipeline")')
    assert {"examples/__init__.py", "examples/pipeline/sink.py", "zmqlab/run/role.py"} <= found
    assert "examples/brokerless/peer.py" not in found


def test_a_lessons_own_checkers_count():
    assert "notebooks/01-first-message/checks.py" in files("1 + 1", lesson="01-first-message")
    assert "notebooks/01-first-message/checks.py" not in files("1 + 1", lesson="02-other")


def test_text_and_others_modules_do_not_count():
    assert files("import zmq, json", "print('zmqlab')", "await asyncio.sleep(0)") == set()


def test_a_changed_module_changes_the_fingerprint_of_those_that_import_it(monkeypatch, tmp_path):
    package = tmp_path / "zmqlab"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from zmqlab import two\n")
    (package / "two.py").write_text("X = 1\n")
    (package / "three.py").write_text("X = 1\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    uses_one, uses_three = ["import zmqlab.one"], ["import zmqlab.three"]
    before = run.fingerprint("99-a", uses_one), run.fingerprint("98-b", uses_three)
    (package / "two.py").write_text("X = 2\n")
    after = run.fingerprint("99-a", uses_one), run.fingerprint("98-b", uses_three)
    assert before[0] != after[0]
    assert before[1] == after[1]


LESSON = """---
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
lesson:
  title: Title
  question: Does it run?
  part: 1
  minutes: {{read: 1, exercises: 1}}
  level: beginner
  needs: []
  engine: both
  guide: []
  api: []
---

```{{code-cell}} ipython3
{code}
```
"""


@pytest.fixture
def lessons(monkeypatch, tmp_path):
    """Return a function that writes a lesson into an empty project and runs what is stale."""
    for name, folder in (("LESSONS", "notebooks"), ("BUILD", "build"), ("RUNS", "build/runs")):
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.setattr(paths, name, tmp_path / folder)

    def write_and_run(**codes):
        for name, code in codes.items():
            path = tmp_path / "notebooks" / name.lstrip("_").replace("_", "-") / "lesson.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(LESSON.format(code=code), encoding="utf-8")
        return run.run_lessons()

    return write_and_run


def test_runs_once_then_only_what_changed(lessons, capsys):
    assert lessons(_01_a="print(1)", _02_b="print(2)") == []
    first = capsys.readouterr().out
    assert "01-a ran in" in first and "02-b ran in" in first
    assert lessons() == []
    assert "nothing changed" in capsys.readouterr().out
    assert lessons(_02_b="print(3)") == []
    second = capsys.readouterr().out
    assert "02-b ran in" in second and "01-a" not in second


def test_a_failing_lesson_is_named_with_its_error_and_tried_again(lessons, capsys):
    assert lessons(_01_a="1 / 0", _02_b="print(2)") == ["01-a"]
    said = capsys.readouterr().out
    assert "ZeroDivisionError" in said and "02-b ran in" in said
    assert "notebooks/01-a/lesson.md:16: cell FAILED" in said  # where the cell's fence stands
    assert lessons() == ["01-a"]
    assert lessons(_01_a="print('mended')") == []


MEASURED = """
import pathlib
from zmqlab import must
count = pathlib.Path({count!r})
count.write_text(count.read_text() + "x" if count.exists() else "x")
must({ratio}, at_least=1.4)
"""


@pytest.fixture
def measured(lessons, tmp_path):
    """Return a function that runs a made-up lesson that measures, and how often it ran."""

    def run_it(ratio):
        count = tmp_path / "count"
        path = tmp_path / "notebooks" / "01-a" / "lesson.md"
        path.parent.mkdir(exist_ok=True)
        code = MEASURED.format(count=str(count), ratio=ratio)
        text = LESSON.format(code=code).replace("  engine: both", "  engine: both\n  measures: it")
        path.write_text(text, encoding="utf-8")
        failed = run.run_lessons()
        return failed, len(count.read_text())

    return run_it


def test_a_lesson_that_meets_its_condition_runs_once(measured, capsys):
    assert measured("2.0") == ([], 1)
    assert run.Run.load("01-a").missed == ()
    assert "WARNING" not in capsys.readouterr().out


def test_a_lesson_that_misses_its_condition_runs_twice_more_and_is_told(measured, capsys):
    assert measured("1.1") == ([], 3)
    assert run.Run.load("01-a").missed == ("1.1 < 1.4",)
    warning = "WARNING: 01-a shows a run that missed its condition: 1.1 < 1.4"
    assert capsys.readouterr().out.count(warning) == 1


def test_a_lesson_that_meets_it_the_second_time_is_not_told(measured, capsys):
    assert measured("len(count.read_text())") == ([], 2)
    assert run.Run.load("01-a").missed == ()
    assert "WARNING" not in capsys.readouterr().out


def test_repeats_end_when_their_time_is_over(measured, monkeypatch):
    monkeypatch.setattr(run, "REPEAT_LIMIT", 0)
    assert measured("1.1") == ([], 1)


def test_only_a_release_fails_on_a_missed_condition(measured, monkeypatch):
    monkeypatch.setenv("RELEASE", "1")
    assert measured("1.1") == (["01-a"], 3)
    assert measured("2.0")[0] == []


def test_a_cell_over_its_limit_is_a_failure_not_a_hang():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import asyncio; await asyncio.Event().wait()")]
    )
    with pytest.raises(run.RunError, match="more than 2 s"):
        asyncio.run(run.execute(notebook, limit=2))


def test_nothing_of_a_lesson_is_left_in_the_folder_for_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = "from zmqlab import local_endpoint\nprint(local_endpoint('feed'))"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    asyncio.run(run.execute(notebook))
    assert notebook.cells[0].outputs[0].text.startswith(f"ipc://{tmp_path}/")
    assert list(tmp_path.iterdir()) == []


DAMAGES = {
    "no database": lambda build: (build / "cache" / "global.db").unlink(),
    "an empty database": lambda build: (build / "cache" / "global.db").write_bytes(b""),
    "half a database": lambda build: halve(build / "cache" / "global.db"),
    "half a notebook": lambda build: [halve(p) for p in build.glob("cache/executed/*/base.ipynb")],
    "no notebooks": lambda build: shutil.rmtree(build / "cache" / "executed"),
    "half a copy for the pages": lambda build: halve(build / "runs" / "02-b.ipynb"),
    "no record": lambda build: (build / "runs" / "02-b.json").unlink(),
}


def halve(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def test_damaged_outputs_are_made_again(lessons, capsys):
    assert lessons(_01_a="print(1)", _02_b="print(2)") == []
    for name, damage in DAMAGES.items():
        capsys.readouterr()
        damage(paths.BUILD)
        assert lessons() == [], name
        assert "02-b ran in" in capsys.readouterr().out, name
        assert lessons() == [], name
        assert "nothing changed" in capsys.readouterr().out, name


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
def test_ctrl_c_ends_the_lessons_and_their_kernels(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("01-a", "02-b"):
        code = (
            "import os, pathlib, time\n"
            f"folder = pathlib.Path({str(tmp_path)!r})\n"
            f"(folder / '{name}.new').write_text(str(os.getpid()))\n"
            f"(folder / '{name}.new').rename(folder / '{name}.pid')\n"
            "while True: time.sleep(0.1)"
        )
        path = tmp_path / "notebooks" / name / "lesson.md"
        path.parent.mkdir()
        path.write_text(LESSON.format(code=code), encoding="utf-8")
    program = f"""
import pathlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from web.site import build
from web import paths
here = pathlib.Path({str(tmp_path)!r})
paths.LESSONS = here / "notebooks"
paths.BUILD = here / "build"
paths.RUNS = here / "build" / "runs"
build.BUILD = paths.BUILD
build.faults = lambda: []
build.unwritable = lambda: ""
build.stage = lambda: None
sys.exit(build.main())
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    pids = [tmp_path / f"{name}.pid" for name in ("01-a", "02-b")]
    deadline = time.monotonic() + 60
    while not all(pid.exists() for pid in pids):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said.endswith("site: stopped; run it again\n")
    assert "Traceback" not in said and "FAILED" not in said
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)
