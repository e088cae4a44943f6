"""What a Majordomo broker knows and decides, without a socket and without a clock.

`Broker.receive` takes a message as a ROUTER socket gives it, `Broker.tick` the time; both return
the messages to send. What must stay true:

- A request is in one place: it waits at its service, or one worker has it in hand.
- A worker has at most one request, and only its reply to that request is taken.
- A worker that is lost, free or busy, gives its request back, to the front of the queue.

To take away: this file, with _protocol.py and liveness.py.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from examples.liveness import Heartbeat as Pulse
from examples.majordomo._protocol import (
    MMI,
    ClientMessage,
    Disconnect,
    Frames,
    Heartbeat,
    ProtocolError,
    Ready,
    Reply,
    Request,
    WorkerMessage,
    manage,
    parse,
)


class State(Enum):
    """What the broker believes of a worker."""

    UNKNOWN = "unknown"
    FREE = "free"
    BUSY = "busy"


TABLE: dict[State, dict[type, State]] = {
    State.UNKNOWN: {Ready: State.FREE, Disconnect: State.UNKNOWN},
    State.FREE: {Heartbeat: State.FREE, Disconnect: State.UNKNOWN},
    State.BUSY: {
        Reply: State.FREE,
        Heartbeat: State.BUSY,
        Disconnect: State.UNKNOWN,
    },
}
"""RFC 7: what a worker may send, and its state then. The answer to all else is DISCONNECT."""


@dataclass
class Job:
    """A request, until when it may wait, and how many workers were lost with it."""

    client: bytes
    body: tuple[bytes, ...]
    until: float
    lost: int = 0


@dataclass
class Worker:
    """A worker that has registered; it is free while it has no job."""

    service: bytes
    heartbeat: Pulse
    job: Job | None = None


@dataclass
class Service:
    """The requests that wait, and the workers: all, and those that are free, longest first."""

    jobs: deque[Job] = field(default_factory=deque)
    workers: set[bytes] = field(default_factory=set)
    free: deque[bytes] = field(default_factory=deque)


class Broker:
    """The services, and who works for them.

    Parameters
    ----------
    interval : float
        Seconds between two heartbeats, both ways.
    liveness : int
        So many intervals without a word, and a worker counts as lost.
    patience : float
        Seconds that a request may wait for a worker, before it is dropped.
    tries : int
        So many workers may be lost with a request; then the request is dropped, too.
    now : float
        The time of the beginning, of a clock that never goes back.
    tell : callable, optional
        Called with a line for what an operator wants to know.
    """

    def __init__(
        self,
        interval: float,
        liveness: int,
        patience: float,
        tries: int,
        now: float,
        tell: Callable[[str], object] | None = None,
    ) -> None:
        self._interval = interval
        self._liveness = liveness
        self._patience = patience
        self._tries = tries
        self._listener = tell
        self._next = now + interval
        self._services: dict[bytes, Service] = {}
        self._workers: dict[bytes, Worker] = {}

    def wait(self, now: float) -> float:
        """Return for how many seconds nothing has to be done, unless a message comes."""
        return max(0.0, self._next - now)

    def receive(self, message: Frames, now: float) -> list[Frames]:
        """Take a message, the name of its connection first; return what to send."""
        sender, *frames = message
        try:
            command = parse(frames)
        except ProtocolError as error:
            self._tell(f"dropped: {error}")
            return self._lose(sender, now) if sender in self._workers else []
        if isinstance(command, ClientMessage):
            return self._request(sender, command, now)
        return self._command(sender, command, now)

    def tick(self, now: float) -> list[Frames]:
        """Do what is due: heartbeats, workers that are lost, requests that waited too long."""
        if now < self._next:
            return []
        self._next = now + self._interval
        out: list[Frames] = []
        for name in list(self._workers):
            worker = self._workers.get(name)
            if worker is None:
                continue  # lost meanwhile
            if worker.heartbeat.dead(now):  # each is looked at, wherever it stands in a queue
                self._tell(f"silent: a worker for {worker.service.decode()}")
                out += self._lose(name, now)
            elif worker.heartbeat.due(now):
                out.append(self._send(name, Heartbeat(), now))
        for name_of, service in list(self._services.items()):
            service.jobs = deque(job for job in service.jobs if now < job.until)
            if not service.jobs and not service.workers:
                del self._services[name_of]
        return out

    def state(self, name: bytes) -> State:
        """Return what is known of a worker."""
        worker = self._workers.get(name)
        if worker is None:
            return State.UNKNOWN
        return State.FREE if worker.job is None else State.BUSY

    def registered(self, service: bytes) -> bool:
        """Return whether a service has a worker, free or busy (RFC 8)."""
        return service in self._services and bool(self._services[service].workers)

    def _request(self, client: bytes, request: ClientMessage, now: float) -> list[Frames]:
        if request.service.startswith(MMI):
            return [[client, *manage(request, self.registered).frames()]]
        service = self._services.setdefault(request.service, Service())
        service.jobs.append(Job(client, request.body, now + self._patience))
        self._tell(f"queued: {_named(request.body)}")
        return self._hand_out(service, now)

    def _command(self, name: bytes, command: WorkerMessage, now: float) -> list[Frames]:
        worker = self._workers.get(name)
        if not self._expected(name, command):
            self._tell(f"refused: {type(command).__name__}, from a worker that may not send it")
            lost = self._lose(name, now) if worker is not None else []
            return [[name, *Disconnect().frames()], *lost]
        if isinstance(command, Ready):
            heartbeat = Pulse(self._interval, self._liveness, now)
            self._workers[name] = Worker(command.service, heartbeat)
            service = self._services.setdefault(command.service, Service())
            service.workers.add(name)
            service.free.append(name)
            return self._hand_out(service, now)
        if isinstance(command, Disconnect):
            return self._lose(name, now) if worker is not None else []
        assert worker is not None, "the table refuses all else from a stranger"
        worker.heartbeat.heard(now)
        if not isinstance(command, Reply):
            return []
        worker.job = None
        service = self._services[worker.service]
        service.free.append(name)
        reply = ClientMessage(worker.service, command.body)
        return [[command.client, *reply.frames()], *self._hand_out(service, now)]

    def _expected(self, name: bytes, command: WorkerMessage) -> bool:
        """Return whether a worker may send this now."""
        if type(command) not in TABLE[self.state(name)]:
            return False
        if isinstance(command, Ready):  # RFC 8: these services are the broker's
            return not command.service.startswith(MMI)
        if isinstance(command, Reply):  # to its request, not to somebody else
            job = self._workers[name].job
            return job is not None and job.client == command.client
        return True

    def _hand_out(self, service: Service, now: float) -> list[Frames]:
        """Bring requests and free workers together, the oldest of each first."""
        out: list[Frames] = []
        while service.jobs and service.free:
            if now >= service.jobs[0].until:
                service.jobs.popleft()
                continue
            name = service.free[0]
            worker = self._workers[name]
            if worker.heartbeat.dead(now):  # since the last tick
                out += self._lose(name, now)
                continue
            service.free.popleft()
            worker.job = job = service.jobs.popleft()
            out.append(self._send(name, Request(job.client, job.body), now))
            self._tell(f"sent: {_named(job.body)}")
        return out

    def _lose(self, name: bytes, now: float) -> list[Frames]:
        """Forget a worker, and give its request to another."""
        worker = self._workers.pop(name)
        service = self._services[worker.service]
        service.workers.remove(name)
        if worker.job is None:
            service.free.remove(name)
            return []
        worker.job.lost += 1
        if worker.job.lost < self._tries:
            self._tell(f"again: {_named(worker.job.body)}")
            worker.job.until = now + self._patience
            service.jobs.appendleft(worker.job)
        else:
            self._tell(f"dropped: {_named(worker.job.body)} was lost with {worker.job.lost}")
        return self._hand_out(service, now)

    def _tell(self, line: str) -> None:
        if self._listener is not None:
            self._listener(line)

    def _send(self, name: bytes, command: WorkerMessage, now: float) -> Frames:
        self._workers[name].heartbeat.sent(now)
        return [name, *command.frames()]


def _named(body: tuple[bytes, ...]) -> str:
    """Return how a line calls a request: its first frame."""
    return ascii(body[0][:40].decode(errors="replace"))[1:-1]
