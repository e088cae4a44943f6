import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import zmq

from zmqlab import endpoints, free_endpoint, free_endpoints, local_endpoint


def test_a_free_endpoint_can_be_bound() -> None:
    with zmq.Context() as context, context.socket(zmq.PAIR) as socket:
        socket.bind(asyncio.run(free_endpoint()))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(zmq.ZMQError):
        asyncio.run(free_endpoint("192.0.2.1"))  # RFC 5737: nobody's


def test_several_endpoints_can_all_be_bound() -> None:
    ends = asyncio.run(free_endpoints(3))
    with zmq.Context() as context:
        sockets = [context.socket(zmq.PAIR) for _ in ends]
        for socket, end in zip(sockets, ends, strict=True):
            socket.bind(end)
        context.destroy(linger=0)


def test_a_system_with_one_loopback_address_gets_ports_there(monkeypatch) -> None:
    real = endpoints.free_endpoint

    async def one_address(host: str = "127.0.0.1") -> str:
        if host != "127.0.0.1":
            raise zmq.ZMQError(zmq.EADDRNOTAVAIL)
        return await real()

    monkeypatch.setattr(endpoints, "free_endpoint", one_address)
    ends = asyncio.run(free_endpoints(3))
    assert len(set(ends)) == 3
    assert {end.rpartition(":")[0] for end in ends} == {"tcp://127.0.0.1"}


@pytest.mark.skipif(not zmq.has("ipc"), reason="no ipc here")
def test_the_folder_of_a_local_endpoint_goes_with_python() -> None:
    program = """
import zmq
from zmqlab import local_endpoint
endpoint = local_endpoint("feed")
with zmq.Context() as context, context.socket(zmq.PAIR) as socket:
    socket.bind(endpoint)
print(endpoint)
"""
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30
    ).stdout.strip()
    assert printed.startswith("ipc:///")
    assert printed.endswith("/feed")
    assert not Path(printed.removeprefix("ipc://")).parent.exists()


def test_without_ipc_it_is_inproc(monkeypatch) -> None:
    monkeypatch.setattr(zmq, "has", lambda name: False)
    assert local_endpoint("feed") == "inproc://feed"
