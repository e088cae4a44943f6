"""Frames as objects, for programs that ask for them with `copy=False`.

Nothing is copied less for it: a frame here is bytes with a wrapper. It is pyzmq's `Frame` as far as
programs use it.
"""

from typing import Any


class MessageTracker:
    """Tells whether what was sent may be changed: here always, for it was copied."""

    done = True

    def wait(self, timeout: float = -1) -> None:
        """Return at once."""


class Frame:
    """One frame of a message.

    Parameters
    ----------
    data : bytes-like or str
        Its body; text is taken as UTF-8.

    Attributes
    ----------
    bytes : bytes
        Its body.
    more : bool
        Whether another frame of the same message follows.
    """

    __slots__ = ("bytes", "more")

    def __init__(self, data: Any = b"", *, more: bool = False, **_: Any) -> None:
        self.bytes = data.encode() if isinstance(data, str) else bytes(data)
        self.more = more

    @property
    def buffer(self) -> memoryview:
        """Its body as a view."""
        return memoryview(self.bytes)

    def __bytes__(self) -> "bytes":
        return self.bytes

    def __len__(self) -> int:
        return len(self.bytes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.bytes == other.bytes

    def __hash__(self) -> int:
        return hash(self.bytes)

    def __str__(self) -> str:
        return self.bytes.decode()

    def __repr__(self) -> str:
        return f"<purezmq.Frame({self.bytes[:32]!r})>"


Message = Frame  # pyzmq's older name


def as_bytes(data: Any) -> bytes:
    """Take a frame that a program sends.

    Raises
    ------
    TypeError
        Text, or anything else that has no bytes.
    """
    if isinstance(data, str):
        raise TypeError("unicode not allowed, use send_string")
    if isinstance(data, Frame):
        return data.bytes
    return bytes(memoryview(data))


def as_frames(message: "list[bytes]") -> list[Frame]:
    """Wrap the frames of a message."""
    last = len(message) - 1
    return [Frame(body, more=index < last) for index, body in enumerate(message)]
