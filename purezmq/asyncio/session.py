"""A stream's two ends meet a socket: sessions, and who makes them.

    Listener   a bound endpoint: a Session for each peer that comes, with a pipe of its own
    Connector  a connected endpoint: one pipe for good, one Session after the other on it
    Session    an asyncio.Protocol: bytes in to the engine, messages on to the pattern; messages
               out of the pipe, joined, to the transport

What must stay true:

1. A session never waits. It is called by the loop, decides, and returns.
2. Messages go out in the order in which the pattern wrote them, and are taken from the pipe only
   when the transport takes bytes: what it can't take yet counts for the high-water mark.
3. When a pipe holds as many messages for the program as RCVHWM allows, its session stops reading
   until the program has received; what one read brought may exceed the mark.
4. The peer's mistakes end its session, and nothing else.
5. Only connecting and asking a ZAP handler are tasks; what waits between two attempts is a timer.
   So a loop that ends cancels nothing that a lingering message needs.
"""

import errno
import logging
from asyncio import BufferedProtocol, Protocol, Task, TimerHandle, timeout
from collections import deque
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any

from purezmq import transport as transports
from purezmq.asyncio import zap
from purezmq.constants import Errno, Event, SocketOption
from purezmq.errors import RemoteProtocolError, ZMQError
from purezmq.patterns.pipe import Pipe, nothing
from purezmq.transport.endpoint import Endpoint
from purezmq.wire.events import AuthenticationRequest, HandshakeDone, Item, PeerError, Subscribed
from purezmq.wire.frame import encode_queue

if TYPE_CHECKING:
    from purezmq.asyncio.socket import Socket

# How much is joined into one write, and how much the transport may hold back before it asks for a
# pause. A larger frame than the first is written apart and in slices, since asyncio copies what
# the system does not take of a write.
JOINED = HELD_BACK = 1 << 16
SLICE = 1 << 18

# A body of which more than this is to come is read right into its place.
LARGE = 1 << 17

logger = logging.getLogger("purezmq")

_PASSED_ON = "get_buffer", "buffer_updated", "pause_writing", "resume_writing", "connection_lost"


class Session(Protocol):
    """One connection, from its first byte to its last.

    Parameters
    ----------
    socket : Socket
        Whose it is.
    endpoint : str
        What a monitor is told.
    maker : Listener or Connector
        Who made it.
    """

    suspended = False

    def __init__(self, socket: "Socket", endpoint: str, maker: "Listener | Connector") -> None:
        self.listener = maker if isinstance(maker, Listener) else None
        self._connector = maker if isinstance(maker, Connector) else None
        self.pipe: Any = maker.pipe  # of a listener's only after the handshake
        self.began = self.ended = False
        self.socket, self._endpoint = socket, endpoint
        self._loop, self._pattern = socket._get_loop(), socket._pattern
        self._transport: Any = None
        self._publishes = socket._name in ("PUB", "XPUB")
        self._alternates = socket._name in ("REQ", "REP")
        self._pieces: deque[bytes | memoryview] = deque()  # taken from the pipe, to be written
        self._paused = self._scheduled = False  # the transport has enough; `_flush` will be called
        self._closing = maker.closed
        self._failed = False  # a monitor was told why the handshake failed
        self._debug = logger.isEnabledFor(logging.DEBUG)
        self._due = inf  # when the timer is; Pyodide's handles don't say it themselves
        self._timer: TimerHandle | None = None
        self._asking: Task[None] | None = None

    # What the transport tells.

    def connection_made(self, transport: Any) -> None:
        """Greet."""
        self._transport, self.began = transport, True
        transport.set_write_buffer_limits(high=HELD_BACK)
        inner = transport.get_extra_info("socket")
        self._fd = 0 if inner is None else inner.fileno()  # a monitor is told
        self._engine = self.socket._new_engine(self._loop.time())
        if self.listener is not None:
            if self.listener.closed:
                transport.abort()
                return
            self.socket._accepted.add(self)
        self._tell(Event.CONNECTED if self.listener is None else Event.ACCEPTED, self._fd)
        self._write_own()

    def data_received(self, data: bytes) -> None:
        """Hand the bytes to the engine, and what it reads in them to the pattern."""
        self._take_in(self._engine.receive_data, data, self._loop.time())
        if self._engine.missing > LARGE and hasattr(self._transport, "max_size"):
            self._transport.set_protocol(_Placing(self))

    def get_buffer(self, sizehint: int) -> memoryview:
        """Let a large body be read right into its place: of `_Placing`."""
        return self._engine.place()

    def buffer_updated(self, nbytes: int) -> None:
        """Hand on what was read there, and go back to `data_received` at its end."""
        self._take_in(self._engine.receive_data, b"", self._loop.time(), nbytes)
        if not self._engine.missing:
            self._transport.set_protocol(self)

    def _take_in(self, read: Callable[..., list[Item]], *arguments: Any) -> None:
        fault = None
        try:
            items = read(*arguments)
        except RemoteProtocolError as error:
            items, fault = self._engine.salvaged, error
        for item in items:
            if self._debug:
                logger.debug("%s < %r", self._endpoint, item)
            if not isinstance(item, list):
                self._react(item)
            elif not self._closing:
                self._pattern.deliver(self.pipe, item)
        self._write_own()
        pipe = self.pipe
        if pipe is not None and not self._closing:
            if not pipe.check_read() and not pipe.paused:
                pipe.paused = True
                self._transport.pause_reading()
            self.socket._readable()
        if fault:
            self._fail(fault)

    def pause_writing(self) -> None:
        """Leave what is not yet written in the pipe: the transport has enough."""
        self._paused = True

    def resume_writing(self) -> None:
        """Write on."""
        self._paused = False
        self._flush()

    def connection_lost(self, error: Exception | None) -> None:
        """Give the pipe back to the connector, or take it from the pattern."""
        self.ended = True
        for later in (self._timer, self._asking):
            if later is not None:
                later.cancel()
        pipe = self.pipe
        if pipe is not None:
            pipe.on_outbound = pipe.on_room = pipe.on_subscription = nothing
            pipe.paused = False
        if self.listener is not None:
            self.socket._accepted.discard(self)
            self.socket.context._left(self)
            if pipe is not None and not self._closing:
                self._pattern.detach(pipe)
                self.socket._readable()
                self.socket._writable()  # whoever waited for room in it
        if not (self._handshaken or self._failed or self._closing):
            number = (isinstance(error, OSError) and error.errno) or errno.EPIPE
            self._tell(Event.HANDSHAKE_FAILED_NO_DETAIL, number)
            logger.info("%s: the peer left in the handshake", self._endpoint)
        elif not self._closing and not self._failed:
            logger.info("%s: the peer is gone%s", self._endpoint, f" ({error})" if error else "")
        self._tell(Event.DISCONNECTED, self._fd)
        if self._connector is not None:
            self._connector.lost()

    # What the engine tells.

    def _react(self, event: Any) -> None:
        if isinstance(event, HandshakeDone):
            self._begin(event)
        elif isinstance(event, AuthenticationRequest):
            self._asking = self._loop.create_task(self._authenticate(event))
        elif isinstance(event, PeerError):
            self._failed = True
            if event.reason.isdigit():
                self._tell(Event.HANDSHAKE_FAILED_AUTH, int(event.reason))
            logger.info("%s: refused by the peer: %r", self._endpoint, event.reason)
            self._transport.close()
        else:
            pattern = self._pattern
            told = pattern.subscribed if isinstance(event, Subscribed) else pattern.cancelled
            told(self.pipe, event.topic)

    def _begin(self, event: HandshakeDone) -> None:
        """Messages may pass from here on."""
        socket, pattern = self.socket, self._pattern
        pipe = self.pipe
        new = pipe is None
        if pipe is None:
            pipe = self.pipe = socket._new_pipe(connects=self._connector is not None)
            if self._connector is not None:
                self._connector.pipe = pipe
        pipe.routing_id = pipe.routing_id or event.routing_id
        pipe.peer_type = event.socket_type
        pipe.on_outbound = self._schedule
        pipe.on_room = self._resume_reading
        pipe.on_subscription = self._subscription
        self._tell(Event.HANDSHAKE_SUCCEEDED, 0)
        self._write_own()
        self._set_timer()
        if not self._closing:
            if new:
                pattern.attach(pipe)
            pattern.identify(pipe)
            for topic in pattern.subscriptions:
                self._write(self._engine.subscribe(topic))
            socket._writable()
        self._schedule()

    async def _authenticate(self, request: AuthenticationRequest) -> None:
        status = await zap.ask(self.socket, request, self._transport)
        if status == b"200" or (status == zap.NO_HANDLER and request.mechanism == "NULL"):
            self._take_in(self._engine.authenticate, True)
            return
        self._failed = True
        words = "there is no ZAP handler" if status == zap.NO_HANDLER else f"ZAP says {status!r}"
        logger.info("%s: refused a peer: %s", self._endpoint, words)
        if status == zap.NO_HANDLER:
            self._tell(Event.HANDSHAKE_FAILED_NO_DETAIL, Errno.EFAULT)
        else:
            self._tell(Event.HANDSHAKE_FAILED_AUTH, int(status))
            self._engine.authenticate(False, status)
            self._write_own()
        self._transport.close()

    # Writing.

    def _schedule(self, later: bool = False) -> None:
        """Write what is in the pipe, once all of this turn of the loop is in it."""
        if self._alternates and not later:
            self._flush()  # REQ and REP: nothing can follow before an answer
        elif not self._scheduled:
            self._loop.call_soon(self._flush)
            self._scheduled = True

    def _flush(self) -> None:
        """Write what the pipe holds, as much as the transport takes."""
        self._scheduled = False
        pipe = self.pipe
        if pipe is None or not self._open:
            return
        outbound, pieces, write = pipe.outbound, self._pieces, self._transport.write
        while not self._paused:
            if pieces:
                piece = pieces.popleft()
                write(piece)
                if len(piece) == SLICE:
                    self._schedule(later=True)  # others have their turn first
                    break
            elif not outbound:
                break
            elif not self._publishes:
                pieces.extend(self._encode())
            else:
                # The peers of a publisher mostly get the same: what is equal is encoded once.
                messages = list(outbound)
                if messages == self.socket._joined[0]:
                    outbound.clear()
                    pieces.extend(self.socket._joined[1])
                else:
                    encoded = self._encode()
                    pieces.extend(encoded)
                    self.socket._joined = ([], ()) if outbound else (messages, encoded)
        if pipe.blocked:
            self._pattern.writable(pipe)
            self.socket._writable()
        if self._closing and not self._pending():
            # Not at once: within resume_writing asyncio's transport would end twice.
            self._loop.call_soon(self._transport.close)

    def _encode(self) -> list[bytes | memoryview]:
        """Take messages from the pipe, about JOINED octets; a large frame is cut, not copied."""
        if self._debug:
            logger.debug("%s > %r", self._endpoint, list(self.pipe.outbound))
        encoded = encode_queue(self.pipe.outbound, JOINED)
        last = encoded[-1]
        if len(last) <= JOINED:
            return [b"".join(encoded)]
        view = memoryview(last)
        slices = [view[start : start + SLICE] for start in range(0, len(last), SLICE)]
        return [b"".join(encoded[:-1]), *slices]

    def _pending(self) -> bool:
        return bool(self._pieces or (self.pipe is not None and self.pipe.outbound))

    def _write(self, data: bytes) -> None:
        """Write what is no message: behind what was begun."""
        if self._pieces:
            self._pieces.append(data)
        else:
            self._transport.write(data)

    def _write_own(self) -> None:
        """Write what the engine has to say; only then, or later, can it be due sooner."""
        data = self._engine.data_to_send()
        if data:
            self._write(data)
            self._set_timer()

    def _subscription(self, wanted: bool, topic: bytes) -> None:
        self._flush()  # what was sent before goes out before
        if self._open:
            self._write(self._engine.subscribe(topic) if wanted else self._engine.cancel(topic))

    def _resume_reading(self) -> None:
        if not self.ended:
            self._transport.resume_reading()

    # Time.

    def _set_timer(self) -> None:
        """Be called when the engine next has to be, at the latest."""
        deadline = self._engine.deadline()
        if deadline is not None and deadline < self._due:
            if self._timer is not None:
                self._timer.cancel()
            self._due = deadline
            self._timer = self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._due = inf
        try:
            self._engine.tick(self._loop.time())
        except RemoteProtocolError as error:
            self._fail(error, timed_out=True)
            return
        self._write_own()
        self._set_timer()

    # The end.

    def _tell(self, event: Event, value: int) -> None:
        self.socket._tell(event, value, self._endpoint)

    @property
    def _handshaken(self) -> bool:
        return self.pipe is not None and bool(self.pipe.peer_type)

    def _fail(self, error: RemoteProtocolError, *, timed_out: bool = False) -> None:
        """Close the connection: the peer broke the protocol, or was silent for too long."""
        if not self._handshaken:
            if timed_out:
                self._tell(Event.HANDSHAKE_FAILED_NO_DETAIL, Errno.ETIMEDOUT)
            else:
                self._tell(Event.HANDSHAKE_FAILED_PROTOCOL, error.code)
        self._failed = True
        logger.info("%s: closed the connection: %s", self._endpoint, error)
        self._write_own()
        self._transport.close()

    @property
    def _open(self) -> bool:
        """Whether messages may be written; if not, they stay in the pipe for the next session."""
        return self.began and self._engine.ready and not self._transport.is_closing()

    def close(self, *, linger: bool) -> None:
        """End it: at once, or when the pipe is empty."""
        self._closing = True
        if not self.began or self.ended:
            return
        if not linger:
            self._transport.abort()
        elif not self._pending():
            self._transport.close()
        else:
            self._transport.resume_reading()  # what comes is dropped; its end must be seen
        if self.listener is not None:
            self.socket.context._leaving.add(self)


class _Placing(BufferedProtocol):
    """A session while a large body comes: asyncio then reads into a buffer that it is given."""

    def __init__(self, session: Session) -> None:
        for name in _PASSED_ON:
            setattr(self, name, getattr(session, name))


class Listener:
    """A bound tcp or ipc endpoint: a session for each peer that comes."""

    pipe = None  # each session has its own

    def __init__(self, socket: "Socket", endpoint: Endpoint) -> None:
        self.closed = False
        self.socket = socket
        try:
            self._server = transports.network().listen(endpoint, socket._values)
        except ZMQError as error:
            socket._tell(Event.BIND_FAILED, error.errno or 0, f"{endpoint.host}:{endpoint.port}")
            raise
        self.endpoint = self._server.endpoint
        socket._tell(Event.LISTENING, self._server.fd, self.endpoint)
        socket._start(self._start)

    def _start(self) -> None:
        if not self.closed:
            loop = self.socket._get_loop()
            self._server.start(loop, lambda: Session(self.socket, self.endpoint, self))

    def close(self) -> None:
        """Take in no more."""
        self.closed = True
        self._server.close()
        self.socket._tell(Event.CLOSED, self._server.fd, self.endpoint)


class Connector:
    """A connected tcp or ipc endpoint: one session after the other.

    Its pipe is there before the first connection and stays through all of them; with IMMEDIATE
    each connection has its own.
    """

    def __init__(self, socket: "Socket", text: str, endpoint: Endpoint) -> None:
        self.pipe: Pipe | None = None
        self.closed = self.ended = False
        self.suspended = False  # the loop ends, and nobody was there: only `term` tries again
        self.socket, self._text, self._endpoint = socket, text, endpoint
        self._session: Session | None = None
        self._task: Task[None] | None = None
        self._timer: TimerHandle | None = None
        self._interval = self._get(SocketOption.RECONNECT_IVL)
        if not self._get(SocketOption.IMMEDIATE):
            self.pipe = socket._new_pipe(connects=True)
            socket._pattern.attach(self.pipe)
            socket._writable()
        socket._start(self._start)

    def _get(self, option: SocketOption) -> int:
        return int(self.socket._values[option])

    def _start(self) -> None:
        self._timer = None
        if not self.ended:
            session = self._session = Session(self.socket, self._text, self)
            self._task = self.socket._get_loop().create_task(self._connect(session))
            self._task.add_done_callback(lambda task: self._connected(task, session))

    async def _connect(self, session: Session) -> None:
        socket = self.socket
        if self._endpoint.scheme == "tcp":  # ipc never has to wait
            socket._tell(Event.CONNECT_DELAYED, Errno.EINPROGRESS, self._text)
        limit = self._get(SocketOption.CONNECT_TIMEOUT)
        async with timeout(limit / 1000 if limit else None):
            await transports.network().connect(
                socket._get_loop(), self._endpoint, socket._values, lambda: session
            )

    def _connected(self, task: Task[None], session: Session) -> None:
        """Try again if the attempt failed; the session reports how a connection ends."""
        self._task = None
        error = None if task.cancelled() else task.exception()
        if session.began or self.ended:
            self._interval = self._get(SocketOption.RECONNECT_IVL)
            return
        self._session = None
        if task.cancelled():
            # The loop ends, and cancels its tasks. What lingers is sent in the time that it has.
            self._start()
            return
        logger.debug("%s: cannot connect: %s", self._text, error)
        self.socket._tell(Event.CLOSED, 0, self._text)
        self._later()
        if not isinstance(error, OSError | ValueError):  # ValueError: a name that can be none
            raise error or AssertionError("connected without a session")

    def lost(self) -> None:
        """Connect again, however the session ended: another peer may be there next time."""
        self._session = None
        pipe = self.pipe
        again = self._get(SocketOption.RECONNECT_IVL) >= 0
        ends_with_it = bool(self._get(SocketOption.IMMEDIATE)) or not again
        if pipe is not None and ends_with_it and not self.closed:
            self.socket._pattern.detach(pipe)
            self.pipe = None
        if not again or (self.closed and not self._pending()):
            self._end()
        else:
            self._later()

    def _later(self) -> None:
        """Try again after the interval: up to twice as long, so that peers don't come all at once.

        With RECONNECT_IVL_MAX the interval doubles with each attempt up to that.
        """
        if self.socket._loop_ends:
            self.suspended = True
            self.socket.context._left(None)
            return
        first = self._get(SocketOption.RECONNECT_IVL)
        longest = self._get(SocketOption.RECONNECT_IVL_MAX)
        if first < 0:
            self._end()
            return
        from random import randrange  # late: it takes longer to import than all of this

        wait = self._interval + (randrange(first) if first else 0)
        if longest > first:
            wait = min(wait, longest)
            self._interval = min(self._interval * 2, longest)
        self.socket._tell(Event.CONNECT_RETRIED, wait, self._text)
        self._timer = self.socket._get_loop().call_later(wait / 1000, self._start)

    def close(self, *, linger: bool) -> None:
        """End it: at once, or when the pipe is empty."""
        self.closed = True
        if not linger:
            self.pipe = None
        session = self._session
        connected = session is not None and session.began and not session.ended
        if not connected and not self._pending():
            self._end()
            return
        self.socket.context._leaving.add(self)
        if session is not None:
            session.close(linger=linger)

    def resume(self) -> None:
        """Try again in the socket's new loop to send what waits."""
        self.suspended = False
        self._session = None
        self._start()

    def _pending(self) -> bool:
        return self.pipe is not None and bool(self.pipe.outbound)

    def _end(self) -> None:
        self.ended = True
        for later in (self._timer, self._task):
            if later is not None:
                later.cancel()
        self.socket.context._left(self)
