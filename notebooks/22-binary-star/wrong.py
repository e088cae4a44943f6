"""Answers that the checks of lesson 22 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import zmq
import zmq.asyncio

# ------------------------------------------------------------- warm-up


def returns_the_last_state(table, state, events):
    for event in events:
        if event not in table[state]:
            return "refused"
        state = table[state][event]
    return state


def knows_no_refusal(table, state, events):
    return [state := table[state][event] for event in events]


def begins_with_the_start(table, state, events):
    states = [state]
    for event in events:
        if event not in table[state]:
            return [*states, "refused"]
        state = table[state][event]
        states.append(state)
    return states


def goes_on_after_a_refusal(table, state, events):
    states = []
    for event in events:
        if event in table[state]:
            state = table[state][event]
            states.append(state)
        else:
            states.append("refused")
    return states


def stops_without_a_word(table, state, events):
    states = []
    for event in events:
        if event not in table[state]:
            break
        state = table[state][event]
        states.append(state)
    return states


def writes_into_the_table(table, state, events):
    states = []
    for event in events:
        state = table.get(state, {}).setdefault(event, "refused")
        states.append(state)
        if state == "refused":
            break
    return states


def knows_only_the_pair(table, state, events):
    states = []
    for event in events:
        if state == "active" and event == "peer active":
            return [*states, "refused"]
        state = "active" if event in ("vote", "peer primary") or state == "active" else state
        states.append(state)
    return states


def prints_the_states(table, state, events):
    print(begins_with_the_start(table, state, events)[1:])


# ------------------------------------------------------------- main exercise


async def _one_try(context, endpoint, name, patience):
    with context.socket(zmq.REQ) as client:
        client.linger = 0
        client.connect(endpoint)
        await client.send_string(name)
        if await client.poll(int(patience * 1000)):
            return await client.recv_string()
    return None


async def asks_each_once(context, endpoints, name, patience, limit):
    for endpoint in endpoints:
        if reply := await _one_try(context, endpoint, name, patience):
            return reply
    return None


async def stays_with_the_first(context, endpoints, name, patience, limit):
    began = time.monotonic()
    while time.monotonic() - began < limit:
        if reply := await _one_try(context, endpoints[0], name, patience):
            return reply
    return None


async def stays_with_the_last(context, endpoints, name, patience, limit):
    began = time.monotonic()
    for endpoint in [*endpoints, *itertools.repeat(endpoints[-1], 100)]:
        if time.monotonic() - began >= limit:
            return None
        if reply := await _one_try(context, endpoint, name, patience):
            return reply
    return None


async def goes_back_and_forth(context, endpoints, name, patience, limit):
    began = time.monotonic()
    for endpoint in itertools.cycle([*endpoints, *endpoints[-2:0:-1]]):
        if time.monotonic() - began >= limit:
            return None
        if reply := await _one_try(context, endpoint, name, patience):
            return reply


async def asks_all_at_once(context, endpoints, name, patience, limit):
    began = time.monotonic()
    while time.monotonic() - began < limit:
        tries = [_one_try(context, endpoint, name, patience) for endpoint in endpoints]
        for reply in await asyncio.gather(*tries):
            if reply:
                return reply
    return None


async def uses_one_socket(context, endpoints, name, patience, limit):
    began = time.monotonic()
    with context.socket(zmq.DEALER) as client:
        client.linger = 0
        for endpoint in itertools.cycle(endpoints):
            if time.monotonic() - began >= limit:
                return None
            client.connect(endpoint)
            await client.send_multipart([b"", name.encode()])
            if await client.poll(int(patience * 1000)):
                return (await client.recv_multipart())[-1].decode()
            client.disconnect(endpoint)


async def has_no_limit(context, endpoints, name, patience, limit):
    for endpoint in itertools.cycle(endpoints):
        if reply := await _one_try(context, endpoint, name, patience):
            return reply


async def waits_for_the_limit_each_time(context, endpoints, name, patience, limit):
    for _ in range(2):
        for endpoint in endpoints[:2]:
            if reply := await _one_try(context, endpoint, name, limit):
                return reply
    return None


async def is_impatient(context, endpoints, name, patience, limit):
    began = time.monotonic()
    for endpoint in itertools.cycle(endpoints):
        if time.monotonic() - began >= limit:
            return None
        if reply := await _one_try(context, endpoint, name, patience / 4):
            return reply


async def forgets_linger(context, endpoints, name, patience, limit):
    began = time.monotonic()
    for endpoint in itertools.cycle(endpoints):
        if time.monotonic() - began >= limit:
            return None
        with context.socket(zmq.REQ) as client:
            client.connect(endpoint)
            await client.send_string(name)
            if await client.poll(int(patience * 1000)):
                return await client.recv_string()


async def lingers_for_an_hour(context, endpoints, name, patience, limit):
    began = time.monotonic()
    for endpoint in itertools.cycle(endpoints):
        if time.monotonic() - began >= limit:
            return None
        with context.socket(zmq.REQ) as client:
            client.linger = 3_600_000
            client.connect(endpoint)
            await client.send_string(name)
            if await client.poll(int(patience * 1000)):
                return await client.recv_string()


async def leaves_sockets_open(context, endpoints, name, patience, limit):
    began = time.monotonic()
    for endpoint in itertools.cycle(endpoints):
        if time.monotonic() - began >= limit:
            return None
        client = context.socket(zmq.REQ)
        client.connect(endpoint)
        await client.send_string(name)
        if await client.poll(int(patience * 1000)):
            return await client.recv_string()


async def returns_bytes(context, endpoints, name, patience, limit):
    reply = await asks_each_once(context, endpoints, name, patience, limit)
    return reply and reply.encode()


async def asks_something_else(context, endpoints, name, patience, limit):
    return await asks_each_once(context, endpoints, "hello", patience, limit)


async def has_its_own_context(context, endpoints, name, patience, limit):
    with zmq.asyncio.Context() as own:
        return await asks_each_once(own, endpoints, name, patience, limit)


async def sleeps(context, endpoints, name, patience, limit):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await asks_each_once(context, endpoints, name, patience, limit)


async def knows_the_answer(context, endpoints, name, patience, limit):
    with context.socket(zmq.REQ) as client:
        client.linger = 0
    return "seat 7 for alice"


async def prints_the_reply(context, endpoints, name, patience, limit):
    print(await asks_each_once(context, endpoints, name, patience, limit))


def is_no_coroutine(context, endpoints, name, patience, limit):
    return "seat 7 for alice"


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "22 follow": [
        (returns_the_last_state, "Got: 'active'", "실제 값: 'active'"),
        (knows_no_refusal, "KeyError: 'peer active'", "KeyError: 'peer active'"),
        (begins_with_the_start, "A backup that takes over", "이어받는 경우"),
        (goes_on_after_a_refusal, "A second active server", "활성 서버가 하나 더"),
        (stops_without_a_word, "Got: ['active']", "실제 값: ['active']"),
        (writes_into_the_table, "The table, after", "읽고 난 뒤의 표"),
        (knows_only_the_pair, "Another table", "다른 표"),
        (prints_the_states, "Got: None", "실제 값: None"),
    ],
    "22 buy": [
        (asks_each_once, "throws two requests away", "요청 두 개를 버리는"),
        (stays_with_the_first, "throws everything away", "모든 요청을 버리고"),
        (stays_with_the_last, "The first throws one", "첫 서버는 요청 하나를"),
        (goes_back_and_forth, "The first throws one", "첫 서버는 요청 하나를"),
        (asks_all_at_once, "were open at once", "동시에 열려 있던"),
        (uses_one_socket, "by the socket that sent most", "한 소켓으로 가장 많이"),
        (has_no_limit, "it still waited", "끝나지 않아 취소"),
        (waits_for_the_limit_each_time, "it still waited", "끝나지 않아 취소"),
        (is_impatient, "wait for the whole patience", "다 기다린 뒤에"),
        (forgets_linger, "Got: [-1]", "실제 값: [-1]"),
        (lingers_for_an_hour, "Got: [3600000]", "실제 값: [3600000]"),
        (leaves_sockets_open, "left open", "닫지 않은 소켓"),
        (returns_bytes, "Got: b'seat", "실제 값: b'seat"),
        (asks_something_else, "What did the servers receive", "서버들은 무엇을"),
        (has_its_own_context, "Use the context", "받은 컨텍스트를"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (knows_the_answer, "How many requests", "요청"),
        (prints_the_reply, "Got: None", "실제 값: None"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
