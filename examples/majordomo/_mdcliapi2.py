"""A client of RFC 7 (MDP/Client 0.1) with many requests under way.

MDP/Client gives a request no number, and replies come in any order. So this client writes a number
into the first frame of each body, and counts on a service that sends that frame back.

Guide: mdcliapi2. To take away: Client, with _protocol.py.
"""

import contextlib
import time

import zmq

from examples.majordomo._protocol import ClientMessage, ProtocolError, parse


class Client:
    """Sends without waiting, and receives what comes, each request's first reply only.

    Parameters
    ----------
    context : zmq.Context
        Where its socket comes from.
    endpoints : list of str
        The broker's.
    timeout : float
        Seconds after which a request is sent again.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], endpoints: list[str], timeout: float
    ) -> None:
        self._timeout = timeout
        self._under_way: dict[bytes, tuple[ClientMessage, float]] = {}
        self._count = 0
        self._socket = context.socket(zmq.DEALER)
        self._socket.linger = 0
        for endpoint in endpoints:
            self._socket.connect(endpoint)

    def __len__(self) -> int:
        return len(self._under_way)

    def send(self, service: bytes, *body: bytes) -> int:
        """Send a request; return the number that its reply will have."""
        self._count += 1
        number = b"%d" % self._count
        self._again(number, ClientMessage(service, (number, *body)))
        return self._count

    def receive(self) -> tuple[int, tuple[bytes, ...]]:
        """Return the next reply, its number first; ask again for what is overdue meanwhile.

        Raises
        ------
        LookupError
            If no request is under way.
        """
        while self._under_way:
            first = min(sent for _, sent in self._under_way.values()) + self._timeout
            if self._socket.poll(1 + int(1000 * max(0.0, first - time.monotonic()))):
                reply = self._taken(self._socket.recv_multipart())
                if reply is not None:
                    return int(reply[0]), reply[1:]
            now = time.monotonic()
            for number, (request, sent) in list(self._under_way.items()):
                if now >= sent + self._timeout:
                    self._again(number, request)
        raise LookupError("no request is under way")

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _again(self, number: bytes, request: ClientMessage) -> None:
        self._under_way[number] = (request, time.monotonic())
        with contextlib.suppress(zmq.Again):  # as if lost: it is sent again when it is overdue
            self._socket.send_multipart(request.frames(), zmq.DONTWAIT)  # frame 0 is ours to send

    def _taken(self, frames: list[bytes]) -> tuple[bytes, ...] | None:
        """Return a reply's body; None for a second reply, or what is none."""
        try:
            reply = parse(frames)
        except ProtocolError:
            return None
        if not isinstance(reply, ClientMessage) or reply.body[0] not in self._under_way:
            return None
        del self._under_way[reply.body[0]]
        return reply.body
