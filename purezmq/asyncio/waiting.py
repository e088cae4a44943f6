"""Futures: those that wait their turn, and those that are made of others."""

from asyncio import AbstractEventLoop, CancelledError, Future
from collections import deque
from collections.abc import Callable
from typing import Any

from purezmq.errors import Again


class Waiting(deque[tuple[Future[Any], Any]]):
    """Futures in the order in which they came, each with what it waits with.

    Parameters
    ----------
    attempt : callable
        Gets a Future and what it waits with; finishes it and says True, or leaves it as it is.
    """

    __slots__ = ("_attempt", "_serving")

    def __init__(self, attempt: Callable[[Future[Any], Any], bool]) -> None:
        super().__init__()
        self._attempt = attempt
        self._serving = False

    def add(self, loop: AbstractEventLoop, future: Future[Any], item: Any, limit: int) -> None:
        """Let a Future wait, for so many milliseconds at most; -1 for no limit."""
        while self and self[-1][0].done():
            self.pop()
        if limit >= 0:
            timer = loop.call_later(limit / 1000, expire, future)
            future.add_done_callback(lambda _: timer.cancel())
        self.append((future, item))

    def serve(self) -> None:
        """Finish as many as can be, the first first."""
        if self._serving:  # inproc: to serve one may bring the next message, or room
            return
        self._serving = True
        while self and (self[0][0].done() or self._attempt(*self[0])):
            self.popleft()
        self._serving = False

    def end(self, error: type[Exception] | None) -> None:
        """Finish all with an error, or cancel them."""
        while self:
            future, _ = self.popleft()
            if error is None:
                future.cancel()
            elif not future.done():
                future.set_exception(error())


def finish(future: Future[Any], result: Any) -> None:
    """Finish a Future that may have been cancelled."""
    if not future.done():
        future.set_result(result)


def expire(future: Future[Any]) -> None:
    """Say `Again`: it would have to wait, or to wait longer."""
    if not future.done():
        future.set_exception(Again())


class Converted(Future[Any]):
    """What `convert` makes of another Future's result; to cancel it cancels both.

    At once, and not when the loop comes to it: the other must take no message after that.
    """

    def __init__(self, received: Future[Any], convert: Callable[[Any], Any]) -> None:
        super().__init__(loop=received.get_loop())
        self._received, self._convert = received, convert
        if received.done():
            self._hand_on(received)
        else:
            received.add_done_callback(self._hand_on)

    def _hand_on(self, received: Future[Any]) -> None:
        if not self.done():
            try:
                self.set_result(self._convert(received.result()))
            except CancelledError:
                super().cancel()
            except Exception as error:
                self.set_exception(error)

    def cancel(self, msg: Any = None) -> bool:
        """Cancel, unless there is a result already."""
        if not self._received.cancel(msg):
            self._hand_on(self._received)
        return super().cancel(msg)
