"""Answer the requests that the broker deals to this worker, one at a time.

Guide: rrworker. The other sides are rrbroker.py or msgqueue.py, and rrclient.py.
"""

import time

import zmq

from zmqlab.run.role import Role, seconds

role = Role("worker", __doc__, connect="tcp://127.0.0.1:5560")
role.option("--name", default="worker", help="say who it was in each reply (default: worker)")
role.option("--work", type=seconds, default=0, help="work so long on a request")


def main() -> None:
    """Connect, then take a request and send its reply, again and again."""
    with zmq.Context() as context, context.socket(zmq.REP) as socket:
        socket.linger = 0
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        while True:
            request = socket.recv().decode(errors="replace")
            print(f"{role.options.name} got {request}")
            time.sleep(role.options.work)
            socket.send_string(f"{request} done by {role.options.name}")


if __name__ == "__main__":
    role.run(main)
