"""Asking whether a peer may connect: a client of the ZeroMQ Authentication Protocol (RFC 27).

The handler is whatever is bound to `inproc://zeromq.zap.01` in the socket's context, a REP or a
ROUTER.
"""

import itertools
from asyncio import Future
from typing import Protocol

from purezmq.compat.message import MessageTracker

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

    def send_multipart(self, msg_parts: list[bytes]) -> Future[MessageTracker | None]:
        """Send the request."""

    def recv_multipart(self) -> Future[list[bytes]]:
        """Receive the reply."""


async def ask(
    asker: Asker,
    domain: bytes,
    address: str,
    routing_id: bytes,
    mechanism: str,
    credentials: list[bytes],
) -> bytes:
    """Ask the handler.

    Parameters
    ----------
    asker : Asker
        A REQ connected to it.
    domain, routing_id : bytes
        ZAP_DOMAIN and ROUTING_ID of the socket that the peer wants to reach.
    address : str
        The peer's.
    mechanism : str
        The peer's.
    credentials : list of bytes
        What it said, as its mechanism has it: name and password with PLAIN.

    Returns
    -------
    bytes
        The status, three digits: 200 lets the peer in.
    """
    number = b"%d" % next(_numbers)
    about = [domain, address.encode(), routing_id, mechanism.encode()]
    await asker.send_multipart([VERSION, number, *about, *credentials])
    reply = await asker.recv_multipart()
    if len(reply) != _REPLY_FRAMES or reply[:2] != [VERSION, number]:
        return INTERNAL_ERROR
    status = bytes(reply[2])
    return status if len(status) == 3 and status.isdigit() else INTERNAL_ERROR
