"""What happens to a socket's connections, told on a PAIR (zmq_socket_monitor).

A message has two frames: 16 bits of event and 32 bits of value, and the endpoint. The value is a
file descriptor, an error number or an interval in milliseconds, as the event has it.
"""

import struct
from typing import TYPE_CHECKING, Any

from purezmq.constants import Event, SocketType

if TYPE_CHECKING:
    from purezmq.asyncio.context import Context
    from purezmq.asyncio.socket import Socket

_HEAD = struct.Struct("=Hi")


class Monitor:
    """The telling end.

    Attributes
    ----------
    reader : Socket or None
        The other end, if `get_monitor_socket` made it.
    """

    def __init__(self, context: "Context", addr: str, events: int) -> None:
        self.reader: Socket | None = None
        self._events = events
        self._socket = context._internal_socket(SocketType.PAIR)
        self._socket.bind(addr)

    def tell(self, event: Event, value: int, endpoint: str) -> None:
        """Tell of an event, if it was asked for; dropped if nobody takes them."""
        if event & self._events and not self._socket.closed:
            self._socket._pattern.send([_HEAD.pack(event, value), endpoint.encode()])

    def stop(self) -> None:
        """Tell that it is over."""
        self.tell(Event.MONITOR_STOPPED, 0, "")
        self._socket.close()


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
    return {"event": Event(event), "value": value, "endpoint": msg[1]}


async def recv_monitor_message(socket: "Socket", flags: int = 0) -> dict[str, Any]:
    """Receive and read a message of a monitor socket."""
    return parse_monitor_message(await socket.recv_multipart(flags))
