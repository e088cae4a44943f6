"""PAIR (RFC 31): one peer, both ways."""

import asyncio


async def test_both_ways(lab, zmq, transport):
    one, two = lab.socket(zmq.PAIR), lab.socket(zmq.PAIR)
    await lab.link(one, two, transport)
    for number in range(3):
        await one.send(b"%d" % number)
        await two.send_multipart([b"answer", b"%d" % number])
    assert await lab.take(two, 3) == [b"0", b"1", b"2"]
    for number in range(3):
        assert await one.recv_multipart() == [b"answer", b"%d" % number]


async def test_waits_for_a_peer(lab, zmq, transport):
    one, two = lab.socket(zmq.PAIR), lab.socket(zmq.PAIR)
    endpoint = lab.bind(one, transport)
    assert not await lab.try_send(one, b"lost")
    sending = one.send(b"waited")
    two.connect(endpoint)
    await sending
    assert await two.recv() == b"waited"


async def test_blocks_when_full(lab, zmq):
    one, two = lab.socket(zmq.PAIR, sndhwm=2), lab.socket(zmq.PAIR, rcvhwm=2)
    await lab.link(one, two, "inproc")
    assert await lab.fill(one) == 4
    sending = one.send(b"4")
    await asyncio.sleep(0)
    assert not sending.done()
    assert await lab.take(two, 5) == [b"0", b"1", b"2", b"3", b"4"]
    await sending


async def test_a_second_peer_is_not_heard(lab, zmq, network):
    bound, first, second = (lab.socket(zmq.PAIR) for _ in range(3))
    endpoint = await lab.link(first, bound, network)
    events = lab.monitor(second)
    second.connect(endpoint)
    await second.send(b"nobody hears this")
    await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    await first.send(b"only peer")
    await bound.send(b"to the only peer")
    assert await bound.recv() == b"only peer"
    assert await first.recv() == b"to the only peer"


async def test_a_new_peer_after_the_first_went(lab, zmq, network):
    bound, first, second = (lab.socket(zmq.PAIR) for _ in range(3))
    await lab.link(first, bound, network)
    first.close()
    await lab.no_room(bound)
    await lab.link(second, bound, network)
    await bound.send(b"to the second")
    assert await second.recv() == b"to the second"
