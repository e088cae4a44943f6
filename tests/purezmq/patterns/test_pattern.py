"""The contract: what each type can and can't do before it has a peer, and without one."""

import pytest

from purezmq.constants import Errno
from purezmq.errors import ZMQError
from purezmq.patterns import PATTERNS, Pipe
from purezmq.wire.mechanism import LEGAL

# libzmq 4.3.5, sockets without a peer: POLLOUT, what a send gives, POLLIN, what a receive gives.
ALONE = {
    "PUB": (True, True, False, "ENOTSUP"),
    "XPUB": (True, True, False, None),
    "SUB": (False, "ENOTSUP", False, None),
    "XSUB": (True, True, False, None),
    "PUSH": (False, False, False, "ENOTSUP"),
    "PULL": (False, "ENOTSUP", False, None),
    "PAIR": (False, False, False, None),
    "REQ": (False, False, False, "EFSM"),
    "REP": (False, "EFSM", False, None),
    "DEALER": (False, False, False, None),
    "ROUTER": (True, True, False, None),
}


def outcome(call, *arguments):
    try:
        return call(*arguments)
    except ZMQError as error:
        return Errno(error.errno).name


def test_every_type_that_may_talk_has_its_class():
    assert set(PATTERNS) == set(LEGAL)


@pytest.mark.parametrize("name", PATTERNS)
def test_alone_each_type_does_what_libzmq_does(socket, name):
    pattern = socket(name)
    assert ALONE[name] == (
        pattern.can_send(),
        outcome(pattern.send, [b"m", b"n"]),
        pattern.can_recv(),
        outcome(pattern.recv),
    )


@pytest.mark.parametrize("name", PATTERNS)
def test_only_sub_subscribes_through_options(socket, name):
    """libzmq: EINVAL for SUBSCRIBE on XSUB, and on XPUB without XPUB_MANUAL."""
    expected = None if name == "SUB" else "EINVAL"
    pattern = socket(name)
    assert outcome(pattern.subscribe, b"A") == expected
    assert outcome(pattern.unsubscribe, b"A") == expected
    assert pattern.subscriptions == []


@pytest.mark.parametrize("name", PATTERNS)
def test_a_peer_can_come_and_go(socket, name):
    pattern = socket(name)
    pipe = pattern.pipe()
    pipe.peer_type = "any"
    pattern.attach(pipe)
    pattern.identify(pipe)
    assert list(pattern.pipes) == [pipe]
    pattern.subscribed(pipe, b"A")
    pattern.cancelled(pipe, b"A")
    for _ in range(2):  # also one that has gone, or was never taken
        pattern.detach(pipe)
    assert not pattern.pipes


@pytest.mark.parametrize("name", ["PUSH", "PUB"])
def test_a_type_that_does_not_receive_drops_what_comes(socket, name):
    pattern = socket(name)
    pipe = pattern.pipe()
    pattern.attach(pipe)
    pattern.deliver(pipe, [[b"unexpected"]])
    assert not pipe.inbound
    assert not pattern.can_recv()


def test_limits_are_built_into_a_pipe(socket):
    pipe = socket("PUSH", sndhwm=3, rcvhwm=4).pipe()
    assert (pipe.sndhwm, pipe.rcvhwm) == (3, 4)


@pytest.mark.parametrize("name", PATTERNS)
def test_which_types_conflate(socket, name):
    """libzmq: a ROUTER with CONFLATE received all three messages, a PULL the last."""
    newest = 1 if name in {"DEALER", "PUB", "PULL", "PUSH", "SUB"} else None
    pipe = socket(name, conflate=True).pipe()
    assert pipe.inbound.maxlen == newest
    # What a SUB sends are subscriptions: it keeps them all.
    assert pipe.outbound.maxlen == (None if name == "SUB" else newest)
    assert socket(name).pipe().outbound.maxlen is None


def test_a_pipe_that_is_not_blocked_has_nothing_to_unblock(socket):
    push = socket("PUSH", sndhwm=2)
    pipe = push.pipe()
    push.attach(pipe)
    push.writable(pipe)
    assert list(push.lb) == [pipe]


def test_pipes_are_told_apart_by_who_they_are():
    assert Pipe() != Pipe()
    assert len({Pipe(), Pipe()}) == 2
