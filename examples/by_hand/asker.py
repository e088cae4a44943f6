"""Ask a REP socket for prices over a plain TCP connection, byte by byte and without ØMQ.

Lesson 15. The other side is prices.py, beside this file, or any other REP socket.
"""

import socket
import time
from typing import BinaryIO

from zmqlab.run.role import Role, positive, seconds

MORE, LONG, COMMAND = 1, 2, 4
GREETING = (
    b"\xff" + bytes(8) + b"\x7f"  # signature
    b"\x03\x01"  # version 3.1
    + b"NULL".ljust(20, b"\0")  # mechanism
    + bytes(32)  # as-server and filler
)
PAUSE = 0.1  # seconds between two attempts to connect
READY = b"\x05READY\x0bSocket-Type" + (3).to_bytes(4, "big") + b"REQ"

role = Role("asker", __doc__, connect="tcp://127.0.0.1:5569")
role.option("--thing", action="append", help="what to ask for (default: tea, rice and gold)")
role.option("--rounds", type=positive, default=1, help="ask N times (default: 1)")
role.option("--timeout", type=seconds, default=5, help="for a reply (default: 5)")


def frame(flags: int, body: bytes) -> bytes:
    """Return the bytes of a frame: flags, size, body."""
    if len(body) > 255:
        return bytes([flags | LONG]) + len(body).to_bytes(8, "big") + body
    return bytes([flags, len(body)]) + body


def exactly(stream: BinaryIO, size: int) -> bytes:
    """Read so many bytes, however TCP has cut them."""
    data = stream.read(size)
    if len(data) < size:
        raise ConnectionError("the other side has closed the connection")
    return data


def next_frame(stream: BinaryIO) -> tuple[int, bytes]:
    """Read a frame: its flags and its body."""
    flags = exactly(stream, 1)[0]
    size = exactly(stream, 8 if flags & LONG else 1)
    return flags, exactly(stream, int.from_bytes(size, "big"))


def receive(link: socket.socket, stream: BinaryIO, end: float) -> tuple[int, bytes]:
    """Read until a frame comes that is no PING; answer each PING with a PONG."""
    while True:
        if time.monotonic() > end:  # PINGs alone don't count as an answer
            raise TimeoutError
        flags, body = next_frame(stream)
        if not flags & COMMAND or not body.startswith(b"\x04PING"):
            return flags, body
        link.sendall(frame(COMMAND, b"\x04PONG" + body[7:]))


def ask(link: socket.socket, stream: BinaryIO, thing: str, end: float) -> str:
    """Send a question, and return the reply."""
    link.sendall(frame(MORE, b"") + frame(0, thing.encode()))
    while True:
        flags, body = receive(link, stream, end)
        if not flags & (MORE | COMMAND):  # the delimiter has MORE
            return body.decode(errors="replace")


def connect(endpoint: str, end: float) -> socket.socket:
    """Connect as ØMQ does: again and again, until somebody listens there."""
    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    while True:
        try:
            return socket.create_connection((host.strip("[]"), int(port)), role.options.timeout)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE)


def main() -> None:
    """Connect, shake hands, and ask."""
    things = role.options.thing or ["tea", "rice", "gold"]
    patience = role.options.timeout
    for endpoint in role.connect:
        if not endpoint.startswith("tcp://"):
            role.fail(f"{endpoint}: this program can connect by tcp only")
        role.ready(endpoint)
        try:
            with connect(endpoint, time.monotonic() + patience) as link:
                stream = link.makefile("rb")
                link.sendall(GREETING + frame(COMMAND, READY))
                exactly(stream, len(GREETING))
                receive(link, stream, time.monotonic() + patience)  # its READY
                for _ in range(role.options.rounds):
                    for thing in things:
                        reply = ask(link, stream, thing, time.monotonic() + patience)
                        print(f"{thing}: {reply}")
        except OSError as error:
            role.fail(f"{endpoint}: {str(error) or 'no answer in time'}")


if __name__ == "__main__":
    role.run(main)
