"""The wiretap between real sockets of libzmq, and between programs that speak something else."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
import zmq
import zmq.asyncio
from zmq.auth.asyncio import AsyncioAuthenticator

import purezmq
import purezmq.asyncio
from zmqlab import Wiretap
from zmqlab.net.wiretap import Passed, WiretapError

ANY = "tcp://127.0.0.1:*"
LIMIT = 20


def told(tap: Wiretap, way: str, connection: int = 1) -> list[str]:
    return [one.told.en for one in tap.passed if (one.way, one.connection) == (way, connection)]


def run(scenario) -> None:
    async def limited() -> None:
        async with asyncio.timeout(LIMIT):
            with zmq.asyncio.Context() as context:
                context.linger = 0
                try:
                    await scenario(context)
                finally:
                    context.destroy(0)

    asyncio.run(limited())


def says(words: str, way: str = ""):
    return lambda one: words in one.told.en and way in one.way


def test_request_and_reply():
    async def scenario(context):
        rep, req = context.socket(zmq.REP), context.socket(zmq.REQ)
        rep.bind(ANY)
        req.routing_id = b"anna"
        async with Wiretap(ANY, rep.last_endpoint.decode()) as tap:
            req.connect(tap.endpoint)
            await req.send(b"hello")
            await rep.send_multipart([await rep.recv(), b"x" * 300_000])
            assert await req.recv_multipart() == [b"hello", b"x" * 300_000]
            await tap.until(says("300,000 bytes"))
            req.close()
            await tap.until(says("closed by"))
        assert told(tap, "→") == [
            "greeting: ZMTP 3.1, NULL", 'READY: Socket-Type REQ, Identity "anna"',
            "frame: more, empty", 'frame: last, 5 bytes "hello"',
        ]  # fmt: skip
        assert told(tap, "←") == [
            "greeting: ZMTP 3.1, NULL", "READY: Socket-Type REP", "frame: more, empty",
            'frame: more, 5 bytes "hello"',
            'frame: last, 300,000 bytes "' + "x" * 31 + '…"',
        ]  # fmt: skip
        assert told(tap, "") == ["opened", "closed by the connecting side"]
        times = [one.time for one in tap.passed]
        assert times == sorted(times) and times[0] >= 0
        assert [piece.name for piece in tap.octets("→").pieces] == [
            "greeting", "READY", "frame", "frame"
        ]  # fmt: skip
        assert re.fullmatch(r" +\d+\.\d{4} s  #1   opened", tap.passed[0].line("en"))

    run(scenario)


def test_between_the_core_and_libzmq():
    async def scenario(context):
        rep = context.socket(zmq.REP)
        rep.bind(ANY)
        own = purezmq.asyncio.Context()
        async with Wiretap(ANY, rep.last_endpoint.decode()) as tap:
            req = own.socket(purezmq.REQ)
            req.connect(tap.endpoint)
            await req.send(b"hello")
            await rep.send(await rep.recv() + b" yourself")
            assert await req.recv() == b"hello yourself"
            own.destroy(0)
        assert told(tap, "→")[-1] == 'frame: last, 5 bytes "hello"'
        assert told(tap, "←")[-1] == 'frame: last, 14 bytes "hello yourself"'

    run(scenario)


def test_two_subscribers_over_ipc_are_numbered(tmp_path):
    async def scenario(context):
        pub = context.socket(zmq.XPUB)
        pub.bind(f"ipc://{tmp_path}/pub")
        async with Wiretap(f"ipc://{tmp_path}/tap", f"ipc://{tmp_path}/pub") as tap:
            for topic in (b"A", b"B"):
                sub = context.socket(zmq.SUB)
                sub.connect(tap.endpoint)
                sub.subscribe(topic)
                assert await pub.recv() == b"\x01" + topic
                await pub.send(topic + b" news")
                assert await sub.recv() == topic + b" news"
            await tap.until(lambda one: "B news" in one.told.en and one.connection == 2)
        for number, topic in ((1, "A"), (2, "B")):
            assert told(tap, "→", number)[-1] == f'SUBSCRIBE: "{topic}"'
            assert told(tap, "←", number)[-1] == f'frame: last, 6 bytes "{topic} news"'
        assert not (tmp_path / "tap").exists()

    run(scenario)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names without files: Linux only")
def test_a_name_without_a_file():
    async def scenario(context):
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        name = f"ipc://@wiretap-{os.getpid()}"
        pull.bind(name)
        async with Wiretap(name + "-tap", name) as tap:
            push.connect(tap.endpoint)
            await push.send(b"through")
            assert await pull.recv() == b"through"

    run(scenario)


@pytest.mark.parametrize("password", ["secret", "wrong"])
def test_plain_is_clear_text(password):
    async def scenario(context):
        guard = AsyncioAuthenticator(context)
        guard.start()
        guard.configure_plain(domain="*", passwords={"anna": "secret"})
        rep, req = context.socket(zmq.REP), context.socket(zmq.REQ)
        rep.plain_server = True
        rep.bind(ANY)
        req.plain_username, req.plain_password = b"anna", password.encode()
        async with Wiretap(ANY, rep.last_endpoint.decode()) as tap:
            req.connect(tap.endpoint)
            await tap.until(says("READY" if password == "secret" else "ERROR", "←"))
        assert told(tap, "→")[:2] == [
            "greeting: ZMTP 3.1, PLAIN", f'HELLO: user name "anna", password "{password}"'
        ]  # fmt: skip
        assert told(tap, "←")[1:3] == (
            ["WELCOME", "READY: Socket-Type REP"] if password == "secret" else
            ['ERROR: reason "400"']
        )  # fmt: skip
        guard.stop()

    run(scenario)


@pytest.mark.skipif(not zmq.has("curve"), reason="this libzmq has no CURVE")
def test_curve_is_told_as_encrypted():
    async def scenario(context):
        rep, req = context.socket(zmq.REP), context.socket(zmq.REQ)
        server_public, rep.curve_secretkey = zmq.curve_keypair()
        rep.curve_server = True
        req.curve_publickey, req.curve_secretkey = zmq.curve_keypair()
        req.curve_serverkey = server_public
        rep.bind(ANY)
        async with Wiretap(ANY, rep.last_endpoint.decode()) as tap:
            req.connect(tap.endpoint)
            await req.send(b"hello")
            assert await rep.recv() == b"hello"
            await tap.until(says("frame", "→"))
        lines = told(tap, "→")
        assert lines[0] == "greeting: ZMTP 3.1, CURVE"
        assert lines[1] == "HELLO: encrypted, 194 bytes"
        assert re.fullmatch(r"frame: MESSAGE, encrypted, \d+ bytes", lines[-1])
        assert not any("cannot" in line for line in lines)

    run(scenario)


def test_heartbeats():
    async def scenario(context):
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        pull.bind(ANY)
        push.heartbeat_ivl, push.heartbeat_ttl, push.heartbeat_timeout = 50, 1000, 5000
        async with Wiretap(ANY, pull.last_endpoint.decode()) as tap:
            push.connect(tap.endpoint)
            await tap.until(says("PONG", "←"))
        assert "PING: ttl 1 s" in told(tap, "→")

    run(scenario)


def test_what_is_not_zmtp_passes_unchanged():
    async def scenario(_context):
        question = b"GET / HTTP/1.1\r\n\r\n" + os.urandom(200_000)
        answer = b"HTTP/1.1 200 OK\r\n\r\n" + os.urandom(300_000)
        asked = []

        async def serve(reader, writer):
            asked.append(await reader.read())  # until the client says that this is all
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Wiretap(ANY, f"tcp://127.0.0.1:{port}") as tap:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", int(tap.endpoint.rpartition(":")[2])
            )
            writer.write(question)
            writer.write_eof()
            assert await reader.read() == answer
            writer.close()
            await tap.until(says("closed by the connecting side"))
        assert asked == [question]
        for way in "→←":
            (line,) = told(tap, way)
            assert line.startswith("cannot be read as ZMTP 3: not a greeting of ZMTP 3")
            assert line.endswith("passed on as it is")

    run(scenario)


def test_a_broken_connection_breaks_on_the_other_side():
    async def scenario(_context):
        broken = asyncio.get_running_loop().create_future()

        async def serve(reader, writer):
            try:
                broken.set_result(await reader.read())
            except ConnectionError as error:
                broken.set_result(error)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Wiretap(ANY, f"tcp://127.0.0.1:{port}") as tap:
            _, writer = await asyncio.open_connection(
                "127.0.0.1", int(tap.endpoint.rpartition(":")[2])
            )
            await tap.until(says("opened"))
            linger = b"\1\0\0\0\0\0\0\0"  # close with a reset
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            assert await broken in (b"",) or isinstance(await broken, ConnectionError)
            await tap.until(says("closed by"))

    run(scenario)


def test_nobody_listens_behind_it_until_somebody_does():
    async def scenario(context):
        with socket.socket() as taken:  # bound and not listening: nobody else gets the port
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", 0))
            behind = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
            async with Wiretap(ANY, behind) as tap:
                push = context.socket(zmq.PUSH)
                push.reconnect_ivl = 10
                push.connect(tap.endpoint)
                await push.send(b"patient")
                await tap.until(says("cannot connect"))
                # It tries again and again, which is told once: no event to wait for.
                while tap.connections < 3:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
                assert sum("cannot connect" in one.told.en for one in tap.passed) == 1
                taken.close()
                pull = context.socket(zmq.PULL)
                pull.bind(behind)
                assert await pull.recv() == b"patient"
        assert "Connection refused" in tap.passed[0].told.en
        assert told(tap, "→", tap.connections)[-1] == 'frame: last, 7 bytes "patient"'

    run(scenario)


@pytest.mark.parametrize(
    ("listen", "connect", "words"),
    [
        ("tcp://127.0.0.1", "tcp://127.0.0.1:5555", "is no endpoint"),
        ("inproc://a", "tcp://127.0.0.1:5555", "is no endpoint"),
        ("ipc://", "tcp://127.0.0.1:5555", "is no endpoint"),
        ("", "tcp://127.0.0.1:5555", "is no endpoint"),
        ("tcp://127.0.0.1:x", "tcp://127.0.0.1:5555", "a number from 0 to 65535"),
        ("tcp://127.0.0.1:*", "tcp://127.0.0.1:99999", "a number from 1 to 65535"),
        ("tcp://127.0.0.1:*", "tcp://127.0.0.1:0", "a number from 1 to 65535"),
        ("tcp://127.0.0.1:*", "tcp://*:5555", "not \\*"),
        ("tcp://127.0.0.1:5", "tcp://127.0.0.1:5", "between two endpoints"),
    ],
)
def test_endpoints_that_cannot_be(listen, connect, words):
    with pytest.raises(WiretapError, match=words) as raised:
        Wiretap(listen, connect)
    assert "\n" not in raised.value.told.en + raised.value.told.ko


def test_places_that_are_taken(tmp_path):
    async def scenario(context):
        rep = context.socket(zmq.REP)
        for where in (ANY, f"ipc://{tmp_path}/taken"):
            rep.bind(where)
            taken = rep.last_endpoint.decode().rstrip("\0")
            with pytest.raises(WiretapError, match="cannot listen at"):
                async with Wiretap(taken, "tcp://127.0.0.1:5555"):
                    pass
        assert (tmp_path / "taken").exists()
        with pytest.raises(WiretapError, match="cannot listen at"):
            async with Wiretap(f"ipc://{tmp_path}/none/file", "tcp://127.0.0.1:5555"):
                pass
        with pytest.raises(WiretapError, match="cannot listen at"):
            async with Wiretap(f"ipc://{tmp_path}/{'long' * 50}", "tcp://127.0.0.1:5555"):
                pass

    run(scenario)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from zmqlab.cli import main; main()", "wiretap", *arguments]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_tells_and_ends_cleanly(number, tmp_path):
    environment = {**os.environ, "PYTHONUTF8": "1"}
    context = zmq.Context()
    rep, req = context.socket(zmq.REP), context.socket(zmq.REQ)
    for one in (rep, req):
        one.linger, one.rcvtimeo = 0, LIMIT * 1000
    rep.bind("tcp://127.0.0.1:*")
    program = subprocess.Popen(
        command("--listen", f"ipc://{tmp_path}/tap", "--connect", rep.last_endpoint.decode(),
                "--language", "en"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        assert program.stdout.readline().startswith(f"listening at ipc://{tmp_path}/tap, passing")
        req.connect(f"ipc://{tmp_path}/tap")
        req.send(b"hello")
        assert rep.recv() == b"hello"
        lines = []
        while "hello" not in "".join(lines):
            lines.append(program.stdout.readline())
        assert lines[0].endswith("#1   opened\n")
        assert re.fullmatch(r" +\d+\.\d{4} s  #1 → frame: last, 5 bytes \"hello\"\n", lines[-1])
        program.send_signal(number)
        out, error = program.communicate(timeout=LIMIT)
    finally:
        program.kill()
        context.destroy(0)
    assert (program.returncode, error) == (0, "")
    assert out.endswith("ended, 1 connection\n")
    assert not (tmp_path / "tap").exists()


def test_a_wrong_endpoint_is_one_line():
    for language, words in (("en", "is no endpoint"), ("ko", "엔드포인트가 아닙니다")):
        done = subprocess.run(
            command("--listen", "nowhere", "--connect", "tcp://a:1", "--language", language),
            capture_output=True, text=True, timeout=LIMIT, env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert done.returncode == 2 and done.stdout == ""
        assert words in done.stderr and done.stderr.count("\n") == 1


def test_a_reader_of_its_output_may_go():
    program = subprocess.Popen(
        command("--listen", ANY, "--connect", "tcp://127.0.0.1:1", "--language", "en"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    port = int(re.search(r":(\d+),", program.stdout.readline())[1])
    program.stdout.close()
    end = time.monotonic() + LIMIT
    while program.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            break
    assert program.wait(LIMIT) == 0
    assert program.stderr.read() == ""
    program.stderr.close()


def test_what_passed_is_told_in_both_languages():
    async def scenario(context):
        lines: list[Passed] = []
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        pull.bind(ANY)
        async with Wiretap(ANY, pull.last_endpoint.decode(), lines.append) as tap:
            push.connect(tap.endpoint)
            await push.send(b"hi")
            await tap.until(says("frame"))
        assert [*tap.passed] == lines
        assert any(one.line("ko").endswith('프레임: 마지막, 2바이트 "hi"') for one in lines)

    run(scenario)
