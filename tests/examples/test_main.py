import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import examples
from examples import EXAMPLES
from examples.__main__ import COLOURS

LIMIT = 10.0
FOLDER = Path(examples.__file__).parent
ENGLISH = {**os.environ, "ZMQLAB_LANGUAGE": "en", "COLUMNS": "100"}
COMMAND = [sys.executable, "-m", "examples"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True, text=True, timeout=LIMIT, check=False,
        env={**ENGLISH, **environment},
    )  # fmt: skip


def descendants(pid: int) -> set[int]:
    """Give the processes that a process has started, and that these have."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    parents = {}
    for line in listed.stdout.splitlines():
        child, parent, state = line.split()
        if not state.startswith("Z"):
            parents[int(child)] = int(parent)
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in {pid, *found}} - found:
        found |= more
    return found


def there(pid: int) -> bool:
    """Whether a process runs; one that is dead but not yet collected does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


@contextmanager
def endless() -> Iterator[tuple[subprocess.Popen[str], set[int]]]:
    """Run an example whose story does not end; give it and its processes once it is under way."""
    with subprocess.Popen(
        [*COMMAND, "run", "request_reply", "--", "--requests", "100000000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENGLISH,
        errors="replace",  # communicate() may go on in the middle of a letter
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            while "got World" not in process.stdout.readline():
                assert process.poll() is None
            started = descendants(process.pid)
            assert len(started) == 3  # server, client, reaper
            yield process, started
        finally:
            process.kill()


def test_the_list_is_complete() -> None:
    done = run("list")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {
        cells[0]: cells[1:]
        for line in done.stdout.splitlines()
        if len(cells := [cell.strip() for cell in line.strip("│").split("│")]) == 4
    }
    assert rows == {
        "request_reply": ["server, client", "01", "hwserver, hwclient"],
        "version": ["version", "01", "version"],
        "publish_subscribe": ["publisher, subscriber", "02", "wuserver, wuclient"],
        "nasdaq_filter": ["publisher ×2, filter, subscriber", "02", ""],
        "pipeline": ["sink, ventilator, worker ×3", "03", "tasksink, taskvent, taskwork"],
        "brokerless": ["broker, client ×4", "30", ""],
        "multithreading": ["office, worker ×2", "31", ""],
        "gil": ["compute", "31", ""],
        "shared_socket": ["senders", "31", ""],
        "reliable_edges": ["switch, receiver, sender", "32", ""],
        "switch_or_broker": ["broker, receiver, sender", "32", ""],
        "speed": ["peer, caller", "33", ""],
    }
    assert (
        "brokerless --topology hub, direct, directory, queues, directories, redis, proxy\n"
        in done.stdout
    )
    assert "가이드 프로그램" in run("list", ZMQLAB_LANGUAGE="ko").stdout


def test_every_folder_is_an_example_and_every_file_a_part() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/[!_]*.py")}
    assert files == {
        os.path.normpath(f"{example.folder}/{file}")
        for example in EXAMPLES.values()
        for file in (*example.files, *example.also)
    }
    for example in EXAMPLES.values():
        texts = [(FOLDER / example.folder / file).read_text() for file in example.files]
        guide = example.guide or [""] * len(texts)
        for text, ancestor in zip(texts, guide, strict=True):
            own = ["source page's example", "whitepaper", f"esson {example.lesson}"]
            sources = [f"Guide: {ancestor}"] if ancestor else own
            assert any(source in text for source in sources)
        for parts in (example.parts, *example.topologies.values()):
            assert {example.ends, *example.asks} <= {"", *(part.key for part in parts)}


@pytest.mark.parametrize("name", ["request_reply", "request-reply"])
def test_a_run_ends_with_its_story(name: str) -> None:
    done = run("run", name, "--", "--requests", "3")
    assert (done.returncode, done.stderr) == (0, "")
    ready, *story = done.stdout.splitlines()
    found = re.fullmatch(r"server │ ready server (tcp://127\.0\.0\.1:\d+)", ready)
    assert found
    assert story == [
        f"client │ ready client {found[1]}",
        *(
            line
            for number in range(1, 4)
            for line in (
                f"client │ sending Hello {number}",
                f"server │ got Hello {number}",
                f"server │ sending World {number}",
                f"client │ got World {number}",
            )
        ),
        "server │ server stopped",
    ]


def told(lines: list[str], name: str) -> list[str]:
    """Give what one program said, without its ready line."""
    return [said for who, said in (line.split(" │ ", 1) for line in lines) if who.rstrip() == name][
        1:
    ]


@contextmanager
def nothing_left() -> Iterator[dict[str, str]]:
    """Give an environment whose folder for temporary files must be empty at the end."""
    with tempfile.TemporaryDirectory() as folder:
        yield {"TMPDIR": folder}
        assert os.listdir(folder) == []


def test_a_run_of_publish_subscribe() -> None:
    with nothing_left() as environment:
        done = run("run", "publish_subscribe", "--", "--zip", "3", "--updates", "5", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    *updates, average = told(done.stdout.splitlines(), "subscriber")
    assert len(updates) == 5
    assert all(line.startswith("got 3") for line in updates)
    assert average.startswith("average of 5 updates for '3': ")
    assert told(done.stdout.splitlines(), "publisher")[-1] == "publisher stopped"


def test_a_run_of_the_nasdaq_filter() -> None:
    with nothing_left() as environment:
        done = run("run", "nasdaq_filter", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    ready = {line.split(" │ ready ")[0].strip(): line.split() for line in lines if "ready" in line}
    publishers = [ready[name][-1] for name in ("publisher", "publisher 2")]
    *_, feed, first, second = ready["filter"]
    assert [first, second] == publishers
    assert ready["subscriber"][-1:] == [feed]
    assert feed.startswith("ipc://")
    got = [line for line in told(lines, "subscriber") if line.startswith("got ")]
    assert len(got) == 10
    assert {line.split()[1] for line in got} == {"NASDAQ:ACME", "NASDAQ:ZETA"}
    *forwarded, end = told(lines, "filter")
    assert end == "filter stopped"
    sent = {line.split(" │ publishing ")[1] for line in lines if " │ publishing " in line}
    assert {line.removeprefix("forwarding ") for line in forwarded} <= sent
    assert {line.removeprefix("got ") for line in got} <= {
        line.removeprefix("forwarding ") for line in forwarded
    }
    assert all(line.startswith("forwarding NASDAQ:") for line in forwarded)


def test_a_run_of_the_pipeline() -> None:
    with nothing_left() as environment:
        done = run("run", "pipeline", "--", "--tasks", "9", "--rounds", "1000", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    _, total, *counts = told(lines, "sink")
    assert total.startswith("9 of 9 tasks done in ")
    assert counts == ["worker did 3", "worker 2 did 3", "worker 3 did 3"]
    for name in ("worker", "worker 2", "worker 3"):
        *tasks, end = told(lines, name)
        verbs = [words.split()[2].rstrip(":") for words in tasks]
        assert (verbs, end) == (["taken", "done"] * 3, "worker stopped")
    assert told(lines, "ventilator")[-1] == "9 tasks handed out"


def test_a_program_without_sockets_runs_too() -> None:
    done = run("run", "version")
    assert done.returncode == 0
    assert "version │ pyzmq " in done.stdout


def test_colours_tell_the_roles_apart() -> None:
    done = run("run", "request_reply", "--", "--requests", "1", FORCE_COLOR="1")
    styles = dict(re.findall(r"\x1b\[(\d+)m(server|client) │", done.stdout))
    assert sorted(styles.values()) == ["client", "server"]
    assert "red" not in COLOURS


def test_the_status_is_the_last_roles() -> None:
    done = run("run", "request_reply", "--", "--requests", "x")
    assert done.returncode == 2
    assert done.stderr == "client.py ended (exit status 2) before it was ready\n"
    assert done.stdout.count("--requests: invalid int value: 'x'") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
@pytest.mark.parametrize("arguments", [["version"], ["request_reply"]])
def test_a_full_disk_is_told_in_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "run", *arguments],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False,
            env=ENGLISH,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "the output can't be written: No space left on device\n"


def test_a_wrong_name() -> None:
    done = run("run", "reqest_reply")
    assert (done.returncode, done.stdout) == (2, "")
    names = ", ".join(EXAMPLES)
    assert done.stderr == f"there is no example 'reqest_reply'; there are: {names}\n"


def test_nobody_reads_on() -> None:
    with endless() as (process, started):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(LIMIT) == 0
        assert process.stderr.read() == ""
    assert not any(map(there, started))


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_behind(number: signal.Signals) -> None:
    with endless() as (process, started):
        process.send_signal(number)
        _out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, "")
    assert not any(map(there, started))


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize(
    ("arguments", "sign", "processes"),
    [
        (["nasdaq_filter", "--", "--quotes", "1000000"], "subscriber  │ got ", 5),
        (["pipeline", "--", "--workers", "4"], "3 of 4 workers connected", 6),
        (["publish-subscribe", "--", "--updates", "1000000"], "got ", 3),
    ],
    ids=["nasdaq_filter", "pipeline", "publish_subscribe"],
)
def test_an_interrupt_ends_several(arguments: list[str], sign: str, processes: int) -> None:
    with (
        nothing_left() as environment,
        subprocess.Popen(
            [*COMMAND, "run", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
            env={**ENGLISH, **environment},
        ) as process,
    ):  # fmt: skip
        try:
            while sign not in (line := process.stdout.readline()):
                assert line
            started = descendants(process.pid)
            assert len(started) == processes  # and the reaper is one of them
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
        assert (process.returncode, err) == (0, "")
        assert out.count(" stopped\n") == processes - 1
        assert not any(map(there, started))


def test_a_story_that_ends_leaves_nothing_behind() -> None:
    started = set()
    with subprocess.Popen(
        [*COMMAND, "run", "request_reply", "--", "--requests", "100"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=ENGLISH,
    ) as process:  # fmt: skip
        while process.poll() is None:
            started |= descendants(process.pid)
        assert process.stderr is not None
        assert (process.returncode, process.stderr.read()) == (0, "")
    assert started
    assert not any(map(there, started))


@pytest.mark.skipif(os.name == "nt", reason="the reaper needs POSIX")
def test_a_kill_leaves_nothing_behind() -> None:
    with endless() as (process, started):
        process.kill()
        process.wait(LIMIT)
        end = time.monotonic() + LIMIT
        while any(map(there, started)):
            assert time.monotonic() < end
