"""Every page in a real Chromium: opened once wide and once as narrow as a phone, and looked at.

One visit brings all that is to be known of a page in that window: what its console said, what it
asked for, how it begins, whether it scrolls sideways, what it weighs, whether its pictures fit, and
what axe says.
axe runs once for each page and language: the English page wide, with its contrast in light, and the
Korean page on a phone. All forms of every page are left to `make soak`.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest

from web.lessons.folders import page_name, pages
from web.lessons.plain_copy import Copies, for_page
from web.lessons.source import read
from web.paths import SITE
from web.words import LANGUAGES, WORDS

PAGES = sorted(str(path.relative_to(SITE / "en")) for path in (SITE / "en").rglob("*.html"))
ROOTS = ["index.html#languages", "404.html"]
ALL = [f"{language}/{page}" for language in LANGUAGES for page in PAGES] + ROOTS
WITH_PICTURES = [
    path
    for path in ALL
    if "/lessons/" in path
    or path.endswith("guide/core.html")
    or ("/sockets/" in path and not path.endswith(("index.html", "draft.html")))
]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
DARK = [
    "index.html#languages",
    *("en/index.html", "en/search.html", "en/guide/glossary.html", "en/guide/core.html"),
    *("en/guide/curriculum.html", "en/lessons/01-first-message.html"),
]
PACKED = {".png", ".woff2", ".woff", ".jpg", ".webp"}
READ, PLAYS, MOST_NODES = 40_000, 70_000, 4_000
"""What a page may weigh that is read, and one in which something plays or runs (a lesson, the
home page): bytes of a first visit, packed as a host sends them; and how many elements it has."""
HEAVIER = {
    "en/lessons/07-where-messages-wait.html": 71_500,
    "en/lessons/08-proxies.html": 70_500,
    "en/lessons/33-claims.html": 80_500,
    "en/guide/glossary.html": 42_500,
    "en/guide/options.html": 45_000,
    "ko/lessons/01-first-message.html": 71_000,
    "ko/lessons/02-publish-subscribe.html": 72_000,
    "ko/lessons/03-pipeline.html": 70_500,
    "ko/lessons/05-frames.html": 72_000,
    "ko/lessons/07-where-messages-wait.html": 76_500,
    "ko/lessons/08-proxies.html": 74_500,
    "ko/lessons/12-load-balancing.html": 75_000,
    "ko/lessons/13-asynchronous-servers.html": 73_500,
    "ko/lessons/14-cooperating-brokers.html": 74_000,
    "ko/lessons/15-the-wire.html": 70_500,
    "ko/lessons/17-security.html": 71_000,
    "ko/lessons/20-majordomo.html": 73_500,
    "ko/lessons/30-broker-or-brokerless.html": 72_500,
    "ko/lessons/32b-cost.html": 70_500,
    "ko/lessons/33-claims.html": 86_500,
    "ko/guide/core.html": 41_500,
    "ko/guide/glossary.html": 46_500,
    "ko/guide/missing.html": 41_500,
    "ko/guide/options.html": 47_500,
}
"""Pages that are not there yet, with what they may weigh until then: never more."""
FULLER = {f"{language}/lessons/33-claims.html": 4_300 for language in LANGUAGES}
"""Its plots have as many points as the run had."""
SMALLEST = 11
"""Pixels of the letters in a picture, at least."""

each_path = pytest.mark.parametrize("path", ALL)

ANSWERED = """() => {
    for (const form of document.querySelectorAll("form.zq")) {
        form.querySelector("input").click();
        form.querySelector(".zq-commit")?.click();
    }
    document.querySelectorAll("details").forEach((part) => (part.open = true));
    scrollTo(0, 0);  // where the clicks scrolled to, the header may hide half of a button
}"""
# All of the code at once, also what is far from the window; and wide code can be reached by Tab.
SETTLED = """() => new Promise((done) => requestAnimationFrame(
    () => requestAnimationFrame(() => done(dispatchEvent(new Event("resize"))))))"""
ALL_CODE = "pre { content-visibility: visible !important; }"

# Each picture that can be seen: its name, and what of it does not fit.
PICTURES = """(smallest) => {
    const main = document.querySelector("#furo-main-content");
    const found = [];
    for (const picture of main?.querySelectorAll("figure, svg:has(text)") ?? []) {
        if (!picture.checkVisibility()) continue;
        const faults = [];
        let box = picture;
        for (; box !== main; box = box.parentElement) {
            const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
            if (scrolls && box.scrollWidth > box.clientWidth + 1) {
                faults.push(`scrolls: ${box.scrollWidth} px in ${box.clientWidth}`);
            }
        }
        const width = picture.getBoundingClientRect().width;
        if (width > main.clientWidth + 1) faults.push(`${width} px wide in ${main.clientWidth}`);
        const sizes = [...picture.querySelectorAll("text, tspan, figcaption, p, li, td, th")]
            .filter((text) => text.checkVisibility())
            .map((text) => {
                const scale = text.getScreenCTM ? text.getScreenCTM().a : 1;
                return parseFloat(getComputedStyle(text).fontSize) * scale;
            });
        const least = Math.min(...sizes);
        if (least < smallest - 0.05) faults.push(`letters of ${least.toFixed(1)} px`);
        const frame = picture.closest("[aria-label]");
        found.push([frame?.getAttribute("aria-label") ?? picture.tagName, faults]);
    }
    return found;
}"""


BARS = """() => [...document.querySelectorAll(".copy-bar")].map((bar) =>
    [...bar.querySelectorAll("button")].map((button) => button.textContent.trim()))"""


# How a lesson begins, in pixels from the top: where its head ends, where the button to its first
# question is, and the first thing to do.
BEGINS = """() => {
    const head = document.querySelector(".lesson-head");
    const begin = document.querySelector(".lesson-begin");
    if (!head || !begin) return null;
    const seen = (all) => [...all].filter((one) => one.checkVisibility());
    const box = (one) => one.getBoundingClientRect();
    const todo = seen(document.querySelectorAll(
        "[data-action=run], [data-action=play], .zq-commit"));
    return {
        head: box(head).bottom + scrollY,
        begin: box(begin).top + scrollY,
        questions: document.querySelectorAll(`form.zq${begin.getAttribute("href")}`).length,
        todo: box(todo[0]).top + scrollY,
        contents: seen(document.querySelectorAll('nav:has([href^="#"])')).length,
    };
}"""


@dataclass
class Visit:
    """What a visit brought."""

    complaints: list[str]
    asked: list[str]
    beyond: list[str]
    nodes: int
    begins: dict[str, float] | None
    scrolls: bool
    pictures: list[tuple[str, list[str]]]
    violations: list[str]
    answered: int
    bars: list[list[str]]
    """What the buttons of each cell say."""


VISITS = {}


@pytest.fixture
def visit(reader, axe):
    """Return a function that opens a page in a window, each once, and says what came of it."""

    def look(path, window):
        watched = reader(viewport=window)
        page = watched.open(path)
        nodes = page.evaluate("document.querySelectorAll('*').length")
        begins = page.evaluate(BEGINS)
        scrolls = page.evaluate("document.documentElement.scrollWidth") > window["width"]
        page.evaluate("scrollTo(500, 0)")
        scrolls = scrolls or page.evaluate("scrollX") != 0
        page.evaluate(ANSWERED)
        page.add_style_tag(content=ALL_CODE)
        page.evaluate(SETTLED)
        pictures = page.evaluate(PICTURES, SMALLEST)
        violations = []
        if window is WIDE and not path.startswith("ko/"):
            violations += axe(page, contrast="looks")
            if path in DARK:
                page.emulate_media(color_scheme="dark")
                violations += axe(page, contrast="looks", only_contrast=True)
        if window is PHONE and path.startswith("ko/"):
            violations += axe(page, contrast=None)
        asked = [url for url in dict.fromkeys(watched.asked) if not url.startswith("data:")]
        own = f"{watched.address}/"
        return Visit(
            complaints=watched.complaints,
            asked=[unquote(urlsplit(url).path).lstrip("/") for url in asked if url.startswith(own)],
            beyond=[url for url in asked if not url.startswith(own)],
            nodes=nodes,
            begins=begins,
            scrolls=scrolls,
            pictures=pictures,
            violations=violations,
            answered=page.locator(".zq input:checked").count(),
            bars=page.evaluate(BARS),
        )

    def once(path, window):
        key = path, window["width"]
        if key not in VISITS:
            VISITS[key] = look(path, window)
        return VISITS[key]

    return once


@cache
def weight(path):
    file = SITE / (path or "index.html")
    content = file.read_bytes()
    return len(content if file.suffix in PACKED else gzip.compress(content, 6))


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
@each_path
def test_a_page_works_stays_within_the_site_and_is_accessible(visit, path, window):
    seen = visit(path, window)
    assert seen.complaints == []
    assert seen.beyond == []
    assert not seen.scrolls, "it scrolls sideways"
    assert seen.violations == []
    assert (seen.answered > 0) == ("/lessons/" in path), "its questions were answered for axe"


@each_path
def test_a_page_is_light_at_its_first_visit(visit, path):
    asked = visit(path, WIDE).asked
    weights = {one: weight(one) for one in asked}
    assert path.partition("#")[0] in weights
    assert len(weights) > 1, "a page without its style sheet?"
    plays = any(one.endswith(("_static/run.js", "page/player.js")) for one in asked)
    allowed = HEAVIER.get(path, PLAYS if plays else READ)
    assert sum(weights.values()) <= allowed, sorted(weights.items(), key=lambda item: -item[1])
    assert visit(path, WIDE).nodes <= FULLER.get(path, MOST_NODES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", pages(), ids=page_name)
def test_a_lesson_begins_in_one_screen(visit, language, source):
    for window, screens in ((WIDE, 1.5), (PHONE, 3)):
        seen = visit(f"{language}/lessons/{page_name(source)}.html", window).begins
        assert seen["head"] <= window["height"], window
        assert seen["begin"] <= window["height"], window
        assert seen["questions"] == 1, "its button leads to a question"
        if read(source).head.engine == "both":
            assert seen["todo"] <= screens * window["height"], window
        assert seen["contents"] <= 1 + (window is WIDE), "two tables of contents"


def labels(language, cell):
    """Return what the buttons of a cell should say, in order."""
    words = WORDS[language]
    found = [words["copy"]]
    if "plain" in cell:
        found.append(words["copy_program"])
    if "example" in cell:
        found.append(words["copy_example"].format(cell["example"]))
    if "instruments" in cell:
        found.append(words["copy_instruments"])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", pages(), ids=page_name)
def test_every_cell_has_its_buttons(visit, language, source):
    cells = for_page(Copies(read(source)))["cells"]
    found = visit(f"{language}/lessons/{page_name(source)}.html", WIDE).bars
    assert found == [labels(language, cell) for cell in cells]


@pytest.mark.parametrize("path", WITH_PICTURES)
def test_pictures_fit_a_phone(visit, path):
    pictures = visit(path, PHONE).pictures
    assert pictures
    assert [picture for picture in pictures if picture[1]] == []


@pytest.mark.parametrize("path", WITH_PICTURES)
def test_pictures_are_no_wider_than_their_column(visit, path):
    pictures = visit(path, WIDE).pictures
    assert pictures
    assert [picture for picture in pictures if picture[1]] == []


def test_what_does_not_fit_is_found(reader):
    page = reader(viewport=PHONE).open("404.html")
    page.set_content(
        """<main id="furo-main-content">
        <div aria-label="small"><svg viewBox="0 0 720 20" width="100%">
          <text font-size="16" y="16">small</text></svg></div>
        <div aria-label="wide" style="overflow-x: auto"><svg width="720" height="20">
          <text font-size="16" y="16">wide</text></svg></div>
        <div aria-label="good"><svg width="200" height="20">
          <text font-size="11" y="16">good</text></svg></div>
        <div aria-label="hidden" hidden><svg width="720" height="20">
          <text font-size="1" y="16">hidden</text></svg></div></main>"""
    )
    found = {name: " ".join(faults) for name, faults in page.evaluate(PICTURES, SMALLEST)}
    assert set(found) == {"small", "wide", "good"}
    assert found["small"].startswith("letters of 7.") and found["good"] == ""
    assert "scrolls: 720 px in 3" in found["wide"] and "720 px wide in 3" in found["wide"]


def test_axe_finds_what_is_wrong(reader, axe):
    page = reader().open("404.html")
    page.set_content(
        """<!DOCTYPE html><html lang="en"><title>Wrong</title><main>
        <p>Good.</p> <p>Good as well.</p> <p style="color: #ccc">Pale.</p>
        <div style="background: #111"><p>Dark on dark.</p></div>
        <button></button></main></html>"""
    )
    found = dict(axe(page, contrast="looks"))
    assert set(found) == {"button-name", "color-contrast"}
    assert [html.split(">")[1] for html in found["color-contrast"]] == [
        "Pale.</p",
        "Dark on dark.</p",
    ]
    assert dict(axe(page, contrast="each")) == found
    assert set(dict(axe(page, contrast=None))) == {"button-name"}
    assert set(dict(axe(page, contrast="looks", only_contrast=True))) == {"color-contrast"}


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
@each_path
def test_axe_finds_nothing_in_any_form(reader, axe, path, window, scheme):
    page = reader(viewport=window, color_scheme=scheme).open(path)
    for state in ("as it opens", "answered"):
        page.add_style_tag(content=ALL_CODE)
        page.evaluate(SETTLED)
        assert axe(page, contrast="each") == [], state
        if "/lessons/" not in path:
            break
        page.evaluate(ANSWERED)
