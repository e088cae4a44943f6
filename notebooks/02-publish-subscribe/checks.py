"""Checkers of lesson 02: a publisher that opens when its subscribers are there."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.exercises.lent import lend
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

OpenMarket = Callable[[zmq.asyncio.Context, str, int, Sequence[str], float], Awaitable[int]]
QUOTES = ("NASDAQ:ACM 100 #1", "NASDAQ:ACM 101 #2", "NYSE:ACM 99 #3", "NASDAQ:ZETA 7 #4")
LONG, SHORT = 8.0, 0.5
"""Seconds: a patience that is not used up, and one that is."""
TOO_LONG = 4.0
"""Seconds beyond its patience after which a call counts as stuck."""
UNHEARD = 1.5
"""Seconds after which a subscription counts as one that open_market() does not read."""
MISSING = 2000
"""Milliseconds after which a quote counts as missed."""


@dataclass
class _Trial:
    """What became of one call."""

    returned: object = None
    read: int = 0
    heard: list[tuple[str, list[str]]] = field(default_factory=list)
    left_open: int = 0
    made: int = 0
    seconds: float = 0.0


@checker("02 open the market", timeout=90.0)
async def open_the_market(open_market: OpenMarket) -> Text:
    """Let subscribers come at once, late, with one topic, go again, or not at all."""
    if not inspect.iscoroutinefunction(open_market):
        words = Text(
            en="`open_market` has to be a coroutine.", ko="`open_market`은 코루틴이어야 합니다."
        )
        raise NotRight("async def open_market(...)", "def open_market(...)", words)

    screens = Text(
        en="Three screens with a topic each, patience 8 s.",
        ko="저마다 다른 토픽을 구독하는 화면 세 개, patience는 8초.",
    )
    apart = await _try(open_market, ["NASDAQ:ACM", "NASDAQ", "N"], 3, LONG)
    _expect_all(apart, screens, 3)
    _expect_no_waste(apart, screens)

    screens = Text(
        en="Three screens with the same topic, one after the other, patience 8 s.",
        ko="같은 토픽을 차례로 구독하는 화면 세 개, patience는 8초.",
    )
    alike = await _try(open_market, ["NASDAQ"] * 3, 3, LONG, one_by_one=True)
    _expect_all(alike, screens, 3)
    _expect_no_waste(alike, screens)

    screens = Text(
        en="Two screens with the same topic, one of them leaves, two more come."
        " Three are asked for, patience 8 s.",
        ko="같은 토픽을 구독하는 화면 두 개 가운데 하나가 나가고 두 개가 더 옴."
        " screens는 3, patience는 8초.",
    )
    leaving = await _try(open_market, ["NASDAQ"] * 4, 3, LONG, one_by_one=True, leaves=True)
    _expect_all(leaving, screens, 3)
    _expect_no_waste(leaving, screens)

    screens = Text(
        en="One screen comes, two are asked for, patience 0.5 s.",
        ko="화면이 하나만 옴, screens는 2, patience는 0.5초.",
    )
    short = await _try(open_market, ["NASDAQ"], 2, SHORT)
    _expect_all(short, screens, 1)

    screens = Text(
        en="Nobody comes, two are asked for, patience 0.5 s.",
        ko="아무도 오지 않음, screens는 2, patience는 0.5초.",
    )
    nobody = await _try(open_market, [], 2, SHORT)
    _expect_all(nobody, screens, 0)

    screens = Text(
        en="A screen comes and goes without end, two are asked for, patience 0.5 s.",
        ko="화면 하나가 끝없이 오가는 경우, screens는 2, patience는 0.5초.",
    )
    restless = await _try(open_market, ["NASDAQ"], 2, SHORT, restless=True, about=screens)

    screens = Text(
        en="One screen, 900 quotes of 20 kB, and a context whose linger is 0.",
        ko="화면 하나, 20 kB짜리 시세 900개, linger가 0인 컨텍스트.",
    )
    many = [f"NASDAQ:ACM {number} {'.' * 20_000}" for number in range(900)]
    emptied = await _try(open_market, ["NASDAQ"], 1, LONG, quotes=many, linger=0)
    about = Text(
        en=f"{screens.en} How many quotes arrived? close() throws away what has not left yet.",
        ko=f"{screens.ko} 시세가 몇 개 도착했나요? 아직 떠나지 못한 것은 close()가 버립니다.",
    )
    expect(len(emptied.heard[0][1]), len(many), about)

    for trial in (apart, alike, leaving, short, nobody, restless, emptied):
        if not trial.made:
            raise NotRight(
                "context.socket(zmq.XPUB)",
                Text(en="a socket of another context", ko="다른 컨텍스트의 소켓"),
                Text(en="Use the context that you are given.", ko="받은 컨텍스트를 쓰세요."),
            )
        about = Text(
            en="Sockets that open_market() left open. `with context.socket(...)` closes them.",
            ko="open_market()이 닫지 않은 소켓의 수입니다. `with context.socket(...)`을 쓰면"
            " 닫힙니다.",
        )
        expect(trial.left_open, 0, about)
    return Text(
        en="It waits for those it expects, counts them one by one, also those who leave, opens in"
        " time when they don't come, and nobody misses a quote.",
        ko="올 구독자를 기다리고, 오고 나간 구독자를 하나씩 세고, 다 오지 않아도 제때 시작하며,"
        " 시세를 놓치는 구독자가 없습니다.",
    )


def _expect_all(trial: _Trial, screens: Text, count: int) -> None:
    for topic, quotes in trial.heard:
        about = Text(
            en=f"{screens.en} What did the screen with the topic {topic!r} get? If not all,"
            " the market opened before it was there.",
            ko=f"{screens.ko} 토픽이 {topic!r}인 화면은 무엇을 받았나요? 빠진 것이 있다면"
            " 그 화면이 오기 전에 개장한 것입니다.",
        )
        expect(quotes, [quote for quote in QUOTES if quote.startswith(topic)], about)
    about = Text(
        en=f"{screens.en} What did open_market() return?",
        ko=f"{screens.ko} open_market()은 무엇을 돌려줬나요?",
    )
    expect(trial.returned, count, about)


def _expect_no_waste(trial: _Trial, screens: Text) -> None:
    """All were there long before the patience was over: nobody had to wait for its end."""
    if trial.seconds < LONG:
        return
    raise NotRight(
        Text(en="an end when all are there", ko="모두 오면 끝나기"),
        Text(en=f"an end after {trial.seconds:.1f} s", ko=f"{trial.seconds:.1f}초 뒤에 끝남"),
        screens,
    )


async def _try(
    open_market: OpenMarket,
    topics: list[str],
    screens: int,
    patience: float,
    *,
    one_by_one: bool = False,
    leaves: bool = False,
    restless: bool = False,
    quotes: Sequence[str] = QUOTES,
    linger: int | None = None,
    about: Text | None = None,
) -> _Trial:
    """Call ``open_market`` once, and write down what each screen hears; the second may leave."""
    trial = _Trial()
    told = asyncio.Event()

    def note(future: asyncio.Future[Any]) -> None:
        if not future.cancelled() and future.exception() is None:
            trial.read += 1
            told.set()

    class Socket(zmq.asyncio.Socket):
        def recv(self, *arguments: Any, **settings: Any) -> Any:
            future: Any = super().recv(*arguments, **settings)
            future.add_done_callback(note)
            return future

        def recv_multipart(self, *arguments: Any, **settings: Any) -> Any:
            future: Any = super().recv_multipart(*arguments, **settings)
            future.add_done_callback(note)
            return future

    async def has_read(count: int) -> None:
        """Wait until open_market() has read so many messages, if it does."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UNHEARD):
                while trial.read < count:
                    told.clear()
                    await told.wait()

    async def come_and_go(screen: zmq.asyncio.Socket) -> None:
        while True:
            for change in (screen.unsubscribe, screen.subscribe):
                read = trial.read
                change("NASDAQ")
                await has_read(read + 1)
                await asyncio.sleep(0.05)

    (context, made), own = lend(Socket), zmq.asyncio.Context()
    if linger is not None:
        context.linger = linger
    endpoint = await free_endpoint()
    here: list[tuple[str, zmq.asyncio.Socket]] = []

    async def opens() -> int:
        return await open_market(context, endpoint, screens, quotes, patience)

    opening = asyncio.ensure_future(opens())
    began = asyncio.get_running_loop().time()
    going: asyncio.Future[None] | None = None
    try:
        async with asyncio.timeout(patience + TOO_LONG):
            for number, topic in enumerate(topics, 1):
                screen = own.socket(zmq.SUB)
                screen.rcvtimeo = MISSING
                screen.subscribe(topic)
                screen.connect(endpoint)
                here.append((topic, screen))
                if one_by_one:
                    await has_read(number + (leaves and number > 2))
                if leaves and number == 2:
                    here.pop()[1].close()
                    await has_read(3)
            if restless:
                going = asyncio.ensure_future(come_and_go(here[0][1]))
            trial.returned = await opening
            trial.seconds = asyncio.get_running_loop().time() - began
        if going is not None:
            going.cancel()
        trial.made = len(made)
        trial.left_open = sum(not socket.closed for socket in made)
        heard_by = await asyncio.gather(*(_quotes(screen, topic, quotes) for topic, screen in here))
        trial.heard = [(topic, got) for (topic, _), got in zip(here, heard_by, strict=True)]
    except TimeoutError:
        got = Text(en="it still waited, and was cancelled", ko="끝나지 않아 취소했습니다")
        about = about or Text(en=f"A patience of {patience:g} s.", ko=f"patience는 {patience:g}초.")
        raise NotRight(Text(en="an end", ko="끝나기"), got, about) from None
    finally:
        tasks: set[asyncio.Future[Any]] = {opening} if going is None else {opening, going}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for socket in made:
            socket.close(linger=0)
        zmq.asyncio.Context.term(context)
        own.destroy(linger=0)
    return trial


async def _quotes(screen: zmq.asyncio.Socket, topic: str, quotes: Sequence[str]) -> list[str]:
    """Receive as many quotes as there should be, and what is there besides."""
    wanted = sum(quote.startswith(topic) for quote in quotes)
    heard: list[str] = []
    with contextlib.suppress(zmq.Again):
        while len(heard) < wanted or await screen.poll(50):
            heard.append(await screen.recv_string())
    return heard
