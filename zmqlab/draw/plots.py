"""Plots of what was measured here.

`Plot` shows every measured point, with a stroke at the median, or joins the medians and shows the
spread about them; `Ecdf` shows how a measured time is distributed. Series and lines carry their
names where they are, so that nobody looks up a legend.

Plain SVG by `zmqlab.svg` and no plotting library: the same picture then turns dark with its page,
speaks both languages, scales its text with the page, and can be drawn in a browser.
"""

from __future__ import annotations

import datetime
import math
import os
import platform
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from zmqlab.language import Language, Text
from zmqlab.measure import Spread, quantile
from zmqlab.svg import HAIRLINE, SMALL, Drawing, Picture, paint, text_width
from zmqlab.terms import term

_MEASURED = Text(en="measured here, {}, {}", ko="여기서 측정, {}, {}")
_SHARE = Text(en="share that took at most this long", ko="이 시간 안에 끝난 비율")
_LOG = Text(en="{} (log scale)", ko="{}, 로그 눈금")
_CORES = Text(en="{} {}, {} {}", ko="{} {}, 코어 {}개")

WIDTH, HEIGHT = 480.0, 300.0
MARKS = (
    ("accent", "●"),
    ("late", "○"),
    ("duplicate", "■"),
    ("waiting", "□"),
    ("handshake", "◆"),
    ("text", "◇"),
)
"""Colour and shape of each series in turn."""
FEW = 5
"""Of so many values at a place each is shown; of more, where a joined line shows quartiles."""
GAP = 18.0
"""Pixels between the names of two lines, at least."""


def cores() -> int:
    """How many processor cores this process may use.

    Returns
    -------
    int
        Where a container is given a share of the machine's time only, it can do less than this.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def measured(language: Language) -> str:
    """The line beneath a plot: where and when it was measured.

    Parameters
    ----------
    language : {"en", "ko"}

    Returns
    -------
    str
    """
    today = datetime.datetime.now().astimezone().date().isoformat()
    count = cores()
    machine = _CORES[language].format(
        platform.system(), platform.machine(), count, "core" if count == 1 else "cores"
    )
    return _MEASURED[language].format(today, machine)


def ticks(top: float, most: int = 6) -> list[float]:
    """Round numbers from 0 to `top` or a little beyond it, for an axis.

    Parameters
    ----------
    top : float
        The largest value, 0 or more.
    most : int, optional
        How many steps at most.

    Returns
    -------
    list of float
    """
    rough = (top or 1.0) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(n * power for n in (1, 2, 5, 10) if n * power >= rough * 0.9999)
    return [n * step for n in range(math.ceil((top or 1.0) / step - 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Round numbers for a log axis that holds all between `low` and `high`.

    Parameters
    ----------
    low, high : float
        The least and the largest value, more than 0.

    Returns
    -------
    list of float
        Powers of ten; over fewer than three of them 1, 2 and 5 of each. At least two.
    """
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    if last - first >= 3:
        return [10.0**power for power in range(first, last + 1)]
    fine = [n * 10.0**power for power in range(first, last + 1) for n in (1, 2, 5)]
    below = [mark for mark in fine if mark <= low * 1.0001]
    above = [mark for mark in fine if mark >= high * 0.9999]
    start, end = below[-1] if below else fine[0], above[0] if above else fine[-1]
    if start == end:
        start, end = start / 2, end * 2
        return [start, start * 2, end]
    return [mark for mark in fine if start <= mark <= end]


def _number(value: float) -> str:
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _short(value: float) -> str:
    """A number on an axis."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= limit:
            return f"{value / (1e3 if letter == 'k' else limit):,.4g}{letter}"
    return _number(value)


class Axis(NamedTuple):
    """A direction of a plot: its marks, its length in pixels, and how values lie on it."""

    marks: list[float]
    length: float
    log: bool

    def at(self, value: float) -> float:
        """How far from the axis' beginning a value lies, in pixels."""
        first, last = self.marks[0], self.marks[-1]
        if self.log:
            return self.length * math.log(value / first) / math.log(last / first)
        return self.length * (value - first) / (last - first)


def axis(values: Sequence[float], length: float, *, log: bool) -> Axis:
    """An axis with round marks on which all values have a place.

    Parameters
    ----------
    values : sequence of float
        At least one; a log axis takes none that is 0.
    length : float
        In pixels.
    log : bool
        Equal ways are equal factors; else the axis begins at 0.

    Returns
    -------
    Axis
    """
    return Axis(log_ticks(min(values), max(values)) if log else ticks(max(values)), length, log)


def apart(heights: Sequence[float], gap: float = GAP) -> list[float]:
    """Heights for names that would lie on each other: as near as may be, in the same order.

    Parameters
    ----------
    heights : sequence of float
        Where each would stand.
    gap : float, optional
        How far each is from the next, at least.

    Returns
    -------
    list of float
    """
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    groups: list[list[int]] = []
    middles: list[float] = []
    for index in order:
        groups.append([index])
        middles.append(heights[index])
        while len(groups) > 1:
            room = gap * (len(groups[-1]) + len(groups[-2])) / 2
            if middles[-1] - middles[-2] >= room - 1e-9:
                break
            joined = [*groups[-2], *groups[-1]]
            groups[-2:] = [joined]
            middles[-2:] = [sum(heights[one] for one in joined) / len(joined)]
    found = [0.0] * len(heights)
    for group, middle in zip(groups, middles, strict=True):
        for place, index in enumerate(group):
            found[index] = middle + gap * (place - (len(group) - 1) / 2)
    return found


class Plot(Picture):
    """Points over an axis: every one of them shown, or their medians joined, with the spread.

    Parameters
    ----------
    points : mapping
        For each place on the x axis the values measured there: ``{1: [0.9, 1.1], 2: [2.0]}``; or
        several series by their names: ``{"tcp": {...}, "ipc": {...}}``.
    x, y : str
        What the axes show, with the unit; a word of `zmqlab.terms` is shown in both languages.
    lines : mapping, optional
        Lines to compare with, by their names: ``{"ideal": [(1, 1), (4, 4)]}``.
    log : {"", "x", "y", "xy"}, optional
        Which axes are log axes; the others begin at 0.
    joined : bool, optional
        A line through the medians of each series. Where more than `FEW` values were measured, a
        stroke from quartile to quartile stands for them; where fewer, each is shown.
    """

    title = Text(en="Plot", ko="그래프")

    def __init__(
        self,
        points: Mapping[float, Sequence[float]] | Mapping[str, Mapping[float, Sequence[float]]],
        *,
        x: str,
        y: str,
        lines: Mapping[str, Sequence[tuple[float, float]]] | None = None,
        log: str = "",
        joined: bool = False,
    ) -> None:
        if log not in ("", "x", "y", "xy", "yx"):
            raise ValueError(f"log axes are 'x', 'y' or 'xy', not {log!r}")
        self.series: dict[str, dict[float, list[float]]] = {}
        for key, value in points.items():
            if isinstance(key, str) and isinstance(value, Mapping):
                self.series[key] = {place: list(values) for place, values in value.items()}
            elif not isinstance(key, str) and not isinstance(value, Mapping):
                self.series.setdefault("", {})[key] = list(value)
        self.lines = {name: list(line) for name, line in (lines or {}).items() if line}
        if not any(values for one in self.series.values() for values in one.values()):
            raise ValueError("nothing to plot: write points as {place: [value, ...]}")
        self.log, self.joined = log, joined
        for across, up in self._everything():
            if not (0 <= across < math.inf and 0 <= up < math.inf):
                raise ValueError(
                    f"both axes begin at 0 and have an end: ({across}, {up}) has no place"
                )
            if ("x" in log and not across) or ("y" in log and not up):
                raise ValueError(f"a log axis has no 0: ({across}, {up}) has no place")
        self.x, self.y = x, y
        self.title = Text(
            en=f"{term(y, 'en')}, by {term(x, 'en')}",
            ko=f"{term(x, 'ko')}에 따른 {term(y, 'ko')}",
        )

    def _everything(self) -> list[tuple[float, float]]:
        points = [(x, y) for one in self.series.values() for x, ys in one.items() for y in ys]
        return points + [point for line in self.lines.values() for point in line]

    def sentences(self, language: Language) -> list[str]:
        """The plot in words: median and spread at each place, then the lines."""
        told = []
        for name, series in self.series.items():
            before = f"{term(name, language)}: " if name else ""
            for place, values in sorted(series.items()):
                if values:
                    told.append(before + self._told(place, values, language))
        for name, line in self.lines.items():
            places = ", ".join(f"({_number(x)}, {_number(y)})" for x, y in line)
            told.append(f"{term(name, language)}: {places}")
        return [*told, measured(language)]

    def _told(self, place: float, values: list[float], language: Language) -> str:
        low, middle, high = map(_number, (min(values), median(values), max(values)))
        count = len(values)
        if self.joined and count > FEW:
            spread = Spread.of(values)
            low, high = _number(spread.q1), _number(spread.q3)
            return Text(
                en=f"{term(self.x, 'en')} {_number(place)}: median {middle}, "
                f"half of all between {low} and {high} ({count} measured).",
                ko=f"{term(self.x, 'ko')} {_number(place)}: 중앙값 {middle}, "
                f"가운데 절반 {low}~{high}({count}번 측정)",
            )[language]
        return Text(
            en=f"{term(self.x, 'en')} {_number(place)}: median {middle}, "
            f"from {low} to {high} ({count} measured).",
            ko=f"{term(self.x, 'ko')} {_number(place)}: 중앙값 {middle}, "
            f"범위 {low}~{high}({count}번 측정)",
        )[language]

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw the axes, the lines to compare with, and the points."""
        drawing = Drawing()
        everything = self._everything()
        across = axis([x for x, _ in everything], WIDTH, log="x" in self.log)
        up = axis([y for _, y in everything], HEIGHT, log="y" in self.log)
        places = sorted({x for one in self.series.values() for x in one})
        crowd = "x" in self.log and len(places) > 8
        left, bottom = _axes(
            drawing, across, up, across.marks if crowd else places,
            (_named(self.x, across, language), _named(self.y, up, language)),
        )  # fmt: skip

        def at(x: float, y: float) -> tuple[float, float]:
            return left + across.at(x), bottom - up.at(y)

        right = left + WIDTH
        ends: list[tuple[float, float, str, str]] = []
        for name, line in self.lines.items():
            spots = [at(x, y) for x, y in line]
            _way(drawing, spots, "quiet", "5 4")
            if line[-1][0] == places[-1]:  # where the names of the series stand
                ends.append((spots[-1][0] + 20, spots[-1][1], name, "quiet"))
                continue
            words = term(name, language)
            drawing.text(spots[-1][0] + 10, spots[-1][1], words, "quiet", SMALL, halo=True)
            right = max(right, spots[-1][0] + 10 + text_width(words, SMALL))
        for number, (name, series) in enumerate(self.series.items()):
            colour, shape = MARKS[number % len(MARKS)]
            shown = [(place, values) for place, values in sorted(series.items()) if values]
            if self.joined:
                _way(drawing, [at(place, median(values)) for place, values in shown], colour)
            for place, values in shown:
                x, y = at(place, median(values))
                if self.joined and len(values) > FEW:
                    spread = Spread.of(values)
                    _stroke(drawing, at(place, spread.q1), at(place, spread.q3), colour)
                    _point(drawing, x, y, colour, shape)
                    continue
                if not self.joined:
                    drawing.line(x - 13, y, x + 13, y, colour, 2)
                for value in values:
                    _point(drawing, *at(place, value), colour, shape, 3 if self.joined else 4.5)
            if name and shown:
                x, y = at(shown[-1][0], median(shown[-1][1]))
                ends.append((x + 20, y, name, colour))
        for height, (x, _, name, colour) in zip(apart([y for _, y, *_ in ends]), ends, strict=True):
            words = term(name, language)
            weight = 400 if colour == "quiet" else 600
            drawing.text(x, height, words, colour, SMALL, weight=weight, halo=True)
            right = max(right, x + text_width(words, SMALL, bold=True))
        drawing.text(12, bottom + 62, measured(language), "quiet", SMALL)
        width = max(right, 12 + text_width(measured(language), SMALL)) + 20
        return drawing, width, bottom + 82


class Ecdf(Picture):
    """How measured times are distributed: for each time, the share that took no longer.

    A steep curve is a steady one. Where it leans far to the right at the top, a few took long. Two
    marks on each curve are its median and the time that 99 % did not exceed.

    Parameters
    ----------
    samples : mapping
        The measured values by the name of their curve: ``{"direct": [...], "hub": [...]}``.
    x : str
        What was measured, with its unit; a word of `zmqlab.terms` is shown in both languages.
    log : bool, optional
        Whether the axis is a log axis (which takes no 0); it is, if not said otherwise.
    """

    title = Text(en="Distribution", ko="분포")

    def __init__(self, samples: Mapping[str, Sequence[float]], *, x: str, log: bool = True) -> None:
        self.samples = {name: sorted(values) for name, values in samples.items() if len(values)}
        if not self.samples:
            raise ValueError("nothing to plot: write samples as {name: [value, ...]}")
        for name, values in self.samples.items():
            if not all(0 <= value < math.inf for value in values) or (log and not values[0]):
                raise ValueError(
                    f"{name}: a value has no place on the axis ({values[0]} to {values[-1]})"
                )
        self.x, self.log = x, log
        self.title = Text(en=f"Distribution: {term(x, 'en')}", ko=f"{term(x, 'ko')} 분포")

    def sentences(self, language: Language) -> list[str]:
        """For each curve the median, 90, 99 and 100 %."""
        told = []
        for name, values in self.samples.items():
            middle, most, tail = (_number(quantile(values, q)) for q in (0.5, 0.9, 0.99))
            words = Text(
                en=f"median {middle}, 90 % at most {most}, 99 % at most {tail}, "
                f"all at most {_number(values[-1])} ({len(values):,} measured).",
                ko=f"중앙값 {middle}, 90%는 {most} 이하, 99%는 {tail} 이하, "
                f"최댓값 {_number(values[-1])}({len(values):,}번 측정)",
            )
            told.append(f"{term(name, language)}: {words[language]}")
        return [*told, measured(language)]

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw the axes and a curve for each name."""
        drawing = Drawing()
        every = [value for values in self.samples.values() for value in (values[0], values[-1])]
        across = axis(every, WIDTH, log=self.log)
        up = Axis([0, 25, 50, 75, 100], HEIGHT, log=False)
        left, bottom = _axes(
            drawing, across, up, across.marks,
            (_named(self.x, across, language), _SHARE[language]), percent=True,
        )  # fmt: skip
        right = left + WIDTH
        names = sorted(self.samples, key=lambda name: quantile(self.samples[name], 0.5))
        for number, values in enumerate(self.samples.values()):
            colour, shape = MARKS[number % len(MARKS)]
            spots = [
                (left + across.at(value), bottom - up.at(share * 100))
                for value, share in _steps(values)
            ]
            _way(drawing, spots, colour)
            for share in (0.5, 0.99):
                x, y = left + across.at(quantile(values, share)), bottom - up.at(share * 100)
                _point(drawing, x, y, colour, shape)
        for place, name in enumerate(names):  # names last: no curve runs over them
            colour, _ = MARKS[[*self.samples].index(name) % len(MARKS)]
            share = 0.82 - 0.7 * place / max(1, len(names) - 1)
            x = left + across.at(quantile(self.samples[name], share)) + 10
            words = term(name, language)
            height = bottom - up.at(share * 100)
            drawing.text(x, height, words, colour, SMALL, weight=600, halo=True)
            right = max(right, x + text_width(words, SMALL, bold=True))
        drawing.text(12, bottom + 62, measured(language), "quiet", SMALL)
        width = max(right, 12 + text_width(measured(language), SMALL)) + 20
        return drawing, width, bottom + 82


def _steps(values: list[float], most: int = 200) -> list[tuple[float, float]]:
    """The curve of sorted values: (value, share that is no larger), thinned to some hundred."""
    count = len(values)
    if count <= most:
        picked = list(range(count))
    else:
        picked = sorted({round(n * (count - 1) / most) for n in range(most + 1)})
        picked += range(max(picked[-2] + 1, count - 40), count - 1)  # the slowest are shown each
    curve = [(values[0], 0.0)]
    curve += [(values[index], (index + 1) / count) for index in sorted(set(picked))]
    return curve


def _named(word: str, one: Axis, language: Language) -> str:
    words = term(word, language)
    return _LOG[language].format(words) if one.log else words


def _axes(
    drawing: Drawing,
    across: Axis,
    up: Axis,
    places: Sequence[float],
    names: tuple[str, str],
    *,
    percent: bool = False,
) -> tuple[float, float]:
    """Draw both axes with their marks and names; return where they begin."""
    written = [f"{mark:g} %" if percent else _short(mark) for mark in up.marks]
    left = 34 + max(text_width(words, SMALL) for words in written)
    bottom = 44 + HEIGHT
    drawing.text(12, 18, f"↑ {names[1]}", "text", SMALL, weight=600)
    for mark, words in zip(up.marks, written, strict=True):
        y = bottom - up.at(mark)
        drawing.line(left, y, left + WIDTH, y, HAIRLINE, 1)
        drawing.text(left - 8, y, words, "quiet", SMALL, "end")
    for place in places:
        x = left + across.at(place)
        drawing.line(x, bottom, x, bottom + 5, "quiet", 1)
        drawing.text(x, bottom + 17, _short(place), "quiet", SMALL, "middle")
    drawing.text(left + WIDTH, bottom + 38, f"{names[0]} →", "text", SMALL, "end")
    return left, bottom


def _way(
    drawing: Drawing, spots: Sequence[tuple[float, float]], colour: str, dash: str = ""
) -> None:
    if len(spots) > 1:
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        drawing.curve(path, colour, 1.5 if dash else 2, dash)


def _stroke(
    drawing: Drawing, one: tuple[float, float], other: tuple[float, float], colour: str
) -> None:
    """From one end of a spread to the other, with a short bar at each."""
    drawing.line(*one, *other, colour, 1.5)
    for x, y in (one, other):
        drawing.line(x - 5, y, x + 5, y, colour, 1.5)


def _point(
    drawing: Drawing, x: float, y: float, colour: str, shape: str, size: float = 4.5
) -> None:
    fill = colour if shape in "●■◆" else "page"
    if shape in "◆◇":
        path = f"M{x:.1f} {y - size * 1.25:.1f}l{size * 1.25:.1f} {size * 1.25:.1f}"
        path += f"l{-size * 1.25:.1f} {size * 1.25:.1f}l{-size * 1.25:.1f} {-size * 1.25:.1f}z"
        drawing.add(
            f'<path d="{path}" fill="{paint(fill)}" stroke="{paint(colour)}" stroke-width="1.5"/>'
        )
        return
    radius = size if shape in "●○" else 0
    drawing.rect(x - size, y - size, 2 * size, 2 * size, fill, colour, radius, 1.5)
