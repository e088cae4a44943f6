"""One suite, two libraries: the same test function runs against libzmq and against `purezmq`.

A test that takes `lab` is a coroutine. It runs in an event loop of its own, is limited in time,
ends with every socket and context closed, and fails if anything is left: a task, or an error that
nobody took. What libzmq 4.3.5 does decides what a test expects; where `purezmq` differs on
purpose, `web/site/differences.py` says so, and `test_differences_live.py` shows both.

Nothing here sleeps in the hope that something is ready by then: `link` waits for the handshakes
through monitors, `Monitor.wait` for an event, `settle` takes in what the library has for a socket.
"""

import asyncio
import contextlib
import importlib
import inspect
import itertools
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIMIT = 10.0  # seconds for one test; those that pass take a fraction of one
ENGINES = {"libzmq": "zmq", "purezmq": "purezmq"}
if not (ROOT / "purezmq").is_dir():
    del ENGINES["purezmq"]
SIDES = [("libzmq", "purezmq"), ("purezmq", "libzmq")]
if "purezmq" not in ENGINES:
    SIDES = [("libzmq", "libzmq")]
TRANSPORTS = ["tcp", "ipc", "inproc"]

MonitorEvent = namedtuple("MonitorEvent", "event value endpoint")


def pytest_generate_tests(metafunc):
    """A test with a lab runs with each engine, and each transport if it asks for one."""
    if not {"lab", "duo"} & set(metafunc.fixturenames):
        return
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", ENGINES)
    if "sides" in metafunc.fixturenames:
        metafunc.parametrize("sides", SIDES, ids="-".join)
    for name in ("transport", "network"):
        marked = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
        if name in metafunc.fixturenames and not any(name in names for names in marked):
            metafunc.parametrize(name, TRANSPORTS if name == "transport" else TRANSPORTS[:2])


def load(engine):
    """The package under test, with its `asyncio`; pyzmq's if the engine is libzmq."""
    package = importlib.import_module(ENGINES[engine])
    importlib.import_module(f"{ENGINES[engine]}.asyncio")
    return package


@pytest.fixture
def zmq(engine):
    return load(engine)


@pytest.fixture
def lab(engine):
    directory = tempfile.mkdtemp(prefix="zmq")  # short: an ipc path holds 107 characters
    yield Lab(load(engine), engine, directory)
    shutil.rmtree(directory)


@pytest.fixture
def duo(sides):
    """A lab with two contexts, `left` and `right`: one of libzmq, one of `purezmq`."""
    directory = tempfile.mkdtemp(prefix="zmq")
    both = Duo(load("libzmq"), "libzmq", directory)
    both.sides = sides
    both.left, both.right = (both.new_context(load(side)) for side in sides)
    yield both
    shutil.rmtree(directory)


@pytest.fixture
def solo(lab):
    """A lab whose other side is a process with libzmq."""
    return lab


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if not {"lab", "duo"} & set(pyfuncitem.fixturenames):
        return None
    assert inspect.iscoroutinefunction(pyfuncitem.obj), "a test with a lab is a coroutine"
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    lab = pyfuncitem.funcargs.get("duo") or pyfuncitem.funcargs["lab"]

    def stuck(signum, frame):
        raise TimeoutError(f"the event loop was blocked for {2 * LIMIT} s")

    before = signal.signal(signal.SIGALRM, stuck)
    signal.setitimer(signal.ITIMER_REAL, 2 * LIMIT)
    try:
        asyncio.run(lab.run(pyfuncitem.obj(**arguments)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return True


class Lab:
    """Sockets of one library (of each side one, in interoperability), and what tests need often."""

    def __init__(self, zmq, engine, directory):
        self.zmq, self.engine, self.directory = zmq, engine, directory
        self.numbers = itertools.count(1)
        self.contexts, self.monitors, self.errors, self.closing = [], {}, [], []
        self.sockets = []
        self.main = None
        self.again = tuple(load(one).Again for one in ENGINES)

    async def run(self, scenario):
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.errors.append(context))
        try:
            async with asyncio.timeout(LIMIT):
                await scenario
        finally:
            for end in reversed(self.closing):
                end()
            for monitor in list(self.monitors.values()):
                monitor.close()
            for context in self.contexts:
                context.destroy(linger=0)
        for _ in range(100):  # closing takes a few turns of the loop, not time
            if asyncio.all_tasks() == {asyncio.current_task()}:
                break
            await asyncio.sleep(0.01)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks left over: {left}"
        assert not self.errors, f"errors that nobody took: {self.errors}"

    # What tests stand on

    @property
    def context(self):
        if self.main is None:
            self.main = self.new_context()
        return self.main

    def new_context(self, zmq=None):
        context = (zmq or self.zmq).asyncio.Context()
        self.contexts.append(context)
        return context

    def socket(self, kind, context=None, **options):
        """A socket; options by their lower-case names. Reconnection is quick unless said."""
        socket = (context or self.context).socket(kind)
        self.sockets.append(socket)  # one that nobody holds is closed
        for name, value in {"linger": 0, "reconnect_ivl": 10, **options}.items():
            setattr(socket, name, value)
        return socket

    def address(self, transport, port="*"):
        """An endpoint nobody else has; of tcp one to bind to, with the port left open."""
        if transport == "tcp":
            return f"tcp://127.0.0.1:{port}"
        if transport == "ipc":
            return f"ipc://{self.directory}/{next(self.numbers)}"
        return f"inproc://{next(self.numbers)}"

    def bind(self, socket, transport="tcp"):
        """Bind, and give the endpoint to connect to."""
        socket.bind(self.address(transport))
        return text(socket.last_endpoint)

    def reserve(self, transport="tcp"):
        """An endpoint to connect to before anybody is bound there."""
        if transport != "tcp":
            return self.address(transport)
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        if sys.platform.startswith("linux"):  # it does not listen: one who does may join it
            self.closing.append(holder.close)
        port = holder.getsockname()[1]
        if not sys.platform.startswith("linux"):
            holder.close()
        return self.address("tcp", port)

    def monitor(self, socket):
        """The one monitor of a socket; made before what it is to see."""
        if socket not in self.monitors:
            self.monitors[socket] = Monitor(
                socket, self.zmq, f"inproc://watch-{next(self.numbers)}"
            )
        return self.monitors[socket]

    async def link(self, connecting, binding, transport="tcp"):
        """Connect one socket to another, both ready to send when this ends; gives the endpoint.

        The binding side may be linked many times: it is bound the first time.
        """
        endpoint = text(binding.last_endpoint)
        networked = transport != "inproc"
        if networked:
            both = [self.monitor(connecting), self.monitor(binding)]
        if not endpoint.startswith(transport):
            endpoint = self.bind(binding, transport)
        connecting.connect(endpoint)
        if networked:
            for monitor in both:
                await monitor.wait(self.zmq.EVENT_HANDSHAKE_SUCCEEDED)
        self.settle(connecting, binding)
        return endpoint

    def settle(self, *sockets):
        """Let each socket take in what happened to its connections so far."""
        for one in sockets:
            one.getsockopt(self.zmq.EVENTS)

    async def meanwhile(self, event, *sockets):
        """Wait for something while the sockets take in what they are told.

        libzmq ends a connection only as its socket is used.
        """
        waiting = asyncio.ensure_future(event)
        while not waiting.done():
            self.settle(*sockets)
            await asyncio.wait([waiting], timeout=0.005)
        return await waiting

    async def leave(self, socket):
        """Close a socket and wait until its listeners and connections are gone too."""
        monitor = self.monitor(socket)
        socket.close()
        await monitor.wait(self.zmq.EVENT_MONITOR_STOPPED)

    async def no_room(self, socket):
        """Wait until there is nobody to send to, or no room."""
        while socket.getsockopt(self.zmq.EVENTS) & self.zmq.POLLOUT:  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    async def subscribed(self, pub, *subs):
        """Wait until what the subscribers asked for so far is in force at a PUB socket."""
        for sub in subs:
            mark = b"\xff mark %d" % next(self.numbers)
            sub.subscribe(mark)
            while not await sub.poll(5):
                await pub.send(mark)
            await pub.send(mark + b" last")
            while await sub.recv() != mark + b" last":
                pass
            sub.unsubscribe(mark)

    # Shorthands

    async def try_send(self, socket, *frames):
        """Send if there is room now; says whether."""
        self.settle(socket)
        try:
            await socket.send_multipart(frames, flags=self.zmq.NOBLOCK)
        except self.again:
            return False
        return True

    async def fill(self, socket, most=20_000, body=b"%d"):
        """Send numbered messages until there is no room; gives how many went."""
        for number in range(most):
            if not await self.try_send(socket, body % number):
                return number
        raise AssertionError(f"no limit within {most} messages")

    async def take(self, socket, count):
        """Receive so many messages of one frame."""
        return [await socket.recv() for _ in range(count)]

    async def answer(self, req):
        """Receive. pyzmq says Again when what had come is one that libzmq drops."""
        while True:
            try:
                return await req.recv()
            except self.again:
                pass

    async def empty(self, socket):
        """There is nothing to receive: for where no later message can show it."""
        return await socket.poll(50) == 0

    @contextlib.contextmanager
    def refused(self, *numbers):
        """A ZMQError with one of these errno."""
        with pytest.raises(self.zmq.ZMQError) as caught:
            yield
        assert caught.value.errno in numbers

    # A peer made by hand: bytes on a tcp connection

    async def raw_connect(self, endpoint, socket_type=None, **more):
        """Connect as a peer made by hand; with a type it shakes hands (NULL)."""
        reader, writer = await asyncio.open_connection("127.0.0.1", int(endpoint.rsplit(":")[-1]))
        peer = RawPeer(reader, writer)
        self.closing.append(writer.close)
        if socket_type:
            await peer.shake(socket_type, **more)
        return peer

    async def raw_listen(self):
        """Listen as peers made by hand: gives the endpoint and a queue of those who come."""
        came = asyncio.Queue()

        def accept(reader, writer):
            self.closing.append(writer.close)
            came.put_nowait(RawPeer(reader, writer))

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.closing.append(server.close)
        return f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}", came


class Duo(Lab):
    """A lab for interoperability: sockets of two libraries."""

    def pair(self, kinds, **options):
        """One socket on the left and one on the right, by the names of their types."""
        return tuple(
            self.socket(getattr(self.zmq, kind), context, **options)
            for kind, context in zip(kinds, (self.left, self.right), strict=True)
        )


class Monitor:
    """What a socket's monitor tells, as it comes."""

    def __init__(self, socket, zmq, address):
        self.zmq, self.watched = zmq, socket
        # pyzmq's own address is the socket's descriptor, which may be another's that just closed
        self.socket = socket.get_monitor_socket(addr=address)

    async def next(self):
        head, endpoint = await self.socket.recv_multipart()
        event, value = struct.unpack("=hI", head)
        return MonitorEvent(self.zmq.Event(event & 0xFFFF), value, endpoint.decode())

    async def wait(self, *events):
        """Read on to the next of these events and give it."""
        while True:
            came = await self.next()
            if came.event in events:
                return came

    async def names(self, last, count=1):
        """The names of the events up to the `count`th of this one."""
        names = []
        while names.count(last) < count:
            names.append((await self.next()).event.name)
        return names

    def close(self):
        if not self.watched.closed:
            self.watched.disable_monitor()
        self.socket.close(linger=0)


class RawPeer:
    """ZMTP by hand (RFC 37), NULL only: a peer that does what a library would not."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def shake(self, socket_type, minor=1, routing_id=b""):
        self.write(b"\xff" + bytes(8) + b"\x7f\x03" + bytes([minor]) + b"NULL".ljust(20, b"\0"))
        self.write(bytes(32))
        data = b"".join(
            bytes([len(name)]) + name + struct.pack("!I", len(value)) + value
            for name, value in [(b"Socket-Type", socket_type.encode()), (b"Identity", routing_id)]
        )
        self.command(b"READY", data)
        await self.reader.readexactly(64)
        flags, body = await self.frame()
        assert flags & 4 and body.startswith(b"\x05READY"), body

    def write(self, data):
        self.writer.write(data)

    def command(self, name, data=b""):
        self.send(bytes([len(name)]) + name + data, flags=4)

    def send(self, body, flags=0):
        size = bytes([len(body)]) if len(body) < 256 else struct.pack("!Q", len(body))
        self.write(bytes([flags | (2 if len(body) > 255 else 0)]) + size + body)

    async def frame(self):
        """The next frame: flags, body."""
        flags = (await self.reader.readexactly(1))[0]
        size = int.from_bytes(await self.reader.readexactly(8 if flags & 2 else 1))
        return flags, await self.reader.readexactly(size)

    async def gone(self):
        """Read until the other side has closed."""
        with contextlib.suppress(ConnectionResetError):
            while await self.reader.read(65_536):
                pass


def text(endpoint):
    """An endpoint as connect wants it."""
    return endpoint.decode() if isinstance(endpoint, bytes) else endpoint


@pytest.fixture(scope="session")
def abstract_names():
    """ipc's abstract names are Linux's alone."""
    if not sys.platform.startswith("linux"):
        pytest.skip("abstract names of ipc are there on Linux only")
    return f"ipc://@zmq-{os.getpid()}"
