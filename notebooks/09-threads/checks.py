"""Checkers of lesson 09: a report from a thread, and a server with threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError, Condition, Event, Lock, Thread
from typing import Any

import zmq

from zmqlab.exercises.checks import NotRight, checker, expect, patience
from zmqlab.words.language import Text

LIMIT = 6.0
"""Seconds after which something counts as stuck."""
QUIET = 100
"""Milliseconds of silence after which nothing more is expected: inproc brings it at once."""
_left: list[zmq.SyncContext] = []
"""Contexts that a wrong answer left in use: nobody may end them, and they must not be collected."""

_ending = Lock()

AN_END = Text(en="an end", ko="끝나기")
STILL_RUNS = Text(en="it still runs", ko="아직 실행 중")
ENDED = Text(en="nothing open", ko="열린 소켓 없음")
LEFT_OPEN = Text(
    en="sockets still open: {}, so context.term() waits", ko="소켓 {}개가 열려 있어 term()이 기다림"
)
CLOSED = Text(
    en="Which sockets are open at the end? Each thread closes its own: `with context.socket(...)`.",
    ko="끝난 뒤에 열린 소켓이 있나요? 스레드마다 자기 소켓을 닫습니다: `with context.socket(...)`.",
)
CONTEXT_OPEN = Text(
    en="Is the context still open? It belongs to the caller.",
    ko="컨텍스트가 아직 열려 있나요? 컨텍스트는 호출한 쪽의 것입니다.",
)


class _Context(zmq.Context[zmq.SyncSocket]):
    """A context that knows its sockets."""

    made: list[zmq.SyncSocket] | None = None
    ended = False

    def term(self) -> None:
        """End it, once: several threads in term() at the same time would crash libzmq."""
        with _ending:
            if self.ended:
                return
            self.ended = True
        super().term()

    def socket(self, *args: Any, **options: Any) -> Any:
        """Make a socket, and remember it."""
        made = super().socket(*args, **options)
        if self.made is None:
            self.made = []
        self.made.append(made)
        return made

    def still_open(self) -> int:
        """Return how many of its sockets are open."""
        return sum(not one.closed for one in self.made or ())


class _Runs:
    """A function in a thread, and what became of it."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self._call = (function, args)
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        function, args = self._call
        try:
            self.result = function(*args)
        except BaseException as error:  # the learner's own, for the verdict
            self.error = error

    def ends(self, about: Text) -> None:
        """Wait for its end; raise what it raised, or `NotRight` if it goes on."""
        self._thread.join(patience(LIMIT))
        if self._thread.is_alive():
            raise NotRight(AN_END, STILL_RUNS, about)
        if self.error is not None:
            raise self.error


@contextmanager
def _shared_context() -> Iterator[_Context]:
    """Lend a context; whatever still uses it gets an exception, and it is ended aside."""
    context = _Context()
    context.linger = 0
    try:
        yield context
    finally:
        _left.append(context)
        Thread(target=context.term, daemon=True).start()


# ------------------------------------------------------------- warm-up

Report = Callable[[zmq.SyncContext, str, Callable[[], str]], Any]
NAME = "inproc://reports"
THREE = Text(
    en="Three threads run report() at once, and no job ends before all three have begun.",
    ko="스레드 세 개가 report()를 동시에 실행하고, 작업은 세 개가 모두 시작된 뒤에 끝남.",
)
ARRIVED = Text(
    en="{} Which results did the PULL socket receive?", ko="{} PULL 소켓은 어떤 결과를 받았나요?"
)
JOBS = Text(en="How often was each job called?", ko="작업을 몇 번씩 호출했나요?")
WAITED = Text(
    en="Did a job have to wait for another one? report() needs no lock.",
    ko="어떤 작업이 다른 작업을 기다렸나요? report()에는 락이 필요 없습니다.",
)
LAST = Text(en="{} Did each report() return?", ko="{} report()는 모두 끝났나요?")
RESULTS = ("one", "두 번째", "three")


@checker("09 report")
def report_from_threads(report: Report) -> Text:
    """Run it in three threads whose jobs are all under way at the same time."""
    with _shared_context() as context:
        inbox = context.socket(zmq.PULL)
        inbox.bind(NAME)
        together = Barrier(len(RESULTS), timeout=patience(LIMIT) / 4)
        calls: list[str] = []

        def job(text: str) -> Callable[[], str]:
            def work() -> str:
                calls.append(text)
                with suppress(BrokenBarrierError):
                    together.wait()
                return text

            return work

        threads = [_Runs(report, context, NAME, job(text)) for text in RESULTS]
        try:
            try:
                for one in threads:
                    one.ends(LAST.format(THREE))
            finally:
                expect(context.ended, False, CONTEXT_OPEN)
            expect(sorted(calls), sorted(RESULTS), JOBS)
            expect(together.broken, False, WAITED)
            got = []
            while inbox.poll(QUIET):
                got.append(inbox.recv().decode(errors="replace"))
            expect(sorted(got), sorted(RESULTS), ARRIVED.format(THREE))
        finally:
            if not context.closed:
                inbox.close()
        open_ones = context.still_open()
        if open_ones:
            raise NotRight(ENDED, LEFT_OPEN.format(open_ones), CLOSED)
    return Text(
        en="All results arrive, and each thread closes its own socket.",
        ko="결과가 모두 도착하고, 스레드마다 자기 소켓을 닫습니다.",
    )


# ------------------------------------------------------------- main exercise

Serve = Callable[[zmq.SyncContext, str, Callable[[bytes], bytes], int], Any]
SHOP = "inproc://shop"
ONE_WORKER = Text(en="One worker, three clients.", ko="워커 하나, 클라이언트 셋.")
AT_ONCE = Text(
    en="Three workers, three clients at once. No request is answered before all three are being"
    " worked on.",
    ko="워커 셋, 동시에 묻는 클라이언트 셋. 세 요청이 모두 처리 중이어야 응답이 나옴.",
)
TWICE = Text(
    en="Two workers, four clients, each asks three times.",
    ko="워커 둘, 클라이언트 넷, 저마다 세 번씩 요청.",
)
REPLIES = Text(
    en="{} Which replies did each client get?", ko="{} 클라이언트는 각각 어떤 응답을 받았나요?"
)
MOST = Text(
    en="{} How many requests were worked on at the same time, at most?",
    ko="{} 동시에 처리한 요청은 가장 많을 때 몇 개였나요?",
)
NO_REPLY = "no reply"
ALONE = 0.1
"""Seconds that a piece of work waits for a worker too many."""
STAYS = Text(
    en="serve() returned before context.term() was called.",
    ko="context.term()을 호출하기 전에 serve()가 끝났습니다.",
)
SERVES_ON = Text(en="it serves until term()", ko="term()까지 계속 응답하기")
IT_RETURNED = Text(en="it returned", ko="먼저 끝남")
AFTER_TERM = Text(
    en="context.term() was called. Does serve() return? `zmq.ContextTerminated` has to end the"
    " proxy and each thread, and every socket has to be closed.",
    ko="context.term()을 호출했습니다. serve()가 끝나나요? `zmq.ContextTerminated`가 나면"
    " 프록시와 모든 스레드가 끝나고 소켓이 모두 닫혀야 합니다.",
)
THREADS_LEFT = Text(
    en="serve() has returned. Is one of its threads still running, or a socket open?",
    ko="serve()가 끝났습니다. 아직 실행 중인 스레드나 열린 소켓이 있나요?",
)


class _Work:
    """The work of a trial: it counts how many do it at once, and may ask for company."""

    def __init__(self, workers: int, together: int) -> None:
        self._workers = workers
        self._barrier = Barrier(together, timeout=patience(LIMIT) / 4)
        self._busy: list[bytes] = []
        self._came = Condition()
        self.most = 0

    def __call__(self, request: bytes) -> bytes:
        with self._came:
            self._busy.append(request)
            self.most = max(self.most, len(self._busy))
            self._came.notify_all()
        try:
            if self._barrier.parties > 1:
                self._barrier.wait()
            else:
                with self._came:  # a worker too many comes while the others wait
                    self._came.wait_for(lambda: self.most > self._workers, ALONE)
        except BrokenBarrierError:
            return b"alone: " + request
        finally:
            with self._came:
                self._busy.remove(request)
        return b"done: " + request


def _ask(context: zmq.SyncContext, name: str, requests: int, limit: float) -> list[str]:
    """Send requests one after the other; return the replies."""
    replies = []
    with context.socket(zmq.REQ) as client:
        client.rcvtimeo = client.sndtimeo = int(limit * 1000)
        client.connect(SHOP)
        for number in range(1, requests + 1):
            try:
                client.send_string(f"{name} {number}")
                replies.append(client.recv().decode(errors="replace"))
            except zmq.Again:
                return [*replies, NO_REPLY]
    return replies


@checker("09 serve")
def serve_with_threads(serve: Serve) -> Text:
    """Serve clients that ask at once, then end the context."""
    _judge(serve, ONE_WORKER, workers=1, clients=3, requests=1, together=1)
    _judge(serve, AT_ONCE, workers=3, clients=3, requests=1, together=3)
    _judge(serve, TWICE, workers=2, clients=4, requests=3, together=1)
    return Text(
        en="Requests are answered side by side, and one call ends it all.",
        ko="요청을 나란히 처리하고, 호출 한 번으로 모두 끝납니다.",
    )


def _judge(
    serve: Serve, about: Text, *, workers: int, clients: int, requests: int, together: int
) -> None:
    work = _Work(workers, together)
    names = [f"client-{number}" for number in range(1, clients + 1)]
    with _shared_context() as context:
        running = Event()

        def run() -> None:
            try:
                serve(context, SHOP, work, workers)
            finally:
                running.set()

        server = _Runs(run)
        limit = patience(LIMIT) / 2  # a thread does not know it
        asked = {name: _Runs(_ask, context, name, requests, limit) for name in names}
        for one in asked.values():
            one.ends(about)
        if server.error is not None:
            raise server.error
        replies = {name: one.result for name, one in asked.items()}
        expected = {
            name: [f"done: {name} {number}" for number in range(1, requests + 1)] for name in names
        }
        expect(replies, expected, REPLIES.format(about))
        if work.most > workers:
            raise NotRight(workers, work.most, MOST.format(about))
        if running.is_set():
            raise NotRight(SERVES_ON, IT_RETURNED, STAYS)
        ending = _Runs(context.term)
        server.ends(AFTER_TERM)
        try:
            ending.ends(AFTER_TERM)
        except NotRight:
            raise NotRight(ENDED, LEFT_OPEN.format(context.still_open()), THREADS_LEFT) from None
