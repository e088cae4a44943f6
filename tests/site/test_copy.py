"""Copy buttons in a real Chromium: what they put on the clipboard, by keyboard, said aloud."""

import re

import pytest
from playwright.sync_api import expect

from web.lessons.folders import page_name, pages
from web.lessons.plain_copy import Copies, for_page
from web.lessons.source import read
from web.paths import SITE
from web.words import LANGUAGES, WORDS

PATHS = pages()
FIRST = f"lessons/{page_name(PATHS[0])}.html"
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


def program_of(path, number, kind=""):
    """Return the program of a cell, counted from 0, as the build wrote it."""
    file = SITE / "programs" / f"{page_name(path)}-{number + 1}{kind}.py"
    return file.read_text(encoding="utf-8")


@each_language
def test_each_kind_of_button_copies(copying, language):
    """On the first page that has all kinds, the first button of each is pressed."""
    words = WORDS[language]
    kinds = {"plain": "", "instruments": "-instruments", "example": ""}
    path, data = next(
        (path, data)
        for path in PATHS
        if (data := for_page(Copies(read(path))))
        and all(any(kind in cell for cell in data["cells"]) for kind in kinds)
    )
    page = copying(f"{language}/lessons/{page_name(path)}.html")
    page.evaluate(UNFOLD)
    for kind, end in kinds.items():
        at = next(n for n, cell in enumerate(data["cells"]) if kind in cell)
        cell = data["cells"][at]
        number = data["numbers"][at] - 1
        if kind == "example":
            text = f"python -m examples eject {cell['example']} {cell['example']}\n"
            said = words["example_copied"].format(cell["example"])
            name = words["copy_example"].format(cell["example"])
        else:
            text = program_of(path, number, end)
            said = words["program_copied"].format(text.count("\n"))
            name = words["copy_program" if kind == "plain" else "copy_instruments"]
        bar = page.locator(".copy-bar").nth(at)
        bar.get_by_role("button", name=name, exact=True).click()
        expect(told(page)).to_have_text(said)
        assert clipboard(page) == text


def test_every_cell_of_a_page_gives_its_code(copying):
    page = copying(f"en/{FIRST}")
    page.evaluate(UNFOLD)
    for number, cell in enumerate(read(PATHS[0]).code()):
        page.locator(".copy-bar").nth(number).locator("button").first.click()
        expect(told(page)).to_have_text(WORDS["en"]["copied"])
        assert clipboard(page) == f"{cell.source}\n"


def test_a_program_that_can_not_be_had_is_told(copying):
    page = copying(f"en/{FIRST}")
    page.route("**/programs/*", lambda route: route.abort())
    words = WORDS["en"]
    page.get_by_role("button", name=words["copy_program"], exact=True).first.click()
    expect(told(page)).to_have_text(words["not_copied"])


def test_the_programs_are_not_asked_for_before_they_are_wanted(reader):
    watched = reader()
    watched.open(f"en/{FIRST}")
    assert not [url for url in watched.asked if "/programs/" in url]


@each_language
def test_the_buttons_work_by_keyboard_and_say_so(copying, language):
    words = WORDS[language]
    page = copying(f"{language}/{FIRST}")
    page.evaluate(UNFOLD)
    plain, whole, *_ = page.locator(".copy-bar").nth(1).locator("button").all()
    assert plain.inner_text().strip() == words["copy"]
    assert whole.inner_text().strip() == words["copy_program"]
    plain.focus()
    page.keyboard.press("Tab")
    expect(whole).to_be_focused()
    page.keyboard.press("Enter")
    expect(whole).to_have_class(re.compile("is-done"))
    expect(told(page)).not_to_be_empty()
    expect(whole).to_be_focused()
    assert clipboard(page) == program_of(PATHS[0], 1)
    expect(whole).not_to_have_class(re.compile("is-done"))


@each_language
def test_a_block_of_the_start_page_with_make_lab_copies_one_command(copying, language):
    page = copying(f"{language}/{START}")
    blocks = [text for text in page.locator("div.highlight > pre").all_text_contents()]
    labs = [text.strip() for text in blocks if text.startswith("make lab")]
    assert sorted(labs) == ["make lab", "make lab LANGUAGE=ko"]


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
    page = copying(f"{language}/{FIRST}")
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
    for path in (FIRST, START):
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
