"""Tell other brokers how many workers are free, and print what they tell.

A broker binds one address, where it hears the others, and connects to those of the brokers that
were started before it (--peer). Each message says where its sender hears, and whoever gets it
connects there. So all of them hear each other, in whatever order they start. The number of free
workers is made up here.

Guide: peering1. peering3.py beside this file does the work, too.
"""

import itertools
import random
import time

import zmq

from zmqlab.run.role import Role, endpoint, endpoint_fault, positive, routing_id, seconds

MOST_FREE = 9

role = Role("broker", __doc__, bind="tcp://127.0.0.1:5675")
role.option("--name", type=routing_id, default="seoul", help="of this broker (default: seoul)")
role.option(
    "--peer",
    type=endpoint,
    action="append",
    default=[],
    help="where another broker hears; may be given several times",
)
role.option("--interval", type=seconds, default=0.25, help="between two states (default: 0.25)")
role.option("--rounds", type=positive, help="end after N states (default: never)")


def main() -> None:
    """Tell a state, then hear the others until it is time for the next one."""
    options = role.options
    with (
        zmq.Context() as context,
        context.socket(zmq.PUB) as state_out,
        context.socket(zmq.SUB) as state_in,
    ):
        state_out.linger = 0  # an old state is of no use
        state_in.subscribe("")
        bound = []
        for address in role.bind:
            state_in.bind(address)
            bound.append(state_in.get_string(zmq.LAST_ENDPOINT))
        for address in options.peer:
            state_out.connect(address)
        role.ready(*bound, *options.peer)

        known = set(options.peer)
        for round_number in itertools.count(1):
            free = random.randint(0, MOST_FREE)
            state_out.send_multipart([options.name.encode(), b"%d" % free, bound[0].encode()])
            if round_number == options.rounds:
                return
            until = time.monotonic() + options.interval
            while state_in.poll(max(0, int(1000 * (until - time.monotonic())))):
                match state_in.recv_multipart():
                    case [name, number, place] if number.isdigit():
                        print(f"{name.decode(errors='replace')} has {int(number)} free")
                        address = place.decode(errors="replace")
                        if address not in known and not endpoint_fault(address, "connect"):
                            known.add(address)
                            state_out.connect(address)


if __name__ == "__main__":
    role.run(main)
