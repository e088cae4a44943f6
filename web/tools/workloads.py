"""What ``make bench`` times: the same work for each library, each in a process of its own.

`python -m web.tools.workloads ROW LIBRARY SECONDS SIZE...` prints, as JSON, for each size how many
messages passed and how long that took. What must stay true: queues and limits are in force and the
same for all (`high_water_mark`), every message that is sent is received, and the connection stands
before the clock starts. Both ends are in one process: with asyncio in one loop, with blocking
sockets in two threads, one that sends and one that receives.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import struct
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

TCP, INPROC = "tcp://127.0.0.1:*", "inproc://bench"
SUBSCRIBERS = 10
LIBRARIES = {
    "purezmq": "purezmq, asyncio: both ends in one loop",
    "zmq.asyncio": "pyzmq's zmq.asyncio: both ends in one loop",
    "blocking": "pyzmq, blocking: two threads, one context",
    "streams": "asyncio streams, each message behind its length in 4 octets: both ends in one loop",
}
ROWS = {
    "push-pull tcp": "PUSH to PULL, tcp",
    "push-pull inproc": "PUSH to PULL, inproc",
    "req-rep tcp": "REQ/REP round trip, tcp",
    "pub-10-sub tcp": f"PUB to {SUBSCRIBERS} SUB, tcp",
}
IMPORTS = {
    "purezmq": "purezmq.asyncio",
    "zmq.asyncio": "zmq.asyncio",
    "blocking": "zmq",
    "streams": "asyncio",
}
"""What a program of each library imports."""

_LENGTH = struct.Struct(">I")


class Took(NamedTuple):
    """Seconds by the clock, and of processors: all threads of this process together."""

    wall: float
    cpu: float


def now() -> Took:
    """Start to measure."""
    return Took(time.perf_counter(), time.process_time())


def since(began: Took) -> Took:
    """How much has passed."""
    return Took(time.perf_counter() - began.wall, time.process_time() - began.cpu)


AsyncWork = Callable[[Any, str, int, int], Awaitable[Took]]


def fits(row: str, library: str) -> bool:
    """Whether a library can do the work: streams have no inproc."""
    return not (row == "push-pull inproc" and library == "streams")


def high_water_mark(size: int) -> int:
    """Messages that a queue holds: libzmq's 1,000; of 1 MB, which would be a gigabyte, 32."""
    return 1000 if size < 1_000_000 else 32


def window(size: int) -> int:
    """Messages that are published before all subscribers have them: fewer than a queue holds.

    A PUB drops what a full queue can't take, and libzmq counts with delay; so it is told to wait
    instead (XPUB_NODROP), which it seldom has to.
    """
    return 500 if size <= 1000 else 16


def _sockets(context: Any, size: int, *kinds: int) -> list[Any]:
    made = []
    for kind in kinds:
        socket = context.socket(kind)
        socket.sndhwm = socket.rcvhwm = high_water_mark(size)
        socket.linger = 0
        made.append(socket)
    return made


def _joined(binds: Any, connects: list[Any], endpoint: str) -> None:
    binds.bind(endpoint)
    for socket in connects:
        socket.connect(binds.last_endpoint.rstrip(b"\0").decode())


# asyncio: purezmq and zmq.asyncio, by the same lines.


async def push_pull(zmq: Any, endpoint: str, size: int, count: int) -> Took:
    """One sender, one receiver; return what it took from the first send to the last receive."""
    context = zmq.asyncio.Context()
    push, pull = _sockets(context, size, zmq.PUSH, zmq.PULL)
    _joined(pull, [push], endpoint)
    message = bytes(size)
    await push.send(message)
    await pull.recv()

    async def send() -> None:
        for _ in range(count):
            await push.send(message)

    async def receive() -> None:
        for _ in range(count):
            await pull.recv()

    began = now()
    await asyncio.gather(send(), receive())
    took = since(began)
    context.destroy(0)
    return took


async def req_rep(zmq: Any, endpoint: str, size: int, count: int) -> Took:
    """Requests and replies of the same size, one after the other."""
    context = zmq.asyncio.Context()
    req, rep = _sockets(context, size, zmq.REQ, zmq.REP)
    _joined(rep, [req], endpoint)
    message = bytes(size)

    async def answer() -> None:
        for _ in range(count + 1):
            await rep.send(await rep.recv())

    answering = asyncio.create_task(answer())
    await req.send(message)
    await req.recv()
    began = now()
    for _ in range(count):
        await req.send(message)
        await req.recv()
    took = since(began)
    await answering
    context.destroy(0)
    return took


async def pub_sub(zmq: Any, endpoint: str, size: int, count: int) -> Took:
    """One publisher, many subscribers; each gets every message.

    The publisher is an XPUB, which sees its subscribers come.
    """
    context = zmq.asyncio.Context()
    pub, *subs = _sockets(context, size, zmq.XPUB, *[zmq.SUB] * SUBSCRIBERS)
    pub.xpub_verbose = pub.xpub_nodrop = 1
    _joined(pub, subs, endpoint)
    for sub in subs:
        sub.subscribe(b"")
    for _ in subs:
        await pub.recv()
    message = bytes(size)

    async def receive(sub: Any, number: int) -> None:
        for _ in range(number):
            await sub.recv()

    async def publish(number: int) -> None:
        for _ in range(number):
            await pub.send(message)

    await asyncio.gather(publish(1), *(receive(sub, 1) for sub in subs))
    began = now()
    for number in _rounds(count, size):
        await asyncio.gather(publish(number), *(receive(sub, number) for sub in subs))
    took = since(began)
    context.destroy(0)
    return took


def _rounds(count: int, size: int) -> list[int]:
    whole, rest = divmod(count, window(size))
    return [window(size)] * whole + ([rest] if rest else [])


# asyncio streams, with nothing of ØMQ


def _framed(message: bytes) -> bytes:
    return _LENGTH.pack(len(message)) + message


async def _read(reader: asyncio.StreamReader) -> bytes:
    (size,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return await reader.readexactly(size)


async def _read_all(reader: asyncio.StreamReader, count: int) -> None:
    for _ in range(count):
        await _read(reader)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connections(count: int) -> tuple[list[Connection], list[Connection]]:
    """Open connections within this process; return their ends in the same order."""
    accepted: asyncio.Queue[Connection] = asyncio.Queue()
    server = await asyncio.start_server(
        lambda reader, writer: accepted.put_nowait((reader, writer)), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    ours, theirs = [], []
    for _ in range(count):
        ours.append(await asyncio.open_connection("127.0.0.1", port))
        theirs.append(await accepted.get())
    server.close()
    return ours, theirs


def _close(*ends: list[Connection]) -> None:
    for end in ends:
        for _, writer in end:
            writer.transport.abort()


async def stream_push_pull(size: int, count: int) -> Took:
    """`push_pull` with streams."""
    ours, theirs = await _connections(1)
    (_, writer), (reader, _) = ours[0], theirs[0]
    message = bytes(size)

    async def send() -> None:
        for _ in range(count):
            writer.write(_framed(message))
            await writer.drain()

    began = now()
    await asyncio.gather(send(), _read_all(reader, count))
    took = since(began)
    _close(ours, theirs)
    return took


async def stream_req_rep(size: int, count: int) -> Took:
    """`req_rep` with streams."""
    ours, theirs = await _connections(1)
    message = bytes(size)

    async def answer() -> None:
        reader, writer = theirs[0]
        for _ in range(count):
            writer.write(_framed(await _read(reader)))
            await writer.drain()

    answering = asyncio.create_task(answer())
    reader, writer = ours[0]
    began = now()
    for _ in range(count):
        writer.write(_framed(message))
        await writer.drain()
        await _read(reader)
    took = since(began)
    await answering
    _close(ours, theirs)
    return took


async def stream_pub_sub(size: int, count: int) -> Took:
    """`pub_sub` with streams: each message is written to each connection."""
    ours, theirs = await _connections(SUBSCRIBERS)
    message = bytes(size)

    async def publish(number: int) -> None:
        for _ in range(number):
            framed = _framed(message)
            for _, writer in ours:
                writer.write(framed)
            for _, writer in ours:
                await writer.drain()

    began = now()
    for number in _rounds(count, size):
        await asyncio.gather(publish(number), *(_read_all(one, number) for one, _ in theirs))
    took = since(began)
    _close(ours, theirs)
    return took


# pyzmq, blocking: this thread sends, another receives


def _beside(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def blocking_push_pull(zmq: Any, endpoint: str, size: int, count: int) -> Took:
    """`push_pull` with two threads."""
    context = zmq.Context()
    push, pull = _sockets(context, size, zmq.PUSH, zmq.PULL)
    _joined(pull, [push], endpoint)
    message = bytes(size)
    push.send(message)
    pull.recv()

    def receive() -> None:
        for _ in range(count):
            pull.recv()

    began = now()
    thread = _beside(receive)
    for _ in range(count):
        push.send(message)
    thread.join()
    took = since(began)
    context.destroy(0)
    return took


def blocking_req_rep(zmq: Any, endpoint: str, size: int, count: int) -> Took:
    """`req_rep` with two threads."""
    context = zmq.Context()
    req, rep = _sockets(context, size, zmq.REQ, zmq.REP)
    _joined(rep, [req], endpoint)
    message = bytes(size)

    def answer() -> None:
        for _ in range(count + 1):
            rep.send(rep.recv())

    thread = _beside(answer)
    req.send(message)
    req.recv()
    began = now()
    for _ in range(count):
        req.send(message)
        req.recv()
    took = since(began)
    thread.join()
    context.destroy(0)
    return took


def blocking_pub_sub(zmq: Any, endpoint: str, size: int, count: int) -> Took:
    """`pub_sub` with two threads, one of which has all subscribers."""
    context = zmq.Context()
    pub, *subs = _sockets(context, size, zmq.XPUB, *[zmq.SUB] * SUBSCRIBERS)
    pub.xpub_verbose = pub.xpub_nodrop = 1
    _joined(pub, subs, endpoint)
    for sub in subs:
        sub.subscribe(b"")
    for _ in subs:
        pub.recv()
    message = bytes(size)
    rounds = _rounds(count, size)
    received = threading.Semaphore(0)

    def receive() -> None:
        for number in [1, *rounds]:
            for _ in range(number):
                for sub in subs:
                    sub.recv()
            received.release()

    thread = _beside(receive)
    pub.send(message)
    received.acquire()
    began = now()
    for number in rounds:
        for _ in range(number):
            pub.send(message)
        received.acquire()
    took = since(began)
    thread.join()
    context.destroy(0)
    return took


_ASYNC: dict[str, AsyncWork] = {
    "push-pull tcp": push_pull,
    "push-pull inproc": push_pull,
    "req-rep tcp": req_rep,
    "pub-10-sub tcp": pub_sub,
}
_BLOCKING: dict[str, Callable[[Any, str, int, int], Took]] = {
    "push-pull tcp": blocking_push_pull,
    "push-pull inproc": blocking_push_pull,
    "req-rep tcp": blocking_req_rep,
    "pub-10-sub tcp": blocking_pub_sub,
}
_STREAMS: dict[str, Callable[[int, int], Awaitable[Took]]] = {
    "push-pull tcp": stream_push_pull,
    "req-rep tcp": stream_req_rep,
    "pub-10-sub tcp": stream_pub_sub,
}


def work(row: str, library: str, size: int, count: int) -> Took:
    """Pass `count` messages of `size` octets; return what that took."""
    endpoint = INPROC if row.endswith("inproc") else TCP

    async def done(coroutine: Awaitable[Took]) -> Took:
        return await coroutine

    if library == "streams":
        return asyncio.run(done(_STREAMS[row](size, count)))
    zmq = importlib.import_module("purezmq" if library == "purezmq" else "zmq")
    if library == "blocking":
        return _BLOCKING[row](zmq, endpoint, size, count)
    importlib.import_module(f"{zmq.__name__}.asyncio")
    return asyncio.run(done(_ASYNC[row](zmq, endpoint, size, count)))


def measure(row: str, library: str, size: int, seconds: float) -> tuple[int, Took]:
    """Find how many messages take about `seconds`, and time those.

    Returns
    -------
    tuple of int and Took
        Messages, and what they took.
    """
    # Smaller runs first: they also warm up caches and allocators.
    count = 10
    took = work(row, library, size, count).wall
    while took < seconds / 4 and count < 10_000_000:
        count *= min(8, max(2, int(seconds / 2 / took)))
        took = work(row, library, size, count).wall
    count = max(10, int(count * seconds / took))
    return count, work(row, library, size, count)


def main() -> None:
    """Time one row with one library and print the result."""
    row, library, seconds, *sizes = sys.argv[1:]
    results = []
    for size in map(int, sizes):
        count, took = measure(row, library, size, float(seconds))
        results.append({"size": size, "messages": count, "seconds": took.wall, "cpu": took.cpu})
    print(json.dumps(results))


if __name__ == "__main__":
    main()
