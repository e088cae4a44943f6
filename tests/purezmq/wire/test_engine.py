"""The engine: two of them back to back, and one against bytes as libzmq 4.3.5 wrote them."""

import dataclasses
import gc
import itertools
import random
import sys

import pytest

from purezmq.errors import LocalProtocolError, RemoteProtocolError
from purezmq.wire import Engine, encode, encode_command
from purezmq.wire.body import BLOCK_MAX
from purezmq.wire.engine import COMMAND_MAX, FRAMES_MAX, HANDSHAKE_MAX, PENDING_MAX
from purezmq.wire.events import (
    AuthenticationRequest,
    Cancelled,
    HandshakeDone,
    PeerError,
    Subscribed,
)
from purezmq.wire.mechanism import LEGAL

PAIRS = list(itertools.product(sorted(LEGAL), repeat=2))
LEGAL_PAIRS = [(a, b) for a, b in PAIRS if b in LEGAL[a]]
SHAPES = [
    [b""],
    [b"x"],
    [b"x" * 255],
    [b"x" * 256],
    [b"x" * 65_536],
    [b"x" * 1_000_000],
    [b"one", b"", b"three"],
    [b"x" * 256, b"y" * 70_000, b""],
]


# Two engines


@pytest.mark.parametrize(("one", "other"), LEGAL_PAIRS)
def test_legal_pairs_shake_hands(ways, one, other):
    a = Engine(one, now=0.0, metadata={"X-side": b"a"})
    b = Engine(other, now=0.0)
    assert not a.ready
    (seen_by_a,), (seen_by_b,) = ways.pump(a, b)
    assert (seen_by_a.socket_type, seen_by_b.socket_type) == (other, one)
    assert seen_by_b.metadata["X-side"] == b"a"
    assert seen_by_a.version == (3, 1)
    assert a.ready
    assert b.ready


@pytest.mark.parametrize(("one", "other"), LEGAL_PAIRS)
def test_one_that_speaks_only_3_0(monkeypatch, ways, one, other):
    newer = Engine(other, now=0.0)
    monkeypatch.setattr("purezmq.wire.greeting.VERSION", (3, 0))
    older = Engine(one, now=0.0)
    seen = ways.pump(older, newer)
    assert [event.version for events in seen for event in events] == [(3, 0), (3, 0)]
    if one in ("PUB", "XPUB"):
        older, newer = newer, older
    if other in ("PUB", "XPUB") or one in ("PUB", "XPUB"):
        subscriber, publisher = older, newer
        assert publisher.receive_data(subscriber.subscribe(b"A"), 0.0) == [Subscribed(b"A")]
        assert publisher.receive_data(subscriber.cancel(b"A"), 0.0) == [Cancelled(b"A")]


def test_illegal_pairs_part_with_a_reason():
    for one, other in sorted(set(PAIRS) - set(LEGAL_PAIRS)):
        a, b = Engine(one, now=0.0), Engine(other, now=0.0)
        b.receive_data(a.data_to_send(), 0.0)
        with pytest.raises(RemoteProtocolError, match=f"^a {one} does not talk to a {other}$"):
            a.receive_data(b.data_to_send(), 0.0)
        ready_and_farewell = a.data_to_send()
        reason = f"a_{one}_does_not_talk_to_a_{other}".encode()
        assert ready_and_farewell.endswith(b"\x05ERROR" + bytes((len(reason),)) + reason)
        # The other side judges the same by our READY, before it hears why.
        with pytest.raises(RemoteProtocolError, match=f"^a {other} does not talk to a {one}$"):
            b.receive_data(ready_and_farewell, 0.0)
        assert not (a.ready or b.ready), (one, other)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "+".join(str(len(f)) for f in shape))
def test_messages_pass_in_any_pieces(engine, ways, shape):
    wire = encode([b"before"]) + encode(shape) + encode([b"between"]) + encode(shape)
    expected = [[b"before"], shape, [b"between"], shape]
    for size in (7, 1000, 65_536, len(wire)):
        pull = engine("PULL", peer="PUSH")
        got = []
        for i in range(0, len(wire), size):
            got += ways.flat(pull.receive_data(wire[i : i + size], 0.0))
        assert got == expected


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if sum(map(len, shape)) < 1000])
def test_messages_pass_byte_by_byte_and_with_data_behind(engine, ways, shape):
    events, _ = ways.every(
        lambda: engine("PULL", peer="PUSH"), encode(shape), encode([b"", b"next"]), [[b"", b"next"]]
    )
    assert events == [shape]


def test_frames_come_out_as_bytes(engine, ways):
    wire = encode([b"x" * 100_000, b"y"])
    pull = engine("PULL", peer="PUSH")
    got = pull.receive_data(wire[:10], 0.0) + pull.receive_data(wire[10:], 0.0)
    ((message,),) = got
    assert [type(frame) for frame in message] == [bytes, bytes]


@pytest.mark.parametrize("size", [300, BLOCK_MAX - 1, BLOCK_MAX, BLOCK_MAX + 1, 3 * BLOCK_MAX])
@pytest.mark.parametrize("step", [1000, 65_536, 4 * BLOCK_MAX])
def test_a_long_body_may_be_read_right_into_its_place(engine, ways, size, step):
    body = random.Random(size).randbytes(size)
    wire = encode([b"first"]) + encode([body, b"", body]) + encode([b"last"])
    pull = engine("PULL", peer="PUSH")
    got, start = [], 0
    while start < len(wire):
        if pull.missing:
            place = pull.place()
            assert 0 < len(place) <= min(pull.missing, BLOCK_MAX)
            count = min(step, len(place))
            place[:count] = wire[start : start + count]
            got += ways.flat(pull.receive_data(b"", 0.0, count))
        else:
            count = min(200, step)
            got += ways.flat(pull.receive_data(wire[start : start + count], 0.0))
        start += count
    assert got == [[b"first"], [body, b"", body], [b"last"]]
    assert [type(frame) for frame in got[1]] == [bytes, bytes, bytes]


def test_what_was_placed_counts_as_life_and_against_the_limit(engine):
    pull = engine("PULL", peer="PUSH", max_message_size=1000, heartbeat_interval=1.0)
    assert pull.receive_data(encode([bytes(900), bytes(101)])[:20], 0.0) == []
    pull.tick(1.0)
    pull.place()[:500] = bytes(500)
    assert pull.receive_data(b"", 1.5, 500) == []
    pull.tick(2.4)  # no fault: something came after the PING
    # The first frame ends with this, and the second would be too much.
    missing = pull.missing
    pull.place()[:missing] = bytes(missing)
    with pytest.raises(RemoteProtocolError, match="more than 1000 octets"):
        pull.receive_data(b"\x00\x65" + bytes(101), 2.5, missing)


def test_a_command_may_be_placed_too_and_may_be_wrong(engine):
    xpub = engine("XPUB", peer="SUB")
    wire = encode_command(b"SUBSCRIBE", b"t" * 600)
    assert xpub.receive_data(wire[:100], 0.0) == []
    xpub.place()[: xpub.missing] = wire[100:]
    assert xpub.receive_data(b"", 0.0, xpub.missing) == [Subscribed(b"t" * 600)]
    pull = engine("PULL", peer="PUSH")
    pull.receive_data(wire[:100], 0.0)
    pull.place()[: pull.missing] = wire[100:]
    with pytest.raises(RemoteProtocolError, match="SUBSCRIBE is for a PUB or XPUB"):
        pull.receive_data(b"", 0.0, pull.missing)


def test_a_body_under_way_is_garbage_without_a_word(engine):
    """From Python 3.13 on a buffer complains that is held when its holder is thrown away."""
    told = []
    before, sys.unraisablehook = sys.unraisablehook, told.append
    try:
        pull = engine("PULL", peer="PUSH")
        pull.receive_data(encode([bytes(300_000)])[:200_000], 0.0)
        pull.place()[:10] = bytes(10)
        pull.receive_data(b"", 0.0, 10)
        pull.cycle = pull
        del pull
        gc.collect()
    finally:
        sys.unraisablehook = before
    assert not told


def test_messages_come_in_runs_that_events_part(engine):
    pub = engine("XPUB", peer="XSUB")
    a, b, c = encode([b"a"]), encode([b"b", b"more"]), encode([b"c" * 300])
    pull = engine("PULL", peer="PUSH")
    assert pull.receive_data(a + b + c[:100], 0.0) == [[[b"a"], [b"b", b"more"]]]
    # A PING needs no answer of the owner's, but it may not pass what came before it.
    data = c[100:] + a + encode_command(b"PING", b"\0\0") + b + encode_command(b"ERROR", b"\0") + a
    assert pull.receive_data(data, 0.0) == [
        [[b"c" * 300]],  # it came in two pieces: a run of its own
        [[b"a"]],
        [[b"b", b"more"]],
        PeerError(b""),
    ]
    assert pub.receive_data(a + b + encode([b"\x01t"]) + c, 0.0) == [
        [[b"a"]],
        [[b"b", b"more"]],
        Subscribed(b"t"),
        [[b"c" * 300]],
    ]


def test_nothing_comes_of_nothing(engine):
    pull = engine("PULL", peer="PUSH", heartbeat_interval=1.0)
    pull.tick(1.0)
    limit = pull.deadline()
    assert pull.receive_data(b"", 1.5) == []
    assert pull.deadline() == limit


def test_what_the_engine_says_it_says_once(engine):
    fresh = engine("PULL")
    assert len(fresh.data_to_send()) == 64
    assert fresh.data_to_send() == b""


def test_a_routing_id_is_announced(ways):
    router = Engine("ROUTER", now=0.0)
    _, (done,) = ways.pump(Engine("DEALER", now=0.0, routing_id=b"me"), router)
    assert done.routing_id == b"me"


# The handshake against captured bytes


@pytest.mark.parametrize("minor", [0, 1])
def test_null_with_a_peer_as_captured(engine, octets, ways, minor):
    data = octets.opening(b"REQ", minor, Identity=b"")
    assert data.endswith(b"\x04\x26\x05READY\x0bSocket-Type\0\0\0\x03REQ\x08Identity\0\0\0\0")
    # REQ sends the empty delimiter first.
    (done,), written = ways.every(
        lambda: engine("REP"), data, b"\x01\x00\x00\x05hello", [[b"", b"hello"]]
    )
    metadata = {"Socket-Type": b"REQ", "Identity": b""}
    assert done == HandshakeDone("REQ", b"", (3, minor), metadata)
    assert written == b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03REP"


def test_events_are_frozen_and_print_readably(engine, octets):
    (done,) = engine("PULL").receive_data(octets.opening(b"PUSH"), 0.0)
    assert repr(done).startswith("HandshakeDone(socket_type='PUSH', routing_id=b'', version=(3, 1)")
    with pytest.raises(dataclasses.FrozenInstanceError):
        done.socket_type = "PULL"


def test_plain_server_with_a_client_as_captured(engine, octets, ways):
    hello = b"\x04\x0a\x05HELLO\x01u\x01p"
    opening = octets.greeting(mechanism=b"PLAIN") + hello

    def server():
        return engine("ROUTER", mechanism="PLAIN", as_server=True)

    events, written = ways.every(server, opening)
    assert events == [AuthenticationRequest("PLAIN", b"u", b"p")]
    assert written == b""

    def accepted():
        made = server()
        made.receive_data(opening, 0.0)
        assert made.authenticate(True) == []
        assert made.data_to_send().endswith(b"\x04\x08\x07WELCOME")
        return made

    initiate = b"\x04\x2c\x08INITIATE\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0"
    events, written = ways.every(accepted, initiate, b"\x00\x01x", [[b"x"]])
    assert [event.socket_type for event in events] == ["DEALER"]
    assert written.startswith(b"\x04\x29\x05READY\x0bSocket-Type\0\0\0\x06ROUTER")


def test_plain_client_with_a_server_as_captured(engine, octets, ways):
    def client():
        return engine("DEALER", mechanism="PLAIN", username=b"u", password=b"p", routing_id=b"me")

    opening = octets.greeting(mechanism=b"PLAIN")
    assert ways.every(client, opening) == ([], b"\x04\x0a\x05HELLO\x01u\x01p")
    data = opening + b"\x04\x08\x07WELCOME"
    initiate = b"\x04\x2e\x08INITIATE\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\x02me"
    assert ways.every(client, data)[1].endswith(initiate)
    (done,), _ = ways.every(
        client, data + octets.ready(b"ROUTER", Identity=b""), b"\x00\x01x", [[b"x"]]
    )
    assert done.socket_type == "ROUTER"


def test_plain_accepted_back_to_back(ways):
    client = Engine("REQ", now=0.0, mechanism="PLAIN", username=b"alice", password=b"pw")
    server = Engine("REP", now=0.0, mechanism="PLAIN", as_server=True)
    _, (request,) = ways.pump(client, server)
    assert request == AuthenticationRequest("PLAIN", b"alice", b"pw")
    assert not server.ready
    assert server.authenticate(True) == []
    (for_client,), (for_server,) = ways.pump(client, server)
    assert (for_client.socket_type, for_server.socket_type) == ("REP", "REQ")


def test_plain_refused_back_to_back(ways):
    client = Engine("REQ", now=0.0, mechanism="PLAIN", username=b"alice", password=b"no")
    server = Engine("REP", now=0.0, mechanism="PLAIN", as_server=True)
    ways.pump(client, server)
    assert server.authenticate(False, b"400") == []
    events, _ = ways.pump(client, server)
    assert events == [PeerError(b"400")]
    for side in (client, server):
        assert not side.ready
        assert side.deadline() is None
        side.tick(1e9)
        # Whatever still comes is passed over: this connection has ended.
        assert side.receive_data(b"\xff anything", 1.0) == []
    with pytest.raises(LocalProtocolError):
        server.authenticate(True)


def test_a_client_of_plain_that_cannot_wait(engine, octets):
    server = engine("PULL", mechanism="PLAIN", as_server=True)
    server.receive_data(octets.greeting(mechanism=b"PLAIN"), 0.0)
    initiate = octets.command(b"INITIATE", octets.properties(Socket_Type=b"PUSH"))
    hello = octets.command(b"HELLO", b"\0\0")
    (request,) = server.receive_data(hello + initiate, 0.0)
    assert request.username == b""
    assert server.receive_data(b"\x00\x01x", 0.0) == []
    done, message = server.authenticate(True)
    assert done.socket_type == "PUSH"
    assert message == [[b"x"]]


def test_a_client_of_plain_that_sends_on_and_on(engine, octets):
    server = engine("PULL", mechanism="PLAIN", as_server=True)
    hello = octets.command(b"HELLO", b"\0\0")
    server.receive_data(octets.greeting(mechanism=b"PLAIN") + hello, 0.0)
    with pytest.raises(RemoteProtocolError, match="does not wait"):
        for _ in range(HANDSHAKE_MAX):
            server.receive_data(bytes(100), 0.0)


def test_two_clients_of_plain(ways):
    a, b = (Engine("PAIR", now=0.0, mechanism="PLAIN") for _ in range(2))
    with pytest.raises(RemoteProtocolError, match="sent HELLO in place of WELCOME"):
        ways.pump(a, b)


def test_two_servers_of_plain(ways):
    a, b = (Engine("PAIR", now=0.0, mechanism="PLAIN", as_server=True) for _ in range(2))
    with pytest.raises(RemoteProtocolError, match="both sides are servers"):
        ways.pump(a, b)


def test_null_has_no_server(engine):
    assert engine(as_server=True).data_to_send() == engine().data_to_send()


def test_null_asks_first_where_the_owner_wants_it(engine, octets, ways):
    def asking():
        return engine("PULL", ask_for_null=True)

    events, written = ways.every(asking, octets.opening(b"PUSH"))
    assert events == [AuthenticationRequest("NULL", b"", b"")]
    assert written == b""
    made = asking()
    made.receive_data(octets.opening(b"PUSH") + b"\x00\x01x", 0.0)
    done, message = made.authenticate(True)
    assert (done.socket_type, message) == ("PUSH", [[b"x"]])
    assert made.data_to_send().endswith(octets.ready(b"PULL"))
    made = asking()
    made.receive_data(octets.opening(b"PUSH") + b"\x00\x01x", 0.0)
    assert made.authenticate(False, b"400") == []
    assert made.data_to_send().endswith(b"\x04\x0a\x05ERROR\x03400")


def test_error_in_the_handshake(engine, octets, ways):
    data = octets.greeting() + octets.command(b"ERROR", b"\x03400")
    events, _ = ways.every(engine, data, b"\x00\x01x", [])
    assert events == [PeerError(b"400")]


@pytest.mark.parametrize(
    ("behind", "words"),
    [
        (b"\x00\x01x", "sent MESSAGE in place of READY or ERROR"),
        (b"\x04\x07\x04PING\0\0", "sent PING in place of READY"),
        (b"\x04\x05\x04JUNK", "unknown command b'JUNK' in the handshake"),
        (b"\x04\x09\x08ACCEPTED", "unknown command"),
        (b"\x04\x00", "a command without a name"),
        (b"\x05\x00", "flags 0x05"),
        (b"\x06" + (HANDSHAKE_MAX + 1).to_bytes(8, "big"), f"command of {HANDSHAKE_MAX + 1}"),
        (b"\x06" + (2**63).to_bytes(8, "big"), "2\\^63"),
        (b"\x04\x06\x05READY", "peer of no type"),
        (b"\x04\x07\x05ERROR\x05", "ERROR is too short"),
    ],
)
def test_what_the_handshake_does_not_allow(engine, octets, ways, behind, words):
    events, _, complaint = ways.alike(engine, octets.greeting() + behind)
    assert events == []
    with pytest.raises(RemoteProtocolError, match=words):
        raise RemoteProtocolError(complaint)


def test_a_welcome_says_nothing(engine, octets, ways):
    data = octets.greeting(mechanism=b"PLAIN") + octets.command(b"WELCOME", b"x")
    _, _, complaint = ways.alike(lambda: engine(mechanism="PLAIN"), data)
    assert complaint == "WELCOME is too long"


# Traffic


def test_what_came_before_a_fault_is_kept(engine):
    pull = engine("PULL", peer="PUSH")
    with pytest.raises(RemoteProtocolError, match="0xff"):
        pull.receive_data(b"\x00\x01a\x00\x01b\xff\xff", 1.0)
    assert pull.salvaged == [[[b"a"], [b"b"]]]
    assert not pull.ready
    assert pull.deadline() is None
    pull.tick(1e9)
    with pytest.raises(RemoteProtocolError, match="0xff"):
        pull.receive_data(b"\x00\x01c", 2.0)
    assert pull.salvaged == [[[b"a"], [b"b"]]]


@pytest.mark.parametrize("minor", [0, 1])
@pytest.mark.parametrize("publisher", ["PUB", "XPUB"])
def test_subscriptions_in_both_forms(engine, ways, publisher, minor):
    wire = (
        b"\x04\x0c\x09SUBSCRIBEAB\x00\x03\x01AB\x00\x01\x01"
        b"\x04\x09\x06CANCELAB\x00\x03\x00AB\x00\x01\x00\x04\x0a\x09SUBSCRIBE"
        b"\x00\x05hello\x00\x00\x01\x01\x01\x00\x01x"
    )
    events, _ = ways.every(
        lambda: engine(publisher, peer="SUB", minor=minor),
        wire,
        b"\x00\x02\x01Z",
        [Subscribed(b"Z")],
    )
    assert events == [
        Subscribed(b"AB"),
        Subscribed(b"AB"),
        Subscribed(b""),
        Cancelled(b"AB"),
        Cancelled(b"AB"),
        Cancelled(b""),
        Subscribed(b""),
        [b"hello"],
        [b""],
        [b"\x01", b"x"],
    ]


def test_subscriptions_before_a_fault_are_events_too(engine):
    pub = engine("PUB", peer="SUB")
    with pytest.raises(RemoteProtocolError):
        pub.receive_data(b"\x00\x02\x01A\xff\xff", 1.0)
    assert pub.salvaged == [Subscribed(b"A")]


def test_others_keep_such_messages(engine):
    assert engine("PULL", peer="PUSH").receive_data(b"\x00\x02\x01A", 0.0) == [[[b"\x01A"]]]


@pytest.mark.parametrize("name", [b"SUBSCRIBE", b"CANCEL"])
def test_only_publishers_are_subscribed_to(engine, octets, name):
    with pytest.raises(RemoteProtocolError, match=f"{name.decode()} is for a PUB or XPUB"):
        engine("SUB", peer="PUB").receive_data(octets.command(name), 0.0)


@pytest.mark.parametrize(
    ("minor", "subscribe", "cancel"),
    [
        (1, b"\x04\x0c\x09SUBSCRIBEAB", b"\x04\x09\x06CANCELAB"),
        (0, b"\x00\x03\x01AB", b"\x00\x03\x00AB"),
    ],
)
def test_we_subscribe_as_the_peer_wants_it(engine, minor, subscribe, cancel):
    sub = engine("SUB", peer="PUB", minor=minor)
    assert sub.subscribe(b"AB") == subscribe
    assert sub.cancel(b"AB") == cancel


def test_no_subscription_before_the_handshake(engine):
    with pytest.raises(LocalProtocolError, match="wait for the handshake"):
        engine("SUB").subscribe(b"")


def test_a_topic_of_any_size_up_to_the_limit(engine, ways):
    for size in (245, 246, 1000):
        wire = encode_command(b"SUBSCRIBE", b"t" * size)
        events, _ = ways.every(lambda: engine("XPUB", peer="XSUB"), wire, b"\x00\x00", [[b""]])
        assert events == [Subscribed(b"t" * size)]
    most = COMMAND_MAX - len(b"\x09SUBSCRIBE")
    xpub = engine("XPUB", peer="XSUB")
    assert xpub.receive_data(encode_command(b"SUBSCRIBE", bytes(most)), 0.0) == [
        Subscribed(bytes(most))
    ]
    with pytest.raises(RemoteProtocolError, match=f"a command of more than {COMMAND_MAX}"):
        xpub.receive_data(encode_command(b"SUBSCRIBE", bytes(most + 1))[:9], 0.0)


def test_ping_is_answered_with_its_context(engine, ways):
    wire = b"\x04\x07\x04PING\x00\x0a" + b"\x04\x0b\x04PING\x00\x00four" + b"\x04\x09\x04PONGfour"
    events, written = ways.every(lambda: engine("PULL", peer="PUSH"), wire, b"\x00\x01x", [[b"x"]])
    assert events == []
    assert written == b"\x04\x05\x04PONG\x04\x09\x04PONGfour"


def test_a_command_between_two_frames(engine, ways):
    wire = b"\x01\x01a" + b"\x04\x07\x04PING\x00\x00" + b"\x00\x01b"
    events, written = ways.every(lambda: engine("PULL", peer="PUSH"), wire)
    assert events == [[b"a", b"b"]]
    assert written == b"\x04\x05\x04PONG"


def test_an_unknown_command_is_passed_over(engine, ways):
    events, written = ways.every(
        lambda: engine("PULL", peer="PUSH"), b"\x04\x06\x04JOINx\x00\x01a", b"\x00\x01b", [[b"b"]]
    )
    assert (events, written) == ([[b"a"]], b"")


@pytest.mark.parametrize(
    "wire", [b"\x04\x09\x05ERROR\x02no", b"\x06" + bytes(7) + b"\x09\x05ERROR\x02no"]
)
def test_error_in_traffic_ends_it(engine, ways, wire):
    events, _ = ways.every(lambda: engine("PULL", peer="PUSH"), b"\x00\x01a" + wire, b"\x00\x01b")
    assert events == [[b"a"], PeerError(b"no")]


def test_error_whose_end_comes_with_data_behind(engine):
    pull = engine("PULL", peer="PUSH")
    assert pull.receive_data(b"\x04\x09\x05ERR", 0.0) == []
    assert pull.receive_data(b"OR\x02no\x00\x01b", 0.0) == [PeerError(b"no")]
    assert not pull.ready


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (b"\x08\x01x", "flags 0x08"),
        (b"\x05\x01x", "flags 0x05"),
        (b"\x0a" + bytes(8), "flags 0x0a"),
        (b"\x02" + b"\xff" * 8, "2^63"),
        (b"\x04\x00", "without a name"),
        (b"\x04\x06\x05READY", "sent READY in place of"),
        (b"\x04\x05\x04PING", "PING is too short"),
        (b"\x04\x18\x04PING" + bytes(19), "more than 16"),
        (b"\x04\x16\x04PONG" + bytes(17), "more than 16"),
    ],
)
def test_what_traffic_does_not_allow(engine, ways, wire, words):
    events, _, complaint = ways.alike(lambda: engine("PULL", peer="PUSH"), b"\x00\x01a" + wire)
    assert events == [[b"a"]]
    assert words in complaint


# Limits


@pytest.mark.parametrize("limit", [0, 1, 100, 255, 256, 1000])
def test_max_message_size(engine, ways, limit):
    def pull():
        return engine("PULL", peer="PUSH", max_message_size=limit)

    whole = [b"x" * limit]
    parts = [b"x" * (limit // 2), b"", b"y" * (limit - limit // 2)]
    events, _ = ways.every(pull, encode(whole) + encode(parts), encode([b""]), [[b""]])
    assert events == [whole, parts]
    # One octet more is refused at the header, whatever is there of the body.
    for frames in ([b"x" * (limit + 1)], [b"x" * limit, b"y"]):
        wire = encode(frames)
        header = len(wire) - len(frames[-1])
        for data in (wire[:header], wire):
            _, _, complaint = ways.outcome(pull(), data)
            assert complaint == f"a message of more than {limit} octets or {FRAMES_MAX} frames"


def test_the_limit_is_for_messages_not_for_commands(engine, ways):
    made = engine("XPUB", max_message_size=1, peer="SUB")
    assert made.receive_data(encode_command(b"SUBSCRIBE", b"long"), 0.0) == [Subscribed(b"long")]


def test_number_of_frames(engine):
    pull = engine("PULL", peer="PUSH")
    assert pull.receive_data(b"\x01\x00" * (FRAMES_MAX - 1), 0.0) == []
    ((message,),) = pull.receive_data(b"\x00\x00", 0.0)
    assert len(message) == FRAMES_MAX
    pull.receive_data(b"\x01\x00" * FRAMES_MAX, 0.0)
    # A PING may still come between.
    pull.receive_data(b"\x04\x07\x04PING\0\0", 0.0)
    with pytest.raises(RemoteProtocolError, match=f"{FRAMES_MAX} frames"):
        pull.receive_data(b"\x00\x00", 0.0)


def test_pongs_do_not_pile_up(engine, octets):
    pull = engine("PULL", peer="PUSH")
    for _ in range(100):
        pull.receive_data(octets.command(b"PING", bytes(18)) * 1000, 0.0)
    answers = pull.data_to_send()
    assert PENDING_MAX < len(answers) < PENDING_MAX + 100
    pull.receive_data(octets.command(b"PING", bytes(18)), 0.0)
    assert pull.data_to_send() == octets.command(b"PONG", bytes(16))


# Time


def test_the_handshake_has_a_limit(engine, octets):
    slow = engine(now=100.0, handshake_timeout=2.0)
    slow.receive_data(octets.greeting(), 101.9)
    assert slow.deadline() == 102.0
    slow.tick(101.9)
    with pytest.raises(RemoteProtocolError, match="the handshake took too long"):
        slow.tick(102.0)
    with pytest.raises(RemoteProtocolError, match="the handshake took too long"):
        slow.receive_data(octets.ready(b"PUSH"), 102.1)


def test_or_none(engine):
    patient = engine(handshake_timeout=0)
    assert patient.deadline() is None
    patient.tick(1e9)


def test_it_is_over_with_the_handshake(engine):
    done = engine(peer="PUSH", handshake_timeout=2.0)
    assert done.deadline() is None
    done.tick(1e9)


def test_heartbeats(engine):
    beating = engine(peer="PUSH", now=10.0, heartbeat_interval=1.0, heartbeat_ttl=1.0)
    assert beating.deadline() == 11.0
    beating.tick(10.9)
    assert beating.data_to_send() == b""
    beating.tick(11.0)
    assert beating.data_to_send() == b"\x04\x07\x04PING\x00\x0a"
    assert beating.deadline() == 12.0
    # Anything is a sign of life, not just a PONG.
    beating.receive_data(b"\x00\x01x", 11.5)
    beating.tick(12.0)
    assert beating.data_to_send() == b"\x04\x07\x04PING\x00\x0a"
    with pytest.raises(RemoteProtocolError, match="nothing came after a PING"):
        beating.tick(13.0)


def test_a_time_limit_of_its_own(engine):
    beating = engine(peer="PUSH", heartbeat_interval=1.0, heartbeat_timeout=2.5)
    for now in (1.0, 2.0, 3.0):
        beating.tick(now)
    # Three PINGs, and the first still waits.
    assert beating.data_to_send() == b"\x04\x07\x04PING\x00\x00" * 3
    assert beating.deadline() == 3.5
    with pytest.raises(RemoteProtocolError, match="heartbeat timed out"):
        beating.tick(3.5)


def test_heartbeats_without_a_limit(engine):
    beating = engine(peer="PUSH", heartbeat_interval=1.0, heartbeat_timeout=0)
    for now in range(1, 100):
        beating.tick(now)
    assert beating.deadline() == 100.0


def test_an_older_peer_gets_pings_and_an_answer(engine):
    older = engine(peer="PUSH", minor=0, heartbeat_interval=1.0)
    assert older.deadline() == 1.0
    older.tick(1.0)
    assert older.data_to_send() == b"\x04\x07\x04PING\x00\x00"
    older.receive_data(b"\x04\x07\x04PING\x00\x00", 0.0)
    assert older.data_to_send() == b"\x04\x05\x04PONG"


def test_the_peers_time_to_live(engine):
    pull = engine(peer="PUSH")
    pull.receive_data(b"\x04\x07\x04PING\x00\x05", 10.0)
    assert pull.deadline() == 10.5
    pull.tick(10.4)
    pull.receive_data(b"\x00\x01x", 10.4)
    assert pull.deadline() is None
    pull.receive_data(b"\x04\x07\x04PING\x00\x05", 20.0)
    with pytest.raises(RemoteProtocolError, match="the peer's own limit"):
        pull.tick(20.5)


# Our own mistakes


@pytest.mark.parametrize(
    "options",
    [
        {"mechanism": "CURVE"},
        {"username": b"x" * 256},
        {"password": b"x" * 256},
        {"routing_id": b"x" * 256},
        {"heartbeat_ttl": 7000.0},
        {"metadata": {"a b": b""}},
    ],
)
def test_what_an_engine_cannot_be_asked(options):
    with pytest.raises(LocalProtocolError):
        Engine("DEALER", now=0.0, **options)


def test_an_answer_to_no_request(engine):
    with pytest.raises(LocalProtocolError, match="no request"):
        engine(peer="PUSH").authenticate(True)


def test_silence_is_not_counted_while_nobody_reads(engine):
    one = engine(peer="PUSH", heartbeat_interval=1.0, heartbeat_timeout=0.5)
    one.receive_data(b"\x04\x07\x04PING\x00\x05", 0.0)  # give me up after 0.5 s
    one.tick(1.0, reading=False)
    one.tick(1.5, reading=False)
    one.tick(2.0)
    with pytest.raises(RemoteProtocolError, match="nothing came after a PING"):
        one.tick(2.5)


def test_there_is_no_place_without_a_long_body(engine):
    with pytest.raises(LocalProtocolError, match="no long body"):
        engine(peer="PUSH").place()
