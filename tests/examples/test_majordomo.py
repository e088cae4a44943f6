"""Majordomo: the frames of RFC 7 and RFC 8, what the broker decides, and the programs under faults.

`make soak PART=storm` has 1,000 faults.
"""

import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as some

import examples
from examples.majordomo import _protocol as mdp
from examples.majordomo._broker import TABLE, Broker, State

ANY = "tcp://127.0.0.1:*"
FOLDER = Path(examples.__file__).parent / "majordomo"
BROKER, WORKER, CLIENT, CLIENT2, MMI = (
    f"majordomo/{name}.py" for name in ("mdbroker", "mdworker", "mdclient", "mdclient2", "mmiecho")
)
QUICK = ("--interval", "0.1")

# ------------------------------------------------------------- frames

DESCRIBED = {
    # RFC 7, MDP/Client: request and reply
    mdp.ClientMessage(b"echo", (b"hi",)): [b"", b"MDPC01", b"echo", b"hi"],
    mdp.ClientMessage(b"a b", (b"", b"\x00", b"")): [b"", b"MDPC01", b"a b", b"", b"\x00", b""],
    # RFC 7, MDP/Worker
    mdp.Ready(b"echo"): [b"", b"MDPW01", b"\x01", b"echo"],
    mdp.Request(b"\x00ab", (b"hi",)): [b"", b"MDPW01", b"\x02", b"\x00ab", b"", b"hi"],
    mdp.Reply(b"\x00ab", (b"", b"")): [b"", b"MDPW01", b"\x03", b"\x00ab", b"", b"", b""],
    mdp.Heartbeat(): [b"", b"MDPW01", b"\x04"],
    mdp.Disconnect(): [b"", b"MDPW01", b"\x05"],
}
"""As the RFC describes them, frame by frame."""

DAMAGED = {
    "a message has 2 frames or more, this one 0": [],
    "a message has 2 frames or more, this one 1": [b""],
    "frame 0 is empty, and not b'MDPC01'": [b"MDPC01", b"echo", b"hi"],
    "frame 1 is MDPC01 or MDPW01, and not b'MDPC02'": [b"", b"MDPC02", b"\x01", b"echo", b"hi"],
    "and not b'MDPW02'": [b"", b"MDPW02", b"\x01", b"echo"],
    "and not b'mdpw01'": [b"", b"mdpw01", b"\x04"],
    "a MDP/Client message has 4 frames or more, this one 3": [b"", b"MDPC01", b"echo"],
    "frame 2 is a printable name, not b''": [b"", b"MDPC01", b"", b"hi"],
    "not b'a\\nb'": [b"", b"MDPC01", b"a\nb", b"hi"],
    "not b'\\xff'": [b"", b"MDPC01", b"\xff", b"hi"],
    "not b'aaaaaaaaaaaaaaaa'…": [b"", b"MDPC01", b"a" * 256, b"hi"],
    "a MDP/Worker message has 3 frames or more, this one 2": [b"", b"MDPW01"],
    "frame 2 is a command from 01 to 05, not b'\\x06'": [b"", b"MDPW01", b"\x06"],
    "from 01 to 05, not b''": [b"", b"MDPW01", b""],
    "from 01 to 05, not b'\\x01\\x01'": [b"", b"MDPW01", b"\x01\x01", b"echo"],
    "READY has 4 frames, this one 3": [b"", b"MDPW01", b"\x01"],
    "READY has 4 frames, this one 5": [b"", b"MDPW01", b"\x01", b"echo", b"more"],
    "frame 3 is a printable name": [b"", b"MDPW01", b"\x01", b"\x07"],
    "a REQUEST has 6 frames or more, this one 5": [b"", b"MDPW01", b"\x02", b"c", b""],
    "a REPLY has 6 frames or more, this one 3": [b"", b"MDPW01", b"\x03"],
    "frame 3 of REPLY is a client, not b''": [b"", b"MDPW01", b"\x03", b"", b"", b"hi"],
    "frame 4 of REPLY is empty, and not b'x'": [b"", b"MDPW01", b"\x03", b"c", b"x", b"hi"],
    "HEARTBEAT has 3 frames, this one 4": [b"", b"MDPW01", b"\x04", b""],
    "DISCONNECT has 3 frames, this one 4": [b"", b"MDPW01", b"\x05", b"why"],
}

FRAME = some.one_of(
    some.binary(max_size=300),
    some.sampled_from([b"", b"MDPC01", b"MDPW01", b"echo", b"mmi.service", b"\x01", b"\x03"]),
)


@pytest.mark.parametrize("command", DESCRIBED, ids=lambda one: type(one).__name__)
def test_frames_are_those_that_the_rfc_describes(command) -> None:
    assert command.frames() == DESCRIBED[command]
    assert mdp.parse(DESCRIBED[command]) == command


@pytest.mark.parametrize("words", DAMAGED)
def test_damaged_frames_are_refused_in_one_line(words: str) -> None:
    with pytest.raises(mdp.ProtocolError) as error:
        mdp.parse(DAMAGED[words])
    assert str(error.value).startswith("RFC 7") and words in str(error.value)


@given(some.lists(FRAME, max_size=8))
def test_hostile_frames_are_refused_or_read_as_they_stand(frames: list[bytes]) -> None:
    try:
        command = mdp.parse(frames)
    except mdp.ProtocolError as error:
        assert str(error).isprintable() and len(str(error)) < 160
    else:
        assert command.frames() == frames


@given(some.lists(some.lists(FRAME, max_size=8), max_size=12), some.randoms())
def test_hostile_frames_do_not_upset_the_broker(messages, chance) -> None:
    broker = Broker(1, 3, 60, 3, 0)
    for number, frames in enumerate(messages):
        name = chance.choice([b"anna", b"bob"])
        prefix = chance.choice([[], [b"", b"MDPW01"], [b"", b"MDPC01"]])
        for out in broker.receive([name, *prefix, *frames], number / 4):
            mdp.parse(out[1:])
        for out in broker.tick(number / 4):
            mdp.parse(out[1:])


@pytest.mark.parametrize(
    ("service", "body", "code"),
    [
        (b"mmi.service", b"echo", b"200"),
        (b"mmi.service", b"cake", b"404"),
        (b"mmi.workers", b"echo", b"501"),
        (b"mmi.", b"", b"501"),
    ],
)
def test_the_answers_of_rfc_8(service: bytes, body: bytes, code: bytes) -> None:
    request = mdp.ClientMessage(service, (body,))
    assert mdp.manage(request, {b"echo"}.__contains__) == mdp.ClientMessage(service, (code,))


# ------------------------------------------------------------- what the broker decides


class Office:
    """A broker without sockets, and a clock that the test turns."""

    def __init__(self, tries: int = 3) -> None:
        self.now = 0.0
        self.broker = Broker(interval=1, liveness=3, patience=60, tries=tries, now=0)

    def says(self, name: bytes, command) -> list:
        """Return who is sent what for this message."""
        return self._read(self.broker.receive([name, *command.frames()], self.now))

    def later(self, seconds: float, *alive: bytes) -> list:
        """Let time pass, while these send heartbeats."""
        sent = []
        for _ in range(round(seconds * 4)):
            self.now += 0.25
            for name in alive:
                sent += self.says(name, mdp.Heartbeat())
            sent += self._read(self.broker.tick(self.now))
        return [(name, one) for name, one in sent if not isinstance(one, mdp.Heartbeat)]

    @staticmethod
    def _read(messages: list[list[bytes]]) -> list:
        return [(name, mdp.parse(frames)) for name, *frames in messages]


def ask(service: bytes, *body: bytes) -> mdp.ClientMessage:
    return mdp.ClientMessage(service, body)


TEA = ask(b"tea", b"1")
REQUEST = mdp.Request(b"alice", (b"1",))
REPLY = mdp.Reply(b"alice", (b"3.20",))


def test_a_request_waits_for_a_worker_of_its_service() -> None:
    office = Office()
    assert office.says(b"alice", TEA) == []
    assert office.says(b"ben", mdp.Ready(b"coffee")) == []
    assert office.says(b"anna", mdp.Ready(b"tea")) == [(b"anna", REQUEST)]
    assert office.says(b"anna", REPLY) == [(b"alice", ask(b"tea", b"3.20"))]


def test_the_longest_free_worker_comes_first() -> None:
    office = Office()
    for name in (b"anna", b"ben", b"cleo"):
        office.says(name, mdp.Ready(b"tea"))
    given_to = []
    for _ in range(6):
        [(name, request)] = office.says(b"alice", TEA)
        given_to.append(name)
        office.says(name, mdp.Reply(request.client, (b"",)))
    assert given_to == [b"anna", b"ben", b"cleo"] * 2


def test_a_dead_worker_behind_a_living_one_is_noticed() -> None:
    """Issue 579 of the Guide: its broker stops at the first worker that is alive."""
    office = Office()
    office.says(b"anna", mdp.Ready(b"tea"))
    office.says(b"ben", mdp.Ready(b"coffee"))
    office.says(b"cleo", mdp.Ready(b"coffee"))
    assert office.later(4, b"anna", b"cleo") == []
    [(name, _)] = office.says(b"bob", ask(b"coffee", b"2"))
    assert name == b"cleo"


def test_a_request_goes_on_when_its_worker_is_silent() -> None:
    office = Office()
    office.says(b"anna", mdp.Ready(b"tea"))
    office.says(b"alice", TEA)
    office.says(b"ben", mdp.Ready(b"tea"))
    assert office.later(2.5, b"ben") == []
    assert office.later(1, b"ben") == [(b"ben", REQUEST)]
    # Her reply comes after all: the conversation was over.
    assert office.says(b"anna", REPLY) == [(b"anna", mdp.Disconnect())]
    assert office.says(b"ben", REPLY) == [(b"alice", ask(b"tea", b"3.20"))]


@pytest.mark.parametrize("last", [mdp.Disconnect(), mdp.Ready(b"tea"), mdp.Reply(b"bob", (b"",))])
def test_a_busy_worker_that_ends_gives_its_request_back(last) -> None:
    """The Guide's broker raises ValueError here: a busy worker is in no list."""
    office = Office()
    office.says(b"anna", mdp.Ready(b"tea"))
    office.says(b"alice", TEA)
    refused = [] if isinstance(last, mdp.Disconnect) else [(b"anna", mdp.Disconnect())]
    assert office.says(b"anna", last) == refused
    assert office.says(b"ben", mdp.Ready(b"tea")) == [(b"ben", REQUEST)]


def test_a_request_that_was_lost_first_is_first_again() -> None:
    office = Office()
    office.says(b"anna", mdp.Ready(b"tea"))
    for number in (b"1", b"2"):
        office.says(b"alice", ask(b"tea", number))
    office.says(b"anna", mdp.Disconnect())
    assert office.says(b"ben", mdp.Ready(b"tea")) == [(b"ben", REQUEST)]


def test_a_request_that_kills_workers_is_dropped() -> None:
    office = Office(tries=2)
    office.says(b"alice", TEA)
    for name in (b"anna", b"ben"):
        assert office.says(name, mdp.Ready(b"tea")) == [(name, REQUEST)]
        office.says(name, mdp.Disconnect())
    assert office.says(b"cleo", mdp.Ready(b"tea")) == []


def test_a_request_waits_no_longer_than_patience() -> None:
    office = Office()
    office.says(b"alice", TEA)
    office.later(61)
    assert office.says(b"anna", mdp.Ready(b"tea")) == []


def test_mmi_knows_workers_and_not_requests() -> None:
    """The Guide's broker says 200 for any service that somebody has asked for."""
    office = Office()
    there = ask(b"mmi.service", b"tea")

    def code() -> bytes:
        [(_, reply)] = office.says(b"alice", there)
        return reply.body[0]

    assert code() == b"404"
    office.says(b"alice", TEA)
    assert code() == b"404"
    office.says(b"anna", mdp.Ready(b"tea"))
    assert code() == b"200"  # though she is busy
    office.later(4)
    assert code() == b"404"


def test_who_registers_in_the_brokers_namespace_is_disconnected() -> None:
    office = Office()
    assert office.says(b"eve", mdp.Ready(b"mmi.service")) == [(b"eve", mdp.Disconnect())]
    assert office.says(b"eve", mdp.Heartbeat()) == [(b"eve", mdp.Disconnect())]


def test_the_table_says_what_is_refused() -> None:
    commands = {
        mdp.Ready: mdp.Ready(b"tea"),
        mdp.Request: mdp.Request(b"alice", (b"1",)),
        mdp.Reply: REPLY,
        mdp.Heartbeat: mdp.Heartbeat(),
        mdp.Disconnect: mdp.Disconnect(),
    }
    for state in State:
        for kind, command in commands.items():
            office = Office()
            if state is not State.UNKNOWN:
                office.says(b"anna", mdp.Ready(b"tea"))
            if state is State.BUSY:
                office.says(b"alice", TEA)
            assert office.broker.state(b"anna") is state
            sent = office.says(b"anna", command)
            refused = (b"anna", mdp.Disconnect()) in sent
            assert refused is (kind not in TABLE[state]), (state, kind)
            expected = TABLE[state].get(kind, State.UNKNOWN)
            assert office.broker.state(b"anna") is expected, (state, kind)


@pytest.mark.parametrize("seed", range(20))
def test_every_request_is_in_one_place(seed: int) -> None:
    """Workers come, work, fall silent, leave and lie, and clients ask: nothing is lost of it."""
    chance = random.Random(seed)
    office = Office(tries=10**6)
    asked, done, in_hand, names = 0, Counter(), {}, 0
    alive: set[bytes] = set()

    def took(messages: list) -> None:
        for name, one in messages:
            if isinstance(one, mdp.Request):
                assert name not in in_hand, "two requests in one hand"
                in_hand[name] = one
            elif isinstance(one, mdp.ClientMessage):
                done[one.body[0]] += 1

    for _ in range(400):
        match chance.randrange(7):
            case 0 | 1:
                asked += 1
                took(office.says(b"alice", ask(b"tea", b"%d" % asked)))
            case 2:
                names += 1
                alive.add(b"w%d" % names)
                took(office.says(b"w%d" % names, mdp.Ready(b"tea")))
            case 3 | 4 if in_hand:
                name = chance.choice(sorted(in_hand))
                request = in_hand.pop(name)
                took(office.says(name, mdp.Reply(request.client, request.body)))
            case 5 if alive:
                name = chance.choice(sorted(alive))
                alive.discard(name)  # silent from now on
            case 6:
                took(office.later(0.5, *sorted(alive)))
        for name in [*in_hand]:
            if office.broker.state(name) is State.UNKNOWN:
                del in_hand[name]  # it was called dead, and its request goes to another
        alive = {name for name in alive if office.broker.state(name) is not State.UNKNOWN}
    for _ in range(asked + 1):
        names += 1
        name = b"w%d" % names
        took(office.says(name, mdp.Ready(b"tea")))
        while name in in_hand:
            request = in_hand.pop(name)
            took(office.says(name, mdp.Reply(request.client, request.body)))
        took(office.later(1, *sorted(alive), name))
        for other in [*in_hand]:
            request = in_hand.pop(other)
            if office.broker.state(other) is State.BUSY:
                took(office.says(other, mdp.Reply(request.client, request.body)))
    assert done == Counter(b"%d" % number for number in range(1, asked + 1))


# ------------------------------------------------------------- programs


def broker_and(start, name: str):
    """Start a broker and a worker; a request waits until the worker has registered."""
    broker = start(BROKER, "--bind", ANY, *QUICK)
    to = ("--connect", broker.endpoints[0])
    return broker, to, start(WORKER, *to, *QUICK, "--name", name)


def test_clients_ask_and_workers_answer(start) -> None:
    broker, to, anna = broker_and(start, "anna")
    status, lines, errors = start(CLIENT, *to, "--requests", "3").end()
    assert (status, errors) == (0, "")
    assert lines == [f"got {number} anna" for number in (1, 2, 3)]
    status, lines, errors = start(CLIENT2, *to, "--requests", "30", "--ahead", "9").end()
    assert (status, errors) == (0, "")
    assert sorted(lines, key=lambda line: int(line.split()[1])) == [
        f"got {number} anna" for number in range(1, 31)
    ]
    assert start(MMI, *to).end()[:2] == (0, ["echo: 200"])
    assert start(MMI, *to, "--service", "cake").end()[:2] == (0, ["cake: 404"])
    # A worker that ends by Ctrl-C says so, and the broker knows at once.
    assert anna.interrupt()[0] == 0
    assert start(MMI, *to).end()[:2] == (0, ["echo: 404"])
    assert broker.interrupt()[0] == 0


@pytest.mark.parametrize(
    ("program", "name"),
    [
        *((program, name) for program in (WORKER, CLIENT, CLIENT2, MMI) for name in ("", "a\tb")),
        (WORKER, "x" * 256),
        (WORKER, "mmi.service"),
        (CLIENT2, "mmi.service"),
    ],
)
def test_a_name_that_a_broker_would_not_take_is_refused_at_once(run, program, name) -> None:
    # Else a worker registers again and again, and a client asks for ever.
    done = run(program, "--service", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--service: RFC " in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_request_survives_its_worker(start, number: signal.Signals) -> None:
    broker = start(BROKER, "--bind", ANY, *QUICK)
    to = ("--connect", broker.endpoints[0])
    anna = start(WORKER, *to, *QUICK, "--name", "anna", "--work", "5")
    client = start(CLIENT, *to, "--requests", "1", "--timeout", "20", "--tries", "1")
    anna.line("task 1 taken")
    anna.process.send_signal(number)
    start(WORKER, *to, *QUICK, "--name", "ben")
    assert client.end()[:2] == (0, ["got 1 ben"])
    broker.line("again: 1")
    if number == signal.SIGSTOP:
        anna.process.send_signal(signal.SIGCONT)
        broker.line("refused: ")  # her heartbeat or her reply: she has to register again


def test_work_that_takes_longer_than_liveness_is_not_given_away(start) -> None:
    broker = start(BROKER, "--bind", ANY, *QUICK)
    to = ("--connect", broker.endpoints[0])
    start(WORKER, *to, *QUICK, "--name", "anna", "--work", "1")
    start(WORKER, *to, *QUICK, "--name", "ben", "--work", "1")
    client = start(CLIENT, *to, "--requests", "1", "--tries", "1", "--timeout", "20")
    assert client.end()[0] == 0
    status, lines, errors = broker.interrupt()
    assert (status, errors) == (0, "")
    assert lines.count("sent: 1") == 1 and not any("again" in line for line in lines)


def test_a_worker_finds_a_broker_that_was_restarted(start) -> None:
    broker, to, _ = broker_and(start, "anna")
    endpoint = broker.endpoints[0]
    broker.process.kill()
    broker.process.wait()
    start(BROKER, "--bind", endpoint, *QUICK)
    client = start(CLIENT, *to, "--requests", "1", "--timeout", "1", "--tries", "20")
    assert client.end()[:2] == (0, ["got 1 anna"])


def test_strangers_at_the_door(start, peer) -> None:
    """A worker of ours at a broker of the test's, and somebody who sends rubbish to ours."""
    door = peer(zmq.ROUTER)
    worker = start(WORKER, "--connect", door.get_string(zmq.LAST_ENDPOINT), *QUICK)
    name, *frames = door.recv_multipart()
    assert frames == [b"", b"MDPW01", b"\x01", b"echo"]
    door.send_multipart([name, b"", b"MDPW01", b"\x02", b"client", b"", b"7", b""])
    while (frames := door.recv_multipart()[1:]) == [b"", b"MDPW01", b"\x04"]:
        pass
    assert frames == [b"", b"MDPW01", b"\x03", b"client", b"", b"7", b"", b"worker"]
    door.send_multipart([name, b"", b"MDPW01", b"\x05"])
    other = name
    while other == name:
        other, *frames = door.recv_multipart()
    assert frames == [b"", b"MDPW01", b"\x01", b"echo"]  # by a new socket
    assert worker.interrupt()[0] == 0

    broker = start(BROKER, "--bind", ANY, *QUICK)
    stranger = peer(zmq.DEALER, connect=broker.endpoints[0])
    for rubbish in ([b""], [b"x"], [b"", b"MDPW01", b"\x09"], [b"", b"MDPC02", b"a", b"b"]):
        stranger.send_multipart(rubbish)
        broker.line("dropped: RFC 7")
    stranger.send_multipart([b"", b"MDPW01", b"\x04"])
    assert stranger.recv_multipart() == [b"", b"MDPW01", b"\x05"]


def test_a_client_without_a_broker_gives_up(run, nobody: str) -> None:
    to = ("--connect", nobody, "--timeout", "0.1", "--tries", "2")
    done = run(CLIENT, *to)
    assert (done.returncode, done.stderr) == (
        1,
        "mdclient.py: no reply: is there a worker for echo? mmiecho.py asks\n",
    )
    done = run(MMI, *to)
    assert done.returncode == 1
    assert done.stderr == f"mmiecho.py: no reply: is the broker running at {nobody}?\n"


def test_a_worker_has_one_broker(run, nobody: str) -> None:
    done = run(WORKER, "--connect", nobody, "--connect", nobody)
    assert (done.returncode, done.stdout) == (2, "")
    assert "RFC 7: a worker has one broker" in done.stderr


# ------------------------------------------------------------- the storm


def storm(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, FOLDER / "storm.py", *arguments],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")
def test_under_faults_at_every_moment_each_request_is_answered() -> None:
    seed = str(int.from_bytes(os.urandom(2)) + 1)  # others each time; the message tells which
    done = storm("--faults", "4", "--seed", seed)
    assert done.returncode == 0, (seed, done.stdout, done.stderr)
    for moment in ("queued", "sent", "in hand", "answered"):
        assert re.search(rf"^ *1 × {moment}$", done.stdout, re.MULTILINE), done.stdout
    asked, answered = map(int, re.findall(r"(\d+) requests, (\d+) answered", done.stdout)[0])
    assert asked == answered >= 12


@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")
def test_the_storm_tells_when_something_is_wrong() -> None:
    done = storm("--faults", "1", "--tries", "1", "--only", "kill broker")
    assert done.returncode == 1, (done.stdout, done.stderr)
