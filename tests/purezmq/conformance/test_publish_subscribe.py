"""PUB, SUB, XPUB and XSUB (RFC 29): what is passed on, to whom, and what is told upstream."""

import asyncio

import pytest


async def test_a_prefix_of_the_first_frame_decides(lab, zmq, transport):
    xpub, sub = lab.socket(zmq.XPUB), lab.socket(zmq.SUB)
    sub.subscribe(b"AB")
    await lab.link(sub, xpub, transport)
    assert await xpub.recv() == b"\x01AB"
    for frames in ([b"A"], [b"AC"], [b"B", b"AB"], [b"AB"], [b""], [b"ABC", b"", b"more"], [b"ab"]):
        await xpub.send_multipart(frames)
    await xpub.send(b"AB end")
    assert await sub.recv_multipart() == [b"AB"]
    assert await sub.recv_multipart() == [b"ABC", b"", b"more"]
    assert await sub.recv_multipart() == [b"AB end"]


async def test_pub_filters_alike(lab, zmq, transport):
    pub, sub = lab.socket(zmq.PUB), lab.socket(zmq.SUB)
    await lab.link(sub, pub, transport)
    sub.subscribe(b"A")
    sub.subscribe("한글")
    await lab.subscribed(pub, sub)
    for body in (b"B", "한글 소켓".encode(), b"A1", b"end"):
        await pub.send(body)
    await pub.send(b"A end")
    assert await lab.take(sub, 3) == ["한글 소켓".encode(), b"A1", b"A end"]


async def test_pub_that_connects(lab, zmq, transport):
    pub, sub = lab.socket(zmq.PUB), lab.socket(zmq.SUB)
    sub.subscribe(b"")
    await lab.link(pub, sub, transport)
    await lab.subscribed(pub, sub)
    await pub.send(b"hello")
    assert await sub.recv() == b"hello"


async def test_the_empty_prefix_is_everything(lab, zmq, transport):
    xpub, sub = lab.socket(zmq.XPUB), lab.socket(zmq.SUB)
    await lab.link(sub, xpub, transport)
    sub.subscribe(b"")
    assert await xpub.recv() == b"\x01"
    for frames in ([b""], [b"x"], [b"", b""]):
        await xpub.send_multipart(frames)
        assert await sub.recv_multipart() == frames


async def test_two_matching_prefixes_give_one_copy(lab, zmq, transport):
    xpub, sub = lab.socket(zmq.XPUB), lab.socket(zmq.SUB)
    await lab.link(sub, xpub, transport)
    for topic in (b"", b"A", b"AB"):
        sub.subscribe(topic)
        assert await xpub.recv() == b"\x01" + topic
    for body in (b"ABC", b"B"):
        await xpub.send(body)
    assert await lab.take(sub, 2) == [b"ABC", b"B"]


async def test_each_subscriber_gets_its_own(lab, zmq, transport):
    xpub = lab.socket(zmq.XPUB)
    subs = {topic: lab.socket(zmq.SUB) for topic in (b"A", b"B", b"")}
    for topic, sub in subs.items():
        sub.subscribe(topic)
        await lab.link(sub, xpub, transport)
        assert await xpub.recv() == b"\x01" + topic
    for body in (b"A1", b"B1", b"C1", b"A2"):
        await xpub.send(body)
    assert await lab.take(subs[b"A"], 2) == [b"A1", b"A2"]
    assert await lab.take(subs[b""], 4) == [b"A1", b"B1", b"C1", b"A2"]
    assert await subs[b"B"].recv() == b"B1"


async def test_subscriptions_are_counted(lab, zmq, transport):
    pub, sub = lab.socket(zmq.PUB), lab.socket(zmq.SUB)
    sub.subscribe(b"A")
    sub.subscribe(b"A")
    await lab.link(sub, pub, transport)
    sub.unsubscribe(b"A")
    await lab.subscribed(pub, sub)
    await pub.send(b"A1")
    assert await sub.recv() == b"A1"
    sub.unsubscribe(b"A")
    sub.subscribe(b"B")
    await lab.subscribed(pub, sub)
    await pub.send(b"A2")
    await pub.send(b"B")
    assert await sub.recv() == b"B"


async def test_unsubscribing_what_was_not_subscribed(lab, zmq):
    xpub, sub = lab.socket(zmq.XPUB), lab.socket(zmq.SUB)
    await lab.link(sub, xpub)
    sub.unsubscribe(b"never")
    sub.subscribe(b"A")
    assert await xpub.recv() == b"\x01A"


async def test_unsubscribing_stops(lab, zmq, transport):
    xpub, sub = lab.socket(zmq.XPUB), lab.socket(zmq.SUB)
    await lab.link(sub, xpub, transport)
    for topic in (b"A", b"B"):
        sub.subscribe(topic)
        assert await xpub.recv() == b"\x01" + topic
    sub.unsubscribe(b"A")
    assert await xpub.recv() == b"\x00A"
    for body in (b"A", b"B"):
        await xpub.send(body)
    assert await sub.recv() == b"B"


async def test_xpub_hears_the_first_and_the_last(lab, zmq, transport):
    xpub = lab.socket(zmq.XPUB)
    subs = [lab.socket(zmq.SUB) for _ in range(2)]
    for number, sub in enumerate(subs):
        await lab.link(sub, xpub, transport)
        sub.subscribe(b"A")
        sub.subscribe(b"own %d" % number)
        came = [await xpub.recv() for _ in range(2 - number)]
        assert came[-1] == b"\x01own %d" % number and (number or came[0] == b"\x01A")
    for number, sub in enumerate(subs):
        sub.unsubscribe(b"A")
        sub.subscribe(b"then %d" % number)
        if number:
            assert await xpub.recv() == b"\x00A"
        assert await xpub.recv() == b"\x01then %d" % number


async def test_verbose_hears_every_subscription(lab, zmq, transport):
    xpub = lab.socket(zmq.XPUB, xpub_verbose=1)
    subs = [lab.socket(zmq.SUB) for _ in range(2)]
    for sub in subs:
        await lab.link(sub, xpub, transport)
        sub.subscribe(b"A")
        assert await xpub.recv() == b"\x01A"
    subs[0].unsubscribe(b"A")
    subs[0].subscribe(b"B")
    assert await xpub.recv() == b"\x01B"
    subs[1].unsubscribe(b"A")
    assert await xpub.recv() == b"\x00A"


async def test_verboser_hears_every_unsubscription_too(lab, zmq, transport):
    xpub = lab.socket(zmq.XPUB, xpub_verboser=1)
    subs = [lab.socket(zmq.SUB) for _ in range(2)]
    for sub in subs:
        await lab.link(sub, xpub, transport)
        sub.subscribe(b"A")
        assert await xpub.recv() == b"\x01A"
    for sub in subs:
        sub.unsubscribe(b"A")
        assert await xpub.recv() == b"\x00A"


async def test_a_subscriber_that_left_is_unsubscribed(lab, zmq, transport):
    xpub, sub, other = lab.socket(zmq.XPUB), lab.socket(zmq.SUB), lab.socket(zmq.SUB)
    for one, topic in ((sub, b"A"), (other, b"B")):
        await lab.link(one, xpub, transport)
        one.subscribe(topic)
        assert await xpub.recv() == b"\x01" + topic
    other.subscribe(b"A")
    other.close()
    assert await xpub.recv() == b"\x00B"
    sub.close()
    assert await xpub.recv() == b"\x00A"


async def test_xsub_subscribes_by_message(lab, zmq, transport):
    xpub, xsub = lab.socket(zmq.XPUB), lab.socket(zmq.XSUB)
    await lab.link(xsub, xpub, transport)
    await xsub.send(b"\x01A")
    assert await xpub.recv() == b"\x01A"
    for body in (b"B", b"A"):
        await xpub.send(body)
    assert await xsub.recv() == b"A"
    await xsub.send(b"\x00A")
    assert await xpub.recv() == b"\x00A"


async def test_xsub_tells_every_publisher_even_later_ones(lab, zmq, transport):
    xsub = lab.socket(zmq.XSUB)
    xpubs = [lab.socket(zmq.XPUB) for _ in range(3)]
    for xpub in xpubs[:2]:
        await lab.link(xsub, xpub, transport)
    await xsub.send(b"\x01A")
    await lab.link(xsub, xpubs[2], transport)
    for number, xpub in enumerate(xpubs):
        assert await xpub.recv() == b"\x01A"
        await xpub.send(b"A%d" % number)
        assert await xsub.recv() == b"A%d" % number


async def test_other_messages_go_upstream_too(lab, zmq, transport):
    xpub, xsub = lab.socket(zmq.XPUB), lab.socket(zmq.XSUB)
    await lab.link(xsub, xpub, transport)
    await xsub.send(b"\x02 not a subscription")
    assert await xpub.recv() == b"\x02 not a subscription"
    await xsub.send_multipart([b"two", b"frames"])
    assert await xpub.recv_multipart() == [b"two", b"frames"]


async def test_sub_takes_from_publishers_in_turn(lab, zmq):
    sub = lab.socket(zmq.SUB)
    sub.subscribe(b"")
    pubs = [lab.socket(zmq.PUB) for _ in range(3)]
    for name, pub in zip(b"abc", pubs, strict=True):
        await lab.link(sub, pub, "inproc")
        lab.settle(pub)
        for _ in range(3):
            await pub.send(bytes([name]))
    lab.settle(sub)
    for _ in range(3):
        assert sorted(await lab.take(sub, 3)) == [b"a", b"b", b"c"]


async def test_pub_never_waits(lab, zmq, transport):
    pub = lab.socket(zmq.PUB, sndhwm=1)
    await pub.send(b"nobody is there")
    lab.bind(pub, transport)
    for _ in range(100):
        sending = pub.send(b"nobody is there")
        assert sending.done()
        await sending


async def test_pub_drops_for_the_full_one_only(lab, zmq):
    pub = lab.socket(zmq.PUB, sndhwm=2)
    slow, quick = lab.socket(zmq.SUB, rcvhwm=2), lab.socket(zmq.SUB, rcvhwm=1_000)
    for sub in (slow, quick):
        sub.subscribe(b"")
        await lab.link(sub, pub, "inproc")
    lab.settle(pub)
    for number in range(50):
        await pub.send(b"%d" % number)
    assert list(map(int, await lab.take(quick, 50))) == list(range(50))
    assert list(map(int, await lab.take(slow, 4))) == list(range(4))
    lab.settle(pub)
    await pub.send(b"room again")
    assert await slow.recv() == b"room again"


async def test_pub_drops_on_the_network_and_keeps_the_order(lab, zmq, network):
    pub = lab.socket(zmq.PUB, sndhwm=5, sndbuf=65_536)
    slow, quick = lab.socket(zmq.SUB, rcvhwm=5, rcvbuf=65_536), lab.socket(zmq.SUB)
    for sub in (slow, quick):
        sub.subscribe(b"")
        await lab.link(sub, pub, network)
    await lab.subscribed(pub, slow, quick)
    await pub.send(b"start")
    for sub in (slow, quick):
        while await sub.recv() != b"start":  # marks of the other
            pass
    for number in range(300):
        lab.settle(pub)
        await pub.send(b"%d " % number + bytes(100_000))
        if number < 100:
            assert (await quick.recv()).startswith(b"%d " % number)
    came = []
    while await slow.poll(200):
        came.append(int((await slow.recv()).split()[0]))
    assert 1 <= len(came) < 250 and came == sorted(set(came))


async def test_nodrop_says_that_there_is_no_room(lab, zmq):
    xpub = lab.socket(zmq.XPUB, xpub_nodrop=1, sndhwm=2)
    sub = lab.socket(zmq.SUB, rcvhwm=2)
    sub.subscribe(b"")
    await lab.link(sub, xpub, "inproc")
    assert await xpub.recv() == b"\x01"
    assert await lab.fill(xpub) == 4
    with pytest.raises(zmq.Again):
        await xpub.send(b"full", flags=zmq.NOBLOCK)
    assert await lab.take(sub, 4) == [b"0", b"1", b"2", b"3"]
    assert await lab.try_send(xpub, b"room")
    assert await sub.recv() == b"room"


async def test_welcome(lab, zmq, transport):
    xpub = lab.socket(zmq.XPUB, xpub_welcome_msg=b"welcome")
    sub = lab.socket(zmq.SUB)
    sub.subscribe(b"welcome")
    await lab.link(sub, xpub, transport)
    assert await xpub.recv() == b"\x01welcome"
    assert await sub.recv() == b"welcome"


async def test_inverted_matching(lab, zmq, transport):
    xpub, sub = lab.socket(zmq.XPUB, invert_matching=1), lab.socket(zmq.SUB, invert_matching=1)
    sub.subscribe(b"A")
    await lab.link(sub, xpub, transport)
    assert await xpub.recv() == b"\x01A"
    for body in (b"A", b"B", b"AB", b"C"):
        await xpub.send(body)
    assert await lab.take(sub, 2) == [b"B", b"C"]


async def test_manual_subscriptions(lab, zmq, transport):
    xpub, xsub = lab.socket(zmq.XPUB, xpub_manual=1), lab.socket(zmq.XSUB)
    await lab.link(xsub, xpub, transport)
    await xsub.send(b"\x01asked")
    assert await xpub.recv() == b"\x01asked"
    xpub.setsockopt(zmq.SUBSCRIBE, b"given")
    for body in (b"asked", b"given"):
        await xpub.send(body)
    assert await xsub.recv() == b"given"
    await xsub.send(b"\x00asked")
    assert await xpub.recv() == b"\x00asked"
    xpub.setsockopt(zmq.UNSUBSCRIBE, b"given")
    await xsub.send(b"\x01end")
    assert await xpub.recv() == b"\x01end"
    xpub.setsockopt(zmq.SUBSCRIBE, b"end")
    for body in (b"given", b"end"):
        await xpub.send(body)
    assert await xsub.recv() == b"end"


async def test_conflate_keeps_the_last_of_a_waiting_queue(lab, zmq, network):
    push, pull = lab.socket(zmq.PUSH, conflate=1), lab.socket(zmq.PULL)
    endpoint = lab.reserve(network)
    push.connect(endpoint)
    for number in range(10):
        await push.send(b"%d" % number)
    pull.bind(endpoint)
    assert await pull.recv() == b"9"
    await push.send(b"next")
    assert await pull.recv() == b"next"


async def test_conflate_keeps_the_last_that_came(lab, zmq, network):
    pub = lab.socket(zmq.PUB, sndhwm=0)
    every, last = lab.socket(zmq.SUB, rcvhwm=0), lab.socket(zmq.SUB, conflate=1)
    for sub in (every, last):
        sub.subscribe(b"")
        await lab.link(sub, pub, network)
    await lab.subscribed(pub, every)
    while not await last.poll(5):  # it has no mark of its own: marks would be lost on the way
        await pub.send(b"mark")
    for number in range(2_000):
        await pub.send(b"%d" % number)
    while await every.recv() != b"1999":
        pass
    count = 1
    while await last.recv() != b"1999":
        count += 1
    assert count < 200


async def test_subscriptions_are_told_again_after_a_break(lab, zmq, network):
    xpub, sub = lab.socket(zmq.XPUB), lab.socket(zmq.SUB)
    endpoint = await lab.link(sub, xpub, network)
    sub.subscribe(b"A")
    sub.subscribe(b"gone")
    sub.unsubscribe(b"gone")
    first = sub.recv()  # libzmq takes in the break when the socket is used
    await lab.leave(xpub)
    await lab.monitor(sub).wait(zmq.EVENT_DISCONNECTED)
    sub.subscribe(b"B")
    again = lab.socket(zmq.XPUB)
    again.bind(endpoint)
    assert {await again.recv(), await again.recv()} == {b"\x01A", b"\x01B"}
    for body in (b"gone", b"A", b"B"):
        await again.send(body)
    assert [await first, await sub.recv()] == [b"A", b"B"]


async def test_directions(lab, zmq):
    pub, sub = lab.socket(zmq.PUB), lab.socket(zmq.SUB)
    with lab.refused(zmq.ENOTSUP):
        await pub.recv(flags=zmq.NOBLOCK)
    with lab.refused(zmq.ENOTSUP):
        await sub.send(b"x")
    with lab.refused(zmq.EINVAL):
        lab.socket(zmq.PULL).setsockopt(zmq.SUBSCRIBE, b"A")


@pytest.mark.parametrize("publisher", ["PUB", "XPUB"])
async def test_subscriptions_as_the_old_protocol_sends_them(lab, zmq, publisher):
    """ZMTP 3.0: a subscription is a message, 01 or 00 and the prefix."""
    pub = lab.socket(getattr(zmq, publisher))
    peer = await lab.raw_connect(lab.bind(pub), "SUB", minor=0)
    peer.send(b"\x01A")
    peer.send(b"\x01B")
    peer.send(b"\x00B")
    if publisher == "XPUB":
        assert [await pub.recv() for _ in range(3)] == [b"\x01A", b"\x01B", b"\x00B"]
        await pub.send(b"B")
        await pub.send(b"A")
    else:
        peer.send(b"\x01end")
        body = asyncio.ensure_future(peer.frame())
        while not body.done():
            await pub.send(b"end")
            await asyncio.wait([body], timeout=0.005)
        for message in (b"B", b"A"):
            await pub.send(message)
        while (frame := await peer.frame()) == (0, b"end"):
            pass
        assert frame == (0, b"A")
        return
    assert await peer.frame() == (0, b"A")


@pytest.mark.parametrize("minor", [0, 1])
async def test_how_a_subscription_looks_on_the_wire(lab, zmq, minor):
    sub = lab.socket(zmq.SUB)
    sub.subscribe(b"AB")
    endpoint, came = await lab.raw_listen()
    sub.connect(endpoint)
    peer = await came.get()
    await peer.shake("PUB", minor=minor)
    assert await peer.frame() == ((4, b"\x09SUBSCRIBEAB") if minor else (0, b"\x01AB"))
    sub.unsubscribe(b"AB")
    assert await peer.frame() == ((4, b"\x06CANCELAB") if minor else (0, b"\x00AB"))
    peer.send(b"AB", flags=1)
    peer.send(b"not subscribed any more")
    sub.subscribe(b"C")
    assert await peer.frame() == ((4, b"\x09SUBSCRIBEC") if minor else (0, b"\x01C"))
    peer.send(b"C")
    assert await sub.recv_multipart() == [b"C"]


@pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])
async def test_what_is_said_before_the_handshake_arrives_as_it_was_said(lab, zmq, transport):
    """Subscriptions, repeated and taken back, and messages between them, in order."""
    xpub, xsub = lab.socket(zmq.XPUB, xpub_verboser=1), lab.socket(zmq.XSUB)
    said = [b"\x01a", b"hello", b"\x01a", b"\x01b", b"\x00b", b"\x01c"]
    await xsub.send(b"\x01before")
    endpoint = lab.bind(xpub, transport)
    xsub.connect(endpoint)
    for message in said:
        await xsub.send(message)
    assert [await xpub.recv() for _ in range(1 + len(said))] == [b"\x01before", *said]
