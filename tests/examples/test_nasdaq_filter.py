import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from examples import EXAMPLES
from examples.table import ANY_PORT

PUBLISHER, FILTER, SUBSCRIBER = (
    f"nasdaq_filter/{name}.py" for name in ("publisher", "filter", "subscriber")
)
PLACES = [part.arguments[1] for part in EXAMPLES["nasdaq_filter"].parts[:2]]


@pytest.fixture
def feed() -> Iterator[str]:
    """Give an ipc endpoint in a folder of its own."""
    if not zmq.has("ipc"):
        pytest.skip("no ipc here")
    with tempfile.TemporaryDirectory() as folder:  # tmp_path may be too long for a socket
        yield f"ipc://{folder}/nasdaq-feed"


def test_a_publisher_numbers_the_quotes_of_each_exchange(start, peer) -> None:
    publisher = start(PUBLISHER, "--bind", ANY_PORT, "--quotes", "60", "--rate", "60")
    subscriber = peer(zmq.SUB, connect=publisher.endpoints[0])
    status, lines, errors = publisher.end()
    assert (status, errors) == (0, "")
    words = [line.split() for line in lines]
    assert [(name, number) for _, name, _, number in words] == [
        (f"{exchange}:ACME", f"#{number}")
        for number in range(1, 21)
        for exchange in ("NYSE", "NASDAQ", "LSE")
    ]
    assert all(float(price) >= 1 for _, _, price, _ in words)
    quote = ""
    while not quote.startswith("LSE:ACME") or not quote.endswith("#20"):  # the last one too
        quote = subscriber.recv_string()
        assert f"publishing {quote}" in lines


def test_the_filter_forwards_nasdaq_of_both_publishers_and_nothing_else(start, peer, feed) -> None:
    publishers = [peer(zmq.XPUB, bind=place) for place in PLACES]  # PUBs that see subscriptions
    ends = [one.get_string(zmq.LAST_ENDPOINT) for one in publishers]
    options = [word for end in ends for word in ("--connect", end)]
    process = start(FILTER, "--bind", feed, *options)
    assert process.endpoints == [feed, *ends]
    assert [one.recv() for one in publishers] == [b"\x01NASDAQ"] * 2
    subscriber = peer(zmq.SUB, connect=feed)
    probe = publishers[0]
    probe.send(b"NASDAQ:probe 1 #1")
    while not subscriber.poll(20):  # until the filter knows its subscriber
        probe.send(b"NASDAQ:probe 1 #1")
    for number, one in enumerate(publishers):
        for exchange in ("NYSE", "NASDAQ", "LSE", " NASDAQ", "NASDA"):
            one.send_string(f"{exchange}:P{number} 5 #1")
    quotes = set()
    while len(quotes) < 2:
        quote = subscriber.recv_string()
        if "probe" not in quote:
            quotes.add(quote)
    assert quotes == {"NASDAQ:P0 5 #1", "NASDAQ:P1 5 #1"}
    assert Path(feed.removeprefix("ipc://")).is_socket()
    status, lines, errors = process.interrupt()
    assert (status, errors, lines.pop()) == (0, "", "filter stopped")
    assert {line for line in lines if "probe" not in line} == {f"forwarding {q}" for q in quotes}
    assert not subscriber.poll(0)


@pytest.mark.parametrize("end", ["interrupt", "kill"])
def test_the_file_that_a_filter_leaves_does_no_harm(start, peer, feed, end: str) -> None:
    publisher = peer(zmq.XPUB)
    options = ["--bind", feed, "--connect", publisher.get_string(zmq.LAST_ENDPOINT)]
    before = start(FILTER, *options)
    assert publisher.recv() == b"\x01NASDAQ"
    if end == "kill":
        before.process.kill()
    else:
        assert before.interrupt()[0] == 0
    before.process.wait()
    assert publisher.recv() == b"\x00NASDAQ"
    assert Path(feed.removeprefix("ipc://")).is_socket()
    start(FILTER, *options)
    assert publisher.recv() == b"\x01NASDAQ"
    subscriber = peer(zmq.SUB, connect=feed)
    publisher.send(b"NASDAQ:probe 1 #1")
    while not subscriber.poll(20):  # until the filter knows its subscriber
        publisher.send(b"NASDAQ:probe 1 #1")


def test_the_subscriber_names_gaps(start, peer, feed) -> None:
    publisher = peer(zmq.XPUB, bind=feed)
    subscriber = start(SUBSCRIBER, "--connect", feed, "--quotes", "9")
    assert publisher.recv() == b"\x01"
    numbers = [("A", 1), ("B", 3), ("A", 2), ("B", 5), ("A", 6), ("B", 6), ("A", 1), ("A", 2)]
    for name, number in [*numbers, ("B", 6)]:
        publisher.send_string(f"NASDAQ:{name} 1.5 #{number}")
    status, lines, errors = subscriber.end()
    assert (status, errors) == (0, "")
    assert lines == [
        "got NASDAQ:A 1.5 #1",
        "NASDAQ:B: begins with #3, earlier quotes were missed",
        "got NASDAQ:B 1.5 #3",
        "got NASDAQ:A 1.5 #2",
        "NASDAQ:B: #4 is lost",
        "got NASDAQ:B 1.5 #5",
        "NASDAQ:A: #3 to #5 are lost",
        "got NASDAQ:A 1.5 #6",
        "got NASDAQ:B 1.5 #6",
        "NASDAQ:A: starts again with #1 after #6",
        "got NASDAQ:A 1.5 #1",
        "got NASDAQ:A 1.5 #2",
        "NASDAQ:B: starts again with #6 after #6",
        "got NASDAQ:B 1.5 #6",
    ]
    publisher.close()


def test_a_subscriber_that_gets_nothing_says_whom_it_waited_for(run, nobody) -> None:
    done = run(SUBSCRIBER, "--connect", nobody, "--timeout", "0.2")
    assert (done.returncode, done.stdout) == (1, f"ready subscriber {nobody}\n")
    assert done.stderr == (
        f"subscriber.py: no quote within 0.2 s: is the filter running at {nobody}?\n"
    )


def test_a_message_of_several_parts_stays_one(start, peer, feed) -> None:
    publisher = peer(zmq.XPUB)
    start(FILTER, "--bind", feed, "--connect", publisher.get_string(zmq.LAST_ENDPOINT))
    assert publisher.recv() == b"\x01NASDAQ"
    subscriber = peer(zmq.SUB, connect=feed)
    message = [b"NASDAQ:ACM", b"", b"100 #1"]
    publisher.send_multipart(message)
    while not subscriber.poll(20):  # until the filter knows its subscriber
        publisher.send_multipart(message)
    assert subscriber.recv_multipart() == message


def test_a_relative_ipc_endpoint_belongs_to_the_folder_of_the_program(
    peer, monkeypatch, tmp_path
) -> None:
    """What lesson 02 says of ``ipc://nasdaq-feed``, as the source page has it."""
    if not zmq.has("ipc"):
        pytest.skip("no ipc here")
    here, elsewhere = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(here)
    publisher = peer(zmq.XPUB, bind="ipc://nasdaq-feed")
    assert (here / "nasdaq-feed").is_socket()
    monkeypatch.chdir(elsewhere)
    lost = peer(zmq.SUB, connect="ipc://nasdaq-feed")
    assert not publisher.poll(500)  # it has subscribed to a file that nobody bound
    monkeypatch.chdir(here)
    assert publisher.poll(5000)  # and finds it when it looks from the right folder
    assert not lost.poll(0)
