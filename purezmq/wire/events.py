"""What the engine hands out besides messages: frozen, typed, printable."""

from dataclasses import dataclass, field

Message = list[bytes]
"""A message is the list of its frames, one or more."""


@dataclass(frozen=True, slots=True)
class HandshakeDone:
    """Both sides have said who they are; messages may pass.

    Parameters
    ----------
    socket_type : str
        The peer's: ``REQ``, ``PUB``...
    routing_id : bytes
        The name it asks for, empty if none.
    version : tuple of int
        Major and minor of the ZMTP that both speak.
    metadata : dict of str to bytes
        All it said of itself, names as it wrote them.
    """

    socket_type: str
    routing_id: bytes
    version: tuple[int, int]
    metadata: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscriber wants what begins with `topic`."""

    topic: bytes


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A subscriber takes one subscription back."""

    topic: bytes


@dataclass(frozen=True, slots=True)
class AuthenticationRequest:
    """The handshake stands still until `Engine.authenticate` is told yes or no.

    Parameters
    ----------
    mechanism : str
        ``PLAIN``, or ``NULL`` where the owner wished to be asked.
    username, password : bytes
        As sent; empty with NULL. The password is not printed.
    """

    mechanism: str
    username: bytes
    password: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PeerError:
    """The peer sent ERROR: it ends this connection, and this is its reason."""

    reason: bytes


Event = HandshakeDone | Subscribed | Cancelled | AuthenticationRequest | PeerError

Item = list[Message] | Event
"""What the engine hands out: messages that came in a row, one or more, or an event."""
