"""Deliver what is ordered, one order at a time, and reply when it is done.

An order is two frames, its name and what is ordered; the reply is its name and a sentence. Each
delivery is a line in the book. With --once an order that is in the book is answered from there and
not done again. With --book the book is a file, which outlives this program, though not a power cut.

Guide: lpserver. That one fails at random; this one says at which step it is, and takes --step long
for each, so that a test can kill it there. To take away: Book. The other side is lpclient.py.
"""

import json
import time
from pathlib import Path

import zmq

from zmqlab.run.role import Role, seconds

role = Role("server", __doc__, bind="tcp://127.0.0.1:5555")
role.option("--step", type=seconds, default=0, help="wait so long before each step (default: 0)")
role.option("--once", action="store_true", help="do no order twice")
role.option("--book", type=Path, metavar="FILE", help="keep the book in a file")


class Book:
    """What was delivered, and what was replied: one line for each delivery."""

    def __init__(self, path: Path | None) -> None:
        self.replies: dict[str, str] = {}
        self._file = path.open("a+", encoding="utf-8") if path else None
        if self._file:
            self._file.seek(0)
            self.replies.update(json.loads(line) for line in self._file)

    def deliver(self, name: str, what: str) -> str:
        """Do the work: from here on it is done, whatever becomes of the reply."""
        reply = f"{what} delivered"
        if self._file:
            self._file.write(json.dumps([name, reply]) + "\n")
            self._file.flush()  # the line is the delivery, and the memory of it
        self.replies[name] = reply
        return reply


def main() -> None:
    """Bind, then take, do and answer one order after the other."""
    options = role.options
    book = Book(options.book)
    with zmq.Context() as context, context.socket(zmq.REP) as socket:
        socket.linger = 0
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        while True:
            socket.poll()
            print("an order is here")
            time.sleep(options.step)
            frames = [frame.decode(errors="replace") for frame in socket.recv_multipart()]
            if len(frames) != 2:
                socket.send_multipart([b"", b"an order is two frames: its name, and what it is"])
                continue
            name, what = frames
            print(f"got {name}")
            time.sleep(options.step)
            if options.once and name in book.replies:
                reply = book.replies[name]
                print(f"did {name} before")
            else:
                reply = book.deliver(name, what)
                print(f"did {name}")
            time.sleep(options.step)
            socket.send_multipart([name.encode(), reply.encode()])
            print(f"answered {name}")


if __name__ == "__main__":
    role.run(main)
