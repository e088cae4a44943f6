"""The greeting: the first 64 octets each way (RFC 37, "Formal Grammar").

    signature FF, 8 of padding, 7F   version 2   mechanism 20   as-server 1   filler 31

What comes is judged octet by octet, so that a browser, an older ØMQ or a stray program is refused
at its first wrong octet and not after a wait for the 64th. ZMTP 1.0 and 2.0 are not spoken here.
"""

import struct
from dataclasses import dataclass

from purezmq.compat.constants import Event
from purezmq.errors import RemoteProtocolError

SIZE = 64
VERSION = (3, 1)

_NOT = "not a greeting of ZMTP 3 (of 1.0, or of another protocol):"
_LAYOUT = struct.Struct(">B8xB2B20sB31x")
_MECHANISM_OCTETS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+")


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a greeting says.

    Parameters
    ----------
    version : tuple of int
        Major and minor, as announced.
    mechanism : str
        ``NULL``, ``PLAIN``, ``CURVE``...
    as_server : bool
        Whether the sender is the server of its mechanism. libzmq never sets this octet.
    """

    version: tuple[int, int]
    mechanism: str
    as_server: bool

    def encode(self) -> bytes:
        """Write the 64 octets."""
        name = self.mechanism.encode("ascii")
        return _LAYOUT.pack(0xFF, 0x7F, *self.version, name, self.as_server)


def check(data: bytes) -> None:
    """Raise an error if the octets so far cannot become a greeting.

    Raises
    ------
    RemoteProtocolError
        At the first octet that is wrong.
    """
    if data and data[0] != 0xFF:
        raise RemoteProtocolError(f"{_NOT} it begins with 0x{data[0]:02x}, not with 0xff")
    if len(data) > 9 and data[9] != 0x7F:
        raise RemoteProtocolError(f"{_NOT} its signature ends with 0x{data[9]:02x}, not with 0x7f")
    if len(data) > 10 and data[10] < 3:
        # Octet 10 of ZMTP 2.0 is its revision: 0 for 1.0 behind a signature, 1 for 2.0 (RFC 15).
        theirs = "2.0" if data[10] else "1.0"
        raise RemoteProtocolError(f"the peer speaks ZMTP {theirs}; this one needs 3.0 or newer")


def parse(data: bytes) -> Greeting:
    """Read a greeting.

    Parameters
    ----------
    data : bytes
        64 octets that `check` let pass, and what follows them.

    Raises
    ------
    RemoteProtocolError
        If the name of the mechanism is no name.
    """
    _, _, major, minor, padded, as_server = _LAYOUT.unpack_from(data)
    name = padded.rstrip(b"\0")
    if not name or not _MECHANISM_OCTETS.issuperset(name):
        raise RemoteProtocolError(
            f"{name!r} is no name of a mechanism", Event.PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH
        )
    return Greeting((major, minor), name.decode("ascii"), as_server == 1)
