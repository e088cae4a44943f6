"""Ask for many days with one request, and grant the server credit as they are read.

Two requests are on their way at once, and their replies are mixed. The number in each reply tells
which request it belongs to.

Guide: asyncsrv. The other side is server.py, beside this file.
"""

import time

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5570")
role.option("--name", default="client", help="say who it is in each line (default: client)")
role.option("--days", type=positive, default=4, help="ask for N days, twice (default: 4)")
role.option(
    "--credit", type=positive, default=2, help="grant N days in advance, 500 at most (default: 2)"
)
role.option("--pause", type=seconds, default=0, help="pause so long after each day")
role.option("--timeout", type=seconds, default=5, help="for a reply (default: 5)")


def main() -> None:
    """Ask, then read each day and grant one more, until both requests are answered."""
    name = role.options.name
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger = 0  # an unsent request is of no use later
        socket.sndtimeo = socket.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)
        missing = {b"1": role.options.days, b"2": role.options.days}
        try:
            for number, days in missing.items():
                request = [number, b"%d" % role.options.credit, b"%d" % days]
                socket.send_multipart(request)
            while missing:
                number, *day = socket.recv_multipart()
                if number not in missing:
                    continue
                if not day:
                    if missing.pop(number):
                        role.fail(f"request {number.decode()} ended before its last day")
                    print(f"{name}: request {number.decode()} is answered")
                    continue
                missing[number] -= 1
                print(f"{name}: request {number.decode()}, day", *map(bytes.decode, day))
                time.sleep(role.options.pause)
                socket.send_multipart([number, b"1"])
        except zmq.Again:
            role.fail(
                f"nothing within {role.options.timeout:g} s: "
                f"is the server running at {' or '.join(role.connect)}?"
            )


if __name__ == "__main__":
    role.run(main)
