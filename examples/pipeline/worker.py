"""Do tasks from the ventilator, and send each result to the sink.

It connects to two places, in this order: --connect VENTILATOR --connect SINK. The work is real:
each round hashes the hash of the round before. A result is text: done NUMBER NAME. With --ask it
says that it is ready before it gets a task, and holds one at a time; the ventilator needs --asked.

Guide: taskwork. The other sides are ventilator.py and sink.py, beside this file.
"""

import hashlib
import os

import zmq

from zmqlab.run.role import Role, positive

role = Role("worker", __doc__, connect=("tcp://127.0.0.1:5557", "tcp://127.0.0.1:5558"))
role.option("--name", default=f"worker-{os.getpid()}", help="for the sink (default: by process)")
role.option("--slow", type=positive, default=1, help="do each task N times (default: 1)")
role.option("--ask", action="store_true", help="ask for each task (REQ instead of PULL)")
role.option("--hwm", type=positive, help="high-water mark for tasks")


def main() -> None:
    """Connect to both sides, then take a task, do it, and send its result, again and again."""
    if len(list(role.connect)) != 2:
        role.fail("--connect is needed twice: the ventilator, then the sink", status=2)
    with (
        zmq.Context() as context,
        context.socket(zmq.REQ if role.options.ask else zmq.PULL) as tasks,
        context.socket(zmq.PUSH) as results,
    ):
        if role.options.hwm:
            tasks.rcvhwm = role.options.hwm
        tasks.linger = 0
        results.linger = 1000  # at the end, give the last results a second to leave
        for endpoint, socket in zip(role.connect, (tasks, results), strict=True):
            socket.connect(endpoint)
        role.ready(*role.connect)

        while True:
            if role.options.ask:
                tasks.send_string(f"ready {role.options.name}")
            number, rounds = tasks.recv_string().split()
            print(f"task {number} taken")
            digest = number.encode()
            for _ in range(int(rounds) * role.options.slow):
                digest = hashlib.sha256(digest).digest()
            print(f"task {number} done: {digest.hex()[:8]}")
            results.send_string(f"done {number} {role.options.name}")


if __name__ == "__main__":
    role.run(main)
