"""Publish quotes of several exchanges for one company, each numbered so that a gap can be seen.

A quote is text: EXCHANGE:SYMBOL PRICE #NUMBER, as in "NASDAQ:ACME 101.2 #17". For a second
publisher: --symbol ZETA --bind tcp://127.0.0.1:7721.

The publisher of the source page's example. Its other side is filter.py, beside this file.
"""

import itertools
import random
import time

import zmq

from zmqlab.run.role import Role, positive

EXCHANGES = ("NYSE", "NASDAQ", "LSE")

role = Role("publisher", __doc__, bind="tcp://127.0.0.1:5556")
role.option("--symbol", default="ACME", help="the company (default: ACME)")
role.option("--quotes", type=positive, help="end after N quotes (default: go on)")
role.option("--rate", type=positive, default=10, help="at most N a second (default: 10)")


def main() -> None:
    """Bind, then send one quote after the other, of each exchange in turn."""
    with zmq.Context() as context, context.socket(zmq.PUB) as socket:
        socket.linger = 1000  # at the end, give the last quotes a second to leave
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*endpoints)

        price = 100.0
        for sent in itertools.count():
            price = max(1.0, price + random.uniform(-1, 1))
            number, exchange = divmod(sent, len(EXCHANGES))
            quote = f"{EXCHANGES[exchange]}:{role.options.symbol} {price:.1f} #{number + 1}"
            print(f"publishing {quote}")
            socket.send_string(quote)  # never waits: without a subscriber it is dropped
            if sent + 1 == role.options.quotes:
                break
            time.sleep(1 / role.options.rate)


if __name__ == "__main__":
    role.run(main)
