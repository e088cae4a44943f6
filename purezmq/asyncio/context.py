"""Contexts: where sockets come from and inproc endpoints are known, and how everything ends."""

from asyncio import CancelledError, Future, Task, get_running_loop, shield
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Self

from purezmq.asyncio.socket import Socket
from purezmq.constants import ContextOption, Errno, SocketOption, SocketType
from purezmq.errors import ZMQError
from purezmq.patterns.pipe import Pipe
from purezmq.transport.inproc import Joint

if TYPE_CHECKING:
    from purezmq.asyncio.session import Connector, Session

_OPTIONS = {
    ContextOption.IO_THREADS: 1,
    ContextOption.MAX_SOCKETS: 1023,
    ContextOption.SOCKET_LIMIT: 65535,
    ContextOption.MAX_MSGSZ: (1 << 31) - 1,
}


class _Nothing(Awaitable[None]):
    """An end that is here already."""

    def __await__(self) -> Generator[Any, None, None]:
        yield from ()


class _Shared:
    """What a context and its shadows have in common."""

    def __init__(self) -> None:
        self.closed = False
        self.options = dict(_OPTIONS)
        self.sockets: dict[Socket, None] = {}
        self.bound: dict[str, Socket] = {}
        self.expected: dict[str, list[tuple[Socket, Pipe]]] = {}  # connected before bound
        self.leaving: set[Connector | Session] = set()  # closed, with messages still to go
        self.changed: Future[None] | None = None
        self.ending: Task[None] | None = None

    def notice(self) -> None:
        """Let whoever waits for the end look again."""
        if self.changed is not None and not self.changed.done():
            self.changed.set_result(None)


class Context:
    """Where sockets come from.

    Socket options set here, by `setsockopt` or as attributes, are what sockets made later begin
    with.

    Parameters
    ----------
    io_threads : int or Context
        A number is taken for pyzmq's sake; there are no threads. A context gives another view of
        itself.
    shadow : Context, optional
        The same as a context in the first place.
    """

    _instance: ClassVar["Context | None"] = None
    _socket_class = Socket

    sockopts: dict[int, Any]
    _shared: _Shared

    def __init__(self, io_threads: "int | Context" = 1, shadow: "Context | None" = None) -> None:
        other = io_threads if isinstance(io_threads, Context) else shadow
        self.__dict__["sockopts"] = {}
        self.__dict__["_shared"] = other._shared if other is not None else _Shared()
        if isinstance(io_threads, int):
            self._shared.options[ContextOption.IO_THREADS] = io_threads

    def __repr__(self) -> str:
        count = len(self._shared.sockets)
        sockets = f"{count} socket{'s' if count > 1 else ''}" if count else ""
        closed = " closed" if self.closed else ""
        return f"<purezmq.asyncio.Context({sockets}) at {id(self):#x}{closed}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.destroy()

    @classmethod
    def instance(cls, io_threads: int = 1) -> "Context":
        """Give the program's one context, a new one if it was terminated."""
        if cls._instance is None or cls._instance.closed:
            cls._instance = cls(io_threads)
        return cls._instance

    @classmethod
    def shadow(cls, address: "Context") -> Self:
        """Give another view of a context."""
        return cls(shadow=address)

    @property
    def closed(self) -> bool:
        """Whether `term` was called."""
        return self._shared.closed

    @property
    def underlying(self) -> "Context":
        """The context itself: there is nothing below it."""
        return self

    def socket(
        self,
        socket_type: int,
        socket_class: Callable[..., Socket] | None = None,
        **kwargs: Any,
    ) -> Socket:
        """Make a socket.

        Raises
        ------
        ZMQError
            ENOTSUP: the context was terminated. EINVAL: no such type.
        NotImplementedError
            A type of libzmq's that is not here.
        """
        if self.closed:
            raise ZMQError(Errno.ENOTSUP)
        socket = (socket_class or self._socket_class)(self, socket_type, **kwargs)
        for option, value in self.sockopts.items():
            with suppress(ZMQError):  # it may be no option of this type of socket
                socket.set(option, value)
        self._shared.sockets[socket] = None
        return socket

    # The end.

    def term(self) -> Awaitable[None]:
        """End: those who wait in sockets get `ContextTerminated`, and no socket can be made.

        Returns
        -------
        awaitable
            Done when all sockets were closed and what waited in them has left or was given up.
            A program need not await it: the loop goes on with it, and `asyncio.run` does not
            return before, for it waits for what it cancels. Sockets still open then are closed.
        """
        shared = self._shared
        if not shared.closed:
            shared.closed = True
            for socket in list(shared.sockets):
                socket._terminated()
        # What a loop that has ended left behind will never leave.
        shared.leaving = {end for end in shared.leaving if not end.abandoned}
        if shared.ending is None:
            if not shared.sockets and not shared.leaving:
                return _Nothing()
            try:
                loop = get_running_loop()
            except RuntimeError:
                return _Nothing()  # what has no loop any more has ended
            shared.ending = loop.create_task(self._end())
        return shield(shared.ending)

    async def _end(self) -> None:
        shared = self._shared
        while shared.sockets or shared.leaving:
            shared.changed = get_running_loop().create_future()
            try:
                await shared.changed
            except CancelledError:
                # The loop itself ends. libzmq's zmq_ctx_term would have blocked before that.
                for socket in list(shared.sockets):
                    socket.close()

    def destroy(self, linger: int | None = None) -> Awaitable[None]:
        """Close all sockets and end; see `term`."""
        for socket in list(self._shared.sockets):
            socket.close(linger)
        return self.term()

    # Options.

    def set(self, option: int, value: int) -> None:
        """Set an option of the context; they are kept, and of no effect."""
        if option not in _OPTIONS:
            raise ZMQError(Errno.EINVAL)
        self._shared.options[ContextOption(option)] = value

    def get(self, option: int) -> int:
        """Give an option of the context."""
        if option not in _OPTIONS:
            raise ZMQError(Errno.EINVAL)
        return self._shared.options[ContextOption(option)]

    def setsockopt(self, opt: int, value: Any) -> None:
        """Set what sockets made later begin with."""
        self.sockopts[opt] = value

    def getsockopt(self, opt: int) -> Any:
        """Give what `setsockopt` has set."""
        return self.sockopts[opt]

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name) or name in self.__dict__:
            object.__setattr__(self, name, value)
        elif name.upper() in ContextOption.__members__:
            self.set(ContextOption[name.upper()], value)
        elif name.upper() in SocketOption.__members__:
            self.sockopts[SocketOption[name.upper()]] = value
        else:
            raise AttributeError(f"Context has no such option: {name.upper()}")

    def __getattr__(self, name: str) -> Any:
        if name.upper() in ContextOption.__members__:
            return self.get(ContextOption[name.upper()])
        option = SocketOption.__members__.get(name.upper())
        if option is None:
            raise AttributeError(f"Context has no such option: {name.upper()}")
        if option not in self.sockopts:
            raise AttributeError(name)
        return self.sockopts[option]

    def __delattr__(self, name: str) -> None:
        option = SocketOption.__members__.get(name.upper())
        if option is None:
            raise AttributeError(f"No such socket option: {name.upper()!r}")
        if option not in self.sockopts:
            raise AttributeError(name.upper())
        del self.sockopts[option]

    # For sockets.

    def _internal_socket(self, socket_type: SocketType) -> Socket:
        """Make a socket that does not count: `term` does not wait for it."""
        return Socket(self, socket_type)  # a subclass that watches would watch itself

    def _closed(self, socket: Socket) -> None:
        self._shared.sockets.pop(socket, None)
        self._shared.notice()

    def _leaving(self, end: "Connector | Session") -> None:
        self._shared.leaving.add(end)

    def _left(self, end: "Connector | Session") -> None:
        self._shared.leaving.discard(end)
        self._shared.notice()

    # inproc.

    def _has_inproc(self, name: str) -> bool:
        return name in self._shared.bound

    def _bind(self, name: str, socket: Socket) -> None:
        bound = self._shared.bound
        if name in bound:
            raise ZMQError(Errno.EADDRINUSE)
        bound[name] = socket
        for other, pipe in self._shared.expected.pop(name, []):
            self._join(other, pipe, socket)

    def _unbind(self, name: str, socket: Socket) -> None:
        if self._shared.bound.get(name) is socket:
            del self._shared.bound[name]

    def _connect(self, name: str, socket: Socket, pipe: Pipe) -> None:
        bound = self._shared.bound.get(name)
        if bound is None:
            self._shared.expected.setdefault(name, []).append((socket, pipe))
        else:
            self._join(socket, pipe, bound)

    def _disconnect(self, pipe: Pipe, linger: bool) -> None:
        """Forget a connection that never was, unless messages wait for it to be."""
        if linger and pipe.outbound:
            return
        for waiting in self._shared.expected.values():
            waiting[:] = [entry for entry in waiting if entry[1] is not pipe]

    @staticmethod
    def _join(socket: Socket, pipe: Pipe, bound: Socket) -> None:
        theirs = bound._new_pipe()
        joint = Joint(socket, pipe, bound, theirs)
        socket._joints[pipe] = bound._joints[theirs] = joint
        joint.open()
        if socket.closed:
            joint.close()
