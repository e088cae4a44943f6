"""How bytes get from one process to another.

`endpoint` reads addresses. Three modules carry byte streams to tcp and ipc addresses, with the same
two functions: `stream` over the system's sockets; `memory` within this process, and `ports` also
to other processes over ports that a program gives it, both for places without a network.

`listen` binds at once and returns a server, with `endpoint`, `fd`, `start(loop, factory)` to accept
peers (one protocol from the factory for each), and `close`. `connect` connects once, for the
factory's protocol, or raises OSError.

`stream` is the only module of `purezmq` that imports `socket`, and nothing imports it before the
first tcp or ipc endpoint is used.
"""

from importlib import import_module
from types import ModuleType
from typing import Literal

Carrier = Literal["stream", "memory", "ports"]

_used: Carrier = "stream"


def use(carrier: Carrier) -> None:
    """Choose where tcp and ipc go from now on, by the name of a module."""
    global _used
    _used = carrier


def used() -> Carrier:
    """Return the name of the module that carries tcp and ipc."""
    return _used


def network() -> ModuleType:
    """Return the module that carries tcp and ipc."""
    return import_module(f"purezmq.transport.{_used}")
