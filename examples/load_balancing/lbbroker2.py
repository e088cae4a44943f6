"""Give each request to a free worker, and to another one if its reply is overdue.

The first --bind is for clients, the second for workers. The broker keeps a copy of each request
until the first reply to it comes, whichever worker sends that. So no request is lost with a worker,
and one may be done more than once.

Guide: lbbroker2. The other sides are lbclient.py and lbworker.py.
"""

import time
from collections import deque
from dataclasses import dataclass

import zmq

from zmqlab.run.role import Role, seconds

READY = b"READY"

role = Role("broker", __doc__, bind=("tcp://127.0.0.1:5672", "tcp://127.0.0.1:5673"))
role.option("--limit", type=seconds, default=2, help="for a worker's reply (default: 2)")


@dataclass
class Job:
    """A request, and until when its worker has time."""

    request: list[bytes]
    until: float = 0.0
    waits: bool = False
    done: bool = False


class Broker:
    """Knows which workers are free, and what each of the others has been given."""

    def __init__(self, front: zmq.Socket[bytes], back: zmq.Socket[bytes]) -> None:
        self._front = front
        self._back = back
        self._free: deque[bytes] = deque()
        self._given: dict[bytes, Job] = {}
        self._again: deque[Job] = deque()

    def pause(self) -> int:
        """Return the milliseconds until the next reply is overdue; -1 if none can be."""
        limits = [job.until for job in self._given.values() if not job.done and not job.waits]
        return max(0, int(1000 * (min(limits) - time.monotonic())) + 1) if limits else -1

    def step(self) -> None:
        """Wait for something to do, and do it."""
        wanted = [self._front, self._back] if self._free else [self._back]
        poller = zmq.Poller()
        for socket in wanted:
            poller.register(socket, zmq.POLLIN)
        poller.poll(self.pause())
        if self._back.poll(0):
            self._hear(self._back.recv_multipart())
        self._call_back()
        while self._free and self._again:
            job = self._again.popleft()
            if not job.done:
                self._give(job)
        if self._free and self._front.poll(0):
            self._give(Job(self._front.recv_multipart()))

    def _hear(self, message: list[bytes]) -> None:
        match message:
            case [worker, b"", word]:
                if word == READY:
                    self._free.append(worker)
            case [worker, b"", _, _, *_]:
                job = self._given.pop(worker, None)
                if job is not None and not job.done:
                    job.done = True
                    self._front.send_multipart(message[2:])  # the client's name, "", the reply
                self._free.append(worker)

    def _call_back(self) -> None:
        """Queue again the requests whose replies are overdue."""
        now = time.monotonic()
        for job in self._given.values():
            if not job.done and not job.waits and job.until <= now:
                job.waits = True
                self._again.append(job)
                print(f"again: {job.request[-1].decode(errors='replace')}")

    def _give(self, job: Job) -> None:
        worker = self._free.popleft()
        job.waits = False
        job.until = time.monotonic() + role.options.limit
        self._given[worker] = job
        self._back.send_multipart([worker, b"", *job.request])


def main() -> None:
    """Bind both sides, then match requests with free workers."""
    with (
        zmq.Context() as context,
        context.socket(zmq.ROUTER) as front,
        context.socket(zmq.ROUTER) as back,
    ):
        front.linger = back.linger = 0
        endpoints = list(role.bind)
        if len(endpoints) != 2:
            role.fail("--bind is needed twice: for clients, then for workers", status=2)
        bound = []
        for socket, endpoint in zip((front, back), endpoints, strict=True):
            socket.bind(endpoint)
            bound.append(socket.get_string(zmq.LAST_ENDPOINT))
        role.ready(*bound)

        broker = Broker(front, back)
        while True:
            broker.step()


if __name__ == "__main__":
    role.run(main)
