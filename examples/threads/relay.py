"""Let threads begin one after the other: each waits for a signal on a PAIR socket, then passes on.

The threads start in any order. Each binds the socket at which it waits, and connects to the next
one's: over inproc, it does not matter which of the two comes first.

Guide: mtrelay. There is no other side: all of it is one process.
"""

import contextlib
from threading import Thread

import zmq

from zmqlab.run.role import Role, positive

role = Role("relay", __doc__)
role.option("--runners", type=positive, default=3, help="so many threads (default: 3)")


def run(context: zmq.SyncContext, number: int) -> None:
    """Wait for the signal, say so, and pass it on to the next."""
    with (
        contextlib.suppress(zmq.ContextTerminated),
        context.socket(zmq.PAIR) as before,
        context.socket(zmq.PAIR) as after,
    ):
        before.bind(f"inproc://leg-{number}")
        after.connect(f"inproc://leg-{number + 1}")
        before.recv()
        print(f"runner {number} runs", flush=True)
        after.send(b"")


def race(context: zmq.SyncContext) -> None:
    """Start the threads, the last one first; send the first signal, wait for the last."""
    runners = role.options.runners
    with context.socket(zmq.PAIR) as start, context.socket(zmq.PAIR) as finish:
        finish.bind(f"inproc://leg-{runners + 1}")
        start.connect("inproc://leg-1")
        for number in range(runners, 0, -1):
            Thread(target=run, args=(context, number)).start()
        start.send(b"")
        finish.recv()


def main() -> None:
    """Run the race, and let each thread close its own sockets: term() waits for them."""
    context = zmq.Context()
    try:
        race(context)
    finally:
        context.term()
    print("all have run")


if __name__ == "__main__":
    role.run(main)
