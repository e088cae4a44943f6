"""Whose turn it is at a REQ and at a REP, drawn from their tables: the directive ``{core-turns}``.

The rules in `purezmq.patterns.reqrep` are all that is known here. States stand in a row, in the
order in which the table names them; a turn that leads on is an arrow above them, one that leads
back an arrow below, and one after which nothing has changed stands in the state's card.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from purezmq.patterns.reqrep import REP_RULES, REQ_RELAXED_RULES, REQ_RULES, Rules
from web.site.core_picture import CorePicture, arrow, card
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import NAME, SMALL, WIDE, Drawing, Form
from zmqlab.words.language import Language, Text

CARD, HEIGHT, BETWEEN, BESIDE, MARGIN = 132.0, 58.0, 96.0, 150.0, 14.0
APART = 12.0  # of two arrows between the same cards, from the middle
ROW = HEIGHT + 34


class Turns(Picture):
    """Tables of whose turn it is, one below the other."""

    title = Text(en="Whose turn it is at a REQ and at a REP", ko="REQ와 REP의 차례")

    def __init__(self, tables: dict[str, Rules] | None = None) -> None:
        relaxed = "REQ, REQ_RELAXED"
        self.tables = tables or {"REQ": REQ_RULES, relaxed: REQ_RELAXED_RULES, "REP": REP_RULES}

    def sentences(self, language: Language) -> list[str]:
        """Say every turn of the tables, and what all else is."""
        turn = Text(en="{}, {}: {} leads to {}.", ko="{} {} 상태: {} → {}.")
        rest = Text(en="Any other turn is EFSM.", ko="그 밖의 차례는 EFSM 오류입니다.")
        return [
            turn[language].format(name, state, action, following)
            for name, rules in self.tables.items()
            for (state, action), following in rules.items()
        ] + [rest[language]]

    def draw(self, language: Language, form: Form = WIDE) -> Drawn | None:
        """Draw a row for each table: its name, its states, its turns."""
        if form.narrow:
            return None  # its sentences stand there
        drawing = Drawing()
        most = max(len(_states(rules)) for rules in self.tables.values())
        for number, (name, rules) in enumerate(self.tables.items()):
            self._row(drawing, MARGIN + 10 + number * ROW, name, rules, language)
        width = BESIDE + most * (CARD + BETWEEN) - BETWEEN + 2 * MARGIN
        return Drawn(drawing, width, len(self.tables) * ROW + 2 * MARGIN - 14)

    def _row(
        self, drawing: Drawing, top: float, name: str, rules: Rules, language: Language
    ) -> None:
        stays = Text(en="stays: {}", ko="그대로: {}")
        middle = top + HEIGHT / 2
        for line, word in enumerate(words := name.split(", ")):
            y = middle + 18 * (line - (len(words) - 1) / 2)
            size = SMALL if line else NAME
            drawing.text(MARGIN, y, word, size=size, mono=True, weight=400 if line else 600)
        left = {state: BESIDE + MARGIN + at * (CARD + BETWEEN) for at, state in _states(rules)}
        for state, x in left.items():
            same = [action for (at, action), to in rules.items() if at == to == state]
            asides = [(middle + 11, stays[language].format(", ".join(same)))] if same else []
            named = (middle - 9 if same else middle, state)
            card(drawing, x + CARD / 2, top, CARD, HEIGHT, named, asides)
        for (state, action), following in rules.items():
            if state == following:
                continue
            on = left[state] < left[following]
            start = left[state] + (CARD if on else 0)
            end = left[following] + (0 if on else CARD)
            y = middle - APART if on else middle + APART
            arrow(drawing, start, y, end, y)
            y += -11 if on else 12
            drawing.text((start + end) / 2, y, action, size=SMALL, anchor="middle", halo=True)


def _states(rules: Rules) -> list[tuple[int, str]]:
    """Number the states of a table in the order in which it names them."""
    named = dict.fromkeys(state for (state, _), to in rules.items() for state in (state, to))
    return list(enumerate(named))


class TurnsPicture(CorePicture):
    """Draw `Turns` from the tables as they are."""

    picture = Turns


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("core-turns", TurnsPicture)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
