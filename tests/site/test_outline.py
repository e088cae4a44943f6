"""Parts and lessons on the built pages: one source names them, and what is there is linked."""

import pytest

from web.lessons.curriculum import (
    PARTS,
    lesson_paths,
    lessons,
    part_name,
    part_title,
    question_keys,
)
from web.lessons.folders import page_name, pages
from web.lessons.source import read
from web.paths import SITE
from web.site.socket_rules import SOCKETS
from web.words import LANGUAGES, WORDS

FOUND = lesson_paths()
PLANNED = [row for part in PARTS for row in lessons(part)]
HERE = [part for part in PARTS if any(row.number in FOUND for row in lessons(part))]
each_language = pytest.mark.parametrize("language", LANGUAGES)


def words(node):
    return " ".join(node.get_text(" ").split())


@each_language
def test_the_outline_has_every_part_and_lesson(parse, language):
    page = parse(f"{language}/guide/curriculum.html")
    for part in PARTS:
        section = page.select_one(f"section#curriculum-part-{part}")
        heading = section.h2.find(string=True)
        assert heading == part_title(part, language)
        numbers = [node.get_text() for node in section.select(".outline-number")]
        assert numbers == [row.number for row in lessons(part)]


@each_language
def test_a_lesson_that_exists_is_linked_and_no_other(parse, language):
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
        name = page_name(FOUND[planned.number])
        lesson = parse(f"{language}/lessons/{name}.html")
        assert row["data-lesson"] == name
        assert row.a["href"] == f"../lessons/{name}.html"
        assert row.a.get_text() == lesson.h1.find(string=True)
        question = words(lesson.select_one(".lesson-question"))
        assert words(row.select_one(".outline-question")) == question
        heads = [read(page).head for page in pages() if page.parent == planned.folder]
        minutes = sum(head.read + head.exercises for head in heads)
        minutes = WORDS[language]["minutes"].format(minutes)
        assert minutes in words(row.select_one(".outline-facts"))
    assert str(len(FOUND)) in words(page.select_one("#guide-curriculum > p:nth-of-type(2)"))


@each_language
def test_sidebar_home_and_lessons_call_the_parts_alike(parse, language):
    home = parse(f"{language}/index.html")
    titles = [part_title(part, language) for part in HERE]
    captions = [words(node) for node in home.select(".site-nav .caption")]
    assert [caption for caption in captions if caption in titles] == titles
    assert [words(node) for node in home.select("h3.lesson-part")] == titles
    listed = [row["data-lesson"] for row in home.select(".lesson-row")]
    assert listed == [page_name(path) for path in FOUND.values()]
    for path in FOUND.values():
        lesson = parse(f"{language}/lessons/{page_name(path)}.html")
        kicker = words(lesson.select_one(".lesson-kicker"))
        assert kicker.startswith(part_name(read(path).head.part, language))


@each_language
def test_every_page_knows_each_lessons_questions(parse, language):
    known = {page_name(path): " ".join(question_keys(path)) for path in pages()}
    for path in sorted((SITE / language).rglob("*.html")):
        page = parse(str(path.relative_to(SITE)))
        marks = page.select(".site-nav .lesson-mark")
        firsts = {name: keys for name, keys in known.items() if name[2] == "-"}
        assert {mark["data-lesson"]: mark["data-questions"] for mark in marks} == firsts
    for name, keys in known.items():
        forms = parse(f"{language}/lessons/{name}.html").select("form.zq")
        assert " ".join(form["data-key"] for form in forms) == keys


@each_language
def test_the_sidebar_lists_the_socket_types_on_their_own_pages_alone(parse, language):
    below = ".site-nav .toctree-l2 a"
    assert parse(f"{language}/index.html").select(below) == []
    assert parse(f"{language}/lessons/{page_name(pages()[0])}.html").select(below) == []
    for name in ("index", "req"):
        listed = parse(f"{language}/guide/sockets/{name}.html").select(below)
        assert len(listed) == len(SOCKETS) + 1, "and the draft types"


@each_language
def test_all_titles_in_the_sidebar_stand_in_one_line(reader, language):
    page = reader().open(f"{language}/guide/core.html")
    left = page.locator(".site-nav .nav-title").evaluate_all(
        "titles => titles.map((title) => Math.round(title.getBoundingClientRect().left))"
    )
    assert len(left) == len(pages())
    assert len(set(left)) == 1
