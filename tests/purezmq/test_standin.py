"""The stand-in, and what `purezmq` imports; each in a fresh interpreter."""

import subprocess
import sys
import textwrap

import pytest

HEAVY = ("socket", "ssl", "threading", "subprocess", "multiprocessing")


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


WATCH = f"""
import builtins, sys
real, seen = builtins.__import__, []
def watch(name, globals=None, *rest, **more):
    importer = (globals or {{}}).get("__name__", "")
    if importer.partition(".")[0] == "purezmq" and name.partition(".")[0] in {HEAVY}:
        seen.append((importer, name))
    return real(name, globals, *rest, **more)
builtins.__import__ = watch
"""

TALK = """
import asyncio
async def talk(zmq, transport):
    with zmq.asyncio.Context() as context:
        one, other = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
        one.bind(transport)
        other.connect(one.last_endpoint.decode())
        await other.send(b"hello")
        assert await asyncio.wait_for(one.recv(), 10) == b"hello"
        await one.send_multipart([b"and", b"you"])
        assert await asyncio.wait_for(other.recv_multipart(), 10) == [b"and", b"you"]
"""


def test_nothing_of_the_network_is_imported_before_it_is_used():
    out = run(f"""
{WATCH}
{TALK}
import purezmq as zmq, purezmq.asyncio, purezmq.standin
asyncio.run(talk(zmq, "inproc://here"))
print(seen)
asyncio.run(talk(zmq, "tcp://127.0.0.1:*"))
print(seen)
""")
    assert out.splitlines() == ["[]", "[('purezmq.transport.stream', 'socket')]"]


def test_the_package_itself_imports_no_asyncio():
    assert run("import sys, purezmq; print('asyncio' in sys.modules, purezmq.PUSH)") == "False 8\n"


@pytest.mark.parametrize("endpoint", ["tcp://*:*", "tcp://localhost:5555", "ipc://*", "ipc://@x"])
def test_without_a_network_tcp_and_ipc_work_in_memory(endpoint):
    out = run(f"""
{WATCH}
{TALK}
import purezmq.standin
purezmq.standin.install(network=False)
import zmq, zmq.asyncio
asyncio.run(talk(zmq, {endpoint!r}))
print(seen, "purezmq.transport.stream" in sys.modules)
""")
    assert out == "[] False\n"


def test_pyzmqs_names_mean_purezmq():
    out = run("""
import purezmq.standin
purezmq.standin.install()
purezmq.standin.install()
import zmq, zmq.asyncio, zmq.error, zmq.constants
from zmq.asyncio import Context, Poller, Socket
from zmq.utils.monitor import parse_monitor_message, recv_monitor_message
print(zmq.__name__, zmq.asyncio.__name__, zmq.error.Again is zmq.Again, zmq.utils.monitor.__name__)
""")
    assert out == "purezmq purezmq.asyncio True purezmq.asyncio.monitor\n"


def test_it_refuses_beside_the_real_one():
    out = run("""
import zmq, purezmq.standin
try:
    purezmq.standin.install()
except RuntimeError as error:
    print(error)
print(zmq.__name__)
""")
    assert out.splitlines() == [
        "the real zmq is loaded already: install() must come before it",
        "zmq",
    ]


def test_blocking_sockets_need_libzmq():
    out = run("""
import purezmq as zmq
for make in (zmq.Context, zmq.Context.instance, zmq.Poller):
    try:
        make()
    except NotImplementedError as error:
        print(error)
""")
    assert out.splitlines() == [
        "blocking sockets need libzmq: use purezmq.asyncio.Context, or pyzmq",
        "blocking sockets need libzmq: use purezmq.asyncio.Context, or pyzmq",
        "blocking sockets need libzmq: use purezmq.asyncio.Poller, or pyzmq",
    ]
