"""How bytes get from one process to another, and messages within one.

`endpoint` reads addresses; `stream` (tcp and ipc over the system's sockets) and `memory` (the same
addresses within this process, for places without a network) give byte streams; `inproc` joins two
sockets of one context without any bytes. `stream` is the only module of `purezmq` that imports
`socket`, and nothing imports it before the first tcp or ipc endpoint is used.

`stream` and `memory` have the same two functions. `listen` binds at once and gives a server, with
`endpoint`, `fd`, `start(loop, factory)` to take peers in (one protocol from the factory for each),
and `close`. `connect` connects once, for the factory's protocol, or raises OSError.
"""

from importlib import import_module
from types import ModuleType

# Where tcp and ipc go: to the network, or to peers in this process alone.
in_memory = False


def network() -> ModuleType:
    """Give the module that carries tcp and ipc now."""
    return import_module(f"purezmq.transport.{'memory' if in_memory else 'stream'}")
