"""Pass messages on between peers that are called by name, and remember nothing.

A message is TO and anything; it goes on as FROM and the same. The peers' names are the routing ids
of their DEALER sockets. Who is not there gets nothing; who is full gets nothing either. So the
switch never waits, and it may be killed at any moment: reliability is the peers' affair.

Of lesson 32, on the whitepaper Switch or broker. The other sides are sender.py and receiver.py,
beside this file.
"""

import zmq

from zmqlab.run.role import Role

role = Role("switch", __doc__, bind="tcp://127.0.0.1:5560")


def main() -> None:
    """Bind, then pass on what comes."""
    with zmq.Context() as context, context.socket(zmq.ROUTER) as socket:
        socket.linger = 0
        socket.router_handover = True  # a peer that comes back takes its name over
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        while True:
            origin, *message = socket.recv_multipart()
            if len(message) > 1:
                destination, *rest = message
                socket.send_multipart([destination, origin, *rest])  # nobody there: dropped


if __name__ == "__main__":
    role.run(main)
