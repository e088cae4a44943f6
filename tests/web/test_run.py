"""What makes a lesson run again: its cells, what it imports, what it starts."""

import asyncio

import nbformat
import pytest

from web import run
from web.stage import ROOT


def files(*cells, lesson="99-none"):
    return {str(path.relative_to(ROOT)) for path in run.dependencies(lesson, cells)}


def test_an_instrument_counts_with_what_it_imports():
    found = files("from zmqlab import Stage")
    assert {"zmqlab/stage.py", "zmqlab/language.py", "zmqlab/__init__.py"} <= found
    assert "zmqlab/programs.py" not in found


def test_a_started_program_counts_with_what_it_imports():
    found = files('await programs.start("request_reply/server.py", "--bind", endpoint)')
    assert {"examples/request_reply/server.py", "zmqlab/role.py"} <= found


def test_a_lessons_own_checkers_count():
    assert "zmqlab/exercises/lesson_01.py" in files("1 + 1", lesson="01-first-message")
    assert "zmqlab/exercises/lesson_01.py" not in files("1 + 1", lesson="02-other")


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
---
# Title

```{{code-cell}} ipython3
{code}
```
"""


@pytest.fixture
def lessons(monkeypatch, tmp_path):
    """Return a function that writes a lesson into an empty project and runs what is stale."""
    for name, folder in (("LESSONS", "notebooks"), ("BUILD", "build"), ("RUNS", "build/runs")):
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.setattr(run, name, tmp_path / folder)

    def write_and_run(**codes):
        for name, code in codes.items():
            path = tmp_path / "notebooks" / f"{name.lstrip('_').replace('_', '-')}.md"
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
    assert lessons() == ["01-a"]
    assert lessons(_01_a="print('mended')") == []


def test_a_cell_over_its_limit_is_a_failure_not_a_hang():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import asyncio; await asyncio.Event().wait()")]
    )
    with pytest.raises(run.RunError, match="more than 2 s"):
        asyncio.run(run.execute(notebook, limit=2))
