"""The state machine of a connection, drawn from its table: the directive ``{core-states}``.

`purezmq.wire.state.TABLE` is all that is known here: where a state stands follows from who leads to
it, and the order beside each other is the one with the fewest crossings. A step that ends the
connection or stays where it is stands in the state's card in place of an arrow.
"""

from __future__ import annotations

from itertools import pairwise, permutations, product
from typing import Any

from sphinx.application import Sphinx

from purezmq.wire.state import OVER, TABLE, State, Step, Trigger
from web.site.core_picture import CorePicture, card
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import SMALL, WIDE, Drawing, Form, arrow_head, text_width
from zmqlab.words.language import Language, Text

GAP, LINE, MARGIN = 74.0, 19.0, 14.0
COLUMN, CARD = 172.0, 162.0

Table = dict[State, dict[Trigger, Step]]
Node = State | tuple[State, State, int]
"""A state, or the place where an arrow passes a rank on its way."""


class States(Picture):
    """A table of states as cards and arrows, from the beginning down to the traffic."""

    title = Text(en="Who may say what when, on one connection", ko="연결 하나의 상태와 전이")

    def __init__(self, table: Table = TABLE) -> None:
        self.table = {state: row for state, row in table.items() if state not in OVER}
        self.ranks = self._ranks()
        self.rows, self.paths = self._rows()

    # Where things stand

    def _arrows(self) -> dict[tuple[State, State], list[tuple[Trigger, Step]]]:
        """Return the steps that lead on to another state, by the two states."""
        found: dict[tuple[State, State], list[tuple[Trigger, Step]]] = {}
        for state, row in self.table.items():
            for trigger, step in row.items():
                if step.state not in OVER and step.state is not state:
                    found.setdefault((state, step.state), []).append((trigger, step))
        return found

    def _ranks(self) -> dict[State, int]:
        """Return how many steps at most lead to each state."""
        ranks = dict.fromkeys(self.table, 0)
        for _ in self.table:
            for before, after in self._arrows():
                ranks[after] = max(ranks[after], ranks[before] + 1)
        return ranks

    def _rows(self) -> tuple[list[list[Node]], dict[tuple[State, State], list[Node]]]:
        """Return what stands in each rank, from left to right, and what each arrow passes."""
        rows: list[list[Node]] = [[] for _ in range(max(self.ranks.values()) + 1)]
        for state, rank in self.ranks.items():
            rows[rank].append(state)
        paths: dict[tuple[State, State], list[Node]] = {}
        for before, after in self._arrows():
            between: list[Node] = [
                (before, after, rank) for rank in range(self.ranks[before] + 1, self.ranks[after])
            ]
            for place, rank in zip(between, range(self.ranks[before] + 1, 99), strict=False):
                rows[rank].append(place)
            paths[before, after] = [before, *between, after]
        orders = product(*(permutations(row) for row in rows))
        best = min(orders, key=lambda order: _badness(order, paths))
        return [list(row) for row in best], paths

    # What is said

    def _asides(self, state: State, language: Language) -> list[str]:
        """Return what a card says below its name: which steps stay there, and which are the end."""
        ends = Text(en="{}: ends", ko="{}: 끝남")
        stays = Text(en="stays: {}", ko="그대로: {}")
        over: list[str] = []
        same: list[str] = []
        for trigger, step in self.table[state].items():
            name = trigger.name + (f"/{step.sends.decode()}" if step.sends else "")
            if step.state in OVER:
                over.append(name)
            elif step.state is state:
                same.append(name)
        lines = [stays[language].format(", ".join(same))] if same else []
        return lines + ([ends[language].format(", ".join(over))] if over else [])

    def sentences(self, language: Language) -> list[str]:
        """Say every step of the table."""
        plain = Text(en="{}: {} leads to {}.", ko="{} 상태: {} → {}.")
        sends = Text(en="{}: {} leads to {} and sends {}.", ko="{} 상태: {} → {}, {} 보냄.")
        return [
            (sends if step.sends else plain)[language].format(
                state.name, trigger.name, step.state.name, step.sends.decode()
            )
            for state, row in self.table.items()
            for trigger, step in row.items()
        ]

    # What is drawn

    def draw(self, language: Language, form: Form = WIDE) -> Drawn | None:
        """Draw cards rank by rank, then the arrows, then their words over all."""
        if form.narrow:
            return None  # its sentences stand there
        drawing = Drawing()
        width = COLUMN * max(map(len, self.rows)) + 2 * MARGIN
        places: dict[Node, tuple[float, float, float]] = {}  # middle, top, bottom
        top = MARGIN
        for row in self.rows:
            lines = [self._wrapped(one, language) if isinstance(one, State) else [] for one in row]
            height = 34 + LINE * max(map(len, lines))
            for index, (one, asides) in enumerate(zip(row, lines, strict=True)):
                x = width * (index + 0.5) / len(row)
                places[one] = (x, top, top + height)
                if isinstance(one, State):
                    self._card(drawing, one, x, top, height, asides)
            top += height + GAP
        for steps, path in zip(self._arrows().values(), self.paths.values(), strict=True):
            # Words stand where arrows are apart: those that part have theirs near the end.
            parting = sum(other[0] is path[0] for other in self.paths.values()) > 1
            self._arrow(drawing, [places[one] for one in path], steps, 0.62 if parting else 0.32)
        return Drawn(drawing, width, top - GAP + MARGIN)

    def _width(self, state: State) -> float:
        alone = len(self.rows[self.ranks[state]]) == 1
        return COLUMN * 2 if alone else CARD

    def _wrapped(self, state: State, language: Language) -> list[str]:
        """Break a card's lines where its width ends."""
        lines: list[str] = []
        for aside in self._asides(state, language):
            line = ""
            for word in aside.split(" "):
                longer = f"{line} {word}".strip()
                if line and text_width(longer, SMALL) > self._width(state) - 24:
                    lines.append(line)
                    longer = word
                line = longer
            lines.append(line)
        return lines

    def _card(
        self, drawing: Drawing, state: State, x: float, top: float, height: float, asides: list[str]
    ) -> None:
        lines = [(top + 34 + LINE * index, line) for index, line in enumerate(asides)]
        card(drawing, x, top, self._width(state), height, (top + 17, state.name), lines)

    def _arrow(
        self,
        drawing: Drawing,
        places: list[tuple[float, float, float]],
        steps: list[tuple[Trigger, Step]],
        part: float,
    ) -> None:
        for number, ((x1, above, y1), (x2, y2, _)) in enumerate(pairwise(places)):
            if number:  # straight through the rank that it passes
                drawing.line(x1, above, x1, y1, "accent")
            drawing.line(x1, y1, x2, y2, "accent")
        arrow_head(drawing, x1, y1, x2, y2, "accent")
        (x1, _, y1), (x2, y2, _) = places[0], places[1]
        for number, (trigger, step) in enumerate(steps):
            words = trigger.name + (f"/{step.sends.decode()}" if step.sends else "")
            x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part + LINE * number
            drawing.text(x, y, words, size=SMALL, anchor="middle", halo=True)


def _badness(
    order: tuple[tuple[Node, ...], ...], paths: dict[tuple[State, State], list[Node]]
) -> tuple[int, float]:
    """Count the crossings of an order, and then how far its arrows lean."""
    at = {one: (index + 0.5) / len(row) for row in order for index, one in enumerate(row)}
    rank = {one: number for number, row in enumerate(order) for one in row}
    pieces = [(rank[a], at[a], at[b]) for path in paths.values() for a, b in pairwise(path)]
    crossings = sum(
        (a1 - b1) * (a2 - b2) < 0
        for i, (of, a1, a2) in enumerate(pieces)
        for other, b1, b2 in pieces[i + 1 :]
        if of == other
    )
    return crossings, sum(abs(a - b) for _, a, b in pieces)


class StatesPicture(CorePicture):
    """Draw `States` from the table as it is."""

    picture = States


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("core-states", StatesPicture)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
