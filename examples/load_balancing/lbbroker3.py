"""Give each request to the worker that has been free for longest, in two loops of asyncio.

It does what lbbroker.py does, with the same options.

Guide: lbbroker3. The other sides are lbclient.py and lbworker.py.
"""

import asyncio

import zmq
import zmq.asyncio

from zmqlab.run.role import Role

READY = b"READY"

role = Role("broker", __doc__, bind=("tcp://127.0.0.1:5672", "tcp://127.0.0.1:5673"))


async def to_workers(
    front: zmq.asyncio.Socket, back: zmq.asyncio.Socket, free: asyncio.Queue[bytes]
) -> None:
    """Wait for a request and then for a worker, and bring them together."""
    while True:
        await front.poll()
        worker = await free.get()
        request = await front.recv_multipart()
        await back.send_multipart([worker, b"", *request])


async def from_workers(
    front: zmq.asyncio.Socket, back: zmq.asyncio.Socket, free: asyncio.Queue[bytes]
) -> None:
    """Send replies to the clients, and note which workers are free."""
    while True:
        match await back.recv_multipart():
            case [worker, b"", message]:
                if message == READY:
                    free.put_nowait(worker)
            case [worker, b"", _, _, *_] as message:
                await front.send_multipart(message[2:])  # the client's name, "", the reply
                free.put_nowait(worker)


async def balance() -> None:
    """Bind both sides, then run both loops."""
    with (
        zmq.asyncio.Context() as context,
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

        free: asyncio.Queue[bytes] = asyncio.Queue()
        await asyncio.gather(to_workers(front, back, free), from_workers(front, back, free))


def main() -> None:
    """Run the event loop."""
    asyncio.run(balance())


if __name__ == "__main__":
    role.run(main)
