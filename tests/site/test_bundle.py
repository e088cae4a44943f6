"""The archive of each language, unpacked and served by Python's own server below a sub-path."""

import re
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from web.site import bundle
from web.site.epub import archive_name
from web.words import LANGUAGES, WORDS

pytestmark = pytest.mark.xdist_group("browser-ko")  # the bundle is unpacked once

QUERIES = {"en": "reconnect", "ko": "소켓"}
LESSON = "lessons/01-first-message.html"
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve both archives, as a reader would; give the addresses of their folders."""
    folder = tmp_path_factory.mktemp("stick")
    archives = bundle.write_archives(folder / "archives")
    places = {}
    for language, archive in zip(LANGUAGES, archives, strict=True):
        shutil.unpack_archive(archive, folder / "deep" / "below")
        places[language] = f"deep/below/{archive.stem}"
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            port = re.search(r"port (\d+)", server.stdout.readline())[1]
            yield {code: f"http://127.0.0.1:{port}/{places[code]}" for code in LANGUAGES} | {
                f"{code} without a server": (folder / places[code]).as_uri() for code in LANGUAGES
            }
        finally:
            server.terminate()


def failed(request):
    """Tell a request that failed from one that was given up because the page was left."""
    return "ERR_ABORTED" not in (request.failure or "")


@pytest.fixture
def visit(chromium, served):
    """Return a function that gives a page, and the lists of what it asked and what went wrong."""
    contexts = []

    def make():
        context = chromium.new_context(accept_downloads=True)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page, asked, wrong = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda request: failed(request) and wrong.append(request.url))
        page.on(
            "response",
            lambda answer: answer.status >= 400 and wrong.append(f"{answer.status} {answer.url}"),
        )
        page.on(
            "console",
            lambda said: said.type in ("error", "warning") and wrong.append(said.text),
        )
        return page, asked, wrong

    yield make
    for context in contexts:
        context.close()


def open_each(visit, served, language, pages):
    """Open pages of an archive; none may complain, nor ask anything of others."""
    page, asked, wrong = visit()
    for name in pages:
        page.goto(f"{served[language]}/{name}", wait_until="load")
        if name == "index.html":  # it leads on, and that may come after its load
            page.wait_for_url(f"**/{language}/index.html")
        assert wrong == [], name
    assert [url for url in asked if not url.startswith((served[language], "data:"))] == []


@each_language
def test_a_page_of_each_kind_opens_and_asks_nothing_of_others(visit, served, language):
    """The links of all pages are checked without a browser, in tests/web/site/test_bundle.py."""
    kinds = ("search.html", LESSON, "guide/core.html", "guide/glossary.html")
    open_each(visit, served, language, ["index.html", *(f"{language}/{page}" for page in kinds)])


@pytest.mark.soak
@each_language
def test_every_page_opens_and_asks_nothing_of_others(visit, served, language):
    pages = [name for name in bundle.contents(language, bundle.newest_run())]
    pages = [name for name in pages if name.endswith(".html")]
    assert len(pages) >= 6
    open_each(visit, served, language, pages)


@each_language
def test_the_folder_opens_at_the_home_page_and_has_no_dead_switcher(visit, served, language):
    page, _asked, wrong = visit()
    page.goto(f"{served[language]}/")
    page.wait_for_url(f"**/{archive_name(language, 'zip')[:-4]}/{language}/index.html")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("a.language")).to_have_count(0)
    page.goto(f"{served[language]}/{language}/{LESSON}")
    form = page.locator("form.zq-quiz").first
    form.locator("input").first.check()
    form.locator(".zq-commit").click()
    expect(form.locator(".zq-verdict")).not_to_be_empty()
    assert wrong == []


@each_language
def test_search_finds(visit, served, language):
    page, asked, wrong = visit()
    page.goto(f"{served[language]}/{language}/index.html")
    field = page.locator("form.search-form input").first
    field.fill(QUERIES[language])
    field.press("Enter")
    found = page.locator(f'#search-results a[href*="{LESSON}"]').first
    expect(found).to_be_visible()
    found.click()
    page.wait_for_url(re.compile(re.escape(LESSON)))
    assert wrong == []
    assert [url for url in asked if not url.startswith((served[language], "data:"))] == []


@each_language
def test_the_notebook_can_be_downloaded(visit, served, language, tmp_path):
    page, _asked, wrong = visit()
    page.goto(f"{served[language]}/{language}/{LESSON}")
    with page.expect_download() as waiting:
        page.locator("a.lesson-download").click()
    waiting.value.save_as(tmp_path / "lesson.ipynb")
    inside = bundle.contents(language, bundle.newest_run())
    assert (tmp_path / "lesson.ipynb").read_bytes() == inside["notebooks/01-first-message.ipynb"]
    assert wrong == []


@each_language
def test_what_the_readme_says_of_opening_it_without_a_server(visit, served, language):
    page, asked, _wrong = visit()  # Chromium complains of what a file may not do
    page.goto(f"{served[f'{language} without a server']}/index.html")
    page.wait_for_url(f"**/{language}/index.html")
    field = page.locator("form.search-form input").first
    field.fill(QUERIES[language])
    field.press("Enter")
    found = page.locator(f'#search-results a[href*="{LESSON}"]').first
    expect(found).to_be_visible()
    found.click()
    page.wait_for_url(re.compile(re.escape(LESSON)))
    form = page.locator("form.zq-quiz").first
    form.locator("input").first.check()
    form.locator(".zq-commit").click()
    expect(form.locator(".zq-verdict")).not_to_be_empty()
    page.evaluate(
        """() => { navigator.clipboard.writeText = (text) => {
            window.copied = text;
            return Promise.resolve();
        }; }"""
    )
    name = WORDS[language]["copy_program"]
    page.get_by_role("button", name=name, exact=True).first.click()
    expect(page.locator(".copy-told")).not_to_be_empty()
    assert page.evaluate("window.copied").endswith("asyncio.run(main())\n")
    page.locator("a.lesson-download").click()
    page.wait_for_url("**/notebooks/01-first-message.ipynb")
    expect(page.locator("pre")).to_contain_text('"nbformat"')
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data"}
