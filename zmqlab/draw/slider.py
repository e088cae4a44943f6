"""A slider over a table that was reckoned: move it, and the row for that number shows, with bars.

All rows are in the page, so it works without a network. Without JavaScript the first row stands
there, and the text below has some more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from zmqlab.draw.colours import notebook_style, var
from zmqlab.draw.svg import HAIRLINE
from zmqlab.words.language import Language, Text, Worded, both
from zmqlab.words.terms import term

_AS_TEXT = Text(en="As text", ko="글로 보기")
_MOVE = """
const box = this.closest('.zl-slider'), row = JSON.parse(box.dataset.rows)[this.value];
box.querySelector('output').textContent = this.value;
box.querySelectorAll('.zl-n').forEach((cell, n) => cell.textContent = row[n].toLocaleString('en'));
box.querySelectorAll('.zl-bar').forEach(
  (bar, n) => bar.style.width = 100 * row[n] / Math.max(...row, 1) + '%');
"""
SOME = 6
"""Rows that the text tells."""


class Slider(Worded):
    """Numbers by a number.

    Parameters
    ----------
    name : str
        What the slider sets.
    rows : mapping
        For each whole number, without a gap, what follows from it, by names.
    value : int
        Where it stands at first.
    unit : str
        What the numbers count.
    """

    def __init__(
        self, name: str, rows: Mapping[int, Mapping[str, int]], *, value: int, unit: str
    ) -> None:
        self.rows = {number: dict(row) for number, row in sorted(rows.items())}
        if value not in self.rows or list(self.rows) != list(range(min(rows), max(rows) + 1)):
            raise ValueError("rows are wanted for each number, without a gap, and for value")
        self.name, self.value, self.unit = name, value, unit

    def text_lines(self, language: Language) -> list[str]:
        """The lines of the text alternative: some of the rows."""
        head = term(self.unit, language)
        return [head, *(f" - {told}" for told in self.sentences(language))]

    def sentences(self, language: Language) -> list[str]:
        """Some of the rows, in words."""
        numbers = list(self.rows)
        shown = {self.value, *numbers[:: max(1, len(numbers) // SOME)], numbers[-1]}
        return [
            f"{term(self.name, language)} {number}: "
            + ", ".join(f"{term(key, language)} {n:,}" for key, n in self.rows[number].items())
            for number in sorted(shown)
        ]

    def _html(self, language: Language) -> str:
        name, unit = term(self.name, language), term(self.unit, language)
        rows = json.dumps({number: list(row.values()) for number, row in self.rows.items()})
        shown = self.rows[self.value]
        most = max(1, *shown.values())
        cell = f"padding:4px 16px 4px 0;border-bottom:1px solid {HAIRLINE}"
        body = "".join(
            f'<tr><th scope="row" style="{cell};text-align:left;font-weight:400;'
            f'white-space:nowrap">{escape(term(key, language))}</th>'
            f'<td class="zl-n" style="{cell};text-align:right;font-variant-numeric:tabular-nums">'
            f'{n:,}</td><td style="{cell};width:60%" aria-hidden="true"><div class="zl-bar" '
            f'style="height:12px;width:{100 * n / most:g}%;background:{var("quiet")}"></div></td>'
            "</tr>"
            for key, n in shown.items()
        )
        items = "".join(f"<li>{escape(told)}</li>" for told in self.sentences(language))
        return (
            f'<div class="zl-slider" data-rows="{escape(rows)}" style="background:{var("card")};'
            f'color:{var("text")};padding:12px 16px;border-radius:8px">'
            f'<label style="display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center">'
            f"<span>{escape(name)}</span>"
            f'<input type="range" min="{min(self.rows)}" max="{max(self.rows)}" '
            f'value="{self.value}" autocomplete="off" oninput="{escape(_MOVE.strip())}" '
            f'style="flex:1;min-width:160px;min-height:28px;accent-color:{var("accent")}"/>'
            f'<output style="min-width:3em;font-weight:700">{self.value}</output></label>'
            '<table style="color:inherit;border-collapse:collapse;margin:8px 0 0;width:100%">'
            f'<caption style="text-align:left;color:{var("quiet")}">{escape(unit)}</caption>'
            f"<tbody>{body}</tbody></table></div>"
            f'<details class="zl-text"><summary>{_AS_TEXT[language]}</summary>'
            f"<ul>{items}</ul></details>"
        )

    def _repr_html_(self) -> str:
        return notebook_style() + both(self._html)
