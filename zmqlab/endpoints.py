"""Addresses that nobody listens on, for lessons that connect before anybody binds."""

from __future__ import annotations

import asyncio
import atexit
import random
import shutil
import tempfile

import zmq
import zmq.asyncio

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
        while not await _can_bind(endpoint):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def free_endpoint(host: str = "127.0.0.1") -> str:
    """Return a tcp endpoint that nobody listens on.

    Parameters
    ----------
    host : str
        One of this machine's addresses; without it, the loopback address.

    Raises
    ------
    zmq.ZMQError
        EADDRNOTAVAIL or ENODEV if the machine has no such address.
    OSError
        If no port could be had in many tries.
    """
    for port in random.sample(range(LOWEST, HIGHEST), TRIES):
        endpoint = f"tcp://{host}:{port}"
        if await _can_bind(endpoint):
            return endpoint
    raise OSError(f"found no free tcp port between {LOWEST} and {HIGHEST}")


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
        except zmq.ZMQError:  # no such address here
            endpoint = await free_endpoint()
            while endpoint in endpoints:
                endpoint = await free_endpoint()
        endpoints.append(endpoint)
    return endpoints


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


async def _can_bind(endpoint: str) -> bool:
    """Bind an endpoint and give it back; return whether that worked."""
    events = zmq.EVENT_LISTENING | zmq.EVENT_CLOSED
    probe = zmq.asyncio.Context.instance().socket(zmq.PAIR)
    with probe, probe.get_monitor_socket(events) as monitor:
        try:
            probe.bind(endpoint)
        except zmq.ZMQError as error:
            if error.errno != zmq.EADDRINUSE:
                raise
            return False
        probe.unbind(endpoint)
        async with asyncio.timeout(5):
            for _ in ("listening", "closed"):
                await monitor.recv_multipart()
        probe.disable_monitor()
        return True
