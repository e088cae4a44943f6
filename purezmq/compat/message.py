"""Frames as objects, for programs that ask for them with `copy=False`.

Nothing is copied less for it: a frame here is bytes with a wrapper. It is pyzmq's `Frame` as far as
programs use it.
"""

from typing import Self


class MessageTracker:
    """Says whether what was sent may be changed: here always, because it was copied.

    Parameters
    ----------
    *towatch : Frame or MessageTracker
        What pyzmq's would watch.
    """

    done = True

    def __init__(self, *towatch: object) -> None:
        pass

    def wait(self, timeout: float = -1) -> None:
        """Return at once."""


class Frame(bytes):
    """One frame of a message.

    Parameters
    ----------
    data : bytes-like
        Its body.

    Attributes
    ----------
    more : bool
        Whether another frame of the same message follows.
    """

    more: bool

    def __new__(cls, data: object = b"", *, more: bool = False, **_: object) -> Self:
        """Copy the body."""
        if isinstance(data, str):
            raise TypeError("Str objects not allowed. Only: bytes, buffer interfaces")
        frame = super().__new__(cls, as_bytes(b"" if data is None else data))
        frame.more = more
        return frame

    @property
    def bytes(self) -> bytes:
        """Its body alone."""
        return bytes(self)

    @property
    def buffer(self) -> memoryview:
        """Its body as a view."""
        return memoryview(self)

    def __repr__(self) -> str:
        return f"<purezmq.Frame({self.bytes[:32]!r})>"

    __str__ = __repr__


Message = Frame  # pyzmq's older name


def as_bytes(data: object) -> bytes:
    """Return the octets of a frame that a program sends, as they lie in memory.

    Raises
    ------
    TypeError
        Text, or anything else that has no buffer.
    BufferError
        A buffer with gaps.
    """
    if isinstance(data, str):
        raise TypeError("unicode not allowed, use send_string")
    view = memoryview(data)  # type: ignore[arg-type]  # what has no buffer raises TypeError
    if not view.contiguous:
        raise BufferError("memoryview: underlying buffer is not contiguous")
    return view.tobytes("A")


def as_frames(message: "list[bytes]") -> "list[bytes]":
    """Wrap the frames of a message."""
    last = len(message) - 1
    return [Frame(body, more=index < last) for index, body in enumerate(message)]
