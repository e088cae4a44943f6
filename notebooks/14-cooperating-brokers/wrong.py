"""Answers that the checks of lesson 14 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
import uuid
from typing import Any

import zmq

# ------------------------------------------------------------- warm-up


def lends_all(free, peers, ours):
    if any(peers.values()):
        return max(peers, key=peers.get)
    return "here" if free else None


def passes_on(free, peers, ours):
    if free:
        return "here"
    return max(peers, key=peers.get) if any(peers.values()) else None


def takes_the_first(free, peers, ours):
    if free:
        return "here"
    if ours:
        return next((name for name, number in peers.items() if number), None)
    return None


def lends_to_the_busy(free, peers, ours):
    if free:
        return "here"
    return max(peers, key=peers.get) if ours and peers else None


def needs_a_peer(free, peers, ours):
    if free:
        return "here"
    most = max(peers, key=peers.get)
    return most if ours and peers[most] else None


def refuses_visitors(free, peers, ours):
    if not ours:
        return None
    if free:
        return "here"
    return max(peers, key=peers.get) if any(peers.values()) else None


def names_the_worker(free, peers, ours):
    if free:
        return free[0]
    return max(peers, key=peers.get) if ours and any(peers.values()) else None


def takes_the_worker_out(free, peers, ours):
    if free:
        free.pop(0)
        return "here"
    return max(peers, key=peers.get) if ours and any(peers.values()) else None


def prints(free, peers, ours):
    print("here")


def returns_text(free, peers, ours):
    if free:
        return "here"
    return str(max(peers, key=peers.get)) if ours and any(peers.values()) else None


# ------------------------------------------------------------- main exercise


class _Lender:
    """The right broker; each wrong answer changes one thing in it."""

    def __init__(self, front, cloud, state, silence):
        self.front, self.cloud, self.state, self.silence = front, cloud, state, silence
        self.free, self.heard, self.lent, self.again = {}, {}, {}, []

    def number(self):
        return uuid.uuid4().bytes

    def choose(self):
        return max(self.free, key=self.free.get)

    def count(self, name):
        self.free[name] -= 1

    async def hear(self):
        name, number = await self.state.recv_multipart()
        self.free[name], self.heard[name] = int(number), time.monotonic()

    async def reply(self):
        _, number, *reply = await self.cloud.recv_multipart()
        if self.lent.pop(number, None):
            await self.front.send_multipart(reply)

    def give_up(self, name):
        del self.free[name], self.heard[name]
        for number, (who, job) in self.lent.items():
            if who == name:
                self.lent[number] = None, job
                self.again.append((number, job))

    def look(self):
        for name, when in list(self.heard.items()):
            if time.monotonic() - when > self.silence:
                self.give_up(name)
        self.again = [(number, job) for number, job in self.again if number in self.lent]

    async def can_lend(self):
        return any(self.free.values()) and bool(self.again or await self.front.poll(0))

    async def take(self):
        return await self.front.recv_multipart()

    async def send(self, name, number, job):
        await self.cloud.send_multipart([name, number, *job])

    async def run(self):
        while True:
            if await self.state.poll(10):
                await self.hear()
            if await self.cloud.poll(0):
                await self.reply()
            self.look()
            while await self.can_lend():
                number, job = (
                    self.again.pop(0) if self.again else (self.number(), await self.take())
                )
                name = self.choose()
                self.count(name)
                self.lent[number] = name, job
                await self.send(name, number, job)


class _NeverCounts(_Lender):
    def count(self, name):
        pass


class _CountsForGood(_Lender):
    """Adds what was lent once, and never believes the news."""

    async def hear(self):
        name, number = await self.state.recv_multipart()
        self.free.setdefault(name, int(number))
        self.heard[name] = time.monotonic()


class _FirstOffice(_Lender):
    def choose(self):
        return next(name for name in sorted(self.free, reverse=True) if self.free[name])


class _TakesEarly(_Lender):
    """Takes requests that it can't lend."""

    async def can_lend(self):
        if await self.front.poll(0):
            self.early = [*getattr(self, "early", []), await self.front.recv_multipart()]
        return any(self.free.values()) and bool(self.again or getattr(self, "early", []))

    async def take(self):
        return self.early.pop(0)


class _OneNumber(_Lender):
    def number(self):
        return b"1"


class _NoNumber(_Lender):
    async def send(self, name, _number, job):
        await self.cloud.send_multipart([name, *job])


class _OnlyTheBody(_Lender):
    async def send(self, name, number, job):
        await self.cloud.send_multipart([name, number, *job[:2], job[-1]])


class _LatestClient(_Lender):
    """Remembers one client: the last that has asked."""

    async def take(self):
        self.job = await super().take()
        return self.job

    async def reply(self):
        _, number, _, *rest = await self.cloud.recv_multipart()
        if self.lent.pop(number, None):
            await self.front.send_multipart([self.job[0], *rest])


class _NoCopy(_Lender):
    def give_up(self, name):
        del self.free[name], self.heard[name]


class _NeverGivesUp(_Lender):
    def look(self):
        pass


class _AgainAtOnce(_Lender):
    def look(self):
        self.silence = min(self.silence, 0.1)
        super().look()


class _ByTheAgeOfTheRequest(_Lender):
    """Takes a request back when its reply is late, however often the office is heard."""

    def look(self):
        now = time.monotonic()
        self.since = getattr(self, "since", {})
        for number, (_, job) in self.lent.items():
            if now - self.since.setdefault(number, now) > self.silence:
                self.since[number] = float("inf")
                self.again.append((number, job))
        for name, when in list(self.heard.items()):
            if now - when > self.silence:
                del self.free[name], self.heard[name]


class _BothReplies(_Lender):
    async def reply(self):
        _, _, *reply = await self.cloud.recv_multipart()
        await self.front.send_multipart(reply)


class _KeepsTheDead(_Lender):
    """Takes the requests back, and goes on lending to the dead office."""

    def give_up(self, name):
        del self.heard[name]
        for number, (who, job) in self.lent.items():
            if who == name:
                self.again.append((number, job))


class _DeadForGood(_Lender):
    def give_up(self, name):
        super().give_up(name)
        self.dead = {*getattr(self, "dead", ()), name}

    async def hear(self):
        await super().hear()
        for name in getattr(self, "dead", ()):
            self.free.pop(name, None)


class _AgainOnlyIfSomebodyIsFree(_Lender):
    def give_up(self, name):
        super().give_up(name)
        if not any(self.free.values()):
            self.again.clear()


class _ReplyMeansFree(_Lender):
    """Takes a reply for news: the worker that has sent it must be free."""

    async def reply(self):
        name, number, *reply = await self.cloud.recv_multipart()
        if self.lent.pop(number, None):
            if name in self.free:
                self.free[name] += 1
            await self.front.send_multipart(reply)


class _HalfASecond(_Lender):
    """Takes the limit of the page, and not its argument."""

    def look(self):
        self.silence = 0.5
        super().look()


class _OneCopyForEachOffice(_Lender):
    """Takes back one request of a dead office, and forgets the others."""

    def give_up(self, name):
        super().give_up(name)
        self.again = self.again[-1:]


class _AgainOnlyOnce(_Lender):
    """Keeps no copy of a request that it lends for the second time."""

    def give_up(self, name):
        before = getattr(self, "before", set())
        super().give_up(name)
        self.again = [(number, job) for number, job in self.again if number not in before]
        self.before = before | {number for number, _ in self.again}


class _ComparesText(_Lender):
    """Compares the numbers as text, so 9 is more than 12."""

    def choose(self):
        return max((name for name in self.free if self.free[name]), key=lambda n: str(self.free[n]))


def _run(kind):
    async def lend_all(front, cloud, state, silence):
        await kind(front, cloud, state, silence).run()

    lend_all.__name__ = kind.__name__
    return lend_all


async def ends_when_it_is_quiet(front, cloud, state, silence):
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_Lender(front, cloud, state, silence).run(), 0.02)


async def ignores_its_end(front, cloud, state, silence):
    broker = asyncio.create_task(_Lender(front, cloud, state, silence).run())
    for _ in range(2):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(broker)


async def blocks_the_loop(front, cloud, state, silence):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    await _Lender(front, cloud, state, silence).run()


async def says_that_it_lends(front, cloud, state, silence):
    print("lent")
    await asyncio.Event().wait()


async def lends_to_all_in_turn(front, cloud, state, silence):
    for name in itertools.cycle((b"oslo", b"lima")):
        request = await front.recv_multipart()
        await cloud.send_multipart([name, uuid.uuid4().bytes, *request])
        _, _, *reply = await cloud.recv_multipart()
        await front.send_multipart(reply)


async def answers_itself(front, cloud, state, silence):
    while True:
        client, empty, *_ = await front.recv_multipart()
        await front.send_multipart([client, empty, b"3.20"])


def is_no_coroutine(front, cloud, state, silence):
    return front, cloud


async def raises(front, cloud, state, silence):
    await state.poll()
    raise zmq.ZMQError(zmq.EFSM)


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "14 place": [
        (lends_all, "Expected: 'here'", "기대한 값: 'here'"),
        (passes_on, "Expected: None", "기대한 값: None"),
        (takes_the_first, "Expected: b'lima'", "기대한 값: b'lima'"),
        (lends_to_the_busy, "Expected: None", "기대한 값: None"),
        (needs_a_peer, "Your code raised", "작성한 코드에서 예외가"),
        (refuses_visitors, "Expected: 'here'", "기대한 값: 'here'"),
        (names_the_worker, "Got: b'anna'", "실제 값: b'anna'"),
        (takes_the_worker_out, "unchanged", "그대로인가요"),
        (prints, "Got: None", "실제 값: None"),
        (returns_text, "Expected: b'lima'", "기대한 값: b'lima'"),
    ],
    "14 lend all": [
        (_run(_NeverCounts), "tells nothing more", "한 번만 들었습니다"),
        (_run(_CountsForGood), "one is free again", "다시 1명이"),
        (_run(_FirstOffice), "and Lima 12", "lima에 12명"),
        (_run(_ComparesText), "and Lima 12", "lima에 12명"),
        (_run(_ReplyMeansFree), "told nothing since", "다시 알리지 않았습니다"),
        (_run(_HalfASecond), "`silence` is 30", "`silence`는 30"),
        (_run(_OneCopyForEachOffice), "two requests and is silent", "요청 두 개를 맡은 채"),
        (_run(_AgainOnlyOnce), "Then Lima is silent", "그 뒤 lima에"),
        (_run(_TakesEarly), "still in `front`", "`front`에 어떤 요청이"),
        (_run(_OneNumber), "numbers different", "번호가 서로 다른가요"),
        (_run(_NoNumber), "What does oslo receive", "oslo 브로커는 무엇을"),
        (_run(_OnlyTheBody), "What does oslo receive", "oslo 브로커는 무엇을"),
        (_run(_LatestClient), "other order", "순서가 바뀌어"),
        (_run(_NoCopy), "Oslo has two requests and is silent", "소식이 없습니다"),
        (_run(_NeverGivesUp), "Oslo has two requests and is silent", "소식이 없습니다"),
        (_run(_AgainAtOnce), "After how many seconds", "몇 초 뒤에"),
        (_run(_ByTheAgeOfTheRequest), "goes on telling its state", "계속 알립니다"),
        (_run(_BothReplies), "after the first reply", "첫 응답 다음에"),
        (_run(_KeepsTheDead), "nothing for too long", "너무 오래 소식이"),
        (_run(_DeadForGood), "tells its state again", "다시 상태를 알립니다"),
        (_run(_AgainOnlyIfSomebodyIsFree), "silent", "소식이"),
        (ends_when_it_is_quiet, "still running", "아직 실행 중"),
        (ignores_its_end, "Has it ended", "끝났나요"),
        (blocks_the_loop, "blocks", "블로킹하는 호출"),
        (says_that_it_lends, "What does oslo receive", "oslo 브로커는 무엇을"),
        (lends_to_all_in_turn, "oslo receive", "oslo 브로커는"),
        (answers_itself, "What does oslo receive", "oslo 브로커는 무엇을"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
        (raises, "Your code raised", "작성한 코드에서 예외가"),
    ],
}
