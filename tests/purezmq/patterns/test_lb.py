"""Load balancing: round-robin over the peers that have room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purezmq.patterns import PATTERNS, Options


def push_to(*marks):
    """A PUSH with one pipe for each high-water mark."""
    push = PATTERNS["PUSH"](Options())
    pipes = []
    for mark in marks:
        push.options.sndhwm = mark
        pipes.append(push.pipe())
        push.attach(pipes[-1])
    return push, pipes


def test_round_robin_leaves_full_peers_out():
    """libzmq, PUSH over inproc, three PULL with room for 3, 6 and 3: this split, then EAGAIN."""
    push, pipes = push_to(3, 6, 3)
    sent = 0
    while push.send([b"%d" % sent]):
        sent += 1
    assert sent == 12
    assert [[int(m[0]) for m in pipe.outbound] for pipe in pipes] == [
        [0, 3, 6],
        [1, 4, 7, 9, 10, 11],
        [2, 5, 8],
    ]
    assert not push.can_send()


def test_a_connect_without_a_connection_queues_to_its_mark():
    """libzmq, nobody there, SNDHWM 4: PUSH, DEALER and PAIR took 4; a PUSH with two connects 8."""
    for name in ("PUSH", "DEALER", "PAIR"):
        pattern = PATTERNS[name](Options(sndhwm=4))
        pattern.attach(pattern.pipe())
        assert [pattern.send([b""]) for _ in range(5)] == [True] * 4 + [False]
    push, _ = push_to(4, 4)
    assert [push.send([b""]) for _ in range(9)] == [True] * 8 + [False]


def test_a_full_peer_takes_its_turn_again_when_half_was_taken():
    push, (pipe,) = push_to(4)
    while push.send([b""]):
        pass
    for left in (3, 2):
        pipe.outbound.popleft()
        push.writable(pipe)
        assert push.can_send() is (left == 2)
    push.writable(pipe)
    assert list(push.lb) == [pipe]


def test_a_session_that_takes_at_once_never_makes_the_sender_wait():
    push, (pipe,) = push_to(1)
    taken = []

    def take():
        taken.append(pipe.outbound.popleft())
        push.writable(pipe)

    pipe.on_outbound = take
    for _ in range(3):
        assert push.send([b""])
    assert len(taken) == 3
    assert list(push.lb) == [pipe]


def test_a_peer_that_left_gets_no_turn():
    push, (one, other) = push_to(1, 10)
    push.send([b""])  # `one` is full now, and out of the rotation
    push.detach(one)
    one.outbound.clear()
    push.writable(one)
    for _ in range(3):
        push.send([b""])
    assert (len(one.outbound), len(other.outbound)) == (0, 3)
    push.detach(other)
    assert not push.send([b""])


def test_a_pipe_that_is_full_already_has_to_wait():
    """libzmq: a probing DEALER with SNDHWM 1 can't send before it is connected."""
    dealer = PATTERNS["DEALER"](Options(sndhwm=1, probe_router=True))
    pipe = dealer.pipe()
    dealer.attach(pipe)
    assert list(pipe.outbound) == [[b""]]
    assert not dealer.send([b"x"])
    pipe.outbound.clear()
    dealer.writable(pipe)
    assert dealer.send([b"x"])


@pytest.mark.parametrize("name", ["PUSH", "DEALER"])
@given(steps=st.lists(st.one_of(st.none(), st.integers(0, 2)), max_size=80))
def test_a_model_with_three_peers(name, steps):
    """None: send; a number: that peer's session takes one.

    Nothing is refused while a peer has room, nothing exceeds a mark, nothing is lost, and a peer
    with room is never passed over twice by the same other one.
    """
    pattern = PATTERNS[name](Options(sndhwm=3))
    pipes = [pattern.pipe() for _ in range(3)]
    for pipe in pipes:
        pattern.attach(pipe)
    passed = [[0] * 3 for _ in pipes]
    sent = taken = 0
    for step in steps:
        if step is not None:
            if pipes[step].outbound:
                pipes[step].outbound.popleft()
                taken += 1
                was_blocked = pipes[step].blocked
                pattern.writable(pipes[step])
                if was_blocked and not pipes[step].blocked:
                    passed[step] = [0] * 3
            continue
        before = [len(pipe.outbound) for pipe in pipes]
        room = [not pipe.blocked for pipe in pipes]
        assert pattern.send([b"%d" % sent]) is any(room)
        if not any(room):
            continue
        sent += 1
        after = [len(pipe.outbound) for pipe in pipes]
        (chosen,) = [i for i in range(3) if after[i] != before[i]]
        assert room[chosen]
        passed[chosen] = [0] * 3
        for i in range(3):
            if room[i] and i != chosen:
                passed[i][chosen] += 1
                assert passed[i][chosen] <= 1
    assert max(len(pipe.outbound) for pipe in pipes) <= 3
    assert sent - taken == sum(len(pipe.outbound) for pipe in pipes)
