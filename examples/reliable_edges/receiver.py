"""Do each payment once, and say so when it is done and not before.

A message comes as FROM STREAM NUMBER BODY and is acknowledged as FROM STREAM NUMBER. One that came
before is not done again, but acknowledged again: its acknowledgement was lost, or too slow.

What it remembers and what it does stand in one database and change in one transaction. So there is
no moment at which a payment is booked and not remembered, or remembered and not booked. With
--store both outlive this program. (Work that can't be part of the transaction, such as an email,
can't be done exactly once by anybody.)

Of lesson 32, on the whitepaper Switch or broker. With --bind it does without a switch: senders
connect to it. To take away: Book. The other sides are switch.py and sender.py, beside this file.
"""

import contextlib
import sqlite3
import time

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("receiver", __doc__, bind="tcp://127.0.0.1:5561", connect="tcp://127.0.0.1:5560")
role.option("--name", default="ben", help="what senders call it (default: ben)")
role.option("--store", default=":memory:", metavar="FILE", help="keep the book in a file")
role.option("--fsync", action="store_true", help="it shall outlive a power cut, too")
role.option("--pause-at", type=positive, help="payment N takes long...")
role.option("--pause", type=seconds, default=60, help="...so long (default: 60)")
role.option(
    "--together",
    type=positive,
    default=1,
    help="book up to N in one transaction, if they are there (default: 1)",
)
role.option("--quiet", action="store_true", help="print no line for each message")


class Book:
    """What was done, and which messages it came from."""

    def __init__(self, path: str, fsync: bool = False) -> None:
        self.db = sqlite3.connect(path)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute(f"PRAGMA synchronous = {'FULL' if fsync else 'OFF'}")
        self.db.execute("CREATE TABLE IF NOT EXISTS book (body BLOB, time REAL)")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS seen (stream BLOB, number INTEGER, "
            "PRIMARY KEY (stream, number)) WITHOUT ROWID"
        )

    def deliver(self, stream: bytes, number: int, body: bytes) -> bool:
        """Do what a message asks for, unless that was done before; the caller commits."""
        seen = self.db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (stream, number))
        if seen.rowcount == 0:
            return False
        self.db.execute("INSERT INTO book VALUES (?, ?)", (body, time.monotonic()))
        return True


def main() -> None:
    """Connect or bind, then book what comes and acknowledge it."""
    options = role.options
    book = Book(options.store, options.fsync)
    with (
        zmq.Context() as context,
        context.socket(zmq.ROUTER if options.bind else zmq.DEALER) as socket,
    ):
        socket.linger = 0
        socket.heartbeat_ivl, socket.heartbeat_timeout = 200, 600  # ms; then it counts as dead
        endpoints = []
        if options.bind:
            socket.router_handover = True
            for endpoint in role.bind:
                socket.bind(endpoint)
                endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port
        else:
            socket.routing_id = options.name.encode()
            socket.immediate = True  # queue nothing for a switch that is not there
            socket.reconnect_ivl = 50
            for endpoint in role.connect:
                socket.connect(endpoint)
                endpoints.append(endpoint)
        role.ready(*endpoints)

        while True:
            messages = [socket.recv_multipart()]
            while len(messages) < options.together and socket.poll(0):
                messages.append(socket.recv_multipart())
            told = []
            with book.db:  # one transaction
                for *_, stream, number, body in messages:
                    if options.pause_at and int(number) == options.pause_at:
                        print(f"payment {int(number)} in hand")
                        time.sleep(options.pause)
                    new = book.deliver(stream, int(number), body)
                    told.append(f"payment {int(number)} " + ("done" if new else "came again"))
            for *route, stream, number, _ in messages:
                with contextlib.suppress(zmq.Again):  # not connected: the sender will ask again
                    socket.send_multipart([*route, stream, number], zmq.DONTWAIT)
            if not options.quiet:
                print("\n".join(told))


if __name__ == "__main__":
    role.run(main)
