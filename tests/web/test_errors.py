"""The page of errors: each text that stands there is what pyzmq raises for that mistake."""

import asyncio
import inspect
import multiprocessing.reduction
import re
import subprocess
import sys
import threading

import pytest
import zmq
import zmq.asyncio

from web.paths import GUIDES
from web.words import LANGUAGES

ENTRY = re.compile(r"^\((error-[\w-]+)\)=\n### `(.+)`$", re.MULTILINE)


def entries(language):
    return dict(ENTRY.findall((GUIDES[language] / "errors.md").read_text(encoding="utf-8")))


@pytest.fixture
def context():
    made = zmq.Context()
    yield made
    made.destroy(linger=0)


def bind_taken(context, _folder):
    first = context.socket(zmq.REP)
    first.bind("tcp://127.0.0.1:*")
    context.socket(zmq.REP).bind(first.last_endpoint)


def bind_to(endpoint):
    def act(context, folder):
        context.socket(zmq.REP).bind(endpoint.replace("FOLDER", str(folder)))

    return act


def unbind_as_written(context, _folder):
    socket = context.socket(zmq.REP)
    socket.bind("tcp://*:0")
    socket.unbind("tcp://*:0")


def too_many_sockets(context, _folder):
    context.set(zmq.MAX_SOCKETS, 3)
    kept = []
    while len(kept) < 10:
        kept.append(context.socket(zmq.PUSH))


def ask_twice(context, _folder):
    with context.socket(zmq.REQ) as socket:
        socket.bind("inproc://asked")
        with context.socket(zmq.REP) as server:
            server.connect("inproc://asked")
            socket.send(b"one")
            socket.send(b"two")


def receive_nothing(context, _folder):
    context.socket(zmq.PULL).recv(zmq.DONTWAIT)


def send_to_nobody(context, _folder):
    socket = context.socket(zmq.ROUTER)
    socket.router_mandatory = True
    socket.send_multipart([b"nobody", b"text"])


def receive_on_pub(context, _folder):
    context.socket(zmq.PUB).recv()


def use_closed(context, _folder):
    socket = context.socket(zmq.PUSH)
    socket.close()
    socket.send(b"")


def wrong_option(context, _folder):
    context.socket(zmq.REQ).set(zmq.ROUTER_MANDATORY, 1)


def publish(what, method="send"):
    def act(context, _folder):
        getattr(context.socket(zmq.PUB), method)(what)

    return act


def subscribe_text(context, _folder):
    context.socket(zmq.SUB).setsockopt(zmq.SUBSCRIBE, "NASDAQ")


def receive_as(method, what):
    def act(context, _folder):
        with context.socket(zmq.PUSH) as sender, context.socket(zmq.PULL) as receiver:
            receiver.bind("inproc://value")
            sender.connect("inproc://value")
            sender.send(what)
            getattr(receiver, method)()

    return act


def unknown_option(context, _folder):
    context.socket(zmq.PUB).lingre = 0


def hand_over(context, _folder):
    multiprocessing.reduction.ForkingPickler.dumps(context.socket(zmq.PUSH))


def run_in_a_loop(_context, _folder):
    async def inner():
        main = asyncio.sleep(0)
        try:
            asyncio.run(main)
        finally:
            main.close()

    asyncio.run(inner())


def await_at_the_top(_context, _folder):
    compile("await main()", "program.py", "exec")


def in_a_loop(code):
    def act(_context, _folder):
        async def main():
            with zmq.asyncio.Context() as ours, ours.socket(zmq.PULL) as socket:
                socket.bind("inproc://loop")
                try:
                    await code(socket)
                finally:
                    ours.destroy(linger=0)

        asyncio.run(main())

    return act


async def forget_await(socket):
    socket.recv().decode()


async def await_blocking(_socket):
    await zmq.Frame(b"reply").bytes


def terminate(context, _folder):
    raised = []
    waits = threading.Event()

    def wait():
        with context.socket(zmq.PULL) as socket:
            socket.bind("inproc://ends")
            waits.set()
            try:
                socket.recv()
            except zmq.ZMQError as error:
                raised.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    waits.wait()
    context.term()
    thread.join()
    raise raised[0]


def program(name, text, *options):
    def act(_context, folder):
        path = folder / name
        path.write_text(text, encoding="utf-8")
        run = subprocess.run([sys.executable, *options, path], capture_output=True, text=True)
        raise RuntimeError(run.stderr)

    return act


def proactor(_context, _folder):
    raise RuntimeError(inspect.getsource(zmq.asyncio))


NO_LOOP = """import zmq.asyncio
socket = zmq.asyncio.Context().socket(zmq.PULL)
socket.bind("inproc://none")
socket.recv()
"""
PROVOKED = {
    "error-address-in-use": bind_taken,
    "error-no-such-device": bind_to("tcp://no.such.host:5555"),
    "error-cannot-assign": bind_to("tcp://192.0.2.1:5555"),
    "error-invalid-endpoint": bind_to("127.0.0.1:5555"),
    "error-protocol-not-supported": bind_to("http://127.0.0.1:5555"),
    "error-protocol-not-compatible": bind_to("udp://127.0.0.1:5555"),
    "error-ipc-path": bind_to("ipc://FOLDER/none/socket"),
    "error-ipc-path-long": bind_to("ipc://" + "x" * 108),
    "error-unbind": unbind_as_written,
    "error-too-many-files": too_many_sockets,
    "error-efsm": ask_twice,
    "error-again": receive_nothing,
    "error-host-unreachable": send_to_nobody,
    "error-not-supported": receive_on_pub,
    "error-not-socket": use_closed,
    "error-invalid-argument": wrong_option,
    "error-unicode-send": publish("text"),
    "error-unicode-option": subscribe_text,
    "error-frame-buffer": publish(["a", "b"], "send_multipart"),
    "error-bytes-like": publish(5),
    "error-unicode-decode": receive_as("recv_string", b"\xff"),
    "error-json": receive_as("recv_json", b""),
    "error-no-option": unknown_option,
    "error-pickle": hand_over,
    "error-asyncio-run": run_in_a_loop,
    "error-await-outside": await_at_the_top,
    "error-future": in_a_loop(forget_await),
    "error-bytes-await": in_a_loop(await_blocking),
    "error-no-loop": program("program.py", NO_LOOP),
    "error-proactor": proactor,
    "error-context-terminated": terminate,
    "error-partially-initialized": program("zmq.py", "import zmq\nzmq.Context()\n"),
    "error-no-module": program("program.py", "import zmq\n", "-S"),
}


def test_each_entry_is_provoked():
    assert list(entries("en")) == list(PROVOKED)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("label", PROVOKED)
@pytest.mark.skipif(sys.platform != "linux", reason="the texts are Linux's")
def test_the_text_is_what_is_raised(context, tmp_path, language, label):
    with pytest.raises((zmq.ZMQError, Exception)) as raised:
        PROVOKED[label](context, tmp_path)
    assert entries(language)[label] in str(raised.value)


def test_what_the_page_says_beside_the_texts(context):
    socket = context.socket(zmq.REP)
    socket.bind("tcp://127.0.0.1:99999")
    assert socket.last_endpoint == b"tcp://127.0.0.1:34463"
    star = context.socket(zmq.REP)
    star.bind("tcp://*:0")
    assert star.last_endpoint.startswith(b"tcp://0.0.0.0:")
    star.unbind(star.last_endpoint)
    assert not zmq.has("ws")
    assert context.get(zmq.MAX_SOCKETS) == 1023
    star.close()
    with pytest.raises(zmq.ZMQError, match="Operation not supported"):
        star.poll(0)
