import hashlib
import re
import tempfile

import pytest
import zmq

ANY = "tcp://127.0.0.1:*"
VENTILATOR, WORKER, SINK = (f"pipeline/{name}.py" for name in ("ventilator", "worker", "sink"))


def hashed(number: int, rounds: int) -> str:
    digest = str(number).encode()
    for _ in range(rounds):
        digest = hashlib.sha256(digest).digest()
    return digest.hex()[:8]


def test_every_task_is_done_once_and_the_counts_add_up(start) -> None:
    sink = start(SINK, "--bind", ANY)
    ventilator = start(
        VENTILATOR, "--bind", ANY, "--connect", *sink.endpoints,
        "--tasks", "30", "--workers", "3", "--rounds", "100",
    )  # fmt: skip
    both = ["--connect", ventilator.endpoints[0], "--connect", *sink.endpoints]
    assert ventilator.endpoints[1:] == sink.endpoints
    workers = [
        start(WORKER, *both, "--name", "a"),
        start(WORKER, *both, "--name", "b c"),
        start(WORKER, *both, "--name", "slow", "--slow", "3"),
    ]
    status, lines, errors = sink.end()
    assert (status, errors) == (0, "")
    first, total, *counts = lines
    assert first == "waiting for the results of 30 tasks"
    assert re.fullmatch(r"30 of 30 tasks done in \d+\.\d{3} s", total)
    assert counts == ["a did 10", "b c did 10", "slow did 10"]
    assert ventilator.end() == (
        0,
        [*(f"{number} of 3 workers connected" for number in (1, 2, 3)), "30 tasks handed out"],
        "",
    )
    done = {}
    for worker, rounds in zip(workers, (100, 100, 300), strict=True):
        status, lines, errors = worker.interrupt()
        assert (status, errors, lines.pop()) == (0, "", "worker stopped")
        numbers = [int(line.split()[1]) for line in lines[::2]]
        assert lines[::2] == [f"task {one} taken" for one in numbers]
        assert lines[1::2] == [f"task {one} done: {hashed(one, rounds)}" for one in numbers]
        assert len({one % 3 for one in numbers}) == 1  # each in turn
        done.update(dict.fromkeys(numbers, worker))
    assert set(done) == set(range(1, 31))


def test_workers_that_ask_get_a_task_when_they_are_done(start) -> None:
    sink = start(SINK, "--bind", ANY, "--timeout", "1")
    ventilator = start(
        VENTILATOR, "--bind", ANY, "--connect", *sink.endpoints,
        "--tasks", "20", "--workers", "2", "--rounds", "2000", "--asked",
    )  # fmt: skip
    both = ["--connect", ventilator.endpoints[0], "--connect", *sink.endpoints, "--ask"]
    slow = start(WORKER, *both, "--name", "slow", "--slow", "1000000")
    start(WORKER, *both, "--name", "quick")
    slow.line("taken")  # and it never gets to the end of this one
    assert ventilator.end()[0] == 0
    sink.line("waiting")
    slow.process.kill()
    status, lines, errors = sink.end()
    assert (status, lines[-1]) == (1, "quick did 19")
    assert errors.startswith("sink.py: nothing came for 1 s; missing: ")


def test_a_worker_with_a_small_queue_does_all_its_tasks(start, peer) -> None:
    push, pull = peer(zmq.PUSH), peer(zmq.PULL)
    ends = [one.get_string(zmq.LAST_ENDPOINT) for one in (push, pull)]
    start(WORKER, "--connect", ends[0], "--connect", ends[1], "--hwm", "1", "--name", "small")
    for number in range(5):
        push.send_string(f"{number} 1")
    assert [pull.recv_string() for _ in range(5)] == [f"done {n} small" for n in range(5)]


def test_a_worker_has_a_name_of_its_own(start, peer) -> None:
    push, pull = peer(zmq.PUSH), peer(zmq.PULL)
    ends = [one.get_string(zmq.LAST_ENDPOINT) for one in (push, pull)]
    worker = start(WORKER, "--connect", ends[0], "--connect", ends[1])
    push.send_string("7 1")
    assert pull.recv_string() == f"done 7 worker-{worker.process.pid}"


@pytest.mark.parametrize("times", [1, 3])
def test_a_worker_has_two_sides(run, times: int) -> None:
    done = run(WORKER, *["--connect", "tcp://127.0.0.1:5557"] * times)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "worker.py: --connect is needed twice: the ventilator, then the sink\n"


def test_the_ventilator_waits_for_all_its_workers(start, peer) -> None:
    sink = peer(zmq.PULL)
    ventilator = start(
        VENTILATOR, "--bind", ANY, "--connect", sink.get_string(zmq.LAST_ENDPOINT),
        "--workers", "2", "--tasks", "10", "--rounds", "5",
    )  # fmt: skip
    peer(zmq.PAIR, connect=ventilator.endpoints[0])  # no worker: its handshake fails
    workers = [peer(zmq.PULL, connect=ventilator.endpoints[0])]
    ventilator.line("1 of 2 workers connected")
    workers.append(peer(zmq.PULL, connect=ventilator.endpoints[0]))
    assert sink.recv_string() == "start 10"
    assert sorted([one.recv_string() for _ in range(5)] for one in workers) == [
        [f"{number} 5" for number in range(first, 11, 2)] for first in (1, 2)
    ]
    assert ventilator.end()[0] == 0
    assert not any(one.poll(0) for one in (sink, *workers))


@pytest.mark.parametrize("tasks", ["1", "1000000"])
def test_an_interrupt_of_a_ventilator_that_cannot_deliver(start, peer, tasks: str) -> None:
    """Either its last task has left, and the sink is not there; or its worker is full."""
    ventilator = start(
        VENTILATOR, "--bind", ANY, "--connect", "tcp://127.0.0.1:9", "--tasks", tasks
    )
    worker = peer(zmq.PULL, connect=ventilator.endpoints[0])
    ventilator.line("1 of 1 workers connected")
    if tasks == "1":
        ventilator.line("1 tasks handed out")
    assert worker.poll(10_000)
    ventilator.wait_until_blocked()
    assert ventilator.process.poll() is None
    status, lines, errors = ventilator.interrupt()
    assert (status, errors) == (0, "")
    assert lines[-1] == "ventilator stopped"


@pytest.mark.skipif(not zmq.has("ipc"), reason="no ipc here")
def test_the_sink_may_come_last(start, peer) -> None:
    with tempfile.TemporaryDirectory() as folder:
        late = f"ipc://{folder}/sink"
        ventilator = start(VENTILATOR, "--bind", ANY, "--connect", late, "--tasks", "1")
        worker = peer(zmq.PULL, connect=ventilator.endpoints[0])
        ventilator.line("1 tasks handed out")
        assert worker.recv_string() == "1 50000"
        ventilator.wait_until_blocked()  # it has done all, and still waits for the sink
        assert peer(zmq.PULL, bind=late).recv_string() == "start 1"
        assert ventilator.end()[0] == 0


def test_a_result_may_overtake_the_start(start, peer) -> None:
    sink = start(SINK, "--bind", ANY)
    push = peer(zmq.PUSH, connect=sink.endpoints[0])
    for message in ("done 2 a", "start 2", "done 1 b"):
        push.send_string(message)
    status, lines, errors = sink.end()
    assert (status, errors) == (0, "")
    assert lines[0] == "waiting for the results of 2 tasks"
    assert lines[2:] == ["a did 1", "b did 1"]


@pytest.mark.parametrize(
    ("messages", "total", "missing"),
    [
        (["start 5", "done 1 a", "done 4 b", "done 4 b"], "2 of 5", "missing: 2 3 5"),
        (["done 1 a"], "1 of ?", "no start message came"),
    ],
)
def test_the_sink_names_what_is_missing(start, peer, messages, total: str, missing: str) -> None:
    sink = start(SINK, "--bind", ANY, "--timeout", "0.2")
    push = peer(zmq.PUSH, connect=sink.endpoints[0])
    for message in messages:
        push.send_string(message)
    status, lines, errors = sink.end()
    assert status == 1
    assert any(line.startswith(f"{total} tasks done in ") for line in lines)
    assert "a did 1" in lines
    assert errors == f"sink.py: nothing came for 0.2 s; {missing}\n"


def test_what_a_killed_worker_had_is_named(start) -> None:
    sink = start(SINK, "--bind", ANY, "--timeout", "1")
    ventilator = start(
        VENTILATOR, "--bind", ANY, "--connect", *sink.endpoints,
        "--tasks", "8", "--workers", "2", "--rounds", "10000",
    )  # fmt: skip
    both = ["--connect", ventilator.endpoints[0], "--connect", *sink.endpoints]
    killed = start(WORKER, *both, "--slow", "1000000")  # it never gets to the end of a task
    other = start(WORKER, *both, "--name", "other")
    ventilator.line("8 tasks handed out")
    killed.process.kill()
    status, lines, errors = sink.end()
    assert (status, lines[2:]) == (1, ["other did 4"])
    assert lines[1].startswith("4 of 8 tasks done in ")
    done = {int(line.split()[1]) for line in other.interrupt()[1][:-1]}
    missing = " ".join(str(number) for number in range(1, 9) if number not in done)
    assert errors == f"sink.py: nothing came for 1 s; missing: {missing}\n"
