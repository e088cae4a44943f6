"""A queue between clients and workers, by hand and by libzmq; a bridge for what is published."""

import pytest
import zmq

ANY = "tcp://127.0.0.1:*"
BROKER, QUEUE, WORKER, CLIENT, BRIDGE, PUBLISHER, SUBSCRIBER = (
    f"proxies/{name}.py"
    for name in ("rrbroker", "msgqueue", "rrworker", "rrclient", "wuproxy", "psenvpub", "psenvsub")
)
BOTH_SIDES = ("--bind", ANY, "--bind", ANY)


@pytest.mark.parametrize("middle", [BROKER, QUEUE])
def test_workers_take_turns_behind_one_address(start, middle: str) -> None:
    front, back = start(middle, *BOTH_SIDES).endpoints
    for name in ("anna", "ben"):
        worker = start(WORKER, "--connect", back, "--name", name)
        # It is connected once it has answered, or the first would get two in a row.
        first = start(CLIENT, "--connect", front, "--requests", "2")
        first.line(f"done by {name}")
        assert worker.process.poll() is None
        assert first.end()[0] == 0
    status, lines, errors = start(CLIENT, "--connect", front, "--requests", "6").end()
    assert (status, errors) == (0, "")
    assert [line.split(" done by ")[0] for line in lines] == [
        f"got client {number}" for number in range(1, 7)
    ]
    names = [line.rsplit(" ", 1)[1] for line in lines]
    assert sorted(names[:2]) == ["anna", "ben"]
    assert names == names[:2] * 3


@pytest.mark.parametrize("middle", [BROKER, QUEUE])
def test_requests_wait_for_the_first_worker(start, peer, middle: str) -> None:
    front, back = start(middle, *BOTH_SIDES).endpoints
    clients = [peer(zmq.REQ, connect=front) for _ in range(3)]
    for number, client in enumerate(clients):
        client.send_string(f"early {number}")
    start(WORKER, "--connect", back, "--name", "late")
    for number, client in enumerate(clients):
        assert client.recv_string() == f"early {number} done by late"


@pytest.mark.parametrize("middle", [BROKER, QUEUE])
def test_all_frames_pass_both_ways(start, peer, middle: str) -> None:
    front, back = start(middle, *BOTH_SIDES).endpoints
    client, worker = peer(zmq.REQ, connect=front), peer(zmq.REP, connect=back)
    client.send_multipart([b"a", b"", b"c"])
    assert worker.recv_multipart() == [b"a", b"", b"c"]
    worker.send_multipart([b"", b"reply"])
    assert client.recv_multipart() == [b"", b"reply"]


def test_a_client_asks_again_when_its_worker_hangs(start) -> None:
    front, back = start(BROKER, *BOTH_SIDES).endpoints
    slow = start(WORKER, "--connect", back, "--name", "slow", "--work", "1000")
    client = start(CLIENT, "--connect", front, "--requests", "1", "--timeout", "0.5")
    slow.line("slow got client 1")
    quick = start(WORKER, "--connect", back, "--name", "quick")
    quick.line("quick got client 1")  # the same request: it may have been done twice
    status, lines, errors = client.end()
    assert (status, errors) == (0, "")
    assert lines[0] == "client 1: no reply within 0.5 s"
    assert lines[-1] == "got client 1 done by quick"


def test_a_client_notices_the_reply_of_another(start, peer) -> None:
    front, back = start(BROKER, *BOTH_SIDES).endpoints
    worker = peer(zmq.REP, connect=back)
    client = start(CLIENT, "--connect", front, "--name", "bob", "--requests", "1")
    assert worker.recv() == b"bob 1"
    worker.send(b"alice 1 done by anna")
    assert client.line("another") == "bob 1: got the reply of another: alice 1 done by anna"
    assert worker.recv() == b"bob 1"
    worker.send(b"bob 1 done by anna")
    assert client.end()[1][-1] == "got bob 1 done by anna"


def test_a_client_without_a_broker_gives_up(run, nobody: str) -> None:
    done = run(CLIENT, "--connect", nobody, "--timeout", "0.1", "--tries", "2")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1:] == ["client 1: no reply within 0.1 s"] * 2
    assert done.stderr == f"rrclient.py: no reply: is the broker running at {nobody}?\n"


@pytest.mark.parametrize("middle", [BROKER, QUEUE])
@pytest.mark.parametrize("times", [1, 3])
def test_a_queue_has_two_sides(run, middle: str, times: int) -> None:
    done = run(middle, *["--bind", ANY] * times)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--bind is needed twice: for clients, then for workers" in done.stderr


def test_only_what_somebody_wants_crosses_the_bridge(start, peer) -> None:
    publisher = peer(zmq.XPUB)
    bridge = start(BRIDGE, "--bind", ANY, "--connect", publisher.get_string(zmq.LAST_ENDPOINT))
    subscriber = start(SUBSCRIBER, "--connect", bridge.endpoints[0], "--topic", "A")
    assert publisher.recv() == b"\x01A"
    publisher.send_multipart([b"B", b"no"])
    publisher.send_multipart([b"A", b"yes"])
    assert subscriber.line("]") == "[A] yes"
    subscriber.process.kill()
    assert publisher.recv() == b"\x00A"


def test_the_topic_is_the_first_frame(start) -> None:
    publisher = start(PUBLISHER, "--bind", ANY, "--rate", "100")
    to = ["--connect", publisher.endpoints[0], "--updates", "3"]
    status, lines, errors = start(SUBSCRIBER, *to).end()
    assert (status, errors) == (0, "")
    numbers = [int(line.removeprefix("[B] message ")) for line in lines]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_a_subscriber_says_that_nothing_came(run, peer) -> None:
    publisher = peer(zmq.PUB).get_string(zmq.LAST_ENDPOINT)
    done = run(SUBSCRIBER, "--connect", publisher, "--timeout", "0.1")
    assert (done.returncode, done.stderr) == (1, "psenvsub.py: nothing within 0.1 s\n")
