"""Take the READMEs' pictures of the site, ``web/site/picture-LANGUAGE.png``.

``python -m web.tools.picture`` needs ``build/site`` (``make site``) and a Chromium.
"""

from __future__ import annotations

import sys
import threading

from playwright.sync_api import sync_playwright

from web.paths import ROOT, SITE
from web.site.chromium import launch
from web.site.serve import open_server
from web.words import LANGUAGES

WIDTH, HEIGHT = 1200, 750
PAGE = "index.html"


def take() -> None:
    """Photograph the top of the home page in each language."""
    server = open_server(SITE)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
            )
            for language in LANGUAGES:
                page.goto(f"http://127.0.0.1:{server.server_port}/{language}/{PAGE}")
                target = ROOT / "web" / "site" / f"picture-{language}.png"
                page.screenshot(path=target)
                print(f"picture: {target.relative_to(ROOT)}, {target.stat().st_size // 1000} kB")
            browser.close()
    finally:
        server.shutdown()
        server.server_close()


def main() -> int:
    """Return 0, or 1 with one line if the site or a browser is missing."""
    if not (SITE / "en" / PAGE).exists():
        print("picture: there is no build/site yet: run `make site` first", file=sys.stderr)
        return 1
    try:
        take()
    except FileNotFoundError as error:
        print(f"picture: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
