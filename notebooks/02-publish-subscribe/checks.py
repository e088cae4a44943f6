"""Checkers of lesson 02: a topic that ends, and a publisher that waits for its subscribers."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.lent import NotedSocket, lend, must_be_used
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

HANGS = 4.0
"""Seconds beyond its own patience after which a call counts as stuck."""

# ------------------------------------------------------------- warm-up

Follow = Callable[[zmq.asyncio.Socket, str], Any]
MIXED = (
    "NASDAQ:ACM 100 #1",
    "NASDAQ:ACME 7 #2",
    "NYSE:ACM 99 #3",
    "NASDAQ:ZETA 5 #4",
    "ACM is closed",
    "NASDAQ:ZETA-B 6 #5",
    "END",
)
FOLLOWED = {"ACM": ["NASDAQ:ACM 100 #1", "END"], "ZETA": ["NASDAQ:ZETA 5 #4", "END"]}
MARK = "\0all"


@checker("02 follow", timeout=20.0)
async def follow_one_share(follow: Follow) -> Text:
    """Publish quotes that fit and quotes that almost fit, for two shares."""
    for symbol, expected in FOLLOWED.items():
        case = Text(
            en=f"A screen that follows {symbol!r}.", ko=f"{symbol!r} 종목을 보는 화면입니다."
        )
        with contextlib.ExitStack() as stack:
            context = zmq.asyncio.Context()
            stack.callback(context.destroy, linger=0)
            publisher, screen = context.socket(zmq.XPUB), context.socket(zmq.SUB)
            publisher.bind("inproc://quotes")
            screen.connect("inproc://quotes")
            async with trial(patience(HANGS), case):
                done = follow(screen, symbol)
                if inspect.isawaitable(done):
                    await done
                about = Text(
                    en=f"{case.en} Is it still open?", ko=f"{case.ko} 소켓이 아직 열려 있나요?"
                )
                expect(not screen.closed, True, about)
                about = Text(en=f"{case.en} What did it get?", ko=f"{case.ko} 무엇을 받았나요?")
                expect(await _received(publisher, screen), expected, about)
    return Text(
        en="It gets the quotes of its share and the end, and nothing else.",
        ko="그 종목의 시세와 END만 받고 다른 것은 받지 않습니다.",
    )


async def _received(publisher: zmq.asyncio.Socket, screen: zmq.asyncio.Socket) -> list[str]:
    """Publish when all subscriptions have arrived; a last one marks their end, and the quotes'."""
    screen.subscribe(MARK)
    while await publisher.recv() != b"\x01" + MARK.encode():
        pass
    for quote in (*MIXED, MARK):
        await publisher.send_string(quote)
    got = []
    while (quote := await screen.recv_string()) != MARK:
        got.append(quote)
    return got


# ------------------------------------------------------------- main exercise

OpenMarket = Callable[[zmq.asyncio.Context, str, int, Sequence[str], float], Awaitable[int]]
QUOTES = ("NASDAQ:ACM 100 #1", "NASDAQ:ACM 101 #2", "NYSE:ACM 99 #3", "NASDAQ:ZETA 7 #4")
MANY = tuple(f"NASDAQ:ACM {number} {'.' * 60_000}" for number in range(200))
ROOM = 10
"""High-water mark of a screen, which reads only after the call. So most of the many quotes still
wait at the publisher when it closes its socket."""
LONG, SHORT = 8.0, 0.5
"""Seconds: a patience that is not used up, and one that is."""
UNHEARD = 1.5
"""Seconds after which a subscription counts as one that open_market() does not read."""
MISSING = 2000
"""Milliseconds after which a quote counts as missed."""
LONGEST_LINGER = 10_000


@dataclass(frozen=True)
class _Screens:
    """The screens that come, and what is expected of a call."""

    case: Text
    topics: tuple[str, ...]
    asked: int
    returned: int | None
    patience: float = LONG
    quotes: tuple[str, ...] = QUOTES
    one_by_one: bool = False
    second_leaves: bool = False
    restless: bool = False


SCREENS = (
    _Screens(
        Text(
            en="Three screens with a topic each, patience 8 s.",
            ko="화면 세 개가 저마다 다른 토픽을 구독합니다. patience는 8초입니다.",
        ),
        ("NASDAQ:ACM", "NASDAQ", "N"),
        3,
        3,
    ),
    _Screens(
        Text(
            en="Three screens with the same topic, one after the other, patience 8 s.",
            ko="화면 세 개가 같은 토픽을 차례로 구독합니다. patience는 8초입니다.",
        ),
        ("NASDAQ",) * 3,
        3,
        3,
        one_by_one=True,
    ),
    _Screens(
        Text(
            en="Two screens with the same topic come, and one of them leaves again. Then two more"
            " come. Three are asked for, patience 8 s.",
            ko="같은 토픽을 구독하는 화면 두 개가 왔다가 하나가 나갑니다. 그 뒤에 두 개가"
            " 더 옵니다. screens는 3, patience는 8초입니다.",
        ),
        ("NASDAQ",) * 4,
        3,
        3,
        one_by_one=True,
        second_leaves=True,
    ),
    _Screens(
        Text(
            en="One screen comes, two are asked for, patience 0.5 s.",
            ko="화면이 하나만 옵니다. screens는 2, patience는 0.5초입니다.",
        ),
        ("NASDAQ",),
        2,
        1,
        SHORT,
    ),
    _Screens(
        Text(
            en="Nobody comes, two are asked for, patience 0.5 s.",
            ko="아무도 오지 않습니다. screens는 2, patience는 0.5초입니다.",
        ),
        (),
        2,
        0,
        SHORT,
    ),
    _Screens(
        Text(
            en="A screen comes and goes without end, two are asked for, patience 0.5 s.",
            ko="화면 하나가 끝없이 왔다 나갔다 합니다. screens는 2, patience는 0.5초입니다.",
        ),
        ("NASDAQ",),
        2,
        None,
        SHORT,
        restless=True,
    ),
    _Screens(
        Text(
            en="One screen, 200 quotes of 60 kB, and a context whose linger is 0.",
            ko="화면은 하나, 60 kB짜리 시세는 200개, 컨텍스트의 linger는 0입니다.",
        ),
        ("NASDAQ",),
        1,
        1,
        quotes=MANY,
    ),
)
GOT = Text(
    en="{} How many quotes did the screen with the topic {!r} get? If some are missing, the market"
    " opened before it was there, or close() threw away what had not left yet.",
    ko="{} 토픽이 {!r}인 화면은 시세를 몇 개 받았나요? 빠진 것이 있다면 그 화면이 오기 전에"
    " 개장했거나, 아직 보내지 못한 시세를 close()가 버린 것입니다.",
)
RETURNED = Text(en="{} What did open_market() return?", ko="{} open_market()은 무엇을 돌려줬나요?")
OPEN = Text(
    en="Sockets that open_market() left open. `with context.socket(...)` closes them.",
    ko="open_market()이 닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면 닫힙니다.",
)
LINGERS = Text(
    en="The `linger` of a socket at its close(), in milliseconds. One that is stuck holds up the"
    " end of the program for so long; -1 is for ever.",
    ko="소켓을 닫을 때의 `linger` 값이며 단위는 밀리초입니다. 멈춘 화면이 있으면 이 시간 동안"
    " 프로그램이 끝나지 못합니다. -1은 무한입니다.",
)
AT_MOST = Text(en="at most 10,000", ko="10,000 이하")
AT_ONCE = Text(en="an end when all are there", ko="모두 오면 끝나기")
LATE = Text(en="an end after {:.1f} s", ko="{:.1f}초 뒤에 끝남")


@checker("02 open the market", timeout=90.0)
async def open_the_market(open_market: OpenMarket) -> Text:
    """Let screens come at once, one by one, go again, or not come at all."""
    must_be_async(open_market, "open_market")
    for screens in SCREENS:
        async with trial(screens.patience + 2 * HANGS + patience(HANGS), screens.case):
            await _judge(open_market, screens)
    return Text(
        en="It waits for those it expects, counts them one by one, also those who leave, opens in"
        " time when they don't come, and nobody misses a quote.",
        ko="구독자가 올 때까지 기다리고, 오고 나간 구독자를 하나씩 세고, 다 오지 않아도 제때"
        " 시작하며, 시세를 놓치는 구독자가 없습니다.",
    )


async def _judge(open_market: OpenMarket, screens: _Screens) -> None:
    call = _Call(screens)
    try:
        async with trial(screens.patience + patience(HANGS), screens.case):
            await call.run(open_market)
        must_be_used(call.made, "XPUB")
        heard = await asyncio.gather(
            *(_heard(screen, t, screens.quotes) for t, screen in call.here)
        )
        for (topic, _), got in zip(call.here, heard, strict=True):
            wanted = [quote for quote in screens.quotes if quote.startswith(topic)]
            if screens.returned is not None:
                expect(len(got), len(wanted), GOT.format(screens.case, topic))
                expect(got, wanted, GOT.format(screens.case, topic))
        if screens.returned is not None:
            expect(call.returned, screens.returned, RETURNED.format(screens.case))
        if screens.patience == LONG and call.seconds >= LONG:
            raise NotRight(AT_ONCE, LATE.format(call.seconds), screens.case)
        expect(sum(not socket.closed for socket in call.made), 0, OPEN)
        for linger in call.lingers:
            if not 0 <= linger <= LONGEST_LINGER:
                raise NotRight(AT_MOST, linger, LINGERS)
    finally:
        call.end()


class _Call:
    """A call of open_market(), the screens that come meanwhile, and what was seen."""

    def __init__(self, screens: _Screens) -> None:
        self.screens = screens
        self.returned: object = None
        self.seconds = 0.0
        self.here: list[tuple[str, zmq.asyncio.Socket]] = []
        self.lingers: list[int] = []
        self._read = 0
        self._told = asyncio.Event()
        self._own = zmq.asyncio.Context()
        self._tasks: list[asyncio.Future[Any]] = []
        call = self

        class Socket(NotedSocket):
            lingers = call.lingers

            def recv(self, *arguments: Any, **settings: Any) -> Any:
                return call.note(super().recv(*arguments, **settings))

            def recv_multipart(self, *arguments: Any, **settings: Any) -> Any:
                return call.note(super().recv_multipart(*arguments, **settings))

        self._context, self.made = lend(Socket)
        self._context.linger = 0

    def note(self, future: Any) -> Any:
        """Count what open_market() has received."""

        def done(future: Any) -> None:
            if not future.cancelled() and future.exception() is None:
                self._read += 1
                self._told.set()

        future.add_done_callback(done)
        return future

    async def run(self, open_market: OpenMarket) -> None:
        """Call it, and let the screens come."""
        screens, loop = self.screens, asyncio.get_running_loop()
        endpoint = await free_endpoint()

        async def opens() -> int:
            return await open_market(
                self._context, endpoint, screens.asked, screens.quotes, screens.patience
            )

        opening, began = asyncio.ensure_future(opens()), loop.time()
        self._tasks.append(opening)
        for number, topic in enumerate(screens.topics, 1):
            screen = self._own.socket(zmq.SUB)
            screen.rcvtimeo = MISSING
            screen.rcvhwm = ROOM
            screen.subscribe(topic)
            screen.connect(endpoint)
            self.here.append((topic, screen))
            if screens.one_by_one:
                await self._has_read(number + (screens.second_leaves and number > 2))
            if screens.second_leaves and number == 2:
                self.here.pop()[1].close()
                await self._has_read(3)
        if screens.restless:
            self._tasks.append(asyncio.ensure_future(self._come_and_go()))
        self.returned = await opening
        self.seconds = loop.time() - began

    async def _come_and_go(self) -> None:
        screen = self.here[0][1]
        while True:
            for change in (screen.unsubscribe, screen.subscribe):
                read = self._read
                change("NASDAQ")
                await self._has_read(read + 1)
                await asyncio.sleep(0.05)

    async def _has_read(self, count: int) -> None:
        """Wait until open_market() has read so many messages, if it does."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UNHEARD):
                while self._read < count:
                    self._told.clear()
                    await self._told.wait()

    def end(self) -> None:
        """Stop and close whatever is left."""
        for task in self._tasks:
            task.cancel()
        for socket in self.made:
            zmq.asyncio.Socket.close(socket, linger=0)
        self._own.destroy(linger=0)
        zmq.asyncio.Context.term(self._context)


async def _heard(screen: zmq.asyncio.Socket, topic: str, quotes: Sequence[str]) -> list[str]:
    """Receive as many quotes as there should be, and what is there besides."""
    wanted = sum(quote.startswith(topic) for quote in quotes)
    heard: list[str] = []
    with contextlib.suppress(zmq.Again):
        while len(heard) < wanted or await screen.poll(50):
            heard.append(await screen.recv_string())
    return heard
