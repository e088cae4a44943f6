"""The built site, served, and its readers; `make test` and `make site` build the site."""

import os
import threading
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from tests.browser import BROWSER, needs_browser
from web.paths import SITE
from web.site.serve import open_server

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    here = [item for item in items if item.path.is_relative_to(os.path.dirname(__file__))]
    for item in here:
        if not needs_browser(item) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("pages"))


@pytest.fixture(scope="session")
def site():
    assert (SITE / "index.html").exists(), "there is no build/site: run `make site` first"
    return SITE


@pytest.fixture(scope="session")
def parse(site):
    """Return a function that reads a page of the site, each once; nobody changes what it gives."""

    @cache
    def read(path):
        return BeautifulSoup((site / path).read_text(encoding="utf-8"), "html.parser")

    return read


@pytest.fixture(scope="session")
def address(site):
    server = open_server(site, port=18000)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


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
def reader(chromium, address):
    """Return a function that opens a page for a reader of some make."""
    shared, contexts = [], []

    def make(**options):
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        if set(options) == {"viewport"} and not shared:
            context = BROWSER.share(address)
            shared.append(context)
        else:
            context = chromium.new_context(**options)
            contexts.append(context)
        context.set_default_timeout(10_000)
        watched = Watched(context, address)
        watched.page.set_viewport_size(options["viewport"])
        return watched

    yield make
    for context in contexts:
        context.close()


# Elements with text of their own, one of each look: where the tags, classes, grounds and the colour
# are the same all the way up, the contrast is, and a page of code holds thousands of such elements.
LOOKS = """() => {
  const grounds = new Map();
  const ground = (node) => {
    if (!node) return "";
    if (!grounds.has(node)) {
      const { backgroundColor, opacity } = getComputedStyle(node);
      const own = [node.tagName, node.getAttribute("class"), backgroundColor, opacity];
      grounds.set(node, `${ground(node.parentElement)}>${own.join()}`);
    }
    return grounds.get(node);
  };
  const looks = new Map();
  for (const node of document.body.querySelectorAll("*")) {
    const texts = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
    if (!texts.some((text) => text.data.trim()) || !node.checkVisibility()) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(node);
    const look = [ground(node), color, fontSize, fontWeight].join();
    if (!looks.has(look)) looks.set(look, node);
  }
  return [...looks.values()];
}"""
RUN_AXE = f"""async ([options, part, looks]) => {{
  const parts = [...document.querySelectorAll(part)];
  const inside = (node) => parts.some((one) => one.contains(node));
  const include = looks ? ({LOOKS})().filter(inside) : parts;
  if (!include.length) throw new Error(`there is nothing to look at in ${{part}}`);
  const found = await axe.run({{ include }}, options);
  const shown = (nodes) => nodes.map((node) => node.html.slice(0, 120));
  return found.violations.map(({{ id, nodes }}) => [id, shown(nodes)]);
}}"""


@pytest.fixture
def axe():
    """Return a function that gives axe's violations on a page as it stands, or within a part of it.

    Contrast is tried on ``"each"`` element, on one of each of the ``"looks"``, or not at all
    (None); with ``only_contrast`` nothing else is tried.
    """
    script = Axe().axe_script
    quick = {"resultTypes": ["violations"], "selectors": False, "preload": False}

    def run(page, contrast, only_contrast=False, within="html"):
        page.evaluate(script)
        everything = {"runOnly": {"type": "tag", "values": WCAG}, **quick}
        found = []
        if not only_contrast:
            rules = {"color-contrast": {"enabled": contrast == "each"}}
            found += page.evaluate(RUN_AXE, [{**everything, "rules": rules}, within, False])
        if contrast == "looks" or only_contrast:
            one = {"runOnly": ["color-contrast"], **quick}
            found += page.evaluate(RUN_AXE, [one, within, True])
        return found

    return run
