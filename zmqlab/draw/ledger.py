"""The ledger of messages: each one that was sent, and what became of it.

A program numbers what it sends; what came is known at the other end. From these two lists follows
everything: what is lost, what came twice, what was overtaken. What must stay true: the totals add
up to what was sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import groupby

from zmqlab.language import Language, Text
from zmqlab.svg import HAIRLINE, SMALL, Drawing, Picture, text_width

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

WIDEST, BAR, HEIGHT = 860.0, 22.0, 40.0
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
        """The ledger in words: the sum, then the names of all that were not simply received."""
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

    def _columns(self) -> list[tuple[str, str]]:
        """Fate and name of each bar: one message, or of very many several, then their worst."""
        size = -(-len(self.sent) // MOST)
        severity = list(_FATES)
        columns = []
        for start in range(0, len(self.sent), max(1, size)):
            part = self.sent[start : start + size]
            worst = max((self.fates[message] for message in part), key=severity.index)
            columns.append((worst, str(part[0])))
        return columns

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw a bar a message in the order of sending, and the totals below."""
        drawing = Drawing()
        columns = self._columns()
        step = min(BAR, WIDEST / max(1, len(columns)))
        x = left = 24.0
        for fate, run in groupby(columns, lambda column: column[0]):
            names = [name for _, name in run]
            # Bars too thin to be told apart are joined.
            widths = [step] * len(names) if step >= 5 else [step * len(names)]
            for name, width in zip(names, widths, strict=False):
                drawing.open_group(_WHICH[language].format(name, _FATES[fate][language]))
                _bar(drawing, fate, x, 20, width - min(3, width * 0.2), HEIGHT)
                drawing.close_group()
                x += width
        labels = list(map(str, self.sent)) if step >= 16 else []
        # Long names would run into each other: then the text below the picture has them.
        if all(text_width(label, SMALL) <= step for label in labels):
            for number, label in enumerate(labels):
                middle = left + step * number + (step - 3) / 2
                drawing.text(middle, 20 + HEIGHT + 12, label, "quiet", SMALL, "middle")
        y = 20 + HEIGHT + 40
        drawing.text(left, y, self._sum(language), "text", SMALL + 1, weight=600)
        right = left + text_width(self._sum(language), SMALL + 1, bold=True)
        for fate, count in self.totals.items():
            y += 28
            _bar(drawing, fate, left, y - 10, 18, 20)
            words = _count(fate, count, language)
            drawing.text(left + 30, y, words, "text", SMALL)
            right = max(right, left + 30 + text_width(words, SMALL))
        return drawing, max(x, right) + 24, y + 26


def _names(messages: list[Hashable]) -> str:
    return " ".join(map(str, messages[:SHOWN])) + (" …" if len(messages) > SHOWN else "")


def _count(fate: str, count: int, language: Language) -> str:
    words = _FATES[fate][language]
    return f"{words} {count:,}개" if language == "ko" else f"{count:,} {words}"


def _bar(drawing: Drawing, fate: str, x: float, y: float, width: float, height: float) -> None:
    """A message: filled if it came, hollow if late, two lines if twice, crossed out if lost."""
    if fate == "received":
        drawing.rect(x, y, width, height, "accent")
    elif fate == "overtaken":
        drawing.rect(x + 1, y + 1, max(1, width - 2), height - 2, "none", "late", 0, 2)
    elif fate == "twice":
        third = max(1.0, width / 3)
        drawing.rect(x, y, third, height, "duplicate")
        drawing.rect(x + width - third, y, third, height, "duplicate")
    else:
        drawing.rect(x, y, width, height, "none", HAIRLINE)
        if fate == "in hand":
            drawing.rect(x, y + height * 0.72, width, height * 0.28, "lost")
        size = min(6.0, width / 2 - 1)
        if size > 1:
            drawing.cross(x + width / 2, y + height * 0.38, "lost", size)
        else:
            drawing.rect(x, y + height * 0.36, width, 2, "lost")
