"""Answers that the checks of lesson 18 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import zmq
import zmq.asyncio

HOUR = 3_600_000

# ------------------------------------------------------------- warm-up


def sets_a_default(replies, name, work):
    return replies.setdefault(name, work())


def works_every_time(replies, name, work):
    replies[name] = work()
    return replies[name]


def forgets(replies, name, work):
    if name in replies:
        return replies[name]
    return work()


def takes_an_empty_reply_for_none(replies, name, work):
    reply = replies.get(name) or work()
    replies[name] = reply
    return reply


def remembers_before_it_works(replies, name, work):
    if name not in replies:
        replies[name] = ""
        replies[name] = work()
    return replies[name]


def swallows_the_exception(replies, name, work):
    if name not in replies:
        try:
            replies[name] = work()
        except Exception:
            return None
    return replies[name]


def returns_what_it_did(replies, name, work):
    if name not in replies:
        replies[name] = work()
        return replies[name]
    return f"{name} was done before"


def prints(replies, name, work):
    if name not in replies:
        replies[name] = work()
    print(replies[name])


def knows_the_trial(replies, name, work):
    return {"order 1": "tea delivered", "order 2": "coffee delivered", "order 3": ""}[name]


def uses_a_memory_of_its_own(replies, name, work, own={}):  # noqa: B006  (it is refused for that)
    if name not in own:
        own[name] = work()
    return own[name]


# ------------------------------------------------------------- main exercise


async def good(context, endpoint, order, waits, linger=0, tidy=True):
    poller = zmq.asyncio.Poller()
    tries = []
    try:
        for wait in waits:
            till = context.socket(zmq.REQ)
            tries.append(till)
            till.linger = linger
            till.connect(endpoint)
            await till.send_string(order)
            poller.register(till, zmq.POLLIN)
            for ready, _ in await poller.poll(int(wait * 1000)):
                return await ready.recv_string()
        return None
    finally:
        for till in tries:
            if tidy or till is tries[-1]:
                till.close()


async def throws_late_replies_away(context, endpoint, order, waits):
    for wait in waits:
        with context.socket(zmq.REQ) as till:
            till.linger = 0
            till.connect(endpoint)
            await till.send_string(order)
            if await till.poll(int(wait * 1000)):
                return await till.recv_string()
    return None


async def looks_at_the_first_only(context, endpoint, order, waits):
    tries = []
    reply = None
    for wait in waits:
        till = context.socket(zmq.REQ)
        tries.append(till)
        till.linger = 0
        till.connect(endpoint)
        await till.send_string(order)
        if await tries[0].poll(int(wait * 1000)):
            reply = await tries[0].recv_string()
            break
    for till in tries:
        till.close()
    return reply


async def looks_only_when_all_waits_are_over(context, endpoint, order, waits):
    tries = []
    for wait in waits:
        till = context.socket(zmq.REQ)
        tries.append(till)
        till.linger = 0
        till.connect(endpoint)
        await till.send_string(order)
        await asyncio.sleep(wait)
    replies = [await till.recv_string() for till in tries if await till.poll(0)]
    for till in tries:
        till.close()
    return replies[0] if replies else None


async def looks_when_each_wait_is_over(context, endpoint, order, waits):
    tries = []
    try:
        for wait in waits:
            till = context.socket(zmq.REQ)
            tries.append(till)
            till.linger = 0
            till.connect(endpoint)
            await till.send_string(order)
            await asyncio.sleep(wait)
            for each in tries:
                if await each.poll(0):
                    return await each.recv_string()
        return None
    finally:
        for till in tries:
            till.close()


async def cuts_the_last_wait_short(context, endpoint, order, waits):
    return await good(context, endpoint, order, [*waits[:-1], min(waits[-1], 0.4)])


async def shares_the_waits_evenly(context, endpoint, order, waits):
    return await good(context, endpoint, order, [sum(waits) / len(waits)] * len(waits))


async def waits_twice_as_long(context, endpoint, order, waits):
    return await good(context, endpoint, order, [2 * wait for wait in waits])


async def asks_all_at_once(context, endpoint, order, waits):
    return await good(context, endpoint, order, [0.0] * (len(waits) - 1) + [sum(waits)])


async def leaves_sockets_open(context, endpoint, order, waits):
    return await good(context, endpoint, order, waits, tidy=False)


async def lets_orders_linger(context, endpoint, order, waits):
    return await good(context, endpoint, order, waits, linger=-1)


async def lets_them_linger_an_hour(context, endpoint, order, waits):
    return await good(context, endpoint, order, waits, linger=HOUR)


async def takes_seconds_for_milliseconds(context, endpoint, order, waits):
    return await good(context, endpoint, order, [wait / 1000 for wait in waits])


async def asks_once(context, endpoint, order, waits):
    return await good(context, endpoint, order, waits[:1])


async def relaxes_and_correlates(context, endpoint, order, waits):
    with context.socket(zmq.REQ) as till:
        till.linger = 0
        till.req_relaxed = till.req_correlate = 1
        till.connect(endpoint)
        for wait in waits:
            await till.send_string(order)
            if await till.poll(int(wait * 1000)):
                return await till.recv_string()
    return None


async def asks_on_the_same_socket(context, endpoint, order, waits):
    with context.socket(zmq.REQ) as till:
        till.linger = 0
        till.connect(endpoint)
        for wait in waits:
            await till.send_string(order)
            if await till.poll(int(wait * 1000)):
                return await till.recv_string()
    return None


async def numbers_its_tries(context, endpoint, order, waits):
    return await good(context, endpoint, f"{order} again", waits)


async def sleeps(context, endpoint, order, waits):
    with context.socket(zmq.REQ) as till:
        till.linger = 0
        till.connect(endpoint)
        await till.send_string(order)
        time.sleep(waits[0])  # noqa: ASYNC251  (it blocks, and is refused for that)
        return await till.recv_string() if await till.poll(0) else None


async def waits_for_ever(context, endpoint, order, waits):
    with context.socket(zmq.REQ) as till:
        till.connect(endpoint)
        await till.send_string(order)
        return await till.recv_string()


async def makes_its_own_context(context, endpoint, order, waits):
    own = zmq.asyncio.Context()
    reply = await good(own, endpoint, order, waits)
    own.destroy(linger=0)
    return reply


async def knows_the_answer(context, endpoint, order, waits):
    return "delivered for request 1"


def is_no_coroutine(context, endpoint, order, waits):
    return "delivered for request 1"


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "18 once": [
        (sets_a_default, "How often was work() called", "work()를 지금까지 몇 번"),
        (works_every_time, "The same order again", "같은 주문이 다시"),
        (forgets, "The same order again", "같은 주문이 다시"),
        (takes_an_empty_reply_for_none, "the empty reply again", "빈 문자열이던 주문이 다시"),
        (remembers_before_it_works, "after its work raised", "예외가 났던 둘째 주문"),
        (swallows_the_exception, "must see the exception", "예외를 봐야"),
        (returns_what_it_did, "was done before", "was done before"),
        (prints, "Got: None", "실제 값: None"),
        (knows_the_trial, "How often was work() called", "work()를 지금까지 몇 번"),
        (uses_a_memory_of_its_own, "from the beginning", "처음부터 들어 있던"),
    ],
    "18 late reply": [
        (throws_late_replies_away, "answers the first try", "첫 요청에 응답하는"),
        (looks_at_the_first_only, "answers the second try", "둘째 요청에 응답하는"),
        (looks_only_when_all_waits_are_over, "How many requests came", "요청이 몇 개 왔나요"),
        (looks_when_each_wait_is_over, "as soon as a reply", "바로 돌려주세요"),
        (cuts_the_last_wait_short, "the end of wait 3", "3번째 대기가 끝날"),
        (shares_the_waits_evenly, "from the last request", "마지막 요청부터"),
        (waits_twice_as_long, "A server that never answers", "끝내 응답하지 않는 서버"),
        (asks_all_at_once, "A server that", "서버"),
        (leaves_sockets_open, "left open", "닫지 않은 소켓"),
        (lets_orders_linger, "reaches a server that starts later", "나중에 시작한 서버에 도착"),
        (lets_them_linger_an_hour, "3600000", "3600000"),
        (takes_seconds_for_milliseconds, "A server that", "서버"),
        (asks_once, "answers the first try", "첫 요청에 응답하는"),
        (relaxes_and_correlates, "Again", "예외가 발생"),
        (asks_on_the_same_socket, "current state", "current state"),
        (numbers_its_tries, "What did the server receive", "서버는 무엇을"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
        (makes_its_own_context, "context that you are given", "받은 컨텍스트"),
        (knows_the_answer, "context that you are given", "받은 컨텍스트"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
