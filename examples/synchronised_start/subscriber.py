"""Hear the publisher, say that this subscriber is ready, and check that no update is missing.

It says "ready" only after it has heard something: then its subscription is known to have arrived.
A connection of REQ says nothing about that of SUB. The first endpoint is the publisher's for
updates, the second the one for names.

Guide: syncsub. The other side is publisher.py, beside this file.
"""

import os

import zmq

from zmqlab.run.role import Role, seconds

role = Role("subscriber", __doc__, connect=("tcp://127.0.0.1:5561", "tcp://127.0.0.1:5562"))
role.option("--name", default=f"subscriber-{os.getpid()}", help="(default: by process)")
role.option("--timeout", type=seconds, default=10, help="for a message (default: 10)")


def main() -> None:
    """Connect, wait for a hello, say ready, then count the updates."""
    numbers: list[int] = []
    with (
        zmq.Context() as context,
        context.socket(zmq.SUB) as feed,
        context.socket(zmq.REQ) as door,
    ):
        feed.linger = door.linger = 0
        feed.rcvtimeo = door.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
        places = list(role.connect)
        if len(places) != 2:
            role.fail("it connects to two endpoints: --connect FEED --connect DOOR", status=2)
        feed.subscribe("")
        for socket, endpoint in zip((feed, door), role.connect, strict=True):
            socket.connect(endpoint)
        role.ready(*places)

        try:
            feed.recv_string()  # a hello, or an update if others were waited for
            door.send_string(role.options.name)
            door.recv_string()
            while (update := feed.recv_string()) != "END":
                if update != "hello":
                    numbers.append(int(update))
        except zmq.Again:
            role.fail(f"nothing came for {role.options.timeout:g} s; got {len(numbers)} updates")

    if numbers != list(range(1, len(numbers) + 1)):
        role.fail(f"{len(numbers)} updates, and some are missing")
    print(f"{role.options.name} got {len(numbers)} updates, none missing")


if __name__ == "__main__":
    role.run(main)
