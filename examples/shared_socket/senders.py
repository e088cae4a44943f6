"""Let four threads send messages of two equal frames, and count what arrives whole.

A socket belongs to one thread at a time. --sharing says how far this program keeps to that:
own (each thread has a socket), locked (one socket, a lock around each use), unlocked (one socket,
all at once), closed (one thread waits in recv, another closes its socket). With the last two
anything may happen, and libzmq may end the program: run them where nothing is lost with it.

Exit status: 0 if all arrived whole, 3 if not, 4 if a thread never came back, else a signal's. For
the whitepaper on multithreading.
"""

import contextlib
import os
import sys
import threading
import time

import zmq

from zmqlab.run.role import Role, positive

HERE = "inproc://receiver"
THREADS = 4
LIMIT = {"own": 10_000, "locked": 10_000, "unlocked": 2_000, "closed": 2_000}
"""Milliseconds after which nothing more is expected; what must arrive is waited for longer."""

role = Role("senders", __doc__)
role.option(
    "--sharing",
    choices=("own", "locked", "unlocked", "closed"),
    default="own",
    help="how the threads share a socket (default: own)",
)
role.option("--messages", type=positive, default=5000, help="of each thread (default: 5000)")


def send(
    socket: zmq.SyncSocket, lock: contextlib.AbstractContextManager[object], name: str
) -> None:
    """Send messages whose two frames must be the same when they arrive."""
    for number in range(role.options.messages):
        frame = f"{name} {number}".encode()
        with lock:
            socket.send_multipart([frame, frame])


def send_from_own(context: zmq.SyncContext, name: str) -> None:
    """Send from a socket that no other thread knows."""
    with context.socket(zmq.PUSH) as socket:
        socket.connect(HERE)
        send(socket, contextlib.nullcontext(), name)


def several(context: zmq.SyncContext) -> int:
    """Start the senders, receive here; give the exit status."""
    with context.socket(zmq.PULL) as receiver, context.socket(zmq.PUSH) as shared:
        receiver.rcvtimeo = shared.sndtimeo = LIMIT[role.options.sharing]
        receiver.bind(HERE)
        lock = threading.Lock() if role.options.sharing == "locked" else contextlib.nullcontext()
        if role.options.sharing != "own":
            shared.connect(HERE)

        def sender(name: str) -> None:
            if role.options.sharing == "own":
                send_from_own(context, name)
            else:
                send(shared, lock, name)

        for name in "abcd"[:THREADS]:
            threading.Thread(target=sender, args=(name,), daemon=True).start()
        whole = torn = 0
        expected = THREADS * role.options.messages
        with contextlib.suppress(zmq.Again):
            while whole + torn < expected:
                frames = receiver.recv_multipart()
                good = len(frames) == 2 and frames[0] == frames[1]
                whole, torn = whole + good, torn + (not good)
        print(f"{expected} sent, {whole} arrived whole, {torn} torn")
        return 0 if whole == expected else 3


def closed(context: zmq.SyncContext) -> int:
    """Close a socket in which another thread waits; give the exit status."""
    socket = context.socket(zmq.PULL)
    socket.bind("tcp://127.0.0.1:*")

    def wait() -> None:
        try:
            socket.recv()
        except zmq.ZMQError as error:
            print(f"recv raised: {error}")

    waiter = threading.Thread(target=wait, daemon=True)
    waiter.start()
    time.sleep(0.1)  # no event tells that a thread is inside recv
    socket.close()
    waiter.join(LIMIT["closed"] / 1000)
    print("the other thread " + ("never came back" if waiter.is_alive() else "came back"))
    return 4 if waiter.is_alive() else 0


def main() -> None:
    """Do one of the four; end at once, for after the last two nothing can be relied upon."""
    with contextlib.suppress(ImportError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core file from a death foretold
    context = zmq.Context()
    status = closed(context) if role.options.sharing == "closed" else several(context)
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    role.run(main)
