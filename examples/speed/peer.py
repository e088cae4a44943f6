"""The far end of a measurement: it sends each message back, or takes all and says when.

An order comes as a message: "echo COUNT" sends the next COUNT messages back one by one;
"take COUNT" only receives them, and then answers "done". --way says how it is done:
raw (a TCP socket, 4 octets of length before each message), blocking (pyzmq), asyncio
(zmq.asyncio), pure (purezmq.asyncio, where it is installed). The ØMQ ways are PAIR sockets.

The near end is caller.py, beside this file, or the page of lesson 33.
"""

import asyncio
import importlib
import importlib.util
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import zmq

from zmqlab.run.role import Role

LENGTH = struct.Struct(">I")

role = Role("peer", __doc__, bind="tcp://127.0.0.1:5570")
WAYS = ["raw", "blocking", "asyncio"]
if importlib.util.find_spec("purezmq"):
    WAYS.append("pure")
role.option("--way", choices=WAYS, default="blocking")


def serve(receive: Callable[[], bytes], send: Callable[[bytes], object]) -> None:
    """Follow orders until there are no more."""
    while order := receive():
        word, count = order.split()
        for _ in range(int(count)):
            message = receive()
            if word == b"echo":
                send(message)
        if word == b"take":
            send(b"done")


def one(connection: socket.socket) -> None:
    """Serve one connection: each message has its length before it."""
    with connection, connection.makefile("rb", 1 << 16) as reader:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def receive() -> bytes:
            head = reader.read(LENGTH.size)
            return bytes(reader.read(*LENGTH.unpack(head))) if head else b""

        def send(message: bytes) -> None:
            connection.sendall(LENGTH.pack(len(message)) + message)

        serve(receive, send)


def raw(endpoint: str) -> None:
    """Serve without ØMQ, each connection in a thread."""
    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    with socket.create_server((host, int(port.replace("*", "0")))) as server:
        role.ready("tcp://{}:{}".format(*server.getsockname()))
        while True:
            connection, _ = server.accept()
            threading.Thread(target=one, args=(connection,), daemon=True).start()


def blocking(endpoint: str) -> None:
    """Serve with pyzmq."""
    with zmq.Context() as context, context.socket(zmq.PAIR) as pair:
        pair.linger = 0
        pair.bind(endpoint)
        role.ready(pair.get_string(zmq.LAST_ENDPOINT))
        serve(pair.recv, pair.send)


async def by_asyncio(endpoint: str, engine: Any) -> None:
    """Serve with zmq.asyncio, or with purezmq by the same lines."""
    context = engine.asyncio.Context()
    pair = context.socket(engine.PAIR)
    try:
        pair.bind(endpoint)
        role.ready(pair.last_endpoint.decode())
        while True:
            word, count = (await pair.recv()).split()
            for _ in range(int(count)):
                message = await pair.recv()
                if word == b"echo":
                    await pair.send(message)
            if word == b"take":
                await pair.send(b"done")
    finally:
        context.destroy(linger=0)


def main() -> None:
    """Bind in the way that was asked for, and serve."""
    for endpoint in role.bind:
        if role.options.way == "raw":
            raw(endpoint)
        elif role.options.way == "blocking":
            blocking(endpoint)
        else:
            name = {"asyncio": "zmq", "pure": "purezmq"}[role.options.way]
            importlib.import_module(f"{name}.asyncio")
            asyncio.run(by_asyncio(endpoint, importlib.import_module(name)))


if __name__ == "__main__":
    role.run(main)
