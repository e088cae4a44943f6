"""Order something, and ask again until there is a reply: a Lazy Pirate.

Each try has a socket of its own, and waits longer than the last. All tries of one order have the
same name, by which the server can tell that they are one order.

Guide: lpclient. To take away: ask. The other side is lpserver.py, beside this file.
"""

import time

import zmq

from examples.liveness import Backoff
from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5555")
role.option("--name", default="till", help="the orders are called so (default: till)")
role.option("--first", type=positive, default=1, help="number of the first order (default: 1)")
role.option("--orders", type=positive, default=5, help="how many (default: 5)")
role.option("--what", default="tea", help="what to order (default: tea)")
role.option("--wait", type=seconds, default=0.5, help="for the first reply (default: 0.5)")
role.option("--longest", type=seconds, default=4, help="wait at most (default: 4)")
role.option("--tries", type=positive, default=8, help="ask N times at most (default: 8)")
role.option("--interval", type=seconds, default=0, help="between two orders (default: 0)")


def ask(
    context: zmq.Context[zmq.Socket[bytes]],
    endpoints: list[str],
    request: list[bytes],
    waits: Backoff,
    tries: int,
) -> bytes | None:
    """Ask until there is a reply; return None if there is none after so many tries."""
    name = request[0].decode()
    for number in range(1, tries + 1):
        wait = waits.next()
        with context.socket(zmq.REQ) as socket:
            socket.linger = 0  # close() drops an order that has not left
            for endpoint in endpoints:
                socket.connect(endpoint)
            print(f"{name}: try {number}")
            socket.send_multipart(request)
            if socket.poll(int(wait * 1000)):
                told, reply = socket.recv_multipart()
                if told == request[0]:
                    waits.reset()
                    return reply
                print(f"{name}: refused: {reply.decode(errors='replace')}")
            else:
                print(f"{name}: no reply within {wait:.2f} s")
    return None


def main() -> None:
    """Make one order after the other."""
    options = role.options
    waits = Backoff(options.wait, max(options.wait, options.longest))
    with zmq.Context() as context:
        endpoints = list(role.connect)
        role.ready(*endpoints)
        for number in range(options.first, options.first + options.orders):
            request = [f"{options.name} {number}".encode(), options.what.encode()]
            reply = ask(context, endpoints, request, waits, options.tries)
            if reply is None:
                role.fail(f"no reply: is the server running at {' or '.join(endpoints)}?")
            print(f"{options.name} {number}: {reply.decode(errors='replace')}")
            time.sleep(options.interval)


if __name__ == "__main__":
    role.run(main)
