"""Sessions: one connection between an engine, which speaks the protocol, and a pattern.

    bytes in      transport -> Session.data_received -> Engine -> Pattern.deliver
    messages out  Pipe.on_outbound -> Writer.flush -> transport

A session's life is one table, as the protocol's is in `wire.state`. `TABLE` has a row for each
state and in it what may happen there; this is what it prints:

    NEW              MADE        HANDSHAKE
    HANDSHAKE        SHAKEN      TRAFFIC
                     RELEASED    LAST_HANDSHAKE
                     STOPPED     CLOSING
                     LOST        CLOSED
    LAST_HANDSHAKE   SHAKEN      DRAINING
                     RELEASED    LAST_HANDSHAKE
                     STOPPED     CLOSING
                     LOST        CLOSED
    TRAFFIC          RELEASED    DRAINING
                     STOPPED     CLOSING
                     LOST        CLOSED
    DRAINING         RELEASED    DRAINING
                     STOPPED     CLOSING
                     LOST        CLOSED
    CLOSING          RELEASED    CLOSING
                     STOPPED     CLOSING
                     LOST        CLOSED
    CLOSED           nothing more

What must stay true:

1. A session never waits. The loop calls it; it decides and returns.
2. When a pipe holds as many messages for the program as RCVHWM allows, its session stops reading
   until the program has received; what one read brought may exceed the mark.
3. The peer's mistakes end its session, and nothing else. Their reason goes to the log.
4. Only asking a ZAP handler is a task.
"""

import errno
import logging
from asyncio import BaseTransport, Protocol, Task, TimerHandle, Transport
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from math import inf
from typing import Protocol as Contract
from typing import cast

from purezmq.asyncio.large import LARGE, LargeBody, takes_buffers
from purezmq.asyncio.link import ConnectionStatistics, Link
from purezmq.asyncio.writer import Encode, Piece, Writer
from purezmq.compat.constants import Errno, Event
from purezmq.compat.zap import NO_HANDLER
from purezmq.errors import RemoteProtocolError
from purezmq.patterns import Message, Pipe
from purezmq.wire import events
from purezmq.wire.engine import Engine
from purezmq.wire.events import Item

logger = logging.getLogger("purezmq")


class State(Enum):
    """Where a session stands."""

    NEW = auto()  # its connection is still to be made
    HANDSHAKE = auto()
    LAST_HANDSHAKE = auto()  # the program has closed, but messages wait for the handshake
    TRAFFIC = auto()
    DRAINING = auto()  # the program has closed; what waits is still sent
    CLOSING = auto()  # the transport was told to close
    CLOSED = auto()


class Trigger(Enum):
    """What moves a session on."""

    MADE = auto()  # the connection is there
    SHAKEN = auto()  # the handshake is done
    RELEASED = auto()  # the program has closed, and messages wait
    STOPPED = auto()  # we close: there is nothing to be sent, or the peer is refused
    LOST = auto()  # the connection is gone


_ENDS = {Trigger.STOPPED: State.CLOSING, Trigger.LOST: State.CLOSED}

TABLE: dict[State, dict[Trigger, State]] = {
    State.NEW: {Trigger.MADE: State.HANDSHAKE},
    State.HANDSHAKE: {
        Trigger.SHAKEN: State.TRAFFIC,
        Trigger.RELEASED: State.LAST_HANDSHAKE,
        **_ENDS,
    },
    State.LAST_HANDSHAKE: {
        Trigger.SHAKEN: State.DRAINING,
        Trigger.RELEASED: State.LAST_HANDSHAKE,
        **_ENDS,
    },
    State.TRAFFIC: {Trigger.RELEASED: State.DRAINING, **_ENDS},
    State.DRAINING: {Trigger.RELEASED: State.DRAINING, **_ENDS},
    State.CLOSING: {Trigger.RELEASED: State.CLOSING, **_ENDS},
    State.CLOSED: {},
}

SHAKING = frozenset({State.HANDSHAKE, State.LAST_HANDSHAKE})
OPEN = frozenset(State) - {State.NEW, State.CLOSED}


class Maker(Contract):
    """What makes sessions: a listener, or a connector."""

    link: Link
    connects: bool

    @property
    def closed(self) -> bool:
        """Whether the program has closed it."""

    @property
    def endpoint(self) -> str:
        """What a monitor is told."""

    @property
    def pipe(self) -> Pipe | None:
        """The pipe that outlives a session, if there is one."""

    def adopt(self, pipe: Pipe) -> None:
        """Keep the pipe that a session made."""

    def greet(self, engine: Engine) -> bytes:
        """Return the first thing that the peer receives: our subscriptions."""

    def made(self, session: "Session") -> None:
        """Handle the connection of a session."""

    def lost(self, session: "Session") -> None:
        """Handle the end of a session."""


class Session(Protocol):
    """One connection, from its first byte to its last.

    Parameters
    ----------
    maker : Maker
        The listener or connector that made it.
    """

    suspended = False

    def __init__(self, maker: Maker) -> None:
        self.link = maker.link
        self.state = State.NEW
        self.pipe = maker.pipe  # an accepted peer gets one after the handshake
        self.received = 0
        self._maker = maker
        self._endpoint = maker.endpoint
        self._explained = False  # the reason of the end was reported and logged
        self._debug = logger.isEnabledFor(logging.DEBUG)
        self._due = inf  # when the timer rings; Pyodide's handles don't know it
        self._timer: TimerHandle | None = None
        self._asking: Task[None] | None = None

    @property
    def listener(self) -> object | None:
        """The listener that accepted it, None if it was connected."""
        return None if self._maker.connects else self._maker

    @property
    def over(self) -> bool:
        """Whether the connection is gone."""
        return self.state is State.CLOSED

    @property
    def made(self) -> bool:
        """Whether the connection was made."""
        return self.state is not State.NEW

    def _step(self, trigger: Trigger) -> None:
        self.state = TABLE[self.state][trigger]

    # The transport's calls

    def connection_made(self, transport: BaseTransport) -> None:
        """Greet the peer."""
        self._transport = cast("Transport", transport)  # uvloop's is no subclass
        self._step(Trigger.MADE)
        self._engine = self.link.new_engine()
        self._writer = Writer(
            self.link.loop,
            self._transport,
            self.link.encoder,
            at_once=self.link.socket_type in ("REQ", "REP"),
            taken=self._taken,
            emptied=self._emptied,
        )
        if self._debug:
            self._writer.encode = self._logged(self._writer.encode)
        inner = transport.get_extra_info("socket")
        self._descriptor = 0 if inner is None else inner.fileno()  # a monitor is told
        self._maker.made(self)
        if self.state is not State.CLOSING:
            self._report(Event.CONNECTED if self._maker.connects else Event.ACCEPTED)
            self._write_engine()

    def data_received(self, data: bytes) -> None:
        """Pass bytes to the engine, and the messages that it reads to the pattern."""
        self.received += len(data)
        engine = self._engine
        self._take_in(lambda: engine.receive_data(data, self.link.loop.time()))
        if engine.missing > LARGE and takes_buffers(self._transport):
            self._transport.set_protocol(LargeBody(self, self, self._transport))

    def place(self) -> memoryview:
        """Return the memory for the next octets of a large body."""
        return self._engine.place()

    def placed(self, octets: int) -> bool:
        """Process octets that were read into `place`; return whether more are to come."""
        self.received += octets
        engine = self._engine
        self._take_in(lambda: engine.receive_data(b"", self.link.loop.time(), octets))
        return bool(engine.missing)

    def pause_writing(self) -> None:
        """Stop writing: the transport has enough."""
        self._writer.pause()

    def resume_writing(self) -> None:
        """Write on."""
        self._writer.resume()

    def connection_lost(self, error: Exception | None) -> None:
        """Return the pipe to the connector, or detach it from the pattern."""
        before = self.state
        self._step(Trigger.LOST)
        self._writer.stop()
        if self._timer is not None:
            self._timer.cancel()
        if self._asking is not None:
            self._asking.cancel()
        pipe = self.pipe
        if pipe is not None:
            pipe.leave()
        if not self._explained and before in (State.HANDSHAKE, State.TRAFFIC):
            self._explain_loss(before, error)
        if self.listener is not None:
            if pipe is not None:
                self.link.pattern.detach(pipe)
            self.link.ended(self)
            self.link.readable()
            self.link.writable()  # a call may have waited for room in this pipe
        self._report(Event.DISCONNECTED)
        self._maker.lost(self)

    def _explain_loss(self, before: State, error: Exception | None) -> None:
        number = error.errno if isinstance(error, OSError) else None
        if before is State.HANDSHAKE:
            self._report(Event.HANDSHAKE_FAILED_NO_DETAIL, number or errno.EPIPE)
        words = "left in the handshake" if before is State.HANDSHAKE else "is gone"
        logger.info("%s: the peer %s%s", self._endpoint, words, f": {error}" if error else "")

    # What the engine reads

    def _take_in(self, read: Callable[[], list[Item]]) -> None:
        fault = None
        try:
            items = read()
        except RemoteProtocolError as error:
            items = self._engine.salvaged
            fault = error
        pattern = self.link.pattern
        for item in items:
            if self._debug:
                logger.debug("%s < %r", self._endpoint, item)
            if not isinstance(item, list):
                self._react(item)
            elif self.state is State.TRAFFIC and self.pipe is not None:
                pattern.deliver(self.pipe, item)
        self._write_engine()
        pipe = self.pipe
        if self.state is State.TRAFFIC and pipe is not None:
            if not pipe.check_read() and not pipe.paused:
                pipe.paused = True
                self._transport.pause_reading()
            self.link.readable()
        if fault:
            self._refuse(fault, Event.HANDSHAKE_FAILED_PROTOCOL, fault.code)

    def _react(self, event: events.Event) -> None:
        match event:
            case events.HandshakeDone():
                self._begin(event)
            case events.AuthenticationRequest():
                self._asking = self.link.loop.create_task(self._authenticate(event))
            case events.PeerError():
                if event.reason.isdigit():
                    self._report(Event.HANDSHAKE_FAILED_AUTH, int(event.reason))
                self._stop(f"refused by the peer: {event.reason!r}")
            case events.Subscribed() if self.state is State.TRAFFIC and self.pipe:
                self.link.pattern.subscribed(self.pipe, event.topic)
            case events.Cancelled() if self.state is State.TRAFFIC and self.pipe:
                self.link.pattern.cancelled(self.pipe, event.topic)

    def _begin(self, event: events.HandshakeDone) -> None:
        """Start the traffic."""
        link = self.link
        pattern = link.pattern
        self._step(Trigger.SHAKEN)
        pipe = self.pipe
        new = pipe is None
        if pipe is None:
            pipe = link.new_pipe(connects=self._maker.connects)
            self.pipe = pipe
            self._maker.adopt(pipe)
        pipe.routing_id = pipe.routing_id or event.routing_id
        pipe.peer_type = event.socket_type
        pipe.on_outbound = self._writer.written
        pipe.on_room = self._resume_reading
        pipe.on_subscription = self._tell_subscription
        self._writer.pipe = pipe
        self._report(Event.HANDSHAKE_SUCCEEDED)
        self._write_engine()
        self._set_timer()
        if self.state is State.TRAFFIC:
            if new:
                pattern.attach(pipe)
            pattern.identify(pipe)
        self._writer.write(self._maker.greet(self._engine))
        link.writable()
        self._writer.schedule()

    async def _authenticate(self, request: events.AuthenticationRequest) -> None:
        peer = self._transport.get_extra_info("peername")
        address = peer[0] if isinstance(peer, tuple) else ""
        status = await self.link.authenticate(request, address)
        if status == b"200" or (status == NO_HANDLER and request.mechanism == "NULL"):
            self._take_in(lambda: self._engine.authenticate(True))
            return
        if status == NO_HANDLER:
            self._report(Event.HANDSHAKE_FAILED_NO_DETAIL, Errno.EFAULT)
            self._stop("refused a peer: there is no ZAP handler")
        else:
            self._report(Event.HANDSHAKE_FAILED_AUTH, int(status))
            self._engine.authenticate(False, status)
            self._write_engine()
            self._stop(f"refused a peer: the ZAP handler says {status.decode()}")

    # Writing

    def _write_engine(self) -> None:
        """Write what the engine has to say; only that can make it due sooner."""
        data = self._engine.data_to_send()
        if data and self.state is not State.CLOSING:
            self._writer.write(data)
            self._set_timer()

    def _tell_subscription(self, wanted: bool, topic: bytes) -> None:
        self._writer.flush()  # what was sent before goes out before
        if not self._transport.is_closing():
            engine = self._engine
            self._writer.write(engine.subscribe(topic) if wanted else engine.cancel(topic))

    def _logged(self, encode: Encode) -> Encode:
        def logged(queue: deque[Message]) -> list[Piece]:
            waiting = list(queue)
            pieces = encode(queue)
            logger.debug("%s > %r", self._endpoint, waiting[: len(waiting) - len(queue)])
            return pieces

        return logged

    def _taken(self, pipe: Pipe) -> None:
        self.link.pattern.writable(pipe)
        self.link.writable()

    def _emptied(self) -> None:
        if self.state is State.DRAINING:
            self._step(Trigger.STOPPED)
            # Not at once: within resume_writing asyncio's transport would end twice.
            self.link.loop.call_soon(self._close_transport)

    def _resume_reading(self) -> None:
        if self.state in OPEN:
            self._transport.resume_reading()

    # Time

    def _set_timer(self) -> None:
        """Schedule the engine's next tick."""
        deadline = self._engine.deadline()
        if deadline is not None and deadline < self._due:
            if self._timer is not None:
                self._timer.cancel()
            self._due = deadline
            self._timer = self.link.loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._due = inf
        try:
            paused = self.pipe is not None and self.pipe.paused
            self._engine.tick(self.link.loop.time(), reading=not paused)
        except RemoteProtocolError as error:
            self._refuse(error, Event.HANDSHAKE_FAILED_NO_DETAIL, Errno.ETIMEDOUT)
            return
        self._write_engine()
        self._set_timer()

    # The end

    def _report(self, event: Event, value: int | None = None) -> None:
        if value is None:
            value = 0 if event is Event.HANDSHAKE_SUCCEEDED else self._descriptor
        self.link.report(event, value, self._endpoint)

    def _refuse(self, error: RemoteProtocolError, event: Event, value: int) -> None:
        """Close the connection of a peer that broke the protocol, or was silent for too long."""
        if self.state in SHAKING:
            self._report(event, value)
        self._write_engine()
        self._stop(f"closed the connection: {error}")

    def _stop(self, reason: str) -> None:
        logger.info("%s: %s", self._endpoint, reason)
        self._explained = True
        self._writer.stop()
        self._step(Trigger.STOPPED)
        self._transport.close()

    def close(self, *, linger: bool) -> None:
        """Close the connection: at once, or when what waits was sent."""
        if self.state not in OPEN:
            return
        pipe = self.pipe
        pending = self._writer.pending or (pipe is not None and bool(pipe.outbound))
        if not linger:
            self._step(Trigger.STOPPED)
            self._transport.abort()
        elif pending:
            self._step(Trigger.RELEASED)
            self._transport.resume_reading()  # what comes is dropped, but its end must be seen
        else:
            self._step(Trigger.STOPPED)
            self._transport.resume_reading()
            self._close_transport()
        if self.listener is not None:
            self.link.lingers(self)

    def _close_transport(self) -> None:
        """Close it; over ipc only our direction, until the peer has read everything and closes.

        A reader of libzmq that stands at its mark would lose what it has not read of a connection
        that is closed both ways.
        """
        transport = self._transport
        if self._endpoint.startswith("ipc") and transport.can_write_eof():
            if not transport.is_closing():
                transport.write_eof()
        else:
            transport.close()

    def abandon(self) -> None:
        """End: the connection went with its loop."""
        self.state = State.CLOSED
        self.link.ended(self)

    resume = abandon

    def statistics(self) -> ConnectionStatistics:
        """Return the state and the octets so far."""
        if not self.made:
            return ConnectionStatistics(self._endpoint, self.state.name)
        return ConnectionStatistics(
            self._endpoint,
            self.state.name,
            self.received,
            self._writer.sent,
            reading=self.pipe is None or not self.pipe.paused,
            writing=not self._writer.blocked,
        )
