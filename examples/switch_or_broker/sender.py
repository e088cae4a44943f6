"""Send payments and forget them: what can't leave at once is lost, and nobody hears of it.

Of lesson 32, on the whitepaper Switch or broker. It speaks with ../reliable_edges/switch.py. The
other side is receiver.py, beside this file.
"""

import contextlib
import time
import uuid

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("sender", __doc__, connect="tcp://127.0.0.1:5560")
role.option("--to", default="ben", metavar="NAME", help="the receiver's name (default: ben)")
role.option("--messages", type=positive, default=20, help="how many (default: 20)")
role.option("--interval", type=seconds, default=0, help="between two of them (default: 0)")
role.option("--quiet", action="store_true", help="print no line for each message")


def main() -> None:
    """Connect, then send one payment after the other."""
    to, stream = role.options.to.encode(), uuid.uuid4().hex.encode()
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.immediate = True
        socket.linger = 1000  # ms; what has left the program may still leave the machine
        socket.reconnect_ivl = 50
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)
        socket.poll(2000, zmq.POLLOUT)  # the first connection

        following = time.monotonic()
        for number in range(1, role.options.messages + 1):
            time.sleep(max(0.0, following - time.monotonic()))
            following += role.options.interval
            with contextlib.suppress(zmq.Again):
                body = b"payment %d %.6f" % (number, time.monotonic())
                socket.send_multipart([to, stream, b"%d" % number, body], zmq.DONTWAIT)
            if not role.options.quiet:
                print(f"payment {number} made")


if __name__ == "__main__":
    role.run(main)
