"""libzmq, live: its sockets on one side, octets and engines over plain TCP on the other."""

import socket
import time

import pytest
import zmq
from zmq.utils.monitor import recv_monitor_message

from purezmq.errors import RemoteProtocolError
from purezmq.wire import Engine, encode
from purezmq.wire.events import (
    AuthenticationRequest,
    Cancelled,
    HandshakeDone,
    PeerError,
    Subscribed,
)
from purezmq.wire.mechanism import LEGAL

LIMIT = 10.0  # seconds that anything may take
PAIRS = [(a, b) for a in sorted(LEGAL) for b in sorted(LEGAL[a])]


class Plain:
    """A plain TCP connection to a libzmq socket."""

    def __init__(self, libzmq, plain):
        self.libzmq = libzmq
        self.plain = plain
        plain.settimeout(0.05)
        self.came = b""

    def send(self, data):
        self.plain.sendall(data)

    def receive(self):
        """Wait for something from libzmq; b"" if it closes."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            try:
                return self.plain.recv(65_536)
            except TimeoutError:
                # A socket of libzmq does part of its work only when its program calls it.
                self.libzmq.getsockopt(zmq.EVENTS)
        raise AssertionError(f"nothing came from libzmq in {LIMIT} s")

    def read(self, size):
        while len(self.came) < size:
            piece = self.receive()
            assert piece, f"closed after {self.came!r}"
            self.came += piece
        taken, self.came = self.came[:size], self.came[size:]
        return taken

    def closed(self):
        """Read to the end: libzmq must close."""
        try:
            while self.receive():
                pass
        except ConnectionError:
            pass
        return True

    def drive(self, engine, enough, now=0.0):
        """Carry bytes between libzmq and an engine until its events are enough."""
        events = []
        while True:
            self.send(engine.data_to_send())
            if enough(events):
                return events
            piece, self.came = self.came or self.receive(), b""
            assert piece, f"closed after {events}"
            for item in engine.receive_data(piece, now):
                events += item if type(item) is list else [item]  # messages come in runs


@pytest.fixture
def libzmq():
    """Make a libzmq socket and a plain one that are connected, whichever binds."""
    context = zmq.Context()
    opened = []

    def make(socket_type, *, connects=False, **options):
        ours = context.socket(getattr(zmq, socket_type))
        ours.linger = 0
        ours.rcvtimeo = ours.sndtimeo = int(LIMIT * 1000)
        for name, value in options.items():
            setattr(ours, name, value)
        if connects:
            with socket.create_server(("127.0.0.1", 0)) as server:
                server.settimeout(LIMIT)
                ours.connect(f"tcp://127.0.0.1:{server.getsockname()[1]}")
                plain, _ = server.accept()
        else:
            port = ours.bind_to_random_port("tcp://127.0.0.1")
            plain = socket.create_connection(("127.0.0.1", port), LIMIT)
        opened.extend([ours, plain])
        return Plain(ours, plain)

    yield make
    for each in opened:
        each.close()
    context.term()


def zap(peer, hello, code):
    """Say HELLO to a libzmq server of PLAIN, and be the ZAP handler that it then asks (RFC 27)."""
    with peer.libzmq.context.socket(zmq.REP) as handler:
        handler.linger = 0
        handler.rcvtimeo = int(LIMIT * 1000)
        handler.bind("inproc://zeromq.zap.01")
        peer.send(hello)
        version, request, *_, mechanism, username, password = handler.recv_multipart()
        assert mechanism == b"PLAIN"
        handler.send_multipart([version, request, code, b"", b"", b""])
        answer = peer.read(2)
        answer += peer.read(answer[1])
        peer.came = answer + peer.came
    return username, password


def done(events):
    return any(type(event) is HandshakeDone for event in events)


# Their octets


@pytest.mark.parametrize("connects", [False, True])
def test_greeting_and_ready(libzmq, octets, connects):
    peer = libzmq("DEALER", connects=connects, routing_id=b"me")
    assert peer.read(10) == b"\xff" + bytes(7) + b"\x03\x7f"  # 3: "me" and 1, for ZMTP 1.0
    peer.send(octets.greeting())
    assert peer.read(54) == octets.greeting()[10:]
    expected = octets.ready(b"DEALER", Identity=b"me")
    assert peer.read(len(expected)) == expected


@pytest.mark.parametrize(
    ("minor", "subscribe", "cancel"),
    [
        (1, b"\x04\x0c\x09SUBSCRIBEAB", b"\x04\x09\x06CANCELAB"),
        (0, b"\x00\x03\x01AB", b"\x00\x03\x00AB"),
    ],
)
@pytest.mark.parametrize("socket_type", ["SUB", "XSUB"])
def test_subscriptions(libzmq, octets, engine, minor, subscribe, cancel, socket_type):
    peer = libzmq(socket_type)
    peer.send(octets.opening(b"PUB", minor))
    peer.read(64 + len(octets.ready(socket_type.encode())))
    ours = engine("XPUB", peer=socket_type, minor=minor)
    if socket_type == "SUB":
        first, then = peer.libzmq.subscribe, peer.libzmq.unsubscribe
        topics = b"AB", b"AB"
    else:
        # What a program sends stays a message, whoever the peer.
        first = then = peer.libzmq.send
        topics = b"\x01AB", b"\x00AB"
        subscribe, cancel = b"\x00\x03\x01AB", b"\x00\x03\x00AB"
    first(topics[0])
    data = peer.read(len(subscribe))
    then(topics[1])
    data += peer.read(len(cancel))
    assert data == subscribe + cancel
    assert ours.receive_data(data, 0.0) == [Subscribed(b"AB"), Cancelled(b"AB")]


def test_ping_and_its_pong(libzmq, octets, engine):
    peer = libzmq("PULL", heartbeat_ivl=100, heartbeat_ttl=1000, heartbeat_timeout=10_000)
    peer.send(octets.opening(b"PUSH"))
    peer.read(64 + len(octets.ready(b"PULL")))
    ping = peer.read(9)
    assert ping == b"\x04\x07\x04PING\x00\x0a"
    ours = engine("PUSH", peer="PULL")
    ours.receive_data(ping, 5.0)
    assert ours.deadline() == 6.0
    peer.send(ours.data_to_send() + b"\x00\x05alive")
    assert peer.libzmq.recv() == b"alive"


def test_their_answer_to_our_ping(libzmq, octets):
    peer = libzmq("PULL")
    peer.send(octets.opening(b"PUSH"))
    peer.read(64 + len(octets.ready(b"PULL")))
    # Not before its READY: libzmq would take the PING for a part of the handshake, and close.
    peer.send(octets.command(b"PING", b"\0\0context"))
    assert peer.read(14) == b"\x04\x0c\x04PONGcontext"


@pytest.mark.parametrize("connects", [False, True])
def test_plain_as_they_write_it(libzmq, octets, connects):
    client = libzmq("PUSH", connects=connects, plain_username=b"user", plain_password=b"pass")
    client.send(octets.greeting(mechanism=b"PLAIN", as_server=1))
    assert client.read(64) == octets.greeting(mechanism=b"PLAIN")
    assert client.read(18) == b"\x04\x10\x05HELLO\x04user\x04pass"
    client.send(octets.command(b"WELCOME"))
    expected = octets.command(b"INITIATE", octets.properties(Socket_Type=b"PUSH"))
    assert client.read(len(expected)) == expected

    server = libzmq("PULL", connects=connects, plain_server=True)
    server.send(octets.greeting(mechanism=b"PLAIN"))
    assert server.read(64) == octets.greeting(mechanism=b"PLAIN")
    zap(server, b"\x04\x08\x05HELLO\x00\x00", b"200")
    assert server.read(10) == b"\x04\x08\x07WELCOME"
    server.send(octets.command(b"INITIATE", octets.properties(Socket_Type=b"PUSH")))
    assert server.read(len(octets.ready(b"PULL"))) == octets.ready(b"PULL")


# Engines

# What goes to a libzmq socket of this type, on the wire and as its program gets it.
TO_THEM = {
    "REP": ([b"", b"one", b"x" * 300], [b"one", b"x" * 300]),
    "ROUTER": ([b"one", b"x" * 300], [b"us", b"one", b"x" * 300]),
    "REQ": ([b"", b"answer"], [b"answer"]),
} | dict.fromkeys(["DEALER", "PULL", "PAIR", "SUB", "XSUB", "XPUB"], ([b"one", b""], [b"one", b""]))
# What the program gives to a socket of this type, and what comes on the wire.
FROM_THEM = {
    "REP": ([b"answer"], [b"", b"answer"]),
    "ROUTER": ([b"us", b"one", b"x" * 300], [b"one", b"x" * 300]),
    "REQ": ([b"question"], [b"", b"question"]),
} | dict.fromkeys(["DEALER", "PUSH", "PAIR", "PUB", "XPUB"], ([b"one", b""], [b"one", b""]))


@pytest.mark.parametrize("minor", [0, 1])
@pytest.mark.parametrize("connects", [False, True])
@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_an_engine_talks_to_libzmq(monkeypatch, libzmq, ours, theirs, connects, minor):
    monkeypatch.setattr("purezmq.wire.greeting.VERSION", (3, minor))
    peer = libzmq(theirs, connects=connects)
    engine = Engine(ours, now=0.0, routing_id=b"us")
    (handshake,) = peer.drive(engine, done)
    assert (handshake.socket_type, handshake.version) == (theirs, (3, minor))

    def to_them():
        wire, expected = TO_THEM[theirs]
        peer.send(encode(wire))
        assert peer.libzmq.recv_multipart() == expected

    def from_them():
        given, expected = FROM_THEM[theirs]
        peer.libzmq.send_multipart(given)
        assert peer.drive(engine, lambda events: expected in events) == [expected]

    if theirs == "SUB":
        peer.libzmq.subscribe(b"o")
        # In the form for 3.0 if we say we are no newer.
        assert peer.drive(engine, bool) == [Subscribed(b"o")]
    if theirs == "PUB":
        # Its only sign of a subscription is what it then sends.
        peer.send(engine.subscribe(b"o"))
        events, limit = [], time.monotonic() + LIMIT
        while not events and time.monotonic() < limit:
            peer.libzmq.send_multipart(FROM_THEM["PUB"][0])
            try:
                events = engine.receive_data(peer.plain.recv(65_536), 0.0)
            except TimeoutError:
                continue
        assert events[0][0] == FROM_THEM["PUB"][1]
        return
    if theirs == "XPUB":
        peer.send(engine.subscribe(b"o"))
        assert peer.libzmq.recv() == b"\x01o"
        from_them()
        peer.send(engine.cancel(b"o"))
        assert peer.libzmq.recv() == b"\x00o"
    turns = [to_them] * (theirs in TO_THEM) + [from_them] * (theirs in FROM_THEM)
    if theirs == "REQ":
        turns.reverse()
    for turn in turns if theirs != "XPUB" else [to_them]:
        turn()


def test_what_we_say_of_ourselves_arrives(libzmq):
    peer = libzmq("PULL")
    engine = Engine("PUSH", now=0.0, metadata={"X-lesson": b"15"})
    peer.drive(engine, done)
    peer.send(encode([b"hello"]))
    frame = peer.libzmq.recv(copy=False)
    assert (frame.get("Socket-Type"), frame.get("X-lesson")) == ("PUSH", "15")


@pytest.mark.parametrize("theirs", sorted(LEGAL))
def test_libzmq_refuses_the_pairs_that_we_refuse(libzmq, octets, theirs):
    for ours in set(LEGAL) - LEGAL[theirs]:
        peer = libzmq(theirs)
        engine = Engine(ours, now=0.0)
        with pytest.raises(RemoteProtocolError, match=f"a {ours} does not talk to a {theirs}"):
            engine.receive_data(octets.opening(theirs.encode()), 0.0)
        # Without the ERROR at the end: it is our READY that libzmq shall judge.
        said = engine.data_to_send()
        peer.send(said[: said.rindex(b"\x05ERROR") - 2])
        assert peer.closed(), ours


@pytest.mark.parametrize("connects", [False, True])
def test_plain_accepted(libzmq, connects):
    peer = libzmq("PUSH", connects=connects, plain_username=b"user", plain_password=b"pass")
    server = Engine("PULL", now=0.0, mechanism="PLAIN", as_server=True)
    request = AuthenticationRequest("PLAIN", b"user", b"pass")
    assert peer.drive(server, bool) == [request]
    assert server.authenticate(True) == []
    assert done(peer.drive(server, bool))
    peer.libzmq.send(b"hello")
    assert peer.drive(server, bool) == [[b"hello"]]

    peer = libzmq("PULL", connects=connects, plain_server=True)
    client = Engine("PUSH", now=0.0, mechanism="PLAIN", username=b"user", password=b"pass")
    peer.send(client.data_to_send())
    client.receive_data(peer.read(64), 0.0)
    assert zap(peer, client.data_to_send(), b"200") == (b"user", b"pass")
    assert done(peer.drive(client, bool))
    peer.send(encode([b"hello"]))
    assert peer.libzmq.recv() == b"hello"


def test_plain_refused_by_them(libzmq):
    peer = libzmq("PULL", plain_server=True)
    client = Engine("PUSH", now=0.0, mechanism="PLAIN", username=b"user", password=b"no")
    peer.send(client.data_to_send())
    client.receive_data(peer.read(64), 0.0)
    assert zap(peer, client.data_to_send(), b"400") == (b"user", b"no")
    assert peer.drive(client, bool) == [PeerError(b"400")]


@pytest.mark.parametrize("reason", [b"400", b"", b"no"])
def test_plain_refused_by_us(libzmq, reason):
    """libzmq 4.3.5 misspells PLAIN's ERROR, and as a client knows no other spelling.

    So it takes ours, which is RFC 24's, for a command that it did not expect. The outcome is that
    of a refusal: it closes, and does not come again.
    """
    told, came_again = refuse(libzmq, lambda right: right, reason)
    unexpected = zmq.PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND
    assert told == (zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL, unexpected)
    assert not came_again


def test_plain_refused_in_their_own_spelling(libzmq):
    told, came_again = refuse(
        libzmq, lambda right: right.replace(b"\x0a\x05ERROR", b"\x09^RROR"), b"400"
    )
    assert told == (zmq.EVENT_HANDSHAKE_FAILED_AUTH, 400)
    assert not came_again


def refuse(libzmq, spell, reason):
    """Refuse a libzmq client of PLAIN; give what its monitor tells, and whether it comes again."""
    with socket.create_server(("127.0.0.1", 0)) as server, zmq.Context() as context:
        server.settimeout(LIMIT)
        with context.socket(zmq.PUSH) as client:
            client.plain_username, client.plain_password = b"user", b"pass"
            client.linger, client.reconnect_ivl = 0, 1
            with client.get_monitor_socket() as monitor:
                monitor.rcvtimeo = int(LIMIT * 1000)
                client.connect(f"tcp://127.0.0.1:{server.getsockname()[1]}")
                plain, _ = server.accept()
                with plain:
                    peer = Plain(client, plain)
                    engine = Engine("PULL", now=0.0, mechanism="PLAIN", as_server=True)
                    peer.drive(engine, bool)
                    assert engine.authenticate(False, reason) == []
                    peer.send(spell(engine.data_to_send()))
                    assert peer.closed()
                told = []
                while not told or told[-1]["event"] != zmq.EVENT_DISCONNECTED:
                    told.append(recv_monitor_message(monitor))
                # What it does about it, it does at once: 1 ms was its interval.
                came_again = monitor.poll(100) and recv_monitor_message(monitor)
                client.disable_monitor()
    return (told[-2]["event"], told[-2]["value"]), came_again


def test_heartbeats_keep_both_alive(libzmq):
    peer = libzmq("PULL", heartbeat_ivl=100, heartbeat_timeout=300)
    engine = Engine("PUSH", now=0.0, heartbeat_interval=0.1, heartbeat_ttl=1.0)
    peer.drive(engine, done, now=time.monotonic())
    pongs = pings = 0
    while pongs < 3 or pings < 3:
        engine.tick(time.monotonic())
        ours = engine.data_to_send()
        peer.send(ours)
        pongs += ours.count(b"\x04PONG")
        piece = peer.receive()
        pings += piece.count(b"\x04PONG")
        assert engine.receive_data(piece, time.monotonic()) == []
    assert engine.ready


def test_they_give_us_up_when_our_time_to_live_has_passed(libzmq):
    peer = libzmq("PULL")
    engine = Engine("PUSH", now=0.0, heartbeat_interval=1.0, heartbeat_ttl=0.2)
    peer.drive(engine, done)
    engine.tick(1.0)
    peer.send(engine.data_to_send())
    assert peer.closed()


def test_frames_of_every_size(libzmq):
    sizes = [0, 1, 255, 256, 65_536, 1_000_000]
    peer = libzmq("PAIR")
    engine = Engine("PAIR", now=0.0)
    peer.drive(engine, done)
    message = [bytes([size % 251]) * size for size in sizes]
    peer.send(encode(message))
    assert peer.libzmq.recv_multipart() == message
    peer.libzmq.send_multipart(message)
    assert peer.drive(engine, bool) == [message]
