"""Calls that wait their turn, and how many may be answered without waiting."""

from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from purezmq.errors import Again

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH = 256
"""How many calls in a row are answered at once; the next one goes through the event loop."""


class Turns:
    """Counts the calls of one kind, `send` or `recv`, that were answered at once.

    A program whose calls never have to wait would keep everything else from running. So after
    BATCH answers one goes through the event loop.

    Attributes
    ----------
    left : int
        Answers that are left before that.
    open : bool
        Whether the short way is right: the socket has its loop and has not ended, no other call
        waits, and no message is half sent or half received.
    loop : AbstractEventLoop or None
        The socket's, for the Futures of the answers.
    """

    __slots__ = ("left", "loop", "open")

    def __init__(self) -> None:
        self.left = BATCH
        self.open = False
        self.loop: AbstractEventLoop | None = None

    def take(self) -> bool:
        """Count an answer; return False if this one is the loop's turn."""
        self.left -= 1
        if self.left > 0:
            return True
        self.left = BATCH
        return False


class Waiting(Generic[Item, Result]):
    """Calls that wait, served in the order in which they came.

    Parameters
    ----------
    attempt : callable
        Gets a Future and what it waits with. Finishes it and returns True, or returns False.

    Attributes
    ----------
    queue : deque
        The calls, oldest first; some may be cancelled.
    """

    def __init__(self, attempt: Callable[[Future[Result], Item], bool]) -> None:
        self.queue: deque[tuple[Future[Result], Item]] = deque()
        self._attempt = attempt
        self._serving = False

    def add(
        self, loop: AbstractEventLoop, future: Future[Result], item: Item, milliseconds: int
    ) -> None:
        """Add a call; it ends with `Again` after so many milliseconds, -1 for no limit."""
        self.idle()
        if milliseconds >= 0:
            timer = loop.call_later(milliseconds / 1000, expire, future)
            future.add_done_callback(lambda _: timer.cancel())
        self.queue.append((future, item))

    def idle(self) -> bool:
        """Return whether no call waits. Calls that are over are dropped from the end."""
        while self.queue and self.queue[-1][0].done():
            self.queue.pop()
        return not self.queue

    def serve(self) -> None:
        """Finish as many calls as possible, oldest first."""
        if self._serving:  # over inproc, serving one call may bring the next message, or room
            return
        self._serving = True
        queue = self.queue
        while queue and (queue[0][0].done() or self._attempt(*queue[0])):
            queue.popleft()
        self._serving = False

    def end(self, error: type[Exception] | None) -> None:
        """Finish all calls with an error; cancel them if it is None."""
        while self.queue:
            future, _ = self.queue.popleft()
            if error is None:
                future.cancel()
            elif not future.done():
                future.set_exception(error())

    def clear(self) -> None:
        """Drop all calls: their loop has ended, or belongs to another process."""
        self.queue.clear()


def finish(future: Future[Result], result: Result) -> None:
    """Set a result, unless the Future was cancelled."""
    if not future.done():
        future.set_result(result)


def expire(future: Future[Result]) -> None:
    """Raise `Again` in a Future that is not done."""
    if not future.done():
        future.set_exception(Again())
