"""What became of messages that nobody received: each fate names its ground."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from zmqlab.record import Event, Frame, Kind, Moment, Record
from zmqlab.story.lanes import Lanes
from zmqlab.story.links import Links
from zmqlab.story.match import Matcher
from zmqlab.story.model import SETTLED, Fate, Link, Message, Reason, Side


class Judge:
    """Decides the fate of each message that is still open when the record ends."""

    def __init__(
        self, record: Record, sides: list[Side], lanes: Lanes, links: Links, matcher: Matcher
    ) -> None:
        self._record = record
        self._sides = sides
        self._lanes = lanes
        self._links = links
        self._matcher = matcher

    def judge(self, message: Message) -> None:
        """Set the fate of one message."""
        side = self._sides[message.sender]
        if self._record.skipped["receive"] or self._record.skipped["other"]:
            message.fate = Fate.UNKNOWN
        elif message.blocked and not message.left:
            message.fate = Fate.WAITING
            message.left = side.closed.at if side.closed else self._record.end
        elif side.type == "REP":
            self._addressed(message, message.addressed, Reason.CLIENT_GONE)
        elif side.type == "ROUTER":
            self._addressed(message, self._routed(message, side), Reason.NO_SUCH_PEER)
        elif side.fans_out:
            self._published(message, side)
        else:
            self._queued(message, side)

    def _routed(self, message: Message, side: Side) -> int | None:
        """The socket that a ROUTER's first frame names; one that came later is not meant."""
        number = self._matcher.ids.get((message.sender, message.frames[0]))
        if number is not None:
            return number
        partners = [
            link.other(side.number) for link in side.links if link.since.order < message.at.order
        ]
        named = [
            partner
            for partner in sorted(partners)
            if self._sides[partner].routing_id == message.frames[0]
        ]
        return named[0] if named else None

    def _outside(self, message: Message, side: Side) -> None:
        message.fate = Fate.OUTSIDE
        message.target = self._lanes.peer_of(side, self._links.places())

    def _addressed(self, message: Message, number: int | None, reason: Reason) -> None:
        side = self._sides[message.sender]
        if number is None:
            asked = message.answers
            if asked is not None and asked.sender < 0:
                message.fate = Fate.OUTSIDE
                message.target = asked.lane
            elif message.frames[0] in side.outside_ids:
                self._outside(message, side)
            elif side.type == "ROUTER":
                message.lose(reason)
            return
        message.target = self._lanes.of[number]
        closed = self._sides[number].closed
        if closed is None:
            return
        if closed.at.order < message.at.order:
            message.lose(Reason.CLIENT_GONE)
        else:
            self._closed_unread(message, self._sides[number], message.at)

    def _closed_unread(self, message: Message, receiver: Side, since: Moment) -> None:
        """Mark it lost if the receiver was closed without reading it."""
        closed = receiver.closed
        if closed is None:
            return
        settled = closed.at.time - max(since.time, message.at.time) >= SETTLED
        if "unread" in closed.note or settled:
            message.lose(Reason.CLOSED_UNREAD, self._lanes.of[receiver.number])
            message.receipts.clear()
            message.left = closed.at

    def _published(self, message: Message, side: Side) -> None:
        ready = [
            (link, other)
            for link, other in self._open_links(message, side)
            if other.type == "XSUB"
            or any(_starts(message.frames[0], topic) for topic in other.topics)
        ]
        if not ready:
            if self._links.has_outside(side):
                self._outside(message, side)
            else:
                message.lose(Reason.NO_SUBSCRIBER)
            return
        for link, other in ready:
            if other.received_from.get(side.number, 0) > message.at.order:
                known = self._was_subscribed(message, link, other)
                reason = Reason.NO_ROOM if known else Reason.TOO_EARLY
                message.lose(reason, self._lanes.of[other.number])
                return
        link, other = ready[0]
        message.target = self._lanes.of[other.number]
        if other.closed is not None:
            self._closed_unread(message, other, link.since)

    def _was_subscribed(self, message: Message, link: Link, other: Side) -> bool:
        """Whether an earlier message came over this connection by the same subscription."""
        order = message.at.order
        for topic in other.topics:
            since = self._subscribed_since(other.number, topic, order)
            if since is None or not _starts(message.frames[0], topic):
                continue
            since = max(since, link.since.order)
            if any(
                since < earlier.at.order < order and _starts(earlier.frames[0], topic)
                for earlier in self._received.get((message.sender, other.number), ())
            ):
                return True
        return False

    def _subscribed_since(self, number: int, topic: Frame, order: int) -> int | None:
        """Since when a socket had been subscribed to a topic at that moment; equal ones count."""
        since: list[int] = []
        for change in self._changes.get((number, topic), ()):
            if change.at.order > order:
                break
            if change.kind is Kind.SUBSCRIBE:
                since.append(change.at.order)
            elif since:
                since.pop()
        return since[0] if since else None

    @cached_property
    def _changes(self) -> dict[tuple[int, Frame], list[Event]]:
        """How each socket's subscription to each topic changed."""
        changes = defaultdict(list)
        for event in self._record.events:
            if event.kind in (Kind.SUBSCRIBE, Kind.UNSUBSCRIBE):
                changes[event.actor, event.frames[0]].append(event)
        return changes

    @cached_property
    def _received(self) -> dict[tuple[int, int], list[Message]]:
        """What each receiver received of each sender, in the order of sending."""
        received = defaultdict(list)
        for message in self._matcher.messages:
            for receipt in message.receipts:
                received[message.sender, receipt.actor].append(message)
        return received

    def _open_links(self, message: Message, side: Side) -> list[tuple[Link, Side]]:
        """The connections that were there when it was sent, with the other ends."""
        return [
            (link, self._sides[link.other(side.number)])
            for link in side.links
            if link.since.order < message.at.order
            and (link.until is None or link.until.order > message.at.order)
        ]

    def _queued(self, message: Message, side: Side) -> None:
        order = message.at.order
        for link in side.links:
            if link.until and link.down and link.until.order < order < link.down.order:
                message.lose(Reason.TOO_LATE, self._lanes.of[link.other(side.number)])
                return
        links = [link for link in side.links if not link.until or link.until.order > order]
        if not links:
            self._without_a_link(message, side)
            return
        at_once = [link for link in links if link.since.order < order] or links
        others = {link.other(side.number) for link in at_once}
        if len(others) == 1:
            receiver = self._sides[others.pop()]
            message.target = self._lanes.of[receiver.number]
            self._closed_unread(message, receiver, at_once[0].since)
        if message.fate is not Fate.LOST and all(link.since.order > order for link in links):
            message.left = links[0].since

    def _without_a_link(self, message: Message, side: Side) -> None:
        """Nobody on the stage was connected: a peer outside, or nobody at all."""
        connection = next(
            (
                outside
                for outside in self._links.outside
                if outside.actor == side.number
                and (not outside.down or outside.down.order > message.at.order)
            ),
            None,
        )
        if connection is not None:
            message.fate = Fate.OUTSIDE
            message.target = connection.lane
            if connection.up.time - message.at.time > SETTLED:
                message.left = connection.up
        elif self._links.has_outside(side):
            self._outside(message, side)
        elif side.closed is not None and "discard" in side.closed.note:
            message.lose(Reason.DISCARDED)
            message.left = side.closed.at
        else:
            message.fate = Fate.WAITING
            message.left = self._record.end


def _starts(frame: Frame, topic: Frame) -> bool:
    return frame.head.startswith(topic.head) and frame.size >= topic.size
