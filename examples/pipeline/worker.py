"""Do tasks from the ventilator, and send each result to the sink.

It connects to two places, in this order: --connect VENTILATOR --connect SINK. The work is real:
each round hashes the hash of the round before. A result is text: done NUMBER NAME.

Guide: taskwork. The other sides are ventilator.py and sink.py, beside this file.
"""

import hashlib
import os

import zmq

from zmqlab.role import Role, positive

role = Role("worker", __doc__, connect=("tcp://127.0.0.1:5557", "tcp://127.0.0.1:5558"))
role.option("--name", default=f"worker-{os.getpid()}", help="for the sink (default: by process)")
role.option(
    "--slow", type=positive, default=1, metavar="N", help="do each task N times (default: 1)"
)


def main() -> None:
    """Connect to both sides, then take a task, do it, and send its result, again and again."""
    if len(list(role.connect)) != 2:
        role.fail("--connect is needed twice: the ventilator, then the sink", status=2)
    with (
        zmq.Context() as context,
        context.socket(zmq.PULL) as pull,
        context.socket(zmq.PUSH) as push,
    ):
        push.linger = 1000  # at the end, give the last results a second to leave
        for endpoint, socket in zip(role.connect, (pull, push), strict=True):
            socket.connect(endpoint)
        role.ready(*role.connect)

        while True:
            number, rounds = pull.recv_string().split()
            digest = number.encode()
            for _ in range(int(rounds) * role.options.slow):
                digest = hashlib.sha256(digest).digest()
            print(f"task {number} done: {digest.hex()[:8]}")
            push.send_string(f"done {number} {role.options.name}")


if __name__ == "__main__":
    role.run(main)
