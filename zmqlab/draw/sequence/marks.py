"""Kinds of marks: each class knows its sentence, its words in the picture, and how it is drawn.

A mark is drawn by a `Pen`, which knows where lanes and moments are, and where words go in the wide
and in the narrow form. Here are the acts of sockets and the waits; messages are in
`zmqlab.draw.sequence.messages`.
"""

from __future__ import annotations

from copy import copy
from typing import NamedTuple, Protocol, Self

from zmqlab.draw.sequence.words import Phrase, Words, frame_text
from zmqlab.draw.signs import Sign
from zmqlab.draw.svg import Drawing
from zmqlab.record import Moment
from zmqlab.story.model import SETTLED, Act, Deed, Lane, Pause
from zmqlab.story.places import short, transport
from zmqlab.words.language import Language, Text, duration

BLINK = 0.02
"""Seconds; a call that waits in vain for less only looked, and is not drawn."""


class Need(NamedTuple):
    """A moment that has a row: its distance from the row above, and whether it is timed."""

    at: Moment
    space: float
    timed: bool = True


class Room(NamedTuple):
    """Pixels that a mark needs between two lanes, or beside one."""

    width: float
    first: Lane
    last: Lane


class Boxed(Protocol):
    """A message, as far as the box with its frames goes."""

    colour: str
    count: int

    @property
    def until(self) -> int:
        """The number of the event by which its remark is true."""

    def cells(self, longest: int) -> list[tuple[str, str]]:
        """What stands in the box: for each frame its text and its length."""

    def remark(self, language: Language) -> str:
        """The words beside it."""


class Pen(Protocol):
    """What marks are drawn with: the places of lanes and moments, and where words go."""

    language: Language
    lines: Drawing
    """Below the words."""
    labels: Drawing
    bottom: float
    """Where the lanes end."""
    scale: float
    """How large heads, bars and distances are: 1 in the wide form."""

    def shows(self, lane: Lane) -> bool:
        """Whether the picture has this lane."""

    def x(self, lane: Lane) -> float:
        """Where a lane is."""

    def y(self, at: Moment) -> float:
        """Where a moment is."""

    def side(self, lane: Lane) -> int:
        """Towards which side of its lane a message without a receiver is drawn: 1 or -1."""

    def depth(self, at: Moment, lane: Lane) -> int:
        """How many messages wait beside a lane at a moment."""

    def measure(self, phrases: list[Phrase]) -> float:
        """How wide words are."""

    def box_width(self, mark: Boxed) -> float:
        """How wide the box of a message is."""

    def beside(self, lane: Lane, y: float, phrases: list[Phrase], gap: float = 14) -> None:
        """Write words beside a lane."""

    def dashed(
        self,
        start: Lane,
        end: Lane,
        y: float,
        phrase: Phrase,
        *,
        head: bool = False,
        broken: bool = False,
        refused: bool = False,
    ) -> None:
        """Draw a dashed line between two lanes, with words in it."""

    def chip(self, mark: Boxed, x: float, y: float, side: int) -> None:
        """Write the frames in a box, and the note, from `x` on towards `side`."""

    def chip_along(self, mark: Boxed, x: float, y: float, ends: list[tuple[float, float]]) -> None:
        """Write the frames in a box on an arrow, and the note below."""

    def note(self, mark: Boxed, top: float, end: float, x: float, side: int) -> None:
        """Write the note beside a queue."""

    def stroke(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Note that there is a line, so that no words are put on it."""


class Mark:
    """One item of the picture.

    Attributes
    ----------
    at : Moment
        Where it stands in the picture.
    lane : Lane
        Whose it is.
    number : int
        The number of its event.
    count : int
        For how many alike ones it stands.
    """

    def __init__(self, at: Moment, lane: Lane) -> None:
        self.at = at
        self.lane = lane
        self.number = at.order
        self.count = 1

    @property
    def signature(self) -> tuple[object, ...] | None:
        """Marks with equal signatures are alike; None is like no other."""
        return None

    def folded(self, count: int) -> Self:
        """A mark that stands for several."""
        one = copy(self)
        one.count = count
        return one

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 28.0)]

    def sentence(self, words: Words) -> str:
        """What happened, as a sentence."""
        raise NotImplementedError

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        raise NotImplementedError

    def rooms(self, pen: Pen) -> list[Room]:
        """How wide it is."""
        return [Room(pen.measure(self.phrases(pen.language)) + 34, self.lane, self.lane)]

    def spot(self, pen: Pen) -> tuple[float, int]:
        """From where on, and to which side, its words stand above it, in the narrow form."""
        return pen.x(self.lane), pen.side(self.lane)

    def draw(self, pen: Pen) -> None:
        """Draw it."""
        raise NotImplementedError


class Deeds(Mark):
    """An act of a socket, or something that happened to a connection of it."""

    def __init__(self, act: Act) -> None:
        super().__init__(act.at, act.lane)
        self.act = act

    @property
    def peers(self) -> list[Lane]:
        """Whom it concerns, apart from the lane itself."""
        return [lane for lane in self.act.peers if lane is not self.lane]

    def shown_peers(self, pen: Pen) -> list[Lane]:
        """Those of them that the picture has."""
        return [lane for lane in self.peers if pen.shows(lane)]

    @property
    def how(self) -> str:
        """The transport."""
        return transport(self.act.endpoint)

    def spot(self, pen: Pen) -> tuple[float, int]:
        """Between the lanes that it concerns, or beside its own."""
        ends = self.ends(pen)
        if not ends:
            return super().spot(pen)
        return (pen.x(self.lane) + pen.x(ends[0])) / 2, 0

    def ends(self, pen: Pen) -> list[Lane]:
        """Lanes that it is drawn to."""
        return []


class New(Deeds):
    """A new socket in a lane that had one before."""

    def sentence(self, words: Words) -> str:
        """What happened."""
        who = words.subject(self.lane)
        kind = self.act.note
        return words.say(
            f"{who} goes on with a new socket" + (f" of type {kind}." if kind else "."),
            f"{self.lane.name['ko']} 자리에 새 "
            + (f"{kind} " if kind else "")
            + "소켓을 만듭니다.",
        )

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        words = Text(en="new socket", ko="새 소켓")[language]
        return [Phrase(f"{words} {self.act.note}".rstrip())]

    def draw(self, pen: Pen) -> None:
        """Draw the bar at which the lane begins again."""
        x, y = pen.x(self.lane), pen.y(self.at)
        pen.labels.uses(Sign.NEW)
        pen.labels.line(x - 7, y, x + 7, y, "quiet", 2)
        pen.beside(self.lane, y, self.phrases(pen.language))


class Endpoint(Deeds):
    """A call that binds or connects: a square on the lane."""

    filled = True
    sign = Sign.BINDS

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        return [Phrase(f"{self.act.deed.value} {short(self.act.endpoint)}", mono=True)]

    def draw(self, pen: Pen) -> None:
        """Draw the square."""
        x, y = pen.x(self.lane), pen.y(self.at)
        fill = "quiet" if self.filled else "page"
        pen.labels.uses(self.sign)
        pen.labels.rect(x - 5, y - 5, 10, 10, fill, "quiet", 1, 1.75)
        pen.beside(self.lane, y, self.phrases(pen.language))


class Bind(Endpoint):
    """A bind."""

    def sentence(self, words: Words) -> str:
        """What happened."""
        who = words.subject(self.lane)
        return words.say(f"{who} binds ({self.how}).", f"{who} 바인드합니다({self.how}).")


class Connect(Endpoint):
    """A connect."""

    filled = False
    sign = Sign.CONNECTS

    def sentence(self, words: Words) -> str:
        """What happened."""
        who, how = words.subject(self.lane), self.how
        peers = words.names(self.act.peers)
        if self.act.peers and self.act.peers[0].outside:
            return words.say(
                f"{who} connects to {peers} ({how}), which is not on the stage.",
                f"{who} 스테이지 밖의 {peers}에 연결합니다({how}).",
            )
        if peers:
            return words.say(
                f"{who} connects to {peers} ({how}).", f"{who} {peers}에 연결합니다({how})."
            )
        return words.say(
            f"{who} connects ({how}); no socket of this picture is bound there yet.",
            f"{who} 연결을 시작합니다({how}). "
            "이 그림의 소켓 가운데 그곳에 바인드한 것은 아직 없습니다.",
        )


class Leave(Deeds):
    """An unbind or a disconnect."""

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        return [Phrase(f"{self.act.deed.value} {short(self.act.endpoint)}", mono=True)]

    def draw(self, pen: Pen) -> None:
        """Draw a small bar on the lane."""
        x, y = pen.x(self.lane), pen.y(self.at)
        pen.labels.line(x - 5, y, x + 5, y, "quiet", 2)
        pen.beside(self.lane, y, self.phrases(pen.language))


class Unbind(Leave):
    """An unbind."""

    def sentence(self, words: Words) -> str:
        """What happened."""
        who = words.subject(self.lane)
        return words.say(f"{who} unbinds ({self.how}).", f"{who} 바인드를 풉니다({self.how}).")


class Disconnect(Leave):
    """A disconnect."""

    def sentence(self, words: Words) -> str:
        """What happened."""
        who = words.subject(self.lane)
        return words.say(f"{who} disconnects ({self.how}).", f"{who} 연결을 끊습니다({self.how}).")


class Between(Deeds):
    """Something that happens to a connection: a dashed line from lane to lane."""

    def ends(self, pen: Pen) -> list[Lane]:
        """Lanes that it is drawn to."""
        return self.shown_peers(pen)

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 22.0, timed=self.act.took > SETTLED)]

    def rooms(self, pen: Pen) -> list[Room]:
        """How wide it is."""
        width = pen.measure(self.phrases(pen.language)) + 56
        peers = self.shown_peers(pen)
        return [Room(width, self.lane, peers[0] if peers else self.lane)]


class Linked(Between):
    """A connection between two sockets of the stage is there."""

    def sentence(self, words: Words) -> str:
        """What happened."""
        who, peers = words.subject(self.lane), words.names(self.act.peers)
        took = words.time(self.act.took)
        return words.say(
            f"{who} and {peers} are connected"
            + (f", {took} after both were there." if self.act.handshake else "."),
            f"{words.names([self.lane, *self.act.peers])} 사이에 연결이 맺어집니다"
            + (f"(둘 다 준비된 뒤 {took})." if self.act.handshake else "."),
        )

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        if not self.act.handshake:
            return [Phrase(Text(en="connected", ko="연결")[language], "handshake")]
        words = Text(en="connected after {}", ko="{} 뒤 연결됨")
        return [Phrase(words[language].format(duration(self.act.took, language)), "handshake")]

    def draw(self, pen: Pen) -> None:
        """Draw the line."""
        pen.labels.uses(Sign.HANDSHAKE)
        for peer in self.shown_peers(pen):
            pen.dashed(self.lane, peer, pen.y(self.at), self.phrases(pen.language)[0])


class Up(Linked):
    """A connection to a peer outside is there."""


class Down(Between):
    """A connection to a peer outside is lost."""

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 28.0)]

    def sentence(self, words: Words) -> str:
        """What happened."""
        who, peers = words.subject(self.lane), words.names(self.act.peers)
        return words.say(
            f"The connection between {who} and {peers} is lost.",
            f"{words.names([self.lane, *self.act.peers])} 사이의 연결이 끊깁니다.",
        )

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        return [Phrase(Text(en="connection lost", ko="연결 끊김")[language], "handshake")]

    def draw(self, pen: Pen) -> None:
        """Draw the line with its ✕."""
        pen.labels.uses(Sign.HANDSHAKE)
        for peer in self.shown_peers(pen):
            pen.dashed(self.lane, peer, pen.y(self.at), self.phrases(pen.language)[0], broken=True)


class Retry(Between):
    """A connect was refused, for nobody was bound there; it is tried again."""

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 28.0)]

    def sentence(self, words: Words) -> str:
        """What happened."""
        who, times, wait = words.subject(self.lane), self.act.times, words.time(self.act.took)
        if times > 1:
            return words.say(
                f"{who} is refused {times:,} times: nobody is bound there.",
                f"{who} 연결을 {times:,}번 거절당합니다. 그곳에 바인드한 소켓이 없습니다.",
            )
        again = words.say(f" It tries again after {wait}.", f" {wait} 뒤에 다시 시도합니다.")
        return words.say(
            f"{who} is refused: nobody is bound there.",
            f"{who} 연결을 거절당합니다. 그곳에 바인드한 소켓이 없습니다.",
        ) + (again if self.act.took else "")

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        words = Text(en="refused", ko="연결 거절")[language]
        if self.act.times > 1:
            return [Phrase(f"{words} × {self.act.times:,}", "lost")]
        again = Text(en=", again in {}", ko=", {} 뒤 다시")[language]
        if self.act.took:
            words += again.format(duration(self.act.took, language))
        return [Phrase(words, "lost")]

    def draw(self, pen: Pen) -> None:
        """Draw the line that ends in a red ✕ before it arrives."""
        pen.labels.uses(Sign.REFUSED)
        y = pen.y(self.at)
        for peer in self.shown_peers(pen)[:1]:
            pen.dashed(self.lane, peer, y, self.phrases(pen.language)[0], refused=True)
        if not self.shown_peers(pen):
            x = pen.x(self.lane)
            pen.labels.cross(x + 12, y, "lost", 5)
            pen.beside(self.lane, y, self.phrases(pen.language), 24)


class Subscribe(Deeds):
    """A subscription."""

    @property
    def topic(self) -> str:
        """The topic as text."""
        return frame_text(self.act.frame)[0] if self.act.frame else ""

    def ends(self, pen: Pen) -> list[Lane]:
        """Whom it is sent to at once. An XPUB socket shows when it reads it."""
        return [lane for lane in self.shown_peers(pen) if lane.type != "XPUB"]

    def sentence(self, words: Words) -> str:
        """What happened."""
        who = words.subject(self.lane)
        if not self.topic:
            return words.say(f"{who} subscribes to everything.", f"{who} 모든 메시지를 구독합니다.")
        return words.say(
            f"{who} subscribes to what begins with “{self.topic}”.",
            f"{who} “{self.topic}” 접두사를 구독합니다.",
        )

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        return [Phrase(f'{self.verb} "{self.topic}"', mono=True)]

    verb = "subscribe"

    def draw(self, pen: Pen) -> None:
        """Draw the diamond on the lane, and the way to the publisher."""
        x, y = pen.x(self.lane), pen.y(self.at)
        pen.labels.uses(Sign.SUBSCRIPTION)
        receivers = self.ends(pen)
        for peer in receivers:
            pen.dashed(self.lane, peer, y, self.phrases(pen.language)[0], head=True)
        pen.labels.polygon([(x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5)], "handshake")
        if not receivers:
            pen.beside(self.lane, y, self.phrases(pen.language))


class Unsubscribe(Subscribe):
    """The end of a subscription."""

    verb = "unsubscribe"

    def sentence(self, words: Words) -> str:
        """What happened."""
        who = words.subject(self.lane)
        return words.say(
            f"{who} cancels its subscription “{self.topic}”.",
            f"{who} “{self.topic}” 구독을 취소합니다.",
        )


class Heard(Subscribe):
    """An XPUB socket reads a subscription."""

    def sentence(self, words: Words) -> str:
        """What happened."""
        who, peers = words.subject(self.lane), words.names(self.act.peers)
        return words.say(
            f"{who} hears of the subscription “{self.topic}” of {peers}.",
            f"{who} {peers}의 “{self.topic}” 구독을 받습니다.",
        )

    def ends(self, pen: Pen) -> list[Lane]:
        """The subscriber."""
        return self.shown_peers(pen)

    def draw(self, pen: Pen) -> None:
        """Draw the way from the subscriber."""
        pen.labels.uses(Sign.SUBSCRIPTION)
        for peer in self.shown_peers(pen):
            pen.dashed(peer, self.lane, pen.y(self.at), self.phrases(pen.language)[0], head=True)


class Failed(Deeds):
    """A call other than a send raised."""

    def sentence(self, words: Words) -> str:
        """What happened."""
        who, note = words.subject(self.lane), self.act.note
        return words.say(
            f"{who} calls {note.replace(':', '() and is refused:')}.",
            f"{self.lane.name['ko']}의 {note.replace(': ', '() 호출이 거절됩니다(')}).",
        )

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        return [Phrase(self.act.note.replace(":", "()", 1), "lost", mono=True)]

    def draw(self, pen: Pen) -> None:
        """Draw the ✕ beside the lane."""
        x, y = pen.x(self.lane), pen.y(self.at)
        pen.labels.uses(Sign.REFUSED)
        pen.labels.cross(x + 12, y, "lost", 5)
        pen.beside(self.lane, y, self.phrases(pen.language), 24)


class Close(Deeds):
    """A close: the end of the lane."""

    def sentence(self, words: Words) -> str:
        """What happened."""
        who = words.subject(self.lane)
        if self.act.unanswered:
            return words.say(
                f"{who} is closed with a request that it has not answered.",
                f"{who} 요청에 응답하지 않은 채 닫힙니다.",
            )
        return words.say(f"{who} is closed.", f"{words.object(self.lane)} 닫습니다.")

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        told = [Phrase("close", mono=True)]
        if self.act.unanswered:
            lost = Text(en="request lost, no reply sent", ko="응답 없이 닫혀 요청 유실")
            told.append(Phrase(lost[language], "lost"))
        return told

    def draw(self, pen: Pen) -> None:
        """Draw the ✕ at the lane's end."""
        x, y = pen.x(self.lane), pen.y(self.at)
        pen.labels.uses(Sign.CLOSED)
        pen.labels.cross(x, y, "text")
        pen.beside(self.lane, y, self.phrases(pen.language))


class StoppedWaiting(Mark):
    """A call that waited in vain."""

    def __init__(self, pause: Pause) -> None:
        super().__init__(pause.ended, pause.lane)
        self.pause = pause

    @property
    def signature(self) -> tuple[object, ...]:
        """Waits of one lane are alike."""
        return ("gave up", id(self.lane))

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 26.0)]

    def sentence(self, words: Words) -> str:
        """What happened."""
        who = words.subject(self.lane)
        if self.count > 1:
            return words.say(
                f"{who} stops waiting {self.count:,} more times; nothing comes.",
                f"{who} {self.count:,}번 더 기다리지만 메시지가 오지 않습니다.",
            )
        waited = words.time(self.pause.seconds)
        return words.say(
            f"{who} waits for a message and stops waiting after {waited}; nothing has come.",
            f"{who} 메시지를 기다리지만 오지 않아 {waited} 뒤에 대기를 그만둡니다.",
        )

    def phrases(self, language: Language) -> list[Phrase]:
        """Its words in the picture."""
        words = Text(en="stopped waiting after {}", ko="{} 뒤 대기 중단")[language]
        told = words.format(duration(self.pause.seconds, language))
        if self.count > 1:
            told = f"{Text(en='stopped waiting', ko='대기 중단')[language]} × {self.count:,}"
        return [Phrase(told, "waiting")]

    def draw(self, pen: Pen) -> None:
        """Draw the bar that ends the wait."""
        x, y = pen.x(self.lane), pen.y(self.at)
        pen.labels.uses(Sign.GAVE_UP)
        pen.labels.line(x - 8, y, x + 8, y, "waiting", 2.5)
        pen.beside(self.lane, y, self.phrases(pen.language))


KINDS: dict[Deed, type[Deeds]] = {
    Deed.NEW: New,
    Deed.BIND: Bind,
    Deed.UNBIND: Unbind,
    Deed.CONNECT: Connect,
    Deed.DISCONNECT: Disconnect,
    Deed.SUBSCRIBE: Subscribe,
    Deed.UNSUBSCRIBE: Unsubscribe,
    Deed.HEARD: Heard,
    Deed.LINKED: Linked,
    Deed.UP: Up,
    Deed.DOWN: Down,
    Deed.RETRY: Retry,
    Deed.FAILED: Failed,
    Deed.CLOSE: Close,
}
"""The mark for each kind of act."""
