"""Checkers of lesson 13: many questions at once, and a server that keeps to its clients' credit."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.words.language import Text

HANGS = 4.0
"""Seconds after which a call counts as stuck."""
ENDS = 1.0
"""Seconds that a call may take to end after its `stop`."""
LATER = 1.0
"""Seconds that a busy machine may add to that."""
COMES = 2000
"""Milliseconds in which what is on its way has come."""
SILENCE = 250
"""Milliseconds without a message, after which none comes."""
OPEN = Text(
    en="Is the socket still open? It belongs to the caller.",
    ko="소켓이 아직 열려 있나요? 이 소켓은 호출한 쪽의 것입니다.",
)

Frames = list[bytes]
Socket = zmq.asyncio.Socket
_names = itertools.count(1)


@contextlib.contextmanager
def _sockets(clients: int) -> Any:
    """Give a ROUTER socket and so many DEALER sockets that are connected to it."""
    context = zmq.asyncio.Context()
    try:
        server = context.socket(zmq.ROUTER)
        server.sndhwm = server.rcvhwm = 0
        server.bind(f"inproc://lesson-13-{next(_names)}")
        made = [context.socket(zmq.DEALER) for _ in range(clients)]
        for client in made:
            client.sndhwm = client.rcvhwm = 0
            client.connect(server.get_string(zmq.LAST_ENDPOINT))
        yield server, made
    finally:
        context.destroy(linger=0)


async def _arrived(socket: Socket, most: int, limit: int = COMES) -> list[Frames]:
    """Receive until there are so many, or one has not come in time."""
    messages: list[Frames] = []
    while len(messages) < most and await socket.poll(limit):
        messages.append(await socket.recv_multipart())
    return messages


# ------------------------------------------------------------- warm-up

AskAll = Callable[[Socket, list[bytes]], Awaitable[Any]]
CASES: tuple[tuple[Text, Frames, tuple[int, ...]], ...] = (
    (Text(en="One question.", ko="질문 하나."), [b"Hill?"], (0,)),
    (
        Text(en="Three questions, answered in reverse order.", ko="질문 셋, 거꾸로 된 응답 순서."),
        [b"Hill?", b"Lake?", b"Gate?"],
        (2, 1, 0),
    ),
    (
        Text(
            en="Three questions, two of them equal, answered in another order.",
            ko="질문 셋, 그중 둘은 같은 질문, 뒤섞인 응답 순서.",
        ),
        [b"Hill?", b"Lake?", b"Hill?"],
        (1, 2, 0),
    ),
    (
        Text(en="Twelve questions, the first answered last.", ko="질문 열둘, 첫 질문의 응답이 끝."),
        [b"day %d?" % day for day in range(12)],
        (*range(1, 12), 0),
    ),
    (Text(en="No question at all.", ko="질문 없음."), [], ()),
)
SENT = Text(
    en="{} How many of them were sent before the first reply was read?",
    ko="{} 첫 응답을 읽기 전에 질문을 몇 개 보냈나요?",
)
FORM = Text(
    en="{} What did the server receive? Two frames: a number and the question.",
    ko="{} 서버는 무엇을 받았나요? 프레임은 번호와 질문, 이렇게 둘입니다.",
)
UNIQUE = Text(
    en="{} How many different numbers were among them?",
    ko="{} 서로 다른 번호는 몇 개였나요?",
)
QUESTIONS = Text(en="{} Which questions arrived?", ko="{} 어떤 질문이 도착했나요?")
ANSWERS = Text(en="{} What did ask_all() return?", ko="{} ask_all()은 무엇을 돌려줬나요?")
TO_THE_CALLER = Text(
    en="{} A message that came after ask_all() had returned. Can the caller receive it?",
    ko="{} ask_all()이 끝난 뒤에 온 메시지. 호출한 쪽에서 받을 수 있나요?",
)
NUMBERED = Text(en="a list of two frames", ko="프레임이 둘인 리스트")


@checker("13 ask all", timeout=60.0)
async def ask_all_at_once(ask_all: AskAll) -> Text:
    """Answer in several orders, and only when all the questions are there."""
    must_be_async(ask_all, "ask_all", "socket, questions")
    for case, questions, order in CASES:
        await _ask(ask_all, case, questions, order)
    return Text(
        en="All questions are on their way at once, and each answer is in its place.",
        ko="질문을 한꺼번에 보내고, 응답을 모두 제자리에 돌려줍니다.",
    )


async def _ask(ask_all: AskAll, case: Text, questions: Frames, order: tuple[int, ...]) -> None:
    with _sockets(1) as (server, (client,)):
        async with _started(ask_all(client, list(questions)), case) as call:
            requests = await _arrived(server, len(questions))
            expect(len(requests), len(questions), SENT.format(case))
            for request in requests:
                if len(request) != 3:
                    raise NotRight(NUMBERED, request[1:], FORM.format(case))
            if sorted(one[2] for one in requests) != sorted(questions):  # any order will do
                raise NotRight(questions, [one[2] for one in requests], QUESTIONS.format(case))
            requests.sort(key=lambda one: questions.index(one[2]))
            arrived = sorted(
                range(len(questions)), key=lambda place: questions.index(questions[place])
            )
            expect(len({one[1] for one in requests}), len(questions), UNIQUE.format(case))
            answers = [b"%d degrees, %s" % (place, _secret()) for place in range(len(questions))]
            of = dict(zip(arrived, requests, strict=True))
            for place in order:
                await server.send_multipart([*of[place][:2], answers[place]])
            async with trial(patience(HANGS), case):
                got = await call
            if not _answered(got, questions, answers):
                raise NotRight(answers, got, ANSWERS.format(case))
            expect(client.closed, False, OPEN)
            if of:
                await server.send_multipart([of[0][0], b"later"])
                later = await _arrived(client, 1, SILENCE)
                expect(later, [[b"later"]], TO_THE_CALLER.format(case))


def _secret() -> bytes:
    """Return what nobody can guess, so that an answer has to be received."""
    return secrets.token_hex(2).encode()


def _answered(got: Any, questions: Frames, answers: Frames) -> bool:
    """Whether each question has its answer; those of equal questions may be in either place."""
    if not isinstance(got, list) or len(got) != len(answers):
        return False
    if not all(isinstance(answer, bytes) for answer in got):
        return False
    pairs = zip(questions, got, strict=True)
    return sorted(pairs) == sorted(zip(questions, answers, strict=True))


@contextlib.asynccontextmanager
async def _started(call: Awaitable[Any], case: Text) -> AsyncIterator[asyncio.Future[Any]]:
    """Run the learner's call during the block; a reason of its own for a failure comes first."""
    task = asyncio.ensure_future(call)
    try:
        async with trial(10 * patience(HANGS), case):
            yield task
    except NotRight:
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error from None  # that is why nothing came
        raise
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=ENDS)
        if task.done() and not task.cancelled():
            task.exception()  # it is raised already, or came after the verdict


# ------------------------------------------------------------- main exercise

HandOut = Callable[[Socket, Sequence[bytes], asyncio.Event], Awaitable[Any]]
TEN = [b"31", b"29", b"31", b"-4", b"0", b"31", b"29", b"18", b"7", b"31"]
MANY = [b"%d" % random.randrange(-20, 40) for _ in range(3000)]
GREEDY = b"1000000"
ONE = Text(en="One client, ten readings.", ko="클라이언트 하나, 측정값 열 개.")
GOT = Text(
    en="{} The client has granted {} in all. What did it receive?",
    ko="{} 클라이언트가 지금까지 준 크레디트는 {}. 무엇을 받았나요?",
)
LATE = Text(
    en="{} It grants three more after the end. What did it receive then?",
    ko="{} 끝난 뒤에 크레디트를 3만큼 더 줌. 그 뒤에 무엇을 받았나요?",
)
PAUSES = Text(
    en="Two clients, ten readings. One grants 2 and pauses, the other one grants 10.",
    ko="클라이언트 둘, 측정값 열 개. 하나는 2만큼 주고 쉬고, 다른 하나는 10만큼 줌.",
)
RECEIVED = Text(
    en="{} What did the one that granted {} receive?",
    ko="{} {}만큼 준 클라이언트는 무엇을 받았나요?",
)
TURNS = Text(
    en="Three clients, 3,000 readings. One grants a million, one 3, and one 900,000.",
    ko="클라이언트 셋, 측정값 3,000개. 하나가 100만, 하나가 3, 또 하나가 90만을 줌.",
)
HELD_UP = Text(
    en="{} The one that granted 3 had its three, and one of the greedy had 50."
    " How many had the other greedy one?",
    ko="{} 3을 준 클라이언트는 세 개를 다 받았고, 많이 준 둘 가운데 하나는 50개를 받았습니다."
    " 그때 나머지 클라이언트는 몇 개를 받았나요?",
)
FEW = Text(en="fewer than 1500: they take turns", ko="1500개 미만: 모두 번갈아 받음")
NO_TURN = Text(
    en="{} No other task had a turn meanwhile, such as the one that sets `stop`:"
    " to await poll(0) or send_multipart() gives it none when they need not wait."
    " Is there an `await asyncio.sleep(0)` in each round?",
    ko="{} 그동안 `stop`을 켜는 태스크처럼 다른 태스크는 실행되지 못했습니다. poll(0)이나"
    " send_multipart()는 기다릴 일이 없으면 await해도 차례를 넘기지 않습니다."
    " 반복문 한 바퀴마다 `await asyncio.sleep(0)`이 있나요?",
)
NOBODY = Text(en="Nobody grants anything.", ko="아무도 크레디트를 주지 않음.")
COUNT = Text(
    en="{} What did hand_out() return? It has sent {} readings.",
    ko="{} hand_out()은 무엇을 돌려줬나요? 보낸 측정값은 {}개입니다.",
)
EARLY = Text(
    en="{} Nobody has set `stop`. Is hand_out() still running?",
    ko="{} 아무도 `stop`을 켜지 않았습니다. hand_out()이 아직 실행 중인가요?",
)
AFTER = Text(
    en="{} A grant that came after hand_out() had returned. What did the client receive?",
    ko="{} hand_out()이 끝난 뒤에 준 크레디트. 클라이언트는 무엇을 받았나요?",
)
TAKEN = Text(
    en="{} A grant that came after hand_out() had returned. Can the caller receive it?",
    ko="{} hand_out()이 끝난 뒤에 준 크레디트. 호출한 쪽에서 받을 수 있나요?",
)


@checker("13 hand out", timeout=90.0)
async def hand_out_by_credit(hand_out: HandOut) -> Text:
    """Grant little, more and late; let one client pause; let one be greedy; grant nothing."""
    must_be_async(hand_out, "hand_out", "server, readings, stop")
    await _one_client(hand_out)
    await _one_pauses(hand_out)
    await _one_is_greedy(hand_out)
    with _sockets(1) as (server, _):
        async with _serving(hand_out, server, TEN, NOBODY) as run:
            await asyncio.wait([run.call], timeout=0.3)
            expect(await run.ended(), 0, COUNT.format(NOBODY, 0))
    return Text(
        en="No client gets more than it has granted, none waits for another, and it stops in time.",
        ko="어떤 클라이언트도 준 것보다 많이 받지 않고, 서로 기다리지 않으며, 제때 멈춥니다.",
    )


class _Run:
    """A call of the learner's function, and its `stop`."""

    def __init__(self, call: asyncio.Future[Any], stop: asyncio.Event, case: Text) -> None:
        self.call = call
        self._stop = stop
        self._case = case

    def must_still_run(self) -> None:
        """Refuse a call that has returned before it was stopped."""
        if self._stop.is_set() or not self.call.done() or self.call.cancelled():
            return
        if self.call.exception() is None:
            raise NotRight(True, False, EARLY.format(self._case)) from None

    async def ended(self) -> Any:
        """Stop it, and return what it returned."""
        self.must_still_run()
        self._stop.set()
        async with trial(ENDS + patience(LATER), self._case):
            return await self.call


@contextlib.asynccontextmanager
async def _serving(
    hand_out: HandOut, server: Socket, readings: Frames, case: Text
) -> AsyncIterator[_Run]:
    """Run the function during the block, which ends it by `ended`."""
    stop = asyncio.Event()
    async with _started(hand_out(server, list(readings), stop), case) as call:
        run = _Run(call, stop, case)
        try:
            yield run
        except NotRight:
            run.must_still_run()  # or that is why nothing came
            raise


def _bodies(messages: list[Frames]) -> Frames | list[Frames]:
    """Return the only frames of messages; whole messages if one has several."""
    if any(len(message) != 1 for message in messages):
        return messages
    return [message[0] for message in messages]


async def _one_client(hand_out: HandOut) -> None:
    with _sockets(1) as (server, (client,)):
        async with _serving(hand_out, server, TEN, ONE) as run:
            had: Frames = []
            for grants, total in (((2, 1), 3), ((2,), 5), ((100,), 105)):
                for grant in grants:  # the second comes before the first is used up
                    await client.send(b"%d" % grant)
                wanted = [*TEN, b""][len(had) :] if total > 10 else TEN[len(had) : total]
                got = await _arrived(client, len(wanted))
                got += await _arrived(client, 20, SILENCE)
                expect(_bodies(got), wanted, GOT.format(ONE, total))
                had += wanted
            await client.send(b"3")
            expect(_bodies(await _arrived(client, 20, SILENCE)), [], LATE.format(ONE))
            expect(await run.ended(), 10, COUNT.format(ONE, 10))
            expect(server.closed, False, OPEN)
            await client.send(b"3")
            expect(_bodies(await _arrived(client, 20, SILENCE)), [], AFTER.format(ONE))


async def _one_pauses(hand_out: HandOut) -> None:
    with _sockets(3) as (server, (pausing, reading, new)):
        async with _serving(hand_out, server, TEN, PAUSES) as run:
            await pausing.send(b"2")
            got = await _arrived(pausing, 2)
            expect(_bodies(got), TEN[:2], RECEIVED.format(PAUSES, 2))
            await reading.send(b"10")
            got = await _arrived(reading, 11)
            expect(_bodies(got), [*TEN, b""], RECEIVED.format(PAUSES, 10))
            got = await _arrived(pausing, 20, SILENCE)
            expect(_bodies(got), [], RECEIVED.format(PAUSES, 2))
            expect(await run.ended(), 12, COUNT.format(PAUSES, 12))
            await new.send(b"1")
            expect(_bodies(await _arrived(new, 1, SILENCE)), [], AFTER.format(PAUSES))
            left = [grant for _, grant in await _arrived(server, 1, SILENCE)]
            expect(left, [b"1"], TAKEN.format(PAUSES))


async def _one_is_greedy(hand_out: HandOut) -> None:
    with _sockets(3) as (server, (first, modest, last)):
        await first.send(GREEDY)
        await modest.send(b"3")
        await last.send(b"900000")
        async with _serving(hand_out, server, MANY, TURNS) as run, _loop_turns() as turns:
            got = await _arrived(modest, 3)
            began = await _arrived(first, 50)
            turned = next(turns)
            total = run.ended()
            expect(_bodies(got), MANY[:3], RECEIVED.format(TURNS, 3))
            sent = await total
            had = [_readings(began + await _arrived(first, len(MANY) + 1, SILENCE))]
            had.append(_readings(await _arrived(last, len(MANY) + 1, SILENCE)))
            most = max(had)
            if most >= len(MANY) // 2:
                about = HELD_UP.format(TURNS)
                raise NotRight(FEW, most, about if turned > most // 4 else NO_TURN.format(about))
            expect(sent, sum(had) + 3, COUNT.format(TURNS, sum(had) + 3))


@contextlib.asynccontextmanager
async def _loop_turns() -> AsyncIterator[Iterator[int]]:
    """Count the turns of the event loop during the block."""
    turns = itertools.count()

    async def count() -> None:
        while True:
            next(turns)
            await asyncio.sleep(0)

    task = asyncio.ensure_future(count())
    try:
        yield turns
    finally:
        task.cancel()
        await asyncio.wait([task])


def _readings(messages: list[Frames]) -> int:
    """Count the messages that are no end."""
    return sum(message != [b""] for message in messages)
