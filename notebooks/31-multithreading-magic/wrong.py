"""Answers that the checks of lesson 31 refuse, each with words that its verdict holds."""

from __future__ import annotations

import queue
import threading
from threading import Thread
from typing import Any

import zmq

_push: dict[int, Any] = {}
_turn = threading.Lock()


async def sells_in_a_coroutine(context, endpoint, count):
    with context.socket(zmq.PUSH) as push:
        push.connect(endpoint)
        for _ in range(count):
            push.send(b"1")


def uses_one_socket_for_all(context, endpoint, count):
    with _turn:
        if id(context) not in _push:
            _push[id(context)] = context.socket(zmq.PUSH)
            _push[id(context)].connect(endpoint)
    for _ in range(count):
        with _turn:
            _push[id(context)].send(b"1")


def leaves_its_socket_open(context, endpoint, count):
    push = context.socket(zmq.PUSH)
    push.connect(endpoint)
    for _ in range(count):
        push.send(b"1")


def sends_the_sum(context, endpoint, count):
    with context.socket(zmq.PUSH) as push:
        push.connect(endpoint)
        push.send(b"%d" % count)


def sells_one_less(context, endpoint, count):
    with context.socket(zmq.PUSH) as push:
        push.connect(endpoint)
        for _ in range(count - 1):
            push.send(b"1")


def binds_too(context, endpoint, count):
    with context.socket(zmq.PUSH) as push:
        push.bind(endpoint)
        for _ in range(count):
            push.send(b"1")


def sells_for_ever(context, endpoint, count):
    with context.socket(zmq.PUSH) as push:
        push.connect(endpoint)
        while True:
            push.send(b"1")


def makes_a_context_of_its_own(context, endpoint, count):
    own = zmq.Context()
    with own.socket(zmq.PUSH) as push:
        push.linger = 0
        push.connect(endpoint)
        for _ in range(count):
            push.send(b"1")
    own.term()


def ends_the_context(context, endpoint, count):
    with context.socket(zmq.PUSH) as push:
        push.connect(endpoint)
        for _ in range(count):
            push.send(b"1")
    context.term()


def good(context, blocks, workers, job):
    def work():
        with context.socket(zmq.REQ) as ask:
            ask.connect("inproc://crew")
            ask.send(b"ready")
            while len(task := ask.recv_multipart()) == 2:
                ask.send_multipart([task[0], job(task[1])])

    results, todo = [b""] * len(blocks), list(enumerate(blocks))
    with context.socket(zmq.REP) as office:
        office.bind("inproc://crew")
        threads = [Thread(target=work) for _ in range(workers)]
        for one in threads:
            one.start()
        while workers:
            request = office.recv_multipart()
            if len(request) == 2:
                results[int(request[0])] = request[1]
            if todo:
                number, block = todo.pop(0)
                office.send_multipart([b"%d" % number, block])
            else:
                office.send(b"home")
                workers -= 1
        for one in threads:
            one.join()
    return results


def hands_out_all_first(context, blocks, workers, job):
    ready = threading.Barrier(workers + 1)

    def work():
        with context.socket(zmq.PULL) as pull, context.socket(zmq.PUSH) as push:
            pull.connect("inproc://tasks")
            push.connect("inproc://results")
            ready.wait()
            while len(task := pull.recv_multipart()) == 2:
                push.send_multipart([task[0], job(task[1])])

    with context.socket(zmq.PUSH) as push, context.socket(zmq.PULL) as pull:
        push.bind("inproc://tasks")
        pull.bind("inproc://results")
        for _ in range(workers):
            Thread(target=work).start()
        ready.wait()
        for number, block in enumerate(blocks):
            push.send_multipart([b"%d" % number, block])
        done = dict(pull.recv_multipart() for _ in blocks)
        for _ in range(workers):
            push.send(b"home")
    return [done[b"%d" % number] for number in range(len(blocks))]


def alone(context, blocks, workers, job):
    return [job(block) for block in blocks]


def one_worker(context, blocks, workers, job):
    return good(context, blocks, 1, job)


def in_order_of_arrival(context, blocks, workers, job):
    return sorted(good(context, blocks, workers, job), reverse=True)


def one_socket_for_all(context, blocks, workers, job):
    """The workers use sockets that the caller made, one after the other."""
    with context.socket(zmq.REP) as office, context.socket(zmq.REQ) as ask:
        office.bind("inproc://crew")
        ask.connect("inproc://crew")
        thread = Thread(target=lambda: ask.send(b"ready"))
        thread.start()
        office.recv()
        thread.join()
    return list(blocks)


def a_queue(context, blocks, workers, job):
    """No sockets at all."""
    todo, results = queue.Queue(), [b""] * len(blocks)
    for item in enumerate(blocks):
        todo.put(item)

    def work():
        while True:
            try:
                number, block = todo.get_nowait()
            except queue.Empty:
                return
            results[number] = job(block)

    threads = [Thread(target=work) for _ in range(workers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return results


def results_in_a_shared_list(context, blocks, workers, job):
    """Blocks travel as messages; the workers write into the caller's list."""
    results = [b""] * len(blocks)

    def work():
        with context.socket(zmq.REQ) as ask:
            ask.connect("inproc://crew")
            ask.send(b"ready")
            while len(task := ask.recv_multipart()) == 2:
                results[int(task[0])] = job(task[1])
                ask.send(b"done")

    todo = list(enumerate(blocks))
    with context.socket(zmq.REP) as office:
        office.bind("inproc://crew")
        threads = [Thread(target=work) for _ in range(workers)]
        for one in threads:
            one.start()
        while workers:
            office.recv()
            if todo:
                number, block = todo.pop(0)
                office.send_multipart([b"%d" % number, block])
            else:
                office.send(b"home")
                workers -= 1
        for one in threads:
            one.join()
    return results


def idle_sockets(context, blocks, workers, job):
    """A list and a lock, and sockets for show."""
    results, todo, lock = [b""] * len(blocks), list(enumerate(blocks)), threading.Lock()

    def work(name):
        with context.socket(zmq.PAIR) as pair:
            pair.connect(f"inproc://show-{name}")
            while True:
                with lock:
                    if not todo:
                        return
                    number, block = todo.pop(0)
                result = job(block)
                with lock:
                    results[number] = result

    shown = [context.socket(zmq.PAIR) for _ in range(workers)]
    for number, pair in enumerate(shown):
        pair.bind(f"inproc://show-{number}")
    threads = [Thread(target=work, args=(number,)) for number in range(workers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for pair in shown:
        pair.close()
    return results


def takes_empty_for_the_end(context, blocks, workers, job):
    def work():
        with context.socket(zmq.REQ) as ask:
            ask.connect("inproc://crew")
            ask.send(b"ready")
            while (task := ask.recv_multipart())[-1]:
                ask.send_multipart([task[0], job(task[1])])

    results, todo = [b""] * len(blocks), list(enumerate(blocks))
    with context.socket(zmq.REP) as office:
        office.bind("inproc://crew")
        for _ in range(workers):
            Thread(target=work).start()
        while workers:
            request = office.recv_multipart()
            if len(request) == 2:
                results[int(request[0])] = request[1]
            number, block = todo.pop(0) if todo else (-1, b"")
            workers -= number < 0
            office.send_multipart([b"%d" % number, block])
    return results


def leaves_a_socket_open(context, blocks, workers, job):
    results = good(context, blocks, workers, job)
    forgotten.append(context.socket(zmq.PAIR))
    return results


forgotten = []


def leaves_a_thread(context, blocks, workers, job):
    results = good(context, blocks, workers, job)
    Thread(target=threading.Event().wait, args=(4,)).start()
    return results


def raises(context, blocks, workers, job):
    return blocks[len(blocks)]


def raises_in_a_worker(context, blocks, workers, job):
    return good(context, blocks, workers, lambda block: job(block) / 2)


def never_comes_back(context, blocks, workers, job):
    threading.Event().wait(20)


WRONG: dict[str, list[tuple[Any, str, str]]] = {
    "31 a socket each": [
        (sells_in_a_coroutine, "has to be a plain function", "보통 함수여야"),
        (uses_one_socket_for_all, "send() in another thread", "다른 스레드에서 send()"),
        (leaves_its_socket_open, "still open", "열려 있음"),
        (sends_the_sum, "Which messages did the owner get", "어떤 메시지를 몇 개씩"),
        (sells_one_less, "Which messages did the owner get", "어떤 메시지를 몇 개씩"),
        (binds_too, "Your code raised", "예외가 발생했습니다"),
        (sells_for_ever, "a socket waited", "기다리다 그만둠"),
        (makes_a_context_of_its_own, "Which messages did the owner get", "어떤 메시지를 몇 개씩"),
        (ends_the_context, "not yours to end", "끝내지 마세요"),
    ],
    "31 nothing shared": [
        (alone, "job() in the thread that called crew()", "crew()를 호출한 스레드의 job()"),
        (one_worker, "not all of them got a block", "블록을 받지 못한 스레드"),
        (in_order_of_arrival, "Six blocks", "블록 여섯 개"),
        (one_socket_for_all, "send() in another thread", "다른 스레드에서 send()"),
        (a_queue, "a socket for each worker, and one", "워커마다 소켓 하나"),
        (results_in_a_shared_list, "that of b'block 0' in none", "의 결과: 어느 메시지에도"),
        (idle_sockets, "b'block 0' in none", "어느 메시지에도 없음"),
        (takes_empty_for_the_end, "Empty blocks among others", "빈 블록이 섞여"),
        (hands_out_all_first, "a socket waited for 4 s", "4초를 기다리다 그만둠"),
        (leaves_a_socket_open, "1 still open", "1개가 열려 있음"),
        (leaves_a_thread, "1 still there", "1개가 남음"),
        (raises, "IndexError", "IndexError"),
        (raises_in_a_worker, "TypeError", "TypeError"),
        (never_comes_back, "still at work after 12 s", "12초가 지나도 실행"),
    ],
}
