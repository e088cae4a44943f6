"""A service that takes its messages from a broker and puts them into a broker.

It connects to the broker with its own queue, and to the one with the queue of the next service. In
a hub these are the same, and --connect is given once; with queues near the applications it is given
twice: its own, the next one's. A question that has no answer is asked again.

For the whitepaper "Broker vs. Brokerless". The other side is broker.py. The chain: --name A --first
--to B, then B, C, and D --last.
"""

import zmq

from examples.brokerless._chain import NUMBER, Service, goes, has
from zmqlab.run.role import Role, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5570")
service = Service(role)
role.option("--to", default="C", help="whose queue to put messages into (default: C)")
role.option(
    "--patience", type=seconds, default=0.5,
    help="ask again after so long (default: 0.5)",
)  # fmt: skip


def main() -> None:
    """Connect, then take, hand on, and take the next."""
    name, options = service.begin(), role.options
    own, *others = role.connect
    onward = others[-1] if others else own
    with (
        zmq.Context() as context,
        context.socket(zmq.REQ) as taking,
        context.socket(zmq.REQ) as putting,
    ):
        for socket, endpoint in ((taking, own), (putting, onward)):
            socket.linger = 0
            socket.rcvtimeo = int(options.patience * 1000)  # milliseconds
            socket.req_relaxed = socket.req_correlate = 1  # ask again; leave out an old answer
            socket.connect(endpoint)
        role.ready(*role.connect)

        for message in service.make() if options.first else ():
            service.tell(f"sent {int(message[NUMBER])}")
            goes(message, onward)
            ask(putting, b"put", options.to.encode(), *message)
            service.tell(f"kept {int(message[NUMBER])}")
        if options.first:
            service.end()
            print("no more to send")

        done, number = bool(options.first), b""
        while not done:
            message = ask(taking, b"take", name.encode(), number)
            number = message[NUMBER]
            goes(message, own)  # on its way here; the broker does not know by which transport
            has(message, name)
            if options.last:
                done = service.arrived(message)
            else:
                goes(message, onward)
                ask(putting, b"put", options.to.encode(), *message)
        service.end()


def ask(socket: zmq.Socket[bytes], *question: bytes) -> list[bytes]:
    """Ask until there is an answer: the broker may be dead, or just starting again."""
    while True:
        socket.send_multipart(question)
        try:
            return socket.recv_multipart()
        except zmq.Again:
            continue


if __name__ == "__main__":
    role.run(main)
