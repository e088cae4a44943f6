"""Give each request to the worker that has been free for longest; let the others wait.

The first --bind is for clients, the second for workers. A worker says READY once; each of its
replies says that it is free again. While no worker is free, no request is taken.

Guide: lbbroker. The other sides are lbclient.py and lbworker.py; lbbroker2.py also survives the
death of a worker, and lbbroker3.py does the same as this program in asyncio.
"""

from collections import deque

import zmq

from zmqlab.run.role import Role

READY = b"READY"

role = Role("broker", __doc__, bind=("tcp://127.0.0.1:5672", "tcp://127.0.0.1:5673"))


def main() -> None:
    """Bind both sides, then match requests with free workers."""
    with (
        zmq.Context() as context,
        context.socket(zmq.ROUTER) as front,
        context.socket(zmq.ROUTER) as back,
    ):
        front.linger = back.linger = 0  # at the end, do not wait for anybody
        endpoints = list(role.bind)
        if len(endpoints) != 2:
            role.fail("--bind is needed twice: for clients, then for workers", status=2)
        bound = []
        for socket, endpoint in zip((front, back), endpoints, strict=True):
            socket.bind(endpoint)
            bound.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*bound)

        free: deque[bytes] = deque()  # names of workers, the longest free first
        while True:
            zmq.select([front, back] if free else [back], [], [])
            if back.poll(0):
                match back.recv_multipart():
                    case [worker, b"", message]:
                        if message == READY:
                            free.append(worker)
                    case [worker, b"", _, _, *_] as message:
                        front.send_multipart(message[2:])  # the client's name, "", the reply
                        free.append(worker)
            if free and front.poll(0):
                back.send_multipart([free.popleft(), b"", *front.recv_multipart()])


if __name__ == "__main__":
    role.run(main)
