"""The matrix: what faults did to designs, a row a design, a column a fault, a cell a run.

Each cell says in words how many messages were lost, came twice or came late, and shows it as a
strip of bars: red and crossed out, doubled, hollow, filled. What must stay true: the colour never
stands alone; a cell's words add up to what was sent; a cell that was not run says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from zmqlab.language import Language, Text
from zmqlab.svg import HAIRLINE, SMALL, Drawing, Picture, text_width
from zmqlab.terms import TERMS, term

_LOST = Text(en="{} lost", ko="유실 {}")
_TWICE = Text(en="{} twice", ko="중복 {}")
_LATE = Text(en="{} late", ko="늦음 {}")
_GOOD = Text(en="all {}", ko="모두 {}")
_NOT_RUN = Text(en="no such part", ko="해당 없음")
_CELL = Text(en="{}, {}: {} of {} sent", ko="{}, {}: 보낸 {}개 중 {}")
_NONE = Text(en="{}, {}: {}", ko="{}, {}: {}")
_KEY = (
    ("good", Text(en="came once, in time", ko="제때 한 번 옴")),
    ("late", Text(en="came late", ko="늦게 옴")),
    ("twice", Text(en="came more than once", ko="두 번 이상 옴")),
    ("lost", Text(en="never came", ko="오지 않음")),
)
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

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw the table, and below it what the bars mean."""
        drawing = Drawing()
        heads = {one: _wrapped(term(one, language), CELL - GAP) for one in self.columns}
        left = 28 + max(text_width(term(one, language), SMALL, bold=True) for one in self.cells)
        top = 18.0 + 17 * max(map(len, heads.values()))
        for place, column in enumerate(self.columns):
            for line, words in enumerate(heads[column]):
                y = top - 10 - 17 * (len(heads[column]) - 1 - line)
                x = left + place * CELL + (CELL - GAP) / 2
                drawing.text(x, y, words, "text", SMALL, "middle", weight=600)
        for number, (row, cells) in enumerate(self.cells.items()):
            y = top + number * ROW
            middle = y + (ROW - GAP) / 2
            drawing.text(left - 12, middle, term(row, language), "text", SMALL, "end", weight=600)
            for place, column in enumerate(self.columns):
                drawing.open_group(f"{term(row, language)}, {term(column, language)}")
                _cell(drawing, cells.get(column), left + place * CELL, y, language)
                drawing.close_group()
        y = top + len(self.cells) * ROW + 22
        right = 16.0
        for part, meaning in _KEY:
            _bar(drawing, part, right, y - 6, 22, 12)
            drawing.text(right + 30, y, meaning[language], "text", SMALL)
            right += 30 + text_width(meaning[language], SMALL) + 26
        if self.late is not None:
            y += 26
            drawing.text(16, y, _LATE_FROM[language].format(self.late), "quiet", SMALL)
        return drawing, max(right, left + len(self.columns) * CELL + 12), y + 24


def _wrapped(words: str, width: float) -> list[str]:
    """The words in as many lines as it takes."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, SMALL, bold=True) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _cell(
    drawing: Drawing, outcome: Outcome | None, x: float, y: float, language: Language
) -> None:
    width, height = CELL - GAP, ROW - GAP
    if outcome is None:
        drawing.rect(x, y, width, height, "none", HAIRLINE, 6, dash="3 4")
        drawing.text(x + width / 2, y + height / 2, _NOT_RUN[language], "quiet", SMALL, "middle")
        return
    parts = {name: getattr(outcome, name) for name, _ in _KEY}
    worst = next((one for one in ("lost", "twice", "late") if parts[one]), "good")
    drawing.rect(x, y, width, height, "card", _PAINT[worst], 6, 1.75 if worst == "good" else 2.25)
    lines = outcome.words(language)
    high = y + (height - 18) / 2 - 8 * (len(lines) - 1)
    for number, words in enumerate(lines):
        colour, weight = ("text", 400) if number else (_PAINT[worst], 700)
        drawing.text(x + width / 2, high, words, colour, SMALL, "middle", weight=weight)
        high += 16
    full = width - 16
    # Even one that was lost is seen: no part is narrower than a cross, and the widest gives.
    widths = {one: max(9.0, full * count / outcome.sent) for one, count in parts.items() if count}
    widths[max(widths, key=lambda one: widths[one])] -= sum(widths.values()) - full
    at = x + 8
    for name, width in widths.items():
        _bar(drawing, name, at, y + height - 14, width, 9)
        at += width


_PAINT = {"good": "accent", "late": "late", "twice": "duplicate", "lost": "lost"}


def _bar(drawing: Drawing, part: str, x: float, y: float, width: float, height: float) -> None:
    """Filled if it came, hollow if late, two lines if twice, crossed out if lost."""
    if part == "good":
        drawing.rect(x, y, width, height, "accent")
    elif part == "late":
        drawing.rect(
            x + 0.75, y + 0.75, max(0.5, width - 1.5), height - 1.5, "none", "late", 0, 1.5
        )
    elif part == "twice":
        drawing.rect(x, y, width, height * 0.34, "duplicate")
        drawing.rect(x, y + height * 0.66, width, height * 0.34, "duplicate")
    else:
        middle = y + height / 2
        drawing.line(x + 1, middle, x + max(1.0, width - 1), middle, "lost", 2)
        if width >= height:
            drawing.cross(x + width / 2, middle, "lost", height / 2 - 0.5, 2)
