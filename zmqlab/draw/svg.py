"""SVG as text: a few shapes in the product's colours.

Pictures hold no ids, so any number of them can stand on a page. Colours are CSS variables with a
fall-back, so the same text is right in the site, in Jupyter and in a file of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Protocol

from zmqlab.draw.colours import standalone_style, var
from zmqlab.draw.signs import Sign

SANS = (
    "Pretendard, 'Apple SD Gothic Neo', 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', "
    "system-ui, sans-serif"
)
MONO = "ui-monospace, D2Coding, 'Noto Sans Mono CJK KR', monospace"
SMALL, BODY, NAME = 12.5, 13.5, 15.0
"""Font sizes of the wide form."""
HAIRLINE = "rgba(127,142,150,.38)"


@dataclass(frozen=True, slots=True)
class Form:
    """How much room a picture has, and the sizes of its text.

    Attributes
    ----------
    width : float
        Pixels that it may take at most.
    small, body, name : float
        Sizes of its text.
    """

    width: float
    small: float
    body: float
    name: float

    @property
    def narrow(self) -> bool:
        """Whether it is made for a phone."""
        return self.width < BREAK


BREAK = 590
"""Pixels of the container from which on the wide form is shown: `SMALL` is 11 px there."""

WIDE = Form(680.0, SMALL, BODY, NAME)
NARROW = Form(312.0, 11.8, 12.2, 13.0)


def wrapped(words: str, width: float, size: float = SMALL, *, bold: bool = False) -> list[str]:
    """The words in as many lines as it takes; a word that is too long stands alone."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, bold=bold) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def clipped(words: str, width: float, size: float = SMALL, *, mono: bool = False) -> str:
    """The words, cut with an ellipsis where they would be wider."""
    if text_width(words, size, mono=mono) <= width:
        return words
    while words and text_width(words + "…", size, mono=mono) > width:
        words = words[:-1]
    return words + "…"


def text_width(text: str, size: float = BODY, *, mono: bool = False, bold: bool = False) -> float:
    """Estimated width of a line of text in pixels.

    Parameters
    ----------
    text : str
        What is written.
    size : float, optional
        Font size in pixels.
    mono, bold : bool, optional
        The kind of font.

    Returns
    -------
    float
        Korean letters count as one em, Latin ones as 0.6 em (narrow ones less, capitals more).
    """
    ems = 0.0
    for letter in text:
        if unicodedata.combining(letter):
            continue
        if unicodedata.east_asian_width(letter) in "WF":
            ems += 1.0 if mono else 0.95
        elif mono:
            ems += 0.602
        elif letter in "iljtfrI.,:;'|!()[] ·":
            ems += 0.34
        elif letter.isupper() or letter in "mwMW%":
            ems += 0.72
        else:
            ems += 0.58
    return ems * size * (1.05 if bold else 1.0)


def number(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".removesuffix(".0")


class Spoken(Protocol):
    """Words with their looks."""

    @property
    def words(self) -> str:
        """The words."""

    @property
    def colour(self) -> str:
        """Their colour."""

    @property
    def mono(self) -> bool:
        """Whether each letter is as wide as the others."""

    @property
    def weight(self) -> int:
        """How bold they are."""

    @property
    def event(self) -> int | None:
        """The number of the event that they belong to, if it is not that of all around them."""


class Drawing:
    """Shapes in the order they are painted; everything is in pixels."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.signs: dict[Sign, None] = {}

    def uses(self, *signs: Sign) -> None:
        """Note signs that the picture has, for those who want to know how to read it."""
        self.signs.update(dict.fromkeys(signs))

    @property
    def nodes(self) -> int:
        """How many elements the drawing has."""
        return sum(part.count("<") - part.count("</") for part in self.parts)

    def join(self, other: Drawing) -> None:
        """Append the parts of another drawing, and its signs."""
        self.parts += other.parts
        self.signs.update(other.signs)

    def add(self, markup: str) -> None:
        """Append SVG as it stands."""
        self.parts.append(markup)

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str,
        width: float = 1.5,
        dash: str = "",
    ) -> None:
        """A straight stroke; `dash` as SVG's ``stroke-dasharray``."""
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(
            f'<path d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}" fill="none" '
            f'stroke="{paint(colour)}" stroke-width="{number(width)}" stroke-linecap="round"'
            f"{extra}/>"
        )

    def curve(self, path: str, colour: str, width: float = 1.5, dash: str = "") -> None:
        """A path given in SVG's own notation, not filled."""
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(
            f'<path d="{path}" fill="none" stroke="{paint(colour)}" '
            f'stroke-width="{number(width)}" stroke-linecap="round" '
            f'stroke-linejoin="round"{extra}/>'
        )

    def bands(self, path: str, colour: str, width: float) -> None:
        """Strokes with flat ends, given in SVG's own notation."""
        self.add(
            f'<path d="{path}" fill="none" stroke="{paint(colour)}" '
            f'stroke-width="{number(width)}"/>'
        )

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = "none",
        stroke: str = "none",
        radius: float = 0,
        stroke_width: float = 1.25,
        dash: str = "",
    ) -> None:
        """A box, perhaps with round corners."""
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
            f'height="{number(height)}" rx="{number(radius)}" fill="{paint(fill)}" '
            f'stroke="{paint(stroke)}" stroke-width="{number(stroke_width)}"{extra}/>'
        )

    def polygon(self, points: Iterable[tuple[float, float]], fill: str) -> None:
        """A filled shape."""
        path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self.add(f'<polygon points="{path}" fill="{paint(fill)}"/>')

    def cross(self, x: float, y: float, colour: str, size: float = 6, width: float = 2.25) -> None:
        """The ✕ of what ends."""
        self.crosses([(x, y)], colour, size, width)

    def crosses(
        self,
        places: Iterable[tuple[float, float]],
        colour: str,
        size: float = 6,
        width: float = 2.25,
    ) -> None:
        """Several ✕ as one element."""
        b = number(2 * size)
        path = "".join(
            f"M{number(x - size)} {number(y - size)}l{b} {b}m0 -{b}l-{b} {b}" for x, y in places
        )
        self.curve(path, colour, width)

    def bars(self, x: float, y: float, count: int = 3, step: float = 5, half: float = 5) -> None:
        """The stacked bars of a queue, from (x, y) downwards, as one element."""
        path = "".join(
            f"M{number(x - half)} {number(y + step * n)}h{number(2 * half)}" for n in range(count)
        )
        self.curve(path, "waiting", 2.25)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str = "text",
        size: float = BODY,
        anchor: str = "start",
        mono: bool = False,
        weight: int = 400,
        halo: bool = False,
        event: int | None = None,
    ) -> None:
        """A line of text, its middle at height `y`; a halo keeps it readable over lines."""
        extra = f' text-anchor="{anchor}"' if anchor != "start" else ""
        if event is not None:
            extra += f' data-event="{event}"'
        if mono:
            extra += ' class="zm"'
        if weight != 400:
            extra += f' font-weight="{weight}"'
        if halo:
            extra += (
                f' stroke="{paint("page")}" stroke-width="5" stroke-linejoin="round" '
                f'paint-order="stroke"'
            )
        self.add(
            f'<text x="{number(x)}" y="{number(y + size * 0.35)}" font-size="{number(size)}" '
            f'fill="{paint(colour)}"{extra}>{escape(words)}</text>'
        )

    def phrases(
        self,
        x: float,
        y: float,
        phrases: Iterable[Spoken],
        size: float = SMALL,
        anchor: str = "start",
    ) -> None:
        """Several words in one line, each in its own colour and face, over a halo."""
        spans = []
        for n, one in enumerate(phrases):
            extra = ' class="zm"' if one.mono else ""
            extra += f' font-weight="{one.weight}"' if one.weight != 400 else ""
            extra += ' dx="9"' if n else ""
            extra += f' data-event="{one.event}"' if one.event is not None else ""
            spans.append(f'<tspan fill="{paint(one.colour)}"{extra}>{escape(one.words)}</tspan>')
        extra = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.add(
            f'<text x="{number(x)}" y="{number(y + size * 0.35)}" font-size="{number(size)}"'
            f'{extra} stroke="{paint("page")}" stroke-width="5" stroke-linejoin="round" '
            f'paint-order="stroke">{"".join(spans)}</text>'
        )

    def open_group(self, title: str = "", **data: int) -> None:
        """Begin a group whose title shows on hover; `data` become ``data-`` attributes."""
        extra = "".join(f' data-{name}="{value}"' for name, value in data.items())
        self.add(f"<g{extra}>" + (f"<title>{escape(title)}</title>" if title else ""))

    def close_group(self) -> None:
        """End the group."""
        self.add("</g>")

    def svg(self, width: float, height: float, label: str, *, alone: bool = False) -> str:
        """The whole picture.

        Parameters
        ----------
        width, height : float
            Its size in pixels.
        label : str
            What a screen reader says of it.
        alone : bool, optional
            True for a file of its own, which has to find light or dark by itself.

        Returns
        -------
        str
        """
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{escape(label)}" '
            f'font-family="{SANS}"'
        )
        if alone:
            ground = (
                f'<rect width="100%" height="100%" rx="8" fill="{var("page")}" '
                f'stroke="{HAIRLINE}"/>'
            )
            mono = f"<style>.zm{{font-family:{MONO}}}</style>"
            return f"{head}>{standalone_style()}{mono}{ground}{''.join(self.parts)}</svg>"
        size = f"width:100%;max-width:{width:.0f}px;height:auto"
        if width > WIDE.width:
            size += f";min-width:{width * 11 / SMALL:.0f}px"
        style = f"display:block;margin:0 auto;{size}"
        return f'{head} style="{style}">{"".join(self.parts)}</svg>'


def paint(colour: str) -> str:
    """A colour of the table by its name; anything else as it stands."""
    return colour if colour == "none" or colour[:1] in "#rv" else var(colour)


def arrow_head(
    drawing: Drawing, x1: float, y1: float, x2: float, y2: float, colour: str, size: float = 9
) -> None:
    """A filled head at (x2, y2) of a stroke that comes from (x1, y1)."""
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-6)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    back_x, back_y = x2 - dx * size, y2 - dy * size
    half = size * 0.46
    drawing.polygon(
        [
            (x2, y2),
            (back_x - dy * half, back_y + dx * half),
            (back_x + dy * half, back_y - dx * half),
        ],
        colour,
    )
