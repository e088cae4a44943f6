"""The security mechanisms: NULL (RFC 37) and PLAIN (RFC 24), and what peers say of themselves.

PLAIN's names and passwords cross the network in clear text. Who may speak when is in `state`; here
is what the greeting decides, what the commands of the handshake contain, and which peers fit.
"""

from collections.abc import Mapping

from purezmq.compat.constants import Event
from purezmq.errors import LocalProtocolError, RemoteProtocolError
from purezmq.wire.command import encode_metadata, parse_metadata
from purezmq.wire.events import HandshakeDone
from purezmq.wire.greeting import Greeting
from purezmq.wire.state import Trigger

MECHANISMS = ("NULL", "PLAIN")
ROUTING_ID_MAX = 255

LEGAL: dict[str, frozenset[str]] = {
    "REQ": frozenset({"REP", "ROUTER"}),
    "REP": frozenset({"REQ", "DEALER"}),
    "DEALER": frozenset({"REP", "DEALER", "ROUTER"}),
    "ROUTER": frozenset({"REQ", "DEALER", "ROUTER"}),
    "PUB": frozenset({"SUB", "XSUB"}),
    "XPUB": frozenset({"SUB", "XSUB"}),
    "SUB": frozenset({"PUB", "XPUB"}),
    "XSUB": frozenset({"PUB", "XPUB"}),
    "PUSH": frozenset({"PULL"}),
    "PULL": frozenset({"PUSH"}),
    "PAIR": frozenset({"PAIR"}),
}
"""Which types may talk to each other (RFC 28, 29, 30, 31), by their names on the wire.

A type that is added to `purezmq.patterns.PATTERNS` needs its row here too.
"""

_SAY_ROUTING_ID = frozenset({"REQ", "DEALER", "ROUTER"})


def choose(ours: Greeting, theirs: Greeting, ask_for_null: bool) -> Trigger:
    """Compare the greetings: both must name the same mechanism, and one side be its server.

    libzmq's servers leave the as-server octet 0. So two clients show themselves only by their
    HELLOs, and two servers, one of them libzmq, by waiting for each other until the time is up.
    """
    if theirs.mechanism != ours.mechanism:
        raise RemoteProtocolError(
            f"the peer's mechanism is {theirs.mechanism}, this one's {ours.mechanism}",
            Event.PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH,
        )
    if ours.mechanism == "NULL":
        return Trigger.NULL_ASKED if ask_for_null else Trigger.NULL
    if ours.as_server and theirs.as_server:
        raise RemoteProtocolError(
            "both sides are servers of PLAIN", Event.PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH
        )
    return Trigger.PLAIN_SERVER if ours.as_server else Trigger.PLAIN_CLIENT


def describe(socket_type: str, routing_id: bytes, metadata: Mapping[str, bytes]) -> bytes:
    """Write what a socket says of itself in READY or INITIATE.

    Raises
    ------
    LocalProtocolError
        If the type is unknown, the routing id too long, or a name of `metadata` not allowed.
    """
    if socket_type not in LEGAL:
        raise LocalProtocolError(f"{socket_type!r} is no socket type of this library")
    if len(routing_id) > ROUTING_ID_MAX:
        raise LocalProtocolError("a routing id has at most 255 octets")
    properties = {"Socket-Type": socket_type.encode("ascii")}
    if socket_type in _SAY_ROUTING_ID:
        properties["Identity"] = routing_id
    return encode_metadata({**properties, **metadata})


def recognise(socket_type: str, version: tuple[int, int], data: bytes) -> HandshakeDone:
    """Read what the peer says of itself, and refuse it if the two types do not go together.

    Raises
    ------
    RemoteProtocolError
        If the metadata are damaged, the pair of types is not legal, or the routing id is not.
    """
    metadata = parse_metadata(data)
    by_name = {name.lower(): value for name, value in metadata.items()}
    theirs = by_name.get("socket-type", b"").decode("ascii", "replace")
    if theirs not in LEGAL[socket_type]:
        other = theirs or "peer of no type"
        raise RemoteProtocolError(
            f"a {socket_type} does not talk to a {other}",
            Event.PROTOCOL_ERROR_ZMTP_INVALID_METADATA,
        )
    routing_id = by_name.get("identity", b"")
    # RFC 37 keeps ids that begin with a zero for the other side to make up; libzmq takes them.
    if len(routing_id) > ROUTING_ID_MAX:
        raise RemoteProtocolError(
            "a routing id of more than 255 octets", Event.PROTOCOL_ERROR_ZMTP_INVALID_METADATA
        )
    return HandshakeDone(theirs, routing_id, version, metadata)
