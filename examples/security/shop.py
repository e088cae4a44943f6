"""Send reports to the office by CURVE, and say so if this shop is refused.

libzmq raises no error when a handshake fails: only the socket's monitor tells.

The shop of lesson 17. The other side is office.py; keys.py makes the keys.
"""

from pathlib import Path

import zmq
from zmq.utils.monitor import recv_monitor_message

from examples.security.keys import FOLDER, ensure, options
from zmqlab.run.role import Role, positive

role = Role("shop", __doc__, connect="tcp://127.0.0.1:5581")
role.option("--keys", metavar="FOLDER", default=str(FOLDER), help=f"(default: {FOLDER})")
role.option("--name", default="alice", help="whose key (default: alice)")
role.option("--reports", type=positive, default=3, help="how many (default: 3)")

REFUSED = (
    zmq.EVENT_HANDSHAKE_FAILED_AUTH
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
)


def main() -> None:
    """Connect, wait for the handshake, then report."""
    folder, name = Path(role.options.keys), role.options.name
    try:
        ensure(folder, "office", name)
        keys = options(folder, name)
        keys["curve_serverkey"] = (folder / "office.public").read_bytes()
    except (OSError, ValueError) as error:
        role.fail(str(error))
    with zmq.Context() as context, context.socket(zmq.PUSH) as push:
        push.linger = 0
        for option, value in keys.items():
            setattr(push, option, value)
        with push.get_monitor_socket(REFUSED | zmq.EVENT_HANDSHAKE_SUCCEEDED) as monitor:
            endpoints = list(role.connect)
            for endpoint in endpoints:
                push.connect(endpoint)
            role.ready(*endpoints)
            event = recv_monitor_message(monitor)["event"]
            push.disable_monitor()
        if event & REFUSED:
            role.fail(f"refused: {zmq.Event(event).name}")
        for number in range(1, role.options.reports + 1):
            push.send_string(f"took {980 * number}")
        print(f"{name} sent {role.options.reports} reports")
        push.linger = -1  # a clean end waits until all have left


if __name__ == "__main__":
    role.run(main)
