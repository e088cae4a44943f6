"""The calls that are made of the basic ones: text, JSON, objects, a port that is free.

They send and receive through the methods that a subclass may have replaced, as pyzmq's do.
"""

import errno
from asyncio import CancelledError, Future
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from purezmq.compat.constants import Errno
from purezmq.compat.message import MessageTracker
from purezmq.errors import ZMQBindError, ZMQError

Source = TypeVar("Source")
Result = TypeVar("Result")

Sent = Future[MessageTracker | None]
"""What a call that sends returns."""


class Basic(Protocol):
    """The calls that the forms are made of."""

    def send(self, data: object, flags: int = 0, copy: bool = True, track: bool = False) -> Sent:
        """Send one frame."""

    def send_multipart(
        self, msg_parts: Sequence[object], flags: int = 0, copy: bool = True, track: bool = False
    ) -> Sent:
        """Send all frames of a message."""

    def recv(self, flags: int = 0) -> Future[bytes]:
        """Receive one frame."""

    def recv_multipart(self, flags: int = 0) -> Future[list[bytes]]:
        """Receive all frames of a message."""


class Endpoint(Protocol):
    """What `bind` returns."""

    addr: str


class Bindable(Protocol):
    """A socket that binds."""

    def bind(self, addr: str) -> Endpoint:
        """Bind to an endpoint."""


class Converted(Future[Result], Generic[Source, Result]):
    """What `convert` makes of another Future's result. Cancelling it cancels both.

    At once, and not when the loop comes to it: the other must take no message after that.
    """

    def __init__(self, received: Future[Source], convert: Callable[[Source], Result]) -> None:
        super().__init__(loop=received.get_loop())
        self._received = received
        self._convert = convert
        if received.done():
            self._hand_on(received)
        else:
            received.add_done_callback(self._hand_on)

    def _hand_on(self, received: Future[Source]) -> None:
        if not self.done():
            try:
                self.set_result(self._convert(received.result()))
            except CancelledError:
                super().cancel()
            except Exception as error:
                self.set_exception(error)

    def cancel(self, msg: object = None) -> bool:
        """Cancel, unless there is a result already."""
        if not self._received.cancel(msg):
            self._hand_on(self._received)
        return super().cancel(msg)


class Forms:
    """Conversions around one frame, or all of them."""

    __slots__ = ()

    def send_string(
        self: Basic,
        u: str,
        flags: int = 0,
        copy: bool = True,
        encoding: str = "utf-8",
        **kwargs: bool,
    ) -> Sent:
        """Send text as one frame."""
        if not isinstance(u, str):
            raise TypeError("str objects only")
        return self.send(u.encode(encoding), flags, copy, **kwargs)

    def recv_string(self: Basic, flags: int = 0, encoding: str = "utf-8") -> Future[str]:
        """Receive one frame of text."""
        return Converted(self.recv(flags), lambda frame: frame.decode(encoding))

    send_unicode = send_string
    recv_unicode = recv_string

    def send_json(self: Basic, obj: object, flags: int = 0, **kwargs: Any) -> Sent:
        """Send an object as JSON; other arguments are `json.dumps`'s."""
        import json

        return self.send(json.dumps(obj, **kwargs).encode(), flags)

    def recv_json(self: Basic, flags: int = 0, **kwargs: Any) -> Future[Any]:
        """Receive JSON; other arguments are `json.loads`'s."""
        import json

        return Converted(self.recv(flags), lambda frame: json.loads(frame, **kwargs))

    def send_pyobj(
        self: Basic, obj: object, flags: int = 0, protocol: int = -1, **kwargs: bool
    ) -> Sent:
        """Send a pickled object; a negative protocol means pickle's default."""
        import pickle

        return self.send(pickle.dumps(obj, None if protocol < 0 else protocol), flags, **kwargs)

    def recv_pyobj(self: Basic, flags: int = 0) -> Future[Any]:
        """Receive a pickled object. Only from whom you trust: pickle runs what it is told."""
        import pickle

        return Converted(self.recv(flags), pickle.loads)

    def send_serialized(
        self: Basic,
        msg: Source,
        serialize: Callable[[Source], Sequence[object]],
        flags: int = 0,
        copy: bool = True,
        **kwargs: bool,
    ) -> Sent:
        """Send the frames that `serialize` makes of an object."""
        return self.send_multipart(serialize(msg), flags, copy, **kwargs)

    def recv_serialized(
        self: Basic, deserialize: Callable[[list[bytes]], Result], flags: int = 0, copy: bool = True
    ) -> Future[Result]:
        """Receive what `deserialize` makes of a message's frames."""
        return Converted(self.recv_multipart(flags), deserialize)

    def bind_to_random_port(
        self: Bindable,
        addr: str,
        min_port: int = 49152,
        max_port: int = 65536,
        max_tries: int = 100,
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
                bound = self.bind(f"{addr}:{'*' if any_port else randrange(min_port, max_port)}")
                return int(bound.addr.rpartition(":")[2])
            except ZMQError as error:
                if error.errno not in (Errno.EADDRINUSE, errno.EACCES):
                    raise
        raise ZMQBindError("Could not bind socket to random port.")
