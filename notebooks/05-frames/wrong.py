"""Answers that the checks of lesson 05 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import json
import pickle
import time
from array import array
from typing import Any

# ------------------------------------------------------------- warm-up


def forgets_to_encode(name, numbers):
    about = {"type": numbers.typecode, "count": len(numbers)}
    return [name, json.dumps(about).encode(), numbers]


def leaves_a_dict(name, numbers):
    return [name.encode(), {"type": numbers.typecode, "count": len(numbers)}, numbers]


def puts_json_first(name, numbers):
    about = {"type": numbers.typecode, "count": len(numbers)}
    return [json.dumps(about).encode(), name.encode(), numbers]


def pickles(name, numbers):
    about = {"type": numbers.typecode, "count": len(numbers)}
    return [name.encode(), pickle.dumps(about), numbers]


def copies(name, numbers):
    about = {"type": numbers.typecode, "count": len(numbers)}
    return [name.encode(), json.dumps(about).encode(), numbers.tobytes()]


def knows_one_type(name, numbers):
    about = {"type": "f", "count": len(numbers)}
    return [name.encode(), json.dumps(about).encode(), numbers]


def counts_bytes(name, numbers):
    about = {"type": numbers.typecode, "count": len(numbers) * numbers.itemsize}
    return [name.encode(), json.dumps(about).encode(), numbers]


def encodes_in_ascii(name, numbers):
    about = {"type": numbers.typecode, "count": len(numbers)}
    return [name.encode("ascii"), json.dumps(about).encode(), numbers]


def writes_numbers_as_json(name, numbers):
    about = {"type": numbers.typecode, "count": len(numbers)}
    return [name.encode(), json.dumps(about).encode(), json.dumps(numbers.tolist()).encode()]


def makes_two_frames(name, numbers):
    return [name.encode(), numbers]


def prints(name, numbers):
    print(name, numbers)


def sleeps(name, numbers):
    time.sleep(1.2)
    about = {"type": numbers.typecode, "count": len(numbers)}
    return [name.encode(), json.dumps(about).encode(), numbers]


# ------------------------------------------------------------- main exercise


def picture(frames: list[bytes]) -> Any:
    name, about, body, *_ = frames
    said = json.loads(about)
    numbers = memoryview(body).cast(said["type"]).tolist()
    if len(numbers) != said["count"]:
        raise ValueError("count")
    return name.decode(), numbers


async def reads(viewer, seconds, take=picture):
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 0:
        if not await viewer.poll(int(left * 1000) + 1):
            break
        frames = await viewer.recv_multipart()
        try:
            return take(frames)
        except (ValueError, TypeError, KeyError):
            pass
    return None


async def reads_three_frames(viewer, seconds):
    if await viewer.poll(int(seconds * 1000)):
        return picture([await viewer.recv() for _ in range(3)])
    return None


async def wants_exactly_three(viewer, seconds):
    def take(frames):
        name, about, body = frames
        return picture([name, about, body])

    return await reads(viewer, seconds, take)


async def trusts_everybody(viewer, seconds):
    if await viewer.poll(int(seconds * 1000)):
        return picture(await viewer.recv_multipart())
    return None


async def gives_up_at_the_first(viewer, seconds):
    if await viewer.poll(int(seconds * 1000)):
        try:
            return picture(await viewer.recv_multipart())
        except (ValueError, TypeError, KeyError):
            return None
    return None


async def ignores_the_count(viewer, seconds):
    def take(frames):
        name, about, body, *_ = frames
        return name.decode(), memoryview(body).cast(json.loads(about)["type"]).tolist()

    return await reads(viewer, seconds, take)


async def reads_floats_only(viewer, seconds):
    def take(frames):
        name, about, body, *_ = frames
        json.loads(about)
        return name.decode(), memoryview(body).cast("f").tolist()

    return await reads(viewer, seconds, take)


async def unpickles(viewer, seconds):
    def take(frames):
        name, about, body, *_ = frames
        if about.startswith(b"\x80"):
            about = json.dumps(pickle.loads(about)).encode()
        return picture([name, about, body])

    return await reads(viewer, seconds, take)


async def keeps_the_name_as_bytes(viewer, seconds):
    def take(frames):
        _, numbers = picture(frames)
        return frames[0], numbers

    return await reads(viewer, seconds, take)


async def returns_an_array(viewer, seconds):
    def take(frames):
        name, numbers = picture(frames)
        return name, array("d", numbers)

    return await reads(viewer, seconds, take)


async def waits_for_ever(viewer, seconds):
    return await reads(viewer, 3600)


async def has_patience_for_each(viewer, seconds):
    while await viewer.poll(int(seconds * 1000)):
        try:
            return picture(await viewer.recv_multipart())
        except (ValueError, TypeError, KeyError):
            pass
    return None


async def closes(viewer, seconds):
    with viewer:
        return await reads(viewer, seconds)


async def raises_when_late(viewer, seconds):
    found = await reads(viewer, seconds)
    if found is None:
        raise TimeoutError("nothing came")
    return found


async def sleeps_first(viewer, seconds):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await reads(viewer, seconds)


async def prints_it(viewer, seconds):
    print(await reads(viewer, seconds))


def is_no_coroutine(viewer, seconds):
    return picture(viewer.recv_multipart())


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "05 to frames": [
        (forgets_to_encode, "Frame 1 can't be sent", "1번째 프레임은 보낼 수 없습니다"),
        (leaves_a_dict, "Frame 2 can't be sent", "2번째 프레임은 보낼 수 없습니다"),
        (puts_json_first, "by which readers choose", "보고 고르는 첫 프레임"),
        (pickles, "a JSON object in UTF-8", "UTF-8로 된 JSON 객체"),
        (copies, "it is a copy", "복사본입니다"),
        (knows_one_type, "of type 'h'", "유형이 'h'"),
        (counts_bytes, "What does the JSON say", "무엇이 적혀 있나요"),
        (encodes_in_ascii, "UnicodeEncodeError", "UnicodeEncodeError"),
        (writes_numbers_as_json, "Which bytes are the third", "셋째 프레임의 바이트"),
        (makes_two_frames, "How many frames", "프레임이 몇 개"),
        (prints, "a list of three frames", "프레임 세 개로 된 리스트"),
        (sleeps, "blocks", "블로킹하는 호출"),
    ],
    "05 next picture": [
        (reads_three_frames, "JSONDecodeError", "JSONDecodeError"),
        (wants_exactly_three, "serial number in a fourth frame", "일련번호가 있는"),
        (trusts_everybody, "ValueError", "ValueError"),
        (gives_up_at_the_first, "of one and two frames", "하나와 두 개인"),
        (ignores_the_count, "without the count", "count가 없는"),
        (reads_floats_only, "Three good messages", "올바른 메시지 세 개"),
        (unpickles, "a stranger's message brought", "낯선 상대의 메시지"),
        (keeps_the_name_as_bytes, "b'cam-1'", "b'cam-1'"),
        (returns_an_array, "array('d'", "array('d'"),
        (waits_for_ever, "it still waited", "끝나지 않아 취소"),
        (has_patience_for_each, "come without end", "끝없이 옴"),
        (closes, "belongs to the caller", "호출한 쪽의 것"),
        (raises_when_late, "nothing came", "nothing came"),
        (sleeps_first, "blocks", "블로킹하는 호출"),
        (prints_it, "Got: None", "실제 값: None"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
