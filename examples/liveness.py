"""What reliable programs share: waits between retries, heartbeats, and names that expire.

None of these reads a clock or waits: the caller gives the time, in seconds of one clock that never
goes back (`time.monotonic`, or an event loop's). So a program can use them with a poller, with
asyncio, and in a test. To take away: all three classes.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

__all__ = ["Backoff", "Heartbeat", "Living"]

Name = TypeVar("Name", bound=Hashable)


class Backoff:
    """The waits between attempts: each twice as long as the last, up to a longest.

    A random part of up to half of the wait keeps many clients that failed together from coming back
    together.

    Parameters
    ----------
    first, longest : float
        The first wait and the longest, in seconds, before the random part is taken off.
    chance : random.Random, optional
        Where the random part comes from; give a seeded one to a test.
    """

    def __init__(self, first: float, longest: float, chance: random.Random | None = None) -> None:
        self.first = first
        self.longest = longest
        self._chance = chance or random.Random()
        self._wait = first

    def next(self) -> float:
        """Return the next wait in seconds: between half of the planned wait and all of it."""
        wait = self._wait
        self._wait = min(2 * wait, self.longest)
        return wait * (1 - self._chance.random() / 2)

    def reset(self) -> None:
        """Begin with the first wait again, after a success."""
        self._wait = self.first


class Heartbeat:
    """When to send the next heartbeat to a peer, and when the peer counts as dead.

    Any message from the peer shows that it lives, and any message to it shows that we do.

    Parameters
    ----------
    interval : float
        Seconds between two heartbeats.
    liveness : int
        So many intervals may pass without a word before the peer counts as dead.
    now : float
        The time of the beginning.
    """

    def __init__(self, interval: float, liveness: int, now: float) -> None:
        self.interval = interval
        self.liveness = liveness
        self._next = now + interval
        self._expires = now + interval * liveness

    def sent(self, now: float) -> None:
        """Take note that something was sent to the peer: the next heartbeat is one interval off."""
        self._next = now + self.interval

    def heard(self, now: float) -> None:
        """Take note that something came from the peer."""
        self._expires = now + self.interval * self.liveness

    def due(self, now: float) -> bool:
        """Return whether a heartbeat should be sent now."""
        return now >= self._next

    def dead(self, now: float) -> bool:
        """Return whether the peer has been silent for too long."""
        return now >= self._expires

    def until_due(self, now: float) -> float:
        """Return the seconds until the next heartbeat should be sent, 0 or more."""
        return max(0.0, self._next - now)

    def wait(self, now: float) -> float:
        """Return for how many seconds nothing has to be done, 0 or more."""
        return max(0.0, min(self._next, self._expires) - now)


class Living(Generic[Name]):
    """Names that are believed alive, each until its time; the longest unused comes first.

    A queue of free workers, for example: `add` when a worker says that it is free, `keep` when it
    sends a heartbeat, `take` when there is work, `expire` before each of them.

    Parameters
    ----------
    lifetime : float
        Seconds that a name stays after it was last heard of.
    """

    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self._expires: dict[Name, float] = {}

    def __len__(self) -> int:
        return len(self._expires)

    def __iter__(self) -> Iterator[Name]:
        return iter(self._expires)

    def __contains__(self, name: Name) -> bool:
        return name in self._expires

    def add(self, name: Name, now: float) -> None:
        """Put a name at the end, with a whole lifetime before it; a name stands there once."""
        self._expires.pop(name, None)
        self._expires[name] = now + self.lifetime

    def keep(self, name: Name, now: float) -> bool:
        """Give a name that is here a whole lifetime, at its place; return whether it is here."""
        if name not in self._expires:
            return False
        self._expires[name] = now + self.lifetime
        return True

    def take(self) -> Name:
        """Take out the name that was added first.

        Raises
        ------
        LookupError
            If there is none.
        """
        if not self._expires:
            raise LookupError("nobody is left")
        name = next(iter(self._expires))
        del self._expires[name]
        return name

    def remove(self, name: Name) -> bool:
        """Take out a name that left; return whether it was here."""
        return self._expires.pop(name, None) is not None

    def expire(self, now: float) -> list[Name]:
        """Take out the names whose time is over, and return them."""
        gone = [name for name, expires in self._expires.items() if now >= expires]
        for name in gone:
            del self._expires[name]
        return gone
