"""Ask for one reply after the other, and ask again on a new socket where none comes in time.

Lesson 19; lesson 18 has more of such clients. The other side is spqueue.py or ppqueue.py.
"""

from __future__ import annotations

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5672")
role.option("--requests", type=positive, default=3, help="ask for N replies (default: 3)")
role.option("--tries", type=positive, default=3, help="ask N times for each (default: 3)")
role.option("--timeout", type=seconds, default=2.5, help="for a reply (default: 2.5)")


def ask(context: zmq.Context[zmq.Socket[bytes]], request: bytes) -> bytes | None:
    """Return the reply to a request; None if none of the tries brings one."""
    for attempt in range(1, role.options.tries + 1):
        with context.socket(zmq.REQ) as socket:  # an old one could send nothing more
            socket.linger = 0
            for endpoint in role.connect:
                socket.connect(endpoint)
            socket.send(request)
            if socket.poll(int(1000 * role.options.timeout)):
                return socket.recv()
        print(f"request {request.decode()}: no reply to try {attempt}")
    return None


def main() -> None:
    """Ask for all replies, then end."""
    with zmq.Context() as context:
        endpoints = list(role.connect)
        role.ready(*endpoints)
        for number in range(1, role.options.requests + 1):
            reply = ask(context, b"%d" % number)
            if reply is None:
                role.fail(
                    f"no reply after {role.options.tries} tries: is a queue running at "
                    f"{' or '.join(endpoints)}, and a worker behind it?"
                )
            print(f"request {number}: {reply.decode(errors='replace')}")


if __name__ == "__main__":
    role.run(main)
