"""Checkers of lesson 03: a ventilator that is asked, and a batch of which nothing is missing."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.exercises.trial import must_be_async, trial
from zmqlab.words.language import Text

HANGS = 5.0
"""Seconds beyond its own patience after which a call counts as stuck."""

# ------------------------------------------------------------- warm-up

HandOut = Callable[[zmq.asyncio.Socket, list[str], int], Awaitable[None]]
BATCHES = (
    # tasks, workers, seconds that each worker needs for a task, the situation
    (
        ["img1", "img2", "img3", "img4", "img5"],
        {"anna": 0.0},
        Text(en="One worker and five tasks.", ko="워커는 하나, 작업은 다섯 개입니다."),
    ),
    (
        ["a", "b", "c", "d", "e", "f", "g"],
        {"anna": 0.02, "ben": 0.02, "slow": 0.2},
        Text(
            en="Three workers, one of them slow, and seven tasks.",
            ko="워커 셋 가운데 하나가 느리고, 작업은 일곱 개입니다.",
        ),
    ),
    (
        [],
        {"anna": 0.0, "ben": 0.0},
        Text(en="Two workers, no task.", ko="워커는 둘이고 작업은 없습니다."),
    ),
)
HOME = "go home"
GIVEN = Text(en="{} Which tasks were given out?", ko="{} 어떤 작업을 나누어 주었나요?")
WENT = Text(
    en='{} How many workers were told "go home"? The others still wait.',
    ko='{} 워커 몇 개가 "go home"을 받았나요? 받지 못한 워커는 아직 기다립니다.',
)
STILL_OPEN = Text(
    en="{} Is `rep` still open? It is not yours to close.",
    ko="{} `rep` 소켓이 열려 있나요? 받은 소켓은 닫지 마세요.",
)


@checker("03 hand out", timeout=40.0)
async def hand_out_on_demand(hand_out: HandOut) -> Text:
    """Let workers ask, quick ones and a slow one, until they are told to go home."""
    must_be_async(hand_out, "hand_out")
    for tasks, workers, case in BATCHES:
        async with _asked(workers) as (rep, asking, given, home), trial(patience(HANGS), case):
            await hand_out(rep, list(tasks), len(workers))
            expect(not rep.closed, True, STILL_OPEN.format(case))
            await asyncio.wait(asking, timeout=patience(1.0))
            expect(len(home), len(workers), WENT.format(case))
            expect(sorted(given), sorted(tasks), GIVEN.format(case))
    return Text(
        en="Every task went to a worker that asked, and every worker was sent home.",
        ko="작업은 모두 요청한 워커에 갔고, 워커도 모두 끝났습니다.",
    )


@contextlib.asynccontextmanager
async def _asked(
    workers: Mapping[str, float],
) -> AsyncIterator[tuple[zmq.asyncio.Socket, list[asyncio.Future[None]], list[str], list[str]]]:
    """Run workers that ask; give whom they ask, them, the tasks they got and who went home."""
    context = zmq.asyncio.Context()
    rep = context.socket(zmq.REP)
    rep.bind("inproc://tasks")
    given: list[str] = []
    home: list[str] = []

    async def work(name: str, needs: float) -> None:
        with context.socket(zmq.REQ) as asking:
            asking.connect("inproc://tasks")
            while True:
                await asking.send_string("ready")
                task = await asking.recv_string()
                if task == HOME:
                    home.append(name)
                    return
                given.append(task)
                await asyncio.sleep(needs)

    working = [asyncio.ensure_future(work(*worker)) for worker in workers.items()]
    try:
        yield rep, working, given, home
    finally:
        for task in working:
            task.cancel()
        await asyncio.wait(working)
        context.destroy(linger=0)


# ------------------------------------------------------------- main exercise

Finish = Callable[
    [zmq.asyncio.Socket, zmq.asyncio.Socket, list[str], float, int], Awaitable[dict[str, str]]
]
TASKS = ["img1", "img2", "img3", "img4", "img5", "img6"]
WHOLE = {task: f"ok {task}" for task in TASKS}
ONCE = dict.fromkeys(TASKS, 1)
NEVER = 10**6
NO_WASTE = 0.8
"""Seconds of a patience of 1 s within which a call without trouble has to end."""


@dataclass(frozen=True)
class _Worker:
    """A worker, the settings of a call, and what is expected of it."""

    case: Text
    patience: float
    tries: int
    results: dict[str, str] = field(default_factory=lambda: WHOLE)
    sent: dict[str, int] | None = None
    needs: float = 0.0
    loses: dict[str, int] = field(default_factory=dict)
    doubles: str = ""
    strangers: tuple[str, ...] = ()


WORKERS = (
    _Worker(
        Text(en="A worker that does everything.", ko="워커가 모든 작업을 해냅니다."),
        1.0,
        3,
        sent=ONCE,
    ),
    _Worker(
        Text(
            en="A worker that needs 0.3 s for each task, patience 0.6 s.",
            ko="워커가 작업마다 0.3초를 씁니다. patience는 0.6초입니다.",
        ),
        0.6,
        5,
        sent=ONCE,
        needs=0.3,
    ),
    _Worker(
        Text(
            en="A worker that loses img2 and img5 the first time.",
            ko="워커가 img2와 img5를 처음 한 번씩 잃습니다.",
        ),
        0.4,
        3,
        sent=ONCE | {"img2": 2, "img5": 2},
        loses={"img2": 1, "img5": 1},
    ),
    _Worker(
        Text(
            en="A worker that does img3 late, and then twice, with two different results.",
            ko="워커가 img3을 뒤늦게 두 번 처리해 서로 다른 결과를 보냅니다.",
        ),
        0.4,
        3,
        loses={"img6": 1},
        doubles="img3",
    ),
    _Worker(
        Text(
            en="Results of an earlier batch that are still coming in.",
            ko="앞선 작업 묶음의 결과가 뒤늦게 섞여 들어옵니다.",
        ),
        0.4,
        3,
        loses={"img6": 1},
        strangers=("old1 ok", "old2 ok"),
    ),
    _Worker(
        Text(
            en="A worker that never does img4, and two tries.",
            ko="워커가 img4를 끝내 처리하지 못합니다. tries는 2입니다.",
        ),
        0.3,
        2,
        {task: result for task, result in WHOLE.items() if task != "img4"},
        sent=ONCE | {"img4": 2},
        loses={"img4": NEVER},
    ),
)
RESULTS = Text(en="{} What did finish() return?", ko="{} finish()는 무엇을 돌려줬나요?")
SENT = Text(en="{} How often was each task sent?", ko="{} 작업마다 몇 번씩 보냈나요?")
AT_ONCE = Text(en="an end with the last result", ko="마지막 결과를 받자마자 끝나기")
LATE = Text(en="an end after {:.1f} s", ko="{:.1f}초 뒤에 끝남")


@checker("03 nothing missing", timeout=60.0)
async def nothing_missing(finish: Finish) -> Text:
    """Let it work with workers that are good, slow, forgetful, late or silent."""
    must_be_async(finish, "finish")
    loop = asyncio.get_running_loop()
    for worker in WORKERS:
        limit = worker.patience * worker.tries + patience(HANGS)
        async with _working(worker) as (push, pull, seen), trial(limit, worker.case):
            began = loop.time()
            results = await finish(push, pull, list(TASKS), worker.patience, worker.tries)
            took = loop.time() - began
            expect(results, worker.results, RESULTS.format(worker.case))
            about = STILL_OPEN_BOTH.format(worker.case)
            expect((push.closed, pull.closed), (False, False), about)
            if worker.sent is not None:
                expect(dict(await seen()), worker.sent, SENT.format(worker.case))
            if worker is WORKERS[0] and took > NO_WASTE:
                raise NotRight(AT_ONCE, LATE.format(took), worker.case)
    return Text(
        en="It sends again what is lost and nothing else, takes the first result of each task,"
        " ignores strangers, and gives up in the end.",
        ko="빠진 작업만 다시 보내고, 작업마다 첫 결과만 받아들이며, 맡기지 않은 작업의 결과는"
        " 버리고, 끝내 안 되면 그만둡니다.",
    )


STILL_OPEN_BOTH = Text(
    en="{} Are `push` and `pull` closed? They are not yours to close.",
    ko="{} `push`와 `pull` 소켓이 닫혔나요? 받은 소켓은 닫지 마세요.",
)
Seen = Callable[[], Awaitable[Counter[str]]]


@contextlib.asynccontextmanager
async def _working(
    worker: _Worker,
) -> AsyncIterator[tuple[zmq.asyncio.Socket, zmq.asyncio.Socket, Seen]]:
    """Run a worker; give the ends that finish() uses, and what tells how often a task was sent."""
    context = zmq.asyncio.Context()
    push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
    tasks, results = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    push.bind("inproc://tasks")
    pull.bind("inproc://results")
    tasks.connect("inproc://tasks")
    results.connect("inproc://results")
    sent: Counter[str] = Counter()

    async def work() -> None:
        left = dict(worker.loses)
        for stranger in worker.strangers:
            await results.send_string(stranger)
        while True:
            await tasks.poll()  # may be cancelled; a cancelled recv() could take a task with it
            task = await tasks.recv_string()
            sent[task] += 1
            await asyncio.sleep(worker.needs)
            if task == worker.doubles and sent[task] == 1:
                continue
            if left.get(task):
                left[task] -= 1
                continue
            await results.send_string(f"{task} ok {task}")
            if task == worker.doubles:
                await results.send_string(f"{task} ok, but a second time")

    working = asyncio.ensure_future(work())

    async def seen() -> Counter[str]:
        working.cancel()
        await asyncio.wait({working})
        while await tasks.poll(20):  # what was sent and not yet taken
            sent[await tasks.recv_string()] += 1
        return sent

    try:
        yield push, pull, seen
    finally:
        working.cancel()
        await asyncio.wait({working})
        context.destroy(linger=0)
