"""Plots of what was measured here.

`Plot` shows every measured point, with a stroke at the median, or joins the medians and shows the
spread about them; `Ecdf` shows how a measured time is distributed: a curve, or of a few samples
each as a dot. A series carries its name where it is, clear of others; on a narrow form, and where
there is no such place, a legend stands below. A design looks the same in all plots of a lesson.

Plain SVG by `zmqlab.draw.svg` and no plotting library: the same picture then turns dark with its
page, speaks both languages, scales its text with the page, and can be drawn in a browser.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import median

from zmqlab.draw.flow import Entry, breadth, legend, paragraph
from zmqlab.draw.machine import measured
from zmqlab.draw.palette import QUIET, Look, looks
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.scales import Axis, axis, brief, number
from zmqlab.draw.signs import Sign
from zmqlab.draw.svg import HAIRLINE, WIDE, Drawing, Form, paint, text_width, wrapped
from zmqlab.run.measure import Spread, quantile
from zmqlab.words.language import Language, Text
from zmqlab.words.terms import term

_SHARE = Text(en="share that took at most this long", ko="이 시간 안에 끝난 비율")
_LOG = Text(en="{} (log scale)", ko="{}, 로그 눈금")

FEW = 5
"""Of so many values at a place each is shown; of more, where a joined line shows quartiles."""
SAMPLES = 12
"""A distribution of so many samples is drawn as dots."""

Spot = tuple[float, float]


class Frame:
    """The axes of a plot while it is drawn, and what names must stay clear of."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.drawing = Drawing()
        self.width, self.height = (262.0, 190.0) if form.narrow else (470.0, 270.0)
        self.left = self.bottom = 0.0
        self._names: list[tuple[float, float, float, float]] = []
        self._ways: list[tuple[str, list[Spot]]] = []
        self._points: list[Spot] = []
        self._below: list[tuple[str, str, Look, bool]] = []
        self.right = self.edge = 0.0

    def axes(
        self,
        across: Axis,
        up: Axis,
        places: Sequence[float],
        names: tuple[str, str],
        *,
        percent: bool = False,
    ) -> tuple[Axis, Axis]:
        """Draw both axes with their marks and names; return them in their final length."""
        drawing, small = self.drawing, self.form.small
        written = [f"{mark:g} %" if percent else brief(mark) for mark in up.marks]
        self.left = 18 + max(text_width(words, small) for words in written)
        if self.form.narrow:
            last = max(12.0, text_width(brief(across.marks[-1]), small) / 2 + 3)
            self.width = self.form.width - self.left - last
        across = across._replace(length=self.width)
        up = up._replace(length=self.height)
        y = 16.0
        for line in wrapped(f"↑ {names[1]}", self.form.width - 20, small, bold=True):
            drawing.text(8, y, line, "text", small, weight=600)
            y += 16
        self.bottom = y + 8 + self.height
        self.right = self.left + self.width
        self.edge = self.right + text_width(brief(across.marks[-1]), small) / 2
        for mark, words in zip(up.marks, written, strict=True):
            at = self.bottom - up.at(mark)
            drawing.line(self.left, at, self.right, at, HAIRLINE, 1)
            drawing.text(self.left - 8, at, words, "quiet", small, "end")
        widest = max((text_width(brief(place), small) for place in places), default=10.0)
        for place in across.apart(places, widest + 8):
            x = self.left + across.at(place)
            drawing.line(x, self.bottom, x, self.bottom + 5, "quiet", 1)
            drawing.text(x, self.bottom + 16, brief(place), "quiet", small, "middle")
        end = self.left + self.width
        drawing.text(end, self.bottom + 36, f"{names[0]} →", "text", small, "end")
        return across, up

    def way(self, name: str, spots: list[Spot], look: Look, dash: str = "") -> None:
        """Draw a line through spots; names stay clear of it."""
        self._ways.append((name, spots))
        if len(spots) > 1:
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
            self.drawing.curve(path, look.colour, 1.5 if dash or look is QUIET else 2, dash)

    def point(self, x: float, y: float, look: Look, size: float = 4.5) -> None:
        """Draw a marker; names stay clear of it."""
        self._points.append((x, y))
        point(self.drawing, x, y, look, size)

    def name(self, key: str, words: str, look: Look, spots: list[Spot], *, line: bool) -> None:
        """Write the name of a series beside it where it is clear, or keep it for the legend."""
        small = self.form.small
        width = text_width(words, small, bold=True)
        if not self.form.narrow:
            for x, y in spots:
                for left, at in (
                    (x + 12, y), (x - 12 - width, y), (x + 8, y - 13), (x + 8, y + 13),
                    (x - 8 - width, y - 13), (x - 8 - width, y + 13),
                ):  # fmt: skip
                    if self._clear(left, at, width):
                        self._names.append((left, at - 8, left + width, at + 8))
                        weight = 400 if look is QUIET else 600
                        self.drawing.text(
                            left, at, words, look.colour, small, weight=weight, halo=True
                        )
                        self.right = max(self.right, left + width)
                        return
        self._below.append((key, words, look, line))

    def _clear(self, left: float, y: float, width: float) -> bool:
        """Whether a name there touches no other name and no line."""
        right, top, bottom = left + width, y - 8, y + 8
        if left < self.left + 2 or right > self.form.width - 8:
            return False
        if top < self.bottom - self.height - 10 or bottom > self.bottom - 1:
            return False
        if any(
            left < r + 4 and right > x - 4 and top < b and bottom > t for x, t, r, b in self._names
        ):
            return False
        if any(left - 5 < x < right + 5 and top - 3 < y < bottom + 3 for x, y in self._points):
            return False
        return not any(_crosses(spots, left - 3, top, right + 3, bottom) for _, spots in self._ways)

    def finish(self, language: Language) -> Drawn:
        """Draw the legend, if one is needed, and where it was measured."""
        entries = [
            Entry(self._glyph(look, line=line), 24, words, look.colour)
            for _, words, look, line in self._below
        ]
        y, left = self.bottom + 60, 8.0
        y = legend(self.drawing, entries, left, y, self.form)
        words = measured(language)
        y = paragraph(self.drawing, words, left, y, self.form)
        width = max(self.right, self.edge, breadth(words, self.form, left), 300.0) + 10
        if entries:
            width = self.form.width
        return Drawn(self.drawing, min(width, self.form.width), y + 4)

    def _glyph(self, look: Look, *, line: bool) -> Callable[[float, float], None]:
        def draw(x: float, y: float) -> None:
            if line:
                self.drawing.line(x, y, x + 24, y, look.colour, 1.5, "5 4")
            else:
                self.drawing.line(x, y, x + 24, y, look.colour, 2)
                if look is not QUIET:
                    point(self.drawing, x + 12, y, look)

        return draw


def _crosses(spots: list[Spot], left: float, top: float, right: float, bottom: float) -> bool:
    """Whether a line through spots touches a box."""
    if len(spots) == 1:
        spots = [*spots, *spots]
    for (x1, y1), (x2, y2) in pairwise(spots):
        if max(x1, x2) < left or min(x1, x2) > right or max(y1, y2) < top or min(y1, y2) > bottom:
            continue
        steps = max(1, int(max(abs(x2 - x1), abs(y2 - y1)) / 3))
        for step in range(steps + 1):
            x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
            if left < x < right and top < y < bottom:
                return True
    return False


def point(drawing: Drawing, x: float, y: float, look: Look, size: float = 4.5) -> None:
    """Draw the marker of a series."""
    fill = look.colour if look.shape in "●■◆" else "page"
    if look.shape in "◆◇":
        path = f"M{x:.1f} {y - size * 1.25:.1f}l{size * 1.25:.1f} {size * 1.25:.1f}"
        path += f"l{-size * 1.25:.1f} {size * 1.25:.1f}l{-size * 1.25:.1f} {-size * 1.25:.1f}z"
        drawing.add(
            f'<path d="{path}" fill="{paint(fill)}" stroke="{paint(look.colour)}" '
            'stroke-width="1.5"/>'
        )
        return
    radius = size if look.shape in "●○" else 0
    drawing.rect(x - size, y - size, 2 * size, 2 * size, fill, look.colour, radius, 1.5)


class Plot(Picture):
    """Points over an axis: every one of them shown, or their medians joined, with the spread.

    Parameters
    ----------
    points : mapping
        For each place on the x axis the values measured there: ``{1: [0.9, 1.1], 2: [2.0]}``; or
        several series by their names: ``{"tcp": {...}, "ipc": {...}}``.
    x, y : str
        What the axes show, with the unit. A word of `zmqlab.words.terms` is shown in both
        languages.
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
            places = ", ".join(f"({number(x)}, {number(y)})" for x, y in line)
            told.append(f"{term(name, language)}: {places}")
        return [*told, measured(language)]

    def _told(self, place: float, values: list[float], language: Language) -> str:
        low, middle, high = map(number, (min(values), median(values), max(values)))
        count = len(values)
        if self.joined and count > FEW:
            spread = Spread.of(values)
            low, high = number(spread.q1), number(spread.q3)
            return Text(
                en=f"{term(self.x, 'en')} {number(place)}: median {middle}, "
                f"half of all between {low} and {high} ({count} measured).",
                ko=f"{term(self.x, 'ko')} {number(place)}: 중앙값 {middle}, "
                f"가운데 절반 {low}~{high}({count}번 측정)",
            )[language]
        return Text(
            en=f"{term(self.x, 'en')} {number(place)}: median {middle}, "
            f"from {low} to {high} ({count} measured).",
            ko=f"{term(self.x, 'ko')} {number(place)}: 중앙값 {middle}, "
            f"범위 {low}~{high}({count}번 측정)",
        )[language]

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw the axes, the lines to compare with, the points, and the names."""
        frame = Frame(form)
        everything = self._everything()
        across = axis([x for x, _ in everything], 1.0, log="x" in self.log)
        up = axis([y for _, y in everything], 1.0, log="y" in self.log)
        places = sorted({x for one in self.series.values() for x in one})
        crowd = "x" in self.log and len(places) > 8
        across, up = frame.axes(
            across, up, across.marks if crowd else places,
            (_named(self.x, across, language), _named(self.y, up, language)),
        )  # fmt: skip

        def at(x: float, y: float) -> Spot:
            return frame.left + across.at(x), frame.bottom - up.at(y)

        look = looks(name for name in self.series if name)
        look[""] = Look("text", "●")
        for name, line in self.lines.items():
            frame.way(name, [at(x, y) for x, y in line], QUIET, "5 4")
        for name, series in self.series.items():
            if self.joined:
                shown = [(place, median(ys)) for place, ys in sorted(series.items()) if ys]
                frame.way(name, [at(*one) for one in shown], look[name])
        for name, series in self.series.items():
            for place, values in sorted(series.items()):
                if spots := [at(place, one) for one in sorted(values)]:
                    self._values(frame, spots, look[name])
        self._names(frame, look, at, language)
        return frame.finish(language)

    def _values(self, frame: Frame, spots: list[Spot], look: Look) -> None:
        """Draw what was measured at one place."""
        drawing = frame.drawing
        x, heights = spots[0][0], [y for _, y in spots]
        middle = median(heights)
        if self.joined and len(spots) > FEW:
            low, high = quantile(sorted(heights), 0.25), quantile(sorted(heights), 0.75)
            drawing.uses(Sign.QUARTILES, Sign.MEDIAN)
            path = f"M{x - 5:.1f} {low:.1f}h10m-5 0V{high:.1f}m-5 0h10"
            drawing.curve(path, look.colour, 1.5)
            frame.point(x, middle, look)
            return
        drawing.uses(Sign.MEASURED)
        if not self.joined:
            drawing.uses(Sign.MEDIAN)
            drawing.line(x - 13, middle, x + 13, middle, look.colour, 2)
        for y in heights:
            frame.point(x, y, look, 3 if self.joined else 4.5)

    def _names(
        self,
        frame: Frame,
        look: Mapping[str, Look],
        at: Callable[[float, float], Spot],
        language: Language,
    ) -> None:
        """Write each name at the end of its series, or wherever along it there is room."""
        for name, series in self.series.items():
            spots = [at(x, median(ys)) for x, ys in sorted(series.items(), reverse=True) if ys]
            if name and spots:
                frame.name(name, term(name, language), look[name], _along(spots), line=False)
        for name, line in self.lines.items():
            spots = [at(x, y) for x, y in reversed(line)]
            frame.name(name, term(name, language), QUIET, _along(spots), line=True)


def _along(spots: list[Spot], steps: int = 4) -> list[Spot]:
    """The spots, and some on the way from each to the next."""
    if len(spots) < 2:
        return spots
    found = []
    for (x1, y1), (x2, y2) in pairwise(spots):
        found += [(x1 + (x2 - x1) * n / steps, y1 + (y2 - y1) * n / steps) for n in range(steps)]
    return [*found, spots[-1]]


class Ecdf(Picture):
    """How measured times are distributed: for each time, the share that took no longer.

    A steep curve is a steady one. Where it leans far to the right at the top, a few took long. Two
    marks on each curve are its median and the time that 99 % did not exceed.

    Parameters
    ----------
    samples : mapping
        The measured values by the name of their curve: ``{"direct": [...], "hub": [...]}``.
    x : str
        What was measured, with its unit; a word of `zmqlab.words.terms` is shown in both languages.
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
            middle, most, tail = (number(quantile(values, q)) for q in (0.5, 0.9, 0.99))
            words = Text(
                en=f"median {middle}, 90 % at most {most}, 99 % at most {tail}, "
                f"all at most {number(values[-1])} ({len(values):,} measured).",
                ko=f"중앙값 {middle}, 90%는 {most} 이하, 99%는 {tail} 이하, "
                f"최댓값 {number(values[-1])}({len(values):,}번 측정)",
            )
            told.append(f"{term(name, language)}: {words[language]}")
        return [*told, measured(language)]

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw a curve for each name; of a few samples each, a row of dots."""
        if all(len(values) <= SAMPLES for values in self.samples.values()):
            return self._dots(language, form)
        return self._curves(language, form)

    def _across(self, length: float) -> Axis:
        every = [value for values in self.samples.values() for value in (values[0], values[-1])]
        return axis(every, length, log=self.log)

    def _curves(self, language: Language, form: Form) -> Drawn:
        frame, look = Frame(form), looks(self.samples)
        across = self._across(1.0)
        across, up = frame.axes(
            across, Axis([0, 25, 50, 75, 100], 1.0, log=False), across.marks,
            (_named(self.x, across, language), _SHARE[language]), percent=True,
        )  # fmt: skip
        frame.drawing.uses(Sign.CURVE)

        def at(value: float, share: float) -> Spot:
            return frame.left + across.at(value), frame.bottom - up.at(share * 100)

        for name, values in self.samples.items():
            frame.way(name, [at(*one) for one in _steps(values)], look[name])
        for name, values in self.samples.items():
            for share in (0.5, 0.99) if look[name] is not QUIET else ():
                frame.point(*at(_reached(values, share), share), look[name])
        shares = [0.08 + 0.04 * n for n in range(23)]
        ordered = sorted(self.samples, key=lambda one: quantile(self.samples[one], 0.5))
        for place, name in enumerate(ordered):
            # Each begins to look at another height, so that names are spread.
            first = 0.86 - 0.74 * place / max(1, len(ordered) - 1)
            tried = sorted(shares, key=lambda share: abs(share - first))
            spots = [at(_reached(self.samples[name], share), share) for share in tried]
            frame.name(name, term(name, language), look[name], spots, line=False)
        return frame.finish(language)

    def _dots(self, language: Language, form: Form) -> Drawn:
        """Draw a row a name: each sample, and a stroke at the median."""
        drawing, look, small = Drawing(), looks(self.samples), form.small
        names = {name: term(name, language) for name in self.samples}
        left = 16.0
        if not form.narrow:
            left = 24 + max(text_width(words, small, bold=True) for words in names.values())
            left = min(left, 250.0)
        row = 46.0 if form.narrow else 30.0
        across = self._across(min(form.width - left - 24, 440.0))
        drawing.uses(Sign.MEASURED, Sign.MEDIAN)
        y = 18.0
        bottom = y + row * len(names) - (6 if form.narrow else 8)
        for mark in across.apart(across.marks, 34):
            x = left + across.at(mark)
            drawing.line(x, 8, x, bottom, HAIRLINE, 1)
            drawing.text(x, bottom + 12, brief(mark), "quiet", small, "middle")
        for name, values in self.samples.items():
            own = look[name]
            if form.narrow:
                drawing.text(8, y, names[name], own.colour, small, weight=600, halo=True)
                y += 18
            else:
                lines = wrapped(names[name], left - 24, small, bold=True)
                for n, words in enumerate(lines):
                    at = y + 15 * (n - (len(lines) - 1) / 2)
                    drawing.text(left - 14, at, words, own.colour, small, "end", weight=600)
            x = left + across.at(median(values))
            drawing.line(x, y - 10, x, y + 10, own.colour, 2.5)
            for value in values:
                point(drawing, left + across.at(value), y, own, 4)
            y += row - (18 if form.narrow else 0)
        right = left + across.length
        y = bottom + 32
        drawing.text(right, y, f"{_named(self.x, across, language)} →", "text", small, "end")
        y = paragraph(drawing, measured(language), 8, y + 24, form)
        return Drawn(drawing, min(form.width, max(right + 24, 320.0)), y + 2)


def _reached(values: list[float], share: float) -> float:
    """The value at which a curve of steps reaches a share."""
    return values[min(len(values) - 1, max(0, math.ceil(share * len(values)) - 1))]


def _steps(values: list[float], most: int = 200) -> list[tuple[float, float]]:
    """The curve of sorted values: (value, share that is no larger), thinned to some hundred."""
    count = len(values)
    if count <= most:
        picked = list(range(count))
    else:
        picked = sorted({round(n * (count - 1) / most) for n in range(most + 1)})
        picked += range(max(picked[-2] + 1, count - 40), count - 1)  # the slowest are shown each
    curve, share = [(values[0], 0.0)], 0.0
    for index in sorted(set(picked)):
        # Up at the value itself: between two samples there was none.
        if values[index] != curve[-1][0]:
            curve.append((values[index], share))
        share = (index + 1) / count
        curve.append((values[index], share))
    return curve


def _named(word: str, one: Axis, language: Language) -> str:
    words = term(word, language)
    return _LOG[language].format(words) if one.log else words
