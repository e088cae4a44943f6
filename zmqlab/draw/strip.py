"""Strips: what became of each of many numbered messages while something was down.

A strip is worked out from what the two ends of a chain printed: ``sent N`` and ``kept N`` the
first, ``got N after X ms`` the last. What must stay true: each message has one fate, and the totals
add up to what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from zmqlab.language import Language, Text
from zmqlab.ledger import _bar
from zmqlab.programs import STARTED
from zmqlab.svg import SMALL, Drawing, Picture, text_width
from zmqlab.terms import term

if TYPE_CHECKING:
    from zmqlab.programs import Program

SENT, KEPT, GOT = (re.compile(rf"{word} (\d+)\b") for word in ("sent", "kept", "got"))
AFTER = re.compile(r"after ([\d.]+) ms")

_FATES = {
    "in time": Text(en="in time", ko="제때 받음"),
    "late": Text(en="late", ko="늦게 받음"),
    "twice": Text(en="twice", ko="두 번 이상 받음"),
    "gone": Text(en="acknowledged, then gone", ko="확인 응답 뒤 유실"),
    "lost": Text(en="lost", ko="유실"),
}
_SHAPES = {"in time": "received", "gone": "in hand"}
"""The ledger's names for the same fates."""
_SENT = Text(en="{} sent", ko="보낸 메시지 {}개")
_KEPT = Text(en="{} acknowledged", ko="확인 응답 {}개")
_NONE = Text(en="no acknowledgements", ko="확인 응답 없음")
_KILLED, _BACK = Text(en="killed", ko="강제 종료"), Text(en="back", ko="다시 시작")
_DOWN = Text(
    en="killed when {} had been sent, back when {} had been",
    ko="{}개를 보냈을 때 강제 종료, {}개를 보냈을 때 다시 시작",
)
_LATE = Text(en="late: more than {:g} s after it was due", ko="늦음: 제때보다 {:g}초 넘게 늦음")
WIDEST, BAR, HEIGHT, ROW = 632.0, 14.0, 34.0, 100.0


@dataclass
class Fates:
    """What became of messages.

    Attributes
    ----------
    sent : list
        The messages, in order.
    received : list of (message, float)
        Each time one came, and how many seconds after it was due.
    kept : set
        Those that were acknowledged.
    late : float
        Seconds from which on a message is late.
    down : tuple of int or None
        How many had been sent when something was killed, and when it was back.
    """

    sent: list[Hashable]
    received: list[tuple[Hashable, float]]
    kept: set[Hashable] = field(default_factory=set)
    late: float = 0.5
    down: tuple[int, int] | None = None

    @classmethod
    def of(
        cls, first: Program, last: Program, victim: Program | None = None, late: float = 0.5
    ) -> Self:
        """Read what programs printed, over all of their lives.

        Parameters
        ----------
        first, last : Program
            The two ends of the chain.
        victim : Program, optional
            Who was killed and started again.
        late : float, optional
            Seconds from which on a message is late.
        """
        sent: dict[Hashable, float] = {}
        kept: set[Hashable] = set()
        for line in first.output:
            words = line.words("en")
            if found := SENT.match(words):
                sent.setdefault(int(found[1]), line.time)
            elif found := KEPT.match(words):
                kept.add(int(found[1]))
        received: list[tuple[Hashable, float]] = []
        for line in last.output:
            words = line.words("en")
            if (found := GOT.match(words)) and (after := AFTER.search(words)):
                received.append((int(found[1]), float(after[1]) / 1000))
        down = None
        if victim is not None and (gap := _gap(victim)):
            before, until = (sum(time < moment for time in sent.values()) for moment in gap)
            down = before, until
        return cls(list(sent), received, kept, late, down)

    @property
    def fates(self) -> dict[Hashable, str]:
        """The fate of each message."""
        came: dict[Hashable, list[float]] = {}
        for message, after in self.received:
            came.setdefault(message, []).append(after)
        found = {}
        for message in self.sent:
            times = came.get(message, [])
            if not times:
                found[message] = "gone" if message in self.kept else "lost"
            elif len(times) > 1:
                found[message] = "twice"
            else:
                found[message] = "late" if times[0] > self.late else "in time"
        return found

    @property
    def totals(self) -> dict[str, int]:
        """How many met each fate; they add up to the number of those sent."""
        fates = list(self.fates.values())
        return {fate: fates.count(fate) for fate in _FATES if fate in fates}

    def of_fate(self, *fates: str) -> list[Hashable]:
        """The messages with one of these fates, in order."""
        return [message for message, fate in self.fates.items() if fate in fates]


def _gap(victim: Program) -> tuple[float, float] | None:
    """From when until when a program was down: from its last end to its last ready line."""
    ended = ready = None
    for line in victim.output:
        if line.kind == "event" and line.text is not STARTED and ended is None:
            ended = line.time
        elif line.kind == "ready":
            ready = line.time
    return (ended, ready) if ended is not None and ready is not None else None


class Strip(Picture):
    """One bar a message, a row a run.

    Parameters
    ----------
    rows : mapping of str to Fates
        By names; a word of `zmqlab.terms` is shown in both languages.
    """

    title = Text(en="What became of each message", ko="메시지마다 겪은 일")

    def __init__(self, rows: Mapping[str, Fates]) -> None:
        self.rows = dict(rows)

    def sentences(self, language: Language) -> list[str]:
        """Each row in words: the sum, the acknowledged, the numbers of what was lost."""
        told = []
        for name, row in self.rows.items():
            words = f"{term(name, language)}: {self._sum(row, language)}"
            if lost := row.of_fate("gone", "lost"):
                words += f" ({_ranges(lost)})"
            told.append(words)
            if row.down:
                told[-1] += "; " + _DOWN[language].format(*row.down)
        late = {row.late for row in self.rows.values()}
        return told + [_LATE[language].format(one) for one in sorted(late)]

    def _sum(self, row: Fates, language: Language) -> str:
        parts = [_count(fate, count, language) for fate, count in row.totals.items()]
        kept = _KEPT[language].format(len(row.kept)) if row.kept else _NONE[language]
        total = f"{_SENT[language].format(len(row.sent))} = {' + '.join(parts) or '0'}"
        return f"{total}; {kept}"

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw a strip a row, its sum above it, a bracket under what was sent meanwhile."""
        drawing = Drawing()
        left, y, right = 24.0, 22.0, 0.0
        for name, row in self.rows.items():
            heading = term(name, language)
            drawing.text(left, y, heading, "text", SMALL + 1, weight=650)
            total = self._sum(row, language)
            drawing.text(left, y + 20, total, "text", SMALL)
            right = max(right, left + text_width(total, SMALL))
            step = min(BAR, WIDEST / max(1, len(row.sent)))
            for number, (message, met) in enumerate(row.fates.items()):
                x = left + number * step
                drawing.open_group(f"{message}: {_FATES[met][language]}")
                _mark(drawing, met, x, y + 34, step - min(2, step * 0.25), HEIGHT)
                drawing.close_group()
            right = max(right, left + step * len(row.sent))
            if row.down:
                one, two = (left + number * step - 1 for number in row.down)
                under = y + 34 + HEIGHT + 5
                drawing.line(one, y + 31, one, under, "quiet", 1.5)
                drawing.line(two, y + 31, two, under, "quiet", 1.5)
                drawing.line(one, under, two, under, "quiet", 1.5)
                below = _KILLED[language]
                if two - one < text_width(below, SMALL) + 12:
                    below += f", {_BACK[language]}"
                else:
                    drawing.text(two, under + 11, _BACK[language], "quiet", SMALL, "middle")
                drawing.text(one, under + 11, below, "quiet", SMALL, "middle")
            y += ROW
        x = left
        for met, words in _FATES.items():
            _mark(drawing, met, x, y - 9, 12, 18)
            drawing.text(x + 20, y, words[language], "text", SMALL)
            x += 20 + text_width(words[language], SMALL) + 24
        late = {row.late for row in self.rows.values()}
        for one in sorted(late):
            y += 24
            drawing.text(left, y, _LATE[language].format(one), "quiet", SMALL)
        return drawing, max(right, x) + 24, y + 24


def _mark(drawing: Drawing, fate: str, x: float, y: float, width: float, height: float) -> None:
    """A message: as in the ledger, but short if late, for hollow is not seen in a thin bar."""
    if fate == "late":
        drawing.rect(x, y + height * 0.5, width, height * 0.5, "late")
    else:
        _bar(drawing, _SHAPES.get(fate, fate), x, y, width, height)


def _count(fate: str, count: int, language: Language) -> str:
    words = _FATES[fate][language]
    return f"{words} {count}개" if language == "ko" else f"{count} {words}"


def _ranges(numbers: Iterable[Hashable]) -> str:
    """Numbers in few words: 3 to 7 as ``3-7``."""
    runs: list[list[int]] = []
    for number in numbers:
        assert isinstance(number, int)
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
