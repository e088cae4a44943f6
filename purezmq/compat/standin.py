"""Lets `import zmq` and `import zmq.asyncio` mean `purezmq` in this interpreter.

For places where libzmq can't go, a browser's Python first of all: the same program runs there.
"""

import sys
from types import ModuleType

# pyzmq's module names, and what stands in for each.
_NAMES = {
    "zmq": "purezmq",
    "zmq.asyncio": "purezmq.asyncio",
    "zmq.constants": "purezmq.constants",
    "zmq.error": "purezmq.errors",
    "zmq.utils.monitor": "purezmq.asyncio.monitor",
}


def install(*, network: bool = True) -> None:
    """Make `import zmq` mean `purezmq` from now on; to do it again changes nothing.

    Parameters
    ----------
    network : bool
        False where there is none: tcp and ipc endpoints then work within this process, in memory,
        and over the ports that were given to `purezmq.transport.ports.add`.

    Raises
    ------
    RuntimeError
        The real zmq is loaded already; two libraries under one name would only confuse.
    """
    from importlib import import_module

    import purezmq
    from purezmq import transport

    if sys.modules.get("zmq", purezmq) is not purezmq:
        raise RuntimeError("the real zmq is loaded already: install() must come before it")
    for name, ours in _NAMES.items():
        sys.modules[name] = import_module(ours)
    utils = ModuleType("zmq.utils", "purezmq's part of zmq.utils.")
    utils.__path__ = []
    utils.monitor = sys.modules["zmq.utils.monitor"]  # type: ignore[attr-defined]
    sys.modules["zmq.utils"] = utils
    purezmq.utils = utils
    if network:
        transport.use("stream")
    elif transport.used() == "stream":
        transport.use("memory")
