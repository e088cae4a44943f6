"""The programs on the page about production run as they stand there."""

import logging
import re
import subprocess
import sys
import threading

import pytest
import zmq

from web.paths import GUIDES
from web.words import LANGUAGES

BLOCK = re.compile(r"^```python\n# (\S+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def programs(language):
    return dict(BLOCK.findall((GUIDES[language] / "deploy.md").read_text(encoding="utf-8")))


@pytest.fixture
def folder(tmp_path):
    for name, code in programs("en").items():
        (tmp_path / name).write_text(code, encoding="utf-8")
    return tmp_path


@pytest.fixture
def context():
    made = zmq.Context()
    yield made
    made.destroy(linger=0)


def run(*words, cwd):
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, capture_output=True, text=True, timeout=60
    )


def test_both_languages_have_the_same_programs():
    first, *others = (programs(language) for language in LANGUAGES)
    assert list(first) == ["ping.py", "watch.py", "test_prices.py"]
    assert all(other == first for other in others)


def test_the_ping_is_answered_or_says_that_nobody_answers(context, folder):
    server = context.socket(zmq.REP)
    server.bind("tcp://127.0.0.1:*")
    address = server.last_endpoint.decode()

    def answer():
        server.recv()
        server.send(b"pong")

    thread = threading.Thread(target=answer)
    thread.start()
    found = run("ping.py", address, cwd=folder)
    thread.join()
    assert (found.returncode, found.stderr) == (0, "")
    server.close()
    found = run("ping.py", address, cwd=folder)
    assert (found.returncode, found.stderr) == (1, "no answer within a second\n")


def test_the_monitor_logs_what_a_connection_does(context, folder, caplog):
    caplog.set_level(logging.INFO)
    names = {}
    exec(programs("en")["watch.py"], names)
    server = context.socket(zmq.REP)
    server.bind("tcp://127.0.0.1:*")
    client = context.socket(zmq.REQ)
    before = set(threading.enumerate())
    names["watch"](client, "prices")
    (thread,) = set(threading.enumerate()) - before
    client.connect(server.last_endpoint.decode())
    client.send(b"tea")
    assert server.poll(30_000)
    client.disable_monitor()
    thread.join(30)
    assert not thread.is_alive()
    told = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("prices: HANDSHAKE_SUCCEEDED tcp://") for line in told)


def test_the_test_passes_and_fails_when_the_answer_is_another(folder):
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_prices.py")
    found = run(*command, cwd=folder)
    assert found.returncode == 0, found.stdout
    path = folder / "test_prices.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('{request}: 3 coins"', '{request}: 4 coins"'), encoding="utf-8")
    found = run(*command, cwd=folder)
    assert found.returncode == 1
    assert "tea: 4 coins" in found.stdout
