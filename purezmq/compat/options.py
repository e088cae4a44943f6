"""A socket's options: one table, and the forms in which pyzmq's programs set and ask for them.

Each has its kind, the value it begins with and what it may hold; bounds, defaults and which types
of socket know it were read from libzmq, by trying. An option that is not in the table has a name
and a number in `constants` and is refused with that name.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from purezmq.compat.constants import ContextOption, Errno, SocketOption, SocketType
from purezmq.errors import NotHereError, ZMQError
from purezmq.values import Values

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
    write_only : bool
        Whether it can only be set.
    """

    default: int | bytes
    low: int = 0
    high: int = _INT_MAX
    types: frozenset[SocketType] = _ALL
    write_only: bool = False


def _flag(types: frozenset[SocketType]) -> Option:
    return Option(0, types=types, write_only=True)


# Those that are a matter of the pattern have the same name in `patterns.Options`.
_S = SocketOption
OPTIONS: dict[SocketOption, Option] = {
    # What may wait where, and how long: for room, for a message, after the socket is closed.
    **dict.fromkeys((_S.SNDHWM, _S.RCVHWM), Option(1000)),
    **dict.fromkeys((_S.SNDTIMEO, _S.RCVTIMEO, _S.LINGER), Option(-1, -1)),
    _S.HWM: Option(0, high=-1, write_only=True),  # of libzmq 2: there, and refused
    _S.MAXMSGSIZE: Option(-1, -(1 << 63), (1 << 63) - 1),
    # Patterns.
    _S.ROUTING_ID: Option(b"", 1, 255),
    _S.CONNECT_ROUTING_ID: Option(b"", 1, 255, _ROUTERS, write_only=True),
    **dict.fromkeys((_S.ROUTER_MANDATORY, _S.ROUTER_HANDOVER), _flag(_ROUTERS)),
    _S.PROBE_ROUTER: _flag(_PROBERS),
    **dict.fromkeys((_S.REQ_RELAXED, _S.REQ_CORRELATE), _flag(_REQ)),
    **dict.fromkeys((_S.CONFLATE, _S.IMMEDIATE), Option(0, 0, 1)),
    **dict.fromkeys((_S.SUBSCRIBE, _S.UNSUBSCRIBE), Option(b"", write_only=True)),
    **dict.fromkeys((_S.XPUB_VERBOSE, _S.XPUB_VERBOSER), _flag(_PUBLISHERS)),
    **dict.fromkeys((_S.XPUB_MANUAL, _S.XPUB_NODROP), _flag(_PUBLISHERS)),
    _S.XPUB_WELCOME_MSG: Option(b"", types=_PUBLISHERS, write_only=True),
    _S.INVERT_MATCHING: Option(0, -_INT_MAX),
    # Connections. Times are in milliseconds.
    _S.RECONNECT_IVL: Option(100, -1),
    _S.HANDSHAKE_IVL: Option(30000),
    **dict.fromkeys((_S.RECONNECT_IVL_MAX, _S.CONNECT_TIMEOUT, _S.HEARTBEAT_IVL), Option(0)),
    _S.HEARTBEAT_TIMEOUT: Option(-1),
    _S.HEARTBEAT_TTL: Option(0, 0, 6553599),
    # The operating system's sockets; -1 leaves them as they are.
    _S.BACKLOG: Option(100),
    _S.IPV6: Option(0, 0, 1),
    _S.TOS: Option(0),
    **dict.fromkeys((_S.SNDBUF, _S.RCVBUF, _S.TCP_KEEPALIVE_INTVL), Option(-1, -1)),
    **dict.fromkeys((_S.TCP_KEEPALIVE_CNT, _S.TCP_KEEPALIVE_IDLE), Option(-1, -1)),
    _S.TCP_KEEPALIVE: Option(-1, -1, 1),
    # Who may connect.
    _S.PLAIN_SERVER: Option(0, 0, 1),
    **dict.fromkeys((_S.PLAIN_USERNAME, _S.PLAIN_PASSWORD, _S.ZAP_DOMAIN), Option(b"", 1, 255)),
}

# Options that tell of the socket and can't be set.
READ_ONLY = frozenset({_S.RCVMORE, _S.EVENTS, _S.TYPE, _S.LAST_ENDPOINT, _S.MECHANISM})

FD_REASON = "FD: a socket of purezmq has no file descriptor; await recv(), send() or poll()"


def defaults() -> Values:
    """Return what a new socket begins with."""
    return Values({option: entry.default for option, entry in OPTIONS.items()})


def known(option: int) -> SocketOption:
    """Return the option of a number.

    Raises
    ------
    ZMQError
        EINVAL: libzmq has none of that number either.
    """
    try:
        return SocketOption(option)
    except ValueError:
        raise ZMQError(Errno.EINVAL) from None


def entry(option: SocketOption) -> Option:
    """Return what an option may hold.

    Raises
    ------
    NotHereError
        It is not here; the message has its name.
    """
    if option in OPTIONS:
        return OPTIONS[option]
    raise NotHereError(FD_REASON if option == _S.FD else f"purezmq has no {option.name}")


def check(option: SocketOption, value: object, socket_type: SocketType) -> int | bytes:
    """Return the value as the option holds it.

    Raises
    ------
    TypeError
        Text, or not the option's type.
    ZMQError
        EINVAL: out of bounds, or not an option of this type of socket.
    NotHereError
        An option that is not here.
    """
    if isinstance(value, str):
        raise TypeError("unicode not allowed, use setsockopt_string")
    if option in READ_ONLY:
        raise ZMQError(Errno.EINVAL)
    allowed = entry(option)
    kind = type(allowed.default)
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got: {value!r}")
    size = value if isinstance(value, int) else len(value)
    if socket_type not in allowed.types or not allowed.low <= size <= allowed.high:
        raise ZMQError(Errno.EINVAL)
    return value


class Settable(Protocol):
    """What the forms are made of."""

    def set(self, option: int, optval: object) -> None:
        """Set an option."""

    def get(self, option: int) -> int | bytes:
        """Return an option's value."""


class OptionForms:
    """Conversions around an option's value."""

    __slots__ = ()

    def setsockopt(self: Settable, option: int, optval: object) -> None:
        """Set an option; see `set`."""
        self.set(option, optval)

    def getsockopt(self: Settable, option: int) -> int | bytes:
        """Return an option's value; see `get`."""
        return self.get(option)

    def set_string(self: Settable, option: int, optval: str, encoding: str = "utf-8") -> None:
        """Set an option of bytes to encoded text."""
        if not isinstance(optval, str):
            raise TypeError(f"strings only, not {type(optval)}: {optval!r}")
        self.set(option, optval.encode(encoding))

    def get_string(self: Settable, option: int, encoding: str = "utf-8") -> str:
        """Return an option of bytes, decoded."""
        value = self.get(option)
        if not isinstance(value, bytes):
            raise TypeError(f"option {option} will not return a string to be decoded")
        return value.decode(encoding)

    setsockopt_string = set_string
    setsockopt_unicode = set_string
    getsockopt_string = get_string
    getsockopt_unicode = get_string

    def get_hwm(self: Settable) -> int:
        """Return SNDHWM."""
        value = self.get(SocketOption.SNDHWM)
        assert isinstance(value, int)
        return value

    def set_hwm(self: Settable, value: int) -> None:
        """Set SNDHWM and RCVHWM."""
        self.set(SocketOption.SNDHWM, value)
        self.set(SocketOption.RCVHWM, value)

    hwm = property(get_hwm, set_hwm)

    def subscribe(self: Settable, topic: str | bytes) -> None:
        """Subscribe to all messages that begin with a topic."""
        self.set(SocketOption.SUBSCRIBE, topic.encode() if isinstance(topic, str) else topic)

    def unsubscribe(self: Settable, topic: str | bytes) -> None:
        """Undo one `subscribe`."""
        self.set(SocketOption.UNSUBSCRIBE, topic.encode() if isinstance(topic, str) else topic)


def add_attributes(kind: type[OptionForms]) -> None:
    """Make each option an attribute of a class of sockets, in both cases.

    `subscribe` and `unsubscribe` are methods and can be assigned to: they do what is assigned.
    """
    for name, option in SocketOption.__members__.items():
        for case in (name, name.lower()):
            if not hasattr(kind, case):
                setattr(kind, case, _attribute(option))
    for method in (OptionForms.subscribe, OptionForms.unsubscribe):
        setattr(kind, method.__name__, property(method.__get__, method))


def _attribute(option: SocketOption) -> property:
    def get(socket: Settable) -> int | bytes:
        try:
            return socket.get(option)
        except ZMQError as error:
            if error.errno == Errno.EINVAL:
                raise AttributeError(f"{option.name.lower()} attribute is write-only") from None
            raise

    return property(get, lambda socket, value: socket.set(option, value))


_OF_CONTEXTS = {
    ContextOption.IO_THREADS: 1,
    ContextOption.MAX_SOCKETS: 1023,
    ContextOption.SOCKET_LIMIT: 65535,
    ContextOption.MAX_MSGSZ: 2**31 - 1,
}


class ContextOptions:
    """The options of a context, and those that its sockets begin with.

    Parameters
    ----------
    io_threads : int or ContextOptions
        An option; or the context whose options these are too.
    """

    sockopts: dict[int, object]
    _options: dict[ContextOption, int]

    def __init__(self, io_threads: "int | ContextOptions") -> None:
        self.__dict__["sockopts"] = {}
        if isinstance(io_threads, ContextOptions):
            self._options = io_threads._options  # noqa: SLF001
        else:
            self._options = dict(_OF_CONTEXTS) | {ContextOption.IO_THREADS: _number(io_threads)}

    def set(self, option: int, optval: object) -> None:
        """Set an option of the context; they are kept, and of no effect."""
        self.get(option)
        self._options[ContextOption(option)] = _number(optval)

    def get(self, option: int) -> int:
        """Return an option of the context."""
        if option not in _OF_CONTEXTS:
            raise ZMQError(Errno.EINVAL)
        return self._options[ContextOption(option)]

    def setsockopt(self, opt: int, value: object) -> None:
        """Set what sockets made later begin with."""
        self.sockopts[opt] = value

    def getsockopt(self, opt: int) -> object:
        """Return what `setsockopt` has set."""
        return self.sockopts[opt]

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_") or hasattr(type(self), name) or _annotated(type(self), name):
            object.__setattr__(self, name, value)
        elif name.upper() in ContextOption.__members__:
            self.set(ContextOption[name.upper()], value)
        else:
            self.sockopts[_option(name)] = value

    def __getattr__(self, name: str) -> Any:
        if name.upper() in ContextOption.__members__:
            return self.get(ContextOption[name.upper()])
        option = _option(name)
        if option not in self.sockopts:
            raise AttributeError(name)
        return self.sockopts[option]

    def __delattr__(self, name: str) -> None:
        if name in self.__dict__:
            object.__delattr__(self, name)
            return
        option = _option(name)
        if option not in self.sockopts:
            raise AttributeError(name)
        del self.sockopts[option]

    def __dir__(self) -> list[str]:
        names = {*object.__dir__(self), *ContextOption.__members__, *SocketOption.__members__}
        return sorted(names)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"an int is wanted, not {value!r}")
    if value < 0:
        raise ZMQError(Errno.EINVAL)
    return value


def _annotated(kind: type, name: str) -> bool:
    """Return whether a class, or one that it is made of, annotates an attribute."""
    return any(name in getattr(each, "__annotations__", {}) for each in kind.__mro__)


def _option(name: str) -> SocketOption:
    try:
        return SocketOption[name.upper()]
    except KeyError:
        raise AttributeError(f"Context has no such option: {name.upper()}") from None
