"""The messages of 6/PPP, the Paranoid Pirate Protocol: frames in, typed messages out.

A queue has a ROUTER socket and each worker a DEALER, so a message is these frames and no others; on
the queue's side the worker's routing id comes first, which is not part of the protocol.

Lesson 19; RFC 6: https://rfc.zeromq.org/spec/6/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["HEARTBEAT", "READY", "Alive", "PPPError", "Ready", "Work", "from_queue", "from_worker"]

READY = b"\x01"  # RFC 6, READY: one frame, one byte
HEARTBEAT = b"\x02"  # RFC 6, HEARTBEAT: one frame, one byte


class PPPError(ValueError):
    """The peer sent what RFC 6 does not allow here."""


@dataclass(frozen=True)
class Ready:
    """READY: the worker begins a conversation, and is free."""


@dataclass(frozen=True)
class Alive:
    """HEARTBEAT: whoever sent it is alive."""


@dataclass(frozen=True)
class Work:
    """REQUEST or REPLY, which have the same frames.

    Attributes
    ----------
    address : tuple of bytes
        The address stack: whose request this is, the nearest hop first.
    body : tuple of bytes
        One frame or more.
    """

    address: tuple[bytes, ...]
    body: tuple[bytes, ...]

    @property
    def frames(self) -> list[bytes]:
        """The message as it is sent: addresses, an empty frame, the body."""
        return [*self.address, b"", *self.body]


def from_worker(frames: Sequence[bytes]) -> Ready | Alive | Work:
    """Read what a worker sent, without its routing id.

    Raises
    ------
    PPPError
        With one line that says what is wrong.
    """
    return Ready() if list(frames) == [READY] else _from_either(frames)


def from_queue(frames: Sequence[bytes]) -> Alive | Work:
    """Read what a queue sent to a worker.

    Raises
    ------
    PPPError
        With one line that says what is wrong.
    """
    if list(frames) == [READY]:
        raise PPPError("READY is a worker's to send, not a queue's")
    return _from_either(frames)


def _from_either(frames: Sequence[bytes]) -> Alive | Work:
    """Read what both may send: RFC 6, HEARTBEAT, REQUEST and REPLY."""
    if not frames:
        raise PPPError("a message has one frame or more")
    if list(frames) == [HEARTBEAT]:
        return Alive()
    if b"" not in frames:
        # The RFC lets a message without addresses begin with its body. A queue in the middle
        # could not return its reply, and a body of one byte would read as a command.
        raise PPPError("an empty frame has to end the addresses")
    end = list(frames).index(b"")
    if end == len(frames) - 1:
        raise PPPError("a body of one frame or more has to follow the empty frame")
    return Work(address=tuple(frames[:end]), body=tuple(frames[end + 1 :]))
