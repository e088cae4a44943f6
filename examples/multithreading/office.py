"""Hand out tasks to workers wherever they are, and collect their results.

With --threads it has workers of its own, threads that it reaches over inproc. Others connect from
outside. They are the same workers: a socket may be bound to several endpoints at once, and does
not know over which of them a message goes. --bind comes in pairs: --bind TASKS --bind RESULTS.

It begins when all --workers have said that they are ready, threads included. Nothing is locked,
for nothing is shared: the table of results belongs to this one thread.

For the whitepaper on multithreading. The other side is worker.py, beside this file.
"""

import time
from collections import Counter
from itertools import cycle
from threading import Thread

import zmq

from examples.gil.compute import KINDS
from examples.multithreading.worker import work
from zmqlab.run.role import Role, positive, seconds

INSIDE = ("inproc://tasks", "inproc://results")

role = Role("office", __doc__, bind=("tcp://127.0.0.1:5557", "tcp://127.0.0.1:5558"))
role.option("--tasks", type=positive, default=24, help="how many (default: 24)")
role.option("--kind", choices=[*KINDS], default="hash", help="of work (default: hash)")
role.option("--amount", type=positive, default=20, help="of work in a task (default: 20)")
role.option("--workers", type=positive, default=1, help="in all (default: 1)")
role.option(
    "--threads",
    type=int,
    choices=range(17),
    default=0,
    metavar="0-16",
    help="of these workers are threads of the office, 16 at most (default: 0)",
)
role.option(
    "--timeout",
    type=seconds,
    default=30,
    help="wait so long for a worker or a result (default: 30)",
)


def hand_out(tasks: zmq.SyncSocket, results: zmq.SyncSocket) -> dict[int, str]:
    """Send all tasks, wait for all results; tell who did which."""
    tasks.sndtimeo = results.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
    done: dict[int, str] = {}
    try:
        for number in range(1, role.options.tasks + 1):
            tasks.send_string(f"{number} {role.options.kind} {role.options.amount}")
        while len(done) < role.options.tasks:
            which, name, _result = results.recv_string().split()
            done[int(which)] = name
    except zmq.Again:
        role.fail(f"nothing moved for {role.options.timeout:g} s; {len(done)} tasks done")
    return done


def serve(context: zmq.SyncContext) -> None:
    """Bind, start the threads, wait for all workers, hand out, collect, send everybody home."""
    with context.socket(zmq.PUSH) as tasks, context.socket(zmq.PULL) as results:
        tasks.linger = 1000
        for socket, endpoint in zip((tasks, results), INSIDE, strict=True):
            socket.bind(endpoint)
        endpoints = []
        for socket, endpoint in zip(cycle((tasks, results)), role.bind, strict=False):
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))
        if len(endpoints) % 2:
            role.fail("--bind is needed in pairs: tasks, then results", status=2)

        for number in range(1, role.options.threads + 1):
            Thread(target=work, args=(context, *INSIDE, f"thread-{number}")).start()
        role.ready(*endpoints)

        for number in range(1, role.options.workers + 1):
            name = results.recv_string().split()[1]
            print(f"{number} of {role.options.workers} workers ready: {name}")
        began = time.perf_counter()
        done = hand_out(tasks, results)
        print(f"{len(done)} tasks done in {time.perf_counter() - began:.3f} s")
        for name, count in sorted(Counter(done.values()).items()):
            print(f"{name} did {count}")
        for _ in range(role.options.workers):
            tasks.send_string("")  # go home


def main() -> None:
    """Serve, and let each thread close its own sockets: `with zmq.Context()` would do it here."""
    context = zmq.Context()
    try:
        serve(context)
    finally:
        context.term()


if __name__ == "__main__":
    role.run(main)
