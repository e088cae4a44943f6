"""Answer requests in several threads behind one socket.

Clients see one ROUTER socket. A DEALER socket deals their requests to the threads, each of which
has a REP socket of its own, and `zmq.proxy` passes everything between the two. The end of the
context ends them all. The work is real: a request is hashed again and again.

Guide: mtserver. The other side is request_reply/client.py.
"""

import contextlib
import hashlib
from threading import Thread

import zmq

from zmqlab.run.role import Role, positive

INSIDE = "inproc://work"

role = Role("server", __doc__, bind="tcp://127.0.0.1:5555")
role.option("--workers", type=positive, default=5, help="so many threads (default: 5)")
role.option(
    "--rounds",
    type=positive,
    default=20_000,
    help="work on a request: rounds of SHA-256 (default: 20000, some 8 ms)",
)


def work(context: zmq.SyncContext, number: int) -> None:
    """Answer requests in this thread, until the context ends."""
    with contextlib.suppress(zmq.ContextTerminated), context.socket(zmq.REP) as socket:
        socket.connect(INSIDE)
        while True:
            digest = socket.recv()
            for _ in range(role.options.rounds):
                digest = hashlib.sha256(digest).digest()
            socket.send_string(f"{digest.hex()[:8]} from worker {number}")


def serve(context: zmq.SyncContext) -> None:
    """Bind both sides, start the threads, and pass messages on until Ctrl-C."""
    with context.socket(zmq.ROUTER) as outside, context.socket(zmq.DEALER) as inside:
        endpoints = []
        for endpoint in role.bind:
            outside.bind(endpoint)
            endpoints.append(outside.get_string(zmq.LAST_ENDPOINT))
        inside.bind(INSIDE)
        for number in range(1, role.options.workers + 1):
            Thread(target=work, args=(context, number)).start()
        role.ready(*endpoints)
        zmq.proxy(outside, inside)


def main() -> None:
    """Serve, and let each thread close its own socket: term() waits for them."""
    context = zmq.Context()
    context.linger = 1000
    try:
        serve(context)
    finally:
        context.term()


if __name__ == "__main__":
    role.run(main)
