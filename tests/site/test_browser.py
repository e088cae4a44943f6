"""The site in a real Chromium: what a reader clicks, types and sees.

Without a Chromium these checks do not run: `make test` says so at its end, and with CI=true that
is a failure.
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from web.words import LANGUAGES, WORDS

LESSON = "lessons/01-first-message.html"
PHONE = {"width": 360, "height": 740}

lesson_pages = pytest.mark.parametrize("language", LANGUAGES)


@lesson_pages
def test_code_far_from_the_window_waits_but_has_its_room(reader, language):
    page = reader(viewport=PHONE).open(f"{language}/{LESSON}")
    height = "document.documentElement.scrollHeight"
    laid_out = """[...document.querySelectorAll(".cell_input pre")].map(
        (pre) => pre.firstElementChild.checkVisibility({contentVisibilityAuto: true}))"""
    before = page.evaluate(height)
    assert not all(page.evaluate(laid_out))
    codes = page.locator(".cell_input pre").filter(visible=True).all()
    for code in codes:
        code.scroll_into_view_if_needed()
    assert page.evaluate(height) == pytest.approx(before, abs=20)
    wide = page.locator(".cell_input pre[data-wide]")
    assert wide.count()
    for code in wide.all():
        code.scroll_into_view_if_needed()
        expect(code).to_have_attribute("tabindex", "0")


@lesson_pages
def test_the_switcher_keeps_page_and_anchor(reader, language):
    other = next(code for code in LANGUAGES if code != language)
    page = reader().open(f"{language}/{LESSON}#break-it-the-server-restarts")
    page.locator("a.language:visible").first.click()
    page.wait_for_url(f"**/{other}/{LESSON}#break-it-the-server-restarts")
    assert page.locator("html").get_attribute("lang") == other
    expect(page.locator("#break-it-the-server-restarts")).to_be_in_viewport()
    page.locator("a.language:visible").first.click()
    page.wait_for_url(f"**/{language}/{LESSON}#break-it-the-server-restarts")


def test_the_switcher_is_there_on_a_phone(reader):
    page = reader(viewport=PHONE).open(f"en/{LESSON}")
    page.locator("a.language:visible").first.click()
    page.wait_for_url(f"**/ko/{LESSON}")


def test_dark_mode_by_the_system_and_by_hand(reader):
    def ground(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = reader(color_scheme="light").open(f"en/{LESSON}")
    assert ground(light) == "rgb(255, 255, 255)"
    dark = reader(color_scheme="dark").open(f"en/{LESSON}")
    assert ground(dark) == "rgb(20, 24, 27)"
    for _ in range(3):
        if ground(light) == "rgb(20, 24, 27)":
            break
        light.locator("button.theme-toggle:visible").first.click()
    assert ground(light) == "rgb(20, 24, 27)"
    light.reload()
    assert ground(light) == "rgb(20, 24, 27)", "the choice is kept"


@lesson_pages
def test_a_picture_shows_the_words_of_the_page(reader, language):
    page = reader().open(f"{language}/{LESSON}")
    other = next(code for code in LANGUAGES if code != language)
    blocks = page.locator(".zl-lang")
    assert blocks.count() >= 2
    for block in blocks.all():
        if block.get_attribute("lang") == other:
            expect(block).to_be_hidden()
    assert page.locator(f'.zl-lang[lang="{language}"] svg:visible').count() >= 1


@lesson_pages
def test_a_quiz_answers_at_once_by_keyboard(reader, language):
    page = reader().open(f"{language}/{LESSON}")
    form = page.locator("form.zq-quiz").first
    right = int(form.get_attribute("data-answer"))
    count = form.locator("input").count()
    wrong = right % count + 1
    for choice, verdict in ((wrong, "wrong"), (right, "right")):
        form.locator(f'input[value="{choice}"]').focus()
        page.keyboard.press("Space")
        expect(form.locator(".zq-verdict")).to_contain_text(WORDS[language][verdict])
        expect(form.locator(f'.zq-answer[data-n="{choice}"] .zq-reason')).to_be_visible()
    form.locator(f'input[value="{right}"]').focus()
    page.keyboard.press("ArrowDown")
    chosen = right % count + 1
    expect(form.locator(f'input[value="{chosen}"]')).to_be_checked()
    expect(form.locator(".zq-verdict")).to_contain_text(WORDS[language]["wrong"])


def test_without_javascript_everything_can_be_read(reader):
    page = reader(java_script_enabled=False).open(f"en/{LESSON}")
    for output in page.locator("div.cell .cell_output").all():
        expect(output).to_be_visible()
    for reason in page.locator(".zq-reason").all():
        expect(reason).to_be_visible()
    expect(page.locator(".zq-commit:visible")).to_have_count(0)
    page.locator("a.language:visible").first.click()
    page.wait_for_url(f"**/ko/{LESSON}")


@lesson_pages
def test_the_download_is_the_notebook_in_the_readers_language(reader, language, tmp_path):
    page = reader(accept_downloads=True).open(f"{language}/{LESSON}")
    with page.expect_download() as waiting:
        page.locator("a.lesson-download").click()
    target = tmp_path / "lesson.ipynb"
    waiting.value.save_as(target)
    notebook = json.loads(target.read_text(encoding="utf-8"))
    assert notebook["metadata"]["lesson"]["language"] == language
    first = "".join(notebook["cells"][0]["source"])
    assert bool(re.search("[가-힣]", first)) == (language == "ko")
    assert Path(waiting.value.suggested_filename).suffix == ".ipynb"


@pytest.mark.parametrize(("locale", "offered"), [("ko-KR", "ko"), ("en-GB", "en")])
def test_the_chooser_proposes_the_browsers_language_and_stays(reader, locale, offered):
    watched = reader(locale=locale)
    page = watched.open("")
    expect(page.locator(f'a[hreflang="{offered}"]')).to_have_class(re.compile("proposed"))
    assert page.url == f"{watched.address}/"
    page.locator(f'a[hreflang="{offered}"]').click()
    page.wait_for_url(f"**/{offered}/**")


def test_an_unknown_address_gives_the_sites_own_page(reader):
    watched = reader()
    response = watched.page.goto(f"{watched.address}/en/lessons/no-such.html")
    assert response.status == 404
    watched.page.locator('a[hreflang="ko"]').click()
    watched.page.wait_for_url("**/ko/**")


@pytest.mark.parametrize(
    ("button", "drawer"), [(".menu-button", "#site-nav"), (".contents-button", "#page-contents")]
)
def test_the_drawers_open_and_close_by_keyboard_on_a_phone(reader, button, drawer):
    page = reader(viewport=PHONE).open(f"en/{LESSON}")
    expect(page.locator(drawer)).to_be_hidden()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches('{button}')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(drawer)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(drawer)).to_be_hidden()


def test_print_shows_the_answers_and_no_navigation(reader):
    page = reader().open(f"en/{LESSON}")
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator("div.cell:has(form.zq-predict) .cell_output").first).to_be_visible()
