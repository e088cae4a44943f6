"""The stage: real sockets, watched.

`Stage.context` gives a context whose sockets behave as those of ``zmq.asyncio`` do, the same
results, exceptions and Futures, and leave a record behind: what was bound, connected, sent,
received, refused, waited for and closed, and when. Nothing is guessed here; what follows from the
record is worked out in `zmqlab.story`, and drawn in `zmqlab.sequence` and `zmqlab.topology`.

What must stay true: a watched socket never fails, blocks or lives longer because it is watched; the
record is bounded; nothing but the standard library and ``zmq`` is imported.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import struct
import time
import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import zmq
import zmq.asyncio

from zmqlab.language import Text, kernel_language
from zmqlab.order import tell_order

if TYPE_CHECKING:
    from zmqlab.sequence import Sequence as SequenceDiagram
    from zmqlab.topology import Topology

LIMIT = 10_000
"""How many events of a kind a stage keeps. What comes later is counted, and the pictures say so."""

HEAD, TAIL = 120, 16
"""Of a longer frame only so many bytes are kept from its start and its end."""

TYPE_NAMES = "PAIR, PUB, SUB, REQ, REP, DEALER, ROUTER, PULL, PUSH, XPUB, XSUB"
TYPES = {int(getattr(zmq, name)): name for name in TYPE_NAMES.split(", ")}


class Moment(NamedTuple):
    """When something happened: its place in the record and the clock's seconds."""

    order: float
    time: float


class Frame(NamedTuple):
    """A frame as it is remembered: its size and enough of it to know it again."""

    size: int
    head: bytes
    tail: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a socket did or that happened to it.

    Attributes
    ----------
    kind : str
        "socket", "bind", "unbind", "connect", "disconnect", "subscribe", "unsubscribe",
        "routing id", "send", "sent" (a send that had to wait), "unsent" (one that was given up),
        "receive", "polled", "refused", "gave up", "close"; and from libzmq's monitor "up" and
        "down".
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

    kind: str
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
    """A call that waited, or still waits."""

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
    mark: float
    end: Moment
    skipped: Counter[str] = field(default_factory=Counter)


def remember(part: Any) -> Frame:
    """The `Frame` for a message part: bytes, a buffer or a ``zmq.Frame``."""
    view = part if type(part) is bytes else memoryview(part).cast("B")
    size = len(view)
    return Frame(size, bytes(view[:HEAD]), bytes(view[-TAIL:]) if size > HEAD else b"")


def _failure(future: Any) -> BaseException | None:
    """The exception of a finished Future, without marking it as retrieved.

    asyncio reports an exception that nobody looked at; looking here must not silence that.
    """
    if future.cancelled():
        return None
    try:
        found: BaseException | None = future._exception
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


class _Watch:
    """What the stage knows of one socket; holds the socket weakly."""

    def __init__(self, stage: Stage, actor: Actor, socket: WatchedSocket) -> None:
        self.stage = stage
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

    def note(self, kind: str, at: Moment | None = None, **more: Any) -> None:
        self.stage._keep(Event(kind, self.actor.number, at or self.stage._now(), **more))

    # Connections, from libzmq's monitor

    def listen(self) -> None:
        """Attach a monitor, which tells when a connection is up or down."""
        socket = self.socket()
        if socket is None or self.monitor is not None or self.ceded:
            return
        endpoint = f"inproc://zmqlab-monitor-{next(_monitor_numbers)}"
        try:
            socket._monitor_quietly(endpoint, _MONITORED)
            # Made without the context, so that `destroy` neither closes nor reports it: it goes
            # with its socket. Unlimited, so that libzmq never waits for us to read it.
            self.monitor = zmq.asyncio.Socket(socket.context, zmq.PAIR)
            self.monitor.setsockopt(zmq.LINGER, 0)
            self.monitor.setsockopt(zmq.RCVHWM, 0)
            self.monitor.connect(endpoint)
        except (zmq.ZMQError, AttributeError, NotImplementedError):
            self.deafen()

    def deafen(self, socket: WatchedSocket | None = None) -> None:
        """Detach the monitor: first libzmq's end, then ours."""
        socket, monitor = socket or self.socket(), self.monitor
        self.monitor = self.armed = self.loop = None
        if monitor is None:
            return
        if socket is not None and not socket.closed:
            with contextlib.suppress(zmq.ZMQError):  # the context is being terminated
                socket._monitor_quietly(None, 0)
        monitor.close(linger=0)

    def cede(self) -> None:
        """Leave the monitor to the program, for a socket has only one."""
        self.hear()
        self.deafen()
        self.ceded = True

    def hear(self) -> None:
        """Take what the monitor holds, and be called for what comes while the loop runs."""
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
        (event,) = struct.unpack("=h", message[0][:2])
        endpoint = message[1].decode(errors="replace")
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            if endpoint not in self.left:
                self.live[endpoint] += 1
            self.note("up", endpoint=endpoint)
        elif event == zmq.EVENT_DISCONNECTED:
            # One that broke in its handshake was never up.
            self.live[endpoint] = max(0, self.live[endpoint] - 1)
            self.downs += 1
            self.note("down", endpoint=endpoint)
        elif event == zmq.EVENT_CONNECT_RETRIED:
            self.refusals += 1
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
                self.note("refused", began, frames=refused, note=_error_name(failure))
            return
        if not self.sending:
            self.sending_since = began
        self.sending += frames
        if flags & zmq.SNDMORE:
            return
        message, self.sending = tuple(self.sending), []
        at = self.sending_since or began
        if future.done():
            self.note("send", at, frames=message)
            return
        self.note("send", at, frames=message, note="blocked")
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
            self.note("unsent" if failed else "sent", began=wait.began)
        else:
            self._received(wait.call, wait.began, future)

    def _received(self, call: str, began: Moment | None, future: Any) -> None:
        failure = _failure(future)
        if future.cancelled() or isinstance(failure, zmq.Again):
            if began is not None:
                self.note("gave up", began=began, note=call)
        elif isinstance(failure, zmq.ZMQError):
            self.note("refused", began=began, note=_error_name(failure), endpoint=call)
        elif failure is None and call == "poll":
            if began is not None:
                came = bool(future.result())
                self.note("polled" if came else "gave up", began=began, note=call)
        elif failure is None:
            self._message(call, began, future.result())

    def _message(self, call: str, began: Moment | None, result: Any) -> None:
        self.hear()  # its connection came before the message
        if call == "recv_multipart":
            self.note("receive", frames=tuple(map(remember, result)), began=began)
            return
        self.receiving.append(remember(result) if call == "recv" else Frame(result, b"", b""))
        socket = self.socket()
        try:
            more = socket is not None and socket.getsockopt(zmq.RCVMORE)
        except zmq.ZMQError:
            more = False
        if not more:
            message, self.receiving = tuple(self.receiving), []
            self.note("receive", frames=message, began=began)

    def closes(self, socket: WatchedSocket, linger: int | None) -> None:
        """Note the end of `socket`, which no weak reference may find any more."""
        if self.closed:
            return
        self.closed = True
        # Whoever was connected to it notices the end: first take what came before that.
        for watch in list(self.stage._watches) if len(self.stage._watches) < 100 else [self]:
            watch.hear()
        unread = False
        try:
            if linger is None:
                linger = int(socket.getsockopt(zmq.LINGER))
            unread = bool(int(socket.get(zmq.EVENTS)) & zmq.POLLIN)
        except zmq.ZMQError:
            pass
        notes = [word for word, is_so in (("unread", unread), ("discard", linger == 0)) if is_so]
        at = self.stage._now()
        for wait in self.pending.values():
            if wait.call != "send":
                self.note("gave up", at, began=wait.began, note="close")
        self.pending.clear()
        self.note("close", note=" ".join(notes))
        self.deafen(socket)
        self.live.clear()
        self.wake()


class WatchedSocket(zmq.asyncio.Socket):
    """A ``zmq.asyncio.Socket`` that tells its stage what it does."""

    _watch: _Watch | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)  # type: ignore[misc]
        context = self.context
        if isinstance(context, WatchedContext) and not getattr(self, "_shadow", False):
            stage = context._stage
            if stage is not None:
                self._watch = stage._enter(self, context._number)

    def _monitor_quietly(self, endpoint: str | None, events: int) -> None:
        super().monitor(endpoint, events)

    def monitor(self, addr: Any, events: int = zmq.EVENT_ALL) -> None:
        """As in pyzmq. A socket has one monitor: the stage gives up its own."""
        if self._watch is not None:
            self._watch.cede()
        super().monitor(addr, events)

    def get_monitor_socket(self, events: int | None = None, addr: str | None = None) -> Any:
        """As in pyzmq. A socket has one monitor: the stage gives up its own."""
        context = self.context
        if self._watch is None or not isinstance(context, WatchedContext):
            return super().get_monitor_socket(events, addr)
        stage, context._stage = context._stage, None  # the monitor's socket is not on the stage
        try:
            return super().get_monitor_socket(events, addr)
        finally:
            context._stage = stage

    def bind(self, addr: Any) -> Any:
        """As in pyzmq."""
        return self._attach("bind", addr)

    def connect(self, addr: Any) -> Any:
        """As in pyzmq."""
        return self._attach("connect", addr)

    def _attach(self, kind: str, addr: Any) -> Any:
        watch = self._watch
        if watch is None or not isinstance(addr, (str, bytes)):
            return getattr(super(), kind)(addr)
        endpoint = _text(addr)
        if not endpoint.startswith("inproc:"):
            watch.listen()
        watch.left.discard(endpoint)
        at = watch.stage._now()
        result = getattr(super(), kind)(addr)
        actual = endpoint
        if kind == "bind":
            last: Any = self.getsockopt(zmq.LAST_ENDPOINT)
            actual = last.rstrip(b"\0").decode() or endpoint
        watch.note(kind, at, endpoint=actual, note=endpoint)
        watch.hear()
        return result

    def unbind(self, addr: Any) -> None:
        """As in pyzmq."""
        super().unbind(addr)
        if self._watch is not None:
            self._watch.note("unbind", endpoint=_text(addr))

    def disconnect(self, addr: Any) -> None:
        """As in pyzmq."""
        super().disconnect(addr)
        if self._watch is not None:
            self._watch.note("disconnect", endpoint=_text(addr))
            self._watch.leaves(_text(addr))

    def set(self, option: int, optval: Any) -> None:
        """As in pyzmq."""
        super().set(option, optval)
        watch = self._watch
        kind = _NOTED_OPTIONS.get(int(option))
        if watch is not None and kind is not None:
            watch.note(kind, frames=(remember(optval),))

    setsockopt = set

    def send(  # type: ignore[override]
        self, data: Any, flags: int = 0, copy: bool = True, track: bool = False, **options: Any
    ) -> Any:
        """As in pyzmq."""
        watch = self._watch
        if watch is None:
            return super().send(data, flags, copy, track, **options)
        watch.hear()
        began = watch.stage._now()
        future = super().send(data, flags, copy, track, **options)
        watch.sends((data,), flags, began, future)
        return future

    def send_multipart(  # type: ignore[override]
        self, msg_parts: Any, flags: int = 0, copy: bool = True, track: bool = False, **options: Any
    ) -> Any:
        """As in pyzmq."""
        watch = self._watch
        if watch is None:
            return super().send_multipart(msg_parts, flags, copy, track, **options)
        watch.hear()
        began = watch.stage._now()
        future = super().send_multipart(msg_parts, flags, copy, track, **options)
        watch.sends(msg_parts, flags, began, future)
        return future

    def recv(self, flags: int = 0, copy: bool = True, track: bool = False) -> Any:
        """As in pyzmq."""
        return self._watch_receiving("recv", flags, copy, track)

    def recv_multipart(self, flags: int = 0, copy: bool = True, track: bool = False) -> Any:
        """As in pyzmq."""
        return self._watch_receiving("recv_multipart", flags, copy, track)

    def recv_into(self, buf: Any, /, *, nbytes: int = 0, flags: int = 0) -> Any:
        """As in pyzmq."""
        return self._watch_receiving("recv_into", buf, nbytes=nbytes, flags=flags)

    def _watch_receiving(self, call: str, *args: Any, **options: Any) -> Any:
        watch = self._watch
        if watch is None:
            return getattr(super(), call)(*args, **options)
        watch.hear()
        began = watch.stage._now()
        future = getattr(super(), call)(*args, **options)
        watch.receives(call, began, future)
        return future

    def poll(self, timeout: int | None = None, flags: int = zmq.POLLIN) -> Any:
        """As in pyzmq."""
        watch = self._watch
        if watch is None or not flags & zmq.POLLIN:
            return super().poll(timeout, flags)  # type: ignore[call-arg]
        watch.hear()
        began = watch.stage._now()
        future = super().poll(timeout, flags)  # type: ignore[call-arg]
        watch.receives("poll", began, future)
        return future

    def close(self, linger: int | None = None) -> None:
        """As in pyzmq."""
        if self._watch is not None and not self.closed:
            self._watch.closes(self, linger)
        super().close(linger)


def _text(endpoint: str | bytes) -> str:
    return endpoint if isinstance(endpoint, str) else endpoint.decode(errors="replace")


_NOTED_OPTIONS = {
    int(zmq.SUBSCRIBE): "subscribe",
    int(zmq.UNSUBSCRIBE): "unsubscribe",
    int(zmq.ROUTING_ID): "routing id",
}


class WatchedContext(zmq.asyncio.Context):
    """A ``zmq.asyncio.Context`` whose sockets are on a stage."""

    _socket_class = WatchedSocket
    _instance = None
    _stage: Stage | None = None
    _number = 0

    def destroy(self, linger: int | None = None) -> None:
        """As in pyzmq, which closes the sockets in any order; here in the order of their making."""
        if (
            self._stage is not None
            and not self.closed
            and not getattr(self, "_warn_destroy_close", False)
        ):
            for watch in sorted(self._stage._watches, key=lambda watch: watch.actor.number):
                socket = watch.socket()
                if socket is None or socket.closed or socket.context is not self:
                    continue
                if linger is not None:
                    socket.setsockopt(zmq.LINGER, linger)
                socket.close()
        super().destroy(linger)


class Stage:
    """Watches sockets and draws what happened.

    Examples
    --------
    In a cell of a lesson::

        stage = Stage()
        context = stage.context()
        server = context.socket(zmq.REP)
        client = context.socket(zmq.REQ)
        stage.name(client=client, server=server)
        ...                     # pyzmq as anywhere
        stage.sequence()        # the picture of what happened
    """

    def __init__(self) -> None:
        self._orders = itertools.count(1)
        self._actors: list[Actor] = []
        self._events: list[Event] = []
        self._counts: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._watches: weakref.WeakSet[_Watch] = weakref.WeakSet()
        self._names: list[str] = []
        self._outside: dict[str, str] = {}
        self._contexts = 0
        self._mark = 0.0
        tell_order(zmq.ZMQError, TimeoutError)

    def context(self, io_threads: int = 1) -> WatchedContext:
        """A new context on this stage.

        Parameters
        ----------
        io_threads : int, optional
            As for ``zmq.asyncio.Context``.

        Returns
        -------
        WatchedContext
            A ``zmq.asyncio.Context``; nothing but the watching differs.
        """
        context = WatchedContext(io_threads)
        self._contexts += 1
        context._stage = self
        context._number = self._contexts
        return context

    def name(self, **sockets: WatchedSocket | tuple[WatchedSocket, ...] | str) -> None:
        """Give sockets their names in the pictures, in the order of the lanes.

        Parameters
        ----------
        **sockets : WatchedSocket or tuple of WatchedSocket or str
            ``name(client=client)``. A new socket under a name that was used before goes on in the
            same lane; so do several at once: ``name(worker=(pull, push))``. An endpoint as text
            names the peer behind it, which is not on the stage:
            ``name(server="tcp://127.0.0.1:5555")``.

        Raises
        ------
        ValueError
            If a socket is not on this stage.
        """
        for name, socket in sockets.items():
            if isinstance(socket, str):
                self._outside[socket] = name
            else:
                for one in socket if isinstance(socket, tuple) else (socket,):
                    self._watch_of(one, name).actor.name = name
            if name not in self._names:
                self._names.append(name)

    async def connected(
        self, socket: WatchedSocket, within: float = 5.0, *, peers: int = 1
    ) -> None:
        """Wait until a socket has a connection (tcp or ipc), as libzmq's monitor tells.

        Parameters
        ----------
        socket : WatchedSocket
            A socket of this stage.
        within : float, optional
            Seconds to wait at most.
        peers : int, optional
            Wait for so many connections.

        Raises
        ------
        TimeoutError
            If it has fewer by then.
        ValueError
            If it is closed.
        """
        watch = self._watch_of(socket, "socket")
        late = Text(en="has no connection", ko="연결되지 않았습니다")
        if peers != 1:
            late = Text(
                en=f"has fewer than {peers} connections", ko=f"연결이 {peers}개보다 적습니다"
            )
        await self._until(watch, lambda: watch.connections >= peers, within, late)

    async def refused(self, socket: WatchedSocket, within: float = 5.0) -> None:
        """Wait until an attempt of a socket to connect fails, because nobody is bound there.

        Its next attempt follows when `RECONNECT_IVL` is over: 100 to 200 ms later by default.

        Parameters
        ----------
        socket : WatchedSocket
            A socket of this stage.
        within : float, optional
            Seconds to wait at most.

        Raises
        ------
        TimeoutError
            If none fails by then.
        ValueError
            If it is closed.
        """
        watch = self._watch_of(socket, "socket")
        before = watch.refusals
        late = Text(en="was not refused", ko="연결을 거절당하지 않았습니다")
        await self._until(watch, lambda: watch.refusals > before, within, late)

    async def disconnected(
        self, socket: WatchedSocket, within: float = 5.0, *, left: int = 0
    ) -> None:
        """Wait until a socket has noticed that its last connection is gone.

        Parameters
        ----------
        socket : WatchedSocket
            A socket of this stage.
        within : float, optional
            Seconds to wait at most.
        left : int, optional
            Be content when no more than so many connections are left.

        Raises
        ------
        TimeoutError
            If it still has more by then.
        """
        watch = self._watch_of(socket, "socket")
        late = Text(en="is still connected", ko="아직 연결되어 있습니다")
        if left:
            late = Text(
                en=f"still has more than {left} connection" + ("s" if left > 1 else ""),
                ko=f"아직 연결이 {left}개보다 많습니다",
            )
        await self._until(watch, lambda: watch.connections <= left, within, late)

    async def crash(self, socket: WatchedSocket, within: float = 5.0) -> None:
        """Close a socket as a dying process does: at once, with all that it holds.

        Returns when its tcp ports are free again and the sockets on this stage that were connected
        to it have noticed. A socket that is closed already is left alone. For tcp and ipc only:
        inproc stays within one process, which dies with both of its ends.

        Parameters
        ----------
        socket : WatchedSocket
            A socket of this stage.
        within : float, optional
            Seconds to wait at most for each of these.

        Raises
        ------
        TimeoutError
            If a port is still taken or a peer still connected by then.
        ValueError
            If the socket is bound or connected over inproc.
        """
        from zmqlab.endpoints import port_is_free
        from zmqlab.story import tell

        crashed = self._watch_of(socket, "socket")
        if socket.closed:
            return
        number, record = crashed.actor.number, self.record()
        places = []
        for event in record.events:
            if event.actor != number:
                continue
            if event.kind == "bind":
                places.append(event.endpoint)
            elif event.kind == "unbind" and event.endpoint in places:
                places.remove(event.endpoint)
            if event.kind in ("bind", "connect") and event.endpoint.startswith("inproc:"):
                raise ValueError(
                    f"{crashed.named()['en']} uses {event.endpoint}, and inproc can't crash alone: "
                    "both of its ends are in one process. Close the socket, or use tcp or ipc"
                )
        live = [link for link in tell(record).links if link.up and not link.until]
        peers = {link.binder for link in live if link.connector == number}
        peers |= {link.connector for link in live if link.binder == number}
        before = {
            watch: watch.downs
            for watch in self._watches
            if watch.actor.number in peers and watch.connections and watch.monitor is not None
        }
        socket.close(linger=0)
        for place in places:
            if not place.startswith("tcp://"):
                continue
            try:
                await port_is_free(place, within)
            except TimeoutError:
                text = Text(
                    en=f"{place} is still taken, {within:g} s after its socket was closed",
                    ko=f"{place}: 소켓을 닫고 {within:g}초가 지나도 비지 않았습니다",
                )
                raise TimeoutError(text[kernel_language()]) from None
        name = crashed.named()
        late = Text(
            en=f"has not noticed the end of {name['en']}",
            ko=f"상대({name['ko']})가 끝난 것을 알아차리지 못했습니다",
        )
        for peer, downs in before.items():
            await self._noticed(peer, downs, within, late)

    async def _noticed(self, watch: _Watch, downs: int, within: float, late: Text) -> None:
        """Wait until a socket has lost one more connection, or has none."""
        await self._until(
            watch, lambda: watch.downs > downs or watch.connections == 0, within, late
        )

    async def _until(
        self, watch: _Watch, enough: Callable[[], bool], within: float, late: Text
    ) -> None:
        """Wait until a socket's connections are as wanted; `late` says how they are otherwise."""
        name = watch.named()
        try:
            async with asyncio.timeout(within):
                watch.hear()
                while not enough():
                    if watch.closed:
                        raise ValueError(f"{name['en']} is closed: it gets no connection any more")
                    changed = asyncio.get_running_loop().create_future()
                    watch.changed.append(changed)
                    await changed
        except TimeoutError:
            text = Text(
                en=f"{name['en']} {late['en']} after {within:g} s",
                ko=f"{name['ko']}: {within:g}초가 지났지만 {late['ko']}",
            )
            raise TimeoutError(text[kernel_language()]) from None

    def _watch_of(self, socket: WatchedSocket, name: str) -> _Watch:
        watch: _Watch | None = getattr(socket, "_watch", None)
        if watch is None or watch.stage is not self:
            raise ValueError(
                f"{name} is not on this stage: make it with stage.context().socket(...)"
            )
        return watch

    def sequence(self, limit: int = 60) -> SequenceDiagram:
        """Picture of who sent what to whom, from top to bottom.

        Parameters
        ----------
        limit : int, optional
            At most so many rows; alike messages in a row are folded first.

        Returns
        -------
        zmqlab.sequence.Sequence
            Shows itself in a notebook; ``svg(language)`` and ``text(language)`` give its forms.

        Raises
        ------
        ValueError
            If `limit` is no whole number from 1 on.
        """
        from zmqlab.sequence import Sequence as SequenceDiagram
        from zmqlab.story import tell

        if type(limit) is not int or limit < 1:
            raise ValueError(f"limit is a number of rows, 1 or more, not {limit!r}")
        return SequenceDiagram(tell(self.record()), limit)

    def topology(self) -> Topology:
        """Picture of who binds, who connects and how much has passed.

        Returns
        -------
        zmqlab.topology.Topology
            Shows itself in a notebook; ``svg(language)`` and ``text(language)`` give its forms.
        """
        from zmqlab.story import tell
        from zmqlab.topology import Topology

        return Topology(tell(self.record()))

    def clear(self) -> None:
        """Begin a new picture: forget what is done, keep names, open sockets and open messages."""
        from zmqlab.story import still_needed, tell

        record = self.record()
        self._events = still_needed(record, tell(record))
        self._counts.clear()
        self._skipped.clear()
        self._mark = self._now().order

    def reset(self) -> None:
        """Close every socket on this stage, forget their names, and begin a new picture.

        A cell that begins so can be run again, and after any other.
        """
        for watch in sorted(self._watches, key=lambda watch: watch.actor.number):
            socket = watch.socket()
            if socket is not None and not socket.closed:
                socket.close(linger=0)
        for actor in self._actors:
            actor.name = ""  # a new socket of that name begins a lane, and does not go on in one
        self._names.clear()
        self._outside.clear()
        self.clear()

    def record(self) -> Record:
        """What is known now, in the order in which it happened.

        Returns
        -------
        Record
        """
        watches = list(self._watches)
        for watch in watches:
            watch.hear()
        return Record(
            actors=[Actor(a.number, a.type, a.context, a.name) for a in self._actors],
            events=sorted(self._events, key=lambda event: event.at.order),
            waits=sorted(
                (wait for watch in watches for wait in watch.pending.values()),
                key=lambda wait: wait.began.order,
            ),
            names=list(self._names),
            outside=dict(self._outside),
            mark=self._mark,
            end=self._now(),
            skipped=Counter(self._skipped),
        )

    def _now(self) -> Moment:
        return Moment(next(self._orders), time.perf_counter())

    def _enter(self, socket: WatchedSocket, context: int) -> _Watch:
        actor = Actor(len(self._actors), TYPES.get(int(socket.type), "?"), context)
        self._actors.append(actor)
        watch = _Watch(self, actor, socket)
        self._watches.add(watch)
        watch.note("socket")
        return watch

    def _keep(self, event: Event) -> None:
        budget = _budget(event.kind)
        if self._counts[budget] >= LIMIT:
            self._skipped[budget] += 1
            return
        self._counts[budget] += 1
        self._events.append(event)


def _budget(kind: str) -> str:
    """Sends, receipts and the rest are limited apart, so that what is kept fits together."""
    if kind in ("send", "sent", "unsent", "refused"):
        return "send"
    if kind in ("gave up", "polled"):
        return "wait"
    return "receive" if kind == "receive" else "other"
