"""Answers that the checks of lesson 03 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

# ------------------------------------------------------------- warm-up


async def forgets_the_end(rep, tasks, workers):
    for task in tasks:
        await rep.recv_string()
        await rep.send_string(task)


async def sends_one_home(rep, tasks, workers):
    for answer in [*tasks, "go home"]:
        await rep.recv_string()
        await rep.send_string(answer)


async def sends_before_it_is_asked(rep, tasks, workers):
    for answer in [*tasks, *["go home"] * workers]:
        await rep.send_string(answer)
        await rep.recv_string()


async def sends_all_home_and_waits(rep, tasks, workers):
    for answer in [*tasks, *["go home"] * workers]:
        await rep.recv_string()
        await rep.send_string(answer)
    await rep.recv_string()


async def gives_them_numbers(rep, tasks, workers):
    for answer in [*range(len(tasks)), *["go home"] * workers]:
        await rep.recv_string()
        await rep.send_string(str(answer))


async def sleeps_between(rep, tasks, workers):
    for answer in [*tasks, *["go home"] * workers]:
        await rep.recv_string()
        time.sleep(0.4)  # noqa: ASYNC251  (it blocks, and is refused for that)
        if answer == "go home":
            await rep.send_string("home")
        else:
            await rep.send_string(answer)


async def sleeps_before_it_begins(rep, tasks, workers):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    for answer in [*tasks, *["go home"] * workers]:
        await rep.recv_string()
        await rep.send_string(answer)


async def closes_the_socket(rep, tasks, workers):
    with rep:
        for answer in [*tasks, *["go home"] * workers]:
            await rep.recv_string()
            await rep.send_string(answer)


async def prints_them(rep, tasks, workers):
    print(*tasks)


def is_no_coroutine(rep, tasks, workers):
    return tasks


# ------------------------------------------------------------- main exercise


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


async def sleeps(push, pull, tasks, patience, tries):
    for task in tasks:
        await push.send_string(task)
    time.sleep(patience)  # noqa: ASYNC251  (it blocks, and is refused for that)
    results = {}
    while await pull.poll(0):
        task, result = (await pull.recv_string()).split(" ", 1)
        results.setdefault(task, result)
    return results


async def closes_both(push, pull, tasks, patience, tries):
    with push, pull:
        return await good(push, pull, tasks, patience, tries)


async def makes_up_the_results(push, pull, tasks, patience, tries):
    await asyncio.sleep(0)
    return {task: f"ok {task}" for task in tasks}


def is_no_coroutine_either(push, pull, tasks, patience, tries):
    return {}


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "03 hand out": [
        (forgets_the_end, "How many workers were told", "받았나요"),
        (sends_one_home, "Three workers", "워커 셋"),
        (sends_before_it_is_asked, "current state", "current state"),
        (sends_all_home_and_waits, "it still waited", "끝나지 않아 취소"),
        (gives_them_numbers, "Which tasks were given out", "어떤 작업을 나누어"),
        (sleeps_between, "blocks", "블로킹하는 호출"),
        (sleeps_before_it_begins, "blocks", "블로킹하는 호출"),
        (closes_the_socket, "not yours to close", "닫지 마세요"),
        (prints_them, "How many workers were told", "받았나요"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
    "03 nothing missing": [
        (sends_once, "loses img2 and img5", "img2와 img5를 처음"),
        (sends_everything_again, "How often was each task sent", "몇 번씩 보냈나요"),
        (takes_the_last_result, "two different results", "서로 다른 결과"),
        (takes_strangers, "an earlier batch", "앞선 작업 묶음"),
        (counts_messages, "loses img2 and img5", "img2와 img5를 처음"),
        (waits_out_its_patience, "an end with the last result", "마지막 결과를 받자마자"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
        (takes_seconds_for_milliseconds, "A worker that", "워커"),
        (polls_for_its_seconds, "A worker that", "워커"),
        (has_patience_for_a_round_only, "How often was each task sent", "몇 번씩 보냈나요"),
        (one_round_more, "How often was each task sent", "몇 번씩 보냈나요"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (closes_both, "not yours to close", "닫지 마세요"),
        (makes_up_the_results, "How often was each task sent", "몇 번씩 보냈나요"),
        (is_no_coroutine_either, "has to be a coroutine", "코루틴이어야"),
    ],
}
