"""Each difference on purpose, shown with both libraries: what the table says happens.

A test here has two sides. If either library changes its mind, it fails, and the row of the table
has to be mended with it.
"""

import asyncio
import errno
import gc
import socket
import threading
import warnings

import pytest


async def test_the_loop_does_the_work(lab, zmq):
    with socket.create_server(("127.0.0.1", 0)) as server:
        push = lab.socket(zmq.PUSH)
        push.connect(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        # The loop stands still: this test computes, so to say, and does not await.
        if lab.engine == "libzmq":
            server.settimeout(5)
            peer, _ = server.accept()
            with peer:
                peer.settimeout(5)
                assert peer.recv(1) == b"\xff"
            return
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
        server.setblocking(False)
        loop = asyncio.get_running_loop()
        peer, _ = await loop.sock_accept(server)
        with peer:
            peer.setblocking(False)
            assert await loop.sock_recv(peer, 1) == b"\xff"


async def test_others_get_their_turn(lab, zmq):
    """A program that always finds a message, and so never has to wait."""
    push, pull = lab.socket(zmq.PUSH, sndhwm=0), lab.socket(zmq.PULL, rcvhwm=0)
    await lab.link(push, pull, "inproc")
    turns = 0

    async def other():
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    running = asyncio.ensure_future(other())
    for act in (lambda: push.send(b"x"), pull.recv):
        turns = 0
        for _ in range(4_000):
            await act()
        assert turns == 0 if lab.engine == "libzmq" else turns > 10
    running.cancel()
    await asyncio.wait([running])


async def test_one_future_for_many(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, "inproc")
    await push.send(b"first")
    sent = [push.send(b"x") for _ in range(3)]
    assert all(one.done() for one in sent)
    assert len(set(map(id, sent))) == (3 if lab.engine == "libzmq" else 1)


async def test_sockets_from_before_the_loop(lab, zmq):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def before():  # in a thread without a loop, as a program is before asyncio.run
            lab.socket(zmq.PUSH).connect(f"tcp://127.0.0.1:{server.getsockname()[1]}")
            return lab.socket(zmq.PULL)

        other = await asyncio.to_thread(before)
        coming = asyncio.ensure_future(asyncio.get_running_loop().sock_accept(server))
        if lab.engine == "purezmq":
            await asyncio.wait([coming], timeout=0.1)
            assert not coming.done()
            assert await other.poll(0) == 0  # not the one that connects, but of its context
        peer, _ = await coming
        peer.close()


async def test_a_second_loop(lab, zmq):
    def program():
        push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)

        async def use(body):
            if not pull.last_endpoint:
                push.connect(lab.bind(pull))
            await push.send(body)
            assert await asyncio.wait_for(pull.recv(), 5) == body

        asyncio.run(use(b"first"))
        if lab.engine == "libzmq":
            asyncio.run(use(b"second"))
            return
        for one in (pull.recv, lambda: asyncio.wait_for(pull.recv(), 5)):

            async def wait(one=one):
                await one()

            with pytest.raises((RuntimeError, ValueError), match="different loop"):
                asyncio.run(wait())

    await asyncio.to_thread(program)


async def test_a_socket_that_nobody_holds(lab, zmq):
    one = lab.context.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(one), "PUSH")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # pyzmq says that it was left open
        del one
        gc.collect()
    if lab.engine == "libzmq":
        await peer.gone()
        return
    peer.command(b"PING", b"\0\0")
    assert await peer.frame() == (4, b"\x04PONG")


async def test_the_file_descriptor(lab, zmq):
    pull = lab.socket(zmq.PULL)
    if lab.engine == "libzmq":
        assert isinstance(pull.getsockopt(zmq.FD), int)
        return
    with pytest.raises(NotImplementedError, match="FD"):
        pull.getsockopt(zmq.FD)


@pytest.mark.parametrize("end", ["term", "destroy"])
async def test_term_is_awaited(lab, zmq, end):
    pull, context = lab.socket(zmq.PULL), lab.new_context()
    endpoint = lab.reserve()
    push = lab.socket(zmq.PUSH, context=context, linger=150)
    push.connect(endpoint)
    await push.send(b"last")
    push.close()
    loop = asyncio.get_running_loop()
    began = loop.time()
    result = getattr(context, end)()
    if lab.engine == "libzmq":
        assert result is None and loop.time() - began > 0.1  # all of LINGER: nobody was there
        return
    assert not pull.closed
    pull.bind(endpoint)
    await result
    assert await pull.recv() == b"last"


async def test_options_of_a_context(lab, zmq):
    context = lab.new_context()
    context.max_sockets = 2
    assert context.max_sockets == context.get(zmq.MAX_SOCKETS) == 2
    for _ in range(2):
        lab.socket(zmq.PUSH, context=context)
    if lab.engine == "purezmq":
        lab.socket(zmq.PUSH, context=context)
        return
    with pytest.raises(zmq.ZMQError):
        lab.socket(zmq.PUSH, context=context)


@pytest.mark.parametrize("call", ["bind", "connect"])
async def test_options_that_come_late(lab, zmq, call):
    dealer, router = lab.socket(zmq.DEALER), lab.socket(zmq.ROUTER)
    endpoint = lab.bind(dealer) if call == "bind" else lab.reserve()
    if call == "connect":
        dealer.connect(endpoint)
    dealer.routing_id = b"late"
    dealer.maxmsgsize = 10
    (router.connect if call == "bind" else router.bind)(endpoint)
    await dealer.send(b"x")
    name, _ = await router.recv_multipart()
    events = lab.monitor(dealer)
    await router.send_multipart([name, bytes(11)])
    if lab.engine == "libzmq":
        assert name != b"late" and await dealer.recv() == bytes(11)
        return
    assert name == b"late"
    await events.wait(zmq.EVENT_DISCONNECTED)


async def test_a_high_water_mark_that_comes_late(lab, zmq):
    push = lab.socket(zmq.PUSH, sndhwm=2)
    push.connect(lab.reserve())
    push.sndhwm = 5
    assert await lab.fill(push) == (5 if lab.engine == "libzmq" else 2)


async def test_ending_what_the_other_call_began(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = lab.bind(pull, transport)
    push.connect(endpoint)
    for wrong, right in ((push.unbind, push.disconnect), (pull.disconnect, pull.unbind)):
        if lab.engine == "libzmq":
            wrong(endpoint)
            continue
        with lab.refused(errno.ENOENT):
            wrong(endpoint)
        right(endpoint)


async def test_ending_by_another_name(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    pull.bind("tcp://localhost:*")
    address = pull.last_endpoint.decode()
    name = f"tcp://localhost:{address.rpartition(':')[2]}"
    assert address != name
    push.connect(address)
    for call in (push.disconnect, pull.unbind):
        if lab.engine == "libzmq":
            call(name)
            continue
        with lab.refused(errno.ENOENT):
            call(name)
        call(address)
    push.connect(name)  # connect keeps what it was given
    assert push.last_endpoint == name.encode()
    push.disconnect(name)


async def test_what_came_before_a_disconnect(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = await lab.link(pull, push, transport)
    await push.send(b"x")
    assert await pull.poll()
    pull.disconnect(endpoint)
    if lab.engine == "libzmq":
        assert await lab.empty(pull)
        return
    assert await pull.recv() == b"x"


@pytest.mark.parametrize("kind", ["PUSH", "PUB"])
async def test_receiving_from_a_socket_that_only_sends(lab, zmq, kind):
    one = lab.socket(getattr(zmq, kind), rcvtimeo=50)
    if lab.engine == "libzmq":
        with pytest.raises(zmq.Again):  # it has waited for all of RCVTIMEO
            await one.recv()
        return
    with lab.refused(zmq.ENOTSUP):
        await one.recv()


async def test_parts_wait_for_the_last(lab, zmq):
    push = lab.socket(zmq.PUSH)
    first = push.send(b"one", zmq.SNDMORE | zmq.NOBLOCK)
    if lab.engine == "libzmq":
        with pytest.raises(zmq.Again):
            await first
        return
    await first
    with pytest.raises(zmq.Again):
        await push.send(b"two", zmq.NOBLOCK)


async def test_conflate_and_several_frames(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH, conflate=1), lab.socket(zmq.PULL, conflate=1)
    await lab.link(push, pull, transport)
    await push.send_multipart([b"a", b"b", b"c"])
    whole = [b"a", b"b", b"c"]
    assert await pull.recv_multipart() == (whole[-1:] if lab.engine == "libzmq" else whole)


async def test_subscriptions_of_several_frames(lab, zmq, transport):
    xpub, xsub = lab.socket(zmq.XPUB), lab.socket(zmq.XSUB)
    await lab.link(xsub, xpub, transport)
    for frames in ([b"\1a", b"\1b"], [b"\0a", b"\0b"]):
        await xsub.send_multipart(frames)
        for came in [[one] for one in frames] if lab.engine == "libzmq" else [frames]:
            assert await xpub.recv_multipart() == came


@pytest.mark.parametrize("kind", ["ROUTER", "XPUB"])
async def test_one_peer_is_full_and_another_is_not(lab, zmq, kind):
    one = lab.socket(getattr(zmq, kind), sndhwm=2)
    if kind == "ROUTER":
        one.router_mandatory = 1
        full, free = (lab.socket(zmq.DEALER, routing_id=name) for name in (b"full", b"free"))
    else:
        one.xpub_nodrop = 1
        full, free = lab.socket(zmq.SUB), lab.socket(zmq.SUB)
    for peer, name in ((full, b"full"), (free, b"free")):
        peer.rcvhwm = 2
        if kind == "XPUB":
            peer.subscribe(name)
        await lab.link(peer, one, "inproc")
        if kind == "XPUB":
            assert await one.recv() == b"\1" + name
    message = [b"full", b"x"]

    async def fill():
        count = 0
        while await lab.try_send(one, *message):
            count += 1
        assert await lab.try_send(one, b"free", b"x")
        return count

    count = await fill()
    sending = one.send_multipart(message)
    if lab.engine == "libzmq":
        with pytest.raises(zmq.Again):
            await sending
        return
    assert not sending.done()
    for _ in range(count):
        await full.recv_multipart()
    await sending
    await fill()
    sending = one.send_multipart(message)
    assert not sending.done()
    full.close()
    if kind == "XPUB":
        await sending
        return
    with lab.refused(zmq.EHOSTUNREACH):
        await sending


async def test_a_newcomer_in_the_round(lab, zmq, transport):
    push = lab.socket(zmq.PUSH)
    one, two, three = (lab.socket(zmq.PULL) for _ in range(3))
    for peer in (one, two):
        await lab.link(peer, push, transport)
    await push.send(b"0")
    assert await one.recv() == b"0"
    await lab.link(three, push, transport)
    for number in range(1, 4):
        await push.send(b"%d" % number)
    order = [two, three, one] if lab.engine == "libzmq" else [two, one, three]
    assert [await peer.recv() for peer in order] == [b"1", b"2", b"3"]


async def test_a_message_from_before_its_subscription(lab, zmq):
    sub = lab.socket(zmq.SUB)
    peer = await lab.raw_connect(lab.bind(sub), "PUB")
    peer.send(b"news 1")
    peer.command(b"PING", b"\0\0")
    assert await peer.frame() == (4, b"\x04PONG")  # so what was sent before has come in
    sub.subscribe(b"news")
    peer.send(b"news 2")
    assert await sub.recv() == (b"news 1" if lab.engine == "libzmq" else b"news 2")


async def test_a_full_queue_that_inproc_finds_bound_later(lab, zmq):
    push, pull = lab.socket(zmq.PUSH, sndhwm=2), lab.socket(zmq.PULL, rcvhwm=7)
    push.connect("inproc://late")
    sent = [await push.send(b"x", zmq.NOBLOCK) for _ in range(2)]
    with pytest.raises(zmq.Again):
        await push.send(b"x", zmq.NOBLOCK)
    pull.bind("inproc://late")
    if lab.engine == "purezmq":
        sent += [await push.send(b"x", zmq.NOBLOCK) for _ in range(7)]
    with pytest.raises(zmq.Again):
        await push.send(b"x", zmq.NOBLOCK)
    assert [await pull.recv() for _ in sent] == [b"x"] * len(sent)


async def test_the_size_of_a_whole_message(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL, maxmsgsize=100)
    await lab.link(push, pull)
    await push.send_multipart([bytes(60), bytes(60)])
    if lab.engine == "libzmq":
        assert await pull.recv_multipart() == [bytes(60), bytes(60)]
        return
    await lab.monitor(pull).wait(zmq.EVENT_DISCONNECTED)


async def test_very_many_frames(lab, zmq):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.write(b"\x01\x00" * 65_536 + b"\x00\x00")
    if lab.engine == "libzmq":
        assert await pull.recv_multipart() == [b""] * 65_537
        return
    await peer.gone()


async def test_a_very_long_topic(lab, zmq):
    pub = lab.socket(zmq.XPUB)
    peer = await lab.raw_connect(lab.bind(pub), "SUB")
    topic = bytes(65_536)
    peer.command(b"SUBSCRIBE", topic)
    if lab.engine == "libzmq":
        assert await pub.recv() == b"\x01" + topic
        return
    await peer.gone()


@pytest.mark.parametrize(
    "port, where", [("99999", 34463), ("-1", 65535), ("5555x", 5555), ("4660e1", 4660)]
)
async def test_odd_ports(lab, zmq, port, where):
    one = lab.socket(zmq.PULL)
    if lab.engine == "libzmq":
        try:
            one.bind(f"tcp://127.0.0.1:{port}")
        except zmq.ZMQError as error:  # somebody else is bound there
            assert error.errno == zmq.EADDRINUSE
        else:
            assert one.last_endpoint == b"tcp://127.0.0.1:%d" % where
        if port != "-1":
            one.connect(f"tcp://127.0.0.1:{port}")
        return
    for take in (one.bind, one.connect):
        with lab.refused(zmq.EINVAL):
            take(f"tcp://127.0.0.1:{port}")


async def test_a_local_address_to_connect_from(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    port = lab.bind(pull).rpartition(":")[2]
    endpoint = f"tcp://127.0.0.1:0;127.0.0.1:{port}"
    if lab.engine == "libzmq":
        push.connect(endpoint)
        await push.send(b"x")
        assert await pull.recv() == b"x"
        return
    with lab.refused(zmq.EINVAL):
        push.connect(endpoint)


async def test_an_interface_by_its_name(lab, zmq):
    pull = lab.socket(zmq.PULL)
    name = next(name for _, name in socket.if_nameindex() if name.startswith("lo"))
    if lab.engine == "libzmq":
        pull.bind(f"tcp://{name}:*")
        assert pull.last_endpoint.startswith(b"tcp://127.")
        return
    with lab.refused(errno.ENODEV):
        pull.bind(f"tcp://{name}:*")


async def test_an_ipc_path_that_is_bound_already(lab, zmq, monkeypatch):
    one, two = lab.socket(zmq.PULL), lab.socket(zmq.PULL)
    if lab.engine == "libzmq":
        two.bind(lab.bind(one, "ipc"))
        return
    monkeypatch.setattr("purezmq.transport._used", "memory")
    endpoint = lab.bind(one, "ipc")
    with lab.refused(zmq.EADDRINUSE):
        two.bind(endpoint)


async def test_a_poller_of_other_things(lab, zmq):
    poller = zmq.asyncio.Poller()
    one, other = socket.socketpair()
    with one, other:
        if lab.engine == "purezmq":
            with pytest.raises(TypeError):
                poller.register(one, zmq.POLLIN)
            return
        poller.register(one, zmq.POLLIN)
        other.send(b"x")
        [(ready, events)] = await poller.poll()
        assert ready in (one, one.fileno()) and events == zmq.POLLIN


async def test_an_answer_without_an_envelope(lab, zmq, network):
    req, router = lab.socket(zmq.REQ, routing_id=b"me"), lab.socket(zmq.ROUTER)
    await lab.link(req, router, network)
    events = lab.monitor(req)
    await req.send(b"ask")
    await router.recv_multipart()
    await router.send_multipart([b"me", b"no empty frame first"])
    await router.send_multipart([b"me", b"", b"answer"])
    if lab.engine == "libzmq":
        await lab.meanwhile(events.wait(zmq.EVENT_DISCONNECTED), req)
        return
    assert await req.recv() == b"answer"


@pytest.mark.parametrize("flag", [8, 16, 32, 64, 128])
async def test_flags_that_mean_nothing(lab, zmq, flag):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.send(b"x", flags=flag)
    if lab.engine == "libzmq":
        assert await pull.recv() == b"x"
        return
    await peer.gone()


async def test_a_command_with_more_to_come(lab, zmq):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.send(b"\x04PING\0\0ctx", flags=5)
    if lab.engine == "libzmq":
        assert await peer.frame() == (4, b"\x04PONGctx")
        return
    await peer.gone()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00", id="no name"),
        pytest.param(b"\x04PING\x00", id="half a ttl"),
        pytest.param(b"\x04PING\x00\x00" + bytes(17), id="a long context"),
        pytest.param(b"\x05READY", id="READY again"),
    ],
)
async def test_commands_that_make_no_sense(lab, zmq, body):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.send(b"\x04NONE of ours", flags=4)  # an extension: both pass over it
    peer.send(b"before")
    assert await pull.recv() == b"before"
    peer.send(body, flags=4)
    peer.send(b"after")
    if lab.engine == "libzmq":
        assert await pull.recv() == b"after"
        return
    await peer.gone()


async def test_subscribing_where_nothing_is_published(lab, zmq):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.command(b"SUBSCRIBE", b"topic")
    if lab.engine == "libzmq":
        assert await pull.recv() == b"\x09SUBSCRIBEtopic"
        return
    await peer.gone()


async def test_an_error_in_traffic(lab, zmq):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    peer.command(b"ERROR", b"\x04gone")
    peer.send(b"x")
    if lab.engine == "libzmq":
        assert await pull.recv() == b"x"
        return
    await peer.gone()


@pytest.mark.parametrize(
    "data",
    [
        # An empty identity; a message of five octets and its flags.
        pytest.param(b"\x01\x00" + b"\x06\x00hello", id="1.0"),
        # Signature, revision, PUSH; an empty identity; a message.
        pytest.param(b"\xff" + bytes(8) + b"\x7f\x01\x08" + b"\0\0" + b"\0\x05hello", id="2.0"),
    ],
)
async def test_peers_from_before_zmtp_3(lab, zmq, data):
    pull = lab.socket(zmq.PULL)
    peer = await lab.raw_connect(lab.bind(pull))
    peer.write(data)
    if lab.engine == "libzmq":
        assert await pull.recv() == b"hello"
        return
    await peer.gone()


@pytest.mark.parametrize(
    "data",
    [
        bytes(64),
        b"\xff" + bytes(8) + b"\x7f\x03\x01CURVE" + bytes(47),
        b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48) + b"\x04\x04\x03FOO",
    ],
    ids=["zeros", "CURVE", "an unknown command"],
)
async def test_a_peer_that_was_wrong_once(lab, zmq, data):
    endpoint, came = await lab.raw_listen()
    push = lab.socket(zmq.PUSH)
    events = lab.monitor(push)
    push.connect(endpoint)
    wrong = await came.get()
    wrong.write(data)
    await wrong.gone()
    await events.wait(zmq.EVENT_DISCONNECTED)
    if lab.engine == "libzmq":
        assert await lab.empty(events.socket)
        return
    await events.wait(zmq.EVENT_CONNECT_RETRIED)
    right = await came.get()
    await right.shake("PULL")
    await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)


@pytest.mark.parametrize("call", ["poll", "recv", "send"])
async def test_nothing_to_wait_for_takes_a_turn(lab, zmq, call):
    one = lab.socket(zmq.PAIR)
    acts = {
        "poll": lambda: one.poll(0),
        "recv": lambda: one.recv(zmq.NOBLOCK),
        "send": lambda: one.send(b"x", zmq.NOBLOCK),
    }
    future = acts[call]()
    assert future.done() == (lab.engine == "libzmq")
    if call == "poll":
        assert await future == 0
    else:
        with pytest.raises(zmq.Again):
            await future


async def test_a_proxy_with_a_full_capture(lab, zmq):
    kinds = (zmq.PUSH, zmq.PULL, zmq.PUSH, zmq.PULL, zmq.PUSH)
    source, front, back, sink, capture = (lab.socket(kind) for kind in kinds)
    source.connect(lab.bind(front, "inproc"))
    sink.connect(lab.bind(back, "inproc"))
    lab.bind(capture, "inproc")  # nobody connects: it has no room for anything
    await source.send(b"x")
    if lab.engine == "purezmq":
        passing = asyncio.ensure_future(zmq.proxy(front, back, capture))
        assert await sink.recv() == b"x"
        passing.cancel()
        await asyncio.wait([passing])
        return

    def run():
        with pytest.raises(zmq.ContextTerminated):
            zmq.proxy(*(zmq.Socket.shadow(one) for one in (front, back, capture)))
        ended.append(True)

    ended = []
    passing = threading.Thread(target=run)
    passing.start()
    assert await lab.empty(sink)
    watching = lab.socket(zmq.PULL)
    watching.connect(capture.last_endpoint)
    assert await watching.recv() == await sink.recv() == b"x"
    ending = threading.Thread(target=lab.context.term)  # it waits for all sockets to be closed
    ending.start()
    passing.join(5)
    for one in (source, front, back, sink, capture, watching):
        one.close()
    ending.join(5)
    assert ended and not ending.is_alive()


async def test_raw_tcp(lab, zmq):
    if lab.engine == "libzmq":
        assert lab.socket(zmq.STREAM).type == zmq.STREAM
        return
    with pytest.raises(NotImplementedError, match="STREAM"):
        lab.socket(zmq.STREAM)


async def test_a_router_whose_peer_comes_back_under_its_name(lab, zmq):
    router = lab.socket(zmq.ROUTER)
    endpoint = lab.bind(router, "inproc")
    first = lab.socket(zmq.DEALER, routing_id=b"name")
    first.connect(endpoint)
    await first.send(b"first")
    assert await router.recv_multipart() == [b"name", b"first"]
    first.close()
    second = lab.socket(zmq.DEALER, routing_id=b"name")
    second.connect(endpoint)
    await second.send(b"second")
    if lab.engine == "libzmq":
        assert await lab.empty(router)
        return
    assert await router.recv_multipart() == [b"name", b"second"]
    await router.send_multipart([b"name", b"answer"])
    assert await second.recv() == b"answer"


async def test_heartbeats_while_the_mark_is_reached(lab, zmq):
    """The peer answers each PING, but behind messages that wait for the program to receive."""
    options = {"heartbeat_ivl": 20, "heartbeat_timeout": 60, "rcvhwm": 1}
    pull = lab.socket(zmq.PULL, **options)
    events = lab.monitor(pull)
    peer = await lab.raw_connect(lab.bind(pull), "PUSH")
    await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    for _ in range(300):
        peer.send(bytes(10_000))

    async def answer():
        for _ in range(10):
            await peer.frame()
            peer.command(b"PONG")

    if lab.engine == "libzmq":
        await lab.meanwhile(events.wait(zmq.EVENT_DISCONNECTED), pull)
        return
    await answer()
    for _ in range(300):
        assert len(await pull.recv()) == 10_000
    assert pull.statistics().peers == 1


@pytest.mark.filterwarnings("ignore:.*message has been dropped:RuntimeWarning")
async def test_cancelling_as_a_message_arrives(lab, zmq):
    """In one of the eight turns tried the message is taken, and whoever waits is not told yet."""
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, "inproc")
    kept = 0
    for number in range(64):
        coming = pull.recv_string()
        sent = push.send(b"x")
        lab.settle(pull)
        for _ in range(number % 8):
            await asyncio.sleep(0)
        coming.cancel()
        await asyncio.wait([coming, asyncio.ensure_future(sent)])
        kept += not coming.cancelled()
    while not await lab.empty(pull):
        await pull.recv()
        kept += 1
    assert kept < 64 if lab.engine == "libzmq" else kept == 64


async def test_a_publisher_that_connects(lab, zmq, network):
    sub, xpub = lab.socket(zmq.SUB), lab.socket(zmq.XPUB)
    sub.subscribe(b"")
    both = [lab.monitor(sub), lab.monitor(xpub)]
    xpub.connect(lab.bind(sub, network))
    for monitor in both:
        await monitor.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    if lab.engine == "libzmq":
        assert await lab.empty(xpub)  # the publisher knows of nobody, and drops what it sends
        lab.settle(sub)
    assert await xpub.recv() == b"\1"


async def test_more_subscriptions_than_the_mark(lab, zmq):
    sub = lab.socket(zmq.SUB, sndhwm=10)
    for number in range(100):
        sub.subscribe(b"%d" % number)
    endpoint = None
    for _ in ("at first", "after a restart"):
        publisher = lab.socket(zmq.XPUB, rcvhwm=0)
        endpoint = endpoint or lab.bind(publisher)
        if publisher.last_endpoint:
            sub.connect(endpoint)
        else:
            publisher.bind(endpoint)
        heard = {await lab.meanwhile(publisher.recv(), sub)}
        while not await lab.empty(publisher):
            heard.add(await publisher.recv())
        assert len(heard) == 10 if lab.engine == "libzmq" else len(heard) == 100
        monitor = lab.monitor(sub)
        publisher.close()
        await lab.meanwhile(monitor.wait(zmq.EVENT_DISCONNECTED), sub)
