"""The chain of services in every topology: hops, deaths, and what is left of the messages."""

import asyncio
import re
import shutil
import tempfile
from argparse import Namespace
from collections.abc import Iterator

import pytest
import zmq

from examples import EXAMPLES, story
from examples.brokerless import _chain
from examples.table import ANY_PORT
from zmqlab.run.programs import POSIX, ProgramError, Programs
from zmqlab.run.role import Role

TOPOLOGIES = EXAMPLES["brokerless"].topologies
REDIS = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="redis-server is not installed: apt has it"
)
PATHS = {
    "hub": "A -tcp-> broker -tcp-> B -tcp-> broker -tcp-> C -tcp-> broker -tcp-> D",
    "direct": "A -tcp-> B -tcp-> C -tcp-> D",
    "directory": "A -tcp-> B -tcp-> C -tcp-> D",
    "queues": "A -tcp-> queue-B -ipc-> B -tcp-> queue-C -ipc-> C -tcp-> queue-D -ipc-> D",
    "directories": "A -tcp-> B -tcp-> C -tcp-> D",
    "redis": "A -tcp-> redis -tcp-> B -tcp-> redis -tcp-> C -tcp-> redis -tcp-> D",
}
PATIENT = ("--patience", "30")
"""A client that is not answered in time asks again, and its message is kept twice."""
PEER, CLIENT, BROKER, DIRECTORY = (
    f"brokerless/{name}.py" for name in ("peer", "client", "broker", "directory")
)


def numbers(lines: list[str], verb: str) -> list[int]:
    return [int(line.split()[1]) for line in lines if line.startswith(f"{verb} ")]


def test_every_topology_is_known_here() -> None:
    assert {*PATHS, "proxy"} == set(TOPOLOGIES)


def told(topology: str, folder: str = "", *options: str) -> dict[str, list[str]]:
    """Run the chain to the end of its story; return what each program printed, by its name."""

    async def run() -> dict[str, list[str]]:
        async with asyncio.timeout(60), Programs() as programs:
            last = await story(programs, "brokerless", topology, folder, options)
            assert last.returncode == 0
            for program in programs:
                status = await program.stop() if program.running else program.returncode
                assert (status, program.errors) == (0, [])
            return {program.name: program.lines for program in programs}

    return asyncio.run(run())


def test_a_flood_through_a_proxy_is_counted() -> None:
    printed = told("proxy")
    drain, flood = (printed[name][-1] for name in ("drain", "flood"))
    assert re.fullmatch(r"got 100000 from [\d.]+ s to [\d.]+ s, CPU [\d.]+ s", drain)
    assert re.fullmatch(r"sent 100000 in [\d.]+ s, CPU [\d.]+ s", flood)
    assert re.fullmatch(r"CPU [\d.]+ s", printed["proxy"][0])


@pytest.mark.parametrize(
    "topology", [pytest.param(name, marks=REDIS if name == "redis" else ()) for name in PATHS]
)
def test_a_message_tells_its_path_and_all_come_in_order(topology: str) -> None:
    with tempfile.TemporaryDirectory() as folder:  # tmp_path may be too long for a socket
        printed = told(topology, folder, "--messages", "20", "--rate", "200", "--later")
    last = printed.pop("D")
    path = PATHS[topology] if zmq.has("ipc") else PATHS[topology].replace("ipc", "tcp")
    assert [line for line in last if line.startswith("path ")] == [f"path {path}"]
    got = numbers(last, "got")
    if topology in ("hub", "queues"):  # a broker that is slow to answer is asked again
        got = [*dict.fromkeys(got)]
    assert got == list(range(1, 21))
    del printed["A"]  # which may have ended by itself
    assert all(lines[-1].endswith(" stopped") for lines in printed.values())


def test_a_flood_waits_at_its_gate(start, peer) -> None:
    gate, pull = peer(zmq.XPUB), peer(zmq.PULL)
    ends = [one.get_string(zmq.LAST_ENDPOINT) for one in (gate, pull)]
    flood = start(
        "brokerless/flood.py", "--gate", ends[0], "--connect", ends[1], "--messages", "3",
        "--size", "4",
    )  # fmt: skip
    assert gate.recv() == b"\x01"
    assert not pull.poll(200)
    gate.send(b"go")
    assert [pull.recv() for _ in range(3)] == [bytes(4)] * 3
    assert flood.end()[0] == 0


def test_a_drain_tells_whenever_it_gets_quiet(start, peer) -> None:
    drain = start("brokerless/drain.py", "--bind", ANY_PORT, "--messages", "5")
    push = peer(zmq.PUSH, *drain.endpoints)
    for count in (2, 4):
        push.send(b"")
        push.send(b"")
        drain.line(f"got {count} from")
    push.send(b"")
    assert drain.end()[1][-1].startswith("got 5 from")


def test_a_broker_gives_a_message_again_until_it_is_done(start, peer) -> None:
    broker = start(BROKER, "--bind", ANY_PORT)
    put, take = peer(zmq.REQ, *broker.endpoints), peer(zmq.REQ, *broker.endpoints)
    for number in (b"1", b"2"):
        put.send_multipart([b"put", b"D", number, b"0", b"A -tcp-> ", b"text"])
        assert put.recv() == b"kept"
    for done, comes in ((b"", b"1"), (b"", b"1"), (b"1", b"2"), (b"1", b"2")):
        take.send_multipart([b"take", b"D", done])
        assert take.recv_multipart() == [comes, b"0", b"A -tcp-> broker", b"text"]
    take.send_multipart([b"take", b"D", b"2"])
    assert not take.poll(50)  # it waits there
    put.send_multipart([b"put", b"C", b"3", b"0", b"", b""])
    assert put.recv() == b"kept"
    assert not take.poll(50)  # another's
    put.send_multipart([b"put", b"D", b"3", b"0", b"", b""])
    assert take.recv_multipart() == [b"3", b"0", b"broker", b""]


def test_a_receiver_that_dies_loses_nothing_that_a_broker_keeps(start) -> None:
    broker = start(BROKER, "--bind", ANY_PORT)
    there = ["--connect", *broker.endpoints]
    dies = start(CLIENT, *there, "--name", "D", "--last", "--takes", "0.2")
    first = start(CLIENT, *there, "--name", "A", "--first", "--to", "D", "--flood", *PATIENT)
    dies.line("got 2")
    dies.process.kill()
    assert first.end()[0] == 0
    again = start(CLIENT, *there, "--name", "D", "--last", "--messages", "9")
    assert numbers(again.end()[1], "got") == list(range(2, 11))  # the one in its hand again


def test_a_broker_that_dies_takes_what_it_kept_along(start) -> None:
    broker = start(BROKER, "--bind", ANY_PORT)
    there = ["--connect", *broker.endpoints]
    first = start(CLIENT, *there, "--name", "A", "--first", "--to", "D", "--flood", *PATIENT)
    assert numbers(first.end()[1], "kept") == list(range(1, 11))
    broker.process.kill()
    broker.process.wait()
    more = start(CLIENT, *there, "--name", "A", "--first", "--to", "D", *PATIENT, "--messages", "3")
    more.wait_until_blocked()
    start(BROKER, "--bind", *broker.endpoints)
    last = start(CLIENT, *there, "--name", "D", "--last", "--messages", "3")
    assert more.end()[0] == 0
    assert numbers(last.end()[1], "got") == [1, 2, 3]  # of the new ones; of the old ones none


def test_a_dead_directory_stops_newcomers_only(start) -> None:
    one, two = (start(DIRECTORY, "--bind", ANY_PORT) for _ in "12")
    told = ["--directory", *one.endpoints, "--directory", *two.endpoints]
    last = start(PEER, "--name", "D", "--last", "--bind", ANY_PORT, *told, "--messages", "100000")
    for directory in (one, two):
        directory.line("D is at")
    to_last = ["--first", "--next", "D", "--flood", "--messages", "5", "--patience", "0.3"]
    slow = start(PEER, "--name", "A", *to_last[:-4], "--messages", "100000", "--rate", "100", *told)
    one.process.kill()
    newcomer = start(PEER, "--name", "A2", *to_last, *told)
    assert newcomer.end()[:2] == (
        0,
        [*(f"sent {number}" for number in range(1, 6)), "no more to send"],
    )
    two.process.kill()
    with pytest.raises(AssertionError, match="no directory answers; where is D"):
        start(PEER, "--name", "A3", *to_last, *told)
    before = len(last.lines)
    last.line("got 5")
    assert slow.process.poll() is None and len(last.lines) > before


def test_a_directory_that_starts_again_is_told_again(start) -> None:
    directory = start(DIRECTORY, "--bind", ANY_PORT)
    last = start(
        PEER, "--name", "D", "--last", "--bind", ANY_PORT, "--directory", *directory.endpoints
    )
    directory.line("D is at")
    directory.process.kill()
    directory.process.wait()
    again = start(DIRECTORY, "--bind", *directory.endpoints)
    assert again.line("D is at").endswith(last.endpoints[0])


def test_a_name_that_nobody_has(start, peer) -> None:
    directory = start(DIRECTORY, "--bind", ANY_PORT)
    with pytest.raises(AssertionError, match="no directory knows Z"):
        start(
            PEER, "--next", "Z", "--bind", ANY_PORT, "--directory", *directory.endpoints,
            "--patience", "0.05",
        )  # fmt: skip
    question = peer(zmq.REQ, *directory.endpoints)
    question.send(b"nonsense")
    assert question.recv() == b""
    assert directory.line("not understood") == "not understood: [b'nonsense']"


@pytest.mark.parametrize(("linger", "comes"), [("0", 0), ("-1", 10)])
def test_linger_decides_about_a_receiver_that_comes_after(start, peer, linger, comes) -> None:
    late = peer(zmq.PULL)
    where = late.get_string(zmq.LAST_ENDPOINT)
    late.close()
    first = start(PEER, "--first", "--flood", "--connect", where, "--linger", linger)
    if linger == "0":
        assert first.end()[0] == 0
    else:
        first.line("no more to send")
        first.wait_until_blocked()
    late = peer(zmq.PULL, bind=where)
    for _ in range(comes):
        assert late.recv_multipart()
    assert not late.poll(300)
    if linger != "0":
        assert first.end()[0] == 0


class Clock:
    """A clock that stands still but for its sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def made(monkeypatch, clock: Clock, **options: object) -> Iterator[list[bytes]]:
    monkeypatch.setattr(_chain, "time", clock)
    role = Role("A", None)
    service = _chain.Service(role)
    role.options = Namespace(**{"flood": False, "burst": 1, "rate": 10, "size": 7, **options})
    return service.make()


def test_bursts_keep_the_rate(monkeypatch) -> None:
    messages = [*made(monkeypatch, Clock(), messages=9, burst=3, rate=30)]
    numbers = [str(number).encode() for number in range(1, 10)]
    assert [one[0] for one in messages] == numbers
    assert [one[2:] for one in messages] == [[b"A", bytes(7)]] * 9
    times = [(int(one[1]) - int(messages[0][1])) / 1e9 for one in messages]
    assert times == pytest.approx([0, 0, 0, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2], abs=1e-6)


def test_one_that_is_behind_its_schedule_makes_no_pause(monkeypatch) -> None:
    clock = Clock()
    messages = made(monkeypatch, clock, messages=9, rate=10)
    next(messages)
    clock.sleep(0.55)
    for number in range(2, 7):  # due 0.1 s to 0.5 s after the first
        assert next(messages)[0] == str(number).encode()
        assert clock.now == 1000.55
    next(messages)
    assert clock.now == pytest.approx(1000.6)


@REDIS
@pytest.mark.skipif(not POSIX, reason="process groups as POSIX has them")
def test_redis_dies_with_its_program() -> None:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)

    async def story() -> str:
        async with Programs() as programs:
            server = await programs.start("brokerless/redis_server.py", "--bind", ANY_PORT)
            host, port = re.fullmatch(r"tcp://(.*):(\d+)", server.endpoints[0]).groups()
            with redis.Redis(host, int(port), retry=once) as client:
                client.rpush("D", b"x")
                server.kill()
                await server.wait(5)
                with pytest.raises(redis.ConnectionError):
                    client.rpush("D", b"y")
                await server.restart()
                assert client.llen("D") == 0
            assert await server.stop() == 0
            with (
                pytest.raises(redis.ConnectionError),
                redis.Redis(host, int(port), retry=once) as client,
            ):
                client.ping()
        return "done"

    assert asyncio.run(story()) == "done"


def test_without_redis_it_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    async def story() -> str:
        async with Programs() as programs:
            with pytest.raises(ProgramError) as failed:
                await programs.start("brokerless/redis_server.py", "--bind", ANY_PORT)
            assert failed.value.status == 3
            return str(failed.value)

    assert "redis-server is not installed: sudo apt install redis-server" in asyncio.run(story())
