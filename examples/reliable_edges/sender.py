"""Send payments until whoever they are for says that each is done.

A message is TO STREAM NUMBER BODY, an acknowledgement comes back as FROM STREAM NUMBER. What is not
acknowledged is sent again, each time after a longer wait; a little chance in the wait keeps many
senders from coming back at the same moment. Messages may overtake each other.

Until it is acknowledged a message stands in the outbox. With --store that is a file: then it
outlives this program, which goes on where it was when it is started again with the same file. The
stream is a name that each new outbox takes for itself: no number is ever used for two messages.

Of lesson 32, on the whitepaper Switch or broker. To take away: Outbox and Sender. The other sides
are switch.py and receiver.py, beside this file.
"""

import heapq
import math
import random
import sqlite3
import time
import uuid

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("sender", __doc__, connect="tcp://127.0.0.1:5560")
role.option("--name", default="anna", help="this sender's own (default: anna)")
role.option("--to", default="ben", metavar="NAME", help="the receiver's name (default: ben)")
role.option("--messages", type=positive, default=20, help="how many (default: 20)")
role.option("--interval", type=seconds, default=0, help="between two new ones (default: 0)")
role.option("--retry", type=seconds, default=0.2, help="wait before the first retry (default: 0.2)")
role.option("--longest", type=seconds, default=2, help="wait at most (default: 2)")
role.option("--window", type=positive, default=100, help="under way (default: 100)")
role.option("--store", default=":memory:", metavar="FILE", help="keep the outbox in a file")
role.option("--fsync", action="store_true", help="it shall outlive a power cut, too")
role.option("--quiet", action="store_true", help="print no line for each message")


class Outbox:
    """Messages that are not acknowledged yet."""

    def __init__(self, path: str, fsync: bool = False) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute(f"PRAGMA synchronous = {'FULL' if fsync else 'OFF'}")
        self.db.execute("CREATE TABLE IF NOT EXISTS name (stream BLOB)")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS outbox "
            "(number INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB)"  # never the same number again
        )
        self.db.execute(
            "INSERT INTO name SELECT ? WHERE NOT EXISTS (SELECT * FROM name)",
            (uuid.uuid4().hex.encode(),),
        )
        (self.stream,) = self.db.execute("SELECT stream FROM name").fetchone()
        self.waiting: dict[int, bytes] = dict(self.db.execute("SELECT number, body FROM outbox"))
        last = self.db.execute("SELECT seq FROM sqlite_sequence").fetchone()
        self.last: int = last[0] if last else 0

    def put(self, body: bytes) -> int:
        """Take a message in; from here on it will be sent until it is acknowledged."""
        self.db.execute("INSERT INTO outbox (body) VALUES (?)", (body,))
        self.last += 1
        self.waiting[self.last] = body
        return self.last

    def done(self, number: int) -> bool:
        """Forget a message that is acknowledged; say whether it was still waiting."""
        self.db.execute("DELETE FROM outbox WHERE number = ?", (number,))
        return self.waiting.pop(number, None) is not None


class Sender:
    """Sends what stands in the outbox, again and again."""

    def __init__(
        self, socket: zmq.Socket[bytes], to: bytes, outbox: Outbox, retry: float, longest: float
    ) -> None:
        self.socket, self.to, self.outbox = socket, to, outbox
        self.retry, self.longest = retry, longest
        self.again = 0
        # When, which, how often so far: the next one due is on top.
        self.due = [(0.0, number, 0) for number in outbox.waiting]

    def put(self, body: bytes) -> int:
        """Take a message in."""
        number = self.outbox.put(body)
        heapq.heappush(self.due, (0.0, number, 0))
        return number

    def work(self, until: float) -> list[int]:
        """Send what is due, then wait until something comes; give what was acknowledged."""
        now, events = time.monotonic(), int(zmq.POLLIN)
        while self.due and self.due[0][0] <= now:
            _, number, tries = self.due[0]
            if number in self.outbox.waiting:  # else it was acknowledged meanwhile
                message = [self.to, self.outbox.stream, b"%d" % number, self.outbox.waiting[number]]
                try:
                    self.socket.send_multipart(message, zmq.DONTWAIT)
                except zmq.Again:  # nobody is connected, or all are full
                    events |= zmq.POLLOUT
                    break
                self.again += tries > 0
                wait = min(self.longest, self.retry * 2**tries) * random.uniform(0.75, 1.25)
                heapq.heapreplace(self.due, (now + wait, number, tries + 1))
            else:
                heapq.heappop(self.due)
        if self.due and not events & zmq.POLLOUT:
            until = min(until, self.due[0][0])
        done = []
        if self.socket.poll(math.ceil(max(0, until - now) * 1000), events):
            while self.socket.poll(0):
                _, stream, number_text = self.socket.recv_multipart()
                if stream == self.outbox.stream and self.outbox.done(int(number_text)):
                    done.append(int(number_text))
        return done


def main() -> None:
    """Connect, make the payments one by one, and end when all are acknowledged."""
    options = role.options
    outbox = Outbox(options.store, options.fsync)
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.routing_id = options.name.encode()
        socket.linger = 0
        socket.immediate = True  # queue nothing for a switch that is not there
        socket.heartbeat_ivl, socket.heartbeat_timeout = 200, 600  # ms; then it counts as dead
        socket.reconnect_ivl = 50
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        sender = Sender(socket, options.to.encode(), outbox, options.retry, options.longest)
        began, following = time.monotonic(), 0.0
        while outbox.last < options.messages or outbox.waiting:
            room = outbox.last < options.messages and len(outbox.waiting) < options.window
            if room and time.monotonic() >= following:
                following = time.monotonic() + options.interval
                number = sender.put(b"payment %d %.6f" % (outbox.last + 1, time.monotonic()))
                if not options.quiet:
                    print(f"payment {number} made")
            for number in sender.work(following if room else time.monotonic() + 1):
                if not options.quiet:
                    print(f"payment {number} acknowledged")
        took = time.monotonic() - began
    print(f"all acknowledged after {took:.3f} s; {sender.again} times sent again")


if __name__ == "__main__":
    role.run(main)
