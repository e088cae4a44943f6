"""Answers that the checks of lesson 11 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import zmq

# ------------------------------------------------------------- warm-up


def takes_one_name(message, *reply):
    return [message[0], b"", *reply] if b"" in message else None


def takes_the_last_empty_frame(message, *reply):
    if b"" not in message:
        return None
    end = len(message) - message[::-1].index(b"")
    return [*message[:end], *reply]


def forgets_the_empty_frame(message, *reply):
    if b"" not in message:
        return None
    return [*message[: message.index(b"")], *reply]


def raises_without_one(message, *reply):
    return [*message[: message.index(b"") + 1], *reply]


def keeps_the_content(message, *reply):
    return [*message, *reply] if b"" in message else None


def sends_the_reply_as_one_frame(message, *reply):
    if b"" not in message:
        return None
    return [*message[: message.index(b"") + 1], b"".join(reply)]


def changes_the_message(message, *reply):
    if b"" not in message:
        return None
    del message[message.index(b"") + 1 :]
    message.extend(reply)
    return list(message)


def answers_anything(message, *reply):
    end = message.index(b"") + 1 if b"" in message else 1
    return [*message[:end], *reply]


def prints(message, *reply):
    print([*message[:2], *reply])


def takes_names_for_text(message, *reply):
    names = [frame.decode() for frame in message]
    if "" not in names:
        return None
    end = names.index("") + 1
    return [*(name.encode() for name in names[:end]), *reply]


def sleeps(message, *reply):
    time.sleep(1.3)
    if b"" not in message:
        return None
    return [*message[: message.index(b"") + 1], *reply]


# ------------------------------------------------------------- main exercise


async def _serve(centre, stop, serve):
    passed = 0
    while not stop.is_set():
        if await centre.poll(50):
            passed += await serve(centre, await centre.recv_multipart())
    return passed


async def _try(centre, *frames):
    try:
        await centre.send_multipart(frames, zmq.DONTWAIT)
    except zmq.ZMQError:
        return 0
    return 1


async def _right(centre, message):
    caller, name, *content = message
    if await _try(centre, name, caller, *content):
        return 1
    await _try(centre, caller, b"", name)
    return 0


def _bind(centre, endpoint):
    centre.router_mandatory = centre.router_handover = 1
    centre.bind(endpoint)


async def forgets_mandatory(centre, endpoint, stop):
    centre.router_handover = 1
    centre.bind(endpoint)
    return await _serve(centre, stop, _right)


async def forgets_handover(centre, endpoint, stop):
    centre.router_mandatory = 1
    centre.bind(endpoint)
    return await _serve(centre, stop, _right)


async def waits_for_a_full_queue(centre, endpoint, stop):
    async def serve(centre, message):
        caller, name, *content = message
        try:
            await centre.send_multipart([name, caller, *content])
        except zmq.ZMQError:
            await _try(centre, caller, b"", name)
            return 0
        return 1

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def waits_for_room_for_the_notice(centre, endpoint, stop):
    async def serve(centre, message):
        caller, name, *content = message
        if await _try(centre, name, caller, *content):
            return 1
        await centre.send_multipart([caller, b"", name])
        return 0

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def ends_when_a_notice_fails(centre, endpoint, stop):
    async def serve(centre, message):
        caller, name, *content = message
        if await _try(centre, name, caller, *content):
            return 1
        await centre.send_multipart([caller, b"", name], zmq.DONTWAIT)
        return 0

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def ends_at_an_unknown_name(centre, endpoint, stop):
    async def serve(centre, message):
        caller, name, *content = message
        try:
            await centre.send_multipart([name, caller, *content], zmq.DONTWAIT)
        except zmq.Again:
            await _try(centre, caller, b"", name)
            return 0
        return 1

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def drops_what_a_full_queue_refuses(centre, endpoint, stop):
    async def serve(centre, message):
        caller, name, *content = message
        try:
            await centre.send_multipart([name, caller, *content], zmq.DONTWAIT)
        except zmq.Again:
            return 0
        except zmq.ZMQError:
            await _try(centre, caller, b"", name)
            return 0
        return 1

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def sends_it_back_to_the_caller(centre, endpoint, stop):
    async def serve(centre, message):
        return await _try(centre, *message)

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def hides_the_caller(centre, endpoint, stop):
    async def serve(centre, message):
        return await _try(centre, *message[1:])

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def sends_the_content_back_too(centre, endpoint, stop):
    async def serve(centre, message):
        caller, name, *content = message
        if await _try(centre, name, caller, *content):
            return 1
        await _try(centre, caller, b"", name, *content)
        return 0

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def counts_notices(centre, endpoint, stop):
    async def serve(centre, message):
        await _right(centre, message)
        return 1

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def takes_it_for_text(centre, endpoint, stop):
    async def serve(centre, message):
        text = [frame.decode() for frame in message]
        return await _right(centre, [frame.encode() for frame in text])

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def ends_when_the_caller_is_gone(centre, endpoint, stop):
    async def serve(centre, message):
        caller, name, *content = message
        if await _try(centre, name, caller, *content):
            return 1
        with contextlib.suppress(zmq.Again):
            await centre.send_multipart([caller, b"", name], zmq.DONTWAIT)
        return 0

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def changes_the_order(centre, endpoint, stop):
    async def serve(centre, message):
        messages = [message]
        while await centre.poll(0):
            messages.append(await centre.recv_multipart())
        return sum([await _right(centre, message) for message in reversed(messages)])

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def tries_a_full_queue_for_long(centre, endpoint, stop):
    async def serve(centre, message):
        caller, name, *content = message
        for _ in range(10):
            if await _try(centre, name, caller, *content):
                return 1
            await asyncio.sleep(0.05)
        await _try(centre, caller, b"", name)
        return 0

    _bind(centre, endpoint)
    return await _serve(centre, stop, serve)


async def takes_two_frames(centre, endpoint, stop):
    _bind(centre, endpoint)
    passed = 0
    while not stop.is_set():
        if await centre.poll(50):
            caller = await centre.recv()
            name = await centre.recv()
            content = await centre.recv() if centre.get(zmq.RCVMORE) else b""
            passed += await _right(centre, [caller, name, content])
    return passed


async def never_binds(centre, endpoint, stop):
    centre.router_mandatory = centre.router_handover = 1
    return await _serve(centre, stop, _right)


async def never_ends(centre, endpoint, stop):
    _bind(centre, endpoint)
    return await _serve(centre, asyncio.Event(), _right)


async def ends_late(centre, endpoint, stop):
    _bind(centre, endpoint)
    passed = 0
    while not stop.is_set():
        if await centre.poll(3000):
            passed += await _right(centre, await centre.recv_multipart())
    return passed


async def waits_for_a_pause(centre, endpoint, stop):
    _bind(centre, endpoint)
    passed = 0
    while True:
        if await centre.poll(100):
            passed += await _right(centre, await centre.recv_multipart())
        elif stop.is_set():
            return passed


async def closes_the_centre(centre, endpoint, stop):
    _bind(centre, endpoint)
    passed = await _serve(centre, stop, _right)
    centre.close(linger=0)
    return passed


async def leaves_a_task(centre, endpoint, stop):
    _bind(centre, endpoint)
    passed = [0]

    async def serve():
        while True:
            passed[0] += await _right(centre, await centre.recv_multipart())

    task = asyncio.ensure_future(serve())
    await stop.wait()
    assert not task.done()
    return passed[0]


async def ends_at_once(centre, endpoint, stop):
    _bind(centre, endpoint)
    for _ in range(5):
        await _right(centre, await centre.recv_multipart())
    return 5


async def blocks_the_loop(centre, endpoint, stop):
    _bind(centre, endpoint)
    time.sleep(1.3)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await _serve(centre, stop, _right)


async def returns_nothing(centre, endpoint, stop):
    _bind(centre, endpoint)
    await _serve(centre, stop, _right)


def is_no_coroutine(centre, endpoint, stop):
    return 0


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "11 answer": [
        (takes_one_name, "Through two proxies", "프록시 두 개를"),
        (takes_the_last_empty_frame, "empty frames, too", "내용에도 빈 프레임"),
        (forgets_the_empty_frame, "From a REQ socket", "REQ 소켓에서 온"),
        (raises_without_one, "ValueError", "ValueError"),
        (keeps_the_content, "From a REQ socket", "REQ 소켓에서 온"),
        (sends_the_reply_as_one_frame, "Through two proxies", "프록시 두 개를"),
        (changes_the_message, "Is it as it was", "그대로인가요"),
        (answers_anything, "without an empty frame", "빈 프레임이 없는"),
        (prints, "Got: None", "실제 값: None"),
        (takes_names_for_text, "UnicodeDecodeError", "UnicodeDecodeError"),
        (sleeps, "blocks", "블로킹하는 호출"),
    ],
    "11 switchboard": [
        (forgets_mandatory, "What did Anna get back", "무엇이 돌아왔나요"),
        (forgets_handover, "The second Ben", "두 번째 ben"),
        (waits_for_a_full_queue, "the only driver", "ben 한 명"),
        (waits_for_room_for_the_notice, "the only driver", "ben 한 명"),
        (ends_when_a_notice_fails, "Your code raised", "Resource temporarily"),
        (ends_at_an_unknown_name, "Host unreachable", "Host unreachable"),
        (drops_what_a_full_queue_refuses, "Ben reads nothing", "ben은 아무것도 읽지"),
        (sends_it_back_to_the_caller, "What did ben receive", "ben 기사는"),
        (hides_the_caller, "What did ben receive", "ben 기사는"),
        (sends_the_content_back_too, "What did Anna get back", "무엇이 돌아왔나요"),
        (counts_notices, "It counts the messages", "넘긴 메시지의 수여야"),
        (takes_it_for_text, "UnicodeDecodeError", "UnicodeDecodeError"),
        (ends_when_the_caller_is_gone, "Host unreachable", "Host unreachable"),
        (changes_the_order, "What did ben receive", "ben 기사는"),
        (tries_a_full_queue_for_long, "Ben reads nothing", "ben은 아무것도 읽지"),
        (takes_two_frames, "What did ben receive", "ben 기사는"),
        (never_binds, "What did ben receive", "ben 기사는"),
        (never_ends, "it still waited", "끝나지 않아 취소"),
        (ends_late, "it still waited", "끝나지 않아 취소"),
        (waits_for_a_pause, "goes on calling", "쉬지 않고"),
        (closes_the_centre, "still open", "열려 있나요"),
        (leaves_a_task, "had returned", "끝난 뒤에"),
        (ends_at_once, "Nobody has set", "아무도 `stop`을"),
        (blocks_the_loop, "blocks", "블로킹하는 호출"),
        (returns_nothing, "Got: None", "실제 값: None"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
