"""Octets taken apart: every octet in one field, whatever comes and in whatever pieces."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purezmq.wire import Engine, encode, encode_command
from purezmq.wire.greeting import Greeting
from zmqlab import Octets
from zmqlab.net.octets import KEPT, Reader, readable


def said_by(socket_type: str, peer: str, **settings: bytes) -> bytes:
    """Greeting and READY of a socket, as the engine of the core writes them."""
    us, them = Engine(socket_type, now=0, **settings), Engine(peer, now=0)
    first = us.data_to_send()
    us.receive_data(them.data_to_send(), 0)
    return first + us.data_to_send()


STREAM = (
    said_by("REQ", "REP", routing_id=b"anna")
    + encode([b"", b"hello"])
    + encode_command(b"PING", b"\0\x0atick")
    + encode_command(b"PONG", b"tick")
    + encode_command(b"SUBSCRIBE", b"AB")
    + encode_command(b"OTHER", b"\x1b[31m")
    + encode([b"z" * 300, b""])
    + encode([bytes(5000)])
)


def check_cover(data: bytes) -> Octets:
    picture = Octets(data)
    assert sum(piece.size for piece in picture.pieces) == len(data)
    place = 0
    for piece in picture.pieces:
        assert piece.octets == data[place : place + len(piece.octets)]
        ends = [0, *(field.end for field in piece.fields)]
        assert [field.start for field in piece.fields] == ends[:-1]
        assert ends[-1] == piece.size
        place += piece.size
    return picture


def test_every_octet_has_its_field():
    picture = check_cover(STREAM)
    assert [(piece.kind, piece.name) for piece in picture.pieces] == [
        ("greeting", "greeting"), ("command", "READY"), ("frame", "frame"), ("frame", "frame"),
        ("command", "PING"), ("command", "PONG"), ("command", "SUBSCRIBE"), ("command", "OTHER"),
        ("frame", "frame"), ("frame", "frame"), ("frame", "frame"),
    ]  # fmt: skip
    assert [piece.told.en for piece in picture.pieces] == [
        "ZMTP 3.1, NULL", 'Socket-Type REQ, Identity "anna"', "more, empty",
        'last, 5 bytes "hello"', 'ttl 1 s, context "tick"', 'context "tick"', '"AB"',
        "1b 5b 33 31 6d", 'more, 300 bytes "' + "z" * 31 + '…"', "last, empty",
        "last, 5,000 bytes 00 00 00 00 00 00 00 00 00 00 …",
    ]  # fmt: skip
    ready = picture.pieces[1]
    assert [(field.name.en, field.value.en) for field in ready.fields] == [
        ("flags", "command"), ("size", "42"), ("name length", "5"), ("command", '"READY"'),
        ("name length", "11"), ("property", "Socket-Type"), ("value length", "3"),
        ("value", "REQ"), ("name length", "8"), ("property", "Identity"), ("value length", "4"),
        ("value", '"anna"'),
    ]  # fmt: skip
    assert {field.section for field in ready.fields} == {
        "RFC 37, Framing", "RFC 37, The NULL Security Mechanism"
    }  # fmt: skip
    assert len(picture.pieces[-1].octets) == 9 + KEPT


def test_the_greeting_as_the_core_writes_it():
    (piece,) = check_cover(Greeting((3, 0), "PLAIN", True).encode()).pieces
    assert [(field.name.en, field.value.en) for field in piece.fields[1:4]] == [
        ("version", "3.0"), ("mechanism", "PLAIN"), ("as-server", "1")
    ]  # fmt: skip
    assert piece.told.en == "ZMTP 3.0, PLAIN, server" and piece.told.ko == "ZMTP 3.0, PLAIN, 서버"


def test_plain_and_its_end():
    hello = encode_command(b"HELLO", b"\x04anna\x06secret")
    (piece,) = check_cover(hello).pieces
    assert piece.told.en == 'user name "anna", password "secret"'
    assert piece.fields[-1].section == "RFC 24, ZMTP-PLAIN"
    (error,) = check_cover(encode_command(b"ERROR", b"\x03400")).pieces
    assert error.told.en == 'reason "400"'
    # How libzmq 4.3.5 begins it in PLAIN: 5E in place of 05 45.
    (odd,) = check_cover(b"\x04\x09^RROR\x03400").pieces
    assert (odd.name, odd.told.en) == ("ERROR", 'reason "400"')


def test_subscriptions_of_older_peers():
    data = Greeting((3, 0), "NULL", False).encode() + said_by("SUB", "PUB")[64:]
    pieces = check_cover(data + encode([b"\x01AB"]) + encode([b"\x00"])).pieces
    assert [piece.told.en for piece in pieces[-2:]] == ['subscribe "AB"', "cancel empty"]
    assert [field.section for field in pieces[-1].fields][-1] == "RFC 23, ZMTP 3.0"
    # The same octets from anybody else are a message.
    assert check_cover(encode([b"\x01AB"])).pieces[0].told.en == "last, 3 bytes 01 41 42"


@pytest.mark.parametrize("size", [1, 2, 7, 63, 64, 65, 1000])
def test_pieces_do_not_depend_on_chunks(size):
    reader = Reader()
    pieces = []
    for place in range(0, len(STREAM), size):
        pieces += reader.feed(STREAM[place : place + size])
    assert pieces == Octets(STREAM).pieces
    assert reader.rest() is None and reader.count == len(STREAM)


@given(st.binary(max_size=300), st.integers(1, 40), st.booleans())
def test_nothing_raises(data, size, greeted):
    data = STREAM[:64] + data if greeted else data
    check_cover(data)
    reader = Reader(begins="greeting" if greeted else "frames")
    pieces = []
    for place in range(0, len(data), size):
        pieces += reader.feed(data[place : place + size])
    assert bool(reader.fault) == any(piece.kind == "unread" for piece in pieces)


@given(st.integers(0, len(STREAM) - 1), st.integers(0, 255))
def test_damage_is_told_once(place, octet):
    picture = check_cover(STREAM[:place] + bytes((octet,)) + STREAM[place + 1 :])
    assert all(piece.kind != "unread" for piece in picture.pieces[:-1])
    for language in ("en", "ko"):
        ElementTree.fromstring(picture.svg(language))


def test_only_the_beginning_of_what_is_long_is_kept():
    long = encode_command(b"SUBSCRIBE", b"x" * 60_000)
    (piece,) = check_cover(long).pieces
    assert (len(piece.octets), piece.size) == (KEPT, len(long))
    (refused,) = Octets(b"\x06" + (1 << 40).to_bytes(8) + b"x" * 100).pieces
    assert refused.told.en == f"a command of {1 << 40} octets"


def test_what_is_not_complete():
    picture = check_cover(encode([b"whole"]) + encode([b"x" * 50_000])[:20_000])
    assert picture.sentences("en")[1].startswith("not complete. octets 0 to 19999: not read")
    assert Octets(b"").pieces == []
    ElementTree.fromstring(Octets(b"").svg("en"))


def test_a_terminal_is_not_steered():
    assert readable(b"\x1b[2J").en == "1b 5b 32 4a"
    assert readable("안녕".encode()).ko == '"안녕"'
    assert readable("안녕".encode()[:4], 6).en == '"안…"'  # cut in the middle of a letter
    assert readable(b"").en == "empty"
    (piece,) = Octets(b"\x04\x05\x04\x1b[2J").pieces
    assert "\x1b" not in Octets([piece]).text("en")


def test_picture_in_both_languages():
    picture = Octets(STREAM)
    html = picture._repr_html_()
    assert html.count('class="zl-narrow"') == 2 and ' id="' not in html
    assert (
        "RFC 37, Framing" in html and "Bytes on the wire" in html and "와이어 위의 바이트" in html
    )
    assert "플래그" in picture.text("ko") and "flags" in picture.text("en")
    for language in ("en", "ko"):
        svg = picture.svg(language)
        root = ElementTree.fromstring(svg)
        assert "var(--zl-lost" not in svg  # nothing was refused
        groups = [one for one in root.iter() if one.tag.endswith("}title")]
        assert len(groups) == sum(len(piece.fields) for piece in picture.pieces)
    assert "var(--zl-lost" in Octets(b"\x08").svg("en")


def test_it_needs_nothing_outside_the_standard_library():
    code = (
        "import sys; import zmqlab; zmqlab.Octets(b'\\0\\0')._repr_html_();"
        "print([m for m in ('zmq', 'rich', 'typer', 'socket', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_flags_that_do_not_exist_are_told_in_both_languages():
    (piece,) = Reader(begins="frames").feed(b"\x20\x05hello")
    assert piece.told.en == "a frame has the flags 0x20, which do not exist"
    assert piece.told.ko == "프레임의 플래그가 0x20인데, 그런 플래그는 없음"
