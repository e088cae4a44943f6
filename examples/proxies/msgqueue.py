"""Stand between clients and workers, as rrbroker.py does, with libzmq's own proxy.

The first --bind is for clients, the second for workers.

Guide: msgqueue. The other sides are rrclient.py and rrworker.py.
"""

import zmq

from zmqlab.run.role import Role

role = Role("queue", __doc__, bind=("tcp://127.0.0.1:5559", "tcp://127.0.0.1:5560"))


def main() -> None:
    """Bind both sides and leave the rest to libzmq."""
    with (
        zmq.Context() as context,
        context.socket(zmq.ROUTER) as front,
        context.socket(zmq.DEALER) as back,
    ):
        front.linger = back.linger = 0
        endpoints = list(role.bind)
        if len(endpoints) != 2:
            role.fail("--bind is needed twice: for clients, then for workers", status=2)
        bound = []
        for socket, endpoint in zip((front, back), endpoints, strict=True):
            socket.bind(endpoint)
            bound.append(socket.get_string(zmq.LAST_ENDPOINT))
        role.ready(*bound)

        zmq.proxy(front, back)  # until Ctrl-C


if __name__ == "__main__":
    role.run(main)
