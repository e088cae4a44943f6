"""Endpoints: `tcp://host:port`, `ipc://path`, `inproc://name`.

Errors are libzmq's. It lets a few odd ports pass that nobody can have meant (99999, -1, 5555x);
here they are EINVAL.
"""

import errno
import os
import sys
from dataclasses import dataclass

from purezmq.compat.constants import Errno
from purezmq.errors import ZMQError

# A unix address has room for this many octets and a closing zero.
_PATH_MAX = 107 if sys.platform == "linux" else 103

_IN_NAMES = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~%:")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint, read.

    Attributes
    ----------
    scheme : str
        `tcp`, `ipc` or `inproc`.
    host : str
        For tcp: a name, an address without brackets, or "*".
    port : int
        For tcp; 0 asks for a free one.
    path : str
        For ipc and inproc: what stands behind the scheme.
    """

    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""


def parse(text: str, *, bind: bool = False) -> Endpoint:
    """Read an endpoint.

    Parameters
    ----------
    text : str
        As given to `bind` or `connect`.
    bind : bool
        To bind there: a wildcard for host and port.

    Raises
    ------
    ZMQError
        EINVAL (not an endpoint), EPROTONOSUPPORT (a transport that is not here), ENOCOMPATPROTO
        (a transport that no type of socket here speaks), ENODEV (bind without a host),
        ENAMETOOLONG (a path that no unix address has room for).
    """
    scheme, separator, rest = text.partition("://")
    if not separator or not scheme or not rest:
        raise ZMQError(Errno.EINVAL)
    if scheme == "udp":
        raise ZMQError(Errno.ENOCOMPATPROTO)
    if scheme == "ipc" and len(os.fsencode(rest)) > _PATH_MAX:
        raise ZMQError(errno.ENAMETOOLONG, f'ipc path "{rest}" is longer than {_PATH_MAX} octets')
    if scheme in ("ipc", "inproc"):
        return Endpoint(scheme, path=rest)
    if scheme != "tcp":
        raise ZMQError(Errno.EPROTONOSUPPORT)
    host, port = _host_and_port(rest, wildcard=bind)
    if bind and not host:
        raise ZMQError(errno.ENODEV)
    return Endpoint("tcp", host, port)


def _host_and_port(text: str, *, wildcard: bool) -> tuple[str, int]:
    host, colon, digits = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if not colon or not (_IN_NAMES.issuperset(host) or (host == "*" and wildcard)):
        raise ZMQError(Errno.EINVAL)
    if digits == "*" and wildcard:
        port = 0
    elif digits.isascii() and digits.isdecimal() and int(digits) < 1 << 16:
        port = int(digits)
    else:
        raise ZMQError(Errno.EINVAL)
    return host, port


def tcp(host: str, port: int) -> str:
    """Write a tcp endpoint; an IPv6 address gets its brackets."""
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"
