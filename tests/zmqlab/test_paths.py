"""Paths: hops are counted from what a message itself brought along."""

import re
from xml.etree import ElementTree

import pytest

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


@pytest.mark.parametrize("path", ["", "A", "A -> B", "A -tcp->B"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="a path is written as"):
        Paths({"hub": path})
