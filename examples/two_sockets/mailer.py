"""Sign letters, and take orders between any two of them: pause, go, stop.

It waits for both sockets with one poller. An order goes before the next letter, and each turn takes
one message only. With --letters-first a letter goes before an order, and the orders starve: compare
after how many letters it reads the same stop. The work is real: a letter is hashed again and again.

Guide: mspoller (and msreader). The other sides are writer.py and office.py, beside this file.
"""

import hashlib

import zmq

from zmqlab.run.role import Role, positive

role = Role("mailer", __doc__, bind="tcp://127.0.0.1:5558", connect="tcp://127.0.0.1:5557")
role.option(
    "--rounds",
    type=positive,
    default=20_000,
    help="work on a letter: rounds of SHA-256 (default: 20000, some 8 ms)",
)
role.option("--letters-first", action="store_true", help="read a letter before an order")
TELL = 10


def main() -> None:
    """Bind for orders, connect for letters; take one message after the other until a stop."""
    with (
        zmq.Context() as context,
        context.socket(zmq.PULL) as letters,
        context.socket(zmq.PULL) as orders,
    ):
        endpoints = []
        for endpoint in role.bind:
            orders.bind(endpoint)
            endpoints.append(orders.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        for endpoint in role.connect:
            letters.connect(endpoint)
        role.ready(*endpoints, *role.connect)

        poller = zmq.Poller()
        poller.register(letters, zmq.POLLIN)
        poller.register(orders, zmq.POLLIN)
        first, second = (letters, orders) if role.options.letters_first else (orders, letters)
        signed = 0
        while True:
            ready = dict(poller.poll())
            if (first if first in ready else second) is letters:
                sign(letters.recv())
                signed += 1
                if signed % TELL == 0:
                    print(f"{signed} letters signed")
                continue
            order = orders.recv_string()
            print(f"{order} read after {signed} letters")
            if order == "stop":
                break
            poller.register(letters, 0 if order == "pause" else zmq.POLLIN)
        print(f"{count_left(letters)} letters were waiting here, and are lost")


def sign(letter: bytes) -> bytes:
    """Hash a letter, as often as the options say."""
    digest = letter
    for _ in range(role.options.rounds):
        digest = hashlib.sha256(digest).digest()
    return digest


def count_left(letters: zmq.Socket[bytes]) -> int:
    """Count what is in the socket's queue: close() is going to throw it away."""
    left = 0
    while letters.poll(0):
        letters.recv()
        left += 1
    return left


if __name__ == "__main__":
    role.run(main)
