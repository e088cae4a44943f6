"""Copy buttons in a real Chromium: what they put on the clipboard, by keyboard, said aloud."""

import re

import pytest
from playwright.sync_api import expect

from web.lessons.plain_copy import program
from web.lessons.source import read
from web.paths import LESSONS
from web.words import LANGUAGES, WORDS

PATHS = sorted(LESSONS.glob("[0-9][0-9]-*.md"))
START = "guide/start.html"
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
UNFOLD = """() => {
    document.querySelectorAll(".is-folded").forEach((part) => part.classList.remove("is-folded"));
    document.querySelectorAll("details").forEach((fold) => (fold.open = true));
}"""

each_language = pytest.mark.parametrize("language", LANGUAGES)


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def told(page):
    return page.locator('.copy-told[role="status"]')


@pytest.fixture
def copying(reader, address):
    """Return a function that opens a page whose clipboard can be read."""

    def make(path, **options):
        watched = reader(permissions=["clipboard-read", "clipboard-write"], **options)
        return watched.open(path)

    return make


@each_language
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_cell_gives_its_program_and_its_code(copying, language, path):
    lesson = read(path)
    page = copying(f"{language}/lessons/{path.stem}.html")
    page.evaluate(UNFOLD)
    bars = page.locator(".copy-bar")
    code = lesson.code()
    assert bars.count() == len(code)
    for number, cell in enumerate(code):
        plain, *others = bars.nth(number).locator("button").all()
        plain.click()
        expect(told(page)).to_have_text(WORDS[language]["copied"])
        assert clipboard(page) == f"{cell.source}\n"
        if {"exercise", "check"} & set(cell.tags):
            assert others == [], "what a learner writes is no program of the page"
            continue
        (whole,) = others
        whole.click()
        text = program(lesson, number)
        count = text.count("\n")
        said = WORDS[language]["program_copied"].format(count)
        expect(told(page)).to_have_text(said)
        assert clipboard(page) == text


@each_language
def test_the_buttons_work_by_keyboard_and_say_so(copying, language):
    words = WORDS[language]
    page = copying(f"{language}/lessons/{PATHS[0].stem}.html")
    plain, whole = page.locator(".copy-bar").nth(1).locator("button").all()
    assert plain.inner_text().strip() == words["copy"]
    assert whole.inner_text().strip() == words["copy_program"]
    plain.focus()
    page.keyboard.press("Tab")
    expect(whole).to_be_focused()
    page.keyboard.press("Enter")
    expect(whole).to_have_class(re.compile("is-done"))
    expect(told(page)).not_to_be_empty()
    expect(whole).to_be_focused()
    assert clipboard(page) == program(read(PATHS[0]), 1)
    expect(whole).not_to_have_class(re.compile("is-done"))


@each_language
def test_blocks_of_guides_and_solutions_have_a_plain_button(copying, language):
    page = copying(f"{language}/{START}")
    blocks = page.locator(".copy-beside")
    assert blocks.count() >= 4
    button = blocks.first.get_by_role("button", name=WORDS[language]["copy"], exact=True)
    button.click()
    expect(told(page)).to_have_text(WORDS[language]["copied"])
    assert clipboard(page) == blocks.first.locator("pre").inner_text().rstrip("\n") + "\n"
    assert page.locator(".highlight-text .copy-button").count() == 0, "an output has none"

    lesson = read(PATHS[0])
    page = copying(f"{language}/lessons/{PATHS[0].stem}.html")
    fold = page.locator("details.fold-solution").first
    fold.locator("summary").click()
    fold.locator(".copy-button").click()
    expect(told(page)).to_have_text(WORDS[language]["copied"])
    assert clipboard(page) == f"{lesson.exercises()[0].solution}\n"
    assert page.locator(".cell_output .copy-button").count() == 0


def test_prompts_and_outputs_are_left_out(copying):
    page = copying(f"en/{START}")
    page.evaluate(
        """() => {
            const pre = document.querySelector(".copy-beside > pre");
            pre.innerHTML = '<span class="gp">$ </span>make lab\\n<span class="go">ready\\n</span>';
        }"""
    )
    page.locator(".copy-beside .copy-button").first.click()
    expect(told(page)).not_to_be_empty()
    assert clipboard(page) == "make lab\n"


def test_copying_works_where_the_browser_gives_no_clipboard(copying):
    page = copying(f"en/{START}")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    button = page.locator(".copy-beside .copy-button").first
    expected = page.locator(".copy-beside > pre").first.inner_text().rstrip("\n") + "\n"
    button.click()
    expect(told(page)).to_have_text(WORDS["en"]["copied"])
    expect(button).to_be_focused()
    page.evaluate("delete navigator.clipboard")
    box = page.evaluate_handle(
        "() => document.body.appendChild(document.createElement('textarea'))"
    ).as_element()
    box.focus()
    page.keyboard.press("ControlOrMeta+v")
    assert box.input_value() == expected


@each_language
def test_a_failure_is_told_and_seen(copying, language):
    page = copying(f"{language}/{START}")
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }"
    )
    button = page.locator(".copy-beside .copy-button").first
    button.click()
    expect(told(page)).to_have_text(WORDS[language]["not_copied"])
    expect(told(page)).to_be_in_viewport()
    expect(button).not_to_have_class(re.compile("is-done"))


@each_language
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_button_covers_code(copying, language, viewport):
    for path in (f"lessons/{PATHS[0].stem}.html", START):
        page = copying(f"{language}/{path}", viewport=viewport)
        page.evaluate(UNFOLD)
        boxes = page.evaluate(
            """() => [...document.querySelectorAll(".copy-button")].map((button) => {
                const pre = button.closest(".cell_input, .copy-beside").querySelector("pre");
                return [button.getBoundingClientRect(), pre.getBoundingClientRect()];
            })"""
        )
        assert boxes
        for button, pre in boxes:
            assert button["width"] >= 24 and button["height"] >= 24
            assert button["right"] <= viewport["width"]
            beside = button["left"] >= pre["right"] - 1 or button["right"] <= pre["left"] + 1
            above = button["bottom"] <= pre["top"] + 1
            assert beside or above


def test_print_and_pages_without_javascript_show_no_buttons(copying):
    page = copying(f"en/{START}")
    page.emulate_media(media="print")
    expect(page.locator(".copy-button:visible")).to_have_count(0)
    page = copying(f"en/{START}", java_script_enabled=False)
    expect(page.locator(".copy-button")).to_have_count(0)
