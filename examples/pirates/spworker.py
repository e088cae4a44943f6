"""Say that this worker is free, then do one request after the other; the reply is the request.

Guide: spworker. The other sides are spqueue.py and client.py.
"""

import time

import zmq

from zmqlab.run.role import Role, seconds

READY = b"READY"

role = Role("worker", __doc__, connect="tcp://127.0.0.1:5673")
role.option("--work", type=seconds, default=0.1, help="that a request takes (default: 0.1)")


def main() -> None:
    """Connect and say READY, then take a request and send its reply, again and again."""
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.linger = 0
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        socket.send(READY)
        while True:
            *envelope, request = socket.recv_multipart()  # the client's name, an empty frame
            task = request.decode(errors="replace")
            print(f"task {task} taken")
            time.sleep(role.options.work)
            socket.send_multipart([*envelope, request])
            print(f"task {task} done")


if __name__ == "__main__":
    role.run(main)
