"""Print what a ROUTER receives from peers with a name and without one, as REQ and as DEALER.

Guide: identity. There is no other side: all sockets are in this one process.
"""

import zmq

from zmqlab.run.role import Role

role = Role("identity", __doc__)


def shown(frame: bytes) -> str:
    """Return a frame as text where it can be read, as hexadecimal digits where not."""
    if not frame:
        return "(empty)"
    return frame.decode() if frame.isascii() and frame[0] else frame.hex(" ")


def main() -> None:
    """Let four peers say hello, one after the other."""
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.rcvtimeo = 5000  # milliseconds
        router.bind("inproc://router")
        for kind, own in (zmq.REQ, "anna"), (zmq.DEALER, "ben"):
            for name in "", own:
                with context.socket(kind) as peer:
                    peer.linger = 0
                    if name:
                        peer.routing_id = name.encode()
                    peer.connect("inproc://router")
                    peer.send(b"hello")
                    frames = " | ".join(map(shown, router.recv_multipart()))
                    print(f"{kind.name} {'with a name' if name else 'without'}: {frames}")


if __name__ == "__main__":
    role.run(main)
