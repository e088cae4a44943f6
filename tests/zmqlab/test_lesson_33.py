"""The checker of lesson 33: an honest measurement passes, the usual three lies do not."""

import asyncio
import time

import pytest

EXERCISE = "33 honest throughput"


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


async def cold(push, pull, message, count):
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


async def reads_the_clock_where_the_sending_ends(push, pull, message, count):
    await push.send(message)
    await pull.recv()
    began = time.perf_counter()

    async def send_all():
        for _ in range(count):
            await push.send(message)
        return time.perf_counter() - began

    sending = asyncio.create_task(send_all())
    for _ in range(count):
        await pull.recv()
    return count / await sending


async def sends_all_first(push, pull, message, count):
    await push.send(message)
    await pull.recv()
    for _ in range(count):
        await push.send(message)
    for _ in range(count):
        await pull.recv()
    return 1.0


async def receives_half(push, pull, message, count):
    return await honest(push, pull, message, count // 2)


async def gives_seconds(push, pull, message, count):
    return count / await honest(push, pull, message, count)


async def gives_text(push, pull, message, count):
    return f"{await honest(push, pull, message, count)} a second"


async def sends_something_else(push, pull, message, count):
    return await honest(push, pull, b"", count)


def blocks(push, pull, message, count):
    return 1.0


async def unwritten(push, pull, message, count): ...


def test_an_honest_one_passes(verdict_on):
    assert verdict_on(honest)


@pytest.mark.parametrize(
    ("throughput", "words"),
    [
        (cold, "cold start"),
        (times_the_sending, "by the times at which"),
        (reads_the_clock_where_the_sending_ends, "by the times at which"),
        (sends_all_first, "nothing after 10 s"),
        (receives_half, "100 messages, all of them received"),
        (gives_seconds, "by the times at which"),
        (gives_text, "a number"),
        (sends_something_else, "all of them received"),
        (blocks, "has to be a coroutine"),
    ],
)
def test_another_does_not_and_is_told_why(verdict_on, assert_refused, throughput, words):
    assert_refused(verdict_on(throughput), words.replace("100 messages", "200 messages"))


def test_before_anything_is_written(verdict_on, assert_not_yet):
    assert_not_yet(verdict_on(unwritten))
