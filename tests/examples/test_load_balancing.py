"""A broker that knows who is free: one loop, one that keeps copies, and two loops of asyncio."""

import pytest
import zmq

ANY = "tcp://127.0.0.1:*"
BROKER, COPIES, ASYNCIO, WORKER, CLIENT = (
    f"load_balancing/{name}.py"
    for name in ("lbbroker", "lbbroker2", "lbbroker3", "lbworker", "lbclient")
)
BOTH_SIDES = ("--bind", ANY, "--bind", ANY)
QUIET = 150
"""Milliseconds without a message, after which none comes."""
every_broker = pytest.mark.parametrize("middle", [BROKER, COPIES, ASYNCIO])


def ready(peer, back: str) -> zmq.Socket[bytes]:
    """Return a worker's socket that has said that it is free."""
    worker = peer(zmq.REQ, connect=back)
    worker.send(b"READY")
    return worker


def reply(worker: zmq.Socket[bytes], request: list[bytes], *body: bytes) -> None:
    worker.send_multipart([*request[:2], *body])


@every_broker
def test_no_worker_has_more_than_one_request(start, peer, middle: str) -> None:
    front, back = start(middle, *BOTH_SIDES).endpoints
    office = peer(zmq.DEALER, connect=front)
    for number in range(3):
        office.send_multipart([b"", b"%d" % number])
    slow = ready(peer, back)
    assert slow.recv_multipart()[2:] == [b"0"]
    quick = ready(peer, back)
    for number in (1, 2):
        request = quick.recv_multipart()
        assert request[1:] == [b"", b"%d" % number]
        reply(quick, request, b"done")
        assert office.recv_multipart() == [b"", b"done"]
    assert not slow.poll(QUIET)


@every_broker
def test_the_longest_free_is_next(start, peer, middle: str) -> None:
    front, back = start(middle, *BOTH_SIDES).endpoints
    clients = [peer(zmq.REQ, connect=front) for _ in range(2)]
    held = []
    for client in clients:
        client.send(b"wait")
        worker = ready(peer, back)
        held.append((worker, worker.recv_multipart()))
    for client, (worker, request) in zip(clients, held, strict=True):
        reply(worker, request, b"READY")  # a reply that looks like a worker's first word
        assert client.recv() == b"READY"
    for client, (worker, _) in zip(clients, held, strict=True):
        client.send_multipart([b"a", b"", b"c"])
        assert worker.recv_multipart()[2:] == [b"a", b"", b"c"]


@every_broker
def test_a_stranger_at_the_back_changes_nothing(start, peer, middle: str) -> None:
    front, back = start(middle, *BOTH_SIDES).endpoints
    stranger = peer(zmq.DEALER, connect=back)
    for message in ([b"READY"], [b""], [b"", b"HELLO"], [b"", b""], [b"a", b"", b"b"]):
        stranger.send_multipart(message)
    client = peer(zmq.REQ, connect=front)
    client.send(b"tea?")
    worker = ready(peer, back)
    reply(worker, worker.recv_multipart(), b"3.20")
    assert client.recv() == b"3.20"
    assert not stranger.poll(0)


def test_another_worker_gets_what_is_overdue(start, peer) -> None:
    front, back = start(COPIES, *BOTH_SIDES, "--limit", "0.3").endpoints
    office = peer(zmq.DEALER, connect=front)
    office.send_multipart([b"", b"tea?"])
    late = ready(peer, back)
    request = late.recv_multipart()
    other = ready(peer, back)
    assert other.recv_multipart() == request
    reply(late, request, b"late")  # the first reply counts, whoever sends it
    assert office.recv_multipart() == [b"", b"late"]
    reply(other, request, b"again")
    assert not office.poll(QUIET)
    office.send_multipart([b"", b"coffee?"])  # and both are free
    assert late.recv_multipart()[2:] == [b"coffee?"]
    office.send_multipart([b"", b"milk?"])
    assert other.recv_multipart()[2:] == [b"milk?"]


def test_a_worker_that_died_while_it_was_free_loses_nothing(start, peer) -> None:
    broker = start(COPIES, *BOTH_SIDES, "--limit", "0.2")
    front, back = broker.endpoints
    office = peer(zmq.DEALER, connect=front)
    office.send_multipart([b"", b"one"])
    dead = ready(peer, back)
    request = dead.recv_multipart()
    reply(dead, request, b"done")
    assert office.recv_multipart() == [b"", b"done"]
    dead.close()
    office.send_multipart([b"", b"two"])
    assert broker.line("again") == "again: two"
    assert ready(peer, back).recv_multipart()[2:] == [b"two"]


def test_a_reply_in_time_is_not_asked_for_again(start, peer) -> None:
    front, back = start(COPIES, *BOTH_SIDES, "--limit", "30").endpoints
    office = peer(zmq.DEALER, connect=front)
    office.send_multipart([b"", b"tea?"])
    busy = ready(peer, back)
    request = busy.recv_multipart()
    idle = ready(peer, back)
    assert not idle.poll(QUIET)
    reply(busy, request, b"3.20")
    assert office.recv_multipart() == [b"", b"3.20"]


def test_all_replies_come_when_a_worker_is_killed(start) -> None:
    front, back = start(COPIES, *BOTH_SIDES, "--limit", "0.3").endpoints
    anna = start(WORKER, "--connect", back, "--name", "anna", "--slow", "10000")
    client = start(CLIENT, "--connect", front, "--requests", "6", "--long", "0.01")
    anna.line("task 1 taken")
    start(WORKER, "--connect", back, "--name", "ben")
    anna.process.kill()
    status, lines, errors = client.end()
    assert (status, errors) == (0, "")
    assert sorted(lines) == [f"{number} done by ben" for number in range(1, 7)]


def test_a_worker_refuses_what_it_cannot_read(start, peer) -> None:
    broker = peer(zmq.ROUTER)
    start(WORKER, "--connect", broker.get_string(zmq.LAST_ENDPOINT))
    name, empty, word = broker.recv_multipart()
    assert (empty, word) == (b"", b"READY")
    broker.send_multipart([name, b"", b"client", b"", b"7 soon"])
    answer = broker.recv_multipart()
    assert answer[1:4] == [b"", b"client", b""]
    assert answer[4].startswith(b"7 is no request")


def test_a_client_without_a_broker_gives_up(run, nobody: str) -> None:
    done = run(CLIENT, "--connect", nobody, "--timeout", "0.1")
    assert done.returncode == 1
    assert f"is a broker running at {nobody}" in done.stderr


@every_broker
@pytest.mark.parametrize("times", [1, 3])
def test_a_broker_has_two_sides(run, middle: str, times: int) -> None:
    done = run(middle, *["--bind", ANY] * times)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--bind is needed twice: for clients, then for workers" in done.stderr
