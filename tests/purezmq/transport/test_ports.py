"""Streams over ports: two ends in one process, and two processes with a pipe between them."""

import asyncio
import multiprocessing
import os
from contextlib import contextmanager

import pytest

import purezmq as zmq
import purezmq.asyncio
from purezmq import transport
from purezmq.transport import memory, ports
from purezmq.transport.endpoint import parse

LIMIT = 20.0


class End:
    """One of two ports: what is posted comes to the other in the loop's next turn."""

    other: "End"
    on_message = None

    def __init__(self):
        self.posted = []

    def post(self, message):
        self.posted.append(message)
        asyncio.get_running_loop().call_soon(self.other.on_message, message)


@contextmanager
def joined(monkeypatch):
    """Two ends in this process; to connect goes over the port though all is bound here."""
    one, other = End(), End()
    one.other, other.other = other, one
    monkeypatch.setattr(transport, "_used", "stream")
    monkeypatch.setattr(ports, "_lines", [])
    monkeypatch.setattr(ports, "_bound_here", lambda endpoint: False)
    ports.add(one)
    ports.Line(other)
    assert transport.used() == "ports"
    yield one, other


def run(coroutine):
    async def limited():
        async with asyncio.timeout(LIMIT):
            await coroutine

    asyncio.run(limited())


async def until(condition):
    """Look at each turn of the loop whether something holds; the test's limit ends it."""
    while not condition():  # noqa: ASYNC110 (there is no event: that is what is tested)
        await asyncio.sleep(0)


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:*", "tcp://*:5555", "ipc://*", "ipc://here"])
def test_sockets_talk_over_a_port(monkeypatch, endpoint):
    async def main():
        with joined(monkeypatch) as (one, _), zmq.asyncio.Context() as context:
            req, rep = context.socket(zmq.REQ), context.socket(zmq.REP)
            rep.bind(endpoint)
            req.connect(rep.last_endpoint.decode().replace("0.0.0.0", "localhost"))
            for number in range(10):
                await req.send(b"%d" % number)
                await rep.send(b"answer to " + await rep.recv())
                assert await req.recv() == b"answer to %d" % number
            assert one.posted[0][0] == ports.Kind.OPEN
            assert any(b"\xff\0\0\0\0\0\0\0\0\x7f" in message for message in one.posted)
            context.destroy(linger=0)

    run(main())


def test_who_connects_first_waits_until_somebody_binds(monkeypatch):
    async def main():
        with joined(monkeypatch), zmq.asyncio.Context() as context:
            push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
            push.reconnect_ivl = 1
            monitor = push.get_monitor_socket()
            push.connect("tcp://127.0.0.1:5555")
            event = zmq.EVENT_CONNECT_DELAYED
            while event != zmq.EVENT_CONNECT_RETRIED:
                event = (await purezmq.asyncio.recv_monitor_message(monitor))["event"]
            pull.bind("tcp://127.0.0.1:5555")
            await push.send(b"early")
            assert await pull.recv() == b"early"
            context.destroy(linger=0)

    run(main())


def test_large_messages_wait_for_room_and_arrive_whole(monkeypatch):
    async def main():
        with joined(monkeypatch) as (one, other), zmq.asyncio.Context() as context:
            push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
            push.sndhwm = pull.rcvhwm = 1
            pull.bind("tcp://127.0.0.1:*")
            push.connect(pull.last_endpoint.decode())
            bodies = [os.urandom(size) for size in (1, 300_000, 70_000, 0, 1_000_000)]

            async def send():
                for body in bodies:
                    await push.send(body)

            sending = asyncio.create_task(send())
            await asyncio.wait([sending], timeout=0.05)
            assert not sending.done()  # nobody has received
            for body in bodies:
                assert await pull.recv() == body
            await sending
            longest = max(len(message) for message in (*one.posted, *other.posted))
            assert longest <= memory.HIGH_WATER + 5
            context.destroy(linger=0)

    run(main())


def test_a_peer_that_leaves_is_noticed_and_what_it_sent_is_received(monkeypatch):
    async def main():
        with joined(monkeypatch), zmq.asyncio.Context() as context:
            push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
            pull.bind("tcp://127.0.0.1:*")
            push.connect(pull.last_endpoint.decode())
            for number in range(100):
                await push.send(b"%d" % number)
            push.close()
            assert [int(await pull.recv()) for _ in range(100)] == list(range(100))
            await until(lambda: not pull.statistics().peers)
            context.destroy(linger=0)

    run(main())


def test_a_cancelled_attempt_leaves_no_stream(monkeypatch):
    async def main():
        with joined(monkeypatch) as (one, other), zmq.asyncio.Context() as context:
            pull = context.socket(zmq.PULL)
            pull.bind("tcp://127.0.0.1:5555")
            await pull.poll(0)
            loop = asyncio.get_running_loop()
            connecting = loop.create_task(
                ports.connect(loop, parse("tcp://127.0.0.1:5555"), {}, asyncio.Protocol)
            )
            await asyncio.sleep(0)
            connecting.cancel()
            await asyncio.wait([connecting])
            await until(lambda: one.posted[-1][0] == other.posted[-1][0] == ports.Kind.CLOSE)
            assert not pull.statistics().connections
            context.destroy(linger=0)

    run(main())


class Pipe:
    """A port over a pipe between two processes."""

    on_message = None

    def __init__(self, connection):
        self.connection = connection
        self.post = connection.send_bytes
        loop = asyncio.get_running_loop()
        loop.add_reader(connection.fileno(), self.read)

    def read(self):
        while self.connection.poll():
            self.on_message(self.connection.recv_bytes())


def serve(connection):
    async def main():
        ports.add(Pipe(connection))
        with zmq.asyncio.Context() as context:
            rep = context.socket(zmq.REP)
            rep.bind("tcp://*:5555")
            while (request := await rep.recv()) != b"end":
                await rep.send(request * 2)
            await rep.send(b"bye")

    asyncio.run(main())


def test_two_processes(monkeypatch):
    monkeypatch.setattr(transport, "_used", "stream")
    monkeypatch.setattr(ports, "_lines", [])
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=[theirs])
    process.start()

    async def main():
        port = Pipe(ours)
        ports.add(port)
        with zmq.asyncio.Context() as context:
            req = context.socket(zmq.REQ)
            req.reconnect_ivl = 20
            req.connect("tcp://localhost:5555")
            for body in (b"a", b"b" * 200_000):
                await req.send(body)
                assert await req.recv() == body * 2
            await req.send(b"end")
            assert await req.recv() == b"bye"
            context.destroy(linger=0)
        asyncio.get_running_loop().remove_reader(ours.fileno())

    run(main())
    process.join(LIMIT)
    assert process.exitcode == 0
