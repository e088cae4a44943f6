"""Tallies: what should have been counted, and what is lost."""

from xml.etree import ElementTree

import pytest

from zmqlab import Tally

COUNTS = {"as it is written": 4000, "a switch in between": 1033, "twice": 4100, "none": 0}


def test_what_is_lost_is_told_and_drawn():
    tally = Tally(4000, COUNTS)
    assert tally.lost("a switch in between") == 2967
    assert tally.lost("twice") == 0
    assert tally.sentences("en") == [
        "as it is written: 4,000 of 4,000, nothing lost",
        "a switch in between: 1,033 of 4,000, 2,967 lost",
        "twice: 4,100 of 4,000, 100 too many",
        "none: 0 of 4,000, 4,000 lost",
    ]
    assert tally.sentences("ko")[1] == "중간에 스레드 전환: 4,000개 가운데 1,033개, 2,967개 유실"
    for language in ("en", "ko"):
        ElementTree.fromstring(tally.svg(language))
    assert "var(--zl-lost" in tally.svg("en")
    assert ' id="' not in tally._repr_html_()


def test_red_is_for_what_is_lost_and_nothing_else():
    whole = Tally(10, {"all": 10})
    assert "var(--zl-lost" not in whole.svg("en")
    assert whole.sentences("ko") == ["all: 10개 가운데 10개, 유실 없음"]


def test_one_of_very_many_is_still_told():
    tally = Tally(1_000_000, {"nearly": 999_999})
    assert tally.sentences("en") == ["nearly: 999,999 of 1,000,000, 1 lost"]
    ElementTree.fromstring(tally.svg("en"))


@pytest.mark.parametrize(("expected", "counts"), [(0, {"a": 1}), (1, {}), (1, {"a": -1})])
def test_what_is_no_tally(expected, counts):
    with pytest.raises(ValueError, match="a tally needs"):
        Tally(expected, counts)
