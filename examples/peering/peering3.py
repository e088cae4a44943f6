"""Give each request to a free worker here, or lend it to the broker with most workers free.

The four --bind are for clients, workers, requests of other brokers, and their state. Each broker
connects to the fourth address of those that were started before it (--peer); these learn of it by
its first state. A broker that is silent counts as dead, and the requests that it has go elsewhere.
So no request is lost with a broker, and one may be done more than once.

Guide: peering3. The sockets are in _broker.py; clients and workers are those of load_balancing.
"""

import zmq

from examples.peering._broker import Broker, broker_role

role = broker_role(__doc__)


def main() -> None:
    """Work until Ctrl-C."""
    with zmq.Context() as context:
        Broker(context, role).run()


if __name__ == "__main__":
    role.run(main)
