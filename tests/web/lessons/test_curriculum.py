"""The outline names every part and lesson in both languages, and agrees with the lessons."""

import doctest
import re

import pytest

from web.lessons import curriculum
from web.lessons.curriculum import (
    lesson_paths,
    lessons,
    lessons_hash,
    parts,
    question_key,
    question_keys,
)
from web.lessons.source import ENGINES, read
from web.lint.rules import lint, lint_tables, lint_words
from web.paths import LESSONS
from web.words import LANGUAGES

ROWS = [row for part in parts() for row in lessons(part.part)]
QUESTION = """What
happens?

- Nothing.

  Wrong, because.
- It works.

  Right.
"""


@pytest.mark.parametrize("path", lesson_paths().values(), ids=lambda path: path.stem)
def test_each_lesson_stands_in_it_with_its_part_and_engine(path):
    (row,) = [row for row in ROWS if row.number == path.name[:2]]
    head = read(path).head
    assert (row.part, row.engine) == (head.part, head.engine)


def test_there_is_no_lesson_beside_those_that_are_found():
    assert list(lesson_paths().values()) == sorted(LESSONS.glob("*.md"))


def test_it_has_six_parts_and_every_number_once():
    assert [row.part for row in parts()] == [1, 2, 3, 4, 5, 6]
    numbers = [*range(1, 28), *range(30, 34)]
    assert [row.number for row in ROWS] == [f"{number:02d}" for number in numbers]
    assert len(ROWS) + len(parts()) == len(curriculum.rows())
    assert {row.engine for row in ROWS} == set(ENGINES)


@pytest.mark.parametrize("row", curriculum.rows(), ids=lambda row: row.number or f"part {row.part}")
def test_both_languages_are_complete(row):
    assert set(row.titles) == set(LANGUAGES)
    assert re.search("[가-힣]", row.titles["ko"])
    assert re.search("[A-Za-z]", row.titles["en"])
    assert not re.search("[가-힣]", row.titles["en"])
    assert all(title == title.strip() for title in row.titles.values())


def test_the_examples_in_its_docstrings_hold():
    assert doctest.testmod(curriculum).failed == 0


def test_its_korean_is_linted(tmp_path):
    for room in ("lessons", "lint"):
        (tmp_path / "web" / room).mkdir(parents=True)
    path = tmp_path / "web" / "lessons" / "curriculum.csv"
    path.write_text("korean\n메시지\n발행자와 구독자을\n", encoding="utf-8")
    (found,) = lint_words(tmp_path)
    assert (found.path, found.line, found.what) == (path, 3, "구독자을")


GOOD = "number,part,english,korean,engine\n,1,First,처음,\n01,1,One,하나,both\n"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "the head is ''"),
        ("\ufeff" + GOOD, 1, "the head is '\\ufeffnumber,part"),
        (GOOD.replace(",both", ",both,"), 3, "6 columns"),
        (GOOD.replace(",both", ""), 3, "4 columns"),
        (GOOD + "\n", 4, "0 columns"),
        (GOOD.replace("01", "1"), 3, "number '1'"),
        (GOOD.replace("01,1", "01,I"), 3, "part 'I'"),
        (GOOD.replace("01,1", "01,7"), 3, "part '7'"),
        (GOOD.replace("01,1", "01,2"), 3, "lesson 01 before its part"),
        (GOOD + "01,1,Two,둘,both\n", 4, "01 twice"),
        (GOOD + ",1,Two,둘,\n", 4, "part 1 twice"),
        (GOOD.replace("both", "none"), 3, "engine 'none'"),
        (GOOD.replace("하나", " "), 3, "01 without a title"),
    ],
)
def test_a_wrong_row_is_told_by_its_line(tmp_path, text, line, what):
    for room in ("lessons", "lint"):
        (tmp_path / "web" / room).mkdir(parents=True)
    path = tmp_path / "web" / "lessons" / "curriculum.csv"
    path.write_text(GOOD, encoding="utf-8")
    assert list(lint_tables(tmp_path)) == []
    path.write_text(text, encoding="utf-8")
    found = lint(tmp_path)
    assert [(fault.path, fault.line) for fault in found] == [(path, line)]
    assert found[0].what.startswith(what)


def test_a_table_from_a_spreadsheet_is_told(tmp_path):
    for room in ("lessons", "lint"):
        (tmp_path / "web" / room).mkdir(parents=True)
    (tmp_path / "web" / "lessons" / "curriculum.csv").write_bytes(GOOD.encode("cp949"))
    (tmp_path / "web" / "lint" / "glossary.csv").write_text(
        "english,korean,known,refused,misspelt\nsocket,소켓,,\n", encoding="utf-8"
    )
    assert [str(fault.what) for fault in lint(tmp_path)] == ["4 columns", "not UTF-8"]


def test_a_questions_key_is_made_of_what_is_asked():
    key = question_key(QUESTION, "2")
    assert re.fullmatch("[0-9a-f]{6}", key)
    reworded = QUESTION.replace("Wrong, because.", "Not so.").replace(
        "What\nhappens", "What happens"
    )
    assert question_key(reworded, "2") == key
    other = [
        question_key(QUESTION, "1"),
        question_key(QUESTION.replace("happens", "passes"), "2"),
        question_key(QUESTION.replace("It works", "It fails"), "2"),
        question_key(QUESTION.replace("Nothing", "X").replace("It works", "Nothing"), "2"),
    ]
    assert key not in other
    assert len(set(other)) == len(other)


def test_the_other_questions_keep_their_keys_when_one_comes_goes_or_changes(project):
    before = question_keys(project.lesson)
    assert len(before) == len(set(before)) == 4
    project.change("Second?", "The second one?")
    changed = question_keys(project.lesson)
    assert [key in before for key in changed] == [True, True, False, True]
    text = project.lesson.read_text(encoding="utf-8")
    first = text.index("::::{quiz}")
    second = text.index("::::{quiz}", first + 1)
    project.change(text[first:second], "")
    assert question_keys(project.lesson) == [changed[0], *changed[2:]]


@pytest.mark.parametrize("path", lesson_paths().values(), ids=lambda path: path.stem)
def test_no_question_of_a_lesson_has_the_key_of_another(path):
    keys = question_keys(path)
    assert len(keys) == len(set(keys)) >= 4


def test_pages_are_written_anew_when_a_lessons_title_changes_in_either_language(project):
    def hashes():
        where = project.lesson.parent, project.root / "locale"
        return [lessons_hash(language, *where) for language in LANGUAGES]

    project.translate()
    first = hashes()
    project.change("Nobody does.", "Nobody sends.")
    assert hashes() == first
    project.translate({"A toy with `code`": "다른 제목"})
    english, korean = hashes()
    assert english == first[0] and korean != first[1]
    project.change("# A toy with `code`", "# Another toy")
    assert hashes()[0] != english
    project.change("level: beginner", "level: no such")  # the build tells it: no crash here
    assert len(hashes()) == 2
