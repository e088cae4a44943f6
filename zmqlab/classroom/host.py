"""The board's sockets: ROUTER for joining, PULL for results, PUB for the state.

One thread, one poller, no lock. What must stay true:

- A turn of the loop reads at most `LOT` messages of a socket, so that a flood leaves time for
  everything else. PULL queues fairly: it takes from each connection in turn, so the others' reports
  arrive beside the flood.
- Who sends more than a report can need is disconnected by libzmq (MAXMSGSIZE) before anything is
  read here, and who is no ØMQ peer never comes past the handshake.
- No send waits: PUB and ROUTER drop what a peer does not take.
"""

from __future__ import annotations

import contextlib
import hmac
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import zmq
from zmq.utils import z85

from zmqlab.classroom.addresses import hosts
from zmqlab.classroom.board import Board
from zmqlab.classroom.protocol import (
    LARGEST_REPORT,
    Malformed,
    Refused,
    State,
    Welcome,
    read_hello,
    read_report,
    write_refused,
    write_state,
    write_welcome,
)

LOT = 100
"""Messages of one socket that are read in a turn."""
QUEUED = 100
"""Messages of one connection that wait in memory."""
PUBLISH_EVERY, PUBLISH_AFTER = 1.0, 0.2
"""Seconds between states when nothing changes, and at least when something does."""
HANDSHAKE_LIMIT = 5000
"""Milliseconds within which a peer has to show that it speaks ZMTP."""
USER = b"class"
ZAP_ENDPOINT = "inproc://zeromq.zap.01"
DOMAIN_JOIN, DOMAIN_CLASS = "join", "class"


class PortError(OSError):
    """The ports that were asked for are in use."""


class Host:
    """Runs a board's sockets, turn by turn.

    Parameters
    ----------
    board : Board
        The board's state.
    code : str
        The code word. With PLAIN it is the password of each connection.
    curve : bool
        whether connections are encrypted.
    host : str
        Where to listen: ``*`` for the room, ``127.0.0.1`` for this machine alone.
    port : int
        The first of three ports in a row; 0 takes three that are free.
    clock : callable
        Gives the time in seconds.

    Attributes
    ----------
    port : int
        Where learners join.
    ports : tuple of int
        All three: joining, results, state.
    key : str
        The public key, 64 hexadecimal digits; empty without CURVE.
    refused : int
        Connections that ZAP has refused.
    """

    def __init__(
        self,
        board: Board,
        *,
        code: str = "",
        curve: bool = False,
        host: str = "*",
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.board = board
        self.key = ""
        self.refused = 0
        self._code = code
        self._curve = curve
        self._host = host
        self._clock = clock
        self._admitted: set[str] = set()
        self._published_at = -PUBLISH_EVERY
        self._published: State | None = None
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._context.linger = 0
        self._zap = self._context.socket(zmq.REP)
        self._zap.bind(ZAP_ENDPOINT)  # before any other socket: connections ask it
        public, self._secret = zmq.curve_keypair() if curve else (b"", b"")
        self.key = z85.decode(public).hex() if curve else ""
        try:
            self._join = self._bound(zmq.ROUTER, DOMAIN_JOIN, port)
            self._results = self._bound(zmq.PULL, DOMAIN_CLASS, port and port + 1)
            self._state = self._bound(zmq.PUB, DOMAIN_CLASS, port and port + 2)
        except BaseException:
            self.close()
            raise
        self.ports = tuple(map(_port, (self._join, self._results, self._state)))
        self.port = self.ports[0]
        self._poller = zmq.Poller()
        for socket in (self._zap, self._join, self._results):
            self._poller.register(socket, zmq.POLLIN)

    def _bound(self, kind: int, domain: str, port: int) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        socket.sndhwm = socket.rcvhwm = QUEUED
        socket.maxmsgsize = LARGEST_REPORT
        socket.handshake_ivl = HANDSHAKE_LIMIT
        socket.heartbeat_ivl = 2000
        socket.heartbeat_timeout = 8000
        if self._curve:
            socket.curve_server = True
            socket.curve_secretkey = self._secret
            socket.zap_domain = domain.encode()
        elif self._code:
            socket.plain_server = True
            socket.zap_domain = domain.encode()
        try:
            socket.bind(f"tcp://{self._host}:{port or '*'}")
        except zmq.ZMQError as error:
            raise PortError(error.errno, f"port {port}: {error}") from None
        return socket

    def addresses(self) -> list[str]:
        """Return the addresses under which learners in the same network may find the board."""
        found = [self._host] if self._host != "*" else hosts() or ["127.0.0.1"]
        end = f"#{self.key}" if self.key else ""
        return [f"tcp://{host}:{self.port}{end}" for host in found]

    def turn(self, wait: float) -> None:
        """Wait for messages, but no longer than so many seconds, and deal with a lot of them."""
        ready = dict(self._poller.poll(int(wait * 1000)))
        now = self._clock()
        if self._zap in ready:
            _lot(self._zap, self._let_in)
        if self._join in ready:
            _lot(self._join, self._answer)
        if self._results in ready:
            _lot(self._results, self._take)
        self._publish(now)

    def _let_in(self, frames: Sequence[zmq.Frame]) -> None:
        request = [frame.bytes for frame in frames]
        reply = zap_reply(request, self._code, self._admitted)
        self.refused += reply[2] != b"200"
        self._zap.send_multipart(reply)

    def _answer(self, frames: Sequence[zmq.Frame]) -> None:
        routing_id, *rest = frames
        try:
            hello = read_hello([frame.bytes for frame in rest])
        except Malformed:
            self.board.note_malformed()
            return
        answer = self.board.hello(hello, self._clock())
        if isinstance(answer, Refused):
            reply = write_refused(answer)
        else:
            if self._curve:
                self._admitted.add(str(rest[-1].get("User-Id")))
            _, results, state = self.ports
            reply = write_welcome(Welcome(self.board.session, answer, results, state))
        with contextlib.suppress(zmq.ZMQError):  # it is gone, or does not read
            self._join.send_multipart([routing_id.bytes, *reply], zmq.NOBLOCK)

    def _take(self, frames: Sequence[zmq.Frame]) -> None:
        try:
            report = read_report([frame.bytes for frame in frames])
        except Malformed:
            self.board.note_malformed()
            return
        self.board.report(report, self._clock())

    def _publish(self, now: float) -> None:
        passed = now - self._published_at
        if passed < PUBLISH_AFTER:
            return
        state = self.board.state()
        if state == self._published and passed < PUBLISH_EVERY:
            return
        self._published = state
        self._published_at = now
        self._state.send(write_state(state), zmq.NOBLOCK)

    def close(self) -> None:
        """Close everything; nothing waits."""
        self._context.destroy(linger=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def zap_reply(request: Sequence[bytes], code: str, admitted: set[str]) -> list[bytes]:
    """Decide on a connection, in the words of ZAP (RFC 27).

    Parameters
    ----------
    request : sequence of bytes
        What libzmq asks: version, request id, domain, address, routing id, mechanism, credentials.
    code : str
        The code word, which is the password of PLAIN.
    admitted : set of str
        Public keys that have said the code word to the ROUTER. With CURVE, PULL and PUB let in
        no others.

    Returns
    -------
    list of bytes
        Version, request id, status, its text, the user's id, no metadata.
    """
    version, request_id, domain, _, _, mechanism, *credentials = request
    user = b""
    if mechanism == b"PLAIN" and len(credentials) == 2:
        name, password = credentials
        right = hmac.compare_digest(password, code.encode())
        user = USER if right and name == USER else b""
    elif mechanism == b"CURVE" and len(credentials) == 1:
        key = credentials[0].hex()
        user = key.encode() if domain == DOMAIN_JOIN.encode() or key in admitted else b""
    if user:
        return [version, request_id, b"200", b"OK", user, b""]
    return [version, request_id, b"400", b"not admitted", b"", b""]


def _lot(socket: zmq.Socket[bytes], deal: Callable[[Sequence[zmq.Frame]], None]) -> None:
    """Deal with what has come, `LOT` messages at most."""
    for _ in range(LOT):
        try:
            frames = socket.recv_multipart(zmq.NOBLOCK, copy=False)
        except zmq.Again:
            return
        deal(frames)


def _port(socket: zmq.Socket[bytes]) -> int:
    return int(str(socket.get_string(zmq.LAST_ENDPOINT)).rpartition(":")[2])
