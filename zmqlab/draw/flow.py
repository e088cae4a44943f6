"""Text and legends that flow into as many lines as the room allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from zmqlab.draw.svg import Drawing, Form, text_width, wrapped


class Entry(NamedTuple):
    """An entry of a legend: its glyph, drawn about (x, y), the glyph's width, and words."""

    draw: Callable[[float, float], None]
    width: float
    words: str
    colour: str = "text"


def legend(
    drawing: Drawing, entries: Sequence[Entry], left: float, y: float, form: Form, room: float = 0
) -> float:
    """Draw entries beside each other, in a new line where there is no more room.

    Parameters
    ----------
    drawing : Drawing
    entries : sequence of Entry
    left, y : float
        Where the first line begins, and its middle.
    form : Form
        How much room there is.
    room : float, optional
        The right edge, if it is not the form's.

    Returns
    -------
    float
        Where the next line may stand.
    """
    x, right = left, (room or form.width) - 8
    for entry in entries:
        width = entry.width + 8 + text_width(entry.words, form.small)
        if x > left and x + width > right:
            x, y = left, y + 24
        entry.draw(x, y)
        lines = wrapped(entry.words, right - x - entry.width - 8, form.small)
        for n, line in enumerate(lines):
            if n:
                y += 16
            drawing.text(x + entry.width + 8, y, line, entry.colour, form.small)
        x += width + 18
    return y + 24 if entries else y


def paragraph(
    drawing: Drawing,
    words: str,
    left: float,
    y: float,
    form: Form,
    *,
    colour: str = "quiet",
    weight: int = 400,
    room: float = 0,
) -> float:
    """Draw words in as many lines as they need; return where the next line may stand."""
    width = (room or form.width) - left - 8
    for line in wrapped(words, width, form.small, bold=weight > 500):
        drawing.text(left, y, line, colour, form.small, weight=weight)
        y += form.small * 1.36
    return y


def breadth(words: str, form: Form, left: float, *, bold: bool = False) -> float:
    """The right edge of a paragraph."""
    lines = wrapped(words, form.width - left - 8, form.small, bold=bold)
    return left + max(text_width(line, form.small, bold=bold) for line in lines)
