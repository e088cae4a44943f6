"""Ask a broker whether a service has a worker: RFC 8 (MMI), 200 or 404.

Guide: mmiecho. The other side is mdbroker.py, with or without mdworker.py.
"""

import zmq

from examples.majordomo._mdcliapi import Client
from examples.majordomo._options import service
from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5555")
role.option("--service", type=service, default="echo", help="the service's name (default: echo)")
role.option("--timeout", type=seconds, default=2.5, help="for a reply (default: 2.5)")
role.option("--tries", type=positive, default=3, help="ask N times at most (default: 3)")


def main() -> None:
    """Ask once, and print the code."""
    options = role.options
    with zmq.Context() as context:
        endpoints = list(role.connect)
        role.ready(*endpoints)
        client = Client(context, endpoints, options.timeout, options.tries)
        reply = client.ask(b"mmi.service", options.service)
        if reply is None:
            role.fail(f"no reply: is the broker running at {' or '.join(endpoints)}?")
        print(f"{options.service.decode()}: {reply[0].decode(errors='replace')}")


if __name__ == "__main__":
    role.run(main)
