"""ZMTP as bytes: what two ØMQ peers write to each other (RFC 37, and RFC 23 for 3.0 peers).

Nothing here waits, reads a clock or opens a socket. Bytes and the time are handed in, messages and
events come out; whoever owns the connection moves the bytes. So the same code serves tcp, ipc, a
test without a network and a page that shows the wire octet by octet.

In reading order: `frame` (how a message lies on the wire), `greeting` (the first 64 octets),
`command` (what peers say to each other beside messages), `mechanism` (NULL and PLAIN), `state`
(who may say what when: a table), `events` (what comes out) and `engine` (all of it together).
"""

from purezmq.wire.engine import Engine
from purezmq.wire.frame import encode, encode_command

__all__ = ["Engine", "encode", "encode_command"]
