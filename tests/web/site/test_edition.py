"""The edition for a class holds no solution, and all the rest."""

import json
from datetime import datetime

import nbformat
import pytest

from web.lessons.folders import page_name, pages
from web.lessons.localise import localise
from web.lessons.source import read
from web.site import bundle
from web.site.edition import EditionError, notebook_without_solutions, page_without_solutions
from web.words import LANGUAGES, WORDS

FOLD = '<details class="fold fold-solution"><summary>Solution</summary>'
HINT = '<details class="fold fold-hint"><summary>Hint 1</summary>think</details>'
SECRET = "return await client.recv_string()"
LESSONS = [path for path in pages() if read(path).exercises()]


def without_blanks(text):
    return "\n".join(filter(str.strip, text.splitlines()))


def test_a_page_keeps_all_but_its_solutions():
    nested = f"{FOLD}<p>{SECRET}</p><details><summary>log</summary>{SECRET}</details>why</details>"
    page = f"<main>{HINT}{nested}<p>after</p>{FOLD}{SECRET}</details></main>"
    assert page_without_solutions(page) == f"<main>{HINT}<p>after</p></main>"
    assert page_without_solutions("<p>none</p>") == "<p>none</p>"


@pytest.mark.parametrize(
    "page", [f"{FOLD}no end", f"{FOLD}<details></details>", '<div class="fold-solution">x</div>']
)
def test_a_page_that_is_not_understood_is_refused(page):
    with pytest.raises(EditionError):
        page_without_solutions(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", LESSONS, ids=page_name)
def test_no_lessons_notebook_holds_its_solution(path, language):
    notebook, _ = localise(path, language)
    content = nbformat.writes(notebook).encode()
    title = WORDS[language]["solution"]
    solutions = [one.solution for one in read(path).exercises() if one.solution]
    assert solutions
    text = "\n".join(cell["source"] for cell in notebook["cells"])
    made = nbformat.reads(notebook_without_solutions(content, title).decode(), as_version=4)
    nbformat.validate(made)
    left = "\n".join(cell["source"] for cell in made["cells"])
    for solution in solutions:
        body = without_blanks("\n".join(solution.splitlines()[1:]))
        if language == "en":
            assert body in without_blanks(text)
        assert body not in without_blanks(left)
    assert title not in [line.strip() for line in left.splitlines()]
    assert left.count("<details>") == text.count("<details>") - len(solutions)
    code = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code == [cell["source"] for cell in made["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_archive_of_the_edition(language, tmp_path, monkeypatch):
    title = WORDS[language]["solution"]
    fold = FOLD.replace("Solution", title)
    folded = f"<details>\n<summary>{title}</summary>\n\n{SECRET}\n\n</details>"
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": f"## x\n\n{folded}\n\nafter"},
        {"cell_type": "markdown", "metadata": {}, "source": folded},
        {"cell_type": "code", "metadata": {}, "source": "...", "outputs": []},
    ]
    site = tmp_path / "site" / language
    for name, content in {
        "lessons/01.html": f"<p>text</p>{fold}{SECRET}</details>",
        "notebooks/01.ipynb": json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}),
    }.items():
        (site / name).parent.mkdir(parents=True)
        (site / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(bundle, "SITE", tmp_path / "site")
    when = datetime(2026, 11, 30)
    whole = bundle.contents(language, when)
    made = bundle.contents(language, when, "class")
    ours = [f"{language}/lessons/01.html", f"{language}/notebooks/01.ipynb", "notebooks/01.ipynb"]
    for name in ours:
        assert SECRET.encode() in whole[name]
        assert SECRET.encode() not in made[name]
    left = json.loads(made["notebooks/01.ipynb"])["cells"]
    assert ["".join(cell["source"]) for cell in left] == ["## x\n\nafter", "..."]
    assert whole.keys() == made.keys()
    changed = {name for name in whole if whole[name] != made[name]}
    assert changed == {*ours, "README.txt"}
    words = "no solutions" if language == "en" else "풀이는 없습니다"
    assert words in made["README.txt"].decode() and words not in whole["README.txt"].decode()
    name = bundle.edition_name(language, "class")
    assert name.endswith("-class.zip") and name in made["README.txt"].decode()


def test_there_is_no_other_edition(capsys):
    assert bundle.main(["teacher"]) == 2
    assert "'class'" in capsys.readouterr().err
