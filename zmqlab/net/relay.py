"""Faults on purpose: a relay that drops, delays, cuts or goes dead between two ØMQ peers.

A program is killed, frozen and thawed by its own methods (`zmqlab.run.programs.Program`); the
network between two programs is broken here. What must stay true: the greeting and the commands of
ZMTP pass at once and whole, so that peers understand each other however much is dropped; a message
is dropped whole or not at all; in each direction messages keep their order. What a relay drops, tcp
itself never would: it stands for whatever lies between two programs and may lose a message, such as
a switch that was killed or a queue that was full.

Mechanisms NULL and PLAIN. (CURVE hides which frames belong to one message.)
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from purezmq.errors import RemoteProtocolError
from purezmq.wire import frame, greeting
from zmqlab.net.wiretap import (
    CHUNK,
    Between,
    Way,
    WiretapError,
    open_place,
)
from zmqlab.words.language import Text

State = Literal["open", "half-open", "refusing"]
WAYS: tuple[Way, Way] = ("→", "←")

TCP_ONLY = Text(
    en="{!r}: a relay works between tcp endpoints",
    ko="{!r}: 중계기는 tcp 엔드포인트 사이에서만 쓸 수 있습니다",
)


class Splitter:
    """Cuts one direction of a connection into what is passed on as a whole.

    Attributes
    ----------
    readable : bool
        False once the octets made no sense; from there on all passes as it comes.
    """

    def __init__(self) -> None:
        self.readable = True
        self._greeting = greeting.SIZE
        self._buffer = bytearray()
        self._frames: list[bytes] = []
        self._message = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, list[bytes] | None]]:
        """Take octets; give pieces with the frames of the message, None if it is no message.

        Parameters
        ----------
        data : bytes
            A chunk of any size.

        Yields
        ------
        tuple of bytes, list of bytes or None
        """
        if self._greeting:  # octet by octet: each side waits for the other's first ones
            first, data = data[: self._greeting], data[self._greeting :]
            self._greeting -= len(first)
            yield first, None
        self._buffer += data
        while self._buffer and self.readable:
            try:
                header = frame.read_header(bytes(self._buffer[: frame.LONG_HEADER]))
            except RemoteProtocolError:
                self.readable = False
                break
            if header is None or len(self._buffer) < header.length + header.size:
                return
            whole = bytes(self._buffer[: header.length + header.size])
            del self._buffer[: len(whole)]
            if header.flags & frame.COMMAND:
                yield whole, None
                continue
            self._message += whole
            self._frames.append(whole[header.length :])
            if not header.flags & frame.MORE:
                message, frames = bytes(self._message), self._frames
                self._message.clear()
                self._frames = []
                yield message, frames
        if not self.readable and self._buffer:
            rest = bytes(self._message + self._buffer)
            self._message.clear()
            self._buffer.clear()
            yield rest, None


@dataclass(eq=False)
class _Connection:
    near: asyncio.StreamWriter
    far: asyncio.StreamWriter

    def abort(self) -> None:
        self.near.transport.abort()
        self.far.transport.abort()


class Relay(Between):
    """A piece of bad network, for tcp: whoever connects to it talks to the peer behind it.

    All settings may be changed while it runs.

    Parameters
    ----------
    connect : str
        The peer behind it: ``tcp://127.0.0.1:5555``.
    listen : str, optional
        Where it listens; any free port by default.
    drop : float, mapping or callable, optional
        Of how many messages it loses one: 0.2 for one in five at random; one number for each
        direction as ``{"→": 0.2, "←": 0}`` (``→`` from the side that connects); or a function of a
        message's frames that says whether this one is lost.
    delay : float or (float, float), optional
        Seconds that each message takes, or at least and at most. None overtakes another.
    seed : int, optional
        Of its dice: the same seed drops the same messages, counted in each direction.

    Attributes
    ----------
    endpoint : str
        Where it listens, with the real port; there once it is entered.
    passed, dropped : dict of str to int
        Messages of each direction that went through, and that were lost here.
    connections : int
        How many are open now.

    Examples
    --------
    >>> async with Relay(server.endpoints[0], drop=0.2, delay=(0.0, 0.05)) as relay:
    ...     client.connect(relay.endpoint)
    """

    def __init__(
        self,
        connect: str,
        listen: str = "tcp://127.0.0.1:*",
        *,
        drop: float | Mapping[Way, float] | Callable[[list[bytes]], bool] = 0.0,
        delay: float | tuple[float, float] = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__(connect, listen)
        for place in (self._listen, self._connect):
            if place.path:
                raise WiretapError(TCP_ONLY.format(place.endpoint))
        self.drop = drop
        self.delay = delay
        self.passed: dict[Way, int] = dict.fromkeys(WAYS, 0)
        self.dropped: dict[Way, int] = dict.fromkeys(WAYS, 0)
        self._dice = {way: random.Random(f"{seed}{way}") for way in WAYS}
        self._state: State = "open"
        self._flows = asyncio.Event()
        self._flows.set()
        self._connections: set[_Connection] = set()

    async def until(self, test: Callable[[Relay], bool], limit: float = 10.0) -> None:
        """Wait until something holds: ``lambda relay: relay.dropped["→"] >= 5``.

        Parameters
        ----------
        test : callable
            Asked of the relay now, and whenever a message or a connection came.
        limit : float, optional
            Seconds.

        Raises
        ------
        TimeoutError
            If it does not come to hold.
        """
        async with asyncio.timeout(limit):
            while not test(self):
                self._happened.clear()
                await self._happened.wait()

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        return len(self._connections)

    def cut(self, *, refuse: bool = False) -> None:
        """Break all connections at once; both peers see it.

        Parameters
        ----------
        refuse : bool, optional
            Break new ones, too, until `mend`. Else peers may connect again at once.
        """
        self._state = "refusing" if refuse else "open"
        self._flows.set()
        for one in list(self._connections):
            one.abort()

    def go_half_open(self) -> None:
        """Pass nothing on, and break nothing: neither peer sees that the other can't be reached.

        So it looks when a machine loses its power or a firewall forgets a connection. New
        connections are accepted, and dead as well.
        """
        self._state = "half-open"
        self._flows.clear()

    def mend(self) -> None:
        """End what `go_half_open` or ``cut(refuse=True)`` began; what was held back comes now."""
        self._state = "open"
        self._flows.set()

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._start(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._state == "refusing":
                raise ConnectionResetError
            far_reader, far_writer = await open_place(self._connect)
        except OSError:
            writer.transport.abort()  # nobody is behind: so it shall look in front
            return
        except BaseException:
            writer.transport.abort()
            raise
        connection = _Connection(writer, far_writer)
        self._connections.add(connection)
        self._happened.set()
        pumps = [
            asyncio.create_task(self._pump("→", reader, far_writer)),
            asyncio.create_task(self._pump("←", far_reader, writer)),
        ]
        try:
            # One side that ends, ends both: ØMQ never closes one direction alone.
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._connections.discard(connection)
            self._happened.set()
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            connection.abort()

    async def _pump(
        self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Read at once, write when it is time: the line between the two keeps the order."""
        loop = asyncio.get_running_loop()
        line: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()

        async def write() -> None:
            while (due := await line.get()) is not None:
                await asyncio.sleep(due[0] - loop.time())
                await self._flows.wait()
                writer.write(due[1])
                await writer.drain()

        writing = asyncio.create_task(write())
        splitter = Splitter()
        try:
            with contextlib.suppress(ConnectionError):
                while data := await reader.read(CHUNK):
                    for octets, message in splitter.feed(data):
                        self._happened.set()
                        if message is None:
                            line.put_nowait((0.0, octets))
                        elif self._loses(way, message):
                            self.dropped[way] += 1
                        else:
                            self.passed[way] += 1
                            line.put_nowait((loop.time() + self._takes(way), octets))
                line.put_nowait(None)
                await writing
        finally:
            writing.cancel()

    def _loses(self, way: Way, message: list[bytes]) -> bool:
        if callable(self.drop):
            return self.drop(message)
        part = self.drop.get(way, 0.0) if isinstance(self.drop, Mapping) else self.drop
        return self._dice[way].random() < part

    def _takes(self, way: Way) -> float:
        if isinstance(self.delay, tuple):
            return self._dice[way].uniform(*self.delay)
        return self.delay


async def at_random(
    faults: Mapping[str, Callable[[], Awaitable[object]]],
    count: int,
    *,
    seed: int = 0,
    pause: tuple[float, float] = (0.0, 0.2),
    still: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Let faults happen one after the other, at moments and in an order that dice decide.

    Parameters
    ----------
    faults : mapping
        By their names what does them, the repair included: ``{"kill the switch": ...}``.
    count : int
        How many.
    seed : int, optional
        Of the dice.
    pause : (float, float), optional
        Seconds from one repair to the next fault, at least and at most.
    still : callable, optional
        Asked before each fault; when it says False, no more come.

    Returns
    -------
    list of str
        Those that happened, in order.
    """
    dice = random.Random(seed)
    happened: list[str] = []
    names = sorted(faults)
    while len(happened) < count:
        await asyncio.sleep(dice.uniform(*pause))
        name = dice.choice(names)
        if not still():
            break
        await faults[name]()
        happened.append(name)
    return happened
