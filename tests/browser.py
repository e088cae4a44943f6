"""One real Chromium for all tests of a worker: a plugin of pytest.

Playwright's event loop runs in this thread as long as the browser is open, and tests of other
things need a loop of their own: so the tests with a browser stand together (those of a language in
one worker of pytest-xdist) and the browser ends after the last of them.
"""

import os

import pytest
from playwright.sync_api import sync_playwright

from web.site.chromium import find_chromium, launch


class Browser:
    """Chromium, started when it is first asked for.

    Readers of the usual make share a context and, with a page of the site kept open, a process for
    its pages: a page then opens in half the time. Each finds the storage empty.
    """

    def __init__(self):
        self.playwright = self.chromium = self.shared = self.kept = None

    def open(self):
        if self.chromium is None:
            self.playwright = sync_playwright().start()
            self.chromium = launch(self.playwright, "--process-per-site")
        return self.chromium

    def share(self, address):
        """Return the shared context, with nothing stored and no other page open."""
        if self.shared is None:
            self.shared = self.open().new_context()
            self.kept = self.shared.new_page()
            self.kept.goto(f"{address}/404.html")
        for page in self.shared.pages:
            if page is not self.kept:
                page.close()
        self.kept.evaluate("localStorage.clear()")
        return self.shared

    def close(self):
        if self.chromium is not None:
            self.chromium.close()
        if self.playwright is not None:
            self.playwright.stop()
        self.playwright = self.chromium = self.shared = self.kept = None


BROWSER = Browser()


def needs_browser(item):
    return "chromium" in getattr(item, "fixturenames", ())


def group(item):
    """Return the name of the group whose tests one worker runs: the Korean ones, or the others."""
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    korean = any(str(value) == "ko" or str(value).startswith("ko/") for value in values)
    return "browser-ko" if korean else "browser"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if needs_browser(item) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group(item)))
    items.sort(key=needs_browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    try:
        return (yield)
    finally:
        if needs_browser(item) and (nextitem is None or not needs_browser(nextitem)):
            BROWSER.close()


@pytest.fixture
def chromium():
    if find_chromium() is None and os.environ.get("CI") != "true":
        pytest.skip("NO CHROMIUM: a browser check did not run")
    return BROWSER.open()
