"""asyncio's streams where a page's network carries them, tried in CPython."""

import asyncio
import sys

import pytest

import purezmq
import purezmq.asyncio
from purezmq import transport
from web.page.build import HOME
from zmqlab.net.wiretap import Wiretap

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PUSH"


@pytest.fixture
def carried(monkeypatch):
    """Run a coroutine in a loop without sockets of the system."""
    monkeypatch.syspath_prepend(str(HOME / "python"))
    import pagestreams

    used = transport.used()
    transport.use("memory")

    def run(work):
        async def limited():
            pagestreams.carry(asyncio.get_running_loop())
            async with asyncio.timeout(10):
                await work()

        asyncio.run(limited())

    yield run
    transport.use(used)
    sys.modules.pop("pagestreams", None)


def test_a_stream_by_hand_reaches_a_socket(carried):
    async def work():
        context = purezmq.asyncio.Context()
        with context.socket(purezmq.PULL) as pull:
            pull.bind("tcp://127.0.0.1:*")
            port = int(pull.last_endpoint.decode().rsplit(":")[-1])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GREETING + READY + b"\0\x05hello")
            await writer.drain()
            assert await pull.recv() == b"hello"
            assert (await reader.readexactly(64))[:1] == b"\xff"
            writer.close()
            await writer.wait_closed()
        context.term()

    carried(work)


def test_a_wiretap_stands_between_two_sockets(carried):
    async def work():
        context = purezmq.asyncio.Context()
        with context.socket(purezmq.REP) as server, context.socket(purezmq.REQ) as client:
            server.bind("tcp://127.0.0.1:*")
            async with Wiretap("tcp://127.0.0.1:*", server.last_endpoint.decode()) as tap:
                client.connect(tap.endpoint)
                await client.send(b"price of tea?")
                assert await server.recv() == b"price of tea?"
                asked = [one.piece.size for one in tap.passed if one.way == "→"]
        context.term()
        assert asked == [64, 40, 2, 15]

    carried(work)


def test_errors_are_those_of_the_system(carried):
    async def work():
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", 9)
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        assert server.is_serving()
        with pytest.raises(OSError, match="in use"):
            await asyncio.start_server(lambda *_: None, host, port)
        server.close()
        await server.wait_closed()
        assert not server.is_serving()
        again = await asyncio.start_server(lambda *_: None, host, port)
        again.close()

    carried(work)
