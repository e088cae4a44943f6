"""Sell numbered seats, as one of two servers of which only one sells.

Without --primary this is the primary. It binds three endpoints: for clients, for what it publishes
to its partner, and for what its partner publishes. With --primary, given twice, this is the backup
of the primary that has these two; it binds an endpoint for clients, and no other.

Both publish their state all the time. The active one answers, the passive one throws requests away
until its partner has been silent for --limit seconds: then a request makes it active. Two active
servers that hear of each other end with exit status 3.

Guide: bstarsrv, bstarsrv2, bstar. The state machine is in _star.py, beside this file. The other
sides are the second server and client.py.
"""

from __future__ import annotations

import math
import time

import zmq

from examples.binary_star._star import RefusedError, Star, State, pack, unpack
from zmqlab.run.role import Role, endpoint, seconds

role = Role(
    "server",
    __doc__,
    bind=("tcp://127.0.0.1:5601", "tcp://127.0.0.1:5602", "tcp://127.0.0.1:5603"),
)
role.option("--primary", type=endpoint, action="append", help="be the backup of this primary")
role.option("--heartbeat", type=seconds, default=0.05, help="between two states (default: 0.05)")
role.option("--limit", type=seconds, default=0.5, help="of the partner's silence (default: 0.5)")
role.option("--slow", type=seconds, default=0, help="wait so long at each step of a request")
SPLIT = 3
"""The exit status of a server that finds two active ones."""


class Server:
    """A server and its three sockets: for clients, for its own states, for the partner's."""

    def __init__(
        self,
        star: Star,
        front: zmq.Socket[bytes],
        outward: zmq.Socket[bytes],
        inward: zmq.Socket[bytes],
    ) -> None:
        self.star = star
        self.front = front
        self.outward = outward
        self.inward = inward
        self.sold = 0

    def tell(self) -> None:
        """Publish our state, and how many seats are sold."""
        self.outward.send_multipart(pack(self.star.state, self.sold))
        self.star.sent(time.monotonic())

    def hear(self) -> None:
        """Take a state of the partner's."""
        try:
            state, sold = unpack(self.inward.recv_multipart())
        except ValueError as error:
            print(f"ignored: {error}")
            return
        if self.star.heard(state, time.monotonic()):
            print(f"state {self.star.state.name.lower()}: peer {state.name.lower()}")
        if state is State.ACTIVE:
            self.sold = sold

    def sell(self, slow: float) -> None:
        """Take a request; sell a seat if this server is the active one, or has become it."""
        time.sleep(slow)
        *envelope, request = self.front.recv_multipart()
        who = request.decode(errors="replace")
        if self.star.asked(time.monotonic()):
            print(f"state {self.star.state.name.lower()}: vote")
        if self.star.state is not State.ACTIVE:
            return  # no reply: the client will ask the other server
        print(f"in hand: {who}")
        time.sleep(slow)
        self.sold += 1
        self.tell()
        print(f"seat {self.sold} sold to {who}")
        time.sleep(slow)
        self.front.send_multipart([*envelope, b"seat %d" % self.sold])
        print(f"answered: {who}")
        time.sleep(slow)

    def run(self, slow: float) -> None:
        """Work until the table refuses to go on."""
        poller = zmq.Poller()
        poller.register(self.front, zmq.POLLIN)
        poller.register(self.inward, zmq.POLLIN)
        while True:
            now = time.monotonic()
            if self.star.due(now):
                self.tell()
            poller.poll(math.ceil(1000 * self.star.wait(now)))
            while self.inward.poll(0):  # all that the partner says, before any request
                self.hear()
            if self.front.poll(0):
                self.sell(slow)


def main() -> None:
    """Bind, find the partner, then sell whenever this server is the active one."""
    options = role.options
    if not options.heartbeat:
        role.fail("--heartbeat needs more than 0 seconds", 2)
    partner = options.primary or []
    if len(partner) not in (0, 2):
        role.fail("--primary is given twice, for the primary's second and third endpoint", 2)
    first = State.BACKUP if partner else State.PRIMARY
    star = Star(first, options.heartbeat, options.limit, time.monotonic())
    with (
        zmq.Context() as context,
        context.socket(zmq.ROUTER) as front,
        context.socket(zmq.PUB) as outward,
        context.socket(zmq.SUB) as inward,
    ):
        front.linger = outward.linger = inward.linger = 0
        inward.setsockopt(zmq.SUBSCRIBE, b"")
        sockets = [front] if partner else [front, outward, inward]
        endpoints = []
        for socket, address in zip(sockets, role.bind, strict=False):
            socket.bind(address)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port
        if len(endpoints) < len(sockets):
            role.fail("a primary needs --bind three times", 2)
        if partner:
            inward.connect(partner[0])
            outward.connect(partner[1])
        role.ready(*endpoints)
        print(f"state {first.name.lower()}")
        try:
            Server(star, front, outward, inward).run(options.slow)
        except RefusedError as error:
            role.fail(f"refused: {error}; a person has to look at this pair", SPLIT)


if __name__ == "__main__":
    role.run(main)
