"""``python -m examples``: what it lists, and how a run of several programs ends."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner, Result

from examples import EXAMPLES
from examples.__main__ import COLOURS, app

LIMIT = 30.0
ENGLISH = {**os.environ, "ZMQLAB_LANGUAGE": "en", "COLUMNS": "160"}
COMMAND = [sys.executable, "-m", "examples"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it as a command, where programs are started."""
    return subprocess.run(
        [*COMMAND, "run", *arguments],
        capture_output=True, text=True, timeout=LIMIT, check=False,
        env={**ENGLISH, **environment},
    )  # fmt: skip


def ask(*arguments: str, language: str = "en") -> Result:
    """Run it in this process, where no program is started."""
    environment = {"ZMQLAB_LANGUAGE": language, "COLUMNS": "160"}
    return CliRunner().invoke(app, arguments, env=environment)


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run it in the background."""
    with subprocess.Popen(
        [*COMMAND, "run", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**ENGLISH, **environment},
        errors="replace",  # communicate() may go on in the middle of a letter
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def under_way(process: subprocess.Popen[str], sign: str) -> list[psutil.Process]:
    """Wait until a line has this sign in it; return the processes that are there by then."""
    assert process.stdout is not None
    while sign not in (line := process.stdout.readline()):
        assert line
    return psutil.Process(process.pid).children(recursive=True)


def all_gone(started: list[psutil.Process]) -> bool:
    return psutil.wait_procs(started, timeout=LIMIT)[1] == []


@contextmanager
def endless() -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """Run an example whose story does not end; yield it and its processes once under way."""
    with running("request_reply", "--", "--requests", "100000000") as process:
        started = under_way(process, "got World")
        assert len(started) == 3  # server, client, reaper
        yield process, started


@contextmanager
def nothing_left() -> Iterator[dict[str, str]]:
    """Yield an environment whose folder for temporary files must be empty at the end."""
    with tempfile.TemporaryDirectory() as folder:
        yield {"TMPDIR": folder}
        assert os.listdir(folder) == []


def told(lines: list[str], name: str) -> list[str]:
    """Return what one program said, without its ready line."""
    pairs = (line.split(" │ ", 1) for line in lines)
    return [said for who, said in pairs if who.rstrip() == name][1:]


def test_the_list_has_every_example() -> None:
    done = ask("list")
    assert (done.exit_code, done.stderr) == (0, "")
    rows = {
        cells[0]: cells[1:]
        for line in done.stdout.splitlines()
        if len(cells := [cell.strip() for cell in line.strip("│").split("│")]) == 4
    }
    assert [*rows] == [*EXAMPLES]
    for name, example in EXAMPLES.items():
        assert rows[name][1:] == [example.lesson, ", ".join(filter(None, example.guide))]
        assert all(Path(part.file).stem in rows[name][0] for part in example.parts)
        ways = f"{name} --topology {', '.join(example.topologies)}\n"
        assert (ways in done.stdout) is bool(example.topologies)
    several = ["sink, ventilator, worker ×3", "03", "tasksink, taskvent, taskwork"]
    assert rows["pipeline"] == several
    assert "가이드 프로그램" in ask("list", language="ko").stdout


@pytest.mark.parametrize("command", [["run", "reqest-reply"], ["eject", "reqest-reply", "home"]])
def test_a_wrong_name(command: list[str]) -> None:
    done = ask(*command)
    assert (done.exit_code, done.stdout) == (2, "")
    names = ", ".join(EXAMPLES)
    assert done.stderr == f"there is no example 'reqest-reply'; there are: {names}\n"


@pytest.mark.parametrize("name", ["brokerless", "pipeline"])
def test_a_topology_that_is_not_there(name: str) -> None:
    done = ask("run", name, "--topology", "star")
    assert (done.exit_code, done.stdout) == (2, "")
    names = ", ".join(EXAMPLES[name].topologies) or "-"
    assert done.stderr == f"{name} has no topology 'star'; it has: {names}\n"


def test_a_run_ends_with_its_story_in_the_order_of_events_and_the_roles_in_colours() -> None:
    done = run("request-reply", "--", "--requests", "3", FORCE_COLOR="1")
    assert (done.returncode, done.stderr) == (0, "")
    styles = dict(re.findall(r"\x1b\[(\d+)m(server|client) │", done.stdout))
    assert sorted(styles.values()) == ["client", "server"]
    assert "red" not in COLOURS
    ready, *story = re.sub(r"\x1b\[\d*m", "", done.stdout).splitlines()
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


def test_options_go_to_the_part_that_asks_for_them_and_another_may_end_the_story() -> None:
    with nothing_left() as environment:
        done = run("pipeline", "--", "--tasks", "9", "--rounds", "1000", **environment)
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


def test_the_status_is_the_last_roles() -> None:
    done = run("request_reply", "--", "--requests", "x")
    assert done.returncode == 2
    assert done.stderr == "client.py ended (exit status 2) before it was ready\n"
    assert done.stdout.count("--requests: needs a whole number from 1 on, not 'x'") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
@pytest.mark.parametrize("name", ["version", "request_reply"])
def test_a_full_disk_is_told_in_one_line(name: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "run", name],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False,
            env=ENGLISH,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "the output can't be written: No space left on device\n"


def test_nobody_reads_on() -> None:
    with endless() as (process, started):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(LIMIT) == 0
        assert process.stderr.read() == ""
    assert all_gone(started)


@POSIX
def test_sigterm_leaves_nothing_behind() -> None:
    with endless() as (process, started):
        process.send_signal(signal.SIGTERM)
        _out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, "")
    assert all_gone(started)


@POSIX
def test_an_interrupt_ends_several_and_leaves_no_file() -> None:
    with (
        nothing_left() as environment,
        running("nasdaq_filter", "--", "--quotes", "1000000", **environment) as process,
    ):
        started = under_way(process, "subscriber  │ got ")
        assert len(started) == 5  # and the reaper is one of them
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
        assert (process.returncode, err) == (0, "")
        assert out.count(" stopped\n") == 4
        assert all_gone(started)


@POSIX
def test_a_story_that_ends_leaves_nothing_behind() -> None:
    # The publisher's rate gives the story at least a second.
    with running("publish_subscribe", "--", "--zip", "", "--updates", "1000") as process:
        started = under_way(process, "got ")
        _out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, "")
    assert started
    assert all_gone(started)


@POSIX
def test_a_kill_leaves_nothing_behind() -> None:
    with endless() as (process, started):
        process.kill()
        process.wait(LIMIT)
        assert all_gone(started)
