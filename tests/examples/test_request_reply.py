import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zmq

import examples

FOLDER = Path(examples.__file__).parent / "request_reply"
SERVER, CLIENT = FOLDER / "server.py", FOLDER / "client.py"
VERSION = FOLDER.parent / "version" / "version.py"
ANY = "tcp://127.0.0.1:*"
LIMIT = 10.0
ENGLISH = {**os.environ, "ZMQLAB_LANGUAGE": "en"}


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, program, *arguments],
        capture_output=True, text=True, timeout=LIMIT, check=False, env=ENGLISH,
    )  # fmt: skip


@contextmanager
def running(program: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start a program; give it and the endpoints of its ready line."""
    with subprocess.Popen(
        [sys.executable, program, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENGLISH,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            ready, _role, *endpoints = process.stdout.readline().split()
            assert ready == "ready"
            yield process, endpoints
        finally:
            process.kill()


def wait_until_blocked(pid: int) -> None:
    """Wait until a process sleeps in a system call."""
    end = time.monotonic() + LIMIT
    state = ""
    while not state.startswith("S"):
        assert time.monotonic() < end
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=True
        ).stdout


def test_the_conversation() -> None:
    with running(SERVER, "--bind", ANY, "--requests", "5") as (server, endpoints):
        client = run(CLIENT, "--connect", endpoints[0])
        out, err = server.communicate(timeout=LIMIT)
    assert (client.returncode, client.stderr) == (0, "")
    first, *told = client.stdout.splitlines()
    assert first == f"ready client {endpoints[0]}"
    assert told == [
        line
        for number in range(1, 6)
        for line in (f"sending Hello {number}", f"got World {number}")
    ]
    assert (server.returncode, err) == (0, "")
    assert out.splitlines() == [
        line
        for number in range(1, 6)
        for line in (f"got Hello {number}", f"sending World {number}")
    ]


def test_the_defaults_fit_together() -> None:
    """As typed in two terminals; steps aside where something else has port 5555."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 5555))
        except OSError:
            pytest.skip("port 5555 is taken")
    with running(SERVER) as (server, endpoints):
        assert endpoints == ["tcp://127.0.0.1:5555"]
        client = run(CLIENT, "--requests", "1")
        assert client.stdout.splitlines()[1:] == ["sending Hello 1", "got World 1"]
        assert server.poll() is None


def test_several_endpoints() -> None:
    with running(SERVER, "--bind", ANY, "--bind", ANY) as (_server, endpoints):
        assert len(set(endpoints)) == 2
        for endpoint in endpoints:
            assert run(CLIENT, "--connect", endpoint, "--requests", "1").returncode == 0
        both = [word for endpoint in endpoints for word in ("--connect", endpoint)]
        client = run(CLIENT, *both, "--requests", "4")
        assert client.returncode == 0
        assert client.stdout.count("got World") == 4


def test_a_server_takes_what_is_no_text() -> None:
    with (
        running(SERVER, "--bind", ANY) as (_server, endpoints),
        zmq.Context() as context,
        context.socket(zmq.REQ) as client,
    ):
        client.linger = 0
        client.rcvtimeo = int(LIMIT * 1000)
        client.connect(endpoints[0])
        client.send(b"\xff\xfe")
        assert client.recv() == b"World 1"


@pytest.mark.parametrize("other", ["nobody", "a ROUTER that is silent", "a PULL"])
def test_no_server(other: str) -> None:
    with zmq.Context() as context, socket.socket() as closed:
        if other == "nobody":
            closed.bind(("127.0.0.1", 0))  # nobody else gets the port, and nobody listens
            endpoint = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        else:
            peer = context.socket(zmq.PULL if other == "a PULL" else zmq.ROUTER)
            peer.linger = 0
            peer.bind(ANY)
            endpoint = peer.get_string(zmq.LAST_ENDPOINT)
        done = run(CLIENT, "--connect", endpoint, "--timeout", "0.2")
    assert done.returncode == 1
    assert done.stderr == (
        f"client.py: no reply within 0.2 s: is the server running at {endpoint}?\n"
    )
    assert done.stdout.splitlines()[1:] == ["sending Hello 1"]


def test_a_server_that_goes_away() -> None:
    with running(SERVER, "--bind", ANY, "--requests", "2") as (_server, endpoints):
        done = run(CLIENT, "--connect", endpoints[0], "--timeout", "0.2")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-2:] == ["got World 2", "sending Hello 3"]
    assert "no reply within 0.2 s" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("role", ["server", "client"])
def test_an_interrupt_while_it_waits(role: str, number: signal.Signals) -> None:
    with zmq.Context() as context, context.socket(zmq.ROUTER) as silent:
        silent.bind(ANY)
        arguments = {
            "server": (SERVER, "--bind", ANY),
            "client": (CLIENT, "--connect", silent.get_string(zmq.LAST_ENDPOINT)),
        }
        with running(*arguments[role]) as (process, _endpoints):
            if role == "client":
                assert silent.poll(int(LIMIT * 1000))
            wait_until_blocked(process.pid)
            process.send_signal(number)
            out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-1] == f"{role} stopped"


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("attempt", range(5))
def test_an_interrupt_in_the_midst_of_other_events(attempt: int) -> None:
    """As peers leave, libzmq is awake when the signal comes, and may swallow it."""
    with running(SERVER, "--bind", ANY) as (server, endpoints), zmq.Context() as context:
        clients = [context.socket(zmq.REQ) for _ in range(100)]
        for client in clients:
            client.linger = 0
            client.rcvtimeo = int(LIMIT * 1000)
            client.connect(endpoints[0])
            client.send(b"")
        for client in clients:
            client.recv()
        for number, client in enumerate(clients):
            client.close()
            if number == 60:
                server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=LIMIT)
    assert (server.returncode, err) == (0, "")
    assert out.splitlines()[-1] == "server stopped"


WRONG = [
    ("tcp://nonsense", "tcp needs a host and a port"),
    ("tcp://127.0.0.1:99999", "a port is a number from 1 to 65535"),
    ("foo://x", "there is no transport 'foo' here; use tcp"),
    ("tcp:/127.0.0.1:5555", "an endpoint is written transport://address"),
    ("", "an endpoint is written transport://address"),
]


@pytest.mark.parametrize(("endpoint", "words"), WRONG)
@pytest.mark.parametrize("program", [SERVER, CLIENT], ids=["server", "client"])
def test_a_wrong_endpoint(program: Path, endpoint: str, words: str) -> None:
    option = "--bind" if program == SERVER else "--connect"
    done = run(program, option, endpoint)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{program.name}: {option} '{endpoint}': {words}")
    assert done.stderr.count("\n") == 1
    assert "tcp://127.0.0.1:5555" in done.stderr or "from 1 to 65535" in done.stderr


def test_a_port_in_use() -> None:
    with running(SERVER, "--bind", ANY) as (_server, endpoints):
        done = run(SERVER, "--bind", endpoints[0])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"server.py: --bind '{endpoints[0]}': already in use: end the program that has it, or take "
        "another port (* takes any free one)\n"
    )


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (SERVER, ["Guide: hwserver", "--bind ENDPOINT", "tcp://127.0.0.1:5555", "--requests N"]),
        (CLIENT, ["Guide: hwclient", "--connect ENDPOINT", "tcp://127.0.0.1:5555", "--timeout"]),
        (VERSION, ["Guide: version"]),
    ],
    ids=["server", "client", "version"],
)
def test_help(program: Path, words: list[str]) -> None:
    done = run(program, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    for word in words:
        assert word in text


def test_version() -> None:
    done = run(VERSION)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert f"pyzmq {zmq.__version__}" in lines
    assert f"libzmq {zmq.zmq_version()}" in lines
    assert f"curve: {'yes' if zmq.has('curve') else 'no'}" in lines
