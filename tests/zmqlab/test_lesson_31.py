"""The checker of lesson 31 tells a crew that shares nothing from what learners write first."""

import queue
import threading
from threading import Thread

import pytest
import zmq

from web.lessons.source import read
from web.paths import LESSONS
from zmqlab.exercises import lesson_31

EXERCISE = "31 nothing shared"


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """What waits for ever in these tests gives up sooner than a learner's code has to."""
    monkeypatch.setattr(lesson_31, "PATIENCE", 2.0)
    monkeypatch.setattr(lesson_31, "TOO_LONG", 5.0)


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


def pipeline(context, blocks, workers, job):
    """PUSH and PULL, with some tasks on their way at a time: good as well."""
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


def in_one_frame(context, blocks, workers, job):
    """Number and block pickled together, and dealt to a PAIR for each worker: good as well."""

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


def unwritten(context, blocks, workers, job): ...


def solution():
    names = {"zmq": zmq, "Thread": Thread}
    (exercise,) = read(LESSONS / "31-multithreading-magic.md").exercises()
    exec(exercise.solution, names)
    return names["crew"]


@pytest.mark.parametrize(
    "crew",
    [good, pipeline, in_one_frame, solution()],
    ids=["asked", "dealt", "pickled", "solution"],
)
def test_a_good_one_passes(verdict_on, crew):
    verdict = verdict_on(crew)
    assert verdict, verdict.text("en")


@pytest.mark.parametrize(
    ("crew", "words"),
    [
        (alone, "job() in the thread that called crew()"),
        (one_worker, "not all of them got a block"),
        (in_order_of_arrival, "Six blocks"),
        (one_socket_for_all, "send() in another thread"),
        (a_queue, "a socket for each worker, and one"),
        (results_in_a_shared_list, "that of b'block 0' in none"),
        (idle_sockets, "b'block 0' in none"),
        (takes_empty_for_the_end, "Empty blocks among others"),
        (hands_out_all_first, "a socket waited for 2 s"),
        (leaves_a_socket_open, "1 still open"),
        (leaves_a_thread, "1 still there"),
        (raises, "IndexError"),
        (raises_in_a_worker, "TypeError"),
    ],
)
def test_another_does_not_and_is_told_why(verdict_on, assert_refused, crew, words):
    assert_refused(verdict_on(crew), words)


def test_before_anything_is_written(verdict_on, assert_not_yet):
    assert_not_yet(verdict_on(unwritten))


def test_who_does_not_come_back_is_left_behind(verdict_on):
    verdict = verdict_on(lambda *given: threading.Event().wait(8))
    assert "still at work after 5 s" in verdict.text("en")
