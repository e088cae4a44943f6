"""A socket's options: one table.

Each has its kind, the value it begins with and what it may hold; bounds, defaults and which types
of socket know it were read from libzmq, by trying. An option that is not in the table has a name
and a number in `constants` and is refused with that name.
"""

from dataclasses import dataclass
from typing import Any

from purezmq.constants import Errno, SocketOption, SocketType
from purezmq.errors import ZMQError

_INT_MAX = (1 << 31) - 1

# The types of socket that know an option, where not all do.
_REQ = frozenset({SocketType.REQ})
_ROUTERS = frozenset({SocketType.ROUTER, SocketType.REP})
_PROBERS = _ROUTERS | {SocketType.REQ, SocketType.DEALER}
_PUBLISHERS = frozenset({SocketType.PUB, SocketType.XPUB})
_ALL = frozenset(SocketType)


@dataclass(frozen=True, slots=True)
class Option:
    """What one option may hold.

    Attributes
    ----------
    default : int or bytes
        The value it begins with; its type is the option's.
    low, high : int
        Bounds of the value, or of the number of its octets.
    types : frozenset of SocketType
        Who knows it.
    pattern : str
        Its name in `patterns.Options`, where it is a matter of the pattern.
    """

    default: int | bytes
    low: int = 0
    high: int = _INT_MAX
    types: frozenset[SocketType] = _ALL
    pattern: str = ""
    write_only: bool = False


def _flag(pattern: str, types: frozenset[SocketType], high: int = 1) -> Option:
    return Option(0, 0, high, types, pattern, write_only=True)


_S = SocketOption
OPTIONS: dict[SocketOption, Option] = {
    # The time a socket's messages have after it is closed, and what may wait where.
    _S.LINGER: Option(-1, -1),
    _S.SNDHWM: Option(1000, pattern="sndhwm"),
    _S.RCVHWM: Option(1000, pattern="rcvhwm"),
    _S.SNDTIMEO: Option(-1, -1),
    _S.RCVTIMEO: Option(-1, -1),
    _S.MAXMSGSIZE: Option(-1, -(1 << 63), (1 << 63) - 1),
    # Patterns.
    _S.ROUTING_ID: Option(b"", 1, 255),
    _S.CONNECT_ROUTING_ID: Option(b"", 1, 255, _ROUTERS, write_only=True),
    _S.ROUTER_MANDATORY: _flag("router_mandatory", _ROUTERS, _INT_MAX),
    _S.ROUTER_HANDOVER: _flag("router_handover", _ROUTERS, _INT_MAX),
    _S.PROBE_ROUTER: _flag("probe_router", _PROBERS, _INT_MAX),
    _S.REQ_RELAXED: _flag("req_relaxed", _REQ, _INT_MAX),
    _S.REQ_CORRELATE: _flag("req_correlate", _REQ, _INT_MAX),
    _S.CONFLATE: Option(0, 0, 1, pattern="conflate"),
    _S.IMMEDIATE: Option(0, 0, 1),
    _S.XPUB_VERBOSE: _flag("xpub_verbose", _PUBLISHERS, _INT_MAX),
    _S.XPUB_VERBOSER: _flag("xpub_verboser", _PUBLISHERS, _INT_MAX),
    _S.XPUB_MANUAL: _flag("xpub_manual", _PUBLISHERS, _INT_MAX),
    _S.XPUB_NODROP: _flag("xpub_nodrop", _PUBLISHERS, _INT_MAX),
    _S.XPUB_WELCOME_MSG: Option(
        b"", types=_PUBLISHERS, pattern="xpub_welcome_msg", write_only=True
    ),
    _S.INVERT_MATCHING: Option(0, -_INT_MAX, pattern="invert_matching"),
    # Connections. Times are in milliseconds.
    _S.RECONNECT_IVL: Option(100, -1),
    _S.RECONNECT_IVL_MAX: Option(0),
    _S.CONNECT_TIMEOUT: Option(0),
    _S.HANDSHAKE_IVL: Option(30000),
    _S.HEARTBEAT_IVL: Option(0),
    _S.HEARTBEAT_TIMEOUT: Option(-1),
    _S.HEARTBEAT_TTL: Option(0, 0, 6553599),
    # The operating system's sockets.
    _S.BACKLOG: Option(100),
    _S.IPV6: Option(0, 0, 1),
    _S.SNDBUF: Option(-1, -1),
    _S.RCVBUF: Option(-1, -1),
    _S.TOS: Option(0),
    _S.TCP_KEEPALIVE: Option(-1, -1, 1),
    _S.TCP_KEEPALIVE_CNT: Option(-1, -1),
    _S.TCP_KEEPALIVE_IDLE: Option(-1, -1),
    _S.TCP_KEEPALIVE_INTVL: Option(-1, -1),
    # Who may connect.
    _S.PLAIN_SERVER: Option(0, 0, 1),
    _S.PLAIN_USERNAME: Option(b"", 1, 255),
    _S.PLAIN_PASSWORD: Option(b"", 1, 255),
    _S.ZAP_DOMAIN: Option(b"", 1, 255),
}

# Options that tell of the socket and can't be set.
READ_ONLY = frozenset({_S.RCVMORE, _S.EVENTS, _S.TYPE, _S.LAST_ENDPOINT, _S.MECHANISM})

FD_REASON = "FD: a socket of purezmq has no file descriptor; await recv(), send() or poll()"


def not_here(option: int) -> NotImplementedError:
    """Give the error for an option that libzmq has and `purezmq` has not."""
    if option == _S.FD:
        return NotImplementedError(FD_REASON)
    return NotImplementedError(f"purezmq has no option {SocketOption(option).name}")


def known(option: int) -> SocketOption:
    """Give the option of a number.

    Raises
    ------
    ZMQError
        EINVAL: libzmq has none of that number either.
    """
    try:
        return SocketOption(option)
    except ValueError:
        raise ZMQError(Errno.EINVAL) from None


def check(option: SocketOption, value: Any, socket_type: SocketType) -> int | bytes:
    """Give the value as the option holds it.

    Raises
    ------
    TypeError
        Text, or not the option's type.
    ZMQError
        EINVAL: out of bounds, or not an option of this type of socket.
    NotImplementedError
        An option that is not here.
    """
    if isinstance(value, str):
        raise TypeError("unicode not allowed, use setsockopt_string")
    if option in READ_ONLY:
        raise ZMQError(Errno.EINVAL)
    entry = OPTIONS.get(option)
    if entry is None:
        raise not_here(option)
    kind = type(entry.default)
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got: {value!r}")
    size = value if isinstance(value, int) else len(value)
    if socket_type not in entry.types or not entry.low <= size <= entry.high:
        raise ZMQError(Errno.EINVAL)
    return value
