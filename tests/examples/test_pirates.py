"""A queue that knows its workers: by their word (Simple Pirate), or by heartbeats (6/PPP)."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

import examples
from examples.pirates._protocol import (
    HEARTBEAT,
    READY,
    Alive,
    PPPError,
    Ready,
    Work,
    from_queue,
    from_worker,
)

ANY = "tcp://127.0.0.1:*"
SIMPLE, PARANOID, OLD_WORKER, WORKER, CLIENT = (
    f"pirates/{name}.py" for name in ("spqueue", "ppqueue", "spworker", "ppworker", "client")
)
STORM = Path(examples.__file__).parent / "pirates" / "storm.py"
BOTH_SIDES = ("--bind", ANY, "--bind", ANY)
OFTEN = ("--interval", "0.1", "--liveness", "3")
PATIENT = ("--interval", "0.1", "--liveness", "8")
"""A whole lifetime is 0.8 s, which a busy machine does not spend between two lines."""
SOON = ("--first", "0.1", "--longest", "0.4")
QUIET = 150
"""Milliseconds without a message, after which none comes."""
posix = pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")

# ------------------------------------------------------------- frames, by RFC 6

COMMANDS = {READY: b"\x01", HEARTBEAT: b"\x02"}
frames = st.lists(st.binary(max_size=8), max_size=6)
addresses = st.lists(st.binary(min_size=1, max_size=255), max_size=3)
bodies = st.lists(st.binary(max_size=20), min_size=1, max_size=4)


def test_commands_are_one_frame_of_one_byte() -> None:
    assert all(command == byte for command, byte in COMMANDS.items())
    assert from_worker([b"\x01"]) == Ready()
    assert from_worker([b"\x02"]) == from_queue([b"\x02"]) == Alive()


@pytest.mark.parametrize("read", [from_queue, from_worker])
@given(address=addresses, body=bodies)
def test_requests_and_replies_are_addresses_an_empty_frame_and_a_body(read, address, body) -> None:
    message = read([*address, b"", *body])
    assert message == Work(tuple(address), tuple(body))
    assert message.frames == [*address, b"", *body]


@pytest.mark.parametrize(
    "message",
    [
        [b"client", b"", b"\x01"],  # a body that looks like a command
        [b"\x01", b"", b"tea?"],  # an address that does
        [b"client", b"", b"", b""],  # empty frames are a body, too
        [b"near", b"far", b"", b"tea?"],
    ],
)
def test_only_the_first_empty_frame_ends_the_addresses(message) -> None:
    end = message.index(b"")
    assert from_worker(message) == Work(tuple(message[:end]), tuple(message[end + 1 :]))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ([], "one frame or more"),
        ([b"\x03"], "an empty frame has to end"),
        ([b"\x01\x01"], "an empty frame has to end"),
        ([b"\x02", b"\x02"], "an empty frame has to end"),
        ([b"READY"], "an empty frame has to end"),
        ([b""], "a body of one frame or more"),
        ([b"client", b""], "a body of one frame or more"),
    ],
)
@pytest.mark.parametrize("read", [from_queue, from_worker])
def test_damaged_messages_are_refused_with_one_line(read, message, words: str) -> None:
    with pytest.raises(PPPError, match=words) as caught:
        read(message)
    assert "\n" not in str(caught.value)


def test_a_queue_never_says_ready() -> None:
    with pytest.raises(PPPError, match="worker's to send"):
        from_queue([b"\x01"])


@pytest.mark.parametrize("read", [from_queue, from_worker])
@given(message=frames)
def test_hostile_frames_are_read_whole_or_refused(read, message) -> None:
    try:
        found = read(message)
    except PPPError:
        return
    if isinstance(found, Work):
        assert found.frames == message
    else:
        assert message in ([READY], [HEARTBEAT])


# ------------------------------------------------------------- the queues


def ready(peer, back: str) -> zmq.Socket[bytes]:
    """Return a worker's socket that has said READY by RFC 6."""
    worker = peer(zmq.DEALER, connect=back)
    worker.send(READY)
    return worker


def request_of(worker: zmq.Socket[bytes]) -> list[bytes]:
    """Return the next request; heartbeats come between."""
    while (message := worker.recv_multipart()) == [HEARTBEAT]:
        pass
    return message


def test_a_simple_queue_believes_a_worker_that_is_silent(start, peer) -> None:
    queue = start(SIMPLE, *BOTH_SIDES)
    silent = peer(zmq.REQ, connect=queue.endpoints[1])
    silent.send(b"READY")
    queue.line("1 free")
    client = peer(zmq.REQ, connect=queue.endpoints[0])
    client.send(b"tea?")
    assert silent.recv_multipart()[1:] == [b"", b"tea?"]


def test_a_paranoid_queue_forgets_a_worker_that_is_silent(start, peer) -> None:
    queue = start(PARANOID, *BOTH_SIDES, *OFTEN)
    front, back = queue.endpoints
    silent = ready(peer, back)
    assert silent.recv_multipart() == [HEARTBEAT]
    assert queue.line("silent") == "a worker is silent: 0 free"
    client = peer(zmq.REQ, connect=front)
    client.send(b"tea?")
    silent.send(HEARTBEAT)  # too late, and no READY
    while silent.poll(4 * QUIET):
        assert silent.recv_multipart() == [HEARTBEAT]
    silent.send(READY)
    request = request_of(silent)
    assert request[1:] == [b"", b"tea?"]
    silent.send_multipart([*request[:2], b"3.20"])
    assert client.recv() == b"3.20"


def test_a_worker_that_beats_stays_free_and_one_at_work_is_sent_heartbeats_too(start, peer) -> None:
    queue = start(PARANOID, *BOTH_SIDES, *PATIENT)
    front, back = queue.endpoints
    worker = ready(peer, back)
    for _ in range(10):  # longer than its lifetime
        assert worker.recv_multipart() == [HEARTBEAT]
        worker.send(HEARTBEAT)
    client = peer(zmq.REQ, connect=front)
    client.send(b"tea?")
    request = request_of(worker)
    for _ in range(10):
        assert worker.recv_multipart() == [HEARTBEAT]
        worker.send(HEARTBEAT)
    other = peer(zmq.REQ, connect=front)
    other.send(b"coffee?")  # a heartbeat does not say that the worker is free
    assert worker.recv_multipart() == [HEARTBEAT]
    worker.send_multipart([*request[:2], b"3.20"])
    assert client.recv() == b"3.20"
    assert request_of(worker)[2:] == [b"coffee?"]


def test_strangers_change_nothing(start, peer) -> None:
    queue = start(PARANOID, *BOTH_SIDES, *OFTEN)
    front, back = queue.endpoints
    stranger = peer(zmq.DEALER, connect=back)
    for message in ([HEARTBEAT], [b"READY"], [b""], [b"x", b""], [READY, READY]):
        stranger.send_multipart(message)
    for _ in range(4):
        queue.line("not understood: ")
    rude = peer(zmq.DEALER, connect=front)
    rude.send_multipart([b"no empty frame"])
    client = peer(zmq.REQ, connect=front)
    client.send(b"tea?")
    worker = ready(peer, back)
    request = request_of(worker)
    if request[1:] != [b"", b"tea?"]:
        raise AssertionError(request)
    worker.send_multipart([*request[:2], b"3.20"])
    assert client.recv() == b"3.20"
    assert not stranger.poll(0)


# ------------------------------------------------------------- the worker


def test_a_worker_speaks_by_the_rfc(start, peer) -> None:
    queue = peer(zmq.ROUTER)
    start(WORKER, "--connect", queue.get_string(zmq.LAST_ENDPOINT), *OFTEN, "--work", "0.01")
    name, *message = queue.recv_multipart()
    assert message == [READY]
    assert queue.recv_multipart() == [name, HEARTBEAT]
    queue.send_multipart([name, READY])  # not understood, and still a sign of life
    queue.send_multipart([name, b"near", b"far", b"", b"two", b"frames"])
    while (message := queue.recv_multipart()) == [name, HEARTBEAT]:
        pass
    assert message == [name, b"near", b"far", b"", b"two", b"frames"]


def test_a_worker_comes_back_to_a_silent_queue_on_a_new_socket_ever_later(start, peer) -> None:
    queue = peer(zmq.ROUTER)
    worker = start(WORKER, "--connect", queue.get_string(zmq.LAST_ENDPOINT), *OFTEN, *SOON)
    names, times = [], []
    while len(names) < 5:
        name, message = queue.recv_multipart()
        if message == READY:
            names.append(name)
            times.append(time.monotonic())
    assert len(set(names)) == 5  # a new connection each time
    waits = [float(re.search(r"in ([\d.]+) s", worker.line("READY again"))[1]) for _ in range(4)]
    for wait, planned in zip(waits, (0.1, 0.2, 0.4, 0.4), strict=True):
        assert planned / 2 - 0.01 <= wait <= planned + 0.01
    assert times[-1] - times[0] >= 4 * 0.3 + sum(waits) - 0.1
    # Heard of again, it begins with the first wait.
    queue.send_multipart([names[-1], HEARTBEAT])
    while queue.recv_multipart()[1] != READY:
        pass
    last = [line for line in worker.lines if "again" in line] + [worker.line("READY again")]
    assert float(re.search(r"in ([\d.]+) s", last[-1])[1]) <= 0.11


def test_a_worker_that_hears_of_its_queue_stays(start, peer) -> None:
    queue = peer(zmq.ROUTER)
    start(WORKER, "--connect", queue.get_string(zmq.LAST_ENDPOINT), *PATIENT, *SOON)
    name, _ = queue.recv_multipart()
    for _ in range(10):
        assert queue.recv_multipart() == [name, HEARTBEAT]
        queue.send_multipart([name, HEARTBEAT])


def test_work_longer_than_a_silence_is_no_silence(start, peer) -> None:
    queue = peer(zmq.ROUTER)
    endpoint = queue.get_string(zmq.LAST_ENDPOINT)
    start(WORKER, "--connect", endpoint, *OFTEN, *SOON, "--work", "0.6")
    name, _ = queue.recv_multipart()
    queue.send_multipart([name, b"client", b"", b"tea?"])
    while (message := queue.recv_multipart()) == [name, HEARTBEAT]:
        pass
    assert message == [name, b"client", b"", b"tea?"]
    assert queue.recv_multipart() == [name, HEARTBEAT]  # under the same name: no new conversation


# ------------------------------------------------------------- all together


def test_a_killed_queue_finds_its_workers_again_and_only_if_they_are_paranoid(start) -> None:
    queue = start(PARANOID, *BOTH_SIDES, *OFTEN)
    front, back = queue.endpoints
    start(WORKER, "--connect", back, *OFTEN, *SOON)
    queue.line("1 free")
    queue.process.kill()
    queue.process.wait()
    client = start(CLIENT, "--connect", front, "--tries", "1", "--timeout", "20")
    start(PARANOID, "--bind", front, "--bind", back, *OFTEN)
    assert client.end()[:2] == (0, [f"request {n}: {n}" for n in (1, 2, 3)])

    queue = start(SIMPLE, *BOTH_SIDES)
    front, back = queue.endpoints
    start(OLD_WORKER, "--connect", back)
    queue.line("1 free")
    queue.process.kill()
    queue.process.wait()
    start(SIMPLE, "--bind", front, "--bind", back)
    client = start(CLIENT, "--connect", front, "--tries", "2", "--timeout", "0.4")
    status, lines, errors = client.end()
    assert status == 1
    assert lines == [f"request 1: no reply to try {n}" for n in (1, 2)]
    assert "is a queue running at" in errors


def test_a_client_without_a_queue_gives_up(run, nobody: str) -> None:
    done = run(CLIENT, "--connect", nobody, "--timeout", "0.1", "--tries", "2")
    assert done.returncode == 1
    assert f"is a queue running at {nobody}" in done.stderr


@pytest.mark.parametrize("middle", [SIMPLE, PARANOID])
@pytest.mark.parametrize("times", [1, 3])
def test_a_queue_has_two_sides(run, middle: str, times: int) -> None:
    done = run(middle, *["--bind", ANY] * times)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--bind is needed twice: for clients, then for workers" in done.stderr


@posix
def test_under_faults_at_each_moment_of_a_request_every_reply_comes() -> None:
    seed = str(int.from_bytes(os.urandom(2)) + 1)  # others each time; the message tells which
    done = subprocess.run(
        [sys.executable, STORM, "--faults", "4", "--seed", seed],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (seed, done.stdout, done.stderr)
    for moment in ("queued", "sent", "in hand", "answered"):
        assert f"    1 faults while a request was {moment}\n" in done.stdout, done.stdout
    assert "4 faults, 16 requests: 0 without a reply, 0 never done" in done.stdout
