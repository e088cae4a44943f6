"""PUB, XPUB, SUB and XSUB; the answers written out are libzmq's to the same calls."""

import pytest

from purezmq.constants import Errno
from purezmq.errors import ZMQError


def subscriber(socket, link, publisher, *topics, **options):
    """A SUB with these prefixes, linked."""
    sub = socket("SUB", **options)
    for topic in topics:
        sub.subscribe(topic)
    return sub, link(publisher, sub)


def test_a_message_goes_once_to_each_who_asked_for_its_prefix(socket, link, drain):
    pub = socket("PUB")
    subs = [subscriber(socket, link, pub, *t) for t in ([b"A", b"AB"], [b""], [b"B"], [])]
    pub.send([b"ABC", b"body"])
    for _, wire in subs:
        wire.carry()
    assert [len(drain(sub)) for sub, _ in subs] == [1, 1, 0, 0]


def test_all_sessions_get_the_same_list_to_encode_it_once(socket, link):
    pub = socket("PUB")
    pipes = [subscriber(socket, link, pub, b"")[1].near for _ in range(3)]
    message = [b"m"]
    pub.send(message)
    assert all(pipe.outbound[0] is message for pipe in pipes)


def test_a_full_subscriber_misses_messages_until_half_of_its_queue_was_taken(socket, link):
    """libzmq over inproc, 8 waiting: missed after 1 and 2 received, not any more after 4."""
    pub = socket("PUB", sndhwm=8)
    _, wire = subscriber(socket, link, pub, b"")
    told = []
    wire.near.on_outbound = lambda: told.append(True)
    for n in range(20):
        assert pub.send([b"%d" % n])
    assert len(wire.near.outbound) == 8
    assert told == [True, True]  # the first message, and the mark
    for _ in range(4):
        pub.send([b"missed"])
        wire.near.outbound.popleft()
        pub.writable(wire.near)
    pub.send([b"heard"])
    assert list(wire.near.outbound) == [[b"4"], [b"5"], [b"6"], [b"7"], [b"heard"]]


def test_nodrop_waits_for_a_full_subscriber_but_only_for_one_that_matches(socket, link):
    """libzmq: EAGAIN, though POLLOUT is set; what matches nobody passes."""
    xpub = socket("XPUB", xpub_nodrop=True, sndhwm=2)
    _, full = subscriber(socket, link, xpub, b"A")
    _, free = subscriber(socket, link, xpub, b"AB")
    assert [xpub.send([b"A"]) for _ in range(3)] == [True, True, False]
    assert xpub.can_send()
    assert xpub.send([b"B"])
    assert not xpub.send([b"AB"])
    assert not free.near.outbound, "nobody gets it before all can"
    full.carry()
    assert xpub.send([b"AB"])


def test_pub_is_deaf(socket, link):
    """libzmq: ENOTSUP, and what an XSUB sent is gone."""
    pub, xsub = socket("PUB"), socket("XSUB")
    wire = link(pub, xsub)
    xsub.send([b"user message"])
    xsub.send([b"\x01A"])
    wire.carry()
    assert not pub.can_recv()
    with pytest.raises(ZMQError) as caught:
        pub.recv()
    assert caught.value.errno == Errno.ENOTSUP
    pub.send([b"A"])
    wire.carry()
    assert xsub.recv() == [b"A"]


# What XPUB hears


@pytest.mark.parametrize(
    ("options", "subscribed", "cancelled", "gone"),
    [
        ({}, [b"\1A", b"\1AB"], [], [b"\0A", b"\0AB"]),
        ({"xpub_verbose": True}, [b"\1A"] * 3 + [b"\1AB"], [], [b"\0A", b"\0AB"]),
        ({"xpub_verboser": True}, [b"\1A"] * 3 + [b"\1AB"], [b"\0A"], [b"\0A", b"\0AB"]),
    ],
    ids=["plain", "verbose", "verboser"],
)
def test_what_xpub_hears(socket, link, drain, options, subscribed, cancelled, gone):
    """One SUB asks for A twice, another for A and AB; the first gives up twice; both leave."""
    xpub = socket("XPUB", **options)
    one, wire = subscriber(socket, link, xpub)
    other, other_wire = subscriber(socket, link, xpub)
    one.subscribe(b"A")
    one.subscribe(b"A")
    other.subscribe(b"A")
    other.subscribe(b"AB")
    assert drain(xpub) == [[frame] for frame in subscribed]
    one.unsubscribe(b"A")
    assert drain(xpub) == [], "it asked twice"
    one.unsubscribe(b"A")
    assert drain(xpub) == [[frame] for frame in cancelled]
    wire.cut()
    other_wire.cut()
    assert drain(xpub) == [[frame] for frame in gone]


def test_what_a_peer_never_had_it_cannot_cancel(socket, link, drain):
    """Unlike libzmq, which hands even that up; no SUB or XSUB of either sends it."""
    for options in ({}, {"xpub_verboser": True}):
        xpub = socket("XPUB", **options)
        _, wire = subscriber(socket, link, xpub)
        xpub.cancelled(wire.near, b"A")
        assert drain(xpub) == []


def test_subscriptions_of_the_publisher_are_a_set_for_each_peer(socket, link, drain):
    """libzmq: a raw peer subscribed twice and cancelled once; it got nothing after that."""
    xpub = socket("XPUB")
    _, wire = subscriber(socket, link, xpub)
    xpub.subscribed(wire.near, b"A")
    xpub.subscribed(wire.near, b"A")
    xpub.cancelled(wire.near, b"A")
    assert drain(xpub) == [[b"\1A"], [b"\0A"]]
    xpub.send([b"A"])
    assert not wire.near.outbound


def test_xsub_sends_subscriptions_and_other_messages(socket, link, drain):
    """libzmq: a repeated subscription is sent, of the cancels only the one that empties the count.

    A message of several frames is no subscription here, whatever it starts with; libzmq takes it
    apart, frame by frame.
    """
    xpubs, xsub = [socket("XPUB", xpub_verboser=True) for _ in range(2)], socket("XSUB")
    wires = [link(xpub, xsub) for xpub in xpubs]
    for frames in (
        [b"\1A"],
        [b"\1A"],
        [b"\0A"],
        [b"\0A"],
        [b"\0A"],
        [b"\0never"],
        [b"hello", b"there"],
        [b""],
        [b"\2A"],
        [b"\1B", b"\1C"],
    ):
        assert xsub.send(frames)
    for wire in wires:
        wire.carry()
    for xpub in xpubs:
        heard = drain(xpub)
        assert heard[:3] == [[b"\1A"], [b"\1A"], [b"\0A"]]
        assert heard[3:] == [[b"hello", b"there"], [b""], [b"\2A"], [b"\1B", b"\1C"]]
        assert not xpub.can_recv()


def test_a_late_publisher_hears_of_each_prefix_once(socket, link, drain):
    """libzmq: an XPUB with XPUB_VERBOSE got one message for A, subscribed twice, and one for B."""
    xpub = socket("XPUB", xpub_verbose=True)
    sub, _ = subscriber(socket, link, xpub, b"A", b"A", b"B")
    assert sub.subscriptions == [b"A", b"B"]
    assert drain(xpub) == [[b"\1A"], [b"\1B"]]


def test_a_full_publisher_misses_messages_but_no_subscription(socket, link):
    xpub, xsub = socket("XPUB"), socket("XSUB", sndhwm=1)
    wire = link(xpub, xsub)
    xsub.send([b"one"])
    xsub.send([b"lost"])
    xsub.send([b"\1A"])
    assert xsub.can_send()
    assert list(wire.far.outbound) == [[b"one"]]
    assert xpub.recv() == [b"\1A"]


# XPUB_MANUAL


def test_manual_leaves_the_subscribing_to_the_program(socket, link, drain):
    """libzmq: the XSUB that asked for Q got what the program chose for it."""
    xpub, xsub = socket("XPUB", xpub_manual=True), socket("XSUB")
    wire = link(xpub, xsub)
    xpub.subscribe(b"before any message: of no effect, no error")
    xsub.send([b"\1Q"])
    xpub.send([b"Q: not yet"])
    assert xpub.recv() == [b"\1Q"]
    xpub.subscribe(b"X")
    for topic in (b"Q no", b"X yes"):
        xpub.send([topic])
    wire.carry()
    assert drain(xsub) == [[b"X yes"]]
    xsub.send([b"\0Q"])
    assert drain(xpub) == [[b"\0Q"]]
    xpub.send([b"X still"])
    xpub.unsubscribe(b"X")
    xpub.send([b"X no more"])
    wire.carry()
    assert drain(xsub) == [[b"X still"]]


def test_manual_hands_up_every_request(socket, link, drain):
    """libzmq: 1A three times for three subscriptions, then 0A for each peer that closed."""
    xpub = socket("XPUB", xpub_manual=True)
    _, one = subscriber(socket, link, xpub)
    _, other = subscriber(socket, link, xpub, b"A")
    one.ends[1][0].subscribe(b"A")
    one.ends[1][0].subscribe(b"A")
    assert drain(xpub) == [[b"\1A"]] * 3
    xpub.subscribe(b"chosen")
    one.cut()
    assert drain(xpub) == [[b"\0A"]]
    other.cut()
    assert drain(xpub) == [[b"\0A"]]
    assert not xpub.subscribers.values


def test_manual_forgets_a_peer_that_left(socket, link, drain):
    """libzmq: subscribing it has no effect and is no error, before or after its message is read."""
    xpub = socket("XPUB", xpub_manual=True)
    _, one = subscriber(socket, link, xpub, b"A")
    _, other = subscriber(socket, link, xpub, b"B")
    assert xpub.recv() == [b"\1A"]
    one.cut()
    xpub.subscribe(b"X")
    xpub.unsubscribe(b"X")
    other.cut()
    assert xpub.recv() == [b"\1B"]
    xpub.subscribe(b"X")
    assert drain(xpub) == [[b"\0A"], [b"\0B"]]
    xpub.subscribe(b"X")
    assert not xpub.subscribers.values


# Other options


@pytest.mark.parametrize("name", ["PUB", "XPUB"])
def test_the_welcome_message_comes_first(socket, link, drain, name):
    """libzmq: an XSUB and a SUB of all got it, a SUB of another prefix did not."""
    publisher = socket(name, xpub_welcome_msg=b"hi")
    everything, wire = subscriber(socket, link, publisher, b"")
    other, other_wire = subscriber(socket, link, publisher, b"no")
    xsub = socket("XSUB")
    xsub_wire = link(publisher, xsub)
    publisher.send([b"news"])
    for one in (wire, other_wire, xsub_wire):
        one.carry()
    assert drain(everything) == [[b"hi"], [b"news"]]
    assert drain(other) == []
    assert drain(xsub) == [[b"hi"]]


def test_inverted_matching_on_both_sides(socket, link, drain):
    """libzmq: A inverted gets B1 and C1; a SUB of B that doesn't invert gets nothing."""
    xpub = socket("XPUB", invert_matching=True)
    inverting, wire = subscriber(socket, link, xpub, b"A", invert_matching=True)
    plain, plain_wire = subscriber(socket, link, xpub, b"B")
    nothing, nothing_wire = subscriber(socket, link, xpub, invert_matching=True)
    for topic in (b"A1", b"B1", b"C1"):
        xpub.send([topic])
    for one in (wire, plain_wire, nothing_wire):
        one.carry()
    assert drain(inverting) == [[b"B1"], [b"C1"]]
    assert drain(plain) == []
    assert drain(nothing) == [[b"A1"], [b"B1"], [b"C1"]]


# What SUB and XSUB make of what comes


def test_sub_leaves_out_what_waits_when_it_unsubscribes(socket, link, drain):
    """libzmq: nothing to be polled or received, though two messages waited."""
    xpub = socket("XPUB")
    sub, wire = subscriber(socket, link, xpub, b"A", b"B")
    for topic in (b"A1", b"A2", b"B1"):
        xpub.send([topic])
    wire.carry()
    assert sub.can_recv()
    sub.unsubscribe(b"A")
    assert sub.can_recv()
    assert drain(sub) == [[b"B1"]]
    xpub.send([b"B2"])
    wire.carry()
    sub.unsubscribe(b"B")
    sub.unsubscribe(b"never")
    assert not sub.can_recv()
    assert not wire.far.inbound


def test_what_is_left_out_makes_room(socket, link, drain):
    xpub = socket("XPUB")
    sub, wire = subscriber(socket, link, xpub, b"A", b"B", rcvhwm=4)
    told = []
    wire.far.on_room = lambda: told.append(True)
    for topic in (b"A1", b"A2", b"A3", b"B1"):
        xpub.send([topic])
    wire.carry()
    wire.far.paused = True
    sub.unsubscribe(b"A")
    assert told == [True]
    assert not wire.far.paused
    assert drain(sub) == [[b"B1"]]


def test_what_was_not_asked_for_takes_no_room(socket, link, drain):
    """As a publisher may send it that has not yet heard of an unsubscription."""
    xpub = socket("XPUB")
    sub, wire = subscriber(socket, link, xpub, b"A")
    sub.deliver(wire.far, [[b"B1"], [b"A1"], [b"B2"]])
    assert list(wire.far.inbound) == [[b"A1"]]
    sub.deliver(wire.far, [[b"B3"]])
    assert drain(sub) == [[b"A1"]]


def test_xsub_leaves_nothing_out(socket, link, drain):
    """libzmq: A1, sent before the cancel, is received after it."""
    xpub, xsub = socket("XPUB"), socket("XSUB")
    wire = link(xpub, xsub)
    xsub.send([b"\1A"])
    xpub.send([b"A1"])
    wire.carry()
    xsub.send([b"\0A"])
    assert drain(xsub) == [[b"A1"]]
