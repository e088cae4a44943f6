"""The cheat sheet on paper: one page of A4, and no less than what the screen shows."""

import re

import pytest

from web.site.socket_rules import SOCKETS
from web.words import LANGUAGES

PAGE = re.compile(rb"/Type ?/Page\b")
PAPER = {"width": 718, "height": 1055}
"""What the sheet's margins leave of A4, in the browser's pixels."""
SMALLEST = 9.5
"""Of its letters, in pixels: seven points and a bit."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_one_page_of_a4(reader, language):
    page = reader(viewport=PAPER).open(f"{language}/guide/cheat-sheet.html")
    assert len(PAGE.findall(page.pdf(format="A4", prefer_css_page_size=True))) == 1
    page.emulate_media(media="print")
    sheet = page.locator("#guide-cheat-sheet")
    assert sheet.bounding_box()["height"] <= PAPER["height"]
    for wide in sheet.locator("table, pre").all():
        assert wide.evaluate("node => node.scrollWidth <= node.parentElement.clientWidth + 1")
    heads = sheet.locator("#cheat-sockets tbody th").all_inner_texts()
    assert heads == list(SOCKETS)
    sizes = sheet.evaluate(
        """sheet => [...sheet.querySelectorAll("p, td, th, li, pre, code")]
            .filter((one) => one.checkVisibility())
            .map((one) => parseFloat(getComputedStyle(one).fontSize))"""
    )
    assert min(sizes) >= SMALLEST - 0.6, "code stands a little smaller than its text"


def test_a_long_page_takes_more_than_one(reader):
    page = reader(viewport=PAPER).open("en/guide/errors.html")
    assert len(PAGE.findall(page.pdf(format="A4", prefer_css_page_size=True))) > 1
