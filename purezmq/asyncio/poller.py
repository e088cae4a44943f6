"""Waiting for several sockets at once."""

from asyncio import Future, get_running_loop
from collections.abc import Callable, Sequence
from typing import Any

from purezmq.asyncio.socket import BATCH, Socket
from purezmq.constants import PollEvent
from purezmq.errors import ContextTerminated

_IN, _OUT = int(PollEvent.POLLIN), int(PollEvent.POLLOUT)
_BOTH = _IN | _OUT


class Poller:
    """A set of sockets, and what to wait for on each."""

    def __init__(self) -> None:
        self._flags: dict[Any, int] = {}

    @property
    def sockets(self) -> list[tuple[Any, int]]:
        """The sockets and their flags."""
        return list(self._flags.items())

    def __contains__(self, socket: object) -> bool:
        return socket in self._flags

    def register(self, socket: Any, flags: int = _BOTH) -> None:
        """Add a socket, or anything with a file descriptor; no flags take it out."""
        if flags:
            self._flags[socket] = flags
        else:
            self._flags.pop(socket, None)

    modify = register

    def unregister(self, socket: Any) -> None:
        """Take a socket out; KeyError if it is not in."""
        del self._flags[socket]

    def poll(self, timeout: float | None = -1) -> Future[list[tuple[Any, int]]]:
        """Wait until one or several are ready.

        Parameters
        ----------
        timeout : float, optional
            Milliseconds; None or a negative number for no limit.

        Returns
        -------
        Future
            Those that are ready, each with its flags; empty if the time has passed.
        """
        return wait(self.sockets, timeout, list)


def wait(
    sockets: Sequence[tuple[Any, int]],
    timeout: float | None,
    convert: Callable[[list[tuple[Any, int]]], Any],
) -> Future[Any]:
    """Give a Future for those of `sockets` that are ready, converted."""
    loop = get_running_loop()
    future: Future[Any] = loop.create_future()
    seen: dict[Any, int] = {}  # descriptors that the loop found ready

    def ready() -> list[tuple[Any, int]]:
        found = []
        for socket, flags in sockets:
            events = socket._events() if isinstance(socket, Socket) else seen.get(socket, 0)
            if events & flags:
                found.append((socket, events & flags))
        return found

    def look() -> None:
        if future.done():
            return
        if any(socket.closed for socket in ours):
            future.cancel()
        elif any(socket.context.closed for socket in ours):
            future.set_exception(ContextTerminated())
        elif found := ready():
            future.set_result(convert(found))

    def give_up() -> None:
        if not future.done():
            future.set_result(convert(ready()))

    def saw(socket: Any, event: int) -> None:
        seen[socket] = seen.get(socket, 0) | event
        look()

    ours = [socket for socket, _ in sockets if isinstance(socket, Socket)]
    others = [(socket, flags) for socket, flags in sockets if not isinstance(socket, Socket)]
    for socket in ours:
        socket._get_loop()
        socket._budget -= 1
    if any(socket._budget <= 0 for socket in ours):
        for socket in ours:
            socket._budget = BATCH
        loop.call_soon(look if timeout != 0 else give_up)
    else:
        look()
        if timeout == 0 and not others:
            give_up()
    if future.done():
        return future
    for socket in ours:
        socket._watchers.append(look)
    for socket, flags in others:
        if flags & _IN:
            loop.add_reader(socket, saw, socket, _IN)
        if flags & _OUT:
            loop.add_writer(socket, saw, socket, _OUT)
    timer = None
    if timeout is not None and timeout >= 0:
        timer = loop.call_later(timeout / 1000, give_up)

    def tidy(_: object) -> None:
        if timer is not None:
            timer.cancel()
        for socket in ours:
            if look in socket._watchers:
                socket._watchers.remove(look)
        for socket, flags in others:
            if flags & _IN:
                loop.remove_reader(socket)
            if flags & _OUT:
                loop.remove_writer(socket)

    future.add_done_callback(tidy)
    return future
