"""Strips: what became of each of many numbered messages while something was down.

A strip is worked out from what the two ends of a chain printed: ``sent N`` and ``kept N`` the
first, ``got N after X ms`` the last. What must stay true: each message has one fate, and the totals
add up to what was sent.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from zmqlab.draw.fates import Box, Fate, runs
from zmqlab.draw.flow import Entry, breadth, legend, paragraph
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.scales import ticks
from zmqlab.draw.svg import WIDE, Drawing, Form, text_width
from zmqlab.run.programs import STARTED
from zmqlab.words.language import Language, Text, duration
from zmqlab.words.terms import term

if TYPE_CHECKING:
    from zmqlab.run.programs import Program

SENT, KEPT, GOT = (re.compile(rf"{word} (\d+)\b") for word in ("sent", "kept", "got"))
AFTER = re.compile(r"after ([\d.]+) ms")

_FATES = {
    "in time": Text(en="in time", ko="제때 받음"),
    "late": Text(en="late", ko="늦게 받음"),
    "twice": Text(en="twice", ko="두 번 이상 받음"),
    "gone": Text(en="acknowledged, then gone", ko="확인 응답 뒤 유실"),
    "lost": Text(en="lost", ko="유실"),
}
_GLYPHS = {
    "in time": Fate.DELIVERED,
    "late": Fate.LATE,
    "twice": Fate.TWICE,
    "gone": Fate.IN_HAND,
    "lost": Fate.LOST,
}
_SENT = Text(en="{} sent", ko="보낸 메시지 {}개")
_KEPT = Text(en="{} acknowledged", ko="확인 응답 {}개")
_NONE = Text(en="no acknowledgements", ko="확인 응답 없음")
_KILLED, _BACK = Text(en="killed", ko="강제 종료"), Text(en="back", ko="다시 시작")
_DOWN = Text(
    en="killed when {} had been sent, back when {} had been",
    ko="{}개를 보냈을 때 강제 종료, {}개를 보냈을 때 다시 시작",
)
_LATE = Text(en="late: more than {:g} s after it was due", ko="늦음: 제때보다 {:g}초 넘게 늦음")
BAR, HEIGHT = 14.0, 30.0


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
    times : list of float
        When each was sent, in seconds since the first, if that is known.
    """

    sent: list[Hashable]
    received: list[tuple[Hashable, float]]
    kept: set[Hashable] = field(default_factory=set)
    late: float = 0.5
    down: tuple[int, int] | None = None
    times: list[float] = field(default_factory=list)

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
        begin = min(sent.values(), default=0.0)
        times = [time - begin for time in sent.values()]
        return cls(list(sent), received, kept, late, down, times)

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
        By names; a word of `zmqlab.words.terms` is shown in both languages.
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

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw a strip a row, its sum above it, a bracket under those sent meanwhile."""
        drawing, left, y = Drawing(), 8.0 if form.narrow else 20.0, 18.0
        right, used = left, dict.fromkeys(_FATES, 0)
        for name, row in self.rows.items():
            head = term(name, language)
            right = max(right, breadth(head, form, left, bold=True))
            y = paragraph(drawing, head, left, y, form, colour="text", weight=650)
            total = self._sum(row, language)
            right = max(right, breadth(total, form, left))
            y = paragraph(drawing, total, left, y + 2, form, colour="text")
            step = min(BAR, (form.width - 2 * left) / max(1, len(row.sent)))
            x = left
            for fate, count in runs(_GLYPHS[met] for met in row.fates.values()):
                fate.draw(drawing, Box(x, y, step * count - min(1, step * 0.2), HEIGHT, count))
                x += step * count
            right = max(right, x)
            y += HEIGHT + 6
            if row.down:
                y = self._bracket(drawing, row.down, left, step, y, language, form)
            if len(row.times) > 1:
                y = self._axis(drawing, row.times, left, step, y, language, form)
            for met, count in row.totals.items():
                used[met] += count
            y += 22
        entries = [
            Entry(_glyph(drawing, _GLYPHS[met]), 14, words[language])
            for met, words in _FATES.items()
            if used[met]
        ]
        y = legend(drawing, entries, left, y, form)
        for one in sorted({row.late for row in self.rows.values()}):
            words = _LATE[language].format(one)
            right = max(right, breadth(words, form, left))
            y = paragraph(drawing, words, left, y, form)
        width = form.width if entries else right + left
        return Drawn(drawing, width, y)

    def _bracket(
        self,
        drawing: Drawing,
        down: tuple[int, int],
        left: float,
        step: float,
        y: float,
        language: Language,
        form: Form,
    ) -> float:
        """Draw from when until when somebody was down; return where the next line may stand."""
        one, two = (left + count * step for count in down)
        path = f"M{one:.1f} {y - HEIGHT - 9:.1f}V{y:.1f}H{two:.1f}V{y - HEIGHT - 9:.1f}"
        drawing.curve(path, "text", 1.25)
        words = f"{_KILLED[language]}, {_BACK[language]}"
        width = text_width(words, form.small)
        middle = min(max((one + two) / 2, left + width / 2), form.width - 8 - width / 2)
        drawing.text(middle, y + 11, words, "quiet", form.small, "middle")
        return y + 20

    def _axis(
        self,
        drawing: Drawing,
        times: list[float],
        left: float,
        step: float,
        y: float,
        language: Language,
        form: Form,
    ) -> float:
        """Draw when messages were sent, in seconds; return where the next line may stand."""
        last = -100.0
        for second in ticks(times[-1], 5):
            place = bisect_left(times, second)
            if second > times[-1] or place >= len(times):
                break
            x = left + place * step
            words = duration(second, language) if second else "0"
            width = text_width(words, form.small)
            if x - last < width + 14 or x + width / 2 > form.width:
                continue
            last = x
            drawing.line(x, y, x, y + 4, "quiet", 1)
            at = max(x, left + width / 2)
            drawing.text(at, y + 12, words, "quiet", form.small, "middle")
        return y + 18


def _glyph(drawing: Drawing, fate: Fate) -> Callable[[float, float], None]:
    """Draw the glyph of a fate in a legend."""
    return lambda x, y: fate.draw(drawing, Box(x, y - 9, 14, 18))


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
