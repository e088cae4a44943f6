"""A socket's inside: what its connections ask of it (`link.Link`), and what its context does.

A program never sees it; `socket.Socket` is its face.
"""

from asyncio import AbstractEventLoop, Future, get_event_loop, get_running_loop
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol
from warnings import catch_warnings, simplefilter

from purezmq.asyncio.calls import Turns, Waiting
from purezmq.asyncio.link import Connection
from purezmq.asyncio.registry import Registry
from purezmq.compat import options
from purezmq.compat.constants import Errno, Event, PollEvent, SecurityMechanism, SocketOption
from purezmq.compat.message import MessageTracker
from purezmq.errors import ContextTerminated, ZMQError
from purezmq.patterns import PATTERNS, Message, Options, Pipe

if TYPE_CHECKING:  # else imported with the first tcp or ipc endpoint
    from purezmq.asyncio.writer import Encoder
    from purezmq.wire.engine import Engine
    from purezmq.wire.events import AuthenticationRequest

Take = Callable[[Message], object]
"""Makes what a call returns of a message."""

Tracked = MessageTracker | None
"""What a call that sends results in."""

_POLLIN = int(PollEvent.POLLIN)
_POLLOUT = int(PollEvent.POLLOUT)


class Bound(Protocol):
    """A bound endpoint."""

    endpoint: str

    def close(self) -> None:
        """Accept no more peers."""


class Reporter(Protocol):
    """A socket's monitor."""

    def report(self, event: Event, value: int, endpoint: str) -> None:
        """Send an event."""


class Core:
    """All that a socket holds.

    Parameters
    ----------
    registry : Registry
        Its context's.
    socket_type : str
        As on the wire.
    ask : callable
        Asks the ZAP handler.
    close : callable
        Closes the socket, as a program would.

    Attributes
    ----------
    senders, receivers : Waiting
        The calls that wait for room and for a message.
    sends, recvs : Turns
        How many calls may be answered at once.
    parts : Message
        The frames of a message that is sent with SNDMORE.
    rest : Message
        The frames that are left of a message that is received by frames.
    done : Future
        What a `send` returns that need not wait.
    """

    def __init__(
        self,
        registry: Registry,
        socket_type: str,
        ask: Callable[["AuthenticationRequest", str], Awaitable[bytes]],
        close: Callable[[int | None], None],
    ) -> None:
        self.registry = registry
        self.socket_type = socket_type
        self.pattern = PATTERNS[socket_type](Options())
        self.options = options.defaults()
        if socket_type in ("SUB", "XSUB"):
            self.options[SocketOption.LINGER] = 0  # no peer is waited for to be subscribed to
        self.closed = False
        self.loop_ends = False
        self.loop_or_none: AbstractEventLoop | None = None
        self.done: Future[Tracked]
        self.senders: Waiting[tuple[Message, Tracked], Tracked] = Waiting(self._try_to_send)
        self.receivers: Waiting[Take, Any] = Waiting(self.try_to_receive)
        self.sends = Turns()
        self.recvs = Turns()
        self.parts: Message = []
        self.rest: Message = []
        self.listeners: dict[str, Bound] = {}
        self.connectors: dict[str, list[Connection]] = {}
        self.accepted: dict[Connection, None] = {}
        self.last_endpoint = b""
        self.monitor: Reporter | None = None
        self.received = 0  # octets, of connections that have ended
        self.sent = 0
        self.close_socket = close
        self._ask = ask
        self._encoder: Encoder | None = None
        self._watchers: list[Callable[[], None]] = []
        self._alternates = socket_type in ("REQ", "REP")

    # The loop

    @property
    def loop(self) -> AbstractEventLoop:
        """The loop that the socket belongs to: the one in which it is first used."""
        if self.loop_or_none is not None:
            return self.loop_or_none
        return self._enter(_current_loop())

    def _enter(self, loop: AbstractEventLoop) -> AbstractEventLoop:
        self.loop_or_none = loop
        self.recvs.loop = loop
        self.done = loop.create_future()
        self.done.set_result(None)
        self.registry.enter(loop)
        return loop

    @property
    def abandoned(self) -> bool:
        """Whether its loop has ended, and all connections with it."""
        return self.loop_or_none is not None and self.loop_or_none.is_closed()

    def when_running(self, start: Callable[[], None]) -> None:
        """Call `start` now, or when the socket has its loop."""
        if self.loop_or_none is None:
            try:
                self._enter(get_running_loop())
            except RuntimeError:
                self.registry.defer(start)
                return
        start()

    # Messages

    def _try_to_send(self, future: Future[Tracked], item: tuple[Message, Tracked]) -> bool:
        frames, result = item
        try:
            if not self.pattern.send(frames):
                return False
            future.set_result(result)
        except ZMQError as error:
            future.set_exception(error)
        return True

    def try_to_receive(self, future: Future[Any], take: Take, waits: bool = True) -> bool:
        """Receive for a call, if there is something; return whether the call is finished."""
        try:
            message = self.rest or self.pattern.recv()
        except ZMQError as error:
            if waits and error.errno == Errno.EFSM:  # as in pyzmq: until it is time to receive
                return False
            future.set_exception(error)
            return True
        if message is None:
            return False
        future.set_result(take(message))
        return True

    def take_one(self, message: Message) -> bytes:
        """Return one frame, and keep the others for the next calls."""
        self.rest = message[1:]
        if self.rest:
            self.sends.open = False
            self.recvs.open = False
        return message[0]

    def take_all(self, message: Message) -> Message:
        """Return all frames that are left."""
        self.rest = []
        return message

    def readable(self) -> None:
        """Serve the calls that wait for a message."""
        if self.receivers.queue:
            self.receivers.serve()
        if self._watchers:
            self._notify()

    def writable(self) -> None:
        """Serve the calls that wait for room."""
        if self.senders.queue:
            self.senders.serve()
        if self._watchers:
            self._notify()

    # Polling

    def _notify(self) -> None:
        for watcher in self._watchers[:]:
            watcher()

    @property
    def terminated(self) -> bool:
        """Whether the context was terminated."""
        return self.registry.closed

    def events(self) -> int:
        """Return what could be done without waiting."""
        pattern = self.pattern
        readable = bool(self.rest) or pattern.can_recv()
        writable = pattern.can_send() and not (self.rest and self._alternates)
        return (_POLLIN if readable else 0) | (_POLLOUT if writable else 0)

    def take_turn(self) -> bool:
        """Count a poll that is answered at once; return False if the loop has its turn."""
        return self.recvs.take()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call a function whenever `events` may have changed."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        """Remove a watcher."""
        self._watchers.remove(watcher)

    # For connections

    @property
    def encoder(self) -> "Encoder":
        """What encodes all that its connections send."""
        if self._encoder is None:
            from purezmq.asyncio.writer import Encoder, SharedEncoder

            publishes = self.socket_type in ("PUB", "XPUB")
            self._encoder = SharedEncoder() if publishes else Encoder()
        return self._encoder

    def new_pipe(self, *, connects: bool = False) -> Pipe:
        """Make a pipe with the socket's limits."""
        pipe = self.pattern.pipe()
        routing_id = self.options.octets(SocketOption.CONNECT_ROUTING_ID)
        if connects and routing_id:
            # A ROUTER gives the next peer it connects to a name, once.
            self.options[SocketOption.CONNECT_ROUTING_ID] = b""
            pipe.routing_id = routing_id
            self.pattern.identify(pipe)
        return pipe

    def new_engine(self) -> "Engine":
        """Make an engine with the socket's options."""
        from purezmq.wire.engine import Engine

        number = self.options.number
        octets = self.options.octets
        timeout = number(SocketOption.HEARTBEAT_TIMEOUT)
        return Engine(
            self.socket_type,
            now=self.loop.time(),
            as_server=bool(number(SocketOption.PLAIN_SERVER)),
            mechanism=self.mechanism.name,
            username=octets(SocketOption.PLAIN_USERNAME),
            password=octets(SocketOption.PLAIN_PASSWORD),
            routing_id=octets(SocketOption.ROUTING_ID),
            max_message_size=max(number(SocketOption.MAXMSGSIZE), -1),
            handshake_timeout=number(SocketOption.HANDSHAKE_IVL) / 1000,
            heartbeat_interval=number(SocketOption.HEARTBEAT_IVL) / 1000,
            heartbeat_timeout=None if timeout < 0 else timeout / 1000,
            heartbeat_ttl=number(SocketOption.HEARTBEAT_TTL) // 100 / 10,
            ask_for_null=bool(octets(SocketOption.ZAP_DOMAIN)),
        )

    @property
    def mechanism(self) -> SecurityMechanism:
        """The mechanism that the options ask for."""
        values = self.options
        plain = values[SocketOption.PLAIN_SERVER] or values[SocketOption.PLAIN_USERNAME]
        return SecurityMechanism.PLAIN if plain else SecurityMechanism.NULL

    def report(self, event: Event, value: int, endpoint: str) -> None:
        """Send an event to the monitor."""
        if self.monitor is not None:
            self.monitor.report(event, value, endpoint)

    def authenticate(self, request: "AuthenticationRequest", address: str) -> Awaitable[bytes]:
        """Ask the ZAP handler whether a peer may come in."""
        return self._ask(request, address)

    def opened(self, connection: Connection) -> None:
        """Keep an accepted connection."""
        self.accepted[connection] = None

    def lingers(self, connection: Connection) -> None:
        """Make the context wait for a connection with messages to send."""
        self.registry.lingers(self, connection)

    def ended(self, connection: Connection) -> None:
        """Forget a connection."""
        if connection in self.accepted:
            del self.accepted[connection]
            counters = connection.statistics()
            self.received += counters.received
            self.sent += counters.sent
        self.registry.ended(connection)

    # The end

    def connections(self) -> list[Connection]:
        """Return what was connected and what was accepted."""
        connected = [each for several in self.connectors.values() for each in several]
        return [*connected, *self.accepted]

    def close(self) -> None:
        """Close: what waits to be sent leaves in the background, for as long as LINGER says."""
        self.closed = True
        self._refuse(cancel=True)
        self._close_endpoints()
        self.registry.remove(self)

    def terminate(self) -> None:
        """Make every call raise `ContextTerminated`."""
        self._refuse(cancel=False)

    def _refuse(self, *, cancel: bool) -> None:
        """Answer every further call with an error; those that wait end with it or are cancelled."""
        self.sends.open = False
        self.recvs.open = False
        self.rest = []
        for waiting in (self.senders, self.receivers):
            if self.abandoned:
                waiting.clear()
            waiting.end(None if cancel else ContextTerminated)
        self._notify()

    def _close_endpoints(self) -> None:
        for listener in self.listeners.values():
            listener.close()
        self.listeners.clear()
        for connection in self.connections():
            self.release(connection)
        self.connectors.clear()

    def release(self, connection: Connection) -> None:
        """Close a connection: for the pattern at once, for the peer when all of it was sent."""
        if connection.pipe is not None:
            self.pattern.detach(connection.pipe)
        linger = self.options.number(SocketOption.LINGER)
        if self.abandoned:
            connection.abandon()
            return
        connection.close(linger=linger != 0)
        self._limit(connection, linger)

    def _limit(self, connection: Connection, linger: int) -> None:
        if linger > 0 and self.loop_or_none is not None and not connection.over:
            self.loop_or_none.call_later(linger / 1000, lambda: connection.close(linger=False))

    def end_with_loop(self) -> None:
        """Close the connections: the loop ends."""
        self.loop_ends = True
        self._close_endpoints()

    def move(self, loop: AbstractEventLoop, connection: Connection) -> None:
        """Send what a connection still holds in another loop."""
        linger = self.options.number(SocketOption.LINGER)
        self.loop_or_none = loop
        self.loop_ends = False
        if not linger or connection.pipe is None or not connection.pipe.outbound:
            self.registry.ended(connection)
            return
        connection.resume()
        self._limit(connection, linger)

    def forsake(self) -> None:
        """Forget everything: it belongs to the parent process."""
        self.closed = True
        self.senders.clear()
        self.receivers.clear()
        self._refuse(cancel=True)
        self.listeners.clear()
        self.connectors.clear()
        self.accepted.clear()
        self.monitor = None

    def check_open(self) -> None:
        """Raise an error if the socket or its context has ended."""
        if self.closed:
            raise ZMQError(Errno.ENOTSOCK)
        if self.registry.closed:
            raise ContextTerminated


def _current_loop() -> AbstractEventLoop:
    """Return the running loop; outside of a coroutine the one that was set, as pyzmq does."""
    try:
        return get_running_loop()
    except RuntimeError:
        with catch_warnings():
            simplefilter("ignore", DeprecationWarning)
            return get_event_loop()
