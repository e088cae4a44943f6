"""Say that this worker is free, then do one request after the other.

A request is text: its number, and the seconds that it takes. Each reply says that the worker is
free again.

Lesson 12, and lesson 14; in the Guide, workers are a part of lbbroker. The other sides are
lbbroker.py, lbbroker2.py or lbbroker3.py, and lbclient.py.
"""

import argparse
import time

import zmq

from zmqlab.run.role import Role, positive, seconds

READY = b"READY"

role = Role("worker", __doc__, connect="tcp://127.0.0.1:5673")
role.option("--name", default="worker", help="say who it was in each reply (default: worker)")
role.option("--slow", type=positive, default=1, help="take N times as long (default: 1)")


def main() -> None:
    """Connect and say READY, then take a request and send its reply, again and again."""
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.linger = 0
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        socket.send(READY)
        while True:
            *envelope, request = socket.recv_multipart()  # the client's name, an empty frame
            socket.send_multipart([*envelope, work(request.decode(errors="replace")).encode()])


def work(request: str) -> str:
    """Do a request; return the reply."""
    number, _, length = request.partition(" ")
    try:
        pause = seconds(length) * role.options.slow
    except argparse.ArgumentTypeError:
        return f"{number} is no request: write a number and the seconds that it takes"
    print(f"task {number} taken")
    time.sleep(pause)
    print(f"task {number} done")
    return f"{number} done by {role.options.name}"


if __name__ == "__main__":
    role.run(main)
