"""A proxy: everything from one side to the other, both ways."""

from asyncio import FIRST_COMPLETED, CancelledError, create_task
from asyncio import wait as wait_for_tasks
from collections.abc import Awaitable
from contextlib import suppress
from typing import Protocol

from purezmq.compat.constants import Flag, SocketType
from purezmq.errors import Again

_ONLY_SEND = {SocketType.PUB, SocketType.PUSH}
_ONLY_RECEIVE = {SocketType.SUB, SocketType.PULL}


class Side(Protocol):
    """A socket."""

    @property
    def type(self) -> SocketType:
        """Its type."""

    def recv_multipart(self) -> Awaitable[list[bytes]]:
        """Receive a message."""

    def send_multipart(self, msg_parts: list[bytes], flags: int = 0) -> Awaitable[object]:
        """Send a message."""


async def proxy(frontend: Side, backend: Side, capture: Side | None = None) -> None:
    """Pass messages on between two sockets until cancelled.

    It ends whole: when one way ends, by an error or because a socket was closed, so does the other.

    Parameters
    ----------
    frontend, backend : Socket
        The two sides; the same socket twice sends back what it gets.
    capture : Socket, optional
        Gets a copy of every message, if it can take it.
    """
    ways = {(frontend, backend), (backend, frontend)}  # one, if both are the same
    tasks = [
        create_task(_pass_on(source, target, capture))
        for source, target in ways
        if source.type not in _ONLY_SEND and target.type not in _ONLY_RECEIVE
    ]
    if not tasks:
        return
    try:
        await wait_for_tasks(tasks, return_when=FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await wait_for_tasks(tasks)
    errors = [task.exception() for task in tasks if not task.cancelled()]
    for error in errors:
        if error is not None:
            raise error
    raise CancelledError


async def _pass_on(source: Side, target: Side, capture: Side | None) -> None:
    while True:
        message = await source.recv_multipart()
        if capture is not None:
            # libzmq's capture socket would hold the proxy up; one that watches should not.
            with suppress(Again):
                await capture.send_multipart(message, Flag.DONTWAIT)
        await target.send_multipart(message)
