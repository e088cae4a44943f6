"""The forms of sending and receiving that are made of the two basic ones: text, JSON, objects."""

from asyncio import Future
from collections.abc import Callable, Sequence
from typing import Any


class Forms:
    """What `Socket` inherits; each form is a conversion around one frame, or all of them."""

    __slots__ = ()

    def send(self, data: Any, flags: int = 0, **kwargs: Any) -> Future[Any]:
        """Send one frame."""
        raise NotImplementedError

    def send_multipart(
        self, msg_parts: Sequence[Any], flags: int = 0, **kwargs: Any
    ) -> Future[Any]:
        """Send a message of several frames."""
        raise NotImplementedError

    def _receive(
        self, flags: int, whole: bool, convert: Callable[[Any], Any] | None
    ) -> Future[Any]:
        raise NotImplementedError

    def send_string(self, u: str, flags: int = 0, encoding: str = "utf-8", **kwargs: Any) -> Any:
        """Send text as one frame."""
        if not isinstance(u, str):
            raise TypeError("str objects only")
        return self.send(u.encode(encoding), flags, **kwargs)

    def recv_string(self, flags: int = 0, encoding: str = "utf-8") -> Future[str]:
        """Receive one frame of text."""
        return self._receive(flags, False, lambda frame: frame.decode(encoding))

    send_unicode = send_string
    recv_unicode = recv_string

    def send_json(self, obj: object, flags: int = 0, **kwargs: Any) -> Any:
        """Send an object as JSON; other arguments are `json.dumps`'s."""
        import json

        return self.send(json.dumps(obj, **kwargs).encode(), flags)

    def recv_json(self, flags: int = 0, **kwargs: Any) -> Future[Any]:
        """Receive JSON; other arguments are `json.loads`'s."""
        import json

        return self._receive(flags, False, lambda frame: json.loads(frame, **kwargs))

    def send_pyobj(self, obj: object, flags: int = 0, protocol: int = -1, **kwargs: Any) -> Any:
        """Send a pickled object."""
        import pickle

        chosen = pickle.DEFAULT_PROTOCOL if protocol < 0 else protocol
        return self.send(pickle.dumps(obj, chosen), flags, **kwargs)

    def recv_pyobj(self, flags: int = 0) -> Future[Any]:
        """Receive a pickled object. Only from whom you trust: pickle runs what it is told."""
        import pickle

        return self._receive(flags, False, pickle.loads)

    def send_serialized(
        self,
        msg: Any,
        serialize: Callable[[Any], Sequence[Any]],
        flags: int = 0,
        copy: bool = True,
        **kwargs: Any,
    ) -> Any:
        """Send the frames that `serialize` makes of an object."""
        return self.send_multipart(serialize(msg), flags=flags, copy=copy, **kwargs)

    def recv_serialized(
        self, deserialize: Callable[[Any], Any], flags: int = 0, copy: bool = True
    ) -> Future[Any]:
        """Receive what `deserialize` makes of a message's frames."""
        return self._receive(flags, True, deserialize)
