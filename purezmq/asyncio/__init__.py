"""Sockets for asyncio: zmq.asyncio's names, in Python.

In reading order: `socket` (what a program calls), `calls` (those that wait), `core` (what a socket
holds), `link` (the contract between a socket and its connections), `session` (one connection: a
table), `writer` and `large` (how bytes go out, and how big bodies come in), `connector` and
`listener` (what makes sessions), `inproc` (no bytes at all), `registry` and `context` (how it all
ends). `options` is a table; `statistics` are numbers to look at.
"""

from purezmq.asyncio.context import Context
from purezmq.asyncio.monitor import parse_monitor_message, recv_monitor_message
from purezmq.asyncio.socket import Socket
from purezmq.compat.poller import Poller
from purezmq.compat.proxy import proxy

__all__ = ["Context", "Poller", "Socket", "parse_monitor_message", "proxy", "recv_monitor_message"]
