"""Keep each message until its receiver has it: point-to-point reliability, from a broker.

It speaks with ../reliable_edges/sender.py, but acknowledges a message itself, as soon as it has
it. What it has is in memory, or with --log in a file as well, which it forces to the disk
(fsync) before it acknowledges: once for all messages that came meanwhile. Started again with the
same file, it has everything again.

A receiver says hello, and gets up to --prefetch messages that it has not acknowledged yet. If it
says hello again, then those that are on their way to it count as lost and are sent again.

Of lesson 32, on the whitepaper Switch or broker. The other sides are ../reliable_edges/sender.py,
and receiver.py beside this file.
"""

import os
from collections import defaultdict

import zmq

from zmqlab.run.role import Role, positive

role = Role("broker", __doc__, bind="tcp://127.0.0.1:5560")
role.option("--log", metavar="FILE", help="keep the messages in a file, too")
role.option("--prefetch", type=positive, default=5, help="on the way (default: 5)")
role.option("--quiet", action="store_true", help="print no line for each message")

Key = tuple[bytes, bytes, bytes]  # from whom, stream, number

queues: dict[bytes, dict[Key, bytes]] = defaultdict(dict)  # what each receiver has still to get
on_the_way: dict[bytes, set[Key]] = {}  # which of these were sent to it; it is there if it has one


def keep(receiver: bytes, key: Key, *body: bytes) -> None:
    """Enter a message, or without a body strike it out."""
    if body:
        queues[receiver][key] = body[0]
    else:
        queues[receiver].pop(key, None)
        on_the_way.get(receiver, set()).discard(key)


def main() -> None:
    """Read the log; then keep what comes, and hand it on."""
    log = open(role.options.log, "ab+") if role.options.log else None  # noqa: SIM115
    if log:
        log.seek(0)
        for line in log:
            if line.endswith(b"\n"):  # else it was being written when the power went
                receiver, *fields = (bytes.fromhex(word.decode()) for word in line[:-1].split(b","))
                keep(receiver, (fields[0], fields[1], fields[2]), *fields[3:])
        print(f"{sum(map(len, queues.values()))} messages in the log")
    with zmq.Context() as context, context.socket(zmq.ROUTER) as socket:
        socket.linger = 0
        socket.router_handover = True
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))
        role.ready(*endpoints)

        while True:
            came = [socket.recv_multipart()]
            while len(came) < 100 and socket.poll(0):
                came.append(socket.recv_multipart())
            acknowledgements, lines = [], []
            for origin, destination, *rest in filter(lambda message: len(message) > 1, came):
                if rest == [b"hello"]:
                    on_the_way[origin] = set()
                    continue
                if len(rest) == 3:  # a message: STREAM NUMBER BODY
                    receiver, key, body = destination, (origin, rest[0], rest[1]), rest[2:]
                    acknowledgements.append([origin, destination, rest[0], rest[1]])
                elif len(rest) == 2:  # its receiver has it: STREAM NUMBER
                    receiver, key, body = origin, (destination, rest[0], rest[1]), []
                    if not role.options.quiet:
                        print(f"payment {int(rest[1])} off the books")
                else:
                    continue
                keep(receiver, key, *body)
                lines.append(b",".join(field.hex().encode() for field in (receiver, *key, *body)))
            if log and lines:
                log.write(b"\n".join(lines) + b"\n")
                log.flush()
                os.fsync(log.fileno())  # now it may be forgotten elsewhere
            for message in acknowledgements:
                socket.send_multipart(message)
            for receiver, sent in on_the_way.items():
                for key, payload in queues[receiver].items():
                    if len(sent) >= role.options.prefetch:
                        break
                    if key not in sent:
                        sent.add(key)
                        socket.send_multipart([receiver, *key, payload])


if __name__ == "__main__":
    role.run(main)
