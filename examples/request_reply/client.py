"""Send requests to the server, and wait for the reply to each before the next.

Guide: hwclient. The other side is server.py, beside this file.
"""

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect="tcp://127.0.0.1:5555")
role.option("--requests", type=positive, default=5, help="send N requests (default: 5)")
role.option("--timeout", type=seconds, default=5, help="for a reply (default: 5)")


def main() -> None:
    """Connect, then send a request and receive its reply, so many times as asked."""
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.linger = 0  # at the end, do not wait for a server that is not there
        socket.sndtimeo = socket.rcvtimeo = int(role.options.timeout * 1000)  # milliseconds
        for endpoint in role.connect:
            socket.connect(endpoint)
        role.ready(*role.connect)

        for number in range(1, role.options.requests + 1):
            request = f"Hello {number}"
            print(f"sending {request}")
            try:
                socket.send_string(request)
                reply = socket.recv_string()
            except zmq.Again:
                role.fail(
                    f"no reply within {role.options.timeout:g} s: "
                    f"is the server running at {' or '.join(role.connect)}?"
                )
            print(f"got {reply}")


if __name__ == "__main__":
    role.run(main)
