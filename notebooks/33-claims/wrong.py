"""Answers that the checks of lesson 33 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any


def head(message):
    return len(message).to_bytes(4, "big")


def writes_twice(tcp, message):
    tcp.sendall(head(message))
    tcp.sendall(message)


def sets_the_option_instead(tcp, message):
    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    writes_twice(tcp, message)


def takes_what_send_takes(tcp, message):
    tcp.send(head(message) + message)


def counts_from_the_other_end(tcp, message):
    tcp.sendall(len(message).to_bytes(4, "little") + message)


def counts_the_head_too(tcp, message):
    tcp.sendall((len(message) + 4).to_bytes(4, "big") + message)


def forgets_the_length(tcp, message):
    tcp.sendall(message)


def knows_the_trial(tcp, message):
    tcp.sendall(b"\x00\x00\x00\x0dprice of tea?")


def waits_for_an_answer(tcp, message):
    tcp.sendall(head(message) + message)
    tcp.recv(1)


def closes_it(tcp, message):
    tcp.sendall(head(message) + message)
    tcp.close()


def returns_it(tcp, message):
    return head(message) + message


async def timed(push, pull, message, count):
    async def send_all():
        for _ in range(count):
            await push.send(message)

    began = time.perf_counter()
    sending = asyncio.create_task(send_all())
    for _ in range(count):
        await pull.recv()
    seconds = time.perf_counter() - began
    await sending
    return count / seconds


async def honest(push, pull, message, count):
    await push.send(message)
    await pull.recv()
    return await timed(push, pull, message, count)


async def times_a_cold_start(push, pull, message, count):
    return await timed(push, pull, message, count + 1)


async def times_the_sending(push, pull, message, count):
    await push.send(message)
    await pull.recv()

    async def take_all():
        for _ in range(count):
            await pull.recv()

    taking = asyncio.create_task(take_all())
    began = time.perf_counter()
    for _ in range(count):
        await push.send(message)
    seconds = time.perf_counter() - began
    await taking
    return count / seconds


async def sends_all_first(push, pull, message, count):
    await push.send(message)
    await pull.recv()
    for _ in range(count):
        await push.send(message)
    for _ in range(count):
        await pull.recv()
    return 1.0


async def sends_in_turn(push, pull, message, count):
    await push.send(message)
    await pull.recv()
    began = time.perf_counter()
    for _ in range(count):
        await push.send(message)
        await pull.recv()
    return count / (time.perf_counter() - began)


async def receives_half(push, pull, message, count):
    return await honest(push, pull, message, count // 2)


async def gives_seconds(push, pull, message, count):
    return count / await honest(push, pull, message, count)


async def prints_it(push, pull, message, count):
    print(f"{await honest(push, pull, message, count):,.0f} a second")


async def gives_text(push, pull, message, count):
    return f"{await honest(push, pull, message, count)} a second"


async def sends_something_else(push, pull, message, count):
    return await honest(push, pull, b"", count)


async def sleeps_instead_of_warming_up(push, pull, message, count):
    time.sleep(0.5)  # noqa: ASYNC251  (it blocks, and warms nothing up)
    return await timed(push, pull, message, count)


async def makes_it_up(push, pull, message, count):
    return 333.0


async def closes_what_it_was_lent(push, pull, message, count):
    rate = await honest(push, pull, message, count)
    push.close()
    return rate


def is_no_coroutine(push, pull, message, count):
    return 1.0


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "33 one write": [
        (writes_twice, "How many times did it write", "몇 번에 나눠 썼나요"),
        (sets_the_option_instead, "How many times did it write", "몇 번에 나눠 썼나요"),
        (
            takes_what_send_takes,
            "30,720 bytes. The bytes after",
            "30,720바이트 메시지를 보냅니다. 길이 다음",
        ),
        (counts_from_the_other_end, "big-endian", "빅 엔디언"),
        (counts_the_head_too, "big-endian", "빅 엔디언"),
        (forgets_the_length, "b'pric'", "b'pric'"),
        (knows_the_trial, "An empty message", "빈 메시지"),
        (waits_for_an_answer, "raised an exception", "예외가 발생"),
        (closes_it, "still open", "아직 열려"),
        (returns_it, "The first 4 bytes", "첫 4바이트"),
    ],
    "33 honest throughput": [
        (times_a_cold_start, "cold start", "준비가 덜 된"),
        (times_the_sending, "by the times at which", "도착한 시각 기준"),
        (sends_all_first, "no end", "끝나지 않음"),
        (sends_in_turn, "never more than one", "많아야 하나"),
        (receives_half, "200 messages, all of them received", "메시지 200개를 모두 받기"),
        (gives_seconds, "by the times at which", "도착한 시각 기준"),
        (prints_it, "a number", "수 하나"),
        (gives_text, "a number", "수 하나"),
        (sends_something_else, "all of them received", "모두 받기"),
        (sleeps_instead_of_warming_up, "a warm-up and 200", "준비용 메시지 하나와"),
        (makes_it_up, "0 sent, 0 received", "0개 보냄, 0개 받음"),
        (closes_what_it_was_lent, "raised an exception", "예외가 발생"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
