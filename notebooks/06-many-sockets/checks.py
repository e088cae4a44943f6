"""Checkers of lesson 06: a receive from two sockets, and a mailer that takes orders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.words.language import Text

HANGS = 3.0
"""Seconds beyond the time that a trial needs, after which a call counts as stuck."""
QUIET = 100
"""Milliseconds of silence after which a message counts as missed: inproc brings it at once."""


class _Mail:
    """A mailer's two sockets, and those at the other ends."""

    def __init__(self) -> None:
        self._context = zmq.asyncio.Context()
        self.letters = self._context.socket(zmq.PULL)
        self.orders = self._context.socket(zmq.PULL)
        self.writer = self._context.socket(zmq.PUSH)
        self.office = self._context.socket(zmq.PUSH)

    async def __aenter__(self) -> Self:
        for name, inlet, sender in (
            ("letters", self.letters, self.writer),
            ("orders", self.orders, self.office),
        ):
            inlet.bind(f"inproc://{name}")
            sender.connect(f"inproc://{name}")
        return self

    async def __aexit__(self, *error: object) -> None:
        self._context.destroy(linger=0)

    @property
    def is_open(self) -> bool:
        """Whether both of the mailer's sockets are still open."""
        return not (self.letters.closed or self.orders.closed)

    async def write(self, *texts: str) -> None:
        """Send letters, which are at the mailer at once."""
        for text in texts:
            await self.writer.send_string(text)


async def _left(socket: zmq.asyncio.Socket) -> list[str]:
    """Receive whatever is still in a socket."""
    found: list[str] = []
    while await socket.poll(QUIET):
        found.append((await socket.recv()).decode())
    return found


# ------------------------------------------------------------- warm-up

NextMessage = Callable[[zmq.asyncio.Socket, zmq.asyncio.Socket, float], Awaitable[Any]]
SHORT, LONG = 0.3, 2.5
"""Seconds: a limit that is used up, and one that is not."""
LATE = 0.8

HERE = Text(
    en="`first` has one message, `second` has two, three calls with seconds={}.",
    ko="`first`에 메시지 한 개, `second`에 두 개가 있음, seconds={}으로 세 번 호출.",
)
NOTHING = Text(en="Nothing is there, seconds={}.", ko="아무것도 없음, seconds={}.")
AFTER = Text(
    en="Nothing comes, and the call returns. A message comes after that.",
    ko="아무것도 오지 않아 호출이 끝난 뒤에 메시지가 옴.",
)
SOON = Text(
    en="A message comes at `{}` after 0.8 s, seconds=2.5.",
    ko="0.8초 뒤에 `{}`에 메시지가 옴, seconds는 2.5.",
)
RETURNED = Text(
    en="{} What did next_message() return?", ko="{} next_message()는 무엇을 돌려줬나요?"
)
KEPT = Text(
    en="{} Which messages did the next reader find? A receive that is cancelled, or left behind,"
    " may take a message with it.",
    ko="{} 다음에 읽는 쪽은 어떤 메시지를 받았나요? 취소하거나 남겨 둔 수신은 메시지를 가져갈 수"
    " 있습니다.",
)
AT_ONCE = Text(
    en="{} How long did next_message() take, in seconds? poll() counts in milliseconds.",
    ko="{} next_message()는 몇 초 걸렸나요? poll()의 단위는 밀리초입니다.",
)
OPEN = Text(
    en="Are the sockets still open? They belong to the caller.",
    ko="소켓이 아직 열려 있나요? 두 소켓은 호출한 쪽의 것입니다.",
)
ABOUT = Text(en="from {} to {}", ko="{}에서 {} 사이")


@checker("06 next message", timeout=40.0)
async def read_next_message(next_message: NextMessage) -> Text:
    """Have messages there, coming to either socket, coming too late, and not coming."""
    must_be_async(next_message, "next_message")
    for seconds in (LONG, 0):
        await _read_what_is_here(next_message, seconds)
    for seconds in (SHORT, 0):
        await _read_nothing(next_message, seconds)
    for name in "first", "second":
        await _read_what_comes_soon(next_message, name)
    return Text(
        en="The first socket comes first, no call waits too long, and no message is lost.",
        ko="첫 번째 소켓부터 읽고, 정해진 만큼만 기다리고, 메시지를 하나도 잃지 않습니다.",
    )


async def _read_what_is_here(next_message: NextMessage, seconds: float) -> None:
    case = HERE.format(seconds)
    async with _Mail() as mail, trial(patience(HANGS), case):
        await mail.write("one", "두 번째")
        await mail.office.send_string("urgent")
        for expected in ("urgent", "one", "두 번째"):
            got = await next_message(mail.orders, mail.letters, seconds)
            expect(got, expected, RETURNED.format(case))
            expect(mail.is_open, True, OPEN)


async def _read_nothing(next_message: NextMessage, seconds: float) -> None:
    case = NOTHING.format(seconds)
    loop = asyncio.get_running_loop()
    async with _Mail() as mail, trial(2 * seconds + patience(HANGS), case):
        began = loop.time()
        got = await next_message(mail.orders, mail.letters, seconds)
        took = loop.time() - began
        expect(got, None, RETURNED.format(case))
        expect(mail.is_open, True, OPEN)
        least, most = seconds * 0.8, seconds + patience(1.0)
        if not least <= took <= most:
            bounds = ABOUT.format(round(least, 2), round(most, 2))
            raise NotRight(bounds, round(took, 3), AT_ONCE.format(case))
        await mail.office.send_string("urgent")
        await mail.write("one", "two")
        found = await _left(mail.orders) + await _left(mail.letters)
        expect(found, ["urgent", "one", "two"], KEPT.format(AFTER))


async def _read_what_comes_soon(next_message: NextMessage, name: str) -> None:
    case = SOON.format(name)
    async with _Mail() as mail, trial(LONG + patience(HANGS), case):
        sender = mail.office if name == "first" else mail.writer
        later = asyncio.get_running_loop().call_later(LATE, sender.send_string, "late")
        try:
            got = await next_message(mail.orders, mail.letters, LONG)
        finally:
            later.cancel()
        expect(got, "late", RETURNED.format(case))


# ------------------------------------------------------------- main exercise

Send = Callable[[str], Awaitable[None]]
Mailer = Callable[[zmq.asyncio.Socket, zmq.asyncio.Socket, Send, float], Awaitable[Any]]
PATIENCE = 0.5
PACE = 0.15
"""Seconds that sending a letter takes where that matters: less than the patience."""
PAUSE = 0.3
"""Seconds from `pause` to `go`."""


@dataclass(frozen=True)
class _Case:
    """What waits at the beginning, what the office does when, and what has to come of it."""

    about: Text
    letters: int
    sent: int
    orders: tuple[str, ...] = ()
    acts: dict[int, tuple[str, ...]] = field(default_factory=dict)
    go_after: int = 0
    pace: float = 0.0
    seconds: float = PATIENCE


@dataclass
class _Post:
    """The mail server: it keeps what was sent, and has the office act at certain letters.

    Attributes
    ----------
    sent : list of str
        The letters that went out.
    overlapped : bool
        Whether a letter came while another was being sent.
    out_in_pause : int or None
        How many letters were out when the office ended its pause; None if it has not ended it.
    """

    mail: _Mail
    case: _Case
    sent: list[str] = field(default_factory=list)
    overlapped: bool = False
    out_in_pause: int | None = None
    _busy: bool = False
    _going: asyncio.TimerHandle | None = None

    async def send(self, letter: str) -> None:
        """Take a letter; what the office does at it is at the mailer at once."""
        self.overlapped = self.overlapped or self._busy
        self._busy = True
        self.sent.append(letter)
        number = len(self.sent)
        for order in self.case.acts.get(number, ()):
            await self.mail.office.send_string(order)
        if number == self.case.go_after:
            self._going = asyncio.get_running_loop().call_later(PAUSE, self._go)
        await asyncio.sleep(self.case.pace)
        self._busy = False

    def _go(self) -> None:
        self.out_in_pause = len(self.sent)
        self.mail.office.send_string("go")

    def end(self) -> None:
        """Do nothing more."""
        if self._going is not None:
            self._going.cancel()


CASES = (
    _Case(
        Text(en="Five letters and no order.", ko="편지 다섯 통, 지시는 없음."),
        letters=5,
        sent=5,
    ),
    _Case(
        Text(
            en="Forty letters, and `stop` is there from the beginning.",
            ko="편지 마흔 통, 처음부터 `stop`이 와 있음.",
        ),
        letters=40,
        sent=0,
        orders=("stop",),
    ),
    _Case(
        Text(
            en="Forty letters, and `stop` comes while the third is sent.",
            ko="편지 마흔 통, 세 번째를 보내는 동안 `stop`이 옴.",
        ),
        letters=40,
        sent=3,
        acts={3: ("stop",)},
    ),
    _Case(
        Text(
            en="Ten letters, `pause` with the second, `go` after 0.3 s, `stop` with the last.",
            ko="편지 열 통, 두 번째와 함께 `pause`, 0.3초 뒤에 `go`, 마지막과 함께 `stop`.",
        ),
        letters=10,
        sent=10,
        acts={2: ("pause",), 10: ("stop",)},
        go_after=2,
        seconds=2.0,
    ),
    _Case(
        Text(
            en="Ten letters, `pause` with the second, twice, and no `go`.",
            ko="편지 열 통, 두 번째와 함께 `pause`가 두 번, `go`는 없음.",
        ),
        letters=10,
        sent=2,
        acts={2: ("pause", "pause")},
    ),
    _Case(
        Text(
            en="Ten letters; `pause`, `go` and `stop` come together with the second.",
            ko="편지 열 통, 두 번째와 함께 `pause`, `go`, `stop`이 옴.",
        ),
        letters=10,
        sent=2,
        acts={2: ("pause", "go", "stop")},
    ),
    _Case(
        Text(
            en="Six letters, each takes 0.15 s; patience is 0.5 s.",
            ko="편지 여섯 통, 한 통에 0.15초, patience는 0.5초.",
        ),
        letters=6,
        sent=6,
        pace=PACE,
    ),
)
WENT_OUT = Text(en="{} Which letters went out?", ko="{} 어떤 편지가 나갔나요?")
COUNTED = Text(en="{} What did mail() return?", ko="{} mail()은 무엇을 돌려줬나요?")
STAYED = Text(
    en="{} Which letters did the next reader find in the socket? Take a letter only when you are"
    " going to send it, and leave no receive behind.",
    ko="{} 다음에 읽는 쪽은 소켓에서 어떤 편지를 받았나요? 편지는 보낼 때만 꺼내고, 기다리는"
    " 수신을 남기지 마세요.",
)
ORDERS_STAYED = Text(
    en="{} An order that comes after the return: did the next reader get it? A receive that was"
    " left behind takes it.",
    ko="{} 함수가 끝난 뒤에 온 지시를 다음에 읽는 쪽이 받았나요? 남겨 둔 수신이 가져갑니다.",
)
IN_PAUSE = Text(
    en="{} How many letters were out when `go` was sent?",
    ko="{} `go`를 보낼 때까지 나간 편지는 몇 통인가요?",
)
ONE_BY_ONE = Text(
    en="Was a letter begun while another was being sent?",
    ko="한 통을 보내는 동안 다른 편지를 보내기 시작했나요?",
)


@checker("06 mail", timeout=60.0)
async def mail_letters(mail: Mailer) -> Text:
    """Let letters wait and orders come at certain letters, and read what is left."""
    must_be_async(mail, "mail")
    for case in CASES:
        await _judge(mail, case)
    return Text(
        en="Orders come first, a pause is a pause, and no letter is lost.",
        ko="지시를 먼저 처리하고, 멈추라면 멈추고, 편지를 하나도 잃지 않습니다.",
    )


async def _judge(mail: Mailer, case: _Case) -> None:
    written = [f"letter {number}" for number in range(1, case.letters + 1)]
    async with _Mail() as sockets:
        post = _Post(sockets, case)
        await sockets.write(*written)
        for order in case.orders:
            await sockets.office.send_string(order)
        try:
            async with trial(case.seconds + case.pace * case.letters + patience(HANGS), case.about):
                got = await mail(sockets.letters, sockets.orders, post.send, case.seconds)
        finally:
            post.end()
        expect(sockets.is_open, True, OPEN)
        expect(post.overlapped, False, ONE_BY_ONE)
        if case.go_after:
            out = len(post.sent) if post.out_in_pause is None else post.out_in_pause
            expect(out, case.go_after, IN_PAUSE.format(case.about))
        expect(post.sent, written[: case.sent], WENT_OUT.format(case.about))
        expect(got, case.sent, COUNTED.format(case.about))
        await sockets.write("the next")
        await sockets.office.send_string("the next")
        left = [*written[case.sent :], "the next"]
        expect(await _left(sockets.letters), left, STAYED.format(case.about))
        expect(await _left(sockets.orders), ["the next"], ORDERS_STAYED.format(case.about))
