"""PLAIN (RFC 24) and the ZAP handler that decides (RFC 27)."""

import asyncio
import contextlib

import pytest


@contextlib.asynccontextmanager
async def zap(lab, zmq, decide):
    """A ZAP handler; `decide` gets the request's frames and gives status code and text."""
    handler = lab.socket(zmq.REP)
    handler.bind("inproc://zeromq.zap.01")
    requests = []

    async def answer():
        while True:
            request = await handler.recv_multipart()
            requests.append(request)
            code, text = decide(request)
            user = b"someone" if code == b"200" else b""
            await handler.send_multipart([b"1.0", request[1], code, text, user, b""])

    answering = asyncio.ensure_future(answer())
    try:
        yield requests
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        handler.close()


def by_password(request):
    return (b"200", b"OK") if request[6:] == [b"name", b"word"] else (b"400", b"No")


async def test_the_right_password(lab, zmq, network):
    server = lab.socket(zmq.PULL, plain_server=1, zap_domain=b"global")
    client = lab.socket(
        zmq.PUSH, plain_username=b"name", plain_password=b"word", routing_id=b"client"
    )
    assert (server.mechanism, client.mechanism) == (zmq.PLAIN, zmq.PLAIN)
    async with zap(lab, zmq, by_password) as requests:
        await lab.link(client, server, network)
        await client.send(b"hello")
        assert await server.recv() == b"hello"
    ((version, _, domain, address, routing_id, mechanism, *credentials),) = requests
    assert (version, domain, mechanism) == (b"1.0", b"global", b"PLAIN")
    assert credentials == [b"name", b"word"] and routing_id in (b"", b"client")
    assert network != "tcp" or address == b"127.0.0.1"


async def test_the_wrong_password(lab, zmq, network):
    server = lab.socket(zmq.PULL, plain_server=1)
    wrong = lab.socket(zmq.PUSH, plain_username=b"name", plain_password=b"guess", reconnect_ivl=-1)
    right = lab.socket(zmq.PUSH, plain_username=b"name", plain_password=b"word")
    refused, bound = lab.monitor(wrong), lab.monitor(server)
    endpoint = lab.bind(server, network)
    async with zap(lab, zmq, by_password):
        wrong.connect(endpoint)
        await wrong.send(b"never heard")
        came = await refused.wait(zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_SUCCEEDED)
        assert (came.event, came.value) == (zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400)
        came = await bound.wait(zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_SUCCEEDED)
        assert (came.event, came.value) == (zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400)
        right.connect(endpoint)
        await right.send(b"heard")
        assert await server.recv() == b"heard"


async def test_the_server_may_connect(lab, zmq):
    server = lab.socket(zmq.PULL, plain_server=1)
    client = lab.socket(zmq.PUSH, plain_username=b"name", plain_password=b"word")
    async with zap(lab, zmq, by_password):
        await lab.link(server, client)
        await client.send(b"hello")
        assert await server.recv() == b"hello"


async def test_without_a_handler_nobody_comes_in(lab, zmq):
    server = lab.socket(zmq.PULL, plain_server=1)
    client = lab.socket(zmq.PUSH, plain_username=b"name", plain_password=b"word", reconnect_ivl=-1)
    events = lab.monitor(client)
    client.connect(lab.bind(server))
    names = await events.names("DISCONNECTED")
    assert "HANDSHAKE_SUCCEEDED" not in names


@pytest.mark.parametrize("plain", ["server", "client"])
async def test_different_mechanisms(lab, zmq, plain):
    server = lab.socket(zmq.PULL, plain_server=int(plain == "server"))
    client = lab.socket(zmq.PUSH, reconnect_ivl=-1)
    if plain == "client":
        client.plain_username = b"name"
    events = lab.monitor(client)
    async with zap(lab, zmq, lambda request: (b"200", b"OK")):
        client.connect(lab.bind(server))
        names = await events.names("DISCONNECTED")
        assert "HANDSHAKE_SUCCEEDED" not in names


@pytest.mark.parametrize("code", [b"200", b"400"])
async def test_null_with_a_domain_asks_too(lab, zmq, code):
    server = lab.socket(zmq.PULL, zap_domain=b"global")
    client = lab.socket(zmq.PUSH, reconnect_ivl=-1)
    events = lab.monitor(client)
    async with zap(lab, zmq, lambda request: (code, b"")) as requests:
        client.connect(lab.bind(server))
        await client.send(b"hello")
        if code == b"200":
            assert await server.recv() == b"hello"
        else:
            names = await events.names("DISCONNECTED")
            assert "HANDSHAKE_SUCCEEDED" not in names
    assert [request[5] for request in requests] == [b"NULL"]


async def test_setting_names_the_mechanism(lab, zmq):
    one = lab.socket(zmq.DEALER)
    assert one.mechanism == zmq.NULL
    one.plain_username = b"name"
    assert one.mechanism == zmq.PLAIN and one.plain_server == 0
    other = lab.socket(zmq.DEALER, plain_server=1)
    assert other.mechanism == zmq.PLAIN and other.plain_server == 1
    other.plain_server = 0
    assert other.mechanism == zmq.NULL
