"""Publish the weather of random zip codes, whether anybody listens or not.

An update is text: ZIP TEMPERATURE HUMIDITY, as in "10457 23 55".

Guide: wuserver. The other side is subscriber.py, beside this file.
"""

import itertools
import random
import time

import zmq

from zmqlab.run.role import Role, positive

role = Role("publisher", __doc__, bind="tcp://127.0.0.1:5556")
role.option("--updates", type=positive, help="end after N updates (default: go on)")
role.option("--rate", type=positive, default=1000, help="at most N a second (default: 1000)")


def main() -> None:
    """Bind, then send one update after the other."""
    with zmq.Context() as context, context.socket(zmq.PUB) as socket:
        socket.linger = 1000  # at the end, give the last updates a second to leave
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        for number in itertools.count(1):
            zip_code = random.randrange(100_000)
            temperature, humidity = random.randint(-20, 40), random.randint(10, 100)
            update = f"{zip_code:05} {temperature} {humidity}"
            socket.send_string(update)  # never waits: without a subscriber it is dropped
            if number % role.options.rate == 0 or number == role.options.updates:
                print(f"{number} updates published, the last: {update}")
            if number == role.options.updates:
                break
            time.sleep(1 / role.options.rate)


if __name__ == "__main__":
    role.run(main)
