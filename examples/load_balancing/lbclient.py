"""Send requests at once, long ones among them, and print the replies as they come.

Every third request is a long one, beginning with the first. With round-robin and three workers, all
of these would go to the same worker.

Lesson 12, and lesson 14; in the Guide, clients are a part of lbbroker. The other sides are
lbbroker.py, lbbroker2.py or lbbroker3.py, and lbworker.py.
"""

import zmq

from zmqlab.run.role import Role, positive, seconds

EVERY = 3
"""One request of so many is a long one."""

role = Role("client", __doc__, connect="tcp://127.0.0.1:5672")
role.option("--requests", type=positive, default=12, help="send N requests (default: 12)")
role.option("--short", type=seconds, default=0.05, help="of a short one (default: 0.05)")
role.option("--long", type=seconds, default=0.35, help="of a long one (default: 0.35)")
role.option("--timeout", type=seconds, default=10, help="for a reply (default: 10)")


def main() -> None:
    """Send all requests, then wait for as many replies."""
    options = role.options
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger = 0
        socket.sndtimeo = socket.rcvtimeo = int(options.timeout * 1000)  # milliseconds
        endpoints = list(role.connect)
        for endpoint in endpoints:
            socket.connect(endpoint)
        role.ready(*endpoints)

        try:
            for number in range(1, options.requests + 1):
                length = options.long if number % EVERY == 1 else options.short
                socket.send_multipart([b"", f"{number} {length:g}".encode()])
            for _ in range(options.requests):
                print(socket.recv_multipart()[-1].decode(errors="replace"))
        except zmq.Again:
            role.fail(
                f"no reply within {options.timeout:g} s: is a broker running at "
                f"{' or '.join(endpoints)}, and a worker behind it?"
            )


if __name__ == "__main__":
    role.run(main)
