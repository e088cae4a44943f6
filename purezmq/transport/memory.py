"""tcp and ipc endpoints without a network: byte streams between sockets of one process.

The bytes are the same as on a wire, greeting and all, so that a page in a browser can show them.
What is bound here nobody outside this process can reach; `ports` lets other processes in.
"""

import itertools
from asyncio import AbstractEventLoop, BaseProtocol, Protocol, Transport
from collections.abc import Callable
from typing import Protocol as Contract

from purezmq.compat.constants import Errno
from purezmq.errors import ZMQError
from purezmq.transport.endpoint import Endpoint, tcp
from purezmq.values import Values

HIGH_WATER = 1 << 16
"""A stream with this much unread asks its writer to pause, as the kernel's buffers do."""

Factory = Callable[[], BaseProtocol]
Address = tuple[str, int | str]

_ANY = {"*", "0.0.0.0", "::"}
_FIRST, _LAST = 49152, 65535
_free_ports = itertools.cycle(range(_FIRST, _LAST + 1))
_free_paths = itertools.count(1)


def hand_out_from(place: int) -> None:
    """Bind to other free ports and paths than another process does, which has another place.

    Processes that reach each other over ports of `ports` share what is bound, and no kernel gives
    each its own.
    """
    global _free_ports, _free_paths
    first = _FIRST + place % (_LAST - _FIRST)
    _free_ports = itertools.cycle([*range(first, _LAST + 1), *range(_FIRST, first)])
    _free_paths = itertools.count(place)


class Acceptable(Contract):
    """An accepted stream, before it has a protocol."""

    def begin(self, protocol: Protocol) -> None:
        """Give it its protocol."""

    def close(self) -> None:
        """Close it."""


class MemoryServer:
    """Listens at an address of this process."""

    fd = 0

    def __init__(self, address: Address, endpoint: str) -> None:
        self.endpoint = endpoint
        self._address = address
        self._factory: Factory | None = None
        self._waiting: list[Acceptable] = []
        _servers[address] = self

    def start(self, loop: AbstractEventLoop, factory: Factory) -> None:
        """Accept peers, beginning with those that came before."""
        self._factory = factory
        while self._waiting:
            self.take(self._waiting.pop(0))

    def take(self, stream: Acceptable) -> None:
        """Accept a peer by our end of its stream."""
        if self._factory is None:
            self._waiting.append(stream)
            return
        protocol = self._factory()
        assert isinstance(protocol, Protocol)
        stream.begin(protocol)

    def close(self) -> None:
        """Accept no more, and release the address."""
        _servers.pop(self._address, None)
        while self._waiting:
            self._waiting.pop().close()


_servers: dict[Address, MemoryServer] = {}


class MemoryTransport(Transport):
    """One end of a stream; what is written here is read at the other."""

    takes_buffers = False
    peer: "MemoryTransport"

    def __init__(self, loop: AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._protocol: Protocol | None = None
        self._unread = bytearray()
        self._reading = True
        self._scheduled = False
        self._closing = False
        self._lost = False

    def begin(self, protocol: Protocol) -> None:
        """Give the stream its protocol."""
        self._protocol = protocol
        protocol.connection_made(self)
        self.schedule()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write bytes to the other end."""
        if not self._closing and self.peer.fill(data) and self._protocol is not None:
            self._protocol.pause_writing()

    def fill(self, data: bytes | bytearray | memoryview) -> bool:
        """Accept bytes from the other end; return whether it should pause."""
        if self._lost:
            return False
        self._unread += data
        self.schedule()
        return len(self._unread) > HIGH_WATER

    def pause_reading(self) -> None:
        """Leave what comes unread."""
        self._reading = False

    def resume_reading(self) -> None:
        """Read on."""
        self._reading = True
        self.schedule()

    def is_closing(self) -> bool:
        """Return whether `close` was called here."""
        return self._closing

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Keep the limit that there is."""

    def can_write_eof(self) -> bool:
        """Return False: a stream is closed both ways."""
        return False

    def close(self) -> None:
        """End the stream; the other end still reads what was written before."""
        self._closing = True
        self.schedule()
        self.peer.schedule()

    abort = close

    def emptied(self) -> None:
        """Resume our protocol's writing: the other end has read."""
        if not self._closing and self._protocol is not None:
            self._protocol.resume_writing()

    def schedule(self) -> None:
        """Read, or end, in the loop's next turn."""
        if not self._scheduled and self._protocol is not None:
            self._scheduled = True
            self._loop.call_soon(self._run, self._protocol)

    def _run(self, protocol: Protocol) -> None:
        self._scheduled = False
        if self._lost:
            return
        if self._unread and self._reading and not self._closing:
            data = bytes(self._unread)
            self._unread.clear()
            protocol.data_received(data)
            if len(data) > HIGH_WATER:
                self.peer.emptied()
        if self._closing or (self.peer.is_closing() and not self._unread):
            self._lost = True
            self._closing = True
            protocol.connection_lost(None)
            self.peer.schedule()


def listen(endpoint: Endpoint, options: Values) -> MemoryServer:
    """Bind and listen.

    Raises
    ------
    ZMQError
        EADDRINUSE.
    """
    host, place = _address(endpoint)
    if endpoint.scheme == "tcp":
        place = place or next(port for port in _free_ports if not _at(host, port))
        text = tcp("0.0.0.0" if host == "*" else host, int(place))
    else:
        place = f"purezmq-{next(_free_paths)}" if place == "*" else place
        text = f"ipc://{place}"
    if _at(host, place):
        raise ZMQError(Errno.EADDRINUSE)
    return MemoryServer((host, place), text)


async def connect(
    loop: AbstractEventLoop, endpoint: Endpoint, options: Values, factory: Factory
) -> None:
    """Connect once.

    Raises
    ------
    ConnectionRefusedError
        Nobody listens there in this process.
    """
    server = find(endpoint)
    if server is None:
        raise ConnectionRefusedError(Errno.ECONNREFUSED, "Connection refused")
    ours = MemoryTransport(loop)
    theirs = MemoryTransport(loop)
    ours.peer = theirs
    theirs.peer = ours
    protocol = factory()
    assert isinstance(protocol, Protocol)
    ours.begin(protocol)
    server.take(theirs)


def find(endpoint: Endpoint) -> MemoryServer | None:
    """Return who listens at an endpoint, if anybody does."""
    return _at(*_address(endpoint))


def _address(endpoint: Endpoint) -> Address:
    if endpoint.scheme == "ipc":
        return "ipc", endpoint.path
    host = "127.0.0.1" if endpoint.host == "localhost" else endpoint.host
    return "*" if host in _ANY else host, endpoint.port


def _at(host: str, place: int | str) -> MemoryServer | None:
    return _servers.get((host, place)) or _servers.get(("*", place))
