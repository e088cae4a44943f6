"""Asking who may come in: a client of the ZeroMQ Authentication Protocol (RFC 27).

The handler is whatever is bound to `inproc://zeromq.zap.01` in the socket's context, a REP or a
ROUTER.
"""

import itertools
from asyncio import Future
from typing import Any, Protocol

from purezmq.wire.events import AuthenticationRequest

NAME = "zeromq.zap.01"
VERSION = b"1.0"

NO_HANDLER = b""
"""In place of a status: nobody is bound there."""

INTERNAL_ERROR = b"500"
"""The status of a reply that is none."""

_REPLY_FRAMES = 6
_numbers = itertools.count(1)


class Asker(Protocol):
    """A REQ that is connected to the handler."""

    def send_multipart(self, msg_parts: list[bytes]) -> Future[Any]:
        """Send the request."""

    def recv_multipart(self) -> Future[list[bytes]]:
        """Receive the reply."""


async def ask(
    asker: Asker, request: AuthenticationRequest, address: str, domain: bytes, routing_id: bytes
) -> bytes:
    """Ask the handler.

    Parameters
    ----------
    asker : Asker
        A REQ connected to it.
    request : AuthenticationRequest
        What the peer said.
    address, domain, routing_id : str, bytes, bytes
        The peer's address; ZAP_DOMAIN and ROUTING_ID of the socket that it wants to reach.

    Returns
    -------
    bytes
        The status, three digits: 200 lets the peer in.
    """
    number = b"%d" % next(_numbers)
    frames = [VERSION, number, domain, address.encode(), routing_id, request.mechanism.encode()]
    if request.mechanism == "PLAIN":
        frames += [request.username, request.password]
    await asker.send_multipart(frames)
    reply = await asker.recv_multipart()
    if len(reply) != _REPLY_FRAMES or reply[:2] != [VERSION, number]:
        return INTERNAL_ERROR
    status = bytes(reply[2])
    return status if len(status) == 3 and status.isdigit() else INTERNAL_ERROR
