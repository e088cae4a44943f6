"""Majordomo's frames: commands to frames and back, by RFC 7 (MDP) 0.1, and RFC 8 (MMI).

No sockets and no clock here: bytes in, typed commands out. What a ROUTER socket puts before a
message, the name of its connection, is not part of it; frame 0 is the empty one. RFC 18 (MDP 0.2)
has other frames, and other headers for them, so neither is taken for the other.

To take away: this file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

EMPTY = b""
"""Frame 0: what a REQ socket puts before its message, and takes off a reply."""
CLIENT = b"MDPC01"
"""Frame 1 of MDP/Client 0.1."""
WORKER = b"MDPW01"
"""Frame 1 of MDP/Worker 0.1."""
READY = b"\x01"
REQUEST = b"\x02"
REPLY = b"\x03"
HEARTBEAT = b"\x04"
DISCONNECT = b"\x05"

MMI = b"mmi."
"""RFC 8: how the names of the services begin that the broker answers itself."""
FOUND = b"200"
NOT_FOUND = b"404"
NOT_IMPLEMENTED = b"501"

LONGEST = 255
"""Octets of a service's name or of a connection's, at most: no more fit into a routing id."""

Frames = list[bytes]


class ProtocolError(ValueError):
    """Frames that the RFC's grammar does not allow."""


@dataclass(frozen=True, slots=True)
class ClientMessage:
    """RFC 7, MDP/Client: a request to a service, or its reply. Both have the same frames."""

    service: bytes
    body: tuple[bytes, ...]

    def frames(self) -> Frames:
        """Return frame 0, the header, the service and the body."""
        return [EMPTY, CLIENT, self.service, *self.body]


@dataclass(frozen=True, slots=True)
class Ready:
    """RFC 7, MDP/Worker 0x01: a worker registers for a service."""

    service: bytes

    def frames(self) -> Frames:
        """Return the four frames."""
        return [EMPTY, WORKER, READY, self.service]


@dataclass(frozen=True, slots=True)
class Request:
    """RFC 7, MDP/Worker 0x02: the broker gives a worker a client's request."""

    client: bytes
    body: tuple[bytes, ...]

    def frames(self) -> Frames:
        """Return six frames or more."""
        return [EMPTY, WORKER, REQUEST, self.client, EMPTY, *self.body]


@dataclass(frozen=True, slots=True)
class Reply:
    """RFC 7, MDP/Worker 0x03: a worker's reply, for the client that the request named."""

    client: bytes
    body: tuple[bytes, ...]

    def frames(self) -> Frames:
        """Return six frames or more."""
        return [EMPTY, WORKER, REPLY, self.client, EMPTY, *self.body]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """RFC 7, MDP/Worker 0x04, both ways: I am alive."""

    def frames(self) -> Frames:
        """Return the three frames."""
        return [EMPTY, WORKER, HEARTBEAT]


@dataclass(frozen=True, slots=True)
class Disconnect:
    """RFC 7, MDP/Worker 0x05, both ways: this conversation is over."""

    def frames(self) -> Frames:
        """Return the three frames."""
        return [EMPTY, WORKER, DISCONNECT]


WorkerMessage = Ready | Request | Reply | Heartbeat | Disconnect


def parse(frames: Sequence[bytes]) -> ClientMessage | WorkerMessage:
    """Read a message of either side, as a broker with one socket gets it.

    Raises
    ------
    ProtocolError
        With the RFC and the frame that is wrong, in one line.
    """
    _at_least(frames, 2, "message")
    if frames[0] != EMPTY:
        raise ProtocolError(f"RFC 7, frame 0 is empty, and not {_shown(frames[0])}")
    if frames[1] == CLIENT:
        return _client(frames)
    if frames[1] == WORKER:
        return _worker(frames)
    raise ProtocolError(f"RFC 7, frame 1 is MDPC01 or MDPW01, and not {_shown(frames[1])}")


def _client(frames: Sequence[bytes]) -> ClientMessage:
    _at_least(frames, 4, "MDP/Client message")
    return ClientMessage(_service(frames, 2), tuple(frames[3:]))


def _worker(frames: Sequence[bytes]) -> WorkerMessage:
    _at_least(frames, 3, "MDP/Worker message")
    match frames[2]:
        case b"\x01":
            _exactly(frames, 4, "READY")
            return Ready(_service(frames, 3))
        case b"\x02":
            return Request(*_carried(frames, "REQUEST"))
        case b"\x03":
            return Reply(*_carried(frames, "REPLY"))
        case b"\x04":
            _exactly(frames, 3, "HEARTBEAT")
            return Heartbeat()
        case b"\x05":
            _exactly(frames, 3, "DISCONNECT")
            return Disconnect()
    raise ProtocolError(f"RFC 7, frame 2 is a command from 01 to 05, not {_shown(frames[2])}")


def _carried(frames: Sequence[bytes], name: str) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the one client address and the body of a REQUEST or REPLY."""
    _at_least(frames, 6, name)
    if not 1 <= len(frames[3]) <= LONGEST:
        raise ProtocolError(f"RFC 7, frame 3 of {name} is a client, not {_shown(frames[3])}")
    if frames[4] != EMPTY:
        raise ProtocolError(f"RFC 7, frame 4 of {name} is empty, and not {_shown(frames[4])}")
    return frames[3], tuple(frames[5:])


def is_service(name: bytes) -> bool:
    """Return whether a service may have this name: RFC 7 asks for a printable one."""
    try:
        printable = name.decode().isprintable()
    except UnicodeDecodeError:
        return False
    return printable and 1 <= len(name) <= LONGEST


def _service(frames: Sequence[bytes], place: int) -> bytes:
    name = frames[place]
    if not is_service(name):
        raise ProtocolError(f"RFC 7, frame {place} is a printable name, not {_shown(name)}")
    return name


def _at_least(frames: Sequence[bytes], count: int, name: str) -> None:
    if len(frames) < count:
        raise ProtocolError(f"RFC 7, a {name} has {count} frames or more, this one {len(frames)}")


def _exactly(frames: Sequence[bytes], count: int, name: str) -> None:
    if len(frames) != count:
        raise ProtocolError(f"RFC 7, {name} has {count} frames, this one {len(frames)}")


def _shown(frame: bytes) -> str:
    """Return the beginning of a frame, so that it fits a line and can't forge one."""
    return repr(frame[:16]) + ("…" if len(frame) > 16 else "")


def manage(request: ClientMessage, registered: Callable[[bytes], bool]) -> ClientMessage:
    """Answer a request to a service of RFC 8; `registered` says whether a service has a worker."""
    code = NOT_IMPLEMENTED
    if request.service == b"mmi.service":
        code = FOUND if registered(request.body[0]) else NOT_FOUND
    return ClientMessage(request.service, (code,))
