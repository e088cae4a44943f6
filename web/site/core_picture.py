"""What the pictures of the page "The core" have in common: how they get there, cards and arrows.

What must stay true: a picture is made anew whenever the site is built, from the code as it is then.
"""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes

from web.site.directives import Companion, element
from zmqlab.draw.picture import Picture
from zmqlab.draw.svg import SMALL, Drawing, arrow_head


class CorePicture(Companion):
    """Base of a directive that leaves a picture as HTML."""

    def picture(self) -> Picture:
        """Make the picture from the code."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Leave the picture as HTML."""
        self.env.note_reread()
        figure = nodes.raw("", self.picture()._repr_html_(), format="html")
        return [element("figure", figure, class_="core-picture")]


def card(
    drawing: Drawing, x: float, top: float, width: float, height: float, name: tuple[float, str],
    asides: Sequence[tuple[float, str]],
) -> None:  # fmt: skip
    """A state's card around x: its name, and what happens without leaving it, each at its y."""
    drawing.rect(x - width / 2, top, width, height, "card", "quiet", 8)
    drawing.text(x, *name, "accent", SMALL, "middle", mono=True, weight=600)
    for y, line in asides:
        drawing.text(x, y, line, "quiet", SMALL, "middle")


def arrow(drawing: Drawing, x1: float, y1: float, x2: float, y2: float) -> None:
    """A stroke from (x1, y1) with its head at (x2, y2)."""
    drawing.line(x1, y1, x2, y2, "accent")
    arrow_head(drawing, x1, y1, x2, y2, "accent")
