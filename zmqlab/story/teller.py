"""Reading the record, event by event: `tell`."""

from __future__ import annotations

from collections.abc import Callable

from zmqlab.record import Event, Kind, Record, Wait
from zmqlab.story.judge import Judge
from zmqlab.story.lanes import Lanes
from zmqlab.story.links import Links
from zmqlab.story.match import Matcher, is_subscription
from zmqlab.story.model import (
    NEAR,
    SETTLED,
    Act,
    Deed,
    End,
    Fate,
    Message,
    Pause,
    Reason,
    Receipt,
    Side,
    Story,
)
from zmqlab.story.places import reaches, transport


def tell(record: Record) -> Story:
    """Work out what happened.

    Parameters
    ----------
    record : Record
        What a stage has noted.

    Returns
    -------
    Story
    """
    return _Teller(record).tell()


class _Teller:
    """Hands each event to whom it concerns, and collects acts and pauses."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.sides = [Side(actor) for actor in record.actors]
        self.lanes = Lanes(record)
        self.links = Links(self.sides, self.lanes)
        self.matcher = Matcher(self.sides, self.lanes, self.links)
        self.acts: list[Act] = []
        self.pauses: list[Pause] = []
        self.blocked: dict[int, Message] = {}
        self.readers: dict[Kind, Callable[[Event, Side], None]] = {
            Kind.SOCKET: self._socket,
            Kind.BIND: self._bind,
            Kind.UNBIND: self._unbind,
            Kind.CONNECT: self._connect,
            Kind.DISCONNECT: self._disconnect,
            Kind.SUBSCRIBE: self._subscribe,
            Kind.UNSUBSCRIBE: self._unsubscribe,
            Kind.ROUTING_ID: self._routing_id,
            Kind.SEND: self._send,
            Kind.SENT: self._sent,
            Kind.UNSENT: self._unsent,
            Kind.RECEIVE: self._receive,
            Kind.POLLED: self._polled,
            Kind.REFUSED: self._refused,
            Kind.GAVE_UP: self._gave_up,
            Kind.CLOSE: self._close,
            Kind.UP: lambda event, side: self.links.up(event, side, self.acts),
            Kind.DOWN: lambda event, side: self.links.down(event, side, self.acts),
            Kind.RETRY: lambda event, side: self.links.retry(event, self.acts),
        }

    def tell(self) -> Story:
        for event in self.record.events:
            self.readers[event.kind](event, self.sides[event.actor])
        for wait in self.record.waits:
            self._still_waits(wait)
        judge = Judge(self.record, self.sides, self.lanes, self.links, self.matcher)
        for message in self.matcher.messages:
            if message.fate is Fate.OPEN:
                judge.judge(message)
        self.matcher.time_departures()
        self._announce_links()
        self._name_peers()
        for side in self.sides:
            lane = self.lanes.of[side.number]
            lane.binds |= bool(side.bound)
            lane.connects |= bool(side.connected)
        self._choose_lanes()
        ended = {side.number: side.closed.at.order for side in self.sides if side.closed}
        return Story(
            lanes=[*self.lanes.inside, *self.lanes.outside.values()],
            messages=self.matcher.messages,
            acts=self.acts,
            pauses=self.pauses,
            links=self.links.all,
            outside=self.links.outside,
            lane_of=self.lanes.of,
            mark=self.record.mark,
            end=self.record.end,
            skipped=max(self.record.skipped[kind] for kind in ("send", "receive")),
            bound=self.links.bound,
            connected=self.links.connected,
            closed=set(ended),
            gone={number for number, order in ended.items() if order < self.record.mark},
        )

    def _act(self, deed: Deed, event: Event) -> Act:
        act = Act(deed, self.lanes.of[event.actor], event.at, event.actor, event.endpoint)
        self.acts.append(act)
        return act

    # Sockets and connections

    def _socket(self, event: Event, side: Side) -> None:
        lane = self.lanes.of[event.actor]
        before = [
            other for other in self.sides[: event.actor] if self.lanes.of[other.number] is lane
        ]
        if before and self.lanes.stood_alone(event.actor):
            act = self._act(Deed.NEW, event)
            act.note = "" if before[-1].type == side.type else side.type

    def _bind(self, event: Event, side: Side) -> None:
        self.links.bind(event, side, self._act(Deed.BIND, event))

    def _connect(self, event: Event, side: Side) -> None:
        self.links.connect(event, side, self._act(Deed.CONNECT, event))

    def _unbind(self, event: Event, side: Side) -> None:
        self.links.unbind(event, side)
        self._act(Deed.UNBIND, event)

    def _disconnect(self, event: Event, side: Side) -> None:
        self.links.disconnect(event, side)
        self._act(Deed.DISCONNECT, event)

    def _close(self, event: Event, side: Side) -> None:
        side.closed = event
        self.links.close(event, side)
        act = self._act(Deed.CLOSE, event)
        if side.owes is not None:
            side.owes.unanswered = True
            act.unanswered = 1 if side.type == "REP" else 0

    def _subscribe(self, event: Event, side: Side) -> None:
        (topic,) = event.frames
        side.topics.append(topic)
        act = self._act(Deed.SUBSCRIBE, event)
        act.frame = topic
        for link in side.links:
            lane = self.lanes.of[link.other(event.actor)]
            if not link.until and lane not in act.peers:
                act.peers.append(lane)

    def _unsubscribe(self, event: Event, side: Side) -> None:
        (topic,) = event.frames
        if topic in side.topics:
            side.topics.remove(topic)
        self._act(Deed.UNSUBSCRIBE, event).frame = topic

    def _routing_id(self, event: Event, side: Side) -> None:
        side.routing_id = event.frames[0]

    # Messages

    def _send(self, event: Event, side: Side) -> None:
        message = Message(event.frames, event.actor, self.lanes.of[event.actor], event.at)
        if event.note == "blocked":
            message.blocked = True
            self.blocked[event.at.order] = message
        self.matcher.send(message, side)

    def _sent(self, event: Event, side: Side) -> None:
        message = self.blocked.pop(event.began.order, None) if event.began else None
        if message:
            message.left = message.left or event.at
            self._pause(message, event, End.CAME)

    def _unsent(self, event: Event, side: Side) -> None:
        message = self.blocked.pop(event.began.order, None) if event.began else None
        if message:
            message.fate = Fate.REFUSED
            message.reason = Reason.GAVE_UP
            message.left = event.at
            self.matcher.withdraw(message)
            self._pause(message, event, End.GAVE_UP)

    def _pause(self, message: Message, event: Event, end: End) -> None:
        self.pauses.append(Pause(message.lane, message.at, event.at, end, "send"))

    def _refused(self, event: Event, side: Side) -> None:
        if not event.frames:
            self._act(Deed.FAILED, event).note = f"{event.endpoint}: {event.note}"
            return
        message = Message(event.frames, event.actor, self.lanes.of[event.actor], event.at)
        message.fate = Fate.REFUSED
        message.reason = Reason.ERROR
        message.error = event.note
        self.matcher.messages.append(message)

    def _receive(self, event: Event, side: Side) -> None:
        lane = self.lanes.of[event.actor]
        if event.began:
            self.pauses.append(Pause(lane, event.began, event.at, End.CAME, "recv"))
        if side.type == "XPUB" and is_subscription(event) and self._subscribed(event, side):
            return
        message = self.matcher.match(event, side)
        if message is None:
            if self.record.skipped["send"]:
                return
            message = self.matcher.outside(event, side)
        if message is None:
            return
        message.fate = Fate.DELIVERED
        message.receipts.append(Receipt(event.actor, event.at, lane, event.frames))
        if message.sender >= 0:
            self.matcher.used(message, event, side)
        if side.type == "REP":
            side.owes = message

    def _subscribed(self, event: Event, side: Side) -> bool:
        """Whether a receipt is a subscription of a socket on the stage, or the end of one."""
        return self._heard(event, side) or event.frames[0].head[:1] == b"\0"

    def _heard(self, event: Event, side: Side) -> bool:
        found = self.matcher.subscription(event, side)
        if found is None:
            return False
        topic, subscriber = found
        act = self._act(Deed.HEARD, event)
        act.frame = topic
        act.peers.append(self.lanes.of[subscriber])
        return True

    # Waits

    def _gave_up(self, event: Event, side: Side) -> None:
        if event.began:
            end = End.CLOSED if event.note == "close" else End.GAVE_UP
            if event.at.time - event.began.time > NEAR:
                side.nothing_by = event.at.time - NEAR
            lane = self.lanes.of[event.actor]
            self.pauses.append(Pause(lane, event.began, event.at, end, event.note))

    def _polled(self, event: Event, side: Side) -> None:
        if event.began:
            lane = self.lanes.of[event.actor]
            self.pauses.append(Pause(lane, event.began, event.at, End.CAME, "poll"))

    def _still_waits(self, wait: Wait) -> None:
        lane = self.lanes.of[wait.actor]
        self.pauses.append(Pause(lane, wait.began, self.record.end, End.GOES_ON, wait.call))

    # What follows at the end

    def _announce_links(self) -> None:
        """Add an act for each connection that came to be, where it became possible."""
        for link, took in self.links.opened():
            at = link.since.after()
            if took > SETTLED and link.up is not None:
                first = min((one for one in (link.up, link.used) if one), key=lambda one: one.key)
                left = [
                    message.left.before()
                    for message in self.matcher.messages
                    if message.over is link and message.left
                ]
                at = min([link.up, first, *left], key=lambda one: one.key)
            quick = transport(link.endpoint) == "inproc" or link.up is None
            self.acts.append(
                Act(
                    Deed.LINKED,
                    self.lanes.of[link.connector],
                    at,
                    link.connector,
                    link.endpoint,
                    peers=[self.lanes.of[link.binder]],
                    took=0.0 if quick else took,
                    handshake=not quick,
                )
            )
        self.acts.sort(key=lambda act: act.at.key)

    def _name_peers(self) -> None:
        """Say whom a connect or a refused attempt was meant for, where that is known by now."""
        for act in self.acts:
            if act.deed is Deed.RETRY:
                bound = [
                    self.lanes.of[number]
                    for number, place in self.links.bound
                    if reaches(act.endpoint, place)
                ]
                act.peers += bound[-1:]
            if act.deed in (Deed.CONNECT, Deed.RETRY) and not act.peers:
                act.peers += [
                    lane
                    for lane in self.lanes.outside.values()
                    if reaches(act.endpoint, lane.endpoint)
                ]

    def _choose_lanes(self) -> None:
        """Show lanes that something happens in, and those of open sockets."""
        mark = self.record.mark
        # Of a socket that was closed in an earlier picture no event may be left.
        known = {event.actor for event in self.record.events if event.kind is Kind.SOCKET}
        for side in self.sides:
            is_open = side.closed is None or side.closed.at.order > mark
            if is_open and side.number in known:
                self.lanes.of[side.number].shown = True
        for message in self.matcher.messages:
            if message.last > mark:
                message.lane.shown = True
                if message.target:
                    message.target.shown = True
                for receipt in message.receipts:
                    receipt.lane.shown = True
        for act in self.acts:
            if act.at.order > mark:
                for lane in act.peers:
                    lane.shown = True
