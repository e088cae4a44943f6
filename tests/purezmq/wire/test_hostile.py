"""Whatever comes, in pieces of whatever size: the same events, or RemoteProtocolError.

Any other exception is a fault of ours, and lets these tests fail.
"""

import time
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from purezmq.errors import RemoteProtocolError
from purezmq.wire import Engine, encode, encode_command
from purezmq.wire.body import BLOCK_MAX
from purezmq.wire.engine import COMMAND_MAX, FRAMES_MAX, HANDSHAKE_MAX
from purezmq.wire.events import AuthenticationRequest
from purezmq.wire.mechanism import LEGAL

FRAME = st.one_of(st.binary(max_size=20), st.integers(0, 600).map(bytes))
MESSAGE = st.lists(FRAME, min_size=1, max_size=4).map(encode)
COMMANDS = st.one_of(
    st.binary(max_size=300).map(lambda topic: encode_command(b"SUBSCRIBE", topic)),
    st.binary(max_size=300).map(lambda topic: encode_command(b"CANCEL", topic)),
    st.binary(max_size=16).map(lambda context: encode_command(b"PING", b"\0\1" + context)),
    st.binary(max_size=16).map(lambda context: encode_command(b"PONG", context)),
    st.binary(max_size=16).map(lambda data: encode_command(b"JOIN", data)),
)
TRAFFIC = st.lists(st.one_of(MESSAGE, COMMANDS), max_size=8).map(b"".join)
NAMES = st.sampled_from(
    [
        b"READY",
        b"HELLO",
        b"WELCOME",
        b"INITIATE",
        b"ERROR",
        b"SUBSCRIBE",
        b"CANCEL",
        b"PING",
        b"PONG",
    ]
)
# Frames whose headers may lie, whose names fit and whose data may not.
ROUGH = st.lists(
    st.one_of(
        MESSAGE,
        COMMANDS,
        st.builds(encode_command, NAMES, st.binary(max_size=40)),
        st.builds(
            lambda flags, rest: bytes((flags,)) + rest, st.integers(0, 255), st.binary(max_size=30)
        ),
        st.builds(lambda size: b"\x02" + size.to_bytes(8, "big"), st.integers(0, 2**64 - 1)),
        st.builds(lambda size: b"\x06" + size.to_bytes(8, "big"), st.integers(0, 2**64 - 1)),
        st.binary(max_size=30),
    ),
    max_size=8,
).map(b"".join)


def cut(data, sizes):
    """Cut data into pieces of these sizes, in turn."""
    pieces, start, turn = [], 0, 0
    while start < len(data):
        pieces.append(data[start : start + sizes[turn % len(sizes)]])
        start += len(pieces[-1])
        turn += 1
    return pieces


SIZES = st.lists(st.integers(1, 700), min_size=1, max_size=10)


@given(TRAFFIC, SIZES, st.sampled_from([0, 1]))
@example(encode([b"x" * 300, b""]), [1, 299], 1)
def test_good_traffic_gives_the_same_in_any_pieces(octets, ways, traffic, sizes, minor):
    data = octets.opening(b"XSUB", minor) + traffic
    whole = ways.outcome(Engine("XPUB", now=0.0), data)
    assert whole[2] is None
    assert ways.outcome(Engine("XPUB", now=0.0), data, cut(data, sizes)) == whole


@given(st.lists(st.lists(FRAME, min_size=1, max_size=4), max_size=8), SIZES)
def test_messages_come_out_as_they_went_in(octets, ways, messages, sizes):
    data = octets.opening(b"PUSH") + b"".join(map(encode, messages))
    events, _, complaint = ways.outcome(Engine("PULL", now=0.0), data, cut(data, sizes))
    assert complaint is None
    assert events[1:] == messages


@given(ROUGH, SIZES, st.sampled_from([-1, 0, 10, 255, 1000]), st.sampled_from(["PUSH", "SUB"]))
def test_rough_traffic(octets, ways, traffic, sizes, limit, peer):
    ours = {"PUSH": "PULL", "SUB": "XPUB"}[peer]
    data = octets.opening(peer.encode()) + traffic

    def engine():
        return Engine(ours, now=0.0, max_message_size=limit)

    assert ways.outcome(engine(), data, cut(data, sizes)) == ways.outcome(engine(), data)
    assert ways.outcome(engine(), data, cut(data, [1])) == ways.outcome(engine(), data)


@given(ROUGH, SIZES, st.sampled_from([b"NULL", b"PLAIN"]), st.booleans(), st.booleans())
def test_rough_handshakes(octets, ways, commands, sizes, mechanism, as_server, answer):
    data = octets.greeting(mechanism=mechanism) + commands

    def feed(pieces):
        engine = Engine("PULL", now=0.0, mechanism=mechanism.decode(), as_server=as_server)
        events = []
        try:
            for piece in pieces:
                events += ways.flat(engine.receive_data(piece, 0.0))
                if events and type(events[-1]) is AuthenticationRequest:
                    events += ways.flat(engine.authenticate(answer, b"400"))
        except RemoteProtocolError as error:
            return events + ways.flat(engine.salvaged), error.reason
        return events, None

    assert feed(cut(data, sizes)) == feed([data])


@given(st.binary(max_size=200), st.booleans(), SIZES)
def test_noise(ways, noise, signed, sizes):
    data = (b"\xff" + bytes(8) + b"\x7f\x03" if signed else b"") + noise
    assert ways.outcome(Engine("PULL", now=0.0), data, cut(data, sizes)) == ways.outcome(
        Engine("PULL", now=0.0), data
    )


@given(st.data(), TRAFFIC, SIZES)
def test_one_damaged_octet(octets, ways, data, traffic, sizes):
    wire = bytearray(octets.opening(b"XSUB") + traffic)
    place = data.draw(st.integers(0, len(wire) - 1), label="place")
    wire[place] ^= data.draw(st.integers(1, 255), label="damage")
    wire = bytes(wire)
    assert ways.outcome(Engine("XPUB", now=0.0), wire, cut(wire, sizes)) == ways.outcome(
        Engine("XPUB", now=0.0), wire
    )


@given(st.sampled_from(sorted(LEGAL)), st.binary(max_size=60), SIZES)
def test_damaged_metadata(octets, ways, socket_type, metadata, sizes):
    data = octets.greeting() + octets.command(b"READY", metadata)
    whole = ways.outcome(Engine(socket_type, now=0.0), data)
    assert ways.outcome(Engine(socket_type, now=0.0), data, cut(data, sizes)) == whole


def grown(feed):
    """Tell how much memory is taken at most while something is fed."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        feed()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("piece", [1, 2, 100, 65_536])
def test_a_message_takes_what_the_limit_allows(engine, piece):
    limit = 100_000
    pull = engine("PULL", peer="PUSH", max_message_size=limit)
    chunks = cut(encode([bytes(limit)])[:-1], [piece])

    def feed():
        for chunk in chunks:
            assert pull.receive_data(chunk, 0.0) == []

    # A growing buffer has an eighth to spare, and for a moment its old place beside its new one.
    assert grown(feed) < 2.5 * limit


@pytest.mark.parametrize(
    "header",
    [
        b"\x02" + (100_001).to_bytes(8, "big"),
        b"\x03" + (2**62).to_bytes(8, "big"),
        b"\x06" + (2**62).to_bytes(8, "big"),
    ],
)
def test_a_size_beyond_the_limit_takes_nothing(engine, header):
    pull = engine("PULL", peer="PUSH", max_message_size=100_000)

    def feed():
        with pytest.raises(RemoteProtocolError):
            pull.receive_data(header, 0.0)

    assert grown(feed) < 20_000


def test_a_claim_without_a_limit_takes_a_block_at_most(engine):
    pull = engine("PULL", peer="PUSH")
    claim = b"\x02" + (2**62).to_bytes(8, "big")
    assert grown(lambda: pull.receive_data(claim, 0.0)) < 20_000
    assert grown(lambda: pull.receive_data(b"x", 0.0)) < BLOCK_MAX + 20_000


@pytest.mark.parametrize("frame", [b"\x01\x00", b"\x01\x02ab", encode([bytes(300), b""])[:-2]])
def test_frames_without_end(engine, frame):
    limit = 1_000_000
    pull = engine("PULL", peer="PUSH", max_message_size=limit)
    chunk = frame * 100

    def feed():
        with pytest.raises(RemoteProtocolError, match="a message of more than"):
            while True:
                assert pull.receive_data(chunk, 0.0) == []

    # Besides its octets each frame has a place in the list and a header of CPython's.
    assert grown(feed) < limit + FRAMES_MAX * 64


def test_pings_without_end(engine):
    pull = engine("PULL", peer="PUSH")
    chunk = encode_command(b"PING", bytes(18)) * 1000
    assert grown(lambda: [pull.receive_data(chunk, 0.0) for _ in range(100)]) < 500_000


@pytest.mark.parametrize("mechanism", ["NULL", "PLAIN"])
def test_a_handshake_without_end(octets, mechanism):
    slow = Engine("PULL", now=0.0, mechanism=mechanism, as_server=True)
    slow.receive_data(octets.greeting(mechanism=mechanism.encode()), 0.0)
    claim = b"\x06" + HANDSHAKE_MAX.to_bytes(8, "big")

    def feed():
        for octet in claim + bytes(HANDSHAKE_MAX - 1):
            assert slow.receive_data(bytes((octet,)), 0.0) == []

    assert grown(feed) < 10 * HANDSHAKE_MAX


def seconds(work):
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("peer", ["PUSH", "SUB"])
def test_trickling_costs_no_more_than_its_octets(engine, peer):
    """Twice the octets in pieces of ten take about twice the time, not four times it."""
    ours = {"PUSH": "PULL", "SUB": "XPUB"}[peer]

    def trickle(size):
        receive = engine(ours, peer=peer).receive_data
        for piece in cut(encode([bytes(size)]), [10]):
            receive(piece, 0.0)

    trickle(100_000)
    small = min(seconds(lambda: trickle(200_000)) for _ in range(3))
    large = min(seconds(lambda: trickle(1_600_000)) for _ in range(3))
    assert large < 8 * small * 3


@settings(max_examples=20)
@given(st.integers(1, COMMAND_MAX - 10))
def test_commands_gather_too(engine, size):
    xpub = engine("XPUB", peer="SUB")
    wire = encode_command(b"SUBSCRIBE", bytes(size))
    events = [event for piece in cut(wire, [1000]) for event in xpub.receive_data(piece, 0.0)]
    assert [len(event.topic) for event in events] == [size]
