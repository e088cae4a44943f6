"""Book payments as they come, with no memory of which came before.

Of lesson 32, on the whitepaper Switch or broker. With --acknowledge it tells a broker of each
that it has it: early, when it takes it in hand, or late, when it is booked. The other sides are
sender.py, or broker.py and ../reliable_edges/sender.py.
"""

import sqlite3
import time

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("receiver", __doc__, connect="tcp://127.0.0.1:5560")
role.option("--name", default="ben", help="what senders call it (default: ben)")
role.option("--acknowledge", choices=("early", "late"), help="tell a broker (default: nobody)")
role.option("--store", default=":memory:", metavar="FILE", help="keep the book in a file")
role.option("--pause-at", type=positive, help="payment N takes long...")
role.option("--pause", type=seconds, default=60, help="...so long (default: 60)")
role.option("--quiet", action="store_true", help="print no line for each message")


def main() -> None:
    """Connect, then book what comes."""
    acknowledge = role.options.acknowledge
    book = sqlite3.connect(role.options.store, isolation_level=None)
    book.execute("PRAGMA journal_mode = WAL")
    book.execute("PRAGMA synchronous = OFF")
    book.execute("CREATE TABLE IF NOT EXISTS book (body BLOB, time REAL)")
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.routing_id = role.options.name.encode()
        socket.linger = 0
        socket.reconnect_ivl = 50
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        if acknowledge:
            socket.send_multipart([b"broker", b"hello"])
        while True:
            while not socket.poll(200):
                if acknowledge:
                    socket.send_multipart([b"broker", b"hello"])  # nothing comes: are you there?
            origin, stream, number, body = socket.recv_multipart()
            if acknowledge == "early":
                socket.send_multipart([origin, stream, number])
            if role.options.pause_at == int(number):
                print(f"payment {int(number)} in hand")
                time.sleep(role.options.pause)
            book.execute("INSERT INTO book VALUES (?, ?)", (body, time.monotonic()))
            if acknowledge == "late":
                socket.send_multipart([origin, stream, number])
            if not role.options.quiet:
                print(f"payment {int(number)} done")


if __name__ == "__main__":
    role.run(main)
