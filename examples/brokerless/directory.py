"""A directory: it knows where each service is, and never sees a message.

It hears "here NAME ENDPOINT" and notes it; to "where NAME" it answers with the endpoint, or with
nothing. It forgets all when it ends. Services say every second where they are, so a directory that
starts again soon knows it all, and copies of a directory need not know each other.

For the whitepaper "Broker vs. Brokerless". The other side is peer.py --directory, beside this file.
"""

import zmq

from zmqlab.run.role import Role

role = Role("directory", __doc__, bind="tcp://127.0.0.1:5571")


def main() -> None:
    """Bind, then note and answer."""
    places: dict[bytes, bytes] = {}
    with zmq.Context() as context, context.socket(zmq.REP) as socket:
        socket.linger = 0
        endpoints = []
        for endpoint in role.bind:
            socket.bind(endpoint)
            endpoints.append(socket.get_string(zmq.LAST_ENDPOINT))
        role.ready(*endpoints)

        while True:
            match socket.recv_multipart():
                case [b"here", name, place]:
                    if places.get(name) != place:
                        print(f"{name.decode()} is at {place.decode()}")
                    places[name] = place
                    socket.send(b"noted")
                case [b"where", name]:
                    if name in places:
                        print(f"asked for {name.decode()}")
                    socket.send(places.get(name, b""))
                case strange:
                    print(f"not understood: {strange}")
                    socket.send(b"")


if __name__ == "__main__":
    role.run(main)
