"""Answers that the checks of lesson 30 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import zmq


async def lingers_for_ever(context, endpoint, messages, seconds):
    with context.socket(zmq.PUSH) as sender:
        sender.connect(endpoint)
        for message in messages:
            await sender.send_string(message)


async def lingers_for_milliseconds(context, endpoint, messages, seconds):
    with context.socket(zmq.PUSH) as sender:
        sender.linger = int(seconds)
        sender.connect(endpoint)
        for message in messages:
            await sender.send_string(message)


async def waits_by_itself(context, endpoint, messages, seconds):
    with context.socket(zmq.PUSH) as sender:
        sender.linger = 0
        sender.connect(endpoint)
        for message in messages:
            await sender.send_string(message)
        await asyncio.sleep(seconds)


async def blocks_the_loop(context, endpoint, messages, seconds):
    with context.socket(zmq.PUSH) as sender:
        sender.linger = int(seconds * 1000)
        sender.connect(endpoint)
        for message in messages:
            await sender.send_string(message)
        time.sleep(seconds)  # noqa: ASYNC251


async def leaves_it_open(context, endpoint, messages, seconds):
    sender = context.socket(zmq.PUSH)
    sender.linger = int(seconds * 1000)
    sender.connect(endpoint)
    for message in messages:
        await sender.send_string(message)


async def sends_them_as_one(context, endpoint, messages, seconds):
    with context.socket(zmq.PUSH) as sender:
        sender.linger = int(seconds * 1000)
        sender.connect(endpoint)
        await sender.send_string(" ".join(messages))


async def ends_the_context_too(context, endpoint, messages, seconds):
    with context.socket(zmq.PUSH) as sender:
        sender.linger = int(seconds * 1000)
        sender.connect(endpoint)
        for message in messages:
            await sender.send_string(message)
    context.term()


async def waits_for_a_reply(context, endpoint, messages, seconds):
    with context.socket(zmq.REQ) as sender:
        sender.linger = int(seconds * 1000)
        sender.connect(endpoint)
        for message in messages:
            await sender.send_string(message)
            await sender.recv()


def is_no_coroutine(context, endpoint, messages, seconds):
    return messages


async def good(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.linger = 0
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            if await question.poll(int(patience * 1000)):
                found = await question.recv_string()
                if found:
                    return found
    return None


async def asks_one(context, directories, name, patience):
    return await good(context, directories[:1], name, patience)


async def takes_an_empty_answer(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.linger = 0
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            if await question.poll(int(patience * 1000)):
                return await question.recv_string() or None
    return None


async def waits_for_ever(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.linger = 0
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            found = await question.recv_string()
            if found:
                return found
    return None


async def one_socket_for_all(context, directories, name, patience):
    with context.socket(zmq.REQ) as question:
        question.linger = 0
        for directory in directories:
            question.connect(directory)
        for _ in directories:
            await question.send_multipart([b"where", name.encode()])
            if await question.poll(int(patience * 1000)):
                found = await question.recv_string()
                if found:
                    return found
    return None


async def asks_all(context, directories, name, patience):
    found = [await good(context, [one], name, patience) for one in directories]
    return next(filter(None, found), None)


async def too_patient(context, directories, name, patience):
    return await good(context, directories, name, patience * 5)


async def lingers_for_an_hour(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.linger = 3_600_000
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            if await question.poll(int(patience * 1000)):
                found = await question.recv_string()
                if found:
                    return found
    return None


async def leaves_all_open(context, directories, name, patience):
    for directory in directories:
        question = context.socket(zmq.REQ)
        question.linger = 0
        question.connect(directory)
        await question.send_multipart([b"where", name.encode()])
        if await question.poll(int(patience * 1000)):
            found = await question.recv_string()
            if found:
                return found
    return None


async def ends_the_context(context, directories, name, patience):
    found = await good(context, directories, name, patience)
    context.term()
    return found


async def gives_bytes(context, directories, name, patience):
    found = await good(context, directories, name, patience)
    return found and found.encode()


async def gives_an_empty_string(context, directories, name, patience):
    return await good(context, directories, name, patience) or ""


async def sleeps(context, directories, name, patience):
    for directory in directories:
        with context.socket(zmq.REQ) as question:
            question.linger = 0
            question.connect(directory)
            await question.send_multipart([b"where", name.encode()])
            time.sleep(patience)  # noqa: ASYNC251
            if await question.poll(0):
                return await question.recv_string()
    return None


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "30 send and end": [
        (lingers_for_ever, "For how many milliseconds", "몇 밀리초 더"),
        (lingers_for_milliseconds, "What did the receiver get", "무엇을 받았나요"),
        (waits_by_itself, "returns at once", "바로 끝나야"),
        (blocks_the_loop, "blocks", "블로킹"),
        (leaves_it_open, "left open", "닫지 않은 소켓"),
        (sends_them_as_one, "What did the receiver get", "무엇을 받았나요"),
        (ends_the_context_too, "not yours to end", "끝내지 마세요"),
        (waits_for_a_reply, "it still waited", "끝나지 않아 취소"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
    "30 a directory that answers": [
        (asks_one, "The first directory is dead", "첫 디렉터리가 죽어"),
        (takes_an_empty_answer, "does not know the name yet", "아직 그 이름을 모릅니다"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
        (one_socket_for_all, "Your code raised", "예외가 발생했습니다"),
        (asks_all, "How often was the second asked", "두 번째 디렉터리에 몇 번"),
        (too_patient, "an end within", "안에 끝나기"),
        (lingers_for_an_hour, "The `linger` of sockets", "`linger` 값입니다"),
        (leaves_all_open, "left open", "닫지 않은 소켓"),
        (ends_the_context, "not yours to end", "끝내지 마세요"),
        (gives_bytes, "Both directories know it", "두 디렉터리가 모두"),
        (gives_an_empty_string, "Nobody knows the name", "그 이름을 아는 디렉터리가"),
        (sleeps, "blocks", "블로킹"),
    ],
}
