"""Answers that the checks of lesson 02 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from typing import Any

import zmq
import zmq.asyncio

# ------------------------------------------------------------- warm-up


def forgets_the_space(subscriber, symbol):
    subscriber.subscribe(f"NASDAQ:{symbol}")
    subscriber.subscribe("END")


def forgets_the_end(subscriber, symbol):
    subscriber.subscribe(f"NASDAQ:{symbol} ")


def takes_everything(subscriber, symbol):
    subscriber.subscribe("")


def takes_the_symbol(subscriber, symbol):
    subscriber.subscribe(symbol)
    subscriber.subscribe("END")


def knows_one_share(subscriber, symbol):
    subscriber.subscribe("NASDAQ:ACM ")
    subscriber.subscribe("END")


def prints(subscriber, symbol):
    print(f"following {symbol}")


def sleeps(subscriber, symbol):
    time.sleep(1.2)
    subscriber.subscribe(f"NASDAQ:{symbol} ")
    subscriber.subscribe("END")


def closes(subscriber, symbol):
    with subscriber:
        subscriber.subscribe(f"NASDAQ:{symbol} ")
        subscriber.subscribe("END")


async def waits_for_a_quote(subscriber, symbol):
    subscriber.subscribe(f"NASDAQ:{symbol} ")
    await subscriber.recv()


def gives_a_text(subscriber, symbol):
    subscriber.setsockopt(zmq.SUBSCRIBE, f"NASDAQ:{symbol} ")


# ------------------------------------------------------------- main exercise


async def opens(
    context,
    endpoint,
    screens,
    quotes,
    patience,
    *,
    option=zmq.XPUB_VERBOSER,
    joins=False,
    linger=1000,
):
    here = 0
    with context.socket(zmq.XPUB) as publisher:
        publisher.linger = linger
        if option is not None:
            publisher.setsockopt(option, 1)
        publisher.bind(endpoint)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while here < screens:
                    (message,) = await publisher.recv_multipart()
                    here += 1 if message[:1] == b"\x01" or joins else -1
        for quote in quotes:
            await publisher.send_string(quote)
    return here


async def sends_at_once(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, 0, quotes, patience)


async def knows_each_topic_once(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, screens, quotes, patience, option=None)


async def misses_who_leaves(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, screens, quotes, patience, option=zmq.XPUB_VERBOSE)


async def counts_every_message(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, screens, quotes, patience, joins=True)


async def waits_for_ever(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, screens, quotes, 3600)


async def raises_when_late(context, endpoint, screens, quotes, patience):
    here = await opens(context, endpoint, screens, quotes, patience)
    if here < screens:
        raise TimeoutError("too late")
    return here


async def leaves_open(context, endpoint, screens, quotes, patience):
    publisher = context.socket(zmq.XPUB)
    publisher.xpub_verboser = 1
    publisher.bind(endpoint)
    here = 0
    while here < screens and await publisher.poll(int(patience * 1000)):
        here += 1 if (await publisher.recv())[0] else -1
    for quote in quotes:
        await publisher.send_string(quote)
    return here


async def waits_out_its_patience(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, 100, quotes, patience)


async def has_a_context_of_its_own(context, endpoint, screens, quotes, patience):
    with zmq.asyncio.Context() as own:
        return await opens(own, endpoint, screens, quotes, patience)


async def takes_too_little(context):
    return 3


async def exits(context, endpoint, screens, quotes, patience):
    sys.exit(3)


async def drops_what_has_not_left(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, screens, quotes, patience, linger=0)


async def lingers_an_hour(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, screens, quotes, patience, linger=3_600_000)


async def lingers_for_ever(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, screens, quotes, patience, linger=-1)


async def has_patience_for_each(context, endpoint, screens, quotes, patience):
    here = 0
    with context.socket(zmq.XPUB) as publisher:
        publisher.linger = 1000
        publisher.xpub_verboser = 1
        publisher.bind(endpoint)
        while here < screens and await publisher.poll(int(patience * 1000)):
            here += 1 if (await publisher.recv())[0] else -1
        for quote in quotes:
            await publisher.send_string(quote)
    return here


async def sleeps_before_it_sends(context, endpoint, screens, quotes, patience):
    with context.socket(zmq.XPUB) as publisher:
        publisher.linger = 1000
        publisher.bind(endpoint)
        time.sleep(1)  # noqa: ASYNC251  (it blocks, and is refused for that)
        for quote in quotes:
            await publisher.send_string(quote)
    return screens


async def returns_nothing(context, endpoint, screens, quotes, patience):
    await opens(context, endpoint, screens, quotes, patience)


def is_no_coroutine(context, endpoint, screens, quotes, patience):
    return 3


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "02 follow": [
        (forgets_the_space, "NASDAQ:ACME 7 #2", "NASDAQ:ACME 7 #2"),
        (forgets_the_end, "What did it get", "무엇을 받았나요"),
        (takes_everything, "NYSE:ACM 99 #3", "NYSE:ACM 99 #3"),
        (takes_the_symbol, "ACM is closed", "ACM is closed"),
        (knows_one_share, "follows 'ZETA'", "'ZETA' 종목을 보는 화면"),
        (prints, "Got: []", "실제 값: []"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (closes, "still open", "아직 열려 있나요"),
        (waits_for_a_quote, "it still waited", "끝나지 않아 취소"),
        (gives_a_text, "unicode not allowed", "unicode not allowed"),
    ],
    "02 open the market": [
        (sends_at_once, "opened before it was there", "오기 전에 개장"),
        (knows_each_topic_once, "with the same topic", "같은 토픽"),
        (misses_who_leaves, "leaves again", "하나가 나갑니다"),
        (counts_every_message, "leaves again", "하나가 나갑니다"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
        (raises_when_late, "too late", "too late"),
        (leaves_open, "left open", "닫지 않은 소켓"),
        (waits_out_its_patience, "an end when all are there", "모두 오면 끝나기"),
        (has_a_context_of_its_own, "another context", "다른 컨텍스트"),
        (takes_too_little, "TypeError", "TypeError"),
        (exits, "SystemExit", "SystemExit"),
        (drops_what_has_not_left, "threw away what had not left", "아직 보내지 못한 시세"),
        (lingers_an_hour, "3600000", "3600000"),
        (lingers_for_ever, "-1 is for ever", "-1은 무한"),
        (has_patience_for_each, "comes and goes without end", "끝없이 왔다 나갔다"),
        (sleeps_before_it_sends, "blocks", "블로킹하는 호출"),
        (returns_nothing, "What did open_market() return", "open_market()은 무엇을"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
