"""Hints of the glossary in a real Chromium: by mouse, keyboard and finger, and never in the way."""

import pytest
from playwright.sync_api import expect

from web.words import LANGUAGES, WORDS

LESSON = "lessons/01-first-message.html"
GLOSSARY = "guide/glossary.html"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
UNFOLD = "document.querySelectorAll('.is-folded').forEach(e => e.classList.remove('is-folded'))"
EDGE = 8  # pixels that a hint keeps from the window's sides, as hints.js has it

each_language = pytest.mark.parametrize("language", LANGUAGES)


def first_term(page):
    """Return the first marked term of a page and its hint."""
    term = page.locator("a.term").first
    expect(term).to_be_visible()
    key = term.get_attribute("aria-describedby").removeprefix("hint-")
    return term, page.locator(f'.term-hint[data-term="{key}"]')


def tab_to(page, term):
    """Reach a term by keyboard: from the link before it, or from where the page begins."""
    term.evaluate(
        """node => {
            const all = [...document.querySelectorAll(
                "a[href], button, input, summary, [tabindex='0']",
            )];
            const seen = all.filter((one) => one.checkVisibility() && !one.disabled);
            seen[seen.indexOf(node) - 1].focus();
        }"""
    )
    page.keyboard.press("Tab")
    expect(term).to_be_focused()


@each_language
def test_each_term_is_a_link_to_its_entry_and_described_by_it(parse, language):
    soup = parse(f"{language}/{LESSON}")
    entries = parse(f"{language}/{GLOSSARY}")
    terms = soup.select("a.term")
    assert len(terms) >= 5
    described = [term["aria-describedby"] for term in terms]
    assert len(set(described)) == len(described), "each is marked once"
    for term in terms:
        assert soup.find(id=term["aria-describedby"]).get_text().strip()
        address, _, anchor = term["href"].partition("#")
        assert address == "../guide/glossary.html"
        assert entries.find(id=anchor) is not None
        assert term.find_parent(["h1", "h2", "h3", "code", "pre", "form", "blockquote"]) is None
    assert len(soup.select(".term-hint")) == len(terms)
    assert entries.select("a.term") == []


@each_language
def test_a_hint_shows_on_hover_stays_under_the_pointer_and_goes(reader, language):
    page = reader().open(f"{language}/{LESSON}")
    term, hint = first_term(page)
    expect(hint).to_be_hidden()
    term.hover()
    expect(hint).to_be_visible()
    box = hint.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2, steps=8)
    page.wait_for_timeout(600)  # longer than a pointer may be on its way
    expect(hint).to_be_visible()
    expect(hint.locator(".term-onwards")).to_have_text(WORDS[language]["glossary"])
    page.mouse.move(2, 300, steps=4)
    expect(hint).to_be_hidden()


def test_a_hint_under_the_pointer_goes_by_escape_and_comes_again(reader):
    page = reader().open(f"en/{LESSON}")
    term, hint = first_term(page)
    term.hover()
    expect(hint).to_be_visible()
    page.keyboard.press("Escape")
    expect(hint).to_be_hidden()
    page.mouse.move(2, 300, steps=4)
    term.hover()
    expect(hint).to_be_visible()


@each_language
def test_a_hint_shows_on_keyboard_focus_and_its_link_comes_next(reader, language):
    page = reader().open(f"{language}/{LESSON}")
    term, hint = first_term(page)
    tab_to(page, term)
    expect(hint).to_be_visible()
    page.wait_for_timeout(600)
    expect(hint).to_be_visible()
    page.keyboard.press("Escape")
    expect(hint).to_be_hidden()
    expect(term).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(hint).to_be_visible()
    page.keyboard.press("Tab")
    expect(hint.locator("a")).to_be_focused()
    expect(hint).to_be_visible()
    page.keyboard.press("Tab")
    expect(hint).to_be_hidden()


def test_escape_within_a_hint_leads_back_to_its_term(reader):
    page = reader().open(f"en/{LESSON}")
    term, hint = first_term(page)
    tab_to(page, term)
    page.keyboard.press("Tab")
    expect(hint.locator("a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(hint).to_be_hidden()
    expect(term).to_be_focused()


def test_enter_and_click_follow_the_link(reader):
    for go in ("enter", "click"):
        page = reader().open(f"en/{LESSON}")
        term, _ = first_term(page)
        if go == "enter":
            tab_to(page, term)
            page.keyboard.press("Enter")
        else:
            term.click()
        page.wait_for_url(f"**/en/{GLOSSARY}#term-*")


def test_a_tap_shows_the_hint_first_and_its_link_leads_on(reader):
    page = reader(viewport=PHONE, has_touch=True, is_mobile=True).open(f"ko/{LESSON}")
    term, hint = first_term(page)
    term.tap()
    expect(hint).to_be_visible()
    page.wait_for_timeout(600)
    expect(hint).to_be_visible()
    assert page.url.endswith(LESSON)
    page.locator("h1").tap()
    expect(hint).to_be_hidden()
    term.tap()
    hint.locator("a").tap()
    page.wait_for_url(f"**/ko/{GLOSSARY}#term-*")


def test_a_second_tap_follows_the_link(reader):
    page = reader(viewport=PHONE, has_touch=True, is_mobile=True).open(f"en/{LESSON}")
    term, hint = first_term(page)
    term.tap()
    expect(hint).to_be_visible()
    term.tap()
    page.wait_for_url(f"**/en/{GLOSSARY}#term-*")


@pytest.mark.parametrize("language", ["ko", pytest.param("en", marks=pytest.mark.soak)])
def test_every_hint_stays_inside_a_phones_window(reader, language):
    page = reader(viewport=PHONE).open(f"{language}/{LESSON}")
    page.evaluate(UNFOLD)
    terms = page.locator("a.term").all()
    assert len(terms) >= 5
    for term in terms:
        term.scroll_into_view_if_needed()
        key = term.get_attribute("aria-describedby").removeprefix("hint-")
        term.hover()
        hint = page.locator(f'.term-hint[data-term="{key}"]')
        expect(hint).to_be_visible()
        box, own = hint.bounding_box(), term.bounding_box()
        assert box["x"] >= EDGE - 1
        assert box["x"] + box["width"] <= PHONE["width"] - EDGE + 1
        assert box["y"] >= 0
        apart = box["y"] >= own["y"] + 1 or box["y"] + box["height"] <= own["y"]
        assert apart, f"the hint of {key} covers its term"
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_tapped_hint_comes_into_a_low_window(reader):
    page = reader(viewport={"width": 640, "height": 400}, has_touch=True).open(f"en/{LESSON}")
    page.evaluate(UNFOLD)
    terms = page.locator("a.term").all()
    assert len(terms) >= 5
    for term in terms:
        # In the middle there is room for a hint neither below nor above.
        term.evaluate("node => node.scrollIntoView({ block: 'center' })")
        term.tap()
        page.wait_for_function(
            """() => {
              const hint = document.querySelector(".term-hint:popover-open");
              const box = hint?.getBoundingClientRect();
              return box && box.top >= 0 && box.bottom <= innerHeight;
            }"""
        )
        page.keyboard.press("Escape")


@pytest.fixture
def with_a_hint(reader):
    """Return a function that opens a lesson with one of its hints open."""

    def make(language, **options):
        page = reader(**options).open(f"{language}/{LESSON}")
        term, hint = first_term(page)
        tab_to(page, term)
        expect(hint).to_be_visible()
        return page

    return make


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_an_open_hint(with_a_hint, axe, scheme):
    page = with_a_hint("en", color_scheme=scheme)
    assert axe(page, contrast="looks", within=".term-hint:popover-open") == []


@pytest.mark.soak
@each_language
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_in_any_form(with_a_hint, axe, language, scheme, viewport):
    page = with_a_hint(language, color_scheme=scheme, viewport=viewport)
    assert axe(page, contrast="each") == []


def test_terms_look_unlike_links_and_are_plain_in_print(reader):
    page = reader().open(f"en/{LESSON}")
    term, hint = first_term(page)
    style = "node => { const s = getComputedStyle(node); return [s.color, s.textDecorationStyle] }"
    link = page.locator('article p a[href^="https:"], article li a[href^="https:"]').first
    assert term.evaluate(style)[1] == "dotted"
    assert link.evaluate(style)[1] == "solid"
    assert term.evaluate(style)[0] == term.locator("..").evaluate(style)[0]
    page.emulate_media(media="print")
    assert term.evaluate("node => getComputedStyle(node).textDecorationLine") == "none"
    expect(hint).to_be_hidden()


def test_without_javascript_a_term_is_a_link(reader):
    page = reader(java_script_enabled=False).open(f"en/{LESSON}")
    expect(page.locator(".term-hint:visible")).to_have_count(0)
    page.locator("a.term").first.click()
    page.wait_for_url(f"**/en/{GLOSSARY}#term-*")
