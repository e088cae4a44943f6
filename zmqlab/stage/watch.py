"""What a stage knows of one socket: its connections, from libzmq's monitor, and its messages.

What must stay true: a watched socket never fails, blocks or lives longer because it is watched.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import struct
import weakref
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Protocol

import zmq
import zmq.asyncio

from zmqlab.record import Actor, Event, Frame, Kind, Moment, Wait, remember
from zmqlab.words.language import Text


class QuietWhenClosed(zmq.asyncio.Socket):
    """A ``zmq.asyncio.Socket`` that does nothing after its close.

    pyzmq may have scheduled a look at the socket's events before it is closed. That look goes to
    the socket's address in memory, where libzmq may have made the next socket meanwhile. It would
    take the wake-up of that socket, whose `recv` then waits although its message is there.
    """

    def _handle_events(self, fd: int = 0, events: int = 0) -> None:
        if not self.closed:
            super()._handle_events(fd, events)  # type: ignore[misc]


class Recording(Protocol):
    """What a watch asks of the recorder that it belongs to."""

    @property
    def watches(self) -> Collection[Watch]:
        """All watches of the stage."""

    def now(self) -> Moment:
        """The next number, and the clock."""

    def keep(self, event: Event) -> None:
        """Add an event to the record."""

    def tick(self) -> None:
        """Keep the running loop awake."""


class Watched(Protocol):
    """What a watch asks of its socket, apart from what every pyzmq socket can do."""

    @property
    def closed(self) -> bool:
        """Whether it is closed."""

    @property
    def context(self) -> Any:
        """Its context."""

    def get(self, option: int) -> Any:
        """Read an option."""

    def getsockopt(self, option: int) -> Any:
        """Read an option."""

    def setsockopt(self, option: int, value: Any) -> None:
        """Set an option."""

    def close(self, linger: int | None = None) -> None:
        """Close it."""

    @property
    def type(self) -> Any:
        """Its type."""

    def monitor_quietly(self, endpoint: str | None, events: int) -> None:
        """Attach a monitor, or detach it, without giving up the stage's own."""


def _failure(future: Any) -> BaseException | None:
    """The exception of a finished Future, without marking it as retrieved.

    asyncio reports an exception that nobody looked at; looking here must not silence that.
    """
    if future.cancelled():
        return None
    try:
        found: BaseException | None = future._exception  # noqa: SLF001
    except AttributeError:
        found = future.exception()
    return found


def _error_name(error: BaseException) -> str:
    number: Any = getattr(error, "errno", None)
    if number == zmq.EAGAIN:
        return "EAGAIN"
    try:
        return zmq.Errno(number).name
    except (AttributeError, ValueError):
        return type(error).__name__


_MONITORED = zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED | zmq.EVENT_CONNECT_RETRIED
_monitor_numbers = itertools.count(1)


class Watch:
    """What the stage knows of one socket; holds the socket weakly."""

    def __init__(self, recorder: Recording, actor: Actor, socket: Watched) -> None:
        self.recorder = recorder
        self.actor = actor
        self.socket = weakref.ref(socket)
        self.monitor: zmq.asyncio.Socket | None = None
        self.armed: Any = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.sending: list[Frame] = []
        self.sending_since: Moment | None = None
        self.receiving: list[Frame] = []
        self.pending: dict[int, Wait] = {}
        self.closed = False
        self.ceded = False
        self.live: Counter[str] = Counter()
        self.left: set[str] = set()
        self.broken: set[str] = set()
        self.downs = 0
        self.refusals = 0
        self.changed: list[asyncio.Future[None]] = []

    @property
    def connections(self) -> int:
        """How many connections it has, as far as its monitor told."""
        return self.live.total()

    def named(self) -> Text:
        """What messages call it."""
        name, kind = self.actor.name, self.actor.type
        return Text(en=name or f"the {kind} socket", ko=name or f"{kind} 소켓")

    def note(self, kind: Kind, at: Moment | None = None, **more: Any) -> None:
        """Add an event of this socket to the record."""
        self.recorder.keep(Event(kind, self.actor.number, at or self.recorder.now(), **more))

    # Connections, from libzmq's monitor

    def listen(self) -> None:
        """Attach a monitor, which tells when a connection is up or down."""
        socket = self.socket()
        if socket is None or self.monitor is not None or self.ceded:
            return
        endpoint = f"inproc://zmqlab-monitor-{next(_monitor_numbers)}"
        try:
            socket.monitor_quietly(endpoint, _MONITORED)
            # Made without the context, so that `destroy` neither closes nor reports it: it goes
            # with its socket. Unlimited, so that libzmq never waits for us to read it.
            self.monitor = QuietWhenClosed(socket.context, zmq.PAIR)
            self.monitor.setsockopt(zmq.LINGER, 0)
            self.monitor.setsockopt(zmq.RCVHWM, 0)
            self.monitor.connect(endpoint)
        except (zmq.ZMQError, AttributeError, NotImplementedError):
            self.deafen()

    def deafen(self, socket: Watched | None = None) -> None:
        """Detach the monitor: first libzmq's end, then ours."""
        socket, monitor = socket or self.socket(), self.monitor
        self.monitor = self.armed = self.loop = None
        if monitor is None:
            return
        if socket is not None and not socket.closed:
            with contextlib.suppress(zmq.ZMQError):  # the context is being terminated
                socket.monitor_quietly(None, 0)
        monitor.close(linger=0)

    def cede(self) -> None:
        """Leave the monitor to the program, for a socket has only one."""
        self.hear()
        self.deafen()
        self.ceded = True

    def hear(self) -> None:
        """Take what the monitor holds, and arrange to be called for what follows."""
        self.recorder.tick()
        monitor = self.monitor
        if monitor is None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self.armed is not None and self.loop is not loop:
            self.deafen()
            self.listen()
            monitor = self.monitor
            if monitor is None:
                return
        self.loop = loop
        try:
            if self.armed is not None and self.armed.done():
                # It has come, and its callback has not run yet.
                self._take(self.armed)
            if self.armed is None:
                self._arm(monitor)
            while self.armed is not None and int(monitor.get(zmq.EVENTS)) & zmq.POLLIN:
                future: Any = monitor.recv_multipart(zmq.DONTWAIT)
                if not future.done() or future.cancelled() or future.exception() is not None:
                    break
                self._note_connection(future.result())
        except zmq.ZMQError:
            self.deafen()

    def _arm(self, monitor: zmq.asyncio.Socket) -> None:
        while True:
            future: Any = monitor.recv_multipart()
            if not future.done():
                break
            if future.cancelled() or future.exception() is not None:
                return
            self._note_connection(future.result())
        self.armed = future
        future.add_done_callback(self._heard)

    def _heard(self, future: Any) -> None:
        if future is self.armed:
            self._take(future)
            self.hear()

    def _take(self, future: Any) -> None:
        self.armed = None
        if not future.cancelled() and future.exception() is None and self.monitor is not None:
            self._note_connection(future.result())

    def _note_connection(self, message: Sequence[bytes]) -> None:
        event, value = struct.unpack("=hi", message[0][:6])
        endpoint = message[1].decode(errors="replace")
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            if endpoint not in self.left:
                self.live[endpoint] += 1
            self.note(Kind.UP, endpoint=endpoint)
        elif event == zmq.EVENT_DISCONNECTED:
            # One that broke in its handshake was never up.
            self.live[endpoint] = max(0, self.live[endpoint] - 1)
            self.downs += 1
            self.broken.add(endpoint)
            self.note(Kind.DOWN, endpoint=endpoint)
        elif event == zmq.EVENT_CONNECT_RETRIED:
            self.refusals += 1
            # After the end of a connection this announces the first attempt, which may succeed.
            if endpoint in self.broken:
                self.broken.remove(endpoint)
            else:
                self.note(Kind.RETRY, endpoint=endpoint, note=str(value))
        self.wake()

    def leaves(self, endpoint: str) -> None:
        """Count the connections that `disconnect` ended: libzmq's monitor tells of them nothing."""
        del self.live[endpoint]
        self.left.add(endpoint)
        self.wake()

    def wake(self) -> None:
        """Let those look again who wait for a connection, or for its end."""
        for waiting in self.changed:
            if not waiting.done():
                waiting.set_result(None)
        self.changed.clear()

    # Messages

    def sends(self, parts: Sequence[Any], flags: int, began: Moment, future: Any) -> None:
        """Note a send, which has been called and has given `future`."""
        try:
            frames = [remember(part) for part in parts]
        except TypeError:
            return
        failure = _failure(future) if future.done() else None
        if failure is not None:
            refused = tuple(self.sending + frames)
            self.sending = []
            if isinstance(failure, zmq.ZMQError):
                self.note(Kind.REFUSED, began, frames=refused, note=_error_name(failure))
            return
        if not self.sending:
            self.sending_since = began
        self.sending += frames
        if flags & zmq.SNDMORE:
            return
        message, self.sending = tuple(self.sending), []
        at = self.sending_since or began
        if future.done():
            self.note(Kind.SEND, at, frames=message)
            return
        self.note(Kind.SEND, at, frames=message, note="blocked")
        self._wait(future, at, "send")

    def receives(self, call: str, began: Moment, future: Any) -> None:
        """Note what comes of a call to recv or poll that has given `future`."""
        if future.done():
            self._received(call, None, future)
        else:
            self._wait(future, began, call)

    def _wait(self, future: Any, began: Moment, call: str) -> None:
        self.pending[id(future)] = Wait(self.actor.number, began, call)
        future.add_done_callback(self._waited)

    def _waited(self, future: Any) -> None:
        wait = self.pending.pop(id(future), None)
        if wait is None:
            return
        if wait.call == "send":
            failed = future.cancelled() or _failure(future) is not None
            self.note(Kind.UNSENT if failed else Kind.SENT, began=wait.began)
        else:
            self._received(wait.call, wait.began, future)

    def _received(self, call: str, began: Moment | None, future: Any) -> None:
        failure = _failure(future)
        if future.cancelled() or isinstance(failure, zmq.Again):
            if began is not None:
                self.note(Kind.GAVE_UP, began=began, note=call)
        elif isinstance(failure, zmq.ZMQError):
            self.note(Kind.REFUSED, began=began, note=_error_name(failure), endpoint=call)
        elif failure is None and call == "poll":
            if began is not None:
                came = bool(future.result())
                self.note(Kind.POLLED if came else Kind.GAVE_UP, began=began, note=call)
        elif failure is None:
            self._message(call, began, future.result())

    def _message(self, call: str, began: Moment | None, result: Any) -> None:
        self.hear()  # its connection came before the message
        if call == "recv_multipart":
            self.note(Kind.RECEIVE, frames=tuple(map(remember, result)), began=began)
            return
        self.receiving.append(remember(result) if call == "recv" else Frame(result, b"", b""))
        socket = self.socket()
        try:
            more = socket is not None and socket.getsockopt(zmq.RCVMORE)
        except zmq.ZMQError:
            more = False
        if not more:
            message, self.receiving = tuple(self.receiving), []
            self.note(Kind.RECEIVE, frames=message, began=began)

    def closes(self, socket: Watched, linger: int | None) -> None:
        """Note the end of `socket`, which no weak reference may find any more."""
        if self.closed:
            return
        self.closed = True
        # Whoever was connected to it notices the end: first take what came before that.
        for watch in list(self.recorder.watches) if len(self.recorder.watches) < 100 else [self]:
            watch.hear()
        unread = False
        try:
            if linger is None:
                linger = int(socket.getsockopt(zmq.LINGER))
            unread = bool(int(socket.get(zmq.EVENTS)) & zmq.POLLIN)
        except zmq.ZMQError:
            pass
        notes = [word for word, is_so in (("unread", unread), ("discard", linger == 0)) if is_so]
        at = self.recorder.now()
        for wait in self.pending.values():
            if wait.call != "send":
                self.note(Kind.GAVE_UP, at, began=wait.began, note="close")
        self.pending.clear()
        self.note(Kind.CLOSE, note=" ".join(notes))
        self.deafen(socket)
        self.live.clear()
        self.wake()
