import re

import pytest
import zmq

WRITER, MAILER, OFFICE = (f"two_sockets/{name}.py" for name in ("writer", "mailer", "office"))
ANY = "tcp://127.0.0.1:*"
LETTERS = 100


@pytest.fixture
def mailer(start, peer):
    """Start a writer and a mailer, and connect an office; all letters have left the writer."""

    def started(*options: str):
        writer = start(WRITER, "--bind", ANY, "--letters", str(LETTERS))
        mailer = start(MAILER, "--bind", ANY, "--connect", *writer.endpoints, *options)
        assert writer.end() == (0, [f"{LETTERS} letters written"], "")
        orders = peer(zmq.PUSH, connect=mailer.endpoints[0])
        mailer.line("10 letters signed")
        return mailer, orders

    return started


def test_an_order_goes_before_the_next_letter_and_the_rest_is_counted(mailer) -> None:
    program, orders = mailer()
    orders.send_string("stop")
    status, lines, errors = program.end()
    assert (status, errors) == (0, "")
    read = int(re.fullmatch(r"stop read after (\d+) letters", lines[-2])[1])
    left = int(re.fullmatch(r"(\d+) letters were waiting here, and are lost", lines[-1])[1])
    assert 10 <= read < LETTERS
    assert read + left == LETTERS


def test_letters_first_lets_the_order_starve(mailer) -> None:
    program, orders = mailer("--letters-first")
    orders.send_string("stop")
    status, lines, errors = program.end()
    assert (status, errors) == (0, "")
    assert lines[-2:] == [
        f"stop read after {LETTERS} letters",
        "0 letters were waiting here, and are lost",
    ]


def test_no_letter_is_signed_in_a_pause(mailer) -> None:
    program, orders = mailer()
    orders.send_string("pause")
    paused = program.line("pause read").removeprefix("pause ")
    program.wait_until_blocked()
    orders.send_string("go")
    assert program.line("go read").removeprefix("go ") == paused
    program.line(f"{LETTERS} letters signed")
    orders.send_string("stop")
    assert program.end()[1][-2:] == [
        f"stop read after {LETTERS} letters",
        "0 letters were waiting here, and are lost",
    ]


def test_the_office_sends_its_orders_in_turn(start, peer) -> None:
    orders = peer(zmq.PULL)
    endpoint = orders.get_string(zmq.LAST_ENDPOINT)
    office = start(
        OFFICE, "--connect", endpoint, "--after", "0", "--order", "pause", "--order", "stop"
    )
    assert [orders.recv_string() for _ in range(2)] == ["pause", "stop"]
    assert office.end() == (0, ["pause sent", "stop sent"], "")
