"""Many replies to each request, and credit: who gets how many, when, and for how long."""

import re

import zmq

ANY = "tcp://127.0.0.1:*"
SERVER, CLIENT = "asynchronous_server/server.py", "asynchronous_server/client.py"
QUICK = "--bind", ANY, "--rounds", "1"


def replies(client: zmq.Socket, count: int) -> list[list[bytes]]:
    return [client.recv_multipart() for _ in range(count)]


def test_every_day_comes_once_and_two_requests_are_under_way(start) -> None:
    server = start(SERVER, *QUICK, "--workers", "3")
    client = start(CLIENT, "--connect", server.endpoints[0], "--days", "20", "--credit", "5")
    status, lines, errors = client.end()
    assert (status, errors) == (0, "")
    days = re.findall(r"request ([12]), day (\d+) [0-9a-f]{8}", "\n".join(lines))
    assert sorted(days) == sorted((r, str(d)) for r in "12" for d in range(1, 21))
    assert {request for request, _day in days[:11]} == {"1", "2"}
    ends = [line for line in lines if line.endswith("is answered")]
    assert sorted(ends) == [f"client: request {number} is answered" for number in (1, 2)]


def test_no_more_is_sent_than_was_granted(start, peer) -> None:
    client = peer(zmq.DEALER, connect=start(SERVER, *QUICK).endpoints[0])
    client.send_multipart([b"7", b"3", b"5"])
    first = replies(client, 3)
    assert sorted(day for _number, day, _reading in first) == [b"1", b"2", b"3"]
    assert not client.poll(300)
    client.send_multipart([b"7", b"1"])
    assert client.recv_multipart()[:2] == [b"7", b"4"]
    assert not client.poll(300)
    client.send_multipart([b"7", b"9"])
    assert client.recv_multipart()[:2] == [b"7", b"5"]
    assert client.recv_multipart() == [b"7"]
    client.send_multipart([b"7", b"9"])  # late: its stream has ended
    assert not client.poll(300)


def test_much_credit_does_not_hold_up_another_client(start, peer) -> None:
    endpoint = start(SERVER, "--bind", ANY, "--rounds", "20000", "--workers", "1").endpoints[0]
    greedy, modest = (peer(zmq.DEALER, connect=endpoint) for _ in range(2))
    greedy.send_multipart([b"1", b"500", b"500"])
    greedy.recv_multipart()
    modest.send_multipart([b"1", b"1", b"1"])
    assert modest.recv_multipart()[:2] == [b"1", b"1"]
    came = 0
    while greedy.poll(0):
        greedy.recv_multipart()
        came += 1
    assert came < 100


def test_the_stream_of_a_client_that_died_is_given_up(start) -> None:
    server = start(SERVER, *QUICK, "--patience", "0.5")
    client = start(CLIENT, "--connect", server.endpoints[0], "--days", "1000", "--pause", "1000")
    client.line("day ")
    client.process.kill()
    line = server.line("given up")
    assert re.fullmatch(r"request [12]: no grant for 0.5 s, given up after 2 of 1000 days", line), (
        line
    )


def test_it_refuses_what_is_no_request_and_goes_on(start, peer) -> None:
    server = start(SERVER, *QUICK)
    client = peer(zmq.DEALER, connect=server.endpoints[0])
    wrong = (
        [b""],
        [b"1", b"many", b"3"],
        [b"1", b"501", b"3"],
        [b"1", b"2", b"0"],
        [b"1", b"2", b"3", b"4"],
    )
    for message in wrong:
        client.send_multipart(message)
        assert server.line("refused")
    client.send_multipart([b"1", b"2", b"1"])
    assert [len(reply) for reply in replies(client, 2)] == [3, 1]


def test_a_client_without_a_server_gives_up(run, nobody: str) -> None:
    done = run(CLIENT, "--connect", nobody, "--timeout", "0.1")
    assert done.returncode == 1
    assert done.stderr == f"client.py: nothing within 0.1 s: is the server running at {nobody}?\n"
