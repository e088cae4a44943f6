"""The near end of a measurement: round trips and messages a second, by one way.

It measures what peer.py, beside this file, sends back or takes; --way has to be the same on both
sides. Lesson 33 takes the same measurements in its page, for more ways and sizes.
"""

import socket
import statistics
import struct
import time
from collections.abc import Callable

import zmq

from zmqlab.run.role import Role, positive

LENGTH = struct.Struct(">I")

role = Role("caller", __doc__, connect="tcp://127.0.0.1:5570")
role.option("--way", choices=["raw", "blocking"], default="blocking")
role.option("--size", type=positive, default=100, help="bytes of a message (default: 100)")
role.option("--count", type=positive, default=20_000, help="messages to time (default: 20000)")


def measure(send: Callable[[bytes], object], receive: Callable[[], bytes], way: str) -> None:
    """Take both measurements and print them."""
    message, count = bytes(role.options.size), role.options.count
    trips = min(count, 2_000)
    clock = time.perf_counter

    def round_trip() -> float:
        began = clock()
        send(message)
        receive()
        return (clock() - began) * 1e6  # microseconds

    def take(number: int) -> float:
        began = clock()
        send(b"take %d" % number)
        for _ in range(number):
            send(message)
        receive()
        return clock() - began

    send(b"echo %d" % (100 + trips))
    for _ in range(100):
        round_trip()  # the first ones are not counted
    low, median, high = statistics.quantiles((round_trip() for _ in range(trips)), n=4)
    print(f"{way}: round trip {median:.1f} ({low:.1f} to {high:.1f}) us,", end=" ")
    print(f"median and quartiles of {trips}")
    take(max(1, count // 10))
    print(f"{way}: {count / take(count):,.0f} messages of {len(message)} bytes a second")


def framed(
    connection: socket.socket,
) -> tuple[Callable[[bytes], object], Callable[[], bytes]]:
    """Send and receive whole messages: each has its length before it."""
    reader = connection.makefile("rb", 1 << 16)

    def send(message: bytes) -> None:
        connection.sendall(LENGTH.pack(len(message)) + message)

    def receive() -> bytes:
        return bytes(reader.read(*LENGTH.unpack(reader.read(LENGTH.size))))

    return send, receive


def main() -> None:
    """Connect in the way that was asked for, measure, and end."""
    for endpoint in role.connect:
        if role.options.way == "raw":
            host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
            with socket.create_connection((host, int(port)), timeout=20) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                role.ready(endpoint)
                measure(*framed(connection), "raw")
        else:
            with zmq.Context() as context, context.socket(zmq.PAIR) as pair:
                pair.rcvtimeo = pair.sndtimeo = 20_000
                pair.linger = 0
                pair.connect(endpoint)
                role.ready(endpoint)
                measure(pair.send, pair.recv, "blocking")


if __name__ == "__main__":
    role.run(main)
