"""How a design of lesson 32 is started, and how its book is read.

A design is three lines: what stands in the middle (or None), the sender, the receiver. FOLDER in a
line is the folder of one run. The last hop of a run crosses a `Relay`, a piece of network that can
be spoiled. The receiver's book is the only thing that counts in the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from zmqlab.net.relay import Relay
from zmqlab.run.programs import Program, Programs

Design = Sequence[str | None]
Row = tuple[int, float, float]
"""Number of a payment, when it was made, when it was booked."""
Payments = Callable[..., Awaitable[list[Row]]]

ANY = "tcp://127.0.0.1:*"
SENT = 60
"""Payments of a run with a fault."""
NOTHING_MORE = 2.0
"""Seconds without a new payment after which nothing more is expected: no event tells that."""
NO_MORE_COPIES = 0.5
"""The same when all payments are there, and only copies could follow."""
DISK = "/var/tmp" if os.path.isdir("/var/tmp") else None
"""A folder that is seldom in memory, as the usual temporary folder may be."""


def booked(book: str) -> list[Row]:
    """Return number, time made and time booked of each payment in a book."""
    with contextlib.closing(sqlite3.connect(book)) as db:
        rows = db.execute("SELECT body, time FROM book").fetchall()
    return [(int(body.split()[1]), float(body.split()[2]), at) for body, at in rows]


@dataclass
class Run:
    """The programs of a design that runs, and its book."""

    design: Design
    programs: Programs
    book: str
    middle: Program | None
    receiver: Program
    network: Relay
    sender: Program
    rows: list[Row] = field(default_factory=list)
    """What is booked, once it has settled."""

    @property
    def broker(self) -> bool:
        """Whether a broker stands in the middle: the sender gets its acknowledgements from it."""
        return "broker.py" in (self.design[0] or "")

    @property
    def early(self) -> bool:
        """Whether the receiver acknowledges before the work is done."""
        return "early" in (self.design[2] or "")

    async def settled(self) -> None:
        """Wait until the sender has ended, and all is booked or nothing more comes."""
        await self.sender.wait(60)
        count, since = -1, 0.0
        while True:
            numbers = [number for number, _, _ in booked(self.book)]
            if len(numbers) != count:
                count, since = len(numbers), time.monotonic()
            patience = NO_MORE_COPIES if len(set(numbers)) == SENT else NOTHING_MORE
            if time.monotonic() - since > patience:
                self.rows = booked(self.book)
                return
            await asyncio.sleep(0.05)

    def numbers(self) -> list[int]:
        """Return the numbers of the payments that are booked, as often as they are."""
        return [number for number, _, _ in self.rows]

    def life_of(self, number: int) -> list[str]:
        """Return what the programs said of a payment, and the receiver's end and beginning."""
        return [
            f"{line.time:6.3f} s  {line.program.name:9} {line.words('en')}"
            for line in self.programs.output
            if f"payment {number} " in line.words("en")
            or (line.kind == "event" and line.program is self.receiver)
        ]


@contextlib.asynccontextmanager
async def running(design: Design, pause: str = "") -> AsyncIterator[Run]:
    """Start a design, and a sender that makes `SENT` payments, one every 5 ms.

    Parameters
    ----------
    design : sequence
        Its three lines.
    pause : str, optional
        Options for the receiver: ``--pause-at 20``.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        programs = await stack.enter_async_context(Programs())
        middle, sender, receiver = _words(design, folder)
        _prepare(receiver, f"{folder}/book")
        receiver += pause.split()
        first = await programs.start(*(middle or receiver), "--bind", ANY)
        near = first.endpoints[0]
        network = await stack.enter_async_context(Relay(near))
        taker = first
        if middle:
            taker = await programs.start(*receiver, "--connect", network.endpoint)
        else:
            near = network.endpoint
        paying = ["--messages", str(SENT), "--interval", "0.005"]
        making = await programs.start(*sender, "--connect", near, *paying)
        book = f"{folder}/book"
        yield Run(design, programs, book, first if middle else None, taker, network, making)


@contextlib.asynccontextmanager
async def without_sender(design: Design) -> AsyncIterator[Payments]:
    """Start a design quietly, on the disk, but for its sender.

    It gives a function that has payments made, by a sender with an outbox of its own, and returns
    what was booked of them.
    """
    with tempfile.TemporaryDirectory(dir=DISK) as folder:
        middle, _, receiver = _words(design, folder)
        book = f"{folder}/book"
        _prepare(receiver, book)
        receiver.append("--quiet")
        async with Programs() as programs:
            first = await programs.start(*(middle or receiver), "--bind", ANY)
            to = ["--connect", first.endpoints[0]]
            if middle:
                await programs.start(*receiver, *to)

            async def payments(count: int, *options: str) -> list[Row]:
                before = len(booked(book))
                with tempfile.TemporaryDirectory(dir=folder) as own:
                    sender = _words(design, own)[1]
                    how = [*to, "--quiet", "--messages", str(count), *options]
                    making = await programs.start(*sender, *how)
                    await making.wait(60)
                return await come(book, before, count)

            yield payments


class _Parts:
    """Starts the parts of a design one by one, and reads its book."""

    def __init__(self, programs: Programs, design: Design, folder: str) -> None:
        self._programs = programs
        self._lines = _words(design, folder)
        self._book = f"{folder}/book"

    async def __call__(self, part: int, *options: str) -> Program:
        """Start the middle (0), the sender (1) or the receiver (2)."""
        return await self._programs.start(*self._lines[part], *options)

    async def booked(self, count: int) -> int:
        """Return how many of so many payments are booked, at the latest after a second."""
        return len(await come(self._book, 0, count))


@contextlib.asynccontextmanager
async def middle_of(design: Design) -> AsyncIterator[tuple[_Parts, list[str]]]:
    """Start the middle alone; give what starts the other parts, and how they connect to it."""
    with tempfile.TemporaryDirectory() as folder:
        async with Programs() as programs:
            parts = _Parts(programs, design, folder)
            middle = await parts(0, "--bind", ANY)
            yield parts, ["--connect", middle.endpoints[0]]


async def come(book: str, before: int, count: int) -> list[Row]:
    """Wait until so many more are booked, or a second long; return them."""
    until = time.monotonic() + 1
    # A file tells of no event.
    while len(rows := booked(book)) < before + count and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return rows[before:]


def _words(design: Design, folder: str) -> list[list[str]]:
    return [(line or "").replace("FOLDER", folder).split() for line in design]


def _prepare(receiver: list[str], book: str) -> None:
    """Give a receiver that acknowledges late a book that takes each payment once."""
    if "late" in receiver:
        with contextlib.closing(sqlite3.connect(book)) as db:
            db.execute("CREATE TABLE book (body BLOB UNIQUE ON CONFLICT IGNORE, time REAL)")


# ---------------------------------------------------------------- two switches


@dataclass
class Flow:
    """Payments that flow without an end, over one or more switches."""

    switches: list[Program]
    book: str

    async def recovery(self, fault: Callable[[Program], Awaitable[None]], number: int) -> float:
        """Let a fault happen to a switch; return the longest that a payment then took."""
        count = len(booked(self.book))
        await _until(lambda: len(booked(self.book)) >= count + 20)
        began = time.monotonic()
        await fault(self.switches[number % len(self.switches)])
        ended = time.monotonic()

        def whole() -> bool:
            """Tell whether all that was made until then is booked, and more."""
            rows = booked(self.book)
            numbers = sorted(number for number, _, _ in rows)
            made = max(made for _, made, _ in rows)
            return numbers == list(range(1, len(rows) + 1)) and made > ended

        await _until(whole)
        return max(at - made for _, made, at in booked(self.book) if made > began - 0.1)


@contextlib.asynccontextmanager
async def flowing(design: Design, switches: int) -> AsyncIterator[Flow]:
    """Start a design with so many of its switches, and payments that flow through all of them."""
    with tempfile.TemporaryDirectory() as folder:
        switch, sender, receiver = _words(design, folder)
        async with Programs() as programs:
            up = [await programs.start(*switch, "--bind", ANY) for _ in range(switches)]
            to = [word for one in up for word in ("--connect", one.endpoints[0])]
            await programs.start(*receiver, *to, "--quiet")
            endless = ["--quiet", "--messages", "1000000", "--interval", "0.005"]
            await programs.start(*sender, *to, *endless)
            yield Flow(up, f"{folder}/book")


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  (a file tells of no event)
            await asyncio.sleep(0.02)
