"""Checkers of lesson 30: a newcomer that asks several directories."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import zmq
import zmq.asyncio

from zmqlab.exercises.checks import NotRight, checker, expect
from zmqlab.exercises.lent import lend
from zmqlab.run.endpoints import free_endpoint
from zmqlab.words.language import Text

Find = Callable[[zmq.asyncio.Context, list[str], str, float], Awaitable[object]]
HOME = "tcp://10.0.0.7:5555"
"""Where the wanted service is; nobody connects there."""
PATIENCE = 0.4
TOO_LONG = 5.0
"""Seconds beyond its own patience after which a call counts as stuck."""

KNOWS, SILENT, IGNORANT, DEAD = "knows", "silent", "ignorant", "dead"


@dataclass
class _Trial:
    """What became of one call: who was asked how often, and how its sockets were left."""

    asked: Counter[int] = field(default_factory=Counter)
    left_open: int = 0
    lingers: list[int] = field(default_factory=list)


@checker("30 a directory that answers", timeout=60.0)
async def a_directory_that_answers(find: Find) -> Text:
    """Let it ask directories that know, don't know, are silent or dead."""
    if not inspect.iscoroutinefunction(find):
        words = Text(en="`find` has to be a coroutine.", ko="`find`는 코루틴이어야 합니다.")
        raise NotRight("async def find(...)", "def find(...)", words)

    case = Text(en="Two directories, both know it.", ko="디렉터리 두 곳이 모두 이름을 압니다.")
    trials = [await _try(find, case, (KNOWS, KNOWS), HOME, PATIENCE)]
    more = Text(
        en="The second was asked although the first had answered.",
        ko="첫 디렉터리가 답했는데도 두 번째에 또 물었습니다.",
    )
    expect(trials[0].asked[1], 0, Text(en=f"{case.en} {more.en}", ko=f"{case.ko} {more.ko}"))

    case = Text(en="The first is dead.", ko="첫 디렉터리가 죽어 있습니다.")
    trials.append(await _try(find, case, (DEAD, KNOWS), HOME, PATIENCE))

    case = Text(
        en="The first is frozen: it takes the question and never answers.",
        ko="첫 디렉터리가 일시 정지되어 있습니다. 질문은 받지만 답하지 않습니다.",
    )
    trials.append(await _try(find, case, (SILENT, KNOWS), HOME, PATIENCE))

    case = Text(
        en="The first has just started and does not know the name yet.",
        ko="첫 디렉터리는 막 시작해서 아직 그 이름을 모릅니다.",
    )
    trials.append(await _try(find, case, (IGNORANT, KNOWS), HOME, PATIENCE))

    case = Text(
        en="One dead, one frozen, one that does not know, then one that does.",
        ko="하나는 죽었고, 하나는 일시 정지됐고, 하나는 이름을 모릅니다. 마지막 하나만 압니다.",
    )
    trials.append(await _try(find, case, (DEAD, SILENT, IGNORANT, KNOWS), HOME, PATIENCE))

    case = Text(en="Nobody knows the name.", ko="아무도 그 이름을 모릅니다.")
    trials.append(await _try(find, case, (IGNORANT, IGNORANT), None, PATIENCE))

    case = Text(en="Nobody answers.", ko="아무도 답하지 않습니다.")
    trials.append(await _try(find, case, (DEAD, SILENT), None, PATIENCE))

    for trial in trials:
        expect(
            trial.left_open,
            0,
            Text(
                en="Sockets that find() left open. `with context.socket(...)` closes them.",
                ko="find()가 닫지 않은 소켓의 수. `with context.socket(...)`을 쓰면 닫힙니다.",
            ),
        )
    expect(
        [linger for trial in trials for linger in trial.lingers if linger < 0],
        [],
        Text(
            en="The `linger` of sockets that find() closed. At -1 the question to a dead directory "
            "waits for ever, and the program that asked can't end its context.",
            ko="find()가 닫은 소켓의 `linger` 값입니다. -1이면 죽은 디렉터리에 보낸 질문이 한없이 "
            "기다리고, 물어본 프로그램은 컨텍스트를 끝내지 못합니다.",
        ),
    )
    return Text(
        en="It asks one after the other, waits no longer than it may, takes the first answer, and "
        "leaves nothing behind.",
        ko="차례로 묻고, 정한 시간만 기다리고, 첫 답을 받아들이며, 아무것도 남기지 않습니다.",
    )


async def _try(
    find: Find, case: Text, kinds: Sequence[str], wanted: str | None, patience: float
) -> _Trial:
    """Call ``find`` with directories of these kinds; write down what it does."""
    trial = _Trial()

    class Socket(zmq.asyncio.Socket):
        def close(self, linger: int | None = None) -> None:
            if not self.closed:
                trial.lingers.append(int(self.linger) if linger is None else linger)
            super().close(linger=0)  # what it would leave behind must not hold up the checker

    (context, made), own = lend(Socket), zmq.asyncio.Context()
    places: list[str] = []
    tasks: list[asyncio.Future[None]] = []

    async def answer(place: int, kind: str, socket: zmq.asyncio.Socket) -> None:
        while True:
            words = await socket.recv_multipart()
            trial.asked[place] += 1
            if kind == SILENT:
                continue
            known = kind == KNOWS and words[1:] == [b"", b"where", b"B"]
            await socket.send_multipart([words[0], b"", HOME.encode() if known else b""])

    for place, kind in enumerate(kinds):
        if kind == DEAD:
            places.append(await free_endpoint())
            continue
        socket = own.socket(zmq.ROUTER)
        socket.linger = 0
        socket.bind("tcp://127.0.0.1:*")
        places.append(socket.get_string(zmq.LAST_ENDPOINT))
        tasks.append(asyncio.ensure_future(answer(place, kind, socket)))

    loop = asyncio.get_running_loop()
    limit = patience * (sum(kind in (SILENT, DEAD) for kind in kinds)) + 1.0
    began = loop.time()
    try:
        async with asyncio.timeout(limit + TOO_LONG):
            found = await find(context, list(places), "B", patience)
        seconds = loop.time() - began
        trial.left_open = sum(not socket.closed for socket in made)
    except TimeoutError:
        got = Text(en="it still waited, and was cancelled", ko="끝나지 않아 취소함")
        raise NotRight(Text(en="an end", ko="제한 시간 안에 끝나기"), got, case) from None
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for socket in made:
            socket.close()
        zmq.asyncio.Context.term(context)
        own.destroy(linger=0)
    expect(found, wanted, case)
    if seconds > limit:
        raise NotRight(
            Text(en=f"an end within {limit:.1f} s", ko=f"{limit:.1f}초 안에 끝나기"),
            Text(en=f"an end after {seconds:.1f} s", ko=f"{seconds:.1f}초 뒤에 끝남"),
            case,
        )
    return trial
