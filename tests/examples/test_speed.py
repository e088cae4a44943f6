"""examples/speed: the far end follows orders in each way, and the near end measures."""

import asyncio
import re
import socket
import struct
import sys
import time

import pytest
import zmq
import zmq.asyncio

from zmqlab import Programs

ANY = "tcp://127.0.0.1:*"
HEAD = struct.Struct(">I")


def run(work):
    async def guarded():
        async with asyncio.timeout(60):
            async with Programs() as programs:
                return await work(programs)

    return asyncio.run(guarded())


@pytest.mark.parametrize("way", ["blocking", "asyncio", "pure"])
def test_the_far_end_echoes_and_takes(way):
    async def work(programs):
        peer = await programs.start("speed/peer.py", "--way", way, "--bind", ANY)
        with zmq.asyncio.Context() as context, context.socket(zmq.PAIR) as pair:
            pair.linger, pair.rcvtimeo = 0, 20_000
            pair.connect(peer.endpoints[0])
            await pair.send(b"echo 3")
            for size in (0, 10, 100_000):
                await pair.send(bytes(size))
                assert await pair.recv() == bytes(size)
            await pair.send(b"take 50")
            for _ in range(50):
                await pair.send(b"x")
            assert await pair.recv() == b"done"
        assert await peer.stop() == 0

    run(work)


class Raw:
    def __init__(self, endpoint, nodelay):
        host, port = endpoint.removeprefix("tcp://").split(":")
        self.tcp = socket.create_connection((host, int(port)), timeout=20)
        self.tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, nodelay)
        self.reader = self.tcp.makefile("rb")

    def send(self, message, pieces=1):
        head = HEAD.pack(len(message))
        for piece in [head + message] if pieces == 1 else [head, message]:
            self.tcp.sendall(piece)

    def recv(self):
        return self.reader.read(*HEAD.unpack(self.reader.read(4)))

    def close(self):
        self.reader.close()
        self.tcp.close()


def test_raw_serves_several_connections_at_once():
    async def work(programs):
        peer = await programs.start("speed/peer.py", "--way", "raw", "--bind", ANY)
        ends = [Raw(peer.endpoints[0], True) for _ in range(3)]
        for end in ends:
            end.send(b"echo 2")
        for end in reversed(ends):
            end.send(b"hello")
            assert end.recv() == b"hello"
        ends[0].send(b"hello")
        ends[0].recv()
        ends[0].send(b"take 1")
        ends[0].send(b"x")
        assert ends[0].recv() == b"done"
        for end in ends:
            end.close()
        assert await peer.stop() == 0

    run(work)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other timers")
def test_two_small_writes_wait_for_each_other():
    """The fault of lesson 33 really happens, and both cures are cures."""

    async def work(programs):
        peer = await programs.start("speed/peer.py", "--way", "raw", "--bind", ANY)
        took = {}
        for name, nodelay, pieces in (("bad", False, 2), ("option", True, 2), ("one", False, 1)):
            end = Raw(peer.endpoints[0], nodelay)
            end.send(b"echo 60")
            times = []
            for _ in range(60):
                began = time.perf_counter()
                end.send(b"x" * 100, pieces)
                end.recv()
                times.append(time.perf_counter() - began)
            took[name] = sorted(times[40:])[10]
            end.close()
        assert took["bad"] > 0.03 and took["bad"] > 3 * max(took["option"], took["one"]), took

    run(work)


@pytest.mark.parametrize("way", ["raw", "blocking"])
def test_the_near_end_measures(way):
    async def work(programs):
        peer = await programs.start("speed/peer.py", "--way", way, "--bind", ANY)
        caller = await programs.start(
            "speed/caller.py", "--way", way, "--count", "500", "--connect", peer.endpoints[0]
        )
        assert await caller.wait(30) == 0
        first, second = caller.lines
        assert re.fullmatch(rf"{way}: round trip [\d.]+ \([\d.]+ to [\d.]+\) us, .* 500", first)
        assert re.fullmatch(rf"{way}: [\d,]+ messages of 100 bytes a second", second)

    run(work)
