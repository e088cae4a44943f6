"""What a context knows of its sockets, and how they end together.

What must stay true:

1. What was sent leaves, however a program ends: `term` waits for it, in the loop or without one;
   and a loop that ends while nobody called `term` waits for the peers that are there.
2. A child process that was forked touches nothing of its parent's: it forgets all of it.
"""

import os
from asyncio import (
    AbstractEventLoop,
    CancelledError,
    Future,
    Task,
    get_running_loop,
    new_event_loop,
    shield,
)
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import suppress
from typing import Protocol
from weakref import ReferenceType, WeakSet, ref

from purezmq.asyncio.inproc import Names
from purezmq.asyncio.link import Connection


class Member(Protocol):
    """A socket, as its context sees it."""

    @property
    def loop_or_none(self) -> AbstractEventLoop | None:
        """The loop it belongs to, None before it was used in one."""

    def close_socket(self, linger: int | None) -> None:
        """Close it; a number sets LINGER first."""

    def terminate(self) -> None:
        """Make every call raise `ContextTerminated`."""

    def end_with_loop(self) -> None:
        """Close its connections: the loop ends."""

    def forsake(self) -> None:
        """Drop everything: it belongs to the parent process."""

    def move(self, loop: AbstractEventLoop, connection: Connection) -> None:
        """Send what a connection still holds in another loop."""


class Done(Awaitable[None]):
    """An awaitable that is done already."""

    def __await__(self) -> Generator[object, None, None]:
        yield from ()


class Registry:
    """All sockets of a context, open or with messages to send.

    Attributes
    ----------
    closed : bool
        Whether the context was terminated.
    names : Names
        Its inproc names.
    """

    def __init__(self) -> None:
        self.closed = False
        self.names = Names()
        self.members: dict[Member, None] = {}
        self._leaving: dict[Connection, Member] = {}  # closed, with messages to send
        self._deferred: list[Callable[[], None]] = []  # started with the first loop
        self._guards: dict[AbstractEventLoop, AsyncGenerator[None, None]] = {}
        self._changed: Future[None] | None = None
        self._ending: Task[None] | None = None
        self._inherited: object = None
        _registries.add(self)

    # For sockets

    def close_all(self, linger: int | None) -> None:
        """Close all sockets; a number sets LINGER first."""
        for member in list(self.members):
            member.close_socket(linger)

    def add(self, member: Member) -> None:
        """Add a socket."""
        self.members[member] = None

    def remove(self, member: Member) -> None:
        """Remove a socket that was closed."""
        self.members.pop(member, None)
        self._note_change()

    def lingers(self, member: Member, connection: Connection) -> None:
        """Wait for a connection that was closed with messages to send."""
        self._leaving[connection] = member

    def ended(self, connection: Connection) -> None:
        """Remove a connection that has ended; one that was suspended stays."""
        if not connection.suspended:
            self._leaving.pop(connection, None)
        self._note_change()

    @property
    def leaving(self) -> int:
        """How many connections of closed sockets have messages to send."""
        return len(self._leaving)

    def defer(self, start: Callable[[], None]) -> None:
        """Start something with the first loop in which a socket is used."""
        self._deferred.append(start)

    def enter(self, loop: AbstractEventLoop) -> None:
        """Start what waited for a loop, and guard the loop's end."""
        if loop not in self._guards:
            self._guards[loop] = _guard(ref(self), loop)
            loop.call_soon(self._start_guard, loop)
        deferred = self._deferred
        self._deferred = []
        for start in deferred:
            start()

    def _start_guard(self, loop: AbstractEventLoop) -> None:
        guard = self._guards.get(loop)
        if guard is not None:
            with suppress(StopIteration):  # it has come to its `yield`
                guard.__anext__().__await__().send(None)

    def _note_change(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    # The end

    def term(self) -> Awaitable[None]:
        """End: see `Context.term`."""
        if not self.closed:
            self.closed = True
            for member in list(self.members):
                member.terminate()
        try:
            loop = get_running_loop()
        except RuntimeError:
            self._end_without_loop()
            return Done()
        # What a loop that has ended left behind does not leave in another one.
        self._leaving = {
            connection: member
            for connection, member in self._leaving.items()
            if not _has_ended(member.loop_or_none)
        }
        if self._ending is None:
            if not self.members and not self._leaving:
                return Done()
            self._ending = loop.create_task(self._end())
        return shield(self._ending)

    async def _end(self) -> None:
        while self.members or self._leaving:
            self._changed = get_running_loop().create_future()
            try:
                await self._changed
            except CancelledError:
                # The loop itself ends. libzmq's zmq_ctx_term would have blocked before that.
                for member in list(self.members):
                    member.close_socket(None)

    def _end_without_loop(self) -> None:
        """Close what is open, and run a loop until what waits was sent."""
        for member in list(self.members):
            if not _runs_elsewhere(member.loop_or_none):
                member.close_socket(None)
        for loop in {member.loop_or_none for member in self._leaving.values()}:
            if loop is None or _runs_elsewhere(loop):
                continue
            if not loop.is_closed():
                loop.run_until_complete(self._until_left(loop))
                continue
            another = new_event_loop()
            another.run_until_complete(self._send_late(loop, another))
            another.close()

    async def _send_late(self, ended: AbstractEventLoop, loop: AbstractEventLoop) -> None:
        for connection, member in list(self._leaving.items()):
            if member.loop_or_none is ended:
                member.move(loop, connection)
        await self._until_left(loop)

    async def loop_ends(self, loop: AbstractEventLoop) -> None:
        """Close the connections of a loop that ends, when what waits in them was sent.

        Unlike `term` this waits for no peer that is not there.
        """
        del self._guards[loop]
        for member in {*self.members, *self._leaving.values()}:
            if member.loop_or_none is loop:
                member.end_with_loop()
        await self._until_left(loop)

    async def _until_left(self, loop: AbstractEventLoop) -> None:
        while any(
            member.loop_or_none is loop and not connection.suspended
            for connection, member in self._leaving.items()
        ):
            self._changed = loop.create_future()
            await self._changed

    def forsake(self) -> None:
        """Drop everything in a child process: it belongs to the parent."""
        self._inherited = self.members, self._leaving, self._guards  # kept, for nothing to close
        for member in self.members:
            member.forsake()
        self.closed = True
        self.members = {}
        self._leaving = {}
        self._guards = {}
        self._deferred = []
        self.names.clear()


def _runs_elsewhere(loop: AbstractEventLoop | None) -> bool:
    """Return whether a loop runs in another thread, which closes its own sockets."""
    return loop is not None and loop.is_running()


def _has_ended(loop: AbstractEventLoop | None) -> bool:
    return loop is not None and loop.is_closed()


async def _guard(
    registry: "ReferenceType[Registry]", loop: AbstractEventLoop
) -> AsyncGenerator[None, None]:
    """Hold a loop's end up until what was sent has left.

    `asyncio.run` closes the asynchronous generators of its loop before the loop, and waits for
    them. So a program that sends, closes and ends loses nothing, as with libzmq's threads.
    """
    try:
        yield
    finally:
        living = registry()
        if living is not None and not loop.is_closed():
            await living.loop_ends(loop)


_registries: "WeakSet[Registry]" = WeakSet()


def _forsake_all() -> None:
    for registry in list(_registries):
        registry.forsake()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forsake_all)
