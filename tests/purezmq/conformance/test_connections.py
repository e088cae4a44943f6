"""Connections that break, stall or misbehave: heartbeats, limits, reconnection."""

import asyncio

import pytest


async def test_a_frozen_peer_is_given_up(lab, zmq):
    """It shakes hands and then says nothing: the connection is closed, and made again."""
    endpoint, came = await lab.raw_listen()
    push = lab.socket(zmq.PUSH, heartbeat_ivl=50, heartbeat_timeout=150, heartbeat_ttl=1_000)
    events = lab.monitor(push)
    push.connect(endpoint)
    frozen = await came.get()
    await frozen.shake("PULL")
    await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    assert await frozen.frame() == (4, b"\x04PING\x00\x0a")
    await frozen.gone()
    await events.wait(zmq.EVENT_DISCONNECTED)
    await push.send(b"for the next")
    awake = await came.get()
    await awake.shake("PULL")
    while (frame := await awake.frame())[0] & 4:
        awake.command(b"PONG", frame[1][7:])
    assert frame == (0, b"for the next")


async def test_a_peer_that_answers_is_kept(lab, zmq):
    endpoint, came = await lab.raw_listen()
    push = lab.socket(zmq.PUSH, heartbeat_ivl=30, heartbeat_timeout=500)
    events = lab.monitor(push)
    push.connect(endpoint)
    peer = await came.get()
    await peer.shake("PULL")
    for _ in range(5):
        flags, body = await peer.frame()
        assert flags == 4 and body.startswith(b"\x04PING")
        peer.command(b"PONG", body[7:])
    await push.send(b"alive")
    while (frame := await peer.frame())[0] & 4:
        peer.command(b"PONG", frame[1][7:])
    assert frame == (0, b"alive")
    assert await events.names("HANDSHAKE_SUCCEEDED") and not await events.socket.poll(0)


async def test_two_sockets_with_heartbeats_stay_together(lab, zmq, network):
    options = {"heartbeat_ivl": 20, "heartbeat_timeout": 2_000, "heartbeat_ttl": 2_000}
    push, pull = lab.socket(zmq.PUSH, **options), lab.socket(zmq.PULL, **options)
    await lab.link(push, pull, network)
    assert await lab.empty(lab.monitor(push).socket)
    assert await lab.empty(lab.monitor(pull).socket)
    await push.send(b"alive")
    assert await pull.recv() == b"alive"


async def test_ping_is_answered_with_its_context(lab, zmq):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    for context in (b"", b"context", b"x" * 16):
        peer.command(b"PING", b"\x00\x00" + context)
        assert await peer.frame() == (4, b"\x04PONG" + context)
    peer.send(b"a message")
    assert await pull.recv() == b"a message"


async def test_a_peer_says_how_long_it_may_be_silent(lab, zmq):
    """The TTL of a PING, in tenths of a second, without heartbeats of our own."""
    pull = lab.socket(zmq.PULL)
    events = lab.monitor(pull)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.command(b"PING", b"\x00\x01")
    assert await peer.frame() == (4, b"\x04PONG")
    await peer.gone()
    await events.wait(zmq.EVENT_DISCONNECTED)


async def test_a_peer_that_stalls_in_the_handshake(lab, zmq):
    pull = lab.socket(zmq.PULL, handshake_ivl=100)
    events = lab.monitor(pull)
    peer = await lab.raw_connect(lab.bind(pull))
    await events.wait(zmq.EVENT_ACCEPTED)
    await peer.gone()
    await events.wait(zmq.EVENT_DISCONNECTED, zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)


async def test_stalling_after_the_greeting(lab, zmq):
    pull = lab.socket(zmq.PULL, handshake_ivl=100)
    peer = await lab.raw_connect(lab.bind(pull))
    peer.write(b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32))
    await peer.gone()


async def test_a_message_that_is_too_long(lab, zmq, network):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL, maxmsgsize=1_000)
    await lab.link(push, pull, network)
    events = lab.monitor(pull)
    await push.send(bytes(1_000))
    assert await pull.recv() == bytes(1_000)
    await push.send(bytes(1_001))
    await events.wait(zmq.EVENT_DISCONNECTED)
    await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    await push.send(b"short")
    assert await pull.recv() == b"short"


async def test_a_size_is_refused_before_its_bytes_come(lab, zmq):
    pull = lab.socket(zmq.PULL, maxmsgsize=1_000)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.write(b"\x02" + (2**40).to_bytes(8))
    await peer.gone()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x06" + (2**62).to_bytes(8), id="an endless command"),
        pytest.param(b"\x02" + b"\xff" * 8, id="a size beyond 63 bits"),
    ],
)
async def test_a_peer_that_breaks_the_protocol(lab, zmq, data):
    pull, push = lab.socket(zmq.PULL, maxmsgsize=1_000), lab.socket(zmq.PUSH)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.write(data)
    await peer.gone()
    await lab.link(push, pull)
    await push.send(b"others go on")
    assert await pull.recv() == b"others go on"


async def test_half_a_message_is_nothing(lab, zmq):
    pull = lab.socket(zmq.PULL)
    events = lab.monitor(pull)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.send(b"whole")
    peer.send(b"half", flags=1)
    peer.write(b"\x00\x05ab")
    assert await pull.recv() == b"whole"
    peer.writer.close()
    await events.wait(zmq.EVENT_DISCONNECTED)
    push = lab.socket(zmq.PUSH)
    await lab.link(push, pull)
    await push.send(b"next")
    assert await pull.recv_multipart() == [b"next"]


async def test_a_message_in_small_pieces(lab, zmq):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    data = b"\x01\x03one\x03" + (300).to_bytes(8) + bytes(300) + b"\x00\x00"
    for byte in data:
        peer.write(bytes([byte]))
        await peer.writer.drain()
        await asyncio.sleep(0)
    assert await pull.recv_multipart() == [b"one", bytes(300), b""]


async def test_an_old_peer(lab, zmq):
    """ZMTP 3.0: no PING to it, and messages as ever."""
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH", minor=0)
    peer.send(b"old")
    assert await pull.recv() == b"old"


async def test_metadata_is_sent(lab, zmq):
    endpoint, came = await lab.raw_listen()
    dealer = lab.socket(zmq.DEALER, routing_id=b"me")
    dealer.connect(endpoint)
    peer = await came.get()
    greeting = await peer.reader.readexactly(10)
    assert greeting[0] == 0xFF and greeting[9] == 0x7F
    peer.write(b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32))
    rest = await peer.reader.readexactly(54)
    assert rest[:2] == b"\x03\x01" and rest[2:23] == b"NULL".ljust(20, b"\0") + b"\0"
    flags, body = await peer.frame()
    assert flags == 4 and body.startswith(b"\x05READY")
    assert b"\x0bSocket-Type\x00\x00\x00\x06DEALER" in body
    assert b"\x08Identity\x00\x00\x00\x02me" in body


async def test_names_of_metadata_in_any_case(lab, zmq):
    pull = lab.socket(zmq.PULL)
    events = lab.monitor(pull)
    peer = await lab.raw_connect(lab.bind(pull))
    peer.write(b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32))
    peer.command(b"READY", b"\x0bsOCKET-tYPE\x00\x00\x00\x04PUSH\x05X-Own\x00\x00\x00\x01x")
    await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    peer.send(b"welcome")
    assert await pull.recv() == b"welcome"


async def test_the_peer_comes_back(lab, zmq, network):
    dealer, router = lab.socket(zmq.DEALER, routing_id=b"d"), lab.socket(zmq.ROUTER)
    endpoint = await lab.link(dealer, router, network)
    for round_trip in range(3):
        await dealer.send(b"%d" % round_trip)
        assert await router.recv_multipart() == [b"d", b"%d" % round_trip]
        await router.send_multipart([b"d", b"back"])
        assert await dealer.recv() == b"back"
        await lab.leave(router)
        await lab.monitor(dealer).wait(zmq.EVENT_DISCONNECTED)
        router = lab.socket(zmq.ROUTER)
        router.bind(endpoint)


async def test_connections_come_and_go(lab, zmq, network):
    pull = lab.socket(zmq.PULL)
    for number in range(30):
        push = lab.socket(zmq.PUSH, linger=5_000)
        await lab.link(push, pull, network)
        await push.send(b"%d" % number)
        assert await pull.recv() == b"%d" % number
        push.close()
        await lab.monitor(pull).wait(zmq.EVENT_DISCONNECTED)


async def test_any_time_to_live_can_be_said(lab, zmq):
    """Beyond 6,553.5 s libzmq's octets have no room; the most that the option takes fits in."""
    router = lab.socket(zmq.ROUTER)
    dealer = lab.socket(zmq.DEALER, heartbeat_ttl=6_553_599, heartbeat_ivl=1000)
    await lab.link(dealer, router)
    await dealer.send(b"x")
    assert (await router.recv_multipart())[1:] == [b"x"]


async def test_who_may_not_connect_again_has_nobody_to_send_to(lab, zmq):
    """RECONNECT_IVL -1: with the connection goes the queue."""
    router, dealer = lab.socket(zmq.ROUTER), lab.socket(zmq.DEALER, reconnect_ivl=-1)
    await lab.link(dealer, router)
    gone = lab.monitor(dealer).wait(zmq.EVENT_DISCONNECTED)
    router.close()
    await lab.meanwhile(gone, dealer)
    await lab.no_room(dealer)
    assert not await lab.try_send(dealer, b"to nobody")


STRANGERS = {
    "a mail server": b"220 mail.example ESMTP\r\n",
    "a TLS alert": b"\x15\x03\x01\x00\x02\x02\x28",
    "ZMTP 2.0": b"\xff" + bytes(7) + b"\x01\x7f\x01\x07\x00\x00",
    "ZMTP 1.0": b"\x01\x00",
    "half a greeting": b"\xff" + bytes(8) + b"\x7f\x03\x01NULL",
    "flags that do not exist": b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48) + b"\xff\x01a",
    "silence": b"",
}


@pytest.mark.parametrize("kind", ["PUSH", "SUB", "REQ"])
async def test_a_connector_comes_back_whatever_once_answered(lab, zmq, kind):
    """For a moment another program has the port; then the right one has."""
    endpoint, came = await lab.raw_listen()
    one = lab.socket(getattr(zmq, kind))
    one.connect(endpoint)
    for data in STRANGERS.values():
        stranger = await lab.meanwhile(came.get(), one)
        stranger.write(data)
        await stranger.writer.drain()
        stranger.writer.close()
    peer = await lab.meanwhile(came.get(), one)
    await peer.shake({"PUSH": "PULL", "SUB": "PUB", "REQ": "REP"}[kind])
    if kind == "SUB":
        one.subscribe(b"")
        frame = await lab.meanwhile(peer.frame(), one)
        assert frame in {(4, b"\x09SUBSCRIBE"), (0, b"\x01")}
        return
    await one.send(b"to the right one")
    flags, body = await peer.frame()
    while flags or not body:  # REQ: the empty frame
        flags, body = await peer.frame()
    assert body == b"to the right one"


async def test_a_peer_of_zmtp_3_0_gets_heartbeats(lab, zmq):
    """JeroMQ and libzmq before 4.3.3 announce 3.0, and know PING."""
    dealer = lab.socket(zmq.DEALER, heartbeat_ivl=10, heartbeat_timeout=100)
    events = lab.monitor(dealer)
    old = await lab.raw_connect(lab.bind(dealer), "ROUTER", minor=0)
    for _ in range(3):
        assert await old.frame() == (4, b"\x04PING\0\0")
        old.command(b"PONG")
    await lab.meanwhile(events.wait(zmq.EVENT_DISCONNECTED), dealer)  # it says nothing more
