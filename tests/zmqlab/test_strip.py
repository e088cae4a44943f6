"""Strips: one fate a message, read from what programs printed, and totals that add up."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from zmqlab import Fates, Strip
from zmqlab.run.programs import STARTED
from zmqlab.words.language import Text
from zmqlab.words.terms import TERMS


def program(*lines):
    """A stand-in for what a program has printed: (time, kind, text)."""
    return SimpleNamespace(
        output=[
            SimpleNamespace(
                time=time,
                kind=kind,
                text=text,
                words=lambda language, text=text: (
                    text[language] if isinstance(text, Text) else text
                ),
            )
            for time, kind, text in lines
        ]
    )


def test_fates_are_read_from_what_programs_printed() -> None:
    first = program(
        (0.0, "event", STARTED),
        (0.1, "ready", "ready A"),
        *((number / 10 + 1, "out", f"sent {number}") for number in range(1, 7)),
        (1.11, "out", "kept 1"),
        (1.21, "out", "kept 2"),
        (1.22, "out", "kept 3"),
    )
    last = program(
        (1.3, "out", "path A -tcp-> D"),
        (1.3, "out", "got 1 after 0.500 ms"),
        (1.4, "out", "got 2 after 501.000 ms"),
        (1.4, "out", "got 5 after 1.000 ms"),
        (1.5, "out", "got 5 after 9.000 ms"),
        (1.6, "out", "got 6 after 9.000 ms"),
    )
    victim = program(
        (0.0, "event", STARTED),
        (0.1, "ready", "ready broker"),
        (1.25, "event", Text(en="ended by SIGKILL", ko="")),
        (1.3, "event", STARTED),
        (1.45, "ready", "ready broker"),
    )
    row = Fates.of(first, last, victim, late=0.5)
    assert row.fates == {
        1: "in time", 2: "late", 3: "gone", 4: "lost", 5: "twice", 6: "in time",
    }  # fmt: skip
    assert row.totals == {"in time": 2, "late": 1, "twice": 1, "gone": 1, "lost": 1}
    assert row.of_fate("gone", "lost") == [3, 4]
    assert row.down == (2, 4)
    strip = Strip({"hub, the broker killed": row, "mine": Fates([], [])})
    assert strip.text("en").splitlines() == [
        "What became of each message",
        " - hub, the broker killed: 6 sent = 2 in time + 1 late + 1 twice "
        "+ 1 acknowledged, then gone + 1 lost; 3 acknowledged (3-4); "
        "killed when 2 had been sent, back when 4 had been",
        " - mine: 0 sent = 0; no acknowledgements",
        " - late: more than 0.5 s after it was due",
    ]
    assert TERMS["hub, the broker killed"].ko in strip.text("ko")
    for language in ("en", "ko"):
        svg = strip.svg(language)
        ElementTree.fromstring(svg)
        assert min(map(float, re.findall(r'font-size="([\d.]+)"', svg))) >= 12
        for colour in ("accent", "late", "duplicate", "lost"):
            assert f"var(--zl-{colour}" in svg


def test_nothing_lost_shows_red_in_the_key_only() -> None:
    strip = Strip({"direct": Fates([1, 2], [(1, 0.1), (2, 0.1)])})
    assert strip.svg("en").count("var(--zl-lost") == Strip({}).svg("en").count("var(--zl-lost")


@given(
    st.lists(st.integers(0, 30), unique=True),
    st.lists(st.tuples(st.integers(0, 30), st.floats(0, 2))),
    st.sets(st.integers(0, 30)),
)
def test_the_totals_add_up(sent, received, kept) -> None:
    row = Fates(sent, received, kept)
    assert sum(row.totals.values()) == len(sent) == len(row.fates)
    came = {message for message, _ in received}
    assert set(row.of_fate("gone", "lost")) == set(sent) - came
    assert set(row.of_fate("gone")) == (set(sent) - came) & kept
