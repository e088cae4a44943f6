"""Answers that the checks of lesson 08 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import zmq

# ------------------------------------------------------------- warm-up


async def waits_for_the_log(source, target, log):
    message = await source.recv_multipart()
    await log.send_multipart(message)
    await target.send_multipart(message)


async def takes_one_frame(source, target, log):
    frame = await source.recv()
    with contextlib.suppress(zmq.Again):
        await log.send(frame, zmq.DONTWAIT)
    await target.send(frame)


async def keeps_no_log(source, target, log):
    await target.send_multipart(await source.recv_multipart())


async def drops_for_the_target_too(source, target, log):
    message = await source.recv_multipart()
    for socket in (log, target):
        with contextlib.suppress(zmq.Again):
            await socket.send_multipart(message, zmq.DONTWAIT)


async def logs_only_the_end(source, target, log):
    message = await source.recv_multipart()
    with contextlib.suppress(zmq.Again):
        await log.send(message[-1], zmq.DONTWAIT)
    await target.send_multipart(message)


async def goes_on_for_ever(source, target, log):
    while True:
        message = await source.recv_multipart()
        with contextlib.suppress(zmq.Again):
            await log.send_multipart(message, zmq.DONTWAIT)
        await target.send_multipart(message)


async def takes_two(source, target, log):
    for _ in range(2):
        message = await source.recv_multipart()
        with contextlib.suppress(zmq.Again):
            await log.send_multipart(message, zmq.DONTWAIT)
        await target.send_multipart(message)


async def closes_them(source, target, log):
    message = await source.recv_multipart()
    with contextlib.suppress(zmq.Again):
        await log.send_multipart(message, zmq.DONTWAIT)
    await target.send_multipart(message)
    source.close()


async def sleeps(source, target, log):
    message = await source.recv_multipart()
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    with contextlib.suppress(zmq.Again):
        await log.send_multipart(message, zmq.DONTWAIT)
    await target.send_multipart(message)


async def prints(source, target, log):
    print(await source.recv_multipart())


def is_no_coroutine(source, target, log):
    target.send_multipart(source.recv_multipart())


# ------------------------------------------------------------- main exercise


async def _until(stop, *coroutines):
    tasks = [asyncio.ensure_future(one) for one in coroutines]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def takes_before_it_asks(front, back, stop):
    passed = [0, 0]

    async def one_way(way, source, target):
        while True:
            await target.send_multipart(await source.recv_multipart())
            passed[way] += 1

    await _until(stop, one_way(0, front, back), one_way(1, back, front))
    return passed


async def _asks(source, target, stop, passed, way):
    while not stop.is_set():
        if await target.poll(50, zmq.POLLOUT) and await source.poll(50):
            await target.send_multipart(await source.recv_multipart())
            passed[way] += 1


async def goes_one_way(front, back, stop):
    passed = [0, 0]
    await _asks(front, back, stop, passed, 0)
    return passed


async def counts_together(front, back, stop):
    passed = [0, 0]
    await asyncio.gather(_asks(front, back, stop, passed, 0), _asks(back, front, stop, passed, 1))
    return sum(passed)


async def counts_the_other_way_round(front, back, stop):
    passed = [0, 0]
    await asyncio.gather(_asks(front, back, stop, passed, 1), _asks(back, front, stop, passed, 0))
    passed[0] += 1
    return passed


async def returns_nothing(front, back, stop):
    passed = [0, 0]
    await asyncio.gather(_asks(front, back, stop, passed, 0), _asks(back, front, stop, passed, 1))


async def answers_in_turn(front, back, stop):
    passed = [0, 0]
    while not stop.is_set():
        for way, (source, target) in enumerate(((front, back), (back, front))):
            while not stop.is_set():
                if await target.poll(50, zmq.POLLOUT) and await source.poll(50):
                    await target.send_multipart(await source.recv_multipart())
                    passed[way] += 1
                    break
    return passed


async def lets_one_way_hold_up_the_other(front, back, stop):
    passed = [0, 0]
    while not stop.is_set():
        for way, (source, target) in enumerate(((front, back), (back, front))):
            if source is front and not await back.poll(50, zmq.POLLOUT):
                continue
            if await source.poll(20):
                message = await source.recv_multipart()
                while not await target.poll(50, zmq.POLLOUT):
                    if stop.is_set():
                        return passed
                await target.send_multipart(message)
                passed[way] += 1
    return passed


async def passes_single_frames(front, back, stop):
    passed = [0, 0]

    async def one_way(way, source, target):
        while not stop.is_set():
            if await target.poll(50, zmq.POLLOUT) and await source.poll(50):
                await target.send(await source.recv())
                passed[way] += 1

    await asyncio.gather(one_way(0, front, back), one_way(1, back, front))
    return passed


async def leaves_its_tasks_running(front, back, stop):
    passed = [0, 0]
    never = asyncio.Event()
    tasks = [
        asyncio.ensure_future(_asks(front, back, never, passed, 0)),
        asyncio.ensure_future(_asks(back, front, never, passed, 1)),
    ]
    await stop.wait()
    assert len(tasks) == 2
    return tuple(passed)


async def closes_both(front, back, stop):
    passed = [0, 0]
    await asyncio.gather(_asks(front, back, stop, passed, 0), _asks(back, front, stop, passed, 1))
    front.close()
    back.close()
    return passed


async def ends_when_it_is_quiet(front, back, stop):
    passed = [0, 0]
    quiet = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, quiet.set)
    await asyncio.gather(_asks(front, back, quiet, passed, 0), _asks(back, front, quiet, passed, 1))
    return passed


async def never_ends(front, back, stop):
    passed = [0, 0]
    never = asyncio.Event()
    await asyncio.gather(_asks(front, back, never, passed, 0), _asks(back, front, never, passed, 1))
    return passed


async def blocks_the_loop(front, back, stop):
    passed = [0, 0]
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    await asyncio.gather(_asks(front, back, stop, passed, 0), _asks(back, front, stop, passed, 1))
    return passed


async def knows_the_trial(front, back, stop):
    await stop.wait()
    return 3, 3


def is_no_coroutine_either(front, back, stop):
    return 0, 0


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "08 pass on": [
        (waits_for_the_log, "Nobody reads the log", "log를 읽는 상대가 없음"),
        (takes_one_frame, "A message of 3 frames", "프레임이 3개인"),
        (keeps_no_log, "What did the log receive", "log는 무엇을"),
        (drops_for_the_target_too, "has room again", "빈자리가 생김"),
        (logs_only_the_end, "What did the log receive", "log는 무엇을"),
        (goes_on_for_ever, "it still waited", "끝나지 않아 취소"),
        (takes_two, "did one call take", "한 번의 호출로"),
        (closes_them, "still open", "아직 열려"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (prints, "Got: None", "실제 값: None"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
    "08 proxy": [
        (takes_before_it_asks, "in hand is lost", "들고 있던 요청은"),
        (goes_one_way, "What did client 0 receive", "클라이언트 0번은"),
        (counts_together, "Got: 6", "실제 값: 6"),
        (counts_the_other_way_round, "What did run_proxy() return", "run_proxy()는 무엇을"),
        (returns_nothing, "Got: None", "실제 값: None"),
        (answers_in_turn, "What did the worker receive", "워커는 무엇을"),
        (lets_one_way_hold_up_the_other, "can't be sent to", "보낼 수 없습니다"),
        (passes_single_frames, "What did the worker receive", "워커는 무엇을"),
        (leaves_its_tasks_running, "had returned", "끝난 뒤에 온 요청"),
        (closes_both, "still open", "열려 있나요"),
        (ends_when_it_is_quiet, "Nobody has set", "아무도 `stop`을"),
        (never_ends, "it still waited", "끝나지 않아 취소"),
        (blocks_the_loop, "blocks", "블로킹하는 호출"),
        (knows_the_trial, "What did the worker receive", "워커는 무엇을"),
        (is_no_coroutine_either, "has to be a coroutine", "코루틴이어야"),
    ],
}
