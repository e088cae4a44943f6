"""Answers that the checks of lesson 13 refuse, each with words that its verdict holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

# ------------------------------------------------------------- warm-up


async def trusts_the_order(socket, questions):
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    return [(await socket.recv_multipart())[1] for _ in questions]


async def asks_one_by_one(socket, questions):
    answers = []
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
        answers.append((await socket.recv_multipart())[1])
    return answers


async def takes_the_question_for_its_number(socket, questions):
    for question in questions:
        await socket.send_multipart([question, question])
    answers = {}
    while len(answers) < len(questions):
        number, answer = await socket.recv_multipart()
        answers[number] = answer
    return [answers[question] for question in questions]


async def sends_no_number(socket, questions):
    for question in questions:
        await socket.send(question)
    return [await socket.recv() for _ in questions]


async def sorts_numbers_as_text(socket, questions):
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    found = [await socket.recv_multipart() for _ in questions]
    return [answer for _, answer in sorted(found)]


async def returns_a_dict(socket, questions):
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    return dict([await socket.recv_multipart() for _ in questions])


async def waits_for_one_more(socket, questions):
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    answers = {}
    while len(answers) <= len(questions):
        place, answer = await socket.recv_multipart()
        answers[int(place)] = answer
    return [answers[place] for place in range(len(questions))]


async def closes_it(socket, questions):
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    answers = dict([await socket.recv_multipart() for _ in questions])
    socket.close()
    return [answers[b"%d" % place] for place in range(len(questions))]


async def sleeps_first(socket, questions):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    answers = dict([await socket.recv_multipart() for _ in questions])
    return [answers[b"%d" % place] for place in range(len(questions))]


async def prints_them(socket, questions):
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    for _ in questions:
        print(await socket.recv_multipart())


async def makes_the_answers_up(socket, questions):
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    return [b"%d degrees" % place for place, _ in enumerate(questions)]


async def leaves_a_reader_behind(socket, questions):
    replies = asyncio.Queue()

    async def read():
        while True:
            replies.put_nowait(await socket.recv_multipart())

    reader = asyncio.create_task(read())
    for place, question in enumerate(questions):
        await socket.send_multipart([b"%d" % place, question])
    answers = {int(place): answer for place, answer in [await replies.get() for _ in questions]}
    assert not reader.done()
    return [answers[place] for place in range(len(questions))]


async def asks_equal_questions_once(socket, questions):
    different = list(dict.fromkeys(questions))
    for place, question in enumerate(different):
        await socket.send_multipart([b"%d" % place, question])
    answers = dict([await socket.recv_multipart() for _ in different])
    return [answers[b"%d" % different.index(question)] for question in questions]


def is_no_coroutine(socket, questions):
    return questions


# ------------------------------------------------------------- main exercise


async def _serve_some(server, readings, stop, chosen, *, idle=50, yields=True):
    """Serve by credit, but only those that are `chosen` of the streams in each round."""
    streams, ready = {}, []
    while not stop.is_set():
        if await server.poll(0 if ready else idle):
            client, grant = await server.recv_multipart()
            streams.setdefault(client, [0, 0])[1] += int(grant)
        ready = [one for one, (sent, credit) in streams.items() if credit and sent < len(readings)]
        for client in chosen(ready, streams):
            stream = streams[client]
            await server.send_multipart([client, readings[stream[0]]])
            stream[0] += 1
            stream[1] -= 1
            if stream[0] == len(readings):
                await server.send_multipart([client, b""])
        if yields:
            await asyncio.sleep(0)
    return sum(sent for sent, _ in streams.values())


async def _serve(server, readings, stop, *, cost=1, end=True, forget=False, add=True, turns=True):
    return await _count([], server, readings, stop, cost, end, forget, add, turns)


async def _count(log, server, readings, stop, cost, end, forget, add, turns):
    streams = {}
    ready = []
    while not stop.is_set():
        if await server.poll(0 if ready else 50):
            client, grant = await server.recv_multipart()
            stream = streams.setdefault(client, [0, 0])
            stream[1] = stream[1] * add + int(grant)
        ready = [one for one, (sent, credit) in streams.items() if credit and sent < len(readings)]
        for client in ready:
            stream = streams[client]
            while stream[1] and stream[0] < len(readings):
                await server.send_multipart([client, readings[stream[0]]])
                stream[0] += 1
                stream[1] -= cost
                log.append(client)
                if turns:
                    break
            if stream[0] == len(readings):
                if end:
                    await server.send_multipart([client, b""])
                if forget:
                    del streams[client]
        await asyncio.sleep(0)
    return len(log)


async def ignores_credit(server, readings, stop):
    return await _serve(server, readings, stop, cost=0)


async def replaces_the_credit(server, readings, stop):
    return await _serve(server, readings, stop, add=False)


async def sends_no_end(server, readings, stop):
    return await _serve(server, readings, stop, end=False)


async def begins_again(server, readings, stop):
    return await _serve(server, readings, stop, forget=True)


async def takes_no_turns(server, readings, stop):
    return await _serve(server, readings, stop, turns=False)


async def shares_one_purse(server, readings, stop):
    sent, purse = {}, 0
    while not stop.is_set():
        if await server.poll(20):
            client, grant = await server.recv_multipart()
            sent.setdefault(client, 0)
            purse += int(grant)
        for client in sent:
            while purse and sent[client] < len(readings):
                await server.send_multipart([client, readings[sent[client]]])
                sent[client] += 1
                purse -= 1
                if sent[client] == len(readings):
                    await server.send_multipart([client, b""])
    return sum(sent.values())


async def serves_one_after_the_other(server, readings, stop):
    total = 0
    done = set()
    while not stop.is_set():
        if not await server.poll(20):
            continue
        client, grant = await server.recv_multipart()
        if client in done:
            continue
        credit = int(grant)
        for reading in readings:
            while not credit:
                if stop.is_set():
                    return total
                if await server.poll(20):
                    other, grant = await server.recv_multipart()
                    credit += int(grant) if other == client else 0
            await server.send_multipart([client, reading])
            credit -= 1
            total += 1
        await server.send_multipart([client, b""])
        done.add(client)
    return total


async def takes_credit_for_the_end(server, readings, stop):
    return await _serve(server, [*readings, b""], stop, end=False)


async def returns_nothing(server, readings, stop):
    await _serve(server, readings, stop)


async def sends_two_frames(server, readings, stop):
    while not stop.is_set():
        if await server.poll(20):
            client, grant = await server.recv_multipart()
            for reading in readings[: int(grant)]:
                await server.send_multipart([client, b"", reading])


async def leaves_a_task_running(server, readings, stop):
    log = []
    never = asyncio.Event()
    task = asyncio.ensure_future(_count(log, server, readings, never, 1, True, False, True, True))
    await stop.wait()
    assert not task.done()
    return len(log)


async def closes_the_socket(server, readings, stop):
    total = await _serve(server, readings, stop)
    server.close()
    return total


async def never_stops(server, readings, stop):
    return await _serve(server, readings, asyncio.Event())


async def ends_at_the_first_end(server, readings, stop):
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, done.set)
    return await _serve(server, readings, done)


async def blocks_the_loop(server, readings, stop):
    time.sleep(1.2)  # noqa: ASYNC251  (it blocks, and is refused for that)
    return await _serve(server, readings, stop)


async def knows_the_number(server, readings, stop):
    await stop.wait()
    return len(readings)


async def gives_no_other_task_a_turn(server, readings, stop):
    return await _serve_some(server, readings, stop, lambda ready, _: ready, yields=False)


async def looks_at_stop_too_seldom(server, readings, stop):
    return await _serve_some(server, readings, stop, lambda ready, _: ready, idle=3000)


async def serves_the_newest_first(server, readings, stop):
    return await _serve_some(server, readings, stop, lambda ready, _: ready[-1:])


async def serves_the_least_credit_first(server, readings, stop):
    def least(ready, streams):
        return sorted(ready, key=lambda one: streams[one][1])[:1]

    return await _serve_some(server, readings, stop, least)


async def makes_the_readings_up(server, readings, stop):
    made_up = [b"day %d" % day for day, _ in enumerate(readings, 1)]
    return await _serve(server, made_up, stop)


async def leaves_a_receive_behind(server, readings, stop):
    receive = None
    sent, credit = {}, {}
    while not stop.is_set():
        ready = [one for one in sent if credit[one] and sent[one] < len(readings)]
        receive = receive or asyncio.ensure_future(server.recv_multipart())
        await asyncio.wait([receive], timeout=0 if ready else 0.05)
        if receive.done():
            client, grant = receive.result()
            receive = None
            sent.setdefault(client, 0)
            credit[client] = credit.get(client, 0) + int(grant)
        for client in ready:
            await server.send_multipart([client, readings[sent[client]]])
            sent[client] += 1
            credit[client] -= 1
            if sent[client] == len(readings):
                await server.send_multipart([client, b""])
    return sum(sent.values())


def is_no_coroutine_either(server, readings, stop):
    return 10


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "13 ask all": [
        (trusts_the_order, "in reverse order. What did ask_all() return", "거꾸로 된 응답 순서"),
        (asks_one_by_one, "before the first reply was read", "첫 응답을 읽기 전에"),
        (takes_the_question_for_its_number, "different numbers", "서로 다른 번호"),
        (sends_no_number, "a list of two frames", "프레임이 둘인"),
        (sorts_numbers_as_text, "Twelve questions", "질문 열둘"),
        (returns_a_dict, "What did ask_all() return", "ask_all()은 무엇을"),
        (waits_for_one_more, "it still waited", "끝나지 않아 취소"),
        (closes_it, "still open", "아직 열려"),
        (sleeps_first, "blocks", "블로킹하는 호출"),
        (prints_them, "Got: None", "실제 값: None"),
        (makes_the_answers_up, "What did ask_all() return", "ask_all()은 무엇을"),
        (leaves_a_reader_behind, "Can the caller receive it", "호출한 쪽에서 받을"),
        (asks_equal_questions_once, "two of them equal", "둘은 같은 질문"),
        (is_no_coroutine, "has to be a coroutine", "코루틴이어야"),
    ],
    "13 hand out": [
        (ignores_credit, "has granted 3 in all", "크레디트는 3"),
        (replaces_the_credit, "has granted 3 in all", "크레디트는 3"),
        (sends_no_end, "has granted 105 in all", "크레디트는 105"),
        (begins_again, "after the end", "끝난 뒤에"),
        (takes_no_turns, "they take turns", "번갈아"),
        (shares_one_purse, "the one that granted", "만큼 준 클라이언트"),
        (serves_one_after_the_other, "the one that granted 10", "10만큼 준"),
        (takes_credit_for_the_end, "Got: 11", "실제 값: 11"),
        (returns_nothing, "Got: None", "실제 값: None"),
        (sends_two_frames, "has granted 3 in all", "크레디트는 3"),
        (leaves_a_task_running, "had returned", "끝난 뒤에 준"),
        (closes_the_socket, "still open", "아직 열려"),
        (never_stops, "it still waited", "끝나지 않아 취소"),
        (ends_at_the_first_end, "Nobody has set", "아무도 `stop`을"),
        (blocks_the_loop, "blocks", "블로킹하는 호출"),
        (knows_the_number, "What did it receive", "무엇을 받았나요"),
        (gives_no_other_task_a_turn, "asyncio.sleep(0)", "asyncio.sleep(0)"),
        (looks_at_stop_too_seldom, "it still waited", "끝나지 않아 취소"),
        (serves_the_newest_first, "they take turns", "번갈아"),
        (serves_the_least_credit_first, "they take turns", "번갈아"),
        (makes_the_readings_up, "What did it receive", "무엇을 받았나요"),
        (leaves_a_receive_behind, "Can the caller receive it", "호출한 쪽에서 받을"),
        (is_no_coroutine_either, "has to be a coroutine", "코루틴이어야"),
    ],
}
