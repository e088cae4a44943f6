"""The forms of sending and receiving that are made of the two basic ones: text, JSON, objects."""

from asyncio import Future
from collections.abc import Callable, Sequence
from typing import Any


def _converted(received: Future[Any], convert: Callable[[Any], Any]) -> Future[Any]:
    """Return a Future of what `convert` makes of another's result; to cancel it cancels both."""
    future: Future[Any] = received.get_loop().create_future()

    def hand_on(_: Future[Any]) -> None:
        if future.done():
            return
        if received.cancelled():
            future.cancel()
            return
        try:
            future.set_result(convert(received.result()))
        except Exception as error:
            future.set_exception(error)

    def give_up(_: Future[Any]) -> None:
        if future.cancelled():
            received.cancel()

    if received.done():
        hand_on(received)
    else:
        received.add_done_callback(hand_on)
        future.add_done_callback(give_up)
    return future


class Forms:
    """What `Socket` inherits; each form is a conversion around one frame, or all of them.

    In a subclass that has its own `recv` or `recv_multipart`, to watch them, they receive through
    those; else at once, so that a cancelled one takes no message.
    """

    __slots__ = ()

    _own_recv = False

    def __init_subclass__(cls) -> None:
        of: Any = next((base for base in cls.__mro__ if "_receive" in vars(base)), cls)
        cls._own_recv = cls.recv is not of.recv or cls.recv_multipart is not of.recv_multipart

    def _receive(
        self, flags: int, whole: bool, convert: Callable[[Any], Any] | None
    ) -> Future[Any]:
        raise NotImplementedError

    def _form(self, flags: int, whole: bool, convert: Callable[[Any], Any]) -> Future[Any]:
        if self._own_recv:
            return _converted(self.recv_multipart(flags) if whole else self.recv(flags), convert)
        return self._receive(flags, whole, convert)

    def send(self, data: Any, flags: int = 0, **kwargs: Any) -> Future[Any]:
        """Send one frame."""
        raise NotImplementedError

    def send_multipart(
        self, msg_parts: Sequence[Any], flags: int = 0, **kwargs: Any
    ) -> Future[Any]:
        """Send a message of several frames."""
        raise NotImplementedError

    def recv(self, flags: int = 0, copy: bool = True, track: bool = False) -> Future[Any]:
        """Receive one frame."""
        raise NotImplementedError

    def recv_multipart(self, flags: int = 0, copy: bool = True, track: bool = False) -> Future[Any]:
        """Receive a message, all its frames."""
        raise NotImplementedError

    def send_string(self, u: str, flags: int = 0, encoding: str = "utf-8", **kwargs: Any) -> Any:
        """Send text as one frame."""
        if not isinstance(u, str):
            raise TypeError("str objects only")
        return self.send(u.encode(encoding), flags, **kwargs)

    def recv_string(self, flags: int = 0, encoding: str = "utf-8") -> Future[str]:
        """Receive one frame of text."""
        return self._form(flags, False, lambda frame: frame.decode(encoding))

    send_unicode = send_string
    recv_unicode = recv_string

    def send_json(self, obj: object, flags: int = 0, **kwargs: Any) -> Any:
        """Send an object as JSON; other arguments are `json.dumps`'s."""
        import json

        return self.send(json.dumps(obj, **kwargs).encode(), flags)

    def recv_json(self, flags: int = 0, **kwargs: Any) -> Future[Any]:
        """Receive JSON; other arguments are `json.loads`'s."""
        import json

        return self._form(flags, False, lambda frame: json.loads(frame, **kwargs))

    def send_pyobj(self, obj: object, flags: int = 0, protocol: int = -1, **kwargs: Any) -> Any:
        """Send a pickled object."""
        import pickle

        chosen = pickle.DEFAULT_PROTOCOL if protocol < 0 else protocol
        return self.send(pickle.dumps(obj, chosen), flags, **kwargs)

    def recv_pyobj(self, flags: int = 0) -> Future[Any]:
        """Receive a pickled object. Only from whom you trust: pickle runs what it is told."""
        import pickle

        return self._form(flags, False, pickle.loads)

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
        return self._form(flags, True, deserialize)
