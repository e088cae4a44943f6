"""Answers that the checks of lesson 01 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import zmq

HOUR = 3_600_000

# ------------------------------------------------------------- warm-up


async def polls_seconds(client, seconds):
    if await client.poll(seconds):
        return await client.recv_string()
    return None


async def never_gives_up(client, seconds):
    return await client.recv_string()


async def sleeps_first(client, seconds):
    time.sleep(seconds)  # noqa: ASYNC251  (it blocks, and is refused for that)
    if await client.poll(0):
        return await client.recv_string()
    return None


async def returns_bytes(client, seconds):
    if await client.poll(int(seconds * 1000)):
        return await client.recv()
    return None


async def raises_again(client, seconds):
    client.rcvtimeo = int(seconds * 1000)
    return await client.recv_string()


async def closes_the_client(client, seconds):
    with client:
        if await client.poll(int(seconds * 1000)):
            return await client.recv_string()
        return None


async def knows_the_price(client, seconds):
    return "3 coins"


async def waits_out_its_time(client, seconds):
    await asyncio.sleep(3600)


def is_no_coroutine(client, seconds):
    return client.recv_string()


# ------------------------------------------------------------- main exercise


async def good(context, endpoint, text, patience, tries, linger=0):
    for _ in range(tries):
        with context.socket(zmq.REQ) as client:
            client.linger = linger
            client.connect(endpoint)
            await client.send_string(text)
            if await client.poll(int(patience * 1000)):
                return await client.recv_string()
    return None


async def asks_once(context, endpoint, text, patience, tries):
    return await good(context, endpoint, text, patience, 1)


async def leaks(context, endpoint, text, patience, tries):
    for _ in range(tries):
        client = context.socket(zmq.REQ)
        client.connect(endpoint)
        await client.send_string(text)
        if await client.poll(int(patience * 1000)):
            return await client.recv_string()
    return None


async def asks_on_the_same_socket(context, endpoint, text, patience, tries):
    with context.socket(zmq.REQ) as client:
        client.connect(endpoint)
        for _ in range(tries):
            await client.send_string(text)
            if await client.poll(int(patience * 1000)):
                return await client.recv_string()
    return None


async def relaxes_instead(context, endpoint, text, patience, tries):
    with context.socket(zmq.REQ) as client:
        client.linger = 0
        client.req_relaxed = client.req_correlate = 1
        client.connect(endpoint)
        for _ in range(tries):
            await client.send_string(text)
            if await client.poll(int(patience * 1000)):
                return await client.recv_string()
    return None


async def gives_a_word_instead_of_none(context, endpoint, text, patience, tries):
    return await good(context, endpoint, text, patience, tries) or "no reply"


async def takes_seconds_for_milliseconds(context, endpoint, text, patience, tries):
    return await good(context, endpoint, text, patience / 1000, tries)


async def asks_one_time_less(context, endpoint, text, patience, tries):
    return await good(context, endpoint, text, patience, max(1, tries - 1))


async def lets_questions_linger(context, endpoint, text, patience, tries):
    return await good(context, endpoint, text, patience, tries, linger=-1)


async def lets_them_linger_an_hour(context, endpoint, text, patience, tries):
    return await good(context, endpoint, text, patience, tries, linger=HOUR)


async def ends_the_context(context, endpoint, text, patience, tries):
    reply = await good(context, endpoint, text, patience, tries)
    context.term()
    return reply


async def sleeps(context, endpoint, text, patience, tries):
    with context.socket(zmq.REQ) as client:
        client.linger = 0
        client.connect(endpoint)
        await client.send_string(text)
        time.sleep(patience)  # noqa: ASYNC251  (it blocks, and is refused for that)
        return await client.recv_string() if await client.poll(0) else None


async def knows_the_answer(context, endpoint, text, patience, tries):
    return text.upper()


def is_no_coroutine_either(context, endpoint, text, patience, tries):
    return text.upper()


async def waits_for_ever(context, endpoint, text, patience, tries):
    with context.socket(zmq.REQ) as client:
        client.connect(endpoint)
        await client.send_string(text)
        return await client.recv_string()


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "01 reply within": [
        (polls_seconds, "takes 0.4 s", "0.4초 뒤에"),
        (never_gives_up, "takes 0.9 s", "0.9초 뒤에"),
        (sleeps_first, "blocks", "블로킹하는 호출"),
        (returns_bytes, "b'3 coins'", "b'3 coins'"),
        (raises_again, "raised an exception", "예외가 발생"),
        (closes_the_client, "came after the limit", "제한 시간이 지난 뒤에 온"),
        (knows_the_price, "takes 0.4 s", "0.4초 뒤에"),
        (waits_out_its_time, "it still waited", "끝나지 않아 취소"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
    "01 ask again": [
        (asks_once, "loses the first two", "앞의 두 요청을 잃는 서버"),
        (leaks, "left open", "닫지 않은 소켓"),
        (asks_on_the_same_socket, "current state", "current state"),
        (relaxes_instead, "How many fresh sockets", "소켓을 몇 개 새로"),
        (gives_a_word_instead_of_none, "never answers", "끝내 응답하지 않는 서버"),
        (takes_seconds_for_milliseconds, "A server that", "서버"),
        (asks_one_time_less, "How often did it ask", "몇 번 물었나요"),
        (lets_questions_linger, "reaches a server that starts later", "나중에 시작한 서버에 도착"),
        (lets_them_linger_an_hour, "[3600000, 3600000, 3600000]", "나중에 시작한 서버에 도착"),
        (ends_the_context, "not yours to end", "끝내지 마세요"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (knows_the_answer, "How often did it ask", "몇 번 물었나요"),
        (is_no_coroutine_either, "has to be a coroutine", "코루틴이어야"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
    ],
}
