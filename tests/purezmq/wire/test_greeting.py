"""The first 64 octets (RFC 37, "Formal Grammar")."""

import pytest

from purezmq.errors import RemoteProtocolError
from purezmq.wire import Engine
from purezmq.wire.greeting import SIZE, Greeting, check, parse


def test_ours_is_written_at_once():
    ours = Engine("REQ", now=0.0).data_to_send()
    assert ours == b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(16 + 1 + 31)
    assert len(ours) == SIZE


@pytest.mark.parametrize("mechanism", ["NULL", "PLAIN", "CURVE", "A" * 20])
@pytest.mark.parametrize("as_server", [False, True])
def test_a_greeting_reads_as_it_was_written(mechanism, as_server):
    greeting = Greeting((3, 1), mechanism, as_server)
    check(greeting.encode())
    assert parse(greeting.encode()) == greeting


def test_libzmqs_padding_means_nothing(octets):
    assert octets.greeting()[8] == 1
    assert parse(octets.greeting()) == Greeting((3, 1), "NULL", False)


@pytest.mark.parametrize(
    ("data", "words", "wrong"),
    [
        (b"GET / HTTP/1.1\r\n", "begins with 0x47", 0),
        (b"\x16\x03\x01\x02\x00", "begins with 0x16", 0),
        (b"\x01\x00", "of 1.0", 0),
        (b"\xff" + bytes(8) + b"\x7e", "ends with 0x7e", 9),
        (b"\xff" + bytes(8) + b"\x7f\x00", "speaks ZMTP 1.0", 10),
        (b"\xff" + bytes(7) + b"\x01\x7f\x01\x08\x00\x00", "speaks ZMTP 2.0", 10),
    ],
)
def test_what_is_no_greeting_is_refused_at_its_first_wrong_octet(ways, engine, data, words, wrong):
    assert ways.outcome(engine(), data[:wrong]) == ([], b"", None)
    _, written, complaint = ways.alike(engine, data[: wrong + 1])
    assert words in complaint
    assert written == b""
    _, _, behind = ways.alike(engine, data)
    assert behind == complaint


@pytest.mark.parametrize("name", [b"", b"null", b"NU LL", b"NU\0LL", b"\xffNULL"])
def test_a_mechanism_without_a_proper_name(octets, name):
    with pytest.raises(RemoteProtocolError, match="no name of a mechanism"):
        parse(octets.greeting(mechanism=name))


def test_a_version_to_come_is_welcome(ways, engine, octets):
    for major, minor in [(3, 2), (4, 0), (255, 255)]:
        data = octets.greeting(major=major, minor=minor) + octets.ready(b"PUSH")
        (done,), _ = ways.every(engine, data)
        assert done.version == (3, 1)


def test_another_mechanism_is_refused(ways, engine, octets):
    _, _, complaint = ways.alike(engine, octets.greeting(mechanism=b"PLAIN"))
    assert complaint == "the peer's mechanism is PLAIN, this one's NULL"
