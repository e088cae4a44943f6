"""How bytes get from one process to another, and messages within one.

`endpoint` reads addresses; `stream` (tcp and ipc over the system's sockets) and `memory` (the same
addresses within this process, for places without a network) give byte streams; `inproc` joins two
sockets of one context without any bytes. `stream` is the only module of `purezmq` that imports
`socket`, and nothing imports it before the first tcp or ipc endpoint is used.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from purezmq.transport.endpoint import Endpoint

# Where tcp and ipc go: to the network, or to peers in this process alone.
in_memory = False


class Server(Protocol):
    """A bound endpoint: peers may connect already, and are taken in after `start`."""

    endpoint: str
    fd: int

    def start(self, loop: Any, factory: Callable[[], Any]) -> None:
        """Take in peers: one protocol from the factory for each."""

    def close(self) -> None:
        """Take in no more; those that are in stay."""


class Network(Protocol):
    """What `stream` and `memory` both are."""

    def listen(self, endpoint: Endpoint, options: Mapping[Any, Any]) -> Server:
        """Bind now; raise ZMQError if that can't be."""

    async def connect(
        self, loop: Any, endpoint: Endpoint, options: Mapping[Any, Any], factory: Callable[[], Any]
    ) -> Any:
        """Connect once, for the factory's protocol; raise OSError if that can't be."""


def network() -> Network:
    """Give the module that carries tcp and ipc now."""
    if in_memory:
        from purezmq.transport import memory

        return memory
    from purezmq.transport import stream

    return stream
