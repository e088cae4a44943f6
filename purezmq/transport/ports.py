"""tcp and ipc endpoints between processes that have a port to each other, and no network.

A port carries messages of bytes both ways, in order and without loss: a browser's MessagePort
between two workers, a pipe, a queue. `add` takes one; from then on what is bound at its other end
can be connected to from here, and the other way round. What is bound in this process is found
first, as `memory` does.

Over a port run as many streams as there are connections. Each message is one octet that says what
it is, four for the stream's number, and the rest:

    OPEN    address     from the end that connects: who listens there?
    TAKEN               from the end that accepts
    REFUSED             nobody listens there
    DATA    octets
    ROOM    4 octets    so many octets were read: as many more may be sent
    CLOSE               nothing more will come; what was sent before is still read

The end that made the stream's number is part of it: numbers are odd for streams that the receiver
of a message has opened.
"""

import itertools
import struct
from asyncio import AbstractEventLoop, Future, Protocol, Transport, get_running_loop
from collections.abc import Callable
from enum import IntEnum
from typing import Protocol as Contract

from purezmq import transport
from purezmq.compat.constants import Errno
from purezmq.errors import ZMQError
from purezmq.transport import memory
from purezmq.transport.endpoint import Endpoint, parse, tcp
from purezmq.transport.memory import HIGH_WATER, Factory
from purezmq.values import Values

listen = memory.listen

_HEAD = struct.Struct(">BI")
_COUNT = struct.Struct(">I")


class Kind(IntEnum):
    """What a message is."""

    OPEN = 1
    TAKEN = 2
    REFUSED = 3
    DATA = 4
    ROOM = 5
    CLOSE = 6


class Port(Contract):
    """What a program gives: a way to post bytes, and a place for the callback."""

    on_message: Callable[[bytes], None]
    """Set by `add`; the program calls it with each message that comes, in the loop's thread."""

    def post(self, message: bytes) -> None:
        """Send a message to the other end."""


class PortTransport(Transport):
    """One end of a stream over a port."""

    takes_buffers = False

    def __init__(
        self,
        loop: AbstractEventLoop,
        post: Callable[[Kind, bytes], None],
        ended: Callable[[], None],
    ) -> None:
        super().__init__()
        self._loop = loop
        self._post = post
        self._ended = ended
        self._protocol: Protocol | None = None
        self._unread = bytearray()
        self._unsent = bytearray()
        self._room = HIGH_WATER  # octets that the other end still takes
        self._reading = True
        self._scheduled = False
        self._paused = False  # our protocol was asked to pause
        self._closing = False  # closed here
        self._closed = False  # closed there
        self._lost = False

    def begin(self, protocol: Protocol) -> None:
        """Give the stream its protocol."""
        self._protocol = protocol
        protocol.connection_made(self)
        self._schedule()

    # Our protocol's calls

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes, as far as the other end has room."""
        if self._closing or self._lost:
            return
        self._unsent += data
        self._send()
        if self._unsent and not self._paused and self._protocol is not None:
            self._paused = True
            self._protocol.pause_writing()

    def _send(self) -> None:
        while self._unsent and self._room:
            piece = bytes(self._unsent[: self._room])
            del self._unsent[: len(piece)]
            self._room -= len(piece)
            self._post(Kind.DATA, piece)
        if self._closing and not self._unsent:
            self._schedule()

    def pause_reading(self) -> None:
        """Leave what comes unread."""
        self._reading = False

    def resume_reading(self) -> None:
        """Read on."""
        self._reading = True
        self._schedule()

    def is_closing(self) -> bool:
        """Return whether `close` was called here."""
        return self._closing

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Keep the limit that there is."""

    def can_write_eof(self) -> bool:
        """Return False: a stream is closed both ways."""
        return False

    def close(self) -> None:
        """End the stream when all was sent; the other end still reads it."""
        self._closing = True
        if self._protocol is None:
            self._end()
        else:
            self._send()

    def abort(self) -> None:
        """End the stream now."""
        self._unsent.clear()
        self.close()

    # The port's calls

    def data(self, octets: bytes) -> None:
        """Accept what the other end sent."""
        self._unread += octets
        self._schedule()

    def more_room(self, octets: int) -> None:
        """Send on: the other end has read."""
        self._room += octets
        self._send()
        if self._paused and not self._unsent and not self._lost and self._protocol is not None:
            self._paused = False
            self._protocol.resume_writing()

    def closed(self) -> None:
        """Handle the end of what the other end sends."""
        self._closed = True
        self._schedule()

    def _schedule(self) -> None:
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
            self._post(Kind.ROOM, _COUNT.pack(len(data)))
            protocol.data_received(data)
        sent = self._closing and not self._unsent
        if sent or (self._closed and not self._unread):
            self._end()
            protocol.connection_lost(None)

    def _end(self) -> None:
        self._lost = True
        self._closing = True
        self._post(Kind.CLOSE, b"")
        self._ended()


class Line:
    """All streams over one port."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._numbers = itertools.count(1)
        # Streams by number, those that we opened and those that the other end opened apart.
        self._ours: dict[int, PortTransport] = {}
        self._theirs: dict[int, PortTransport] = {}
        self._asked: dict[int, Future[bool]] = {}
        port.on_message = self.take

    def _stream(
        self, loop: AbstractEventLoop, number: int, streams: dict[int, PortTransport], odd: int
    ) -> PortTransport:
        def post(kind: Kind, rest: bytes) -> None:
            self._post(kind, number * 2 + odd, rest)

        def ended() -> None:
            streams.pop(number, None)

        stream = PortTransport(loop, post, ended)
        streams[number] = stream
        return stream

    def _post(self, kind: Kind, number: int, rest: bytes = b"") -> None:
        self._port.post(_HEAD.pack(kind, number) + rest)

    async def connect(self, loop: AbstractEventLoop, text: str, factory: Factory) -> bool:
        """Ask the other end for a stream to an endpoint; return whether anybody listens there."""
        number = next(self._numbers)
        answer: Future[bool] = loop.create_future()
        self._asked[number] = answer
        self._post(Kind.OPEN, number * 2, text.encode())
        try:
            if not await answer:
                return False
        finally:
            del self._asked[number]
        protocol = factory()
        assert isinstance(protocol, Protocol)
        self._ours[number].begin(protocol)
        return True

    def take(self, message: bytes) -> None:
        """Handle a message that came over the port."""
        kind, numbered = _HEAD.unpack_from(message)
        rest = message[_HEAD.size :]
        number = numbered // 2
        ours = bool(numbered % 2)
        if kind == Kind.OPEN:
            self._accept(number, rest.decode())
        elif kind in (Kind.TAKEN, Kind.REFUSED):
            self._answered(number, kind == Kind.TAKEN)
        else:
            stream = (self._ours if ours else self._theirs).get(number)
            if stream is not None:  # else it has ended here meanwhile
                self._pass_on(stream, kind, rest)

    def _pass_on(self, stream: PortTransport, kind: int, rest: bytes) -> None:
        if kind == Kind.DATA:
            stream.data(rest)
        elif kind == Kind.ROOM:
            stream.more_room(*_COUNT.unpack(rest))
        else:
            stream.closed()

    def _accept(self, number: int, text: str) -> None:
        try:
            server = memory.find(parse(text))
        except ZMQError:  # no endpoint of ours
            server = None
        if server is None:
            self._post(Kind.REFUSED, number * 2 + 1)
            return
        self._post(Kind.TAKEN, number * 2 + 1)
        server.take(self._stream(get_running_loop(), number, self._theirs, odd=1))

    def _answered(self, number: int, taken: bool) -> None:
        answer = self._asked.get(number)
        if answer is not None and not answer.done():
            if taken:  # its data may follow at once
                self._stream(answer.get_loop(), number, self._ours, odd=0)
            answer.set_result(taken)
        elif taken:  # the attempt was cancelled
            self._post(Kind.CLOSE, number * 2)


def _bound_here(endpoint: Endpoint) -> bool:
    return memory.find(endpoint) is not None


_lines: list[Line] = []


def add(port: Port) -> None:
    """Reach what is bound at the other end of a port, and be reached from there."""
    _lines.append(Line(port))
    transport.use("ports")


async def connect(
    loop: AbstractEventLoop, endpoint: Endpoint, options: Values, factory: Factory
) -> None:
    """Connect once.

    Raises
    ------
    ConnectionRefusedError
        Nobody listens there, in this process or at the other end of a port.
    """
    if _bound_here(endpoint):
        await memory.connect(loop, endpoint, options, factory)
        return
    text = f"ipc://{endpoint.path}"
    if endpoint.scheme == "tcp":
        text = tcp(endpoint.host, endpoint.port)
    for line in _lines:
        if await line.connect(loop, text, factory):
            return
    raise ConnectionRefusedError(Errno.ECONNREFUSED, "Connection refused")
