"""Do requests for a queue that is heard of, and look for it again when it falls silent (6/PPP).

The reply is the request. Every --interval seconds the queue gets a heartbeat, and has to send one.
After --liveness silent intervals the worker closes its socket, waits, connects a new one and says
READY: at first after --first seconds, then after twice as long, up to --longest.

While it works it neither sends heartbeats nor expects any.

Guide: ppworker. The other sides are ppqueue.py and client.py; _protocol.py reads the messages.
"""

from __future__ import annotations

import time

import zmq

from examples.liveness import Backoff, Heartbeat
from examples.pirates._protocol import HEARTBEAT, READY, PPPError, Work, from_queue
from zmqlab.run.role import Role, positive, seconds

role = Role("worker", __doc__, connect="tcp://127.0.0.1:5673")
role.option("--interval", type=seconds, default=1, help="between heartbeats (default: 1)")
role.option("--liveness", type=positive, default=3, help="silent intervals (default: 3)")
role.option("--first", type=seconds, default=1, help="before it comes back (default: 1)")
role.option("--longest", type=seconds, default=32, help="before it comes back (default: 32)")
role.option("--work", type=seconds, default=0.1, help="that a request takes (default: 0.1)")


def converse(socket: zmq.Socket[bytes], backoff: Backoff) -> None:
    """Say READY and do what the queue asks, until it is silent."""
    options = role.options
    queue = Heartbeat(options.interval, options.liveness, time.monotonic())
    socket.send(READY)
    while True:
        if socket.poll(int(1000 * queue.wait(time.monotonic())) + 1):
            backoff.reset()  # a queue is there
            try:
                message = from_queue(socket.recv_multipart())
            except PPPError as error:
                print(f"not understood: {error}")
            else:
                if isinstance(message, Work):
                    socket.send_multipart(work(message).frames)
                    print(f"task {name(message)} done")
                    queue.sent(time.monotonic())
            queue.heard(time.monotonic())  # after the work: meanwhile nobody listened
        now = time.monotonic()
        if queue.dead(now):
            return
        if queue.due(now):
            socket.send(HEARTBEAT)
            queue.sent(now)


def work(request: Work) -> Work:
    """Do a request; return the reply."""
    print(f"task {name(request)} taken")
    time.sleep(role.options.work)
    return request


def name(message: Work) -> str:
    """Return what the story calls a request."""
    return message.body[-1].decode(errors="replace")


def main() -> None:
    """Hold one conversation after the other, each over a new socket."""
    if not role.options.interval:
        role.fail("--interval has to be more than 0: every peer would be silent at once", status=2)
    backoff = Backoff(role.options.first, role.options.longest)
    endpoints = list(role.connect)
    announced = False
    with zmq.Context() as context:
        while True:
            with context.socket(zmq.DEALER) as socket:
                socket.linger = 0  # what an old queue did not get, no new one shall get
                for endpoint in role.connect:
                    socket.connect(endpoint)
                if not announced:
                    role.ready(*endpoints)
                    announced = True
                converse(socket, backoff)
            wait = backoff.next()
            print(f"the queue is silent: READY again in {wait:.2f} s")
            time.sleep(wait)


if __name__ == "__main__":
    role.run(main)
