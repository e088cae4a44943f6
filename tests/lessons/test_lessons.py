"""Each lesson as the build ran it, and its text in both languages.

The build has run every page (`web.lessons.run`): what a check says of an exercise that nobody has
begun is read from that run. The right answers and the wrong ones are in test_exercises.py. Whole
lessons with their solutions, in both languages, run in ``make soak PART=lessons``.
"""

import re

import nbformat
import pytest

from web import paths
from web.lessons.folders import page_name, pages
from web.lessons.localise import localise
from web.lessons.run import Run, code_of, fingerprint, read
from zmqlab.exercises.checks import STATES

each_page = pytest.mark.parametrize("path", pages(), ids=page_name)


def verdicts(notebook):
    """Return the state of each check that a run notebook shows."""
    found = []
    for cell in notebook.cells:
        if "check" not in cell.metadata.get("tags", []):
            continue
        text = "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        marks = {state.mark: name for name, state in STATES.items()}
        assert text[:1] in marks, f"a check cell showed no verdict, but {text!r}"
        found.append(marks[text[0]])
    return found


def test_there_are_lessons():
    assert pages()


@each_page
def test_the_build_ran_it_as_it_is_and_nothing_passed_yet(path):
    name = page_name(path)
    run = Run.load(name)
    assert run is not None, "the lesson has not run: run `make site` first"
    assert run.fingerprint == fingerprint(name, code_of(read(path))), "run `make site` again"
    notebook = nbformat.read(paths.RUNS / f"{name}.ipynb", as_version=4)
    assert set(verdicts(notebook)) <= {"not yet"}


@each_page
def test_its_text_is_translated_and_lowered_to_plain_markdown(path):
    english, _ = localise(path, "en")
    korean, missing = localise(path, "ko")
    assert missing == []
    for one, other in zip(english.cells, korean.cells, strict=True):
        if one.cell_type == "code":
            continue
        assert re.search("[가-힣]", other.source) or "](http" in other.source
        for source in (one.source, other.source):
            assert not re.search(r"^\s*:::|\{[a-z-]+\}`|^\s*:[a-z]+:|^\([\w-]+\)=", source, re.M)
