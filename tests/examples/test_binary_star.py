"""Binary Star: its table, its frames, a failover, a refusal, and a storm. `make soak` has 1,000."""

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

import examples
from examples.binary_star._star import TABLE, Event, RefusedError, Star, State, pack, unpack
from web.lessons.folders import page_path
from web.lessons.source import read

SERVER, CLIENT = "binary_star/server.py", "binary_star/client.py"
ANY = ("--bind", "tcp://127.0.0.1:*")
LIMIT, PATIENCE = ("--limit", "0.3"), ("--patience", "0.2")
FOLDER = Path(examples.__file__).parent / "binary_star"
FAULTS = 5


def words_of(option, endpoints):
    return [word for endpoint in endpoints for word in (option, endpoint)]


@pytest.fixture
def pair(start):
    primary = start(SERVER, *ANY * 3, *LIMIT)
    backup = start(SERVER, *ANY, *words_of("--primary", primary.endpoints[1:]), *LIMIT)
    primary.line("state active: peer backup")
    backup.line("state passive: peer active")
    return primary, backup


def client(run, *servers, requests=2):
    fronts = words_of("--connect", [one.endpoints[0] for one in servers])
    return run(CLIENT, *fronts, *PATIENCE, "--requests", str(requests))


# The table


def test_the_lesson_shows_the_table_of_the_programs():
    cells = [cell.source for cell in read(page_path("22-binary-star")).code()]
    (cell,) = (source for source in cells if source.startswith("TABLE = {"))
    shown = {}
    exec(cell, shown)
    assert shown["TABLE"] == {
        state.name.lower(): {event.value: to.name.lower() for event, to in row.items()}
        for state, row in TABLE.items()
    }


def test_what_is_refused_is_two_of_a_kind():
    refused = {(state, event) for state in State for event in Event if event not in TABLE[state]}
    assert refused == {(state, Event[f"PEER_{state.name}"]) for state in State}


def test_no_partners_that_hear_each_other_are_both_active_and_go_on():
    """Whatever happens in whatever order: a pair whose network works never has two active ones."""
    seen = set()
    waiting = [(State.PRIMARY, State.BACKUP)]
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        for mine, other in ((0, 1), (1, 0)):
            for event in (Event.REQUEST, Event[f"PEER_{pair[other].name}"]):
                new = list(pair)
                new[mine] = TABLE[pair[mine]][event]
                waiting.append(tuple(new))
            restarted = list(pair)
            restarted[mine] = (State.PRIMARY, State.BACKUP)[mine]
            waiting.append(tuple(restarted))
    assert (State.ACTIVE, State.ACTIVE) not in seen
    assert (State.PASSIVE, State.ACTIVE) in seen  # the roles are changed by a restart


def test_a_request_is_a_vote_only_after_the_limit():
    star = Star(State.PASSIVE, heartbeat=0.1, limit=0.5, now=0)
    assert not star.heard(State.ACTIVE, 1)
    assert not star.asked(1.49)
    assert star.asked(1.5) and star.state is State.ACTIVE
    with pytest.raises(RefusedError, match="active, and the event is 'peer active'"):
        star.heard(State.ACTIVE, 2)
    assert not star.due(0.05) and star.due(0.1)
    star.sent(0.1)
    assert star.wait(0.15) == pytest.approx(0.05)


def test_a_backup_that_never_heard_of_a_primary_does_not_begin():
    star = Star(State.BACKUP, heartbeat=0.1, limit=0.5, now=0)
    assert not star.asked(99) and star.state is State.BACKUP


# The frames


@given(st.sampled_from(State), st.integers(0, 2**63 - 1))
def test_frames_come_back_as_they_were(state, sold):
    assert unpack(pack(state, sold)) == (state, sold)


def test_the_numbers_of_the_states_are_those_of_the_guide():
    assert pack(State.PRIMARY, 0) == [b"1", b"0"]
    assert [pack(state, 7)[0] for state in State] == [b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([], "a state has 2 frames, not 0"),
        ([b"3"], "a state has 2 frames, not 1"),
        ([b"3", b"1", b""], "a state has 2 frames, not 3"),
        ([b"5", b"1"], "there is no state b'5'"),
        ([b"\xff" * 99, b"1"], "there is no state b'\\xff"),
        ([b"3", b"-1"], "the number of seats is not b'-1'"),
        ([b"3", b""], "the number of seats is not b''"),
        ([b"3", b"9" * 5000], "the number of seats is not b'9999"),
    ],
)
def test_damaged_frames_are_refused_in_a_line(frames, words):
    with pytest.raises(ValueError) as refused:
        unpack(frames)
    assert words in str(refused.value) and len(str(refused.value)) < 150


@given(st.lists(st.binary(max_size=30), max_size=4))
def test_hostile_frames_are_read_or_refused_and_nothing_else(frames):
    try:
        state, sold = unpack(frames)
    except ValueError:
        return
    assert int(frames[0]) == state.value and int(frames[1]) == sold


# The programs


def test_the_backup_takes_over_and_a_primary_that_comes_back_stays_passive(pair, run, start):
    primary, backup = pair
    assert re.findall(r"seat \d", client(run, primary, backup).stdout) == ["seat 1", "seat 2"]
    primary.process.kill()
    done = client(run, primary, backup)
    assert re.findall(r"seat \d", done.stdout) == ["seat 3", "seat 4"], done.stderr
    backup.line("state active: vote")
    again = start(SERVER, *words_of("--bind", primary.endpoints), *LIMIT)
    again.line("state passive: peer active")
    # The client begins at the primary, which throws its request away.
    done = client(run, primary, backup, requests=1)
    assert "has seat 5" in done.stdout and "tries: 2" in done.stdout


def test_a_primary_that_is_back_at_once_finds_the_backup_active(pair, start):
    primary, backup = pair
    primary.process.kill()
    primary.process.wait()
    again = start(SERVER, *words_of("--bind", primary.endpoints), "--limit", "60")
    again.line("state passive: peer active")
    backup.line("state active: peer primary")


def test_two_that_are_active_are_refused(pair):
    primary, backup = pair
    with zmq.Context() as context, context.socket(zmq.PUB) as stranger:
        stranger.linger = 0
        stranger.connect(primary.endpoints[2])
        for _ in itertools.repeat(None, 1000):
            stranger.send_multipart(pack(State.ACTIVE, 0))
            if primary.process.poll() is not None:
                break
            stranger.poll(10)
    status, _, errors = primary.end()
    assert status == 3
    assert errors == (
        "server.py: refused: active, and the event is 'peer active'; "
        "a person has to look at this pair\n"
    )
    assert backup.process.poll() is None


def test_what_is_no_state_is_ignored(pair, run):
    primary, backup = pair
    with zmq.Context() as context, context.socket(zmq.PUB) as stranger:
        stranger.linger = 0
        monitor = stranger.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        stranger.connect(primary.endpoints[2])
        assert monitor.poll(5000)
        for _ in range(100):
            stranger.send(b"nonsense")
            stranger.poll(10)
            if any("ignored" in line for line in primary.lines):
                break
        stranger.disable_monitor()
        monitor.close(linger=0)
    primary.line("ignored: a state has 2 frames, not 1")
    assert client(run, primary, backup, requests=1).returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (ANY, "a primary needs --bind three times"),
        ((*ANY, "--primary", "tcp://127.0.0.1:5"), "--primary is given twice"),
        ((*ANY, "--heartbeat", "0"), "--heartbeat needs more than 0"),
    ],
)
def test_what_can_not_work_is_refused(words, says, run):
    done = run(SERVER, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr and done.stderr.count("\n") == 1


def test_a_client_without_servers_gives_up(nobody, run):
    done = run(CLIENT, "--connect", nobody, *PATIENCE, "--give-up", "0.3")
    assert done.returncode == 1
    assert "no reply to alice #1 within 0.3 s" in done.stderr
    assert done.stdout.count("sent: alice #1") >= 2


@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")
def test_under_faults_at_each_moment_every_request_is_answered():
    seed = str(int.from_bytes(os.urandom(2)) + 1)
    command = [sys.executable, FOLDER / "storm.py", "--faults", str(FAULTS), "--seed", seed]
    done = subprocess.run(
        [*command, "--limit", "0.2"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, (seed, done.stdout, done.stderr)
    assert re.findall(r"^ +(\d+) × (.*)", done.stdout, re.MULTILINE) == [
        ("1", moment) for moment in ("queued", "sent", "in hand", "done", "answered")
    ]
    assert ", 0 without a reply; " in done.stdout
