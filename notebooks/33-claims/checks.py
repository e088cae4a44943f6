"""Checkers of lesson 33: a throughput that is honest."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker
from zmqlab.words.language import Text

Throughput = Callable[[Any, Any, bytes, int], Awaitable[float]]
COUNT = 200
MARK = COUNT // 4
"""High-water mark on both sides: half of the messages fit into the queues. So a benchmark that
sends all before it receives gets stuck, and one that times the sending tells twice the rate."""
NEAR = 0.25
"""How far from the checker's own clock a result may lie, as a share of it."""
TOO_LONG = 10.0
"""Seconds after which a call counts as stuck."""


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
    needs: float = 0.0
    cold: float = 0.0
    times: list[float] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)

    async def recv(self) -> bytes:
        message: bytes = await self.socket.recv()
        wait = self.needs + (self.cold if not self.times else 0)
        if wait:
            await asyncio.sleep(wait)
        self.times.append(time.perf_counter())
        self.messages.append(message)
        return message


@checker("33 honest throughput", timeout=60.0)
async def honest_throughput(throughput: Throughput) -> Text:
    """Compare what it tells with when the messages came, at quick, slow and cold receivers."""
    if not inspect.iscoroutinefunction(throughput):
        words = Text(
            en="`throughput` has to be a coroutine.", ko="`throughput`은 코루틴이어야 합니다."
        )
        raise NotRight("async def throughput(...)", "def throughput(...)", words)
    cases = (
        (Text(en="A quick receiver.", ko="받는 쪽이 빠릅니다."), 0.0, 0.0),
        (
            Text(
                en="A receiver that takes some 3 ms for each message: sending is much faster.",
                ko="받는 쪽이 메시지마다 약 3 ms를 씁니다. 보내기가 훨씬 빠릅니다.",
            ),
            0.003,
            0.0,
        ),
        (
            Text(
                en="The same, and the very first message takes 1 s more: a cold start.",
                ko="같은 상황에서 맨 처음 메시지만 1초 더 걸립니다. 준비가 덜 된 상태입니다.",
            ),
            0.003,
            1.0,
        ),
    )
    for case, needs, cold in cases:
        await _try(throughput, case, needs, cold)
    return Text(
        en="It counts what arrived, warm, with the queues kept short.",
        ko="준비가 끝난 뒤, 큐에 쌓인 것이 아니라 실제로 도착한 메시지를 셉니다.",
    )


async def _try(throughput: Throughput, case: Text, needs: float, cold: float) -> None:
    message = b"x" * 100
    with zmq.asyncio.Context() as context:
        push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        with push, pull:
            push.linger = 0
            push.sndhwm = pull.rcvhwm = MARK
            push.bind("inproc://exercise")
            pull.connect("inproc://exercise")
            sender, receiver = _Sender(push), _Receiver(pull, needs, cold)
            told: Any = None
            try:
                async with asyncio.timeout(TOO_LONG):
                    told = await throughput(sender, receiver, message, COUNT)
            except TimeoutError:
                raise NotRight(
                    Text(en="an end", ko="제한 시간 안에 끝나기"),
                    Text(
                        en=f"nothing after {TOO_LONG:g} s: {sender.sent} sent, "
                        f"{len(receiver.times)} received",
                        ko=f"{TOO_LONG:g}초 뒤에도 끝나지 않음: {sender.sent}개 보냄, "
                        f"{len(receiver.times)}개 받음",
                    ),
                    case,
                ) from None
            _judge(told, sender, receiver, message, case)
            if needs:  # a quick run is over in milliseconds: too short for a busy machine's clock
                _compare(told, receiver, case)


def _judge(told: Any, sender: _Sender, receiver: _Receiver, message: bytes, case: Text) -> None:
    received = len(receiver.times)
    if not isinstance(told, (int, float)) or isinstance(told, bool):
        raise NotRight(
            Text(en="a number: messages a second", ko="수 하나: 초당 메시지 수"), repr(told), case
        )
    if received < COUNT + 1 or sender.sent != received or set(receiver.messages) != {message}:
        raise NotRight(
            Text(
                en=f"a warm-up and {COUNT} messages, all of them received",
                ko=f"준비용 메시지 하나와 메시지 {COUNT}개를 모두 받기",
            ),
            Text(
                en=f"{sender.sent} sent, {received} received",
                ko=f"{sender.sent}개 보냄, {received}개 받음",
            ),
            case,
        )


def _compare(told: float, receiver: _Receiver, case: Text) -> None:
    true = COUNT / (receiver.times[-1] - receiver.times[-COUNT - 1])
    if abs(told / true - 1) > NEAR:
        raise NotRight(
            Text(
                en=f"about {true:,.0f} a second, by the times at which the last {COUNT} came",
                ko=f"초당 약 {true:,.0f}개(마지막 {COUNT}개가 도착한 시각 기준)",
            ),
            f"{told:,.0f}",
            case,
        )
