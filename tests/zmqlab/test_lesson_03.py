"""The checker of lesson 03 tells a whole batch from those that learners write first."""

import time

import pytest

EXERCISE = "03 nothing missing"


async def good(push, pull, tasks, patience, tries):
    results = {}
    for _ in range(tries):
        missing = [task for task in tasks if task not in results]
        for task in missing:
            await push.send_string(task)
        while len(results) < len(tasks) and await pull.poll(int(patience * 1000)):
            task, result = (await pull.recv_string()).split(" ", 1)
            if task in tasks:
                results.setdefault(task, result)
    return results


async def sends_once(push, pull, tasks, patience, tries):
    return await good(push, pull, tasks, patience, 1)


async def sends_everything_again(push, pull, tasks, patience, tries):
    results = {}
    for _ in range(tries):
        for task in tasks:
            await push.send_string(task)
        while len(results) < len(tasks) and await pull.poll(int(patience * 1000)):
            task, result = (await pull.recv_string()).split(" ", 1)
            if task in tasks:
                results.setdefault(task, result)
        if len(results) == len(tasks):
            break
    return results


async def takes_the_last_result(push, pull, tasks, patience, tries):
    results = {}
    for _ in range(tries):
        for task in tasks:
            if task not in results:
                await push.send_string(task)
        while len(results) < len(tasks) and await pull.poll(int(patience * 1000)):
            task, result = (await pull.recv_string()).split(" ", 1)
            if task in tasks:
                results[task] = result
    return results


async def takes_strangers(push, pull, tasks, patience, tries):
    results = {}
    for _ in range(tries):
        for task in tasks:
            if task not in results:
                await push.send_string(task)
        while len(results) < len(tasks) and await pull.poll(int(patience * 1000)):
            task, result = (await pull.recv_string()).split(" ", 1)
            results.setdefault(task, result)
    return results


async def counts_messages(push, pull, tasks, patience, tries):
    results = {}
    for task in tasks:
        await push.send_string(task)
    for _ in range(len(tasks)):
        if not await pull.poll(int(patience * 1000)):
            break
        task, result = (await pull.recv_string()).split(" ", 1)
        results.setdefault(task, result)
    return results


async def waits_out_its_patience(push, pull, tasks, patience, tries):
    results = await good(push, pull, tasks, patience, tries)
    await pull.poll(int(patience * 1000))
    return results


async def waits_for_ever(push, pull, tasks, patience, tries):
    results = {}
    for task in tasks:
        await push.send_string(task)
    while len(results) < len(tasks):
        task, result = (await pull.recv_string()).split(" ", 1)
        results[task] = result
    return results


async def takes_seconds_for_milliseconds(push, pull, tasks, patience, tries):
    return await good(push, pull, tasks, patience / 100_000, tries)


async def polls_for_its_seconds(push, pull, tasks, patience, tries):
    return await good(push, pull, tasks, patience / 1000, tries)


async def has_patience_for_a_round_only(push, pull, tasks, patience, tries):
    results = {}
    for _ in range(tries):
        for task in tasks:
            if task not in results:
                await push.send_string(task)
        ends = time.monotonic() + patience
        while len(results) < len(tasks):
            left = ends - time.monotonic()
            if left <= 0 or not await pull.poll(int(left * 1000)):
                break
            task, result = (await pull.recv_string()).split(" ", 1)
            if task in tasks:
                results.setdefault(task, result)
        if len(results) == len(tasks):
            break
    return results


async def one_round_more(push, pull, tasks, patience, tries):
    return await good(push, pull, tasks, patience, tries + 1)


def blocks(push, pull, tasks, patience, tries):
    return {}


async def unwritten(push, pull, tasks, patience, tries): ...


def test_a_good_one_passes(verdict_on):
    assert verdict_on(good)


@pytest.mark.parametrize(
    ("finish", "words"),
    [
        (sends_once, "loses img2 and img5"),
        (sends_everything_again, "How often was each task sent"),
        (takes_the_last_result, "two different results"),
        (takes_strangers, "an earlier batch"),
        (counts_messages, "loses img2 and img5"),
        (waits_out_its_patience, "an end with the last result"),
        (waits_for_ever, "it still waited"),
        (takes_seconds_for_milliseconds, "A worker that"),
        (polls_for_its_seconds, "A worker that"),
        (has_patience_for_a_round_only, "How often was each task sent"),
        (one_round_more, "How often was img4 sent"),
        (blocks, "has to be a coroutine"),
    ],
)
def test_another_does_not_and_is_told_why(verdict_on, assert_refused, finish, words):
    assert_refused(verdict_on(finish), words)


def test_before_anything_is_written(verdict_on, assert_not_yet):
    assert_not_yet(verdict_on(unwritten))
