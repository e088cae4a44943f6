"""The forms of sending and receiving that are made of the basic ones: text, JSON, objects.

They send and receive through the methods that a subclass may have replaced, as pyzmq's do.
"""

from asyncio import Future
from collections.abc import Callable, Sequence
from typing import Any

from purezmq.asyncio.traffic import Traffic
from purezmq.asyncio.waiting import Converted

Serialize = Callable[[Any], Sequence[Any]]


class Forms(Traffic):
    """Conversions around one frame, or all of them."""

    __slots__ = ()

    def send_string(
        self, u: str, flags: int = 0, copy: bool = True, encoding: str = "utf-8", **kwargs: Any
    ) -> Future[Any]:
        """Send text as one frame."""
        if not isinstance(u, str):
            raise TypeError("str objects only")
        return self.send(u.encode(encoding), flags, copy, **kwargs)

    def recv_string(self, flags: int = 0, encoding: str = "utf-8") -> Future[str]:
        """Receive one frame of text."""
        return Converted(self.recv(flags), lambda frame: frame.decode(encoding))

    send_unicode, recv_unicode = send_string, recv_string

    def send_json(self, obj: object, flags: int = 0, **kwargs: Any) -> Future[Any]:
        """Send an object as JSON; other arguments are `json.dumps`'s."""
        import json

        return self.send(json.dumps(obj, **kwargs).encode(), flags)

    def recv_json(self, flags: int = 0, **kwargs: Any) -> Future[Any]:
        """Receive JSON; other arguments are `json.loads`'s."""
        import json

        return Converted(self.recv(flags), lambda frame: json.loads(frame, **kwargs))

    def send_pyobj(
        self, obj: object, flags: int = 0, protocol: int = -1, **kwargs: Any
    ) -> Future[Any]:
        """Send a pickled object; a negative protocol means pickle's default."""
        import pickle

        return self.send(pickle.dumps(obj, None if protocol < 0 else protocol), flags, **kwargs)

    def recv_pyobj(self, flags: int = 0) -> Future[Any]:
        """Receive a pickled object. Only from whom you trust: pickle runs what it is told."""
        import pickle

        return Converted(self.recv(flags), pickle.loads)

    def send_serialized(
        self, msg: Any, serialize: Serialize, flags: int = 0, copy: bool = True, **kwargs: Any
    ) -> Future[Any]:
        """Send the frames that `serialize` makes of an object."""
        return self.send_multipart(serialize(msg), flags, copy, **kwargs)

    def recv_serialized(
        self, deserialize: Callable[[Any], Any], flags: int = 0, copy: bool = True
    ) -> Future[Any]:
        """Receive what `deserialize` makes of a message's frames."""
        return Converted(self.recv_multipart(flags), deserialize)
