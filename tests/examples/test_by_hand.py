"""A client without ØMQ: what it asks, what it answers to a PING, and what it says of trouble."""

import asyncio
import socket
import threading

from zmqlab.run.endpoints import free_endpoint

ANY = "tcp://127.0.0.1:*"
PRICES, ASKER = "by_hand/prices.py", "by_hand/asker.py"


def test_a_plain_connection_is_answered(start, run) -> None:
    prices = start(PRICES, "--bind", ANY)
    asker = run(ASKER, "--connect", *prices.endpoints)
    assert (asker.returncode, asker.stderr) == (0, "")
    first, *told = asker.stdout.splitlines()
    assert first == f"ready asker {prices.endpoints[0]}"
    assert told == ["tea: 3 coins", "rice: 2 coins", "gold: not for sale"]


def test_it_answers_pings_while_it_waits(start, run) -> None:
    prices = start(PRICES, "--bind", ANY, "--work", "1")  # five beats long
    asker = run(ASKER, "--connect", *prices.endpoints, "--thing", "tea")
    assert asker.stdout.splitlines()[1:] == ["tea: 3 coins"]
    assert asker.returncode == 0


def test_a_long_question_has_a_long_frame(start, run) -> None:
    prices = start(PRICES, "--bind", ANY)
    thing = "t" * 300
    asker = run(ASKER, "--connect", *prices.endpoints, "--thing", thing)
    assert asker.stdout.splitlines()[1:] == [f"{thing}: not for sale"]


def test_it_waits_for_a_server_that_comes_late(start) -> None:
    late = asyncio.run(free_endpoint())
    asker = start(ASKER, "--connect", late, "--thing", "salt")
    start(PRICES, "--bind", late)
    assert asker.end() == (0, ["salt: 1 coin"], "")


def test_silence_and_an_end_are_told_in_one_line(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        endpoint = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        asker = run(ASKER, "--connect", endpoint, "--timeout", "0.3")  # it is never accepted
        assert asker.returncode == 1
        assert asker.stderr.count("\n") == 1
        assert endpoint in asker.stderr

        def hang_up() -> None:
            for _ in range(2):  # the one above, then the one below
                listening.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        asker = run(ASKER, "--connect", endpoint)
        thread.join(10)
        assert asker.returncode == 1
        assert asker.stderr.count("\n") == 1
