"""Send orders to the mailer: pause, go, stop.

Each order waits for a while first, as somebody in an office would.

Lesson 06. The other sides are mailer.py and writer.py, beside this file.
"""

import time

import zmq

from zmqlab.run.role import Role, seconds

role = Role("office", __doc__, connect="tcp://127.0.0.1:5558")
role.option(
    "--order",
    action="append",
    choices=("pause", "go", "stop"),
    help="may be given several times (default: stop)",
)
role.option("--after", type=seconds, default=0.3, help="wait before each order (default: 0.3)")


def main() -> None:
    """Connect, and send the orders; a clean end waits until all have left."""
    with zmq.Context() as context, context.socket(zmq.PUSH) as orders:
        orders.linger = 0  # at a Ctrl-C, do not wait for a mailer that is not there
        for endpoint in role.connect:
            orders.connect(endpoint)
        role.ready(*role.connect)

        for order in role.options.order or ["stop"]:
            time.sleep(role.options.after)
            orders.send_string(order)
            print(f"{order} sent")
        orders.linger = -1


if __name__ == "__main__":
    role.run(main)
