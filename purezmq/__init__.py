r"""ØMQ in readable Python: sockets and their wire protocol, on the standard library alone.

    program
       |          send, recv, bind, connect, options: the names of zmq.asyncio
    asyncio/      sockets, sessions, contexts: all that waits
       |  |  |  \
       |  |  |   compat/     what pyzmq's programs expect: constants, pollers, monitors, JSON
       |  |  transport/      streams of bytes: tcp and ipc, in memory, over ports
       |  wire/              frames, greeting, handshake, heartbeats: bytes in, events out
       patterns/             which peer, whose turn, who waits, what is dropped: decisions only

Read `wire` first, the protocol on its own, from `frame` to `engine`; then `patterns`, what makes a
PUB a PUB; then `asyncio`, from `socket` to `registry`. Each package lists its modules in order.

`import purezmq as zmq` and `import purezmq.asyncio` serve a program that was written for pyzmq's
`zmq.asyncio`. Blocking sockets, CURVE and other transports need libzmq, and so pyzmq.
`standin.install()` lets `import zmq` mean this package.
"""

import sys
from typing import TYPE_CHECKING, Any, NoReturn

from purezmq import constants, errors
from purezmq.constants import *  # noqa: F403
from purezmq.errors import *  # noqa: F403

if TYPE_CHECKING:
    from purezmq.asyncio import Socket
    from purezmq.compat.message import Frame, MessageTracker
    from purezmq.compat.proxy import proxy

__version__ = "27.3.0"
"""pyzmq's, whose names are here: programs compare it."""

error = errors
COPY_THRESHOLD = 65536
DRAFT_API = False
PYZMQ_DRAFT_API = False
IPC_PATH_MAX_LEN = 107 if sys.platform == "linux" else 103

# Found in modules that import asyncio, when one of them is used.
_LATER = {
    "Frame": "purezmq.compat.message",
    "Message": "purezmq.compat.message",
    "MessageTracker": "purezmq.compat.message",
    "Socket": "purezmq.asyncio.socket",
    "proxy": "purezmq.compat.proxy",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'purezmq' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


class _Kind(type):
    """A class of which those of `purezmq.asyncio` count as instances, as pyzmq's do."""

    def __instancecheck__(cls, instance: object) -> bool:
        return any(
            each.__module__.startswith("purezmq.") and each.__name__ == cls.__name__
            for each in type(instance).__mro__
        )


class _Blocking(metaclass=_Kind):
    """What pyzmq has for programs that block; here it only says so."""

    def __new__(cls, *_: object, **__: object) -> NoReturn:
        raise NotImplementedError(
            f"blocking sockets need libzmq: use purezmq.asyncio.{cls.__name__}, or pyzmq"
        )


class Context(_Blocking):
    """A context of blocking sockets: not here."""

    @classmethod
    def instance(cls, *_: object) -> NoReturn:
        """Raise an error: it is not here."""
        cls()


class Poller(_Blocking):
    """A poller that blocks: not here."""


def curve_keypair() -> NoReturn:
    """Raise an error: CURVE is not here."""
    raise errors.NotHereError("CURVE needs libzmq: use pyzmq")


def has(capability: str) -> bool:
    """Return whether there is a transport or mechanism, such as "ipc" or "curve"."""
    return capability == "ipc"


def zmq_version_info() -> tuple[int, int, int]:
    """Return the version of the libzmq whose behaviour is followed."""
    return (4, 3, 5)


def zmq_version() -> str:
    """Return the version of the libzmq whose behaviour is followed."""
    return "4.3.5"


def pyzmq_version_info() -> tuple[int, int, int]:
    """Return the version of the pyzmq whose names are used."""
    return (27, 3, 0)


def pyzmq_version() -> str:
    """Return the version of the pyzmq whose names are used."""
    return "27.3.0"


__all__ = [*constants.__all__, *errors.__all__, "Context", "Frame", "MessageTracker", "Poller"]
__all__ += ["Socket", "curve_keypair", "has", "proxy", "zmq_version", "zmq_version_info"]
__all__ += ["COPY_THRESHOLD", "DRAFT_API", "pyzmq_version", "pyzmq_version_info"]
