"""Each lesson as a learner runs it: the localised notebook, in both languages, by nbclient.

Code cells are the same in both (the last test holds that). So a lesson of part VI, which may take
two minutes, is run as given in one language and with its solutions in the other; the shorter ones
are run both ways in both.
"""

import asyncio
import re

import pytest

from web.lessons.localise import localise, with_solutions
from web.lessons.run import execute
from web.lessons.source import read
from web.paths import LESSONS
from web.words import LANGUAGES
from zmqlab.checks import STATES

PATHS = sorted(LESSONS.glob("[0-9][0-9]-*.md"))
LONG = [path for path in PATHS if read(path).head.part == 6]
each_lesson = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def runs(language_of_long):
    """Make a test run for each lesson and language; for long lessons in one language alone."""
    return pytest.mark.parametrize(
        ("path", "language"),
        [
            pytest.param(path, language, id=f"{path.stem}-{language}")
            for path in PATHS
            for language in LANGUAGES
            if path not in LONG or language == language_of_long
        ],
    )


def run(notebook, language):
    asyncio.run(execute(notebook, language=language))
    return notebook


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
    assert PATHS


@runs("en")
def test_runs_as_given_and_nothing_passes_yet(path, language):
    notebook, _missing = localise(path, language)
    states = verdicts(run(notebook, language))
    assert states
    assert set(states) == {"not yet"}


@runs("ko")
def test_passes_with_its_solutions(path, language):
    notebook, _missing = localise(path, language)
    states = verdicts(run(with_solutions(notebook, read(path)), language))
    assert states
    assert set(states) == {"passed"}


@each_lesson
def test_code_is_the_same_and_text_is_translated(path):
    english, _ = localise(path, "en")
    korean, missing = localise(path, "ko")
    assert missing == []
    assert [c.id for c in english.cells] == [c.id for c in korean.cells]
    for one, other in zip(english.cells, korean.cells, strict=True):
        if one.cell_type == "code":
            assert one == other
        else:
            assert re.search("[가-힣]", other.source) or "](http" in other.source
            for source in (one.source, other.source):
                assert not re.search(
                    r"^\s*:::|\{[a-z-]+\}`|^\s*:[a-z]+:|^\([\w-]+\)=", source, re.M
                )
