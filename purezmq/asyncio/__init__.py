"""Sockets for asyncio: zmq.asyncio's names, in Python.

Read `traffic` first (sending and receiving), then `socket` (options, endpoints, the end), `session`
(what lies between a socket and a connection) and `context`; `options` is a table, and `waiting`,
`poller`, `monitor`, `zap`, `forms` and `message` are small.
"""

from purezmq.asyncio.context import Context
from purezmq.asyncio.monitor import parse_monitor_message, recv_monitor_message
from purezmq.asyncio.poller import Poller
from purezmq.asyncio.proxy import proxy
from purezmq.asyncio.socket import Socket

__all__ = ["Context", "Poller", "Socket", "parse_monitor_message", "proxy", "recv_monitor_message"]
