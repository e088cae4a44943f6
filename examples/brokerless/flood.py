"""Send as many messages as fast as it goes, all alike; tell how long it took, and the CPU time.

For the whitepaper "Broker vs. Brokerless": one of several pairs, with or without a proxy between.
With --gate it waits until something is published there, so that several start at one moment.
The other side is drain.py, beside this file.
"""

import time

import zmq

from zmqlab.run.role import Role, endpoint, positive

role = Role("flood", __doc__, connect="tcp://127.0.0.1:5560")
role.option("--messages", type=positive, default=100_000, help="how many (default: 100000)")
role.option("--size", type=positive, default=100, help="bytes of each (default: 100)")
role.option("--gate", type=endpoint, help="wait for a message from there")


def main() -> None:
    """Connect, then send and send."""
    message = bytes(role.options.size)
    with zmq.Context() as context:
        with context.socket(zmq.PUSH) as socket:
            socket.linger = 0
            for one in role.connect:
                socket.connect(one)
            with context.socket(zmq.SUB) as gate:
                gate.subscribe("")
                if role.options.gate:
                    gate.connect(role.options.gate)
                role.ready(*role.connect)
                if role.options.gate:
                    gate.recv()
            began, busy = time.monotonic(), time.process_time()
            for _ in range(role.options.messages):
                socket.send(message)
            socket.linger = -1
        context.term()  # wait until all have left
        took, busy = time.monotonic() - began, time.process_time() - busy
        print(f"sent {role.options.messages} in {took:.4f} s, CPU {busy:.4f} s")


if __name__ == "__main__":
    role.run(main)
