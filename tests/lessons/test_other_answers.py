"""Right answers of another shape than the solution pass too: a check judges what an answer does."""

import asyncio
import threading
import time
from threading import Thread

import pytest
import zmq

from zmqlab import check


def deals_by_push(context, blocks, workers, job):
    """PUSH and PULL, with some tasks on their way at a time."""
    ready = threading.Barrier(workers + 1)

    def work():
        with context.socket(zmq.PULL) as pull, context.socket(zmq.PUSH) as push:
            pull.connect("inproc://tasks")
            push.connect("inproc://results")
            ready.wait()
            while len(task := pull.recv_multipart()) == 2:
                push.send_multipart([task[0], job(task[1])])

    results = [b""] * len(blocks)
    with context.socket(zmq.PUSH) as push, context.socket(zmq.PULL) as pull:
        push.bind("inproc://tasks")
        pull.bind("inproc://results")
        threads = [Thread(target=work) for _ in range(workers)]
        for one in threads:
            one.start()
        ready.wait()
        open_ones = 0
        for number, block in enumerate(blocks):
            push.send_multipart([b"%d" % number, block])
            open_ones += 1
            if open_ones == 2 * workers:
                which, result = pull.recv_multipart()
                results[int(which)] = result
                open_ones -= 1
        for _ in range(open_ones):
            which, result = pull.recv_multipart()
            results[int(which)] = result
        for _ in threads:
            push.send(b"home")
        for one in threads:
            one.join()
    return results


def pickles_for_a_pair_each(context, blocks, workers, job):
    """Number and block pickled together, and dealt to a PAIR for each worker."""

    def work(name):
        with context.socket(zmq.PAIR) as pair:
            pair.connect(f"inproc://worker-{name}")
            while task := pair.recv_pyobj():
                number, block = task
                pair.send(b"%d " % number + job(block), copy=False)

    pairs = [context.socket(zmq.PAIR) for _ in range(workers)]
    for name, pair in enumerate(pairs):
        pair.bind(f"inproc://worker-{name}")
    threads = [Thread(target=work, args=(name,)) for name in range(workers)]
    for one in threads:
        one.start()
    results = [b""] * len(blocks)
    for first in range(0, len(blocks), workers):
        here = list(zip(pairs, range(first, len(blocks)), strict=False))
        for pair, number in here:
            pair.send_pyobj((number, blocks[number]))
        for pair, _ in here:
            number, _, result = pair.recv().partition(b" ")
            results[int(number)] = result
    for pair in pairs:
        pair.send_pyobj(None)
    for one in threads:
        one.join()
    for pair in pairs:
        pair.close()
    return results


@pytest.mark.parametrize("crew", [deals_by_push, pickles_for_a_pair_each])
def test_a_crew_may_deal_its_blocks_otherwise(crew):
    async def run():
        return await check("31 nothing shared", crew)

    found = asyncio.run(run())
    assert found, found.text("en")


async def works_in_a_task_group(context, endpoint, service, work, interval):
    """A task group for each session, which ends by an exception; it returns when cancelled."""

    async def beats(socket):
        while True:
            await asyncio.sleep(interval / 2)
            await socket.send_multipart([b"", b"MDPW01", b"\x04"])

    async def does(socket, client, body):
        reply = await work(body)
        await socket.send_multipart([b"", b"MDPW01", b"\x03", client, b"", *reply])

    async def reads(socket, group):
        while True:
            frames = await asyncio.wait_for(socket.recv_multipart(), 3 * interval)
            if frames[2] == b"\x05":
                raise ConnectionResetError
            if frames[2] == b"\x02":
                group.create_task(does(socket, frames[3], frames[5:]))

    while True:
        socket = context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        cancelled = False
        try:
            socket.connect(endpoint)
            await socket.send_multipart([b"", b"MDPW01", b"\x01", service])
            async with asyncio.TaskGroup() as group:
                group.create_task(beats(socket))
                group.create_task(reads(socket, group))
        except* (TimeoutError, ConnectionResetError):
            pass
        except* asyncio.CancelledError:
            cancelled = True
        finally:
            socket.close()
        if cancelled:
            return


async def counts_silent_intervals(context, endpoint, service, work, interval):
    """One poll for each interval, and so many in vain: as the Guide's workers count."""
    while True:
        with context.socket(zmq.DEALER) as socket:
            socket.linger = 0
            socket.connect(endpoint)
            await socket.send_multipart([b"", b"MDPW01", b"\x01", service])

            async def does(client, body, socket=socket):
                reply = await work(body)
                await socket.send_multipart([b"", b"MDPW01", b"\x03", client, b"", *reply])

            jobs = []
            left = 3
            due = time.monotonic() + interval
            try:
                while left:
                    if await socket.poll(int(1000 * interval)):
                        frames = await socket.recv_multipart()
                        left = 3
                        if frames[2] == b"\x02":
                            jobs.append(asyncio.create_task(does(frames[3], frames[5:])))
                        elif frames[2] == b"\x05":
                            break
                    else:
                        left -= 1
                    if time.monotonic() >= due:
                        await socket.send_multipart([b"", b"MDPW01", b"\x04"])
                        due = time.monotonic() + interval
            finally:
                for job in jobs:
                    job.cancel()


def test_a_worker_may_find_its_broker_again_otherwise():
    answers = (works_in_a_task_group, counts_silent_intervals)

    async def run():
        return await asyncio.gather(*(check("20 worker", answer) for answer in answers))

    for answer, found in zip(answers, asyncio.run(run()), strict=True):
        assert found, f"{answer.__name__}: {found.text('en')}"
