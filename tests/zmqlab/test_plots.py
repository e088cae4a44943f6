"""Plots: every point, both languages, round numbers on the axes."""

import math
import re
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zmqlab import Plot, cores
from zmqlab.plots import TERMS, measured, ticks


def check_picture(picture):
    for language in ("en", "ko"):
        svg = picture.svg(language)
        ElementTree.fromstring(svg)
        assert min(map(float, re.findall(r'font-size="([\d.]+)"', svg))) >= 12
        assert measured(language) in svg
    html = picture._repr_html_()
    assert html.count('tabindex="0" role="region"') == 2 and ' id="' not in html
    return picture.svg("en")


TIMES = {1: [1.0, 0.98], 2: [1.9, 1.7, 1.8], 4: [1.85]}


def test_every_point_is_there_and_its_words_in_both_languages():
    picture = Plot(
        TIMES,
        x="workers",
        y="times as fast as one worker",
        lines={"every worker counts": [(1, 1), (4, 4)]},
    )
    svg = check_picture(picture)
    assert len(re.findall(r'rx="4.5"', svg)) == 6
    assert picture.text("en").splitlines()[:4] == [
        "times as fast as one worker, by workers",
        " - workers 1: median 0.99, from 0.98 to 1 (2 measured).",
        " - workers 2: median 1.8, from 1.7 to 1.9 (3 measured).",
        " - workers 4: median 1.85, from 1.85 to 1.85 (1 measured).",
    ]
    korean = picture.svg("ko")
    for word in ("workers", "times as fast as one worker", "every worker counts"):
        assert TERMS[word].ko in korean and TERMS[word].ko in picture.text("ko")


def test_several_series_are_named_where_they_are():
    svg = check_picture(Plot({"tcp": TIMES, "ipc": {1: [2.0]}}, x="bytes", y="seconds"))
    assert ">tcp<" in svg and ">ipc<" in svg
    assert "var(--zl-accent" in svg and "var(--zl-late" in svg
    assert len(re.findall(r'rx="4.5"', svg)) == 7


def test_height_follows_the_value():
    svg = Plot({1: [1.0, 2.0]}, x="workers", y="seconds").svg("en")
    low, high = (float(y) + 4.5 for y in re.findall(r'y="([\d.]+)" width="9"', svg))
    zero = float(re.search(r'y="([\d.]+)"[^>]*>0<', svg)[1]) - 12.5 * 0.35
    assert zero - high == pytest.approx(2 * (zero - low), abs=0.3)


@pytest.mark.parametrize("points", [{}, {1: []}, {"tcp": {}}])
def test_nothing_to_plot(points):
    with pytest.raises(ValueError, match="nothing to plot"):
        Plot(points, x="workers", y="seconds")


@pytest.mark.parametrize("points", [{1: [0.0], 2: [0]}, {0: [1.0]}, {0: [0]}])
def test_nothing_took_any_time(points):
    check_picture(Plot(points, x="workers", y="seconds", lines={"no line": []}))


@pytest.mark.parametrize("value", [-1.0, math.inf, math.nan])
def test_what_has_no_place_is_told(value):
    with pytest.raises(ValueError, match="begin at 0"):
        Plot({1: [1.0, value]}, x="workers", y="seconds")
    with pytest.raises(ValueError, match="begin at 0"):
        Plot({1: [1.0]}, x="workers", y="seconds", lines={"a line": [(1, 1), (2, value)]})


@given(st.floats(1e-6, 1e9))
def test_ticks_are_few_and_reach_beyond(top):
    marks = ticks(top)
    assert marks[0] == 0 and marks[-1] >= top * 0.999
    assert 2 <= len(marks) <= 8
    step = marks[1]
    assert math.isclose(step / 10 ** math.floor(math.log10(step * 1.0001)) % 1, 0, abs_tol=1e-6)


def test_the_machine_is_named():
    assert 1 <= cores() <= 4096
    assert f"{cores()} core" in measured("en") and f"코어 {cores()}개" in measured("ko")


def test_it_needs_no_plotting_library():
    assert "matplotlib" not in sys.modules
