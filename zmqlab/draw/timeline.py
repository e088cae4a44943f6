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
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zmqlab.language import Language, Text, duration
from zmqlab.plots import measured, ticks
from zmqlab.programs import STARTED
from zmqlab.svg import BODY, HAIRLINE, NAME, SMALL, Drawing, Picture, text_width

if TYPE_CHECKING:
    from zmqlab.programs import Program

TAKEN, DONE = re.compile(r"task (\S+) taken"), re.compile(r"task (\S+) done\b")
WIDTH, ROW, BAR = 500.0, 46.0, 24.0

_TASKS = Text(en="{} tasks", ko="{}개")
_TIME = Text(en="time since the first task was taken", ko="첫 작업을 꺼낸 뒤의 시간")


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

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw a lane a program, a bar a task, and the time below."""
        drawing = Drawing()
        marks = ticks(max(self.end, 1e-3))
        left = 40 + max(text_width(name, NAME, bold=True) for name in ["", *self.lanes])
        scale = WIDTH / max(self.end, marks[-1])
        bottom = 16 + ROW * len(self.lanes)
        for mark in marks:
            x = left + mark * scale
            drawing.line(x, 12, x, bottom + 4, HAIRLINE, 1)
            words = duration(mark, language) if mark else "0"
            drawing.text(x, bottom + 16, words, "quiet", SMALL, "middle")
        y = 16 + ROW / 2
        for name, lane in self.lanes.items():
            drawing.text(left - 16, y, name, "text", NAME, "end", weight=650)
            for one in lane:
                _bar(drawing, one, left + one.began * scale, y, (one.ended - one.began) * scale)
            count = _TASKS[language].format(sum(one.done for one in lane))
            if language == "en" and count == "1 tasks":
                count = "1 task"
            end = max((one.ended for one in lane), default=0.0)
            drawing.text(left + end * scale + 12, y, count, "text", SMALL, halo=True)
            y += ROW
        drawing.text(left, bottom + 40, _TIME[language], "quiet", SMALL)
        drawing.text(left, bottom + 60, measured(language), "quiet", SMALL)
        width = max(WIDTH + 90, text_width(measured(language), SMALL) + 24)
        return drawing, left + width, bottom + 80


def _bar(drawing: Drawing, one: Stretch, x: float, y: float, width: float) -> None:
    gap = min(1.5, width * 0.2)
    drawing.open_group(f"{one.task}: {duration(one.ended - one.began, 'en')}")
    if one.done:
        drawing.rect(x, y - BAR / 2, width - gap, BAR, "accent", radius=2)
        if text_width(one.task, SMALL) + 6 <= width:
            drawing.text(x + (width - gap) / 2, y, one.task, "page", SMALL, "middle", weight=600)
    else:
        colour = "lost" if one.lost else "accent"
        drawing.rect(x, y - BAR / 2, max(4, width - gap), BAR, "none", colour, 2, 1.75, "4 3")
        if text_width(one.task, SMALL) + 30 <= width:
            drawing.text(x + 8, y, one.task, "text", SMALL, weight=600)
        if one.lost:
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
_SINCE = Text(en="time since the first mark", ko="첫 기록 뒤의 시간")
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

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw a lane a thread, the time below, and what the bars mean."""
        drawing = Drawing()
        lanes = self.lanes
        end = max((one.ended for lane in lanes.values() for one in lane), default=0.0)
        marks = ticks(max(end, 1e-3))
        left = 40 + max(text_width(name, NAME, bold=True) for name in ["", *lanes])
        scale = WIDTH / max(end, marks[-1])
        bottom = 16 + ROW * len(lanes)
        for at in marks:
            x = left + at * scale
            drawing.line(x, 12, x, bottom + 4, HAIRLINE, 1)
            words = duration(at, language) if at else "0"
            drawing.text(x, bottom + 16, words, "quiet", SMALL, "middle")
        y, right = 16 + ROW / 2, left + WIDTH
        for name, lane in lanes.items():
            drawing.text(left - 16, y, name, "text", NAME, "end", weight=650)
            for one in lane:
                words = f"{STATES[one.state][language]}: "
                drawing.open_group(words + duration(one.ended - one.began, language))
                width = (one.ended - one.began) * scale
                _span(drawing, one.state, left + one.began * scale, y, width)
                drawing.close_group()
            if waited := self.spent(name, "waits"):
                words = _WAITED[language].format(duration(waited, language))
                x = left + lane[-1].ended * scale + 12
                drawing.text(x, y, words, "text", SMALL, halo=True)
                right = max(right, x + text_width(words, SMALL))
            y += ROW
        drawing.text(left, bottom + 38, _SINCE[language], "quiet", SMALL)
        x, y = left, bottom + 68
        for state in _in_order(one.state for lane in lanes.values() for one in lane):
            _span(drawing, state, x, y, 34)
            words = STATES[state][language]
            drawing.text(x + 44, y, words, "text", SMALL)
            x += 44 + text_width(words, SMALL) + 26
            right = max(right, x)
        drawing.text(left, bottom + 100, measured(language), "quiet", SMALL)
        right = max(right, left + text_width(measured(language), SMALL))
        return drawing, right + 20, bottom + 118


def _in_order(states: Iterable[str]) -> list[str]:
    there = set(states)
    return [state for state in STATES if state in there]


def _span(drawing: Drawing, state: str, x: float, y: float, width: float) -> None:
    """Work fills a bar, waiting is a dotted line, what others wait for is high, sleep hollow."""
    width = max(width, 1.0)
    if state == "waits":
        drawing.line(x + 1, y, max(x + 1, x + width - 1), y, "waiting", 3, "1 6")
    elif state == "works":
        drawing.rect(x, y - BAR / 4, width, BAR / 2, "accent")
    elif state in ("holds", "owner works"):
        drawing.rect(x, y - BAR * 0.75, width, BAR * 1.5, "accent", "text", 0, 1)
    else:
        drawing.rect(x, y - BAR * 0.75, width, BAR * 1.5, "page", "text", 0, 1.75, "5 3")
        if width > 3 * BODY:
            drawing.text(x + width / 2, y, "z z z", "text", SMALL, "middle")
