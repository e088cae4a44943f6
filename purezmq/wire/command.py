"""Commands: what peers tell each other beside messages (RFC 37).

    READY      metadata                  both, NULL; the server, PLAIN
    ERROR      reason                    instead of READY or WELCOME
    HELLO      username, password        the client, PLAIN (RFC 24)
    WELCOME                              the server, PLAIN
    INITIATE   metadata                  the client, PLAIN
    SUBSCRIBE  topic                     3.1; in 3.0 a message, 01 and the topic
    CANCEL     topic                     3.1; in 3.0 a message, 00 and the topic
    PING       ttl, context              3.1; the ttl in tenths of a second
    PONG       context                   3.1; the context of the PING it answers

Each has a function that writes its data and one that reads it. The readers raise
RemoteProtocolError for anything that the grammar does not allow.
"""

import struct
from collections.abc import Mapping

from purezmq.compat.constants import Event
from purezmq.errors import LocalProtocolError, RemoteProtocolError

CONTEXT_MAX = 16  # octets of a PING's context
TTL_MAX = 6553.5  # seconds: 65,535 tenths

_VALUE_SIZE = struct.Struct(">I")
_TTL = struct.Struct(">H")
_NAME_OCTETS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+")

MALFORMED = {
    "HELLO": Event.PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO,
    "WELCOME": Event.PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME,
    "ERROR": Event.PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR,
}
"""libzmq's numbers for commands of the handshake that cannot be read."""


def split(body: bytes) -> tuple[bytes, bytes]:
    """Part the body of a command into its name and its data."""
    if not body or not body[0] or len(body) <= body[0]:
        if body.startswith(b"^RROR"):
            # So libzmq 4.3.5 begins PLAIN's ERROR: 5E in place of 05 45.
            return b"ERROR", body[5:]
        raise RemoteProtocolError(
            "a command without a name", Event.PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND
        )
    end = 1 + body[0]
    return body[1:end], body[end:]


def _bad_metadata(reason: str) -> RemoteProtocolError:
    return RemoteProtocolError(reason, Event.PROTOCOL_ERROR_ZMTP_INVALID_METADATA)


def encode_metadata(metadata: Mapping[str, bytes]) -> bytes:
    """Write properties: the data of READY and INITIATE."""
    pieces = []
    for name, value in metadata.items():
        octets = name.encode("ascii", "replace")
        if not 0 < len(octets) <= 255 or not _NAME_OCTETS.issuperset(octets):
            raise LocalProtocolError(f"{name!r} is no name of a property")
        pieces += [bytes((len(octets),)), octets, _VALUE_SIZE.pack(len(value)), value]
    return b"".join(pieces)


def parse_metadata(data: bytes) -> dict[str, bytes]:
    """Read properties, names as they are written; a name may come once in any case."""
    metadata: dict[str, bytes] = {}
    seen: set[bytes] = set()
    position = 0
    while position < len(data):
        name_end = position + 1 + data[position]
        name = data[position + 1 : name_end]
        start = name_end + _VALUE_SIZE.size
        if start > len(data):
            raise _bad_metadata("metadata end in the middle of a property")
        if not name or not _NAME_OCTETS.issuperset(name):
            raise _bad_metadata(f"{name!r} is no name of a property")
        if name.lower() in seen:
            raise _bad_metadata(f"metadata name {name.decode('ascii')} twice")
        (size,) = _VALUE_SIZE.unpack_from(data, name_end)
        position = start + size
        if position > len(data):
            raise _bad_metadata("metadata end in the middle of a property")
        seen.add(name.lower())
        metadata[name.decode("ascii")] = data[start:position]
    return metadata


def encode_strings(*strings: bytes) -> bytes:
    """Write strings of up to 255 octets, the length of each before it: HELLO and ERROR."""
    if any(len(string) > 255 for string in strings):
        raise LocalProtocolError("a user name, password or reason has at most 255 octets")
    return b"".join(bytes((len(string),)) + string for string in strings)


def parse_strings(command: str, data: bytes, count: int) -> list[bytes]:
    """Read exactly `count` strings."""
    strings = []
    position = 0
    for _ in range(count):
        if position >= len(data):
            raise RemoteProtocolError(f"{command} is too short", MALFORMED[command])
        end = position + 1 + data[position]
        strings.append(data[position + 1 : end])
        position = end
    if position != len(data):
        length = "short" if position > len(data) else "long"
        raise RemoteProtocolError(f"{command} is too {length}", MALFORMED[command])
    return strings


def encode_ping(ttl: float, context: bytes = b"") -> bytes:
    """Write the data of a PING.

    Parameters
    ----------
    ttl : float
        Seconds, 0 to 6553.5, cut to tenths; 0 for none.
    context : bytes
        At most 16 octets, which the PONG brings back.
    """
    if not 0 <= ttl <= TTL_MAX or len(context) > CONTEXT_MAX:
        raise LocalProtocolError("a PING has a ttl of 0 to 6553.5 s and a context of 16 octets")
    # Rounded first: 0.3 s times ten is a little less than 3.
    return _TTL.pack(int(round(ttl * 10, 6))) + context


def parse_ping(data: bytes) -> tuple[float, bytes]:
    """Read the ttl, in seconds, and the context of a PING."""
    if len(data) < _TTL.size:
        raise RemoteProtocolError("PING is too short")
    (tenths,) = _TTL.unpack_from(data)
    return tenths / 10, parse_pong(data[_TTL.size :])


def parse_pong(data: bytes) -> bytes:
    """Read the context of a PONG."""
    if len(data) > CONTEXT_MAX:
        raise RemoteProtocolError("the context of a PING or PONG has more than 16 octets")
    return data
