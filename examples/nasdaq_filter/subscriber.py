"""Receive what the filter publishes, and name the gaps.

Each publisher numbers its quotes. A number that is not the next one says what was lost, or that
the publisher has started again.

A subscriber for the source page's example. The other side is filter.py, beside this file.
"""

import itertools
import tempfile

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("subscriber", __doc__, connect=f"ipc://{tempfile.gettempdir()}/nasdaq-feed")
role.option("--quotes", type=positive, help="end after N quotes (default: go on)")
role.option("--timeout", type=seconds, default=10, help="for a quote (default: 10)")


def main() -> None:
    """Connect and subscribe to everything, then receive quotes."""
    last: dict[str, int] = {}  # of each publisher's NASDAQ quotes, the last number that came
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
        socket.subscribe("")
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        for count in itertools.count(1):
            try:
                quote = socket.recv_string()
            except zmq.Again:
                role.fail(
                    f"no quote within {role.options.timeout:g} s: "
                    f"is the filter running at {' or '.join(role.connect)}?"
                )
            name, _price, number = quote.replace("#", "").split()
            if words := gap(last.get(name), int(number)):
                print(f"{name}: {words}")
            last[name] = int(number)
            print(f"got {quote}")
            if count == role.options.quotes:
                break


def gap(last: int | None, number: int) -> str:
    """Say what is missing between two numbers; nothing if the second is the next."""
    if last is None:
        return f"begins with #{number}, earlier quotes were missed" if number > 1 else ""
    if number <= last:
        return f"starts again with #{number} after #{last}"
    if number == last + 2:
        return f"#{last + 1} is lost"
    return f"#{last + 1} to #{number - 1} are lost" if number > last + 2 else ""


if __name__ == "__main__":
    role.run(main)
