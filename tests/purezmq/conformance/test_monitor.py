"""What a monitor tells, and in which order."""

import struct

import pytest


async def test_a_connection_from_both_sides(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    connecting, bound = lab.monitor(push), lab.monitor(pull)
    endpoint = lab.bind(pull)
    push.connect(endpoint)
    last = "HANDSHAKE_SUCCEEDED"
    assert await connecting.names(last) == ["CONNECT_DELAYED", "CONNECTED", last]
    assert await bound.names(last) == ["LISTENING", "ACCEPTED", last]
    await lab.leave(pull)
    assert await connecting.names("CONNECT_RETRIED") == ["DISCONNECTED", "CONNECT_RETRIED"]
    assert await connecting.names("CONNECT_RETRIED") == [
        "CONNECT_DELAYED",
        "CLOSED",
        "CONNECT_RETRIED",
    ]


async def test_an_ipc_connection(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    connecting, bound = lab.monitor(push), lab.monitor(pull)
    push.connect(lab.bind(pull, "ipc"))
    last = "HANDSHAKE_SUCCEEDED"
    assert await connecting.names(last) == ["CONNECTED", last]
    assert await bound.names(last) == ["LISTENING", "ACCEPTED", last]


async def test_the_endpoint_is_told(lab, zmq, network):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    connecting, bound = lab.monitor(push), lab.monitor(pull)
    endpoint = lab.bind(pull, network)
    push.connect(endpoint)
    for monitor in (connecting, bound):
        assert (await monitor.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)).endpoint == endpoint


async def test_a_peer_that_leaves(lab, zmq, network):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = await lab.link(push, pull, network)
    push.close()
    came = await lab.monitor(pull).next()
    assert (came.event, came.endpoint) == (zmq.EVENT_DISCONNECTED, endpoint)


async def test_nobody_there(lab, zmq):
    push = lab.socket(zmq.PUSH, reconnect_ivl=20)
    events = lab.monitor(push)
    push.connect(lab.reserve())
    for _ in range(2):
        assert (await events.next()).event == zmq.EVENT_CONNECT_DELAYED
        assert (await events.next()).event == zmq.EVENT_CLOSED
        came = await events.next()
        assert came.event == zmq.EVENT_CONNECT_RETRIED
        assert 20 <= came.value <= 40  # the interval in ms, with chance added


async def test_the_interval_grows_to_its_limit(lab, zmq, network):
    push = lab.socket(zmq.PUSH, reconnect_ivl=5, reconnect_ivl_max=40)
    events = lab.monitor(push)
    push.connect(lab.reserve(network))
    waits = [(await events.wait(zmq.EVENT_CONNECT_RETRIED)).value for _ in range(6)]
    assert waits == sorted(waits) and waits[0] < 20 and waits[-1] == waits[-2] == 40


async def test_no_reconnection_when_told_so(lab, zmq, network):
    push = lab.socket(zmq.PUSH, reconnect_ivl=-1)
    events = lab.monitor(push)
    push.connect(lab.reserve(network))
    await events.wait(zmq.EVENT_CLOSED)
    assert await lab.empty(events.socket)


async def test_an_address_in_use(lab, zmq):
    one, two = lab.socket(zmq.PULL), lab.socket(zmq.PULL)
    endpoint = lab.bind(one)
    events = lab.monitor(two)
    with lab.refused(zmq.EADDRINUSE):
        two.bind(endpoint)
    assert (await events.wait(zmq.EVENT_BIND_FAILED)).value == zmq.EADDRINUSE


async def test_unbinding_and_closing(lab, zmq, network):
    pull = lab.socket(zmq.PULL)
    events = lab.monitor(pull)
    one, two = lab.bind(pull, network), lab.bind(pull, network)
    assert [(await events.next()).endpoint for _ in range(2)] == [one, two]
    pull.unbind(one)
    came = await events.next()
    assert (came.event, came.endpoint) == (zmq.EVENT_CLOSED, one)
    pull.close()
    came = await events.next()
    assert (came.event, came.endpoint) == (zmq.EVENT_CLOSED, two)
    assert (await events.next()).event == zmq.EVENT_MONITOR_STOPPED


async def test_only_the_events_asked_for(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    monitor = push.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
    push.connect(lab.bind(pull))
    head, _ = await monitor.recv_multipart()
    assert struct.unpack("=hI", head)[0] == zmq.EVENT_HANDSHAKE_SUCCEEDED
    pull.close()
    head, _ = await monitor.recv_multipart()
    assert struct.unpack("=hI", head)[0] == zmq.EVENT_DISCONNECTED
    push.disable_monitor()
    monitor.close()


async def test_a_monitor_is_asked_for_twice(lab, zmq):
    push = lab.socket(zmq.PUSH)
    monitor = push.get_monitor_socket()
    assert push.get_monitor_socket() is monitor
    assert monitor.type == zmq.PAIR
    push.disable_monitor()
    monitor.close()


async def test_the_end_of_monitoring_is_told(lab, zmq):
    push = lab.socket(zmq.PUSH)
    events = lab.monitor(push)
    push.disable_monitor()
    assert (await events.next()).event == zmq.EVENT_MONITOR_STOPPED


async def test_an_illegal_pair_shakes_no_hands(lab, zmq):
    push, sub = lab.socket(zmq.PUSH), lab.socket(zmq.SUB, reconnect_ivl=-1)
    connecting, bound = lab.monitor(sub), lab.monitor(push)
    sub.connect(lab.bind(push))
    for monitor, start in ((connecting, "CONNECTED"), (bound, "ACCEPTED")):
        names = await monitor.names("DISCONNECTED")
        assert start in names and "HANDSHAKE_SUCCEEDED" not in names


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n" + bytes(64), bytes(64)])
async def test_a_stranger_is_shown_out(lab, zmq, data):
    pull = lab.socket(zmq.PULL)
    events = lab.monitor(pull)
    peer = await lab.raw_connect(lab.bind(pull))
    await events.wait(zmq.EVENT_ACCEPTED)
    peer.write(data)
    await peer.gone()
    await events.wait(zmq.EVENT_DISCONNECTED)
    push = lab.socket(zmq.PUSH)
    await lab.link(push, pull)
    await push.send(b"still open")
    assert await pull.recv() == b"still open"


def command(name, data=b""):
    body = bytes([len(name)]) + name + data
    return bytes([4, len(body)]) + body


def greeting(mechanism=b"NULL"):
    return b"\xff" + bytes(8) + b"\x7f\x03\x01" + mechanism.ljust(20, b"\0") + bytes(32)


WAYS_TO_FAIL = {
    "another mechanism": (greeting(b"CURVE"), "PROTOCOL", 0x11000002),
    "no mechanism": (greeting(b""), "PROTOCOL", 0x11000002),
    "an unknown command": (greeting() + command(b"FOO"), "PROTOCOL", 0x10000001),
    "a command without a name": (greeting() + b"\x04\x00", "PROTOCOL", 0x10000001),
    "a command out of its turn": (
        greeting() + command(b"HELLO", b"\1a\1b"),
        "PROTOCOL",
        0x10000001,
    ),
    "a message too early": (greeting() + b"\x00\x01a", "PROTOCOL", 0x10000001),
    "an ERROR that is cut off": (
        greeting() + command(b"ERROR", b"\x09Nope!"),
        "PROTOCOL",
        0x10000015,
    ),
    "an ERROR with a status": (greeting() + command(b"ERROR", b"\x03400"), "AUTH", 400),
    "the peer leaves in its greeting": (greeting()[:20], "NO_DETAIL", 32),
    "the peer leaves after its greeting": (greeting(), "NO_DETAIL", 32),
    "the peer says nothing": (b"", "NO_DETAIL", 32),
}


@pytest.mark.parametrize("connects", [True, False], ids=["connector", "listener"])
async def test_every_way_in_which_a_handshake_fails(lab, zmq, connects):
    for way, (data, kind, value) in WAYS_TO_FAIL.items():
        pull = lab.socket(zmq.PULL, reconnect_ivl=-1)
        events = lab.monitor(pull)
        if connects:
            endpoint, came = await lab.raw_listen()
            pull.connect(endpoint)
            peer = await came.get()
        else:
            peer = await lab.raw_connect(lab.bind(pull))
        await peer.reader.readexactly(10)  # libzmq writes the rest when it has read some
        peer.write(data)
        if kind == "NO_DETAIL":
            peer.writer.write_eof()
        told = await events.wait(
            zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL,
            zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
            zmq.EVENT_HANDSHAKE_FAILED_AUTH,
        )
        assert (told.event.name, told.value) == (f"HANDSHAKE_FAILED_{kind}", value), way
        peer.writer.close()
        ended = await lab.meanwhile(events.next(), pull)
        assert ended.event == zmq.EVENT_DISCONNECTED, way
