"""The built site, served, and a real Chromium; `make test` and `make site` build the site."""

import os
import threading

import pytest
from playwright.sync_api import sync_playwright

from web.paths import SITE
from web.site.chromium import find_chromium, launch
from web.site.serve import open_server


@pytest.fixture(scope="session")
def site():
    assert (SITE / "index.html").exists(), "there is no build/site: run `make site` first"
    return SITE


@pytest.fixture(scope="session")
def address(site):
    server = open_server(site, port=18000)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


# Not for the session: Playwright's event loop runs as long as this, and others need their own.
@pytest.fixture(scope="module")
def chromium():
    if find_chromium() is None and os.environ.get("CI") != "true":
        pytest.skip("NO CHROMIUM: a browser check did not run")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class Watched:
    """A page that remembers what it asked for and what its console said."""

    def __init__(self, context, address):
        self.page = context.new_page()
        self.address = address
        self.asked, self.complaints = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def open(self, path):
        self.page.goto(f"{self.address}/{path}", wait_until="load")
        return self.page


@pytest.fixture
def reader(chromium, address, request):
    """Return a function that opens a page for a reader of some make."""
    contexts = []

    def make(**options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Watched(context, address)

    yield make
    for context in contexts:
        context.close()
