"""A worker's side of RFC 7 (MDP/Worker 0.1): a session with a broker that it may lose and find.

Guide: mdwrkapi. To take away: Worker, with _protocol.py and liveness.py.
"""

import contextlib
import time

import zmq

from examples.liveness import Backoff
from examples.liveness import Heartbeat as Pulse
from examples.majordomo._protocol import (
    Disconnect,
    Heartbeat,
    ProtocolError,
    Ready,
    Reply,
    Request,
    WorkerMessage,
    parse,
)


class Worker:
    """Offers one service at one broker; one request at a time is in its hand.

    `request` waits for the next request, and `reply` answers it. Between the two call `rest` at
    least once an interval: heartbeats come and go only while one of these waits.

    Parameters
    ----------
    context : zmq.Context
        Where its sockets come from, one for each session.
    endpoint : str
        The broker's.
    service : bytes
        The name of the service.
    interval, liveness : float and int
        Of the heartbeats: about the same as the broker's.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoint: str,
        service: bytes,
        interval: float,
        liveness: int,
    ) -> None:
        self._context = context
        self._endpoint = endpoint
        self._service = service
        self._interval = interval
        self._liveness = liveness
        self._backoff = Backoff(interval / 4, 8 * interval)
        self._socket: zmq.Socket[bytes] | None = None
        self._request: Request | None = None
        self._reopen = 0.0
        self._open()

    def request(self) -> tuple[bytes, ...]:
        """Wait for a request, as long as it takes; return its body."""
        while self._request is None:
            self._turn(self._interval)
        return self._request.body

    def rest(self, seconds: float) -> bool:
        """Wait, with heartbeats; return whether the request in hand is still ours."""
        end = time.monotonic() + seconds
        while self._request is not None and (left := end - time.monotonic()) > 0:
            self._turn(left)
        return self._request is not None

    def reply(self, *body: bytes) -> bool:
        """Answer the request in hand; do nothing if that session is over, and return False."""
        request = self._request
        self._request = None
        if request is None or self._socket is None:
            return False
        self._send(Reply(request.client, body))
        return True

    def close(self) -> None:
        """Say goodbye and close."""
        if self._socket is not None:
            self._send(Disconnect())
            self._socket.close(linger=200)  # the broker may be gone, too
            self._socket = None

    def _open(self) -> None:
        now = time.monotonic()
        self._heartbeat = Pulse(self._interval, self._liveness, now)
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.connect(self._endpoint)
        self._send(Ready(self._service))

    def _lose(self) -> None:
        """End a session: its socket, and the request in hand, which the broker gives to another."""
        assert self._socket is not None
        self._socket.close()
        self._socket = None
        self._request = None
        self._reopen = time.monotonic() + self._backoff.next()

    def _send(self, command: WorkerMessage) -> None:
        assert self._socket is not None
        self._heartbeat.sent(time.monotonic())
        with contextlib.suppress(zmq.Again):  # the broker reads nothing, and is dead soon
            self._socket.send_multipart(command.frames(), zmq.DONTWAIT)

    def _turn(self, limit: float) -> None:
        """Wait for what comes next, at most so many seconds, and do it."""
        now = time.monotonic()
        if self._socket is None:
            time.sleep(min(limit, max(0.0, self._reopen - now)))
            if time.monotonic() >= self._reopen:
                self._open()
            return
        limit = min(limit, self._heartbeat.wait(now))
        if self._socket.poll(1 + int(1000 * limit)):
            self._take(self._socket.recv_multipart())
            return
        now = time.monotonic()  # nothing waits to be read, so silence is silence
        if self._heartbeat.dead(now):
            self._lose()
        elif self._heartbeat.due(now):
            self._send(Heartbeat())

    def _take(self, frames: list[bytes]) -> None:
        try:
            command = parse(frames)
        except ProtocolError:
            self._lose()
            return
        self._heartbeat.heard(time.monotonic())
        if isinstance(command, Request) and self._request is None:
            self._request = command
            self._backoff.reset()
        elif isinstance(command, Heartbeat):
            self._backoff.reset()
        else:  # DISCONNECT, or what a broker may not send now
            self._lose()
