import re
import time

import pytest
import zmq

ANY = "tcp://127.0.0.1:*"
PUBLISHER = "publish_subscribe/publisher.py"
SUBSCRIBER = "publish_subscribe/subscriber.py"


def test_a_subscriber_gets_its_prefix_and_tells_the_average(start, run) -> None:
    publisher = start(PUBLISHER, "--bind", ANY)
    done = run(SUBSCRIBER, "--connect", publisher.endpoints[0], "--zip", "1", "--updates", "20")
    assert (done.returncode, done.stderr) == (0, "")
    ready, *updates, average = done.stdout.splitlines()
    assert ready == f"ready subscriber {publisher.endpoints[0]}"
    found = [re.fullmatch(r"got (1\d{4}) (-?\d+) (\d+)", line) for line in updates]
    assert len(found) == 20
    assert all(found)
    temperature, humidity = (sum(int(one[group]) for one in found) / 20 for group in (2, 3))
    assert average == (
        f"average of 20 updates for '1': temperature {temperature:.1f}, humidity {humidity:.1f}"
    )


@pytest.mark.parametrize(
    ("prefix", "taken"),
    [
        ("1000", ["10001 1 10", "10009 2 20"]),
        ("10001 ", ["10001 1 10", "10001 4 40"]),
        ("", ["20001 0 0", "10001 1 10"]),
    ],
)
def test_a_subscription_is_a_prefix(start, peer, prefix: str, taken: list[str]) -> None:
    publisher = peer(zmq.XPUB)  # a PUB that sees subscriptions
    endpoint = publisher.get_string(zmq.LAST_ENDPOINT)
    subscriber = start(SUBSCRIBER, "--connect", endpoint, "--zip", prefix, "--updates", "2")
    assert publisher.recv() == b"\x01" + prefix.encode()
    for update in ["20001 0 0", "10001 1 10", "10009 2 20", "10010 3 30", "10001 4 40"]:
        publisher.send_string(update)
    status, lines, errors = subscriber.end()
    assert (status, errors) == (0, "")
    assert lines[:-1] == [f"got {update}" for update in taken]


def test_a_publisher_that_ends_delivers_its_last_update(start, peer) -> None:
    publisher = start(PUBLISHER, "--bind", ANY, "--updates", "400")
    subscriber = peer(zmq.SUB, connect=publisher.endpoints[0])
    last = publisher.line("400 updates published, the last: ").partition("last: ")[2]
    while (update := subscriber.recv_string()) != last:
        assert re.fullmatch(r"\d{5} -?\d+ \d+", update)
    assert publisher.end() == (0, [f"400 updates published, the last: {last}"], "")


def test_a_subscriber_that_gets_nothing_says_whom_it_waited_for(run, nobody) -> None:
    done = run(SUBSCRIBER, "--connect", nobody, "--timeout", "0.2")
    assert (done.returncode, done.stdout) == (1, f"ready subscriber {nobody}\n")
    assert done.stderr == (
        f"subscriber.py: no update for '10' within 0.2 s: is the publisher running at {nobody}?\n"
    )


def test_a_rate_is_a_bound(start) -> None:
    began = time.monotonic()
    publisher = start(PUBLISHER, "--bind", ANY, "--rate", "20", "--updates", "11")
    assert publisher.end()[0] == 0
    assert time.monotonic() - began > 10 / 20


def test_two_publishers(start, run) -> None:
    both = [start(PUBLISHER, "--bind", ANY).endpoints[0] for _ in range(2)]
    options = [word for endpoint in both for word in ("--connect", endpoint)]
    done = run(SUBSCRIBER, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"ready subscriber {' '.join(both)}"
    assert done.stdout.count("got 10") == 10
