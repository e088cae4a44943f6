"""Answers that the checks of lesson 17 refuse, each with words of its verdict."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path
from typing import Any

import zmq
from zmq.utils import z85

FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL

# ------------------------------------------------------------- warm-up


def leaves_it_to_the_mask(path):
    public, secret = zmq.curve_keypair()
    with open(path, "xb") as file:
        file.write(secret)
    return public


def writes_over_what_is_there(path):
    public, secret = zmq.curve_keypair()
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(secret)
    return public


def locks_it_afterwards(path):
    public, secret = zmq.curve_keypair()
    with open(path, "xb") as file:
        file.write(secret)
    os.chmod(path, 0o600)
    return public


def leaves_the_mask_changed(path):
    os.umask(0o077)
    return leaves_it_to_the_mask(path)


def leaves_it_open(path):
    public, secret = zmq.curve_keypair()
    os.write(os.open(path, FLAGS, 0o600), secret)
    return public


def keeps_a_copy(path):
    public, secret = zmq.curve_keypair()
    with os.fdopen(os.open(path, FLAGS, 0o600), "wb") as file:
        file.write(secret)
    Path(path).with_suffix(".backup").write_bytes(public + secret)
    return public


def asks_first_and_follows_links(path):
    if Path(path).exists():
        raise FileExistsError(path)
    public, secret = zmq.curve_keypair()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(secret)
    return public


def returns_the_secret(path):
    _public, secret = zmq.curve_keypair()
    with os.fdopen(os.open(path, FLAGS, 0o600), "wb") as file:
        file.write(secret)
    return secret


def returns_nothing(path):
    _public, secret = zmq.curve_keypair()
    with os.fdopen(os.open(path, FLAGS, 0o600), "wb") as file:
        file.write(secret)


def writes_both(path):
    public, secret = zmq.curve_keypair()
    with os.fdopen(os.open(path, FLAGS, 0o600), "wb") as file:
        file.write(public + b"\n" + secret)
    return public


PUBLIC, SECRET = zmq.curve_keypair()


def makes_one_for_all(path):
    with os.fdopen(os.open(path, FLAGS, 0o600), "wb") as file:
        file.write(SECRET)
    return PUBLIC


def writes_nothing(path):
    return zmq.curve_keypair()[0]


# ------------------------------------------------------------- main exercise


def _key(request):
    return z85.encode(request[6])


async def lets_everybody_in(zap, shops):
    while True:
        request = await zap.recv_multipart()
        name = shops.get(_key(request)) or b"guest"
        await zap.send_multipart([b"1.0", request[1], b"200", b"", name, b""])


async def _right(zap, shops, rounds=1_000):
    for _ in range(rounds):
        version, number, *rest = await zap.recv_multipart()
        code, name = b"400", b""
        sizes = [len(one) for one in rest[4:]]
        if (version, rest[3], sizes) == (b"1.0", b"CURVE", [32]):
            key = z85.encode(rest[4])
            if shops.get(key):
                code, name = b"200", shops[key]
            elif key in shops:
                code = b"300"
        await zap.send_multipart([b"1.0", number, code, b"", name, b""])


async def answers_once(zap, shops):
    await _right(zap, shops, 1)


async def closes_it(zap, shops):
    try:
        await _right(zap, shops)
    finally:
        zap.close()


async def copies_the_list(zap, shops):
    request = await zap.recv_multipart()
    name = shops[_key(request)]
    await zap.send_multipart([b"1.0", request[1], b"200", b"", name, b""])
    await _right(zap, dict(shops))


async def dies_of_a_short_key(zap, shops):
    while True:
        version, number, *rest = await zap.recv_multipart()
        code, name = b"400", b""
        if (version, rest[3]) == (b"1.0", b"CURVE"):
            key = z85.encode(rest[4])
            if shops.get(key):
                code, name = b"200", shops[key]
            elif key in shops:
                code = b"300"
        await zap.send_multipart([b"1.0", number, code, b"", name, b""])


async def _simple(zap, shops, *, not_yet=b"300", right_version=True, mechanism=True):
    while True:
        version, number, *rest = await zap.recv_multipart()
        code, name = b"400", b""
        if rest[4:] and len(rest[4]) == 32 and (rest[3] == b"CURVE" or not mechanism):
            key = z85.encode(rest[4])
            if version == b"1.0" or not right_version:
                if shops.get(key):
                    code, name = b"200", shops[key]
                elif key in shops:
                    code = not_yet
        await zap.send_multipart([b"1.0", number, code, b"", name, b""])


async def refuses_too_early_ones_for_good(zap, shops):
    await _simple(zap, shops, not_yet=b"400")


async def reads_no_version(zap, shops):
    await _simple(zap, shops, right_version=False)


async def reads_no_mechanism(zap, shops):
    await _simple(zap, shops, mechanism=False)


async def cuts_long_keys(zap, shops):
    while True:
        version, number, *rest = await zap.recv_multipart()
        code, name = b"400", b""
        if (version, rest[3]) == (b"1.0", b"CURVE") and rest[4:] and len(rest[4]) >= 32:
            key = z85.encode(rest[4][:32])
            if key in shops:
                name = shops[key] or b""
                code = b"200" if name else b"300"
        await zap.send_multipart([b"1.0", number, code, b"", name, b""])


async def looks_at_the_list_first(zap, shops):
    while True:
        version, number, *rest = await zap.recv_multipart()
        code, name = b"400", b""
        key = z85.encode(rest[4]) if rest[4:] and len(rest[4]) == 32 else b""
        if key in shops:
            code = b"300"
            if (version, rest[3]) == (b"1.0", b"CURVE") and shops[key]:
                code, name = b"200", shops[key]
            elif shops[key]:
                code = b"400"
        await zap.send_multipart([b"1.0", number, code, b"", name, b""])


async def swallows_its_cancelling(zap, shops):
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            await _right(zap, shops)


async def forgets_the_number(zap, shops):
    while True:
        request = await zap.recv_multipart()
        name = shops.get(_key(request)) or b""
        await zap.send_multipart([b"1.0", b"1", b"200" if name else b"400", b"", name, b""])


async def replies_too_little(zap, shops):
    while True:
        request = await zap.recv_multipart()
        name = shops.get(_key(request)) or b""
        await zap.send_multipart([b"1.0", request[1], b"200" if name else b"400", b""])


async def names_nobody(zap, shops):
    while True:
        request = await zap.recv_multipart()
        code = b"200" if _key(request) in shops else b"400"
        await zap.send_multipart([b"1.0", request[1], code, b"", b"", b""])


async def never_answers(zap, shops):
    while True:
        await zap.recv_multipart()
        await zap.poll(60_000)


async def blocks(zap, shops):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    await _right(zap, shops)


def is_no_coroutine(zap, shops):
    return zap.recv_multipart()


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "17 save key": [
        (leaves_it_to_the_mask, "Got: '0o666'", "실제 값: '0o666'"),
        (writes_over_what_is_there, "put a file there before", "먼저 만들어"),
        (locks_it_afterwards, "while save_key() was working", "실행되는 동안"),
        (leaves_the_mask_changed, "as it was before", "호출 전과 같은가요"),
        (leaves_it_open, "still open", "열려 있나요"),
        (keeps_a_copy, "another file", "다른 파일"),
        (asks_first_and_follows_links, "put a link there", "가리키는 링크"),
        (returns_the_secret, "belong together", "한 쌍인가요"),
        (returns_nothing, "40 bytes", "bytes 40개"),
        (writes_both, "Got: 81", "실제 값: 81"),
        (makes_one_for_all, "Two calls", "두 번 호출"),
        (writes_nothing, "How long is the file", "파일의 길이"),
    ],
    "17 keep door": [
        (lets_everybody_in, "that is not in `shops`", "`shops`에 없는"),
        (answers_once, "still running", "아직 실행 중"),
        (closes_it, "closed after the cancelling", "취소한 뒤에"),
        (copies_the_list, "put into `shops` meanwhile", "`shops`에 넣었습니다"),
        (dies_of_a_short_key, "ValueError", "ValueError"),
        (refuses_too_early_ones_for_good, "whose name is None", "이름이 None인"),
        (reads_no_version, "version 2.0", "버전이 2.0인"),
        (reads_no_mechanism, "NULL with an active key", "뒤에 붙은 NULL"),
        (cuts_long_keys, "with 4 bytes behind", "4바이트가 더"),
        (looks_at_the_list_first, "behind it whose name is None", "이름이 None인 키가"),
        (swallows_its_cancelling, "was cancelled", "취소했습니다"),
        (forgets_the_number, "form of the reply", "응답의 형식"),
        (replies_too_little, "form of the reply", "응답의 형식"),
        (names_nobody, "An active key", "활성 키"),
        (never_answers, "it still waited", "끝나지 않아 취소"),
        (blocks, "blocks", "블로킹하는 호출"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
