"""Answers that the checks of lesson 10 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from itertools import pairwise
from typing import Any

import zmq
import zmq.asyncio

HOUR = 3_600_000

# ------------------------------------------------------------- warm-up


def believes_connected(events):
    if events[-1:] in ([zmq.EVENT_CONNECTED], [zmq.EVENT_HANDSHAKE_SUCCEEDED]):
        return "up"
    return "stranger" if events[-1:] == [zmq.EVENT_DISCONNECTED] else "away"


def fails_without_events(events):
    if events[-1] == zmq.EVENT_HANDSHAKE_SUCCEEDED:
        return "up"
    return "stranger" if events[-2] == zmq.EVENT_CONNECTED else "away"


def never_forgets_a_handshake(events):
    return "up" if zmq.EVENT_HANDSHAKE_SUCCEEDED in events else "away"


def takes_every_end_for_a_stranger(events):
    if events[-1:] == [zmq.EVENT_HANDSHAKE_SUCCEEDED]:
        return "up"
    return "stranger" if events[-1:] == [zmq.EVENT_DISCONNECTED] else "away"


def never_forgets_a_stranger(events):
    pairs = list(pairwise(events))
    if events[-1:] == [zmq.EVENT_HANDSHAKE_SUCCEEDED]:
        return "up"
    return "stranger" if (zmq.EVENT_CONNECTED, zmq.EVENT_DISCONNECTED) in pairs else "away"


def returns_a_flag(events):
    return events[-1:] == [zmq.EVENT_HANDSHAKE_SUCCEEDED]


def empties_the_list(events):
    last = events.pop() if events else None
    before = events.pop() if events else None
    if last == zmq.EVENT_HANDSHAKE_SUCCEEDED:
        return "up"
    strange = (before, last) == (zmq.EVENT_CONNECTED, zmq.EVENT_DISCONNECTED)
    return "stranger" if strange else "away"


def prints(events):
    print("up" if events[-1:] == [zmq.EVENT_HANDSHAKE_SUCCEEDED] else "away")


def always_away(events):
    return "away"


# ------------------------------------------------------------- main exercise


async def serves(context, endpoint, stop, answer, *, linger=1000):
    answered = 0
    with context.socket(zmq.REP) as server:
        server.linger = linger
        server.bind(endpoint)
        while not stop.is_set():
            if await server.poll(100):
                await server.send_string(await answer(await server.recv_string()))
                answered += 1
    return answered


async def lingers_for_ever(context, endpoint, stop, answer):
    return await serves(context, endpoint, stop, answer, linger=-1)


async def lingers_an_hour(context, endpoint, stop, answer):
    return await serves(context, endpoint, stop, answer, linger=HOUR)


async def drops_the_last(context, endpoint, stop, answer):
    return await serves(context, endpoint, stop, answer, linger=0)


async def waits_for_a_request(context, endpoint, stop, answer):
    answered = 0
    with context.socket(zmq.REP) as server:
        server.linger = 1000
        server.bind(endpoint)
        while not stop.is_set():
            await server.send_string(await answer(await server.recv_string()))
            answered += 1
    return answered


async def cancels_the_request_in_hand(context, endpoint, stop, answer):
    replies = []

    async def keep(request):
        replies.append(await answer(request))
        return replies[-1]

    served = asyncio.ensure_future(serves(context, endpoint, asyncio.Event(), keep))
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait([served, stopped], return_when=asyncio.FIRST_COMPLETED)
    served.cancel()
    with suppress(asyncio.CancelledError):
        await served
    return len(replies)


async def drains_the_queue(context, endpoint, stop, answer):
    answered = 0
    with context.socket(zmq.REP) as server:
        server.linger = 1000
        server.bind(endpoint)
        while await server.poll(300) or not stop.is_set():
            with suppress(zmq.Again):
                request = await server.recv_string(zmq.DONTWAIT)
                await server.send_string(await answer(request))
                answered += 1
    return answered


async def forgets_the_last_reply(context, endpoint, stop, answer):
    answered = 0
    with context.socket(zmq.REP) as server:
        server.linger = 1000
        server.bind(endpoint)
        while not stop.is_set():
            if await server.poll(100):
                reply = await answer(await server.recv_string())
                answered += 1
                if stop.is_set():
                    break
                await server.send_string(reply)
    return answered


async def swallows_the_exception(context, endpoint, stop, answer):
    async def answers(request):
        try:
            return await answer(request)
        except ValueError:
            return "sorry"

    return await serves(context, endpoint, stop, answers)


async def leaves_it_open_after_an_exception(context, endpoint, stop, answer):
    answered = 0
    server = context.socket(zmq.REP)
    server.linger = 1000
    server.bind(endpoint)
    while not stop.is_set():
        if await server.poll(100):
            await server.send_string(await answer(await server.recv_string()))
            answered += 1
    server.close()
    return answered


async def has_a_context_of_its_own(context, endpoint, stop, answer):
    with zmq.asyncio.Context() as own:
        return await serves(own, endpoint, stop, answer)


async def ends_the_context(context, endpoint, stop, answer):
    answered = await serves(context, endpoint, stop, answer)
    context.term()
    return answered


async def returns_the_replies(context, endpoint, stop, answer):
    replies = []

    async def keep(request):
        replies.append(await answer(request))
        return replies[-1]

    await serves(context, endpoint, stop, keep)
    return replies


async def sleeps_between(context, endpoint, stop, answer):
    async def slow(request):
        time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
        return await answer(request)

    return await serves(context, endpoint, stop, slow)


async def never_ends(context, endpoint, stop, answer):
    return await serves(context, endpoint, asyncio.Event(), answer)


def is_no_coroutine(context, endpoint, stop, answer):
    return 3


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "10 state": [
        (believes_connected, "The events are: CONNECTED.", "이벤트: CONNECTED."),
        (fails_without_events, "IndexError", "IndexError"),
        (never_forgets_a_handshake, "'up'", "'up'"),
        (takes_every_end_for_a_stranger, "'stranger'", "'stranger'"),
        (never_forgets_a_stranger, "'stranger'", "'stranger'"),
        (returns_a_flag, "Got: False", "실제 값: False"),
        (empties_the_list, "not yours to change", "바꾸지 마세요"),
        (prints, "Got: None", "실제 값: None"),
        (always_away, "Expected: 'up'", "기대한 값: 'up'"),
    ],
    "10 serve": [
        (lingers_for_ever, "holds up the end for ever", "영원히 끝나지 못합니다"),
        (lingers_an_hour, "3600000", "3600000"),
        (drops_the_last, "Got: 0", "실제 값: 0"),
        (waits_for_a_request, "it still waited", "끝나지 않아 취소"),
        (cancels_the_request_in_hand, "is not cancelled", "취소하지 않습니다"),
        (drains_the_queue, "was answer() awaited", "answer()를 부른 요청"),
        (forgets_the_last_reply, "did the clients get", "어떤 응답을 받았나요"),
        (swallows_the_exception, "did serve() raise", "어떤 예외가"),
        (leaves_it_open_after_an_exception, "left open", "닫지 않은 소켓"),
        (has_a_context_of_its_own, "another context", "다른 컨텍스트"),
        (ends_the_context, "not yours to end", "끝내지 마세요"),
        (returns_the_replies, "What did serve() return", "serve()는 무엇을"),
        (sleeps_between, "blocks", "블로킹하는 호출"),
        (never_ends, "it still waited", "끝나지 않아 취소"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
