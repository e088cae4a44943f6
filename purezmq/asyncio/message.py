"""Frames as objects, for programs that ask for them with `copy=False`.

Nothing is copied less for it: a frame here is bytes with a wrapper. It is pyzmq's `Frame` as far as
programs use it.
"""

from typing import Any, Self


class MessageTracker:
    """Tells whether what was sent may be changed: here always, for it was copied."""

    done = True

    def wait(self, timeout: float = -1) -> None:
        """Return at once."""


class Frame(bytes):
    """One frame of a message.

    Parameters
    ----------
    data : bytes-like or str
        Its body; text is taken as UTF-8.

    Attributes
    ----------
    more : bool
        Whether another frame of the same message follows.
    """

    more: bool

    def __new__(cls, data: Any = b"", *, more: bool = False, **_: Any) -> Self:
        """Copy the body."""
        frame = super().__new__(cls, data.encode() if isinstance(data, str) else data)
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

    def __str__(self) -> str:
        return self.decode()

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
    return bytes(memoryview(data))


def as_frames(message: "list[bytes]") -> list[Frame]:
    """Wrap the frames of a message."""
    last = len(message) - 1
    return [Frame(body, more=index < last) for index, body in enumerate(message)]
