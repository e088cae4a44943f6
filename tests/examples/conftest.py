"""Programs as processes: run to their end, or started and given with their endpoints."""

import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import zmq

import examples

FOLDER = Path(examples.__file__).parent
LIMIT = 30.0
ENGLISH = {**os.environ, "ZMQLAB_LANGUAGE": "en", "COLUMNS": "100"}


@pytest.fixture(autouse=True, scope="session")
def folder_for_temporary_files() -> Iterator[None]:
    """What programs put into the folder for temporary files is gone after the tests."""
    with tempfile.TemporaryDirectory() as folder:
        ENGLISH.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder))
        yield


class Program:
    """A program that runs; its lines come through a thread, so that waits have a limit."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._coming: queue.Queue[str | None] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        ready, self.role, *self.endpoints = self.line("ready ").split()
        assert ready == "ready"
        self.lines.clear()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._coming.put(line.rstrip("\n"))
        self._coming.put(None)

    def line(self, substring: str) -> str:
        """Wait for a line with this text."""
        while (line := self._coming.get(timeout=LIMIT)) is not None:
            self.lines.append(line)
            if substring in line:
                return line
        raise AssertionError(f"no {substring!r} in {self.lines}: {self.process.stderr.read()}")

    def end(self) -> tuple[int, list[str], str]:
        """Wait for its end; give its status, all its lines and its standard error."""
        while (line := self._coming.get(timeout=LIMIT)) is not None:
            self.lines.append(line)
        status = self.process.wait(LIMIT)
        return status, self.lines, self.process.stderr.read()

    def interrupt(self) -> tuple[int, list[str], str]:
        """End it by Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def wait_until_blocked(self) -> None:
        """Wait until it sleeps in a system call."""
        end = time.monotonic() + LIMIT
        state = ""
        while not state.startswith("S"):
            assert time.monotonic() < end
            command = ["ps", "-o", "stat=", "-p", str(self.process.pid)]
            state = subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def run():
    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, FOLDER / program, *arguments],
            capture_output=True, text=True, timeout=LIMIT, check=False, env=ENGLISH,
        )  # fmt: skip

    return run


@contextmanager
def running(program: str, *arguments: str) -> Iterator[Program]:
    with subprocess.Popen(
        [sys.executable, FOLDER / program, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENGLISH,
    ) as process:  # fmt: skip
        program = None
        try:
            program = Program(process)
            yield program
        finally:
            process.kill()
            if program is not None:
                program.reader.join(LIMIT)


@pytest.fixture
def start() -> Iterator:
    """Start programs; all are gone after the test."""
    with ExitStack() as stack:
        yield lambda *command: stack.enter_context(running(*command))


@pytest.fixture
def peer() -> Iterator:
    """Make sockets that the test holds itself, bound to any port or connected."""
    with zmq.Context() as context:

        def peer(kind: int, connect: str = "", bind: str = "tcp://127.0.0.1:*") -> zmq.Socket:
            socket = context.socket(kind)
            socket.linger = 0
            socket.rcvtimeo = socket.sndtimeo = int(LIMIT * 1000)
            if kind == zmq.SUB:
                socket.subscribe("")
            if connect:
                socket.connect(connect)
            else:
                socket.bind(bind)
            return socket

        yield peer
        context.destroy(linger=0)


@pytest.fixture
def nobody() -> Iterator[str]:
    """Return an endpoint where nobody listens, and where nobody else will."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"tcp://127.0.0.1:{closed.getsockname()[1]}"
