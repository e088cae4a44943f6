"""Waiting for several sockets at once."""

from asyncio import Future, get_running_loop
from collections.abc import Callable, Sequence
from typing import Any

from purezmq.asyncio.traffic import Traffic
from purezmq.constants import PollEvent
from purezmq.errors import ContextTerminated

_IN, _OUT = int(PollEvent.POLLIN), int(PollEvent.POLLOUT)

Ready = list[tuple[Any, int]]
"""Sockets, or what else has a file descriptor, each with its flags."""


class Poller:
    """A set of sockets, and what to wait for on each."""

    def __init__(self) -> None:
        self._flags: dict[Any, int] = {}

    @property
    def sockets(self) -> Ready:
        """The sockets and their flags."""
        return list(self._flags.items())

    def __contains__(self, socket: object) -> bool:
        return socket in self._flags

    def register(self, socket: Any, flags: int = _IN | _OUT) -> None:
        """Add a socket, or anything with a file descriptor; no flags take it out."""
        if flags:
            self._flags[socket] = flags
        else:
            self._flags.pop(socket, None)

    modify = register

    def unregister(self, socket: Any) -> None:
        """Take a socket out; KeyError if it is not in."""
        del self._flags[socket]

    def poll(self, timeout: float | None = -1) -> Future[Ready]:
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
    sockets: Sequence[tuple[Any, int]], timeout: float | None, convert: Callable[[Ready], Any]
) -> Future[Any]:
    """Give a Future for those of `sockets` that are ready, converted."""
    loop = get_running_loop()
    future: Future[Any] = loop.create_future()
    ours = [socket for socket, _ in sockets if isinstance(socket, Traffic)]
    others = [(socket, flags) for socket, flags in sockets if not isinstance(socket, Traffic)]
    seen: dict[Any, int] = {}  # descriptors that the loop found ready

    def look(last: bool = False) -> None:
        if future.done():
            return
        if any(socket.closed for socket in ours):
            future.cancel()
        elif any(socket.context.closed for socket in ours):
            future.set_exception(ContextTerminated())
        else:
            now = seen | {socket: socket._events() for socket in ours}
            found = [
                (each, now[each] & flags) for each, flags in sockets if now.get(each, 0) & flags
            ]
            if found or last:
                future.set_result(convert(found))

    def saw(socket: Any, event: int) -> None:
        seen[socket] = seen.get(socket, 0) | event
        look()

    def tidy(_: object) -> None:
        if timer is not None:
            timer.cancel()
        for socket in ours:
            socket._watchers.remove(look)
        for socket, flags in others:
            if flags & _IN:
                loop.remove_reader(socket)
            if flags & _OUT:
                loop.remove_writer(socket)

    spent = [socket for socket in ours if socket._spend()]
    if spent:
        loop.call_soon(look)
    else:
        look()
    if future.done():
        return future
    for socket in ours:
        socket._watchers.append(look)
    for socket, flags in others:
        if flags & _IN:
            loop.add_reader(socket, saw, socket, _IN)
        if flags & _OUT:
            loop.add_writer(socket, saw, socket, _OUT)
    # Even without time to wait the loop has its turn: there may be something to be read.
    milliseconds = -1 if timeout is None else timeout
    timer = loop.call_later(milliseconds / 1000, look, True) if milliseconds >= 0 else None
    future.add_done_callback(tidy)
    return future
