"""Checkers of lesson 05: a message made of three frames, and a reader that trusts nobody."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import pickle
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.words.language import Text

HANGS = 4.0
"""Seconds beyond its own limit after which a call counts as stuck."""

# ------------------------------------------------------------- warm-up

ToFrames = Callable[[str, Any], Any]
PICTURES = (
    ("cam-1", array("f", [20.0, 95.0, 20.5])),
    ("카메라-2", array("h", [-40, 0, 900, 7])),
    ("cam-3", array("d")),
)
FRAMES = Text(en="{} How many frames?", ko="{} 프레임이 몇 개인가요?")
FIRST = Text(
    en="{} What is the first frame, by which readers choose?",
    ko="{} 받는 쪽이 보고 고르는 첫 프레임에는 무엇이 들어 있나요?",
)
SECOND = Text(en="{} What does the JSON say?", ko="{} JSON에는 무엇이 적혀 있나요?")
THIRD = Text(en="{} Which bytes are the third frame?", ko="{} 셋째 프레임의 바이트는 무엇인가요?")
NO_JSON = Text(en="a JSON object in UTF-8", ko="UTF-8로 된 JSON 객체")
NO_BYTES = Text(
    en="{} Frame {} can't be sent. A text has to be encoded first.",
    ko="{} {}번째 프레임은 보낼 수 없습니다. 텍스트는 먼저 인코딩해야 합니다.",
)
BYTES = Text(en="bytes", ko="바이트")
COPIED = Text(
    en="{} A number of the array is changed now. Does the third frame show it? If it doesn't, it is"
    " a copy.",
    ko="{} 이제 배열의 수 하나를 바꿉니다. 셋째 프레임에도 나타나나요? 나타나지 않으면"
    " 복사본입니다.",
)


@checker("05 to frames", timeout=20.0)
async def frames_of_a_picture(to_frames: ToFrames) -> Text:
    """Let pictures of three types be packed, look at the frames, and send them."""
    for name, original in PICTURES:
        numbers = array(original.typecode, original)
        case = Text(
            en=f"The picture {name!r}, {len(numbers)} numbers of type {numbers.typecode!r}.",
            ko=f"이름이 {name!r}이고 유형이 {numbers.typecode!r}인 수 {len(numbers)}개.",
        )
        async with trial(patience(HANGS), case):
            made = to_frames(name, numbers)
            if inspect.isawaitable(made):
                made = await made
            await _judge_frames(name, numbers, made, case)
    return Text(
        en="The name comes first, the JSON describes the numbers, and nothing is copied.",
        ko="이름이 맨 앞에 있고, JSON이 수를 설명하며, 아무것도 복사하지 않습니다.",
    )


async def _judge_frames(name: str, numbers: array[Any], made: Any, case: Text) -> None:
    if not isinstance(made, list | tuple):
        expected = Text(en="a list of three frames", ko="프레임 세 개로 된 리스트")
        raise NotRight(expected, made, case)
    for number, frame in enumerate(made, 1):
        try:
            memoryview(frame)
        except TypeError:
            raise NotRight(BYTES, frame, NO_BYTES.format(case, number)) from None
    expect(len(made), 3, FRAMES.format(case))
    received = await _sent(made)
    expect(received[0], name.encode(), FIRST.format(case))
    try:
        said = json.loads(received[1].decode())
    except ValueError:
        raise NotRight(NO_JSON, received[1], SECOND.format(case)) from None
    expect(said, {"type": numbers.typecode, "count": len(numbers)}, SECOND.format(case))
    expect(received[2], numbers.tobytes(), THIRD.format(case))
    if len(numbers):
        before = numbers[0]
        numbers[0] = 77
        shown = bytes(memoryview(made[2]).cast("B")) == numbers.tobytes()
        numbers[0] = before
        expect(shown, True, COPIED.format(case))


async def _sent(frames: Any) -> list[bytes]:
    """Send the frames from one socket to another, and return what arrives."""
    context = zmq.asyncio.Context()
    try:
        camera, viewer = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        viewer.bind("inproc://viewer")
        camera.connect("inproc://viewer")
        await camera.send_multipart(list(frames))
        return await viewer.recv_multipart()
    finally:
        context.destroy(linger=0)


# ------------------------------------------------------------- main exercise

NextPicture = Callable[[zmq.asyncio.Socket, float], Awaitable[Any]]
LONG, SHORT = 3.0, 0.5
"""Seconds: a limit that is not used up, and one that is."""


MARK = "STRANGER_OF_LESSON_05"
"""A variable of the environment that is set when a stranger's code runs."""


class _Stranger:
    """An object whose pickle sets the mark when it is loaded."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return exec, (f"import os; os.environ[{MARK!r}] = 'ran'",)


def _message(name: bytes, kind: str, numbers: list[float], *more: bytes) -> list[bytes]:
    about = json.dumps({"type": kind, "count": len(numbers)}).encode()
    return [name, about, array(kind, numbers).tobytes(), *more]


ONE = _message(b"cam-1", "f", [20, 95.5])
TWO = _message("카메라-2".encode(), "h", [-4, 0, 9])
THREE = _message(b"cam-3", "d", [0.1])
READ = {
    "one": ("cam-1", [20.0, 95.5]),
    "two": ("카메라-2", [-4, 0, 9]),
    "three": ("cam-3", [0.1]),
}


@dataclass(frozen=True)
class _Trial:
    """The messages that come, and what one call after the other has to return."""

    case: Text
    messages: list[list[bytes]]
    returned: tuple[Any, ...]


def _bad(en: str, ko: str, *bad: list[bytes]) -> _Trial:
    """Return a trial in which bad messages come before a good one."""
    return _Trial(Text(en=en, ko=ko), [*bad, TWO], (READ["two"],))


TRIALS = (
    _Trial(
        Text(en="Three good messages, three calls.", ko="올바른 메시지 세 개, 호출 세 번."),
        [ONE, TWO, THREE],
        (READ["one"], READ["two"], READ["three"]),
    ),
    _Trial(
        Text(
            en="Two messages with a serial number in a fourth frame, two calls.",
            ko="넷째 프레임에 일련번호가 있는 메시지 두 개, 호출 두 번.",
        ),
        [[*ONE, b"serial 77"], [*TWO, b"serial 78", b""]],
        (READ["one"], READ["two"]),
    ),
    _bad(
        "Messages of one and two frames, then a good one.",
        "프레임이 하나와 두 개인 메시지 다음에 올바른 메시지.",
        [b"cam-1"],
        ONE[:2],
    ),
    _bad(
        "A description that is no JSON, then a good message.",
        "설명이 JSON이 아닌 메시지 다음에 올바른 메시지.",
        [b"cam-1", b"{type: f}", ONE[2]],
    ),
    _bad(
        "A description that is JSON but no object, then a good message.",
        "설명이 JSON이지만 객체가 아닌 메시지 다음에 올바른 메시지.",
        [b"cam-1", b"[]", ONE[2]],
        [b"cam-1", b"3", ONE[2]],
    ),
    _bad(
        "A description without the count, then a good message.",
        "설명에 count가 없는 메시지 다음에 올바른 메시지.",
        [b"cam-1", b'{"type": "f"}', ONE[2]],
    ),
    _bad(
        "A count of 3 with two numbers, then a good message.",
        "count는 3인데 수가 두 개인 메시지 다음에 올바른 메시지.",
        [b"cam-1", b'{"type": "f", "count": 3}', ONE[2]],
    ),
    _bad(
        "A byte too few and a type that doesn't exist, then a good message.",
        "바이트 하나가 모자란 메시지와 없는 유형의 메시지 다음에 올바른 메시지.",
        [ONE[0], ONE[1], ONE[2][:-1]],
        [b"cam-1", b'{"type": "x!", "count": 2}', ONE[2]],
    ),
    _bad(
        "A name that is no UTF-8, then a good message.",
        "이름이 UTF-8이 아닌 메시지 다음에 올바른 메시지.",
        [b"\xff\xfe", ONE[1], ONE[2]],
    ),
    _bad(
        "A pickle in place of the JSON, then a good message.",
        "JSON 자리에 pickle이 든 메시지 다음에 올바른 메시지.",
        [b"cam-1", pickle.dumps(_Stranger()), array("f", [1]).tobytes()],
    ),
)
NOTHING = Text(en="Nothing comes, seconds=0.5.", ko="아무것도 오지 않음, seconds는 0.5.")
LATER = Text(
    en="Nothing comes, seconds=0.5. Then a good message comes, and the next call reads it.",
    ko="아무것도 오지 않음, seconds는 0.5. 그 뒤에 올바른 메시지가 와서 다음 호출이 읽음.",
)
ENDLESS = Text(
    en="Messages that don't fit come without end, seconds=0.5.",
    ko="맞지 않는 메시지가 끝없이 옴, seconds는 0.5.",
)
RETURNED = Text(
    en="{} What did call {} of next_picture() return?",
    ko="{} next_picture()의 {}번째 호출은 무엇을 돌려줬나요?",
)
RAN = Text(
    en="Did code run that a stranger's message brought along? `pickle.loads()` and `recv_pyobj()`"
    " run it.",
    ko="낯선 상대의 메시지에 든 코드가 실행되었나요? `pickle.loads()`와 `recv_pyobj()`는 그 코드를"
    " 실행합니다.",
)
NOTHING_RAN = Text(en="nothing ran", ko="아무것도 실행되지 않음")
IT_RAN = Text(en="it ran", ko="실행됨")
OPEN = Text(
    en="Is the socket still open? It belongs to the caller.",
    ko="소켓이 아직 열려 있나요? 이 소켓은 호출한 쪽의 것입니다.",
)


@checker("05 next picture", timeout=60.0)
async def read_pictures(next_picture: NextPicture) -> Text:
    """Send good messages, messages that don't fit, nothing, and a stream without end."""
    must_be_async(next_picture, "next_picture")
    os.environ.pop(MARK, None)
    for one in TRIALS:
        async with trial(LONG * len(one.returned) + patience(HANGS), one.case):
            await _read(next_picture, one)
    async with trial(2 * SHORT + LONG + patience(HANGS), NOTHING):
        await _read_late(next_picture)
    async with trial(SHORT + patience(HANGS), ENDLESS):
        await _read_endless(next_picture)
    return Text(
        en="It reads what fits, skips what doesn't, stays in step, runs nothing, and ends in time.",
        ko="맞는 메시지를 읽고 맞지 않는 메시지를 건너뛰며, 경계를 놓치지 않고, 아무것도 실행하지"
        " 않고, 제때 끝납니다.",
    )


class _Pair:
    """A camera and a viewer, for one trial."""

    def __init__(self) -> None:
        self._context = zmq.asyncio.Context()
        self.camera = self._context.socket(zmq.PUSH)
        self.viewer = self._context.socket(zmq.PULL)

    async def __aenter__(self) -> _Pair:
        self.viewer.bind("inproc://viewer")
        self.camera.connect("inproc://viewer")
        return self

    async def __aexit__(self, *error: object) -> None:
        self._context.destroy(linger=0)


async def _read(next_picture: NextPicture, one: _Trial) -> None:
    async with _Pair() as pair:
        for message in one.messages:
            await pair.camera.send_multipart(message)
        for number, expected in enumerate(one.returned, 1):
            got = await next_picture(pair.viewer, LONG)
            if os.environ.pop(MARK, None):
                raise NotRight(NOTHING_RAN, IT_RAN, RAN)
            expect(got, expected, RETURNED.format(one.case, number))
            expect(not pair.viewer.closed, True, OPEN)


async def _read_late(next_picture: NextPicture) -> None:
    async with _Pair() as pair:
        expect(await next_picture(pair.viewer, SHORT), None, RETURNED.format(NOTHING, 1))
        expect(not pair.viewer.closed, True, OPEN)
        await pair.camera.send_multipart(ONE)
        expect(await next_picture(pair.viewer, LONG), READ["one"], RETURNED.format(LATER, 2))


async def _read_endless(next_picture: NextPicture) -> None:
    async with _Pair() as pair:

        async def send() -> None:
            while True:
                await pair.camera.send_multipart([b"cam-1"])
                await asyncio.sleep(0.02)

        sending = asyncio.ensure_future(send())
        try:
            got = await next_picture(pair.viewer, SHORT)
            expect(got, None, RETURNED.format(ENDLESS, 1))
        finally:
            sending.cancel()
            await asyncio.wait({sending})
