"""Answers that the checks of lesson 04 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import zmq
import zmq.asyncio

HOUR = 3_600_000

# ------------------------------------------------------------- warm-up


def returns_what_was_asked(socket, endpoints):
    for endpoint in endpoints:
        socket.bind(endpoint)
    return endpoints


def knows_the_last_alone(socket, endpoints):
    for endpoint in endpoints:
        socket.bind(endpoint)
    return [socket.last_endpoint.decode() for _ in endpoints]


def returns_bytes(socket, endpoints):
    real = []
    for endpoint in endpoints:
        socket.bind(endpoint)
        real.append(socket.last_endpoint)
    return real


def connects(socket, endpoints):
    for endpoint in endpoints:
        socket.connect(endpoint)
    return endpoints


def binds_the_first(socket, endpoints):
    socket.bind(endpoints[0])
    return [socket.last_endpoint.decode()]


def unbinds_again(socket, endpoints):
    real = []
    for endpoint in endpoints:
        with socket.bind(endpoint):
            real.append(socket.last_endpoint.decode())
    return real


def closes(socket, endpoints):
    with socket:
        real = []
        for endpoint in endpoints:
            socket.bind(endpoint)
            real.append(socket.last_endpoint.decode())
        return real


def sleeps(socket, endpoints):
    time.sleep(1.2)
    return returns_what_was_asked(socket, endpoints)


def prints(socket, endpoints):
    for endpoint in endpoints:
        socket.bind(endpoint)
        print(socket.last_endpoint)


def yields(socket, endpoints):
    for endpoint in endpoints:
        socket.bind(endpoint)
        yield socket.last_endpoint.decode()


async def waits_for_a_client(socket, endpoints):
    for endpoint in endpoints:
        socket.bind(endpoint)
    await socket.recv()


# ------------------------------------------------------------- main exercise


async def hands_out(
    context, endpoints, tasks, patience, *, immediate=1, linger=1000, skip=0, wait=None
):
    with context.socket(zmq.PUSH) as dispatcher:
        dispatcher.immediate = immediate
        dispatcher.linger = linger
        dispatcher.sndtimeo = int(patience * 1000) if wait is None else wait
        for endpoint in endpoints:
            dispatcher.connect(endpoint)
        for number, task in enumerate(tasks):
            try:
                await dispatcher.send_string(task)
            except zmq.Again:
                return tasks[number + skip :]
    return []


async def leaves_tasks_waiting(context, endpoints, tasks, patience):
    return await hands_out(context, endpoints, tasks, patience, immediate=0)


async def sets_immediate_too_late(context, endpoints, tasks, patience):
    with context.socket(zmq.PUSH) as dispatcher:
        dispatcher.linger = 1000
        for endpoint in endpoints:
            dispatcher.connect(endpoint)
        dispatcher.immediate = 1
        for task in tasks:
            await dispatcher.send_string(task)
    return []


async def lingers_for_ever(context, endpoints, tasks, patience):
    return await hands_out(context, endpoints, tasks, patience, linger=-1)


async def lingers_an_hour(context, endpoints, tasks, patience):
    return await hands_out(context, endpoints, tasks, patience, linger=HOUR)


async def throws_away(context, endpoints, tasks, patience):
    return await hands_out(context, endpoints, tasks, patience, linger=0)


async def loses_the_one_in_hand(context, endpoints, tasks, patience):
    return await hands_out(context, endpoints, tasks, patience, skip=1)


async def gives_up_at_once(context, endpoints, tasks, patience):
    return await hands_out(context, endpoints, tasks, patience, wait=0)


async def never_gives_up(context, endpoints, tasks, patience):
    return await hands_out(context, endpoints, tasks, patience, wait=-1)


async def raises(context, endpoints, tasks, patience):
    if await hands_out(context, endpoints, tasks, patience):
        raise TimeoutError("nobody is there")
    return []


async def leaves_it_open(context, endpoints, tasks, patience):
    dispatcher = context.socket(zmq.PUSH)
    dispatcher.immediate = 1
    dispatcher.sndtimeo = int(patience * 1000)
    for endpoint in endpoints:
        dispatcher.connect(endpoint)
    for number, task in enumerate(tasks):
        try:
            await dispatcher.send_string(task)
        except zmq.Again:
            return tasks[number:]
    return []


async def counts(context, endpoints, tasks, patience):
    return len(await hands_out(context, endpoints, tasks, patience))


async def has_a_context_of_its_own(context, endpoints, tasks, patience):
    with zmq.asyncio.Context() as own:
        return await hands_out(own, endpoints, tasks, patience)


async def ends_the_context(context, endpoints, tasks, patience):
    left = await hands_out(context, endpoints, tasks, patience)
    context.term()
    return left


async def sleeps_first(context, endpoints, tasks, patience):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await hands_out(context, endpoints, tasks, patience)


async def returns_nothing(context, endpoints, tasks, patience):
    await hands_out(context, endpoints, tasks, patience)


async def sends_nothing(context, endpoints, tasks, patience):
    with context.socket(zmq.PUSH) as dispatcher:
        dispatcher.linger = 0
    return []


async def sleeps_for_ever(context, endpoints, tasks, patience):
    await asyncio.sleep(3600)


def is_no_coroutine(context, endpoints, tasks, patience):
    return []


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "04 listen": [
        (returns_what_was_asked, "127.0.0.1:*", "127.0.0.1:*"),
        (knows_the_last_alone, "What did listen() return", "listen()은 무엇을"),
        (returns_bytes, "b'tcp://", "b'tcp://"),
        (connects, "Invalid argument", "Invalid argument"),
        (binds_the_first, "At how many addresses", "주소는 몇 개"),
        (unbinds_again, "From how many did a message", "몇 곳에서 왔나요"),
        (closes, "still open", "아직 열려 있나요"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (prints, "Got: None", "실제 값: None"),
        (yields, "At how many addresses", "주소는 몇 개"),
        (waits_for_a_client, "it still waited", "끝나지 않아 취소"),
    ],
    "04 hand out": [
        (leaves_tasks_waiting, "where nobody is", "아무도 없는 주소"),
        (sets_immediate_too_late, "where nobody is", "아무도 없는 주소"),
        (lingers_for_ever, "the default, is for ever", "-1은 무한"),
        (lingers_an_hour, "3600000", "3600000"),
        (throws_away, "close() threw them away", "close()가 버린 것"),
        (loses_the_one_in_hand, "nobody there", "아무도 없음"),
        (gives_up_at_once, "What did hand_out() return", "hand_out()은 무엇을"),
        (never_gives_up, "it still waited", "끝나지 않아 취소"),
        (raises, "nobody is there", "nobody is there"),
        (leaves_it_open, "left open", "닫지 않은 소켓"),
        (counts, "Got: 0", "실제 값: 0"),
        (has_a_context_of_its_own, "another context", "다른 컨텍스트"),
        (ends_the_context, "not yours to end", "끝내지 마세요"),
        (sleeps_first, "blocks", "블로킹하는 호출"),
        (returns_nothing, "Got: None", "실제 값: None"),
        (sends_nothing, "have arrived", "도착했나요"),
        (sleeps_for_ever, "it still waited", "끝나지 않아 취소"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
