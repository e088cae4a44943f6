"""The office and its workers, wherever these are; the program that may die; work and the GIL."""

import hashlib
import os
import re
import signal
import sys
import tempfile
from pathlib import Path

import pytest
import zmq

from examples.gil import compute
from examples.gil.compute import BLOCK, KINDS, amount_for, hash_blocks, in_threads

ANY = "tcp://127.0.0.1:*"
OFFICE, WORKER = "multithreading/office.py", "multithreading/worker.py"
SENDERS = "shared_socket/senders.py"
BINDS = ["--bind", ANY, "--bind", ANY]


def connected(office) -> list[str]:
    return ["--connect", office.endpoints[0], "--connect", office.endpoints[1]]


def test_threads_and_processes_work_in_one_crew(start) -> None:
    office = start(OFFICE, *BINDS, "--workers", "4", "--threads", "2", "--amount", "1")
    workers = [start(WORKER, *connected(office), "--name", name) for name in ("one", "two")]
    status, lines, errors = office.end()
    assert (status, errors) == (0, "")
    ready = {line.rpartition(" ")[2] for line in lines[:4]}
    assert ready == {"thread-1", "thread-2", "one", "two"}
    assert [line.rpartition(":")[0] for line in lines[:4]] == [
        f"{number} of 4 workers ready" for number in (1, 2, 3, 4)
    ]
    assert re.fullmatch(r"24 tasks done in \d+\.\d{3} s", lines[4])
    counts = dict(line.split(" did ") for line in lines[5:])
    assert set(counts) <= ready
    assert sum(map(int, counts.values())) == 24
    for worker in workers:  # sent home by an empty task
        assert worker.end()[0] == 0


def test_an_office_of_threads_alone(run) -> None:
    done = run(OFFICE, *BINDS, "--workers", "3", "--threads", "3", "--amount", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.rpartition(" ")[2] for line in done.stdout.splitlines()[-3:]] == ["8", "8", "8"]


@pytest.mark.skipif(not zmq.has("ipc"), reason="no ipc here")
def test_the_same_worker_over_ipc_and_with_threads_of_its_own(start) -> None:
    with tempfile.TemporaryDirectory() as folder:
        binds = ["--bind", f"ipc://{folder}/tasks", "--bind", f"ipc://{folder}/results"]
        office = start(OFFICE, *binds, "--workers", "2", "--kind", "count", "--amount", "10")
        start(WORKER, *connected(office), "--name", "two", "--threads", "2")
        status, lines, errors = office.end()
    assert (status, errors) == (0, "")
    assert {line.split()[0] for line in lines[-2:]} <= {"two", "two.2"}


def test_a_worker_says_what_it_computed(start, peer) -> None:
    tasks, results = peer(zmq.PUSH), peer(zmq.PULL)
    ends = [one.get_string(zmq.LAST_ENDPOINT) for one in (tasks, results)]
    worker = start(WORKER, "--connect", ends[0], "--connect", ends[1], "--name", "me")
    assert results.recv_string() == "ready me"
    tasks.send_string("7 hash 2")
    assert results.recv_string() == f"7 me {hashlib.sha256(BLOCK * 2).hexdigest()[:8]}"
    tasks.send_string("8 count 3")
    assert results.recv_string() == f"8 me {(0 * 31 + 1) * 31 + 2}"
    tasks.send_string("")
    assert worker.end() == (0, [], "")


def test_an_interrupt_ends_the_threads_too(start) -> None:
    office = start(OFFICE, *BINDS, "--workers", "9", "--threads", "4")
    office.line("4 of 9 workers ready")
    office.wait_until_blocked()
    status, lines, errors = office.interrupt()
    assert (status, errors, lines[-1]) == (0, "", "office stopped")


@pytest.mark.parametrize("takes", [False, True])
def test_the_office_gives_up(start, peer, takes: bool) -> None:
    """With a worker that was ready and is gone, or that takes its tasks and does nothing."""
    office = start(OFFICE, *BINDS, "--workers", "1", "--timeout", "0.3")
    tasks = peer(zmq.PULL, connect=office.endpoints[0])
    results = peer(zmq.PUSH, connect=office.endpoints[1])
    if not takes:
        tasks.close()
    results.send_string("ready lazy")
    status, lines, errors = office.end()
    assert (status, lines) == (1, ["1 of 1 workers ready: lazy"])
    assert errors == "office.py: nothing moved for 0.3 s; 0 tasks done\n"


@pytest.mark.parametrize("program", [OFFICE, WORKER])
def test_two_endpoints_are_needed(run, program: str) -> None:
    side = "--bind" if program == OFFICE else "--connect"
    done = run(program, side, "tcp://127.0.0.1:*" if side == "--bind" else "tcp://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"{side} is needed" in done.stderr


@pytest.mark.parametrize("sharing", ["own", "locked"])
def test_what_is_permitted_loses_and_tears_nothing(run, sharing: str) -> None:
    done = run(SENDERS, "--sharing", sharing, "--messages", "2000")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "8000 sent, 8000 arrived whole, 0 torn\n"


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("sharing", ["unlocked", "closed"])
def test_what_is_not_permitted_ends_somehow(run, sharing: str) -> None:
    """It may go well, tear messages, hang in part, or be killed: it ends, and its status tells."""
    done = run(SENDERS, "--sharing", sharing, "--messages", "2000")
    deaths = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}
    assert done.returncode in {0, 3, 4, *deaths}
    if done.returncode == 3:
        assert "8000 arrived whole" not in done.stdout
    if done.returncode == 4:
        assert done.stdout == "the other thread never came back\n"


def test_compute_imports_no_package() -> None:
    """A free-threaded Python beside ours has none of ours."""
    text = Path(compute.__file__).read_text(encoding="utf-8")
    names = re.findall(r"^ *(?:import|from) (\w+)", text, re.MULTILINE)
    assert "hashlib" in names
    assert set(names) <= sys.stdlib_module_names


def test_compute_tells_how_much_faster_threads_are(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["compute.py", "--threads", "4"])
    monkeypatch.setattr(compute, "amount_for", lambda kind, seconds: 1)
    compute.main()
    first, *rest = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Python 3\.\d+\.\d+, with(out a| its) GIL", first)
    assert [line.split()[0] for line in rest] == [*KINDS]
    for line in rest:
        ratios = [float(ratio) for ratio in line.split()[1:]]
        assert len(ratios) == 3 and ratios == sorted(ratios) and ratios[0] > 0


def test_the_work_is_work() -> None:
    assert hash_blocks(3) == hashlib.sha256(BLOCK * 3).hexdigest()[:8]
    assert KINDS["count"](2) == "1"
    assert in_threads("count", 10, 2) > 0
    assert amount_for("count", 0.002) > 10
