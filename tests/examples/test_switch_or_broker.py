"""The broker keeps its word: what it acknowledged is handed on, as long as its memory lasts."""

import re

import pytest
import zmq

ANY = "tcp://127.0.0.1:*"
BROKER, SENDER, RECEIVER = (
    f"switch_or_broker/{name}.py" for name in ("broker", "sender", "receiver")
)
SURE_SENDER = "reliable_edges/sender.py"


def numbers(book) -> list[int]:
    import sqlite3

    with sqlite3.connect(book) as db:
        return [int(body.split()[1]) for (body,) in db.execute("SELECT body FROM book")]


def test_a_broker_keeps_messages_for_a_receiver_that_is_not_there(start, tmp_path) -> None:
    broker = start(BROKER, "--bind", ANY)
    sender = start(SURE_SENDER, "--connect", *broker.endpoints, "--messages", "30")
    assert sender.end()[0] == 0  # the broker has all
    book = tmp_path / "book"
    receiver = start(
        RECEIVER, "--connect", *broker.endpoints, "--acknowledge", "late", "--store", str(book)
    )
    broker.line("payment 30 off the books")
    receiver.line("payment 30 done")
    assert numbers(book) == list(range(1, 31))  # in order, too


@pytest.mark.parametrize("log", [False, True])
def test_a_killed_broker_has_what_is_on_its_disk(start, tmp_path, log: bool) -> None:
    words = ["--log", str(tmp_path / "log")] if log else []
    broker = start(BROKER, "--bind", ANY, *words)
    endpoint = broker.endpoints[0]
    sender = start(SURE_SENDER, "--connect", endpoint, "--messages", "30")
    assert sender.end()[0] == 0
    broker.process.kill()
    broker.process.wait()
    if log:  # the last line may be half written
        with open(tmp_path / "log", "ab") as file:
            file.write(b"62656e,61")
    start(BROKER, "--bind", endpoint, *words)
    book = tmp_path / "book"
    receiver = start(RECEIVER, "--connect", endpoint, "--acknowledge", "late", "--store", str(book))
    if log:
        receiver.line("payment 30 done")
        assert numbers(book) == list(range(1, 31))
    else:
        last = start(SURE_SENDER, "--connect", endpoint, "--messages", "1")
        assert last.end()[0] == 0
        receiver.line("payment 1 done")
        assert numbers(book) == [1]


@pytest.mark.parametrize(("acknowledge", "lost"), [("early", True), ("late", False)])
def test_what_an_early_acknowledgement_costs(start, tmp_path, acknowledge: str, lost: bool) -> None:
    book = tmp_path / "book"
    broker = start(BROKER, "--bind", ANY)
    to = ["--connect", *broker.endpoints, "--store", str(book), "--acknowledge", acknowledge]
    receiver = start(RECEIVER, *to, "--pause-at", "3")
    assert start(SURE_SENDER, "--connect", *broker.endpoints, "--messages", "9").end()[0] == 0
    receiver.line("payment 3 in hand")
    if lost:
        broker.line("payment 3 off the books")
    receiver.process.kill()
    receiver.process.wait()
    again = start(RECEIVER, *to)
    again.line("payment 9 done")
    assert (3 in numbers(book)) is not lost
    assert set(numbers(book)) | {3} == set(range(1, 10))


def test_no_more_than_the_prefetch_is_on_the_way(start, peer) -> None:
    broker = start(BROKER, "--bind", ANY, "--prefetch", "2")
    ben = peer(zmq.DEALER, bind="inproc://prefetch")
    ben.routing_id = b"ben"
    ben.connect(broker.endpoints[0])
    assert start(SURE_SENDER, "--connect", *broker.endpoints, "--messages", "5").end()[0] == 0
    ben.send_multipart([b"broker", b"hello"])
    first, second = ben.recv_multipart(), ben.recv_multipart()
    assert [one[2] for one in (first, second)] == [b"1", b"2"]
    assert not ben.poll(200)
    ben.send_multipart(first[:3])
    assert ben.recv_multipart()[2] == b"3"
    ben.send_multipart([b"broker", b"hello"])  # 2 and 3 are on their way no more
    assert [ben.recv_multipart()[2] for _ in range(2)] == [b"2", b"3"]


def test_fire_and_forget_ends_whoever_hears_it(start, run, peer, tmp_path) -> None:
    done = run(SENDER, "--connect", "tcp://127.0.0.1:9", "--messages", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["payment 1 made", "payment 2 made"]
    switch = start("reliable_edges/switch.py", "--bind", ANY)
    book = tmp_path / "book"
    receiver = start(RECEIVER, "--connect", *switch.endpoints, "--store", str(book))
    sender = start(
        SENDER, "--connect", *switch.endpoints, "--messages", "500", "--interval", "0.005"
    )
    line = receiver.line("done")
    assert re.fullmatch(r"payment \d+ done", line)
    sender.process.kill()
