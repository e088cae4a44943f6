"""Fates of messages: one table of glyphs, for ledgers, strips and matrices.

Each fate has a colour and a shape that says the same without the colour: filled if it was
delivered, stacked bars if it waits, crossed out if it is lost, hollow with a clock's hand if it
came late, a double line if it came twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from itertools import groupby
from typing import NamedTuple

from zmqlab.draw.signs import Sign
from zmqlab.draw.svg import HAIRLINE, Drawing, number


class Box(NamedTuple):
    """Where a glyph is drawn: a run of equal messages."""

    x: float
    y: float
    width: float
    height: float
    messages: int = 1

    @property
    def cells(self) -> list[float]:
        """The middle of each message, or of all if there is no room to tell them apart."""
        count = self.messages if self.width / self.messages >= CELL else 1
        step = self.width / count
        return [self.x + step * (n + 0.5) for n in range(count)]

    @property
    def parted(self) -> bool:
        """Whether single messages can be told apart."""
        return self.messages > 1 and self.width / self.messages >= CELL


LOW = 14.0
"""Pixels of height up to which a double line lies."""
CELL = 10.0
"""Pixels from which on each message of a run is told apart."""


def _parts(drawing: Drawing, box: Box) -> None:
    """Part the messages of a filled run."""
    if box.parted:
        step = box.width / box.messages
        path = "".join(
            f"M{number(box.x + step * n)} {number(box.y)}v{number(box.height)}"
            for n in range(1, box.messages)
        )
        drawing.curve(path, "page", 2)


def _delivered(drawing: Drawing, box: Box) -> None:
    drawing.rect(box.x, box.y, box.width, box.height, "accent")
    _parts(drawing, box)


def _waiting(drawing: Drawing, box: Box) -> None:
    drawing.rect(box.x, box.y, box.width, box.height, "none", HAIRLINE)
    step = box.height / 4
    half = min(5.0, box.width / 2 - 1)
    path = "".join(
        f"M{number(x - half)} {number(box.y + step * n)}h{number(2 * half)}"
        for x in box.cells
        for n in (1, 2, 3)
    )
    drawing.curve(path, "waiting", 2)


def _lost(drawing: Drawing, box: Box) -> None:
    drawing.rect(box.x, box.y, box.width, box.height, "none", "lost", 0, 1)
    _crosses(drawing, box, box.y + box.height / 2, box.height / 2)


def _crosses(drawing: Drawing, box: Box, y: float, room: float) -> None:
    size = min(5.5, box.width / len(box.cells) / 2 - 1.5, room - 1.5)
    if size > 1:
        drawing.crosses([(x, y) for x in box.cells], "lost", size, 2 if size > 3 else 1.5)
    else:
        drawing.rect(box.x, y - 1, box.width, 2, "lost")


def _in_hand(drawing: Drawing, box: Box) -> None:
    drawing.rect(box.x, box.y, box.width, box.height, "none", "lost", 0, 1)
    drawing.rect(box.x, box.y + box.height * 0.74, box.width, box.height * 0.26, "lost")
    _crosses(drawing, box, box.y + box.height * 0.38, box.height * 0.36)


def _late(drawing: Drawing, box: Box) -> None:
    if box.width < 5:  # too thin to be seen hollow: the lower half
        drawing.rect(box.x, box.y + box.height / 2, box.width, box.height / 2, "late")
        return
    drawing.rect(box.x + 1, box.y + 1, box.width - 2, box.height - 2, "none", "late", 0, 2)
    hand = min(5.0, box.height / 3)
    if box.width / len(box.cells) >= 9 and box.height >= 12:
        top = box.y + box.height / 2 - hand
        path = "".join(
            f"M{number(x)} {number(top)}v{number(hand)}h{number(hand * 0.7)}" for x in box.cells
        )
        drawing.curve(path, "late", 1.5)


def _twice(drawing: Drawing, box: Box) -> None:
    if box.height > LOW:
        wide = box.width / len(box.cells)
        third = max(1.0, (wide - (2 if box.parted else 0)) / 3)
        path = "".join(
            f"M{number(x - third)} {number(box.y)}v{number(box.height)}"
            f"m{number(2 * third)} 0v-{number(box.height)}"
            for x in box.cells
        )
        drawing.bands(path, "duplicate", third)
        return
    third = box.height * 0.36
    for y in (box.y, box.y + box.height - third):
        drawing.rect(box.x, y, box.width, third, "duplicate")


class Fate(Enum):
    """What became of a message, and its glyph."""

    DELIVERED = ("accent", Sign.DELIVERED, _delivered)
    WAITING = ("waiting", Sign.STILL_WAITING, _waiting)
    LATE = ("late", Sign.LATE, _late)
    TWICE = ("duplicate", Sign.TWICE, _twice)
    IN_HAND = ("lost", Sign.IN_HAND, _in_hand)
    LOST = ("lost", Sign.MISSING, _lost)

    def __init__(self, colour: str, sign: Sign, shape: Callable[[Drawing, Box], None]) -> None:
        self.colour = colour
        self.sign = sign
        self._shape = shape

    def draw(self, drawing: Drawing, box: Box) -> None:
        """Draw a run of messages of this fate."""
        drawing.uses(self.sign)
        self._shape(drawing, box)


def runs(fates: Iterable[Fate]) -> list[tuple[Fate, int]]:
    """Equal neighbours, with their number."""
    return [(fate, len(list(group))) for fate, group in groupby(fates)]
