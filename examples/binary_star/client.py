"""Buy seats from one of two servers, and go to the other when no reply comes in time.

It never asks both at once: a request that reaches the passive server is a vote for it. After each
--patience it throws its socket away, with a reply that may still come, and asks the other server.
A request may be done twice for that.

Guide: bstarcli. The other side is server.py, beside this file.
"""

from __future__ import annotations

import time

import zmq

from zmqlab.run.role import Role, positive, seconds

role = Role("client", __doc__, connect=("tcp://127.0.0.1:5601", "tcp://127.0.0.1:5611"))
role.option("--name", default="alice", help="what servers call it (default: alice)")
role.option("--requests", type=positive, default=5, help="buy N seats (default: 5)")
role.option("--patience", type=seconds, default=0.3, help="for a reply (default: 0.3)")
role.option("--give-up", type=seconds, default=10, help="after so long in all (default: 10)")
role.option("--slow", type=seconds, default=0, help="wait so long before and after sending")


def ask(
    context: zmq.Context[zmq.Socket[bytes]], endpoint: str, request: str, patience: float
) -> str | None:
    """Ask a server by a socket of its own; return None if its reply takes too long."""
    with context.socket(zmq.REQ) as socket:
        socket.linger = 0  # close() drops a request that has not left
        socket.connect(endpoint)
        socket.send_string(request)
        print(f"sent: {request} to {endpoint}")
        time.sleep(role.options.slow)
        return socket.recv_string() if socket.poll(int(1000 * patience)) else None


def main() -> None:
    """Send a request, to one server after the other, until its reply comes; then the next."""
    options = role.options
    endpoints = list(role.connect)
    with zmq.Context() as context:
        role.ready(*endpoints)
        for number in range(1, options.requests + 1):
            request = f"{options.name} #{number}"
            print(f"queued: {request}")
            time.sleep(options.slow)
            began = time.monotonic()
            tries = 1
            while (reply := ask(context, endpoints[0], request, options.patience)) is None:
                if time.monotonic() - began > options.give_up:
                    role.fail(f"no reply to {request} within {options.give_up:g} s")
                endpoints.append(endpoints.pop(0))  # the other server's turn
                tries += 1
            took = time.monotonic() - began
            print(f"got: {request} has {reply} after {took:.3f} s, tries: {tries}")


if __name__ == "__main__":
    role.run(main)
