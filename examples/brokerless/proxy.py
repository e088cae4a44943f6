"""A hub that keeps nothing: it takes in from all senders, and deals out to all receivers.

Senders connect to where it binds; it connects to where the receivers bind. libzmq's own proxy does
the work, so that this hub is as quick as a hub made with ØMQ can be.

For the whitepaper "Broker vs. Brokerless". The other sides are flood.py and drain.py.
"""

import time

import zmq

from zmqlab.run.role import Role

role = Role("proxy", __doc__, bind="tcp://127.0.0.1:5572", connect="tcp://127.0.0.1:5560")


def main() -> None:
    """Bind for senders, connect to receivers, and pass on."""
    with (
        zmq.Context() as context,
        context.socket(zmq.PULL) as inlet,
        context.socket(zmq.PUSH) as outlet,
    ):
        outlet.linger = 0
        endpoints = []
        for endpoint in role.bind:
            inlet.bind(endpoint)
            endpoints.append(inlet.get_string(zmq.LAST_ENDPOINT))
        for endpoint in role.connect:
            outlet.connect(endpoint)
        role.ready(*endpoints, *role.connect)
        busy = time.process_time()
        try:
            zmq.proxy(inlet, outlet)
        finally:
            print(f"CPU {time.process_time() - busy:.4f} s")


if __name__ == "__main__":
    role.run(main)
