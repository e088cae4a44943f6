"""The relay between real sockets of libzmq; programs that are frozen and thawed."""

import asyncio
import os

import pytest
import zmq
import zmq.asyncio

from purezmq.wire import encode, encode_command
from zmqlab import Programs, Relay, free_endpoint
from zmqlab.net.relay import Splitter, at_random
from zmqlab.net.wiretap import WiretapError

ANY = "tcp://127.0.0.1:*"
LIMIT = 30


def run(scenario) -> None:
    async def limited() -> None:
        async with asyncio.timeout(LIMIT):
            with zmq.asyncio.Context() as context:
                context.linger = 0
                context.rcvtimeo = context.sndtimeo = 10_000
                try:
                    await scenario(context)
                finally:
                    context.destroy(0)

    asyncio.run(limited())


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
def test_a_splitter_gives_back_what_it_got_and_knows_messages(size: int) -> None:
    pieces = [
        encode_command(b"READY", b"x" * 300),
        encode([b"one"]),
        encode([b"", b"two", b"y" * 70_000]),
        encode_command(b"PING", b"\0\0"),
        encode([b""]),
    ]
    octets = bytes(64) + b"".join(pieces)
    splitter = Splitter()
    got = [
        one
        for start in range(0, len(octets), size)
        for one in splitter.feed(octets[start : start + size])
    ]
    assert b"".join(piece for piece, _ in got) == octets
    assert [frames for _, frames in got if frames is not None] == [
        [b"one"], [b"", b"two", b"y" * 70_000], [b""]
    ]  # fmt: skip


def test_a_splitter_passes_on_what_it_can_not_read() -> None:
    splitter = Splitter()
    strange = bytes(64) + b"\x01\x01a" + b"GET / HTTP/1.1"
    assert b"".join(piece for piece, _ in splitter.feed(strange)) == strange
    assert not splitter.readable
    assert list(splitter.feed(b"more")) == [(b"more", None)]


async def pair(context, relay):
    """A PUSH that connects to the relay, after the first message has come through."""
    push = context.socket(zmq.PUSH)
    push.connect(relay.endpoint)
    return push


def test_it_drops_messages_whole_and_the_same_with_the_same_seed() -> None:
    async def scenario(context) -> None:
        came = []
        for _ in range(2):
            pull = context.socket(zmq.PULL)
            pull.bind(ANY)
            async with Relay(pull.last_endpoint.decode(), drop=0.3, seed=7) as relay:
                push = await pair(context, relay)
                for number in range(100):
                    await push.send_multipart([b"%d" % number, b"body"])
                await relay.until(lambda one: one.passed["→"] + one.dropped["→"] == 100)
                relay.drop = 0.0
                await push.send(b"end")
                got = []
                while (message := await pull.recv_multipart()) != [b"end"]:
                    got.append(message)
                assert all(body == b"body" for _, body in got)
                assert relay.dropped["→"] == 100 - len(got)
                assert relay.passed == {"→": len(got) + 1, "←": 0}
                came.append([int(number) for number, _ in got])
        assert sorted(came[0]) == came[0]

    run(scenario)


def test_the_same_seed_drops_the_same() -> None:
    first, again, other = (
        [Relay("tcp://127.0.0.1:9", drop=0.3, seed=seed)._loses("→", []) for _ in range(1)]
        + [one for relay in [Relay("tcp://127.0.0.1:9", drop=0.3, seed=seed)] for one in
           [relay._loses("→", []) for _ in range(200)]]
        for seed in (1, 1, 2)
    )  # fmt: skip
    assert first == again != other
    assert 30 < sum(first) < 90


def test_drop_for_one_direction_or_by_a_function() -> None:
    async def scenario(context) -> None:
        rep, req = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
        rep.bind(ANY)
        async with Relay(rep.last_endpoint.decode(), drop={"←": 1.0}) as relay:
            req.connect(relay.endpoint)
            await req.send(b"hello")
            who, _hello = await rep.recv_multipart()
            await rep.send_multipart([who, b"never comes"])
            await relay.until(lambda one: one.dropped["←"] == 1)
            relay.drop = lambda frames: frames[0].startswith(b"bad")
            for word in (b"bad 1", b"good", b"bad 2"):
                await req.send(word)
            assert (await rep.recv_multipart())[1] == b"good"
            await rep.send_multipart([who, b"comes"])
            assert await req.recv() == b"comes"
            assert relay.dropped["←"] == 1

    run(scenario)


def test_delay_keeps_the_order() -> None:
    async def scenario(context) -> None:
        pull = context.socket(zmq.PULL)
        pull.bind(ANY)
        async with Relay(pull.last_endpoint.decode(), delay=(0.05, 0.1)) as relay:
            push = await pair(context, relay)
            loop = asyncio.get_running_loop()
            began = loop.time()
            for number in range(20):
                await push.send_string(str(number))
            assert [int(await pull.recv_string()) for _ in range(20)] == list(range(20))
            assert loop.time() - began >= 0.05

    run(scenario)


def test_cut_is_seen_by_both_and_half_open_by_nobody() -> None:
    async def scenario(context) -> None:
        pull = context.socket(zmq.PULL)
        pull.bind(ANY)
        async with Relay(pull.last_endpoint.decode()) as relay:
            push = context.socket(zmq.PUSH)
            push.reconnect_ivl = 10
            monitor = push.get_monitor_socket(
                zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
            )

            async def event() -> int:
                return int.from_bytes((await monitor.recv_multipart())[0][:2], "little")

            push.connect(relay.endpoint)
            assert await event() == zmq.EVENT_HANDSHAKE_SUCCEEDED
            relay.cut()
            assert await event() == zmq.EVENT_DISCONNECTED
            assert await event() == zmq.EVENT_HANDSHAKE_SUCCEEDED
            await push.send(b"after the cut")
            assert await pull.recv() == b"after the cut"
            assert relay.connections == 1

            relay.go_half_open()
            await push.send(b"held back")
            assert not await pull.poll(200)
            assert not await monitor.poll(0)
            relay.mend()
            assert await pull.recv() == b"held back"

            relay.cut(refuse=True)
            assert [await event() for _ in range(3)] == [zmq.EVENT_DISCONNECTED] * 3  # and again
            assert relay.connections == 0
            relay.mend()
            while await event() != zmq.EVENT_HANDSHAKE_SUCCEEDED:
                pass

    run(scenario)


def test_subscriptions_and_large_messages_pass() -> None:
    async def scenario(context) -> None:
        pub, sub = context.socket(zmq.XPUB), context.socket(zmq.SUB)
        pub.bind(ANY)
        async with Relay(pub.last_endpoint.decode(), drop={"←": 0.0, "→": 1.0}) as relay:
            sub.connect(relay.endpoint)
            sub.subscribe(b"A")
            assert await pub.recv() == b"\x01A"
            await pub.send_multipart([b"A", b"z" * 1_000_000])
            assert await sub.recv_multipart() == [b"A", b"z" * 1_000_000]

    run(scenario)


def test_nobody_behind_it() -> None:
    async def scenario(context) -> None:
        endpoint = await free_endpoint()
        async with Relay(endpoint) as relay:
            push = context.socket(zmq.PUSH)
            push.reconnect_ivl = 10
            push.connect(relay.endpoint)
            await push.send(b"late")
            pull = context.socket(zmq.PULL)
            pull.bind(endpoint)
            assert await pull.recv() == b"late"

    run(scenario)


@pytest.mark.parametrize(
    ("connect", "listen"), [("ipc:///tmp/x", ANY), ("tcp://127.0.0.1:9", "ipc:///tmp/x")]
)
def test_tcp_only(connect: str, listen: str) -> None:
    with pytest.raises(WiretapError, match="tcp"):
        Relay(connect, listen)


@pytest.mark.skipif(os.name != "posix", reason="no SIGSTOP there")
def test_a_frozen_program_does_nothing_and_goes_on_when_thawed() -> None:
    async def scenario(context) -> None:
        async with Programs() as programs:
            server = await programs.start("request_reply/server.py", "--bind", ANY)
            req = context.socket(zmq.DEALER)
            req.connect(server.endpoints[0])
            server.freeze()
            await req.send_multipart([b"", b"hello"])
            assert not await req.poll(300)
            server.thaw()
            assert await req.poll(10_000)
            words = [line.words("en") for line in server.output if line.kind == "event"]
            assert words == ["started", "frozen", "thawed"]
            server.freeze()
            assert await server.stop() == 0  # stop() thaws it first
            server.freeze()  # nothing to freeze: no error

    run(scenario)


def test_faults_at_random_come_in_the_same_order_with_the_same_seed() -> None:
    async def scenario(_context) -> None:
        log: list[str] = []
        left = [12]

        async def a() -> None:
            log.append("a")

        async def b() -> None:
            log.append("b")

        def still() -> bool:
            left[0] -= 1
            return left[0] >= 0

        one = await at_random({"a": a, "b": b}, 10, seed=3, pause=(0, 0.001))
        assert one == log and set(one) == {"a", "b"} and len(one) == 10
        two = await at_random({"b": b, "a": a}, 10, seed=3, pause=(0, 0.001))
        assert one == two
        assert len(await at_random({"a": a}, 100, pause=(0, 0), still=still)) == 12

    run(scenario)
