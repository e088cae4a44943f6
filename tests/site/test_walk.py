"""One question at a time in a real Chromium: the way in the address, the keyboard, the cards."""

import re

import pytest
from playwright.sync_api import expect

from tests.site.test_every_page import PHONE, PICTURES, SMALLEST, WIDE
from tests.web.test_walks import PRINTED, way
from web.words import LANGUAGES, WORDS

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_page = pytest.mark.parametrize("name", ["which-pattern", "missing"])
WHICH = "guide/which-pattern.html"
PIPELINE = "#walk/answer/receivers/lost-work/pipeline"


def first_way(name, language, end):
    """Return the address of the shortest way to an end."""
    questions, _ = way(name, language)
    prefix = next(iter(questions)).partition("-")[0] + "-"
    ways = [[next(iter(questions))]]
    for steps in ways:
        if steps[-1] == end:
            return "/".join(["#walk", *(step.removeprefix(prefix) for step in steps[1:])])
        ways += [[*steps, to] for to in questions.get(steps[-1], ()) if to not in steps]
    raise AssertionError(f"no way leads to {end}")


def shown(page):
    """Return the labels of the sections on the page that can be seen, without those around them."""
    return page.evaluate(
        """() => [...document.querySelectorAll("article section")]
            .filter((one) => !one.closest("[hidden]"))
            .filter((one) => one.querySelector(":scope > :is(h2, h3)")?.checkVisibility())
            .map((one) => one.id)"""
    )


def heading(page, label):
    return page.locator(f"#{label}").locator(":scope > :is(h2, h3)")


@each_language
def test_a_way_is_walked_by_keyboard_and_the_focus_follows(reader, language):
    page = reader().open(f"{language}/{WHICH}")
    seen = shown(page)
    assert "which-fit" in seen
    assert not {"which-answer", "which-pipeline", "which-http", "which-ends"} & set(seen)
    contents = page.locator("#page-contents a:visible").all_inner_texts()
    assert len(contents) < 8, "the page's contents name what can't be seen"
    for label, presses in (("which-answer", 5), ("which-receivers", 2), ("which-lost-work", 2)):
        before = page.locator(".walk-answers a")
        before.nth(presses - 1).focus()
        page.keyboard.press("Enter")
        expect(heading(page, label)).to_be_focused()
        page.keyboard.press("Tab")
        while not page.evaluate("document.activeElement.closest('.walk-answers')"):
            page.keyboard.press("Tab")  # past the links of the heading
        expect(page.locator(".walk-answers a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading(page, "which-pipeline")).to_be_focused()
    assert page.url.endswith(PIPELINE)
    card = page.locator(".walk-card")
    expect(card.locator("svg").first).to_be_visible()
    expect(card.locator("pre")).to_contain_text("zmq.PUSH")
    expect(page.locator(".walk-path li")).to_have_count(3 + 1)
    expect(page.locator(".walk-answers")).to_have_count(0)


def test_back_start_again_and_the_browsers_back_work(reader):
    page = reader().open(f"en/{WHICH}{PIPELINE}")
    expect(heading(page, "which-pipeline")).to_be_focused()
    page.locator(".walk-back").click()
    expect(heading(page, "which-lost-work")).to_be_focused()
    page.get_by_role("link", name=WORDS["en"]["walk_again"]).click()
    expect(heading(page, "which-fit")).to_be_focused()
    assert page.url.endswith("#walk")
    expect(page.locator(".walk-back")).to_have_count(0)
    page.go_back()
    expect(heading(page, "which-lost-work")).to_be_focused()
    page.go_back()
    expect(heading(page, "which-pipeline")).to_be_focused()
    page.locator(".walk-path a").nth(1).click()
    expect(heading(page, "which-receivers")).not_to_be_visible()
    expect(heading(page, "which-answer")).to_be_focused()


def test_the_other_language_opens_at_the_same_place(reader):
    page = reader().open(f"en/{WHICH}{PIPELINE}")
    page.locator("a.language").first.click()
    page.wait_for_url(f"**/ko/{WHICH}{PIPELINE}")
    expect(heading(page, "which-pipeline")).to_be_focused()


@each_page
def test_the_list_stays_for_other_anchors_and_without_scripts(reader, name):
    questions, ends = way(name, "en")
    everything = {*questions, *ends}
    page = reader(java_script_enabled=False).open(f"en/guide/{name}.html")
    for label in everything:
        expect(heading(page, label)).to_be_visible()
    expect(page.locator(".walk")).to_be_hidden()
    page = reader().open(f"en/guide/{name}.html")
    page.get_by_role("link", name=WORDS["en"]["walk_list"]).click()
    for label in everything:
        expect(heading(page, label)).to_be_visible()
    page.get_by_role("link", name=WORDS["en"]["walk_one"]).click()
    expect(heading(page, next(iter(questions)))).to_be_focused()
    end = sorted(ends)[-1]
    page.goto(f"{page.url.partition('#')[0]}#{end}")
    expect(heading(page, end)).to_be_in_viewport()
    expect(heading(page, next(iter(questions)))).to_be_visible()


def test_an_anchor_that_can_be_seen_leaves_the_way_as_it_is(reader):
    page = reader().open("en/guide/missing.html#walk/silence/connection")
    page.locator("#missing-connection").get_by_role("link", name="checks for every case").click()
    expect(heading(page, "missing-first")).to_be_in_viewport()
    expect(heading(page, "missing-connection")).to_be_visible()
    expect(heading(page, "missing-what")).to_be_hidden()
    page.go_back()
    expect(heading(page, "missing-connection")).to_be_focused()


def test_the_browsers_search_leads_to_the_list(reader):
    page = reader().open(f"en/{WHICH}")
    expect(page.locator("#which-pipeline")).to_have_attribute("hidden", "until-found")
    page.locator("#which-pipeline").dispatch_event("beforematch", {"bubbles": True})
    expect(heading(page, "which-pipeline")).to_be_visible()
    expect(page.locator("#which-answer")).to_be_visible()


@pytest.mark.parametrize("step", ["nowhere", "%", "%zz"])
def test_a_step_that_is_no_more_leads_as_far_as_it_goes(reader, step):
    watched = reader()
    page = watched.open(f"en/{WHICH}#walk/answer/{step}/pipeline")
    expect(heading(page, "which-answer")).to_be_focused()
    assert watched.complaints == []


@each_language
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
@each_page
def test_each_end_is_a_card_that_fits(reader, language, name, window):
    page = reader(viewport=window).open(f"{language}/guide/{name}.html")
    _, ends = way(name, language)
    for end in sorted(ends):
        page.goto(f"{page.url.partition('#')[0]}{first_way(name, language, end)}")
        expect(heading(page, end)).to_be_focused()
        expect(heading(page, end)).to_be_in_viewport()
        expect(page.locator(".walk-card")).to_have_count(1)
        if end in PRINTED:
            expect(page.locator(".walk-card .core-picture svg:visible")).to_have_count(1)
            expect(page.locator(".walk-card pre")).to_have_count(1)
        elif name == "missing" and end not in ("missing-first", "missing-errors"):
            said = page.locator(".walk-card p > strong").all_inner_texts()
            assert re.match("Check|확인", said[0]) and len(said) == 2, end
        faults = [one for one in page.evaluate(PICTURES, SMALLEST) if one[1]]
        assert faults == [], end
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"], end


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", [f"en/{WHICH}{PIPELINE}", f"ko/{WHICH}#walk/answer", "en/guide/missing.html#walk/broke"]
)
def test_axe_finds_nothing_on_a_way(reader, axe, path, scheme):
    page = reader(color_scheme=scheme).open(path)
    expect(page.locator(".walk-asked, .walk-card")).to_be_visible()
    assert axe(page, contrast="looks") == []
