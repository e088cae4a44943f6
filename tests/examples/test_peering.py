"""Brokers that lend each other workers: who gets which request, and what a death costs."""

import time

import pytest
import zmq

ANY = "tcp://127.0.0.1:*"
STATE, CHANCE, CLUSTER = (f"peering/peering{number}.py" for number in (1, 2, 3))
CLIENT, WORKER = "load_balancing/lbclient.py", "load_balancing/lbworker.py"
FOUR = ("--bind", ANY) * 4
PATIENT = "--silence", "30"
QUIET = 300
"""Milliseconds without a message, after which none comes."""
every_broker = pytest.mark.parametrize("program", [CHANCE, CLUSTER])


class Office:
    """Another broker, played by the test: it tells a state and takes requests."""

    def __init__(self, peer, ear: str, name: bytes = b"test") -> None:
        self.name = name
        self.state_out = peer(zmq.XPUB, connect=ear)
        self.state_in = peer(zmq.SUB)
        self.cloud_in = peer(zmq.ROUTER)
        self.cloud_in.unbind(self.cloud_in.get_string(zmq.LAST_ENDPOINT))
        self.cloud_in.setsockopt(zmq.ROUTING_ID, name)  # before it is bound
        self.cloud_in.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self.cloud_in.bind(ANY)
        assert self.state_out.recv() == b"\x01"

    def tell(self, free: int) -> None:
        cloud, ear = (
            socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0")
            for socket in (self.cloud_in, self.state_in)
        )
        self.state_out.send_multipart([self.name, b"%d" % free, cloud, ear])

    def meet(self) -> None:
        """Tell that nobody is free, and wait until the broker can send requests."""
        self.tell(0)
        end = time.monotonic() + 20
        while True:
            try:
                self.cloud_in.send_multipart([b"seoul", b"hello"])
            except zmq.ZMQError:
                assert time.monotonic() < end
                self.cloud_in.poll(10)
            else:
                return


def ready(peer, back: str) -> zmq.Socket[bytes]:
    """Return a worker's socket that has said that it is free."""
    worker = peer(zmq.REQ, connect=back)
    worker.send(b"READY")
    return worker


def test_states_reach_those_that_were_there_before(start) -> None:
    seoul = start(STATE, "--bind", ANY, "--name", "seoul", "--interval", "0.05")
    oslo = start(
        STATE, "--bind", ANY, "--name", "oslo", "--interval", "0.05", "--peer", *seoul.endpoints
    )
    assert seoul.line("oslo has").endswith(" free")
    assert oslo.line("seoul has").endswith(" free")


def test_a_request_is_lent_and_its_reply_comes_back(start, peer) -> None:
    front, _, _, ear = start(CLUSTER, *FOUR, "--name", "seoul").endpoints
    oslo = start(CLUSTER, *FOUR, "--name", "oslo", "--peer", ear)
    client = peer(zmq.REQ, connect=front)
    client.send_multipart([b"tea?", b"", b"milk?"])
    worker = ready(peer, oslo.endpoints[1])
    request = worker.recv_multipart()
    assert request[-3:] == [b"tea?", b"", b"milk?"]
    worker.send_multipart([*request[:-3], b"3.20", b"", b"0.40"])
    assert client.recv_multipart() == [b"3.20", b"", b"0.40"]


def test_no_more_is_lent_than_was_told_and_the_most_free_is_first(start, peer) -> None:
    front, _, _, ear = start(CLUSTER, *FOUR, *PATIENT).endpoints
    few, many = Office(peer, ear, b"few"), Office(peer, ear, b"many")
    few.meet()
    many.meet()
    client = peer(zmq.DEALER, connect=front)
    for number in range(4):
        client.send_multipart([b"", b"%d" % number])
    many.tell(2)
    got = [many.cloud_in.recv_multipart()[-1] for _ in range(2)]
    assert got == [b"0", b"1"]
    assert not many.cloud_in.poll(QUIET)
    few.tell(1)
    assert few.cloud_in.recv_multipart()[-1] == b"2"
    assert not few.cloud_in.poll(QUIET)


@every_broker
def test_a_borrowed_request_is_never_lent_again(start, peer, program: str) -> None:
    broker = start(program, *FOUR, *PATIENT, "--name", "seoul")
    _, back, cloud, ear = broker.endpoints
    other = Office(peer, ear)
    other.meet()
    other.tell(5)
    broker.line("test has 5 free")
    asker = peer(zmq.DEALER, connect=cloud)
    asker.send_multipart([b"number", b"client", b"", b"tea?"])
    assert not other.cloud_in.poll(QUIET)
    worker = ready(peer, back)
    request = worker.recv_multipart()
    worker.send_multipart([*request[:-1], b"3.20"])
    assert asker.recv_multipart() == [b"number", b"client", b"", b"3.20"]


def test_the_requests_of_a_silent_broker_go_elsewhere(start, peer) -> None:
    broker = start(CLUSTER, *FOUR, "--silence", "0.4")
    front, back, _, ear = broker.endpoints
    dead = Office(peer, ear)
    dead.meet()
    dead.tell(2)
    client = peer(zmq.REQ, connect=front)
    client.send(b"tea?")
    request = dead.cloud_in.recv_multipart()[2:]
    assert broker.line("silent") == "test is silent, 1 requests come back"
    worker = ready(peer, back)
    again = worker.recv_multipart()
    assert again[-3:] == request  # the client's name, an empty frame, the text
    worker.send_multipart([*again[:-1], b"3.20"])
    assert client.recv() == b"3.20"


def test_nothing_old_waits_for_a_broker_that_comes_back(start, peer) -> None:
    broker = start(CLUSTER, *FOUR, "--silence", "0.4")
    front, _, _, ear = broker.endpoints
    dead = Office(peer, ear)
    dead.meet()
    dead.tell(1)
    place = dead.cloud_in.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()
    dead.cloud_in.close(linger=0)
    client = peer(zmq.REQ, connect=front)
    client.send(b"tea?")
    assert broker.line("silent") == "test is silent, 1 requests come back"
    back = peer(zmq.ROUTER)
    back.setsockopt(zmq.ROUTING_ID, b"test")
    back.bind(place)
    assert not back.poll(1000)  # longer than a socket takes to connect again


def test_all_replies_come_when_a_broker_is_killed(start) -> None:
    seoul = start(CLUSTER, *FOUR, "--name", "seoul")
    front, back, _, ear = seoul.endpoints
    oslo = start(CLUSTER, *FOUR, "--name", "oslo", "--peer", ear)
    start(WORKER, "--connect", back, "--name", "anna")
    ben = start(WORKER, "--connect", oslo.endpoints[1], "--name", "ben")
    seoul.line("oslo has 1 free")
    client = start(CLIENT, "--connect", front, "--requests", "8", "--long", "0.3")
    ben.line("taken")
    oslo.process.kill()
    status, lines, errors = client.end()
    assert (status, errors) == (0, "")
    assert sorted(line.split()[0] for line in lines) == [str(n) for n in range(1, 9)]


def test_a_stranger_changes_nothing(start, peer) -> None:
    broker = start(CLUSTER, *FOUR)
    front, back, _, ear = broker.endpoints
    stranger = Office(peer, ear)
    for message in (
        [b"test"],
        [b"test", b"many", b"tcp://127.0.0.1:9", b"tcp://127.0.0.1:9"],
        [b"test", b"1", b"nowhere", b"tcp://127.0.0.1:9"],
        [b"seoul", b"9", b"tcp://127.0.0.1:9", b"tcp://127.0.0.1:9"],
    ):
        stranger.state_out.send_multipart(message)
    at_back = peer(zmq.DEALER, connect=back)
    for message in ([b"READY"], [b"", b"HELLO"], [b"", b"a", b"b"], [b"a", b"b", b"c", b"d"]):
        at_back.send_multipart(message)
    client = peer(zmq.REQ, connect=front)
    client.send(b"tea?")
    worker = ready(peer, back)
    request = worker.recv_multipart()
    worker.send_multipart([*request[:-1], b"3.20"])
    assert client.recv() == b"3.20"
    assert broker.lines == []


@every_broker
@pytest.mark.parametrize("times", [1, 3, 5])
def test_a_broker_has_four_addresses(run, program: str, times: int) -> None:
    done = run(program, *["--bind", ANY] * times)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--bind is needed four times" in done.stderr
