"""What the programs in ``examples/`` share around their sockets.

A program shows its own sockets, and every bind, connect, send and receive. What is the same in all
of them stands here: the options ``--bind`` and ``--connect``, the ready line, a clean end by Ctrl-C
(exit status 0), and one clear line for an endpoint that can't work (exit status 2).

This file needs only the standard library and pyzmq: ``python -m examples eject`` copies it beside
the programs that a learner takes home.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import errno
import io
import os
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, NoReturn, TextIO

import zmq

EXAMPLE = "tcp://127.0.0.1:5555"

AGAIN = 0.05
"""Seconds until a signal that the program did not see is sent to it again."""
STAMPED = "ZMQLAB_STAMPED"
"""Set in a program's environment by `zmqlab.run.programs`, which merges the output of several."""
STAMP = "\x1e"
"""Opens a stamped line; the clock's nanoseconds and a space follow, then what was printed."""
UNWRITABLE = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What says that standard output takes no more."""
LONGEST = 1_000_000
"""Seconds that an option may ask to wait, at most."""
LONGEST_ID = 255
"""Bytes of a routing id, at most."""


class Role:
    """One role of a pattern: its options, its ready line, its end.

    Parameters
    ----------
    name : str
        One word, for the ready line: ``server``.
    about : str or None
        What ``--help`` says; usually the program's docstring.
    bind, connect : str or sequence of str
        The endpoints taken when the option is not given. Without any, the program has no such
        side and no such option.

    Attributes
    ----------
    options : argparse.Namespace
        The options given, there once `run` has begun.
    """

    options: argparse.Namespace

    def __init__(
        self,
        name: str,
        about: str | None,
        *,
        bind: str | Sequence[str] = (),
        connect: str | Sequence[str] = (),
    ) -> None:
        self.name = name
        self._defaults = {"bind": _several(bind), "connect": _several(connect)}
        self._now: tuple[str, str] | None = None
        self._parser = _Parser(
            description=about, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        for side, defaults in self._defaults.items():
            if defaults:
                self.option(
                    f"--{side}",
                    action="append",
                    metavar="ENDPOINT",
                    help=f"{side} to ENDPOINT; may be given several times "
                    f"(default: {' '.join(defaults)})",
                )

    def option(self, *names: str, **settings: Any) -> None:
        """Add an option of the program's own, as `argparse.ArgumentParser.add_argument` does.

        The help shows a count as ``N``, a time as ``SECONDS``, an endpoint as ``ENDPOINT`` and a
        routing id as ``NAME``.
        """
        if settings.get("type") in METAVARS:
            settings.setdefault("metavar", METAVARS[settings["type"]])
        self._parser.add_argument(*names, **settings)

    @property
    def bind(self) -> Iterator[str]:
        """The endpoints to bind to, one after the other."""
        return self._endpoints("bind")

    @property
    def connect(self) -> Iterator[str]:
        """The endpoints to connect to, one after the other."""
        return self._endpoints("connect")

    def ready(self, *endpoints: str) -> None:
        """Say that the program can be used: ``ready ROLE ENDPOINT...``, with the real ports.

        Parameters
        ----------
        *endpoints : str
            Those bound to, in order, as `zmq.LAST_ENDPOINT` tells them; then those connected to.
        """
        print("ready", self.name, *endpoints, flush=True)

    def fail(self, message: str, status: int = 1) -> NoReturn:
        """End the program with one line on standard error and this exit status."""
        print(f"{self._parser.prog}: {message}", file=sys.stderr)
        raise SystemExit(status)

    def run(self, main: Callable[[], None]) -> None:
        """Read the options, then run `main` to its end or until Ctrl-C.

        Both SIGINT (Ctrl-C) and SIGTERM end `main` with a KeyboardInterrupt, even out of a
        ``recv`` that waits, so that its ``with`` blocks close their sockets.
        """
        self.options = self._parser.parse_args()
        for side in self._defaults:
            for endpoint in self._chosen(side):
                if fault := endpoint_fault(endpoint, side):
                    self._refuse(side, endpoint, fault)
        if os.environ.pop(STAMPED, ""):
            sys.stdout, sys.stderr = _Stamped(sys.stdout), _Stamped(sys.stderr)
        elif isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(line_buffering=True)  # a line is seen when it is printed
        _end_by_signals()
        try:
            main()
        except KeyboardInterrupt:
            print(f"{self.name} stopped")
        except zmq.ZMQError as error:
            if self._now is None:
                raise
            side, endpoint = self._now
            self._refuse(side, endpoint, _socket_fault(error, endpoint))
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
            # What is still held can't be written either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if error.errno == errno.EPIPE:  # as in `server.py | head -1`: nobody reads on
                raise SystemExit(1) from None
            self.fail(f"the output can't be written: {error.strerror}")

    def _chosen(self, side: str) -> list[str]:
        return getattr(self.options, side, None) or self._defaults[side]

    def _endpoints(self, side: str) -> Iterator[str]:
        """Remember which endpoint the program is at: an error of bind or connect is about it."""
        for endpoint in self._chosen(side):
            self._now = side, endpoint
            if side == "bind" and (fault := _ipc_fault(endpoint)):
                self._refuse(side, endpoint, fault)
            yield endpoint
        self._now = None

    def _refuse(self, side: str, endpoint: str, fault: str) -> NoReturn:
        self.fail(f"--{side} {endpoint!r}: {fault}", status=2)


def seconds(text: str) -> float:
    """Read an option's time: the ``type`` of `Role.option` for limits.

    libzmq takes milliseconds in 32 bits, and reads a negative number as no limit at all.
    """
    with contextlib.suppress(ValueError):
        if 0 <= float(text) <= LONGEST:
            return float(text)
    raise argparse.ArgumentTypeError(f"needs seconds from 0 to {LONGEST:,}, not {text!r}")


def positive(text: str) -> int:
    """Read an option's number, 1 or more: the ``type`` of `Role.option` for counts and rates."""
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"needs a whole number from 1 on, not {text!r}")
    return int(text)


def endpoint(text: str) -> str:
    """Read an option's endpoint to connect to: the ``type`` of `Role.option` for further sides."""
    if fault := endpoint_fault(text, "connect"):
        raise argparse.ArgumentTypeError(f"{text!r}: {fault}")
    return text


def routing_id(text: str) -> str:
    """Read an option's routing id: the ``type`` of `Role.option` for the name of a peer."""
    if not 1 <= (size := len(os.fsencode(text))) <= LONGEST_ID:
        raise argparse.ArgumentTypeError(f"needs a name of 1 to {LONGEST_ID} bytes, not of {size}")
    return text


METAVARS: dict[Any, str] = {
    seconds: "SECONDS",
    positive: "N",
    endpoint: "ENDPOINT",
    routing_id: "NAME",
}
"""How the help shows the value of an option, by the option's ``type``."""


def endpoint_fault(endpoint: str, side: str) -> str | None:
    """Say what is wrong with an endpoint, before a socket sees it.

    libzmq answers most of these with "Invalid argument", and some with silence: port 99999 becomes
    34463.

    Parameters
    ----------
    endpoint : str
        The endpoint as it was typed.
    side : {"bind", "connect"}
        What the program is going to do with it.

    Returns
    -------
    str or None
        What is wrong and how to mend it; None if nothing is seen.
    """
    transport, separator, address = endpoint.partition("://")
    if not separator or not transport or any(map(str.isspace, endpoint)):
        return _say(
            en=f"an endpoint is written transport://address, without spaces, as in {EXAMPLE}",
            ko=f"엔드포인트는 {EXAMPLE}처럼 전송 방식://주소 꼴로, 빈칸 없이 씁니다",
        )
    if transport == "inproc":
        return _say(
            en=f"inproc stays within one process; between programs use tcp, as in {EXAMPLE}",
            ko=f"inproc은 한 프로세스 안에서만 씁니다. 프로그램 사이에는 {EXAMPLE}처럼 쓰세요",
        )
    if transport != "tcp" and not zmq.has(transport):
        return _say(
            en=f"there is no transport {transport!r} here; use tcp, as in {EXAMPLE}",
            ko=f"여기서 쓸 수 없는 전송 방식입니다({transport}). {EXAMPLE}처럼 tcp를 쓰세요",
        )
    if transport == "ipc" and not address:
        return _say(
            en="the path is missing, as in ipc:///tmp/first-message",
            ko="ipc:///tmp/first-message처럼 경로를 쓰세요",
        )
    return _tcp_fault(address, side) if transport == "tcp" else None


def _tcp_fault(address: str, side: str) -> str | None:
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port:
        return _say(
            en=f"tcp needs a host and a port, as in {EXAMPLE}",
            ko=f"tcp에는 {EXAMPLE}처럼 호스트와 포트가 모두 있어야 합니다",
        )
    own = host.rpartition(";")[2]
    if "[" in host or own.count(":") > 1:
        return _say(
            en="the programs here use IPv4; write this machine's address as 127.0.0.1, as in "
            f"{EXAMPLE}",
            ko="여기 프로그램은 IPv4를 씁니다. 이 컴퓨터의 주소는 "
            f"{EXAMPLE}처럼 127.0.0.1로 쓰세요",
        )
    if side == "connect" and (host == "*" or port in ("*", "0")):
        return _say(
            en=f"connect needs the other side's own host and port, as in {EXAMPLE}; "
            "* is for bind only",
            ko=f"연결하려면 {EXAMPLE}처럼 상대의 호스트와 포트가 있어야 합니다. "
            "*는 바인드할 때만 씁니다",
        )
    number = int(port) if port.isascii() and port.isdecimal() else None
    if port != "*" and (number is None or number > 65535):
        return _say(
            en=f"a port is a number from 1 to 65535, not {port!r}; bind takes * for any free one",
            ko=f"{port!r}: 포트는 1~65535의 수로 씁니다(바인드할 때는 *가 비어 있는 포트)",
        )
    return None


def _ipc_fault(endpoint: str) -> str | None:
    """Say why a path is not to be bound to: libzmq deletes what it finds there."""
    transport, _, path = endpoint.partition("://")
    if transport != "ipc" or path == "*" or path.startswith("@") or os.name != "posix":
        return None
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        return None  # nothing is there, or nothing that libzmq could get at either
    if os.path.isdir(path):
        return _say(
            en=f"this is a folder: add a name for the socket, as in ipc://{path.rstrip('/')}/first",
            ko=f"폴더입니다. ipc://{path.rstrip('/')}/first처럼 소켓 이름까지 쓰세요",
        )
    if not stat.S_ISSOCK(mode):
        return _say(
            en="there is a file of this name already, and it is no socket: take another path",
            ko="이 경로에 소켓이 아닌 파일이 있습니다. 다른 경로를 쓰세요",
        )
    return _path_in_use() if _somebody_listens(path) else None


def _somebody_listens(path: str) -> bool:
    """Tell a socket file in use from one that a program left behind when it was killed."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError as error:
            return error.errno is not None  # without a number: a path that is too long
    return True


def _socket_fault(error: zmq.ZMQError, endpoint: str) -> str:
    """Say what an error of bind or connect means."""
    reason = zmq.strerror(error.errno or 0)
    match error.errno:
        case errno.EADDRINUSE if endpoint.startswith("ipc:"):
            return _path_in_use()
        case errno.EADDRINUSE:
            return _say(
                en="already in use: end the program that has it, or take another port "
                "(* takes any free one)",
                ko="이미 쓰고 있는 주소입니다. 그 프로그램을 끝내거나 다른 포트를 쓰세요"
                "(*는 비어 있는 포트)",
            )
        case errno.EADDRNOTAVAIL | errno.ENODEV:
            return _say(
                en="this machine has no such address; 127.0.0.1 is always there, * means all of "
                "its addresses",
                ko="이 컴퓨터에 없는 주소입니다. 127.0.0.1은 늘 있고, *는 모든 주소를 뜻합니다",
            )
        case errno.EACCES | errno.EPERM:
            return _say(
                en="not permitted: take a port above 1023, or a folder that you may write to",
                ko="권한이 없습니다. 1023보다 큰 포트나 쓸 수 있는 폴더를 쓰세요",
            )
        case errno.ENOENT | errno.ENOTDIR:
            return _say(
                en="the folder of this path does not exist: make it, or take one that does",
                ko="이 경로의 폴더가 없습니다. 폴더를 만들거나 있는 폴더를 쓰세요",
            )
        case errno.ENAMETOOLONG:
            return _say(
                en="the path is too long for an ipc socket (about 100 bytes): take a shorter one",
                ko="ipc 소켓에는 너무 긴 경로입니다(약 100바이트까지). 더 짧은 경로를 쓰세요",
            )
        case _:
            return _say(
                en=f"{reason}; {EXAMPLE} is known to work",
                ko=f"쓸 수 없는 주소입니다({reason}). {EXAMPLE}처럼 쓰세요",
            )


def _path_in_use() -> str:
    return _say(
        en="already in use: end the program that has it, or take another path",
        ko="이미 쓰고 있는 경로입니다. 그 프로그램을 끝내거나 다른 경로를 쓰세요",
    )


def _say(*, en: str, ko: str) -> str:
    """Return the sentence in the language that is asked for, else in the system's."""
    asked = os.environ.get("ZMQLAB_LANGUAGE", "")
    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    language = asked if asked in ("en", "ko") else system[:2].lower()
    return ko if language == "ko" else en


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; --help shows the options\n")


class _Stamped(io.TextIOBase):
    """A stream that says of each line when it was printed.

    Two programs answer each other within microseconds, while who reads their output may come to it
    much later, and to one before the other. This clock is the same for all processes of a machine.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._stream.write(f"{STAMP}{time.monotonic_ns()} {line}\n")
        if lines:
            self._stream.flush()
        return len(text)

    def fileno(self) -> int:
        return self._stream.fileno()


def _several(endpoints: str | Sequence[str]) -> list[str]:
    return [endpoints] if isinstance(endpoints, str) else list(endpoints)


def _end_by_signals() -> None:
    """Make SIGINT and SIGTERM raise KeyboardInterrupt, once each, even out of a waiting socket.

    A socket that waits in libzmq may be woken by something else (a peer that leaves) at the very
    moment of the signal; then it waits on, and Python never comes to see the signal. So a thread,
    which hears of signals at once by the wakeup descriptor, sends it again until it was seen.
    """
    seen: set[int] = set()
    taken = threading.Event()

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if number not in seen:  # a second Ctrl-C does not disturb the closing
            seen.add(number)
            taken.set()
            raise KeyboardInterrupt

    def insist() -> None:
        number = os.read(heard, 1)[0]
        while not taken.wait(AGAIN):
            signal.pthread_kill(main, number)

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, interrupt)
        # As Python ends, it takes its handlers away: a signal would kill a program that is done.
        atexit.register(signal.signal, one, signal.SIG_IGN)
    if hasattr(signal, "pthread_kill"):
        main = threading.get_ident()
        heard, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        threading.Thread(target=insist, daemon=True).start()
