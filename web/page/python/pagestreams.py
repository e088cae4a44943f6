"""asyncio's own streams over the page's network: ``open_connection`` and ``start_server``.

A browser has no TCP sockets. With `carry`, the loop opens the streams that `purezmq` opens for its
sockets, so a program that speaks to a ØMQ socket byte by byte finds it at its endpoint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from purezmq import transport
from purezmq.errors import ZMQError
from purezmq.transport.endpoint import Endpoint, parse
from purezmq.transport.memory import MemoryServer
from purezmq.values import Values

Factory = Callable[[], asyncio.Protocol]


class Address:
    """The one thing that programs ask of a listening socket."""

    def __init__(self, endpoint: str) -> None:
        place = parse(endpoint)
        self._name = (place.host, place.port)

    def getsockname(self) -> tuple[str, int]:
        """Return host and port."""
        return self._name


class PageServer:
    """What `asyncio.start_server` returns."""

    def __init__(self, loop: asyncio.AbstractEventLoop, server: MemoryServer) -> None:
        self.sockets = (Address(server.endpoint),)
        self._loop = loop
        self._server = server
        self._serving = True

    def close(self) -> None:
        """Accept no more connections."""
        self._serving = False
        self._server.close()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop that it was made in."""
        return self._loop

    def is_serving(self) -> bool:
        """Return whether it accepts connections."""
        return self._serving

    async def wait_closed(self) -> None:
        """Return at once: closing takes no time here."""


def carry(loop: asyncio.AbstractEventLoop) -> None:
    """Let a loop open streams and listen for them, over the network that `purezmq` uses."""

    async def create_connection(
        factory: Factory, host: str, port: int, **_: Any
    ) -> tuple[asyncio.BaseTransport, asyncio.Protocol]:
        protocol = factory()
        made: list[asyncio.BaseTransport] = []
        begin = protocol.connection_made

        def connection_made(stream: asyncio.BaseTransport) -> None:
            made.append(stream)
            begin(stream)

        protocol.connection_made = connection_made  # type: ignore[method-assign, assignment]
        place = Endpoint("tcp", host, int(port))
        await transport.network().connect(loop, place, Values(), lambda: protocol)
        return made[0], protocol

    async def create_server(factory: Factory, host: str, port: int, **_: Any) -> PageServer:
        try:
            server = transport.network().listen(Endpoint("tcp", host, int(port)), Values())
        except ZMQError as error:
            raise OSError(error.errno, str(error)) from None
        server.start(loop, factory)
        return PageServer(loop, server)

    loop.create_connection = create_connection  # type: ignore[method-assign, assignment]
    loop.create_server = create_server  # type: ignore[method-assign, assignment]
