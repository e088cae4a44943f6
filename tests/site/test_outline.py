"""Parts and lessons on the built pages: one source names them, and what is there is linked."""

from functools import cache

import pytest
from bs4 import BeautifulSoup

from web.lessons.curriculum import (
    lesson_paths,
    lessons,
    part_name,
    part_title,
    parts,
    question_keys,
)
from web.lessons.source import read
from web.paths import SITE
from web.words import LANGUAGES, WORDS

FOUND = lesson_paths()
PLANNED = [row for part in parts() for row in lessons(part.part)]
HERE = [part.part for part in parts() if any(row.number in FOUND for row in lessons(part.part))]
each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def parse(path):
    return BeautifulSoup((SITE / path).read_text(encoding="utf-8"), "html.parser")


def words(node):
    return " ".join(node.get_text(" ").split())


@each_language
def test_the_outline_has_every_part_and_lesson(language):
    page = parse(f"{language}/guide/curriculum.html")
    for part in parts():
        section = page.select_one(f"section#curriculum-part-{part.part}")
        heading = section.h2.find(string=True)
        assert heading == part_title(part.part, language)
        numbers = [node.get_text() for node in section.select(".outline-number")]
        assert numbers == [row.number for row in lessons(part.part)]


@each_language
def test_a_lesson_that_exists_is_linked_and_no_other(language):
    page = parse(f"{language}/guide/curriculum.html")
    rows = page.select(".outline-lesson")
    assert len(rows) == len(PLANNED)
    for planned, row in zip(PLANNED, rows, strict=True):
        coming = row.select_one(".outline-to-come")
        if planned.number not in FOUND:
            assert coming.get_text() == WORDS[language]["to_come"]
            assert planned.titles[language] in words(row)
            assert not row.select("a") and "data-lesson" not in row.attrs
            continue
        assert coming is None
        name = FOUND[planned.number].stem
        lesson = parse(f"{language}/lessons/{name}.html")
        assert row["data-lesson"] == name
        assert row.a["href"] == f"../lessons/{name}.html"
        assert row.a.get_text() == lesson.h1.find(string=True)
        question = words(lesson.select_one(".lesson-question"))
        assert words(row.select_one(".outline-question")) == question
        head = read(FOUND[planned.number]).head
        minutes = WORDS[language]["minutes"].format(head.read + head.exercises)
        assert minutes in words(row.select_one(".outline-facts"))
    assert str(len(FOUND)) in words(page.select_one("#guide-curriculum > p:nth-of-type(2)"))


@each_language
def test_sidebar_home_and_lessons_call_the_parts_alike(language):
    home = parse(f"{language}/index.html")
    titles = [part_title(part, language) for part in HERE]
    captions = [words(node) for node in home.select(".site-nav .caption")]
    assert [caption for caption in captions if caption in titles] == titles
    assert [words(node) for node in home.select("h3.lesson-part")] == titles
    cards = [card["data-lesson"] for card in home.select(".lesson-card")]
    assert cards == [path.stem for path in FOUND.values()]
    for path in FOUND.values():
        kicker = words(parse(f"{language}/lessons/{path.stem}.html").select_one(".lesson-kicker"))
        assert kicker.startswith(part_name(read(path).head.part, language))


@each_language
def test_every_page_knows_each_lessons_questions(language):
    known = {path.stem: " ".join(question_keys(path)) for path in FOUND.values()}
    for path in sorted((SITE / language).rglob("*.html")):
        page = parse(path.relative_to(SITE))
        marks = page.select(".site-nav .lesson-mark")
        assert {mark["data-lesson"]: mark["data-questions"] for mark in marks} == known
    for name, keys in known.items():
        forms = parse(f"{language}/lessons/{name}.html").select("form.zq")
        assert " ".join(form["data-key"] for form in forms) == keys
