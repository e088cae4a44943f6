"""A service that sends straight to the next one: no broker.

It takes messages in where it binds, and sends them on to where it connects. Told of a directory
instead (--directory), it asks there for the address of the next service (--next), and says there
every second where it is itself. Several directories: it tells all, and asks one after the other.

For the whitepaper "Broker vs. Brokerless". The chain: --name A --first, then B, C, and D --last.
"""

import contextlib
import time

import zmq

from examples.brokerless._chain import Service, goes, has
from zmqlab.run.role import Role, endpoint, seconds

role = Role("peer", __doc__, bind="tcp://127.0.0.1:5560", connect="tcp://127.0.0.1:5561")
service = Service(role)
role.option("--next", default="C", help="whom to ask a directory for (default: C)")
role.option(
    "--directory", type=endpoint, action="append", default=[],
    help="ask there for the next one; may be given several times",
)  # fmt: skip
role.option(
    "--patience", type=seconds, default=1,
    help="wait so long for a directory (default: 1)",
)  # fmt: skip
role.option(
    "--linger", type=float, default=-1, metavar="LIMIT",
    help="seconds the first waits at its end for what has not left; -1: for ever (default: -1)",
)  # fmt: skip


def main() -> None:
    """Bind, learn where the next service is, then pass on what comes."""
    name, options = service.begin(), role.options
    with (
        zmq.Context() as context,
        context.socket(zmq.PULL) as inlet,
        context.socket(zmq.PUSH) as outlet,
        contextlib.ExitStack() as stack,
    ):
        outlet.linger = 0  # at a Ctrl-C, do not wait for a service that is not there
        endpoints = []
        for one in () if options.first else role.bind:
            inlet.bind(one)
            endpoints.append(inlet.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked

        desks = []  # a socket for each directory: what is said there must never stop the messages
        for one in options.directory:
            desk = stack.enter_context(context.socket(zmq.DEALER))
            desk.linger, desk.sndhwm = 0, 10
            desk.connect(one)
            desks.append(desk)
        inlet.rcvtimeo = 1000 if desks else -1  # milliseconds
        told = announce(desks, name, endpoints)

        onward = []
        if not options.last:
            onward = [find(context, options.next)] if desks else list(role.connect)
        for one in onward:
            outlet.connect(one)
        role.ready(*endpoints, *onward)

        for message in service.make() if options.first else ():
            goes(message, onward[0])
            outlet.send_multipart(message)
            service.tell(f"sent {int(message[0])}")
        if options.first:
            outlet.linger = int(max(options.linger, -0.001) * 1000)
            service.end()
            print("no more to send")

        done = bool(options.first)
        while not done:
            with contextlib.suppress(zmq.Again):
                message = inlet.recv_multipart()
                has(message, name)
                if options.last:
                    done = service.arrived(message)
                else:
                    goes(message, onward[0])
                    outlet.send_multipart(message)
            if desks and time.monotonic() - told > 1:
                told = announce(desks, name, endpoints)
        service.end()


def announce(desks: list[zmq.Socket[bytes]], name: str, endpoints: list[str]) -> float:
    """Tell all directories where this service is, without waiting for any; return when."""
    for desk in desks:
        with contextlib.suppress(zmq.Again):
            while desk.poll(0):
                desk.recv_multipart()  # "noted"
            for one in endpoints:
                words = [b"", b"here", name.encode(), one.encode()]  # as a REQ would send it
                desk.send_multipart(words, zmq.DONTWAIT)
    return time.monotonic()


def find(context: zmq.Context[zmq.Socket[bytes]], name: str) -> str:
    """Ask the directories, one after the other, where a service is."""
    until = time.monotonic() + 10 * role.options.patience
    answered = True
    while answered and time.monotonic() < until:
        answered = False
        for directory in role.options.directory:
            with context.socket(zmq.REQ) as question:
                question.linger = 0
                question.rcvtimeo = int(role.options.patience * 1000)
                question.connect(directory)
                question.send_multipart([b"where", name.encode()])
                with contextlib.suppress(zmq.Again):
                    (found,) = question.recv_multipart()
                    answered = True
                    if found:
                        print(f"{name} is at {found.decode()}, says {directory}")
                        return found.decode()
        time.sleep(0.05 if answered else 0)  # not there yet
    if answered:
        role.fail(f"no directory knows {name}")
    role.fail(f"no directory answers; where is {name}?")


if __name__ == "__main__":
    role.run(main)
