"""A broker that keeps messages in memory, in a queue for each service.

A service puts a message into a queue and hears "kept". It takes from its own queue: it says which
message it is done with, and gets the next as soon as there is one. The broker forgets a message
only when it hears that it is done. So a service may die and start again: it gets the same one once
more. When the broker dies, all that it kept is gone.

One such broker for all is a hub. One beside each service is a queue near the application.

For the whitepaper "Broker vs. Brokerless". The other side is client.py, beside this file.
"""

from collections import defaultdict, deque

import zmq

from examples.brokerless._chain import has
from zmqlab.run.role import Role

role = Role("broker", __doc__, bind="tcp://127.0.0.1:5570")
role.option("--name", default="broker", help="for the path of a message (default: broker)")


def main() -> None:
    """Bind, then keep and hand out."""
    role.name = role.options.name
    queues: defaultdict[bytes, deque[list[bytes]]] = defaultdict(deque)
    waiting: dict[bytes, list[bytes]] = {}  # of a queue, who waits for its next message
    with zmq.Context() as context, context.socket(zmq.ROUTER) as socket:
        socket.linger = 0
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))
        role.ready(*endpoints)

        while True:
            frames = socket.recv_multipart()
            cut = frames.index(b"") + 1  # what stands before is the envelope, the way back
            envelope, (verb, name, *words) = frames[:cut], frames[cut:]
            queue = queues[name]
            if verb == b"put":
                has(words, role.name)
                queue.append(words)
                socket.send_multipart([*envelope, b"kept"])
            else:  # take; the only word is the number of the message that is done
                if queue and queue[0][:1] == words:
                    queue.popleft()
                waiting[name] = envelope
            if queue and name in waiting:
                socket.send_multipart([*waiting.pop(name), *queue[0]])


if __name__ == "__main__":
    role.run(main)
