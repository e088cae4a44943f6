"""Be a driver with a DEALER socket: say "free", get a trip, drive, and say "free" again.

DEALER adds nothing and takes nothing off, so this program writes the empty frame itself, and finds
it before each order.

Guide: rtdealer. The other side is centre.py; rtreq.py is the same driver with a REQ socket.
"""

import time

import zmq

from zmqlab.run.role import Role, routing_id, seconds

role = Role("driver", __doc__, connect="tcp://127.0.0.1:5555")
role.option("--name", type=routing_id, default="ben", help="the routing id (default: ben)")
role.option("--work", type=seconds, default=0.05, help="drive so long (default: 0.05)")


def main() -> None:
    """Connect under a name, then take one trip after the other."""
    name = role.options.name
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger = 0
        socket.routing_id = name.encode()  # before connect()
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        while True:
            socket.send_multipart([b"", b"free"])
            *_envelope, frame = socket.recv_multipart()
            order = frame.decode()
            print(f"{name} got {order}")
            if order == "go home":
                break
            time.sleep(role.options.work)


if __name__ == "__main__":
    role.run(main)
