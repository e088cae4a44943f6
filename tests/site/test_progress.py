"""A reader's progress in a real Chromium: kept, shown, shared, forgotten, and never in the way."""

import json
import re

import pytest
from playwright.sync_api import expect

from web.lessons.curriculum import lesson_paths, question_keys
from web.lessons.folders import page_name
from web.site import scripts
from web.words import LANGUAGES, WORDS

KEY = "zeromq-companion.progress.2"
OLD = "zeromq-companion.progress.1"
PATHS = list(lesson_paths().values())
NAME = page_name(PATHS[0])
LESSON = f"lessons/{NAME}.html"
OUTLINE = "guide/curriculum.html"
QUESTIONS = question_keys(PATHS[0])
ALL = sum(len(question_keys(path)) for path in PATHS)
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
EN = {
    key.removeprefix("progress_"): said
    for key, said in WORDS["en"].items()
    if key.startswith("progress_")
}


def answer(page, index, choice=1):
    """Answer a lesson's question as a reader does, counted from 0 in the order of the text."""
    form = page.locator("form.zq").nth(index)
    form.locator(f'input[value="{choice}"]').check()
    if form.locator(".zq-commit").count():
        form.locator(".zq-commit").click()


def pass_exercise(page):
    """Let the page hear that the exercise was passed, as Check tells it (test_cells.py)."""
    exercise = mark(page).get_attribute("data-exercises") or ""
    tell = "name => document.dispatchEvent(new CustomEvent('exercise-passed', {detail: name}))"
    page.evaluate(tell, exercise)


def answer_all(page):
    pass_exercise(page)
    for index in range(len(QUESTIONS)):
        answer(page, index)


def stored(page):
    return json.loads(page.evaluate("key => localStorage.getItem(key)", KEY) or "{}")


def store(page, value):
    text = value if isinstance(value, str) else json.dumps(value)
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])


def given(**entry):
    return {NAME: {"answers": {}, "done": False, "at": "", "when": 1, **entry}}


def mark(page, name=NAME):
    return page.locator(f'.site-nav [data-lesson="{name}"]')


def said(count, total=None, words=EN):
    return words["answered"].format(n=count, all=total or len(QUESTIONS))


def with_another_lesson(page):
    """Let the list of pages name one more lesson after the first."""
    entry = re.compile(rf'<li[^>]*><a [^>]*href="[^"]*{NAME}\.html">.*?</a></li>')

    def more(route):
        answered = route.fetch()
        text, count = entry.subn(
            lambda found: found[0] + found[0].replace(NAME, "99-other"), answered.text()
        )
        assert count == 1
        route.fulfill(response=answered, body=text)

    page.route("**/index.html", more)


def test_a_lesson_that_was_not_begun_says_so(reader):
    page = reader().open(f"en/{LESSON}")
    expect(mark(page)).to_have_attribute("aria-label", EN["new"])
    expect(page.locator(".lesson-progress p")).to_have_text(EN["new"])
    expect(page.locator(".lesson-progress button")).to_be_hidden()
    expect(page.locator(".progress-back")).to_be_hidden()
    assert stored(page) == {}


def test_what_the_first_version_stored_is_taken_over(reader):
    watched = reader()
    page = watched.open(f"en/{LESSON}")
    old = given(answers={QUESTIONS[0]: 2}, at="exercise") | {"99-gone": given(done=True)[NAME]}
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [OLD, json.dumps(old)])
    page.reload()
    expect(page.locator(".lesson-progress p")).to_contain_text(said(1))
    expect(page.locator(".progress-back")).to_have_attribute("href", "#exercise")
    answer(page, 1, 1)
    kept = stored(page)
    assert kept[NAME]["answers"] == {QUESTIONS[0]: 2, QUESTIONS[1]: 1}
    assert kept["99-gone"]["done"] is True
    old = given(done=True, answers={key: 1 for key in QUESTIONS})
    page.evaluate("localStorage.clear()")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [OLD, json.dumps(old)])
    page.reload()
    expect(mark(page)).to_have_attribute("aria-label", EN["done"])  # without the exercise, too


def test_answers_given_stay_given(reader):
    watched = reader()
    page = watched.open(f"en/{LESSON}")
    answer(page, 0, 2)
    answer(page, len(QUESTIONS) - 1, 2)
    expect(mark(page)).to_have_attribute("aria-label", EN["begun"])
    expect(page.locator(".lesson-progress p")).to_contain_text(said(2))
    page.reload()
    prediction, quiz = page.locator("form.zq").first, page.locator("form.zq").last
    for form in (prediction, quiz):
        expect(form.locator('input[value="2"]')).to_be_checked()
        expect(form.locator('[data-n="2"] .zq-reason')).to_be_visible()
        # What was said once is not said again.
        expect(form.locator(".zq-verdict")).to_have_attribute("aria-live", "off")
        expect(form.locator(".zq-verdict")).not_to_be_empty()
    expect(prediction.locator("input").first).to_be_disabled()
    expect(page.locator("div.cell:has(form.zq-predict) .cell_output").first).to_be_visible()
    expect(page.locator("form.zq").nth(1).locator("input:checked")).to_have_count(0)
    assert page.evaluate("document.activeElement === document.body")
    expect(mark(page)).to_have_attribute("aria-label", EN["begun"])
    expect(quiz.locator("input").first).to_be_disabled()
    assert stored(page)[NAME]["answers"] == {QUESTIONS[0]: 2, QUESTIONS[-1]: 2}
    assert watched.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_progress_made_in_one_language_shows_in_the_other(reader, language):
    other = next(code for code in LANGUAGES if code != language)
    watched = reader()
    page = watched.open(f"{language}/{LESSON}")
    answer(page, 0)
    page.locator("a.language:visible").first.click()
    page.wait_for_url(f"**/{other}/{LESSON}")
    expect(page.locator("form.zq").first.locator('input[value="1"]')).to_be_checked()
    expect(mark(page)).to_have_attribute("aria-label", WORDS[other]["progress_begun"])
    page.locator(".brand").click()
    page.wait_for_url(f"**/{other}/index.html")
    words = {key: WORDS[other][f"progress_{key}"] for key in ("answered", "lessons", "continue")}
    card = page.locator(f'.lesson-card[data-lesson="{NAME}"] .lesson-state')
    expect(card).to_contain_text(said(1, words=words))
    expect(page.locator(".progress-all")).to_contain_text(said(1, ALL, words))
    expect(page.locator("[data-part] .part-progress").first).to_be_visible()
    expect(page.locator(".way-on a")).to_have_text(words["continue"].format(lesson=NAME[:2]))
    assert watched.complaints == []


def test_a_lesson_is_done_when_all_is_answered_or_when_the_reader_says_so(reader):
    page = reader().open(f"en/{LESSON}")
    button = page.locator(".lesson-end .progress-toggle")
    answer_all(page)
    expect(mark(page)).to_have_attribute("aria-label", EN["done"])
    expect(page.locator('.lesson-end [role="status"]')).to_contain_text(EN["done"])
    expect(button).to_have_text(EN["mark_not_done"])
    button.focus()
    page.keyboard.press("Enter")
    expect(mark(page)).to_have_attribute("aria-label", EN["begun"])
    page.reload()
    expect(mark(page)).to_have_attribute("aria-label", EN["begun"])  # the reader's word stays
    page.locator(".brand").click()
    expect(page.locator(".progress-all")).to_contain_text(said(len(QUESTIONS), ALL))
    expect(page.locator(".progress-all")).to_contain_text(EN["lessons"].format(n=0, all=len(PATHS)))


def test_done_can_be_said_without_an_answer(reader):
    page = reader().open(f"en/{LESSON}")
    button = page.locator(".lesson-end .progress-toggle")
    button.focus()
    page.keyboard.press("Space")
    expect(button).to_be_focused()
    expect(button).to_have_text(EN["mark_not_done"])
    page.goto(page.url.replace(LESSON, "index.html"))
    expect(mark(page)).to_have_attribute("aria-label", EN["done"])
    expect(page.locator(".progress-all")).to_contain_text(EN["lessons"].format(n=1, all=len(PATHS)))


def test_the_three_marks_differ_in_shape(reader):
    page = reader().open(f"en/{LESSON}")
    shapes = []
    for _ in range(2):
        shapes.append(mark(page).locator("svg").inner_html())
        answer(page, 0)
    answer_all(page)
    shapes.append(mark(page).locator("svg").inner_html())
    assert len(set(shapes)) == 3


def test_continue_leads_to_where_the_reader_stopped(reader):
    page = reader().open(f"en/{LESSON}")
    answer(page, 0)
    page.locator("#break-it-the-server-restarts").evaluate("node => node.scrollIntoView()")
    page.goto(page.url.replace(LESSON, "index.html"))
    assert stored(page)[NAME]["at"] == "break-it-the-server-restarts"
    page.locator(".way-on a").click()
    page.wait_for_url(f"**/en/{LESSON}#break-it-the-server-restarts")
    expect(page.locator("#break-it-the-server-restarts > h2")).to_be_in_viewport()
    # Opened at its head and left again, the lesson keeps the place.
    page.goto(page.url.split("#")[0])
    page.goto(page.url.replace(LESSON, "index.html"))
    assert stored(page)[NAME]["at"] == "break-it-the-server-restarts"
    page.goto(page.url.replace("index.html", LESSON))
    page.locator(".progress-back").click()
    expect(page.locator("#break-it-the-server-restarts > h2")).to_be_in_viewport()


def test_continue_names_the_lesson_read_last_and_then_the_next(reader):
    watched = reader()
    with_another_lesson(watched.page)
    page = watched.open("en/index.html")
    first = given(answers={QUESTIONS[0]: 1}, at="break-it-the-server-restarts")[NAME]
    for other, on in (
        ({**first, "when": 2}, EN["continue"].format(lesson="99")),
        ({**first, "when": 0}, EN["continue"].format(lesson=NAME[:2])),
        ({**first, "when": 2, "done": True}, EN["continue"].format(lesson=NAME[:2])),
    ):
        store(page, {NAME: first, "99-other": other})
        page.reload()
        expect(page.locator(".way-on a")).to_have_text(on)
    store(page, {NAME: {**first, "done": True}})
    page.reload()
    expect(page.locator(".way-on a")).to_have_text(EN["next"].format(lesson="99"))
    assert page.locator(".way-on a").get_attribute("href").endswith("/99-other.html")


@pytest.mark.parametrize("path", ["en/index.html", f"en/{OUTLINE}"])
def test_forgetting_everything_asks_first_and_goes_by_keyboard(reader, path):
    page = reader().open(f"en/{LESSON}")
    answer(page, 0)
    page.goto(page.url.replace(f"en/{LESSON}", path))
    button = page.locator(".progress-panel button")
    expect(button).to_have_text(EN["forget"])
    before = stored(page)
    for press in ("Escape", "Enter"):  # the first button, which has the focus, keeps it
        button.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name=EN["forget_ask"])
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("button", name=EN["keep"])).to_be_focused()
        page.keyboard.press(press)
        expect(dialog).to_have_count(0)
        expect(button).to_be_focused()
        assert stored(page) == before
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".progress-told")).to_have_text(EN["forgotten"])
    expect(page.locator(".progress-told")).to_be_focused()
    expect(button).to_be_hidden()
    expect(mark(page)).to_have_attribute("aria-label", EN["new"])
    expect(page.locator(".way-on")).to_have_count(0)
    assert stored(page) == {}
    page.goto(page.url.replace(path, f"en/{LESSON}"))
    expect(page.locator("form.zq input:checked")).to_have_count(0)


def test_a_lesson_can_be_started_afresh(reader):
    page = reader().open("en/index.html")
    store(
        page,
        {
            **given(answers={QUESTIONS[0]: 1}, at="break-it-the-server-restarts"),
            "other": {"done": True},
        },
    )
    page.goto(page.url.replace("index.html", f"{LESSON}#break-it-the-server-restarts"))
    expect(page.locator("form.zq").first.locator("input").first).to_be_checked()
    page.locator(".lesson-progress button").click()
    dialog = page.get_by_role("dialog", name=EN["afresh_ask"])
    with page.expect_navigation():
        dialog.get_by_role("button", name=EN["afresh_yes"]).click()
    assert page.url.endswith(LESSON)
    expect(page.locator("form.zq input:checked")).to_have_count(0)
    expect(page.locator("form.zq .zq-commit").first).to_be_visible()
    expect(page.locator("div.cell:has(form.zq-predict) .cell_output").first).to_be_hidden()
    expect(mark(page)).to_have_attribute("aria-label", EN["new"])
    assert list(stored(page)) == ["other"]


@pytest.mark.parametrize(
    "refusal",
    [
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})",
        "Object.defineProperty(window, 'localStorage', {value: null})",
        "Storage.prototype.setItem = () => { throw new DOMException('full') }",
    ],
    ids=["refused", "none", "full"],
)
def test_without_storage_a_lesson_works_and_forgets(reader, refusal):
    watched = reader()
    watched.page.add_init_script(refusal)
    page = watched.open(f"en/{LESSON}")
    # furo's own script reads the theme from storage, and complains where there is none.
    theirs = list(watched.complaints)
    answer_all(page)
    expect(mark(page)).to_have_attribute("aria-label", EN["done"])
    expect(page.locator("div.cell:has(form.zq-predict) .cell_output").first).to_be_visible()
    page.locator(".lesson-end .progress-toggle").click()
    expect(mark(page)).to_have_attribute("aria-label", EN["begun"])
    assert watched.complaints == theirs
    assert not any(f"/{scripts.NAME}" in complaint for complaint in theirs)
    page.reload()
    expect(mark(page)).to_have_attribute("aria-label", EN["new"])
    if "setItem" not in refusal:  # a full one is found out by writing
        page.goto(page.url.replace(LESSON, "index.html"))
        expect(page.locator(".progress-kept")).to_have_text(EN["refused"])


DAMAGED = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "12",
    json.dumps({NAME: 5, "__proto__": {"answers": {}}}),
    json.dumps({NAME: {"answers": [1, 2], "done": "yes", "at": 7, "when": "now"}}),
    json.dumps(given(answers={QUESTIONS[0]: "1", QUESTIONS[1]: None})),
    json.dumps({"constructor": None, "no such lesson": given()[NAME]}),
]


@pytest.mark.parametrize(
    ("path", "damaged"), [("index.html", DAMAGED), (LESSON, DAMAGED), (OUTLINE, DAMAGED[-4:])]
)
def test_damaged_storage_counts_as_nothing(reader, path, damaged):
    watched = reader()
    for text in damaged:
        page = watched.open("404.html")  # which stores nothing itself when it is left
        store(page, text)
        watched.open(f"en/{path}")
        assert mark(page).get_attribute("aria-label") == EN["new"], text
        assert page.locator("form.zq input:checked").count() == 0, text
        if path == LESSON:
            answer(page, 0)
            assert stored(page)[NAME]["answers"] == {QUESTIONS[0]: 1}, text
            expect(mark(page)).to_have_attribute("aria-label", EN["begun"])
    assert watched.complaints == []


def test_what_another_version_of_the_lesson_stored_breaks_nothing(reader):
    watched = reader()
    page = watched.open("en/index.html")
    # A question that is gone, one that had more answers, a section that is gone.
    answers = {"0ld001": 1, QUESTIONS[0]: 9, QUESTIONS[1]: 1}
    store(page, given(answers=answers, at='gone"><script>'))
    page.goto(f"{watched.address}/en/{LESSON}")
    expect(page.locator(".lesson-progress p")).to_contain_text(said(1))
    expect(page.locator("form.zq").first.locator("input:checked")).to_have_count(0)
    expect(page.locator("form.zq").nth(1).locator("input").first).to_be_checked()
    expect(page.locator(".progress-back")).to_be_hidden()
    pass_exercise(page)
    answer_all_but_one = [index for index in range(len(QUESTIONS)) if index != 1]
    for index in answer_all_but_one:
        answer(page, index)
    expect(mark(page)).to_have_attribute("aria-label", EN["done"])
    assert watched.complaints == []


def test_a_question_that_has_changed_is_open_again_and_the_lesson_stays_done(reader):
    watched = reader()
    page = watched.open(f"en/{LESSON}")
    answer_all(page)

    def rewritten(route):
        page_then = route.fetch()
        route.fulfill(response=page_then, body=page_then.text().replace(QUESTIONS[0], "abcdef"))

    page.route("**/*.html", rewritten)
    page.reload()
    expect(page.locator("form.zq").first.locator("input:checked")).to_have_count(0)
    expect(page.locator("form.zq").nth(1).locator("input").first).to_be_checked()
    expect(mark(page)).to_have_attribute("aria-label", EN["done"])
    expect(page.locator(".lesson-progress p")).to_contain_text(said(len(QUESTIONS) - 1))
    assert watched.complaints == []


def test_tabs_follow_each_other(reader):
    watched = reader()
    first = watched.open(f"en/{LESSON}")
    second, home = (watched.page.context.new_page() for _ in range(2))
    second.goto(f"{watched.address}/ko/{LESSON}")
    home.goto(f"{watched.address}/en/index.html")
    answer(first, 0)
    expect(second.locator("form.zq").first.locator('input[value="1"]')).to_be_checked()
    expect(mark(home)).to_have_attribute("aria-label", EN["begun"])
    answer(second, 1, 2)
    expect(first.locator("form.zq").nth(1).locator('input[value="2"]')).to_be_checked()
    expect(home.locator(".progress-all")).to_contain_text(said(2, ALL))
    answer(first, len(QUESTIONS) - 1, 1)
    expect(second.locator("form.zq").last.locator('input[value="1"]')).to_be_checked()
    expect(second.locator("form.zq").last.locator("input").last).to_be_disabled()
    assert stored(home)[NAME]["answers"] == {QUESTIONS[0]: 1, QUESTIONS[1]: 2, QUESTIONS[-1]: 1}
    home.locator(".progress-panel button").click()
    home.get_by_role("button", name=EN["forget_yes"]).click()
    for lesson in (first, second):
        expect(lesson.locator("form.zq .zq-commit").first).to_be_visible()
        expect(lesson.locator("form.zq input:checked")).to_have_count(0)
    first.close()
    assert stored(home) == {}, "a lesson that is left does not bring back what was forgotten"


def test_progress_goes_to_another_browser_in_a_file(reader, tmp_path):
    page = reader(accept_downloads=True).open(f"en/{LESSON}")
    answer(page, 0, 2)
    code = "zeromq-companion.code.1"
    page.evaluate('key => localStorage.setItem(key, \'{"a": {"b": "c"}}\')', code)
    page.evaluate("localStorage.setItem('theme', 'dark')")  # not ours alone, so it stays
    page.locator(".brand").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=EN["save"]).click()
    file = tmp_path / "progress.json"
    waiting.value.save_as(file)
    assert set(json.loads(file.read_text(encoding="utf-8"))) == {KEY, code}

    other = reader(accept_downloads=True).open(f"en/{OUTLINE}")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[1]", encoding="utf-8")
    for path, told in ((wrong, EN["not_loaded"]), (file, EN["loaded"])):
        other.get_by_label(EN["load"]).set_input_files(path)
        expect(other.locator(".progress-told")).to_have_text(told)
        expect(other.locator(".progress-told")).to_be_focused()
    assert stored(other) == stored(page)
    assert other.evaluate("key => localStorage.getItem(key)", code) == '{"a": {"b": "c"}}'
    expect(other.locator(".progress-all")).to_contain_text(said(1, ALL))


def test_a_page_that_comes_back_shows_what_came_meanwhile(reader):
    page = reader().open("en/index.html")
    page.locator(f'.lesson-card[data-lesson="{NAME}"] a').click()
    answer(page, 0)
    page.go_back()
    expect(page.locator(".progress-all")).to_contain_text(said(1, ALL))
    page.go_forward()
    expect(page.locator("form.zq").first.locator("input").first).to_be_checked()


PARTS = ".lesson-progress, .lesson-end, .progress-panel, .site-nav, dialog"


def look_at_states(states, reader, language, viewport, scheme, check):
    """Check the pages that show progress, in some states of it, and the dialogue that asks."""
    watched = reader(viewport=viewport, color_scheme=scheme)
    page = watched.open(f"{language}/{LESSON}")
    answer(page, 0)
    for state in states:
        if state == "done":
            page.goto(f"{watched.address}/{language}/{LESSON}")
            page.locator(".lesson-end .progress-toggle").click()
        for path in (LESSON, OUTLINE, "index.html"):
            page.goto(f"{watched.address}/{language}/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            if viewport is PHONE:
                page.locator(".menu-button").click()
            expect(mark(page)).to_be_visible()
            expect(mark(page)).to_have_attribute("aria-label", WORDS[language][f"progress_{state}"])
            check(page)
            if viewport is PHONE:
                page.keyboard.press("Escape")
    page.locator(".progress-panel button").click()
    check(page)


@pytest.mark.parametrize(
    ("viewport", "language", "scheme", "contrast", "state"),
    [(WIDE, "en", "dark", "looks", "done"), (PHONE, "ko", "light", None, "begun")],
    ids=["wide", "phone"],
)
def test_axe_finds_no_violation(reader, axe, viewport, language, scheme, contrast, state):
    def check(page):
        assert axe(page, contrast, within=PARTS) == []

    look_at_states([state], reader, language, viewport, scheme, check)


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_any_form(reader, axe, viewport, language, scheme):
    def check(page):
        assert axe(page, contrast="each") == []

    look_at_states(["begun", "done"], reader, language, viewport, scheme, check)


def test_nothing_is_sent(reader):
    watched = reader()
    sent = []
    watched.page.on("request", lambda request: sent.append((request.method, request.post_data)))
    page = watched.open(f"en/{LESSON}")
    answer_all(page)
    page.locator(".lesson-end .progress-toggle").click()
    page.goto(f"{watched.address}/en/index.html")
    expect(mark(page)).to_have_attribute("aria-label", EN["begun"])
    assert set(sent) == {("GET", None)}
    beyond = [url for url in watched.asked if not url.startswith(f"{watched.address}/en/")]
    assert beyond == []
    assert page.context.cookies() == []


def test_without_javascript_nothing_of_it_is_seen(reader):
    watched = reader(java_script_enabled=False)
    for path in (LESSON, "index.html", OUTLINE):
        page = watched.open(f"en/{path}")
        for css in (".progress-panel", ".lesson-mark svg", ".lesson-end", ".part-progress"):
            expect(page.locator(f"{css}:visible")).to_have_count(0)


def test_print_leaves_it_out(reader):
    page = reader().open(f"en/{LESSON}")
    answer(page, 0)
    page.emulate_media(media="print")
    for css in (".lesson-progress", ".lesson-end"):
        expect(page.locator(css)).to_be_hidden()
    page.goto(page.url.replace(LESSON, "index.html"))
    for css in (".progress-panel", ".part-progress", ".lesson-state"):
        expect(page.locator(css).first).to_be_hidden()
