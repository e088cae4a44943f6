"""Do the tasks of an office, in a thread or in a process of one's own: the endpoint decides.

`work` is the whole worker. It makes its own sockets and shares nothing, so any number of threads
may run it, in this process or in the office's own; inproc endpoints lead to the latter. It connects
to two places, in this order: --connect TASKS --connect RESULTS. A task is text, NUMBER KIND AMOUNT,
and an empty one says: go home. The first message back is "ready NAME", then NUMBER NAME RESULT.
The end of the context sends a thread home too.

For the whitepaper on multithreading. The other side is office.py, beside this file.
"""

import contextlib
import os
from threading import Thread

import zmq

from examples.gil.compute import KINDS
from zmqlab.run.role import Role, positive

role = Role("worker", __doc__, connect=("tcp://127.0.0.1:5557", "tcp://127.0.0.1:5558"))
role.option("--threads", type=positive, default=1, help="so many (default: 1)")
role.option("--name", default=f"worker-{os.getpid()}", help="(default: by process)")


def work(context: zmq.SyncContext, tasks: str, results: str, name: str) -> None:
    """Do tasks until an empty one comes, or until the context ends."""
    with (
        contextlib.suppress(zmq.ContextTerminated),
        context.socket(zmq.PULL) as pull,
        context.socket(zmq.PUSH) as push,
    ):
        push.linger = 1000  # at the end, give the last result a second to leave
        pull.connect(tasks)
        push.connect(results)
        push.send_string(f"ready {name}")
        while task := pull.recv_string():
            number, kind, amount = task.split()
            push.send_string(f"{number} {name} {KINDS[kind](int(amount))}")


def main() -> None:
    """Run `work` in each thread; one is enough unless this process shall use several cores."""
    endpoints = list(role.connect)
    if len(endpoints) != 2:
        role.fail("--connect is needed twice: the tasks, then the results", status=2)
    names = [role.options.name]
    names += [f"{role.options.name}.{number}" for number in range(2, role.options.threads + 1)]
    context = zmq.Context()
    crew = [Thread(target=work, args=(context, *endpoints, name)) for name in names]
    try:
        for one in crew:
            one.start()
        role.ready(*endpoints)
        for one in crew:
            one.join()
    finally:
        context.term()  # ends threads that wait; each closes its own sockets


if __name__ == "__main__":
    role.run(main)
