"""Answer each request with many replies, no more at a time than its client has credit for.

A request is [number, credit, days], and a grant of further credit is [number, credit]. Each day of
the request is a reply of its own, [number, day, reading], and [number] alone is the end. Clients
see one ROUTER socket. For each credit of a client one day goes to the threads behind a DEALER
socket. These work on several days at once, so days may overtake each other. The clients take turns:
one with much credit does not hold up the others.

Guide: asyncsrv. The other side is client.py, beside this file.
"""

import contextlib
import hashlib
import time
from dataclasses import dataclass
from threading import Thread

import zmq

from zmqlab.run.role import Role, positive, seconds

INSIDE = "inproc://work"
MOST_DAYS = 1_000_000
MOST_CREDIT = 500
"""What a client may grant in all: well below the 1,000 messages that its queue has room for."""
AHEAD = 4
"""Days that each thread may have waiting."""

role = Role("server", __doc__, bind="tcp://127.0.0.1:5570")
role.option("--workers", type=positive, default=5, help="so many threads (default: 5)")
role.option(
    "--rounds",
    type=positive,
    default=2000,
    help="work on a day: rounds of SHA-256 (default: 2000, some 1 ms)",
)
role.option(
    "--patience",
    type=seconds,
    default=10,
    help="end a stream whose client grants nothing for so long (default: 10)",
)


Key = tuple[bytes, bytes]
"""What names a stream: its client, and the number of its request."""


@dataclass
class Stream:
    """A request that is being answered.

    Attributes
    ----------
    days : int
        How many days it asks for.
    credit : int
        How many further days its client is ready to take.
    given : int
        How many days have been given to the threads.
    sent : int
        How many days have been sent to the client.
    granted : float
        When the client last granted credit.
    """

    days: int
    credit: int = 0
    given: int = 0
    sent: int = 0
    granted: float = 0.0


def work(context: zmq.SyncContext) -> None:
    """Look up days in this thread, until the context ends."""
    with contextlib.suppress(zmq.ContextTerminated), context.socket(zmq.DEALER) as socket:
        socket.connect(INSIDE)
        while True:
            *stream, day = socket.recv_multipart()
            digest = day
            for _ in range(role.options.rounds):
                digest = hashlib.sha256(digest).digest()
            socket.send_multipart([*stream, day, digest.hex()[:8].encode()])


class Server:
    """The streams of all clients, between the two sockets."""

    def __init__(self, outside: zmq.SyncSocket, inside: zmq.SyncSocket) -> None:
        self._outside = outside
        self._inside = inside
        self._streams: dict[Key, Stream] = {}
        self._ready: dict[Key, None] = {}  # those that have credit, in the order of their turns
        self._working = 0  # days that the threads have

    def serve(self) -> None:
        """Answer requests until Ctrl-C."""
        poller = zmq.Poller()
        poller.register(self._outside, zmq.POLLIN)
        poller.register(self._inside, zmq.POLLIN)
        while True:
            events = dict(poller.poll(100))
            if self._outside in events:
                client, *frames = self._outside.recv_multipart()
                try:
                    self._take(client, *frames)
                except (TypeError, ValueError):
                    print("refused a message that is neither a request nor a grant")
            if self._inside in events:
                self._working -= 1
                self._reply(*self._inside.recv_multipart())
            self._give()
            self._end_idle_streams()

    def _take(self, client: bytes, number: bytes, credit: bytes, days: bytes = b"") -> None:
        """Begin the stream of a request, or add a grant to its stream."""
        key = client, number
        stream = self._streams.get(key)
        if days:
            if stream:
                raise ValueError("this number is in use")
            stream = Stream(amount(days, MOST_DAYS))
        if stream is None:
            return  # a grant that came after the end
        stream.credit += amount(credit, MOST_CREDIT - stream.credit)
        stream.granted = time.monotonic()
        self._streams[key] = stream
        if days:
            print(f"request {number.decode(errors='replace')} for {stream.days} days")
        if stream.given < stream.days:
            self._ready[key] = None

    def _give(self) -> None:
        """Give the threads days to look up, one of each stream in turn."""
        while self._ready and self._working < AHEAD * role.options.workers:
            key = next(iter(self._ready))
            del self._ready[key]
            stream = self._streams[key]
            stream.credit -= 1
            stream.given += 1
            self._working += 1
            self._inside.send_multipart([*key, b"%d" % stream.given])
            if stream.credit and stream.given < stream.days:
                self._ready[key] = None

    def _reply(self, client: bytes, number: bytes, day: bytes, reading: bytes) -> None:
        """Send a day to its client, and the end behind the last one."""
        key = client, number
        if (stream := self._streams.get(key)) is None:
            return  # given up
        self._outside.send_multipart([client, number, day, reading])
        stream.sent += 1
        if stream.sent == stream.days:
            self._outside.send_multipart([client, number])
            del self._streams[key]

    def _end_idle_streams(self) -> None:
        """Forget the streams of clients that have granted nothing for too long."""
        latest = time.monotonic() - role.options.patience
        for key, stream in list(self._streams.items()):
            if key not in self._ready and stream.sent == stream.given and stream.granted < latest:
                del self._streams[key]
                print(
                    f"request {key[1].decode(errors='replace')}: no grant for"
                    f" {role.options.patience:g} s, given up after {stream.sent} of"
                    f" {stream.days} days"
                )


def amount(text: bytes, most: int) -> int:
    """Read a number from 1 to this one; raise ValueError for anything else."""
    if not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def main() -> None:
    """Bind both sides, start the threads, and answer; term() waits for the threads."""
    context = zmq.Context()
    context.linger = 1000
    try:
        with context.socket(zmq.ROUTER) as outside, context.socket(zmq.DEALER) as inside:
            endpoints = []
            for endpoint in role.bind:
                outside.bind(endpoint)
                endpoints.append(outside.get_string(zmq.LAST_ENDPOINT))
            inside.bind(INSIDE)
            for _ in range(role.options.workers):
                Thread(target=work, args=(context,)).start()
            role.ready(*endpoints)
            Server(outside, inside).serve()
    finally:
        context.term()


if __name__ == "__main__":
    role.run(main)
