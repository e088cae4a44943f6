"""SVG as text: a few shapes in the product's colours, and the frame that a picture stands in.

Pictures hold no ids, so any number of them can stand on a page. Colours are CSS variables with a
fall-back, so the same text is right in the site, in Jupyter and in a file of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape

from zmqlab.colours import notebook_style, standalone_style, var
from zmqlab.language import Language, Text, Worded, both, kernel_language

SANS = (
    "Pretendard, 'Apple SD Gothic Neo', 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', "
    "system-ui, sans-serif"
)
MONO = "ui-monospace, D2Coding, 'Noto Sans Mono CJK KR', monospace"
SMALL, BODY, NAME = 12.5, 13.5, 15.0
"""Font sizes. Pictures may shrink until `SMALL` is 12 px and scroll in their frame after that."""
HAIRLINE = "rgba(127,142,150,.38)"

_AS_TEXT = Text(en="As text", ko="글로 보기")


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


class Drawing:
    """Shapes in the order they are painted; everything is in pixels."""

    def __init__(self) -> None:
        self.parts: list[str] = []

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
        self.line(x - size, y - size, x + size, y + size, colour, width)
        self.line(x - size, y + size, x + size, y - size, colour, width)

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
    ) -> None:
        """A line of text, its middle at height `y`; a halo keeps it readable over lines."""
        extra = f' text-anchor="{anchor}"' if anchor != "start" else ""
        if mono:
            extra += f' font-family="{MONO}"'
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

    def open_group(self, title: str = "") -> None:
        """Begin a group whose title shows on hover."""
        self.add("<g>" + (f"<title>{escape(title)}</title>" if title else ""))

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
        least = width * 12 / SMALL
        size = f"width:100%;min-width:{least:.0f}px;max-width:{width:.0f}px;height:auto"
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
            return f"{head}>{standalone_style()}{ground}{''.join(self.parts)}</svg>"
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


def framed(svg: str, label: str, sentences: list[str], language: Language) -> str:
    """A picture in a frame that scrolls by touch and by keyboard, its text folded below.

    Parameters
    ----------
    svg : str
        The picture.
    label : str
        Name of the frame for a screen reader.
    sentences : list of str
        The same in words.
    language : {"en", "ko"}
        Language of the heading.

    Returns
    -------
    str
        HTML.
    """
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return (
        f'<div class="zl-frame" tabindex="0" role="region" aria-label="{escape(label)}" '
        f'style="overflow-x:auto;max-width:100%;background:{var("page")};'
        f'border:1px solid {HAIRLINE};border-radius:8px">{svg}</div>'
        f'<details class="zl-text"><summary>{_AS_TEXT[language]}</summary>'
        f"<ol>{items}</ol></details>"
    )


class Picture(Worded):
    """A drawing that shows itself in a notebook, in both languages, with its text alternative.

    A kind of picture says what it is in `title`, in words in `sentences`, and in shapes in `draw`.
    """

    title: Text

    def sentences(self, language: Language) -> list[str]:
        """The picture in words.

        Parameters
        ----------
        language : {"en", "ko"}

        Returns
        -------
        list of str
        """
        raise NotImplementedError

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """The picture's shapes, its width and its height in pixels.

        Parameters
        ----------
        language : {"en", "ko"}

        Returns
        -------
        tuple of Drawing, float, float
        """
        raise NotImplementedError

    def label(self, language: Language) -> str:
        """What stands over the text alternative, and names the picture to a screen reader.

        Parameters
        ----------
        language : {"en", "ko"}

        Returns
        -------
        str
        """
        return self.title[language]

    def text_lines(self, language: Language) -> list[str]:
        """The lines of the text alternative: the label, and a line for each sentence."""
        return [self.label(language), *(f" - {s}" for s in self.sentences(language))]

    def svg(self, language: Language | None = None) -> str:
        """The picture as an SVG file of its own.

        Parameters
        ----------
        language : {"en", "ko"}, optional
            The kernel's if not given.

        Returns
        -------
        str
        """
        language = language or kernel_language()
        drawing, width, height = self.draw(language)
        return drawing.svg(width, height, self.label(language), alone=True)

    def _repr_html_(self) -> str:
        def render(language: Language) -> str:
            drawing, width, height = self.draw(language)
            picture = drawing.svg(width, height, self.label(language))
            return framed(picture, self.label(language), self.sentences(language), language)

        return notebook_style() + both(render)
