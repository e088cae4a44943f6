"""Checkers of lesson 33: one write for a message, and a throughput that is honest."""

from __future__ import annotations

import asyncio
import inspect
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises import checks
from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.words.language import Text

SendWhole = Callable[[Any, bytes], None]
Throughput = Callable[[Any, Any, bytes, int], Awaitable[float]]

# ------------------------------------------------------------- warm-up

PATIENCE = 3.0
"""Seconds that a call of the socket may wait."""
MESSAGES = (
    (b"price of tea?", Text(en="A message of 13 bytes.", ko="13바이트 메시지를 보냅니다.")),
    (b"", Text(en="An empty message.", ko="빈 메시지를 보냅니다.")),
    (
        bytes(range(256)) * 120,
        Text(en="A message of 30,720 bytes.", ko="30,720바이트 메시지를 보냅니다."),
    ),
)
WRITES = Text(
    en="How many times did it write? The second small write is what Nagle's algorithm holds back.",
    ko="몇 번에 나눠 썼나요? 네이글 알고리즘이 붙잡는 것은 두 번째 작은 쓰기입니다.",
)
FOUR = Text(
    en="The first 4 bytes on the wire: the length, big-endian.",
    ko="네트워크로 나간 첫 4바이트입니다. 길이를 빅 엔디언으로 적은 값이어야 합니다.",
)
WHOLE = Text(
    en="The bytes after the length. `send` may take a part and says how much; `sendall` takes all.",
    ko="길이 다음의 바이트 수입니다. `send`는 일부만 받고 그 수를 돌려줄 수 있지만,"
    " `sendall`은 모두 보냅니다.",
)
STILL_OPEN = Text(
    en="Is the socket still open? More messages are to follow.",
    ko="소켓이 아직 열려 있나요? 메시지를 더 보내야 합니다.",
)


class _Tcp(socket.socket):
    """A TCP socket that notes each write, and whose `send` takes 8 kB at most."""

    def __init__(self) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)
        self.writes: list[int] = []

    def send(self, data: Any, flags: int = 0, /) -> int:
        self.writes.append(len(data))
        return super().send(bytes(data)[:8192], flags)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        self.writes.append(len(data))
        super().sendall(data, flags)

    def sendmsg(self, buffers: Any, *others: Any) -> int:
        data = b"".join(buffers)
        self.writes.append(len(data))
        super().sendall(data)
        return len(data)


@checker("33 one write")
def one_write(send_whole: SendWhole) -> Text:
    """Let it send messages of three sizes, and count its writes."""
    for message, case in MESSAGES:
        with socket.create_server(("127.0.0.1", 0)) as server, closing(_Tcp()) as tcp:
            tcp.settimeout(checks.patience(PATIENCE))
            tcp.connect(server.getsockname())
            send_whole(tcp, message)
            expect(tcp.fileno() != -1, True, STILL_OPEN)
            writes = list(tcp.writes)
            tcp.shutdown(socket.SHUT_WR)
            came = _all_of(server)
        about = Text(en=f"{case.en} {{}}", ko=f"{case.ko} {{}}")
        expect(came[:4], len(message).to_bytes(4, "big"), _in(about, FOUR))
        expect(len(came) - 4, len(message), _in(about, WHOLE))
        expect(came[4:], message, case)
        expect(len(writes), 1, _in(about, WRITES))
    return Text(
        en="The length and the message leave in one write, whatever the size.",
        ko="크기와 상관없이 길이와 메시지를 한 번에 보냅니다.",
    )


def _in(case: Text, question: Text) -> Text:
    return Text(en=case.en.format(question.en), ko=case.ko.format(question.ko))


def _all_of(server: socket.socket) -> bytes:
    """Return everything that the connection carried."""
    connection, _ = server.accept()
    connection.settimeout(checks.patience(PATIENCE))
    with connection, connection.makefile("rb") as reader:
        return reader.read()


# ------------------------------------------------------------- main exercise

COUNT = 200
MARK = COUNT // 4
"""High-water mark on both sides: half of the messages fit into the queues. So a benchmark that
sends all before it receives gets stuck, and one that times the sending tells twice the rate."""
NEAR = 0.25
"""How far from the checker's own clock a result may lie, as a share of it."""
TOO_LONG = 10.0
"""Seconds after which a call counts as stuck."""
MESSAGE = b"x" * 100
IN_TURN = Text(
    en="{} Sending only after the last message has arrived measures the time of one message.",
    ko="{} 앞의 메시지가 도착한 뒤에야 다음 것을 보내면 메시지 하나의 시간을 재는 셈입니다.",
)
RECEIVERS = (
    # seconds for each message, seconds more for the very first, the situation
    (0.0, 0.0, Text(en="A quick receiver.", ko="받는 쪽이 빠릅니다.")),
    (
        0.003,
        0.0,
        Text(
            en="A receiver that takes some 3 ms for each message: sending is much faster.",
            ko="받는 쪽이 메시지마다 약 3 ms를 씁니다. 보내기가 훨씬 빠릅니다.",
        ),
    ),
    (
        0.005,
        1.0,
        Text(
            en="A receiver that takes some 5 ms, and 1 s more for the very first: a cold start.",
            ko="받는 쪽이 약 5 ms를 쓰고, 맨 처음 메시지에만 1초를 더 씁니다."
            " 준비가 덜 된 상태입니다.",
        ),
    ),
)


@dataclass
class _Sender:
    """A PUSH socket that counts."""

    socket: zmq.asyncio.Socket
    sent: int = 0

    async def send(self, message: bytes) -> None:
        await self.socket.send(message)
        self.sent += 1


@dataclass
class _Receiver:
    """A PULL socket that is slow, the first time slower, and notes when it gave what it got."""

    socket: zmq.asyncio.Socket
    sender: _Sender
    needs: float
    cold: float
    times: list[float] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    most_under_way: int = 0

    async def recv(self) -> bytes:
        message: bytes = await self.socket.recv()
        wait = self.needs + (0.0 if self.times else self.cold)
        if wait:
            await asyncio.sleep(wait)
        self.most_under_way = max(self.most_under_way, self.sender.sent - len(self.times))
        self.times.append(time.perf_counter())
        self.messages.append(message)
        return message


@checker("33 honest throughput", timeout=60.0)
async def honest_throughput(throughput: Throughput) -> Text:
    """Compare what it tells with when the messages came, at quick, slow and cold receivers."""
    if not inspect.iscoroutinefunction(throughput):
        words = Text(
            en="`throughput` has to be a coroutine.", ko="`throughput` 함수는 코루틴이어야 합니다."
        )
        raise NotRight("async def throughput(...)", "def throughput(...)", words)
    for needs, cold, case in RECEIVERS:
        context = zmq.asyncio.Context()
        push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        try:
            push.sndhwm = pull.rcvhwm = MARK
            push.bind("inproc://exercise")
            pull.connect("inproc://exercise")
            sender = _Sender(push)
            await _try(throughput, sender, _Receiver(pull, sender, needs, cold), case)
        finally:
            context.destroy(linger=0)
    return Text(
        en="It counts what arrived, warm, with the queues kept short.",
        ko="준비가 끝난 뒤, 큐에 쌓인 것이 아니라 실제로 도착한 메시지를 셉니다.",
    )


async def _try(throughput: Throughput, sender: _Sender, receiver: _Receiver, case: Text) -> None:
    told: Any = None
    try:
        async with asyncio.timeout(checks.patience(TOO_LONG)):
            told = await throughput(sender, receiver, MESSAGE, COUNT)
    except TimeoutError:
        got = Text(
            en=f"no end: {sender.sent} sent, {len(receiver.times)} received",
            ko=f"끝나지 않음: {sender.sent}개 보냄, {len(receiver.times)}개 받음",
        )
        raise NotRight(Text(en="an end", ko="끝나기"), got, case) from None
    if not isinstance(told, (int, float)) or isinstance(told, bool):
        number = Text(en="a number: messages a second", ko="수 하나: 초당 메시지 수")
        raise NotRight(number, repr(told), case)
    received = len(receiver.times)
    if received < COUNT + 1 or sender.sent != received or set(receiver.messages) != {MESSAGE}:
        expected = Text(
            en=f"a warm-up and {COUNT} messages, all of them received",
            ko=f"준비용 메시지 하나와 메시지 {COUNT}개를 모두 받기",
        )
        got = Text(
            en=f"{sender.sent} sent, {received} received",
            ko=f"{sender.sent}개 보냄, {received}개 받음",
        )
        raise NotRight(expected, got, case)
    if receiver.needs and receiver.most_under_way < 2:
        several = Text(en="several messages under way", ko="동시에 오가는 메시지 여러 개")
        one = Text(en="never more than one", ko="많아야 하나")
        raise NotRight(several, one, _in(IN_TURN, case))
    true = COUNT / (receiver.times[-1] - receiver.times[-COUNT - 1])
    # A quick run is over in milliseconds: too short for a busy machine's clock.
    if receiver.needs and abs(told / true - 1) > NEAR:
        expected = Text(
            en=f"about {true:,.0f} a second, by the times at which the last {COUNT} came",
            ko=f"초당 약 {true:,.0f}개(마지막 {COUNT}개가 도착한 시각 기준)",
        )
        raise NotRight(expected, f"{told:,.0f}", case)
