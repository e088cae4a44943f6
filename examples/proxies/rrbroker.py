"""Stand between clients and workers, who then know this program's two addresses alone.

The first --bind is for clients, the second for workers. Requests are dealt to the workers in turn.
While no worker is there, requests stay where they are.

Guide: rrbroker. The other sides are rrclient.py and rrworker.py; msgqueue.py does the same with
libzmq's own proxy.
"""

import zmq

from zmqlab.run.role import Role

role = Role("broker", __doc__, bind=("tcp://127.0.0.1:5559", "tcp://127.0.0.1:5560"))


def main() -> None:
    """Bind both sides, then pass requests on to the workers and replies back to the clients."""
    with (
        zmq.Context() as context,
        context.socket(zmq.ROUTER) as front,
        context.socket(zmq.DEALER) as back,
    ):
        front.linger = back.linger = 0  # at the end, do not wait for anybody
        endpoints = list(role.bind)
        if len(endpoints) != 2:
            role.fail("--bind is needed twice: for clients, then for workers", status=2)
        bound = []
        for socket, endpoint in zip((front, back), endpoints, strict=True):
            socket.bind(endpoint)
            bound.append(socket.get_string(zmq.LAST_ENDPOINT))  # the real port, if * was asked
        role.ready(*bound)

        while True:
            # Take a request only when a worker can have it: one in hand would be lost.
            if back.poll(0, zmq.POLLOUT):
                zmq.select([front, back], [], [])  # until there is something to pass on
            else:
                zmq.select([back], [back], [])  # until a worker is there
            if back.poll(0):
                front.send_multipart(back.recv_multipart())
            if front.poll(0) and back.poll(0, zmq.POLLOUT):
                back.send_multipart(front.recv_multipart())


if __name__ == "__main__":
    role.run(main)
