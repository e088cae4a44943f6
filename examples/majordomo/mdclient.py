"""Ask a service for one reply after the other, and ask again when none comes.

Guide: mdclient. The other sides are mdbroker.py and mdworker.py. To take away: what it asks by, in
_mdcliapi.py.
"""

import zmq

from examples.majordomo._mdcliapi import Client
from examples.majordomo._options import service
from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5555")
role.option("--service", type=service, default="echo", help="the service's name (default: echo)")
role.option("--requests", type=positive, default=5, help="ask N times (default: 5)")
role.option("--timeout", type=seconds, default=2.5, help="for a reply (default: 2.5)")
role.option("--tries", type=positive, default=3, help="ask each N times at most (default: 3)")


def main() -> None:
    """Ask, and print who answered."""
    options = role.options
    with zmq.Context() as context:
        endpoints = list(role.connect)
        role.ready(*endpoints)
        client = Client(context, endpoints, options.timeout, options.tries)
        for number in range(1, options.requests + 1):
            reply = client.ask(options.service, b"%d" % number)
            if reply is None:
                role.fail(
                    f"no reply: is there a worker for {options.service.decode()}? mmiecho.py asks"
                )
            print("got", b" ".join(reply).decode(errors="replace"))


if __name__ == "__main__":
    role.run(main)
