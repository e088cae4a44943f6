"""One side libzmq, the other `purezmq`: they must understand each other in all that they do.

`duo` gives each test two contexts, `left` and `right`, and runs it with libzmq on either side. The
matrix: every legal pair, tcp and ipc, either side binds, every shape of message. Where a side has
to be killed or frozen it is libzmq, in a process of its own.
"""

import asyncio
import contextlib
import os
import signal
import sys

import pytest

from web.site.socket_rules import SOCKETS

LEGAL = [
    ("REQ", "REP"),
    ("REQ", "ROUTER"),
    ("DEALER", "REP"),
    ("DEALER", "DEALER"),
    ("DEALER", "ROUTER"),
    ("ROUTER", "ROUTER"),
    ("PUB", "SUB"),
    ("PUB", "XSUB"),
    ("XPUB", "SUB"),
    ("XPUB", "XSUB"),
    ("PUSH", "PULL"),
    ("PAIR", "PAIR"),
]
SHAPES = [
    [b""],
    [b"x"],
    [b"x" * 255],
    [b"x" * 256],
    [b"x" * 65_536],
    [bytes(range(256)) * 4_096],
    [b"first", b"", b"last"],
]


def test_the_guide_names_the_same_pairs():
    named = {frozenset((kind, peer)) for kind, entry in SOCKETS.items() for peer in entry.peers}
    assert named == {frozenset(pair) for pair in LEGAL}


@pytest.fixture
def zmq():
    """The names and numbers, which both sides share."""
    import zmq
    import zmq.asyncio

    return zmq


async def subscribe(publisher, subscriber, kinds, lab):
    """Subscribe to everything, and wait until that is in force."""
    pub, sub = kinds
    if sub == "SUB":
        subscriber.subscribe(b"")
    else:
        await subscriber.send(b"\x01")
    if pub == "XPUB":
        assert await publisher.recv() == b"\x01"
        return
    while not await subscriber.poll(5):
        await publisher.send(b"mark")
    await publisher.send(b"last mark")
    while await subscriber.recv() != b"last mark":
        pass


async def exchange(one, other, kinds, frames):
    """Send a message of this shape and, where the pair can, back again."""
    if kinds[0] == "ROUTER":
        await one.send_multipart([b"right", *frames])
        assert await other.recv_multipart() == [b"left", *frames]
        await other.send_multipart([b"left", *frames])
        assert await one.recv_multipart() == [b"right", *frames]
        return
    # What REP's peer and REQ's peer see around a message
    before = {"DEALER-REP": [b""]}.get("-".join(kinds), [])
    await one.send_multipart([*before, *frames])
    came = await other.recv_multipart()
    if kinds[1] == "ROUTER":
        envelope, came = (came[:2], came[2:]) if kinds[0] == "REQ" else (came[:1], came[1:])
        assert envelope[0] == b"left" and envelope[1:] in ([], [b""])
    else:
        envelope = []
    assert came == frames
    if kinds[0] not in ("PUSH", "PUB", "XPUB"):
        await other.send_multipart([*envelope, *frames])
        assert await one.recv_multipart() == [*before, *frames]


@pytest.mark.parametrize("binds", ["left", "right"])
@pytest.mark.parametrize("kinds", LEGAL, ids="-".join)
async def test_legal_pairs(duo, zmq, network, kinds, binds):
    one, other = duo.pair(kinds)
    for socket, name in ((one, b"left"), (other, b"right")):
        if socket.type in (zmq.REQ, zmq.DEALER, zmq.ROUTER):
            socket.routing_id = name
    await duo.link(*((other, one) if binds == "left" else (one, other)), network)
    if kinds[0] in ("PUB", "XPUB"):
        await subscribe(one, other, kinds, duo)
    for frames in SHAPES:
        await exchange(one, other, kinds, frames)


@pytest.mark.parametrize("kinds", LEGAL, ids="-".join)
async def test_all_shapes_at_once(duo, zmq, kinds):
    """Not one by one: what lies in the stream is cut into messages anywhere."""
    if "REQ" in kinds or "REP" in kinds or "ROUTER" in kinds:
        kinds = ("DEALER", "DEALER")
    one, other = duo.pair(kinds)
    await duo.link(one, other)
    if kinds[0] in ("PUB", "XPUB"):
        await subscribe(one, other, kinds, duo)
    for _ in range(3):
        for frames in SHAPES:
            await one.send_multipart(frames)
    for _ in range(3):
        for frames in SHAPES:
            assert await other.recv_multipart() == frames


@pytest.mark.parametrize("bound", ["REQ", "ROUTER", "PUB", "SUB", "PUSH", "PAIR"])
async def test_illegal_pairs(duo, zmq, bound):
    endpoint = duo.bind(duo.socket(getattr(zmq, bound), duo.right))
    legal = {frozenset(pair) for pair in LEGAL}
    for kind in sorted({name for pair in LEGAL for name in pair}):
        if frozenset((kind, bound)) in legal:
            continue
        connecting = duo.socket(getattr(zmq, kind), duo.left, reconnect_ivl=-1)
        events = duo.monitor(connecting)
        connecting.connect(endpoint)
        assert "HANDSHAKE_SUCCEEDED" not in await events.names("DISCONNECTED")


@pytest.mark.parametrize("kinds", [("XPUB", "SUB"), ("XPUB", "XSUB")], ids="-".join)
@pytest.mark.parametrize("binds", ["left", "right"])
async def test_subscriptions(duo, zmq, network, kinds, binds):
    xpub, sub = duo.pair(kinds)

    async def ask(kind, topic):
        if kinds[1] == "XSUB":
            await sub.send(bytes([kind]) + topic)
        else:
            (sub.subscribe if kind else sub.unsubscribe)(topic)

    await ask(1, b"early")
    await duo.link(*((sub, xpub) if binds == "left" else (xpub, sub)), network)
    assert await xpub.recv() == b"\x01early"
    for topic in (b"A", b"long " * 60, "소켓".encode()):
        await ask(1, topic)
        assert await xpub.recv() == b"\x01" + topic
    await ask(1, b"A")  # twice, so it holds until it has been taken back twice
    await ask(0, b"A")
    await ask(0, b"early")
    assert await xpub.recv() == b"\x00early"
    for topic in (b"early", b"A one", b"none", b"long " * 60, "소켓과".encode()):
        await xpub.send_multipart([topic, b"body"])
    for topic in (b"A one", b"long " * 60, "소켓과".encode()):
        assert await sub.recv_multipart() == [topic, b"body"]
    await ask(0, b"A")
    assert await xpub.recv() == b"\x00A"


async def test_pub_filters_for_the_other_side(duo, zmq, network):
    pub, sub = duo.pair(("PUB", "SUB"))
    await duo.link(sub, pub, network)
    sub.subscribe(b"A")
    sub.subscribe(b"B")
    sub.unsubscribe(b"B")
    await duo.subscribed(pub, sub)
    for number in range(100):
        await pub.send(b"AB"[number % 2 : number % 2 + 1] + b"%d" % number)
    assert [int((await sub.recv())[1:]) for _ in range(50)] == list(range(0, 100, 2))


async def test_heartbeats(duo, zmq, network):
    """Both sides ask, both answer: the connection stays."""
    push, pull = duo.pair(
        ("PUSH", "PULL"), heartbeat_ivl=15, heartbeat_timeout=2_000, heartbeat_ttl=2_000
    )
    await duo.link(push, pull, network)
    events = duo.monitor(pull)
    assert await duo.empty(events.socket)
    assert await duo.empty(events.socket)
    await push.send(b"alive")
    assert await pull.recv() == b"alive"


@contextlib.asynccontextmanager
async def zap(duo, zmq, context):
    handler = duo.socket(zmq.REP, context)
    handler.bind("inproc://zeromq.zap.01")

    async def answer():
        while True:
            version, number, *_, user, word = await handler.recv_multipart()
            code = b"200" if (user, word) == (b"name", b"word") else b"400"
            await handler.send_multipart([version, number, code, b"", user, b""])

    answering = asyncio.ensure_future(answer())
    try:
        yield
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)


@pytest.mark.parametrize("binds", ["server", "client"])
async def test_plain_accepted(duo, zmq, network, binds):
    server, client = duo.pair(("PULL", "PUSH"))
    server.plain_server = 1
    client.plain_username, client.plain_password = b"name", b"word"
    async with zap(duo, zmq, duo.left):
        await duo.link(*((client, server) if binds == "server" else (server, client)), network)
        await client.send(b"hello")
        assert await server.recv() == b"hello"


async def test_plain_refused(duo, zmq, network):
    """libzmq 4.3.5 misspells the command: "^RROR" (5E for 05 45), and knows no other as a client.

    So its client takes a right ERROR (RFC 37) for a breach of the protocol; refused it is.
    """
    server, client = duo.pair(("PULL", "PUSH"))
    server.plain_server = 1
    client.plain_username, client.plain_password, client.reconnect_ivl = b"name", b"no", -1
    outside, inside = duo.monitor(client), duo.monitor(server)
    refused, broken = zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    async with zap(duo, zmq, duo.left):
        client.connect(duo.bind(server, network))
        came = await inside.wait(refused, broken, zmq.EVENT_HANDSHAKE_SUCCEEDED)
        assert (came.event, came.value) == (refused, 400)
        came = await outside.wait(refused, broken, zmq.EVENT_HANDSHAKE_SUCCEEDED)
        if duo.sides == ("purezmq", "libzmq"):
            assert came.event == broken
        else:
            assert (came.event, came.value) == (refused, 400)


@pytest.mark.parametrize("plain", ["server", "client"])
async def test_different_mechanisms(duo, zmq, plain):
    server, client = duo.pair(("PULL", "PUSH"), reconnect_ivl=-1)
    if plain == "server":
        server.plain_server = 1
    else:
        client.plain_username = b"name"
    events = duo.monitor(client)
    client.connect(duo.bind(server))
    assert "HANDSHAKE_SUCCEEDED" not in await events.names("DISCONNECTED")


async def test_a_full_queue(duo, zmq, network):
    push, pull = duo.pair(("PUSH", "PULL"), sndhwm=2, rcvhwm=2, sndbuf=65_536, rcvbuf=65_536)
    await duo.link(push, pull, network)
    body, sent = b"%d " + bytes(200_000), 0
    while sent < 1_000:
        if await duo.try_send(push, body % sent):
            sent += 1
        elif not await push.poll(100, zmq.POLLOUT):
            break
    assert 4 <= sent < 100
    sending = push.send(body % sent)
    assert not sending.done()
    for number in range(sent + 1):
        assert (await pull.recv()).startswith(b"%d " % number)
    await sending


async def test_a_slow_subscriber_loses_and_the_order_stays(duo, zmq, network):
    pub, sub = duo.pair(("PUB", "SUB"), sndhwm=2, rcvhwm=2, sndbuf=65_536, rcvbuf=65_536)
    sub.subscribe(b"")
    await duo.link(sub, pub, network)
    await duo.subscribed(pub, sub)
    for number in range(200):
        duo.settle(pub)
        await pub.send(b"%d " % number + bytes(200_000))
    came = []
    while await sub.poll(200):
        came.append(int((await sub.recv()).split()[0]))
    assert 1 <= len(came) < 150 and came == sorted(set(came))


async def test_a_message_that_is_too_long(duo, zmq):
    push, pull = duo.pair(("PUSH", "PULL"))
    pull.maxmsgsize = 1_000
    await duo.link(push, pull)
    await push.send(bytes(1_000))
    assert await pull.recv() == bytes(1_000)
    await push.send(bytes(1_001))
    for monitor in (duo.monitor(push), duo.monitor(pull)):
        await monitor.wait(zmq.EVENT_DISCONNECTED)
        await monitor.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    await push.send(b"short")
    assert await pull.recv() == b"short"


@pytest.mark.parametrize("peer", ["REP", "ROUTER"])
async def test_correlated_requests(duo, zmq, peer):
    req, other = duo.pair(("REQ", peer))
    req.req_correlate = req.req_relaxed = 1
    await duo.link(req, other)
    await req.send(b"forgotten")
    await req.send(b"ask")
    for _ in range(2):
        came = await other.recv_multipart()
        await other.send_multipart(came)
    assert await duo.answer(req) == b"ask"


async def test_a_probe(duo, zmq):
    dealer, router = duo.pair(("DEALER", "ROUTER"))
    dealer.probe_router, dealer.routing_id = 1, b"prober"
    await duo.link(dealer, router)
    assert await router.recv_multipart() == [b"prober", b""]


PEER = """
import sys, zmq
kind, method, endpoint = sys.argv[1:]
context = zmq.Context()
socket = context.socket(getattr(zmq, kind))
getattr(socket, method)(endpoint)
print("ready", flush=True)
while True:
    frames = socket.recv_multipart()
    if kind == "ROUTER":
        socket.send_multipart(frames)
    elif kind == "XPUB":
        if frames[0][:1] == b"\\x01":
            socket.send(frames[0][1:] + b" here")
    else:
        print(len(frames), frames[0].decode(), flush=True)
"""


class Peer:
    """A libzmq socket in a process: a ROUTER sends back, an XPUB greets, a PULL prints."""

    def __init__(self, duo, *arguments):
        self.duo, self.arguments = duo, arguments

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PEER, *self.arguments, stdout=asyncio.subprocess.PIPE
        )
        assert await self.line() == "ready"

    async def line(self):
        return (await self.process.stdout.readline()).decode().strip()

    async def kill(self):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *_):
        await self.kill()


@pytest.mark.parametrize("method", ["bind", "connect"])
async def test_a_router_is_killed_and_comes_back(solo, zmq, network, method):
    dealer = solo.socket(zmq.DEALER, routing_id=b"d")
    events = solo.monitor(dealer)
    endpoint = solo.reserve(network)
    (dealer.connect if method == "bind" else dealer.bind)(endpoint)
    async with Peer(solo, "ROUTER", method, endpoint) as peer:
        for number in range(3):
            await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
            await dealer.send_multipart([b"%d" % number, b""])
            assert await dealer.recv_multipart() == [b"%d" % number, b""]
            await peer.kill()
            await events.wait(zmq.EVENT_DISCONNECTED)
            if number < 2:
                await peer.start()


async def test_a_publisher_is_killed_and_comes_back(solo, zmq, network):
    sub = solo.socket(zmq.SUB)
    sub.subscribe(b"A")
    endpoint = solo.reserve(network)
    sub.connect(endpoint)
    async with Peer(solo, "XPUB", "bind", endpoint) as peer:
        assert await sub.recv() == b"A here"
        waiting = sub.recv()
        await peer.kill()
        await peer.start()
        assert await waiting == b"A here"
        sub.subscribe(b"B")
        sub.subscribe(b"B here")
        assert await sub.recv() == b"B here"


async def test_what_was_queued_for_one_killed_goes_to_its_successor(solo, zmq, network):
    push = solo.socket(zmq.PUSH)
    events = solo.monitor(push)
    endpoint = solo.reserve(network)
    push.connect(endpoint)
    async with Peer(solo, "PULL", "bind", endpoint) as peer:
        await push.send(b"before")
        assert await peer.line() == "1 before"
        await peer.kill()
        await events.wait(zmq.EVENT_DISCONNECTED)
        for number in range(3):
            await push.send_multipart([b"%d" % number, b"", b""])
        await peer.start()
        assert [await peer.line() for _ in range(3)] == ["3 0", "3 1", "3 2"]


async def test_a_frozen_process_is_given_up_and_taken_back(solo, zmq, network):
    dealer = solo.socket(
        zmq.DEALER, routing_id=b"d", heartbeat_ivl=50, heartbeat_timeout=200, handshake_ivl=300
    )
    events = solo.monitor(dealer)
    endpoint = solo.reserve(network)
    dealer.connect(endpoint)
    async with Peer(solo, "ROUTER", "bind", endpoint) as peer:
        await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        await dealer.send(b"one")
        assert await dealer.recv() == b"one"
        os.kill(peer.process.pid, signal.SIGSTOP)
        await events.wait(zmq.EVENT_DISCONNECTED)
        os.kill(peer.process.pid, signal.SIGCONT)
        await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        echo = dealer.recv()
        while not echo.done():  # the ROUTER may still hold the name for the old connection
            await dealer.send(b"two")
            await asyncio.wait([echo], timeout=0.05)
        assert await echo == b"two"


async def test_a_libzmq_reader_at_its_mark_gets_all_that_was_sent_before_close(duo):
    """Over ipc libzmq forgets what the kernel still holds if both directions are closed."""
    if duo.sides != ("purezmq", "libzmq"):
        return
    push, pull = duo.pair(("PUSH", "PULL"), linger=-1)
    pull.rcvhwm = 1
    pull.rcvbuf = 4096
    await duo.link(push, pull, "ipc")
    for _ in range(50):
        await push.send(bytes(10_000))
    push.close()
    for _ in range(50):
        assert len(await pull.recv()) == 10_000
    pull.close(linger=0)
