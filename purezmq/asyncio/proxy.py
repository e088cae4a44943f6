"""A proxy: everything from one side to the other, both ways."""

from asyncio import gather
from contextlib import suppress

from purezmq.asyncio.socket import Socket
from purezmq.constants import Flag, SocketType
from purezmq.errors import Again

_ONLY_SEND, _ONLY_RECEIVE = {SocketType.PUB, SocketType.PUSH}, {SocketType.SUB, SocketType.PULL}


async def proxy(frontend: Socket, backend: Socket, capture: Socket | None = None) -> None:
    """Pass messages on between two sockets until cancelled.

    Parameters
    ----------
    frontend, backend : Socket
        The two sides; the same socket twice sends back what it gets.
    capture : Socket, optional
        Gets a copy of every message, if it can take it.
    """
    ways = {(frontend, backend), (backend, frontend)}  # one, if both are the same
    able = [(a, b) for a, b in ways if a.type not in _ONLY_SEND and b.type not in _ONLY_RECEIVE]
    await gather(*(_pass_on(source, target, capture) for source, target in able))


async def _pass_on(source: Socket, target: Socket, capture: Socket | None) -> None:
    while True:
        message = await source.recv_multipart()
        if capture is not None:
            # libzmq's capture socket would hold the proxy up; one that watches should not.
            with suppress(Again):
                await capture.send_multipart(message, Flag.DONTWAIT)
        await target.send_multipart(message)
