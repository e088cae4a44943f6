"""What a page weighs when it is first loaded, compressed as a static host sends it."""

import gzip
import os
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from web.paths import SITE
from web.site.chromium import find_chromium, launch

MOST = 300_000
PACKED = {".png", ".woff2", ".woff", ".jpg", ".webp"}
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
pytestmark = pytest.mark.skipif(
    find_chromium() is None and os.environ.get("CI") != "true",
    reason="NO CHROMIUM: the browser checks did not run",
)


@cache
def weight(path):
    content = (SITE / path).read_bytes()
    return len(content if (SITE / path).suffix in PACKED else gzip.compress(content, 6))


@pytest.fixture(scope="module")
def loaded(address):
    """Return what each page asks for at its first load, as paths below the site, each once."""
    found = {}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for page in PAGES:
            context = browser.new_context()  # with nothing kept from the page before
            tab, asked = context.new_page(), set()
            tab.on("request", lambda request, asked=asked: asked.add(request.url))
            tab.goto(f"{address}/{page}", wait_until="networkidle")
            paths = [urlsplit(url) for url in asked if not url.startswith("data:")]
            assert {f"{path.scheme}://{path.netloc}" for path in paths} == {address}
            found[page] = sorted({unquote(path.path).lstrip("/") for path in paths})
            context.close()
        browser.close()
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_light_at_its_first_load(loaded, page):
    weights = {path: weight(path) for path in loaded[page]}
    assert page in weights
    assert len(weights) > 1, "a page without its style sheet?"
    assert sum(weights.values()) <= MOST, sorted(weights.items(), key=lambda item: -item[1])


@pytest.mark.parametrize("page", PAGES)
def test_the_search_index_is_loaded_only_to_search(loaded, page):
    index = [path for path in loaded[page] if path.endswith("searchindex.js")]
    assert bool(index) == page.endswith("/search.html")
