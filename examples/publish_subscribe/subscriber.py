"""Receive the weather of some zip codes, and tell its average.

A subscription is a prefix of the message, not a word: "1000" also takes "10001", and "" takes
everything. For one zip code alone, ask with the space that ends it: --zip "10001 ".

Guide: wuclient. The other side is publisher.py, beside this file.
"""

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("subscriber", __doc__, connect="tcp://127.0.0.1:5556")
role.option(
    "--zip",
    default="10",
    metavar="PREFIX",
    help="how the zip codes begin (default: 10, one update in a hundred)",
)
role.option("--updates", type=positive, default=10, help="end after N updates (default: 10)")
role.option("--timeout", type=seconds, default=10, help="for an update (default: 10)")


def main() -> None:
    """Connect and subscribe, then receive so many updates as asked."""
    wanted, updates = role.options.zip, role.options.updates
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
        socket.setsockopt_string(zmq.SUBSCRIBE, wanted)  # without it, nothing comes at all
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        temperatures: list[int] = []
        humidities: list[int] = []
        while len(temperatures) < updates:
            try:
                update = socket.recv_string()
            except zmq.Again:
                role.fail(
                    f"no update for {wanted!r} within {role.options.timeout:g} s: "
                    f"is the publisher running at {' or '.join(role.connect)}?"
                )
            print(f"got {update}")
            _zip_code, temperature, humidity = update.split()
            temperatures.append(int(temperature))
            humidities.append(int(humidity))

    print(
        f"average of {updates} updates for {wanted!r}: temperature "
        f"{sum(temperatures) / updates:.1f}, humidity {sum(humidities) / updates:.1f}"
    )


if __name__ == "__main__":
    role.run(main)
