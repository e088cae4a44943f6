"""Asking who may come in: a client of the ZeroMQ Authentication Protocol (RFC 27).

Whoever is bound to `inproc://zeromq.zap.01` in the socket's context, a REP or a ROUTER, is asked.
"""

import itertools
from typing import TYPE_CHECKING, Any

from purezmq.constants import SocketOption, SocketType
from purezmq.wire.events import AuthenticationRequest

if TYPE_CHECKING:
    from purezmq.asyncio.socket import Socket

HANDLER = "zeromq.zap.01"

# Instead of a status: nobody is there to be asked.
NO_HANDLER = b""

_numbers = itertools.count(1)


async def ask(socket: "Socket", request: AuthenticationRequest, transport: Any) -> bytes:
    """Ask the handler.

    Parameters
    ----------
    socket : Socket
        Whose peer wants to come in.
    request : AuthenticationRequest
        What the peer said.
    transport : asyncio.Transport
        Its connection, for its address.

    Returns
    -------
    bytes
        The status, three digits: 200 lets it in. `NO_HANDLER` if nobody was asked.
    """
    context = socket.context
    if HANDLER not in context._bound:
        return NO_HANDLER
    peer = transport.get_extra_info("peername")
    address = peer[0] if isinstance(peer, tuple) else ""
    number = b"%d" % next(_numbers)
    domain, name = socket._values[SocketOption.ZAP_DOMAIN], socket._values[SocketOption.ROUTING_ID]
    frames = [b"1.0", number, domain, address.encode(), name, request.mechanism.encode()]
    if request.mechanism == "PLAIN":
        frames += [request.username, request.password]
    with context._internal_socket(SocketType.REQ) as asker:
        asker.connect(f"inproc://{HANDLER}")
        await asker.send_multipart(frames)
        reply = await asker.recv_multipart()
    if len(reply) != 6 or reply[:2] != [b"1.0", number]:
        return b"500"  # RFC 27: an internal error, for this is no reply
    status = bytes(reply[2])
    return status if len(status) == 3 and status.isdigit() else b"500"
