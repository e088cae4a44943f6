"""Monitors: what happens to a socket's connections, sent on a PAIR (zmq_socket_monitor).

A message has two frames: 16 bits of event and 32 bits of value, and the endpoint. The value is a
file descriptor, an error number or an interval in milliseconds, as the event has it.
"""

import struct
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from purezmq.compat.constants import Event

_HEAD = struct.Struct("=Hi")


class Pair(Protocol):
    """The sending PAIR."""

    def close(self, linger: int | None = None) -> None:
        """Close it."""


class Receiver(Protocol):
    """The receiving PAIR."""

    def recv_multipart(self, flags: int = 0) -> Awaitable[list[bytes]]:
        """Receive a message."""


class Monitor:
    """The sending end.

    Parameters
    ----------
    pair : Pair
        Bound to the endpoint where events are received.
    send : callable
        Sends a message on it, or drops it: nobody may be there.
    events : int
        Those that are wanted.
    """

    def __init__(self, pair: Pair, send: Callable[[list[bytes]], object], events: int) -> None:
        self._pair = pair
        self._send = send
        self._events = events

    def report(self, event: Event, value: int, endpoint: str) -> None:
        """Send an event, if it is wanted."""
        if event & self._events:
            self._send([_HEAD.pack(event, value), endpoint.encode()])

    def stop(self) -> None:
        """Send the last event, and close."""
        self.report(Event.MONITOR_STOPPED, 0, "")
        self._pair.close()


def parse_monitor_message(msg: list[bytes]) -> dict[str, Any]:
    """Read a message of a monitor socket.

    Parameters
    ----------
    msg : list of bytes
        Its two frames.

    Returns
    -------
    dict
        `event`, `value` and `endpoint`.
    """
    if len(msg) != 2 or len(msg[0]) != _HEAD.size:
        raise RuntimeError(f"Invalid event message format: {msg}")
    event, value = _HEAD.unpack(msg[0])
    return {"event": Event(event), "value": Event(value), "endpoint": msg[1]}


async def recv_monitor_message(socket: Receiver, flags: int = 0) -> dict[str, Any]:
    """Receive and read a message of a monitor socket."""
    return parse_monitor_message(await socket.recv_multipart(flags))
