"""Be a driver with a REQ socket: say "free", get a trip, drive, and say "free" again.

REQ puts the empty frame before what it sends, and takes it off what it receives, so this program
never sees an envelope.

Guide: rtreq. The other side is centre.py; rtdealer.py is the same driver with a DEALER socket.
"""

import time

import zmq

from zmqlab.run.role import Role, routing_id, seconds

role = Role("driver", __doc__, connect="tcp://127.0.0.1:5555")
role.option("--name", type=routing_id, default="anna", help="the routing id (default: anna)")
role.option("--work", type=seconds, default=0.05, help="drive so long (default: 0.05)")


def main() -> None:
    """Connect under a name, then take one trip after the other."""
    name = role.options.name
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.linger = 0
        socket.routing_id = name.encode()  # before connect()
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        while True:
            socket.send(b"free")
            order = socket.recv_string()
            print(f"{name} got {order}")
            if order == "go home":
                break
            time.sleep(role.options.work)


if __name__ == "__main__":
    role.run(main)
