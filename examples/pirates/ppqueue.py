"""Give each request to a worker that is free and was heard of lately (6/PPP).

The first --bind is for clients, the second for workers. Every --interval seconds each worker gets a
heartbeat, and has to send one. A worker that is silent for --liveness intervals is forgotten, and
comes back by READY. A client that gets no reply has to ask again: this queue keeps no copy.

Guide: ppqueue. The other sides are client.py and ppworker.py; _protocol.py reads the messages.
"""

from __future__ import annotations

import time

import zmq

from examples.liveness import Living
from examples.pirates._protocol import (
    HEARTBEAT,
    Alive,
    PPPError,
    Ready,
    Work,
    from_queue,
    from_worker,
)
from zmqlab.run.role import Role, positive, seconds

AT_ONCE = 1000
"""Messages of workers that are read before anybody is forgotten, at most."""

role = Role("queue", __doc__, bind=("tcp://127.0.0.1:5672", "tcp://127.0.0.1:5673"))
role.option("--interval", type=seconds, default=1, help="between heartbeats (default: 1)")
role.option("--liveness", type=positive, default=3, help="silent intervals (default: 3)")


class Queue:
    """Knows which workers are free, and which are at work."""

    def __init__(self, front: zmq.Socket[bytes], back: zmq.Socket[bytes]) -> None:
        self._front = front
        self._back = back
        lifetime = role.options.interval * role.options.liveness
        self._free: Living[bytes] = Living(lifetime)
        self._busy: Living[bytes] = Living(lifetime)
        self._next_beat = time.monotonic()

    def step(self) -> None:
        """Wait for something to do, and do it."""
        sockets = [self._front, self._back] if self._free else [self._back]
        zmq.select(sockets, [], [], max(0.0, self._next_beat - time.monotonic()))
        for _ in range(AT_ONCE):  # what has come counts, however late it is read
            if not self._back.poll(0):
                break
            self._hear(*self._back.recv_multipart())
        now = time.monotonic()
        self._busy.expire(now)  # at work or dead: only its reply can tell
        for _ in self._free.expire(now):
            print(f"a worker is silent: {len(self._free)} free")
        if self._free and self._front.poll(0):
            self._give(self._front.recv_multipart())
        if now >= self._next_beat:
            self._next_beat = now + role.options.interval
            for worker in (*self._free, *self._busy):
                self._back.send_multipart([worker, HEARTBEAT])

    def _hear(self, worker: bytes, *frames: bytes) -> None:
        """Take a message of a worker."""
        now = time.monotonic()
        try:
            message = from_worker(frames)
        except PPPError as error:
            print(f"not understood: {error}")
            return
        match message:
            case Ready():
                self._busy.remove(worker)
                self._free.add(worker, now)
                print(f"a worker came: {len(self._free)} free")
            case Alive():  # of a worker that was forgotten, it says too little: is it free?
                if not self._free.keep(worker, now):
                    self._busy.keep(worker, now)
            case Work():
                self._front.send_multipart(message.frames)
                self._busy.remove(worker)
                self._free.add(worker, now)

    def _give(self, frames: list[bytes]) -> None:
        """Hand a client's request to the worker that has been free for longest."""
        try:
            message = from_queue(frames)
        except PPPError as error:
            print(f"not understood: {error}")
            return
        if not isinstance(message, Work):  # no REQ socket sends that
            return
        worker = self._free.take()
        self._busy.add(worker, time.monotonic())
        self._back.send_multipart([worker, *frames])
        task = message.body[-1].decode(errors="replace")
        print(f"task {task} given: {len(self._free)} free")


def main() -> None:
    """Bind both sides, then match requests with free workers."""
    if not role.options.interval:
        role.fail("--interval has to be more than 0: every peer would be silent at once", status=2)
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

        queue = Queue(front, back)
        while True:
            queue.step()


if __name__ == "__main__":
    role.run(main)
