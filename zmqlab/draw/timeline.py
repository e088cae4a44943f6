"""Who did what, and when: the timeline of programs, and the chart of threads.

A `Timeline` is drawn from what the programs printed, at the times at which they printed it: ``task
N taken`` opens a bar, ``task N done`` ends it. A bar that no such line ends was in the program's
hand when it was killed, or still is in the hand of one that runs.

A `Gantt` is drawn from marks that threads set themselves when they begin to do something else. The
lock that they contend for must not be the chart's: setting a mark takes none.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zmqlab.draw.flow import Entry, legend, paragraph
from zmqlab.draw.machine import measured
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.scales import ticks
from zmqlab.draw.signs import Sign
from zmqlab.draw.svg import BODY, HAIRLINE, WIDE, Drawing, Form, text_width
from zmqlab.run.programs import STARTED
from zmqlab.words.language import Language, Text, duration

if TYPE_CHECKING:
    from zmqlab.run.programs import Program

TAKEN, DONE = re.compile(r"task (\S+) taken"), re.compile(r"task (\S+) done\b")
ROW, BAR = 46.0, 24.0

_TASKS = Text(en="{} tasks", ko="{}개")
_TIME = Text(en="time since the first task was taken", ko="첫 작업을 꺼낸 뒤 지난 시간")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A task in somebody's hand, from and until when, in seconds.

    `done` if it came to its end; `lost` if the program ended before. Else it is still being done.
    """

    task: str
    began: float
    ended: float
    done: bool
    lost: bool = False


class Timeline(Picture):
    """Tasks of several programs over time.

    Parameters
    ----------
    **programs : Program
        The programs by the names that the picture gives them: ``Timeline(slow=slow, quick=quick)``.

    Attributes
    ----------
    lanes : dict of str to list of Stretch
        The tasks of each, in order; times are seconds since the first one was taken.
    end : float
        When the last one was done.
    """

    title = Text(en="Who worked on which task, and when", ko="워커별 작업 시간")

    def __init__(self, **programs: Program) -> None:
        lanes = {name: _stretches(program) for name, program in programs.items()}
        every = [one for lane in lanes.values() for one in lane]
        first = min((one.began for one in every), default=0.0)
        self.lanes = {
            name: [replace(one, began=one.began - first, ended=one.ended - first) for one in lane]
            for name, lane in lanes.items()
        }
        self.end = max((one.ended for one in every), default=first) - first

    def sentences(self, language: Language) -> list[str]:
        """The timeline in words: how many each did, until when; what was left in its hand."""
        return [self._told(name, language) for name in self.lanes]

    def _told(self, name: str, language: Language) -> str:
        done = [one for one in self.lanes[name] if one.done]
        lost = [one for one in self.lanes[name] if one.lost]
        open_ones = [one for one in self.lanes[name] if not one.done and not one.lost]
        until = duration(done[-1].ended, language, spelled=True) if done else ""
        if language == "ko":
            told = f"{name}: 작업 {len(done)}개" + (f", 마지막은 {until}에 끝남" if done else "")
            told += "".join(f", 작업 {one.task}: 하던 중에 끊김" for one in lost)
            return told + "".join(f", 작업 {one.task}: 아직 하는 중" for one in open_ones)
        tasks = f"{len(done)} task" + ("" if len(done) == 1 else "s")
        told = f"{name} did {tasks}" + (f", the last until {until}" if done else "")
        told += "".join(f"; task {one.task} was in its hand when it ended" for one in lost)
        return told + "".join(f"; it still works on task {one.task}" for one in open_ones)

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw a lane a program, a bar a task, and the time below."""
        after = {name: self._count(name, language) for name in self.lanes}
        sheet = Lanes(self.end, {name: after[name] for name in self.lanes}, language, form)
        for name, lane in self.lanes.items():
            sheet.head(name)
            for one in lane:
                x, width = sheet.x(one.began), sheet.x(one.ended) - sheet.x(one.began)
                _bar(sheet.drawing, one, x, sheet.y, width, form)
            end = max((one.ended for one in lane), default=0.0)
            sheet.tail(end, after[name])
        return sheet.foot(_TIME[language], [])

    def _count(self, name: str, language: Language) -> str:
        done = sum(one.done for one in self.lanes[name])
        return "1 task" if language == "en" and done == 1 else _TASKS[language].format(done)


class Lanes:
    """Lanes over time while they are drawn: names left of them, or above on a narrow form."""

    def __init__(self, end: float, tails: dict[str, str], language: Language, form: Form) -> None:
        self.form = form
        self.language: Language = language
        self.drawing = Drawing()
        names = max((text_width(name, form.name, bold=True) for name in tails), default=0.0)
        words = max((text_width(tail, form.small) for tail in tails.values()), default=0.0)
        self.left = 12.0 if form.narrow else 36 + names
        self.row = 62.0 if form.narrow else ROW
        self.width = form.width - self.left - (14 if form.narrow else 24 + words)
        marks = ticks(max(end, 1e-3))
        self._scale = self.width / max(end, marks[-1])
        self.bottom = 12 + self.row * len(tails)
        last = -100.0
        for mark in marks:
            x = self.x(mark)
            self.drawing.line(x, 10, x, self.bottom + 4, HAIRLINE, 1)
            told = duration(mark, language) if mark else "0"
            if x - last > text_width(told, form.small) + 10:
                last = x
                at = min(x, form.width - text_width(told, form.small) / 2 - 2)
                self.drawing.text(at, self.bottom + 15, told, "quiet", form.small, "middle")
        self._count = 0
        self.y = 0.0

    def x(self, seconds: float) -> float:
        """Where a moment is."""
        return self.left + seconds * self._scale

    def head(self, name: str) -> None:
        """Begin the next lane."""
        top = 12 + self.row * self._count
        self._count += 1
        if self.form.narrow:
            self.y = top + 38
            self.drawing.text(
                self.left, top + 12, name, "text", self.form.name, weight=650, halo=True
            )
        else:
            self.y = top + self.row / 2
            at = self.left - 14
            self.drawing.text(at, self.y, name, "text", self.form.name, "end", weight=650)

    def tail(self, seconds: float, words: str) -> None:
        """Write words behind the lane; on a narrow form at its name's height."""
        if self.form.narrow:
            at = self.form.width - 12
            self.drawing.text(at, self.y - 26, words, "text", self.form.small, "end", halo=True)
        else:
            at = self.x(seconds) + 10
            self.drawing.text(at, self.y, words, "text", self.form.small, halo=True)

    def foot(self, words: str, entries: list[Entry]) -> Drawn:
        """Draw what stands below: the time's name, the legend, where it was measured."""
        left = self.left if not self.form.narrow else 8.0
        y = paragraph(self.drawing, words, left, self.bottom + 38, self.form) + 8
        y = legend(self.drawing, entries, left, y, self.form)
        y = paragraph(self.drawing, measured(self.language), left, y, self.form)
        width = self.form.width
        return Drawn(self.drawing, width, y)


def _bar(drawing: Drawing, one: Stretch, x: float, y: float, width: float, form: Form) -> None:
    gap = min(1.5, width * 0.2)
    drawing.open_group(f"{one.task}: {duration(one.ended - one.began, 'en')}")
    if one.done:
        drawing.rect(x, y - BAR / 2, width - gap, BAR, "accent", radius=2)
        if text_width(one.task, form.small) + 6 <= width:
            drawing.text(
                x + (width - gap) / 2, y, one.task, "page", form.small, "middle", weight=600
            )
    else:
        colour = "lost" if one.lost else "accent"
        drawing.rect(x, y - BAR / 2, max(4, width - gap), BAR, "none", colour, 2, 1.75, "4 3")
        if text_width(one.task, form.small) + 30 <= width:
            drawing.text(x + 8, y, one.task, "text", form.small, weight=600)
        if one.lost:
            drawing.uses(Sign.LOST)
            drawing.cross(x + width - gap, y, "lost")
    drawing.close_group()


def _stretches(program: Program) -> list[Stretch]:
    """Pair what a program printed when it took a task and when it had done it."""
    open_ones: dict[str, float] = {}
    found = []
    last = 0.0

    def close(until: float, *, lost: bool) -> None:
        for task, began in open_ones.items():
            found.append(Stretch(task, began, until, done=False, lost=lost))
        open_ones.clear()

    for line in program.output:
        if line.kind == "event" and line.text is STARTED:
            close(last, lost=True)  # in the hand of its former life
        last = line.time
        if line.kind != "out" or not isinstance(line.text, str):
            continue
        if taken := TAKEN.match(line.text):
            open_ones[taken[1]] = line.time
        elif (done := DONE.match(line.text)) and done[1] in open_ones:
            found.append(Stretch(done[1], open_ones.pop(done[1]), line.time, done=True))
    close(program.now if program.running else last, lost=not program.running)
    return sorted(found, key=lambda one: one.began)


STATES = {
    "works": Text(en="works", ko="일함"),
    "waits": Text(en="waits", ko="기다림"),
    "holds": Text(en="holds the lock", ko="락을 쥐고 일함"),
    "sleeps": Text(en="holds the lock, asleep", ko="락을 쥔 채 잠듦"),
    "owner works": Text(en="works for the others", ko="다른 스레드의 일을 함"),
    "owner sleeps": Text(en="asleep", ko="잠듦"),
}
"""What a thread may be doing, in the words of the picture."""

_SPENT = Text(en="{}: {}, until {}", ko="{}: {}, {}에 끝남")
_SINCE = Text(en="time since the first mark", ko="첫 기록부터 지난 시간")
_WAITED = Text(en="waited {}", ko="기다린 시간 {}")


@dataclass(frozen=True, slots=True)
class Span:
    """What somebody did, from and until when, in seconds."""

    state: str
    began: float
    ended: float


class Gantt(Picture):
    """What each thread did, and when, from marks that it sets itself.

    Parameters
    ----------
    *lanes : str
        Who is drawn, from above; others follow as they come.

    Examples
    --------
    >>> chart = Gantt("anna")
    >>> chart.mark("anna", "works")  # from now on
    >>> chart.mark("anna", "waits")
    >>> chart.mark("anna")  # anna is done
    >>> [span.state for span in chart.lanes["anna"]]
    ['works', 'waits']
    """

    title = Text(en="Who did what, and when", ko="스레드별 시간")

    def __init__(self, *lanes: str) -> None:
        self._names = lanes
        self._marks: list[tuple[float, str, str]] = []

    def mark(self, lane: str, state: str = "") -> None:
        """Note that `lane` does this from now on; without a state, that it is done.

        Parameters
        ----------
        lane : str
            Who, by the name that the picture gives.
        state : str, optional
            A key of `STATES`.
        """
        if state and state not in STATES:
            raise ValueError(f"{state!r}: write one of {', '.join(STATES)}")
        self._marks.append((time.perf_counter(), lane, state))  # in one step, from any thread

    @property
    def lanes(self) -> dict[str, list[Span]]:
        """What each did, in order; times are seconds since the first mark."""
        marks = sorted(self._marks, key=lambda mark: mark[0])
        first = marks[0][0] if marks else 0.0
        found: dict[str, list[Span]] = {name: [] for name in self._names}
        current: dict[str, tuple[float, str]] = {}
        for at, lane, state in marks:
            spans = found.setdefault(lane, [])
            began, before = current.get(lane, (at, ""))
            if before:
                spans.append(Span(before, began - first, at - first))
            current[lane] = at, state
        return found

    def spent(self, lane: str, *states: str) -> float:
        """Seconds that `lane` spent in these states."""
        return sum(one.ended - one.began for one in self.lanes[lane] if one.state in states)

    def together(self, *states: str) -> int:
        """How many were in one of these states at the same time, at most."""
        steps = [
            step
            for lane in self.lanes.values()
            for one in lane
            if one.state in states
            for step in ((one.began, 1), (one.ended, -1))
        ]
        most = now = 0
        for _at, change in sorted(steps):  # at one and the same moment, who ends comes first
            now += change
            most = max(most, now)
        return most

    def sentences(self, language: Language) -> list[str]:
        """The chart in words: how long each was in each state, and until when."""
        told = []
        for name, lane in self.lanes.items():
            if not lane:
                continue
            parts = [
                f"{STATES[state][language]} "
                f"{duration(self.spent(name, state), language, spelled=True)}"
                for state in _in_order(one.state for one in lane)
            ]
            until = duration(lane[-1].ended, language, spelled=True)
            told.append(_SPENT[language].format(name, ", ".join(parts), until))
        return [*told, measured(language)]

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw a lane a thread, the time below, and what the bars mean."""
        lanes = self.lanes
        end = max((one.ended for lane in lanes.values() for one in lane), default=0.0)
        tails = {name: self._waited(name, language) for name in lanes}
        sheet = Lanes(end, tails, language, form)
        for name, lane in lanes.items():
            sheet.head(name)
            for one in lane:
                words = f"{STATES[one.state][language]}: "
                sheet.drawing.open_group(words + duration(one.ended - one.began, language))
                x, width = sheet.x(one.began), sheet.x(one.ended) - sheet.x(one.began)
                _span(sheet.drawing, one.state, x, sheet.y, width)
                sheet.drawing.close_group()
            if tails[name]:
                sheet.tail(lane[-1].ended, tails[name])
        entries = [
            Entry(_swatch(sheet.drawing, state), 30, STATES[state][language])
            for state in _in_order(one.state for lane in lanes.values() for one in lane)
        ]
        return sheet.foot(_SINCE[language], entries)

    def _waited(self, name: str, language: Language) -> str:
        waited = self.spent(name, "waits")
        return _WAITED[language].format(duration(waited, language)) if waited else ""


def _swatch(drawing: Drawing, state: str) -> Callable[[float, float], None]:
    """Draw a state in the legend."""
    return lambda x, y: _span(drawing, state, x, y, 30, high=16)


def _in_order(states: Iterable[str]) -> list[str]:
    there = set(states)
    return [state for state in STATES if state in there]


def _span(
    drawing: Drawing, state: str, x: float, y: float, width: float, high: float = BAR * 1.5
) -> None:
    """Work fills a bar, waiting is a dotted line, what others wait for is high, sleep hollow."""
    width = max(width, 1.0)
    top = y - high / 2
    if state == "waits":
        drawing.line(x + 1, y, max(x + 1, x + width - 1), y, "waiting", 3, "1 6")
    elif state == "works":
        drawing.rect(x, y - high / 6, width, high / 3, "accent")
    elif state in ("holds", "owner works"):
        drawing.rect(x, top, width, high, "accent", "text", 0, 1)
    else:
        drawing.rect(x, top, width, high, "page", "text", 0, 1.75, "5 3")
        if width > 3 * BODY:
            drawing.text(x + width / 2, y, "z z z", "text", 12, "middle")
