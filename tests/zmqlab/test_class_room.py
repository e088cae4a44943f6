"""A class in one room: one board, 40 learners, real sockets, and what goes wrong with them."""

import asyncio
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager

import psutil
import pytest
import zmq
import zmq.asyncio

from zmqlab import Wiretap, check
from zmqlab.classroom import learner, protocol
from zmqlab.classroom.board import Board
from zmqlab.classroom.host import Host
from zmqlab.classroom.learner import ClassError, Line
from zmqlab.classroom.note import Note, new_key, read_note
from zmqlab.classroom.protocol import Result
from zmqlab.exercises.checks import names

CODE = "otter42"
CHECK, OTHER = "01 ask again", "01 reply within"
LIMIT = 30.0


class Room:
    """A board whose sockets a thread serves. The board is looked at between two turns only."""

    def __init__(self, *, code=CODE, curve=False, port=0, seats=60):
        self.board = Board(names(), secrets.token_hex(4), code, seats)
        self.host = Host(self.board, code=code, curve=curve, host="127.0.0.1", port=port)
        (self.address,) = self.host.addresses()
        self._ended = False
        self._turned = threading.Condition()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while not self._ended:
            with self._turned:
                self.host.turn(0.02)
                self._turned.notify_all()

    def until(self, test):
        """Wait until the board's state passes a test."""
        with self._turned:
            assert self._turned.wait_for(lambda: test(self.board), LIMIT), self.standings()

    def standings(self, name=CHECK):
        now = time.monotonic()
        return {seat.name: seat.standing(name, now) for seat in self.board.seats.values()}

    def close(self):
        if self._ended:
            return
        self._ended = True
        self._thread.join()
        self.host.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@pytest.fixture(autouse=True)
def note(tmp_path, monkeypatch):
    monkeypatch.setenv("ZMQLAB_CLASS", str(tmp_path / "class.json"))
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")
    yield tmp_path / "class.json"
    learner.leave()


@contextmanager
def line_to(room, name, key=None, address=None):
    line = Line(Note(address or room.address, name, CODE, key or new_key(), time.time()))
    try:
        yield line
    finally:
        line.close()


LEARNER = f"""
import sys
from zmqlab import join, check
from zmqlab.exercises.checks import checker, names

names()  # the lesson's own checker is replaced below: it takes seconds
address, name, *results = sys.argv[1:]
print(join(address, name, {CODE!r}), flush=True)


@checker("01 ask again")
def toy(answer):
    assert answer


for result in results:
    check("01 ask again", result == "right")
print("reported", flush=True)
sys.stdin.read()
"""


@contextmanager
def learner_process(room, note, name, *results):
    """A learner in a Python of its own, that has tried the exercise so often."""
    process = subprocess.Popen(
        [sys.executable, "-c", LEARNER, room.address, name, *results],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "ZMQLAB_CLASS": str(note)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def reported(process):
    """Wait for the learner's process to have run its checks."""
    for text in process.stdout:
        if text == "reported\n":
            return
    raise AssertionError("it ended")


@pytest.mark.parametrize("curve", [False, True])
def test_join_check_vote_leave(curve, note):
    with Room(curve=curve) as room:
        with pytest.raises(ClassError, match="code word"):
            learner.join(room.address, "Mina", "otter43")
        with pytest.raises(ClassError, match="1 to 24"):
            learner.join(room.address, "\x1b[2J", CODE)
        assert "as Mina." in repr(learner.join(room.address, "Mina", CODE))
        assert (note.stat().st_mode & 0o777) == 0o600
        learner.report(CHECK, "not right")
        room.until(lambda _: room.standings() == {"Mina": "trying"})
        with pytest.raises(ClassError, match="no question"):
            learner.vote()
        room.board.ask(3)
        assert "hand is up for answer 2" in repr(learner.vote(2))
        with pytest.raises(ClassError, match="answers 1 to 3"):
            learner.vote(4)
        room.board.reveal()
        assert room.board.vote.counts == (0, 1, 0)
        learner.leave()
        assert not note.exists()
        learner.report(CHECK, "passed")
        with pytest.raises(ClassError, match="joined no class"):
            learner.vote(1)
        assert room.standings() == {"Mina": "trying"}


def test_addresses_that_are_none():
    for address in (
        "",
        "5600",
        "http://a:1",
        "tcp://a",
        "tcp://a:0",
        "tcp://a:70000",
        "tcp://a:1#x",
    ):
        with pytest.raises(ClassError, match="no address of a board"):
            learner.join(address, "Mina")


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(learner, "PATIENCE", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        with pytest.raises(ClassError, match="no board answers"):
            learner.join(f"tcp://127.0.0.1:{silent.getsockname()[1]}", "Mina")
        assert time.monotonic() - began < 5
    assert read_note() is None


def test_a_check_reports_from_every_notebook_of_the_laptop(note):
    """One kernel joins; another one's checks are on the board too. Without a note nothing is."""
    source = (
        "import asyncio, sys\nfrom zmqlab import check\n"
        "async def ask(context, endpoint, text, patience, tries):\n    return text\n"
        "async def main():\n    print(repr(await check('01 ask again', ask)))\n"
        "asyncio.run(main())\n"
    )
    with Room() as room:
        learner.join(room.address, "Mina", CODE)
        done = subprocess.run(
            [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True
        )
        assert "not right" in done.stdout
        room.until(lambda board: [len(s.begun) for s in board.seats.values()] == [1])
        assert room.standings() == {"Mina": "trying"}


def test_a_check_does_not_mind_a_broken_class(note, monkeypatch):
    note.write_text("{")
    assert check("no such check", 1).state == "not right"
    monkeypatch.setitem(sys.modules, "zmqlab.classroom.learner", None)

    async def reply_within(client, seconds):
        return client

    async def main():
        return await check(OTHER, reply_within)

    assert asyncio.run(main()).state == "not right"


def test_forty_learners_some_killed_a_liar_and_a_flood(tmp_path):
    """34 learners in threads, 6 in processes of which 3 are killed and come back."""
    results = {}
    with Room() as room, ExitStack() as stack:
        lines = [stack.enter_context(line_to(room, f"t{n:02}")) for n in range(34)]
        processes = {}
        for n in range(6):
            name = f"p{n}"
            wrong = ["wrong"] * n
            processes[name] = stack.enter_context(
                learner_process(room, tmp_path / f"{name}.json", name, *wrong)
            )
            results[name] = "not begun" if n == 0 else "trying" if n < 3 else "stuck"
        stack.enter_context(flood(room))
        stack.enter_context(liar(room))
        for n, line in enumerate(lines):
            for _ in range(n % 4):
                line.checked(CHECK, Result.NOT_RIGHT)
            if n % 2:
                line.checked(CHECK, Result.PASSED)
            tried = "not begun" if n % 4 == 0 else "trying" if n % 4 < 3 else "stuck"
            results[f"t{n:02}"] = "passed" if n % 2 else tried
        for process in processes.values():
            reported(process)
        room.until(lambda _: honest(room.standings()) == results)
        for name in ("p1", "p3", "p5"):  # killed, and back in a new kernel, with the right answer
            processes[name].kill()
            processes[name].wait()
            again = learner_process(room, tmp_path / f"{name}.json", name, "right")
            processes[name] = stack.enter_context(again)
            results[name] = "passed"
        for name in ("p1", "p3", "p5"):
            reported(processes[name])
        room.until(lambda _: honest(room.standings()) == results)
        assert len(results) == 40
        for line in lines:
            assert line.confirmed(LIMIT)
        assert room.board.strangers > 0 and room.board.malformed > 0
        flooded = next(seat for seat in room.board.seats.values() if seat.name == "flood")
        assert flooded.ignored > 100


def honest(standings):
    return {name: one for name, one in standings.items() if name not in ("liar", "flood")}


REAL = """
import asyncio, sys
from zmqlab import check, join

async def reply_within(client, seconds):
    if await client.poll(int(seconds * 1000)):
        return await client.recv_string() if sys.argv[3] == "right" else b""
    return None

async def main():
    return await check("01 reply within", reply_within)

join(sys.argv[1], sys.argv[2], "otter42")
print("joined", flush=True)
print(asyncio.run(main()).state, flush=True)
"""


@pytest.mark.soak
def test_forty_processes_run_the_lessons_own_check(tmp_path):
    """At most 8 at a time. 6 are killed as soon as they have joined, and come back."""
    expected = {f"p{n:02}": "passed" if n % 3 else "trying" for n in range(40)}
    places = threading.Semaphore(8)

    def learn(room, name):
        result = "right" if expected[name] == "passed" else "wrong"
        command = [sys.executable, "-c", REAL, room.address, name, result]
        environment = {**os.environ, "ZMQLAB_CLASS": str(tmp_path / f"{name}.json")}
        with places:
            for killed in (True, False) if int(name[1:]) % 7 == 0 else (False,):
                process = subprocess.Popen(
                    command, stdout=subprocess.PIPE, text=True, env=environment
                )
                assert process.stdout.readline() == "joined\n"
                if killed:
                    process.kill()
                process.communicate(timeout=120)

    with Room() as room:
        threads = [threading.Thread(target=learn, args=(room, name)) for name in expected]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        room.until(lambda _: room.standings(OTHER) == expected)


@contextmanager
def pusher(room):
    """A PUSH of somebody who knows the code word."""
    with zmq.Context() as context, context.socket(zmq.PUSH) as push:
        push.linger = 0
        push.plain_username, push.plain_password = b"class", CODE.encode()
        push.connect(f"tcp://127.0.0.1:{room.host.ports[1]}")
        yield push


@contextmanager
def flood(room):
    """Somebody in the class sends reports as fast as the board takes them, until the end."""
    key = new_key()
    stop = threading.Event()

    def run():
        with pusher(room) as push:
            version = 0
            while not stop.is_set():
                version += 1
                report = protocol.Report(key, "00000001", version)
                if push.poll(50, zmq.POLLOUT):
                    push.send_multipart(protocol.write_report(report))

    with line_to(room, "flood", key) as line:
        line.wait_until_in(LIMIT)
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


@contextmanager
def liar(room):
    """Somebody in the class reports for others, of what there is not, and what is no report."""
    with line_to(room, "liar") as line, pusher(room) as push:
        line.wait_until_in(LIMIT)
        passed = {CHECK: protocol.Tried(Result.PASSED, 1)}
        for _ in range(20):
            forged = protocol.Report(secrets.token_hex(16), "00000002", 2**53, passed)
            push.send_multipart(protocol.write_report(forged))
            push.send_multipart([b"ZC1", b"report", b'{"key":"\x1b[2J"}'])
            push.send_multipart([os.urandom(40), b"", os.urandom(400)])
            push.send(b"")
        line.checked("99 everything", Result.PASSED)
        yield


def test_hostile_bytes_on_every_port():
    with Room() as room, line_to(room, "Mina") as mina, ExitStack() as stack:
        mina.wait_until_in(LIMIT)
        for port in room.host.ports:
            for data in (
                b"GET / HTTP/1.1\r\n\r\n",
                os.urandom(4000),
                b"\xff" + b"\0" * 8 + b"\x7f",
            ):
                peer = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                peer.sendall(data)
        with pusher(room) as push:  # 1 MB in a frame: libzmq ends the connection
            push.send(b"x" * 1_000_000)
            push.send_multipart([b"x"] * 500)
            mina.checked(CHECK, Result.PASSED)
            room.until(lambda _: room.standings() == {"Mina": "passed"})


def test_the_network_is_lost_and_the_board_comes_back():
    """What was reported while the board was away is there when it has come back."""
    with Room() as room:
        port = room.host.port
        with line_to(room, "Mina") as mina:
            mina.wait_until_in(LIMIT)
            mina.checked(OTHER, Result.PASSED)
            assert mina.confirmed(LIMIT)
            room.close()
            mina.checked(CHECK, Result.NOT_RIGHT)  # returns at once
            with Room(port=port) as new:
                new.until(lambda _: new.standings() == {"Mina": "trying"})
                assert new.standings(OTHER) == {"Mina": "passed"}


def test_with_curve_only_who_knows_the_code_word_hears_the_state():
    with Room(curve=True) as room, zmq.Context() as context:
        key = bytes.fromhex(room.host.key)
        with context.socket(zmq.SUB) as sub, line_to(room, "Mina") as mina:
            mina.wait_until_in(LIMIT)
            sub.linger = 0
            sub.curve_serverkey = zmq.utils.z85.encode(key)
            sub.curve_publickey, sub.curve_secretkey = zmq.curve_keypair()
            monitor = sub.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
            sub.subscribe(b"")
            sub.connect(f"tcp://127.0.0.1:{room.host.ports[2]}")
            assert monitor.poll(LIMIT * 1000)
            assert not sub.poll(0)
            sub.disable_monitor()
            monitor.close()
        assert room.host.refused > 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs 127.0.0.2")
def test_a_capture_shows_zmtp_and_nothing_else():
    """The learner knows the board as 127.0.0.2, where three wiretaps stand."""

    async def capture(room):
        async with (
            Wiretap(*between(room.host.ports[0])) as joining,
            Wiretap(*between(room.host.ports[1])) as results,
            Wiretap(*between(room.host.ports[2])) as state,
        ):
            address = f"tcp://127.0.0.2:{room.host.port}"
            before = ports_of_this_process()
            with line_to(room, "Mina", address=address) as mina:
                await asyncio.to_thread(mina.wait_until_in, LIMIT)
                mina.checked(CHECK, Result.PASSED)
                assert await asyncio.to_thread(mina.confirmed, LIMIT)
                connected = ports_of_this_process() - before
            return [
                [one.told.en for one in tap.passed if one.way == way]
                for tap, way in ((joining, "→"), (results, "→"), (state, "←"))
            ], connected

    with Room() as room:
        (joining, results, state), connected = asyncio.run(capture(room))
        for told, kind in ((joining, "DEALER"), (results, "PUSH"), (state, "PUB")):
            assert "ZMTP 3." in told[0] and "PLAIN" in told[0]
            assert any(f"Socket-Type {kind}" in one for one in told)
        assert any('"ZC1"' in one for one in joining) and any("report" in one for one in results)
        assert any("ZC1 state" in one for one in state)
        # No connection of the learner's goes anywhere else.
        assert connected <= {("127.0.0.2", port) for port in room.host.ports}


def between(port):
    return f"tcp://127.0.0.2:{port}", f"tcp://127.0.0.1:{port}"


def ports_of_this_process():
    return {
        tuple(one.raddr)
        for one in psutil.Process().net_connections("tcp")
        if one.raddr and one.raddr.ip == "127.0.0.2"
    } | {
        tuple(one.raddr)
        for one in psutil.Process().net_connections("tcp")
        if one.raddr and not one.raddr.ip.startswith("127.")
    }


# The commands.


def zmqlab(*arguments, **environment):
    return [sys.executable, "-c", "from zmqlab.cli import main; main()", *arguments]


def run(*arguments):
    return subprocess.run(
        zmqlab(*arguments), capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def board_command(*arguments):
    process = subprocess.Popen(
        zmqlab("class", "board", "--local", "--port", "0", *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_commands(note, tmp_path):
    with board_command("--lines", "--language", "en") as board:
        assert "Nothing is kept" in board.stdout.readline()
        found = re.fullmatch(
            r"zmqlab class join (tcp://127\.0\.0\.1:\d+) --code (\w+)\n", board.stdout.readline()
        )
        address, code = found.groups()
        wrong = run("class", "join", address, "--name", "Mina", "--code", f"{code}0")
        assert (wrong.returncode, wrong.stdout) == (1, "")
        assert wrong.stderr == "the code word is not right\n"
        joined = run("class", "join", address, "--name", "Mina", "--code", code)
        assert joined.returncode == 0 and "as Mina." in joined.stdout
        assert board.stdout.readline() == "Mina has joined\n"
        learner.report(CHECK, "passed")
        assert board.stdout.readline() == f"Mina: passed {CHECK}\n"
        none = run("class", "vote", "1", "--language", "ko")
        assert (none.returncode, none.stderr) == (1, "지금 열린 질문이 없습니다\n")
        left = run("class", "leave")
        assert left.returncode == 0 and not note.exists()
        board.send_signal(signal.SIGTERM)
        assert board.wait(LIMIT) == 0
        assert board.stdout.read() == "The board has ended.\n"


def test_ports_in_use_are_not_taken_away(note):
    with Room() as room, socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        port = first.getsockname()[1]
        process = subprocess.Popen(
            zmqlab("class", "board", "--local", "--port", str(port), "--lines", "--code", "x"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert f"ports {port}-{port + 2} are in use" in process.stderr.readline()
            process.stdout.readline()
            assert f":{port} " not in process.stdout.readline()
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=LIMIT)
        assert process.returncode == 0
        assert room.standings() == {}


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_the_screen_and_its_keys_in_a_terminal(tmp_path):
    import pty

    main, side = pty.openpty()
    process = subprocess.Popen(
        zmqlab("class", "board", "--local", "--port", "0", "--code", "otter42", "--language", "en"),
        stdin=side,
        stdout=side,
        stderr=side,
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "100", "LINES": "40", "TERM": "xterm"},
    )
    os.close(side)
    read = bytearray()

    def until(words):
        deadline = time.monotonic() + LIMIT
        while words.encode() not in read:
            assert time.monotonic() < deadline, read.decode(errors="replace")
            read.extend(os.read(main, 65536))
        read.clear()

    try:
        until("Nobody has joined yet.")
        os.write(main, b"3")
        until("Question 1")
        os.write(main, b"s")
        until("saved:")
        os.write(main, b"q")
        until("q again")
        os.write(main, b"q")
        until("The board has ended.")
        assert process.wait(LIMIT) == 0
        assert [json.loads(path.read_text()) for path in tmp_path.glob("*.json")] == [[]]
    finally:
        process.kill()
        process.wait()
        os.close(main)
