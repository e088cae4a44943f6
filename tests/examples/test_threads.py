"""The server with threads behind one socket, and the relay."""

import re

import pytest
import zmq

SERVER, RELAY, CLIENT = "threads/server.py", "threads/relay.py", "request_reply/client.py"
ANY = "tcp://127.0.0.1:*"


def test_several_clients_at_once_and_each_gets_its_own_reply(start) -> None:
    server = start(SERVER, "--bind", ANY, "--workers", "3", "--rounds", "10")
    clients = [start(CLIENT, "--connect", server.endpoints[0]) for _ in range(3)]
    told = [client.end() for client in clients]
    digests = {
        tuple(re.findall(r"got ([0-9a-f]{8}) from worker [123]", "\n".join(lines)))
        for _status, lines, _errors in told
    }
    assert {(status, errors) for status, _lines, errors in told} == {(0, "")}
    assert len(digests) == 1 and len(digests.pop()) == 5  # the same five requests


def test_a_request_is_answered_while_another_one_is_worked_on(start, peer) -> None:
    server = start(SERVER, "--bind", ANY, "--workers", "2", "--rounds", "1")
    requests = peer(zmq.DEALER, connect=server.endpoints[0])
    for _ in range(4):
        requests.send_multipart([b"", b"the same"])
    replies = [requests.recv_multipart()[1].decode() for _ in range(4)]
    assert len({reply.split()[0] for reply in replies}) == 1
    assert {reply.split()[-1] for reply in replies} == {"1", "2"}


def test_an_interrupt_ends_the_threads_too(start) -> None:
    server = start(SERVER, "--bind", ANY, "--workers", "4")
    server.wait_until_blocked()
    assert server.interrupt() == (0, ["server stopped"], "")


@pytest.mark.parametrize("runners", [1, 3, 40])
def test_the_runners_run_in_turn(run, runners: int) -> None:
    done = run(RELAY, "--runners", str(runners))
    said = [f"runner {number} runs" for number in range(1, runners + 1)]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [*said, "all have run"]
