"""Answers that the checks of lesson 09 refuse, each with words that its verdict holds."""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Lock, Thread

import zmq

# ------------------------------------------------------------- warm-up


def sends_by_pair(context, endpoint, job):
    with context.socket(zmq.PAIR) as socket:
        socket.sndtimeo = 500
        socket.bind(endpoint)
        socket.send_string(job())


def has_a_context_of_its_own(context, endpoint, job):
    own = zmq.Context()
    socket = own.socket(zmq.PUSH)
    socket.linger = 0
    socket.connect(endpoint)
    socket.send_string(job())
    socket.close()
    own.term()


def leaves_its_socket_open(context, endpoint, job):
    socket = context.socket(zmq.PUSH)
    socket.connect(endpoint)
    socket.send_string(job())
    kept.append(socket)


def returns_the_result(context, endpoint, job):
    return job()


def reports_before_the_job(context, endpoint, job):
    with context.socket(zmq.PUSH) as socket:
        socket.connect(endpoint)
        socket.send_string("done")
        job()


def works_twice(context, endpoint, job):
    job()
    with context.socket(zmq.PUSH) as socket:
        socket.connect(endpoint)
        socket.send_string(job())


def takes_turns(context, endpoint, job):
    with one_at_a_time, context.socket(zmq.PUSH) as socket:
        socket.connect(endpoint)
        socket.send_string(job())


def ends_the_context(context, endpoint, job):
    with context.socket(zmq.PUSH) as socket:
        socket.connect(endpoint)
        socket.send_string(job())
    context.term()


def never_ends(context, endpoint, job):
    with suppress(zmq.ContextTerminated), context.socket(zmq.PUSH) as socket:
        socket.connect(endpoint)
        socket.send_string(job())
        socket.poll(20_000, zmq.POLLIN)


def sends_two_frames(context, endpoint, job):
    with context.socket(zmq.PUSH) as socket:
        socket.connect(endpoint)
        socket.send_multipart([b"report", job().encode()])


kept: list[zmq.SyncSocket] = []
one_at_a_time = Lock()

# ------------------------------------------------------------- main exercise


def run_proxy(context, endpoint):
    """Bind and pass messages on, until the context ends."""
    with (
        suppress(zmq.ContextTerminated),
        context.socket(zmq.ROUTER) as router,
        context.socket(zmq.DEALER) as dealer,
    ):
        router.bind(endpoint)
        dealer.bind("inproc://work")
        zmq.proxy(router, dealer)


def answer_by(context, work):
    """Answer requests from the proxy, until the context ends."""
    with suppress(zmq.ContextTerminated), context.socket(zmq.REP) as rep:
        rep.connect("inproc://work")
        while True:
            rep.send(work(rep.recv()))


def crew_of(number, function, *args):
    """Start threads that run a function."""
    threads = [Thread(target=function, args=args, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads


def has_one_worker_only(context, endpoint, work, workers):
    threads = crew_of(1, answer_by, context, work)
    run_proxy(context, endpoint)
    for thread in threads:
        thread.join()


def has_no_threads(context, endpoint, work, workers):
    with suppress(zmq.ContextTerminated), context.socket(zmq.REP) as rep:
        rep.bind(endpoint)
        while True:
            rep.send(work(rep.recv()))


def has_a_worker_too_many(context, endpoint, work, workers):
    threads = crew_of(workers + 3, answer_by, context, work)
    run_proxy(context, endpoint)
    for thread in threads:
        thread.join()


def gives_workers_another_context(context, endpoint, work, workers):
    own = zmq.Context()
    own.linger = 0
    threads = crew_of(workers, answer_by, own, work)
    run_proxy(context, endpoint)
    own.term()
    for thread in threads:
        thread.join()


def lets_the_exception_out(context, endpoint, work, workers):
    crew_of(workers, answer_by, context, work)
    with (
        context.socket(zmq.ROUTER) as router,
        context.socket(zmq.DEALER) as dealer,
    ):
        router.bind(endpoint)
        dealer.bind("inproc://work")
        zmq.proxy(router, dealer)


def leaves_its_sockets_open(context, endpoint, work, workers):
    threads = crew_of(workers, answer_by, context, work)
    router = context.socket(zmq.ROUTER)
    dealer = context.socket(zmq.DEALER)
    kept.extend((router, dealer))
    router.bind(endpoint)
    dealer.bind("inproc://work")
    with suppress(zmq.ContextTerminated):
        zmq.proxy(router, dealer)
    for thread in threads:
        thread.join()


def returns_the_request(context, endpoint, work, workers):
    def echo(request):
        work(request)
        return request

    threads = crew_of(workers, answer_by, context, echo)
    run_proxy(context, endpoint)
    for thread in threads:
        thread.join()


def answers_once(context, endpoint, work, workers):
    def once():
        with suppress(zmq.ContextTerminated), context.socket(zmq.REP) as rep:
            rep.connect("inproc://work")
            rep.send(work(rep.recv()))
            rep.poll(20_000, zmq.POLLIN)

    threads = crew_of(workers, once)
    run_proxy(context, endpoint)
    for thread in threads:
        thread.join()


def runs_the_proxy_aside(context, endpoint, work, workers):
    crew_of(workers, answer_by, context, work)
    crew_of(1, run_proxy, context, endpoint)


def goes_on_for_ever(context, endpoint, work, workers):
    threads = crew_of(workers, answer_by, context, work)
    run_proxy(context, endpoint)
    for thread in threads:
        thread.join()
    time.sleep(20)


WRONG = {
    "09 report": [
        (sends_by_pair, "in use", "in use"),
        (has_a_context_of_its_own, "Which results", "어떤 결과"),
        (leaves_its_socket_open, "Which sockets are open", "열린 소켓이 있나요"),
        (returns_the_result, "Which results", "어떤 결과"),
        (reports_before_the_job, "Which results", "어떤 결과"),
        (works_twice, "How often", "몇 번씩"),
        (takes_turns, "wait for another", "다른 작업을 기다렸나요"),
        (ends_the_context, "Is the context still open", "컨텍스트가 아직"),
        (never_ends, "it still runs", "아직 실행 중"),
        (sends_two_frames, "Which results", "어떤 결과"),
    ],
    "09 serve": [
        (has_one_worker_only, "Three workers", "워커 셋"),
        (has_no_threads, "Three workers", "워커 셋"),
        (has_a_worker_too_many, "at the same time", "동시에 처리한"),
        (gives_workers_another_context, "Which replies", "어떤 응답"),
        (lets_the_exception_out, "ContextTerminated", "ContextTerminated"),
        (leaves_its_sockets_open, "a socket open", "열린 소켓이"),
        (returns_the_request, "Which replies", "어떤 응답"),
        (answers_once, "Which replies", "어떤 응답"),
        (runs_the_proxy_aside, "before context.term()", "호출하기 전에"),
        (goes_on_for_ever, "Does serve() return?", "serve()가 끝나나요?"),
    ],
}
