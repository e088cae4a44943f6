"""What follows from a stage's record: who was connected to whom, and what became of each message.

libzmq does not say which message a socket has received; it follows from what was sent. A receipt is
matched with the earliest message that fits: sent by a socket of a legal type over an endpoint that
both had, with equal frames (apart from what REQ, REP and ROUTER add and take away), not received
before. What was never received is judged by what the sockets did; each fate names its ground:

==========  =================================================================================
delivered   a watched socket received it
outside     it went to a peer outside the stage, whose receipts cannot be seen
waiting     nobody was there to send it to, from the call to the picture
open        somebody was connected, nobody has received it yet
lost        it had gone to a socket that was closed without reading it (messages were there when
            it was closed, or the connection had stood for `SETTLED` seconds); or it was sent
            after its peer had been closed and before the sender's monitor noticed that; or its
            sender threw it away (closed with linger 0 before any connection); or there was nobody
            for whom its socket type would have waited (PUB without subscriber, ROUTER without
            that peer, REP whose client is gone)
refused     the call to send raised
unknown     more happened than the stage keeps
==========  =================================================================================
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from zmqlab.language import Text
from zmqlab.stage import LIMIT, Actor, Event, Frame, Moment, Record, Wait

LEGAL = {
    "REQ": {"REP", "ROUTER"},
    "REP": {"REQ", "DEALER"},
    "DEALER": {"REP", "DEALER", "ROUTER"},
    "ROUTER": {"REQ", "DEALER", "ROUTER"},
    "PUB": {"SUB", "XSUB"},
    "XPUB": {"SUB", "XSUB"},
    "SUB": {"PUB", "XPUB"},
    "XSUB": {"PUB", "XPUB"},
    "PUSH": {"PULL"},
    "PULL": {"PUSH"},
    "PAIR": {"PAIR"},
}
"""Which types speak to each other, by the ZeroMQ RFCs 28 to 31."""

SETTLED = 0.05
"""Seconds after which a handshake or a message under way on one machine is taken to be done."""

NEAR = 0.01
"""Seconds in which a message on one machine reaches a socket that waits for it."""

EMPTY = Frame(0, b"", b"")


@dataclass(slots=True, eq=False)
class Lane:
    """A place in the pictures: a socket, several under one name, or a peer outside."""

    name: Text
    type: str = ""
    endpoint: str = ""
    outside: bool = False
    binds: bool = False
    connects: bool = False
    shown: bool = False


@dataclass(slots=True, eq=False)
class Link:
    """A connecting socket and the bound one that it reaches, while both are there."""

    connector: int
    binder: int
    endpoint: str
    since: Moment
    up: Moment | None = None
    used: Moment | None = None
    until: Moment | None = None
    down: Moment | None = None
    types: tuple[str, str] = ("", "")
    """Of the connecting and of the bound socket: a lane may hold several types."""


@dataclass(slots=True, eq=False)
class Outside:
    """A connection between a watched socket and a peer that is not on the stage."""

    actor: int
    lane: Lane
    up: Moment
    down: Moment | None = None


@dataclass(slots=True, eq=False)
class Receipt:
    """A message as one socket received it."""

    actor: int
    at: Moment
    lane: Lane
    frames: tuple[Frame, ...]


@dataclass(slots=True, eq=False)
class Message:
    """A message and what became of it."""

    frames: tuple[Frame, ...]
    sender: int
    lane: Lane
    at: Moment
    fate: str = "open"
    reason: str = ""
    left: Moment | None = None
    """When it left its sender, if it had to wait; a waiting or discarded one: until when it did."""
    over: Link | None = None
    """The connection that it had to wait for."""
    blocked: bool = False
    """True if the call to send itself had to wait."""
    receipts: list[Receipt] = field(default_factory=list)
    target: Lane | None = None
    answers: Message | None = None
    unanswered: bool = False
    addressed: int | None = None

    @property
    def last(self) -> float:
        """Order of the last thing that is known of it."""
        known = [self.at, *(receipt.at for receipt in self.receipts)]
        if self.left:
            known.append(self.left)
        return max(moment.order for moment in known)


@dataclass(slots=True, eq=False)
class Mark:
    """Something that a socket did alone: "new", "bind", "connect", "subscribe", "close"..."""

    kind: str
    lane: Lane
    at: Moment
    actor: int = -1
    endpoint: str = ""
    peers: list[Lane] = field(default_factory=list)
    frame: Frame | None = None
    unanswered: int = 0
    note: str = ""
    took: float = 0.0


@dataclass(slots=True, eq=False)
class Pause:
    """A stretch of a lane in which a call waited; `end` is "came", "gave up" or "goes on"."""

    lane: Lane
    began: Moment
    ended: Moment
    end: str
    call: str


@dataclass(slots=True, eq=False)
class Story:
    """All that the pictures show."""

    lanes: list[Lane]
    messages: list[Message]
    marks: list[Mark]
    pauses: list[Pause]
    links: list[Link]
    outside: list[Outside]
    lane_of: dict[int, Lane]
    mark: float
    end: Moment
    skipped: int
    binders: dict[str, Lane] = field(default_factory=dict)
    bound: list[tuple[int, str]] = field(default_factory=list)
    connected: list[tuple[int, str]] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    """Sockets that were closed before the picture began."""


def transport(endpoint: str) -> str:
    """The transport of an endpoint: tcp, ipc, inproc."""
    return endpoint.partition("://")[0]


def reaches(connected: str, bound: str) -> bool:
    """Whether a connection to one endpoint arrives at what is bound to the other."""
    if connected == bound:
        return True
    if transport(connected) != "tcp" or transport(bound) != "tcp":
        return False
    host, port = _host_and_port(connected)
    own_host, own_port = _host_and_port(bound)
    return port == own_port and (host == own_host or own_host in ("0.0.0.0", "::", "*"))


def _host_and_port(endpoint: str) -> tuple[str, str]:
    address = endpoint.partition("://")[2].rpartition(";")[2]
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    return ("127.0.0.1" if host in ("localhost", "::1") else host), port


def masked(endpoint: str) -> str:
    """An endpoint without a port that the system chose, so that texts stay the same."""
    found = re.fullmatch(r"(tcp://.*:)(\d+)", endpoint)
    return found[1] + "*" if found and int(found[2]) >= 32768 else endpoint


class _Side:
    """A socket's state while the record is read."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.type = actor.type
        self.bound: list[str] = []
        self.connected: list[str] = []
        self.links: list[Link] = []
        self.topics: list[Frame] = []
        self.topics_seen: set[tuple[int, Frame]] = set()
        self.routing_id: Frame | None = None
        self.closed: Event | None = None
        self.ups = 0
        self.owes: Message | None = None
        self.asked_from: Lane | None = None
        self.outside_ids: set[Frame] = set()
        self.received_from: dict[int, float] = {}
        self.nothing_by = float("-inf")

    @property
    def fans_out(self) -> bool:
        return self.type in ("PUB", "XPUB")


def fits(sender: str, sent: tuple[Frame, ...], receiver: str, got: tuple[Frame, ...]) -> bool:
    """Whether `got` is what a socket of type `receiver` makes of `sent`.

    Parameters
    ----------
    sender, receiver : str
        Socket types.
    sent, got : tuple of Frame
        The message at both programs' hands.

    Returns
    -------
    bool
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


class _Teller:
    def __init__(self, record: Record) -> None:
        self.record = record
        self.sides = [_Side(actor) for actor in record.actors]
        self.links: list[Link] = []
        self.outside: list[Outside] = []
        self.messages: list[Message] = []
        self.marks: list[Mark] = []
        self.pauses: list[Pause] = []
        self.waiting: dict[tuple[int, Frame], deque[Message]] = defaultdict(deque)
        self.published: dict[tuple[int, Frame], list[Message]] = defaultdict(list)
        self.read_up_to: dict[tuple[int, int, Frame], int] = defaultdict(int)
        self.ids: dict[tuple[int, Frame], int] = {}
        self.blocked: dict[float, Message] = {}
        self.bound: list[tuple[int, str]] = []
        self.connected: list[tuple[int, str]] = []
        self.lanes: list[Lane] = []
        self.lane_of: dict[int, Lane] = {}
        self.beside: dict[int, bool] = {}  # whether its lane had an open socket when it was made
        self.outside_lanes: dict[str, Lane] = {}
        self._name_lanes()

    # Lanes

    def _name_lanes(self) -> None:
        named: dict[str, Lane] = {}
        made = {e.actor: e.at.order for e in self.record.events if e.kind == "socket"}
        ends = {e.actor: e.at.order for e in self.record.events if e.kind == "close"}
        open_ones: dict[int, list[Actor]] = defaultdict(list)
        for name in self.record.names:
            if name not in self.record.outside.values():
                named[name] = Lane(Text(name, name))
        unnamed: dict[str, int] = defaultdict(int)
        plain = []
        for actor in self.record.actors:
            if actor.name:
                lane = named.setdefault(actor.name, Lane(Text(actor.name, actor.name)))
            else:
                unnamed[actor.type] += 1
                title = f"{actor.type} {unnamed[actor.type]}"
                lane = Lane(Text(title, title))
                plain.append(lane)
            others = open_ones[id(lane)]
            since = made.get(actor.number, float("-inf"))
            others[:] = [
                other
                for other in others
                if other.number in made and ends.get(other.number, float("inf")) > since
            ]
            self.beside[actor.number] = bool(others)
            others.append(actor)
            lane.type = ", ".join(dict.fromkeys(other.type for other in others))
            self.lane_of[actor.number] = lane
        self.lanes = [lane for lane in named.values() if lane.type] + plain

    def _peer_outside(self, endpoint: str) -> Lane:
        for known, lane in self.outside_lanes.items():
            if reaches(endpoint, known) or reaches(known, endpoint):
                return lane
        given = next(
            (
                name
                for place, name in self.record.outside.items()
                if reaches(endpoint, place) or reaches(place, endpoint)
            ),
            None,
        )
        count = sum(lane.name.en.startswith("peer ") for lane in self.outside_lanes.values()) + 1
        name = Text(given, given) if given else Text(f"peer {count}", f"바깥 피어 {count}")
        lane = Lane(name, endpoint=endpoint, outside=True)
        self.outside_lanes[endpoint] = lane
        return lane

    def _outside_of(self, side: _Side) -> Lane | None:
        """The lane for whoever this socket speaks to outside the stage."""
        inside = [bound for _, bound in self.bound]
        for endpoint in side.connected:
            if not any(reaches(endpoint, bound) for bound in inside):
                return self._peer_outside(endpoint)
        for endpoint in (*side.bound, *side.connected):
            return self._peer_outside(endpoint)
        return None

    # Reading the record

    def tell(self) -> Story:
        for event in self.record.events:
            getattr(self, "_on_" + event.kind.replace(" ", "_"))(event, self.sides[event.actor])
        for wait in self.record.waits:
            self._still_waits(wait)
        for message in self.messages:
            if message.fate == "open":
                self._judge(message)
        self._time_departures()
        self._announce_links()
        for mark in self.marks:
            if mark.kind == "connect" and not mark.peers:
                mark.peers += [
                    lane
                    for lane in self.outside_lanes.values()
                    if reaches(mark.endpoint, lane.endpoint)
                ]
        for side in self.sides:
            lane = self.lane_of[side.actor.number]
            lane.binds |= bool(side.bound)
            lane.connects |= bool(side.connected)
        self._choose_lanes()
        skipped = max(self.record.skipped[kind] for kind in ("send", "receive"))
        return Story(
            lanes=[*self.lanes, *self.outside_lanes.values()],
            messages=self.messages,
            marks=self.marks,
            pauses=self.pauses,
            links=self.links,
            outside=self.outside,
            lane_of=self.lane_of,
            mark=self.record.mark,
            end=self.record.end,
            skipped=skipped,
            bound=self.bound,
            connected=self.connected,
            closed={side.actor.number for side in self.sides if side.closed},
            gone={
                side.actor.number
                for side in self.sides
                if side.closed and side.closed.at.order < self.record.mark
            },
        )

    def _mark(self, event: Event, **more: object) -> Mark:
        mark = Mark(
            event.kind,
            self.lane_of[event.actor],
            event.at,
            event.actor,
            event.endpoint,
            **more,  # type: ignore[arg-type]
        )
        self.marks.append(mark)
        return mark

    def _on_socket(self, event: Event, side: _Side) -> None:
        lane = self.lane_of[event.actor]
        before = [other for other in self.sides[: event.actor] if self._lane(other) is lane]
        if before and not self.beside[event.actor]:
            self._mark(event, note="" if before[-1].type == side.type else side.type)

    def _lane(self, side: _Side) -> Lane:
        return self.lane_of[side.actor.number]

    def _endpoint(self, event: Event) -> str:
        """Inproc names belong to their context."""
        if transport(event.endpoint) != "inproc":
            return event.endpoint
        return f"{event.endpoint}#{self.sides[event.actor].actor.context}"

    def _on_bind(self, event: Event, side: _Side) -> None:
        endpoint = self._endpoint(event)
        side.bound.append(endpoint)
        self.bound.append((event.actor, endpoint))
        mark = self._mark(event)
        for other in self.sides:
            for place in other.connected:
                if other is not side and not other.closed and reaches(place, endpoint):
                    self._link(other, side, endpoint, event.at)
                    mark.peers.append(self._lane(other))

    def _on_connect(self, event: Event, side: _Side) -> None:
        endpoint = self._endpoint(event)
        side.connected.append(endpoint)
        self.connected.append((event.actor, endpoint))
        mark = self._mark(event)
        for other in self.sides:
            for place in other.bound:
                if other is not side and not other.closed and reaches(endpoint, place):
                    self._link(side, other, place, event.at)
                    mark.peers.append(self._lane(other))

    def _link(self, connector: _Side, binder: _Side, endpoint: str, since: Moment) -> None:
        if binder.type not in LEGAL.get(connector.type, set()):
            return
        link = Link(connector.actor.number, binder.actor.number, endpoint, since)
        link.types = connector.type, binder.type
        if transport(endpoint) == "inproc":
            link.up = since
        self.links.append(link)
        connector.links.append(link)
        binder.links.append(link)

    def _on_unbind(self, event: Event, side: _Side) -> None:
        self._detach(event, side, side.bound)

    def _on_disconnect(self, event: Event, side: _Side) -> None:
        self._detach(event, side, side.connected)

    def _detach(self, event: Event, side: _Side, places: list[str]) -> None:
        endpoint = self._endpoint(event)
        gone = [place for place in places if reaches(endpoint, place) or reaches(place, endpoint)]
        for place in gone:
            places.remove(place)
        for link in side.links:
            mine = event.kind == "disconnect" and link.connector == event.actor
            if mine and not link.until and reaches(endpoint, link.endpoint):
                link.until = event.at
        self._mark(event)

    def _on_subscribe(self, event: Event, side: _Side) -> None:
        (topic,) = event.frames
        side.topics.append(topic)
        peers = []
        for link in side.links:
            if not link.until:
                other = link.binder if link.connector == event.actor else link.connector
                if self.lane_of[other] not in peers:
                    peers.append(self.lane_of[other])
        self._mark(event, frame=topic, peers=peers)

    def _on_unsubscribe(self, event: Event, side: _Side) -> None:
        (topic,) = event.frames
        if topic in side.topics:
            side.topics.remove(topic)
        self._mark(event, frame=topic)

    def _on_routing_id(self, event: Event, side: _Side) -> None:
        side.routing_id = event.frames[0]

    def _on_up(self, event: Event, side: _Side) -> None:
        side.ups += 1
        if not any(reaches(event.endpoint, place) for place in side.connected):
            return  # the bound end of a connection: told by the connecting one, if that is here
        links = [
            link
            for link in side.links
            if link.connector == event.actor and reaches(event.endpoint, link.endpoint)
        ]
        fresh = [
            link
            for link in links
            if link.up is None and (link.until is None or event.at.time - link.until.time < SETTLED)
        ]
        live = [link for link in links if link.until is None]
        if fresh or live:
            link = (fresh or live)[0]
            link.up = link.up or event.at
            return
        lane = self._peer_outside(event.endpoint)
        self.outside.append(Outside(event.actor, lane, event.at))
        since = [
            mark.at.time
            for mark in self.marks
            if mark.actor == event.actor
            and mark.kind in ("connect", "down")
            and reaches(mark.endpoint, event.endpoint)
        ]
        took = event.at.time - since[-1] if since else 0.0
        mark = self._mark(event, peers=[lane], took=took)
        if took < SETTLED and self.marks[-2:-1] and self.marks[-2].kind == "connect":
            mark.at = Moment(self.marks[-2].at.order + 0.5, event.at.time)

    def _on_down(self, event: Event, side: _Side) -> None:
        for link in side.links:
            mine = link.connector == event.actor and reaches(event.endpoint, link.endpoint)
            if mine and link.until and not link.down:
                link.down = event.at
                return
        for connection in self.outside:
            place = connection.lane.endpoint
            same = reaches(place, event.endpoint) or reaches(event.endpoint, place)
            if connection.actor == event.actor and connection.down is None and same:
                connection.down = event.at
                self._mark(event, peers=[connection.lane])
                return

    def _on_send(self, event: Event, side: _Side) -> None:
        message = Message(event.frames, event.actor, self.lane_of[event.actor], event.at)
        self.messages.append(message)
        if event.note == "blocked":
            message.blocked = True
            self.blocked[event.at.order] = message
        if side.type == "REP" and side.owes is not None:
            message.answers, side.owes = side.owes, None
            message.addressed = message.answers.sender if message.answers.sender >= 0 else None
        key = (event.actor, event.frames[-1])
        if side.fans_out:
            self.published[key].append(message)
        else:
            self.waiting[key].append(message)

    def _on_sent(self, event: Event, side: _Side) -> None:
        message = self.blocked.pop(event.began.order, None) if event.began else None
        if message:
            message.left = message.left or event.at
            began = message.at
            self.pauses.append(Pause(message.lane, began, event.at, "came", "send"))

    def _on_unsent(self, event: Event, side: _Side) -> None:
        message = self.blocked.pop(event.began.order, None) if event.began else None
        if message:
            message.fate, message.reason, message.left = "refused", "gave up", event.at
            self._drop_from_queue(message)
            self.pauses.append(Pause(message.lane, message.at, event.at, "gave up", "send"))

    def _drop_from_queue(self, message: Message) -> None:
        queue = self.waiting[message.sender, message.frames[-1]]
        if message in queue:
            queue.remove(message)

    def _on_refused(self, event: Event, side: _Side) -> None:
        if not event.frames:
            self._mark(event, note=f"{event.endpoint}: {event.note}")
            return
        message = Message(event.frames, event.actor, self.lane_of[event.actor], event.at)
        message.fate, message.reason = "refused", event.note
        self.messages.append(message)

    def _on_gave_up(self, event: Event, side: _Side) -> None:
        if event.began:
            end = "closed" if event.note == "close" else "gave up"
            if event.at.time - event.began.time > NEAR:
                side.nothing_by = event.at.time - NEAR
            lane = self.lane_of[event.actor]
            self.pauses.append(Pause(lane, event.began, event.at, end, event.note))

    def _on_polled(self, event: Event, side: _Side) -> None:
        if event.began:
            lane = self.lane_of[event.actor]
            self.pauses.append(Pause(lane, event.began, event.at, "came", "poll"))

    def _still_waits(self, wait: Wait) -> None:
        lane = self.lane_of[wait.actor]
        self.pauses.append(Pause(lane, wait.began, self.record.end, "goes on", wait.call))

    def _on_close(self, event: Event, side: _Side) -> None:
        side.closed = event
        for link in side.links:
            link.until = link.until or event.at
        owed = 1 if side.type == "REP" and side.owes is not None else 0
        if side.owes is not None:
            side.owes.unanswered = True
        self._mark(event, unanswered=owed)

    # Receipts

    def _on_receive(self, event: Event, side: _Side) -> None:
        if event.began:
            lane = self.lane_of[event.actor]
            self.pauses.append(Pause(lane, event.began, event.at, "came", "recv"))
        if side.type == "XPUB" and self._subscription(event, side):
            return
        message = self._match(event, side)
        if message is None:
            if self.record.skipped["send"]:
                return
            outside = self._outside_of(side)
            if outside is None:
                return
            message = Message(event.frames, -1, outside, event.at, fate="delivered")
            self.messages.append(message)
            if side.type == "ROUTER":
                side.outside_ids.add(event.frames[0])
        message.fate = "delivered"
        message.receipts.append(
            Receipt(event.actor, event.at, self.lane_of[event.actor], event.frames)
        )
        if message.sender >= 0:
            self._used(message, event, side)
        if side.type == "REP":
            side.owes = message

    def _partners(self, side: _Side) -> list[int]:
        """Sockets that this one was ever connected to, on the stage."""
        own = side.actor.number
        return sorted({link.connector + link.binder - own for link in side.links})

    def _match(self, event: Event, side: _Side) -> Message | None:
        best: Message | None = None
        best_rank: tuple[bool, bool, float] | None = None
        last = event.frames[-1]
        for number in self._partners(side):
            sender = self.sides[number]
            if sender.fans_out:
                found = self._published(sender, event, side)
            else:
                found = self._sent(sender, event, side)
            if found is None:
                continue
            rank = (
                not self._address_fits(found, event, side),
                self._hardly_here(found, event.actor),
                found.at.order,
            )
            if best_rank is None or rank < best_rank:
                best, best_rank = found, rank
        if best is None:
            return None
        sender = self.sides[best.sender]
        if not sender.fans_out:
            self.waiting[best.sender, last].remove(best)
        if side.type == "ROUTER":
            self.ids[event.actor, event.frames[0]] = best.sender
        if sender.type == "REP" and best.addressed not in (None, event.actor):
            self._swap_requests(best, event.actor)
        return best

    def _hardly_here(self, message: Message, receiver: int) -> bool:
        """Whether it must have gone elsewhere, or with its sender: others come first."""
        sender = self.sides[message.sender]
        if sender.closed and "discard" in sender.closed.note:
            return True
        return any(
            link.since.order < message.at.order
            and link.until is not None
            and link.until.order > message.at.order
            and receiver not in (link.connector, link.binder)
            for link in sender.links
        )

    def _sent(self, sender: _Side, event: Event, side: _Side) -> Message | None:
        queue = self.waiting.get((sender.actor.number, event.frames[-1]), ())
        fitting = [
            message
            for message in _first(queue, 64)
            if fits(sender.type, message.frames, side.type, event.frames)
        ]
        return next(
            (message for message in fitting if self._address_fits(message, event, side)),
            fitting[0] if fitting else None,
        )

    def _published(self, sender: _Side, event: Event, side: _Side) -> Message | None:
        key = (sender.actor.number, event.frames[-1])
        published = self.published.get(key, [])
        place = (event.actor, *key)
        fitting = [
            index
            for index in range(self.read_up_to[place], len(published))
            if published[index].frames == event.frames
        ]
        # What was there when the receiver had waited in vain would have been received then.
        came = [n for n in fitting if published[n].at.time > side.nothing_by] or fitting
        if not came:
            return None
        self.read_up_to[place] = came[0] + 1
        return published[came[0]]

    def _address_fits(self, message: Message, event: Event, side: _Side) -> bool:
        """Whether routing ids, and REP's memory of who asked, speak for this receiver."""
        sender = self.sides[message.sender]
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
            if alike and other is not asked and other.fate in ("delivered", "open"):
                asked.sender, other.sender = other.sender, asked.sender
                asked.lane, other.lane = other.lane, asked.lane
                asked.at, other.at = other.at, asked.at
                asked.left = other.left = None
                if other.fate == "open":
                    queue = self.waiting[receiver, other.frames[-1]]
                    if other in queue:
                        queue.remove(other)
                    self.waiting[other.sender, other.frames[-1]].append(other)
                break
        reply.addressed = receiver

    def _used(self, message: Message, event: Event, side: _Side) -> None:
        """Find the connection that carried it, and whether it had to wait for that."""
        own = event.actor
        links = [
            link
            for link in side.links
            if message.sender in (link.connector, link.binder)
            and message.sender != own
            and link.since.order < event.at.order
        ]
        if not links:
            return
        link = links[-1]
        used = message.at if self.sides[message.sender].fans_out else event.at
        link.used = link.used or _before(used)
        side.received_from[message.sender] = message.at.order
        if self.sides[message.sender].fans_out or message.blocked:
            return
        late = link.up is not None and link.up.time - message.at.time > SETTLED
        if link.since.order > message.at.order or late:
            message.over = link
            message.left = Moment(event.at.order - 0.25, event.at.time)

    def _time_departures(self) -> None:
        """A message that waited for a connection left when that was up.

        The monitor may tell of it after the message was received: then no later than that. Without
        a monitor (inproc) it left when both sides were there.
        """
        for message in self.messages:
            if message.over is None or message.left is None:
                continue
            if message.over.up is None:
                message.left = min(message.over.since, message.left, key=lambda at: at.order)
            else:
                up = min(message.over.up.time, message.left.time)
                message.left = Moment(message.left.order, up)

    def _subscription(self, event: Event, side: _Side) -> bool:
        if len(event.frames) != 1 or event.frames[0].head[:1] not in (b"\0", b"\1"):
            return False
        frame = event.frames[0]
        topic = Frame(frame.size - 1, frame.head[1:], frame.tail)
        for number in self._partners(side):
            other = self.sides[number]
            if other.type == "XSUB":
                continue
            fresh = topic in other.topics and (event.actor, topic) not in other.topics_seen
            if frame.head[:1] == b"\1" and fresh:
                other.topics_seen.add((event.actor, topic))
                for link in side.links:
                    if number in (link.connector, link.binder) and not link.until:
                        link.used = link.used or _before(event.at)
                lane = self.lane_of[event.actor]
                self.marks.append(
                    Mark("heard", lane, event.at, frame=topic, peers=[self._lane(other)])
                )
                return True
        return frame.head[:1] == b"\0"

    # What became of messages that nobody received

    def _judge(self, message: Message) -> None:
        side = self.sides[message.sender]
        end = self.record.end
        if self.record.skipped["receive"] or self.record.skipped["other"]:
            message.fate = "unknown"
            return
        if message.blocked and not message.left:
            closed = side.closed
            message.fate, message.left = "waiting", closed.at if closed else end
            return
        if side.type == "REP":
            self._judge_addressed(message, message.addressed, "client gone")
        elif side.type == "ROUTER":
            number = self.ids.get((message.sender, message.frames[0]))
            if number is None:
                number = next(
                    (
                        partner
                        for partner in self._partners(side)
                        if self.sides[partner].routing_id == message.frames[0]
                    ),
                    None,
                )
            self._judge_addressed(message, number, "no such peer")
        elif side.fans_out:
            self._judge_published(message, side)
        else:
            self._judge_queued(message, side)

    def _judge_addressed(self, message: Message, number: int | None, reason: str) -> None:
        side = self.sides[message.sender]
        if number is None:
            asked = message.answers
            if asked is not None and asked.sender < 0:
                message.fate, message.target = "outside", asked.lane
            elif message.frames[0] in side.outside_ids:
                message.fate, message.target = "outside", self._outside_of(side)
            elif side.type == "ROUTER":
                message.fate, message.reason = "lost", reason
            return
        message.target = self.lane_of[number]
        closed = self.sides[number].closed
        if closed is None:
            return
        if closed.at.order < message.at.order:
            message.fate, message.reason = "lost", "client gone"
        else:
            self._judge_closed(message, self.sides[number], message.at)

    def _judge_closed(self, message: Message, receiver: _Side, since: Moment) -> None:
        """The receiver was closed without reading it."""
        closed = receiver.closed
        if closed is None:
            return
        settled = closed.at.time - max(since.time, message.at.time) >= SETTLED
        if "unread" in closed.note or settled:
            message.fate, message.reason = "lost", "closed unread"
            message.target, message.left = self._lane(receiver), None
            message.receipts.clear()
            message.left = closed.at

    def _judge_published(self, message: Message, side: _Side) -> None:
        number = message.sender
        ready = []
        for link in side.links:
            other = self.sides[link.connector + link.binder - number]
            if link.since.order < message.at.order and (
                link.until is None or link.until.order > message.at.order
            ):
                first = message.frames[0]
                if any(_starts(first, topic) for topic in other.topics) or other.type == "XSUB":
                    ready.append((link, other))
        if not ready:
            if self._has_outside(side):
                message.fate, message.target = "outside", self._outside_of(side)
            else:
                message.fate, message.reason = "lost", "no subscriber"
            return
        for _, other in ready:
            if other.received_from.get(number, 0) > message.at.order:
                message.fate, message.reason = "lost", "too early"
                message.target = self._lane(other)
                return
        link, other = ready[0]
        message.target = self._lane(other)
        if other.closed is not None:
            self._judge_closed(message, other, link.since)

    def _judge_queued(self, message: Message, side: _Side) -> None:
        number, order = message.sender, message.at.order
        links = [link for link in side.links if not link.until or link.until.order > order]
        for link in side.links:
            if link.until and link.down and link.until.order < order < link.down.order:
                message.fate, message.reason = "lost", "too late"
                message.target = self.lane_of[link.connector + link.binder - number]
                return
        if not links:
            connection = next(
                (
                    outside
                    for outside in self.outside
                    if outside.actor == number and (not outside.down or outside.down.order > order)
                ),
                None,
            )
            if connection is not None:
                message.fate, message.target = "outside", connection.lane
                if connection.up.time - message.at.time > SETTLED:
                    message.left = connection.up
            elif self._has_outside(side):
                message.fate, message.target = "outside", self._outside_of(side)
            elif side.closed is not None and "discard" in side.closed.note:
                message.fate, message.reason, message.left = "lost", "discarded", side.closed.at
            else:
                message.fate, message.left = "waiting", self.record.end
            return
        at_once = [link for link in links if link.since.order < order] or links
        others = {link.connector + link.binder - number for link in at_once}
        if len(others) == 1:
            receiver = self.sides[others.pop()]
            message.target = self._lane(receiver)
            if receiver.closed is not None:
                self._judge_closed(message, receiver, at_once[0].since)
            if message.fate == "lost":
                return
        later = [link for link in links if link.since.order > order]
        if later and len(later) == len(links):
            message.left = later[0].since

    def _has_outside(self, side: _Side) -> bool:
        """Whether somebody outside is connected to what this socket has bound."""
        if not side.bound:
            return False
        inside = [
            link
            for link in side.links
            if link.binder == side.actor.number and (link.up or link.used)
        ]
        return side.ups > len(inside)

    # What the pictures show of it

    def _announce_links(self) -> None:
        """A mark for each connection that came to be, where it became possible."""
        for link in self.links:
            up = link.up or link.used
            if up is None:
                continue
            took = max(0.0, link.up.time - link.since.time) if link.up else 0.0
            at = Moment(link.since.order + 0.5, link.since.time)
            first = min((moment for moment in (link.up, link.used) if moment), default=up)
            if took > SETTLED and link.up is not None:
                left = [m.left for m in self.messages if m.over is link and m.left]
                at = min([link.up, first, *(Moment(m.order - 0.1, m.time) for m in left)])
            quick = transport(link.endpoint) == "inproc" or link.up is None
            self.marks.append(
                Mark(
                    "linked",
                    self.lane_of[link.connector],
                    at,
                    link.connector,
                    link.endpoint,
                    peers=[self.lane_of[link.binder]],
                    took=0.0 if quick else took,
                    note="" if quick else "handshake",
                )
            )
        self.marks.sort(key=lambda mark: mark.at.order)

    def _choose_lanes(self) -> None:
        """Lanes with something to show, and open sockets."""
        mark = self.record.mark
        for side in self.sides:
            if side.closed is None or side.closed.at.order > mark:
                self._lane(side).shown = True
        for message in self.messages:
            if message.last > mark:
                message.lane.shown = True
                if message.target:
                    message.target.shown = True
                for receipt in message.receipts:
                    receipt.lane.shown = True
        for event in self.marks:
            if event.at.order > mark:
                for lane in event.peers:
                    lane.shown = True


def _before(at: Moment) -> Moment:
    return Moment(at.order - 0.1, at.time)


def _starts(frame: Frame, topic: Frame) -> bool:
    return frame.head.startswith(topic.head) and frame.size >= topic.size


def _first(queue: Iterable[Message], count: int) -> list[Message]:
    return [message for message, _ in zip(queue, range(count), strict=False)]


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


def still_needed(record: Record, story: Story) -> list[Event]:
    """The events that what comes next may refer to: of open sockets, and of open messages.

    Parameters
    ----------
    record : Record
        What a stage has noted.
    story : Story
        What followed from it.

    Returns
    -------
    list of Event
    """
    open_ones = [m for m in story.messages if m.fate in ("open", "waiting") and m.sender >= 0]
    under_way = {message.at.order for message in open_ones[-LIMIT:]}
    recent = deque((message for message in story.messages if message.sender >= 0), maxlen=100)
    for message in recent:
        under_way.add(message.at.order)
        under_way.update(receipt.at.order for receipt in message.receipts)
    from_outside = deque((m for m in story.messages if m.sender < 0), maxlen=100)
    under_way.update(message.at.order for message in from_outside)
    needed = {message.sender for message in story.messages if message.at.order in under_way}
    ends = [(link.connector, link.binder) for link in story.links[-LIMIT:]]
    # Without its closed peer, a connection would look like one from outside the stage.
    alive = {end for pair in ends for end in pair if end not in story.closed or end in needed}
    needed.update(end for pair in ends for end in pair if not alive.isdisjoint(pair))
    kept = {"socket", "bind", "unbind", "connect", "disconnect", "subscribe", "unsubscribe"}
    kept |= {"routing id", "up", "down", "close"}
    return [
        event
        for event in record.events
        if event.at.order in under_way
        or (event.began is not None and event.began.order in under_way)
        or (event.kind in kept and (event.actor not in story.closed or event.actor in needed))
    ]
