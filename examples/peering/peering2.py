"""Give each request to a free worker here, or by chance to another broker, whoever is free there.

It does what peering3.py does, but it takes no notice of how many workers are free elsewhere. One
request in five (--abroad) goes to any other broker, and may wait there while a worker here is idle.

Guide: peering2. The sockets are in _broker.py; clients and workers are those of load_balancing.
"""

import random

import zmq

from examples.peering._broker import Broker, broker_role
from zmqlab.run.role import positive

role = broker_role(__doc__)
role.option("--abroad", type=positive, default=5, help="lend one request in N (default: 5)")


class Chance(Broker):
    """A broker that lends without a look at the state of the others."""

    def choose(self) -> bytes | None:
        """Return any other broker, once in a while, else None."""
        if self.peers and random.randrange(role.options.abroad) == 0:
            return random.choice(list(self.peers))
        return None

    def can_take(self) -> bool:
        """Return whether a worker here is free."""
        return bool(self.free)


def main() -> None:
    """Work until Ctrl-C."""
    with zmq.Context() as context:
        Chance(context, role).run()


if __name__ == "__main__":
    role.run(main)
