"""Answer every request with a greeting, one request at a time.

Guide: hwserver. The other side is client.py, beside this file.
"""

import itertools
import time

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("server", __doc__, bind="tcp://127.0.0.1:5555")
role.option("--requests", type=positive, help="end after N requests (default: go on)")
role.option("--work", type=seconds, default=0, help="work so long on a request")


def main() -> None:
    """Bind, then take a request and send its reply, again and again."""
    with zmq.Context() as context, context.socket(zmq.REP) as socket:
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        for number in itertools.count(1):
            request = socket.recv().decode(errors="replace")
            print(f"got {request}")
            time.sleep(role.options.work)
            reply = f"World {number}"
            print(f"sending {reply}")
            socket.send_string(reply)
            if number == role.options.requests:
                break


if __name__ == "__main__":
    role.run(main)
