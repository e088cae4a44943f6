"""A program adds socket types of its own, by a row in `PATTERNS` and one in `LEGAL`.

The types are SCATTER and GATHER of RFC 49. libzmq's own are asked over inproc alone: the packages
from PyPI are built without draft types, and a tcp or ipc connection of one aborts the process.
"""

import asyncio
import logging

import pytest
import zmq
import zmq.asyncio

import purezmq
from purezmq.asyncio import Context
from purezmq.patterns import PATTERNS
from purezmq.patterns.fq import FairQueue
from purezmq.patterns.lb import LoadBalancer
from purezmq.wire.mechanism import LEGAL

LIMIT = 5


class Scatter(LoadBalancer):
    """Sends messages of one frame to each peer in turn."""

    def send(self, frames):
        """Send, or refuse several frames."""
        if len(frames) > 1:
            raise purezmq.ZMQError(purezmq.EINVAL)
        return super().send(frames)


class Gather(FairQueue):
    """Receives messages of one frame from each peer in turn."""

    def deliver(self, pipe, messages):
        """Queue the messages of one frame."""
        super().deliver(pipe, [each for each in messages if len(each) == 1])


@pytest.fixture
def added(monkeypatch):
    monkeypatch.setitem(PATTERNS, "SCATTER", Scatter)
    monkeypatch.setitem(PATTERNS, "GATHER", Gather)
    monkeypatch.setitem(LEGAL, "SCATTER", frozenset({"GATHER"}))
    monkeypatch.setitem(LEGAL, "GATHER", frozenset({"SCATTER"}))


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:*", "inproc://tasks"])
def test_it_is_a_socket_with_all_that_sockets_have(added, endpoint):
    async def talk():
        with Context() as context:
            scatter = context.socket(purezmq.SCATTER)
            gather = context.socket(purezmq.GATHER)
            scatter.sndhwm = 1
            gather.rcvhwm = 1
            scatter.bind(endpoint)
            gather.connect(scatter.last_endpoint.decode())
            for number in range(4):
                await scatter.send(b"%d" % number)
                assert await gather.recv() == b"%d" % number
            with pytest.raises(purezmq.ZMQError) as refused:
                await scatter.send_multipart([b"two", b"frames"])
            assert refused.value.errno == purezmq.EINVAL
            await context.destroy(linger=0)

    asyncio.run(asyncio.wait_for(talk(), LIMIT))


def test_it_waits_without_a_peer_and_comes_back_after_a_restart(added):
    async def talk():
        with Context() as context:
            scatter = context.socket(purezmq.SCATTER)
            gather = context.socket(purezmq.GATHER)
            gather.bind("tcp://127.0.0.1:*")
            endpoint = gather.last_endpoint.decode()
            scatter.connect(endpoint)
            await scatter.send(b"before")
            assert await gather.recv() == b"before"
            monitor = scatter.get_monitor_socket(purezmq.EVENT_DISCONNECTED)
            gather.close()
            await monitor.recv_multipart()
            waiting = scatter.send(b"after")
            gather = context.socket(purezmq.GATHER)
            gather.bind(endpoint)
            await waiting
            assert await gather.recv() == b"after"
            await context.destroy(linger=0)

    asyncio.run(asyncio.wait_for(talk(), LIMIT))


def test_an_old_peer_is_refused_on_both_sides(added, caplog):
    async def talk():
        theirs = zmq.asyncio.Context()
        with Context() as context:
            pull = theirs.socket(zmq.PULL)
            pull.bind("tcp://127.0.0.1:*")
            scatter = context.socket(purezmq.SCATTER)
            scatter.immediate = 1  # a pipe comes with the handshake, and there is none
            monitor = scatter.get_monitor_socket(purezmq.EVENT_HANDSHAKE_FAILED_PROTOCOL)
            scatter.connect(pull.last_endpoint.decode())
            await monitor.recv_multipart()
            with pytest.raises(purezmq.Again):
                await scatter.send(b"flour", purezmq.DONTWAIT)
            await context.destroy(linger=0)
        theirs.destroy(linger=0)

    with caplog.at_level(logging.INFO, "purezmq"):
        asyncio.run(asyncio.wait_for(talk(), LIMIT))
    assert "a SCATTER does not talk to a PULL" in caplog.text


def test_libzmqs_own_decide_as_these_do(added):
    def libzmq():
        with zmq.Context() as context:
            gather = context.socket(zmq.GATHER)
            gather.bind("inproc://tasks")
            scatter = context.socket(zmq.SCATTER)
            rude = context.socket(zmq.PUSH)  # inproc compares no types
            for sender in scatter, rude:
                sender.connect("inproc://tasks")
            with pytest.raises(zmq.ZMQError) as refused:
                scatter.send_multipart([b"two", b"frames"])
            rude.send_multipart([b"two", b"frames"])
            rude.send(b"flour")
            gather.rcvtimeo = LIMIT * 1000
            got = gather.recv()
            context.destroy(linger=0)
        return refused.value.errno, got

    async def ours():
        with Context() as context:
            gather = context.socket(purezmq.GATHER)
            gather.bind("inproc://tasks")
            scatter = context.socket(purezmq.SCATTER)
            rude = context.socket(purezmq.PUSH)
            for sender in scatter, rude:
                sender.connect("inproc://tasks")
            with pytest.raises(purezmq.ZMQError) as refused:
                await scatter.send_multipart([b"two", b"frames"])
            await rude.send_multipart([b"two", b"frames"])
            await rude.send(b"flour")
            got = await gather.recv()
            await context.destroy(linger=0)
        return refused.value.errno, got

    assert asyncio.run(asyncio.wait_for(ours(), LIMIT)) == libzmq() == (zmq.EINVAL, b"flour")


def test_without_a_row_there_is_no_such_type():
    with Context() as context, pytest.raises(NotImplementedError, match="SCATTER"):
        context.socket(purezmq.SCATTER)
