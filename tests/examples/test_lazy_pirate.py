"""A client that asks again, and a server that dies. `make soak PART=storm` has 1,000 faults."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import zmq

import examples
from examples.lazy_pirate.storm import FAULTS, MOMENTS, QUEUED, chosen

ANY = "tcp://127.0.0.1:*"
FEW = 5
FOLDER = Path(examples.__file__).parent / "lazy_pirate"
SERVER, CLIENT = "lazy_pirate/lpserver.py", "lazy_pirate/lpclient.py"


def deliveries(book: Path) -> Counter[str]:
    """How often each order was done."""
    return Counter(json.loads(line)[0] for line in book.read_text().splitlines())


@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")
def test_under_faults_at_all_moments_each_order_is_done_and_done_once_by_a_server_that_remembers(
    tmp_path,
) -> None:
    seed = str(int.from_bytes(os.urandom(2)) + 1)  # others each time; the message tells which
    words = ["--faults", str(FEW), "--seed", seed]
    runs = []
    for name, more in (("once", []), ("forgetful", ["--forgetful"])):
        (tmp_path / name).mkdir()
        command = [sys.executable, FOLDER / "storm.py", "--folder", tmp_path / name, *words, *more]
        runs.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        )
    told = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], (seed, told)
    for text, name in zip(told, ("once", "forgetful"), strict=True):
        assert f"{FEW} faults, " in text
        for moment in (QUEUED, *MOMENTS):
            counts = [
                int(line.split("×")[0])
                for line in text.splitlines()
                if line.endswith(f", {moment}") and "×" in line
            ]
            assert len(counts) == len(FAULTS)
            assert sum(counts) >= 1, (seed, text)
        # Counted again, from what the server left.
        done = deliveries(tmp_path / name / "book")
        assert set(done) == {f"till {number}" for number in range(1, len(done) + 1)}
        if name == "once":
            assert set(done.values()) == {1}, (seed, text)
            assert text.endswith(
                f"{len(done)} orders: 0 lost, 0 done more than once, {len(done)} deliveries\n"
            )


def test_any_five_faults_have_all_moments_and_any_twenty_all_pairs() -> None:
    pairs = chosen(60, seed=7)
    for start in range(0, 60, 5):
        assert {moment for _, moment in pairs[start : start + 5]} == {QUEUED, *MOMENTS}
    for start in (0, 20, 40):
        assert len(set(pairs[start : start + 20])) == 20
    assert pairs == chosen(60, seed=7) != chosen(60, seed=8)


@pytest.mark.parametrize("once", [False, True])
def test_an_order_whose_reply_was_lost_is_done_twice_unless_the_server_remembers(
    start, tmp_path, once: bool
) -> None:
    book = tmp_path / "book"
    words = ["--book", str(book), *(["--once"] if once else [])]
    server = start(SERVER, "--bind", ANY, *words, "--step", "0.3")
    client = start(CLIENT, "--connect", *server.endpoints, "--orders", "1", "--wait", "2")
    server.line("did till 1")
    server.process.kill()
    server.process.wait()
    other = start(SERVER, "--bind", *server.endpoints, *words)
    status, lines, errors = client.end()
    assert (status, errors) == (0, "")
    assert lines[-1] == "till 1: tea delivered"
    assert [line.split(":")[1] for line in lines[:-1]][::2] == [" try 1", " try 2"]
    assert deliveries(book) == {"till 1": 1 if once else 2}
    other.line("answered till 1")
    assert ("did till 1 before" in other.lines) == once


def test_waits_grow_and_the_client_gives_up(run, nobody: str) -> None:
    done = run(CLIENT, "--connect", nobody, "--tries", "4", "--wait", "0.1", "--longest", "0.2")
    assert done.returncode == 1
    assert done.stderr == f"lpclient.py: no reply: is the server running at {nobody}?\n"
    _, *lines = done.stdout.splitlines()
    assert lines[::2] == [f"till 1: try {number}" for number in range(1, 5)]
    waits = [float(line.split()[-2]) for line in lines[1::2]]
    for wait, planned in zip(waits, (0.1, 0.2, 0.2, 0.2), strict=True):
        assert planned / 2 - 0.005 <= wait <= planned + 0.005


def test_a_request_that_is_no_order_is_refused_and_the_server_goes_on(start, peer) -> None:
    client = peer(zmq.REQ, connect=start(SERVER, "--bind", ANY).endpoints[0])
    for request in ([b"tea"], [b"a", b"b", b"c"], [b"\xff\xfe"]):
        client.send_multipart(request)
        assert client.recv_multipart()[0] == b""
    client.send_multipart([b"till 9", b"\xfftea"])
    assert client.recv_multipart() == [b"till 9", "\ufffdtea delivered".encode()]


def test_a_refusal_is_no_reply(run, peer, start) -> None:
    server = peer(zmq.ROUTER)
    endpoint = server.get_string(zmq.LAST_ENDPOINT)
    client = start(CLIENT, "--connect", endpoint, "--orders", "1", "--tries", "2", "--wait", "20")
    for _ in range(2):
        *envelope, name, what = server.recv_multipart()
        assert (name, what) == (b"till 1", b"tea")
        server.send_multipart([*envelope, b"", b"not so"])
    status, lines, errors = client.end()
    assert status == 1 and "no reply" in errors
    assert lines.count("till 1: refused: not so") == 2
