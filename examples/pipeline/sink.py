"""Collect the results of all workers; tell how long it took, who did how many, what is missing.

The clock starts at the first message. That is nearly always the ventilator's "start N", but it
comes by another connection than the results, so one of these may overtake it.

Guide: tasksink. The other sides are ventilator.py and worker.py, beside this file.
"""

import time
from collections import Counter

import zmq

from zmqlab.run.role import Role, seconds

role = Role("sink", __doc__, bind="tcp://127.0.0.1:5558")
role.option(
    "--timeout",
    type=seconds,
    default=10,
    help="once begun, wait so long for a message (default: 10)",
)


def main() -> None:
    """Bind, then collect messages until there is a result for every task."""
    total, began, ended = 0, 0.0, 0.0
    workers: dict[int, str] = {}  # who did which task
    with zmq.Context() as context, context.socket(zmq.PULL) as socket:
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        while not total or len(workers) < total:
            try:
                kind, number, *name = socket.recv_string().split(maxsplit=2)
            except zmq.Again:
                break
            if not began:
                began = time.perf_counter()
                socket.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
            ended = time.perf_counter()
            if kind == "start":
                total = int(number)
                print(f"waiting for the results of {total} tasks")
            else:
                workers[int(number)] = " ".join(name)

    print(f"{len(workers)} of {total or '?'} tasks done in {ended - began:.3f} s")
    for worker, count in sorted(Counter(workers.values()).items()):
        print(f"{worker} did {count}")
    if not total:
        role.fail(f"nothing came for {role.options.timeout:g} s; no start message came")
    if missing := [str(number) for number in range(1, total + 1) if number not in workers]:
        role.fail(f"nothing came for {role.options.timeout:g} s; missing: {' '.join(missing)}")


if __name__ == "__main__":
    role.run(main)
