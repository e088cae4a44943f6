"""Other event loops and other Pythons: the same program on each that can be had here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.12", "3.13", "3.14")

PROGRAM = """
import asyncio, sys
import purezmq as zmq, purezmq.asyncio


async def talk(context, endpoint):
    req, rep, push, pull = (context.socket(getattr(zmq, k)) for k in "REQ REP PUSH PULL".split())
    rep.bind(endpoint)
    req.connect(rep.last_endpoint.decode())
    pull.bind(endpoint.replace("x", "y"))
    push.connect(pull.last_endpoint.decode())
    for number in range(20):
        await req.send(b"%d" % number)
        await rep.send(await rep.recv() * 2)
        assert await req.recv() == b"%d" % number * 2

    async def send():
        for number in range(2_000):
            await push.send(b"%d" % number)

    async def receive():
        return [int(await pull.recv()) for _ in range(2_000)]

    assert (await asyncio.gather(send(), receive()))[1] == list(range(2_000))
    await push.send(bytes(3_000_000))
    assert await pull.recv() == bytes(3_000_000)


async def main(factory):
    asyncio.get_running_loop().set_task_factory(factory)
    for endpoint in ("tcp://127.0.0.1:*", "ipc://*", "inproc://x"):
        context = zmq.asyncio.Context()
        await talk(context, endpoint)
        server, client = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        server.bind("tcp://127.0.0.1:*")
        client.connect(server.last_endpoint.decode())
        await client.send(b"last")
        client.close()  # what waits leaves behind it
        assert await server.recv() == b"last"
        await context.destroy(linger=0)


if "uvloop" in sys.argv:
    import uvloop

    uvloop.install()
factories = [None, getattr(asyncio, "eager_task_factory", None)]
for factory in factories:
    asyncio.run(asyncio.wait_for(main(factory), 60))
print(sys.version_info[:2], "eager" if factories[1] else "")
"""


def run(python, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [python, "-c", PROGRAM, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)


def find(version):
    """An interpreter that starts, in the path or beside this one, as pyenv keeps them."""
    beside = Path(sys.base_prefix).parent.glob(f"{version}*/bin/python{version}")
    for python in filter(None, [shutil.which(f"python{version}"), *map(str, beside)]):
        if not subprocess.run([python, "-c", ""], capture_output=True).returncode:
            return python
    return None


@pytest.mark.parametrize("version", PYTHONS)
def test_the_same_program_on_each_python(version):
    """With tasks that begin at once (`asyncio.eager_task_factory`), which came with 3.12, too."""
    python = find(version)
    if python is None:
        pytest.skip(f"no Python {version} is here")
    ran = run(python)
    assert not ran.returncode, ran.stderr[-2000:]
    assert "eager" in ran.stdout


def test_the_same_program_on_uvloop():
    pytest.importorskip("uvloop")
    ran = run(sys.executable, "uvloop")
    assert not ran.returncode, ran.stderr[-2000:]
