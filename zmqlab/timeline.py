"""The timeline: who worked on which task, and when.

It is drawn from what the programs printed, at the times at which they printed it: ``task N taken``
opens a bar, ``task N done`` ends it. A bar that no such line ends was in the program's hand when it
was killed, or still is in the hand of one that runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zmqlab.language import Language, Text, duration
from zmqlab.plots import measured, ticks
from zmqlab.programs import STARTED
from zmqlab.svg import HAIRLINE, NAME, SMALL, Drawing, Picture, text_width

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
