"""Threads: each with a loop and a context of its own, and nothing that they have in common."""

import asyncio
import copy
import importlib
import pkgutil
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import purezmq
import purezmq.asyncio

COUNT = 3_000
CONTAINERS = (dict, list, set, deque, bytearray)


async def exchange(name, own, other):
    """Send to oneself over inproc and to the other thread over tcp, all at once."""
    zmq, faults = purezmq, []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    with zmq.asyncio.Context() as context:
        near, inside = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        far, outside = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        inside.bind("inproc://the same name in both threads")
        near.connect("inproc://the same name in both threads")
        own.set_result(outside.bind_to_random_port("tcp://127.0.0.1"))
        far.connect(f"tcp://127.0.0.1:{await asyncio.wrap_future(other)}")

        async def send(socket):
            for number in range(COUNT):
                await socket.send(b"%s %d" % (name, number))

        async def receive(socket):
            return [await socket.recv() for _ in range(COUNT)]

        async with asyncio.timeout(30):
            results = await asyncio.gather(send(near), send(far), receive(inside), receive(outside))
    assert not faults
    return results[2:]


def run_two_threads():
    ports = {b"one": Future(), b"two": Future()}
    with ThreadPoolExecutor(2) as pool:
        running = [
            pool.submit(asyncio.run, exchange(name, ports[name], ports[other]))
            for name, other in ((b"one", b"two"), (b"two", b"one"))
        ]
        return [each.result() for each in running]


def test_two_threads_with_a_context_each():
    one, two = ([b"%s %d" % (name, n) for n in range(COUNT)] for name in (b"one", b"two"))
    assert run_two_threads() == [[one, two], [two, one]]


def shared():
    """What all threads see of purezmq: the names of its modules and classes, and what they hold.

    Left out are dunder names and enum's own tables, in which it keeps combinations of flags.
    """
    held = {}
    found = [each.name for each in pkgutil.walk_packages(purezmq.__path__, "purezmq.")]
    modules = [
        importlib.import_module(name) for name in found
    ]  # all, then look: packages name them
    for module in modules:
        names = vars(module)
        classes = [each for each in names.values() if isinstance(each, type)]
        owners = [("", names)] + [(each.__qualname__, vars(each)) for each in classes]
        for owner, members in owners:
            for name, value in members.items():
                if not (name.startswith("_") and name.endswith("_")):
                    content = copy.deepcopy(value) if isinstance(value, CONTAINERS) else None
                    held[module.__name__, owner, name] = value, content
    return held


def test_use_changes_nothing_that_threads_share():
    before = shared()
    run_two_threads()
    assert shared() == before
