"""A trial tells a call that blocks from one that never ends and from one that is wrong."""

import asyncio
import time

import pytest

from zmqlab.exercises.checks import NotRight, expect
from zmqlab.exercises.trial import GOES_ON, STILL_WAITED, must_be_async, trial
from zmqlab.words.language import Text

ABOUT = Text(en="A situation.", ko="상황.")


def refused(work, seconds=0.3):
    async def run():
        async with trial(seconds, ABOUT):
            await work()

    with pytest.raises(NotRight) as found:
        asyncio.run(run())
    return found.value


def test_one_that_never_ends():
    assert refused(asyncio.Event().wait).got == STILL_WAITED


def test_one_that_is_wrong():
    async def wrong():
        expect(1, 2, ABOUT)

    assert (refused(wrong).expected, refused(wrong).got) == (2, 1)


def test_one_that_blocks_is_told_so_rather_than_that_it_is_wrong():
    async def blocks():
        time.sleep(0.4)  # noqa: ASYNC251  (that is the point)
        expect(1, 2, ABOUT)

    assert refused(blocks).expected == GOES_ON


def test_one_that_blocks_for_long_is_refused_though_it_is_right():
    async def blocks():
        time.sleep(1.2)  # noqa: ASYNC251  (that is the point)

    assert refused(blocks, seconds=30).expected == GOES_ON


def test_one_that_raises_a_time_out_of_its_own_keeps_it():
    async def raises():
        raise TimeoutError("mine")

    async def run():
        async with trial(5, ABOUT):
            await raises()

    with pytest.raises(TimeoutError, match="mine"):
        asyncio.run(run())


def test_one_that_is_right():
    async def run():
        async with trial(5, ABOUT):
            await asyncio.sleep(0)

    asyncio.run(run())


def test_a_plain_function_where_a_coroutine_is_due():
    with pytest.raises(NotRight):
        must_be_async(lambda: None, "ask")
