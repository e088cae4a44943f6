"""Frames: flags, size, body (RFC 37, "Framing").

A message is one frame or several; all but the last have MORE set. A command is one frame with
COMMAND set, and never MORE. A body of up to 255 octets has its size in one octet; a longer one has
LONG set and its size in eight, in network order.

    message   00 short   01 short, more to come   02 long   03 long, more to come
    command   04 short                            06 long
"""

import struct
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from purezmq.errors import LocalProtocolError, RemoteProtocolError

MORE = 0x01
LONG = 0x02
COMMAND = 0x04

SHORT_MAX = 255  # octets in the body of a short frame
SHORT_HEADER = 2  # flags, size
LONG_HEADER = 9  # flags, size in eight octets
SIZE_MAX = 2**63 - 1  # octets in the body of a long frame

LONG_SIZE = struct.Struct(">Q")
_LONG_HEAD = struct.Struct(">BQ")

# Short headers are made once: encoding is the hot path of all that is sent.
_LAST = [bytes((0, size)) for size in range(SHORT_MAX + 1)]
_MORE = [bytes((MORE, size)) for size in range(SHORT_MAX + 1)]


class Header(NamedTuple):
    """What stands before a body: its flags, its size, and the octets the header itself takes."""

    flags: int
    size: int
    length: int


def encode_header(flags: int, size: int) -> bytes:
    """Write the header of a frame, short if the size allows.

    Parameters
    ----------
    flags : int
        MORE, COMMAND or 0; LONG is added here.
    size : int
        Octets in the body.
    """
    if size <= SHORT_MAX:
        return bytes((flags, size))
    return _LONG_HEAD.pack(flags | LONG, size)


def encode(frames: Sequence[bytes]) -> bytes:
    """Write a whole message.

    Raises
    ------
    LocalProtocolError
        If there is no frame at all.
    """
    if not frames:
        raise LocalProtocolError("a message has at least one frame")
    pieces: list[bytes] = []
    _write(pieces, frames)
    return b"".join(pieces)


def encode_queue(queue: deque[list[bytes]], most: int) -> list[bytes]:
    """Encode messages out of a queue: headers and bodies, not yet joined.

    Parameters
    ----------
    queue : deque of message
        It is empty afterwards, or enough was taken.
    most : int
        The message with which the bodies reach so many octets is the last.
    """
    pieces: list[bytes] = []
    octets = 0
    while queue and octets < most:
        frames = queue.popleft()
        if len(frames) == 1 and (size := len(frames[0])) <= SHORT_MAX:
            pieces += (_LAST[size], frames[0])  # as below, at a third of the price
            octets += size
        else:
            octets += _write(pieces, frames)
    return pieces


def _write(pieces: list[bytes], frames: Sequence[bytes]) -> int:
    """Add headers and bodies; return how many octets the bodies have."""
    octets = 0
    for body in frames:
        size = len(body)
        octets += size
        pieces += (_MORE[size] if size <= SHORT_MAX else encode_header(MORE, size), body)
    # The last frame alone has no MORE; `size` is still its own.
    pieces[-2] = _LAST[size] if size <= SHORT_MAX else encode_header(0, size)
    return octets


def encode_command(name: bytes, data: bytes = b"") -> bytes:
    """Write a command: one octet for the length of its name, the name, its data.

    Parameters
    ----------
    name : bytes
        1 to 255 octets, such as ``b"READY"``.
    data : bytes
        What the command says; each command has a layout of its own.
    """
    return encode_header(COMMAND, 1 + len(name) + len(data)) + bytes((len(name),)) + name + data


def read_header(data: bytes, position: int = 0) -> Header | None:
    """Read the header of a frame.

    Returns
    -------
    Header or None
        None if its octets are not all there yet.

    Raises
    ------
    RemoteProtocolError
        If the flags or the size are none that RFC 37 knows.
    """
    if len(data) <= position:
        return None
    flags = data[position]
    if flags > (COMMAND | LONG) or flags & (COMMAND | MORE) == COMMAND | MORE:
        raise RemoteProtocolError(f"a frame has the flags 0x{flags:02x}, which do not exist")
    if not flags & LONG:
        if len(data) < position + SHORT_HEADER:
            return None
        return Header(flags, data[position + 1], SHORT_HEADER)
    if len(data) < position + LONG_HEADER:
        return None
    (size,) = LONG_SIZE.unpack_from(data, position + 1)
    if size > SIZE_MAX:
        raise RemoteProtocolError(f"a frame claims {size} octets; 2^63 - 1 is the most")
    return Header(flags, size, LONG_HEADER)
