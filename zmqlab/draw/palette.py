"""Colours and markers of series: a design keeps its own through a whole lesson.

The first plot of a process that shows a name gives it a slot; later plots find it there. What must
stay true: two series of one plot never look alike; the colours are none that have a meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zmqlab.draw.colours import SERIES

MOST = 5
"""Series of one plot that have a colour; further ones are quiet."""

SHAPES = ("●", "○", "■", "□", "◆", "◇")


class Look(NamedTuple):
    """How a series looks."""

    colour: str
    shape: str


QUIET = Look("quiet", "○")

_slots: dict[str, int] = {}


def looks(names: Iterable[str]) -> dict[str, Look]:
    """A look for each of the series of one plot.

    Parameters
    ----------
    names : iterable of str
        The series, the most important first.

    Returns
    -------
    dict of str to Look
    """
    ordered = list(dict.fromkeys(names))
    taken: set[int] = set()
    found = dict.fromkeys(ordered, QUIET)
    fresh = []
    for name in ordered[:MOST]:
        slot = _slots.get(name)
        if slot is None or slot in taken:
            fresh.append(name)
        else:
            taken.add(slot)
            found[name] = _look(slot)
    for name in fresh:
        slot = _free(taken)
        taken.add(slot)
        _slots.setdefault(name, slot)
        found[name] = _look(slot)
    return found


def _free(taken: set[int]) -> int:
    """A slot that no other name has, or at least none of this plot: the one of fewest names."""
    used = list(_slots.values())
    return min(
        (slot for slot in range(len(SERIES)) if slot not in taken),
        key=lambda slot: (used.count(slot), slot),
    )


def _look(slot: int) -> Look:
    return Look(SERIES[slot], SHAPES[slot])


def forget() -> None:
    """Begin a new lesson: no name has a look any more."""
    _slots.clear()
