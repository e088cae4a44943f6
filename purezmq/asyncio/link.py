"""The two contracts between a socket and its connections; mypy checks both sides of each.

Link         what a connection may ask of its socket: `core.Core` is one
Connection   what a socket may ask of a connection: sessions, connectors and inproc's ends are
"""

from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from purezmq.compat.constants import Event
from purezmq.patterns import Pattern, Pipe
from purezmq.values import Values

if TYPE_CHECKING:  # else imported with the first tcp or ipc endpoint
    from purezmq.asyncio.writer import Encoder
    from purezmq.wire.engine import Engine
    from purezmq.wire.events import AuthenticationRequest


class Connection(Protocol):
    """One connection, or what makes one after the other."""

    link: "Link"

    @property
    def pipe(self) -> Pipe | None:
        """The queues of its peer, None while there is no peer."""

    @property
    def listener(self) -> object | None:
        """What accepted it, if `unbind` should close it with that."""

    @property
    def over(self) -> bool:
        """Whether it has ended for good."""

    @property
    def suspended(self) -> bool:
        """Whether its loop ends and its peer is not there: only another loop can go on with it."""

    def close(self, *, linger: bool) -> None:
        """Close it, at once or when what waits in its pipe was sent."""

    def abandon(self) -> None:
        """Close it without touching the transport: its loop was closed."""

    def resume(self) -> None:
        """Go on in the socket's new loop."""

    def statistics(self) -> "ConnectionStatistics":
        """Return its state and its counters."""


class ConnectionStatistics(NamedTuple):
    """What happened on one connection.

    Attributes
    ----------
    endpoint : str
        As a monitor reports it.
    state : str
        The name of its state in `session.TABLE`; of a connector without a connection "WAITING".
    received, sent : int
        Octets.
    reading : bool
        False while it does not read, because RCVHWM is reached.
    writing : bool
        False while it does not write, because the transport has enough.
    """

    endpoint: str
    state: str
    received: int = 0
    sent: int = 0
    reading: bool = True
    writing: bool = True


class Link(Protocol):
    """What a connection may ask of its socket: a few attributes and ten methods.

    Attributes
    ----------
    socket_type : str
        As on the wire.
    pattern : Pattern
        The socket's decisions.
    options : Values
        The socket's options.
    loop_ends : bool
        Whether its loop ends: a peer that is not there is not waited for.
    """

    socket_type: str
    pattern: Pattern
    options: Values
    loop_ends: bool

    @property
    def encoder(self) -> "Encoder":
        """What encodes all that its connections send."""

    @property
    def loop(self) -> AbstractEventLoop:
        """The event loop that the socket belongs to."""

    def new_pipe(self, *, connects: bool = False) -> Pipe:
        """Make a pipe with the socket's limits."""

    def new_engine(self) -> "Engine":
        """Make an engine with the socket's options."""

    def readable(self) -> None:
        """Serve the calls that wait for a message."""

    def writable(self) -> None:
        """Serve the calls that wait for room."""

    def report(self, event: Event, value: int, endpoint: str) -> None:
        """Send an event to the socket's monitor."""

    def authenticate(self, request: "AuthenticationRequest", address: str) -> Awaitable[bytes]:
        """Ask the ZAP handler whether a peer may come in; return its status."""

    def when_running(self, start: Callable[[], None]) -> None:
        """Call `start` now, or when the socket has its loop."""

    def opened(self, connection: Connection) -> None:
        """Keep an accepted connection."""

    def lingers(self, connection: Connection) -> None:
        """Make the context wait for a connection that was closed with messages to send."""

    def ended(self, connection: Connection) -> None:
        """Forget a connection."""
