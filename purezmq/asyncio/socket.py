"""Sockets: what a program holds, with zmq.asyncio's names.

`send` and `recv` decide without waiting first: they ask the pattern, and the Future that they
return is done already if it could decide. If not, the Future waits in a queue, and connections call
`Core.readable` and `Core.writable` when something has changed.

What must stay true:

1. A message is taken from the pattern only when the Future that gets it is at hand: a call that was
   cancelled while it waited loses nothing.
2. Calls are served in the order in which they came.
3. After `calls.BATCH` answers without waiting one goes through the loop, and so does every `Again`:
   a program that never has to wait does not keep everything else from running.
"""

import errno
from asyncio import Future
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import GenericAlias
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, Self, TypeVar

from purezmq.asyncio import inproc
from purezmq.asyncio.calls import expire, finish
from purezmq.asyncio.core import Bound, Core
from purezmq.asyncio.link import Connection
from purezmq.asyncio.registry import Registry
from purezmq.compat import options, poller, zap
from purezmq.compat.constants import Errno, Event, Flag, PollEvent, SocketOption, SocketType
from purezmq.compat.forms import Converted, Forms, Sent
from purezmq.compat.message import Frame, MessageTracker, as_bytes, as_frames
from purezmq.compat.monitor import Monitor
from purezmq.errors import ZMQError
from purezmq.patterns import PATTERNS, Message
from purezmq.transport.endpoint import Endpoint, parse

if TYPE_CHECKING:  # else imported when they are needed
    from purezmq.asyncio.statistics import Statistics
    from purezmq.wire.events import AuthenticationRequest

Result = TypeVar("Result")

Parts = Sequence[object]
"""The frames of a message as a program gives them: bytes, or what has a buffer."""

# Types that take a second `connect` to the same endpoint for the first, as libzmq's do.
_ONE_CONNECTION = {"DEALER", "SUB", "PUB", "REQ"}

_DONTWAIT = int(Flag.DONTWAIT)
_SNDMORE = int(Flag.SNDMORE)
_POLLIN = int(PollEvent.POLLIN)


class Home(Protocol):
    """A socket's context."""

    registry: Registry

    @property
    def closed(self) -> bool:
        """Whether it was terminated."""

    def socket(self, socket_type: int) -> "Socket":
        """Make a socket."""


class Attached:
    """What `bind` and `connect` return: a context manager that takes the call back."""

    def __init__(self, socket: "Socket", kind: str, addr: str, undo: Callable[[str], None]) -> None:
        self.socket = socket
        self.kind = kind
        self.addr = addr
        self._undo = undo

    def __repr__(self) -> str:
        return f"<SocketContext({self.kind}={self.addr!r})>"

    def __enter__(self) -> "Socket":
        return self.socket

    def __exit__(self, *_: object) -> None:
        if not self.socket.closed:
            self._undo(self.addr)


class Socket(Forms, options.OptionForms, poller.Pollable):
    """A socket.

    Options are attributes too, in any case that pyzmq's programs use: `socket.linger`,
    `socket.LINGER`. It has slots: a name that is none of these can't be assigned to, as in pyzmq.

    Parameters
    ----------
    context : Context
        Where it belongs.
    socket_type : int
        One of `SocketType`.

    Attributes
    ----------
    context : Context
        Where it belongs.
    """

    __slots__ = (
        "__weakref__",
        "_core",
        "_monitor_reader",
        "_recv",
        "_recvs",
        "_send",
        "_sends",
        "context",
    )

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # options as attributes

    def __init__(self, context: Home, socket_type: int, **_: object) -> None:
        if socket_type not in SocketType.__members__.values():
            raise ZMQError(Errno.EINVAL)
        name = SocketType(socket_type).name
        if name not in PATTERNS:
            raise NotImplementedError(f"purezmq has no socket type {name}")
        self.context = context
        self._core = Core(context.registry, name, self._ask, self.close)
        self._send = self._core.pattern.send
        self._recv = self._core.pattern.recv
        self._sends = self._core.sends
        self._recvs = self._core.recvs
        self._monitor_reader: Socket | None = None

    def __repr__(self) -> str:
        closed = " closed" if self.closed else ""
        return f"<purezmq.asyncio.Socket(zmq.{self._core.socket_type}) at {id(self):#x}{closed}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @classmethod
    def __class_getitem__(cls, item: object) -> GenericAlias:
        return GenericAlias(cls, item)  # pyzmq's is generic: Socket[bytes]

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object: it belongs to its process")

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._core.closed

    @property
    def watched(self) -> poller.Watched:
        """What a poller asks."""
        return self._core

    # Sending

    def send(self, data: object, flags: int = 0, copy: bool = True, track: bool = False) -> Sent:
        """Send one frame; with SNDMORE, the next frame belongs to the same message.

        Returns
        -------
        Future
            Done when the message is taken: None, or a `MessageTracker` with `track`.

        Raises
        ------
        Again
            In the Future: it would wait and DONTWAIT was given, or SNDTIMEO has passed.
        ZMQError
            In the Future: ENOTSUP, EFSM, EHOSTUNREACH, ENOTSOCK.
        """
        turns = self._sends
        if turns.open and turns.left > 1 and type(data) is bytes and not flags and not track:
            # The short way, for what is commonest.
            turns.left -= 1
            try:
                if self._send([data]):
                    return self._core.done
            except ZMQError:
                pass  # `_send_frames` raises it in a Future
        return self._send_frames([data], flags, track)

    def send_multipart(
        self, msg_parts: Parts, flags: int = 0, copy: bool = True, track: bool = False, **_: object
    ) -> Sent:
        """Send a message of several frames; see `send`."""
        return self._send_frames(msg_parts, flags, track)

    def _send_frames(self, parts: Parts, flags: int, track: bool) -> Sent:
        core = self._core
        loop = core.loop
        turns = self._sends
        future: Sent = Future(loop=loop)
        try:
            frames = [part if type(part) is bytes else as_bytes(part) for part in parts]
            if not frames:
                raise IndexError("a message has at least one frame")
            if core.parts:
                frames = core.parts + frames
            core.parts = frames if flags & _SNDMORE else []
            self._check_turn()
            free = not core.senders.queue or core.senders.idle()
            taken = bool(core.parts) or (free and self._send(frames))
        except (IndexError, TypeError, BufferError, ZMQError) as error:
            future.set_exception(error)
            return future
        result = MessageTracker() if track else None
        if taken and turns.take():
            future.set_result(result)
        elif taken:
            loop.call_soon(finish, future, result)
        elif flags & _DONTWAIT:
            loop.call_soon(expire, future)
        else:
            limit = core.options.number(SocketOption.SNDTIMEO)
            core.senders.add(loop, future, (frames, result), limit)
        turns.open = not (core.parts or core.senders.queue or core.rest)
        return future

    def _check_turn(self) -> None:
        """Raise an error if the socket has ended, or a request is only received in part."""
        core = self._core
        core.check_open()
        if core.rest and core.socket_type in ("REQ", "REP"):
            raise ZMQError(Errno.EFSM)

    # Receiving

    def recv(self, flags: int = 0, copy: bool = True, track: bool = False) -> Future[bytes]:
        """Receive one frame; RCVMORE tells whether the message has another.

        Returns
        -------
        Future
            The frame: bytes, or a `Frame` with `copy=False`.

        Raises
        ------
        Again
            In the Future: there is none and DONTWAIT was given, or RCVTIMEO has passed.
        ZMQError
            In the Future: ENOTSUP, EFSM, ENOTSOCK.
        """
        turns = self._recvs
        if turns.open and turns.left > 1 and copy and not flags:
            # The short way, for what is commonest.
            try:
                message = self._recv()
            except ZMQError:
                message = None  # `_receive` raises it in a Future
            if message is not None:
                turns.left -= 1
                future: Future[bytes] = Future(loop=turns.loop)
                one = message[0] if len(message) == 1 else self._core.take_one(message)
                future.set_result(one)
                return future
        return self._receive(flags, self._core.take_one if copy else self._take_frame)

    def recv_multipart(
        self, flags: int = 0, copy: bool = True, track: bool = False
    ) -> Future[list[bytes]]:
        """Receive a message, all its frames; see `recv`."""
        whole = self._receive(flags, self._core.take_all)
        return whole if copy else Converted(whole, as_frames)

    def _receive(self, flags: int, take: Callable[[Message], Result]) -> Future[Result]:
        core = self._core
        loop = core.loop
        turns = self._recvs
        future: Future[Result] = Future(loop=loop)
        try:
            core.check_open()
        except ZMQError as error:
            future.set_exception(error)
            return future
        if flags & _DONTWAIT:
            if not core.try_to_receive(future, take, waits=False):
                loop.call_soon(expire, future)
        else:
            at_once = turns.take()
            if not at_once:
                loop.call_soon(core.readable)
            if not at_once or core.receivers.queue or not core.try_to_receive(future, take):
                core.receivers.add(loop, future, take, core.options.number(SocketOption.RCVTIMEO))
        turns.open = not (core.rest or core.receivers.queue)
        return future

    def _take_frame(self, message: Message) -> Frame:
        frame = self._core.take_one(message)
        return Frame(frame, more=bool(self._core.rest))

    # Polling

    def poll(self, timeout: float | None = None, flags: int = _POLLIN) -> Future[int]:
        """Wait until the socket is ready.

        Parameters
        ----------
        timeout : float, optional
            Milliseconds; None or a negative number for no limit.
        flags : int
            POLLIN, POLLOUT or both.

        Returns
        -------
        Future
            Those of the flags that are ready; 0 if the time has passed.
        """
        if self.closed:
            raise ZMQError(Errno.ENOTSUP)
        ready = poller.wait([(self, flags)], timeout)
        return Converted(ready, lambda found: found[0][1] if found else 0)

    def statistics(self) -> "Statistics":
        """Return what waits in the socket and what its connections have moved."""
        from purezmq.asyncio.statistics import Statistics

        return Statistics.of(self._core)

    # Options

    def set(self, option: int, optval: object) -> None:
        """Set an option.

        Raises
        ------
        ZMQError
            EINVAL: no such option, out of bounds, or not an option of this type of socket.
        TypeError
            Not the option's type.
        NotHereError
            An option of libzmq's that is not here; the message has its name.
        """
        self._core.check_open()
        if option not in SocketOption.__members__.values() and not isinstance(optval, int):
            raise TypeError(f"expected int, got: {optval!r}")  # pyzmq takes it for a number
        name = options.known(option)
        if name == SocketOption.IPV4ONLY:
            name = SocketOption.IPV6
            optval = 1 - optval if optval in (0, 1) else 2
        value = options.check(name, optval, self.type)
        if name == SocketOption.SUBSCRIBE and isinstance(value, bytes):
            self._core.pattern.subscribe(value)
        elif name == SocketOption.UNSUBSCRIBE and isinstance(value, bytes):
            self._core.pattern.unsubscribe(value)
        else:
            self._core.options[name] = value
            of_pattern = getattr(self._core.pattern.options, name.name.lower(), None)
            if of_pattern is not None:
                setattr(self._core.pattern.options, name.name.lower(), type(of_pattern)(value))

    def get(self, key: int) -> int | bytes:
        """Return an option's value.

        Raises
        ------
        ZMQError
            EINVAL: no such option, or one that can only be set.
        NotHereError
            An option of libzmq's that is not here; the message has its name.
        """
        self._core.check_open()
        name = options.known(key)
        if name in _TOLD:
            return _TOLD[name](self._core)
        if options.entry(name).write_only:
            raise ZMQError(Errno.EINVAL)
        return self._core.options[name]

    @property
    def type(self) -> SocketType:
        """The type of the socket."""
        return SocketType[self._core.socket_type]

    TYPE = type
    socket_type = type

    def fileno(self) -> NoReturn:
        """Refuse: there is no descriptor that could be watched."""
        raise NotImplementedError(options.FD_REASON)

    # Endpoints

    def bind(self, addr: str | bytes) -> Attached:
        """Bind to an endpoint; it is bound when this returns.

        Raises
        ------
        ZMQError
            EINVAL, EPROTONOSUPPORT, ENODEV, EADDRINUSE, EADDRNOTAVAIL...
        """
        core = self._core
        with self._opening(addr, bind=True) as (_, endpoint):
            listener = self._listen(endpoint)
            core.listeners[listener.endpoint] = listener
            core.last_endpoint = listener.endpoint.encode()
        return Attached(self, "bind", listener.endpoint, self.unbind)

    def _listen(self, endpoint: Endpoint) -> Bound:
        if endpoint.scheme == "inproc":
            return inproc.Listener(self._core, endpoint.path, self._core.registry.names)
        from purezmq.asyncio.listener import Listener

        return Listener(self._core, endpoint)

    def connect(self, addr: str | bytes) -> Attached:
        """Connect to an endpoint, now or when a socket is bound there.

        Raises
        ------
        ZMQError
            EINVAL, EPROTONOSUPPORT...
        """
        core = self._core
        with self._opening(addr) as (text, endpoint):
            if text not in core.connectors or core.socket_type not in _ONE_CONNECTION:
                core.connectors.setdefault(text, []).append(self._connect(text, endpoint))
                core.last_endpoint = text.encode()
        return Attached(self, "connect", text, self.disconnect)

    def _connect(self, text: str, endpoint: Endpoint) -> Connection:
        if endpoint.scheme == "inproc":
            return inproc.Connector(self._core, text, endpoint.path, self._core.registry.names)
        from purezmq.asyncio.connector import Connector

        return Connector(self._core, text, endpoint)

    @contextmanager
    def _opening(self, addr: str | bytes, bind: bool = False) -> Iterator[tuple[str, Endpoint]]:
        """Yield an endpoint's text and its parts; put it into the words of an error."""
        if not isinstance(addr, str | bytes):
            raise TypeError(f"Expected addr to be str, got addr={addr!r}")
        try:
            self._core.check_open()
            text = addr.decode() if isinstance(addr, bytes) else addr
            yield text, parse(text, bind=bind)
        except ZMQError as error:
            error.strerror += f" (addr={addr!r})"
            raise

    def unbind(self, addr: str | bytes) -> None:
        """Return an endpoint back; over tcp and ipc, the peers that came through it are cut off.

        Raises
        ------
        ZMQError
            ENOENT: not bound there.
        """
        core = self._core
        listener = core.listeners.pop(self._known(addr, core.listeners))
        listener.close()
        for connection in list(core.accepted):
            if connection.listener is listener:
                core.release(connection)

    def disconnect(self, addr: str | bytes) -> None:
        """Close the connections to an endpoint; what waits to be sent has LINGER's time.

        Raises
        ------
        ZMQError
            ENOENT: not connected there.
        """
        core = self._core
        for connection in core.connectors.pop(self._known(addr, core.connectors)):
            core.release(connection)

    def _known(self, addr: str | bytes, among: Mapping[str, object]) -> str:
        """Return the text of an endpoint that is among those of the socket."""
        self._core.check_open()
        text = addr.decode() if isinstance(addr, bytes) else addr
        parse(text, bind=True)
        if text not in among:
            raise ZMQError(errno.ENOENT)
        return text

    # Monitoring

    def monitor(self, addr: str | None, events: int = Event.ALL) -> None:
        """Report what happens to connections on a PAIR bound to `addr`; None to stop."""
        core = self._core
        if isinstance(core.monitor, Monitor):
            core.monitor.stop()
        core.monitor = None
        self._monitor_reader = None
        if addr is not None:
            core.check_open()
            pair = Socket(self.context, SocketType.PAIR)  # it is not the context's: see `term`
            pair.bind(addr)
            core.monitor = Monitor(pair, pair._core.pattern.send, events)

    def get_monitor_socket(self, events: int | None = None, addr: str | None = None) -> "Socket":
        """Return a PAIR on which `recv_monitor_message` receives what happens to connections."""
        reader = self._monitor_reader
        if reader is None or reader.closed:
            address = addr or f"inproc://monitor.s-{id(self)}"
            self.monitor(address, Event.ALL if events is None else events)
            reader = self.context.socket(SocketType.PAIR)
            reader.connect(address)
            self._monitor_reader = reader
        return reader

    def disable_monitor(self) -> None:
        """Report nothing any more."""
        self.monitor(None, 0)

    async def _ask(self, request: "AuthenticationRequest", address: str) -> bytes:
        """Ask the ZAP handler of the context whether a peer may come in."""
        core = self._core
        if zap.NAME not in core.registry.names.bound:
            return zap.NO_HANDLER
        domain = core.options.octets(SocketOption.ZAP_DOMAIN)
        routing_id = core.options.octets(SocketOption.ROUTING_ID)
        with Socket(self.context, SocketType.REQ) as asker:
            asker.connect(f"inproc://{zap.NAME}")
            credentials = []
            if request.mechanism == "PLAIN":
                credentials = [request.username, request.password]
            return await zap.ask(asker, domain, address, routing_id, request.mechanism, credentials)

    # The end

    def close(self, linger: int | None = None) -> None:
        """Close; what waits to be sent leaves in the background, for as long as LINGER says.

        Parameters
        ----------
        linger : int, optional
            Milliseconds, -1 for no limit: sets LINGER first.
        """
        core = self._core
        if core.closed:
            return
        if linger is not None:
            core.options[SocketOption.LINGER] = linger
        core.close()
        Socket.monitor(self, None)  # not a subclass's: it may need the socket open


# Options that tell of the socket; all but IPV4ONLY can't be set.
_TOLD: dict[SocketOption, Callable[[Core], int | bytes]] = {
    SocketOption.EVENTS: lambda core: core.events(),
    SocketOption.RCVMORE: lambda core: int(bool(core.rest)),
    SocketOption.TYPE: lambda core: int(SocketType[core.socket_type]),
    SocketOption.LAST_ENDPOINT: lambda core: core.last_endpoint,
    SocketOption.MECHANISM: lambda core: int(core.mechanism),
    SocketOption.IPV4ONLY: lambda core: 1 - core.options.number(SocketOption.IPV6),
}

options.add_attributes(Socket)
