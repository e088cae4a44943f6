"""Folding: alike marks that follow each other are drawn as one with their number."""

from __future__ import annotations

from typing import Protocol, Self, TypeVar

FOLD_FROM = 5
"""So many alike marks in a row are folded: the ones between the first and the last."""
LONGEST_PATTERN = 6
"""Marks of a repeated pattern, at most."""


class Foldable(Protocol):
    """What can be folded."""

    @property
    def signature(self) -> tuple[object, ...] | None:
        """Alike ones have equal signatures; None is like no other."""

    def folded(self, count: int) -> Self:
        """One that stands for several."""


F = TypeVar("F", bound=Foldable)


def fold(marks: list[F]) -> list[F]:
    """Keep the first and the last of alike marks that follow each other, also of a repeated few.

    Parameters
    ----------
    marks : list
        In order.

    Returns
    -------
    list
        Between the first and the last stands one whose `count` says how many it stands for.
    """
    folded: list[F] = []
    place = 0
    while place < len(marks):
        period, repeats = _repetition(marks, place)
        if repeats >= FOLD_FROM:
            end = place + period * repeats
            folded += marks[place : place + period]
            folded += [
                one.folded(repeats - 2) for one in marks[place + period : place + 2 * period]
            ]
            folded += marks[end - period : end]
            place = end
        else:
            folded.append(marks[place])
            place += 1
    return folded


def _repetition(marks: list[F], place: int) -> tuple[int, int]:
    """The shortest pattern that repeats from `place` on, and how often."""
    for period in range(1, LONGEST_PATTERN + 1):
        pattern = [one.signature for one in marks[place : place + period]]
        if len(pattern) < period or None in pattern:
            break
        repeats = 1
        while True:
            start = place + repeats * period
            if [one.signature for one in marks[start : start + period]] != pattern:
                break
            repeats += 1
        if repeats >= FOLD_FROM:
            return period, repeats
    return 1, 1
