"""REQ, REP, DEALER and ROUTER; the answers written out are libzmq's to the same calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purezmq.constants import Errno
from purezmq.errors import ZMQError
from purezmq.patterns import PATTERNS, Options
from purezmq.patterns.reqrep import REP_RULES, REQ_RELAXED_RULES, REQ_RULES


def refused(call, *arguments):
    """Give the name of the error that a call raises."""
    with pytest.raises(ZMQError) as caught:
        call(*arguments)
    return Errno(caught.value.errno).name


# REQ and REP take turns


def test_a_round_trip(socket, link):
    req, rep = socket("REQ"), socket("REP")
    wire = link(req, rep)
    assert (req.can_send(), req.can_recv(), rep.can_send(), rep.can_recv()) == (True, *[False] * 3)
    assert req.send([b"what", b"", b"time"])
    assert list(wire.near.outbound) == [[b"", b"what", b"", b"time"]]
    wire.carry()
    assert (req.can_send(), req.can_recv(), rep.can_send(), rep.can_recv()) == (*[False] * 3, True)
    assert req.recv() is None
    assert rep.recv() == [b"what", b"", b"time"]
    assert (rep.can_send(), rep.can_recv()) == (True, False)
    assert rep.send([b"noon"])
    wire.carry()
    assert req.can_recv()
    assert req.recv() == [b"noon"]
    assert req.can_send()
    assert rep.recv() is None


def test_out_of_turn_is_an_error_that_changes_nothing(socket, link):
    req, rep = socket("REQ"), socket("REP")
    wire = link(req, rep)
    assert refused(req.recv) == "EFSM"
    assert refused(rep.send, [b""]) == "EFSM"
    req.send([b"q"])
    assert refused(req.send, [b"again"]) == "EFSM"
    wire.carry()
    assert rep.recv() == [b"q"]
    assert refused(rep.recv) == "EFSM"
    assert not rep.can_recv()
    rep.send([b"r"])
    wire.carry()
    assert req.recv() == [b"r"]


@given(st.lists(st.sampled_from(["send", "recv"]), max_size=20), st.booleans())
def test_the_tables_are_the_rules(actions, relaxed):
    """Whatever the program does, only what the table allows is done."""
    req, rep = PATTERNS["REQ"](Options(req_relaxed=relaxed)), PATTERNS["REP"](Options())
    for pattern, rules in (
        (req, REQ_RELAXED_RULES if relaxed else REQ_RULES),
        (rep, REP_RULES),
    ):
        pipe = pattern.pipe()
        pattern.attach(pipe)
        state = "idle"
        for action in actions:
            pattern.deliver(pipe, [[b"", b"body"]])  # a request, or a reply
            arguments = ([b"body"],) if action == "send" else ()
            if (state, action) in rules:
                assert getattr(pattern, action)(*arguments)
                state = rules[state, action]
            else:
                assert refused(getattr(pattern, action), *arguments) == "EFSM"
            assert pattern.state == state


def test_a_request_with_nobody_to_take_it_leaves_the_turn_where_it_is(socket, link):
    req, rep = socket("REQ", sndhwm=1), socket("REP")
    assert not req.send([b"q"])
    assert refused(req.recv) == "EFSM"
    link(req, rep).carry()
    assert req.send([b"q"])


# REQ


def test_only_the_one_who_was_asked_is_heard(socket, link, drain):
    """libzmq: the intruder's reply is dropped, the right one received."""
    req, routers = socket("REQ"), [socket("ROUTER") for _ in range(2)]
    wires = [link(req, router, near_id=b"Q") for router in routers]
    req.send([b"q"])
    routers[1].send([b"Q", b"", b"intruder"])
    wires[1].carry()
    assert not req.can_recv()
    routers[0].send([b"Q", b"", b"right"])
    wires[0].carry()
    assert req.recv() == [b"right"]


def test_who_was_not_asked_anything_is_not_heard(socket, link):
    """libzmq: nothing to be polled; the next reply received is the one asked for."""
    req, router = socket("REQ"), socket("ROUTER")
    wire = link(req, router, near_id=b"Q")
    router.send([b"Q", b"", b"unasked"])
    wire.carry()
    req.send([b"q"])
    for reply in (b"asked", b"and once more"):
        router.send([b"Q", b"", reply])
        wire.carry()
    assert req.recv() == [b"asked"]
    req.send([b"q"])
    router.send([b"Q", b"", b"asked again"])
    wire.carry()
    assert req.recv() == [b"asked again"], "the second reply to the first request is gone"


@pytest.mark.parametrize("malformed", [[b"no delimiter"], [b""], [b"x", b"", b"body"]])
def test_a_reply_without_its_envelope_is_dropped(socket, link, malformed):
    """libzmq drops the connection as well, and the request with it: the REQ waits for ever."""
    req, router = socket("REQ"), socket("ROUTER")
    wire = link(req, router, near_id=b"Q")
    req.send([b"q"])
    router.send([b"Q", *malformed])
    router.send([b"Q", b"", b"good"])
    wire.carry()
    assert req.recv() == [b"good"]


def test_when_the_one_who_was_asked_has_left_anyone_may_answer(socket, link):
    """libzmq: it goes on waiting (another send is EFSM), and takes another peer's reply."""
    req, routers = socket("REQ"), [socket("ROUTER") for _ in range(3)]
    wires = [link(req, router, near_id=b"Q") for router in routers]
    req.send([b"q"])
    wires[2].cut()
    routers[1].send([b"Q", b"", b"early"])
    wires[1].carry()
    wires[0].cut()
    assert refused(req.send, [b"again"]) == "EFSM"
    assert req.recv() is None
    routers[1].send([b"Q", b"", b"late"])
    wires[1].carry()
    assert req.recv() == [b"late"]


def test_requests_go_round(socket, link):
    req, reps = socket("REQ"), [socket("REP") for _ in range(2)]
    wires = [link(req, rep) for rep in reps]
    for n in range(4):
        req.send([b"%d" % n])
        wires[n % 2].carry()
        assert reps[n % 2].recv() == [b"%d" % n]
        reps[n % 2].send([b"r"])
        wires[n % 2].carry()
        assert req.recv() == [b"r"]


def test_relaxed_asks_the_next_and_gives_the_first_up(socket, link):
    """libzmq: the late reply of the first peer is dropped, the second's received."""
    req, routers = socket("REQ", req_relaxed=True), [socket("ROUTER") for _ in range(2)]
    wires = [link(req, router, near_id=b"Q") for router in routers]
    assert req.send([b"q1"])
    assert req.can_send()
    assert req.send([b"q2"])
    routers[0].send([b"Q", b"", b"late"])
    wires[0].carry()
    assert not req.can_recv()
    routers[1].send([b"Q", b"", b"right"])
    wires[1].carry()
    assert req.recv() == [b"right"]
    assert refused(req.recv) == "EFSM"


def test_relaxed_drops_a_reply_that_was_not_received(socket, link, drain):
    """libzmq: r3 could be polled; after the next request r4 was received."""
    req, router = socket("REQ", req_relaxed=True), socket("ROUTER")
    wire = link(req, router, near_id=b"Q")
    req.send([b"q3"])
    router.send([b"Q", b"", b"r3"])
    wire.carry()
    assert req.can_recv()
    req.send([b"q4"])
    assert not req.can_recv()
    router.send([b"Q", b"", b"r4"])
    wire.carry()
    assert req.recv() == [b"r4"]


def test_relaxed_alone_takes_a_late_reply_of_the_same_peer_for_the_right_one(socket, link):
    """libzmq: r1 was received after q2."""
    req, router = socket("REQ", req_relaxed=True), socket("ROUTER")
    wire = link(req, router, near_id=b"Q")
    req.send([b"q1"])
    req.send([b"q2"])
    router.send([b"Q", b"", b"r1"])
    wire.carry()
    assert req.recv() == [b"r1"]


def test_correlate_takes_only_the_reply_with_the_number(socket, link, drain):
    """libzmq: four octets before the empty frame, the first counts up; r2 was received."""
    req, router = socket("REQ", req_relaxed=True, req_correlate=True), socket("ROUTER")
    wire = link(req, router, near_id=b"Q")
    req.send([b"q1"])
    req.send([b"q2"])
    wire.carry()
    first, second = drain(router)
    one, other = (int.from_bytes(message[1], "little") for message in (first, second))
    assert len(first[1]) == len(second[1]) == 4
    assert (other - one) % 2**32 == 1
    assert first[2:] == [b"", b"q1"]
    router.send([*first[:3], b"r1"])
    router.send([b"Q", b"", b"no number"])
    router.send([*second[:3], b"r2"])
    wire.carry()
    assert req.recv() == [b"r2"]


def test_numbering_can_be_given_up(socket, link):
    req = socket("REQ", req_relaxed=True, req_correlate=True)
    wire = link(req, socket("REP"))
    req.send([b"q1"])
    req.options.req_correlate = False
    req.send([b"q2"])
    assert [len(message) for message in wire.near.outbound] == [3, 2]


def test_numbers_run_over(socket, link):
    req = socket("REQ", req_relaxed=True, req_correlate=True)
    wire = link(req, socket("REP"))
    req._numbers = iter([2**32 - 1, 2**32])
    req.send([b"q"])
    req.send([b"q"])
    assert [message[0] for message in wire.near.outbound] == [b"\xff" * 4, b"\0" * 4]


# REP


def test_a_request_keeps_its_way_back(socket, link, drain):
    """libzmq: of these four only the last is a request; its reply carries x and the empty frame."""
    rep, dealer = socket("REP"), socket("DEALER")
    wire = link(rep, dealer)
    for message in (
        [b"no delimiter"],
        [b""],
        [b"x", b""],
        [b"x", b"", b"body", b"", b"2"],
    ):
        dealer.send(message)
    wire.carry()
    assert rep.recv() == [b"body", b"", b"2"]
    rep.send([b"re", b"ply"])
    wire.carry()
    assert drain(dealer) == [[b"x", b"", b"re", b"ply"]]
    assert not rep.can_recv()


def test_a_reply_to_one_who_left_goes_nowhere(socket, link):
    """libzmq: the send succeeds."""
    req, rep = socket("REQ"), socket("REP")
    wire = link(req, rep)
    req.send([b"q"])
    wire.carry()
    assert rep.recv() == [b"q"]
    wire.cut()
    assert rep.send([b"r"])
    assert not wire.far.outbound
    assert rep.recv() is None


def test_a_reply_to_one_who_is_full_is_dropped(socket, link, drain):
    """libzmq: 60 replies of 1 MB to a DEALER that doesn't read were sent without blocking."""
    rep, dealer = socket("REP", sndhwm=1), socket("DEALER", rcvhwm=1)
    wire = link(rep, dealer)
    for n in range(4):
        dealer.send([b"", b"q"])
        wire.carry()
        assert rep.recv() == [b"q"]
        assert rep.send([b"%d" % n])
    wire.carry()
    assert dealer.recv() == [b"", b"0"]
    wire.carry()
    assert drain(dealer) == [[b"", b"1"]]


def test_a_chain_of_brokers_brings_the_reply_home(socket, link):
    req, router, dealer, rep = (socket(name) for name in ("REQ", "ROUTER", "DEALER", "REP"))
    front, back = link(req, router), link(dealer, rep)
    req.send([b"q"])
    front.carry()
    dealer.send(router.recv())
    back.carry()
    assert rep.recv() == [b"q"]
    rep.send([b"r"])
    back.carry()
    router.send(dealer.recv())
    front.carry()
    assert req.recv() == [b"r"]


# ROUTER


def test_a_router_says_from_whom_and_sends_to_whom(socket, link, drain):
    router, dealers = socket("ROUTER"), [socket("DEALER") for _ in range(2)]
    wires = [
        link(router, dealer, far_id=name)
        for dealer, name in zip(dealers, (b"A", b"B"), strict=True)
    ]
    for dealer in dealers:
        dealer.send([b"m", b"n"])
    for wire in wires:
        wire.carry()
    assert drain(router) == [[b"A", b"m", b"n"], [b"B", b"m", b"n"]]
    assert router.send([b"B", b"", b"for B"])
    for wire in wires:
        wire.carry()
    assert [drain(dealer) for dealer in dealers] == [[], [[b"", b"for B"]]]


def test_names_are_made_up_for_those_who_have_none(socket, link, drain):
    """libzmq: a zero and four octets that count up, most significant first."""
    router = socket("ROUTER")
    for _ in range(3):
        dealer = socket("DEALER")
        wire = link(router, dealer)
        dealer.send([b"m"])
        wire.carry()
    names = [message[0] for message in drain(router)]
    first, second, third = (int.from_bytes(name[1:], "big") for name in names)
    assert {(name[0], len(name)) for name in names} == {(0, 5)}
    assert ((second - first) % 2**32, (third - second) % 2**32) == (1, 1)


def test_a_made_up_name_is_nobody_elses(socket, link):
    """libzmq lets a peer call itself so, though ZMTP 3.1 doesn't."""
    router = socket("ROUTER", router_handover=True)
    router._numbers = iter([2**32 + 7, 8])
    cunning = link(router, socket("DEALER"), far_id=b"\0\0\0\0\7").near
    honest = link(router, socket("DEALER")).near
    assert (cunning.router_id, honest.router_id) == (b"\0\0\0\0\7", b"\0\0\0\0\x08")


def test_unroutable_messages_are_dropped(socket, link):
    """libzmq: each send succeeds, and POLLOUT is set without any peer."""
    router = socket("ROUTER", sndhwm=2)
    assert router.can_send()
    assert router.send([b"nobody", b"m"])
    assert router.send([b"no second frame"])
    wire = link(router, socket("DEALER"), far_id=b"A")
    for _ in range(3):
        assert router.send([b"A", b"m"])
    assert len(wire.near.outbound) == 2


def test_mandatory_says_what_cannot_be_routed(socket, link):
    """libzmq: EHOSTUNREACH, EAGAIN for a full peer; POLLOUT while any peer has room.

    A message without a second frame is dropped all the same, whether its peer is there or not.
    """
    router = socket("ROUTER", router_mandatory=True, sndhwm=2)
    assert not router.can_send()
    assert refused(router.send, [b"A", b"m"]) == "EHOSTUNREACH"
    assert router.send([b"A"])
    wire = link(router, socket("DEALER"), far_id=b"A")
    assert router.can_send()
    assert router.send([b"A"])
    assert [router.send([b"A", b"m"]) for _ in range(3)] == [True, True, False]
    assert not router.can_send()
    wire.carry()
    assert router.can_send()
    assert router.send([b"A", b"m"])
    wire.cut()
    assert refused(router.send, [b"A", b"m"]) == "EHOSTUNREACH"


def test_one_who_left_is_heard_but_not_reached(socket, link, drain):
    """libzmq: three messages received after the DEALER closed, each reply EHOSTUNREACH."""
    router, dealer = socket("ROUTER", router_mandatory=True), socket("DEALER")
    wire = link(router, dealer, far_id=b"A")
    for n in range(3):
        dealer.send([b"%d" % n])
    wire.carry()
    wire.cut()
    for n in range(3):
        assert router.recv() == [b"A", b"%d" % n]
        assert refused(router.send, [b"A", b"m"]) == "EHOSTUNREACH"
    assert router.recv() is None


def test_a_second_peer_of_the_same_name_is_ignored(socket, link, drain):
    """libzmq: it stays connected and can send; nothing arrives, also after the first has left."""
    router, first, second = (socket(name) for name in ("ROUTER", "DEALER", "DEALER"))
    taken, ignored = (link(router, dealer, far_id=b"A") for dealer in (first, second))
    first.send([b"one"])
    second.send([b"two"])
    router.send([b"A", b"reply"])
    for wire in (taken, ignored):
        wire.carry()
    assert drain(router) == [[b"A", b"one"]]
    assert (drain(first), drain(second)) == ([[b"reply"]], [])
    taken.cut()
    second.send([b"three"])
    ignored.carry()
    assert drain(router) == []
    ignored.cut()
    link(router, second, far_id=b"A").carry()
    assert list(router.routes) == [b"A"], "a newcomer may have the name again"


def test_handover_gives_the_name_to_the_newcomer(socket, link, drain):
    """libzmq: the first one's connection stays open, and nothing of it arrives any more.

    What it had sent before is received or lost there, as it happens; here it is received.
    """
    router, first, second = (
        socket("ROUTER", router_handover=True),
        socket("DEALER"),
        socket("DEALER"),
    )
    old = link(router, first, far_id=b"A")
    first.send([b"left behind"])
    old.carry()
    new = link(router, second, far_id=b"A")
    first.send([b"unheard"])
    second.send([b"two"])
    router.send([b"A", b"reply"])
    for wire in (old, new):
        wire.carry()
    assert drain(router) == [[b"A", b"left behind"], [b"A", b"two"]]
    assert (drain(first), drain(second)) == ([], [[b"reply"]])
    old.cut()
    assert router.routes == {b"A": new.near}


def test_one_being_connected_to_is_known_after_its_handshake_and_keeps_its_name(socket):
    """libzmq: the peer came back as two; what was sent to one arrived, two was EHOSTUNREACH."""
    router = socket("ROUTER", router_mandatory=True)
    pipe = router.pipe()
    router.attach(pipe)
    router.deliver(pipe, [[b"before the handshake: no session does it"]])
    assert router.recv() is None
    assert not router.can_send()
    assert refused(router.send, [b"one", b"m"]) == "EHOSTUNREACH"
    pipe.peer_type, pipe.routing_id = "DEALER", b"one"
    router.identify(pipe)
    assert router.send([b"one", b"m"])
    pipe.routing_id = b"two"
    router.identify(pipe)
    assert refused(router.send, [b"two", b"m"]) == "EHOSTUNREACH"
    router.deliver(pipe, [[b"m"]])
    assert router.recv() == [b"one", b"m"]


@pytest.mark.parametrize("name", ["DEALER", "REQ", "ROUTER"])
def test_a_probe_greets_each_pipe_once(socket, link, drain, name):
    """libzmq: [id, empty] at the ROUTER, from either side; none after a reconnection."""
    router, prober = socket("ROUTER"), socket(name, probe_router=True)
    wire = link(prober, router, near_id=b"P")
    prober.identify(wire.near)  # again, as after a reconnection
    wire.carry()
    assert drain(router) == [[b"P", b""]]
