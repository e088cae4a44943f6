"""Forks, copies and pickles: a socket and a context belong to the process that made them."""

import asyncio
import copy
import gc
import multiprocessing
import os
import pickle
import traceback

import pytest


async def in_child(act):
    """Fork, and run a function in the child; it fails if that raises anything."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            act()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = await asyncio.to_thread(os.waitpid, pid, 0)
    assert not status


async def reached(lab, zmq, endpoint, pull):
    """A new peer reaches the parent's socket."""
    push = lab.socket(zmq.PUSH)
    push.connect(endpoint)
    await push.send(b"hello")
    assert await pull.recv() == b"hello"


async def test_the_one_context_is_another_in_a_child(lab, zmq, network):
    context = zmq.asyncio.Context.instance()
    lab.contexts.append(context)
    pull = lab.socket(zmq.PULL, context)
    endpoint = lab.bind(pull, network)
    await lab.link(lab.socket(zmq.PUSH, context), pull, network)

    def child():
        async def main():
            own = zmq.asyncio.Context.instance()
            assert own is not context
            one, other = own.socket(zmq.PAIR), own.socket(zmq.PAIR)
            one.bind("inproc://child")
            other.connect("inproc://child")
            await one.send(b"works")
            assert await other.recv() == b"works"
            own.destroy(linger=0)

        asyncio.run(main())

    await in_child(child)
    await reached(lab, zmq, endpoint, pull)


@pytest.mark.parametrize("end", ["close", "destroy", "with", "collect"])
async def test_ending_what_was_inherited_touches_nothing(lab, zmq, network, end):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = await lab.link(push, pull, network)

    def child():
        nonlocal push, pull
        if end == "close":
            push.close(linger=0)
            pull.close(linger=0)
        elif end == "destroy":
            lab.context.destroy(linger=0)
        elif end == "with":
            with push, pull:
                pass
        else:
            push = pull = None
            gc.collect()

    await in_child(child)
    await push.send(b"as before")
    assert await pull.recv() == b"as before"
    await reached(lab, zmq, endpoint, pull)


async def test_a_worker_of_multiprocessing_leaves_the_parent_alone(lab, zmq):
    pull = lab.socket(zmq.PULL)
    endpoint = lab.bind(pull, "ipc")
    process = multiprocessing.get_context("fork").Process(target=pull.close)
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode == 0
    await reached(lab, zmq, endpoint, pull)


async def test_what_belongs_to_a_process_is_not_pickled(lab, zmq):
    context = lab.context
    for one in (context, lab.socket(zmq.PUSH)):
        with pytest.raises(TypeError):
            pickle.dumps(one)
        assert type(copy.copy(one)) is type(one)
        assert type(copy.deepcopy({"kept": one})["kept"]) is type(one)
    process = multiprocessing.get_context("spawn").Process(target=print, args=(context,))
    with pytest.raises(TypeError):
        process.start()
