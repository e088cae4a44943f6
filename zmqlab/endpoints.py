"""An address that nobody listens on, for lessons that connect before anybody binds."""

from __future__ import annotations

import asyncio
import random

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


async def free_endpoint() -> str:
    """Return a tcp endpoint on the loopback address that nobody listens on.

    Raises
    ------
    OSError
        If no port could be had in many tries.
    """
    for port in random.sample(range(LOWEST, HIGHEST), TRIES):
        endpoint = f"tcp://127.0.0.1:{port}"
        if await _can_bind(endpoint):
            return endpoint
    raise OSError(f"found no free tcp port between {LOWEST} and {HIGHEST}")


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
