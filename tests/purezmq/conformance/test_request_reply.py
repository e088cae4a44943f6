"""REQ, REP, DEALER and ROUTER (RFC 28): envelopes, turns, routing ids."""

import asyncio
import contextlib

import pytest


async def test_round_trips(lab, zmq, transport):
    req, rep = lab.socket(zmq.REQ), lab.socket(zmq.REP)
    await lab.link(req, rep, transport)
    for number in range(3):
        await req.send_multipart([b"ask", b"", b"%d" % number])
        assert await rep.recv_multipart() == [b"ask", b"", b"%d" % number]
        await rep.send_multipart([b"answer", b"", b"%d" % number])
        assert await req.recv_multipart() == [b"answer", b"", b"%d" % number]


async def test_req_keeps_its_turn(lab, zmq):
    req, rep = lab.socket(zmq.REQ), lab.socket(zmq.REP)
    await lab.link(req, rep)
    with lab.refused(zmq.EFSM):
        await req.recv(flags=zmq.NOBLOCK)
    await req.send(b"ask")
    with lab.refused(zmq.EFSM):
        await req.send(b"ask again")
    assert await rep.recv() == b"ask"
    await rep.send(b"answer")
    assert await req.recv() == b"answer"
    with lab.refused(zmq.EFSM):
        await req.recv(flags=zmq.NOBLOCK)


async def test_rep_keeps_its_turn(lab, zmq):
    req, rep = lab.socket(zmq.REQ), lab.socket(zmq.REP)
    await lab.link(req, rep)
    with lab.refused(zmq.EFSM):
        await rep.send(b"answer")
    await req.send(b"ask")
    assert await rep.recv() == b"ask"
    with lab.refused(zmq.EFSM):
        await rep.recv(flags=zmq.NOBLOCK)
    await rep.send(b"answer")
    with lab.refused(zmq.EFSM):
        await rep.send(b"answer again")
    assert await req.recv() == b"answer"


async def test_req_asks_in_turn(lab, zmq, transport):
    req = lab.socket(zmq.REQ)
    reps = [lab.socket(zmq.REP) for _ in range(3)]
    for rep in reps:
        await lab.link(req, rep, transport)
    for _ in range(2):
        for rep in reps:
            await req.send(b"ask")
            assert await rep.recv() == b"ask"
            await rep.send(b"answer")
            assert await req.recv() == b"answer"


async def test_req_waits_for_a_peer(lab, zmq, transport):
    req, rep = lab.socket(zmq.REQ), lab.socket(zmq.REP)
    endpoint = lab.bind(req, transport)
    assert not await lab.try_send(req, b"lost")
    sending = req.send(b"ask")
    rep.connect(endpoint)
    await sending
    assert await rep.recv() == b"ask"


async def test_the_envelope_of_req(lab, zmq, transport):
    req, router = lab.socket(zmq.REQ, routing_id=b"me"), lab.socket(zmq.ROUTER)
    await lab.link(req, router, transport)
    await req.send_multipart([b"a", b"b"])
    assert await router.recv_multipart() == [b"me", b"", b"a", b"b"]
    await router.send_multipart([b"me", b"", b"c", b"d"])
    assert await req.recv_multipart() == [b"c", b"d"]


async def test_req_drops_what_is_not_an_answer(lab, zmq):
    req, router = lab.socket(zmq.REQ, routing_id=b"me"), lab.socket(zmq.ROUTER)
    await lab.link(req, router, "inproc")
    await req.send(b"ask")
    await router.recv_multipart()
    await router.send_multipart([b"me", b"no empty frame first"])
    await router.send_multipart([b"me", b"no", b"empty", b"frame"])
    await router.send_multipart([b"me", b"", b"answer"])
    assert await req.recv_multipart() == [b"answer"]


async def test_req_never_gives_what_is_not_an_answer(lab, zmq, network):
    """libzmq even closes such a connection."""
    req, router = lab.socket(zmq.REQ, routing_id=b"me", rcvtimeo=100), lab.socket(zmq.ROUTER)
    await lab.link(req, router, network)
    await req.send(b"ask")
    await router.recv_multipart()
    await router.send_multipart([b"me", b"no empty frame first"])
    with pytest.raises(zmq.Again):
        await req.recv_multipart()


async def test_req_hears_only_the_peer_it_asked(lab, zmq, transport):
    req = lab.socket(zmq.REQ, routing_id=b"me")
    asked, other = (lab.socket(zmq.ROUTER, router_mandatory=1) for _ in range(2))
    for router in (asked, other):
        await lab.link(req, router, transport)
    await req.send(b"ask")
    await asked.recv_multipart()
    await other.send_multipart([b"me", b"", b"not asked"])
    await asked.send_multipart([b"me", b"", b"asked"])
    assert await lab.answer(req) == b"asked"
    await req.send(b"ask")
    assert await other.recv_multipart() == [b"me", b"", b"ask"]
    await other.send_multipart([b"me", b"", b"now asked"])
    assert await req.recv() == b"now asked"


async def test_a_relaxed_req_may_ask_again(lab, zmq, transport):
    req = lab.socket(zmq.REQ, req_relaxed=1, req_correlate=1, routing_id=b"me")
    router = lab.socket(zmq.ROUTER)
    await lab.link(req, router, transport)
    await req.send(b"first")
    await req.send(b"second")
    routing_id, one, empty, body = await router.recv_multipart()
    assert (routing_id, len(one), empty, body) == (b"me", 4, b"", b"first")
    _, two, _, body = await router.recv_multipart()
    assert one != two and body == b"second"
    await router.send_multipart([b"me", one, b"", b"late"])
    await router.send_multipart([b"me", two, b"", b"right"])
    assert await lab.answer(req) == b"right"


async def test_correlation_works_with_rep(lab, zmq, transport):
    req, rep = lab.socket(zmq.REQ, req_correlate=1), lab.socket(zmq.REP)
    await lab.link(req, rep, transport)
    for number in range(3):
        await req.send(b"%d" % number)
        assert await rep.recv() == b"%d" % number
        await rep.send(b"answer %d" % number)
        assert await req.recv() == b"answer %d" % number


async def test_correlation_drops_an_answer_to_another_request(lab, zmq):
    req = lab.socket(zmq.REQ, req_correlate=1, routing_id=b"me")
    router = lab.socket(zmq.ROUTER)
    await lab.link(req, router, "inproc")
    await req.send(b"ask")
    _, number, _, _ = await router.recv_multipart()
    wrong = bytes(byte ^ 255 for byte in number)
    await router.send_multipart([b"me", wrong, b"", b"wrong number"])
    await router.send_multipart([b"me", b"", b"no number"])
    await router.send_multipart([b"me", number, b"", b"right"])
    assert await req.recv() == b"right"


async def test_rep_keeps_the_whole_envelope(lab, zmq, transport):
    dealer, rep = lab.socket(zmq.DEALER), lab.socket(zmq.REP)
    await lab.link(dealer, rep, transport)
    await dealer.send_multipart([b"one", b"two", b"", b"body", b"", b"more"])
    assert await rep.recv_multipart() == [b"body", b"", b"more"]
    await rep.send(b"answer")
    assert await dealer.recv_multipart() == [b"one", b"two", b"", b"answer"]


async def test_rep_drops_what_has_no_envelope(lab, zmq, transport):
    dealer, rep = lab.socket(zmq.DEALER), lab.socket(zmq.REP)
    await lab.link(dealer, rep, transport)
    await dealer.send(b"no empty frame")
    await dealer.send_multipart([b"none", b"here"])
    await dealer.send_multipart([b"", b"right"])
    came = None
    while came is None:
        # libzmq's EVENTS count what recv then drops: pyzmq, told to receive, finds nothing.
        with contextlib.suppress(zmq.Again):
            came = await rep.recv_multipart()
    assert came == [b"right"]
    await rep.send(b"answer")
    assert await dealer.recv_multipart() == [b"", b"answer"]


async def test_rep_takes_from_peers_in_turn(lab, zmq):
    rep = lab.socket(zmq.REP)
    dealers = [lab.socket(zmq.DEALER) for _ in range(3)]
    for name, dealer in zip(b"abc", dealers, strict=True):
        await lab.link(dealer, rep, "inproc")
        for _ in range(3):
            await dealer.send_multipart([b"", bytes([name])])
    lab.settle(rep)
    for _ in range(3):
        came = []
        for _ in range(3):
            came.append(await rep.recv())
            await rep.send(came[-1])
        assert sorted(came) == [b"a", b"b", b"c"]
    for name, dealer in zip(b"abc", dealers, strict=True):
        for _ in range(3):
            assert await dealer.recv_multipart() == [b"", bytes([name])]


async def test_rep_drops_the_answer_to_one_who_left(lab, zmq, network):
    gone, stays, rep = lab.socket(zmq.REQ), lab.socket(zmq.REQ), lab.socket(zmq.REP)
    for req in (gone, stays):
        await lab.link(req, rep, network)
    await gone.send(b"ask")
    assert await rep.recv() == b"ask"
    gone.close()
    await lab.monitor(rep).wait(zmq.EVENT_DISCONNECTED)
    await rep.send(b"to nobody")
    await stays.send(b"next")
    assert await rep.recv() == b"next"
    await rep.send(b"answer")
    assert await stays.recv() == b"answer"


async def test_req_goes_on_waiting_when_its_peer_left(lab, zmq, network):
    req, rep = lab.socket(zmq.REQ, rcvtimeo=100), lab.socket(zmq.REP)
    endpoint = await lab.link(req, rep, network)
    await req.send(b"ask")
    assert await rep.recv() == b"ask"
    await lab.leave(rep)
    await lab.monitor(req).wait(zmq.EVENT_DISCONNECTED)
    again = lab.socket(zmq.REP)
    again.bind(endpoint)
    await lab.monitor(req).wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    with pytest.raises(zmq.Again):
        await req.recv()
    with lab.refused(zmq.EFSM):
        await req.send(b"ask")


async def test_a_relaxed_req_survives_its_peer(lab, zmq, network):
    req, rep = lab.socket(zmq.REQ, req_relaxed=1, req_correlate=1), lab.socket(zmq.REP)
    endpoint = await lab.link(req, rep, network)
    await req.send(b"ask")
    assert await rep.recv() == b"ask"
    await lab.leave(rep)
    await lab.monitor(req).wait(zmq.EVENT_DISCONNECTED)
    again = lab.socket(zmq.REP)
    again.bind(endpoint)
    await lab.monitor(req).wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    await req.send(b"ask once more")
    assert await again.recv() == b"ask once more"
    await again.send(b"answer")
    assert await req.recv() == b"answer"


async def test_dealer_deals_in_turn_and_takes_in_turn(lab, zmq, transport):
    dealer = lab.socket(zmq.DEALER)
    others = [lab.socket(zmq.DEALER) for _ in range(3)]
    for other in others:
        await lab.link(other, dealer, transport)
    for number in range(6):
        await dealer.send(b"%d" % number)
    shares = {tuple(map(int, await lab.take(other, 2))) for other in others}
    assert shares == {(0, 3), (1, 4), (2, 5)}
    for other in others:
        await other.send(b"back")
    assert await lab.take(dealer, 3) == [b"back"] * 3


async def test_dealer_takes_from_peers_in_turn(lab, zmq):
    dealer = lab.socket(zmq.DEALER)
    others = [lab.socket(zmq.DEALER) for _ in range(3)]
    for name, other in zip(b"abc", others, strict=True):
        await lab.link(other, dealer, "inproc")
        for _ in range(3):
            await other.send(bytes([name]))
    lab.settle(dealer)
    for _ in range(3):
        assert sorted(await lab.take(dealer, 3)) == [b"a", b"b", b"c"]


async def test_dealer_waits_and_never_drops(lab, zmq):
    one, two = lab.socket(zmq.DEALER, sndhwm=2), lab.socket(zmq.DEALER, rcvhwm=2)
    endpoint = lab.bind(one, "inproc")
    assert not await lab.try_send(one, b"nobody")
    two.connect(endpoint)
    assert await lab.fill(one) == 4
    sending = one.send(b"4")
    await asyncio.sleep(0)
    assert not sending.done()
    assert await lab.take(two, 5) == [b"0", b"1", b"2", b"3", b"4"]
    await sending


async def test_router_names_peers_itself(lab, zmq, transport):
    router = lab.socket(zmq.ROUTER)
    dealers = [lab.socket(zmq.DEALER) for _ in range(2)]
    names = set()
    for number, dealer in enumerate(dealers):
        await lab.link(dealer, router, transport)
        await dealer.send(b"%d" % number)
        routing_id, body = await router.recv_multipart()
        assert len(routing_id) == 5 and routing_id[0] == 0 and body == b"%d" % number
        names.add(routing_id)
        await router.send_multipart([routing_id, b"back", body])
        assert await dealer.recv_multipart() == [b"back", body]
    assert len(names) == 2


async def test_router_knows_peers_by_their_routing_id(lab, zmq, transport):
    router = lab.socket(zmq.ROUTER)
    dealers = {name: lab.socket(zmq.DEALER, routing_id=name) for name in (b"a", b"b" * 255)}
    for dealer in dealers.values():
        await lab.link(dealer, router, transport)
        await dealer.send(b"hello")
    assert {(await router.recv_multipart())[0] for _ in dealers} == set(dealers)
    for name, dealer in dealers.items():
        await router.send_multipart([name, b"", b"to " + name])
        assert await dealer.recv_multipart() == [b"", b"to " + name]


async def test_router_that_connects(lab, zmq, transport):
    router, dealer = lab.socket(zmq.ROUTER), lab.socket(zmq.DEALER, routing_id=b"d")
    await lab.link(router, dealer, transport)
    await dealer.send(b"hello")
    assert await router.recv_multipart() == [b"d", b"hello"]
    await router.send_multipart([b"d", b"back"])
    assert await dealer.recv() == b"back"


async def test_router_to_router(lab, zmq, transport):
    one = lab.socket(zmq.ROUTER, routing_id=b"one", router_mandatory=1)
    two = lab.socket(zmq.ROUTER, routing_id=b"two", router_mandatory=1)
    await lab.link(one, two, transport)
    await one.send_multipart([b"two", b"hello"])
    assert await two.recv_multipart() == [b"one", b"hello"]
    await two.send_multipart([b"one", b"back"])
    assert await one.recv_multipart() == [b"two", b"back"]


async def test_router_drops_for_one_it_does_not_know(lab, zmq, transport):
    router, dealer = lab.socket(zmq.ROUTER), lab.socket(zmq.DEALER, routing_id=b"d")
    await router.send_multipart([b"nobody", b"lost"])
    await lab.link(dealer, router, transport)
    await router.send_multipart([b"nobody", b"lost"])
    await router.send(b"d")  # a name and no message
    await router.send_multipart([b"d", b"kept"])
    assert await dealer.recv() == b"kept"


async def test_mandatory_says_that_nobody_is_there(lab, zmq, transport):
    router = lab.socket(zmq.ROUTER, router_mandatory=1)
    dealer = lab.socket(zmq.DEALER, routing_id=b"d")
    await lab.link(dealer, router, transport)
    with lab.refused(zmq.EHOSTUNREACH):
        await router.send_multipart([b"nobody", b"lost"])
    await router.send_multipart([b"d", b"kept"])
    assert await dealer.recv() == b"kept"


async def test_router_drops_for_a_full_peer(lab, zmq):
    router = lab.socket(zmq.ROUTER, sndhwm=2)
    dealer = lab.socket(zmq.DEALER, routing_id=b"d", rcvhwm=2)
    await lab.link(dealer, router, "inproc")
    for number in range(10):
        await router.send_multipart([b"d", b"%d" % number])
    assert await lab.take(dealer, 4) == [b"0", b"1", b"2", b"3"]
    lab.settle(router)
    await router.send_multipart([b"d", b"room again"])
    assert await dealer.recv() == b"room again"


async def test_mandatory_waits_for_a_full_peer(lab, zmq):
    router = lab.socket(zmq.ROUTER, sndhwm=2, router_mandatory=1)
    dealer = lab.socket(zmq.DEALER, routing_id=b"d", rcvhwm=2)
    await lab.link(dealer, router, "inproc")
    for number in range(4):
        assert await lab.try_send(router, b"d", b"%d" % number)
    assert not await lab.try_send(router, b"d", b"full")
    assert await lab.take(dealer, 4) == [b"0", b"1", b"2", b"3"]
    assert await lab.try_send(router, b"d", b"room")
    assert await dealer.recv() == b"room"


async def test_a_send_that_timed_out_holds_up_no_other_peer(lab, zmq):
    router = lab.socket(zmq.ROUTER, sndhwm=1, sndtimeo=20, router_mandatory=1)
    full, free = (lab.socket(zmq.DEALER, routing_id=name, rcvhwm=1) for name in (b"full", b"free"))
    for dealer in (full, free):
        await lab.link(dealer, router, "inproc")
    with lab.refused(zmq.EAGAIN):
        for number in range(9):
            await router.send_multipart([b"full", b"%d" % number])
    await router.send_multipart([b"free", b"kept"])
    assert await free.recv() == b"kept"


async def test_router_takes_from_peers_in_turn(lab, zmq):
    router = lab.socket(zmq.ROUTER)
    dealers = {name: lab.socket(zmq.DEALER, routing_id=name) for name in (b"a", b"b", b"c")}
    for dealer in dealers.values():
        await lab.link(dealer, router, "inproc")
        for _ in range(3):
            await dealer.send(b"x")
    lab.settle(router)
    for _ in range(3):
        assert {(await router.recv_multipart())[0] for _ in range(3)} == set(dealers)


async def test_a_name_belongs_to_the_first_who_brings_it(lab, zmq, network):
    router = lab.socket(zmq.ROUTER)
    first, second = (lab.socket(zmq.DEALER, routing_id=b"same") for _ in range(2))
    await lab.link(first, router, network)
    await first.send(b"hello")
    assert await router.recv_multipart() == [b"same", b"hello"]
    await lab.link(second, router, network)
    await second.send(b"nobody hears this")
    await first.send(b"still here")
    assert await router.recv_multipart() == [b"same", b"still here"]
    await router.send_multipart([b"same", b"for the first"])
    assert await first.recv() == b"for the first"


async def test_handover_gives_a_name_to_the_last_who_brings_it(lab, zmq, network):
    router = lab.socket(zmq.ROUTER, router_handover=1)
    first, second = (lab.socket(zmq.DEALER, routing_id=b"same") for _ in range(2))
    await lab.link(first, router, network)
    await first.send(b"hello")
    assert await router.recv_multipart() == [b"same", b"hello"]
    await lab.link(second, router, network)
    await second.send(b"now me")
    assert await router.recv_multipart() == [b"same", b"now me"]
    await router.send_multipart([b"same", b"for the second"])
    assert await second.recv() == b"for the second"


async def test_a_name_is_free_again_when_its_peer_left(lab, zmq, network):
    router = lab.socket(zmq.ROUTER, router_mandatory=1)
    first = lab.socket(zmq.DEALER, routing_id=b"same")
    await lab.link(first, router, network)
    await first.send(b"hello")
    assert await router.recv_multipart() == [b"same", b"hello"]
    first.close()
    with lab.refused(zmq.EHOSTUNREACH):
        while True:
            lab.settle(router)
            await router.send_multipart([b"same", b"lost"])
            await asyncio.sleep(0.001)
    while True:  # libzmq may still hold the name for a moment, and then never hears the second
        second = lab.socket(zmq.DEALER, routing_id=b"same")
        await lab.link(second, router, network)
        await second.send(b"hello")
        if await router.poll(200):
            break
        second.close()
    assert await router.recv_multipart() == [b"same", b"hello"]
    await router.send_multipart([b"same", b"for the second"])
    assert await second.recv() == b"for the second"


@pytest.mark.parametrize("kind", ["DEALER", "ROUTER", "REQ"])
async def test_a_probe_says_hello(lab, zmq, transport, kind):
    router = lab.socket(zmq.ROUTER)
    prober = lab.socket(getattr(zmq, kind), routing_id=b"prober", probe_router=1)
    await lab.link(prober, router, transport)
    assert await router.recv_multipart() == [b"prober", b""]
    if kind != "ROUTER":
        await prober.send(b"hello")
        assert (await router.recv_multipart())[-1] == b"hello"


async def test_a_message_has_its_peer_in_front(lab, zmq):
    """Frames sent one by one: the first says to whom, and is not sent on."""
    router, dealer = lab.socket(zmq.ROUTER), lab.socket(zmq.DEALER, routing_id=b"d")
    await lab.link(dealer, router)
    await router.send(b"d", zmq.SNDMORE)
    await router.send(b"one", zmq.SNDMORE)
    await router.send(b"two")
    assert await dealer.recv_multipart() == [b"one", b"two"]
    await dealer.send(b"three")
    assert await router.recv() == b"d" and router.rcvmore
    assert await router.recv() == b"three" and not router.rcvmore


@pytest.mark.parametrize("asks", [True, False])
async def test_half_a_message_is_no_turn(lab, zmq, asks):
    """Received by frames, a request or reply has to be received whole before it is time to send."""
    req, rep = lab.socket(zmq.REQ), lab.socket(zmq.REP)
    await lab.link(req, rep, "inproc")
    await req.send_multipart([b"one", b"two"])
    one = rep
    if asks:
        await rep.send_multipart(await rep.recv_multipart())
        one = req
    assert await one.recv() == b"one"
    assert one.getsockopt(zmq.EVENTS) == zmq.POLLIN
    for _ in range(2):
        with lab.refused(zmq.EFSM):
            await one.send(b"early")
    assert await one.recv() == b"two"
    assert one.getsockopt(zmq.EVENTS) == zmq.POLLOUT
    await one.send(b"in time")


async def test_a_sender_that_waits_for_a_peer_learns_that_it_is_gone(lab, zmq):
    """A ROUTER that must find its peer, whose queue is full: it does not wait for the dead."""
    router = lab.socket(zmq.ROUTER, router_mandatory=1, sndhwm=1)
    full, other = (lab.socket(zmq.DEALER, rcvhwm=1, routing_id=name) for name in (b"F", b"O"))
    for dealer in (full, other):
        await lab.link(dealer, router, "inproc")
        await dealer.send(b"here")
        await router.recv_multipart()
    while await lab.try_send(router, b"F", b"x"):
        pass
    waiting = asyncio.ensure_future(router.send_multipart([b"F", b"x"]))
    await asyncio.sleep(0)
    full.close()
    with pytest.raises(zmq.ZMQError) as caught:  # pyzmq asks again at once, for O has room
        await waiting
    assert caught.value.errno in (zmq.EHOSTUNREACH, zmq.EAGAIN)
    await router.send_multipart([b"O", b"goes on"])
    assert await other.recv() == b"goes on"


async def test_a_routing_id_may_begin_with_a_zero(lab, zmq, transport):
    router, dealer = lab.socket(zmq.ROUTER), lab.socket(zmq.DEALER, routing_id=b"\0zero")
    await lab.link(dealer, router, transport)
    await dealer.send(b"x")
    assert await router.recv_multipart() == [b"\0zero", b"x"]
