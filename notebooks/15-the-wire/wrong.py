"""Answers that the checks of lesson 15 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import zmq
import zmq.asyncio

# ------------------------------------------------------------- warm-up


def good_frame(body, more=False):
    long = len(body) > 255
    return bytes([more + 2 * long]) + len(body).to_bytes(8 if long else 1, "big") + body


def forgets_the_long_form(body, more=False):
    return bytes([int(more), len(body) % 256]) + body


def is_long_from_255_on(body, more=False):
    long = len(body) >= 255
    return bytes([more + 2 * long]) + len(body).to_bytes(8 if long else 1, "big") + body


def is_always_long(body, more=False):
    return bytes([more + 2]) + len(body).to_bytes(8, "big") + body


def writes_four_octets(body, more=False):
    long = len(body) > 255
    return bytes([more + 2 * long]) + len(body).to_bytes(4 if long else 1, "big") + body


def begins_with_the_least(body, more=False):
    long = len(body) > 255
    return bytes([more + 2 * long]) + len(body).to_bytes(8 if long else 1, "little") + body


def forgets_more(body, more=False):
    long = len(body) > 255
    return bytes([2 * long]) + len(body).to_bytes(8 if long else 1, "big") + body


def takes_every_empty_body_for_a_delimiter(body, more=False):
    return good_frame(body, more or not body)


def counts_its_header(body, more=False):
    long = len(body) > 253
    size = len(body) + (9 if long else 2)
    return bytes([more + 2 * long]) + size.to_bytes(8 if long else 1, "big") + body


def leaves_the_body_out(body, more=False):
    long = len(body) > 255
    return bytes([more + 2 * long]) + len(body).to_bytes(8 if long else 1, "big")


def returns_a_list(body, more=False):
    return [int(more), len(body), *body]


def prints_it(body, more=False):
    print(bytes([int(more), len(body) % 256]) + body)


def sleeps(body, more=False):
    time.sleep(2)
    return forgets_the_long_form(body, more)


# ------------------------------------------------------------- main exercise


KEPT: list[Any] = []
"""Connections of an answer that keeps them: one that is forgotten would be closed for it."""


async def good(
    port,
    hello,
    question,
    seconds,
    *,
    asked=None,
    early=False,
    deaf=False,
    vague=False,
    eager=False,
    picky=False,
    short=False,
    kept=None,
):
    """Do it right, but for what is asked for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    if asked is None:
        asked = b"\x01\x00" + bytes([0, len(question)]) + question
    try:
        async with asyncio.timeout(seconds):
            writer.write(hello + asked if early else hello)
            await reader.readexactly(64)
            while True:
                flags = (await reader.readexactly(1))[0]
                size = await reader.readexactly(1 if short or not flags & 2 else 8)
                body = await reader.readexactly(int.from_bytes(size, "big"))
                if flags & 4 and body.startswith(b"\x05READY") and not early:
                    writer.write(asked)
                elif flags & 4 and (eager or body.startswith(b"\x04PING")) and not deaf:
                    pong = b"\x04PONG" + (b"" if vague else body[7:])
                    writer.write(bytes([4, len(pong)]) + pong)
                elif not flags & 5 and (body or not picky):
                    return body
    except TimeoutError:
        return None
    finally:
        if kept is None:
            writer.close()
        else:
            kept.append((reader, writer))


async def is_in_a_hurry(port, hello, question, seconds):
    return await good(port, hello, question, seconds, early=True)


async def forgets_the_delimiter(port, hello, question, seconds):
    asked = bytes([0, len(question)]) + question
    return await good(port, hello, question, seconds, asked=asked)


async def ends_with_the_delimiter(port, hello, question, seconds):
    asked = b"\x00\x00" + bytes([0, len(question)]) + question
    return await good(port, hello, question, seconds, asked=asked)


async def counts_one_too_few(port, hello, question, seconds):
    asked = b"\x01\x00" + bytes([0, len(question) - 1]) + question
    return await good(port, hello, question, seconds, asked=asked)


async def makes_flags_up(port, hello, question, seconds):
    asked = b"\x01\x00" + bytes([0x40, len(question)]) + question
    return await good(port, hello, question, seconds, asked=asked)


async def is_deaf_to_pings(port, hello, question, seconds):
    return await good(port, hello, question, seconds, deaf=True)


async def forgets_the_context(port, hello, question, seconds):
    return await good(port, hello, question, seconds, vague=True)


async def answers_every_command(port, hello, question, seconds):
    return await good(port, hello, question, seconds, eager=True)


async def takes_what_is_empty_for_the_delimiter(port, hello, question, seconds):
    return await good(port, hello, question, seconds, picky=True)


async def forgets_the_connection(port, hello, question, seconds):
    return await good(port, hello, question, seconds, kept=[])


async def sends_the_question_again(port, hello, question, seconds):
    again = b"\x01\x00" + bytes([0, len(question)]) + question
    return await good(port, hello, question, seconds, asked=again + again)


async def limits_each_read(port, hello, question, seconds):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(hello)
        await asyncio.wait_for(reader.readexactly(64), seconds)
        while True:
            flags, size = await asyncio.wait_for(reader.readexactly(2), seconds)
            if flags & 2:
                more = await asyncio.wait_for(reader.readexactly(7), seconds)
                size = int.from_bytes(bytes([size]) + more, "big")
            body = await asyncio.wait_for(reader.readexactly(size), seconds)
            if body.startswith(b"\x05READY"):
                writer.write(b"\x01\x00" + bytes([0, len(question)]) + question)
            elif body.startswith(b"\x04PING"):
                pong = b"\x04PONG" + body[7:]
                writer.write(bytes([4, len(pong)]) + pong)
            elif not flags & 5:
                return body
    except TimeoutError:
        return None
    finally:
        writer.close()


async def leaves_it_to_a_library(port, hello, question, seconds):
    with zmq.asyncio.Context() as context, context.socket(zmq.REQ) as socket:
        socket.linger = 0
        socket.connect(f"tcp://127.0.0.1:{port}")
        await socket.send(question)
        return await socket.recv() if await socket.poll(int(seconds * 1000)) else None


async def reads_short_frames_only(port, hello, question, seconds):
    return await good(port, hello, question, seconds, short=True)


async def keeps_the_connection(port, hello, question, seconds):
    return await good(port, hello, question, seconds, kept=KEPT)


async def reads_what_is_there(port, hello, question, seconds):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(seconds):
            writer.write(hello)
            await reader.readexactly(64)
            await reader.readexactly(27)
            writer.write(b"\x01\x00" + bytes([0, len(question)]) + question)
            return (await reader.read(1000))[4:]
    except TimeoutError:
        return None
    finally:
        writer.close()


async def returns_the_delimiter_too(port, hello, question, seconds):
    reply = await good(port, hello, question, seconds)
    return None if reply is None else b"\x01\x00" + reply


async def returns_a_text(port, hello, question, seconds):
    reply = await good(port, hello, question, seconds)
    return None if reply is None else reply.decode()


async def greets_without_a_limit(port, hello, question, seconds):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(hello)
    try:
        await reader.readexactly(64)
        await reader.readexactly(27)
        async with asyncio.timeout(seconds):
            writer.write(b"\x01\x00" + bytes([0, len(question)]) + question)
            while True:
                flags, size = await reader.readexactly(2)
                if flags == 2:
                    size = int.from_bytes(bytes([size]) + await reader.readexactly(7), "big")
                body = await reader.readexactly(size)
                if flags & 4 and body.startswith(b"\x04PING"):
                    pong = b"\x04PONG" + body[7:]
                    writer.write(bytes([4, len(pong)]) + pong)
                elif not flags & 5:
                    return body
    except TimeoutError:
        return None
    finally:
        writer.close()


async def asks_twice(port, hello, question, seconds):
    await good(port, hello, question, seconds)
    return await good(port, hello, question, seconds)


async def waits_for_ever(port, hello, question, seconds):
    return await good(port, hello, question, 3600)


async def raises_when_late(port, hello, question, seconds):
    reply = await good(port, hello, question, seconds)
    if reply is None:
        raise TimeoutError("no reply")
    return reply


async def blocks_first(port, hello, question, seconds):
    time.sleep(2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await good(port, hello, question, seconds)


async def knows_the_price(port, hello, question, seconds):
    return b"3 coins"


def is_no_coroutine(port, hello, question, seconds):
    return good(port, hello, question, seconds)


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "15 frame": [
        (forgets_the_long_form, "A body of 256 bytes", "본문은 256바이트"),
        (is_long_from_255_on, "A body of 255 bytes", "본문은 255바이트"),
        (is_always_long, "A body of 13 bytes", "본문은 13바이트"),
        (writes_four_octets, "'02 00 00 00 00 00 00 01 00'", "'02 00 00 00 00 00 00 01 00'"),
        (begins_with_the_least, "A body of 256 bytes", "본문은 256바이트"),
        (forgets_more, "more=True", "more=True"),
        (takes_every_empty_body_for_a_delimiter, "Got: '01 00'", "실제 값: '01 00'"),
        (counts_its_header, "'00 0f'", "'00 0f'"),
        (leaves_the_body_out, "to the end", "그대로 끝까지"),
        (returns_a_list, "Expected: bytes", "기대한 값: 바이트"),
        (prints_it, "Got: None", "실제 값: None"),
        (sleeps, "blocks", "블로킹하는 호출"),
    ],
    "15 ask by hand": [
        (is_in_a_hurry, "in such a hurry", "서두르는"),
        (forgets_the_delimiter, "without a delimiter", "구분자가 없는"),
        (ends_with_the_delimiter, "'00 00'", "'00 00'"),
        (counts_one_too_few, "A server that replies at once", "바로 응답하는 서버"),
        (makes_flags_up, "can't be read", "읽을 수 없습니다"),
        (is_deaf_to_pings, "a PONG", "PONG 없음"),
        (forgets_the_context, "What context", "컨텍스트는 무엇인가요"),
        (answers_every_command, "no other command", "다른 명령이 아니라"),
        (takes_what_is_empty_for_the_delimiter, "not right", "기대한 결과와 다릅니다"),
        (forgets_the_connection, "Is the connection closed", "연결이 닫혀 있나요"),
        (sends_the_question_again, "How many messages", "메시지는 몇 개인가요"),
        (limits_each_read, "it still waited", "끝나지 않아 취소"),
        (leaves_it_to_a_library, "those of `hello`", "`hello`의 바이트"),
        (reads_short_frames_only, "1,000 bytes", "1,000바이트"),
        (keeps_the_connection, "Is the connection closed", "연결이 닫혀 있나요"),
        (reads_what_is_there, "one at a time", "하나씩 따로"),
        (returns_the_delimiter_too, r"b'\x01\x003 coins'", r"b'\x01\x003 coins'"),
        (returns_a_text, "'3 coins'", "'3 coins'"),
        (greets_without_a_limit, "writes nothing", "아무것도 쓰지 않는 포트"),
        (asks_twice, "How many connections", "연결을 몇 개"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
        (raises_when_late, "no reply", "no reply"),
        (blocks_first, "blocks", "블로킹하는 호출"),
        (knows_the_price, "Got: 0", "실제 값: 0"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
