"""pyzmq's names and numbers, and which socket types may talk to each other.

A program written for pyzmq finds here what it looks for under `zmq`: the same enum classes, the
same members, the same numbers (libzmq's). What `purezmq` does not do has its name all the same: it
is refused where it is used, with its name, not where it is looked up.

The members are this module's names too, as in pyzmq (`PUSH` is `SocketType.PUSH`), put there by
the loop at the end.
"""

import errno
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...  # the members' short names


# Where libzmq's own error numbers begin.
_OWN = 156384712


class Errno(IntEnum):
    """Error numbers: the platform's, then libzmq's own."""

    EAGAIN, EFAULT, EINVAL = errno.EAGAIN, errno.EFAULT, errno.EINVAL
    ENOTSUP, EPROTONOSUPPORT = errno.ENOTSUP, errno.EPROTONOSUPPORT
    ENOBUFS, ENETDOWN, EADDRINUSE = errno.ENOBUFS, errno.ENETDOWN, errno.EADDRINUSE
    EADDRNOTAVAIL, ECONNREFUSED = errno.EADDRNOTAVAIL, errno.ECONNREFUSED
    EINPROGRESS, ENOTSOCK, EMSGSIZE = errno.EINPROGRESS, errno.ENOTSOCK, errno.EMSGSIZE
    EAFNOSUPPORT, ENETUNREACH = errno.EAFNOSUPPORT, errno.ENETUNREACH
    ECONNABORTED, ECONNRESET = errno.ECONNABORTED, errno.ECONNRESET
    ENOTCONN, ETIMEDOUT = errno.ENOTCONN, errno.ETIMEDOUT
    EHOSTUNREACH, ENETRESET = errno.EHOSTUNREACH, errno.ENETRESET
    EFSM, ENOCOMPATPROTO, ETERM, EMTHREAD = range(_OWN + 51, _OWN + 55)


class ContextOption(IntEnum):
    """Options of a context."""

    IO_THREADS, MAX_SOCKETS, SOCKET_LIMIT = 1, 2, 3
    THREAD_SCHED_POLICY, MAX_MSGSZ, MSG_T_SIZE = 4, 5, 6
    THREAD_AFFINITY_CPU_ADD, THREAD_AFFINITY_CPU_REMOVE, THREAD_NAME_PREFIX = 7, 8, 9
    THREAD_PRIORITY = SOCKET_LIMIT


class SocketType(IntEnum):
    """The socket types; those after STREAM are libzmq's drafts, which `purezmq` has not."""

    PAIR, PUB, SUB, REQ, REP, DEALER, ROUTER, PULL, PUSH, XPUB, XSUB, STREAM = range(12)
    SERVER, CLIENT, RADIO, DISH, GATHER, SCATTER, DGRAM, PEER, CHANNEL = range(12, 21)
    XREQ, XREP = DEALER, ROUTER


class SocketOption(IntEnum):
    """Options of a socket, in the order of their numbers; then other names for some of them."""

    HWM, AFFINITY, ROUTING_ID, SUBSCRIBE, UNSUBSCRIBE = 1, 4, 5, 6, 7
    RATE, RECOVERY_IVL = 8, 9
    SNDBUF, RCVBUF, RCVMORE, FD, EVENTS, TYPE = range(11, 17)
    LINGER, RECONNECT_IVL, BACKLOG, RECONNECT_IVL_MAX, MAXMSGSIZE = 17, 18, 19, 21, 22
    SNDHWM, RCVHWM, MULTICAST_HOPS, RCVTIMEO, SNDTIMEO = 23, 24, 25, 27, 28
    IPV4ONLY, LAST_ENDPOINT, ROUTER_MANDATORY = 31, 32, 33
    TCP_KEEPALIVE, TCP_KEEPALIVE_CNT, TCP_KEEPALIVE_IDLE, TCP_KEEPALIVE_INTVL = range(34, 38)
    TCP_ACCEPT_FILTER, IMMEDIATE, XPUB_VERBOSE, ROUTER_RAW, IPV6, MECHANISM = range(38, 44)
    PLAIN_SERVER, PLAIN_USERNAME, PLAIN_PASSWORD = 44, 45, 46
    CURVE_SERVER, CURVE_PUBLICKEY, CURVE_SECRETKEY, CURVE_SERVERKEY = range(47, 51)
    PROBE_ROUTER, REQ_CORRELATE, REQ_RELAXED, CONFLATE, ZAP_DOMAIN = range(51, 56)
    ROUTER_HANDOVER, TOS, IPC_FILTER_PID, IPC_FILTER_UID, IPC_FILTER_GID = range(56, 61)
    CONNECT_ROUTING_ID, GSSAPI_SERVER, GSSAPI_PRINCIPAL = 61, 62, 63
    GSSAPI_SERVICE_PRINCIPAL, GSSAPI_PLAINTEXT, HANDSHAKE_IVL = 64, 65, 66
    SOCKS_PROXY, XPUB_NODROP, BLOCKY, XPUB_MANUAL, XPUB_WELCOME_MSG = range(68, 73)
    STREAM_NOTIFY, INVERT_MATCHING = 73, 74
    HEARTBEAT_IVL, HEARTBEAT_TTL, HEARTBEAT_TIMEOUT, XPUB_VERBOSER = range(75, 79)
    CONNECT_TIMEOUT, TCP_MAXRT, THREAD_SAFE, MULTICAST_MAXTPDU = 79, 80, 81, 84
    VMCI_BUFFER_SIZE, VMCI_BUFFER_MIN_SIZE, VMCI_BUFFER_MAX_SIZE = 85, 86, 87
    VMCI_CONNECT_TIMEOUT, USE_FD = 88, 89
    GSSAPI_PRINCIPAL_NAMETYPE, GSSAPI_SERVICE_PRINCIPAL_NAMETYPE = 90, 91
    BINDTODEVICE, ZAP_ENFORCE_DOMAIN, LOOPBACK_FASTPATH, METADATA = range(92, 96)
    MULTICAST_LOOP, ROUTER_NOTIFY, XPUB_MANUAL_LAST_VALUE = 96, 97, 98
    SOCKS_USERNAME, SOCKS_PASSWORD, IN_BATCH_SIZE, OUT_BATCH_SIZE = range(99, 103)
    WSS_KEY_PEM, WSS_CERT_PEM, WSS_TRUST_PEM = 103, 104, 105
    WSS_HOSTNAME, WSS_TRUST_SYSTEM = 106, 107
    ONLY_FIRST_SUBSCRIBE, RECONNECT_STOP, HELLO_MSG, DISCONNECT_MSG = range(108, 112)
    PRIORITY, BUSY_POLL, HICCUP_MSG, XSUB_VERBOSE_UNSUBSCRIBE = range(112, 116)
    TOPICS_COUNT, NORM_MODE, NORM_UNICAST_NACK, NORM_BUFFER_SIZE = range(116, 120)
    NORM_SEGMENT_SIZE, NORM_BLOCK_SIZE, NORM_NUM_PARITY = 120, 121, 122
    NORM_NUM_AUTOPARITY, NORM_PUSH = 123, 124

    IDENTITY, CONNECT_RID = ROUTING_ID, CONNECT_ROUTING_ID
    DELAY_ATTACH_ON_CONNECT = IMMEDIATE
    FAIL_UNROUTABLE = ROUTER_BEHAVIOR = ROUTER_MANDATORY


class MessageOption(IntEnum):
    """Properties of a frame."""

    MORE, SRCFD, SHARED = 1, 2, 3


class Flag(IntFlag):
    """Flags of `send` and `recv`."""

    DONTWAIT, SNDMORE = 1, 2
    NOBLOCK = DONTWAIT


class RouterNotify(IntEnum):
    """Values of ROUTER_NOTIFY."""

    CONNECT, DISCONNECT = 1, 2


class NormMode(IntEnum):
    """Values of NORM_MODE."""

    FIXED, CC, CCL, CCE, CCE_ECNONLY = range(5)


class SecurityMechanism(IntEnum):
    """Values of MECHANISM."""

    NULL, PLAIN, CURVE, GSSAPI = range(4)


class ReconnectStop(IntEnum):
    """Values of RECONNECT_STOP."""

    CONN_REFUSED, HANDSHAKE_FAILED, AFTER_DISCONNECT = 1, 2, 4


class Event(IntFlag):
    """What a monitor socket tells: events, and the values of HANDSHAKE_FAILED_PROTOCOL."""

    CONNECTED, CONNECT_DELAYED, CONNECT_RETRIED, LISTENING = 1, 2, 4, 8
    BIND_FAILED, ACCEPTED, ACCEPT_FAILED, CLOSED = 16, 32, 64, 128
    CLOSE_FAILED, DISCONNECTED, MONITOR_STOPPED = 256, 512, 1024
    HANDSHAKE_FAILED_NO_DETAIL, HANDSHAKE_SUCCEEDED = 2048, 4096
    HANDSHAKE_FAILED_PROTOCOL, HANDSHAKE_FAILED_AUTH = 8192, 16384
    PIPES_STATS = 65536
    ALL_V1 = ALL = 0xFFFF
    ALL_V2 = 0x1FFFF

    PROTOCOL_ERROR_ZMTP_UNSPECIFIED = 0x10000000
    PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND = 0x10000001
    PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE, PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE = 0x10000002, 0x10000003
    PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED = 0x10000011
    PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE = 0x10000012
    PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO = 0x10000013
    PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE = 0x10000014
    PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR = 0x10000015
    PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY = 0x10000016
    PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME = 0x10000017
    PROTOCOL_ERROR_ZMTP_INVALID_METADATA = 0x10000018
    PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC = 0x11000001
    PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH = 0x11000002
    PROTOCOL_ERROR_ZAP_UNSPECIFIED, PROTOCOL_ERROR_ZAP_MALFORMED_REPLY = 0x20000000, 0x20000001
    PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID, PROTOCOL_ERROR_ZAP_BAD_VERSION = 0x20000002, 0x20000003
    PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE = 0x20000004
    PROTOCOL_ERROR_ZAP_INVALID_METADATA = 0x20000005
    PROTOCOL_ERROR_WS_UNSPECIFIED = 0x30000000


class PollEvent(IntFlag):
    """What to poll for."""

    POLLIN, POLLOUT, POLLERR, POLLPRI = 1, 2, 4, 8


class DeviceType(IntEnum):
    """Kinds of device."""

    STREAMER, FORWARDER, QUEUE = 1, 2, 3


# Which types may talk to each other (RFC 28, 29, 30, 31), by their names on the wire.
LEGAL: dict[str, frozenset[str]] = {
    "REQ": frozenset({"REP", "ROUTER"}),
    "REP": frozenset({"REQ", "DEALER"}),
    "DEALER": frozenset({"REP", "DEALER", "ROUTER"}),
    "ROUTER": frozenset({"REQ", "DEALER", "ROUTER"}),
    **dict.fromkeys(("PUB", "XPUB"), frozenset({"SUB", "XSUB"})),
    **dict.fromkeys(("SUB", "XSUB"), frozenset({"PUB", "XPUB"})),
    "PUSH": frozenset({"PULL"}),
    "PULL": frozenset({"PUSH"}),
    "PAIR": frozenset({"PAIR"}),
}

# What stands before the members' short names, where not nothing.
_PREFIXES: dict[type, str] = {
    Event: "EVENT_",
    NormMode: "NORM_",
    ReconnectStop: "RECONNECT_STOP_",
    RouterNotify: "NOTIFY_",
}

__all__ = ["IntEnum", "IntFlag"]
for _class in (*IntEnum.__subclasses__(), *IntFlag.__subclasses__()):
    if _class.__module__ != __name__:
        continue
    __all__ += [_class.__name__]
    for _name, _member in _class.__members__.items():
        _prefix = "" if _name.startswith("PROTOCOL_ERROR_") else _PREFIXES.get(_class, "")
        globals()[_prefix + _name] = _member
        __all__ += [_prefix + _name]
