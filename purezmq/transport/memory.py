"""tcp and ipc endpoints without a network: byte streams between sockets of one process.

The bytes are the same as on a wire, greeting and all, so that a page in a browser can show them.
What is bound here nobody outside this process can reach.
"""

import itertools
from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable, Mapping
from typing import Any

from purezmq.compat.constants import Errno
from purezmq.errors import ZMQError
from purezmq.transport.endpoint import Endpoint, tcp

# A stream with this much unread asks its writer to pause, as the kernel's buffers do.
_HIGH_WATER = 1 << 16

_ANY = {"*", "0.0.0.0", "::"}
_servers: dict[tuple[str, int | str], "MemoryServer"] = {}
_free_ports = itertools.count(49152)
_free_paths = itertools.count(1)


class MemoryServer:
    """Who listens at an address of this process."""

    fd = 0

    def __init__(self, key: tuple[str, int | str], endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = key
        self._factory: Callable[[], Any] | None = None
        self._waiting: list[MemoryTransport] = []
        _servers[key] = self

    def start(self, loop: AbstractEventLoop, factory: Callable[[], Any]) -> None:
        """Take in peers, beginning with those that came before."""
        self._factory = factory
        while self._waiting:
            self.take(self._waiting.pop(0))

    def take(self, transport: "MemoryTransport") -> None:
        """Take in a peer: this is its stream's end on our side."""
        if self._factory is None:
            self._waiting.append(transport)
        else:
            transport.begin(self._factory())

    def close(self) -> None:
        """Take in no more, and give the address back."""
        del _servers[self._key]
        while self._waiting:
            self._waiting.pop().close()


class MemoryTransport(Transport):
    """One end of a stream; what is written here is read at the other."""

    peer: "MemoryTransport"

    def __init__(self, loop: AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._protocol: Any = None
        self._unread = bytearray()
        self._reading = True
        self._scheduled = self._closing = self._lost = False

    def begin(self, protocol: Any) -> None:
        """Give the stream to its protocol."""
        self._protocol = protocol
        protocol.connection_made(self)
        self._schedule()

    def write(self, data: Any) -> None:
        """Hand bytes to the other end."""
        if not self._closing and not self.peer._lost:
            self.peer._unread += data
            if len(self.peer._unread) > _HIGH_WATER:
                self._protocol.pause_writing()
            self.peer._schedule()

    def pause_reading(self) -> None:
        """Leave what comes unread."""
        self._reading = False

    def resume_reading(self) -> None:
        """Read on."""
        self._reading = True
        self._schedule()

    def is_closing(self) -> bool:
        """Whether `close` was called here."""
        return self._closing

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Keep the limit that there is."""

    def close(self) -> None:
        """End the stream; the other end still reads what was written before."""
        self._closing = True
        self._schedule()
        self.peer._schedule()

    abort = close

    def _schedule(self) -> None:
        if not self._scheduled and self._protocol is not None:
            self._scheduled = True
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        self._scheduled = False
        peer = self.peer
        if self._lost:
            return
        if self._unread and self._reading and not self._closing:
            data = bytes(self._unread)
            self._unread.clear()
            self._protocol.data_received(data)
            if len(data) > _HIGH_WATER and not peer._closing:
                peer._protocol.resume_writing()
        if self._closing or (peer._closing and not self._unread):
            self._lost = self._closing = True
            self._protocol.connection_lost(None)
            peer._schedule()


def listen(endpoint: Endpoint, options: Mapping[Any, Any]) -> MemoryServer:
    """Bind and listen.

    Raises
    ------
    ZMQError
        EADDRINUSE.
    """
    host, place = _key(endpoint)
    if endpoint.scheme == "tcp":
        place = place or next(port for port in _free_ports if not _find(host, port))
        text = tcp("0.0.0.0" if host == "*" else host, int(place))
    else:
        place = f"purezmq-{next(_free_paths)}" if place == "*" else place
        text = f"ipc://{place}"
    if _find(host, place):
        raise ZMQError(Errno.EADDRINUSE)
    return MemoryServer((host, place), text)


async def connect(
    loop: AbstractEventLoop,
    endpoint: Endpoint,
    options: Mapping[Any, Any],
    factory: Callable[[], Any],
) -> None:
    """Connect once.

    Raises
    ------
    ConnectionRefusedError
        Nobody listens there in this process.
    """
    server = _find(*_key(endpoint))
    if server is None:
        raise ConnectionRefusedError(Errno.ECONNREFUSED, "Connection refused")
    ours, theirs = MemoryTransport(loop), MemoryTransport(loop)
    ours.peer, theirs.peer = theirs, ours
    ours.begin(factory())
    server.take(theirs)


def _key(endpoint: Endpoint) -> tuple[str, int | str]:
    if endpoint.scheme == "ipc":
        return "ipc", endpoint.path
    host = "127.0.0.1" if endpoint.host == "localhost" else endpoint.host
    return "*" if host in _ANY else host, endpoint.port


def _find(host: str, place: int | str) -> MemoryServer | None:
    return _servers.get((host, place)) or _servers.get(("*", place))
