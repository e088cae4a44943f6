"""The chain of services in every topology: hops, deaths, and what is left of the messages."""

import re
import shutil
import subprocess
import sys

import pytest
import zmq

from examples import ANY_PORT, EXAMPLES
from zmqlab.programs import POSIX, ProgramError, Programs

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
PEER, CLIENT, BROKER, DIRECTORY = (
    f"brokerless/{name}.py" for name in ("peer", "client", "broker", "directory")
)


def numbers(lines: list[str], verb: str) -> list[int]:
    return [int(line.split()[1]) for line in lines if line.startswith(f"{verb} ")]


def test_every_topology_is_known_here() -> None:
    assert {*PATHS, "proxy"} == set(TOPOLOGIES)


def test_a_flood_through_a_proxy_is_counted() -> None:
    command = [sys.executable, "-m", "examples", "run", "brokerless", "--topology", "proxy"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"drain │ got 100000 from [\d.]+ s to [\d.]+ s, CPU [\d.]+ s\n", done.stdout)
    assert re.search(r"flood │ sent 100000 in [\d.]+ s, CPU [\d.]+ s\n", done.stdout)
    assert re.search(r"proxy │ CPU [\d.]+ s\n", done.stdout)


@pytest.mark.parametrize(
    "topology", [pytest.param(name, marks=REDIS if name == "redis" else ()) for name in PATHS]
)
def test_a_message_tells_its_path_and_all_come_in_order(topology: str) -> None:
    command = [sys.executable, "-m", "examples", "run", "brokerless", "--topology", topology]
    done = subprocess.run(
        [*command, "--", "--messages", "20", "--rate", "200", "--later"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    told = [line.split(" │ ")[1] for line in done.stdout.splitlines() if line[0] == "D"]
    if not zmq.has("ipc"):
        PATHS["queues"] = PATHS["queues"].replace("ipc", "tcp")
    assert [line for line in told if line.startswith("path ")] == [f"path {PATHS[topology]}"]
    assert numbers(told, "got") == list(range(1, 21))
    assert done.stdout.count(" stopped\n") >= len(TOPOLOGIES[topology]) - 2  # A and D may end


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


def test_a_topology_that_is_not_there() -> None:
    for name, words in (
        ("brokerless", "it has: hub, direct, directory, queues, directories, redis, proxy"),
        ("pipeline", "it has: -"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "examples", "run", name, "--topology", "star"],
            capture_output=True, text=True, timeout=60, check=False,
            env={"ZMQLAB_LANGUAGE": "en"},
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"{name} has no topology 'star'; {words}\n"


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
    first = start(CLIENT, *there, "--name", "A", "--first", "--to", "D", "--flood")
    dies.line("got 2")
    dies.process.kill()
    assert first.end()[0] == 0
    again = start(CLIENT, *there, "--name", "D", "--last", "--messages", "9")
    assert numbers(again.end()[1], "got") == list(range(2, 11))  # the one in its hand again


def test_a_broker_that_dies_takes_what_it_kept_along(start) -> None:
    broker = start(BROKER, "--bind", ANY_PORT)
    there = ["--connect", *broker.endpoints]
    first = start(CLIENT, *there, "--name", "A", "--first", "--to", "D", "--flood")
    assert numbers(first.end()[1], "kept") == list(range(1, 11))
    broker.process.kill()
    broker.process.wait()
    more = start(CLIENT, *there, "--name", "A", "--first", "--to", "D", "--messages", "3")
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
    patience = 10_000 if comes else 300
    assert sum(bool(late.poll(patience) and late.recv_multipart()) for _ in range(10)) == comes
    if linger != "0":
        assert first.end()[0] == 0


def test_bursts_keep_the_rate(start, peer) -> None:
    pull = peer(zmq.PULL)
    start(
        PEER, "--first", "--connect", pull.get_string(zmq.LAST_ENDPOINT), "--messages", "9",
        "--burst", "3", "--rate", "30", "--size", "7",
    )  # fmt: skip
    due = []
    for number in range(1, 10):
        message = pull.recv_multipart()
        assert (message[0], message[2], message[3]) == (
            str(number).encode(), b"B -tcp-> ", bytes(7),
        )  # fmt: skip
        due.append(int(message[1]) / 1e9)
    for before, after in ((0, 3), (3, 6)):
        assert due[after] - due[before] > 0.08


@REDIS
@pytest.mark.skipif(not POSIX, reason="process groups as POSIX has them")
def test_redis_dies_with_its_program() -> None:
    import asyncio

    import redis

    async def story() -> str:
        async with Programs() as programs:
            server = await programs.start("brokerless/redis_server.py", "--bind", ANY_PORT)
            host, port = re.fullmatch(r"tcp://(.*):(\d+)", server.endpoints[0]).groups()
            with redis.Redis(host, int(port)) as client:
                client.rpush("D", b"x")
                server.kill()
                await server.wait(5)
                with pytest.raises(redis.ConnectionError):
                    client.rpush("D", b"y")
                await server.restart()
                assert client.llen("D") == 0
            assert await server.stop() == 0
            with pytest.raises(redis.ConnectionError), redis.Redis(host, int(port)) as client:
                client.ping()
        return "done"

    assert asyncio.run(story()) == "done"


def test_without_redis_it_says_how_to_get_it(monkeypatch) -> None:
    import asyncio

    monkeypatch.setenv("PATH", "/nowhere")

    async def story() -> str:
        async with Programs() as programs:
            with pytest.raises(ProgramError) as failed:
                await programs.start("brokerless/redis_server.py", "--bind", ANY_PORT)
            assert failed.value.status == 3
            return str(failed.value)

    assert "redis-server is not installed: sudo apt install redis-server" in asyncio.run(story())
