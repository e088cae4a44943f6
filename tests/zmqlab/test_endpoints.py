import asyncio
import errno
import subprocess
import sys
from pathlib import Path

import pytest
import zmq
import zmq.asyncio

from zmqlab import free_endpoint, free_endpoints, local_endpoint
from zmqlab.run import endpoints


def test_a_free_endpoint_can_be_bound() -> None:
    with zmq.Context() as context, context.socket(zmq.PAIR) as socket:
        socket.bind(asyncio.run(free_endpoint()))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(OSError):
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
            raise OSError(errno.EADDRNOTAVAIL, "no such address")
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


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with zmq.Context() as context, context.socket(zmq.PAIR) as socket:
        socket.bind("tcp://127.0.0.1:*")
        endpoint = socket.last_endpoint.decode()
        with pytest.raises(TimeoutError):
            asyncio.run(endpoints.port_is_free(endpoint, 0.2))
        socket.unbind(endpoint)
        asyncio.run(endpoints.port_is_free(endpoint))


def test_who_asks_whether_a_port_is_free_does_not_answer_there() -> None:
    """A socket that reconnects meanwhile must not meet one of another type: it would give up."""

    async def scenario() -> None:
        with zmq.asyncio.Context() as context, context.socket(zmq.SUB) as early:
            endpoint = await free_endpoint()
            early.subscribe("")
            early.reconnect_ivl = 1
            early.connect(endpoint)
            for _ in range(300):
                await endpoints.port_is_free(endpoint)
                await asyncio.sleep(0.001)
            with context.socket(zmq.XPUB) as publisher:
                publisher.bind(endpoint)
                assert await publisher.poll(5000)

    asyncio.run(scenario())


def test_in_a_browser_no_port_is_asked_for(monkeypatch) -> None:
    """Its Python has a module `socket` without networks."""
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "socket", None)
    assert asyncio.run(free_endpoint()).startswith("tcp://127.0.0.1:")
