"""Wait until every expected subscriber has heard this publisher, then publish to all of them.

PUB drops what it sends before a subscription has arrived. So it repeats "hello" until each of its
subscribers has heard one and has said so by REQ. The first endpoint is for updates, the second for
the subscribers' names. An update is its number; "END" is the last.

Guide: syncpub. The other side is subscriber.py, beside this file.
"""

import zmq

from zmqlab.run.role import Role, positive

role = Role("publisher", __doc__, bind=("tcp://127.0.0.1:5561", "tcp://127.0.0.1:5562"))
role.option("--subscribers", type=positive, default=1, help="wait for N of them (default: 1)")
role.option("--updates", type=positive, default=10_000, help="how many (default: 10000)")

REPEAT = 20
"""Milliseconds from one hello to the next."""


def main() -> None:
    """Bind, repeat hello until all are there, then publish."""
    wanted, updates = role.options.subscribers, role.options.updates
    with (
        zmq.Context() as context,
        context.socket(zmq.PUB) as feed,
        context.socket(zmq.REP) as door,
    ):
        feed.linger = door.linger = 0  # at a Ctrl-C, do not wait for peers that are stuck
        feed.sndhwm = 0  # no limit: it must hold all updates for a subscriber that is slow
        places = list(role.bind)
        if len(places) != 2:
            role.fail("it binds two endpoints: --bind FEED --bind DOOR", status=2)
        for socket, endpoint in zip((feed, door), role.bind, strict=True):
            socket.bind(endpoint)
        role.ready(feed.get_string(zmq.LAST_ENDPOINT), door.get_string(zmq.LAST_ENDPOINT))

        there: set[str] = set()
        while len(there) < wanted:
            feed.send_string("hello")
            if door.poll(REPEAT):
                name = door.recv_string()
                door.send_string("welcome")
                there.add(name)
                print(f"{name} is ready: {len(there)} of {wanted}")
        for number in range(1, updates + 1):
            feed.send_string(str(number))
        feed.send_string("END")
        print(f"{updates} updates published")
        feed.linger = -1  # a clean end waits until all have left


if __name__ == "__main__":
    role.run(main)
