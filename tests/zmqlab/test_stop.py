"""Jupyter's stop button ends a cell that awaits a message without a limit: in a real kernel."""

import queue
import time

import pytest
from jupyter_client.manager import KernelManager

SETUP = """
import zmq
from zmqlab import Stage
stage = Stage()
server = stage.context().socket(zmq.REP)
server.bind("tcp://127.0.0.1:*")
"""


@pytest.fixture
def kernel():
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def ran(client, code, limit=30, when_it_waits=None):
    """Run code; return the names of its errors, or None if it still runs after `limit` seconds."""
    message = client.execute(code)
    errors, end = [], time.monotonic() + limit
    while time.monotonic() < end:
        try:
            told = client.get_iopub_msg(timeout=0.5)
        except queue.Empty:
            continue
        if told["parent_header"].get("msg_id") != message:
            continue
        if told["msg_type"] == "error":
            errors.append(told["content"]["ename"])
        if told["msg_type"] == "stream" and when_it_waits is not None:
            when_it_waits()
        if told["content"].get("execution_state") == "idle":
            return errors
    return None


def test_a_cell_that_waits_for_ever_can_be_stopped(kernel):
    manager, client = kernel
    assert ran(client, SETUP) == []
    code = """
import asyncio
asyncio.get_running_loop().call_later(0.1, print, "waits")
await server.recv()
"""
    errors = ran(client, code, when_it_waits=manager.interrupt_kernel)
    assert errors is not None, "it still runs"
    assert errors and errors[0] in ("KeyboardInterrupt", "CancelledError")
    assert ran(client, "1 + 1") == []
