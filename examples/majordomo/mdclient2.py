"""Ask a service for many replies at once, in whatever order they come.

Guide: mdclient2. The other sides are mdbroker.py and mdworker.py. To take away: what it asks by, in
_mdcliapi2.py.
"""

import zmq

from examples.majordomo._mdcliapi2 import Client
from examples.majordomo._options import offered
from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5555")
role.option("--service", type=offered, default="echo", help="the service's name (default: echo)")
role.option("--requests", type=positive, default=20, help="ask N times (default: 20)")
role.option("--ahead", type=positive, default=10, help="at most N under way (default: 10)")
role.option("--timeout", type=seconds, default=2.5, help="then ask again (default: 2.5)")


def main() -> None:
    """Keep so many requests under way until all are answered."""
    options = role.options
    with zmq.Context() as context:
        endpoints = list(role.connect)
        role.ready(*endpoints)
        client = Client(context, endpoints, options.timeout)
        try:
            left = options.requests
            while left or len(client):
                while left and len(client) < options.ahead:
                    client.send(options.service)
                    left -= 1
                number, reply = client.receive()
                print("got", number, b" ".join(reply).decode(errors="replace"))
        finally:
            client.close()


if __name__ == "__main__":
    role.run(main)
