"""poll, Poller and proxy: who is ready, and waiting until somebody is."""

import asyncio
import warnings


async def test_poll(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = lab.bind(push, transport)
    assert await pull.poll(0) == 0 == await push.poll(0, zmq.POLLOUT)
    assert await pull.poll(20) == 0
    writable = push.poll(flags=zmq.POLLOUT)
    pull.connect(endpoint)
    assert await writable == zmq.POLLOUT
    readable = pull.poll(10_000)
    await push.send(b"x")
    assert await readable == zmq.POLLIN
    assert await pull.poll(0) == await pull.poll() == zmq.POLLIN
    assert await pull.poll(0, zmq.POLLOUT) == 0
    await pull.recv()
    assert await pull.poll(0) == 0


async def test_events(lab, zmq, transport):
    one, two = lab.socket(zmq.PAIR), lab.socket(zmq.PAIR)
    assert one.getsockopt(zmq.EVENTS) == one.events == 0
    await lab.link(one, two, transport)
    assert one.getsockopt(zmq.EVENTS) == zmq.POLLOUT
    await two.send(b"x")
    assert await one.poll() == zmq.POLLIN
    assert one.getsockopt(zmq.EVENTS) == zmq.POLLIN | zmq.POLLOUT
    assert await one.poll(0, zmq.POLLIN | zmq.POLLOUT) == zmq.POLLIN | zmq.POLLOUT


async def test_the_turns_of_req_and_rep(lab, zmq):
    req, rep = lab.socket(zmq.REQ), lab.socket(zmq.REP)
    await lab.link(req, rep)
    assert (req.events, rep.events) == (zmq.POLLOUT, 0)
    await req.send(b"ask")
    assert req.events == 0
    await rep.poll()
    assert rep.events == zmq.POLLIN
    await rep.recv()
    assert rep.events == zmq.POLLOUT
    await rep.send(b"answer")
    await req.poll()
    assert (req.events, rep.events) == (zmq.POLLIN, 0)


async def test_a_full_queue_is_not_writable(lab, zmq):
    push, pull = lab.socket(zmq.PUSH, sndhwm=1), lab.socket(zmq.PULL, rcvhwm=1)
    await lab.link(push, pull, "inproc")
    await lab.fill(push)
    assert await push.poll(0, zmq.POLLOUT) == 0
    room = push.poll(10_000, zmq.POLLOUT)
    await lab.take(pull, 2)
    assert await room == zmq.POLLOUT


async def test_pub_and_router_are_always_writable(lab, zmq):
    for kind in (zmq.PUB, zmq.XPUB, zmq.ROUTER):
        assert await lab.socket(kind).poll(0, zmq.POLLOUT) == zmq.POLLOUT


async def test_a_poller(lab, zmq, transport):
    push, one, two = lab.socket(zmq.PUSH), lab.socket(zmq.PULL), lab.socket(zmq.PULL)
    for pull in (one, two):
        await lab.link(pull, push, transport)
    poller = zmq.asyncio.Poller()
    poller.register(one, zmq.POLLIN)
    poller.register(two, zmq.POLLIN)
    poller.register(push, zmq.POLLOUT)
    assert one in poller and lab.socket(zmq.PULL) not in poller
    assert await poller.poll(0) == [(push, zmq.POLLOUT)]
    poller.unregister(push)
    assert await poller.poll(20) == []
    waiting = poller.poll()
    await push.send(b"x")
    (ready,) = await waiting
    assert ready in [(one, zmq.POLLIN), (two, zmq.POLLIN)]
    await push.send(b"x")
    while len(ready := dict(await poller.poll(10_000))) < 2:
        pass
    assert ready == {one: zmq.POLLIN, two: zmq.POLLIN}
    poller.modify(one, 0)
    assert await poller.poll() == [(two, zmq.POLLIN)]


async def test_a_cancelled_poll_takes_nothing(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull)
    waiting = pull.poll()
    await asyncio.sleep(0)
    waiting.cancel()
    await push.send(b"x")
    assert await pull.poll(10_000) == zmq.POLLIN
    assert await pull.recv() == b"x"


async def test_polling_and_receiving_at_once(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, transport)
    polling, receiving = pull.poll(10_000), pull.recv()
    await push.send(b"one")
    await push.send(b"two")
    assert await receiving == b"one"
    assert await polling == zmq.POLLIN
    assert await pull.recv() == b"two"


async def test_a_forwarder_of_two_sockets(lab, zmq, transport):
    """What a broker does: requests one way, answers the other."""
    front, back = lab.socket(zmq.ROUTER), lab.socket(zmq.DEALER)
    clients = [lab.socket(zmq.REQ) for _ in range(3)]
    workers = [lab.socket(zmq.REP) for _ in range(2)]
    for client in clients:
        await lab.link(client, front, transport)
    for worker in workers:
        await lab.link(worker, back, transport)

    async def forward(source, target):
        while True:
            await target.send_multipart(await source.recv_multipart())

    async def work(worker):
        while True:
            await worker.send(b"done " + await worker.recv())

    async def ask(client, number):
        for count in range(20):
            await client.send(b"%d %d" % (number, count))
            assert await client.recv() == b"done %d %d" % (number, count)

    tasks = [forward(front, back), forward(back, front), *map(work, workers)]
    tasks = [asyncio.ensure_future(task) for task in tasks]
    await asyncio.gather(*(ask(client, number) for number, client in enumerate(clients)))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_poller_refuses_a_closed_socket(lab, zmq):
    pull, poller = lab.socket(zmq.PULL), zmq.asyncio.Poller()
    poller.register(pull, zmq.POLLIN)
    pull.close()
    with lab.refused(zmq.ENOTSOCK):
        await poller.poll(100)


async def test_calls_outside_of_a_coroutine(lab, zmq):
    """They give Futures of the loop that was set."""

    def program():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
        push.connect(lab.bind(pull))
        sending = push.send(b"first")
        assert loop.run_until_complete(pull.recv()) == b"first"
        loop.run_until_complete(sending)
        loop.run_until_complete(push.send(b"second"))
        assert loop.run_until_complete(pull.poll(5000)) == zmq.POLLIN
        poller = zmq.asyncio.Poller()
        poller.register(pull, zmq.POLLIN)
        assert loop.run_until_complete(poller.poll(5000)) == [(pull, zmq.POLLIN)]
        both = asyncio.gather(pull.recv(), push.send(b"third"))
        assert loop.run_until_complete(both)[0] == b"second"
        push.close()
        pull.close()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # pyzmq says that no loop runs
        await asyncio.to_thread(program)
