"""The checker of lesson 02 tells a good opening from those that learners write first."""

import asyncio
import contextlib
import sys

import pytest
import zmq
import zmq.asyncio

EXERCISE = "02 open the market"


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
        try:
            async with asyncio.timeout(patience):
                while here < screens:
                    (message,) = await publisher.recv_multipart()
                    here += 1 if message[:1] == b"\x01" or joins else -1
        except TimeoutError:
            pass
        for quote in quotes:
            await publisher.send_string(quote)
    return here


async def polls(context, endpoint, screens, quotes, patience):
    here, end = 0, asyncio.get_running_loop().time() + patience
    publisher = context.socket(zmq.XPUB)
    publisher.xpub_verboser = 1
    publisher.linger = 5000
    publisher.bind(endpoint)
    while here < screens and (left := end - asyncio.get_running_loop().time()) > 0:
        if await publisher.poll(int(left * 1000)):
            here += 1 if (await publisher.recv())[0] else -1
    for quote in quotes:
        await publisher.send(quote.encode())
    publisher.close()
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
    if await opens(context, endpoint, screens, quotes, patience) < screens:
        raise TimeoutError


async def leaves_open(context, endpoint, screens, quotes, patience):
    publisher = context.socket(zmq.XPUB)
    publisher.xpub_verboser = 1
    publisher.bind(endpoint)
    for _ in range(screens):
        if not await publisher.poll(int(patience * 1000)):
            break
        await publisher.recv()
    return 3


async def waits_out_its_patience(context, endpoint, screens, quotes, patience):
    here = 0
    with context.socket(zmq.XPUB) as publisher:
        publisher.xpub_verboser = 1
        publisher.bind(endpoint)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    here += 1 if (await publisher.recv())[0] == 1 else -1
        for quote in quotes:
            await publisher.send_string(quote)
    return here


async def has_a_context_of_its_own(context, endpoint, screens, quotes, patience):
    with zmq.asyncio.Context() as own:
        return await opens(own, endpoint, screens, quotes, patience)


async def takes_too_little(context):
    return 3


async def exits(context, endpoint, screens, quotes, patience):
    sys.exit(3)


async def drops_what_has_not_left(context, endpoint, screens, quotes, patience):
    return await opens(context, endpoint, screens, quotes, patience, linger=0)


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


async def returns_nothing(context, endpoint, screens, quotes, patience):
    await opens(context, endpoint, screens, quotes, patience)


def is_no_coroutine(context, endpoint, screens, quotes, patience):
    return 3


@pytest.mark.parametrize("answer", [opens, polls])
def test_a_good_opening_passes(verdict_on, answer) -> None:
    verdict = verdict_on(answer)
    assert verdict, repr(verdict)


@pytest.mark.parametrize(
    "answer",
    [
        sends_at_once,
        knows_each_topic_once,
        misses_who_leaves,
        counts_every_message,
        waits_for_ever,
        raises_when_late,
        leaves_open,
        drops_what_has_not_left,
        has_patience_for_each,
        waits_out_its_patience,
        has_a_context_of_its_own,
        takes_too_little,
        exits,
        returns_nothing,
        is_no_coroutine,
    ],
)
def test_a_wrong_opening_does_not(verdict_on, answer) -> None:
    verdict = verdict_on(answer)
    assert not verdict
    assert "not yet" not in repr(verdict).lower()


def test_a_stub_is_not_yet(verdict_on) -> None:
    async def open_market(context, endpoint, screens, quotes, patience): ...

    verdict = verdict_on(open_market)
    assert not verdict
    assert "not yet" in repr(verdict).lower()
