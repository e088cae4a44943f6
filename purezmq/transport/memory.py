"""tcp and ipc endpoints without a network: byte streams between sockets of one process.

The bytes are the same as on a wire, greeting and all, so that a page in a browser can show them.
What is bound here nobody outside this process can reach.
"""

import itertools
from asyncio import AbstractEventLoop, BaseProtocol, Protocol, Transport
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from purezmq.constants import Errno
from purezmq.errors import ZMQError
from purezmq.transport.endpoint import Endpoint, tcp

# A stream with this much unread asks its writer to pause, as the kernel's buffers do.
_HIGH_WATER = 1 << 16

_ANY = {"*", "0.0.0.0", "::"}
_servers: dict[tuple[str, Any], "MemoryServer"] = {}
_free_ports = itertools.count(49152)
_free_paths = itertools.count(1)


class MemoryServer:
    """Who listens at an address of this process."""

    fd = 0

    def __init__(self, key: tuple[str, Any], endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = key
        self._loop: AbstractEventLoop | None = None
        self._factory: Callable[[], Any] | None = None
        self._waiting: deque[MemoryTransport] = deque()

    def start(self, loop: AbstractEventLoop, factory: Callable[[], BaseProtocol]) -> None:
        """Take in peers, beginning with those that came before."""
        self._loop, self._factory = loop, factory
        while self._waiting:
            self.take(self._waiting.popleft())

    def take(self, transport: "MemoryTransport") -> None:
        """Take in a peer: this is its stream's end on our side."""
        if self._loop is None or self._factory is None:
            self._waiting.append(transport)
        else:
            transport.begin(self._factory())

    def close(self) -> None:
        """Take in no more, and give the address back."""
        if _servers.get(self._key) is self:
            del _servers[self._key]
        while self._waiting:
            self._waiting.popleft().close()


class MemoryTransport(Transport):
    """One end of a stream; what is written here is read at the other."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._protocol: Any = None
        self._unread: deque[bytes] = deque()
        self._size = 0
        self._reading = True
        self._scheduled = False
        self._closing = False
        self._lost = False
        self.peer: MemoryTransport

    def begin(self, protocol: Any) -> None:
        """Give the stream to its protocol."""
        self._protocol = protocol
        protocol.connection_made(self)
        self._schedule()

    def write(self, data: Any) -> None:
        """Hand bytes to the other end."""
        peer = self.peer
        if self._closing or peer._lost or not data:
            return
        peer._unread.append(bytes(data))
        peer._size += len(data)
        if peer._size > _HIGH_WATER:
            self._protocol.pause_writing()
        peer._schedule()

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
        if not self._closing:
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
        protocol, peer = self._protocol, self.peer
        if self._lost:
            return
        if not self._closing and self._reading and self._unread:
            was_high = self._size > _HIGH_WATER
            data = b"".join(self._unread)
            self._unread.clear()
            self._size = 0
            protocol.data_received(data)
            if was_high and not peer._closing:
                peer._protocol.resume_writing()
        if self._closing or (peer._closing and not self._unread):
            self._lost = self._closing = True
            self._unread.clear()
            self._size = 0
            protocol.connection_lost(None)
            peer._schedule()


def listen(endpoint: Endpoint, options: Mapping[Any, Any]) -> MemoryServer:
    """Bind and listen.

    Raises
    ------
    ZMQError
        EADDRINUSE.
    """
    if endpoint.scheme == "tcp":
        host = _host(endpoint.host)
        port = endpoint.port
        while not port or (not endpoint.port and _find(host, port)):
            port = next(_free_ports)
        key: tuple[str, Any] = (host, port)
        text = tcp("0.0.0.0" if host == "*" else host, port)
        if _find(host, port):
            raise ZMQError(Errno.EADDRINUSE)
    else:
        path = f"purezmq-{next(_free_paths)}" if endpoint.path == "*" else endpoint.path
        key, text = ("ipc", path), f"ipc://{path}"
        if key in _servers:
            raise ZMQError(Errno.EADDRINUSE)
    server = _servers[key] = MemoryServer(key, text)
    return server


async def connect(
    loop: AbstractEventLoop,
    endpoint: Endpoint,
    options: Mapping[Any, Any],
    factory: Callable[[], Protocol],
) -> Protocol:
    """Connect once.

    Raises
    ------
    ConnectionRefusedError
        Nobody listens there in this process.
    """
    if endpoint.scheme == "tcp":
        server = _find(_host(endpoint.host), endpoint.port)
    else:
        server = _servers.get(("ipc", endpoint.path))
    if server is None:
        raise ConnectionRefusedError(Errno.ECONNREFUSED, "Connection refused")
    ours, theirs = MemoryTransport(loop), MemoryTransport(loop)
    ours.peer, theirs.peer = theirs, ours
    protocol = factory()
    ours.begin(protocol)
    server.take(theirs)
    return protocol


def _host(name: str) -> str:
    return "*" if name in _ANY else "127.0.0.1" if name == "localhost" else name


def _find(host: str, port: int) -> MemoryServer | None:
    return _servers.get((host, port)) or _servers.get(("*", port))
