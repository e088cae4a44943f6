"""Checkers of lesson 03: a batch of which nothing is missing."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.words.language import Text

Finish = Callable[
    [zmq.asyncio.Socket, zmq.asyncio.Socket, list[str], float, int], Awaitable[dict[str, str]]
]
TASKS = ["img1", "img2", "img3", "img4", "img5", "img6"]
NEVER = 10**6
TOO_LONG = 5.0
"""Seconds beyond its own patience after which a call counts as stuck."""


@dataclass
class _Trial:
    """What became of one call."""

    results: dict[str, str] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@checker("03 nothing missing", timeout=60.0)
async def nothing_missing(finish: Finish) -> Text:
    """Let it work with workers that are good, forgetful, late or silent."""
    if not inspect.iscoroutinefunction(finish):
        words = Text(en="`finish` has to be a coroutine.", ko="`finish`는 코루틴이어야 합니다.")
        raise NotRight("async def finish(...)", "def finish(...)", words)
    whole = {task: f"ok {task}" for task in TASKS}

    case = Text(en="A worker that does everything.", ko="모든 작업을 해내는 워커.")
    good = await _try(finish, case, patience=1.0, tries=3)
    _expect(good.results, whole, case, "results")
    _expect(dict(good.sent), dict.fromkeys(TASKS, 1), case, "sent")
    if good.seconds > 0.8:
        raise NotRight(
            Text(en="an end with the last result", ko="마지막 결과를 받자마자 끝나기"),
            Text(en=f"an end after {good.seconds:.1f} s", ko=f"{good.seconds:.1f}초 뒤에 끝남"),
            case,
        )

    case = Text(
        en="A worker that needs 0.3 s for each task, patience 0.6 s.",
        ko="작업마다 0.3초가 걸리는 워커, patience는 0.6초.",
    )
    slow = await _try(finish, case, patience=0.6, tries=5, needs=0.3)
    _expect(slow.results, whole, case, "results")
    _expect(dict(slow.sent), dict.fromkeys(TASKS, 1), case, "sent")

    case = Text(
        en="A worker that loses img2 and img5 the first time.",
        ko="img2와 img5를 처음 한 번씩 잃는 워커.",
    )
    losing = await _try(finish, case, patience=0.4, tries=3, loses={"img2": 1, "img5": 1})
    _expect(losing.results, whole, case, "results")
    _expect(dict(losing.sent), {t: 1 + (t in ("img2", "img5")) for t in TASKS}, case, "sent")

    case = Text(
        en="A worker that does img3 late, and then twice, with two different results.",
        ko="img3을 뒤늦게 두 번 처리해 서로 다른 결과를 보내는 워커.",
    )
    late = await _try(finish, case, patience=0.4, tries=3, doubles="img3", loses={"img6": 1})
    _expect(late.results, whole, case, "results")

    case = Text(
        en="Results of an earlier batch that are still coming in.",
        ko="앞선 작업 묶음의 결과가 뒤늦게 섞여 들어옴.",
    )
    mixed = await _try(
        finish, case, patience=0.4, tries=3, loses={"img6": 1}, strangers=["old1 ok", "old2 ok"]
    )
    _expect(mixed.results, whole, case, "results")

    case = Text(
        en="A worker that never does img4, and two tries.",
        ko="img4를 끝내 처리하지 못하는 워커, tries는 2.",
    )
    never = await _try(finish, case, patience=0.3, tries=2, loses={"img4": NEVER})
    _expect(never.results, {t: r for t, r in whole.items() if t != "img4"}, case, "results")
    _expect(never.sent["img4"], 2, case, "asked")

    return Text(
        en="It sends again what is lost and nothing else, takes the first result of each task,"
        " ignores strangers, and gives up in the end.",
        ko="빠진 작업만 다시 보내고, 작업마다 첫 결과만 받아들이며, 맡기지 않은 작업의 결과는"
        " 버리고, 끝내 안 되면 그만둡니다.",
    )


ABOUT = {
    "results": Text(en="What did finish() return?", ko="finish()는 무엇을 돌려줬나요?"),
    "sent": Text(en="How often was each task sent?", ko="작업마다 몇 번 보냈나요?"),
    "asked": Text(en="How often was img4 sent?", ko="img4를 몇 번 보냈나요?"),
}


def _expect(got: object, expected: object, case: Text, about: str) -> None:
    question = ABOUT[about]
    expect(got, expected, Text(en=f"{case.en} {question.en}", ko=f"{case.ko} {question.ko}"))


async def _try(
    finish: Finish,
    case: Text,
    *,
    patience: float,
    tries: int,
    needs: float = 0.0,
    loses: dict[str, int] | None = None,
    doubles: str = "",
    strangers: list[str] | None = None,
) -> _Trial:
    """Call ``finish`` once, with a worker that behaves as told."""
    trial = _Trial()
    context = zmq.asyncio.Context()
    push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
    tasks, results = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    push.bind("inproc://tasks")
    pull.bind("inproc://results")
    tasks.connect("inproc://tasks")
    results.connect("inproc://results")

    async def work() -> None:
        left = dict(loses or {})
        for stranger in strangers or []:
            await results.send_string(stranger)
        while True:
            await tasks.poll()  # may be cancelled; a cancelled recv() could take a task with it
            task = await tasks.recv_string()
            trial.sent[task] += 1
            await asyncio.sleep(needs)
            if task == doubles and trial.sent[task] == 1:
                continue
            if left.get(task):
                left[task] -= 1
                continue
            await results.send_string(f"{task} ok {task}")
            if task == doubles:
                await results.send_string(f"{task} ok, but a second time")

    loop = asyncio.get_running_loop()
    working = asyncio.ensure_future(work())
    began = loop.time()
    try:
        async with asyncio.timeout(patience * tries + TOO_LONG):
            trial.results = await finish(push, pull, list(TASKS), patience, tries)
        trial.seconds = loop.time() - began
    except TimeoutError:
        got = Text(en="it still waited, and was cancelled", ko="끝나지 않아 취소했습니다")
        raise NotRight(Text(en="an end", ko="끝나기"), got, case) from None
    finally:
        working.cancel()
        await asyncio.wait({working})
        while await tasks.poll(20):  # what was sent and not yet taken
            trial.sent[await tasks.recv_string()] += 1
        context.destroy(linger=0)
    return trial
