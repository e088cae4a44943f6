"""What can go wrong, by whose fault it is.

`ZMQError` and its kin are pyzmq's: the answer of a socket to its program, with libzmq's number and
words. `LocalProtocolError` and `RemoteProtocolError` belong to the wire, below the sockets: the
first is a mistake in our own use of the engine, the second the peer's. Any other exception is a
bug.
"""

import os
from errno import EINTR

from purezmq.compat.constants import Errno, Event

# Those that pyzmq has too.
__all__ = ["Again", "ContextTerminated", "InterruptedSystemCall", "NotDone", "ZMQBaseError"]
__all__ += ["ZMQBindError", "ZMQError", "strerror"]

# libzmq's words for its own numbers; the platform has words for the others.
_WORDS = {
    Errno.EFSM: "Operation cannot be accomplished in current state",
    Errno.ENOCOMPATPROTO: "The protocol is not compatible with the socket type",
    Errno.ETERM: "Context was terminated",
    Errno.EMTHREAD: "No thread available",
    Errno.EHOSTUNREACH: "Host unreachable",
}


def strerror(errno: int) -> str:
    """Return the words for an error number, libzmq's own numbers included."""
    return _WORDS.get(errno) or os.strerror(errno)  # type: ignore[call-overload]


class LocalProtocolError(Exception):
    """The engine was asked for what the protocol does not allow now: our mistake."""


class RemoteProtocolError(Exception):
    """The peer broke the protocol; its connection is of no more use.

    Parameters
    ----------
    reason : str
        What it did, in a few words.
    code : Event
        libzmq's number for the breach, which a monitor reports if it ends the handshake.
    """

    def __init__(self, reason: str, code: Event = Event.PROTOCOL_ERROR_ZMTP_UNSPECIFIED) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class ZMQBaseError(Exception):
    """Base of all that a socket raises."""


class ZMQError(ZMQBaseError):
    """An error with a number.

    Parameters
    ----------
    errno : int
        One of `Errno`, or another number of the platform's.
    msg : str, optional
        Words other than the number's own.
    """

    def __init__(self, errno: int | None = None, msg: str | None = None) -> None:
        super().__init__(errno, msg)
        self.errno = errno
        self.strerror = msg if msg is not None else "" if errno is None else strerror(errno)

    def __str__(self) -> str:
        return self.strerror

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strerror!r})"


class ContextTerminated(ZMQError):
    """The context ended while its socket was in use (ETERM)."""

    def __init__(self, errno: object = None, msg: object = None) -> None:
        super().__init__(Errno.ETERM)


class Again(ZMQError):
    """The call would have to wait: it was told not to, or its time is over (EAGAIN)."""

    def __init__(self, errno: object = None, msg: object = None) -> None:
        super().__init__(Errno.EAGAIN)


class NotHereError(ZMQError, AttributeError, NotImplementedError):
    """Something of libzmq's that is not here (ENOTSUP).

    An AttributeError too, so that `hasattr` answers, and `getattr` with a default.
    """

    def __init__(self, msg: str) -> None:
        super().__init__(Errno.ENOTSUP, msg)


class InterruptedSystemCall(ZMQError, InterruptedError):  # type: ignore[misc]
    """pyzmq's name for EINTR; nothing here raises it."""

    def __init__(self, errno: object = None, msg: object = None) -> None:
        super().__init__(EINTR)


class ZMQBindError(ZMQBaseError):
    """`bind_to_random_port` found no port."""


class NotDone(ZMQBaseError):
    """Pyzmq's name for a message that has not left yet; nothing here raises it."""
