"""Ledgers: what was sent, what came, and totals that add up."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.zmqlab.pictures import check_picture
from zmqlab import Ledger
from zmqlab.draw.ledger import HEIGHT
from zmqlab.draw.svg import SMALL, text_width


def test_each_fate():
    ledger = Ledger(
        sent=range(1, 8), received=[1, 3, 2, 4, 4, 99], in_hand=[1, 2, 3, 4, 6], ordered=True
    )
    assert ledger.fates == {
        1: "received", 2: "overtaken", 3: "received", 4: "twice",
        5: "lost", 6: "in hand", 7: "lost",
    }  # fmt: skip
    assert ledger.missing == [5, 6, 7]
    assert ledger.strangers == [99]
    assert ledger.text("en").splitlines() == [
        "Ledger of the messages",
        " - 7 sent = 2 received + 1 received late, overtaken + 1 received more than once "
        "+ 1 lost in a worker's hand + 2 lost before anybody took it",
        " - received late, overtaken: 2",
        " - received more than once: 4",
        " - lost in a worker's hand: 6",
        " - lost before anybody took it: 5 7",
        " - 1 more came that nobody sent: 99",
    ]
    assert ledger.text("ko").splitlines()[1].startswith(" - 보낸 메시지 7개 = 받음 2개 + ")
    svg = check_picture(ledger)
    for colour in ("accent", "late", "duplicate", "lost"):
        assert f"var(--zl-{colour}" in svg


def test_order_is_told_only_when_asked():
    assert Ledger(sent="abc", received="cba").totals == {"received": 3}
    assert Ledger(sent="abc", received="cba", ordered=True).totals == {
        "received": 1,
        "overtaken": 2,
    }


def test_nothing_lost_shows_no_red():
    svg = check_picture(Ledger(sent=range(24), received=range(24)))
    assert "var(--zl-lost" not in svg


@pytest.mark.parametrize("name", ["{}", "img{}", "NASDAQ:ACM #{}"])
def test_names_below_the_bars_do_not_run_into_each_other(name):
    ledger = Ledger(sent=[name.format(number) for number in range(8, 14)], received=[])
    svg = check_picture(ledger)
    below = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', svg)
    places = [
        (float(x), text_width(text, SMALL)) for x, y, text in below if float(y) < 12 + HEIGHT + 20
    ]
    assert len(places) == (6 if name == "{}" else 0)
    assert all(b - a >= (v + w) / 2 for (a, v), (b, w) in pairwise(places))
    assert name.format(13) in ledger.text("en")


def test_many_that_nobody_sent_are_not_all_listed():
    ledger = Ledger(sent=[], received=range(1000))
    assert ledger.text("en").endswith(" 58 59 …")


@given(
    st.lists(st.integers(0, 30)), st.lists(st.integers(0, 30)), st.lists(st.integers(0, 30)),
    st.booleans(),
)  # fmt: skip
def test_the_totals_add_up(sent, received, in_hand, ordered):
    ledger = Ledger(sent, received, in_hand, ordered=ordered)
    assert sum(ledger.totals.values()) == len(set(sent)) == len(ledger.fates)
    assert set(ledger.missing) == set(sent) - set(received)
    assert set(ledger.strangers) == set(received) - set(sent)


@pytest.mark.parametrize("count", [0, 1, 40, 500, 100_000])
def test_any_number_of_messages_fits(count):
    ledger = Ledger(sent=range(count), received=range(0, count, 7))
    svg = check_picture(ledger)
    assert len(svg) < 200_000
    assert float(re.search(r'viewBox="0 0 (\d+)', svg)[1]) <= 950
    assert len(ledger.text("en")) < 1000
