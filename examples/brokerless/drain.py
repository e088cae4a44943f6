"""Receive messages; whenever it gets quiet, tell how many came, when, and the CPU time used.

For the whitepaper "Broker vs. Brokerless": one of several pairs, with or without a proxy between.
The other side is flood.py, beside this file.
"""

import time

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("drain", __doc__, bind="tcp://127.0.0.1:5560")
role.option("--messages", type=positive, help="end when N have come")
role.option(
    "--quiet", type=seconds, default=0.1,
    help="tell when nothing has come for so long (default: 0.1)",
)  # fmt: skip


def main() -> None:
    """Bind, then receive and count."""
    with zmq.Context() as context, context.socket(zmq.PULL) as socket:
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))
        role.ready(*endpoints)
        busy = time.process_time()
        socket.recv()
        began = ended = time.monotonic()
        count, told = 1, 0
        socket.rcvtimeo = int(role.options.quiet * 1000)  # milliseconds
        while count != role.options.messages:
            try:
                socket.recv()
            except zmq.Again:
                if told != count:
                    told = count
                    tell(count, began, ended, time.process_time() - busy)
            else:
                count += 1
                ended = time.monotonic()
        tell(count, began, ended, time.process_time() - busy)


def tell(count: int, began: float, ended: float, busy: float) -> None:
    """Print how many came from when until when, by the clock that all processes share."""
    print(f"got {count} from {began:.4f} s to {ended:.4f} s, CPU {busy:.4f} s")


if __name__ == "__main__":
    role.run(main)
