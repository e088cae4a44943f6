"""A wiretap: a proxy between two ØMQ peers that tells what passes, octet by octet understood.

One side listens, the other connects; whoever connects to the listening side talks to the peer
behind the wiretap. What must stay true: every octet goes on unchanged and at once, before it is
read here and whether or not it can be read; an end, too, is passed on. Each connection has a
number, each direction a `zmqlab.net.octets.Reader`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import stat
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal, Self

from zmqlab.net.octets import Octets, Piece, Reader, heading
from zmqlab.words.language import Language, Text

Way = Literal["→", "←"]

CHUNK = 64 * 1024
"""Octets that are passed on at a time."""
REMEMBERED = 10_000
"""Happenings that a wiretap keeps."""

_LISTENS = Text(
    en="listening at {}, passing on to {}; Ctrl-C ends",
    ko="{}에서 기다리고 {}에 전달합니다. 끝내려면 Ctrl-C",
)
_OPENED = Text(en="opened", ko="연결됨")
_CLOSED = {
    "→": Text(en="closed by the connecting side", ko="연결한 쪽에서 닫음"),
    "←": Text(en="closed by the listening side", ko="기다리던 쪽에서 닫음"),
}
_REFUSED = Text(
    en="closed: cannot connect to {}: {} (told once)",
    ko="닫음: {}에 연결할 수 없음: {} (한 번만 알림)",
)
_PASSED_ON = Text(en="; passed on as it is", ko="; 읽지 않고 그대로 전달")
_ENDED = Text(en="ended, {} connections", ko="끝, 연결 {}개")
_ENDED_ONE = Text(en="ended, 1 connection", ko="끝, 연결 1개")

_NO_ENDPOINT = Text(
    en="{!r} is no endpoint: tcp://HOST:PORT or ipc://PATH is needed",
    ko="{!r}: 엔드포인트가 아닙니다. tcp://호스트:포트 또는 ipc://경로 형식이어야 합니다",
)
_NO_PORT = Text(
    en="{!r}: the port must be a number from {} to 65535",
    ko="{!r}: 포트는 {}에서 65535 사이의 수여야 합니다",
)
_NO_WILDCARD = Text(
    en="{!r}: to connect, a host and a port are needed, not *",
    ko="{!r}: 연결하려면 * 대신 호스트와 포트가 필요합니다",
)
_SAME = Text(
    en="both sides are {}: a wiretap stands between two endpoints",
    ko="양쪽이 모두 {}입니다. 와이어탭은 서로 다른 두 엔드포인트 사이에 있어야 합니다",
)
_CANNOT_LISTEN = Text(en="cannot listen at {}: {}", ko="{}에서 기다릴 수 없습니다: {}")
_IN_USE = Text(en="somebody listens there", ko="다른 프로그램이 쓰고 있습니다")


class WiretapError(ValueError):
    """An endpoint that cannot be used.

    Parameters
    ----------
    told : Text
        What is wrong with it, in a line.
    """

    def __init__(self, told: Text) -> None:
        super().__init__(told.en)
        self.told = told


@dataclass(frozen=True, slots=True)
class Passed:
    """Something that happened on a connection.

    Parameters
    ----------
    time : float
        Seconds since the first connection came.
    connection : int
        Its number, from 1.
    way : str
        ``→`` from the side that connects to the one that listens, ``←`` back; empty if neither.
    piece : Piece, optional
        What passed; None when a connection began or ended.
    told : Text
        The same in a line.
    """

    time: float
    connection: int
    way: Way | Literal[""]
    piece: Piece | None
    told: Text

    def line(self, language: Language) -> str:
        """Time, connection, direction and what it was."""
        way = f" {self.way} " if self.way else "   "
        return f"{self.time:10.4f} s  #{self.connection}{way}{self.told[language]}"


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint, read: a host and a port, or the path of a socket file."""

    endpoint: str
    host: str = ""
    port: int = 0
    path: str = ""


def read_endpoint(endpoint: str, *, listen: bool) -> Place:
    """Read an endpoint that a proxy listens at or connects to; `WiretapError` if it can't."""
    scheme, separator, rest = endpoint.partition("://")
    if scheme == "ipc" and separator and rest.lstrip("@") and rest != "*" and "\0" not in rest:
        # libzmq's way to write a name without a file, on Linux.
        return Place(endpoint, path="\0" + rest[1:] if rest[0] == "@" else rest)
    address = re.fullmatch(r"(\[[^\[\]]+\]|[^\[\]:;/\s\0]+):([^:]*)", rest)
    if scheme != "tcp" or not separator or not address:
        raise WiretapError(_NO_ENDPOINT.format(endpoint))
    host, port = address[1].strip("[]"), address[2]
    if not listen and "*" in (host, port):
        raise WiretapError(_NO_WILDCARD.format(endpoint))
    if port == "*":
        port = "0"
    least = 0 if listen else 1
    if not port.isascii() or not port.isdecimal() or not least <= int(port) <= 65535:
        raise WiretapError(_NO_PORT.format(endpoint, least))
    return Place(endpoint, "0.0.0.0" if host == "*" else host, int(port))


class Between:
    """What listens at one endpoint and connects to another, as long as its block runs.

    Parameters
    ----------
    connect, listen : str
        Where the one who binds is to be found, and where the ones who connect come.

    Attributes
    ----------
    endpoint : str
        Where it listens, with the real port once it does.

    Raises
    ------
    WiretapError
        If an endpoint cannot be understood; on entering, if it cannot be listened at.
    """

    def __init__(self, connect: str, listen: str) -> None:
        self._listen = read_endpoint(listen, listen=True)
        self._connect = read_endpoint(connect, listen=False)
        self.endpoint = listen
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._happened = asyncio.Event()

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    def _start(self, serving: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(serving)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def __aenter__(self) -> Self:
        self._server, self.endpoint = await listen_at(self._listen, self._came)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        path = self._listen.path
        if path and path[0] != "\0":
            with contextlib.suppress(OSError):  # newer Pythons remove it themselves
                if stat.S_ISSOCK(os.stat(path).st_mode):
                    os.unlink(path)


class Wiretap(Between):
    """A proxy for tcp and ipc that reads along.

    Parameters
    ----------
    listen : str
        Where it listens: ``tcp://127.0.0.1:5555``, ``tcp://127.0.0.1:*`` for any free port,
        ``ipc:///tmp/some.socket``.
    connect : str
        The peer to which everything is passed on.
    tell : callable, optional
        Called with each `Passed` when it happens.

    Attributes
    ----------
    endpoint : str
        Where it listens, with the real port.
    passed : deque of Passed
        What happened, in order; the last 10,000.
    connections : int
        How many there were.

    Raises
    ------
    WiretapError
        If an endpoint cannot be understood; on entering, if it cannot be listened at.

    Examples
    --------
    >>> async with Wiretap("tcp://127.0.0.1:*", server.last_endpoint.decode()) as tap:
    ...     client.connect(tap.endpoint)
    ...     await client.send(b"hello")
    ...     await tap.until(lambda one: one.piece is not None and one.piece.kind == "frame")
    >>> tap.octets("→")
    """

    def __init__(
        self, listen: str, connect: str, tell: Callable[[Passed], None] | None = None
    ) -> None:
        super().__init__(connect, listen)
        if listen == connect:
            raise WiretapError(_SAME.format(listen))
        self.passed: deque[Passed] = deque(maxlen=REMEMBERED)
        self.connections = 0
        self._tell = tell
        self._began = 0.0
        self._refused = False  # the last attempt to connect failed, and that was told

    async def until(self, test: Callable[[Passed], bool], limit: float = 10.0) -> Passed:
        """Wait for something to pass; what passed already counts.

        Parameters
        ----------
        test : callable
            Says of a `Passed` whether it is the one.
        limit : float, optional
            Seconds to wait at most.

        Returns
        -------
        Passed

        Raises
        ------
        TimeoutError
            If it does not come.
        """
        async with asyncio.timeout(limit):
            while True:
                for one in self.passed:
                    if test(one):
                        return one
                self._happened.clear()
                await self._happened.wait()

    def octets(self, way: Way, connection: int = 1) -> Octets:
        """Draw what passed in one direction of a connection.

        Parameters
        ----------
        way : {"→", "←"}
            From the side that connects, or back.
        connection : int, optional
            Its number.

        Returns
        -------
        Octets
        """
        return Octets(
            one.piece
            for one in self.passed
            if one.piece is not None and one.way == way and one.connection == connection
        )

    def _note(
        self, connection: int, way: Way | Literal[""], told: Text, piece: Piece | None = None
    ) -> None:
        passed = Passed(time.monotonic() - self._began, connection, way, piece, told)
        self.passed.append(passed)
        self._happened.set()
        if self._tell is not None:
            self._tell(passed)

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._began = self._began or time.monotonic()
        self._start(self._serve(self.connections, reader, writer))

    async def _serve(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            far_reader, far_writer = await open_place(self._connect)
        except OSError as error:
            writer.transport.abort()
            if not self._refused:
                self._refused = True
                self._note(number, "", _REFUSED.format(self._connect.endpoint, _reason(error)))
            return
        except BaseException:
            writer.transport.abort()
            raise
        self._refused = False
        self._note(number, "", _OPENED)
        ended: list[Way] = []
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(number, "→", reader, far_writer, ended))
                both.create_task(self._pump(number, "←", far_reader, writer, ended))
        except* ConnectionError:
            # One side broke off; so it shall look on the other.
            writer.transport.abort()
            far_writer.transport.abort()
        finally:
            writer.close()
            far_writer.close()
            if ended:
                self._note(number, "", _CLOSED[ended[0]])

    async def _pump(
        self,
        number: int,
        way: Way,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ended: list[Way],
    ) -> None:
        octets = Reader()
        try:
            while data := await reader.read(CHUNK):
                writer.write(data)
                self._pieces(number, way, octets.feed(data))
                await writer.drain()
            ended.append(way)
            if writer.can_write_eof():
                writer.write_eof()
        except ConnectionError:
            ended.append(way)
            raise
        finally:
            rest = octets.rest()
            self._pieces(number, way, [rest] if rest else [])

    def _pieces(self, number: int, way: Way, pieces: list[Piece]) -> None:
        for piece in pieces:
            told = Text(heading(piece, "en"), heading(piece, "ko"))
            if piece.kind == "unread" and piece.told.en:
                told = Text(told.en + _PASSED_ON.en, told.ko + _PASSED_ON.ko)
            self._note(number, way, told, piece)


async def open_place(place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a place."""
    if place.path:
        return await asyncio.open_unix_connection(place.path)
    return await asyncio.open_connection(place.host, place.port)


async def listen_at(
    place: Place, came: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]
) -> tuple[asyncio.Server, str]:
    """Listen at a place; give the server, and the endpoint with the real port."""
    try:
        if place.path:
            if await _answers(place):
                raise WiretapError(_CANNOT_LISTEN.format(place.endpoint, _IN_USE))
            return await asyncio.start_unix_server(came, place.path), place.endpoint
        server = await asyncio.start_server(came, place.host, place.port)
    except OSError as error:
        raise WiretapError(_CANNOT_LISTEN.format(place.endpoint, _reason(error))) from None
    port = server.sockets[0].getsockname()[1]
    return server, f"{place.endpoint.rpartition(':')[0]}:{port}"


async def _answers(place: Place) -> bool:
    """Whether somebody listens at a socket file: binding there would take it from them."""
    try:
        _, writer = await open_place(place)
    except OSError:
        return False
    writer.close()
    return True


def _reason(error: OSError) -> str:
    """What went wrong, in the system's words."""
    if isinstance(error, UnicodeError) or not error.errno:
        return str(error)
    # asyncio wraps the words of the system in its own; only those are wanted.
    known = os.strerror(error.errno)
    return (error.strerror or str(error)) if known.startswith("Unknown") else known


def watch(listen: str, connect: str, language: Language) -> int:
    """Run a wiretap until Ctrl-C, and print what passes.

    Parameters
    ----------
    listen, connect : str
        As `Wiretap` takes them.
    language : {"en", "ko"}
        In which it speaks.

    Returns
    -------
    int
        0, or 2 after one line to standard error if an endpoint cannot be used.
    """
    try:
        with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(_watch(listen, connect, language))
    except WiretapError as error:
        print(f"wiretap: {error.told[language]}", file=sys.stderr)
        return 2
    return 0


async def _watch(listen: str, connect: str, language: Language) -> None:
    me = asyncio.current_task()
    assert me is not None
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)

    def say(words: str) -> None:
        try:
            print(words, flush=True)
        except BrokenPipeError:  # whoever read along has gone: `zmqlab wiretap ... | head`
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
            me.cancel()

    tap = Wiretap(listen, connect, lambda one: say(one.line(language)))
    async with tap:
        say(_LISTENS.format(tap.endpoint, connect)[language])
        with contextlib.suppress(asyncio.CancelledError):  # Ctrl-C
            await asyncio.Event().wait()
    say((_ENDED_ONE if tap.connections == 1 else _ENDED.format(tap.connections))[language])
