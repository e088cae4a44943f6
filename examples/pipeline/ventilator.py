"""Hand out tasks to the workers that are connected, to each in turn.

It first waits for its workers: whoever connects first would otherwise get all the tasks. PUSH hears
nothing from its peers, so the socket's monitor tells: one event for each worker whose handshake is
done. No message is added to the pattern for it. (A worker that leaves before the start has counted
too.) The sink hears how many tasks there are. A task is text: NUMBER ROUNDS.

With --asked it gives a task only to a worker that asks (worker.py --ask): who is quicker gets more.

Guide: taskvent. The other sides are worker.py and sink.py, beside this file.
"""

import zmq
from zmq.utils.monitor import recv_monitor_message

from zmqlab.run.role import Role, positive

role = Role("ventilator", __doc__, bind="tcp://127.0.0.1:5557", connect="tcp://127.0.0.1:5558")
role.option("--tasks", type=positive, default=100, help="how many (default: 100)")
role.option("--workers", type=positive, default=1, help="wait for N workers (default: 1)")
role.option(
    "--rounds",
    type=positive,
    default=50_000,
    help="work in a task: rounds of SHA-256 (default: 50000, some 20 ms)",
)
role.option("--asked", action="store_true", help="wait to be asked for each task (REP, not PUSH)")


def main() -> None:
    """Bind for workers, connect to the sink; hand out the tasks when all workers are there."""
    workers, tasks = role.options.workers, role.options.tasks
    with (
        zmq.Context() as context,
        context.socket(zmq.REP if role.options.asked else zmq.PUSH) as outlet,
        context.socket(zmq.PUSH) as sink,
        outlet.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED) as monitor,
    ):
        outlet.linger = sink.linger = 0  # at a Ctrl-C, do not wait for peers that are not there
        endpoints = []
        for endpoint in role.bind:
            outlet.bind(endpoint)
            endpoints.append(outlet.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        for endpoint in role.connect:
            sink.connect(endpoint)
        role.ready(*endpoints, *role.connect)

        for number in range(1, workers + 1):
            recv_monitor_message(monitor)
            print(f"{number} of {workers} workers connected")
        sink.send_string(f"start {tasks}")
        for number in range(1, tasks + 1):
            if role.options.asked:
                outlet.recv_string()  # ready NAME
            outlet.send_string(f"{number} {role.options.rounds}")
        print(f"{tasks} tasks handed out")
        outlet.linger = sink.linger = -1  # a clean end waits until all have left


if __name__ == "__main__":
    role.run(main)
