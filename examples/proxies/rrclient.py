"""Send requests to the broker, one after the other, and ask again when no reply comes.

Each request has a name of its own, and the worker puts it into the reply. So the client notices a
reply that is not its own, which a broker that was restarted may give it.

Guide: rrclient. The other sides are rrbroker.py or msgqueue.py, and rrworker.py.
"""

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5559")
role.option("--name", default="client", help="name the requests so (default: client)")
role.option("--requests", type=positive, default=5, help="send N requests (default: 5)")
role.option("--timeout", type=seconds, default=2, help="for a reply (default: 2)")
role.option("--tries", type=positive, default=5, help="ask N times at most (default: 5)")


def main() -> None:
    """Ask for one reply after the other."""
    with zmq.Context() as context:
        endpoints = list(role.connect)
        role.ready(*endpoints)
        for number in range(1, role.options.requests + 1):
            request = f"{role.options.name} {number}"
            for _ in range(role.options.tries):
                reply = ask(context, endpoints, request)
                if reply is None:
                    print(f"{request}: no reply within {role.options.timeout:g} s")
                elif not reply.startswith(f"{request} done by "):
                    print(f"{request}: got the reply of another: {reply}")
                else:
                    print(f"got {reply}")
                    break
            else:
                role.fail(f"no reply: is the broker running at {' or '.join(endpoints)}?")


def ask(context: zmq.Context[zmq.Socket[bytes]], endpoints: list[str], request: str) -> str | None:
    """Send a request and wait for its reply; give None if none comes in time."""
    with context.socket(zmq.REQ) as socket:
        socket.linger = 0  # an unsent request is of no use later
        socket.sndtimeo = socket.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
        for endpoint in endpoints:
            socket.connect(endpoint)
        try:
            socket.send_string(request)
            return socket.recv_string()
        except zmq.Again:
            return None


if __name__ == "__main__":
    role.run(main)
