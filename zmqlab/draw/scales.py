"""Axes: round marks, equal or logarithmic, and where values lie on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


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
        The first and the last are the ends of the axis, as near as 1, 2 and 5 of a decade allow;
        between them powers of ten, and over fewer than three of these 2 and 5 too. At least two.
    """
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    fine = [n * 10.0**power for power in range(first, last + 1) for n in (1, 2, 5)]
    below = [mark for mark in fine if mark <= low * 1.0001]
    above = [mark for mark in fine if mark >= high * 0.9999]
    start, end = below[-1] if below else fine[0], above[0] if above else fine[-1]
    if start == end:
        start, end = start / 2, end * 2
        return [start, start * 2, end]
    marks = [mark for mark in fine if start <= mark <= end]
    powers = [10.0**power for power in range(first, last + 1)]
    inner = [mark for mark in powers if start < mark < end]
    return marks if len(marks) <= 6 else [start, *inner, end]


def number(value: float) -> str:
    """A number in running text."""
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def brief(value: float) -> str:
    """A number on an axis."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= limit:
            return f"{value / (1e3 if letter == 'k' else limit):,.4g}{letter}"
    return number(value)


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

    def apart(self, places: Sequence[float], gap: float) -> list[float]:
        """Of places only those whose labels would not touch, first and last before others."""
        kept: list[float] = []
        ordered = sorted(places)
        for place in dict.fromkeys([*ordered[:1], *ordered[-1:], *ordered]):
            if all(abs(self.at(place) - self.at(other)) >= gap for other in kept):
                kept.append(place)
        return sorted(kept)


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
    """
    return Axis(log_ticks(min(values), max(values)) if log else ticks(max(values)), length, log)
