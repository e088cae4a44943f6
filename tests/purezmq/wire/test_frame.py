"""Frames as octets (RFC 37, "Framing")."""

from collections import deque

import pytest

from purezmq.errors import LocalProtocolError, RemoteProtocolError
from purezmq.wire.frame import (
    COMMAND,
    LONG,
    MORE,
    Header,
    encode,
    encode_command,
    encode_header,
    encode_queue,
    read_header,
)

LONG_256 = b"\x02" + (256).to_bytes(8, "big")
MORE_256 = b"\x03" + (256).to_bytes(8, "big")


@pytest.mark.parametrize(
    ("frames", "wire"),
    [
        ([b""], b"\x00\x00"),
        ([b"a"], b"\x00\x01a"),
        ([b"a" * 255], b"\x00\xff" + b"a" * 255),
        ([b"a" * 256], LONG_256 + b"a" * 256),
        ([b"", b"question"], b"\x01\x00\x00\x08question"),
        ([b"a", b"", b"c"], b"\x01\x01a\x01\x00\x00\x01c"),
        ([b"a" * 256, b"b"], MORE_256 + b"a" * 256 + b"\x00\x01b"),
        ([b"a", b"b" * 256], b"\x01\x01a" + LONG_256 + b"b" * 256),
        ((b"a", b"b"), b"\x01\x01a\x00\x01b"),
    ],
)
def test_a_message(frames, wire):
    assert encode(frames) == wire


@pytest.mark.parametrize("size", [0, 1, 255, 256, 70_000])
def test_a_queue_is_written_without_a_copy_of_its_bodies(size):
    body = bytes(size)
    messages = [[body], [b"first", body], [body, b"last"]]
    queue = deque(messages)
    pieces = encode_queue(queue, 1_000_000)
    assert not queue
    assert sum(piece is body for piece in pieces) >= 3
    assert b"".join(pieces) == b"".join(map(encode, messages))


@pytest.mark.parametrize("message", [[b"1234"], [b"12", b"34"], [b"1234" * 100]])
def test_of_a_long_queue_as_much_is_taken_as_was_asked_for(message):
    queue = deque([message] * 10)
    size = sum(map(len, message))
    assert b"".join(encode_queue(queue, 3 * size)) == encode(message) * 3
    assert b"".join(encode_queue(queue, 3 * size + 1)) == encode(message) * 4
    assert len(queue) == 3
    assert encode_queue(queue, 0) == []


def test_a_message_without_frames_is_our_mistake():
    with pytest.raises(LocalProtocolError, match="at least one frame"):
        encode([])


def test_a_command():
    assert encode_command(b"PING", b"\x00\x0a") == b"\x04\x07\x04PING\x00\x0a"
    long = encode_command(b"SUBSCRIBE", b"t" * 300)
    assert long == b"\x06" + (310).to_bytes(8, "big") + b"\x09SUBSCRIBE" + b"t" * 300


@pytest.mark.parametrize("flags", [0, MORE, COMMAND])
@pytest.mark.parametrize("size", [0, 255, 256, 2**63 - 1])
def test_a_header_reads_as_it_was_written(flags, size):
    wire = encode_header(flags, size)
    expected = Header(flags if size < 256 else flags | LONG, size, len(wire))
    assert read_header(b"before" + wire + b"behind", 6) == expected
    for end in range(len(wire)):
        assert read_header(b"before" + wire[:end], 6) is None


def test_flags_that_do_not_exist():
    for flags in set(range(256)) - {0, 1, 2, 3, 4, 6}:
        with pytest.raises(RemoteProtocolError, match=f"0x{flags:02x}"):
            read_header(bytes((flags,)))


def test_a_size_of_64_bits():
    with pytest.raises(RemoteProtocolError, match="2\\^63"):
        read_header(b"\x02" + (2**63).to_bytes(8, "big"))
