"""Publish messages of two frames: the topic, which is their envelope, and the content.

Guide: psenvpub. The other side is psenvsub.py, directly or with wuproxy.py between them.
"""

import itertools
import time

import zmq

from zmqlab.run.role import Role, positive

TOPICS = ("A", "B")

role = Role("publisher", __doc__, bind="tcp://127.0.0.1:5563")
role.option("--rate", type=positive, default=10, help="at most N a second (default: 10)")


def main() -> None:
    """Bind, then publish to each topic in turn."""
    with zmq.Context() as context, context.socket(zmq.PUB) as socket:
        socket.linger = 0
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))
        role.ready(*endpoints)

        for number in itertools.count(1):
            for topic in TOPICS:
                socket.send_multipart([topic.encode(), f"message {number}".encode()])
            time.sleep(1 / role.options.rate)


if __name__ == "__main__":
    role.run(main)
