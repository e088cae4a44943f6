"""Contexts: where sockets come from, and how everything ends."""

import warnings
from collections.abc import Awaitable, Callable
from types import GenericAlias
from typing import ClassVar, NoReturn, Self

from purezmq.asyncio.registry import Registry
from purezmq.asyncio.socket import Socket
from purezmq.compat.constants import Errno
from purezmq.compat.options import ContextOptions
from purezmq.errors import NotHereError, ZMQError


class Context(ContextOptions):
    """Where sockets come from.

    Socket options set here, by `setsockopt` or as attributes, are what sockets made later begin
    with.

    Parameters
    ----------
    io_threads : int or Context
        A number is taken for pyzmq's sake: there are no threads. A context is what this one is
        another view of: they have the same sockets and end together.

    Attributes
    ----------
    registry : Registry
        Its sockets and names.
    """

    _instance: ClassVar["Context | None"] = None
    _socket_class: ClassVar[Callable[..., Socket]] = Socket

    registry: Registry

    def __init__(self, io_threads: "int | Context" = 1) -> None:
        super().__init__(io_threads)
        self.registry = io_threads.registry if isinstance(io_threads, Context) else Registry()

    def __repr__(self) -> str:
        closed = " closed" if self.closed else ""
        sockets = len(self.registry.members)
        return f"<purezmq.asyncio.Context(sockets={sockets}) at {id(self):#x}{closed}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.registry.members and not self.closed:
            warnings.warn(f"unclosed sockets of {self!r}", ResourceWarning, stacklevel=2)
        self.destroy()

    @classmethod
    def __class_getitem__(cls, item: object) -> GenericAlias:
        return GenericAlias(cls, item)  # pyzmq's is generic: Context[Socket]

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object: it belongs to its process")

    @classmethod
    def instance(cls, io_threads: int = 1) -> "Context":
        """Return the program's one context, a new one if it was terminated or is a parent's."""
        if cls._instance is None or cls._instance.closed:
            cls._instance = cls(io_threads)
        return cls._instance

    @classmethod
    def shadow(cls, address: "Context") -> "Context":
        """Return the context itself: there is no other kind of context that it could be seen as."""
        return address

    @property
    def underlying(self) -> "Context":
        """The context itself: there is nothing below it."""
        return self

    @property
    def closed(self) -> bool:
        """Whether `term` was called."""
        return self.registry.closed

    def socket(
        self, socket_type: int, socket_class: Callable[..., Socket] | None = None, **kwargs: object
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
        socket = (socket_class or type(self)._socket_class)(self, socket_type, **kwargs)  # noqa: SLF001
        for option, value in self.sockopts.items():
            try:
                socket.set(option, value)
            except NotHereError:
                raise
            except ZMQError:
                pass  # it may be no option of this type of socket
        self.registry.add(socket._core)  # noqa: SLF001
        return socket

    # The end

    def term(self) -> Awaitable[None]:
        """End: calls that wait in sockets raise `ContextTerminated`, and no socket can be made.

        Returns
        -------
        awaitable
            Done when all sockets were closed and what waited in them was sent or given up.
            A program need not await it: the loop goes on with it, and `asyncio.run` does not
            return before, for it waits for what it cancels. Sockets still open then are closed.
            Where no loop runs, all of that is done when `term` returns.
        """
        return self.registry.term()

    def destroy(self, linger: int | None = None) -> Awaitable[None]:
        """Close all sockets and end; see `term`."""
        self.registry.close_all(linger)
        return self.term()
