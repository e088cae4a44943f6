"""Give each request to the worker that has been free for longest, and believe what workers say.

The first --bind is for clients, the second for workers. A worker is free from its READY or reply
on. This queue never asks whether it still is: a client that gets no reply has to ask again.

Guide: spqueue. The other sides are client.py and spworker.py; ppqueue.py expects heartbeats.
"""

from collections import deque

import zmq

from zmqlab.run.role import Role

READY = b"READY"

role = Role("queue", __doc__, bind=("tcp://127.0.0.1:5672", "tcp://127.0.0.1:5673"))


def main() -> None:
    """Bind both sides, then match requests with free workers."""
    with (
        zmq.Context() as context,
        context.socket(zmq.ROUTER) as front,
        context.socket(zmq.ROUTER) as back,
    ):
        front.linger = back.linger = 0
        endpoints = list(role.bind)
        if len(endpoints) != 2:
            role.fail("--bind is needed twice: for clients, then for workers", status=2)
        bound = []
        for socket, endpoint in zip((front, back), endpoints, strict=True):
            socket.bind(endpoint)
            bound.append(socket.get_string(zmq.LAST_ENDPOINT))
        role.ready(*bound)

        free: deque[bytes] = deque()  # names of workers, the longest free first
        while True:
            zmq.select([front, back] if free else [back], [], [])
            if back.poll(0):
                match back.recv_multipart():
                    case [worker, b"", message]:
                        if message == READY:
                            free.append(worker)
                            print(f"a worker came: {len(free)} free")
                    case [worker, b"", _, _, *_] as message:
                        front.send_multipart(message[2:])  # the client's name, "", the reply
                        free.append(worker)
            if free and front.poll(0):
                request = front.recv_multipart()
                back.send_multipart([free.popleft(), b"", *request])
                print(f"task {request[-1].decode(errors='replace')} given: {len(free)} free")


if __name__ == "__main__":
    role.run(main)
