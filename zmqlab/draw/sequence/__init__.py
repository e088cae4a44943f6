"""The sequence diagram: lanes from left to right, time from top to bottom.

`Sequence` turns a `zmqlab.story.Story` into marks (messages, acts of sockets, waits in vain), folds
alike ones that follow each other, and gives them a sheet to be drawn on. What must stay true: each
mark has its sentence, and each drawn part the number of its event; the sentences are the same from
run to run but for the measured times.
"""

from __future__ import annotations

from zmqlab.draw.picture import Drawn, Line, Picture
from zmqlab.draw.sequence.folding import fold
from zmqlab.draw.sequence.marks import BLINK, KINDS, Mark, StoppedWaiting
from zmqlab.draw.sequence.messages import MessageMark, messages_of
from zmqlab.draw.sequence.sheet import Boxes, Captions, Scene
from zmqlab.draw.sequence.words import Words
from zmqlab.draw.svg import WIDE, Form
from zmqlab.record import MIME, Record
from zmqlab.story.model import End, Fate, Pause, Story
from zmqlab.words.language import Language, Text

__all__ = ["Sequence"]

_MORE = Text(en="{} more messages are not drawn.", ko="메시지 {}개는 그리지 않았습니다.")
SHORTER = (24, 16, 10)
"""Characters of a frame that boxes show: as many as there is room for."""


class Sequence(Picture):
    """Picture of who sent what to whom.

    Parameters
    ----------
    story : Story
        What happened.
    limit : int, optional
        At most so many marks are shown.
    record : Record, optional
        What the story was told from. With it the page can play the picture.
    """

    title = Text(en="Sequence diagram", ko="시퀀스 다이어그램")

    def __init__(self, story: Story, limit: int = 60, record: Record | None = None) -> None:
        self.story = story
        self.record = record
        self.record_name = record.name if record else ""
        self.lanes = [lane for lane in story.lanes if lane.shown]
        marks = fold(_marks(story))
        self.items = marks[:limit]
        hidden = sum(mark.count for mark in marks[limit:] if isinstance(mark, MessageMark))
        unknown = sum(message.fate is Fate.UNKNOWN for message in story.messages)
        self.more = hidden + unknown + story.skipped
        self.cut = marks[limit].at.order if len(marks) > limit else None

    def _repr_mimebundle_(self, **_options: object) -> dict[str, object]:
        return {MIME: self.record.plain()} if self.record else {}

    def told(self, language: Language) -> list[Line]:
        """The picture in words, in order, with the numbers of the events."""
        words = Words(language, self.story.lanes)
        told = [Line(mark.sentence(words), mark.number) for mark in self.items]
        told += [
            Line(_goes_on(pause, words), pause.began.order)
            for pause in self.story.pauses
            if pause.end is End.GOES_ON and pause.lane.shown
        ]
        if self.more:
            told.append(Line(words.fill(_MORE, f"{self.more:,}")))
        return told

    def sentences(self, language: Language) -> list[str]:
        """The picture in words, in order."""
        return [line.words for line in self.told(language)]

    def text_lines(self, language: Language) -> list[str]:
        """The lines of the text alternative: the label, and the sentences by their numbers."""
        numbered = enumerate(self.sentences(language), 1)
        return [self.label(language), *(f"{n:2}. {told}" for n, told in numbered)]

    def draw(self, language: Language, form: Form = WIDE) -> Drawn | None:
        """The picture in one form: with boxes on the arrows if that fits, else with captions."""
        scene = Scene(self.story, self.lanes, self.items, self.more, self.cut)
        if not form.narrow:
            for longest in SHORTER:
                drawn = Boxes(scene, language, form, longest).drawn()
                if drawn.width <= form.width:
                    return drawn
        return Captions(scene, language, form).drawn()

    def label(self, language: Language) -> str:
        """What it is, and whose lanes it has."""
        names = ", ".join(
            f"{lane.name[language]} ({lane.type})" if lane.type else lane.name[language]
            for lane in self.lanes
        )
        return self.title[language] + (f": {names}" if names else "")


def _marks(story: Story) -> list[Mark]:
    marks: list[Mark] = [*messages_of(story)]
    marks += [KINDS[act.deed](act) for act in story.acts if act.at.order > story.mark]
    marks += [
        StoppedWaiting(pause)
        for pause in story.pauses
        if pause.end is End.GAVE_UP
        and pause.ended.order > story.mark
        and pause.call != "send"
        and pause.seconds >= BLINK
    ]
    return sorted(marks, key=lambda mark: mark.at.key)


def _goes_on(pause: Pause, words: Words) -> str:
    who = words.subject(pause.lane)
    if pause.call == "send":
        return words.say(f"{who} still waits to send.", f"{who} 아직 보내지 못하고 기다립니다.")
    return words.say(f"{who} is waiting for a message.", f"{who} 메시지를 기다리고 있습니다.")
