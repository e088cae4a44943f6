"""Subscribe to "NASDAQ" at two publishers over tcp, and publish what comes again over ipc.

An ipc endpoint is a file. libzmq leaves it when the filter ends, and the next bind replaces it: by
itself it does no harm. But bind also replaces it while another filter still listens there, and says
nothing, so take care to run only one on an endpoint.

The source page's example, mended. The other sides are publisher.py, twice, and subscriber.py.
"""

import tempfile

import zmq

from zmqlab.run.role import Role

role = Role(
    "filter",
    __doc__,
    connect=("tcp://127.0.0.1:5556", "tcp://127.0.0.1:7721"),
    bind=f"ipc://{tempfile.gettempdir()}/nasdaq-feed",
)


def main() -> None:
    """Bind for local subscribers, connect to the publishers, then pass on what comes."""
    with (
        zmq.Context() as context,
        context.socket(zmq.SUB) as subscriber,
        context.socket(zmq.PUB) as publisher,
    ):
        publisher.linger = 1000  # at the end, give the last quotes a second to leave
        endpoints = []
        for endpoint in role.bind:
            publisher.bind(endpoint)
            endpoints.append(publisher.get_string(zmq.LAST_ENDPOINT))
        subscriber.subscribe(b"NASDAQ")  # bytes; the publishers send nothing else to us
        for endpoint in role.connect:
            subscriber.connect(endpoint)
        role.ready(*endpoints, *role.connect)

        while True:
            message = subscriber.recv_multipart()  # all its parts: they stay one message
            print(f"forwarding {b' '.join(message).decode(errors='replace')}")
            publisher.send_multipart(message)


if __name__ == "__main__":
    role.run(main)
