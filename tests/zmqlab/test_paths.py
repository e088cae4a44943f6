"""Paths: hops are counted from what a message itself brought along."""

import re
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from zmqlab import Paths

HUB = "A -tcp-> broker -tcp-> B"
NEAR = "A -tcp-> queue-B -ipc-> B"


def test_hops_are_counted_and_told() -> None:
    paths = Paths({"hub": HUB, "queues": NEAR, "direct": "A -tcp-> B"})
    assert paths.hops == {"hub": 2, "queues": 2, "direct": 1}
    assert paths.network == {"hub": 2, "queues": 1, "direct": 1}
    assert paths.text("en").splitlines() == [
        "The path of a message",
        f" - hub: 2 hops: {HUB}",
        f" - queues: 2 hops, 1 over the network: {NEAR}",
        " - direct: 1 hop: A -tcp-> B",
    ]
    assert f"가까운 큐: 2홉, 네트워크 1홉: {NEAR}" in paths.text("ko")
    for language in ("en", "ko"):
        svg = paths.svg(language)
        ElementTree.fromstring(svg)
        assert re.findall(r">(\d)<", svg) == ["1", "2", "1", "2", "1"]
        assert svg.count('stroke-dasharray="2 4"') == 1


def test_a_slider_goes_along_all_ways_at_once() -> None:
    page = BeautifulSoup(Paths({"hub": HUB, "direct": "A -tcp-> B"})._repr_html_(), "html.parser")
    for box in page.select(".zl-paths"):
        wide = box.select_one(".zl-wide")
        assert (box.input["min"], box.input["max"], box.input["value"]) == ("0", "2", "2")
        assert [one["data-hop"] for one in wide.select("[data-hop]")] == [
            "0",
            "1",
            "2",
            "0",
            "1",
        ]
        shown = [one["data-held"] for one in wide.select("[data-held]") if "1" in one["style"]]
        assert shown == ["2", "1"]  # at the end of each
    assert len(page.select(".zl-paths")) == 2 and "id=" not in str(page)


@pytest.mark.parametrize("path", ["", "A", "A -> B", "A -tcp->B"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="a path is written as"):
        Paths({"hub": path})
