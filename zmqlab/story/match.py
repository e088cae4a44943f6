"""Matching: which message a socket has received.

libzmq does not say it; it follows from what was sent. A receipt is matched with the earliest
message that fits: sent by a socket of a legal type over an endpoint that both had, with equal
frames (apart from what REQ, REP and ROUTER add and take away), not received before.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from zmqlab.record import Event, Frame
from zmqlab.story.lanes import Lanes
from zmqlab.story.links import Links
from zmqlab.story.model import EMPTY, SETTLED, Fate, Message, Side

MOST = 64
"""So many messages of a sender are tried for one receipt."""


def fits(sender: str, sent: tuple[Frame, ...], receiver: str, got: tuple[Frame, ...]) -> bool:
    """Whether `got` is what a socket of type `receiver` makes of `sent`.

    Parameters
    ----------
    sender, receiver : str
        Socket types.
    sent, got : tuple of Frame
        The message at both programs' hands.
    """
    if sender == "ROUTER":
        sent = sent[1:]
    if receiver == "ROUTER":
        got = got[1:]
    if sent == got:
        return True
    if "REQ" in (sender, receiver) or "REP" in (sender, receiver):
        # These add or take an envelope that ends with the empty delimiter.
        long, short = (sent, got) if len(sent) > len(got) else (got, sent)
        cut = len(long) - len(short)
        return cut > 0 and long[cut:] == short and EMPTY in long[:cut]
    return False


class Matcher:
    """Messages under way, and the receipts that they are matched with."""

    def __init__(self, sides: list[Side], lanes: Lanes, links: Links) -> None:
        self._sides = sides
        self._lanes = lanes
        self._links = links
        self.messages: list[Message] = []
        self._waiting: dict[tuple[int, Frame], deque[Message]] = defaultdict(deque)
        self._published: dict[tuple[int, Frame], list[Message]] = defaultdict(list)
        self._read_up_to: dict[tuple[int, int, Frame], int] = defaultdict(int)
        self.ids: dict[tuple[int, Frame], int] = {}
        """Which socket a ROUTER knows by which routing id."""

    def send(self, message: Message, side: Side) -> None:
        """Note a message that was sent."""
        self.messages.append(message)
        if side.type == "REP" and side.owes is not None:
            message.answers = side.owes
            side.owes = None
            message.addressed = message.answers.sender if message.answers.sender >= 0 else None
        key = (message.sender, message.frames[-1])
        if side.fans_out:
            self._published[key].append(message)
        else:
            self._waiting[key].append(message)

    def withdraw(self, message: Message) -> None:
        """Forget a message whose send was given up."""
        queue = self._waiting[message.sender, message.frames[-1]]
        if message in queue:
            queue.remove(message)

    def outside(self, event: Event, side: Side) -> Message | None:
        """The message of a peer outside that a receipt reveals, if there may be one."""
        lane = self._lanes.peer_of(side, self._links.places())
        if lane is None:
            return None
        message = Message(event.frames, -1, lane, event.at)
        self.messages.append(message)
        if side.type == "ROUTER":
            side.outside_ids.add(event.frames[0])
        return message

    def match(self, event: Event, side: Side) -> Message | None:
        """The message of the stage that a receipt belongs to."""
        best: Message | None = None
        best_rank: tuple[bool, bool, int] | None = None
        for number in side.partners:
            sender = self._sides[number]
            find = self._find_published if sender.fans_out else self._find_sent
            found = find(sender, event, side)
            if found is None:
                continue
            rank = (
                not self._address_fits(found, event, side),
                self._hardly_here(found, event.actor),
                found.at.order,
            )
            if best_rank is None or rank < best_rank:
                best = found
                best_rank = rank
        if best is not None:
            self._taken(best, event, side)
        return best

    def _taken(self, message: Message, event: Event, side: Side) -> None:
        sender = self._sides[message.sender]
        if not sender.fans_out:
            self._waiting[message.sender, event.frames[-1]].remove(message)
        if side.type == "ROUTER":
            self.ids[event.actor, event.frames[0]] = message.sender
        if sender.type == "REP" and message.addressed not in (None, event.actor):
            self._swap_requests(message, event.actor)

    def _hardly_here(self, message: Message, receiver: int) -> bool:
        """Whether it must have gone elsewhere, or with its sender: others come first."""
        sender = self._sides[message.sender]
        if sender.closed and "discard" in sender.closed.note:
            return True
        return any(
            link.since.order < message.at.order
            and link.until is not None
            and link.until.order > message.at.order
            and receiver not in (link.connector, link.binder)
            for link in sender.links
        )

    def _find_sent(self, sender: Side, event: Event, side: Side) -> Message | None:
        queue = self._waiting.get((sender.number, event.frames[-1]), ())
        fitting = [
            message
            for message in _first(queue, MOST)
            if fits(sender.type, message.frames, side.type, event.frames)
        ]
        return next(
            (message for message in fitting if self._address_fits(message, event, side)),
            fitting[0] if fitting else None,
        )

    def _find_published(self, sender: Side, event: Event, side: Side) -> Message | None:
        key = (sender.number, event.frames[-1])
        published = self._published.get(key, [])
        place = (event.actor, *key)
        fitting = [
            index
            for index in range(self._read_up_to[place], len(published))
            if published[index].frames == event.frames
        ]
        # A message that was there while the receiver waited in vain would have been received then.
        came = [n for n in fitting if published[n].at.time > side.nothing_by] or fitting
        if not came:
            return None
        self._read_up_to[place] = came[0] + 1
        return published[came[0]]

    def _address_fits(self, message: Message, event: Event, side: Side) -> bool:
        """Whether routing ids, and REP's memory of who asked, speak for this receiver."""
        sender = self._sides[message.sender]
        if sender.type == "REP":
            return message.addressed in (None, event.actor)
        if sender.type == "ROUTER":
            known = self.ids.get((message.sender, message.frames[0]))
            own = side.routing_id
            if known is None:
                return own is None or own == message.frames[0]
            return known == event.actor
        if side.type == "ROUTER":
            claimed = self.ids.get((event.actor, event.frames[0]))
            if claimed is not None:
                return claimed == message.sender
            if sender.routing_id is not None:
                return sender.routing_id == event.frames[0]
            taken = {who for (router, _), who in self.ids.items() if router == event.actor}
            return message.sender not in taken
        return True

    def _swap_requests(self, reply: Message, receiver: int) -> None:
        """Two clients had asked the same: the reply shows whose request had come first."""
        asked = reply.answers
        if asked is None:
            return
        for other in self.messages:
            alike = other.frames == asked.frames and other.sender == receiver
            if alike and other is not asked and other.fate in (Fate.DELIVERED, Fate.OPEN):
                asked.sender, other.sender = other.sender, asked.sender
                asked.lane, other.lane = other.lane, asked.lane
                asked.at, other.at = other.at, asked.at
                asked.left = None
                other.left = None
                if other.fate is Fate.OPEN:
                    queue = self._waiting[receiver, other.frames[-1]]
                    if other in queue:
                        queue.remove(other)
                    self._waiting[other.sender, other.frames[-1]].append(other)
                break
        reply.addressed = receiver

    def used(self, message: Message, event: Event, side: Side) -> None:
        """Find the connection that carried a message, and whether it had to wait for that."""
        sender = self._sides[message.sender]
        links = [
            link
            for link in side.links
            if message.sender in (link.connector, link.binder)
            and message.sender != event.actor
            and link.since.order < event.at.order
        ]
        if not links:
            return
        link = links[-1]
        at = message.at if sender.fans_out else event.at
        link.used = link.used or at.before()
        side.received_from[message.sender] = message.at.order
        if sender.fans_out or message.blocked:
            return
        late = link.up is not None and link.up.time - message.at.time > SETTLED
        if link.since.order > message.at.order or late:
            message.over = link
            message.left = event.at.before()

    def time_departures(self) -> None:
        """Set when messages left that waited for a connection: when it was up.

        The monitor may report it after the message was received: then no later than that. Without
        a monitor (inproc) it left when both sides were there.
        """
        for message in self.messages:
            if message.over is None or message.left is None:
                continue
            if message.over.up is None:
                message.left = min(message.over.since, message.left, key=lambda at: at.key)
            else:
                up = min(message.over.up.time, message.left.time)
                message.left = message.left._replace(time=up)

    def subscription(self, event: Event, side: Side) -> tuple[Frame, int] | None:
        """The topic and the subscriber that an XPUB socket reads of, at a receipt of it."""
        frame = event.frames[0]
        topic = Frame(frame.size - 1, frame.head[1:], frame.tail)
        for number in side.partners:
            other = self._sides[number]
            if other.type == "XSUB":
                continue
            fresh = topic in other.topics and (event.actor, topic) not in other.topics_seen
            if frame.head[:1] == b"\1" and fresh:
                other.topics_seen.add((event.actor, topic))
                for link in side.links:
                    if number in (link.connector, link.binder) and not link.until:
                        link.used = link.used or event.at.before()
                return topic, number
        return None


def is_subscription(event: Event) -> bool:
    """Whether what an XPUB socket received is a subscription or the end of one."""
    return len(event.frames) == 1 and event.frames[0].head[:1] in (b"\0", b"\1")


def _first(queue: Iterable[Message], count: int) -> list[Message]:
    return [message for message, _ in zip(queue, range(count), strict=False)]
