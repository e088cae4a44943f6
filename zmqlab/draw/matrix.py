"""The matrix: what faults did to designs, a row a design, a column a fault, a cell a run.

Each cell says in words how many messages were lost, came twice or came late, and shows it as a
strip of bars: red and crossed out, doubled, hollow, filled. What must stay true: the colour never
stands alone; a cell's words add up to what was sent; a cell that was not run says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from zmqlab.draw.fates import Box, Fate
from zmqlab.draw.flow import Entry, legend, paragraph
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import HAIRLINE, WIDE, Drawing, Form, text_width, wrapped
from zmqlab.words.language import Language, Text
from zmqlab.words.terms import TERMS, term

_LOST = Text(en="{} lost", ko="유실 {}")
_TWICE = Text(en="{} twice", ko="중복 {}")
_LATE = Text(en="{} late", ko="늦음 {}")
_GOOD = Text(en="all {}", ko="모두 {}")
_NOT_RUN = Text(en="no such part", ko="해당 없음")
_CELL = Text(en="{}, {}: {} of {} sent", ko="{}, {}: 보낸 {}개 중 {}")
_NONE = Text(en="{}, {}: {}", ko="{}, {}: {}")
_KEY = {
    "good": (Fate.DELIVERED, Text(en="came once, in time", ko="제때 한 번 옴")),
    "late": (Fate.LATE, Text(en="came late", ko="늦게 옴")),
    "twice": (Fate.TWICE, Text(en="came more than once", ko="두 번 이상 옴")),
    "lost": (Fate.LOST, Text(en="never came", ko="오지 않음")),
}
"""The parts of an outcome: glyph and meaning."""
_LATE_FROM = Text(en="late: more than {:g} s after it was sent", ko="늦음: 보낸 지 {:g}초가 넘음")

CELL, ROW, GAP = 92.0, 80.0, 6.0


@dataclass(frozen=True)
class Outcome:
    """What became of the messages of one run. The parts add up: a message counts once.

    Parameters
    ----------
    sent : int
        How many messages there were.
    lost : int
        How many never came to the application.
    twice : int
        How many came to it more than once.
    late : int
        How many of the others came late.
    """

    sent: int
    lost: int = 0
    twice: int = 0
    late: int = 0

    def __post_init__(self) -> None:
        if min(self.sent, self.lost, self.twice, self.late, self.good) < 0:
            raise ValueError(f"an outcome's parts add up to what was sent: {self}")

    @classmethod
    def of(
        cls,
        sent: Iterable[Hashable],
        received: Iterable[tuple[Hashable, float]],
        late: float,
    ) -> Self:
        """Work it out.

        Parameters
        ----------
        sent : iterable
            The numbers of the messages.
        received : iterable of (number, float)
            Each time one came to the application: its number, and the seconds it took.
        late : float
            Seconds from which on a message is late.
        """
        everything = list(dict.fromkeys(sent))
        came = list(received)
        times = Counter(number for number, _ in came)
        first: dict[Hashable, float] = {}
        for number, seconds in came:
            first[number] = min(seconds, first.get(number, seconds))
        return cls(
            len(everything),
            lost=sum(not times[one] for one in everything),
            twice=sum(times[one] > 1 for one in everything),
            late=sum(times[one] == 1 and first[one] > late for one in everything),
        )

    @property
    def good(self) -> int:
        """How many came once and in time."""
        return self.sent - self.lost - self.twice - self.late

    def words(self, language: Language) -> list[str]:
        """What went wrong, the worst first; or that nothing did."""
        told = [
            words[language].format(count)
            for words, count in ((_LOST, self.lost), (_TWICE, self.twice), (_LATE, self.late))
            if count
        ]
        return told or [_GOOD[language].format(self.sent)]

    def __str__(self) -> str:
        return ", ".join(self.words("en"))


class Matrix(Picture):
    """Designs against faults.

    Parameters
    ----------
    cells : mapping
        For each design what each fault did: ``{"direct": {"kill the middle": None, ...}}``; None
        where the design has no such part. A word of `TERMS` is shown in both languages.
    late : float, optional
        Seconds from which on a message counted as late, to be told below.
    title : str, optional
        What the matrix shows, if its rows are no designs or its columns no faults.
    """

    title = Text(en="What each fault did to each design", ko="장애별·구조별 결과")

    def __init__(
        self,
        cells: Mapping[str, Mapping[str, Outcome | None]],
        late: float | None = None,
        title: str = "",
    ) -> None:
        if title:
            self.title = TERMS.get(title, Text(title, title))
        self.cells = {row: dict(columns) for row, columns in cells.items()}
        self.columns = list(dict.fromkeys(name for row in self.cells.values() for name in row))
        if not self.columns:
            raise ValueError("nothing to show: write cells as {design: {fault: Outcome(...)}}")
        self.late = late

    def sentences(self, language: Language) -> list[str]:
        """Each cell in words."""
        told = []
        for row, cells in self.cells.items():
            for column in self.columns:
                names = term(row, language), term(column, language)
                outcome = cells.get(column)
                if outcome is None:
                    told.append(_NONE[language].format(*names, _NOT_RUN[language]))
                    continue
                words = ", ".join(outcome.words(language))
                if outcome.good == outcome.sent:
                    told.append(_NONE[language].format(*names, words))
                elif language == "ko":
                    told.append(_CELL.ko.format(*names, outcome.sent, words))
                else:
                    told.append(_CELL.en.format(*names, words, outcome.sent))
        if self.late is not None:
            told.append(_LATE_FROM[language].format(self.late))
        return told

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw the table, or on a narrow form a list by design, and what the bars mean."""
        drawing = Drawing()
        if form.narrow:
            y = self._list(drawing, language, form)
        else:
            y = self._table(drawing, language, form)
        used = {
            part for row in self.cells.values() for cell in row.values() if cell
            for part in _KEY if getattr(cell, part)
        }  # fmt: skip
        entries = [
            Entry(_glyph(drawing, fate), 22, words[language])
            for part, (fate, words) in _KEY.items()
            if part in used
        ]
        left = 8.0 if form.narrow else 16.0
        y = legend(drawing, entries, left, y, form, self._width(language, form))
        if self.late is not None:
            y = paragraph(drawing, _LATE_FROM[language].format(self.late), left, y, form)
        return Drawn(drawing, self._width(language, form), y + 2)

    def _left(self, language: Language, form: Form) -> float:
        names = (term(one, language) for one in self.cells)
        return 28 + min(150.0, max(text_width(one, form.small, bold=True) for one in names))

    def _cell_width(self, language: Language, form: Form) -> float:
        room = form.width - self._left(language, form) - 8
        return min(CELL, room / len(self.columns))

    def _width(self, language: Language, form: Form) -> float:
        if form.narrow:
            return form.width
        cells = self._cell_width(language, form) * len(self.columns)
        return max(480.0, self._left(language, form) + cells + 8)

    def _table(self, drawing: Drawing, language: Language, form: Form) -> float:
        cell, left = self._cell_width(language, form), self._left(language, form)
        small = form.small
        heads = {
            one: wrapped(term(one, language), cell - GAP, small, bold=True) for one in self.columns
        }
        top = 18.0 + 17 * max(map(len, heads.values()))
        for place, column in enumerate(self.columns):
            for line, words in enumerate(heads[column]):
                y = top - 10 - 17 * (len(heads[column]) - 1 - line)
                x = left + place * cell + (cell - GAP) / 2
                drawing.text(x, y, words, "text", small, "middle", weight=600)
        for number, (row, cells) in enumerate(self.cells.items()):
            y = top + number * ROW
            names = wrapped(term(row, language), left - 20, small, bold=True)
            for line, words in enumerate(names):
                at = y + (ROW - GAP) / 2 + 16 * (line - (len(names) - 1) / 2)
                drawing.text(left - 12, at, words, "text", small, "end", weight=600)
            for place, column in enumerate(self.columns):
                drawing.open_group(f"{term(row, language)}, {term(column, language)}")
                box = Box(left + place * cell, y, cell - GAP, ROW - GAP)
                _cell(drawing, cells.get(column), box, language, form)
                drawing.close_group()
        return top + len(self.cells) * ROW + 20

    def _list(self, drawing: Drawing, language: Language, form: Form) -> float:
        """Draw a heading a design, and a line a fault: its name, its bar, its words."""
        y = 18.0
        for row, cells in self.cells.items():
            drawing.text(8, y, term(row, language), "text", form.name, weight=650)
            y += 22
            for column in self.columns:
                outcome = cells.get(column)
                words = ", ".join(outcome.words(language)) if outcome else _NOT_RUN[language]
                worst = _worst(outcome) if outcome else None
                under = paragraph(drawing, term(column, language), 14, y, form, room=138)
                if outcome:
                    _bars(drawing, outcome, Box(142, y - 5, 56, 10))
                colour = worst.colour if worst else "quiet"
                room = form.width - 4
                y = paragraph(drawing, words, 206, y, form, colour=colour, room=room)
                y = max(y, under) + 6
            y += 12
        return y + 6


def _glyph(drawing: Drawing, fate: Fate) -> Callable[[float, float], None]:
    """Draw the glyph of a fate in a legend."""
    return lambda x, y: fate.draw(drawing, Box(x, y - 6, 22, 12))


def _worst(outcome: Outcome) -> Fate:
    for part in ("lost", "twice", "late"):
        if getattr(outcome, part):
            return _KEY[part][0]
    return Fate.DELIVERED


def _bars(drawing: Drawing, outcome: Outcome, box: Box) -> None:
    """Draw the shares of the outcomes as a strip."""
    parts = {fate: getattr(outcome, name) for name, (fate, _) in _KEY.items()}
    # Even one that was lost is seen: no part is narrower than a cross, and the widest gives.
    widths = {
        fate: max(9.0, box.width * count / outcome.sent) for fate, count in parts.items() if count
    }
    widths[max(widths, key=lambda one: widths[one])] -= sum(widths.values()) - box.width
    at = box.x
    for fate, width in widths.items():
        fate.draw(drawing, Box(at, box.y, width - 1, box.height))
        at += width


def _cell(
    drawing: Drawing, outcome: Outcome | None, box: Box, language: Language, form: Form
) -> None:
    x, y, width, height, _ = box
    middle, small = x + width / 2, form.small
    if outcome is None:
        drawing.rect(x, y, width, height, "none", HAIRLINE, 6, dash="3 4")
        drawing.text(middle, y + height / 2, _NOT_RUN[language], "quiet", small, "middle")
        return
    worst = _worst(outcome)
    stroke = 1.75 if worst is Fate.DELIVERED else 2.25
    drawing.rect(x, y, width, height, "card", worst.colour, 6, stroke)
    lines = outcome.words(language)
    high = y + (height - 18) / 2 - 8 * (len(lines) - 1)
    for number, words in enumerate(lines):
        colour, weight = ("text", 400) if number else (worst.colour, 700)
        drawing.text(middle, high, words, colour, small, "middle", weight=weight)
        high += 16
    _bars(drawing, outcome, Box(x + 8, y + height - 14, width - 16, 9))
