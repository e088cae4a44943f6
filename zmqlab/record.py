"""The record of what sockets did: what a stage writes and what every picture is drawn from.

A `Record` is a list of events with the sockets that they belong to. It can be written as JSON and
read again, so that the same run is drawn in the notebook, at build time and by the player in the
page. `SCHEMA` describes the JSON; `VERSION` grows when old readers would misread a new record.

What must stay true: this module imports nothing of `zmqlab`; a record that was written and read
again is equal to the one before; only the ends of long frames are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Self

FORMAT = "zmqlab.record"
VERSION = 1

LIMIT = 10_000
"""How many events of a kind a stage keeps. Later ones are counted, and the pictures say so."""

MIME = "application/vnd.zmqlab.record+json"
"""The media type of a record beside the picture that was drawn from it."""

HEAD, TAIL = 120, 16
"""Bytes that are kept of the start and of the end of a longer frame."""


class Kind(StrEnum):
    """What an event is."""

    SOCKET = "socket"
    BIND = "bind"
    UNBIND = "unbind"
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    ROUTING_ID = "routing id"
    SEND = "send"
    SENT = "sent"
    """A send that had to wait has come to its end."""
    UNSENT = "unsent"
    """A send that had to wait was given up."""
    RECEIVE = "receive"
    POLLED = "polled"
    REFUSED = "refused"
    """A call raised an error."""
    GAVE_UP = "gave up"
    CLOSE = "close"
    UP = "up"
    """The monitor reports a connection whose handshake is done."""
    DOWN = "down"
    """The monitor reports the end of a connection."""
    RETRY = "retry"
    """The monitor reports that a connect was refused and will be tried again."""


class Moment(NamedTuple):
    """When something happened: the number in the record and the clock's seconds.

    Of several things at one number, those with a lower `phase` are drawn first.
    """

    order: int
    time: float
    phase: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """What moments are compared by."""
        return self.order, self.phase

    def before(self) -> Moment:
        """The moment just before this one."""
        return self._replace(phase=self.phase - 1)

    def after(self) -> Moment:
        """The moment just after this one."""
        return self._replace(phase=self.phase + 1)


class Frame(NamedTuple):
    """A frame as it is remembered: its size and enough of it to recognise it."""

    size: int
    head: bytes
    tail: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a socket did or that happened to it.

    Attributes
    ----------
    kind : Kind
        What it is.
    actor : int
        Number of the socket.
    at : Moment
        When. For a send this is the moment of the call.
    frames : tuple of Frame
        The message, if there is one.
    endpoint : str
        The endpoint, if there is one.
    note : str
        More: the error's name, the call that waited, how a socket was closed.
    began : Moment or None
        For what took time, the moment of the call.
    """

    kind: Kind
    actor: int
    at: Moment
    frames: tuple[Frame, ...] = ()
    endpoint: str = ""
    note: str = ""
    began: Moment | None = None


@dataclass(slots=True)
class Actor:
    """A watched socket, remembered after it is gone."""

    number: int
    type: str
    context: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A call that still waits."""

    actor: int
    began: Moment
    call: str


@dataclass(slots=True)
class Record:
    """All that a stage knows, as it stands at one moment."""

    actors: list[Actor]
    events: list[Event]
    waits: list[Wait]
    names: list[str]
    outside: dict[str, str]
    mark: int
    end: Moment
    skipped: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> str:
        """The record as JSON text, in the form of `SCHEMA`."""
        return json.dumps(self.plain(), ensure_ascii=False, separators=(",", ":"))

    def plain(self) -> dict[str, Any]:
        """The record as plain dicts, lists, strings and numbers."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "actors": [
                {"n": one.number, "type": one.type, "context": one.context, "name": one.name}
                for one in self.actors
            ],
            "events": [_plain_event(event) for event in self.events],
            "waits": [
                {"actor": one.actor, "began": _plain_moment(one.began), "call": one.call}
                for one in self.waits
            ],
            "names": self.names,
            "outside": self.outside,
            "mark": self.mark,
            "end": _plain_moment(self.end),
            "skipped": dict(self.skipped),
        }

    @property
    def name(self) -> str:
        """A name of its content, the same wherever the record is read."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a record that `to_json` wrote.

        Parameters
        ----------
        text : str
            The JSON text.

        Raises
        ------
        ValueError
            If it is no record, or one of a version that this module doesn't know.
        """
        plain = json.loads(text)
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise ValueError("this JSON is no record of a stage")
        if plain.get("version") != VERSION:
            raise ValueError(
                f"the record has version {plain.get('version')!r}; this zmqlab reads {VERSION}"
            )
        return cls(
            actors=[
                Actor(one["n"], one["type"], one["context"], one["name"]) for one in plain["actors"]
            ],
            events=[_event(one) for one in plain["events"]],
            waits=[
                Wait(one["actor"], _moment(one["began"]), one["call"]) for one in plain["waits"]
            ],
            names=list(plain["names"]),
            outside=dict(plain["outside"]),
            mark=plain["mark"],
            end=_moment(plain["end"]),
            skipped=Counter(plain["skipped"]),
        )


def remember(part: Any) -> Frame:
    """The `Frame` for a message part: bytes, a buffer or a ``zmq.Frame``."""
    view = part if type(part) is bytes else memoryview(part).cast("B")
    size = len(view)
    return Frame(size, bytes(view[:HEAD]), bytes(view[-TAIL:]) if size > HEAD else b"")


def _plain_moment(at: Moment) -> list[float]:
    return [at.order, at.time]


def _moment(plain: list[float]) -> Moment:
    return Moment(int(plain[0]), plain[1])


def _plain_bytes(octets: bytes) -> dict[str, str]:
    """The text if it prints, else hexadecimal."""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return {"hex": octets.hex()}
    return {"text": text} if text.isprintable() else {"hex": octets.hex()}


def _bytes(plain: Mapping[str, str]) -> bytes:
    return plain["text"].encode() if "text" in plain else bytes.fromhex(plain["hex"])


def _plain_frame(frame: Frame) -> dict[str, Any]:
    plain: dict[str, Any] = {"size": frame.size, **_plain_bytes(frame.head)}
    if frame.tail:
        plain["tail"] = frame.tail.hex()
    return plain


def _frame(plain: Mapping[str, Any]) -> Frame:
    return Frame(plain["size"], _bytes(plain), bytes.fromhex(plain.get("tail", "")))


def _plain_event(event: Event) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "n": event.at.order,
        "t": event.at.time,
        "kind": event.kind.value,
        "actor": event.actor,
    }
    if event.frames:
        plain["frames"] = [_plain_frame(frame) for frame in event.frames]
    if event.endpoint:
        plain["endpoint"] = event.endpoint
    if event.note:
        plain["note"] = event.note
    if event.began:
        plain["began"] = _plain_moment(event.began)
    return plain


def _event(plain: Mapping[str, Any]) -> Event:
    return Event(
        Kind(plain["kind"]),
        plain["actor"],
        Moment(plain["n"], plain["t"]),
        frames=tuple(_frame(one) for one in plain.get("frames", ())),
        endpoint=plain.get("endpoint", ""),
        note=plain.get("note", ""),
        began=_moment(plain["began"]) if "began" in plain else None,
    )


_MOMENT: dict[str, Any] = {
    "type": "array",
    "prefixItems": [{"type": "integer"}, {"type": "number"}],
    "minItems": 2,
    "maxItems": 2,
    "description": "the number in the record, and seconds since the stage was made",
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A record of zmqlab.Stage",
    "type": "object",
    "additionalProperties": False,
    "required": [
        "format", "version", "actors", "events", "waits", "names", "outside", "mark", "end",
        "skipped",
    ],
    "properties": {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "actors": {
            "description": "the sockets; an event names one by its place in this list",
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["n", "type", "context", "name"],
                "properties": {
                    "n": {"type": "integer"},
                    "type": {"type": "string", "description": "REQ, REP, PUB, ..."},
                    "context": {"type": "integer"},
                    "name": {"type": "string", "description": "its lane; empty if it has no name"},
                },
            },
        },
        "events": {
            "description": "what happened, in order",
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["n", "t", "kind", "actor"],
                "properties": {
                    "n": {
                        "type": "integer",
                        "description": "its number: what is drawn of it carries it as data-event",
                    },
                    "t": {"type": "number", "description": "seconds since the stage was made"},
                    "kind": {"enum": [kind.value for kind in Kind]},
                    "actor": {"type": "integer"},
                    "frames": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["size"],
                            "oneOf": [{"required": ["text"]}, {"required": ["hex"]}],
                            "properties": {
                                "size": {"type": "integer", "description": "of the whole frame"},
                                "text": {
                                    "type": "string",
                                    "description": f"its first {HEAD} bytes, if they print",
                                },
                                "hex": {"type": "string", "description": "the same, if not"},
                                "tail": {
                                    "type": "string",
                                    "description": f"a longer frame's last {TAIL} bytes in hex",
                                },
                            },
                        },
                    },
                    "endpoint": {"type": "string"},
                    "note": {"type": "string"},
                    "began": {**_MOMENT, "description": "when the call was made"},
                },
            },
        },
        "waits": {
            "description": "calls that still wait at the end",
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["actor", "began", "call"],
                "properties": {
                    "actor": {"type": "integer"},
                    "began": _MOMENT,
                    "call": {"type": "string"},
                },
            },
        },
        "names": {
            "description": "the lanes, from left to right",
            "type": "array",
            "items": {"type": "string"},
        },
        "outside": {
            "description": "names of peers that are not on the stage, by their endpoints",
            "type": "object",
            "additionalProperties": {"type": "string"},
        },
        "mark": {"type": "integer", "description": "the picture begins after this number"},
        "end": _MOMENT,
        "skipped": {
            "description": "how many events were not kept, by kind of budget",
            "type": "object",
            "additionalProperties": {"type": "integer"},
        },
    },
}  # fmt: skip
"""The JSON of a record, as a JSON Schema."""
