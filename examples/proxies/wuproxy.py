"""Publish again, at addresses of its own, what publishers of another network send.

XSUB and XPUB pass subscriptions on to the publishers, so only what somebody wants crosses the
bridge. It connects to the publishers, and any number of subscribers connect to it.

Guide: wuproxy. The other sides are psenvpub.py and psenvsub.py.
"""

import zmq

from zmqlab.run.role import Role

role = Role("bridge", __doc__, connect="tcp://127.0.0.1:5563", bind="tcp://127.0.0.1:8100")


def main() -> None:
    """Bind for subscribers, connect to the publishers, then leave the rest to libzmq."""
    with (
        zmq.Context() as context,
        context.socket(zmq.XSUB) as inlet,
        context.socket(zmq.XPUB) as outlet,
    ):
        inlet.linger = outlet.linger = 0
        bound = []
        for endpoint in role.bind:
            outlet.bind(endpoint)
            bound.append(outlet.get_string(zmq.LAST_ENDPOINT))
        for endpoint in role.connect:
            inlet.connect(endpoint)
        role.ready(*bound, *role.connect)

        zmq.proxy(inlet, outlet)  # messages one way, subscriptions the other


if __name__ == "__main__":
    role.run(main)
