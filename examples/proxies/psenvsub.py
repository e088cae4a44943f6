"""Receive the messages of one topic. Only the first frame, the envelope, is compared with it.

Guide: psenvsub. The other side is psenvpub.py, directly or with wuproxy.py between them.
"""

import itertools

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("subscriber", __doc__, connect="tcp://127.0.0.1:5563")
role.option("--topic", default="B", help="subscribe to this beginning (default: B)")
role.option("--updates", type=positive, help="end after N messages (default: go on)")
role.option("--timeout", type=seconds, default=10, help="for a message (default: 10)")


def main() -> None:
    """Connect and subscribe, then receive whole messages."""
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
        socket.subscribe(role.options.topic)
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        for count in itertools.count(1):
            try:
                topic, content = socket.recv_multipart()
            except zmq.Again:
                role.fail(f"nothing within {role.options.timeout:g} s")
            print(f"[{topic.decode()}] {content.decode()}")
            if count == role.options.updates:
                break


if __name__ == "__main__":
    role.run(main)
