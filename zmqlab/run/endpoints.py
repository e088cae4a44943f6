"""Addresses that nobody listens on, for lessons that connect before anybody binds."""

from __future__ import annotations

import asyncio
import atexit
import errno
import random
import shutil
import sys
import tempfile

import zmq

from zmqlab.plain import plain

# Below the ports that systems hand out by themselves (Linux from 32768, macOS from 49152): no
# other program gets the port by chance, and no connection attempt can end up as its own peer.
LOWEST, HIGHEST = 20_000, 32_000
TRIES = 100


async def port_is_free(endpoint: str, limit: float = 5.0) -> None:
    """Wait until an endpoint can be bound: libzmq hands a port back in the background.

    Parameters
    ----------
    endpoint : str
        As ``tcp://127.0.0.1:5555``.
    limit : float
        Seconds to wait at most.

    Raises
    ------
    TimeoutError
        If somebody still holds the endpoint when the limit is over.
    """
    async with asyncio.timeout(limit):
        # No event tells when a closed socket's port is free: ask, often and not for long.
        while not _can_bind(endpoint):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@plain("free_endpoint({all})", "free_endpoint")
async def free_endpoint(host: str = "127.0.0.1") -> str:
    """Return a tcp endpoint that nobody listens on.

    Parameters
    ----------
    host : str
        One of this machine's addresses; without it, the loopback address.

    Raises
    ------
    OSError
        If the machine has no such address, or no port could be had in many tries.
    """
    for port in random.sample(range(LOWEST, HIGHEST), TRIES):
        endpoint = f"tcp://{host}:{port}"
        if _can_bind(endpoint):
            return endpoint
    raise OSError(f"found no free tcp port between {LOWEST} and {HIGHEST}")


@plain("free_endpoints({all})", "free_endpoints")
async def free_endpoints(count: int) -> list[str]:
    """Return tcp endpoints that nobody listens on, each on a loopback address of its own.

    Linux has all of 127.0.0.0/8. A system that has 127.0.0.1 alone (macOS, unless told otherwise)
    gives another port there instead.

    Parameters
    ----------
    count : int
        How many, at most 254.
    """
    endpoints: list[str] = []
    for last in range(1, count + 1):
        try:
            endpoint = await free_endpoint(f"127.0.0.{last}")
        except OSError:  # no such address here
            endpoint = await free_endpoint()
            while endpoint in endpoints:
                endpoint = await free_endpoint()
        endpoints.append(endpoint)
    return endpoints


@plain("local_endpoint({all})", "local_endpoint")
def local_endpoint(name: str) -> str:
    """Return an endpoint for this machine alone: ipc where libzmq has it, elsewhere inproc.

    An ipc endpoint is a file. This one has a folder of its own, which goes when Python ends.

    Parameters
    ----------
    name : str
        The file's name.
    """
    if not zmq.has("ipc"):
        return f"inproc://{name}"
    folder = tempfile.mkdtemp(prefix="zmq-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"ipc://{folder}/{name}"


def _can_bind(endpoint: str) -> bool:
    """Bind an endpoint and give it back; return whether that worked.

    Not by a ØMQ socket: it would listen, and a peer that reconnects in that moment would meet the
    wrong type and give up for good.
    """
    if sys.platform == "emscripten":
        return True  # a browser's Python has no network; its ports are names within the page
    import socket

    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    host = host.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if sys.platform != "win32":  # there it would take the port away from its owner
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True
