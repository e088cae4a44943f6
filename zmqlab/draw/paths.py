"""Paths of messages: who had one in hand, one after the other, and how often it was transferred.

A path is what a message itself brought along: everyone who had it wrote a name into it, and by
which transport it went on, as in ``A -tcp-> broker -tcp-> B``. A transfer by ipc stays on its
machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from zmqlab.draw.colours import var
from zmqlab.draw.flow import breadth, paragraph
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import HAIRLINE, WIDE, Drawing, Form, arrow_head, text_width
from zmqlab.words.language import Language, Text
from zmqlab.words.terms import term

STEP = re.compile(r" -(\w+)-> ")
_COUNT = Text(en="{} hops", ko="{}홉")
_LOCAL = Text(en="{} over the network", ko="네트워크 {}홉")
_NOTE = Text(
    en="→ over tcp, from machine to machine · ⇢ dotted: by ipc, within a machine",
    ko="→ tcp: 컴퓨터에서 컴퓨터로 · ⇢ 점선, ipc: 같은 컴퓨터 안에서",
)
_STEP = Text(en="hops so far", ko="지나온 홉")
_MOVE = """
const box = this.closest('.zl-paths'), now = Number(this.value);
box.querySelector('output').textContent = now;
box.querySelectorAll('[data-hop]').forEach(
  one => one.style.opacity = one.dataset.hop <= now ? 1 : 0.2);
box.querySelectorAll('[data-held]').forEach(one => {
  const last = Number(one.dataset.last);
  one.style.opacity = Number(one.dataset.held) == Math.min(now, last) ? 1 : 0; });
"""
ARROW = 36.0


class Paths(Picture):
    """The ways that a message went, hop by hop; a slider steps through all of them at once.

    Parameters
    ----------
    paths : mapping of str to str
        What messages brought along, by names for the ways.

    Attributes
    ----------
    steps : dict of str to list
        For each way, its transports in order.
    """

    title = Text(en="The path of a message", ko="메시지가 지나간 길")

    def __init__(self, paths: Mapping[str, str]) -> None:
        self.paths = dict(paths)
        self.steps = {name: STEP.findall(path) for name, path in paths.items()}
        if not all(self.steps.values()):
            raise ValueError("a path is written as `A -tcp-> broker -tcp-> B`")

    @property
    def hops(self) -> dict[str, int]:
        """How many transfers each way takes."""
        return {name: len(steps) for name, steps in self.steps.items()}

    @property
    def network(self) -> dict[str, int]:
        """How many of these go from machine to machine."""
        return {name: len(steps) - steps.count("ipc") for name, steps in self.steps.items()}

    def _told(self, name: str, language: Language) -> str:
        told = _COUNT[language].format(self.hops[name])
        if told == "1 hops":
            told = "1 hop"
        if self.network[name] != self.hops[name]:
            told += ", " + _LOCAL[language].format(self.network[name])
        return told

    def sentences(self, language: Language) -> list[str]:
        """Each way in words."""
        return [
            f"{term(name, language)}: {self._told(name, language)}: {path}"
            for name, path in self.paths.items()
        ]

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw a row a way: its name and how many hops it takes, then hand by hand."""
        drawing, left, y, right = Drawing(), 12.0, 20.0, 0.0
        for name, path in self.paths.items():
            head = term(name, language)
            told = self._told(name, language)
            drawing.text(left, y, head, "text", form.name, weight=650)
            at = left + text_width(head, form.name, bold=True) + 14
            if at + text_width(told, form.small) > form.width - 8:
                y, at = y + 18, left
            drawing.text(at, y, told, "text", form.small)
            right = max(right, at + text_width(told, form.small))
            x, y = left, y + 40
            for number, hand in enumerate(STEP.split(path)[::2]):
                width = text_width(hand, form.small, bold=True) + 16
                if number and x + ARROW + width > form.width - 8:
                    x, y = left, y + 48
                drawing.add(f'<g data-hop="{number}">')
                if number:
                    local = self.steps[name][number - 1] == "ipc"
                    _arrow(drawing, number, x, y, form, local=local)
                    x += ARROW
                stroke = "accent" if len(hand) == 1 else HAIRLINE
                drawing.rect(x, y - 13, width, 26, "card", stroke, 4, 1.5)
                drawing.text(x + width / 2, y, hand, "text", form.small, "middle", weight=600)
                drawing.close_group()
                held = int(number == self.hops[name])
                drawing.add(
                    f'<g data-held="{number}" data-last="{self.hops[name]}" style="opacity:{held}">'
                )
                drawing.rect(x + width / 2 - 7, y + 9, 14, 9, "accent", "page", 2, 1.5)
                drawing.close_group()
                x += width
                right = max(right, x)
            y += 42
        right = max(right, breadth(_NOTE[language], form, left))
        y = paragraph(drawing, _NOTE[language], left, y, form)
        return Drawn(drawing, min(form.width, right + 12), y + 2)

    def html(self, language: Language) -> str:
        """The picture, and a slider to go along it; without JavaScript, the whole way."""
        most = max(self.hops.values())
        return (
            f'<div class="zl-paths"><label style="display:flex;flex-wrap:wrap;gap:8px 16px;'
            f'align-items:center;color:{var("text")}"><span>{_STEP[language]}</span>'
            f'<input type="range" min="0" max="{most}" value="{most}" autocomplete="off" '
            f'oninput="{escape(_MOVE.strip())}" style="flex:1;min-width:120px;max-width:320px;'
            f'min-height:28px;accent-color:{var("accent")}"/>'
            f'<output style="font-weight:700">{most}</output></label>'
            + super().html(language)
            + "</div>"
        )


def _arrow(drawing: Drawing, number: int, x: float, y: float, form: Form, *, local: bool) -> None:
    """A hop: full over the network, dotted within a machine, its number above."""
    colour = "handshake" if local else "accent"
    end = x + ARROW - 2
    drawing.line(x + 3, y, end - (0 if local else 7), y, colour, 2, "2 4" if local else "")
    arrow_head(drawing, x, y, end, y, colour)
    drawing.text(x + ARROW / 2 - 2, y - 12, str(number), colour, form.small, "middle", weight=600)
