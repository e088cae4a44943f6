"""What a story consists of: lanes, connections, messages with their fates, acts and pauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from zmqlab.record import Actor, Event, Frame, Moment
from zmqlab.words.language import Text

SETTLED = 0.05
"""Seconds after which a handshake or a message under way on one machine is taken to be done."""

NEAR = 0.01
"""Seconds in which a message on one machine reaches a socket that waits for it."""

EMPTY = Frame(0, b"", b"")


class Fate(StrEnum):
    """What became of a message."""

    OPEN = "open"
    DELIVERED = "delivered"
    OUTSIDE = "outside"
    WAITING = "waiting"
    LOST = "lost"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a message was lost or refused."""

    NONE = ""
    CLOSED_UNREAD = "closed unread"
    TOO_LATE = "too late"
    DISCARDED = "discarded"
    NO_SUBSCRIBER = "no subscriber"
    TOO_EARLY = "too early"
    NO_ROOM = "no room"
    """The queue for the subscriber was full."""
    NO_SUCH_PEER = "no such peer"
    CLIENT_GONE = "client gone"
    GAVE_UP = "gave up"
    ERROR = "error"
    """The call raised; the message's `error` is the error's name."""


class Deed(Enum):
    """What a socket did alone, or what happened to its connections."""

    NEW = "new"
    BIND = "bind"
    UNBIND = "unbind"
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    HEARD = "heard"
    """An XPUB socket received a subscription."""
    LINKED = "linked"
    """Two sockets of the stage are connected."""
    UP = "up"
    """A connection to a peer that is not on the stage is there."""
    DOWN = "down"
    RETRY = "retry"
    FAILED = "failed"
    """A call other than a send raised."""
    CLOSE = "close"


class End(Enum):
    """How a wait came to its end."""

    CAME = "came"
    GAVE_UP = "gave up"
    CLOSED = "closed"
    GOES_ON = "goes on"


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

    def other(self, number: int) -> int:
        """The socket at the other end."""
        return self.connector + self.binder - number


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
    """A message and what became of it.

    `left` is when it left its sender, if it had to wait; of one that waits or was discarded, until
    when it did. `over` is the connection that it had to wait for. `blocked`: the call to send
    itself had to wait.
    """

    frames: tuple[Frame, ...]
    sender: int
    lane: Lane
    at: Moment
    fate: Fate = Fate.OPEN
    reason: Reason = Reason.NONE
    error: str = ""
    left: Moment | None = None
    over: Link | None = None
    blocked: bool = False
    receipts: list[Receipt] = field(default_factory=list)
    target: Lane | None = None
    answers: Message | None = None
    unanswered: bool = False
    addressed: int | None = None

    @property
    def last(self) -> int:
        """Order of the last thing that is known of it."""
        known = [self.at, *(receipt.at for receipt in self.receipts)]
        if self.left:
            known.append(self.left)
        return max(moment.order for moment in known)

    def lose(self, reason: Reason, target: Lane | None = None) -> None:
        """Mark it lost."""
        self.fate = Fate.LOST
        self.reason = reason
        if target is not None:
            self.target = target


@dataclass(slots=True, eq=False)
class Act:
    """Something that a socket did alone, or that happened to one of its connections."""

    deed: Deed
    lane: Lane
    at: Moment
    actor: int = -1
    endpoint: str = ""
    peers: list[Lane] = field(default_factory=list)
    frame: Frame | None = None
    unanswered: int = 0
    note: str = ""
    took: float = 0.0
    handshake: bool = False
    times: int = 1


@dataclass(slots=True, eq=False)
class Pause:
    """A stretch of a lane in which a call waited."""

    lane: Lane
    began: Moment
    ended: Moment
    end: End
    call: str

    @property
    def seconds(self) -> float:
        """How long it waited."""
        return self.ended.time - self.began.time


@dataclass(slots=True, eq=False)
class Story:
    """All that the pictures show."""

    lanes: list[Lane]
    messages: list[Message]
    acts: list[Act]
    pauses: list[Pause]
    links: list[Link]
    outside: list[Outside]
    lane_of: dict[int, Lane]
    mark: int
    end: Moment
    skipped: int
    bound: list[tuple[int, str]] = field(default_factory=list)
    connected: list[tuple[int, str]] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    """Sockets that were closed before the picture began."""


class Side:
    """A socket's state while the record is read."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.number = actor.number
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
        self.outside_ids: set[Frame] = set()
        self.received_from: dict[int, int] = {}
        self.nothing_by = float("-inf")

    @property
    def fans_out(self) -> bool:
        """Whether it sends each message to all who asked for it."""
        return self.type in ("PUB", "XPUB")

    @property
    def partners(self) -> list[int]:
        """Sockets that it was ever connected to, on the stage."""
        return sorted({link.other(self.number) for link in self.links})
