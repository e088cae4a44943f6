"""Checkers of lesson 15: the bytes of a frame, and a REQ that is written by hand."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from purezmq.wire.frame import MORE, encode_header
from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.net.octets import Piece, Reader
from zmqlab.words.language import Text

HANGS = 5.0
"""Seconds beyond its own limit after which a call counts as stuck."""

# ------------------------------------------------------------- warm-up

Frame = Callable[..., Any]
BODIES = (
    (b"price of tea?", False),
    (b"", True),
    (b"", False),
    (bytes(255), False),
    (bytes(256), False),
    (bytes(70_000), True),
)
BYTES = Text(en="bytes", ko="바이트")
HEADER = Text(
    en="{} What are its flags and its size, in hex?",
    ko="{} 플래그와 크기를 16진수로 쓰면 무엇인가요?",
)
BODY = Text(
    en="{} Does the body follow them, unchanged and to the end?",
    ko="{} 그 뒤에 본문이 그대로 끝까지 이어지나요?",
)


@checker("15 frame", timeout=20.0)
async def bytes_of_a_frame(frame: Frame) -> Text:
    """Let bodies around the limit of the short form be framed."""
    for body, more in BODIES:
        case = Text(
            en=f"A body of {len(body):,} bytes, more={more}.",
            ko=f"본문은 {len(body):,}바이트이고 more={more}입니다.",
        )
        async with trial(patience(HANGS), case):
            made = frame(body, more) if more else frame(body)
            if inspect.isawaitable(made):
                made = await made
        if not isinstance(made, bytes | bytearray):
            raise NotRight(BYTES, made, case)
        header = encode_header(MORE if more else 0, len(body))
        expect(made[: len(header)].hex(" "), header.hex(" "), HEADER.format(case))
        expect(made[len(header) :] == body, True, BODY.format(case))
    return Text(
        en="Flags, size and body are right, in the short form and in the long one.",
        ko="짧은 형식과 긴 형식 모두 플래그, 크기, 본문이 올바릅니다.",
    )


# ------------------------------------------------------------- main exercise

Ask = Callable[[int, bytes, bytes, float], Awaitable[Any]]
HELLO = (
    b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)
) + b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03REQ"
STRANGE = b"\x04\x07\x06NOTICE"
"""A command that nobody knows, and has to pass over."""
CONTEXT = b"still there?"
PING = b"\x04\x13\x04PING\x00\x0a" + CONTEXT


@dataclass(frozen=True)
class _Trial:
    """What the server does, and what is expected of a call."""

    case: Text
    question: bytes = b"price of tea?"
    reply: bytes | None = b"3 coins"
    seconds: float = 4.0
    delay: float = 0.0
    piecewise: bool = False
    heartbeats: bool = False
    silent: bool = False


TRIALS = (
    _Trial(Text(en="A server that replies at once.", ko="바로 응답하는 서버.")),
    _Trial(
        Text(
            en="A server whose bytes come one at a time.", ko="바이트가 하나씩 따로 도착하는 서버."
        ),
        question=b"price of rice?",
        reply=b"2 coins",
        piecewise=True,
    ),
    _Trial(
        Text(en="A reply of 1,000 bytes.", ko="1,000바이트짜리 응답."),
        question=b"q" * 255,
        reply=b"r" * 1_000,
    ),
    _Trial(
        Text(
            en="A server that sends a command NOTICE and PINGs, and replies after 1 s.",
            ko="NOTICE라는 명령과 PING을 보내고 1초 뒤에 응답하는 서버.",
        ),
        delay=1.0,
        heartbeats=True,
    ),
    _Trial(
        Text(en="A reply of no bytes.", ko="본문이 0바이트인 응답."),
        reply=b"",
        seconds=2.0,
    ),
    _Trial(
        Text(
            en="A server that sends PINGs and never replies, seconds=0.5.",
            ko="PING은 보내지만 끝내 응답하지 않는 서버(seconds는 0.5).",
        ),
        reply=None,
        seconds=0.5,
        heartbeats=True,
    ),
    _Trial(
        Text(
            en="A port where something listens that writes nothing, seconds=0.5.",
            ko="연결은 받지만 아무것도 쓰지 않는 포트(seconds는 0.5).",
        ),
        reply=None,
        seconds=0.5,
        silent=True,
    ),
)
RETURNED = Text(en="{} What did ask() return?", ko="{} ask()는 무엇을 돌려줬나요?")
RECEIVED = Text(en="{} What did the server get?", ko="{} 서버는 무엇을 받았나요?")
READ = Text(en="bytes that ZMTP allows", ko="ZMTP에 맞는 바이트")
UNREAD = Text(
    en="{} What ask() wrote can't be read.", ko="{} ask()가 쓴 바이트를 읽을 수 없습니다."
)
READY_FIRST = Text(en="the server's READY, then the question", ko="서버의 READY, 그다음에 질문")
TOO_EARLY = Text(en="the question before it", ko="READY보다 먼저 보낸 질문")
EARLY = Text(
    en="{} libzmq closes the connection of a peer that is in such a hurry.",
    ko="{} libzmq는 이렇게 서두르는 상대의 연결을 닫습니다.",
)
DELIMITER = Text(
    en="{} Which frame comes first, in hex? A REP drops a message without a delimiter.",
    ko="{} 맨 앞 프레임을 16진수로 쓰면 무엇인가요? REP 소켓은 구분자가 없는 메시지를 버립니다.",
)
PONGED = Text(
    en="{} What did each PING get for an answer? Without one the server takes its peer for dead"
    " and closes the connection.",
    ko="{} PING마다 무엇으로 답했나요? 답이 없으면 서버는 상대가 죽었다고 보고 연결을 닫습니다.",
)
BEGINS = Text(
    en="{} What are the first bytes that ask() wrote, in hex? They have to be those of `hello`.",
    ko="{} ask()가 맨 먼저 쓴 바이트를 16진수로 쓰면 무엇인가요? `hello`의 바이트여야 합니다.",
)
MESSAGES = Text(
    en="{} How many messages did ask() write?", ko="{} ask()가 쓴 메시지는 몇 개인가요?"
)
CARRIED = Text(
    en="{} What context did the first PONG carry? A PONG answers a PING and no other command, and"
    " gives its context back.",
    ko="{} 첫 PONG에 담은 컨텍스트는 무엇인가요? PONG은 다른 명령이 아니라 PING에만 보내는 답이며,"
    " PING의 컨텍스트를 그대로 돌려줍니다.",
)
A_PONG = Text(en="a PONG", ko="PONG")
NO_PONG = Text(en="no PONG", ko="PONG 없음")
CLOSED = Text(
    en="{} Is the connection closed when ask() has returned?",
    ko="{} ask()가 끝났을 때 연결이 닫혀 있나요?",
)
CONNECTS = Text(
    en="{} How many connections did ask() make to the port that it was given?",
    ko="{} ask()가 받은 포트로 연결을 몇 개 맺었나요?",
)


@dataclass
class _Seen:
    """What passed on the learner's connection."""

    read: Reader = field(default_factory=Reader)
    pieces: list[Piece] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    began: bytes = b""
    kept: list[asyncio.StreamWriter] = field(default_factory=list)
    connections: int = 0
    ready: bool = False
    early: bool = False
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, data: bytes) -> None:
        """Note what the learner wrote."""
        self.began += data[: len(HELLO) - len(self.began)]
        new = self.read.feed(data)
        self.pieces += new
        if not self.ready and any(one.kind == "frame" for one in new):
            self.early = True

    def named(self, name: str) -> list[Piece]:
        """Return the pieces of one name."""
        return [one for one in self.pieces if one.name == name]


@checker("15 ask by hand", timeout=60.0)
async def ask_by_hand(ask: Ask) -> Text:
    """Let it ask servers that are quick, slow, dribbling, silent, and one with heartbeats."""
    must_be_async(ask, "ask", "port, hello, question, seconds")
    for one in TRIALS:
        async with _served(one) as (port, seen):
            error: Exception | None = None
            reply = None
            async with trial(one.seconds + patience(HANGS), one.case):
                try:
                    reply = await ask(port, HELLO, one.question, one.seconds)
                except (EOFError, OSError) as raised:
                    error = raised
            if seen.connections:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await seen.closed.wait()
            _judge(one, seen)
            if error is not None:
                raise error
            expect(reply, one.reply, RETURNED.format(one.case))
            expect(seen.closed.is_set(), True, CLOSED.format(one.case))
    return Text(
        en="It asks as a REQ does, waits for the server's READY, answers PINGs, reads however the"
        " bytes come, and closes its connection.",
        ko="REQ 소켓처럼 묻고, 서버의 READY를 기다리고, PING에 답하고, 바이트가 어떻게 나뉘어 와도"
        " 읽으며, 연결을 닫습니다.",
    )


def _judge(one: _Trial, seen: _Seen) -> None:
    """Refuse what the learner wrote, if there is something wrong with it."""
    expect(seen.connections, 1, CONNECTS.format(one.case))
    if seen.read.fault:
        raise NotRight(READ, seen.read.fault, UNREAD.format(one.case))
    expect(seen.began.hex(" "), HELLO[: len(seen.began)].hex(" "), BEGINS.format(one.case))
    if seen.early:
        raise NotRight(READY_FIRST, TOO_EARLY, EARLY.format(one.case))
    frames = seen.named("frame")
    if frames:
        expect(frames[0].octets[:16].hex(" "), "01 00", DELIMITER.format(one.case))
    if one.heartbeats:
        pongs = [piece.octets.rpartition(b"PONG")[2] for piece in seen.named("PONG")]
        if not pongs:
            raise NotRight(A_PONG, NO_PONG, PONGED.format(one.case))
        expect(pongs[0], CONTEXT, CARRIED.format(one.case))
    if not one.silent:
        last_frames = [piece for piece in frames if not piece.octets[0] & MORE]
        expect(len(last_frames), 1, MESSAGES.format(one.case))
        expect(seen.received, [one.question], RECEIVED.format(one.case))


@contextlib.asynccontextmanager
async def _served(one: _Trial) -> AsyncIterator[tuple[int, _Seen]]:
    """Run a REP, and a relay before it that notes what the learner writes."""
    seen = _Seen()
    context = zmq.asyncio.Context()
    server = context.socket(zmq.REP)
    if one.heartbeats:
        server.heartbeat_ivl = 100
        server.heartbeat_timeout = 400
    server.bind("tcp://127.0.0.1:*")
    endpoint = server.last_endpoint
    assert isinstance(endpoint, bytes)
    port = int(endpoint.decode().rpartition(":")[2])
    tasks = {asyncio.create_task(_serve(server, one, seen))}
    writers: list[asyncio.StreamWriter] = []

    def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        writers.append(writer)
        tasks.add(asyncio.create_task(_relay(reader, writer, port, one, seen)))

    listening = await asyncio.start_server(came, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], seen
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for writer in writers:
            writer.close()
        context.destroy(linger=0)


async def _serve(server: zmq.asyncio.Socket, one: _Trial, seen: _Seen) -> None:
    """Reply to every question, if the trial wants it."""
    while True:
        try:
            seen.received.append(await server.recv())
        except zmq.Again:  # libzmq has dropped a message that had no delimiter
            continue
        if one.reply is None:
            return
        await asyncio.sleep(one.delay)
        await server.send(one.reply)


async def _relay(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    port: int,
    one: _Trial,
    seen: _Seen,
) -> None:
    """Pass the learner's bytes on to the server, and the server's back."""
    first = seen.connections == 1
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    back = asyncio.create_task(_back(far_reader, writer, one, seen))
    try:
        while data := await reader.read(65_536):
            if first:
                seen.kept = seen.kept or _writers()
                seen.take(data)
            if not one.silent:
                far_writer.write(data)
    except ConnectionError:
        pass  # closed with bytes unread
    finally:
        seen.closed.set()
        back.cancel()
        far_writer.close()


def _writers() -> list[asyncio.StreamWriter]:
    """Find every open stream, the learner's among them, for what is kept isn't collected.

    A stream that is collected is closed, and an answer that forgot to close it would pass.
    """
    return [one for one in gc.get_objects() if type(one) is asyncio.StreamWriter]


async def _back(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, one: _Trial, seen: _Seen
) -> None:
    said = Reader()
    came = read = 0
    while data := await reader.read(65_536):
        if one.silent:
            continue
        for piece in said.feed(data):
            read += piece.size
            if piece.name == "READY":
                seen.ready = True
                if one.heartbeats:  # libzmq's own PINGs have no context
                    end = read - came
                    data = data[:end] + STRANGE + PING + data[end:]
                    came -= len(STRANGE + PING)
        came += len(data)
        if not one.piecewise:
            writer.write(data)
            continue
        for octet in data:
            writer.write(bytes([octet]))
            await writer.drain()
            await asyncio.sleep(0.001)  # a slow line
    writer.close()
