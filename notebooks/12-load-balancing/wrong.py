"""Answers that the checks of lesson 12 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import zmq

# ------------------------------------------------------------- warm-up


async def trusts_the_list(back, free, request):
    worker = free.pop(0)
    await back.send_multipart([worker, b"", *request])
    return worker


async def takes_the_newest(back, free, request):
    while free:
        worker = free.pop()
        try:
            await back.send_multipart([worker, b"", *request])
        except zmq.ZMQError:
            continue
        return worker
    return None


async def forgets_the_empty_frame(back, free, request):
    while free:
        worker = free.pop(0)
        try:
            await back.send_multipart([worker, *request])
        except zmq.ZMQError:
            continue
        return worker
    return None


async def sends_only_the_body(back, free, request):
    while free:
        worker = free.pop(0)
        try:
            await back.send_multipart([worker, b"", request[-1]])
        except zmq.ZMQError:
            continue
        return worker
    return None


async def leaves_the_names(back, free, request):
    for worker in free:
        try:
            await back.send_multipart([worker, b"", *request])
        except zmq.ZMQError:
            continue
        return worker
    return None


async def gives_it_to_all(back, free, request):
    reached = None
    while free:
        worker = free.pop(0)
        try:
            await back.send_multipart([worker, b"", *request])
        except zmq.ZMQError:
            continue
        reached = reached or worker
    return reached


async def sends_it_twice(back, free, request):
    while free:
        worker = free.pop(0)
        try:
            await back.send_multipart([worker, b"", *request])
        except zmq.ZMQError:
            continue
        await back.send_multipart([worker, b"", *request])
        return worker
    return None


async def returns_nothing(back, free, request):
    while free:
        try:
            await back.send_multipart([free.pop(0), b"", *request])
        except zmq.ZMQError:
            continue
        return


async def tries_the_dead_for_ever(back, free, request):
    while True:
        try:
            await back.send_multipart([free[0], b"", *request])
            return free.pop(0)
        except zmq.ZMQError:
            await asyncio.sleep(0.01)


async def sleeps(back, free, request):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await trusts_the_list(back, free, request)


async def knows_the_names(back, free, request):
    return b"anna"


def is_no_coroutine(back, free, request):
    return free[0]


# ------------------------------------------------------------- main exercise


class _Broker:
    """The right broker; each wrong answer changes one thing in it."""

    oldest = 0
    """Which of the free workers is next."""
    spare = False
    """Whether a worker whose reply is overdue counts as free."""
    empty = (b"",)
    takes_early = False

    def __init__(self, front, back, limit):
        self.front, self.back, self.limit = front, back, limit
        self.free, self.given, self.again, self.early = [], {}, [], []

    def finish(self, job):
        """Say whether this reply goes to the client."""
        if job is None or job["done"]:
            return False
        job["done"] = True
        return True

    def look_for_overdue(self):
        for worker, job in list(self.given.items()):
            if not job["done"] and time.monotonic() > job["until"]:
                job["until"] = float("inf")
                self.again.append(job)
                if self.spare:
                    self.free.append(worker)

    async def take(self):
        return await self.front.recv_multipart()

    async def hear(self):
        worker, _, *rest = await self.back.recv_multipart()
        if self.finish(self.given.pop(worker, None)):
            await self.front.send_multipart(rest)
        self.free.append(worker)

    async def give(self, job):
        worker = self.free.pop(self.oldest)
        job["until"] = time.monotonic() + self.limit
        self.given[worker] = job
        await self.back.send_multipart([worker, *self.empty, *job["frames"]])

    async def run(self):
        while True:
            if await self.back.poll(10):
                await self.hear()
            self.look_for_overdue()
            if self.takes_early and await self.front.poll(0):
                self.early.append(await self.take())
            self.again = [job for job in self.again if not job["done"]]
            while self.free and (self.again or self.early or await self.front.poll(0)):
                if self.again:
                    await self.give(self.again.pop(0))
                else:
                    frames = self.early.pop(0) if self.early else await self.take()
                    await self.give({"frames": frames, "done": False})


class _NewestFirst(_Broker):
    oldest = -1


class _OverdueIsFree(_Broker):
    spare = True


class _TakesEarly(_Broker):
    takes_early = True


class _OneFrame(_Broker):
    async def take(self):
        return (await self.front.recv_multipart())[:3]


class _ForgetsTheEmptyFrame(_Broker):
    empty = ()


class _NeverAgain(_Broker):
    def look_for_overdue(self):
        pass


class _AgainOnce(_Broker):
    def look_for_overdue(self):
        for job in self.given.values():
            if not job["done"] and "again" not in job and time.monotonic() > job["until"]:
                job["again"] = True
                self.again.append(job)


class _AgainAtOnce(_Broker):
    def look_for_overdue(self):
        for job in self.given.values():
            if not job["done"] and job["until"] < float("inf"):
                job["until"] = float("inf")
                self.again.append(job)


class _LateIsDropped(_Broker):
    def look_for_overdue(self):
        for worker, job in list(self.given.items()):
            if not job["done"] and time.monotonic() > job["until"]:
                self.again.append(job)
                self.given[worker] = {"done": True}


class _BothReplies(_Broker):
    def finish(self, job):
        if job is None:
            return False
        job["done"] = True
        return True


class _AgainTooEarly(_Broker):
    """Gives the second worker what was left of the first one's time."""

    async def give(self, job):
        until = time.monotonic() + self.limit
        worker = self.free.pop(0)
        job["until"] = job.setdefault("first", until)
        self.given[worker] = job
        await self.back.send_multipart([worker, b"", *job["frames"]])


class _HalfTheLimit(_Broker):
    def __init__(self, front, back, limit):
        super().__init__(front, back, limit / 2)


class _AgainOnlyIfSomebodyIsFree(_Broker):
    def look_for_overdue(self):
        super().look_for_overdue()
        if not self.free:
            self.again.clear()


class _LatestClient(_Broker):
    """Remembers one client: the last that has asked."""

    async def take(self):
        frames = await super().take()
        self.client = frames[0]
        return frames

    async def hear(self):
        worker, _, *rest = await self.back.recv_multipart()
        if self.finish(self.given.pop(worker, None)):
            await self.front.send_multipart([self.client, *rest[1:]])
        self.free.append(worker)


class _LateIsNotFree(_Broker):
    async def hear(self):
        worker, _, *rest = await self.back.recv_multipart()
        job = self.given.pop(worker, None)
        if self.finish(job):
            await self.front.send_multipart(rest)
        elif job is not None:
            return
        self.free.append(worker)


class _ByTheBody(_Broker):
    async def hear(self):
        worker, _, *rest = await self.back.recv_multipart()
        if b"READY" not in rest and self.finish(self.given.pop(worker, None)):
            await self.front.send_multipart(rest)
        self.free.append(worker)


def _run(kind):
    async def run_broker(front, back, limit):
        await kind(front, back, limit).run()

    run_broker.__name__ = kind.__name__
    return run_broker


async def ends_when_it_is_quiet(front, back, limit):
    try:
        await asyncio.wait_for(_Broker(front, back, limit).run(), 0.1)
    except TimeoutError:
        return


async def ignores_its_end(front, back, limit):
    broker = asyncio.create_task(_Broker(front, back, limit).run())
    for _ in range(2):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(broker)


async def blocks_the_loop(front, back, limit):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    await _Broker(front, back, limit).run()


async def prints(front, back, limit):
    print("a broker")
    await asyncio.Event().wait()


async def deals_like_a_proxy(front, back, limit):
    workers, turn = [], 0
    while True:
        if await back.poll(10):
            worker, _, *rest = await back.recv_multipart()
            if rest == [b"READY"]:
                workers.append(worker)
            else:
                await front.send_multipart(rest)
        if workers and await front.poll(0):
            worker = workers[turn % len(workers)]
            turn += 1
            await back.send_multipart([worker, b"", *await front.recv_multipart()])


def is_no_coroutine_either(front, back, limit):
    return front, back


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "12 hand on": [
        (trusts_the_list, "Your code raised", "작성한 코드에서 예외가"),
        (takes_the_newest, "What did anna receive", "anna 워커는 무엇을"),
        (forgets_the_empty_frame, "What did anna receive", "anna 워커는 무엇을"),
        (sends_only_the_body, "What did anna receive", "anna 워커는 무엇을"),
        (leaves_the_names, "are left in `free`", "어떤 이름이 남나요"),
        (gives_it_to_all, "What did ben receive", "ben 워커는 무엇을"),
        (sends_it_twice, "What else did anna", "무엇을 더"),
        (returns_nothing, "What does hand_on() return", "무엇을 돌려주나요"),
        (tries_the_dead_for_ever, "it still waited", "끝나지 않아 취소"),
        (sleeps, "blocks", "블로킹하는 호출"),
        (knows_the_names, "Got: None", "실제 값: None"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
    "12 broker": [
        (_run(_NewestFirst), "Anna for longer", "anna가 더 오래"),
        (_run(_OverdueIsFree), "overdue", "늦고"),
        (_run(_TakesEarly), "still in `front`", "`front`에 어떤 요청이"),
        (_run(_OneFrame), "What did anna receive", "anna 워커는 무엇을"),
        (_run(_ForgetsTheEmptyFrame), "What did anna receive", "anna 워커는 무엇을"),
        (_run(_NeverAgain), "Anna's reply is overdue", "anna의 응답이 늦고"),
        (_run(_AgainOnce), "then Ben's too", "ben의 응답도"),
        (_run(_AgainAtOnce), "not overdue yet", "아직 늦지 않았고"),
        (_run(_LateIsDropped), "late. It comes while", "응답이 늦게"),
        (_run(_BothReplies), "after the first reply", "첫 응답 다음에"),
        (_run(_AgainTooEarly), "After how many seconds did cleo", "cleo 워커는 몇 초"),
        (_run(_HalfTheLimit), "After how many seconds did ben", "ben 워커는 몇 초"),
        (_run(_AgainOnlyIfSomebodyIsFree), "Ben is free when it is overdue", "늦은 뒤에 ben이"),
        (_run(_LatestClient), "for one client, and Ben for another", "서로 다른 클라이언트"),
        (_run(_LateIsNotFree), "Two new requests", "새 요청이 두 개"),
        (_run(_ByTheBody), "What did the client receive", "클라이언트는 무엇을"),
        (ends_when_it_is_quiet, "still running", "아직 실행 중"),
        (ignores_its_end, "Has it ended", "끝났나요"),
        (blocks_the_loop, "blocks", "블로킹하는 호출"),
        (prints, "What did anna receive", "anna 워커는 무엇을"),
        (deals_like_a_proxy, "Anna alone is there", "anna만 있고"),
        (is_no_coroutine_either, "has to be a coroutine", "코루틴이어야"),
    ],
}
