"""Answers that the checks of lesson 20 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from typing import Any

import zmq

# ------------------------------------------------------------- warm-up


def always_found(frames, registered):
    return [*frames[:3], b"200"]


def numbers_of_the_guide(frames, registered):
    return [*frames[:3], b"200" if frames[3] in registered else b"400"]


def knows_no_501(frames, registered):
    return [*frames[:3], b"200" if frames[3] in registered else b"404"]


def looks_at_the_beginning(frames, registered):
    if not frames[2].startswith(b"mmi.service"):
        return [*frames[:3], b"501"]
    return [*frames[:3], b"200" if frames[3] in registered else b"404"]


def forgets_the_empty_frame(frames, registered):
    code = b"200" if frames[3] in registered else b"404"
    return [*frames[1:3], code if frames[2] == b"mmi.service" else b"501"]


def answers_with_text(frames, registered):
    code = "200" if frames[3] in registered else "404"
    return [*frames[:3], code if frames[2] == b"mmi.service" else "501"]


def keeps_the_body(frames, registered):
    code = b"200" if frames[3] in registered else b"404"
    return [*frames, code if frames[2] == b"mmi.service" else b"501"]


def writes_into_the_request(frames, registered):
    code = b"200" if frames[3] in registered else b"404"
    frames[3] = code if frames[2] == b"mmi.service" else b"501"
    return frames


def knows_the_services(frames, registered):
    code = b"200" if frames[3] in {b"tea", b"coffee"} else b"404"
    return [*frames[:3], code if frames[2] == b"mmi.service" else b"501"]


def prints(frames, registered):
    print(b"200" if frames[3] in registered else b"404")


async def is_a_coroutine(frames, registered):
    return [*frames[:3], b"200"]


# ------------------------------------------------------------- main exercise

READY, REQUEST, REPLY, HEARTBEAT, DISCONNECT = (bytes([number]) for number in range(1, 6))
W = [b"", b"MDPW01"]


async def _run(context, endpoint, service, work, interval, **faults):
    """Be the right answer, but for the faults that are named."""
    if "knows_the_service" in faults:
        service = b"tea"
    if "knows_the_interval" in faults:
        interval = 0.2
    for number in itertools.count(1):
        if "beats_once" in faults and number == 2:
            faults["no_heartbeats"] = True
        if "finds_it_once" in faults and number == 3:
            await asyncio.Event().wait()
        socket = context.socket(zmq.DEALER)
        socket.linger = 0
        socket.connect(endpoint)
        tasks: list[Any] = []
        try:
            await _session(socket, service, work, interval, tasks, faults)
        finally:
            cancelled = sys.exc_info()[0] is asyncio.CancelledError
            if not ("leaks_work" in faults and cancelled):
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            if "leaves_open" not in faults:
                socket.close()
        if "gives_up" in faults:
            return


def _patience(interval, faults):
    """Return the milliseconds of silence after which a session is over; -1 if it never is."""
    if "ignores_silence" in faults:
        return -1
    if "impatient" in faults:
        return int(200 * interval)
    return int((1500 if "half_as_patient" in faults else 3000) * interval)


async def _session(socket, service, work, interval, tasks, faults):
    async def beat():
        while True:
            await asyncio.sleep(interval * 0.8)
            await socket.send_multipart([*W, HEARTBEAT])

    async def answer(client, body):
        reply = await work(body[:1] if "one_frame" in faults else body)
        empty = [] if "no_empty" in faults else [b""]
        await socket.send_multipart([*W, REPLY, client, *empty, *reply])
        if "stops_after_work" in faults:
            tasks[0].cancel()

    header = W[1:] if "no_delimiter" in faults else W
    await socket.send_multipart([*header, READY, service])
    if "no_heartbeats" not in faults:
        tasks.append(asyncio.ensure_future(beat()))
    patience = _patience(interval, faults)
    left = patience
    beaten = time.monotonic()
    while await socket.poll(left):
        message = await socket.recv_multipart()
        if "counts_heartbeats_only" in faults:
            if message == [*W, HEARTBEAT]:
                beaten = time.monotonic()
            left = max(0, patience - int(1000 * (time.monotonic() - beaten)))
        if "trusts_while_it_works" in faults and message[2] == REQUEST:
            left = -1
        match message:
            case [b"", b"MDPW01", b"\x02", client, b"", *body]:
                if "works_in_line" in faults:
                    tasks.pop().cancel()
                    await answer(client, body)
                    tasks.append(asyncio.ensure_future(beat()))
                else:
                    tasks.append(asyncio.ensure_future(answer(client, body)))
            case [b"", b"MDPW01", b"\x05"] if "same_socket" in faults:
                await socket.send_multipart([*W, READY, service])
            case [b"", b"MDPW01", b"\x05"] if "ignores_disconnect" not in faults:
                return


def _with(fault):
    async def wrong(context, endpoint, service, work, interval):
        await _run(context, endpoint, service, work, interval, **{fault: True})

    wrong.__name__ = fault
    return wrong


async def answers_on_the_new_socket(context, endpoint, service, work, interval):
    """Give each socket's reply to whichever socket there is then."""
    now: list[Any] = []
    jobs: list[Any] = []

    async def answer(client, body):
        reply = await work(body)
        await now[-1].send_multipart([*W, REPLY, client, b"", *reply])

    async def beat():
        while True:
            await asyncio.sleep(interval * 0.8)
            await now[-1].send_multipart([*W, HEARTBEAT])

    jobs.append(asyncio.ensure_future(beat()))
    try:
        while True:
            with context.socket(zmq.DEALER) as socket:
                socket.linger = 0
                socket.connect(endpoint)
                now.append(socket)
                await socket.send_multipart([*W, READY, service])
                while await socket.poll(int(3000 * interval)):
                    message = await socket.recv_multipart()
                    if message[2] == REQUEST:
                        jobs.append(asyncio.ensure_future(answer(message[3], message[5:])))
                    elif message[2] == DISCONNECT:
                        break
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


async def blocks(context, endpoint, service, work, interval):
    with context.socket(zmq.DEALER) as socket:
        socket.linger = 0
        socket.connect(endpoint)
        await socket.send_multipart([*W, READY, service])
        while True:
            time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
            await asyncio.sleep(0)


async def takes_another_context(context, endpoint, service, work, interval):
    with zmq.asyncio.Context() as own:
        own.linger = 0
        await _run(own, endpoint, service, work, interval)


async def says_nothing(context, endpoint, service, work, interval):
    print("READY")


def is_no_coroutine(context, endpoint, service, work, interval):
    return work(service)


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "20 mmi": [
        (always_found, "Got: [b'', b'MDPC01', b'mmi.service', b'200']", "answer_mmi()는 무엇을"),
        (numbers_of_the_guide, "b'400'", "b'400'"),
        (knows_no_501, "mmi.workers", "mmi.workers"),
        (looks_at_the_beginning, "mmi.service.more", "mmi.service.more"),
        (forgets_the_empty_frame, "Got: [b'MDPC01'", "실제 값: [b'MDPC01'"),
        (answers_with_text, "'200'", "'200'"),
        (keeps_the_body, "b'tea', b'200'", "b'tea', b'200'"),
        (writes_into_the_request, "frames of the request after", "호출한 뒤 요청의 프레임"),
        (knows_the_services, "holds cake", "cake가 들어"),
        (prints, "Got: None", "실제 값: None"),
        (is_a_coroutine, "a plain function", "일반 함수"),
    ],
    "20 worker": [
        (_with("no_delimiter"), "receive first", "처음 받는 것은"),
        (_with("one_frame"), "worker's reply", "워커의 응답은"),
        (_with("no_empty"), "worker's reply", "워커의 응답은"),
        (_with("no_heartbeats"), "The worker is idle", "워커가 한가합니다"),
        (_with("works_in_line"), "work() takes five", "다섯 간격 동안 일합니다"),
        (_with("impatient"), "does the worker register", "몇 번 등록하나요"),
        (_with("ignores_disconnect"), "has sent DISCONNECT", "DISCONNECT를 보냈습니다"),
        (_with("same_socket"), "by a new connection", "새 연결로"),
        (_with("gives_up"), "still running", "아직 실행 중인가요"),
        (_with("leaves_open"), "old session closed", "옛 세션의 소켓이"),
        (_with("ignores_silence"), "says nothing any more", "더는 아무것도"),
        (_with("leaks_work"), "Does work() still go on", "아직 일하나요"),
        (_with("knows_the_service"), "receive first", "처음 받는 것은"),
        (_with("knows_the_interval"), "after the broker's last heartbeat", "마지막 하트비트에서"),
        (_with("half_as_patient"), "after the broker's last heartbeat", "마지막 하트비트에서"),
        (_with("counts_heartbeats_only"), "and no heartbeat", "하트비트 없이"),
        (_with("trusts_while_it_works"), "any more while work()", "더는 아무것도"),
        (_with("stops_after_work"), "has replied, and is idle", "응답을 보내고 한가합니다"),
        (_with("beats_once"), "has registered again", "다시 등록했고"),
        (_with("finds_it_once"), "by a third connection", "세 번째 연결로"),
        (answers_on_the_new_socket, "Which reply", "어떤 응답을"),
        (blocks, "blocks", "블로킹하는 호출"),
        (takes_another_context, "context that you are given", "받은 컨텍스트"),
        (says_nothing, "still running", "아직 실행 중인가요"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
}
