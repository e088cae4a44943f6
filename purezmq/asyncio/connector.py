"""A connected tcp or ipc endpoint: one session after the other.

Its pipe is there before the first connection and stays through all of them; with IMMEDIATE each
connection has its own. However a connection ends, the next attempt follows: another peer may be
there. Only connecting itself is a task; what waits between two attempts is a timer, so a loop that
ends cancels nothing that a lingering message needs.
"""

import logging
from asyncio import Task, TimerHandle, timeout

from purezmq import transport
from purezmq.asyncio.link import ConnectionStatistics, Link
from purezmq.asyncio.session import Session
from purezmq.compat.constants import Errno, Event, SocketOption
from purezmq.patterns import Message, Pipe
from purezmq.transport.endpoint import Endpoint
from purezmq.wire.engine import Engine
from purezmq.wire.frame import encode

logger = logging.getLogger("purezmq")


class Word(list[bytes]):
    """A subscription, or its end, that waits for the handshake among an XSUB's messages."""

    wanted: bool


class Connector:
    """Connects to an endpoint, again and again until it is closed.

    Attributes
    ----------
    over : bool
        Whether it has ended for good.
    suspended : bool
        Whether its loop ends and nobody was there.
    """

    connects = True
    listener = None

    def __init__(self, link: Link, text: str, endpoint: Endpoint) -> None:
        self.link = link
        self.endpoint = text
        self.pipe: Pipe | None = None
        self.closed = False
        self.over = False
        self.suspended = False
        self._address = endpoint
        self._session: Session | None = None
        self._attempt: Task[None] | None = None
        self._timer: TimerHandle | None = None
        self._interval = self._milliseconds(SocketOption.RECONNECT_IVL)
        self._unheard = False  # the pipe holds what a peer hears first
        if not link.options[SocketOption.IMMEDIATE]:
            self.pipe = link.new_pipe(connects=True)
            link.pattern.attach(self.pipe)
            for topic in link.pattern.subscriptions:
                self._keep_word(True, topic)
            self.pipe.on_subscription = self._keep_word
            link.writable()
        link.when_running(self._start)

    def _milliseconds(self, option: SocketOption) -> int:
        return self.link.options.number(option)

    # Connecting

    def _start(self) -> None:
        self._timer = None
        if not self.over:
            session = Session(self)
            self._session = session
            self._attempt = self.link.loop.create_task(self._connect(session))
            self._attempt.add_done_callback(lambda task: self._tried(task, session))

    async def _connect(self, session: Session) -> None:
        link = self.link
        if self._address.scheme == "tcp":  # ipc never has to wait
            link.report(Event.CONNECT_DELAYED, Errno.EINPROGRESS, self.endpoint)
        limit = self._milliseconds(SocketOption.CONNECT_TIMEOUT)
        async with timeout(limit / 1000 if limit else None):
            await transport.network().connect(
                link.loop, self._address, link.options, lambda: session
            )

    def _tried(self, attempt: Task[None], session: Session) -> None:
        """Try again later if the attempt failed; a connection that was made ends in `lost`."""
        self._attempt = None
        error = None if attempt.cancelled() else attempt.exception()
        if session.made or self.over:
            self._interval = self._milliseconds(SocketOption.RECONNECT_IVL)
            return
        self._session = None
        if attempt.cancelled():
            # The loop ends, and cancels its tasks. What lingers is sent in the time that it has.
            self._start()
            return
        logger.debug("%s: cannot connect: %s", self.endpoint, error)
        self.link.report(Event.CLOSED, 0, self.endpoint)
        self._try_later()
        if error is not None and not isinstance(error, OSError | ValueError):
            raise error  # a fault of ours; ValueError is a host name that cannot be one

    def _try_later(self) -> None:
        """Try again after the interval, or up to twice that, so that not all peers come at once.

        With RECONNECT_IVL_MAX the interval doubles with each attempt up to that.
        """
        if self.link.loop_ends:
            self.suspended = True
            self.link.ended(self)
            return
        first = self._milliseconds(SocketOption.RECONNECT_IVL)
        longest = self._milliseconds(SocketOption.RECONNECT_IVL_MAX)
        if first < 0:
            self._end()
            return
        from random import randrange  # late: it takes longer to import than all of this

        wait = self._interval + (randrange(first) if first else 0)
        if longest > first:
            wait = min(wait, longest)
            self._interval = min(self._interval * 2, longest)
        self.link.report(Event.CONNECT_RETRIED, wait, self.endpoint)
        self._timer = self.link.loop.call_later(wait / 1000, self._start)

    # The session's calls

    def _keep_word(self, wanted: bool, topic: bytes) -> None:
        """Keep a subscription until there is a peer, in order and as often as it was said."""
        assert self.pipe is not None
        word = Word([topic])
        word.wanted = wanted
        self._unheard = True
        self.pipe.outbound.append(word)

    def greet(self, engine: Engine) -> bytes:
        """Return what was said before the first handshake; after another one, the sum of it."""
        if not self._unheard or self.pipe is None:
            topics = self.link.pattern.subscriptions
            return b"".join([engine.subscribe(topic) for topic in topics])
        self._unheard = False
        said = list(self.pipe.outbound)
        self.pipe.outbound.clear()
        return b"".join([_encode(engine, message) for message in said])

    def adopt(self, pipe: Pipe) -> None:
        """Keep the pipe of a connection: with IMMEDIATE it came with the handshake."""
        self.pipe = pipe

    def made(self, session: Session) -> None:
        """Close the session when what waits was sent, if the program has closed meanwhile."""
        if self.closed:
            session.close(linger=True)

    def lost(self, session: Session) -> None:
        """Connect again, or end."""
        self._session = None
        pipe = self.pipe
        if pipe is not None and self._unheard:
            pipe.on_subscription = self._keep_word
        again = self._milliseconds(SocketOption.RECONNECT_IVL) >= 0
        keeps_pipe = again and not self.link.options[SocketOption.IMMEDIATE]
        if pipe is not None and not keeps_pipe and not self.closed:
            self.link.pattern.detach(pipe)
            self.pipe = None
        if not again or (self.closed and not self._pending()):
            self._end()
        else:
            self._try_later()

    # The end

    def close(self, *, linger: bool) -> None:
        """Close it: at once, or when its pipe is empty."""
        self.closed = True
        if not linger:
            self.pipe = None
        session = self._session
        connected = session is not None and session.made and not session.over
        if not connected and not self._pending():
            self._end()
            return
        self.link.lingers(self)
        if session is not None:
            session.close(linger=linger)

    def _pending(self) -> bool:
        return self.pipe is not None and bool(self.pipe.outbound)

    def _end(self) -> None:
        self.over = True
        if self._timer is not None:
            self._timer.cancel()
        if self._attempt is not None:
            self._attempt.cancel()
        self.link.ended(self)

    def abandon(self) -> None:
        """Keep what waits for `resume`: the connection went with its loop."""
        self.closed = True
        self._session = None
        if self._pending():
            self.link.lingers(self)
        else:
            self.over = True

    def resume(self) -> None:
        """Connect in the socket's new loop, to send what waits."""
        self.suspended = False
        self._session = None
        self._start()

    def statistics(self) -> ConnectionStatistics:
        """Return those of its session."""
        if self._session is not None:
            return self._session.statistics()
        return ConnectionStatistics(self.endpoint, "WAITING")


def _encode(engine: Engine, message: Message) -> bytes:
    if isinstance(message, Word):
        topic = message[0]
        return engine.subscribe(topic) if message.wanted else engine.cancel(topic)
    return encode(message)
