"""Bring clients and workers together by the name of a service: RFC 7 (MDP 0.1) and RFC 8 (MMI).

Clients and workers use the same endpoint. The broker notices when a worker is silent, and gives the
request that it had in hand to another: so a request may be done more than once.

Guide: mdbroker. The other sides are mdworker.py, and mdclient.py, mdclient2.py or mmiecho.py. To
take away: what it decides by, in _broker.py.
"""

import time

import zmq

from examples.majordomo._broker import Broker
from zmqlab.run.role import Role, positive, seconds

AT_ONCE = 100
"""Messages that are taken before the clock is looked at again."""

role = Role("broker", __doc__, bind="tcp://127.0.0.1:5555")
role.option("--interval", type=seconds, default=1, help="between heartbeats (default: 1)")
role.option("--liveness", type=positive, default=3, help="lost after N intervals (default: 3)")
role.option("--patience", type=seconds, default=60, help="a request may wait (default: 60)")
role.option("--tries", type=positive, default=3, help="drop it after N workers (default: 3)")
role.option("--quiet", action="store_true", help="print no line for each request")


def main() -> None:
    """Bind, then take what comes and send what the broker decides."""
    options = role.options
    if not options.interval:
        role.fail("--interval has to be more than 0: every peer would be silent at once", status=2)
    with zmq.Context() as context, context.socket(zmq.ROUTER) as socket:
        socket.linger = 0
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        broker = Broker(
            options.interval,
            options.liveness,
            options.patience,
            options.tries,
            time.monotonic(),
            None if options.quiet else print,
        )
        while True:
            socket.poll(1 + int(1000 * broker.wait(time.monotonic())))
            # Read first: after a pause heartbeats wait here, and nobody is dead who sent one.
            for _ in range(AT_ONCE):
                if not socket.poll(0):
                    break
                for message in broker.receive(socket.recv_multipart(), time.monotonic()):
                    socket.send_multipart(message)
            for message in broker.tick(time.monotonic()):
                socket.send_multipart(message)


if __name__ == "__main__":
    role.run(main)
