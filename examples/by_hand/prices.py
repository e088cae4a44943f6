"""Say what a thing costs, and send heartbeats while nobody asks.

Lesson 15. The other side is asker.py, beside this file.
"""

import time

import zmq

from zmqlab.run.role import Role, seconds

PRICES = {"tea": "3 coins", "rice": "2 coins", "salt": "1 coin"}
BEAT = 200  # milliseconds from one PING to the next

role = Role("prices", __doc__, bind="tcp://127.0.0.1:5569")
role.option("--work", type=seconds, default=0, help="think so long about a price")


def main() -> None:
    """Bind, then take a question and send its reply, again and again."""
    with zmq.Context() as context, context.socket(zmq.REP) as socket:
        socket.heartbeat_ivl = BEAT
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        while True:
            thing = socket.recv().decode(errors="replace")
            time.sleep(role.options.work)
            price = PRICES.get(thing, "not for sale")
            print(f"{thing}: {price}")
            socket.send_string(price)


if __name__ == "__main__":
    role.run(main)
