import os
import signal

import pytest
import zmq

ANY = "tcp://127.0.0.1:*"
SERVER, CLIENT = "request_reply/server.py", "request_reply/client.py"


def test_the_conversation(start, run) -> None:
    server = start(SERVER, "--bind", ANY, "--requests", "5")
    client = run(CLIENT, "--connect", *server.endpoints)
    assert (client.returncode, client.stderr) == (0, "")
    first, *told = client.stdout.splitlines()
    assert first == f"ready client {server.endpoints[0]}"
    assert told == [
        line
        for number in range(1, 6)
        for line in (f"sending Hello {number}", f"got World {number}")
    ]
    assert server.end() == (
        0,
        [
            line
            for number in range(1, 6)
            for line in (f"got Hello {number}", f"sending World {number}")
        ],
        "",
    )


def test_several_endpoints(start, run) -> None:
    server = start(SERVER, "--bind", ANY, "--bind", ANY)
    assert len(set(server.endpoints)) == 2
    both = [word for endpoint in server.endpoints for word in ("--connect", endpoint)]
    client = run(CLIENT, *both, "--requests", "4")  # to each of them in turn
    assert client.returncode == 0
    assert client.stdout.count("got World") == 4


def test_a_server_takes_what_is_no_text(start, peer) -> None:
    client = peer(zmq.REQ, connect=start(SERVER, "--bind", ANY).endpoints[0])
    client.send(b"\xff\xfe")
    assert client.recv() == b"World 1"


@pytest.mark.parametrize("other", ["nobody", "a ROUTER that is silent", "a PULL"])
def test_no_server(run, peer, nobody: str, other: str) -> None:
    endpoint = nobody
    if other != "nobody":
        silent = peer(zmq.PULL if other == "a PULL" else zmq.ROUTER)
        endpoint = silent.get_string(zmq.LAST_ENDPOINT)
    done = run(CLIENT, "--connect", endpoint, "--timeout", "0.2")
    assert done.returncode == 1
    assert done.stderr == (
        f"client.py: no reply within 0.2 s: is the server running at {endpoint}?\n"
    )
    assert done.stdout.splitlines()[1:] == ["sending Hello 1"]


def test_a_server_that_goes_away(start, run) -> None:
    server = start(SERVER, "--bind", ANY, "--requests", "2")
    done = run(CLIENT, "--connect", *server.endpoints, "--timeout", "0.2")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-2:] == ["got World 2", "sending Hello 3"]
    assert "no reply within 0.2 s" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("attempt", range(3))
def test_an_interrupt_in_the_midst_of_other_events(start, peer, attempt: int) -> None:
    """As peers leave, libzmq is awake when the signal comes, and may swallow it."""
    server = start(SERVER, "--bind", ANY)
    clients = [peer(zmq.REQ, connect=server.endpoints[0]) for _ in range(100)]
    for client in clients:
        client.send(b"")
    for client in clients:
        client.recv()
    for number, client in enumerate(clients):
        client.close()
        if number == 60:
            server.process.send_signal(signal.SIGINT)
    status, lines, errors = server.end()
    assert (status, errors, lines[-1]) == (0, "", "server stopped")


def test_a_port_in_use(start, run) -> None:
    server = start(SERVER, "--bind", ANY)
    done = run(SERVER, "--bind", *server.endpoints)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"server.py: --bind '{server.endpoints[0]}': already in use: end the program that has it, "
        "or take another port (* takes any free one)\n"
    )
