"""Waiting for several sockets at once."""

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Callable
from typing import Protocol

from purezmq.compat.constants import Errno, PollEvent
from purezmq.errors import ContextTerminated, ZMQError


class Watched(Protocol):
    """What a poller asks of a socket's inside."""

    closed: bool

    @property
    def terminated(self) -> bool:
        """Whether its context was terminated."""

    @property
    def loop(self) -> AbstractEventLoop:
        """The loop it belongs to."""

    def take_turn(self) -> bool:
        """Count an answer without waiting; return False if the loop has its turn."""

    def events(self) -> int:
        """Return what could be done without waiting."""

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call a function whenever that may have changed."""

    def unwatch(self, watcher: Callable[[], None]) -> None:
        """Remove a watcher."""


class Pollable:
    """Base of what a poller takes: sockets."""

    __slots__ = ()

    @property
    def watched(self) -> Watched:
        """The inside of the socket."""
        raise NotImplementedError


Ready = list[tuple[Pollable, int]]
"""Sockets, each with its flags."""


class Poller:
    """A set of sockets, and what to wait for on each."""

    def __init__(self) -> None:
        self._flags: dict[Pollable, int] = {}

    @property
    def sockets(self) -> Ready:
        """The sockets and their flags."""
        return list(self._flags.items())

    def __contains__(self, socket: object) -> bool:
        return socket in self._flags

    def register(self, socket: object, flags: int = PollEvent.POLLIN | PollEvent.POLLOUT) -> None:
        """Add a socket, or remove it if there are no flags.

        For a file descriptor there is the loop's `add_reader`.
        """
        if not isinstance(socket, Pollable):
            raise TypeError(f"a socket of purezmq is wanted, not {socket!r}")
        if flags:
            self._flags[socket] = int(flags)
        else:
            self._flags.pop(socket, None)

    modify = register

    def unregister(self, socket: Pollable) -> None:
        """Remove a socket; KeyError if it is not there."""
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
    """Return a Future for those of `sockets` that are ready."""
    watched: list[tuple[Pollable, int, Watched]] = [
        (socket, flags, socket.watched) for socket, flags in sockets
    ]
    if any(inside.closed for _, _, inside in watched):
        raise ZMQError(Errno.ENOTSOCK)
    loop = watched[0][2].loop if watched else get_running_loop()
    future: Future[Ready] = loop.create_future()

    def look(last: bool = False) -> None:
        if future.done():
            return
        if any(inside.closed for _, _, inside in watched):
            future.cancel()
        elif any(inside.terminated for _, _, inside in watched):
            future.set_exception(ContextTerminated())
        else:
            found = [
                (socket, ready)
                for socket, flags, inside in watched
                if (ready := inside.events() & flags)
            ]
            if found or last:
                future.set_result(found)

    def forget(_: object) -> None:
        if timer is not None:
            timer.cancel()
        for _, _, inside in watched:
            inside.unwatch(look)

    if all([inside.take_turn() for _, _, inside in watched]):
        look()
    else:
        loop.call_soon(look)
    if future.done():
        return future
    for _, _, inside in watched:
        inside.watch(look)
    # Even without time to wait the loop has its turn: there may be something to be read.
    milliseconds = -1 if timeout is None else timeout
    timer = loop.call_later(milliseconds / 1000, look, True) if milliseconds >= 0 else None
    future.add_done_callback(forget)
    return future
