"""Hand out trips to drivers, one to each who says that he is free, until all are sent home.

The drivers have names. One who comes back under his name has it again. A trip that can't be sent,
because its driver is gone, goes to the next. Whether a driver is a REQ or a DEALER socket makes no
difference here: the envelope is sent back as it came.

The ROUTER of lesson 11, and of the Guide's rtreq and rtdealer. The other sides are rtreq.py and
rtdealer.py.
"""

import errno
from collections import Counter

import zmq

from zmqlab.run.role import Role, positive

role = Role("centre", __doc__, bind="tcp://127.0.0.1:5555")
role.option("--trips", type=positive, default=10, help="hand out N trips (default: 10)")
role.option("--drivers", type=positive, default=2, help="send N drivers home (default: 2)")


def main() -> None:
    """Bind, then answer each driver with a trip, or send him home when there are no more."""
    with zmq.Context() as context, context.socket(zmq.ROUTER) as socket:
        socket.linger = 1000  # at the end, give the last order a second to leave
        socket.router_mandatory = 1  # an order for a driver who is gone is an error
        socket.router_handover = 1  # a driver who comes back has his name again
        for endpoint in role.bind:
            socket.bind(endpoint)
            role.ready(socket.get_string(zmq.LAST_ENDPOINT))

        handed_out = 0
        done: Counter[str] = Counter()
        at_home: set[str] = set()
        while len(at_home) < role.options.drivers:
            *envelope, _free = socket.recv_multipart()
            name = envelope[0].decode(errors="replace")
            last = handed_out == role.options.trips
            order = "go home" if last else f"trip {handed_out + 1}"
            try:
                socket.send_multipart([*envelope, order.encode()])
            except zmq.ZMQError as error:
                if error.errno != errno.EHOSTUNREACH:
                    raise
                print(f"{name} is gone" if last else f"{name} is gone, {order} is free again")
                continue
            print(f"{name}: {order}")
            if last:
                at_home.add(name)
            else:
                handed_out += 1
                done[name] += 1
        print("trips:", ", ".join(f"{name} {done[name]}" for name in sorted(at_home)))


if __name__ == "__main__":
    role.run(main)
