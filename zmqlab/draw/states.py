"""A state machine as its table says it: cards and arrows, from where it begins to where it ends.

The table is all that is known here: where a state stands follows from who leads to it, and the
order beside each other is the one with the fewest crossings. An event that leaves the state as it
is, that ends it all, or that the table has no entry for, stands in the state's card in place of an
arrow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise, permutations, product

from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import SMALL, WIDE, Drawing, Form, arrow_head, text_width
from zmqlab.plain import only_watches
from zmqlab.words.language import Language, Text

GAP, LINE, MARGIN = 74.0, 19.0, 14.0
COLUMN, BETWEEN = 172.0, 10.0
NARROW_COLUMNS = 2
"""Cards beside each other that a narrow form has room for."""

Node = str | tuple[str, str, int]
"""A state, or the place where an arrow passes a rank on its way."""


@only_watches
class States(Picture):
    """A table of states as cards and arrows.

    Parameters
    ----------
    table : mapping of str to mapping of str to str
        For each state the events that it knows, and the state that each leads to.
    ends : collection of str, optional
        States that are the end; they have no card.
    refuses : bool, optional
        Say in each card which events it has no entry for, of all that the table names.
    caption : Text or str, optional
        A sentence that stands below.

    Raises
    ------
    ValueError
        If a state leads back to one before it: such a table has no beginning to be drawn from.
    """

    title = Text(en="States, and the events between them", ko="상태와 전이")

    def __init__(
        self,
        table: Mapping[str, Mapping[str, str]],
        *,
        ends: Collection[str] = (),
        refuses: bool = True,
        caption: Text | str = "",
    ) -> None:
        self.captioned(caption)
        self.table = {state: dict(row) for state, row in table.items() if state not in ends}
        self.ends = frozenset(ends)
        every = dict.fromkeys(event for row in self.table.values() for event in row)
        self.refused = {
            state: [event for event in every if refuses and event not in row]
            for state, row in self.table.items()
        }
        self.ranks = self._ranks()
        self.rows, self.paths = self._rows()

    # Where things stand

    def _arrows(self) -> dict[tuple[str, str], list[str]]:
        """Return the events that lead on to another state, by the two states."""
        found: dict[tuple[str, str], list[str]] = {}
        for state, row in self.table.items():
            for event, following in row.items():
                if following not in self.ends and following != state:
                    found.setdefault((state, following), []).append(event)
        return found

    def _ranks(self) -> dict[str, int]:
        """Return how many steps at most lead to each state."""
        ranks = dict.fromkeys(self.table, 0)
        for _ in self.table:
            for before, after in self._arrows():
                ranks[after] = max(ranks[after], ranks[before] + 1)
        if any(ranks[after] <= ranks[before] for before, after in self._arrows()):
            raise ValueError("a state leads back to one before it")
        return ranks

    def _rows(self) -> tuple[list[list[Node]], dict[tuple[str, str], list[Node]]]:
        """Return what stands in each rank, from left to right, and what each arrow passes."""
        rows: list[list[Node]] = [[] for _ in range(max(self.ranks.values()) + 1)]
        for state, rank in self.ranks.items():
            rows[rank].append(state)
        paths: dict[tuple[str, str], list[Node]] = {}
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

    def _asides(self, state: str, language: Language) -> list[str]:
        """Return what a card says below its name, of the events that lead nowhere else."""
        row = self.table[state].items()
        events = {
            Text(en="stays: {}", ko="그대로: {}"): [event for event, to in row if to == state],
            Text(en="{}: ends", ko="{}: 끝남"): [event for event, to in row if to in self.ends],
            Text(en="refuses: {}", ko="거부: {}"): self.refused[state],
        }
        return [
            words[language].format(", ".join(event.replace(" ", "\u00a0") for event in one))
            for words, one in events.items()
            if one
        ]

    def sentences(self, language: Language) -> list[str]:
        """Say every step of the table, and what it has no entry for."""
        leads = Text(en="{}: {} leads to {}.", ko="{} 상태: {} → {}.")[language]
        stays = Text(en="{}: {} changes nothing.", ko="{} 상태: {}, 그대로.")[language]
        refused = Text(en="{}: {} is refused.", ko="{} 상태: {}, 거부.")[language]
        told = []
        for state, row in self.table.items():
            for event, to in row.items():
                told.append((stays if to == state else leads).format(state, event, to))
            told += [refused.format(state, event) for event in self.refused[state]]
        return told

    # What is drawn

    def draw(self, language: Language, form: Form = WIDE) -> Drawn | None:
        """Draw cards rank by rank, then the arrows, then their words over all."""
        columns = max(map(len, self.rows))
        if form.narrow and columns > NARROW_COLUMNS:
            return None  # its sentences stand there
        drawing = Drawing()
        column = (form.width - 2 * MARGIN) / columns if form.narrow else COLUMN
        width = column * columns + 2 * MARGIN
        places: dict[Node, tuple[float, float, float]] = {}  # middle, top, bottom
        top = MARGIN
        for row in self.rows:
            room = [self._width(one, column) if isinstance(one, str) else 0.0 for one in row]
            lines = [
                self._wrapped(one, language, wide) if isinstance(one, str) else []
                for one, wide in zip(row, room, strict=True)
            ]
            height = 34 + LINE * max(map(len, lines))
            for index, (one, asides) in enumerate(zip(row, lines, strict=True)):
                x = width * (index + 0.5) / len(row)
                places[one] = (x, top, top + height)
                if isinstance(one, str):
                    card(drawing, x, top, room[index], height, one, asides)
            top += height + GAP
        for events, path in zip(self._arrows().values(), self.paths.values(), strict=True):
            # Words stand where arrows are apart: those that part have theirs near the end.
            parting = sum(other[0] is path[0] for other in self.paths.values()) > 1
            self._arrow(drawing, [places[one] for one in path], events, 0.62 if parting else 0.32)
        return Drawn(drawing, width, top - GAP + MARGIN)

    def _width(self, state: str, column: float) -> float:
        alone = len(self.rows[self.ranks[state]]) == 1
        return column * 2 if alone and len(self.table) > 1 else column - BETWEEN

    def _wrapped(self, state: str, language: Language, width: float) -> list[str]:
        """Break a card's lines where its width ends."""
        lines: list[str] = []
        for aside in self._asides(state, language):
            line = ""
            for word in aside.split(" "):
                longer = f"{line} {word}".strip()
                if line and text_width(longer, SMALL) > width - 24:
                    lines.append(line)
                    longer = word
                line = longer
            lines.append(line)
        return lines

    def _arrow(
        self,
        drawing: Drawing,
        places: list[tuple[float, float, float]],
        events: list[str],
        part: float,
    ) -> None:
        for number, ((x1, above, y1), (x2, y2, _)) in enumerate(pairwise(places)):
            if number:  # straight through the rank that it passes
                drawing.line(x1, above, x1, y1, "accent")
            drawing.line(x1, y1, x2, y2, "accent")
        arrow_head(drawing, x1, y1, x2, y2, "accent")
        (x1, _, y1), (x2, y2, _) = places[0], places[1]
        for number, event in enumerate(events):
            x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part + LINE * number
            drawing.text(x, y, event, size=SMALL, anchor="middle", halo=True)


def _badness(
    order: tuple[tuple[Node, ...], ...], paths: dict[tuple[str, str], list[Node]]
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


def card(
    drawing: Drawing, x: float, top: float, width: float, height: float, name: str,
    asides: list[str],
) -> None:  # fmt: skip
    """Draw a state's card around x: its name, and what happens without leaving it."""
    drawing.rect(x - width / 2, top, width, height, "card", "quiet", 8)
    drawing.text(x, top + 17, name, "accent", SMALL, "middle", mono=True, weight=600)
    for number, line in enumerate(asides):
        drawing.text(x, top + 34 + LINE * number, line, "quiet", SMALL, "middle")
