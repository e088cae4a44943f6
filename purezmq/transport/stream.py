"""tcp and ipc: byte streams of the operating system.

Binding happens at once, as in libzmq: when `listen` returns, the kernel listens, and every error
has been raised. The event loop accepts peers and connects.
"""

import errno
import os
import socket
import sys
import tempfile
from asyncio import AbstractEventLoop, BaseProtocol, Server, Task
from collections.abc import Callable
from contextlib import suppress

from purezmq.compat.constants import Errno, SocketOption
from purezmq.errors import ZMQError, strerror
from purezmq.transport.endpoint import Endpoint, tcp
from purezmq.values import Values

# A wildcard ipc endpoint gets a directory of its own, named so.
_PREFIX = "purezmq-"

Address = tuple[object, ...] | str

Factory = Callable[[], BaseProtocol]
"""Makes a session for each connection."""


class StreamServer:
    """A listening socket, and the loop's server around it once it is started."""

    def __init__(self, listening: socket.socket, endpoint: str, backlog: int, path: str) -> None:
        self.endpoint = endpoint
        self.fd = listening.fileno()
        self._listening = listening
        self._backlog = backlog
        # The file as it was bound: another process may bind the path later, and owns it then.
        self._path = os.path.abspath(path) if path and not path.startswith("@") else ""
        self._file = _identity(self._path)
        self._starting: Task[None] | None = None
        self._server: Server | None = None

    def start(self, loop: AbstractEventLoop, factory: Factory) -> None:
        """Accept peers, beginning with those that came before."""
        self._starting = loop.create_task(self._start(loop, factory))

    async def _start(self, loop: AbstractEventLoop, factory: Factory) -> None:
        if self.endpoint.startswith("ipc"):
            serve = loop.create_unix_server(factory, sock=self._listening, backlog=self._backlog)
        else:
            serve = loop.create_server(factory, sock=self._listening, backlog=self._backlog)
        self._server = await serve

    def close(self) -> None:
        """Accept no more peers, and release the address."""
        with suppress(RuntimeError):  # the loop has ended
            if self._starting is not None:
                self._starting.cancel()
            if self._server is not None:
                self._server.close()
        self._listening.close()
        if self._file is not None and _identity(self._path) == self._file:
            with suppress(OSError):
                os.unlink(self._path)
                directory = os.path.dirname(self._path)
                if os.path.basename(directory).startswith(_PREFIX):
                    os.rmdir(directory)


def _identity(path: str) -> tuple[int, int] | None:
    """Return the device and inode of a file, None if there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def listen(endpoint: Endpoint, options: Values) -> StreamServer:
    """Bind and listen.

    Raises
    ------
    ZMQError
        EADDRINUSE, EADDRNOTAVAIL, ENODEV (no such name), ENAMETOOLONG, ...
    """
    path = endpoint.path
    if path == "*":
        path = os.path.join(tempfile.mkdtemp(prefix=_PREFIX), "socket")
    if endpoint.scheme == "ipc":
        family = socket.AF_UNIX
        address: Address = _unix_address(path)
    else:
        family, address = _local_address(endpoint, bool(options.number(SocketOption.IPV6)))
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if endpoint.scheme == "ipc":
            with suppress(OSError):
                os.unlink(path)  # what a process that was killed has left; libzmq does it too
        elif sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        tune(listening, options)
        listening.bind(address)
        listening.listen(options.number(SocketOption.BACKLOG))
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        number = error.errno or Errno.EINVAL
        words = f'{strerror(number)} for ipc path "{path}".'
        raise ZMQError(number, words if number == errno.ENOENT and path else None) from None
    text = f"ipc://{path}" if path else tcp(*listening.getsockname()[:2])
    return StreamServer(listening, text, options.number(SocketOption.BACKLOG), path)


async def connect(
    loop: AbstractEventLoop, endpoint: Endpoint, options: Values, factory: Factory
) -> None:
    """Connect once.

    Raises
    ------
    OSError
        Nobody there, no such name, ...
    """
    if endpoint.scheme == "ipc":
        await loop.create_unix_connection(factory, _unix_address(endpoint.path))
    else:
        family = socket.AF_UNSPEC if options.number(SocketOption.IPV6) else socket.AF_INET
        transport, _ = await loop.create_connection(
            factory, endpoint.host, endpoint.port, family=family
        )
        sock = transport.get_extra_info("socket")
        if sock.getsockname() == sock.getpeername():
            # The system chose the very port that it was to connect to: that is nobody.
            transport.abort()
        else:
            tune(sock, options)


# Options of the socket, and where the system has them.
_TUNED = (
    (SocketOption.SNDBUF, socket.SOL_SOCKET, "SO_SNDBUF"),
    (SocketOption.RCVBUF, socket.SOL_SOCKET, "SO_RCVBUF"),
    (SocketOption.TCP_KEEPALIVE_CNT, socket.IPPROTO_TCP, "TCP_KEEPCNT"),
    (SocketOption.TCP_KEEPALIVE_IDLE, socket.IPPROTO_TCP, "TCP_KEEPIDLE"),
    (SocketOption.TCP_KEEPALIVE_INTVL, socket.IPPROTO_TCP, "TCP_KEEPINTVL"),
    (SocketOption.TOS, socket.IPPROTO_IP, "IP_TOS"),
)


def tune(sock: socket.socket, options: Values) -> None:
    """Set what the options ask of a tcp or ipc socket of the system."""
    over_tcp = sock.family != getattr(socket, "AF_UNIX", None)
    for option, level, name in _TUNED:
        applies = over_tcp or level == socket.SOL_SOCKET
        if applies and options.number(option) > 0 and hasattr(socket, name):
            sock.setsockopt(level, getattr(socket, name), options.number(option))
    if over_tcp:
        # Accepted connections have it from the listening socket: asyncio sets it on its own alone.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if options.number(SocketOption.TCP_KEEPALIVE) >= 0:
            on = options.number(SocketOption.TCP_KEEPALIVE)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, on)


def _unix_address(path: str) -> str:
    # "@name" is Linux's abstract name space: no file, a leading zero.
    return "\0" + path[1:] if path.startswith("@") else path


def _local_address(endpoint: Endpoint, ipv6: bool) -> tuple[socket.AddressFamily, Address]:
    if endpoint.host == "*" and ipv6:
        return socket.AF_INET6, ("::", endpoint.port)
    if endpoint.host == "*":
        return socket.AF_INET, ("0.0.0.0", endpoint.port)
    family = socket.AF_UNSPEC if ipv6 else socket.AF_INET
    kind = socket.SOCK_STREAM
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, family, kind, 0, socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ZMQError(errno.ENODEV) from None
    return found[0][0], found[0][4]
