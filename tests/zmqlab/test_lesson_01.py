"""The checker of lesson 01 tells a good client from those that learners write first."""

import pytest
import zmq

EXERCISE = "01 ask again"


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


async def unwritten(context, endpoint, text, patience, tries): ...


def test_a_good_client_passes(verdict_on):
    assert verdict_on(good)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (asks_once, "loses the first two"),
        (leaks, "left open"),
        (asks_on_the_same_socket, "current state"),
        (relaxes_instead, "How many fresh sockets"),
        (gives_a_word_instead_of_none, "never answers"),
        (takes_seconds_for_milliseconds, "A server that"),
        (asks_one_time_less, "How often did it ask"),
        (lets_questions_linger, "reaches a server that starts later"),
        (ends_the_context, "not yours to end"),
        (blocks, "has to be a coroutine"),
        (waits_for_ever, "it still waited"),
    ],
)
def test_another_does_not_and_is_told_why(verdict_on, assert_refused, ask, words):
    assert_refused(verdict_on(ask), words)


def test_before_anything_is_written(verdict_on, assert_not_yet):
    assert_not_yet(verdict_on(unwritten))
