"""Checkers of lesson 11: the way back through an envelope, and a switchboard for named peers."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, next_message, trial
from zmqlab.words.language import Text

HANGS = 4.0
"""Seconds after which a call counts as stuck."""
COMES = 2000
"""Milliseconds in which what is on its way has come."""
SILENCE = 200
"""Milliseconds without a message, after which none comes."""

Frames = list[bytes]

# ------------------------------------------------------------- warm-up

Answer = Callable[..., Any]
ID = b"\0\xe9\2\3\4"
ANSWERS: tuple[tuple[Text, Frames, Frames, Frames | None], ...] = (
    # the situation, what the ROUTER received, the reply, what is expected
    (
        Text(en="From a REQ socket.", ko="REQ 소켓에서 온 메시지."),
        [b"alice", b"", b"fare?"],
        [b"12.50"],
        [b"alice", b"", b"12.50"],
    ),
    (
        Text(
            en="Through two proxies, with bytes that are no text.",
            ko="프록시 두 개를 지나왔고, 텍스트가 아닌 바이트가 있는 메시지.",
        ),
        [ID, b"proxy", b"alice", b"", b"fare?"],
        [b"12.50", b"EUR"],
        [ID, b"proxy", b"alice", b"", b"12.50", b"EUR"],
    ),
    (
        Text(
            en="The content has empty frames, too, and a frame like the name.",
            ko="내용에도 빈 프레임과 이름과 같은 프레임이 있음.",
        ),
        [b"alice", b"", b"", b"alice", b""],
        [b"", b"yes"],
        [b"alice", b"", b"", b"yes"],
    ),
    (
        Text(en="A request without content.", ko="내용이 없는 요청."),
        [b"alice", b""],
        [b"hello"],
        [b"alice", b"", b"hello"],
    ),
    (
        Text(en="A message without an empty frame.", ko="빈 프레임이 없는 메시지."),
        [b"ben", b"hello"],
        [b"hello"],
        None,
    ),
)
RETURNED = Text(en="{} What did answer() return?", ko="{} answer()는 무엇을 돌려줬나요?")
UNTOUCHED = Text(
    en="{} The list that answer() was given is the caller's. Is it as it was?",
    ko="{} answer()가 받은 리스트는 호출한 쪽의 것입니다. 그대로인가요?",
)


@checker("11 answer", timeout=20.0)
async def way_back(answer: Answer) -> Text:
    """Ask for the way back of messages with short, long and broken envelopes."""
    for case, message, reply, expected in ANSWERS:
        given = list(message)
        async with trial(patience(HANGS), case):
            got = answer(given, *reply)
            if inspect.isawaitable(got):
                got = await got
        if isinstance(got, tuple):
            got = list(got)
        expect(got, expected, RETURNED.format(case))
        expect(given, message, UNTOUCHED.format(case))
    return Text(
        en="Every reply finds its way back, through any number of names.",
        ko="이름이 몇 개든 모든 응답이 제 길로 돌아갑니다.",
    )


# ------------------------------------------------------------- main exercise

Switchboard = Callable[[zmq.asyncio.Socket, str, asyncio.Event], Awaitable[Any]]
ENDS = 1.0
"""Seconds after `stop` in which it must return."""
LATE = 1.0
"""Seconds that the checker allows besides, because the machine may be busy."""
PAUSE = 0.01
"""Seconds from one call to the next of a driver who goes on and on."""
MANY = 20
"""Messages, of which the queue of a driver who reads nothing has room for a few."""
TALK = Text(en="Anna, Ben and Cleo talk.", ko="anna, ben, cleo가 서로 이야기함.")
NOBODY = Text(
    en="Anna calls `bne`, a name that nobody has.", ko="anna가 아무도 쓰지 않는 이름 `bne`를 부름."
)
FULL = Text(
    en="Ben reads nothing, and Anna sends him {} messages.",
    ko="ben은 아무것도 읽지 않고, anna가 메시지 {}개를 보냄.",
).format(MANY)
ALONE = Text(
    en="Ben is the only driver. He calls himself {} times and reads nothing; then `stop` is set.",
    ko="기사는 ben 한 명. 자신을 {}번 부르고 아무것도 읽지 않은 상태에서 `stop`이 켜짐.",
).format(MANY)
GONE = Text(
    en="Anna calls `bne` {} times, and is gone before the notices come.",
    ko="anna가 `bne`를 {}번 부르고, 알림이 오기 전에 떠남.",
).format(MANY)
BUSY = Text(
    en="Anna goes on calling Ben, also after `stop` is set.",
    ko="`stop`이 켜진 뒤에도 anna가 쉬지 않고 ben을 부름.",
)
TAKES_OVER = Text(
    en="A second Ben connects, while the first connection is still open.",
    ko="첫 연결이 열려 있는데 두 번째 ben이 연결함.",
)
CALLED = Text(en="{} What did {} receive?", ko="{} {} 기사는 무엇을 받았나요?")
NOTICE = Text(
    en="{} What did Anna get back?",
    ko="{} anna에게 무엇이 돌아왔나요?",
)
PASSED = Text(
    en="{} What did switchboard() return? It counts the messages that it has passed on.",
    ko="{} switchboard()는 무엇을 돌려줬나요? 넘긴 메시지의 수여야 합니다.",
)
OTHERS = Text(
    en="{} Meanwhile Anna calls Cleo. What did Cleo receive? A send to a full queue waits, unless"
    " it has `zmq.DONTWAIT`.",
    ko="{} 그동안 anna가 cleo를 부릅니다. cleo는 무엇을 받았나요? `zmq.DONTWAIT`가 없으면 큐가 꽉"
    " 찬 피어로 보낼 때 멈춰 기다립니다.",
)
NEWEST = Text(
    en="{} Anna calls Ben. What did the second Ben receive?",
    ko="{} anna가 ben을 부릅니다. 두 번째 ben은 무엇을 받았나요?",
)
FROM_NEWEST = Text(
    en="{} The second Ben calls Anna. What did she receive?",
    ko="{} 두 번째 ben이 anna를 부릅니다. anna는 무엇을 받았나요?",
)
STILL_OPEN = Text(
    en="Is `centre` still open after switchboard() has returned?",
    ko="switchboard()가 끝난 뒤에도 `centre`가 열려 있나요?",
)
LEFT = Text(
    en="Anna called Ben after switchboard() had returned. Did somebody pass it on?",
    ko="switchboard()가 끝난 뒤에 anna가 ben을 불렀습니다. 누군가 그것을 넘겼나요?",
)
EARLY = Text(
    en="Nobody has set `stop`. Is switchboard() still running?",
    ko="아무도 `stop`을 켜지 않았습니다. switchboard()가 아직 실행 중인가요?",
)


SOME = Text(en=f"more than 0, fewer than {MANY}", ko=f"0보다 크고 {MANY}보다 작은 수")


class _Office:
    """A switchboard that runs, and its drivers."""

    def __init__(self, switchboard: Switchboard, mark: int) -> None:
        self._context = zmq.asyncio.Context()
        self._context.linger = 0
        self.centre = self._context.socket(zmq.ROUTER)
        self.centre.sndhwm = mark
        self._endpoint = f"inproc://{id(self)}"
        self.stop = asyncio.Event()
        self.call = asyncio.ensure_future(switchboard(self.centre, self._endpoint, self.stop))

    def driver(self, name: str, mark: int = 1000) -> zmq.asyncio.Socket:
        driver = self._context.socket(zmq.DEALER)
        driver.routing_id = name.encode()
        driver.rcvhwm = mark
        driver.sndtimeo = COMES
        driver.connect(self._endpoint)
        return driver

    async def ended(self, about: Text) -> Any:
        """Stop it, and return what it returned."""
        if self.call.done() and not self.call.cancelled() and self.call.exception() is None:
            raise NotRight(True, False, EARLY)
        self.stop.set()
        async with trial(ENDS + patience(LATE), about):
            return await self.call

    def end(self) -> None:
        self._context.destroy(linger=0)


@contextlib.asynccontextmanager
async def _office(
    switchboard: Switchboard, about: Text, mark: int = 1000
) -> AsyncIterator[_Office]:
    """Run the function during the block, which ends it by `ended`."""
    office = _Office(switchboard, mark)
    try:
        async with trial(4 * patience(HANGS), about):
            yield office
    except (NotRight, zmq.Again) as fault:
        call = office.call
        if call.done() and not call.cancelled() and (error := call.exception()):
            raise error from None  # that is why nothing came
        if isinstance(fault, NotRight):
            raise
        raise NotRight(CALLED_AWAY, NO_ROOM, about) from None
    finally:
        office.call.cancel()
        await asyncio.wait([office.call])
        if not office.call.cancelled():
            office.call.exception()  # it is raised already, or came after the verdict
        office.end()


CALLED_AWAY = Text(en="somebody who receives the calls", ko="anna나 ben이 부른 말을 받는 쪽")
NO_ROOM = Text(
    en="nobody received: is `centre` bound to `endpoint`?",
    ko="아무도 받지 않음: `centre`를 `endpoint`에 바인드했나요?",
)


@checker("11 switchboard", timeout=90.0)
async def connect_drivers(switchboard: Switchboard) -> Text:
    """Let drivers talk, call nobody, read nothing, leave, and come back under their names."""
    must_be_async(switchboard, "switchboard")
    await _talk(switchboard)
    await _nobody(switchboard)
    await _full(switchboard)
    await _alone(switchboard)
    await _gone(switchboard)
    await _busy(switchboard)
    await _takes_over(switchboard)
    return Text(
        en="Every call arrives or is sent back, nobody waits for another, and a name goes to who"
        " came last.",
        ko="부르는 말은 도착하거나 되돌아오고, 아무도 남을 기다리지 않으며, 이름은 나중에 온 쪽이"
        " 씁니다.",
    )


async def _talk(switchboard: Switchboard) -> None:
    async with _office(switchboard, TALK) as office:
        anna, ben, cleo = map(office.driver, ("anna", "ben", "cleo"))
        for content in [b"", b"where", b""], [b"\xff\0"], [b"ben"]:
            await anna.send_multipart([b"ben", *content])
        for content in [b"", b"where", b""], [b"\xff\0"], [b"ben"]:
            expect(await next_message(ben, COMES), [b"anna", *content], CALLED.format(TALK, "ben"))
        await ben.send_multipart([b"anna", b"at the station"])
        expect(
            await next_message(anna, COMES),
            [b"ben", b"at the station"],
            CALLED.format(TALK, "anna"),
        )
        await ben.send_multipart([b"cleo"])
        expect(await next_message(cleo, COMES), [b"ben"], CALLED.format(TALK, "cleo"))
        expect(await office.ended(TALK), 5, PASSED.format(TALK))
        expect(not office.centre.closed, True, STILL_OPEN)
        await anna.send_multipart([b"ben", b"too late"])
        expect(await next_message(ben, SILENCE) is None, True, LEFT)


async def _nobody(switchboard: Switchboard) -> None:
    async with _office(switchboard, NOBODY) as office:
        anna, ben = map(office.driver, ("anna", "ben"))
        await ben.send_multipart([b"anna", b"hello"])
        expect(await next_message(anna, COMES), [b"ben", b"hello"], CALLED.format(NOBODY, "anna"))
        await anna.send_multipart([b"bne", b"to the station", b"now"])
        expect(await next_message(anna, COMES), [b"", b"bne"], NOTICE.format(NOBODY))
        expect(await office.ended(NOBODY), 1, PASSED.format(NOBODY))


async def _full(switchboard: Switchboard) -> None:
    async with _office(switchboard, FULL, mark=1) as office:
        anna, cleo = map(office.driver, ("anna", "cleo"))
        ben = office.driver("ben", mark=1)
        await ben.send_multipart([b"anna", b"hello"])
        expect(await next_message(anna, COMES), [b"ben", b"hello"], CALLED.format(FULL, "anna"))
        for number in range(MANY):
            await anna.send_multipart([b"ben", b"%d" % number])
        await anna.send_multipart([b"cleo", b"hello"])
        expect(await next_message(cleo, COMES), [b"anna", b"hello"], OTHERS.format(FULL))
        notices = 0
        while (notice := await next_message(anna, SILENCE)) is not None:
            expect(notice, [b"", b"ben"], NOTICE.format(FULL))
            notices += 1
        expect(notices > 0, True, NOTICE.format(FULL))
        expect(await office.ended(FULL), 2 + MANY - notices, PASSED.format(FULL))


async def _alone(switchboard: Switchboard) -> None:
    """Leave nobody with room: then a send without DONTWAIT waits, on asyncio's sockets too."""
    async with _office(switchboard, ALONE, mark=1) as office:
        ben = office.driver("ben", mark=1)
        for number in range(MANY):
            await ben.send_multipart([b"ben", b"%d" % number])
        await asyncio.wait([office.call], timeout=0.3)
        passed = await office.ended(ALONE)
        if passed not in range(1, MANY):
            raise NotRight(SOME, passed, PASSED.format(ALONE))


async def _gone(switchboard: Switchboard) -> None:
    """Leave nobody to whom the notices could go."""
    async with _office(switchboard, GONE) as office:
        anna, ben = map(office.driver, ("anna", "ben"))
        await ben.send_multipart([b"anna", b"hello"])
        expect(await next_message(anna, COMES), [b"ben", b"hello"], CALLED.format(GONE, "anna"))
        for _ in range(MANY):
            await anna.send_multipart([b"bne", b"hello"])
        anna.close()
        await ben.send_multipart([b"ben", b"hello"])
        expect(await next_message(ben, COMES), [b"ben", b"hello"], CALLED.format(GONE, "ben"))
        expect(await office.ended(GONE), 2, PASSED.format(GONE))


async def _busy(switchboard: Switchboard) -> None:
    """Never pause: who looks at `stop` only when nothing comes does not end."""
    async with _office(switchboard, BUSY) as office:
        anna, ben = map(office.driver, ("anna", "ben"))

        async def go_on() -> None:
            while True:
                await anna.send_multipart([b"ben", b"hello"])
                await asyncio.sleep(PAUSE)

        calls = asyncio.ensure_future(go_on())
        try:
            expect(await next_message(ben, COMES), [b"anna", b"hello"], CALLED.format(BUSY, "ben"))
            passed = await office.ended(BUSY)
        finally:
            calls.cancel()
            await asyncio.wait([calls])
        arrived = 1
        while await next_message(ben, SILENCE) is not None:
            arrived += 1
        expect(passed, arrived, PASSED.format(BUSY))


async def _takes_over(switchboard: Switchboard) -> None:
    async with _office(switchboard, TAKES_OVER) as office:
        anna, ben = map(office.driver, ("anna", "ben"))
        await ben.send_multipart([b"anna", b"hello"])
        expect(
            await next_message(anna, COMES), [b"ben", b"hello"], CALLED.format(TAKES_OVER, "anna")
        )
        again = office.driver("ben")
        await again.send_multipart([b"anna", b"hello again"])
        expect(
            await next_message(anna, COMES),
            [b"ben", b"hello again"],
            FROM_NEWEST.format(TAKES_OVER),
        )
        await anna.send_multipart([b"ben", b"welcome"])
        expect(await next_message(again, COMES), [b"anna", b"welcome"], NEWEST.format(TAKES_OVER))
        expect(await office.ended(TAKES_OVER), 3, PASSED.format(TAKES_OVER))
