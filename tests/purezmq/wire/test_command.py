"""What commands contain (RFC 37, RFC 24)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purezmq.errors import LocalProtocolError, RemoteProtocolError
from purezmq.wire import command
from purezmq.wire.events import AuthenticationRequest
from purezmq.wire.mechanism import LEGAL, describe, recognise

NAMES = st.text("abcXYZ019-_.+", min_size=1, max_size=255)


@given(st.dictionaries(NAMES, st.binary(), max_size=5).map(lambda d: {k.lower(): d[k] for k in d}))
def test_metadata_read_as_they_were_written(metadata):
    assert command.parse_metadata(command.encode_metadata(metadata)) == metadata


def test_metadata_on_the_wire():
    assert command.encode_metadata({"X-a": b"12"}) == b"\x03X-a\x00\x00\x00\x0212"


@pytest.mark.parametrize("name", ["", "a" * 256, "with blank", "é", "nul\0"])
def test_names_that_are_none(name):
    with pytest.raises(LocalProtocolError, match="no name of a property"):
        command.encode_metadata({name: b""})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x01a", "in the middle"),
        (b"\x05a", "in the middle"),
        (b"\x01a\x00\x00\x00", "in the middle"),
        (b"\x01a\x00\x00\x00\x02x", "in the middle"),
        (b"\x01a\xff\xff\xff\xffx", "in the middle"),
        (b"\x00\x00\x00\x00\x00", "no name of a property"),
        (b"\x01\x00\x00\x00\x00\x00", "no name of a property"),
        (b"\x01a\x00\x00\x00\x00\x01A\x00\x00\x00\x00", "name A twice"),
    ],
)
def test_damaged_metadata(data, words):
    with pytest.raises(RemoteProtocolError, match=words):
        command.parse_metadata(data)


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x00READY", b"\x06READY"])
def test_a_command_needs_a_name(body):
    with pytest.raises(RemoteProtocolError, match="without a name"):
        command.split(body)


def test_libzmqs_slip_in_plains_error():
    assert command.split(b"^RROR\x03400") == (b"ERROR", b"\x03400")


def test_a_command_is_a_name_and_data():
    assert command.split(b"\x05READYdata") == (b"READY", b"data")
    assert command.split(b"\x07WELCOME") == (b"WELCOME", b"")


@given(st.lists(st.binary(max_size=255), max_size=4))
def test_strings_read_as_they_were_written(strings):
    data = command.encode_strings(*strings)
    assert command.parse_strings("HELLO", data, len(strings)) == strings
    with pytest.raises(RemoteProtocolError, match="HELLO is too long"):
        command.parse_strings("HELLO", data + b"x", len(strings))
    with pytest.raises(RemoteProtocolError, match="HELLO is too short"):
        command.parse_strings("HELLO", data, len(strings) + 1)
    for end in range(len(data)):
        with pytest.raises(RemoteProtocolError, match="HELLO is too short"):
            command.parse_strings("HELLO", data[:end], len(strings))


def test_strings_that_are_not_there():
    for data in (b"", b"\x01u", b"\x01u\x02p"):
        with pytest.raises(RemoteProtocolError, match="HELLO is too short"):
            command.parse_strings("HELLO", data, 2)


def test_a_string_too_long():
    with pytest.raises(LocalProtocolError, match="at most 255"):
        command.encode_strings(b"x" * 256)


@pytest.mark.parametrize(
    ("ttl", "wire"), [(0, 0), (0.1, 1), (0.3, 3), (1, 10), (6553.5, 65535), (0.19, 1)]
)
def test_ping(ttl, wire):
    data = command.encode_ping(ttl, b"context")
    assert data == wire.to_bytes(2, "big") + b"context"
    assert command.parse_ping(data) == (wire / 10, b"context")


@pytest.mark.parametrize(("ttl", "context"), [(-1, b""), (6553.6, b""), (0, b"x" * 17)])
def test_a_ping_that_cannot_be_written(ttl, context):
    with pytest.raises(LocalProtocolError, match="a PING has"):
        command.encode_ping(ttl, context)


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "too short"), (b"\0", "too short"), (bytes(19), "more than 16")]
)
def test_a_damaged_ping(data, words):
    with pytest.raises(RemoteProtocolError, match=words):
        command.parse_ping(data)


def test_only_addressable_types_say_a_routing_id():
    for socket_type in LEGAL:
        said = command.parse_metadata(describe(socket_type, b"me", {"X-a": b"1"}))
        expected = {"Socket-Type": socket_type.encode(), "X-a": b"1"}
        if socket_type in ("REQ", "DEALER", "ROUTER"):
            expected["Identity"] = b"me"
        assert said == expected


@pytest.mark.parametrize(
    ("socket_type", "routing_id", "words"),
    [
        ("STREAM", b"", "no socket type"),
        ("REQ", b"x" * 256, "at most 255"),
    ],
)
def test_what_a_socket_may_not_say(socket_type, routing_id, words):
    with pytest.raises(LocalProtocolError, match=words):
        describe(socket_type, routing_id, {})


def test_names_of_properties_have_no_case(octets):
    data = octets.properties(socket_type=b"DEALER", IDENTITY=b"me")
    done = recognise("ROUTER", (3, 1), data)
    assert (done.socket_type, done.routing_id) == ("DEALER", b"me")
    assert done.metadata == {"socket-type": b"DEALER", "IDENTITY": b"me"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"Socket_Type": b"PUSH"}, "a ROUTER does not talk to a PUSH"),
        ({"Socket_Type": b"\xff"}, "a ROUTER does not talk to a"),
        ({}, "peer of no type"),
        ({"Socket_Type": b"REQ", "Identity": b"x" * 256}, "more than 255"),
    ],
)
def test_a_peer_that_does_not_fit(octets, said, words):
    with pytest.raises(RemoteProtocolError, match=words):
        recognise("ROUTER", (3, 1), octets.properties(**said))


def test_a_password_is_not_printed():
    request = AuthenticationRequest("PLAIN", b"alice", b"secret")
    assert "alice" in repr(request)
    assert "secret" not in repr(request)
