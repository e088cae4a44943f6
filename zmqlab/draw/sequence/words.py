"""Words of sequence diagrams: frames as people read them, names, and one language at a time."""

from __future__ import annotations

from typing import NamedTuple

from zmqlab.record import HEAD, Frame
from zmqlab.story.model import Lane, Message
from zmqlab.words.language import Language, Text, duration, particle

LONGEST_FRAME = 24
"""Characters of a frame's text that a picture shows."""
MOST_FRAMES = 5
"""Frames of one message that a picture shows."""


class Phrase(NamedTuple):
    """Words as a picture shows them."""

    words: str
    colour: str = "quiet"
    mono: bool = False
    weight: int = 400
    event: int | None = None
    """The number of the event by which they are true, if that is later than the mark's."""


def frame_text(frame: Frame, longest: int = LONGEST_FRAME) -> tuple[str, bool]:
    """A frame as people read it.

    Parameters
    ----------
    frame : Frame
        The frame.
    longest : int, optional
        Characters after which it is cut.

    Returns
    -------
    text : str
        Its text if it prints, else its bytes in hex; an ellipsis where it was cut.
    is_text : bool
        Whether it is text.
    """
    whole = frame.size <= HEAD
    if _is_text(frame):
        decoded = frame.head.decode("utf-8", errors="strict" if whole else "ignore")
        fits = whole and len(decoded) <= longest
        return (decoded if fits else decoded[: longest - 1] + "…"), True
    room = max(2, longest // 3)
    shown = frame.head[:room].hex(" ")
    return (shown if frame.size <= room else shown + " …"), False


def _is_text(frame: Frame) -> bool:
    head = frame.head
    for spare in range(4 if frame.size > HEAD else 1):
        try:
            return head[: len(head) - spare].decode("utf-8").isprintable()
        except UnicodeDecodeError:
            continue
    return False


def bytes_text(count: int, language: Language) -> str:
    """A length in running text."""
    if language == "ko":
        return f"{count:,}바이트"
    return f"{count:,} byte" + ("" if count == 1 else "s")


class Words:
    """What sentences in one language are made of."""

    def __init__(self, language: Language, lanes: list[Lane]) -> None:
        self.language: Language = language
        self._lanes = lanes

    def say(self, en: str, ko: str) -> str:
        """The words in this language."""
        return ko if self.language == "ko" else en

    def fill(self, words: Text, *values: object) -> str:
        """A text with its places filled."""
        return words[self.language].format(*values)

    def time(self, seconds: float) -> str:
        """A measured time in running text."""
        return duration(seconds, self.language, spelled=True)

    def name(self, lane: Lane | None) -> str:
        """The name of a lane, empty if there is none."""
        return lane.name[self.language] if lane else ""

    def subject(self, lane: Lane) -> str:
        """The name as the subject of a sentence."""
        name = self.name(lane)
        return particle(name, "이/가") if self.language == "ko" else name

    def object(self, lane: Lane) -> str:
        """The name as the object of a sentence."""
        name = self.name(lane)
        return particle(name, "을/를") if self.language == "ko" else name

    def names(self, lanes: list[Lane]) -> str:
        """Several names, as a list in a sentence."""
        names = [self.name(lane) for lane in lanes]
        if len(names) < 2:
            return "".join(names)
        if self.language == "ko":
            return particle(", ".join(names[:-1]), "과/와") + " " + names[-1]
        return ", ".join(names[:-1]) + " and " + names[-1]

    def ordered(self, lanes: list[Lane]) -> list[Lane]:
        """Lanes from left to right."""
        return sorted(lanes, key=self._lanes.index)

    def frames(self, message: Message) -> str:
        """The message, named so that a particle can follow: ends with "메시지(…)" in Korean."""
        shown = []
        for place, frame in enumerate(message.frames[:MOST_FRAMES]):
            text, is_text = frame_text(frame, 40)
            if place == 0 and not is_text and _routed(message) and len(message.frames) > 1:
                shown.append(self.say("routing id", "라우팅 ID"))
            elif not frame.size:
                shown.append(self.say("empty", "빈 프레임"))
            else:
                shown.append(f"“{text}”" if is_text else text)
        size = bytes_text(sum(frame.size for frame in message.frames), self.language)
        if len(message.frames) == 1:
            if not message.frames[0].size:
                return self.say("an empty message", "빈 메시지")
            return self.say(f"{shown[0]} ({size})", f"{shown[0]} 메시지({size})")
        count = len(message.frames)
        if count > MOST_FRAMES:
            shown.append("…")
        listed = " | ".join(shown)
        return self.say(f"{count} frames [{listed}]", f"프레임 {count}개 메시지[{listed}]")

    def what(self, message: Message) -> str:
        """The message as the object of a sentence."""
        told = self.frames(message)
        return told + "를" if self.language == "ko" else told


def _routed(message: Message) -> bool:
    types = [message.lane.type, *(receipt.lane.type for receipt in message.receipts)]
    return "ROUTER" in types
