"""The outline names every part and lesson in both languages, and agrees with the lessons."""

import doctest
import re

import pytest

from web.lessons import curriculum
from web.lessons.curriculum import (
    PARTS,
    lesson_paths,
    lessons,
    lessons_hash,
    question_key,
    question_keys,
)
from web.lessons.folders import page_name, pages
from web.lessons.front import ENGINES
from web.lessons.source import read
from web.lint.tables import lint_words
from web.words import LANGUAGES

ROWS = curriculum.rows()
QUESTION = """What
happens?

- Nothing.

  Wrong, because.
- It works.

  Right.
"""


def test_it_has_six_parts_and_every_number_once():
    assert list(PARTS) == [1, 2, 3, 4, 5, 6]
    numbers = [*range(1, 28), *range(30, 34)]
    assert [row.number for row in ROWS] == [f"{number:02d}" for number in numbers]
    assert [row for part in PARTS for row in lessons(part)] == ROWS
    assert {row.engine for row in ROWS} == set(ENGINES)


def test_a_lesson_that_is_there_has_no_other_title_than_its_pages():
    there = lesson_paths()
    for row in ROWS:
        if row.number in there:
            assert row.titles == {}
            head = read(there[row.number]).head
            assert (row.part, row.engine) == (head.part, head.engine)
        else:
            assert set(row.titles) == set(LANGUAGES)


def test_every_title_is_in_its_language():
    named = [*PARTS.values(), *(row.titles for row in ROWS if row.titles)]
    for titles in named:
        assert re.search("[가-힣]", titles["ko"])
        assert re.search("[A-Za-z]", titles["en"])
        assert not re.search("[가-힣]", titles["en"])
        assert all(title == title.strip() for title in titles.values())


def test_the_examples_in_its_docstrings_hold():
    assert doctest.testmod(curriculum).failed == 0


PLAN = """---
lesson:
  status: to come
  title: {en: More, ko: 더 많이}
  part: 2
  engine: both
---
"""
WRONG_PLANS = {
    "part: 2|part: 7": "lesson.part is 7",
    "part: 2|part: two": "lesson.part is 'two'",
    "engine: both|engine: none": "lesson.engine is 'none'",
    ", ko: 더 많이|": "lesson.title.ko is missing",
    "en: More|en: ' '": "lesson.title.en is missing",
}


def test_a_wrong_plan_is_told(project):
    path = project.write("notebooks/02-more/lesson.md", PLAN)
    root = project.root / "notebooks"
    assert curriculum.faults(root) == []
    for change, said in WRONG_PLANS.items():
        old, new = change.split("|")
        assert old in PLAN
        path.write_text(PLAN.replace(old, new), encoding="utf-8")
        (fault,) = curriculum.faults(root)
        assert (fault.path, fault.what) == (path, said)


def test_two_lessons_of_one_number_are_told(project):
    project.write("notebooks/01-other/lesson.md", PLAN)
    (fault,) = curriculum.faults(project.root / "notebooks")
    assert fault.what == "lesson 01 is 01-other already"


def test_a_lesson_to_come_is_in_the_outline_and_nowhere_else(project):
    project.write("notebooks/02-more/lesson.md", PLAN)
    root = project.root / "notebooks"
    assert [row.number for row in curriculum.rows(root)] == ["01", "02"]
    assert list(lesson_paths(root)) == ["01"]
    assert [page_name(path) for path in pages(root)] == ["01-toy"]


def test_the_korean_of_a_plan_is_linted(project):
    path = project.write(
        "notebooks/02-more/lesson.md", PLAN.replace("더 많이", "발행자와 구독자을")
    )
    found = [fault for fault in lint_words(project.root) if fault.path == path]
    assert [fault.what for fault in found] == ["구독자을"]


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


@pytest.mark.parametrize("name", sorted({path.parent.name for path in pages()}))
def test_no_question_of_a_lesson_has_the_key_of_another(name):
    keys = [key for path in pages() if path.parent.name == name for key in question_keys(path)]
    assert len(keys) == len(set(keys)) >= 4


def test_pages_are_written_anew_when_a_lessons_title_changes_in_either_language(project):
    def hashes():
        where = project.root / "notebooks", project.root / "locale"
        return [lessons_hash(language, *where) for language in LANGUAGES]

    project.translate()
    first = hashes()
    project.change("Nobody does.", "Nobody sends.")
    assert hashes() == first
    project.translate({"A toy with `code`": "다른 제목"})
    english, korean = hashes()
    assert english == first[0] and korean != first[1]
    project.change("title: A toy with `code`", "title: Another toy")
    assert hashes()[0] != english
    project.change("level: beginner", "level: no such")  # the build tells it: no crash here
    assert len(hashes()) == 2
