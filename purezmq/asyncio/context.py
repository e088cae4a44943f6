"""Contexts: where sockets come from and inproc endpoints are known, and how everything ends."""

import os
from asyncio import (
    AbstractEventLoop,
    CancelledError,
    Future,
    Task,
    get_running_loop,
    new_event_loop,
    shield,
)
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any, ClassVar, NoReturn, Self
from weakref import ReferenceType, WeakSet, ref

from purezmq.asyncio.socket import Socket
from purezmq.constants import ContextOption, Errno, SocketOption, SocketType
from purezmq.errors import ZMQError
from purezmq.transport import inproc

_C = ContextOption
_OPTIONS = {_C.IO_THREADS: 1, _C.MAX_SOCKETS: 1023, _C.SOCKET_LIMIT: 65535, _C.MAX_MSGSZ: 2**31 - 1}


# All contexts of this process: a child that is forked forgets them.
_contexts: "WeakSet[Context]" = WeakSet()


async def _guard(
    context: "ReferenceType[Context]", loop: AbstractEventLoop
) -> AsyncGenerator[None, None]:
    """Hold a loop's end up until what was sent has left.

    `asyncio.run` closes the asynchronous generators of its loop before the loop itself, and waits
    for them. So a program that sends, closes and ends loses nothing, with libzmq's threads or here.
    """
    try:
        yield
    finally:
        living = context()
        if living is not None and not loop.is_closed():
            await living._loop_ends(loop)


class _Nothing(Awaitable[None]):
    """An end that is here already."""

    def __await__(self) -> Generator[Any, None, None]:
        yield from ()


class Context:
    """Where sockets come from.

    Socket options set here, by `setsockopt` or as attributes, are what sockets made later begin
    with.

    Parameters
    ----------
    io_threads : int
        Taken for pyzmq's sake; there are no threads.

    Attributes
    ----------
    closed : bool
        Whether `term` was called.
    """

    _instance: ClassVar["Context | None"] = None
    _socket_class = Socket

    closed = False
    sockopts: dict[int, Any]

    def __init__(self, io_threads: int = 1) -> None:
        self.__dict__["sockopts"] = {}
        self._options = {**_OPTIONS, ContextOption.IO_THREADS: io_threads}
        self._sockets: dict[Socket, None] = {}
        self._bound: dict[str, inproc.Listener] = {}  # inproc names
        self._expected: dict[str, list[inproc.Connector]] = {}  # connected before they were bound
        self._deferred: list[Callable[[], None]] = []  # what waits for the loop to run
        self._leaving: set[Any] = set()  # connectors and sessions, closed, with messages to go
        self._changed: Future[None] | None = None
        self._ending: Task[None] | None = None
        self._guards: dict[AbstractEventLoop, AsyncGenerator[None, None]] = {}
        _contexts.add(self)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object: it belongs to its process")

    def __repr__(self) -> str:
        closed = " closed" if self.closed else ""
        return f"<purezmq.asyncio.Context(sockets={len(self._sockets)}) at {id(self):#x}{closed}>"

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
    def shadow(cls, address: "Context") -> "Context":
        """Give the context itself: there is no other kind of context that it could be seen as."""
        return address

    @property
    def underlying(self) -> "Context":
        """The context itself: there is nothing below it."""
        return self

    def socket(
        self, socket_type: int, socket_class: Callable[..., Socket] | None = None, **kwargs: Any
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
        self._sockets[socket] = None
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
            Where no loop runs, all of that is done when `term` returns.
        """
        if not self.closed:
            self.closed = True
            for socket in list(self._sockets):
                socket._terminated()
        try:
            loop = get_running_loop()
        except RuntimeError:
            self._end_without_loop()
            return _Nothing()
        # What a loop that has ended left behind does not leave in another one.
        self._leaving = {end for end in self._leaving if not end.socket._abandoned}
        if self._ending is None:
            if not self._sockets and not self._leaving:
                return _Nothing()
            self._ending = loop.create_task(self._end())
        return shield(self._ending)

    async def _end(self) -> None:
        while self._sockets or self._leaving:
            self._changed = get_running_loop().create_future()
            try:
                await self._changed
            except CancelledError:
                # The loop itself ends. libzmq's zmq_ctx_term would have blocked before that.
                for socket in list(self._sockets):
                    socket.close()

    def _end_without_loop(self) -> None:
        """Close what is open and send what waits, in a loop that is run for it."""
        for socket in list(self._sockets):
            socket.close()
        loops = {end.socket._loop for end in self._leaving}
        for loop in loops:
            ends = [end for end in self._leaving if end.socket._loop is loop]
            if not loop.is_closed():
                if not loop.is_running():  # in another thread it ends them itself
                    loop.run_until_complete(self._until_left(loop))
                continue
            another = new_event_loop()
            for end in ends:
                end.socket._loop = another
                end.socket._loop_ends = False
            another.run_until_complete(self._send_late(ends, another))
            another.close()

    async def _send_late(self, ends: list[Any], loop: AbstractEventLoop) -> None:
        for end in ends:
            end.socket._resume(end)
        await self._until_left(loop)

    def _guard(self, loop: AbstractEventLoop) -> None:
        """See to it that the loop does not end before what was sent has left."""
        if loop not in self._guards:
            guard = self._guards[loop] = _guard(ref(self), loop)
            with suppress(StopIteration):
                guard.__anext__().__await__().send(None)

    async def _loop_ends(self, loop: AbstractEventLoop) -> None:
        """Close the connections of a loop that ends, once what waits in them has left.

        Unlike `term` this does not wait for a peer that is not there.
        """
        del self._guards[loop]
        for socket in list(self._sockets):
            if socket._loop is loop:
                socket._loop_ends = True
                socket._close_endpoints()
        for end in self._leaving:
            end.socket._loop_ends = True
        await self._until_left(loop)

    async def _until_left(self, loop: AbstractEventLoop) -> None:
        while any(end.socket._loop is loop and not end.suspended for end in self._leaving):
            self._changed = loop.create_future()
            await self._changed

    def _forsake(self) -> None:
        """Forget all in a child process that was forked: it belongs to the parent."""
        self._inherited = self._sockets, self._leaving, self._guards  # not to be closed here
        for socket in self._sockets:
            socket._forsake()
        self.closed = True
        self._sockets = {}
        self._leaving = set()
        self._guards = {}
        self._bound = {}
        self._expected = {}
        self._deferred = []

    def destroy(self, linger: int | None = None) -> Awaitable[None]:
        """Close all sockets and end; see `term`."""
        for socket in list(self._sockets):
            socket.close(linger)
        return self.term()

    # For sockets.

    def _internal_socket(self, socket_type: SocketType) -> Socket:
        """Make a socket that does not count: `term` does not wait for it."""
        return Socket(self, socket_type)  # a subclass that watches would watch itself

    def _closed(self, socket: Socket) -> None:
        self._sockets.pop(socket, None)
        self._left(None)

    def _left(self, end: Any) -> None:
        """Let `term` look again: something has come to its end."""
        self._leaving.discard(end)
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    # Options.

    def set(self, option: int, optval: int) -> None:
        """Set an option of the context; they are kept, and of no effect."""
        self.get(option)
        self._options[ContextOption(option)] = optval

    def get(self, option: int) -> int:
        """Give an option of the context."""
        if option not in _OPTIONS:
            raise ZMQError(Errno.EINVAL)
        return self._options[ContextOption(option)]

    def setsockopt(self, opt: int, value: Any) -> None:
        """Set what sockets made later begin with."""
        self.sockopts[opt] = value

    def getsockopt(self, opt: int) -> Any:
        """Give what `setsockopt` has set."""
        return self.sockopts[opt]

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_") or hasattr(type(self), name):
            object.__setattr__(self, name, value)
        elif name.upper() in ContextOption.__members__:
            self.set(ContextOption[name.upper()], value)
        else:
            self.sockopts[_option(name)] = value

    def __getattr__(self, name: str) -> Any:
        if name.upper() in ContextOption.__members__:
            return self.get(ContextOption[name.upper()])
        if _option(name) not in self.sockopts:
            raise AttributeError(name)
        return self.sockopts[_option(name)]

    def __delattr__(self, name: str) -> None:
        if _option(name) not in self.sockopts:
            raise AttributeError(name)
        del self.sockopts[_option(name)]


def _after_fork() -> None:
    for context in list(_contexts):
        context._forsake()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _option(name: str) -> SocketOption:
    try:
        return SocketOption[name.upper()]
    except KeyError:
        raise AttributeError(f"Context has no such option: {name.upper()}") from None
