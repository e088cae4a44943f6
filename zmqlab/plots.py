"""Plots of what was measured here.

Every measured point is shown, with a stroke at the median; series and lines carry their names where
they are, so that nobody looks up a legend. The words of axes and names that lessons use stand in
`TERMS` in both languages, for a lesson's code is the same for both; others are shown as they are.

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

from zmqlab.language import Language, Text
from zmqlab.svg import HAIRLINE, SMALL, Drawing, Picture, text_width

TERMS = {
    term.en: term
    for term in (
        Text(en="workers", ko="워커 수"),
        Text(en="times as fast as one worker", ko="속도(워커 하나 = 1)"),
        Text(en="seconds", ko="초"),
        Text(en="every worker counts", ko="워커 수에 비례"),
        Text(en="as many as cores", ko="코어 수가 한계"),
    )
}
"""The words that lessons' plots use."""

_MEASURED = Text(en="measured here, {}, {}", ko="여기서 측정, {}, {}")
_CORES = Text(en="{} {}, {} {}", ko="{} {}, 코어 {}개")

WIDTH, HEIGHT = 480.0, 300.0
MARKS = (("accent", "●"), ("late", "○"), ("duplicate", "■"), ("waiting", "□"))
"""Colour and shape of each series in turn."""


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


def _term(word: str, language: Language) -> str:
    return TERMS[word][language] if word in TERMS else word


def _number(value: float) -> str:
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


class Plot(Picture):
    """Points over an axis, every one of them shown.

    Parameters
    ----------
    points : mapping
        For each place on the x axis the values measured there: ``{1: [0.9, 1.1], 2: [2.0]}``; or
        several series by their names: ``{"tcp": {...}, "ipc": {...}}``.
    x, y : str
        What the axes show, with the unit; a word of `TERMS` is shown in both languages.
    lines : mapping, optional
        Lines to compare with, by their names: ``{"ideal": [(1, 1), (4, 4)]}``.
    """

    title = Text(en="Plot", ko="그래프")

    def __init__(
        self,
        points: Mapping[float, Sequence[float]] | Mapping[str, Mapping[float, Sequence[float]]],
        *,
        x: str,
        y: str,
        lines: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    ) -> None:
        self.series: dict[str, dict[float, list[float]]] = {}
        for key, value in points.items():
            if isinstance(key, str) and isinstance(value, Mapping):
                self.series[key] = {place: list(values) for place, values in value.items()}
            elif not isinstance(key, str) and not isinstance(value, Mapping):
                self.series.setdefault("", {})[key] = list(value)
        self.lines = {name: list(line) for name, line in (lines or {}).items() if line}
        if not any(values for one in self.series.values() for values in one.values()):
            raise ValueError("nothing to plot: write points as {place: [value, ...]}")
        for across, up in self._everything():
            if not (0 <= across < math.inf and 0 <= up < math.inf):
                raise ValueError(
                    f"both axes begin at 0 and have an end: ({across}, {up}) has no place"
                )
        self.x, self.y = x, y
        self.title = Text(
            en=f"{_term(y, 'en')}, by {_term(x, 'en')}",
            ko=f"{_term(x, 'ko')}에 따른 {_term(y, 'ko')}",
        )

    def _everything(self) -> list[tuple[float, float]]:
        points = [(x, y) for one in self.series.values() for x, ys in one.items() for y in ys]
        return points + [point for line in self.lines.values() for point in line]

    def sentences(self, language: Language) -> list[str]:
        """The plot in words: median and spread at each place, then the lines."""
        told = []
        for name, series in self.series.items():
            before = f"{_term(name, language)}: " if name else ""
            for place, values in sorted(series.items()):
                if not values:
                    continue
                low, middle, high = map(_number, (min(values), median(values), max(values)))
                count = len(values)
                words = Text(
                    en=f"{_term(self.x, 'en')} {_number(place)}: median {middle}, "
                    f"from {low} to {high} ({count} measured).",
                    ko=f"{_term(self.x, 'ko')} {_number(place)}: 중앙값 {middle}, "
                    f"범위 {low}~{high}({count}번 측정)",
                )
                told.append(before + words[language])
        for name, line in self.lines.items():
            places = ", ".join(f"({_number(x)}, {_number(y)})" for x, y in line)
            told.append(f"{_term(name, language)}: {places}")
        return [*told, measured(language)]

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw the axes, the lines to compare with, and the points."""
        drawing = Drawing()
        everything = self._everything()
        across, up = ticks(max(x for x, _ in everything)), ticks(max(y for _, y in everything))
        left = 34 + max(text_width(_number(mark), SMALL) for mark in up)
        bottom = 44 + HEIGHT

        def at(x: float, y: float) -> tuple[float, float]:
            return left + x / across[-1] * WIDTH, bottom - y / up[-1] * HEIGHT

        drawing.text(12, 18, f"↑ {_term(self.y, language)}", "text", SMALL, weight=600)
        for mark in up:
            x, y = at(0, mark)
            drawing.line(x, y, x + WIDTH, y, HAIRLINE, 1)
            drawing.text(x - 8, y, _number(mark), "quiet", SMALL, "end")
        for place in sorted({x for one in self.series.values() for x in one}):
            x, y = at(place, 0)
            drawing.line(x, y, x, y + 5, "quiet", 1)
            drawing.text(x, y + 17, _number(place), "quiet", SMALL, "middle")
        right = left + WIDTH
        drawing.text(right, bottom + 38, f"{_term(self.x, language)} →", "text", SMALL, "end")
        for name, line in self.lines.items():
            spots = [at(x, y) for x, y in line]
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
            drawing.curve(path, "quiet", 1.5, "5 4")
            words = _term(name, language)
            drawing.text(spots[-1][0] + 10, spots[-1][1], words, "quiet", SMALL, halo=True)
            right = max(right, spots[-1][0] + 10 + text_width(words, SMALL))
        for number, (name, series) in enumerate(self.series.items()):
            colour, shape = MARKS[number % len(MARKS)]
            for place, values in sorted(series.items()):
                if not values:
                    continue
                x, y = at(place, median(values))
                drawing.line(x - 13, y, x + 13, y, colour, 2)
                for value in values:
                    _point(drawing, *at(place, value), colour, shape)
            if name and (last := [place for place, values in series.items() if values]):
                x, y = at(max(last), median(series[max(last)]))
                drawing.text(x + 20, y, _term(name, language), colour, SMALL, weight=600, halo=True)
                right = max(right, x + 20 + text_width(_term(name, language), SMALL, bold=True))
        drawing.text(12, bottom + 62, measured(language), "quiet", SMALL)
        width = max(right, 12 + text_width(measured(language), SMALL)) + 20
        return drawing, width, bottom + 82


def _point(drawing: Drawing, x: float, y: float, colour: str, shape: str) -> None:
    fill = colour if shape in "●■" else "page"
    radius = 4.5 if shape in "●○" else 0
    drawing.rect(x - 4.5, y - 4.5, 9, 9, fill, colour, radius, 1.5)
