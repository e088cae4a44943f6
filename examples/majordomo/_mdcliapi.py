"""A client of RFC 7 (MDP/Client 0.1) that waits for each reply, and asks again when none comes.

Guide: mdcliapi. To take away: Client, with _protocol.py.
"""

import zmq

from examples.majordomo._protocol import EMPTY, ClientMessage, ProtocolError, parse


class Client:
    """Asks one request at a time; each attempt has a REQ socket of its own.

    Parameters
    ----------
    context : zmq.Context
        Where its sockets come from.
    endpoints : list of str
        The broker's.
    timeout : float
        Seconds that a reply may take.
    tries : int
        How often it asks at most.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoints: list[str],
        timeout: float,
        tries: int,
    ) -> None:
        self._context = context
        self._endpoints = endpoints
        self._timeout = int(timeout * 1000)
        self._tries = tries

    def ask(self, service: bytes, *body: bytes) -> tuple[bytes, ...] | None:
        """Return the reply's body; None if none of the attempts got one."""
        for _ in range(self._tries):
            reply = self._once(ClientMessage(service, body))
            if reply is not None:
                return reply.body
        return None

    def _once(self, request: ClientMessage) -> ClientMessage | None:
        with self._context.socket(zmq.REQ) as socket:  # closed, so a late reply can't come
            socket.linger = 0
            socket.rcvtimeo = socket.sndtimeo = self._timeout
            for endpoint in self._endpoints:
                socket.connect(endpoint)
            try:
                socket.send_multipart(request.frames()[1:])  # REQ puts frame 0 before them
                reply = parse([EMPTY, *socket.recv_multipart()])
            except (zmq.Again, ProtocolError):
                return None
        if isinstance(reply, ClientMessage) and reply.service == request.service:
            return reply
        return None
