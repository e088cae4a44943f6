"""Fair queueing: nobody waits for more than one message of each other peer."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purezmq.patterns import PATTERNS, Options


def filled(*sizes, **options):
    """A PULL whose peers sent that many messages each, named by peer and number."""
    pull = PATTERNS["PULL"](Options(**options))
    pipes = [pull.pipe() for _ in sizes]
    for i, (pipe, size) in enumerate(zip(pipes, sizes, strict=True)):
        pull.attach(pipe)
        for n in range(size):
            pull.deliver(pipe, [[b"%d.%d" % (i, n)]])
    return pull, pipes


def test_each_peer_in_turn(drain):
    """libzmq, three PUSH over inproc with 4, 1 and 3 messages: this very order."""
    pull, _ = filled(4, 1, 3)
    assert pull.can_recv()
    order = b" ".join(message[0] for message in drain(pull))
    assert order == b"0.0 1.0 2.0 0.1 2.1 0.2 2.2 0.3"
    assert not pull.can_recv()


def test_what_a_peer_sent_before_it_left_is_received(drain):
    """libzmq: a PULL received all 3 messages of a PUSH that had closed before."""
    pull, pipes = filled(3, 1)
    pipes[0].paused = True
    pipes[0].on_room = lambda: pytest.fail("its session is gone")
    pull.detach(pipes[0])
    assert len(drain(pull)) == 4


def test_a_paused_session_may_read_on_when_half_was_received():
    pull, (pipe,) = filled(4, rcvhwm=4)
    assert not pipe.check_read()
    pipe.paused = True
    told = []
    pipe.on_room = lambda: told.append(len(pipe.inbound))
    pull.recv()
    assert not told
    pull.recv()
    assert told == [2]
    pull.recv()
    assert told == [2]
    assert not pipe.paused


def test_a_session_may_deliver_while_it_is_told_to_read_on(drain):
    pull, (pipe,) = filled(1, rcvhwm=1)
    more = deque([[b"next"], [b"last"]])

    def read_on():
        pull.deliver(pipe, [more.popleft()])
        pipe.paused = bool(more)

    pipe.paused = True
    pipe.on_room = read_on
    assert drain(pull) == [[b"0.0"], [b"next"], [b"last"]]


@given(st.lists(st.one_of(st.integers(0, 3), st.none()), max_size=60))
def test_fairness(steps):
    """A number: that peer sends; None: the program receives.

    Each peer's messages come in their order, none is lost, and between a message's coming to the
    head of its peer's queue and its being received no other peer has more than one turn.
    """
    pull, pipes = filled(0, 0, 0, 0)
    sent = [deque() for _ in pipes]
    turns = [[0] * 4 for _ in pipes]  # turns[i][j]: j's turns since i's head became its head
    for n, peer in enumerate([*steps, *[None] * len(steps)]):
        if peer is not None:
            if not sent[peer]:
                turns[peer] = [0] * 4
            sent[peer].append([b"%d" % peer, b"%d" % n])
            pull.deliver(pipes[peer], [sent[peer][-1]])
            continue
        message = pull.recv()
        if message is None:
            assert not any(sent)
            continue
        source = int(message[0])
        assert sent[source].popleft() is message
        turns[source] = [0] * 4
        for i in range(4):
            if sent[i] and i != source:
                turns[i][source] += 1
                assert turns[i][source] <= 1
    assert not any(sent)
    assert not pull.fq


def test_a_message_that_another_queue_brought_takes_its_turn():
    """Over inproc both pipes may share a queue: what is in it is not delivered, only announced."""
    pull, (one, other) = filled(0, 0)
    one.inbound.append([b"shared"])
    pull.enter(one)
    pull.deliver(other, [[b"delivered"]])
    assert pull.recv() == [b"shared"]
    assert pull.recv() == [b"delivered"]
    assert pull.recv() is None
