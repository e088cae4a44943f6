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
def test_the_button_for_colours_names_the_state_that_it_has(reader, language):
    words = WORDS[language]
    page = reader(color_scheme="light").open(f"{language}/index.html")
    button = page.locator("header .theme-toggle")
    seen = [button.get_attribute("aria-label")]
    for _ in range(2):
        button.click()
        state = page.locator("body").get_attribute("data-theme")
        expect(button).to_have_attribute("aria-label", words[f"theme_{state}"])
        expect(page.locator(".theme-toggle-labelled")).to_have_text(words[f"theme_{state}"])
        seen.append(words[f"theme_{state}"])
    assert set(seen) == {words[f"theme_{state}"] for state in ("auto", "light", "dark")}


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
def test_a_quiz_is_graded_on_commit_and_never_by_an_arrow_key(reader, language):
    page = reader().open(f"{language}/{LESSON}")
    quiz = page.locator("form.zq-quiz")
    words = WORDS[language]
    for number, form in enumerate(quiz.all(), start=1):
        said = words["quiz_of"].format(n=number, all=quiz.count())
        expect(form.locator(".zq-kind")).to_have_text(said)
    form = quiz.first
    commit = form.locator(".zq-commit")
    expect(commit).to_be_disabled()
    form.locator("input").first.focus()
    page.keyboard.press("Space")
    for _ in range(form.locator("input").count()):
        page.keyboard.press("ArrowDown")
        expect(form.locator(".zq-verdict")).to_be_empty()
    stored = "localStorage.getItem('zeromq-companion.progress.2')"
    assert page.evaluate(stored) is None
    chosen = form.locator("input:checked").get_attribute("value")
    page.keyboard.press("Tab")
    expect(commit).to_be_focused()
    page.keyboard.press("Enter")
    right = chosen == form.get_attribute("data-answer")
    expect(form.locator(".zq-verdict")).to_contain_text(words["right" if right else "wrong"])
    expect(form.locator(".zq-verdict")).to_be_focused()
    for reason in form.locator(".zq-reason").all():
        expect(reason).to_be_visible()
    expect(form.locator("input:enabled")).to_have_count(0)
    page.reload()
    expect(form.locator(f'input[value="{chosen}"]')).to_be_checked()
    expect(form.locator(".zq-verdict")).to_contain_text(words["right" if right else "wrong"])


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


@pytest.mark.parametrize(("locale", "shown"), [("ko-KR", "ko"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_root_leads_home_in_the_readers_language(reader, locale, shown):
    watched = reader(locale=locale)
    page = watched.open("404.html")
    page.goto(f"{watched.address}/")
    page.wait_for_url(f"**/{shown}/index.html")
    page.go_back()  # not to the root, which would lead on again
    page.wait_for_url("**/404.html")


def test_the_root_remembers_the_language_that_was_chosen(reader):
    watched = reader(locale="ko-KR")
    page = watched.open("ko/index.html")
    page.locator("a.language:visible").click()
    page.wait_for_url("**/en/index.html")
    page.goto(f"{watched.address}/")
    page.wait_for_url("**/en/index.html")
    page.goto(f"{watched.address}/#languages")
    page.locator('a[hreflang="ko"]').click()
    page.wait_for_url("**/ko/index.html")


def test_without_a_script_the_root_lets_one_choose(reader):
    watched = reader(java_script_enabled=False, locale="ko-KR")
    page = watched.open("")
    page.locator('a[hreflang="ko"]').click()
    page.wait_for_url("**/ko/index.html")


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


def test_a_hand_out_has_no_answers_and_a_teachers_copy_has_them(reader):
    watched = reader()
    watched.page.add_init_script("window.print = () => (window.printed = true)")
    page = watched.open(f"en/{LESSON}")
    page.locator("form.zq-predict input").first.check()
    page.locator("form.zq-predict .zq-commit").first.click()
    answers = page.locator(".zq-reason, .zq-verdict, .fold-hint, .fold-solution")
    for name, shown in (("print_student", False), ("print_teacher", True)):
        page.emulate_media(media="screen")
        page.get_by_role("button", name=WORDS["en"][name]).click()
        assert page.evaluate("window.printed")
        page.emulate_media(media="print")
        assert (answers.filter(visible=True).count() > 0) == shown
        expect(page.locator(".print-ways")).to_be_hidden()
        marks = """[...document.querySelectorAll(".zq-answer label")].map(
            (label) => getComputedStyle(label, "::after").content)"""
        assert any("✓" in mark for mark in page.evaluate(marks)) == shown
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).not_to_have_attribute("data-print-for", re.compile(".*"))
