"""Answers that the checks of lesson 01 refuse, each with words that its verdict holds."""

from __future__ import annotations

from typing import Any

import zmq


async def good(context, endpoint, text, patience, tries):
    for _ in range(tries):
        with context.socket(zmq.REQ) as client:
            client.linger = 0
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
    for _ in range(tries):
        with context.socket(zmq.REQ) as client:
            client.connect(endpoint)
            await client.send_string(text)
            if await client.poll(int(patience * 1000)):
                return await client.recv_string()
    return None


async def ends_the_context(context, endpoint, text, patience, tries):
    reply = await good(context, endpoint, text, patience, tries)
    context.term()
    return reply


def blocks(context, endpoint, text, patience, tries):
    return text.upper()


async def waits_for_ever(context, endpoint, text, patience, tries):
    with context.socket(zmq.REQ) as client:
        client.connect(endpoint)
        await client.send_string(text)
        return await client.recv_string()


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "01 ask again": [
        (asks_once, "loses the first two", "앞의 두 요청을 잃는 서버"),
        (leaks, "left open", "닫지 않은 소켓"),
        (asks_on_the_same_socket, "current state", "current state"),
        (relaxes_instead, "How many fresh sockets", "새 소켓은 몇 개"),
        (gives_a_word_instead_of_none, "never answers", "끝내 응답하지 않는 서버"),
        (takes_seconds_for_milliseconds, "A server that", "서버"),
        (asks_one_time_less, "How often did it ask", "몇 번 물었나요"),
        (lets_questions_linger, "reaches a server that starts later", "나중에 시작한 서버에 도착"),
        (ends_the_context, "not yours to end", "끝내지 마세요"),
        (blocks, "has to be a coroutine", "코루틴이어야"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
    ]
}
