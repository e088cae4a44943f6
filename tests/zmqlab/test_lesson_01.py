"""The checker of lesson 01 tells a good client from those that learners write first."""

import asyncio

import pytest
import zmq

from zmqlab import check


def verdict_on(ask):
    async def run():
        return await check("01 ask again", ask)

    return asyncio.run(run())


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


async def gives_a_word_instead_of_none(context, endpoint, text, patience, tries):
    return await good(context, endpoint, text, patience, tries) or "no reply"


async def unwritten(context, endpoint, text, patience, tries): ...


def test_a_good_client_passes():
    assert verdict_on(good)


@pytest.mark.parametrize(
    ("ask", "word"),
    [
        (asks_once, "loses the first two"),
        (leaks, "left open"),
        (asks_on_the_same_socket, "current state"),
        (gives_a_word_instead_of_none, "never answers"),
    ],
)
def test_another_does_not_and_is_told_why(ask, word):
    verdict = verdict_on(ask)
    assert not verdict
    assert verdict.state == "not right"
    assert word in verdict.text("en")
    assert verdict.text("ko") != verdict.text("en")


def test_before_anything_is_written():
    verdict = verdict_on(unwritten)
    assert verdict == False  # noqa: E712  (the mould's word: it returns False)
    assert verdict.state == "not yet"
