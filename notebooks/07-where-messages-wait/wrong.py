"""Answers that the checks of lesson 07 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import zmq

# ------------------------------------------------------------- warm-up


async def waits(sender, message):
    await sender.send(message)
    return True


async def always_says_yes(sender, message):
    with contextlib.suppress(zmq.Again):
        await sender.send(message, zmq.DONTWAIT)
    return True


async def turns_it_round(sender, message):
    try:
        await sender.send(message, zmq.DONTWAIT)
    except zmq.Again:
        return True
    return False


async def raises(sender, message):
    await sender.send(message, zmq.DONTWAIT)
    return True


async def hides_every_error(sender, message):
    try:
        await sender.send(message, zmq.DONTWAIT)
    except Exception:
        return False
    return True


async def sends_later(sender, message):
    sending = asyncio.ensure_future(sender.send(message))
    await asyncio.sleep(0)
    return sending.done()


async def changes_the_limit(sender, message):
    sender.sndtimeo = 0
    try:
        await sender.send(message)
    except zmq.Again:
        return False
    return True


async def makes_room(sender, message):
    sender.sndhwm = 1000
    return await offers(sender, message)


async def offers(sender, message):
    try:
        await sender.send(message, zmq.DONTWAIT)
    except zmq.Again:
        return False
    return True


async def looks_alone(sender, message):
    return bool(await sender.poll(0, zmq.POLLOUT))


async def sends_twice(sender, message):
    await offers(sender, message)
    return await offers(sender, message)


async def closes_it(sender, message):
    with sender:
        return await offers(sender, message)


async def sleeps(sender, message):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await offers(sender, message)


async def returns_nothing(sender, message):
    await offers(sender, message)


def is_no_coroutine(sender, message):
    return True


# ------------------------------------------------------------- main exercise


async def reads(reader, seconds, *, found=None, put=dict.__setitem__, later=0, limit=None):
    loop = asyncio.get_running_loop()
    end = loop.time() + (seconds if limit is None else limit)
    found = {} if found is None else found
    wait = int(seconds * 1000)
    while await reader.poll(wait):
        van, position = await reader.recv_multipart()
        put(found, van, position)
        wait = later
        if loop.time() > end:
            break
    return found


async def keeps_the_oldest(reader, seconds):
    return await reads(reader, seconds, put=dict.setdefault)


async def takes_one(reader, seconds):
    if await reader.poll(int(seconds * 1000)):
        return dict([await reader.recv_multipart()])
    return {}


async def keeps_one_van(reader, seconds):
    def put(found, van, position):
        found.clear()
        found[van] = position

    return await reads(reader, seconds, put=put)


kept: dict[bytes, bytes] = {}


async def remembers(reader, seconds):
    return dict(await reads(reader, seconds, found=kept))


async def waits_for_silence(reader, seconds):
    return await reads(reader, seconds, later=100)


async def uses_up_its_time(reader, seconds):
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    found = {}
    while (left := end - loop.time()) > 0:
        if await reader.poll(int(left * 1000) + 1):
            van, position = await reader.recv_multipart()
            found[van] = position
    return found


async def never_ends_in_a_flood(reader, seconds):
    return await reads(reader, seconds, limit=3600)


async def waits_for_ever(reader, seconds):
    return await reads(reader, 3600)


async def does_not_wait(reader, seconds):
    return await reads(reader, 0, limit=seconds)


async def decodes(reader, seconds):
    found = await reads(reader, seconds)
    return {van.decode(): position.decode() for van, position in found.items()}


async def reads_frames(reader, seconds):
    found = {}
    if await reader.poll(int(seconds * 1000)):
        found[await reader.recv()] = None
        while await reader.poll(0):
            found[await reader.recv()] = None
    return found


async def returns_a_list(reader, seconds):
    return list((await reads(reader, seconds)).items())


async def raises_when_late(reader, seconds):
    found = await reads(reader, seconds)
    if not found:
        raise TimeoutError("nothing came")
    return found


async def closes(reader, seconds):
    with reader:
        return await reads(reader, seconds)


async def sleeps_first(reader, seconds):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await reads(reader, seconds)


async def prints_it(reader, seconds):
    print(await reads(reader, seconds))


def is_plain(reader, seconds):
    return {}


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "07 offer": [
        (waits, "it still waited", "끝나지 않아 취소"),
        (always_says_yes, "What did the calls of offer() return", "호출마다 무엇을"),
        (turns_it_round, "Got: [False", "실제 값: [False"),
        (raises, "Resource temporarily unavailable", "Resource temporarily unavailable"),
        (hides_every_error, "Only `zmq.Again` means", "`zmq.Again`뿐"),
        (sends_later, "must not come later", "나중에 도착하면 안 됩니다"),
        (changes_the_limit, "`sndtimeo` and `sndhwm` after", "`sndtimeo`와 `sndhwm`"),
        (makes_room, "What did the calls of offer() return", "호출마다 무엇을"),
        (looks_alone, "What did the calls of offer() return", "호출마다 무엇을"),
        (sends_twice, "What did the calls of offer() return", "호출마다 무엇을"),
        (closes_it, "belongs to the caller", "호출한 쪽의 것"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (returns_nothing, "Got: [None", "실제 값: [None"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
    "07 newest": [
        (keeps_the_oldest, "at 99", "at 99"),
        (takes_one, "Three vans", "배송차 세 대"),
        (keeps_one_van, "Three vans", "배송차 세 대"),
        (remembers, "What did call 1", "1번째 호출"),
        (waits_for_silence, "doesn't wait for more", "더 기다리지 않아야"),
        (uses_up_its_time, "doesn't wait for more", "더 기다리지 않아야"),
        (never_ends_in_a_flood, "another one comes", "하나가 더 옴"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
        (does_not_wait, "comes after 0.3 s", "0.3초 뒤에"),
        (decodes, "'van 7'", "'van 7'"),
        (reads_frames, "What did call 1", "1번째 호출"),
        (returns_a_list, "[(b'van 7'", "[(b'van 7'"),
        (raises_when_late, "nothing came", "nothing came"),
        (closes, "belongs to the caller", "호출한 쪽의 것"),
        (sleeps_first, "blocks", "블로킹하는 호출"),
        (prints_it, "Got: None", "실제 값: None"),
        (is_plain, "has to be a coroutine", "코루틴이어야"),
    ],
}
