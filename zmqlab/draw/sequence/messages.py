"""Messages as marks: a class for each fate, which knows its sentence, its rows and its shape."""

from __future__ import annotations

from zmqlab.draw.sequence.marks import Mark, Need, Pen, Room
from zmqlab.draw.sequence.words import LONGEST_FRAME, MOST_FRAMES, Phrase, Words, frame_text
from zmqlab.draw.signs import Sign
from zmqlab.draw.svg import arrow_head
from zmqlab.record import Moment
from zmqlab.story.model import Fate, Lane, Message, Reason, Story
from zmqlab.words.language import Language, Text, duration


class MessageMark(Mark):
    """A message and what became of it.

    A kind says what its box and its note look like in `colour`, and what the note says in `remark`.
    """

    colour = "accent"
    has_queue = False
    """Whether it is drawn waiting beside its sender, and its note beside that."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.at, message.lane)
        self.message = message

    @property
    def signature(self) -> tuple[object, ...] | None:
        """Messages of one way and one fate are alike."""
        message = self.message
        if message.unanswered or message.blocked:
            return None
        return (
            message.left.key if message.left else None,
            id(message.lane),
            message.fate,
            message.reason,
            message.error,
            len(message.frames),
            tuple(sorted(id(receipt.lane) for receipt in message.receipts)),
            id(message.target),
        )

    # Words

    @property
    def until(self) -> int:
        """The number of the last event that is known of it."""
        return self.message.last

    def remark(self, language: Language) -> str:
        """The words beside it, if it did not simply arrive."""
        return ""

    def cells(self, longest: int = LONGEST_FRAME) -> list[tuple[str, str]]:
        """What stands in the box: for each frame its text and its length."""
        if self.count > 1:
            return [(f"× {self.count:,}", "")]
        frames = self.message.frames
        longest = longest if len(frames) < 3 else min(14, longest)
        cells = [
            (frame_text(frame, longest)[0], f"{frame.size:,} B") for frame in frames[:MOST_FRAMES]
        ]
        if len(frames) > MOST_FRAMES:
            cells.append((f"+{len(frames) - MOST_FRAMES}", ""))
        return cells

    def phrases(self, language: Language) -> list[Phrase]:
        """The frames and the note, as words above the row."""
        cells = self.cells()
        weight = 650 if self.count > 1 else 400
        told = [Phrase(" | ".join(text or "“”" for text, _ in cells), "text", True, weight)]
        if self.count == 1:
            told.append(Phrase(" + ".join(size for _, size in cells if size)))
        if note := self.remark(language):
            colour = self.colour if self.colour != "accent" else "waiting"
            told.append(Phrase(note, colour, event=self.until))
        return told

    def sentence(self, words: Words) -> str:
        """What happened."""
        if self.count > 1:
            return self.folded_sentence(words)
        who = words.subject(self.lane)
        what = words.what(self.message)
        return self.told(words, who, what, words.name(self.message.target))

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened to one message."""
        raise NotImplementedError

    verb = "보냅니다"
    ending = (".", ".")
    """How a sentence about many ends, in English and in Korean."""

    def named_receivers(self) -> list[Lane]:
        """Whom a sentence about many names."""
        lanes = [receipt.lane for receipt in self.message.receipts]
        return lanes or ([self.message.target] if self.message.target else [])

    def folded_sentence(self, words: Words) -> str:
        """What happened to many."""
        who = words.subject(self.lane)
        to = words.names(words.ordered(self.named_receivers()))
        number = f"{self.count:,}"
        return words.say(
            f"{who} sends {number} more like it" + (f" to {to}" if to else "") + self.ending[0],
            f"{who} "
            + (f"{to}에 " if to else "")
            + f"이런 메시지 {number}개를 더 {self.verb}"
            + self.ending[1],
        )

    # Places

    def targets(self, pen: Pen) -> list[Lane]:
        """Lanes that its arrows run to."""
        lanes = self.named_receivers()
        return [lane for lane in lanes if pen.shows(lane) and lane is not self.lane]

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 32.0), *self.arrivals(self.at)]

    def arrivals(self, start: Moment) -> list[Need]:
        """The rows in which its arrows end, if no receipt says when that was."""
        if not self.named_receivers():
            return []
        rows = [Need(start.after(), 20.0, timed=False)]
        if self.remark("en"):  # stands below the arrow
            rows.append(Need(start.after().after(), 14.0, timed=False))
        return rows

    def landings(self, pen: Pen) -> list[tuple[float, float, int]]:
        """Where its arrows end, with the number of the event there."""
        y = pen.y(self.start().after())
        return [(pen.x(lane), y, self.number) for lane in self.targets(pen)]

    def start(self) -> Moment:
        """When its arrows begin."""
        return self.at

    def rooms(self, pen: Pen) -> list[Room]:
        """How wide it is: the box has room before the next lane."""
        width = max(pen.box_width(self), pen.measure([Phrase(self.remark(pen.language))]))
        extra = 96.0 if self.message.left else 72.0
        targets = self.targets(pen)
        if not targets:
            return [Room(width + extra, self.lane, self.lane)]
        return [Room(width + extra, self.lane, lane) for lane in targets]

    def spot(self, pen: Pen) -> tuple[float, int]:
        """At its sender's end, so that the arrow is free."""
        x, targets = pen.x(self.lane), self.targets(pen)
        if not targets:
            return x, pen.side(self.lane)
        return x, 1 if pen.x(targets[0]) > x else -1

    # Shapes

    def draw(self, pen: Pen) -> None:
        """Draw it: arrows if there is somebody to draw them to, else a stub."""
        if self.targets(pen):
            self.arrows(pen, pen.x(self.lane), pen.y(self.start()))
        else:
            self.stub(pen)

    def arrows(self, pen: Pen, x: float, y: float, *, box: bool = True) -> None:
        """Draw an arrow to each receiver."""
        pen.lines.uses(Sign.FOLDED if self.count > 1 else Sign.MESSAGE)
        ends = []
        for end_x, end_y, number in self.landings(pen):
            ends.append((end_x, end_y))
            pen.stroke(x, y, end_x, end_y)
            pen.lines.open_group(event=number)
            self.arrow(pen, x, y, end_x, end_y)
            pen.lines.close_group()
        if box:
            pen.chip_along(self, x, y, ends)

    def arrow(self, pen: Pen, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw one arrow that arrives."""
        side = 1 if x2 > x1 else -1
        length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1.0)
        stop_x, stop_y = x2 - (x2 - x1) / length * 7, y2 - (y2 - y1) / length * 7
        pen.lines.line(x1, y1, stop_x, stop_y, "accent", self.thickness)
        head = (11 if self.count > 1 else 9.5) * pen.scale
        arrow_head(pen.lines, x1, y1, x2 - side, y2, "accent", head)

    @property
    def thickness(self) -> float:
        """How wide its stroke is."""
        return 3.0 if self.count > 1 else 1.9

    def stub(self, pen: Pen, *, ends: bool = True) -> None:
        """Draw a short arrow of a message that did not get away, with ✕ if it never will."""
        x, y, side = pen.x(self.lane), pen.y(self.at), pen.side(self.lane)
        end = x + 26 * pen.scale * side
        pen.labels.uses(Sign.LOST if ends else Sign.QUEUED)
        pen.labels.line(x, y, end, y, self.colour, 2, "" if ends else "0.1 5")
        if ends:
            pen.labels.cross(end + 4 * side, y, self.colour, 5.5)
        pen.chip(self, end + 14 * side, y, side)

    def queue(self, pen: Pen, end: float) -> float:
        """Draw how it waits beside its sender, down to `end`; return where it stands."""
        x, y = pen.x(self.lane), pen.y(self.at)
        side = pen.side(self.lane)
        targets = self.targets(pen)
        if targets:
            side = 1 if pen.x(targets[0]) > x else -1
        lane_x = x + side * (17 + 13 * min(pen.depth(self.at, self.lane), 4)) * pen.scale
        pen.lines.uses(Sign.QUEUED)
        pen.lines.line(x, y, lane_x, y, "waiting", 2)
        pen.lines.line(lane_x, y, lane_x, end, "waiting", 2.5, "0.1 5.5")
        count = min(3, int((end - 6 - y - 9) // 5) + 1)
        if count > 0:
            pen.lines.bars(lane_x, y + 9, count, half=5 * pen.scale)
        pen.chip(self, lane_x + 9 * side, y, side)
        if self.remark(pen.language):
            pen.note(self, y, end, lane_x, side)
        return lane_x


# Messages that arrived


class Delivered(MessageMark):
    """A socket received it, or several did."""

    ending = ("; all are received.", ". 모두 받습니다.")

    def arrivals(self, start: Moment) -> list[Need]:
        """A row for each receipt."""
        return [Need(receipt.at, 20.0) for receipt in self.message.receipts]

    def landings(self, pen: Pen) -> list[tuple[float, float, int]]:
        """Where each receipt is."""
        return [
            (pen.x(receipt.lane), pen.y(receipt.at), receipt.at.order)
            for receipt in self.message.receipts
            if receipt.lane is not self.lane and pen.shows(receipt.lane)
        ]

    def receivers(self, words: Words) -> list[Lane]:
        """The receivers, from left to right."""
        return words.ordered([receipt.lane for receipt in self.message.receipts])

    def after(self, words: Words) -> str:
        """How long it took until the last one received it."""
        last = max(receipt.at.time for receipt in self.message.receipts)
        return words.time(last - self.at.time)

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        lanes = self.receivers(words)
        told = self.told_delivery(words, who, what, lanes)
        if self.message.unanswered:
            told += " " + words.say(
                f"{words.names(lanes)} is closed before it replies: the request is lost with it.",
                f"{words.subject(lanes[0])} 응답하기 전에 닫혀 이 요청은 유실됩니다.",
            )
        return told

    def told_delivery(self, words: Words, who: str, what: str, lanes: list[Lane]) -> str:
        """What happened until it was received."""
        to, after = words.names(lanes), self.after(words)
        if len(lanes) > 1:
            return words.say(
                f"{who} sends {what} to {to}; the last receives it {after} later.",
                f"{who} {to}에 {what} 보내고, {after} 뒤에 모두 받습니다.",
            )
        return words.say(
            f"{who} sends {what} to {to}; received {after} later.",
            f"{who} {to}에 {what} 보내고, {after} 뒤에 {words.subject(lanes[0])} 받습니다.",
        )


class DeliveredLater(Delivered):
    """It waited in its sender's queue first."""

    has_queue = True

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 32.0), Need(self.start(), 24.0), *self.arrivals(self.start())]

    def start(self) -> Moment:
        """When it left."""
        return self.message.left or self.at

    def waited(self) -> float:
        """How long it waited."""
        return self.start().time - self.at.time

    def remark(self, language: Language) -> str:
        """How long it waited."""
        words = Text(en="waited {}", ko="{} 대기")
        return words[language].format(duration(self.waited(), language))

    def told_delivery(self, words: Words, who: str, what: str, lanes: list[Lane]) -> str:
        """What happened until it was received."""
        waited, after = words.time(self.waited()), self.after(words)
        return words.say(
            f"{who} sends {what}; nobody is there yet, so it waits {waited} in the queue; "
            f"{words.names(lanes)} receives it {after} after it was sent.",
            f"{who} {what} 보냅니다. 아직 상대가 없어 큐에서 {waited} 동안 기다리고, "
            f"보낸 지 {after} 뒤에 {words.subject(lanes[0])} 받습니다.",
        )

    def draw(self, pen: Pen) -> None:
        """Draw the queue, then the arrows."""
        end = pen.y(self.start())
        x = self.queue(pen, end)
        if self.targets(pen):
            self.arrows(pen, x, end, box=False)


class SendWaited(DeliveredLater):
    """The call to send itself waited until somebody could take it."""

    def remark(self, language: Language) -> str:
        """How long the call waited."""
        words = Text(en="send() waited {}", ko="send() {} 대기")
        return words[language].format(duration(self.waited(), language))

    def told_delivery(self, words: Words, who: str, what: str, lanes: list[Lane]) -> str:
        """What happened until it was received."""
        waited, after = words.time(self.waited()), self.after(words)
        return words.say(
            f"{who} sends {what}; the call waits {waited} until somebody can take it; "
            f"{words.names(lanes)} receives it {after} after the call.",
            f"{who} {what} 보냅니다. 받을 상대가 생길 때까지 호출이 {waited} 동안 "
            f"기다리고, 호출한 지 {after} 뒤에 {words.subject(lanes[0])} 받습니다.",
        )

    def draw(self, pen: Pen) -> None:
        """Draw the arrows from the moment on at which it could leave."""
        x, end = pen.x(self.lane), pen.y(self.start())
        if not self.targets(pen):
            self.stub(pen, ends=False)
            return
        self.arrows(pen, x, end)
        side = 1 if pen.x(self.targets(pen)[0]) > x else -1
        pen.note(self, pen.y(self.at), end, x + 5 * side, side)


class FromOutside(Delivered):
    """A peer outside sent it; when, is not known."""

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at.before(), 30.0, timed=False), Need(self.at, 16.0)]

    def start(self) -> Moment:
        """A little before it was received."""
        return self.at.before()

    def told_delivery(self, words: Words, who: str, what: str, lanes: list[Lane]) -> str:
        """What happened."""
        to = words.names(lanes)
        return words.say(
            f"{who}, which is not on the stage, sends {what} to {to}.",
            f"스테이지 밖의 {who} {to}에 {what} 보냅니다.",
        )


class ToOutside(MessageMark):
    """It went to a peer outside."""

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what} to {to}, which is not on the stage.",
            f"{who} 스테이지 밖의 {to}에 {what} 보냅니다.",
        )


class ToOutsideLater(DeliveredLater):
    """It waited for a connection to a peer outside."""

    ending = (".", ".")

    def arrivals(self, start: Moment) -> list[Need]:
        """No receipt says when it arrived."""
        return [Need(start.after(), 20.0, timed=False)]

    def landings(self, pen: Pen) -> list[tuple[float, float, int]]:
        """A little below the place where it left."""
        return MessageMark.landings(self, pen)

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return ToOutside.told(self, words, who, what, to)  # type: ignore[arg-type]


# Messages under way


class Open(MessageMark):
    """Somebody was connected, nobody has received it yet."""

    colour = "waiting"
    ending = ("; none has been received yet.", ". 아직 아무도 받지 않았습니다.")

    def remark(self, language: Language) -> str:
        """That nobody has received it."""
        return Text(en="not received yet", ko="아직 받지 않음")[language]

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        if to:
            return words.say(
                f"{who} sends {what} to {to}, which has not received it yet.",
                f"{who} {to}에 {what} 보냅니다. 아직 받지 않았습니다.",
            )
        return words.say(
            f"{who} sends {what}; nobody has received it yet.",
            f"{who} {what} 보냅니다. 아직 아무도 받지 않았습니다.",
        )

    def stub(self, pen: Pen, *, ends: bool = False) -> None:
        """Draw a short dotted arrow."""
        super().stub(pen, ends=ends)

    def arrow(self, pen: Pen, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw a dotted way, and the receiver's queue."""
        side = 1 if x2 > x1 else -1
        pen.lines.uses(Sign.QUEUED)
        pen.lines.line(x1, y1, x2 - 18 * side, y2, "waiting", 2.2, "0.1 5.5")
        path = "".join(f"M{x2 - (7 + 5 * n) * side:.1f} {y2 - 6:.1f}v12" for n in range(3))
        pen.lines.curve(path, "waiting", 2.25)


class Waiting(MessageMark):
    """Nobody is there to take it: it waits in its sender's queue."""

    colour = "waiting"
    has_queue = True

    @property
    def until(self) -> int:
        """The number of its send: the end of a wait that goes on is no event."""
        return self.number

    def named_receivers(self) -> list[Lane]:
        """It stays with its sender."""
        return []

    def remark(self, language: Language) -> str:
        """That it still waits."""
        return Text(en="still waiting", ko="대기 중")[language]

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 32.0), Need(self.at.after(), 26.0, timed=False)]

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what}; nobody is there to take it, so it waits in {who}'s queue.",
            f"{who} {what} 보냅니다. 받을 상대가 없어 {self.lane.name['ko']}의 큐에 쌓여 있습니다.",
        )

    def draw(self, pen: Pen) -> None:
        """Draw the queue down to the end of the picture."""
        self.queue(pen, pen.bottom)


class SendWaits(Waiting):
    """The call to send waits."""

    def remark(self, language: Language) -> str:
        """Nothing: the lane says that its call waits."""
        return ""

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} wants to send {what}; the call waits, for nobody can take it.",
            f"{who} {what} 보내려 하지만 받을 상대가 없어 호출이 멈춰 기다립니다.",
        )

    def draw(self, pen: Pen) -> None:
        """Draw a short dotted arrow."""
        self.stub(pen, ends=False)


# Messages that were lost


class Lost(MessageMark):
    """It will never arrive."""

    colour = "lost"
    ending = ("; all are lost.", ". 모두 유실됩니다.")
    why = Text(en="lost", ko="유실")

    def remark(self, language: Language) -> str:
        """Why."""
        return self.why[language]


class ClosedUnread(Lost):
    """It arrived, waited in the receiver's queue, and went with it."""

    why = Text(en="lost: closed unread", ko="유실: 읽기 전에 닫힘")

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        target = self.message.target
        assert target is not None
        return words.say(
            f"{who} sends {what} to {to}, which is closed before reading it: it is lost.",
            f"{who} {to}에 {what} 보냅니다. {words.subject(target)} 읽기 전에 닫혀 "
            "메시지가 유실됩니다.",
        )

    def arrow(self, pen: Pen, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw the way to the receiver's queue, and the queue's end."""
        side = 1 if x2 > x1 else -1
        closed = pen.y(self.message.left) if self.message.left else y2
        pen.lines.uses(Sign.LOST)
        if y2 >= closed:
            self.never(pen, x1, y1, x2, y2)
            return
        at = x2 - 12 * side
        pen.lines.uses(Sign.QUEUED)
        pen.lines.line(x1, y1, at, y2, "accent", self.thickness)
        pen.lines.bars(at, y2, 3, 4)
        pen.lines.open_group(event=self.until)
        pen.lines.line(at, y2 + 12, at, max(y2 + 12, closed - 20), "waiting", 2.2, "0.1 5")
        pen.lines.cross(at, max(y2 + 16, closed - 13), "lost", 5.5)
        pen.lines.close_group()

    def never(self, pen: Pen, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw an arrow whose last stretch is red and ends in ✕."""
        side = 1 if x2 > x1 else -1
        turn = 0.6
        bend_x, bend_y = x1 + (x2 - x1) * turn, y1 + (y2 - y1) * turn
        pen.lines.uses(Sign.LOST)
        pen.lines.line(x1, y1, bend_x, bend_y, "accent", self.thickness)
        pen.lines.line(bend_x, bend_y, x2 - 18 * side, y2, "lost", self.thickness)
        pen.lines.cross(x2 - 12 * side, y2, "lost")


class TooLate(ClosedUnread):
    """Its receiver was closed already, and the sender had not noticed."""

    why = Text(en="lost: peer closed", ko="유실: 상대가 닫힘")

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what} to {to}, which is closed already; {who} has not noticed yet, "
            "and it is lost.",
            f"{who} {to}에 {what} 보냅니다. 상대가 이미 닫혔지만 아직 알아채지 못해 "
            "메시지가 유실됩니다.",
        )

    def arrow(self, pen: Pen, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw an arrow that ends in ✕."""
        self.never(pen, x1, y1, x2, y2)


class Discarded(Lost):
    """Its sender was closed with linger 0 before anybody was there."""

    has_queue = True
    why = Text(en="thrown away by close", ko="닫으며 버림")

    def named_receivers(self) -> list[Lane]:
        """It stayed with its sender."""
        return []

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        left = self.message.left
        return [Need(self.at, 32.0), *([Need(left, 24.0)] if left else [])]

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what}; nobody is there to take it, and close() with linger 0 "
            "throws it away.",
            f"{who} {what} 보냅니다. 받을 상대가 없는 채로 종료 대기(linger) 0으로 닫혀 "
            "메시지를 버립니다.",
        )

    def draw(self, pen: Pen) -> None:
        """Draw the queue, and its end."""
        assert self.message.left is not None
        end = pen.y(self.message.left)
        x = self.queue(pen, end)
        pen.lines.uses(Sign.LOST)
        pen.lines.cross(x, end, "lost", 6 * pen.scale)


class Dropped(Lost):
    """Its own socket dropped it."""

    ending = ("; all are dropped.", ". 모두 버립니다.")

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 32.0), Need(self.at.after(), 18.0, timed=False)]

    def targets(self, pen: Pen) -> list[Lane]:
        """It never left."""
        return []


class NoSubscriber(Dropped):
    """A publisher had nobody who asked for it."""

    why = Text(en="dropped: no subscriber", ko="버림: 구독자 없음")
    verb = "발행합니다"

    def named_receivers(self) -> list[Lane]:
        """Nobody."""
        return []

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what}; nobody has subscribed to it, so it is dropped.",
            f"{who} {what} 발행합니다. 구독자가 없어 버립니다.",
        )


class TooEarly(NoSubscriber):
    """The subscription had not arrived yet."""

    why = Text(en="dropped: no subscription yet", ko="버림: 아직 구독 없음")

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what} before the subscription of {to} has arrived: it is dropped.",
            f"{who} {what} 발행합니다. {to}의 구독이 아직 닿지 않아 버립니다.",
        )


class NoRoom(NoSubscriber):
    """The queue for a subscriber was full."""

    why = Text(en="dropped: queue full", ko="버림: 큐가 가득 참")

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what}; the queue for {to} has no room for it, so it is dropped.",
            f"{who} {what} 발행합니다. {to}에 갈 큐에 자리가 없어 버립니다.",
        )


class NoSuchPeer(Dropped):
    """A ROUTER knows nobody of that routing id."""

    why = Text(en="dropped: no such peer", ko="버림: 없는 피어")

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what}; no peer has that routing id, so it is dropped.",
            f"{who} {what} 보냅니다. 그 라우팅 ID의 피어가 없어 버립니다.",
        )


class ClientGone(Dropped):
    """The peer that it is for, one that asked or is named, has left."""

    why = Text(en="dropped: peer gone", ko="버림: 떠난 피어")

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        return words.say(
            f"{who} sends {what} to {to}, which is gone: it is dropped.",
            f"{who} {to}에 {what} 보냅니다. 상대가 이미 닫혀 메시지를 버립니다.",
        )


# Messages that were refused


class Refused(Lost):
    """The call to send raised."""

    @property
    def ending(self) -> tuple[str, str]:  # type: ignore[override]
        """How a sentence about many ends."""
        return (f"; all are refused ({self.message.error}).", ". 모두 거절됩니다.")

    def remark(self, language: Language) -> str:
        """The error."""
        return self.message.error

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        return [Need(self.at, 40.0), Need(self.at.after(), 18.0, timed=False)]

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        error = self.message.error
        return words.say(
            f"{who} tries to send {what} and is refused: {error}.",
            f"{who} {what} 보내려 하지만 거절됩니다({error}).",
        )

    def targets(self, pen: Pen) -> list[Lane]:
        """It never left."""
        return []


class GaveUp(Refused):
    """The call to send waited in vain."""

    def remark(self, language: Language) -> str:
        """That it was given up."""
        return Text(en="send() given up", ko="send() 중단")[language]

    def needs(self) -> list[Need]:
        """The rows that it needs."""
        left = self.message.left
        return [Need(self.at, 32.0), *([Need(left, 24.0)] if left else [])]

    def told(self, words: Words, who: str, what: str, to: str) -> str:
        """What happened."""
        left = self.message.left
        waited = words.time(left.time - self.at.time) if left else ""
        return words.say(
            f"{who} wants to send {what}; nobody can take it, and the call ends after {waited}.",
            f"{who} {what} 보내려 하지만 받을 상대가 없어 {waited} 뒤 호출을 그만둡니다.",
        )


_KINDS: dict[tuple[Fate, Reason], type[MessageMark]] = {
    (Fate.OPEN, Reason.NONE): Open,
    (Fate.LOST, Reason.CLOSED_UNREAD): ClosedUnread,
    (Fate.LOST, Reason.TOO_LATE): TooLate,
    (Fate.LOST, Reason.DISCARDED): Discarded,
    (Fate.LOST, Reason.NO_SUBSCRIBER): NoSubscriber,
    (Fate.LOST, Reason.TOO_EARLY): TooEarly,
    (Fate.LOST, Reason.NO_ROOM): NoRoom,
    (Fate.LOST, Reason.NO_SUCH_PEER): NoSuchPeer,
    (Fate.LOST, Reason.CLIENT_GONE): ClientGone,
    (Fate.REFUSED, Reason.ERROR): Refused,
    (Fate.REFUSED, Reason.GAVE_UP): GaveUp,
}


def mark_of(message: Message) -> MessageMark:
    """The mark for a message, by its fate and by whether it had to wait."""
    if found := _KINDS.get((message.fate, message.reason)):
        return found(message)
    waited = message.left is not None and message.left.key > message.at.key
    if message.fate is Fate.WAITING:
        return (SendWaits if message.blocked else Waiting)(message)
    if message.fate is Fate.OUTSIDE:
        return (ToOutsideLater if waited else ToOutside)(message)
    if message.sender < 0:
        return FromOutside(message)
    if waited:
        return (SendWaited if message.blocked else DeliveredLater)(message)
    return Delivered(message)


def messages_of(story: Story) -> list[MessageMark]:
    """The marks of all messages that belong into the picture."""
    return [
        mark_of(message)
        for message in story.messages
        if message.last > story.mark and message.fate is not Fate.UNKNOWN
    ]
