"""Blocking sockets, as pyzmq's programs use them, over those of `purezmq.asyncio`.

A browser that can suspend a call of WebAssembly (JSPI) lets a program wait in the middle of its
code: the loop goes on meanwhile, and with it every connection. `install` puts these sockets where
``import zmq`` finds them. What must stay true:

- A call that waits ends by its result, or by a signal whose handler raises, as in CPython.
- What was sent leaves before the program computes on: there is no thread to send it.
"""

from __future__ import annotations

import asyncio
import inspect
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self, TypeVar

import purezmq
import purezmq.asyncio
from purezmq.asyncio import monitor

T = TypeVar("T")
Suspend = Callable[[Awaitable[Any]], Any]

BY_DEFAULT = {signal.SIGINT, signal.SIGTERM}
"""Signals that end a program which does nothing about them."""


class Signalled(BaseException):
    """A signal that the program does not handle has ended it.

    Attributes
    ----------
    number : int
        Which.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Waiting:
    """Where the program waits, and what signals do to it there.

    Parameters
    ----------
    suspend : callable
        Suspends the program's code until an awaitable is done: ``pyodide.ffi.run_sync``.
    """

    def __init__(self, suspend: Suspend) -> None:
        self._suspend = suspend
        self._loop = asyncio.get_running_loop()
        self._gate: asyncio.Future[None] | None = None
        self._pending: list[int] = []
        self._stopped = False

    def signal(self, number: int) -> None:
        """Take a signal: handled where the program waits, or as soon as it does."""
        if number == signal.SIGSTOP:
            self._stopped = True
            return
        if number == signal.SIGCONT:
            self._stopped = False
        else:
            self._pending.append(number)
        self._wake()

    def until(self, awaitable: Awaitable[T]) -> T:
        """Wait for a result, and return or raise it; the loop has a turn in any case."""
        future = asyncio.ensure_future(awaitable)
        if future.done():
            self._rest(asyncio.ensure_future(asyncio.sleep(0)))
        try:
            self._rest(future)
        except BaseException:
            future.cancel()
            raise
        return future.result()

    def _rest(self, future: asyncio.Future[Any]) -> None:
        while self._stopped or self._pending or not future.done():
            if self._pending and not self._stopped:
                self._handle(self._pending.pop(0))
                continue
            gate = self._gate = self._loop.create_future()
            if not future.done():
                future.add_done_callback(self._wake)
            self._suspend(gate)
            future.remove_done_callback(self._wake)

    def _wake(self, _done: object = None) -> None:
        if self._gate is not None and not self._gate.done():
            self._gate.set_result(None)

    def _handle(self, number: int) -> None:
        handler = signal.getsignal(number)
        if callable(handler):
            handler(number, None)
        elif handler == signal.SIG_DFL and number in BY_DEFAULT:
            raise Signalled(number)

    def sleep(self, seconds: float) -> None:
        """Stand for `time.sleep`."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.until(asyncio.sleep(seconds))


_here: Waiting | None = None


def wait(awaitable: Awaitable[T]) -> T:
    """Wait for a result, as this process does since `install`."""
    assert _here is not None
    return _here.until(awaitable)


class Forwarding:
    """Has the attributes and calls of what it stands for, and waits for what these await."""

    def __init__(self, inner: Any) -> None:
        object.__setattr__(self, "inner", inner)

    def __getattr__(self, name: str) -> Any:
        value = getattr(object.__getattribute__(self, "inner"), name)
        return _blocking(value) if callable(value) else value

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(object.__getattribute__(self, "inner"), name, value)

    def __enter__(self) -> Self:
        return self


def _blocking(call: Callable[..., Any]) -> Callable[..., Any]:
    def called(*args: Any, **options: Any) -> Any:
        result = call(*args, **options)
        return wait(result) if inspect.isawaitable(result) else result

    return called


class Socket(Forwarding):
    """A blocking socket."""

    def get_monitor_socket(self, *args: Any, **options: Any) -> Socket:
        """Return a socket that receives what happens to this one's connections."""
        return Socket(self.inner.get_monitor_socket(*args, **options))

    def __exit__(self, *_: object) -> None:
        self.inner.close()


class Context(Forwarding):
    """A context of blocking sockets."""

    def __init__(self, io_threads: int = 1) -> None:
        super().__init__(purezmq.asyncio.Context(io_threads))

    @classmethod
    def instance(cls, io_threads: int = 1) -> Context:
        """Return the program's one context."""
        global _instance
        if _instance is None or _instance.closed:
            _instance = cls(io_threads)
        return _instance

    def socket(self, socket_type: int, **options: Any) -> Socket:
        """Make a socket."""
        return Socket(self.inner.socket(socket_type, **options))

    def __exit__(self, *_: object) -> None:
        wait(self.inner.destroy())


_instance: Context | None = None


class Poller:
    """Waits for several sockets."""

    def __init__(self) -> None:
        self._inner = purezmq.asyncio.Poller()
        self._sockets: dict[Any, Socket] = {}

    def register(self, socket: Socket, flags: int = purezmq.POLLIN | purezmq.POLLOUT) -> None:
        """Add a socket, or change what to wait for."""
        self._inner.register(socket.inner, flags)
        self._sockets[socket.inner] = socket

    modify = register

    def unregister(self, socket: Socket) -> None:
        """Remove a socket."""
        self._inner.unregister(socket.inner)

    def poll(self, timeout: float | None = None) -> list[tuple[Socket, int]]:
        """Wait, at most so many milliseconds, and return those that are ready."""
        ready = wait(self._inner.poll(timeout))
        return [(self._sockets[inner], flags) for inner, flags in ready]


def select(
    rlist: Iterable[Socket],
    wlist: Iterable[Socket],
    _xlist: Iterable[Socket],
    timeout: float | None = None,
) -> tuple[list[Socket], list[Socket], list[Socket]]:
    """Wait, at most so many seconds, until a socket can be read or written."""
    wanted: dict[Socket, int] = {}
    for sockets, flag in (rlist, purezmq.POLLIN), (wlist, purezmq.POLLOUT):
        for socket in sockets:
            wanted[socket] = wanted.get(socket, 0) | flag
    poller = Poller()
    for socket, flags in wanted.items():
        poller.register(socket, flags)
    ready = poller.poll(None if timeout is None else timeout * 1000)
    can_read = [socket for socket, flags in ready if flags & purezmq.POLLIN]
    can_write = [socket for socket, flags in ready if flags & purezmq.POLLOUT]
    return can_read, can_write, []


def proxy(frontend: Socket, backend: Socket, capture: Socket | None = None) -> None:
    """Pass messages on between two sockets, for ever."""
    third = None if capture is None else capture.inner
    wait(purezmq.asyncio.proxy(frontend.inner, backend.inner, third))


def recv_monitor_message(socket: Socket, flags: int = 0) -> dict[str, Any]:
    """Receive and read a message of a monitor socket."""
    return monitor.parse_monitor_message(socket.recv_multipart(flags))


def install(waiting: Waiting) -> None:
    """Make the names of ``import zmq`` those of blocking sockets, and `time.sleep` one that waits.

    Parameters
    ----------
    waiting : Waiting
        How calls wait.
    """
    global _here
    _here = waiting
    own: dict[str, Any] = {"Context": Context, "Socket": Socket, "Poller": Poller}
    own |= {"SyncContext": Context, "SyncSocket": Socket, "select": select, "proxy": proxy}
    vars(purezmq).update(own)
    vars(monitor)["recv_monitor_message"] = recv_monitor_message
    vars(time)["sleep"] = waiting.sleep
