"""Answers that the checks of lesson 19 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from examples.liveness import Heartbeat

# ------------------------------------------------------------- warm-up


def judges_by_the_first_word(heard, now, interval, liveness):
    first = {}
    for moment, name in heard:
        first.setdefault(name, moment)
    return [name for name, moment in first.items() if now - moment >= interval * liveness]


def keeps_the_first_order(heard, now, interval, liveness):
    last = {}
    for moment, name in heard:
        last[name] = moment
    return [name for name, moment in last.items() if now - moment >= interval * liveness]


def waits_for_more_than_that(heard, now, interval, liveness):
    last = {}
    for moment, name in heard:
        last.pop(name, None)
        last[name] = moment
    return [name for name, moment in last.items() if now - moment > interval * liveness]


def waits_for_one_interval(heard, now, interval, liveness):
    last = {}
    for moment, name in heard:
        last.pop(name, None)
        last[name] = moment
    return [name for name, moment in last.items() if now - moment >= interval]


def returns_the_living(heard, now, interval, liveness):
    return [name for moment, name in heard if now - moment < interval * liveness]


def names_one_twice(heard, now, interval, liveness):
    return [name for moment, name in heard if now - moment >= interval * liveness]


def prints(heard, now, interval, liveness):
    print(names_one_twice(heard, now, interval, liveness))


def knows_the_trial(heard, now, interval, liveness):
    return ["anna"]


# ------------------------------------------------------------- main exercise


class _Worker:
    """The right worker; each wrong answer changes one thing in it."""

    first = b"\x01"
    beats = True
    beat_every = 1.0
    leaves = True
    new_socket = True
    closes = True
    resets = True
    heard_first = False
    patience = 1.0
    ends = False
    rests = True
    rests_first = False
    reads_first = False

    def __init__(self, connect, work, rest, interval, liveness):
        self.connect, self.work, self.rest = connect, work, rest
        self.interval, self.liveness = interval, liveness
        self.failures = 0

    async def run(self):
        socket = self.connect()
        try:
            while True:
                await self.converse(socket)
                if self.ends:
                    return
                self.failures += 1
                if self.rests_first:
                    await self.rest(self.failures)
                if self.closes and self.new_socket:
                    socket.close(linger=0)
                if self.rests and not self.rests_first:
                    await self.rest(self.failures)
                if self.new_socket:
                    socket = self.connect()
        finally:
            if self.closes:
                socket.close(linger=0)

    async def converse(self, socket):
        await socket.send(self.first)
        queue = Heartbeat(self.interval * self.patience, self.liveness, time.monotonic())
        beat = time.monotonic() + self.interval
        while not (self.leaves and queue.dead(time.monotonic())):
            if await socket.poll(int(1000 * self.interval) if self.reads_first else 10):
                frames = await socket.recv_multipart()
                if self.resets:
                    self.failures = 0
                if self.heard_first:
                    queue.heard(time.monotonic())
                if self.is_work(frames):
                    await self.reply(socket, frames)
                if not self.heard_first:
                    queue.heard(time.monotonic())
            elif self.beats and time.monotonic() >= beat:
                beat = time.monotonic() + self.interval * self.beat_every
                await socket.send(b"\x02")

    def is_work(self, frames):
        return frames != [b"\x02"]

    async def reply(self, socket, frames):
        body = frames.index(b"") + 1
        await socket.send_multipart(frames[:body] + await self.work(frames[body:]))


def _variant(name: str, **changes: Any):
    kind = type(name, (_Worker,), changes)

    async def run_worker(connect, work, rest, interval, liveness):
        await kind(connect, work, rest, interval, liveness).run()

    return run_worker


async def _replies_without_addresses(self, socket, frames):
    body = frames.index(b"") + 1
    await socket.send_multipart(await self.work(frames[body:]))


async def _works_on_the_last_frame(self, socket, frames):
    await socket.send_multipart([*frames[:-1], *await self.work(frames[-1:])])


async def _cuts_at_the_last_empty_frame(self, socket, frames):
    body = len(frames) - frames[::-1].index(b"")
    await socket.send_multipart(frames[:body] + await self.work(frames[body:]))


async def _takes_one_address(self, socket, frames):
    await socket.send_multipart([frames[0], b"", *await self.work(frames[2:])])


async def closes_only_when_cancelled(connect, work, rest, interval, liveness):
    worker = _Worker(connect, work, rest, interval, liveness)
    while True:
        socket = connect()
        try:
            await worker.converse(socket)
        except asyncio.CancelledError:
            socket.close(linger=0)
            raise
        socket.close(linger=0)
        worker.failures += 1
        await rest(worker.failures)


async def knows_interval_and_liveness(connect, work, rest, interval, liveness):
    await _Worker(connect, work, rest, 0.1, 3).run()


async def knows_the_liveness(connect, work, rest, interval, liveness):
    await _Worker(connect, work, rest, interval, 3).run()


async def waits_three_times_as_long(connect, work, rest, interval, liveness):
    await _Worker(connect, work, rest, interval, 3 * liveness).run()


async def sleeps(connect, work, rest, interval, liveness):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    await _Worker(connect, work, rest, interval, liveness).run()


async def swallows_the_cancellation(connect, work, rest, interval, liveness):
    worker = _Worker(connect, work, rest, interval, liveness)
    running = asyncio.ensure_future(worker.run())
    for _ in range(1000):
        try:
            await asyncio.wait([running], timeout=0.05)
        except asyncio.CancelledError:
            continue
    running.cancel()


def is_no_coroutine(connect, work, rest, interval, liveness):
    connect().close(linger=0)


def _takes_all_for_work(self, frames):
    return True


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "19 silent": [
        (judges_by_the_first_word, "silent(", "silent("),
        (keeps_the_first_order, "['ben', 'cleo', 'anna']", "['ben', 'cleo', 'anna']"),
        (waits_for_more_than_that, "silent(", "silent("),
        (waits_for_one_interval, "silent(", "silent("),
        (returns_the_living, "Got: ['ben']", "실제 값: ['ben']"),
        (names_one_twice, "silent(", "silent("),
        (prints, "Got: None", "실제 값: None"),
        (
            knows_the_trial,
            "Expected: ['ben', 'cleo', 'anna']",
            "기대한 값: ['ben', 'cleo', 'anna']",
        ),
    ],
    "19 worker": [
        (_variant("SaysHello", first=b"READY"), "first message", "첫 메시지"),
        (_variant("NeverBeats", beats=False), "What comes next?", "다음에 무엇이 오나요"),
        (_variant("Floods", beat_every=0.0), "do 6 heartbeats take", "하트비트 6개를"),
        (_variant("Stays", leaves=False), "after the heartbeats", "하트비트 다음에"),
        (_variant("OldSocket", new_socket=False), "after the heartbeats", "하트비트 다음에"),
        (_variant("LeavesOpen", closes=False), "still open", "아직 열려"),
        (_variant("NeverResets", resets=False), "What is rest() called", "rest()에 무엇을"),
        (_variant("NeverRests", rests=False), "What is rest() called", "rest()에 무엇을"),
        (_variant("HeardFirst", heard_first=True), "after the reply", "응답 다음에"),
        (_variant("GivesUp", patience=0.4), "does the worker give up", "몇 초 뒤에"),
        (_variant("Ends", ends=True), "still running", "아직 실행 중"),
        (_variant("WorksOnBeats", is_work=_takes_all_for_work), "ValueError", "ValueError"),
        (_variant("NoAddress", reply=_replies_without_addresses), "get back", "돌아오나요"),
        (_variant("LastFrame", reply=_works_on_the_last_frame), "work() called", "work()에"),
        (_variant("LastEmpty", reply=_cuts_at_the_last_empty_frame), "work() called", "work()에"),
        (_variant("OneAddress", reply=_takes_one_address), "work() called", "work()에"),
        (
            _variant("RestsFirst", rests_first=True),
            "How many sockets are open?",
            "열려 있는 소켓은",
        ),
        (_variant("BeatsRarely", beat_every=2.5), "does it get meanwhile", "그동안 큐에"),
        (_variant("OnlyWhenQuiet", reads_first=True), "five times in each", "간격마다"),
        (knows_interval_and_liveness, "do 6 heartbeats take", "하트비트 6개를"),
        (knows_the_liveness, "does the worker give up", "몇 초 뒤에"),
        (waits_three_times_as_long, "less than 1.0", "1.0 미만"),
        (closes_only_when_cancelled, "work() raised", "work()에서 예외가"),
        (swallows_the_cancellation, "Has it ended?", "끝났나요"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
