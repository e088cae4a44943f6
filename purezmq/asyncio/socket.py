"""Sockets: what a program holds, with zmq.asyncio's names.

The decision without waiting comes first: `send` and `recv` ask the pattern, and the Future that
they give is done already where it could decide. Where it could not, the Future stands in a queue,
and sessions call `_readable` and `_writable` when something has changed.

What must stay true:

1. A message is taken from the pattern only when the Future that gets it is at hand: one that was
   cancelled while it waited loses nothing.
2. Futures are served in the order in which they came.
3. After BATCH answers without waiting one goes through the loop, so that a program that never has
   to wait does not keep everything else from running.
"""

import errno
from asyncio import AbstractEventLoop, Future, TimerHandle, get_running_loop
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Self

from purezmq.asyncio import options
from purezmq.asyncio.forms import Forms
from purezmq.asyncio.message import Frame, MessageTracker, as_bytes, as_frames
from purezmq.asyncio.monitor import Monitor
from purezmq.constants import (
    Errno,
    Event,
    Flag,
    PollEvent,
    SecurityMechanism,
    SocketOption,
    SocketType,
)
from purezmq.errors import Again, ContextTerminated, ZMQBindError, ZMQError
from purezmq.patterns import PATTERNS, Message, Options, Pattern, Pipe
from purezmq.transport.endpoint import parse

if TYPE_CHECKING:
    from purezmq.asyncio.context import Context
    from purezmq.asyncio.session import Connector, Listener, Session
    from purezmq.transport.inproc import Joint
    from purezmq.wire.engine import Engine

# How many answers without waiting in a row.
BATCH = 128

# Types that take a second `connect` to the same endpoint for the first, as libzmq's do.
_ONE_CONNECTION = {"DEALER", "SUB", "PUB", "REQ"}

_DONTWAIT = int(Flag.DONTWAIT)
_SNDMORE = int(Flag.SNDMORE)
_IN, _OUT = int(PollEvent.POLLIN), int(PollEvent.POLLOUT)


class _Receiver(NamedTuple):
    future: Future[Any]
    whole: bool  # all frames, or the first
    convert: Callable[[Any], Any] | None
    timer: TimerHandle | None


class _Sender(NamedTuple):
    future: Future[Any]
    frames: Message
    timer: TimerHandle | None


class _Endpoint:
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

    Attributes
    ----------
    closed : bool
        Whether `close` was called.
    context : Context
        Where it belongs.
    """

    # A name that is none of these, nor an option, can't be assigned to, as in pyzmq.
    __slots__ = (
        "__weakref__",
        "_alternates",
        "_budget",
        "_connectors",
        "_deferred",
        "_done",
        "_draining",
        "_joined",
        "_joints",
        "_last_endpoint",
        "_listeners",
        "_loop",
        "_monitor",
        "_name",
        "_options",
        "_parts",
        "_pattern",
        "_rcvtimeo",
        "_receivers",
        "_recv",
        "_rest",
        "_send",
        "_senders",
        "_serving",
        "_sessions",
        "_sndtimeo",
        "_values",
        "_watchers",
        "closed",
        "context",
    )

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # options as attributes

    def __init__(self, context: "Context", socket_type: int, **_: Any) -> None:
        if socket_type not in SocketType.__members__.values():
            raise ZMQError(Errno.EINVAL)
        kind = SocketType(socket_type)
        if kind.name not in PATTERNS:
            raise NotImplementedError(f"purezmq has no socket type {kind.name}")
        self.context = context
        self.closed = False
        self._name = kind.name
        self._values: dict[SocketOption, Any] = {
            option: entry.default for option, entry in options.OPTIONS.items()
        }
        self._options = Options()
        self._pattern: Pattern = PATTERNS[kind.name](self._options)
        # The pattern's own, once there is a loop; after the end, what refuses.
        self._send: Callable[[Message], bool] = self._first_send
        self._recv: Callable[[], Message | None] = self._pattern.recv
        self._alternates = kind.name in ("REQ", "REP")
        self._loop: AbstractEventLoop | None = None
        self._done: Future[Any]
        self._deferred: list[Callable[[], None]] = []
        self._budget = BATCH
        self._receivers: deque[_Receiver] = deque()
        self._senders: deque[_Sender] = deque()
        self._serving = False  # inproc: to serve one may bring the next message, or room
        self._draining = False
        self._watchers: list[Callable[[], None]] = []
        self._parts: Message = []  # of a message that is being sent with SNDMORE
        self._rest: Message = []  # of a message that is being received frame by frame
        self._listeners: dict[str, Listener | None] = {}
        self._connectors: dict[str, list[Connector | Pipe]] = {}
        self._sessions: set[Session] = set()
        self._joints: dict[Pipe, Joint] = {}
        self._joined: tuple[list[Message], bytes] = ([], b"")  # a publisher's last write
        self._sndtimeo = self._rcvtimeo = -1
        self._last_endpoint = b""
        self._monitor: Monitor | None = None

    def __repr__(self) -> str:
        closed = " closed" if self.closed else ""
        return f"<purezmq.asyncio.Socket(zmq.{self._name}) at {id(self):#x}{closed}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Sending.

    def send(
        self,
        data: Any,
        flags: int = 0,
        copy: bool = True,
        track: bool = False,
        **kwargs: Any,
    ) -> Future[Any]:
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
        if data.__class__ is not bytes:
            try:
                data = as_bytes(data)
            except TypeError as error:
                return self._failed(error)
        if flags or self._parts or track:
            return self._send_parts([data], flags, track)
        budget = self._budget = self._budget - 1
        if budget and not self._senders:
            try:
                if self._send([data]):
                    return self._done
            except ZMQError as error:
                return self._failed(error)
        return self._wait_to_send([data], 0)

    def send_multipart(
        self,
        msg_parts: Sequence[Any],
        flags: int = 0,
        copy: bool = True,
        track: bool = False,
        **kwargs: Any,
    ) -> Future[Any]:
        """Send a message of several frames; see `send`."""
        try:
            frames = [part if part.__class__ is bytes else as_bytes(part) for part in msg_parts]
        except TypeError as error:
            return self._failed(error)
        if flags or self._parts or track or not frames:
            return self._send_parts(frames, flags, track)
        budget = self._budget = self._budget - 1
        if budget and not self._senders:
            try:
                if self._send(frames):
                    return self._done
            except ZMQError as error:
                return self._failed(error)
        return self._wait_to_send(frames, 0)

    def _send_parts(self, frames: Message, flags: int, track: bool) -> Future[Any]:
        """Send with flags, or what follows after SNDMORE."""
        if flags & _SNDMORE:
            self._parts += frames
            return self._finished(None)
        frames = self._parts + frames
        self._parts = []
        if not frames:
            return self._finished(None)
        future = self._wait_to_send(frames, flags)
        if track and future.done() and not future.exception():
            return self._finished(MessageTracker())
        return future

    def _first_send(self, frames: Message) -> bool:
        self._get_loop()
        self._send = self._pattern.send
        return self._send(frames)

    def _wait_to_send(self, frames: Message, flags: int) -> Future[Any]:
        loop = self._loop or self._get_loop()
        breather = not self._budget
        self._budget = self._budget if self._budget > 0 else BATCH
        future: Future[Any] = Future(loop=loop)
        if not self._senders:
            try:
                taken = self._send(frames)
            except ZMQError as error:
                future.set_exception(error)
                return future
            if taken:
                if breather:
                    loop.call_soon(_finish, future)
                else:
                    future.set_result(None)
                return future
        limit = self._sndtimeo
        if flags & _DONTWAIT:
            if breather:
                loop.call_soon(_expire, future)
            else:
                future.set_exception(Again())
            return future
        senders = self._senders
        while senders and senders[-1].future.done():
            senders.pop()
        timer = None if limit < 0 else loop.call_later(limit / 1000, _expire, future)
        senders.append(_Sender(future, frames, timer))
        return future

    # Receiving.

    def recv(self, flags: int = 0, copy: bool = True, track: bool = False) -> Future[Any]:
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
        budget = self._budget = self._budget - 1
        if budget and not flags and not self._receivers and not self._rest and copy:
            try:
                message = self._recv()
            except ZMQError:
                pass
            else:
                if message is not None:
                    future: Future[Any] = Future(loop=self._loop)
                    future.set_result(message[0])
                    if len(message) > 1:
                        self._rest = message[1:]
                    return future
        return self._receive(flags, False, None if copy else self._as_frame)

    def recv_multipart(self, flags: int = 0, copy: bool = True, track: bool = False) -> Future[Any]:
        """Receive a message, all its frames; see `recv`."""
        budget = self._budget = self._budget - 1
        if budget and not flags and not self._receivers and not self._rest and copy:
            try:
                message = self._recv()
            except ZMQError:
                pass
            else:
                if message is not None:
                    future: Future[Any] = Future(loop=self._loop)
                    future.set_result(message)
                    return future
        return self._receive(flags, True, None if copy else as_frames)

    def recv_into(
        self, buf: Any, /, *, nbytes: int = 0, flags: int = 0, copy: bool = True
    ) -> Future[int]:
        """Receive one frame into a buffer; what does not fit is cut off.

        Returns
        -------
        Future
            The number of octets that the frame had.
        """
        view = memoryview(buf).cast("B")
        room = nbytes or view.nbytes

        def fill(frame: bytes) -> int:
            size = min(len(frame), room)
            view[:size] = frame[:size]
            return len(frame)

        return self._receive(flags, False, fill)

    def _receive(
        self, flags: int, whole: bool, convert: Callable[[Any], Any] | None
    ) -> Future[Any]:
        loop = self._loop or self._get_loop()
        breather = self._budget <= 0
        self._budget = BATCH if breather else self._budget
        future: Future[Any] = Future(loop=loop)
        receiver = _Receiver(future, whole, convert, None)
        if flags & _DONTWAIT:
            if breather:
                loop.call_soon(self._receive_now, receiver)
            else:
                self._receive_now(receiver)
            return future
        receivers = self._receivers
        while receivers and receivers[-1].future.done():
            receivers.pop()
        if not receivers and not breather and self._receive_if_there(receiver):
            return future
        limit = self._rcvtimeo
        if limit >= 0:
            timer = loop.call_later(limit / 1000, _expire, future)
            receiver = receiver._replace(timer=timer)
        receivers.append(receiver)
        if breather:
            loop.call_soon(self._readable)
        return future

    def _as_frame(self, body: bytes) -> Frame:
        return Frame(body, more=bool(self._rest))

    def _receive_now(self, receiver: _Receiver) -> None:
        """Answer with a message or Again."""
        future = receiver.future
        if future.done():
            return
        try:
            message = self._rest or self._recv()
        except ZMQError as error:
            future.set_exception(error)
            return
        if message is None:
            future.set_exception(Again())
        else:
            self._give(receiver, message)

    def _receive_if_there(self, receiver: _Receiver) -> bool:
        """Answer with a message, or leave the Future waiting."""
        try:
            message = self._rest or self._recv()
        except ZMQError as error:
            if error.errno == Errno.EFSM:  # as pyzmq's: wait until it is time to receive
                return False
            receiver.future.set_exception(error)
            return True
        if message is None:
            return False
        self._give(receiver, message)
        return True

    def _give(self, receiver: _Receiver, message: Message) -> None:
        future, whole, convert, timer = receiver
        if timer is not None:
            timer.cancel()
        value: Any = message
        if whole:
            self._rest = []
        else:
            value = message[0]
            self._rest = message[1:]
        if convert is not None:
            try:
                value = convert(value)
            except Exception as error:
                future.set_exception(error)
                return
        future.set_result(value)

    # What sessions tell.

    def _readable(self) -> None:
        """Serve those who wait for a message."""
        receivers = self._receivers
        if receivers and not self._serving:
            self._serving = True
            while receivers:
                receiver = receivers[0]
                if not receiver.future.done() and not self._receive_if_there(receiver):
                    break
                receivers.popleft()
            self._serving = False
        if self._watchers:
            self._notify()

    def _writable(self) -> None:
        """Serve those who wait for room."""
        senders = self._senders
        if senders and not self._draining:
            self._draining = True
            while senders:
                future, frames, timer = senders[0]
                if not future.done():
                    try:
                        if not self._send(frames):
                            break
                    except ZMQError as error:
                        future.set_exception(error)
                    else:
                        future.set_result(None)
                    if timer is not None:
                        timer.cancel()
                senders.popleft()
            self._draining = False
        if self._watchers:
            self._notify()

    def _notify(self) -> None:
        for watcher in self._watchers[:]:
            watcher()

    # Polling.

    def _events(self) -> int:
        """Give what could be done without waiting."""
        pattern = self._pattern
        readable = bool(self._rest) or pattern.can_recv()
        return (_IN if readable else 0) | (_OUT if pattern.can_send() else 0)

    def poll(self, timeout: float | None = None, flags: int = _IN) -> Future[int]:
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
        from purezmq.asyncio.poller import wait

        if self.closed:
            raise ZMQError(Errno.ENOTSUP)
        return wait([(self, flags)], timeout, lambda ready: ready[0][1] if ready else 0)

    # Options.

    def set(self, option: int, value: Any) -> None:
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
        if name in (SocketOption.SUBSCRIBE, SocketOption.UNSUBSCRIBE):
            self._set_subscription(name, value)
            return
        if name == SocketOption.HWM:
            raise ZMQError(Errno.EINVAL)
        if name == SocketOption.IPV4ONLY:
            name, value = SocketOption.IPV6, 1 - value if value in (0, 1) else 2
        value = options.check(name, value, SocketType[self._name])
        self._values[name] = value
        self._sndtimeo = self._values[SocketOption.SNDTIMEO]
        self._rcvtimeo = self._values[SocketOption.RCVTIMEO]
        pattern = options.OPTIONS[name].pattern
        if pattern:
            kind = type(getattr(self._options, pattern))
            setattr(self._options, pattern, kind(value))

    def get(self, option: int) -> Any:
        """Give an option's value.

        Raises
        ------
        ZMQError
            EINVAL: no such option, or one that can only be set.
        NotImplementedError
            An option of libzmq's that is not here; the message has its name.
        """
        self._check_open()
        name = options.known(option)
        if name == SocketOption.EVENTS:
            return self._events()
        if name == SocketOption.RCVMORE:
            return int(bool(self._rest))
        if name == SocketOption.TYPE:
            return int(SocketType[self._name])
        if name == SocketOption.LAST_ENDPOINT:
            return self._last_endpoint
        if name == SocketOption.MECHANISM:
            return int(self._mechanism())
        if name == SocketOption.IPV4ONLY:
            return 1 - self._values[SocketOption.IPV6]
        if name in (SocketOption.SUBSCRIBE, SocketOption.UNSUBSCRIBE, SocketOption.HWM):
            raise ZMQError(Errno.EINVAL)
        if name not in options.OPTIONS:
            raise options.not_here(name)
        if options.OPTIONS[name].write_only:
            raise ZMQError(Errno.EINVAL)
        return self._values[name]

    setsockopt = set
    getsockopt = get

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
        raise options.not_here(SocketOption.FD)

    def _set_subscription(self, option: SocketOption, topic: Any) -> None:
        if isinstance(topic, str):
            raise TypeError("unicode not allowed, use setsockopt_string")
        if not isinstance(topic, bytes):
            raise TypeError(f"expected bytes, got: {topic!r}")
        pattern = self._pattern
        wanted = option == SocketOption.SUBSCRIBE
        (pattern.subscribe if wanted else pattern.unsubscribe)(topic)

    def _mechanism(self) -> SecurityMechanism:
        values = self._values
        plain = values[SocketOption.PLAIN_SERVER] or values[SocketOption.PLAIN_USERNAME]
        return SecurityMechanism.PLAIN if plain else SecurityMechanism.NULL

    # Endpoints.

    def bind(self, addr: str | bytes) -> _Endpoint:
        """Bind to an endpoint; it is bound when this returns.

        Raises
        ------
        ZMQError
            EINVAL, EPROTONOSUPPORT, ENODEV, EADDRINUSE, EADDRNOTAVAIL...
        """
        with _Addressed(addr):
            self._check_open()
            endpoint = parse(addr, bind=True)
            if endpoint.scheme == "inproc":
                text = f"inproc://{endpoint.path}"
                self.context._bind(endpoint.path, self)
                self._listeners[text] = None
            else:
                from purezmq.asyncio.session import Listener

                listener = Listener(self, endpoint)
                text = listener.endpoint
                self._listeners[text] = listener
                self._start(listener.start)
        self._last_endpoint = text.encode()
        return _Endpoint(self, "bind", text)

    def connect(self, addr: str | bytes) -> _Endpoint:
        """Connect to an endpoint, now or when somebody is there.

        Raises
        ------
        ZMQError
            EINVAL, EPROTONOSUPPORT...
        """
        with _Addressed(addr):
            self._check_open()
            endpoint = parse(addr)
            text = addr.decode() if isinstance(addr, bytes) else addr
            if text in self._connectors and self._name in _ONE_CONNECTION:
                return _Endpoint(self, "connect", text)
            if endpoint.scheme == "inproc":
                pipe = self._new_pipe(connects=True)
                self._pattern.attach(pipe)
                self._connectors.setdefault(text, []).append(pipe)
                self.context._connect(endpoint.path, self, pipe)
                self._writable()
            else:
                from purezmq.asyncio.session import Connector

                connector = Connector(self, text, endpoint)
                self._connectors.setdefault(text, []).append(connector)
                self._start(connector.start)
        self._last_endpoint = text.encode()
        return _Endpoint(self, "connect", text)

    def unbind(self, addr: str | bytes) -> None:
        """Give an endpoint back; over tcp and ipc, those who came through it are cut off.

        Raises
        ------
        ZMQError
            ENOENT: not bound there.
        """
        self._check_open()
        text = _checked(addr)
        if text not in self._listeners:
            raise ZMQError(errno.ENOENT)
        listener = self._listeners.pop(text)
        if listener is None:
            self.context._unbind(text.removeprefix("inproc://"), self)
            return
        listener.close()
        for session in [s for s in self._sessions if s.listener is listener]:
            self._release(session)

    def disconnect(self, addr: str | bytes) -> None:
        """Break off the connections to an endpoint; what waits to be sent has LINGER's time.

        Raises
        ------
        ZMQError
            ENOENT: not connected there.
        """
        self._check_open()
        text = _checked(addr)
        if text not in self._connectors:
            raise ZMQError(errno.ENOENT)
        for connector in self._connectors.pop(text):
            self._release(connector)

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
        if (min_port, max_port) == (49152, 65536):
            self.bind(f"{addr}:*")
            return int(self._last_endpoint.rpartition(b":")[2])
        from random import randrange

        for _ in range(max_tries):
            port = randrange(min_port, max_port)
            try:
                self.bind(f"{addr}:{port}")
            except ZMQError as error:
                if error.errno not in (Errno.EADDRINUSE, errno.EACCES):
                    raise
            else:
                return port
        raise ZMQBindError("Could not bind socket to random port.")

    def subscribe(self, topic: str | bytes) -> None:
        """Ask for all messages that begin with a topic."""
        name = SocketOption.SUBSCRIBE
        self.set(name, topic.encode() if isinstance(topic, str) else topic)

    def unsubscribe(self, topic: str | bytes) -> None:
        """Take one `subscribe` back."""
        name = SocketOption.UNSUBSCRIBE
        self.set(name, topic.encode() if isinstance(topic, str) else topic)

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
        monitor = self._monitor
        if monitor is None or monitor.reader is None or monitor.reader.closed:
            address = addr or f"inproc://monitor.s-{id(self)}"
            self.monitor(address, Event.ALL if events is None else events)
            assert self._monitor is not None
            monitor = self._monitor
            monitor.reader = self.context.socket(SocketType.PAIR)
            monitor.reader.connect(address)
        assert monitor.reader is not None
        return monitor.reader

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
        self._refuse(Errno.ENOTSOCK)
        self.closed = True
        for future, timer in self._waiting():
            if not self._abandoned:
                future.cancel()
            if timer is not None:
                timer.cancel()
        self._notify()
        for text, listener in self._listeners.items():
            if listener is None:
                self.context._unbind(text.removeprefix("inproc://"), self)
            else:
                listener.close()
        self._listeners.clear()
        ends = [end for connectors in self._connectors.values() for end in connectors]
        self._connectors.clear()
        for end in (*ends, *(s for s in self._sessions if s.listener is not None)):
            self._release(end)
        for joint in list(self._joints.values()):
            joint.close()
        if self._monitor is not None:
            self._monitor.stop()
            self._monitor = None
        self.context._closed(self)

    def _release(self, end: "Session | Connector | Pipe") -> None:
        """Let go of one end: the pattern at once, the connection when its messages have left."""
        pipe = end if isinstance(end, Pipe) else end.pipe
        if pipe is not None:
            self._pattern.detach(pipe)
        if isinstance(end, Pipe):
            if end in self._joints:
                self._joints[end].close()
            else:
                self.context._disconnect(end, self._values[SocketOption.LINGER] != 0)
            return
        if self._abandoned:
            return
        linger = self._values[SocketOption.LINGER]
        end.close(linger=linger != 0)
        if linger > 0 and self._loop is not None and not end.ended:
            self._loop.call_later(linger / 1000, lambda: end.close(linger=False))

    @property
    def _abandoned(self) -> bool:
        """Whether the loop has ended, and all connections with it."""
        return self._loop is not None and self._loop.is_closed()

    def _refuse(self, number: int) -> None:
        """Answer every further call with an error."""

        def refuse(*_: object) -> NoReturn:
            raise ContextTerminated if number == Errno.ETERM else ZMQError(number)

        self._send = self._recv = refuse

    def _terminated(self) -> None:
        """The context ends: whoever waits learns it."""
        self._refuse(Errno.ETERM)
        for future, timer in self._waiting():
            if timer is not None:
                timer.cancel()
            if not future.done():
                future.set_exception(ContextTerminated())
        self._notify()

    def _waiting(self) -> list[tuple[Future[Any], TimerHandle | None]]:
        """Give the Futures that wait, and forget them."""
        waiting = [(entry.future, entry.timer) for entry in self._receivers]
        waiting += [(entry.future, entry.timer) for entry in self._senders]
        self._receivers.clear()
        self._senders.clear()
        return waiting

    def _check_open(self) -> None:
        if self.closed:
            raise ZMQError(Errno.ENOTSOCK)
        if self.context.closed:
            raise ContextTerminated

    # For sessions, connectors and listeners.

    def _get_loop(self) -> AbstractEventLoop:
        """Give the loop; the running one, at first use, is the socket's for good."""
        if self._loop is None:
            loop = self._loop = get_running_loop()
            self._done = Future(loop=loop)
            self._done.set_result(None)
            deferred, self._deferred = self._deferred, []
            for start in deferred:
                start()
        return self._loop

    def _start(self, start: Callable[[], None]) -> None:
        """Start now, or with the loop."""
        try:
            self._get_loop()
        except RuntimeError:
            self._deferred.append(start)
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
        mechanism = self._mechanism()
        return Engine(
            self._name,
            now=now,
            as_server=bool(get(SocketOption.PLAIN_SERVER)),
            mechanism=mechanism.name,
            username=get(SocketOption.PLAIN_USERNAME),
            password=get(SocketOption.PLAIN_PASSWORD),
            routing_id=get(SocketOption.ROUTING_ID),
            max_message_size=max(get(SocketOption.MAXMSGSIZE), -1),
            handshake_timeout=get(SocketOption.HANDSHAKE_IVL) / 1000,
            heartbeat_interval=get(SocketOption.HEARTBEAT_IVL) / 1000,
            heartbeat_timeout=None if timeout < 0 else timeout / 1000,
            heartbeat_ttl=get(SocketOption.HEARTBEAT_TTL) / 1000,
            ask_for_null=bool(get(SocketOption.ZAP_DOMAIN)),
        )

    def _parted(self, pipe: Pipe) -> None:
        """The peer of an inproc pipe has gone, or we have."""
        self._joints.pop(pipe, None)
        for connectors in self._connectors.values():
            if pipe in connectors:
                connectors.remove(pipe)

    def _failed(self, error: Exception) -> Future[Any]:
        future: Future[Any] = Future(loop=self._get_loop())
        future.set_exception(error)
        return future

    def _finished(self, result: Any) -> Future[Any]:
        future: Future[Any] = Future(loop=self._get_loop())
        future.set_result(result)
        return future


class _Addressed:
    """Adds the address to an error's words, as pyzmq does."""

    def __init__(self, addr: object) -> None:
        if not isinstance(addr, str | bytes):
            raise TypeError(f"Expected addr to be str, got addr={addr!r}")
        self._addr = addr

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, ZMQError):
            error.strerror += f" (addr={self._addr!r})"


class _OptionAttribute:
    """An option as an attribute of its socket."""

    def __init__(self, option: SocketOption, method: Callable[..., Any] | None) -> None:
        self._option = option
        self._method = method

    def __get__(self, socket: Socket | None, owner: Any = None) -> Any:
        if socket is None:
            return self
        if self._method is not None:
            return self._method.__get__(socket)
        try:
            return socket.get(self._option)
        except ZMQError as error:
            if error.errno == Errno.EINVAL:
                name = self._option.name.lower()
                raise AttributeError(f"{name} attribute is write-only") from None
            raise

    def __set__(self, socket: Socket, value: Any) -> None:
        if self._method is not None and isinstance(value, str):
            value = value.encode()
        socket.set(self._option, value)


for _name, _option in SocketOption.__members__.items():
    for _attribute in (_name, _name.lower()):
        _method = vars(Socket).get(_attribute)
        if _method is None or _name in ("SUBSCRIBE", "UNSUBSCRIBE"):
            setattr(Socket, _attribute, _OptionAttribute(_option, _method))


def _finish(future: Future[Any]) -> None:
    if not future.done():
        future.set_result(None)


def _expire(future: Future[Any]) -> None:
    if not future.done():
        future.set_exception(Again())


def _checked(addr: str | bytes) -> str:
    """Give an endpoint's text, if it is one."""
    parse(addr, bind=True)
    return addr.decode() if isinstance(addr, bytes) else addr
