"""Waiting for several sockets at once."""

from asyncio import Future, get_running_loop
from typing import Any

from purezmq.asyncio.traffic import Traffic
from purezmq.constants import Errno, PollEvent
from purezmq.errors import ContextTerminated, ZMQError

Ready = list[tuple[Any, int]]
"""Sockets, each with its flags."""


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

    def register(self, socket: Any, flags: int = PollEvent.POLLIN | PollEvent.POLLOUT) -> None:
        """Add a socket; no flags take it out.

        For a file descriptor there is the loop's `add_reader`.
        """
        if not isinstance(socket, Traffic):
            raise TypeError(f"a socket of purezmq is wanted, not {socket!r}")
        if flags:
            self._flags[socket] = int(flags)
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
        return wait(self.sockets, timeout)


def wait(sockets: Ready, timeout: float | None) -> Future[Ready]:
    """Give a Future for those of `sockets` that are ready."""
    if any(socket.closed for socket, _ in sockets):
        raise ZMQError(Errno.ENOTSOCK)
    loop = get_running_loop()
    future: Future[Ready] = loop.create_future()

    def look(last: bool = False) -> None:
        if future.done():
            return
        if any(socket.closed for socket, _ in sockets):
            future.cancel()
        elif any(socket.context.closed for socket, _ in sockets):
            future.set_exception(ContextTerminated())
        else:
            found = [(one, ready) for one, flags in sockets if (ready := one._events() & flags)]
            if found or last:
                future.set_result(found)

    def tidy(_: object) -> None:
        if timer is not None:
            timer.cancel()
        for socket, _flags in sockets:
            socket._watchers.remove(look)

    if [socket for socket, _ in sockets if socket._spend()]:
        loop.call_soon(look)
    else:
        look()
    if future.done():
        return future
    for socket, _ in sockets:
        socket._watchers.append(look)
    # Even without time to wait the loop has its turn: there may be something to be read.
    milliseconds = -1 if timeout is None else timeout
    timer = loop.call_later(milliseconds / 1000, look, True) if milliseconds >= 0 else None
    future.add_done_callback(tidy)
    return future
