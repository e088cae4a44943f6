"""Plots: every point, both languages, round numbers on the axes."""

import itertools
import math
import re
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.zmqlab.pictures import check_picture, text_reach
from zmqlab import Ecdf, Plot, cores
from zmqlab.draw.machine import measured
from zmqlab.draw.palette import QUIET, forget, looks
from zmqlab.draw.plots import _steps
from zmqlab.draw.scales import log_ticks, ticks
from zmqlab.draw.svg import SMALL
from zmqlab.words.terms import TERMS


@pytest.fixture(autouse=True)
def new_lesson():
    forget()


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
    colours = set(re.findall(r'(?:fill|stroke)="var\(--zl-([a-z0-9-]+)', svg))
    assert len([one for one in colours if one.startswith("series-")]) == 2
    assert not colours & {"accent", "waiting", "lost", "late", "duplicate", "handshake"}
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
    lead = step / 10 ** math.floor(math.log10(step * 1.0001))
    assert math.isclose(lead, round(lead), rel_tol=1e-6)


def test_the_machine_is_named():
    assert 1 <= cores() <= 4096
    assert f"{cores()} core" in measured("en") and f"코어 {cores()}개" in measured("ko")


def test_it_needs_no_plotting_library():
    assert "matplotlib" not in sys.modules


SIZES = {1: [20.0, 21.0, 22.0], 1000: [30.0, 40.0, 50.0], 1_000_000: [900.0, 1000.0, 1300.0]}


def heights(svg, radius):
    found = re.findall(rf'y="([\d.]+)" width="{2 * radius:g}" height="{2 * radius:g}"', svg)
    return [float(y) + radius for y in found]


def test_log_axes_make_equal_factors_equal_ways_and_say_so():
    picture = Plot(
        {1: [10.0], 10: [100.0], 100: [1000.0]}, x="message size in bytes", y="seconds", log="xy"
    )
    svg = check_picture(picture)
    assert "seconds (log scale)" in svg and "message size in bytes (log scale)" in svg
    assert picture.svg("ko").count("로그 눈금") == 2
    first, second, third = heights(svg, 4.5)
    assert first - second == pytest.approx(second - third, abs=0.3) and first > second


def test_joined_medians_show_few_values_each_and_many_as_quartiles():
    few = Plot({"raw": SIZES}, x="message size in bytes", y="seconds", log="xy", joined=True)
    assert len(heights(check_picture(few), 3)) == 9
    many = {place: values * 4 for place, values in SIZES.items()}
    picture = Plot({"raw": many}, x="message size in bytes", y="seconds", log="xy", joined=True)
    svg = check_picture(picture)
    assert not heights(svg, 3) and len(heights(svg, 4.5)) == 3
    assert "half of all between 30 and 50 (12 measured)" in picture.text("en")
    assert "가운데 절반 30~50(12번 측정)" in picture.text("ko")
    for one in (few, picture):
        assert re.search(r'd="M[\d.]+ [\d.]+L[\d.]+ [\d.]+L[\d.]+ [\d.]+"', one.svg("en"))


def names(svg, wanted):
    """Where each name stands: left, top, right, bottom."""
    root = ElementTree.fromstring(svg)
    found = {}
    for node in root.iter():
        words = "".join(node.itertext())
        if node.tag.endswith("text") and words in wanted:
            left, right = text_reach(node)
            middle = float(node.attrib["y"]) - SMALL * 0.35
            assert words not in found
            found[words] = (left, middle - 7, right, middle + 7)
    return found


def touches(one, other):
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def test_names_of_lines_that_end_together_do_not_touch():
    close = {name: {1: [1.0], 2: [2.0 + n / 1000]} for n, name in enumerate("abcdef")}
    svg = check_picture(Plot(close, x="workers", y="seconds", joined=True))
    found = names(svg, "abcdef")
    assert [*found] and set(found) == set("abcdef")
    assert not any(touches(one, other) for one, other in itertools.combinations(found.values(), 2))


def test_at_most_five_series_have_a_colour():
    many = {name: {1: [1.0], 2: [2.0 + n]} for n, name in enumerate("abcdefg")}
    given_looks = looks(many)
    assert len(set(given_looks.values())) == 6
    assert [name for name, look in given_looks.items() if look is QUIET] == ["f", "g"]


def test_a_design_keeps_its_look_in_all_plots():
    first = looks(["broker", "switch"])
    assert looks(["direct", "switch"])["switch"] == first["switch"]
    assert looks(["switch", "direct", "broker"])["broker"] == first["broker"]
    assert len(set(looks(["broker", "switch", "direct"]).values())) == 3


@given(st.lists(st.lists(st.text("abcdefghij", max_size=1), unique=True, max_size=9)))
def test_two_series_of_one_plot_never_look_alike(plots):
    for plot in plots:
        coloured = [look for look in looks(plot).values() if look is not QUIET]
        assert len(coloured) == len({look.colour for look in coloured}) == min(5, len(plot))


def test_few_samples_are_drawn_each_as_a_dot():
    samples = {"one": [1.0, 2.0, 2.5, 4.0, 5.0, 6.0, 7.0, 8.0], "two": [3.0] * 8}
    svg = check_picture(Ecdf(samples, x="seconds to recover"))
    assert len(re.findall(r'width="8" height="8"', svg)) == 16
    assert "share that took" not in svg


@given(st.floats(1e-6, 1e9), st.floats(1, 1e6))
def test_log_ticks_hold_all(low, factor):
    marks = log_ticks(low, low * factor)
    assert len(marks) >= 2 and marks == sorted(set(marks))
    assert marks[0] <= low * 1.001 and marks[-1] >= low * factor * 0.999
    assert len(marks) <= 17


@pytest.mark.parametrize("log", ["x", "y", "xy"])
def test_a_log_axis_has_no_zero(log):
    with pytest.raises(ValueError, match="no 0"):
        Plot({0: [0.0], 1: [1.0]}, x="workers", y="seconds", log=log)


def test_a_misspelt_axis_is_told():
    with pytest.raises(ValueError, match="log axes are"):
        Plot({1: [1.0]}, x="workers", y="seconds", log="z")


def test_a_distribution_in_both_languages():
    values = [float(n) for n in range(1, 1001)]
    picture = Ecdf({"direct": values, "hub": [3 * v for v in values]}, x="round trip in µs")
    svg = check_picture(picture)
    assert ">direct<" in svg and ">hub<" in svg and ">100 %<" in svg
    assert picture.text("en").splitlines()[1] == (
        " - direct: median 500, 90 % at most 900, 99 % at most 990, all at most 1,000 "
        "(1,000 measured)."
    )
    assert "왕복 시간(µs)" in picture.svg("ko") and "90%는 900 이하" in picture.text("ko")
    assert len(heights(svg, 4.5)) == 4  # median and 99 % of both


def test_a_distribution_rises_and_keeps_its_ends():
    values = sorted([1.0] * 5000 + [2.0] * 4000 + [9.0, 10.0])
    curve = _steps(values)
    assert curve[0] == (1.0, 0.0) and curve[-1] == (10.0, 1.0)
    assert curve == sorted(curve) and len(curve) < 300
    assert 9.0 in [x for x, _ in curve]


@pytest.mark.parametrize("samples", [{}, {"a": []}])
def test_no_distribution_of_nothing(samples):
    with pytest.raises(ValueError, match="nothing to plot"):
        Ecdf(samples, x="seconds")


def test_a_distribution_with_a_zero():
    with pytest.raises(ValueError, match="no place"):
        Ecdf({"a": [0.0, 1.0]}, x="seconds")
    check_picture(Ecdf({"a": [0.0, 1.0]}, x="seconds", log=False))
    check_picture(Ecdf({"a": [2.0]}, x="seconds"))


def test_names_of_lines_and_of_series_that_end_together_stand_apart():
    """A line to compare with often ends where the measured one does: that is the point of it."""
    measured_ones = {"nothing locked": {1: [1.0], 8: [2.0]}, "all locked": {1: [1.0], 8: [1.0]}}
    lines = {"as many as cores": [(1, 1), (8, 2)], "Amdahl, half": [(1, 1), (8, 1.01)]}
    svg = Plot(measured_ones, x="workers", y="seconds", lines=lines).svg("en")
    found = names(svg, {*measured_ones, *lines})
    assert len(found) == 4
    assert not any(touches(one, other) for one, other in itertools.combinations(found.values(), 2))
