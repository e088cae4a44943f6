"""Sockets: what a program holds, with zmq.asyncio's names.

Messages are `Traffic`'s and `Forms`' affair; here are options, endpoints, and the end.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Self

from purezmq.asyncio import options
from purezmq.asyncio.forms import Forms
from purezmq.asyncio.monitor import Monitor
from purezmq.constants import Errno, Event, SecurityMechanism, SocketOption, SocketType
from purezmq.errors import ContextTerminated, ZMQBindError, ZMQError
from purezmq.patterns import PATTERNS, Options, Pipe
from purezmq.transport import inproc
from purezmq.transport.endpoint import Endpoint, parse

if TYPE_CHECKING:
    from purezmq.asyncio.context import Context
    from purezmq.wire.engine import Engine

# Types that take a second `connect` to the same endpoint for the first, as libzmq's do.
_ONE_CONNECTION = {"DEALER", "SUB", "PUB", "REQ"}


class _Attached:
    """What `bind` and `connect` give: a context manager that takes it back."""

    def __init__(self, socket: "Socket", kind: str, addr: str) -> None:
        self.socket, self.kind, self.addr = socket, kind, addr

    def __repr__(self) -> str:
        return f"<SocketContext({self.kind}={self.addr!r})>"

    def __enter__(self) -> "Socket":
        return self.socket

    def __exit__(self, *_: object) -> None:
        if not self.socket.closed:
            (self.socket.unbind if self.kind == "bind" else self.socket.disconnect)(self.addr)


class Socket(Forms):
    """A socket.

    Options are attributes too, in any case that pyzmq's programs use: `socket.linger`,
    `socket.LINGER`.

    Parameters
    ----------
    context : Context
        Where it belongs.
    socket_type : int
        One of `SocketType`.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # options as attributes

    def __init__(self, context: "Context", socket_type: int, **_: Any) -> None:
        if socket_type not in SocketType.__members__.values():
            raise ZMQError(Errno.EINVAL)
        name = SocketType(socket_type).name
        if name not in PATTERNS:
            raise NotImplementedError(f"purezmq has no socket type {name}")
        values = {option: entry.default for option, entry in options.OPTIONS.items()}
        super().__init__(context, name, PATTERNS[name](Options()), values)

    def __repr__(self) -> str:
        closed = " closed" if self.closed else ""
        return f"<purezmq.asyncio.Socket(zmq.{self._name}) at {id(self):#x}{closed}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object: it belongs to its process")

    # Options.

    def set(self, option: int, optval: Any) -> None:
        """Set an option.

        Raises
        ------
        ZMQError
            EINVAL: no such option, out of bounds, or not an option of this type of socket.
        TypeError
            Not the option's type.
        NotImplementedError
            An option of libzmq's that is not here; the message has its name.
        """
        self._check_open()
        name = options.known(option)
        if name == SocketOption.IPV4ONLY:
            name, optval = SocketOption.IPV6, 1 - optval if optval in (0, 1) else 2
        value = options.check(name, optval, self.type)
        if name == SocketOption.SUBSCRIBE:
            self._pattern.subscribe(value)
        elif name == SocketOption.UNSUBSCRIBE:
            self._pattern.unsubscribe(value)
        else:
            self._values[name] = value
            of_pattern = getattr(self._pattern.options, name.name.lower(), None)
            if of_pattern is not None:
                setattr(self._pattern.options, name.name.lower(), type(of_pattern)(value))

    def get(self, key: int) -> Any:
        """Give an option's value.

        Raises
        ------
        ZMQError
            EINVAL: no such option, or one that can only be set.
        NotImplementedError
            An option of libzmq's that is not here; the message has its name.
        """
        self._check_open()
        name = options.known(key)
        if name in _TOLD:
            return _TOLD[name](self)
        if options.entry(name).write_only:
            raise ZMQError(Errno.EINVAL)
        return self._values[name]

    setsockopt, getsockopt = set, get

    def set_string(self, option: int, optval: str, encoding: str = "utf-8") -> None:
        """Set an option of bytes to encoded text."""
        if not isinstance(optval, str):
            raise TypeError(f"strings only, not {type(optval)}: {optval!r}")
        self.set(option, optval.encode(encoding))

    def get_string(self, option: int, encoding: str = "utf-8") -> str:
        """Give an option of bytes, decoded."""
        value = self.get(option)
        if not isinstance(value, bytes):
            raise TypeError(f"option {option} will not return a string to be decoded")
        return value.decode(encoding)

    setsockopt_string = setsockopt_unicode = set_string
    getsockopt_string = getsockopt_unicode = get_string

    def get_hwm(self) -> int:
        """Give SNDHWM."""
        return int(self.get(SocketOption.SNDHWM))

    def set_hwm(self, value: int) -> None:
        """Set SNDHWM and RCVHWM."""
        self.set(SocketOption.SNDHWM, value)
        self.set(SocketOption.RCVHWM, value)

    hwm = property(get_hwm, set_hwm)

    @property
    def type(self) -> SocketType:
        """The type of the socket."""
        return SocketType[self._name]

    TYPE = socket_type = type

    def fileno(self) -> NoReturn:
        """Refuse: there is no descriptor that could be watched."""
        raise NotImplementedError(options.FD_REASON)

    def subscribe(self, topic: str | bytes) -> None:
        """Ask for all messages that begin with a topic."""
        self.set(SocketOption.SUBSCRIBE, topic.encode() if isinstance(topic, str) else topic)

    def unsubscribe(self, topic: str | bytes) -> None:
        """Take one `subscribe` back."""
        self.set(SocketOption.UNSUBSCRIBE, topic.encode() if isinstance(topic, str) else topic)

    @property
    def _mechanism(self) -> SecurityMechanism:
        values = self._values
        plain = values[SocketOption.PLAIN_SERVER] or values[SocketOption.PLAIN_USERNAME]
        return SecurityMechanism.PLAIN if plain else SecurityMechanism.NULL

    # Endpoints.

    def bind(self, addr: str | bytes) -> _Attached:
        """Bind to an endpoint; it is bound when this returns.

        Raises
        ------
        ZMQError
            EINVAL, EPROTONOSUPPORT, ENODEV, EADDRINUSE, EADDRNOTAVAIL...
        """
        with self._opening(addr, bind=True) as (_, endpoint):
            listener = _module(endpoint).Listener(self, endpoint)
            self._listeners[listener.endpoint] = listener
            self._last_endpoint = listener.endpoint.encode()
        return _Attached(self, "bind", listener.endpoint)

    def connect(self, addr: str | bytes) -> _Attached:
        """Connect to an endpoint, now or when somebody is there.

        Raises
        ------
        ZMQError
            EINVAL, EPROTONOSUPPORT...
        """
        with self._opening(addr) as (text, endpoint):
            if text not in self._connectors or self._name not in _ONE_CONNECTION:
                connector = _module(endpoint).Connector(self, text, endpoint)
                self._connectors.setdefault(text, []).append(connector)
                self._last_endpoint = text.encode()
        return _Attached(self, "connect", text)

    @contextmanager
    def _opening(self, addr: str | bytes, bind: bool = False) -> Iterator[tuple[str, Endpoint]]:
        """Give an endpoint's text and its parts; put it into the words of an error."""
        if not isinstance(addr, str | bytes):
            raise TypeError(f"Expected addr to be str, got addr={addr!r}")
        try:
            self._check_open()
            text = addr.decode() if isinstance(addr, bytes) else addr
            yield text, parse(text, bind=bind)
        except ZMQError as error:
            error.strerror += f" (addr={addr!r})"
            raise

    def unbind(self, addr: str | bytes) -> None:
        """Give an endpoint back; over tcp and ipc, those who came through it are cut off.

        Raises
        ------
        ZMQError
            ENOENT: not bound there.
        """
        listener = self._known(addr, self._listeners)
        listener.close()
        for end in [end for end in self._accepted if end.listener is listener]:
            self._release(end)

    def disconnect(self, addr: str | bytes) -> None:
        """Break off the connections to an endpoint; what waits to be sent has LINGER's time.

        Raises
        ------
        ZMQError
            ENOENT: not connected there.
        """
        for connector in self._known(addr, self._connectors):
            self._release(connector)

    def _known(self, addr: str | bytes, among: dict[str, Any]) -> Any:
        """Take out what was bound or connected."""
        self._check_open()
        text = addr.decode() if isinstance(addr, bytes) else addr
        parse(text, bind=True)
        if text not in among:
            raise ZMQError(errno.ENOENT)
        return among.pop(text)

    def bind_to_random_port(
        self, addr: str, min_port: int = 49152, max_port: int = 65536, max_tries: int = 100
    ) -> int:
        """Bind to a free port, of the system's choice or in a range.

        Returns
        -------
        int
            The port.

        Raises
        ------
        ZMQBindError
            None was found.
        """
        from random import randrange

        any_port = (min_port, max_port) == (49152, 65536)
        for _ in range(max_tries):
            try:
                self.bind(f"{addr}:{'*' if any_port else randrange(min_port, max_port)}")
                return int(self._last_endpoint.rpartition(b":")[2])
            except ZMQError as error:
                if error.errno not in (Errno.EADDRINUSE, errno.EACCES):
                    raise
        raise ZMQBindError("Could not bind socket to random port.")

    # Monitoring.

    def monitor(self, addr: str | None, events: int = Event.ALL) -> None:
        """Tell what happens to connections on a PAIR bound to an inproc endpoint; None to stop."""
        if self._monitor is not None:
            self._monitor.stop()
            self._monitor = None
        if addr is not None:
            self._check_open()
            self._monitor = Monitor(self.context, addr, events)

    def get_monitor_socket(self, events: int | None = None, addr: str | None = None) -> "Socket":
        """Give a PAIR on which `recv_monitor_message` receives what happens to connections."""
        if self._monitor is None or self._monitor.reader is None or self._monitor.reader.closed:
            address = addr or f"inproc://monitor.s-{id(self)}"
            self.monitor(address, Event.ALL if events is None else events)
            assert self._monitor is not None
            self._monitor.reader = self.context.socket(SocketType.PAIR)
            self._monitor.reader.connect(address)
        return self._monitor.reader

    def disable_monitor(self) -> None:
        """Tell nothing any more."""
        self.monitor(None, 0)

    def _tell(self, event: Event, value: int, endpoint: str) -> None:
        if self._monitor is not None:
            self._monitor.tell(event, value, endpoint)

    # The end.

    def close(self, linger: int | None = None) -> None:
        """Close; what waits to be sent leaves in the background, for as long as LINGER says.

        Parameters
        ----------
        linger : int, optional
            Milliseconds, -1 for no limit: sets LINGER first.
        """
        if self.closed:
            return
        if linger is not None:
            self._values[SocketOption.LINGER] = linger
        self.closed = True
        self._end(Errno.ENOTSOCK)
        self._close_endpoints()
        Socket.monitor(self, None)
        self.context._closed(self)

    def _close_endpoints(self) -> None:
        for listener in self._listeners.values():
            listener.close()
        connectors = [one for several in self._connectors.values() for one in several]
        for end in (*connectors, *self._accepted):
            self._release(end)
        self._listeners.clear()
        self._connectors.clear()

    def _forsake(self) -> None:
        """Forget all in a child process: connections and files are the parent's."""
        self.closed = True
        self._end(Errno.ENOTSOCK, cancel=False)
        self._listeners.clear()
        self._connectors.clear()
        self._accepted.clear()
        self._monitor = None

    def _release(self, end: Any) -> None:
        """Let go of one end: the pattern at once, the connection when its messages have left."""
        if end.pipe is not None:
            self._pattern.detach(end.pipe)
        if self._abandoned and not isinstance(end, inproc.End):
            return
        linger = self._values[SocketOption.LINGER]
        end.close(linger=linger != 0)
        if linger > 0 and self._loop is not None and not end.ended:
            self._loop.call_later(linger / 1000, lambda: end.close(linger=False))

    def _resume(self, end: Any) -> None:
        """Send what a connector of a loop that has ended still holds, in the new one."""
        linger = self._values[SocketOption.LINGER]
        if not isinstance(end, inproc.End) and hasattr(end, "resume") and linger:
            end.resume()
            if linger > 0 and self._loop is not None:
                self._loop.call_later(linger / 1000, lambda: end.close(linger=False))
        else:
            self.context._left(end)

    @property
    def _abandoned(self) -> bool:
        """Whether the loop has ended, and all connections with it."""
        return self._loop is not None and self._loop.is_closed()

    def _terminated(self) -> None:
        """The context ends: whoever waits learns it."""
        self._end(Errno.ETERM)

    def _end(self, number: int, cancel: bool = True) -> None:
        """Answer every further call with an error; who waits now gets it too, or is cancelled."""

        def refuse(*_: object) -> NoReturn:
            raise ContextTerminated if number == Errno.ETERM else ZMQError(number)

        self._send = self._recv = refuse
        self._rest = []
        for queue in (self._senders, self._receivers):
            if self._abandoned or not cancel:
                queue.clear()
            queue.end(ContextTerminated if number == Errno.ETERM else None)
        self._notify()

    def _check_open(self) -> None:
        if self.closed:
            raise ZMQError(Errno.ENOTSOCK)
        if self.context.closed:
            raise ContextTerminated

    # For listeners, connectors and sessions.

    def _start(self, start: Callable[[], None]) -> None:
        """Start now, or with the loop."""
        try:
            self._get_loop()
        except RuntimeError:
            self.context._deferred.append(start)
        else:
            start()

    def _new_pipe(self, *, connects: bool = False) -> Pipe:
        pipe = self._pattern.pipe()
        routing_id = self._values[SocketOption.CONNECT_ROUTING_ID]
        if connects and routing_id:
            # A ROUTER gives the next peer it connects to a name, once.
            self._values[SocketOption.CONNECT_ROUTING_ID] = b""
            pipe.routing_id = routing_id
            self._pattern.identify(pipe)
        return pipe

    def _new_engine(self, now: float) -> "Engine":
        from purezmq.wire.engine import Engine

        get = self._values.__getitem__
        timeout = get(SocketOption.HEARTBEAT_TIMEOUT)
        return Engine(
            self._name,
            now=now,
            as_server=bool(get(SocketOption.PLAIN_SERVER)),
            mechanism=self._mechanism.name,
            username=get(SocketOption.PLAIN_USERNAME),
            password=get(SocketOption.PLAIN_PASSWORD),
            routing_id=get(SocketOption.ROUTING_ID),
            max_message_size=max(get(SocketOption.MAXMSGSIZE), -1),
            handshake_timeout=get(SocketOption.HANDSHAKE_IVL) / 1000,
            heartbeat_interval=get(SocketOption.HEARTBEAT_IVL) / 1000,
            heartbeat_timeout=None if timeout < 0 else timeout / 1000,
            heartbeat_ttl=get(SocketOption.HEARTBEAT_TTL) // 100 / 10,
            ask_for_null=bool(get(SocketOption.ZAP_DOMAIN)),
        )


# Options that tell of the socket; all but IPV4ONLY can't be set.
_TOLD: dict[SocketOption, Callable[[Socket], Any]] = {
    SocketOption.EVENTS: lambda socket: socket._events(),
    SocketOption.RCVMORE: lambda socket: int(bool(socket._rest)),
    SocketOption.TYPE: lambda socket: int(socket.type),
    SocketOption.LAST_ENDPOINT: lambda socket: socket._last_endpoint,
    SocketOption.MECHANISM: lambda socket: int(socket._mechanism),
    SocketOption.IPV4ONLY: lambda socket: 1 - socket._values[SocketOption.IPV6],
}


def _attribute(option: SocketOption) -> property:
    """Make an option an attribute of its socket."""

    def get(socket: Socket) -> Any:
        try:
            return socket.get(option)
        except ZMQError as error:
            if error.errno == Errno.EINVAL:
                raise AttributeError(f"{option.name.lower()} attribute is write-only") from None
            raise

    return property(get, lambda socket, value: socket.set(option, value))


for _name, _option in SocketOption.__members__.items():
    for _case in (_name, _name.lower()):
        if not hasattr(Socket, _case):
            setattr(Socket, _case, _attribute(_option))
for _method in (Socket.subscribe, Socket.unsubscribe):  # what is assigned to them, they do
    setattr(Socket, _method.__name__, property(_method.__get__, _method))


def _module(endpoint: Endpoint) -> Any:
    """Give the module that has Listener and Connector for an endpoint."""
    if endpoint.scheme == "inproc":
        return inproc
    from purezmq.asyncio import session

    return session
