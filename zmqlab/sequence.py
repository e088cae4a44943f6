"""The sequence diagram: lanes from left to right, time from top to bottom.

`Sequence` turns a `zmqlab.story.Story` into a list of items (one message, one act of a socket, one
wait that ended in vain), folds alike ones that follow each other, and then writes them twice: as
sentences and as a picture. What must stay true: each item that the picture shows has its sentence;
the sentences are the same from run to run but for the measured times.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from math import log10

from zmqlab.language import Language, Text, duration, particle
from zmqlab.stage import HEAD, Frame, Moment
from zmqlab.story import SETTLED, Lane, Mark, Message, Pause, Story, transport
from zmqlab.svg import BODY, HAIRLINE, NAME, SMALL, Drawing, Picture, arrow_head, text_width

LONGEST_FRAME = 24
"""Characters of a frame's text that a picture shows."""
MOST_FRAMES = 5
"""Frames of one message that a picture shows."""
FOLD_FROM = 5
"""Alike messages from which on the ones between first and last are folded."""
LONG_WAIT = 0.1
"""Seconds from which on a wait has the colour of waiting."""


@dataclass(slots=True, eq=False)
class Item:
    """A message, an act or a wait in vain; or `count` alike ones folded."""

    thing: Message | Mark | Pause
    order: float
    signature: tuple[object, ...] | None
    count: int = 1


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
    decoded = (
        frame.head.decode("utf-8", errors="strict" if whole else "ignore")
        if _is_text(frame)
        else None
    )
    if decoded is not None:
        cut = decoded if whole and len(decoded) <= longest else decoded[: longest - 1] + "…"
        return cut, True
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


class Sequence(Picture):
    """Picture of who sent what to whom.

    Parameters
    ----------
    story : Story
        What happened.
    limit : int, optional
        At most so many items are shown.
    """

    title = Text(en="Sequence diagram", ko="시퀀스 다이어그램")

    def __init__(self, story: Story, limit: int = 60) -> None:
        self.story = story
        lanes = [lane for lane in story.lanes if lane.shown or lane.outside]
        self.lanes = [lane for lane in lanes if lane.shown]
        items = fold(_items(story))
        self.items = items[:limit]
        hidden = sum(item.count for item in items[limit:] if isinstance(item.thing, Message))
        unknown = sum(message.fate == "unknown" for message in story.messages)
        self.more = hidden + unknown + story.skipped
        self.cut = items[limit].order if len(items) > limit else float("inf")

    def sentences(self, language: Language) -> list[str]:
        """The picture in words, in order.

        Parameters
        ----------
        language : {"en", "ko"}

        Returns
        -------
        list of str
        """
        told = [_Words(self.story, language).sentence(item) for item in self.items]
        goes_on = [
            _Words(self.story, language).goes_on(pause)
            for pause in self.story.pauses
            if pause.end == "goes on" and pause.lane.shown
        ]
        if self.more:
            goes_on.append(_MORE[language].format(f"{self.more:,}"))
        return told + goes_on

    def text_lines(self, language: Language) -> list[str]:
        """The lines of the text alternative: the label, and the sentences by their numbers."""
        numbered = enumerate(self.sentences(language), 1)
        return [self.label(language), *(f"{n:2}. {told}" for n, told in numbered)]

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """The picture's shapes, its width and its height in pixels."""
        return _Painter(self, language).draw()

    def label(self, language: Language) -> str:
        """What it is, and whose lanes it has."""
        names = ", ".join(
            f"{lane.name[language]} ({lane.type})" if lane.type else lane.name[language]
            for lane in self.lanes
        )
        return self.title[language] + (f": {names}" if names else "")


# Items


def _items(story: Story) -> list[Item]:
    items: list[Item] = []
    for message in story.messages:
        if message.last > story.mark and message.fate != "unknown":
            items.append(Item(message, message.at.order, _alike(message)))
    for mark in story.marks:
        if mark.at.order > story.mark:
            items.append(Item(mark, mark.at.order, None))
    for pause in story.pauses:
        if pause.end == "gave up" and pause.ended.order > story.mark and pause.call != "send":
            items.append(Item(pause, pause.ended.order, ("gave up", id(pause.lane))))
    return sorted(items, key=lambda item: item.order)


def _alike(message: Message) -> tuple[object, ...] | None:
    if message.unanswered or message.blocked:
        return None
    return (
        message.left.order if message.left else None,
        id(message.lane),
        message.fate,
        message.reason,
        len(message.frames),
        tuple(sorted(id(receipt.lane) for receipt in message.receipts)),
        id(message.target),
    )


def fold(items: list[Item]) -> list[Item]:
    """Keep first and last of alike items that follow each other, also of a repeated few.

    Parameters
    ----------
    items : list of Item
        In order.

    Returns
    -------
    list of Item
        Between the first and the last stands one whose `count` says how many it stands for.
    """
    folded: list[Item] = []
    place = 0
    while place < len(items):
        period, repeats = _repetition(items, place)
        if repeats >= FOLD_FROM:
            folded += items[place : place + period]
            for step in range(period):
                model = items[place + period + step]
                folded.append(Item(model.thing, model.order, model.signature, repeats - 2))
            folded += items[place + (repeats - 1) * period : place + repeats * period]
            place += period * repeats
        else:
            folded.append(items[place])
            place += 1
    return folded


def _repetition(items: list[Item], place: int) -> tuple[int, int]:
    """The shortest pattern of up to six items that repeats from `place` on, and how often."""
    for period in range(1, 7):
        pattern = [item.signature for item in items[place : place + period]]
        if len(pattern) < period or None in pattern:
            break
        repeats = 1
        while True:
            start = place + repeats * period
            if [item.signature for item in items[start : start + period]] != pattern:
                break
            repeats += 1
        if repeats >= FOLD_FROM:
            return period, repeats
    return 1, 1


# Words

_MORE = Text(en="{} more messages are not drawn.", ko="메시지 {}개는 그리지 않았습니다.")
_MORE_LABEL = Text(en="{} more messages not drawn", ko="그리지 않은 메시지 {}개")
_SCALE = Text(
    en="Times are measured. Distances show the order and are not to scale.",
    ko="시각은 측정값입니다. 간격은 순서를 나타내며 시간에 비례하지 않습니다.",
)
_OUTSIDE = Text(en="not on the stage", ko="스테이지 밖")
_NEW = Text(en="new socket", ko="새 소켓")
_STOPPED = Text(en="stopped waiting after {}", ko="{} 뒤 대기 중단")
_WAITED = Text(en="waited {}", ko="{} 대기")
_STILL = Text(en="still waiting", ko="대기 중")
_BLOCKED = Text(en="send() waited {}", ko="send() {} 대기")
_BLOCKED_STILL = Text(en="send() still waiting", ko="send() 대기 중")
_UNANSWERED = Text(en="request lost, no reply sent", ko="응답 없이 닫혀 요청 유실")
_HANDSHAKE = Text(en="connected after {}", ko="{} 뒤 연결됨")
_CONNECTED = Text(en="connected", ko="연결")
_DOWN = Text(en="connection lost", ko="연결 끊김")
_EARLIER = Text(en="sent earlier", ko="앞서 보냄")
_NOT_READ = Text(en="not received yet", ko="아직 받지 않음")
_REASONS = {
    "closed unread": Text(en="lost: closed unread", ko="유실: 읽기 전에 닫힘"),
    "too late": Text(en="lost: peer closed", ko="유실: 상대가 닫힘"),
    "discarded": Text(en="thrown away by close", ko="닫으며 버림"),
    "no subscriber": Text(en="dropped: no subscriber", ko="버림: 구독자 없음"),
    "too early": Text(en="dropped: no subscription yet", ko="버림: 아직 구독 없음"),
    "no such peer": Text(en="dropped: no such peer", ko="버림: 없는 피어"),
    "client gone": Text(en="dropped: client gone", ko="버림: 클라이언트 없음"),
    "gave up": Text(en="send() given up", ko="send() 중단"),
}
# Why a publisher drops: there is no receiver to name. And why any socket does so by itself.
_UNSUBSCRIBED = ("no subscriber", "too early")
_DROPPED = (*_UNSUBSCRIBED, "no such peer", "client gone")


class _Words:
    """Sentences in one language."""

    def __init__(self, story: Story, language: Language) -> None:
        self.story = story
        self.language: Language = language

    def say(self, en: str, ko: str) -> str:
        return ko if self.language == "ko" else en

    def time(self, seconds: float) -> str:
        return duration(seconds, self.language, spelled=True)

    def subject(self, lane: Lane) -> str:
        name = lane.name[self.language]
        return particle(name, "이/가") if self.language == "ko" else name

    def object(self, lane: Lane) -> str:
        name = lane.name[self.language]
        return particle(name, "을/를") if self.language == "ko" else name

    def names(self, lanes: list[Lane]) -> str:
        names = [lane.name[self.language] for lane in lanes]
        if len(names) < 2:
            return "".join(names)
        if self.language == "ko":
            return particle(", ".join(names[:-1]), "과/와") + " " + names[-1]
        return ", ".join(names[:-1]) + " and " + names[-1]

    def sentence(self, item: Item) -> str:
        thing = item.thing
        if isinstance(thing, Message):
            return self.message(thing, item.count)
        if isinstance(thing, Mark):
            return self.act(thing)
        return self.stopped(thing, item.count)

    def frames(self, message: Message) -> str:
        """The message, named so that a particle can follow: ends with "메시지(…)" in Korean."""
        shown = []
        for place, frame in enumerate(message.frames[:MOST_FRAMES]):
            text, is_text = frame_text(frame, 40)
            if place == 0 and not is_text and self._routed(message) and len(message.frames) > 1:
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

    def _routed(self, message: Message) -> bool:
        types = [message.lane.type, *(receipt.lane.type for receipt in message.receipts)]
        return "ROUTER" in types

    def what(self, message: Message) -> str:
        told = self.frames(message)
        return told + "를" if self.language == "ko" else told

    def message(self, message: Message, count: int) -> str:
        if count > 1:
            return self.folded(message, count)
        who, what = self.subject(message.lane), self.what(message)
        to = message.target.name[self.language] if message.target else ""
        if message.fate == "delivered":
            return self.delivered(message, who, what)
        if message.fate == "refused":
            if message.reason == "gave up":
                waited = self.time(message.left.time - message.at.time) if message.left else ""
                return self.say(
                    f"{who} wants to send {what}; nobody can take it, and the call ends "
                    f"after {waited}.",
                    f"{who} {what} 보내려 하지만 받을 상대가 없어 {waited} 뒤 호출을 그만둡니다.",
                )
            return self.say(
                f"{who} tries to send {what} and is refused: {message.reason}.",
                f"{who} {what} 보내려 하지만 거절됩니다({message.reason}).",
            )
        if message.fate == "waiting":
            if message.blocked:
                return self.say(
                    f"{who} wants to send {what}; the call waits, for nobody can take it.",
                    f"{who} {what} 보내려 하지만 받을 상대가 없어 호출이 멈춰 기다립니다.",
                )
            return self.say(
                f"{who} sends {what}; nobody is there to take it, so it waits in {who}'s queue.",
                f"{who} {what} 보냅니다. 받을 상대가 없어 "
                f"{message.lane.name['ko']}의 큐에 쌓여 있습니다.",
            )
        if message.fate == "outside":
            return self.say(
                f"{who} sends {what} to {to}, which is not on the stage.",
                f"{who} 스테이지 밖의 {to}에 {what} 보냅니다.",
            )
        if message.fate == "lost":
            return self.lost(message, who, what, to)
        if to:
            return self.say(
                f"{who} sends {what} to {to}, which has not received it yet.",
                f"{who} {to}에 {what} 보냅니다. 아직 받지 않았습니다.",
            )
        return self.say(
            f"{who} sends {what}; nobody has received it yet.",
            f"{who} {what} 보냅니다. 아직 아무도 받지 않았습니다.",
        )

    def delivered(self, message: Message, who: str, what: str) -> str:
        receipts = message.receipts
        lanes = sorted((receipt.lane for receipt in receipts), key=self.story.lanes.index)
        to = self.names(lanes)
        if message.sender < 0:
            return self.say(
                f"{who}, which is not on the stage, sends {what} to {to}.",
                f"스테이지 밖의 {who} {to}에 {what} 보냅니다.",
            )
        after = self.time(max(r.at.time for r in receipts) - message.at.time)
        if message.left and message.left.order > message.at.order:
            waited = self.time(message.left.time - message.at.time)
            if message.blocked:
                told = self.say(
                    f"{who} sends {what}; the call waits {waited} until somebody can take it; "
                    f"{to} receives it {after} after the call.",
                    f"{who} {what} 보냅니다. 받을 상대가 생길 때까지 호출이 {waited} 동안 "
                    f"기다리고, 호출한 지 {after} 뒤에 {self.subject(lanes[0])} 받습니다.",
                )
            else:
                told = self.say(
                    f"{who} sends {what}; nobody is there yet, so it waits {waited} in the queue; "
                    f"{to} receives it {after} after it was sent.",
                    f"{who} {what} 보냅니다. 아직 상대가 없어 큐에서 {waited} 동안 기다리고, "
                    f"보낸 지 {after} 뒤에 {self.subject(lanes[0])} 받습니다.",
                )
        else:
            each = len(lanes) > 1
            told = self.say(
                f"{who} sends {what} to {to}; "
                + ("the last receives" if each else "received")
                + (f" it {after} later." if each else f" {after} later."),
                f"{who} {to}에 {what} 보내고, {after} 뒤에 "
                + ("모두 받습니다." if each else f"{self.subject(lanes[0])} 받습니다."),
            )
        if message.unanswered:
            told += " " + self.say(
                f"{to} is closed before it replies: the request is lost with it.",
                f"{self.subject(lanes[0])} 응답하기 전에 닫혀 이 요청은 유실됩니다.",
            )
        return told

    def lost(self, message: Message, who: str, what: str, to: str) -> str:
        target = message.target
        if message.reason == "closed unread" and target:
            return self.say(
                f"{who} sends {what} to {to}, which is closed before reading it: it is lost.",
                f"{who} {to}에 {what} 보냅니다. {self.subject(target)} 읽기 전에 닫혀 "
                "메시지가 유실됩니다.",
            )
        if message.reason == "too late" and target:
            return self.say(
                f"{who} sends {what} to {to}, which is closed already; {who} has not noticed yet, "
                "and it is lost.",
                f"{who} {to}에 {what} 보냅니다. 상대가 이미 닫혔지만 아직 알아채지 못해 "
                "메시지가 유실됩니다.",
            )
        if message.reason == "discarded":
            return self.say(
                f"{who} sends {what}; nobody is there to take it, and close() with linger 0 "
                "throws it away.",
                f"{who} {what} 보냅니다. 받을 상대가 없는 채로 종료 대기(linger) 0으로 닫혀 "
                "메시지를 버립니다.",
            )
        if message.reason == "no subscriber":
            return self.say(
                f"{who} sends {what}; nobody has subscribed to it, so it is dropped.",
                f"{who} {what} 발행합니다. 구독자가 없어 버립니다.",
            )
        if message.reason == "too early":
            return self.say(
                f"{who} sends {what} before the subscription of {to} has arrived: it is dropped.",
                f"{who} {what} 발행합니다. {to}의 구독이 아직 닿지 않아 버립니다.",
            )
        if message.reason == "no such peer":
            return self.say(
                f"{who} sends {what}; no peer has that routing id, so it is dropped.",
                f"{who} {what} 보냅니다. 그 라우팅 ID의 피어가 없어 버립니다.",
            )
        return self.say(
            f"{who} sends {what} to {to}, which is gone: it is dropped.",
            f"{who} {to}에 {what} 보냅니다. 상대가 이미 닫혀 메시지를 버립니다.",
        )

    def folded(self, message: Message, count: int) -> str:
        who = self.subject(message.lane)
        lanes = [receipt.lane for receipt in message.receipts]
        lanes = lanes or ([message.target] if message.target else [])
        lanes.sort(key=self.story.lanes.index)
        published = message.reason in _UNSUBSCRIBED
        to = "" if published else self.names(lanes)
        number = f"{count:,}"
        en = f"{who} sends {number} more like it" + (f" to {to}" if to else "")
        ko = f"{who} " + (f"{to}에 " if to else "") + f"이런 메시지 {number}개를 더 "
        ko += "발행합니다" if published else "보냅니다"
        endings = {
            "delivered": ("; all are received.", ". 모두 받습니다."),
            "refused": (f"; all are refused ({message.reason}).", ". 모두 거절됩니다."),
            "lost": ("; all are lost.", ". 모두 유실됩니다."),
            "open": ("; none has been received yet.", ". 아직 아무도 받지 않았습니다."),
        }
        end_en, end_ko = endings.get(message.fate, (".", "."))
        if message.reason in _DROPPED:
            end_en, end_ko = "; all are dropped.", ". 모두 버립니다."
        return self.say(en + end_en, ko + end_ko)

    def act(self, mark: Mark) -> str:
        who, kind = self.subject(mark.lane), mark.kind
        peers = self.names(mark.peers)
        how = transport(mark.endpoint)
        topic = f"“{frame_text(mark.frame)[0]}”" if mark.frame else ""
        if kind == "socket":
            return self.say(
                f"{who} goes on with a new socket"
                + (f" of type {mark.note}." if mark.note else "."),
                f"{mark.lane.name['ko']} 자리에 새 "
                + (f"{mark.note} " if mark.note else "")
                + "소켓을 만듭니다.",
            )
        if kind == "bind":
            return self.say(f"{who} binds ({how}).", f"{who} 바인드합니다({how}).")
        if kind == "connect":
            if mark.peers and mark.peers[0].outside:
                return self.say(
                    f"{who} connects to {peers} ({how}), which is not on the stage.",
                    f"{who} 스테이지 밖의 {peers}에 연결합니다({how}).",
                )
            if peers:
                return self.say(
                    f"{who} connects to {peers} ({how}).", f"{who} {peers}에 연결합니다({how})."
                )
            return self.say(
                f"{who} connects ({how}); no socket of this picture is bound there yet.",
                f"{who} 연결을 시작합니다({how}). "
                "이 그림의 소켓 가운데 그곳에 바인드한 것은 아직 없습니다.",
            )
        if kind == "linked":
            took = self.time(mark.took)
            return self.say(
                f"{who} and {peers} are connected"
                + (f", {took} after both were there." if mark.note else "."),
                f"{self.names([mark.lane, *mark.peers])} 사이에 연결이 맺어집니다"
                + (f"(둘 다 준비된 뒤 {took})." if mark.note else "."),
            )
        if kind == "up":
            return self.say(
                f"{who} and {peers} are connected, {self.time(mark.took)} after both were there.",
                f"{self.names([mark.lane, *mark.peers])} 사이에 연결이 맺어집니다"
                f"(둘 다 준비된 뒤 {self.time(mark.took)}).",
            )
        if kind == "down":
            return self.say(
                f"The connection between {who} and {peers} is lost.",
                f"{self.names([mark.lane, *mark.peers])} 사이의 연결이 끊깁니다.",
            )
        if kind == "subscribe":
            if mark.frame and not mark.frame.size:
                return self.say(
                    f"{who} subscribes to everything.", f"{who} 모든 메시지를 구독합니다."
                )
            return self.say(
                f"{who} subscribes to what begins with {topic}.",
                f"{who} {topic} 접두사를 구독합니다.",
            )
        if kind == "unsubscribe":
            return self.say(
                f"{who} cancels its subscription {topic}.", f"{who} {topic} 구독을 취소합니다."
            )
        if kind == "heard":
            return self.say(
                f"{who} hears of the subscription {topic} of {peers}.",
                f"{who} {peers}의 {topic} 구독을 받습니다.",
            )
        if kind == "refused":
            return self.say(
                f"{who} calls {mark.note.replace(':', '() and is refused:')}.",
                f"{mark.lane.name['ko']}의 {mark.note.replace(': ', '() 호출이 거절됩니다(')}).",
            )
        if kind == "close":
            if mark.unanswered:
                return self.say(
                    f"{who} is closed with a request that it has not answered.",
                    f"{who} 요청에 응답하지 않은 채 닫힙니다.",
                )
            return self.say(f"{who} is closed.", f"{self.object(mark.lane)} 닫습니다.")
        if kind == "unbind":
            return self.say(f"{who} unbinds ({how}).", f"{who} 바인드를 풉니다({how}).")
        return self.say(f"{who} disconnects ({how}).", f"{who} 연결을 끊습니다({how}).")

    def stopped(self, pause: Pause, count: int) -> str:
        who = self.subject(pause.lane)
        if count > 1:
            return self.say(
                f"{who} stops waiting {count:,} more times; nothing comes.",
                f"{who} {count:,}번 더 기다리지만 메시지가 오지 않습니다.",
            )
        waited = self.time(pause.ended.time - pause.began.time)
        return self.say(
            f"{who} waits for a message and stops waiting after {waited}; nothing has come.",
            f"{who} 메시지를 기다리지만 오지 않아 {waited} 뒤에 대기를 그만둡니다.",
        )

    def goes_on(self, pause: Pause) -> str:
        who = self.subject(pause.lane)
        if pause.call == "send":
            return self.say(f"{who} still waits to send.", f"{who} 아직 보내지 못하고 기다립니다.")
        return self.say(f"{who} is waiting for a message.", f"{who} 메시지를 기다리고 있습니다.")


# Picture

MARGIN = 68
TOP = 18
HEAD_HEIGHT = 54
BOX = 24


def _short(endpoint: str) -> str:
    """An endpoint as a mark shows it: ``:5555`` where the host says nothing."""
    how, _, address = endpoint.partition("://")
    if how == "tcp":
        host, _, port = address.rpartition(":")
        return f":{port}" if host in ("127.0.0.1", "localhost", "0.0.0.0", "*") else address
    text = f"{how}://{address}"
    return text if len(text) <= 26 else text[:25] + "…"


class _Painter:
    """One drawing in one language."""

    def __init__(self, sequence: Sequence, language: Language) -> None:
        self.story = sequence.story
        self.sequence = sequence
        self.language: Language = language
        self.words = _Words(self.story, language)
        self.items = sequence.items
        self.lanes = sequence.lanes
        self.column = {id(lane): n for n, lane in enumerate(self.lanes)}
        self.drawing, self.lines, self.labels = Drawing(), Drawing(), Drawing()
        self.segments: list[tuple[float, float, float, float]] = []
        self.boxes: list[tuple[Item, float, float, list[tuple[float, float]]]] = []
        self.notes: list[tuple[Item, float, float, float, int]] = []
        self.placed: list[tuple[float, float, float, float]] = []
        self.y: dict[float, float] = {}
        self.times: dict[float, float] = {}

    # Where things stand

    def draw(self) -> tuple[Drawing, float, float]:
        self._columns()
        self._rows()
        self._paint()
        return self.drawing, self.width, self.height

    def _head_width(self, lane: Lane) -> float:
        name = text_width(lane.name[self.language], NAME, bold=True)
        return max(96.0, name + 28, self._plate_width(lane) + 24)

    def _plate_width(self, lane: Lane) -> float:
        if lane.outside:
            return text_width(_OUTSIDE[self.language], SMALL)
        squares = 14 * (lane.binds + lane.connects)
        return text_width(lane.type, SMALL, mono=True) + 14 + squares

    def _columns(self) -> None:
        count = len(self.lanes)
        gaps = [
            max(
                {2: 200.0, 3: 180.0}.get(count, 165.0),
                (self._head_width(self.lanes[n]) + self._head_width(self.lanes[n + 1])) / 2 + 20,
            )
            for n in range(count - 1)
        ]
        right = self._head_width(self.lanes[-1]) / 2 + 16 if self.lanes else 200.0
        for need, first, last in self._needs():
            if first == last:  # words beside a lane
                if last < count - 1:
                    gaps[last] = max(gaps[last], need)
                elif count == 1:
                    right = max(right, need)
                else:
                    gaps[last - 1] = max(gaps[last - 1], need)
            else:
                room = sum(gaps[first:last])
                if room < need:
                    for n in range(first, last):
                        gaps[n] += (need - room) / (last - first)
        left = MARGIN + (self._head_width(self.lanes[0]) / 2 if self.lanes else 0)
        self.x = [left]
        for gap in gaps:
            self.x.append(self.x[-1] + gap)
        note = _SCALE[self.language]
        self.width = max(self.x[-1] + right, max(map(_small, _halves(note))) + 24)
        self.note = [note] if _small(note) + 24 <= self.width else _halves(note)

    def _needs(self) -> list[tuple[float, int, int]]:
        """Widths that items need: pixels, first column, last column."""
        needs = []
        for item in self.items:
            thing = item.thing
            if isinstance(thing, Message):
                own = self.column.get(id(thing.lane), 0)
                box = self._box_width(item)
                note = text_width(self._note(thing), SMALL) if self._note(thing) else 0
                targets = [self.column[id(lane)] for lane in self._targets(thing)]
                for target in targets:
                    extra = 96.0 if thing.left else 72.0
                    near = own + (1 if target > own else -1)
                    for far in {near, target}:
                        needs.append((max(box, note) + extra, min(own, far), max(own, far)))
                if not targets:
                    needs.append((max(box, note) + 72, own, own))
            elif isinstance(thing, Mark):
                own = self.column.get(id(thing.lane), 0)
                needs.append((self._mark_width(thing) + 34, own, own))
            else:
                own = self.column.get(id(thing.lane), 0)
                needs.append((text_width(self._stopped(item), SMALL) + 40, own, own))
        return needs

    def _targets(self, message: Message) -> list[Lane]:
        lanes = [receipt.lane for receipt in message.receipts]
        if not lanes and message.target and message.reason not in ("client gone",):
            lanes = [message.target]
        if message.fate == "waiting" or message.reason == "too early":
            lanes = []  # it stays with its sender, or its sender drops it
        return [lane for lane in lanes if id(lane) in self.column and lane is not message.lane]

    def _rows(self) -> None:
        """A height for each moment that is drawn: in order, further apart after a long time."""
        steps: dict[float, tuple[float, float | None]] = {}

        def need(moment: Moment, step: float, *, timed: bool = True) -> None:
            if moment.order <= self.story.mark:
                return
            known = steps.get(moment.order)
            steps[moment.order] = (
                max(step, known[0] if known else 0.0),
                moment.time if timed else (known[1] if known else None),
            )

        for item in self.items:
            thing = item.thing
            if isinstance(thing, Mark):
                linked = thing.kind in ("linked", "up")
                need(thing.at, 22.0 if linked else 28.0, timed=not linked or thing.took > SETTLED)
            elif isinstance(thing, Pause):
                need(thing.ended, 26.0)
            else:
                self._message_rows(thing, need)
        y = self.y_top = float(TOP + HEAD_HEIGHT + 12)
        before: float | None = None
        for order in sorted(steps):
            step, time = steps[order]
            if time is not None and before is not None:
                step += _stretch(time - before)
            if time is not None:
                before = max(time, before or time)
                self.times[order] = time
            y += step
            self.y[order] = y
        self.orders = sorted(self.y)
        self.bottom = y + 26
        end = self.story.end
        waits = [
            pause
            for pause in self.story.pauses
            if pause.end == "goes on" and end.time - pause.began.time >= LONG_WAIT
        ]
        waiting = [m for m in self.story.messages if m.fate == "waiting"]
        if waits or waiting:
            self.bottom += 18
        self.height = self.bottom + 16 + 18 * len(self.note) + (20 if self.sequence.more else 0)

    def _message_rows(self, message: Message, need: object) -> None:
        assert callable(need)
        if message.sender < 0:
            need(Moment(message.at.order - 0.2, message.at.time), 30.0, timed=False)
            need(message.at, 16.0)
            return
        if message.fate == "refused" and not message.left:
            need(message.at, 56.0)
            need(Moment(message.at.order + 0.3, message.at.time), 14.0, timed=False)
            return
        need(message.at, 32.0)
        if message.left and message.fate in ("delivered", "outside", "refused"):
            need(message.left, 24.0)
        if message.reason == "discarded" and message.left:
            need(message.left, 24.0)
        if message.receipts:
            for receipt in message.receipts:
                need(receipt.at, 20.0)
        elif self._targets(message):
            start = message.left if message.left and message.fate == "outside" else message.at
            need(Moment(start.order + 0.2, start.time), 20.0, timed=False)
            if self._note(message):  # stands below the arrow
                need(Moment(start.order + 0.25, start.time), 14.0, timed=False)
        elif message.reason in ("too early", "no subscriber"):
            need(Moment(message.at.order + 0.2, message.at.time), 18.0, timed=False)
        elif message.fate == "waiting":
            need(Moment(message.at.order + 0.2, message.at.time), 26.0, timed=False)

    def height_at(self, order: float) -> float:
        """The height of any moment, between the drawn ones too."""
        if order in self.y:
            return self.y[order]
        place = bisect_right(self.orders, order)
        if place == 0:
            return self.y_top
        if place == len(self.orders):
            return min(self.y[self.orders[-1]] + 10, self.bottom)
        above, below = self.y[self.orders[place - 1]], self.y[self.orders[place]]
        return above + min(9.0, 0.3 * (below - above))

    # Painting

    def _paint(self) -> None:
        for lane in self.lanes:
            self._lane(lane)
            self._head(lane)
        self._margin()
        self._foot()
        # Words that have one place come first; the boxes on arrows then find theirs.
        messages = [item for item in self.items if isinstance(item.thing, Message)]
        for item in messages:
            self._message(item)
        for item in self.items:
            if isinstance(item.thing, Mark):
                self._mark(item.thing)
            elif isinstance(item.thing, Pause):
                self._tick(item)
        for item, x, y, ends in self.boxes:
            with self._titled(self.words.sentence(item)):
                self._box_on_arrow(item, x, y, ends)
        self._queue_notes()
        self.drawing.parts += self.lines.parts + self.labels.parts

    @contextmanager
    def _titled(self, title: str) -> Iterator[None]:
        """What is drawn meanwhile shows a title on hover."""
        layers = (self.lines, self.labels)
        before = [len(layer.parts) for layer in layers]
        yield
        for layer, start in zip(layers, before, strict=True):
            if len(layer.parts) > start:
                group = Drawing()
                group.open_group(title)
                group.parts += layer.parts[start:]
                group.close_group()
                layer.parts[start:] = group.parts

    def _head(self, lane: Lane) -> None:
        x, width, draw = self.x[self.column[id(lane)]], self._head_width(lane), self.drawing
        dash = "4 3" if lane.outside else ""
        draw.rect(x - width / 2, TOP, width, HEAD_HEIGHT, "card", HAIRLINE, 8, 1.25, dash)
        draw.text(x, TOP + 19, lane.name[self.language], "text", NAME, "middle", weight=650)
        y = TOP + 39
        if lane.outside:
            draw.text(x, y, _OUTSIDE[self.language], "quiet", SMALL, "middle")
            return
        plate = text_width(lane.type, SMALL, mono=True) + 14
        total = self._plate_width(lane)
        left = x - total / 2
        for shown, fill in ((lane.binds, "quiet"), (lane.connects, "none")):
            if shown:
                draw.rect(left, y - 4.5, 9, 9, fill, "quiet", 1, 1.5)
                left += 14
        draw.rect(left, y - 9, plate, 18, "page", HAIRLINE, 4, 1)
        draw.text(left + plate / 2, y, lane.type, "quiet", SMALL, "middle", mono=True)

    def _lives(self, lane: Lane) -> list[tuple[float, float]]:
        """Stretches of the lane in which there is a socket."""
        if lane.outside:
            return [(self.y_top - 12, self.bottom)]
        lives: list[tuple[float, float]] = []
        start: float | None = self.y_top - 12
        marks = [m for m in self.story.marks if m.lane is lane and m.kind in ("socket", "close")]
        if marks and marks[0].kind == "socket" and marks[0].at.order > self.story.mark:
            closed = any(
                mark.kind == "close" and mark.at.order < marks[0].at.order for mark in marks
            )
            start = None if closed else start
        for mark in marks:
            if mark.at.order >= self.sequence.cut:
                break
            if mark.at.order <= self.story.mark:
                start = None if mark.kind == "close" else self.y_top - 12
            elif mark.kind == "close" and start is not None:
                lives.append((start, self.height_at(mark.at.order)))
                start = None
            elif mark.kind == "socket" and start is None:
                start = self.height_at(mark.at.order)
        if start is not None:
            lives.append((start, self.bottom))
        return lives

    def _lane(self, lane: Lane) -> None:
        x, draw = self.x[self.column[id(lane)]], self.drawing
        end = self.story.end.order
        dotted: list[tuple[float, float, str]] = []
        for pause in self.story.pauses:
            if pause.lane is not lane or pause.ended.order <= self.story.mark:
                continue
            if pause.began.order >= self.sequence.cut:
                continue
            top = self.height_at(max(pause.began.order, self.story.mark))
            goes_on = pause.end == "goes on" or pause.ended.order >= min(self.sequence.cut, end)
            bottom = self.bottom if goes_on else self.height_at(pause.ended.order)
            long = pause.ended.time - pause.began.time >= LONG_WAIT
            vain = pause.end == "gave up" or pause.call == "send"
            if bottom - top >= 16:
                dotted.append((top, bottom, "waiting" if long or vain else "quiet"))
        for top, bottom in self._lives(lane):
            at = top
            for start, stop, colour in sorted(dotted):
                start, stop = max(start, at), min(stop, bottom)
                if stop - start < 9:
                    continue
                if start > at:
                    draw.line(x, at, x, start, "quiet", 1.5, "5 4" if lane.outside else "")
                width = 2.5 if colour == "waiting" else 1.75
                draw.line(x, start, x, stop, colour, width, "0.1 5.5")
                at = stop
            if bottom > at:
                draw.line(x, at, x, bottom, "quiet", 1.5, "5 4" if lane.outside else "")
        for pause in self.story.pauses:
            lasts = self.story.end.time - pause.began.time
            if pause.lane is lane and pause.end == "goes on" and lasts >= LONG_WAIT:
                words = _BLOCKED_STILL if pause.call == "send" else _STILL
                self._beside(lane, self.bottom - 8, words[self.language], "waiting")

    def _margin(self) -> None:
        if not self.times:
            return
        origin = min(self.times.values())
        last, said = -100.0, ""
        for order in self.orders:
            if order in self.times and self.y[order] - last >= 15:
                words = duration(max(0.0, self.times[order] - origin), self.language)
                if words != said:
                    last, said = self.y[order], words
                    self.drawing.text(MARGIN - 20, last, words, "quiet", SMALL, "end")

    def _foot(self) -> None:
        draw, y = self.drawing, self.bottom + 14
        if self.sequence.more:
            words = _MORE_LABEL[self.language].format(f"{self.sequence.more:,}")
            draw.text(self.width / 2, y + 2, words, "text", SMALL, "middle", weight=600)
            y += 20
        for line in self.note:
            draw.text(self.width / 2, y + 2, line, "quiet", SMALL, "middle")
            y += 18

    # Boxes and words

    def _cells(self, item: Item) -> list[tuple[str, str]]:
        message = item.thing
        assert isinstance(message, Message)
        if item.count > 1:
            return [(f"× {item.count:,}", "")]
        frames = message.frames
        longest = LONGEST_FRAME if len(frames) < 3 else 14
        cells = [
            (frame_text(frame, longest)[0], f"{frame.size:,} B") for frame in frames[:MOST_FRAMES]
        ]
        if len(frames) > MOST_FRAMES:
            cells.append((f"+{len(frames) - MOST_FRAMES}", ""))
        return cells

    def _cell_width(self, cell: tuple[str, str]) -> float:
        text, size = cell
        width = 14 + text_width(text, BODY, mono=True)
        if size:
            width += text_width(size, SMALL) + (7 if text else 0)
        return width

    def _box_width(self, item: Item) -> float:
        return sum(map(self._cell_width, self._cells(item)))

    def _box(self, item: Item, x: float, y: float, colour: str) -> None:
        """The frames, the middle of their left edge at (x, y)."""
        draw, total = self.labels, self._box_width(item)
        self.placed.append((x, y - BOX / 2, x + total, y + BOX / 2))
        draw.rect(x, y - BOX / 2, total, BOX, "page", colour, 5, 1.5)
        for place, cell in enumerate(self._cells(item)):
            text, size = cell
            if place:
                draw.line(x, y - BOX / 2, x, y + BOX / 2, colour, 1)
            inner = x + 7
            bold = 650 if item.count > 1 else 400
            draw.text(inner, y, text, "text", BODY, mono=True, weight=bold)
            if size:
                inner += text_width(text, BODY, mono=True) + (7 if text else 0)
                draw.text(inner, y, size, "quiet", SMALL)
            x += self._cell_width(cell)

    def _free(self, x: float, y: float, width: float, height: float = BOX) -> bool:
        left, right, top, bottom = x - 3, x + width + 3, y - height / 2 - 2, y + height / 2 + 2
        return not any(
            left < r and right > lx and top < b and bottom > t for lx, t, r, b in self.placed
        )

    def _clear(self, x: float, y: float, width: float, height: float = 18) -> bool:
        """Whether words there would stand on no other words and on no arrow."""
        if not self._free(x, y, width, height):
            return False
        for x1, y1, x2, y2 in self.segments:
            for step in range(21):
                at_x, at_y = x1 + (x2 - x1) * step / 20, y1 + (y2 - y1) * step / 20
                if x - 4 < at_x < x + width + 4 and abs(at_y - y) < height / 2 + 1:
                    return False
        return True

    def _beside(
        self, lane: Lane, y: float, words: str, colour: str, *, mono: bool = False, gap: float = 14
    ) -> None:
        """Words beside a lane: to its right, at the last lane to its left."""
        column = self.column[id(lane)]
        x = self.x[column]
        width = text_width(words, SMALL, mono=mono)
        to_left = column == len(self.lanes) - 1 and column > 0
        start = x - gap - width if to_left else x + gap
        self.placed.append((start, y - 9, start + width, y + 9))
        if to_left:
            self.labels.text(x - gap, y, words, colour, SMALL, "end", mono=mono, halo=True)
        else:
            self.labels.text(x + gap, y, words, colour, SMALL, mono=mono, halo=True)

    # Acts

    def _mark_words(self, mark: Mark) -> tuple[str, bool]:
        if mark.kind in ("bind", "connect", "unbind", "disconnect"):
            return f"{mark.kind} {_short(mark.endpoint)}", True
        if mark.kind in ("subscribe", "unsubscribe", "heard"):
            topic = frame_text(mark.frame)[0] if mark.frame else ""
            return f'{mark.kind.replace("heard", "subscribe")} "{topic}"', True
        if mark.kind == "close":
            return "close", True
        if mark.kind == "refused":
            return mark.note.replace(":", "()", 1), True
        if mark.kind == "down":
            return _DOWN[self.language], False
        if mark.kind == "socket":
            return _NEW[self.language] + (f" {mark.note}" if mark.note else ""), False
        if mark.note or mark.kind == "up":
            return _HANDSHAKE[self.language].format(duration(mark.took, self.language)), False
        return _CONNECTED[self.language], False

    def _mark_width(self, mark: Mark) -> float:
        words, mono = self._mark_words(mark)
        width = text_width(words, SMALL, mono=mono)
        if mark.unanswered:
            width += 12 + text_width(_UNANSWERED[self.language], SMALL)
        return width

    def _mark(self, mark: Mark) -> None:
        if id(mark.lane) not in self.column:
            return
        y = self.height_at(mark.at.order)
        x = self.x[self.column[id(mark.lane)]]
        peers = [lane for lane in mark.peers if id(lane) in self.column and lane is not mark.lane]
        with self._titled(self.words.act(mark)):
            self._mark_at(mark, x, y, peers)

    def _mark_at(self, mark: Mark, x: float, y: float, peers: list[Lane]) -> None:
        draw = self.labels
        words, _ = self._mark_words(mark)
        if mark.kind in ("linked", "up", "down"):
            for peer in peers:
                self._dashed(x, self.x[self.column[id(peer)]], y, words, mark.kind == "down")
        elif mark.kind in ("bind", "connect"):
            draw.rect(x - 5.5, y - 5.5, 11, 11, "page", "page", 1)
            fill = "quiet" if mark.kind == "bind" else "page"
            draw.rect(x - 5, y - 5, 10, 10, fill, "quiet", 1, 1.75)
            self._beside(mark.lane, y, words, "quiet", mono=True)
        elif mark.kind == "close":
            draw.cross(x, y, "text")
            thrown = sum(
                isinstance(item.thing, Message)
                and item.thing.reason == "discarded"
                and item.thing.lane is mark.lane
                and item.thing.left is not None
                and abs(item.thing.left.order - mark.at.order) <= 1
                for item in self.items
            )
            gap = 14.0 + (17 + 13 * min(thrown - 1, 4) if thrown else 0)
            self._beside(mark.lane, y, words, "quiet", mono=True, gap=gap)
            if mark.unanswered:
                gap = 22 + text_width(words, SMALL, mono=True)
                self._beside(mark.lane, y, _UNANSWERED[self.language], "lost", gap=gap + 4)
        elif mark.kind == "socket":
            draw.line(x - 7, y, x + 7, y, "quiet", 2)
            self._beside(mark.lane, y, words, "quiet")
        elif mark.kind == "refused":
            draw.cross(x + 12, y, "lost", 5)
            self._beside(mark.lane, y, words, "lost", mono=True, gap=24)
        else:
            self._subscription(mark, x, y, words, peers)

    def _subscription(self, mark: Mark, x: float, y: float, words: str, peers: list[Lane]) -> None:
        draw = self.labels
        if mark.kind == "heard":
            for peer in peers:
                start = self.x[self.column[id(peer)]]
                self._dashed(start, x, y, words, False, head=True)
            return
        sent = [lane for lane in peers if lane.type != "XPUB"]
        for peer in sent:
            self._dashed(x, self.x[self.column[id(peer)]], y, words, False, head=True)
        draw.polygon([(x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5)], "handshake")
        if not sent:
            self._beside(mark.lane, y, words, "quiet", mono=True)

    def _dashed(
        self, x1: float, x2: float, y: float, words: str, ended: bool, *, head: bool = False
    ) -> None:
        draw = self.labels
        side = 1 if x2 > x1 else -1
        width = text_width(words, SMALL, mono=head)
        places = [x1 + (x2 - x1) * share for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78)]
        inner = [x for x in self.x[: len(self.lanes)] if min(x1, x2) < x < max(x1, x2)]
        off_lanes = [at for at in places if all(abs(at - x) > width / 2 + 6 for x in inner)]
        clear = [at for at in off_lanes if self._clear(at - width / 2, y, width)]
        middle = (clear or off_lanes or places)[0]
        gap = side * (width / 2 + 4)  # the words stand in the line, not on it
        for start, stop in ((x1 + 3 * side, middle - gap), (middle + gap, x2 - 3 * side)):
            if (stop - start) * side > 0:
                draw.line(start, y, stop, y, "handshake", 1.25, "5 4")
        if ended:
            draw.cross(middle - side * (width / 2 + 16), y, "handshake", 5)
        if head:
            arrow_head(draw, x1, y, x2 - 2 * side, y, "handshake", 7)
        self.placed.append((middle - width / 2, y - 9, middle + width / 2, y + 9))
        draw.text(middle, y, words, "handshake", SMALL, "middle", mono=head, halo=True)

    def _stopped(self, item: Item) -> str:
        pause = item.thing
        assert isinstance(pause, Pause)
        waited = duration(pause.ended.time - pause.began.time, self.language)
        words = _STOPPED[self.language].format(waited)
        return f"{words} × {item.count:,}" if item.count > 1 else words

    def _tick(self, item: Item) -> None:
        pause = item.thing
        assert isinstance(pause, Pause)
        if id(pause.lane) not in self.column:
            return
        x, y = self.x[self.column[id(pause.lane)]], self.height_at(pause.ended.order)
        with self._titled(self.words.stopped(pause, item.count)):
            self.labels.line(x - 8, y, x + 8, y, "waiting", 2.5)
            self._beside(pause.lane, y, self._stopped(item), "waiting")

    # Messages

    def _note(self, message: Message) -> str:
        """The words under a message that did not simply arrive."""
        if message.fate == "lost":
            return _REASONS[message.reason][self.language]
        if message.fate == "refused":
            known = _REASONS.get(message.reason)
            return known[self.language] if known else message.reason
        if message.fate == "open":
            return _NOT_READ[self.language]
        if message.fate == "waiting":
            return "" if message.blocked else _STILL[self.language]
        if message.left and message.left.order > message.at.order:
            waited = duration(message.left.time - message.at.time, self.language)
            return (_BLOCKED if message.blocked else _WAITED)[self.language].format(waited)
        return ""

    def _message(self, item: Item) -> None:
        message = item.thing
        assert isinstance(message, Message)
        if id(message.lane) not in self.column:
            return
        x = self.x[self.column[id(message.lane)]]
        earlier = message.at.order <= self.story.mark
        y = self.y_top if earlier else self.height_at(message.at.order)
        if message.sender < 0:
            y = self.height_at(message.at.order - 0.2)
        targets = self._targets(message)
        dropped = message.fate == "lost" and not targets and not message.left
        with self._titled(self.words.message(message, item.count)):
            if message.fate == "refused" or dropped:
                self._stub(item, x, y)
            elif message.left and message.reason != "closed unread":
                self._queued(item, x, y, targets)
            elif targets:
                self._arrows(item, x, y, targets, box=True)
            else:
                self._stub(item, x, y)

    def _side(self, message: Message) -> int:
        """Towards which side of its lane a message without a receiver is drawn."""
        column = self.column[id(message.lane)]
        return -1 if column == len(self.lanes) - 1 and column > 0 else 1

    def _stub(self, item: Item, x: float, y: float) -> None:
        """A message that did not get away: a short arrow, and ✕ unless it is still open."""
        message = item.thing
        assert isinstance(message, Message)
        draw, side = self.labels, self._side(message)
        is_open = message.fate in ("open", "waiting")
        colour = "waiting" if is_open else "lost"
        end = x + 26 * side
        draw.line(x, y, end, y, colour, 2, "0.1 5" if is_open else "")
        if not is_open:
            draw.cross(end + 4 * side, y, colour, 5.5)
        width = self._box_width(item)
        start = end + 14 if side > 0 else end - 14 - width
        self._box(item, start, y, colour)
        note = self._note(message)
        if note:
            self._note_near(start, start + width, y, note, colour, side)

    def _note_near(
        self, left: float, right: float, y: float, note: str, colour: str, side: int
    ) -> None:
        """Words beside a box if there is room, else below it."""
        width = text_width(note, SMALL)
        last = self.x[-1] if len(self.x) > 1 else self.width
        if side > 0 and right + 8 + width < last - 8 and self._free(right + 8, y, width, 18):
            self.labels.text(right + 8, y, note, colour, SMALL, halo=True)
            self.placed.append((right + 8, y - 9, right + 8 + width, y + 9))
        elif (
            side < 0
            and left - 8 - width > self.x[0] + 8
            and self._free(left - 8 - width, y, width, 18)
        ):
            self.labels.text(left - 8, y, note, colour, SMALL, "end", halo=True)
            self.placed.append((left - 8 - width, y - 9, left - 8, y + 9))
        else:
            at = left if side > 0 else right
            anchor = "start" if side > 0 else "end"
            self.labels.text(at, y + 21, note, colour, SMALL, anchor, halo=True)
            self.placed.append((left, y + 12, left + width, y + 30))

    def _queued(self, item: Item, x: float, y: float, targets: list[Lane]) -> None:
        """A message that waits beside its sender, then goes, is thrown away, or waits on."""
        message = item.thing
        assert isinstance(message, Message) and message.left is not None
        draw = self.lines
        side = self._side(message)
        if targets:
            side = 1 if self.x[self.column[id(targets[0])]] > x else -1
        depth = sum(
            1
            for other in self.items
            if isinstance(other.thing, Message)
            and other.thing is not message
            and other.thing.lane is message.lane
            and other.thing.left is not None
            and other.thing.at.order < message.at.order < other.thing.left.order
        )
        lane_x = x + side * (17 + 13 * min(depth, 4))
        if message.fate == "waiting":
            end = self.bottom
        elif message.fate == "refused":
            end = self.height_at(message.left.order)
        else:
            end = self.height_at(message.left.order)
        if message.blocked:
            if message.fate == "delivered":
                self._arrows(item, x, end, targets, box=True)
                self._note_near(x + 14, x + 14, end - 14, self._note(message), "waiting", side)
            else:
                self._stub(item, x, y)
            return
        draw.line(x, y, lane_x, y, "waiting", 2)
        draw.line(lane_x, y, lane_x, end, "waiting", 2.5, "0.1 5.5")
        for n in range(3):
            bar = y + 9 + 5 * n
            if bar < end - 6:
                draw.line(lane_x - 5, bar, lane_x + 5, bar, "waiting", 2.25)
        width = self._box_width(item)
        start = lane_x + 9 if side > 0 else lane_x - 9 - width
        self._box(item, start, y, "lost" if message.fate == "lost" else "waiting")
        note = self._note(message)
        if message.fate == "lost":
            draw.cross(lane_x, end, "lost")
        if note:
            self.notes.append((item, y, end, lane_x, side))
        if targets:
            self._arrows(item, lane_x, end, targets, box=False)

    def _arrows(self, item: Item, x: float, y: float, targets: list[Lane], *, box: bool) -> None:
        message = item.thing
        assert isinstance(message, Message)
        landing = {id(receipt.lane): receipt.at.order for receipt in message.receipts}
        start = message.left if message.left and message.fate == "outside" else message.at
        order = message.at.order if message.sender < 0 else start.order + 0.2
        ends = []
        for lane in targets:
            end_y = self.height_at(landing.get(id(lane), order))
            end_x = self.x[self.column[id(lane)]]
            ends.append((end_x, end_y))
            self._arrow(item, x, y, end_x, end_y)
        if box and ends:
            self.boxes.append((item, x, y, ends))

    def _box_on_arrow(
        self, item: Item, x: float, y: float, ends: list[tuple[float, float]]
    ) -> None:
        message = item.thing
        assert isinstance(message, Message)
        colour = {"lost": "lost", "open": "waiting"}.get(message.fate, "accent")
        width = self._box_width(item)
        end_x, end_y = min(ends, key=lambda end: abs(end[0] - x))
        side = 1 if end_x > x else -1
        # Up to the next lane, so that no box hides one.
        column = min(range(len(self.lanes)), key=lambda n: abs(self.x[n] - x))
        near = self.x[column + side]
        room = abs(near - x) - width
        shares = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
        middles = [x + (near - x) * share for share in shares]
        if abs(end_y - y) > 44:  # one of several under way: near its sender, in their order
            steps = range(14, max(15, int(room) - 8), 6)
            middles = [x + side * (width / 2 + step) for step in steps] + middles
        # Where it is crowded, in one of the gaps that the arrow crosses on its way.
        crossed = [at for at in self.x if (at - near) * side >= 0 and (end_x - at) * side >= 0]
        for here, there in pairwise(sorted(crossed, reverse=side < 0)):
            middles += [here + (there - here) * share for share in shares]
        place = None
        for middle in middles:
            left, at = middle - width / 2, y + (end_y - y) * (middle - x) / (end_x - x)
            inside = min(abs(middle - lane) for lane in (x, end_x, *self.x)) > width / 2 + 7
            if inside and self._free(left, at, width):
                place = (left, at)
                break
        if place is None:
            middle = (x + near) / 2
            place = (middle - width / 2, y + (end_y - y) * (middle - x) / (end_x - x))
        self._box(item, place[0], place[1], colour)
        note = self._note(message) if message.fate in ("lost", "open") else ""
        if note:
            self._note_near(place[0], place[0] + width, place[1], note, colour, 0)

    def _queue_notes(self) -> None:
        """Words for messages that wait side by side stand beside the outermost."""
        said: set[tuple[str, float]] = set()
        for item, top, end, x, side in self.notes:
            beside = [
                other_x
                for _, other_top, other_end, other_x, other_side in self.notes
                if other_side == side
                and abs(other_x - x) < 50
                and other_top < end
                and other_end > top
            ]
            message = item.thing
            assert isinstance(message, Message)
            words = (self._note(message), end)
            if words not in said:
                said.add(words)
                first = max(
                    (t for _, t, e, o, _ in self.notes if o in beside and e == end), default=top
                )
                self._queue_note(item, first, end, max(beside, key=lambda o: o * side), side)

    def _queue_note(self, item: Item, top: float, end: float, x: float, side: int) -> None:
        """The words beside a message that waits, where there is room."""
        message = item.thing
        assert isinstance(message, Message)
        note = self._note(message)
        colour = "lost" if message.fate == "lost" else "waiting"
        width = text_width(note, SMALL)
        left = x + 9 if side > 0 else x - 9 - width
        middle = (top + 12 + end) / 2
        heights = [middle, *(top + 24.0 + 6 * n for n in range(int((end - top - 24) / 6) + 1))]
        at = next((y for y in heights if self._clear(left, y, width)), None)
        if at is None:
            at = max(top + 22, end - 12)
        self.placed.append((left, at - 9, left + width, at + 9))
        self.labels.text(left, at, note, colour, SMALL, halo=True)

    def _arrow(self, item: Item, x1: float, y1: float, x2: float, y2: float) -> None:
        message = item.thing
        assert isinstance(message, Message)
        draw = self.lines
        side = 1 if x2 > x1 else -1
        self.segments.append((x1, y1, x2, y2))
        width = 3.0 if item.count > 1 else 1.9
        if message.fate == "open":
            draw.line(x1, y1, x2 - 18 * side, y2, "waiting", 2.2, "0.1 5.5")
            for n in range(3):
                bar = x2 - (7 + 5 * n) * side
                draw.line(bar, y2 - 6, bar, y2 + 6, "waiting", 2.25)
            return
        if (
            message.reason == "closed unread"
            and message.left
            and y2 < self.height_at(message.left.order)
        ):
            self._died_in_queue(x1, y1, x2, y2, self.height_at(message.left.order), width)
            return
        if message.fate == "lost":
            draw.line(x1, y1, x2 - 18 * side, y2, "lost", width)
            draw.cross(x2 - 12 * side, y2, "lost")
            return
        length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1.0)
        stop_x, stop_y = x2 - (x2 - x1) / length * 7, y2 - (y2 - y1) / length * 7
        draw.line(x1, y1, stop_x, stop_y, "accent", width)
        arrow_head(draw, x1, y1, x2 - side, y2, "accent", 11 if item.count > 1 else 9.5)

    def _died_in_queue(
        self, x1: float, y1: float, x2: float, y2: float, closed: float, width: float
    ) -> None:
        """It arrived, waited in the receiver's queue, and went with it."""
        draw, side = self.lines, 1 if x2 > x1 else -1
        at = x2 - 12 * side
        draw.line(x1, y1, at, y2, "accent", width)
        for n in range(3):
            draw.line(at - 5, y2 + 4 * n, at + 5, y2 + 4 * n, "waiting", 2.25)
        draw.line(at, y2 + 12, at, max(y2 + 12, closed - 20), "waiting", 2.2, "0.1 5")
        draw.cross(at, max(y2 + 16, closed - 13), "lost", 5.5)


def _small(words: str) -> float:
    return text_width(words, SMALL)


def _halves(note: str) -> list[str]:
    """A note of two sentences as two lines."""
    first, _, second = note.partition(". ")
    return [first + ".", second]


def _stretch(seconds: float) -> float:
    """Pixels that a pause adds: none up to 10 ms, more with each tenfold of it."""
    return min(96.0, 24.0 * log10(seconds / 0.01)) if seconds > 0.01 else 0.0
