"""The ledger of messages: each one that was sent, and what became of it.

A program numbers what it sends; what came is known at the other end. From these two lists follows
everything: what is lost, what came twice, what was overtaken. What must stay true: the totals add
up to what was sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable

from zmqlab.draw.fates import Box, Fate, runs
from zmqlab.draw.flow import Entry, breadth, legend, paragraph
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import WIDE, Drawing, Form, text_width
from zmqlab.words.language import Language, Text

_FATES = {
    "received": Text(en="received", ko="받음"),
    "overtaken": Text(en="received late, overtaken", ko="순서보다 늦게 받음"),
    "twice": Text(en="received more than once", ko="두 번 이상 받음"),
    "in hand": Text(en="lost in a worker's hand", ko="작업 도중에 유실"),
    "lost": Text(en="lost before anybody took it", ko="꺼내기 전에 유실"),
}
_SENT = Text(en="{} sent", ko="보낸 메시지 {}개")
_STRANGE = Text(en="{} more came that nobody sent: {}", ko="보낸 적 없는 메시지 {}개: {}")
_WHICH = Text(en="{}: {}", ko="{}: {}")

_GLYPHS = {
    "received": Fate.DELIVERED,
    "overtaken": Fate.LATE,
    "twice": Fate.TWICE,
    "in hand": Fate.IN_HAND,
    "lost": Fate.LOST,
}
BAR, HEIGHT = 22.0, 36.0
MOST = 400
"""Bars of a strip; of more messages several share one."""
SHOWN = 60
"""Names that a sentence lists."""


class Ledger(Picture):
    """What was sent, what came, and so what is lost, drawn as a strip.

    Parameters
    ----------
    sent : iterable
        The numbers or names of the messages, in the order in which they were sent.
    received : iterable
        Those that came, in the order in which they came; one that came twice stands twice.
    in_hand : iterable, optional
        Those that a receiver had taken. If one of them did not come to an end, it was lost in the
        receiver's hand and not on the way.
    ordered : bool, optional
        Whether one that was overtaken by another that had been sent after it is told apart. Where
        several do the work at once, that is nothing special.

    Attributes
    ----------
    sent : list
        As given, each once.
    fates : dict
        Of each of these: "received", "overtaken", "twice", "in hand" or "lost".
    strangers : list
        What came and had not been sent.

    Examples
    --------
    >>> Ledger(sent=range(1, 7), received=[1, 2, 4, 4], in_hand=[1, 2, 3, 4]).totals
    {'received': 2, 'twice': 1, 'in hand': 1, 'lost': 2}
    """

    title = Text(en="Ledger of the messages", ko="메시지 장부")

    def __init__(
        self,
        sent: Iterable[Hashable],
        received: Iterable[Hashable],
        in_hand: Iterable[Hashable] = (),
        *,
        ordered: bool = False,
    ) -> None:
        self.sent = list(dict.fromkeys(sent))
        came = list(received)
        place = {message: number for number, message in enumerate(self.sent)}
        times, taken = Counter(came), set(in_hand)
        overtaken, furthest = set(), -1
        for message in dict.fromkeys(came):
            if message in place:
                if place[message] < furthest:
                    overtaken.add(message)
                furthest = max(furthest, place[message])
        self.fates: dict[Hashable, str] = {}
        for message in self.sent:
            if not times[message]:
                self.fates[message] = "in hand" if message in taken else "lost"
            elif times[message] > 1:
                self.fates[message] = "twice"
            else:
                self.fates[message] = (
                    "overtaken" if ordered and message in overtaken else "received"
                )
        self.strangers = [message for message in dict.fromkeys(came) if message not in place]

    def of(self, *fates: str) -> list[Hashable]:
        """The messages with one of these fates, in the order in which they were sent."""
        return [message for message in self.sent if self.fates[message] in fates]

    @property
    def missing(self) -> list[Hashable]:
        """What did not come, wherever it was lost."""
        return self.of("in hand", "lost")

    @property
    def totals(self) -> dict[str, int]:
        """How many met each fate; they add up to the number of those sent."""
        counts = Counter(self.fates.values())
        return {fate: counts[fate] for fate in _FATES if counts[fate]}

    def sentences(self, language: Language) -> list[str]:
        """The ledger in words: the sum, then the names of all others."""
        told = [self._sum(language)]
        for fate in self.totals:
            if fate != "received":
                told.append(_WHICH[language].format(_FATES[fate][language], _names(self.of(fate))))
        if self.strangers:
            told.append(_STRANGE[language].format(len(self.strangers), _names(self.strangers)))
        return told

    def _sum(self, language: Language) -> str:
        parts = [_count(fate, count, language) for fate, count in self.totals.items()]
        return f"{_SENT[language].format(f'{len(self.sent):,}')} = {' + '.join(parts) or '0'}"

    def _columns(self) -> list[Fate]:
        """The fate of each bar: of one message, or of very many the worst of several."""
        size = -(-len(self.sent) // MOST)
        severity = list(_FATES)
        columns = []
        for start in range(0, len(self.sent), max(1, size)):
            part = self.sent[start : start + size]
            worst = max((self.fates[message] for message in part), key=severity.index)
            columns.append(_GLYPHS[worst])
        return columns

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw the messages in the order of sending, equal neighbours as one, and the totals."""
        drawing, left, columns = Drawing(), 8.0 if form.narrow else 20.0, self._columns()
        room = form.width - 2 * left
        step = min(BAR, room / max(1, len(columns)))
        # A strip whose names would not be seen may take three lines.
        lines = -(-len(columns) * BAR // room) if len(columns) * BAR <= 3 * room else 1
        per_line = len(columns) if lines == 1 else int(room // BAR)
        if lines > 1:
            step = BAR
        labels = list(map(str, self.sent)) if step >= 16 else []
        shown = all(text_width(label, form.small) <= step for label in labels)
        y, right = 12.0, left
        for start in range(0, len(columns), max(1, per_line)):
            x = left
            for fate, count in runs(columns[start : start + per_line]):
                gap = min(3.0, step * 0.2)
                fate.draw(drawing, Box(x, y, step * count - gap, HEIGHT, count))
                x += step * count
            right = max(right, x)
            # Long names would run into each other: then the text below the picture has them.
            for n, label in enumerate(labels[start : start + per_line] if shown else []):
                middle = left + step * n + (step - 3) / 2
                drawing.text(middle, y + HEIGHT + 11, label, "quiet", form.small, "middle")
            y += HEIGHT + (26 if shown and labels else 8)
        total = self._sum(language)
        right = max(right, breadth(total, form, left, bold=True))
        y = paragraph(drawing, total, left, y + 14, form, colour="text", weight=600) + 8
        entries = [
            Entry(_glyph(drawing, _GLYPHS[fate]), 18, _count(fate, count, language))
            for fate, count in self.totals.items()
        ]
        for entry in entries:
            right = max(right, left + 26 + text_width(entry.words, form.small))
            y = legend(drawing, [entry], left, y, form)
        return Drawn(drawing, min(right + left, form.width), y)


def _names(messages: list[Hashable]) -> str:
    return " ".join(map(str, messages[:SHOWN])) + (" …" if len(messages) > SHOWN else "")


def _count(fate: str, count: int, language: Language) -> str:
    words = _FATES[fate][language]
    return f"{words} {count:,}개" if language == "ko" else f"{count:,} {words}"


def _glyph(drawing: Drawing, fate: Fate) -> Callable[[float, float], None]:
    """Draw the glyph of a fate in a legend."""
    return lambda x, y: fate.draw(drawing, Box(x, y - 9, 18, 18))
