"""Programs in the page, tried in CPython: blocking sockets, a process's life, and who starts it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import types
from contextlib import contextmanager

import pytest
import zmq

from web.page.build import HOME
from web.paths import ROOT
from zmqlab.run.programs import ProgramError

LIMIT = 20
# Runs a program as a page's worker does. Where the page suspends a call, this runs the loop.
WORKER = """
import asyncio, json, os, sys
sys.path.insert(0, sys.argv[1])
import purezmq.standin
purezmq.standin.install()
import pageprogram
out, loop = sys.stdout, asyncio.new_event_loop()
asyncio.set_event_loop(loop)
path, signals, *arguments = sys.argv[2:]
signals = json.loads(signals)

def suspend(awaitable):
    asyncio._set_running_loop(None)
    try:
        return loop.run_until_complete(awaitable)
    finally:
        asyncio._set_running_loop(loop)

def say(kind, line):
    print(json.dumps([kind, line]), file=out, flush=True)
    for name in signals.get(line, ()):
        pageprogram.heard(name)

status = pageprogram.run(path, arguments, say, suspend)
say("exit", status)
"""


class Worker:
    """A program that runs as in a page, in a process."""

    def __init__(self, process):
        self.process = process
        self.told = []

    def until(self, wanted):
        """Read what it tells until a line begins so; return that line."""
        for raw in self.process.stdout:
            self.told.append(json.loads(raw))
            line = str(self.told[-1][1])
            if line.startswith(wanted):
                return line
        raise AssertionError(f"no {wanted!r} in {self.told}")

    def status(self):
        self.told += [json.loads(raw) for raw in self.process.stdout]
        kind, status = self.told[-1]
        assert kind == "exit", self.told
        return status

    def lines(self, kind="out"):
        return [line for of, line in self.told if of == kind]


@contextmanager
def working(program, *arguments, signals=None):
    path = str(ROOT / "examples" / program)
    command = [sys.executable, "-c", WORKER, str(HOME / "python"), path, json.dumps(signals or {})]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield Worker(process)
        finally:
            process.kill()


@pytest.fixture
def peer():
    """Return a function that makes pyzmq's own sockets, which wait for some seconds."""
    with zmq.Context() as context:
        context.linger = 0
        made = []

        def make(kind, endpoint):
            socket = context.socket(kind)
            socket.rcvtimeo = socket.sndtimeo = LIMIT * 1000
            socket.connect(endpoint)
            made.append(socket)
            return socket

        yield make
        for socket in made:
            socket.close()


FREE = ("--bind", "tcp://127.0.0.1:*")


def test_a_server_in_blocking_style_serves_and_ends_by_itself(peer):
    with working("request_reply/server.py", *FREE, "--requests", "2") as server:
        client = peer(zmq.REQ, server.until("ready server").split()[-1])
        for number in (1, 2):
            client.send_string(f"price {number}?")
            assert client.recv_string() == f"World {number}"
        assert server.status() == 0
        assert server.lines()[1:3] == ["got price 1?", "sending World 1"]


def test_ctrl_c_ends_it_where_it_waits_and_sleeps(peer):
    for work in ("0", "3600"):
        signals = {"got price?": ["SIGINT"]}
        options = [*FREE, "--work", work]
        with working("request_reply/server.py", *options, signals=signals) as server:
            client = peer(zmq.REQ, server.until("ready server").split()[-1])
            client.send_string("price?")
            assert server.status() == 0
            assert server.lines()[-1] == "server stopped"


def test_a_frozen_one_goes_no_further_than_its_next_wait_until_it_is_thawed(peer):
    signals = {"got price?": ["SIGSTOP", "SIGINT"]}
    with working("request_reply/server.py", *FREE, signals=signals) as server:
        client = peer(zmq.REQ, server.until("ready server").split()[-1])
        client.send_string("price?")
        server.until("got price?")
        assert not client.poll(300)
        assert server.process.poll() is None


def test_a_command_line_that_is_wrong_ends_with_its_status_and_line():
    with working("request_reply/client.py", "--nonsense") as client:
        assert client.status() == 2
        assert client.lines("err") == [
            "client.py: unrecognized arguments: --nonsense; --help shows the options"
        ]


def test_a_broker_selects_and_passes_on_both_ways(peer):
    with working("proxies/rrbroker.py", *FREE, *FREE) as broker:
        front, back = broker.until("ready broker").split()[-2:]
        client, worker = peer(zmq.REQ, front), peer(zmq.REP, back)
        for number in range(3):
            client.send_string(f"task {number}")
            assert worker.recv_string() == f"task {number}"
            worker.send_string(f"done {number}")
            assert client.recv_string() == f"done {number}"


def test_a_monitor_tells_a_ventilator_of_its_workers_and_its_end_waits_for_what_was_sent(peer):
    sink = zmq.Context.instance().socket(zmq.PULL)
    with sink:
        sink.rcvtimeo = LIMIT * 1000
        sink.bind("tcp://127.0.0.1:*")
        place = sink.last_endpoint.decode()
        options = [*FREE, "--connect", place, "--tasks", "5"]
        with working("pipeline/ventilator.py", *options) as ventilator:
            worker = peer(zmq.PULL, ventilator.until("ready ventilator").split()[-2])
            assert [worker.recv_string().split()[0] for _ in range(5)] == list("12345")
            assert sink.recv_string() == "start 5"
            assert ventilator.status() == 0
            assert "1 of 1 workers connected" in ventilator.lines()


class Page:
    """What a page does for `pageprograms`: takes orders, and tells what became of them."""

    blocking = True

    def __init__(self):
        self.orders = []

    def open(self, heard):
        self.heard = heard
        return lambda text: self.orders.append(json.loads(text))

    def now(self):
        return time.monotonic() * 1000

    def tell(self, kind, text=""):
        pid = self.orders[-1]["pid"]
        self.heard(json.dumps({"pid": pid, "kind": kind, "text": text, "at": self.now()}))


@pytest.fixture
def page(monkeypatch):
    """Make `pageprograms` importable, with a page that the test plays."""
    made = Page()
    ffi = types.ModuleType("pyodide.ffi")
    ffi.create_proxy = lambda call: call
    monkeypatch.setitem(sys.modules, "pagehost", made)
    monkeypatch.setitem(sys.modules, "pyodide", types.ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.ffi", ffi)
    monkeypatch.setattr(os, "killpg", os.killpg)
    monkeypatch.syspath_prepend(str(HOME / "python"))
    monkeypatch.delitem(sys.modules, "pageprograms", raising=False)
    yield made
    sys.modules.pop("pageprograms", None)


async def ordered(page, count):
    """Wait until so many orders were given."""
    async with asyncio.timeout(LIMIT):
        while len(page.orders) < count:  # noqa: ASYNC110 (one of the next turns, or never)
            await asyncio.sleep(0)


def test_a_program_lives_as_on_a_laptop(page):
    from pageprograms import Programs

    async def scenario():
        programs = Programs()
        starting = asyncio.ensure_future(
            programs.start("request_reply/server.py", "--bind", "tcp://127.0.0.1:*", timeout=0.2)
        )
        await ordered(page, 1)
        assert page.orders[0]["path"].endswith("examples/request_reply/server.py")
        assert page.orders[0]["arguments"] == ["--bind", "tcp://127.0.0.1:*"]
        await asyncio.wait([starting], timeout=0.3)
        assert not starting.done(), "its limit begins when its Python is there"
        page.tell("begun")
        page.tell("out", "ready server tcp://127.0.0.1:49202")
        server = await starting
        assert (server.name, server.endpoints) == ("server", ["tcp://127.0.0.1:49202"])
        line = asyncio.ensure_future(server.line("got"))
        page.tell("out", "got price?")
        assert await line == "got price?"
        server.kill()
        assert page.orders[-1]["signal"] == "SIGKILL"
        page.tell("exit", "-9")
        assert await server.wait() == -9
        assert not server.running
        starting = asyncio.ensure_future(server.restart())
        await ordered(page, 3)
        assert page.orders[-1]["arguments"] == ["--bind", "tcp://127.0.0.1:49202"]
        page.tell("begun")
        page.tell("out", "ready server tcp://127.0.0.1:49202")
        await starting
        stopping = asyncio.ensure_future(programs.close())
        await ordered(page, 5)
        assert [order.get("signal") for order in page.orders[3:]] == ["SIGINT", "SIGCONT"]
        page.tell("exit", "0")
        await stopping
        assert server.returncode == 0
        assert [line.words("en") for line in server.output] == [
            "started",
            "ready server tcp://127.0.0.1:49202",
            "got price?",
            "ended by SIGKILL",
            "started",
            "ready server tcp://127.0.0.1:49202",
            "ended, exit status 0",
        ]

    asyncio.run(scenario())


def test_one_that_ends_before_it_is_ready_says_what_it_printed(page):
    from pageprograms import Programs

    async def scenario():
        starting = asyncio.ensure_future(Programs().start("request_reply/server.py", "--x"))
        await ordered(page, 1)
        page.tell("begun")
        page.tell("err", "server.py: unrecognized arguments: --x; --help shows the options")
        page.tell("exit", "2")
        with pytest.raises(ProgramError, match="unrecognized arguments: --x") as failed:
            await starting
        assert failed.value.status == 2

    asyncio.run(scenario())


def test_without_jspi_it_is_said(page):
    page.blocking = False
    from pageprograms import Programs

    with pytest.raises(ProgramError, match="JSPI"):
        Programs()


def test_a_signal_for_nobody_is_refused(page):
    import pageprograms

    with pytest.raises(ProcessLookupError):
        pageprograms.Table().signal(7, signal.SIGINT)
