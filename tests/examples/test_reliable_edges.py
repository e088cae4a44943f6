"""The edges under faults: nothing lost, nothing done twice. `make soak` has 1,000 of them."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import zmq

import examples
from examples.reliable_edges.sender import Outbox

ANY = "tcp://127.0.0.1:*"
FAULTS = 20
FOLDER = Path(examples.__file__).parent / "reliable_edges"
SWITCH, SENDER, RECEIVER = (
    f"reliable_edges/{name}.py" for name in ("switch", "sender", "receiver")
)


def rows(path: Path, query: str) -> list[tuple]:
    with sqlite3.connect(path) as db:
        return db.execute(query).fetchall()


def numbers(book: Path) -> list[int]:
    return [int(body.split()[1]) for (body,) in rows(book, "SELECT body FROM book")]


def storm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, FOLDER / "storm.py", "--folder", folder, *arguments],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")
def test_under_faults_at_random_moments_nothing_is_lost_and_nothing_done_twice(tmp_path) -> None:
    seed = str(int.from_bytes(os.urandom(2)) + 1)  # others each time; the message tells which
    done = storm(tmp_path, "--faults", str(FAULTS), "--seed", seed)
    assert done.returncode == 0, (seed, done.stdout, done.stderr)
    assert f"{FAULTS} faults, " in done.stdout and ": 0 lost, 0 booked twice" in done.stdout
    # Counted again, from what the programs left.
    ((made,),) = rows(tmp_path / "outbox", "SELECT seq FROM sqlite_sequence")
    assert made > FAULTS
    assert Counter(numbers(tmp_path / "book")) == Counter(range(1, made + 1)), seed
    assert rows(tmp_path / "outbox", "SELECT * FROM outbox") == []


@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")
def test_the_storm_tells_when_something_is_wrong(tmp_path) -> None:
    done = storm(tmp_path, "--faults", "12", "--trusting")
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert not done.stdout.endswith(": 0 lost, 0 booked twice\n")


def test_a_switch_has_at_most_60_lines_and_remembers_nothing(start, peer) -> None:
    assert len((FOLDER / "switch.py").read_text().splitlines()) <= 60
    switch = start(SWITCH, "--bind", ANY)
    anna, ben = (named(peer, name, switch) for name in (b"anna", b"ben"))
    meet(anna, ben)
    anna.send_multipart([b"cleo", b"lost"])  # nobody is called so
    anna.send_multipart([b"ben"])  # no message
    anna.send_multipart([b"ben", b"1", b"2"])
    assert ben.recv_multipart() == [b"anna", b"1", b"2"]
    ben.send_multipart([b"anna", b"", b""])
    assert anna.recv_multipart() == [b"ben", b"", b""]
    cleo = named(peer, b"cleo", switch)
    meet(anna, cleo)
    assert not cleo.poll(0)
    assert switch.interrupt()[:2] == (0, ["switch stopped"])


def named(peer, name: bytes, switch) -> zmq.Socket:
    """A peer that only connects when it has its name."""
    socket = peer(zmq.DEALER, bind="inproc://unused-" + name.decode() + str(time.monotonic_ns()))
    socket.routing_id = name
    socket.connect(switch.endpoints[0])
    return socket


def meet(one: zmq.Socket, other: zmq.Socket) -> None:
    """Wait until the switch knows both."""
    while True:
        one.send_multipart([other.routing_id, b"are you there?"])
        if other.poll(50):
            break
    while other.poll(50):
        other.recv_multipart()


def test_a_killed_switch_costs_time_and_nothing_else(start, tmp_path) -> None:
    switch = start(SWITCH, "--bind", ANY)
    receiver = start(RECEIVER, "--connect", *switch.endpoints, "--store", str(tmp_path / "book"))
    sender = start(
        SENDER, "--connect", *switch.endpoints, "--messages", "60", "--interval", "0.01",
        "--retry", "0.05",
    )  # fmt: skip
    receiver.line("payment 20 done")
    switch.process.kill()
    switch.process.wait()
    start(SWITCH, "--bind", *switch.endpoints)
    status, lines, errors = sender.end()
    assert (status, errors) == (0, "")
    assert re.fullmatch(r"all acknowledged after \d+\.\d{3} s; \d+ times sent again", lines[-1])
    assert sorted(numbers(tmp_path / "book")) == list(range(1, 61))
    assert {f"payment {n} acknowledged" for n in range(1, 61)} <= set(lines)


def test_what_was_in_hand_when_the_receiver_died_is_done_by_the_next(start, tmp_path) -> None:
    book = str(tmp_path / "book")
    receiver = start(RECEIVER, "--bind", ANY, "--store", book, "--pause-at", "5")
    endpoint = receiver.endpoints[0]
    sender = start(SENDER, "--connect", endpoint, "--messages", "8", "--retry", "0.05")
    receiver.line("payment 5 in hand")
    receiver.process.kill()
    receiver.process.wait()
    start(RECEIVER, "--bind", endpoint, "--store", book)
    assert sender.end()[0] == 0
    assert sorted(numbers(tmp_path / "book")) == list(range(1, 9))


def test_a_sender_goes_on_where_it_was_killed_and_a_new_outbox_has_a_new_stream(
    start, tmp_path
) -> None:
    book, outbox = str(tmp_path / "book"), str(tmp_path / "outbox")
    receiver = start(RECEIVER, "--bind", ANY, "--store", book)
    to = ["--connect", *receiver.endpoints, "--store", outbox]
    sender = start(SENDER, *to, "--messages", "100000", "--interval", "0.005")
    receiver.line("payment 10 done")
    sender.process.kill()
    sender.process.wait()
    made = Outbox(outbox).last
    assert made >= 10
    assert start(SENDER, *to, "--messages", str(made + 5)).end()[0] == 0
    assert Counter(numbers(tmp_path / "book")) == Counter(range(1, made + 6))
    # The numbers begin again, and are nobody's duplicates.
    other = start(SENDER, "--connect", *receiver.endpoints, "--messages", "3")
    assert other.end()[0] == 0
    assert len(numbers(tmp_path / "book")) == made + 8


def test_one_that_comes_again_is_acknowledged_again_and_not_done_again(start, peer) -> None:
    receiver = start(RECEIVER, "--bind", ANY)
    anna = peer(zmq.DEALER, connect=receiver.endpoints[0])
    for stream, number in ((b"s", b"7"), (b"s", b"7"), (b"t", b"7")):
        anna.send_multipart([b"ben", stream, number, b"payment 7 0"])
        assert anna.recv_multipart() == [b"ben", stream, number]
    for words in ("payment 7 done", "payment 7 came again", "payment 7 done"):
        receiver.line(words)


def test_several_in_one_transaction_are_all_there_or_none(start, tmp_path) -> None:
    book = str(tmp_path / "book")
    words = ["--store", book, "--together", "100"]
    receiver = start(RECEIVER, "--bind", ANY, *words, "--pause-at", "50")
    endpoint = receiver.endpoints[0]
    sender = start(SENDER, "--connect", endpoint, "--messages", "50", "--retry", "0.05")
    receiver.line("payment 50 in hand")
    receiver.process.kill()
    receiver.process.wait()
    start(RECEIVER, "--bind", endpoint, *words)
    assert sender.end()[0] == 0
    assert sorted(numbers(tmp_path / "book")) == list(range(1, 51))


def test_waits_grow_and_have_an_end(start, peer) -> None:
    switch = peer(zmq.ROUTER)
    endpoint = switch.get_string(zmq.LAST_ENDPOINT)
    sender = start(
        SENDER, "--connect", endpoint, "--messages", "1", "--retry", "0.05", "--longest", "0.2"
    )
    times, message = [], []
    for _ in range(7):
        message = switch.recv_multipart()
        times.append(time.monotonic())
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # 0.05, 0.1, 0.2, 0.2, 0.2, 0.2, each three to five quarters of it; a busy machine adds.
    for gap, least in zip(gaps, (0.05, 0.1, 0.2, 0.2, 0.2, 0.2), strict=True):
        assert gap >= least * 0.75 - 0.02
    origin, to, stream, number, body = message
    assert (origin, to, number, body.split()[:2]) == (b"anna", b"ben", b"1", [b"payment", b"1"])
    switch.send_multipart([origin, b"ben", b"another stream", b"1"])
    assert switch.poll(2000)  # that was none of its own
    switch.send_multipart([origin, b"ben", stream, b"1"])
    status, lines, _ = sender.end()
    assert status == 0 and lines[0] == "payment 1 made"
    assert int(lines[-1].split()[-4]) >= 6


def test_the_window_bounds_what_is_under_way(start, peer) -> None:
    switch = peer(zmq.ROUTER)
    endpoint = switch.get_string(zmq.LAST_ENDPOINT)
    start(SENDER, "--connect", endpoint, "--messages", "50", "--window", "4", "--retry", "60")
    seen = [switch.recv_multipart() for _ in range(4)]
    assert not switch.poll(200)
    switch.send_multipart([*seen[2][:4]])
    assert switch.recv_multipart()[3] == b"5"
    assert not switch.poll(200)


def test_two_switches_and_one_is_killed(start, tmp_path) -> None:
    switches = [start(SWITCH, "--bind", ANY) for _ in range(2)]
    both = [word for one in switches for word in ("--connect", one.endpoints[0])]
    receiver = start(RECEIVER, *both, "--store", str(tmp_path / "book"))
    sender = start(SENDER, *both, "--messages", "100", "--interval", "0.005", "--retry", "0.05")
    receiver.line("payment 20 done")
    switches[0].process.kill()  # and it stays dead
    assert sender.end()[0] == 0
    assert sorted(numbers(tmp_path / "book")) == list(range(1, 101))
