"""The functions that programs without instruments hold in place of these; read, never called here.

Each goes into a program as it stands, with the imports that it names. So each needs the standard
library and pyzmq alone, and reads as a part of somebody's program.
"""

import asyncio
import atexit
import contextlib
import shutil
import socket
import tempfile

import zmq
import zmq.asyncio
from zmq.utils.monitor import recv_monitor_message


def free_endpoint(host: str = "127.0.0.1") -> str:
    """Return a tcp endpoint where nobody listens; the system chooses its port."""
    with socket.create_server((host, 0)) as probe:
        return f"tcp://{host}:{probe.getsockname()[1]}"


def free_endpoints(count: int) -> list[str]:
    """Return tcp endpoints where nobody listens; the system chooses their ports."""
    with contextlib.ExitStack() as stack:
        probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
        for probe in probes:
            stack.enter_context(probe)
        return [f"tcp://127.0.0.1:{probe.getsockname()[1]}" for probe in probes]


def local_endpoint(name: str) -> str:
    """Return an endpoint for this machine alone: an ipc file that goes with the program."""
    if not zmq.has("ipc"):
        return f"inproc://{name}"
    folder = tempfile.mkdtemp(prefix="zmq-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"ipc://{folder}/{name}"


async def wait_for_event(event: int, *monitors: zmq.asyncio.Socket) -> None:
    """Wait until each monitor has told of an event, 5 seconds at most."""
    async with asyncio.timeout(5):
        for monitor in monitors:
            while (await recv_monitor_message(monitor))["event"] != event:
                pass  # it tells of other things first
