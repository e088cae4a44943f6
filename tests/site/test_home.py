"""The home page: what it is, for whom and what to press, and the head of each lesson."""

import pytest
from playwright.sync_api import expect

from web.lessons.folders import page_name, pages
from web.lessons.source import read
from web.words import LANGUAGES, WORDS

WIDE = {"width": 1440, "height": 900}
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
CARDS_BEGIN = 1600
"""Pixels from the top, at most, on a laptop."""
FIRST = "01-first-message"
OLD = ("overview", "example", "voices", "talks", "whitepapers")
each_language = pytest.mark.parametrize("language", LANGUAGES)


def top(locator):
    box = locator.bounding_box()
    assert box is not None, "it is not to be seen"
    return box["y"]


@each_language
@pytest.mark.parametrize("window", [WIDE, LAPTOP, PHONE], ids=["wide", "laptop", "phone"])
def test_the_first_screen_says_what_it_is_for_whom_and_what_to_press(reader, language, window):
    page = reader(viewport=window).open(f"{language}/index.html")
    what, whom = page.locator("#home > p").nth(0), page.locator("#home > p").nth(1)
    said = {"en": ("messaging library", "engineers"), "ko": ("메시징 라이브러리", "엔지니어")}
    expect(what).to_contain_text(said[language][0])
    expect(whom).to_contain_text(said[language][1])
    run = page.locator(".bench [data-action=run]")
    expect(run).to_be_visible()
    for part in (what, whom, run):
        box = part.bounding_box()
        assert box["y"] + box["height"] <= window["height"]


@each_language
def test_three_lessons_follow_with_their_question_and_their_picture(reader, parse, language):
    page = reader(viewport=LAPTOP).open(f"{language}/index.html")
    cards = page.locator(".lesson-card")
    assert top(cards.first) <= CARDS_BEGIN
    names = [card.get_attribute("data-lesson") for card in cards.all()]
    assert len(names) == 3
    for name, card in zip(names, cards.all(), strict=True):
        question = parse(f"{language}/lessons/{name}.html").select_one(".lesson-question")
        expect(card.locator(".lesson-card-question")).to_have_text(question.get_text().strip())
        picture = card.locator(".lesson-card-picture svg").bounding_box()
        assert picture["width"] >= 200 and picture["height"] >= 100
        assert not card.locator("[data-event]").count(), "a picture that nobody can play"
    bottoms = {
        round(box["y"] + box["height"]) for box in map(lambda c: c.bounding_box(), cards.all())
    }
    assert len(bottoms) == 1


@each_language
def test_sections_stand_in_the_order_of_their_worth(parse, language):
    home = parse(f"{language}/index.html").select_one("#home")
    order = [
        section["id"]
        for section in home.find_all("section", recursive=False)
        if "id" in section.attrs
    ]
    assert [
        one for one in order if one in ("lessons", "why-zeromq", "wrong-tool", "all-lessons")
    ] == [
        "lessons",
        "why-zeromq",
        "wrong-tool",
        "all-lessons",
    ]


@each_language
def test_the_old_front_page_is_whole_and_linked_from_home(parse, language):
    old = parse(f"{language}/guide/old-front-page.html")
    order = [node["id"] for node in old.select("[id]") if node["id"] in OLD]
    assert list(dict.fromkeys(order)) == list(OLD)
    home = parse(f"{language}/index.html")
    assert home.select('#furo-main-content a[href^="guide/old-front-page.html"]')
    assert not [node for node in home.select("[id]") if node["id"] in OLD]
    quotes = old.select("#voices blockquote")
    assert len(quotes) == 6
    for quote in quotes:
        verdict = quote.find_next_sibling("ul")
        assert verdict.select_one("strong"), quote.get_text()


def test_a_first_visitor_sees_no_zeros(reader):
    page = reader().open("en/index.html")
    expect(page.locator(".progress-panel")).to_be_hidden()
    expect(page.locator(".part-progress").first).to_be_hidden()
    page.goto(page.url.replace("index.html", f"lessons/{FIRST}.html"))
    page.locator("form.zq input").first.check()
    page.locator("form.zq .zq-commit").first.click()
    page.locator(".brand").click()
    expect(page.locator(".progress-panel")).to_be_visible()
    expect(page.locator(".part-progress").first).to_be_visible()
    expect(page.locator(".way-on a")).to_be_visible()


@each_language
def test_the_head_says_in_a_line_what_a_lesson_takes_and_quietly_when_it_ran(parse, language):
    words = WORDS[language]
    for path in pages():
        head = read(path).head
        soup = parse(f"{language}/lessons/{page_name(path)}.html")
        facts = soup.select_one("p.lesson-facts").get_text()
        assert facts.startswith(words["minutes"].format(head.read))
        assert words[head.level] in facts and "libzmq" not in facts
        assert "libzmq" in soup.select_one(".lesson-ran").get_text()
        assert len(soup.select(".lesson-head nav")) == 0
