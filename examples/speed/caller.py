"""The near end of a measurement: round trips and messages a second, by one way.

It measures what peer.py, beside this file, sends back or takes; --way has to be the same on both
sides. Lesson 33 takes the same measurements in its page, for more ways and sizes.
"""

import socket
import struct
from collections.abc import Callable

import zmq

from zmqlab.measure import Spread, latency
from zmqlab.role import Role, positive

LENGTH = struct.Struct(">I")

role = Role("caller", __doc__, connect="tcp://127.0.0.1:5570")
role.option("--way", choices=["raw", "blocking"], default="blocking")
role.option(
    "--size", type=positive, default=100, metavar="N", help="bytes of a message (default: 100)"
)
role.option(
    "--count", type=positive, default=20_000, metavar="N", help="messages to time (default: 20000)"
)


def measure(send: Callable[[bytes], object], receive: Callable[[], bytes], clock: str) -> None:
    """Take both measurements and print them."""
    message, count = bytes(role.options.size), role.options.count
    trips = min(count, 2_000)

    def round_trip() -> None:
        send(message)
        receive()

    def take(number: int) -> None:
        send(b"take %d" % number)
        for _ in range(number):
            send(message)
        receive()

    send(b"echo %d" % (trips + 100))
    times = Spread.of(latency(round_trip, trips, warm_up=100), scale=1e6)
    print(f"{clock}: round trip {times:.1f} us, median and quartiles of {trips}")
    take(max(1, count // 10))
    [took] = latency(lambda: take(count), count=1, warm_up=0)
    print(f"{clock}: {count / took:,.0f} messages of {len(message)} bytes a second")


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
