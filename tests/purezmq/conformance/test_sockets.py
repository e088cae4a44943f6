"""Contexts and sockets as objects: options, defaults, closing, and what is left after the end."""

import asyncio
import inspect

import pytest

DEFAULTS = {
    "LINGER": -1,
    "SNDHWM": 1000,
    "RCVHWM": 1000,
    "SNDTIMEO": -1,
    "RCVTIMEO": -1,
    "ROUTING_ID": b"",
    "CONFLATE": 0,
    "IMMEDIATE": 0,
    "INVERT_MATCHING": 0,
    "RECONNECT_IVL": 100,
    "RECONNECT_IVL_MAX": 0,
    "HEARTBEAT_IVL": 0,
    "HEARTBEAT_TIMEOUT": -1,
    "HEARTBEAT_TTL": 0,
    "HANDSHAKE_IVL": 30_000,
    "CONNECT_TIMEOUT": 0,
    "MAXMSGSIZE": -1,
    "IPV6": 0,
    "BACKLOG": 100,
    "TCP_KEEPALIVE": -1,
    "TCP_KEEPALIVE_CNT": -1,
    "TCP_KEEPALIVE_IDLE": -1,
    "TCP_KEEPALIVE_INTVL": -1,
    "PLAIN_SERVER": 0,
    "PLAIN_USERNAME": b"",
    "PLAIN_PASSWORD": b"",
    "ZAP_DOMAIN": b"",
    "LAST_ENDPOINT": b"",
    "RCVMORE": 0,
    "EVENTS": 0,
    "TYPE": 8,
}


async def test_defaults(lab, zmq):
    plain = lab.context.socket(zmq.PUSH)
    for name, value in DEFAULTS.items():
        option = getattr(zmq, name)
        found = [plain.getsockopt(option), plain.get(option), getattr(plain, name.lower())]
        assert found == [value] * 3, name
    plain.close(linger=0)


GIVEN = {
    "LINGER": 250,
    "SNDHWM": 0,
    "RCVHWM": 7,
    "SNDTIMEO": 100,
    "RCVTIMEO": 0,
    "ROUTING_ID": b"\x00 may stand first",
    "IMMEDIATE": 1,
    "CONFLATE": 1,
    "INVERT_MATCHING": 1,
    "RECONNECT_IVL": -1,
    "RECONNECT_IVL_MAX": 1_000,
    "HEARTBEAT_IVL": 10,
    "HEARTBEAT_TIMEOUT": 20,
    "HEARTBEAT_TTL": 300,
    "HANDSHAKE_IVL": 0,
    "CONNECT_TIMEOUT": 500,
    "MAXMSGSIZE": 100,
    "IPV6": 1,
    "BACKLOG": 5,
    "TCP_KEEPALIVE": 1,
    "TCP_KEEPALIVE_CNT": 3,
    "TCP_KEEPALIVE_IDLE": 60,
    "TCP_KEEPALIVE_INTVL": 10,
    "PLAIN_SERVER": 1,
    "PLAIN_USERNAME": b"name",
    "PLAIN_PASSWORD": b"word",
    "ZAP_DOMAIN": b"global",
}


async def test_options_keep_what_they_are_given(lab, zmq):
    for name, value in GIVEN.items():
        option = getattr(zmq, name)
        one, two, three = (lab.socket(zmq.DEALER) for _ in range(3))
        one.setsockopt(option, value)
        two.set(option, value)
        setattr(three, name.lower(), value)
        for each in (one, two, three):
            found = [each.getsockopt(option), each.get(option), getattr(each, name.lower())]
            assert found == [value] * 3, name


@pytest.mark.parametrize(
    "kind, names",
    [
        ("ROUTER", "ROUTER_MANDATORY ROUTER_HANDOVER PROBE_ROUTER"),
        ("REQ", "REQ_RELAXED REQ_CORRELATE PROBE_ROUTER"),
        ("DEALER", "PROBE_ROUTER"),
        ("XPUB", "XPUB_VERBOSE XPUB_VERBOSER XPUB_MANUAL XPUB_NODROP XPUB_WELCOME_MSG"),
        ("SUB", "SUBSCRIBE UNSUBSCRIBE"),
    ],
)
async def test_options_of_one_type(lab, zmq, kind, names):
    other = lab.socket(zmq.PULL)
    for name in names.split():
        option = getattr(zmq, name)
        value = b"x" if name in ("XPUB_WELCOME_MSG", "SUBSCRIBE", "UNSUBSCRIBE") else 1
        lab.socket(getattr(zmq, kind)).setsockopt(option, value)
        with lab.refused(zmq.EINVAL):
            other.setsockopt(option, value)


@pytest.mark.parametrize(
    "name, value",
    [
        ("SNDHWM", -1),
        ("RCVHWM", -1),
        ("LINGER", -2),
        ("RCVTIMEO", -2),
        ("SNDTIMEO", -2),
        ("ROUTING_ID", b""),
        ("ROUTING_ID", b"x" * 256),
        ("IMMEDIATE", 2),
        ("RECONNECT_IVL", -2),
        ("HEARTBEAT_TTL", 10_000_000),
        ("PLAIN_USERNAME", b"u" * 256),
        ("LAST_ENDPOINT", b"x"),
        ("TYPE", 1),
        ("EVENTS", 1),
        ("RCVMORE", 1),
    ],
)
async def test_wrong_values(lab, zmq, name, value):
    one = lab.socket(zmq.DEALER)
    before = one.getsockopt(getattr(zmq, name))
    with lab.refused(zmq.EINVAL):
        one.setsockopt(getattr(zmq, name), value)
    assert one.getsockopt(getattr(zmq, name)) == before


@pytest.mark.parametrize(
    "name, value", [("SNDHWM", b"1"), ("SNDHWM", "1"), ("SNDHWM", 1.5), ("ROUTING_ID", "text")]
)
async def test_wrong_types(lab, zmq, name, value):
    with pytest.raises(TypeError):
        lab.socket(zmq.DEALER).setsockopt(getattr(zmq, name), value)


async def test_options_nobody_knows(lab, zmq):
    one = lab.socket(zmq.DEALER)
    with lab.refused(zmq.EINVAL):
        one.setsockopt(99_999, 1)
    with lab.refused(zmq.EINVAL):
        one.getsockopt(99_999)
    with pytest.raises(AttributeError):
        _ = one.nonsense
    with pytest.raises(AttributeError):
        one.nonsense = 1


async def test_both_limits_by_one_name(lab, zmq):
    one = lab.socket(zmq.DEALER)
    one.hwm = 7
    assert (one.hwm, one.sndhwm, one.rcvhwm) == (7, 7, 7)
    one.set_hwm(8)
    assert (one.get_hwm(), one.sndhwm, one.rcvhwm) == (8, 8, 8)


async def test_options_as_strings(lab, zmq):
    one = lab.socket(zmq.DEALER)
    one.setsockopt_string(zmq.ROUTING_ID, "길")
    assert one.getsockopt_string(zmq.ROUTING_ID) == one.get_string(zmq.ROUTING_ID) == "길"
    one.set_string(zmq.ROUTING_ID, "길", encoding="euc-kr")
    assert one.routing_id == one.identity == "길".encode("euc-kr")
    with pytest.raises(TypeError):
        one.set_string(zmq.ROUTING_ID, b"bytes")
    with pytest.raises(TypeError):
        one.routing_id = "text"
    sub = lab.socket(zmq.SUB)
    sub.setsockopt_string(zmq.SUBSCRIBE, "A")
    with pytest.raises(TypeError):
        sub.setsockopt(zmq.SUBSCRIBE, "A")
    with pytest.raises(TypeError):
        sub.subscribe(5)


async def test_types_and_names(lab, zmq):
    one = lab.socket(zmq.ROUTER)
    assert one.type == one.TYPE == one.getsockopt(zmq.TYPE) == zmq.ROUTER == 6
    assert one.context is lab.context and not one.closed
    assert isinstance(one, zmq.asyncio.Socket) and isinstance(lab.context, zmq.asyncio.Context)
    assert "ROUTER" in repr(one) and "closed" not in repr(one)
    one.close()
    assert "closed" in repr(one)
    assert len({one, lab.socket(zmq.ROUTER)}) == 2
    with lab.refused(zmq.EINVAL):
        lab.context.socket(77)


async def test_numbers_are_pyzmqs(lab, zmq):
    for name, number in {
        "PAIR": 0,
        "PUB": 1,
        "SUB": 2,
        "REQ": 3,
        "REP": 4,
        "DEALER": 5,
        "ROUTER": 6,
        "PULL": 7,
        "PUSH": 8,
        "XPUB": 9,
        "XSUB": 10,
        "LINGER": 17,
        "SNDHWM": 23,
        "RCVHWM": 24,
        "NOBLOCK": 1,
        "DONTWAIT": 1,
        "SNDMORE": 2,
        "POLLIN": 1,
        "POLLOUT": 2,
        "EVENT_CONNECTED": 1,
        "EVENT_DISCONNECTED": 512,
        "EFSM": 156384763,
        "ETERM": 156384765,
    }.items():
        assert getattr(zmq, name) == number, name
    assert zmq.SocketType.PUSH is zmq.PUSH and zmq.SocketOption.LINGER is zmq.LINGER
    assert zmq.Event.CONNECTED is zmq.EVENT_CONNECTED


async def test_options_by_default(lab, zmq):
    context = lab.new_context()
    context.linger = 0
    context.sndhwm = 3
    context.setsockopt(zmq.RCVHWM, 4)
    one = context.socket(zmq.PUSH)
    assert (one.linger, one.sndhwm, one.rcvhwm) == (0, 3, 4)
    assert (context.linger, context.getsockopt(zmq.RCVHWM)) == (0, 4)
    context.sndhwm = 5
    assert (one.sndhwm, context.socket(zmq.PUSH).sndhwm) == (3, 5)
    assert lab.socket(zmq.PUSH).sndhwm == 1000


async def test_the_instance(lab, zmq):
    one = zmq.asyncio.Context.instance()
    assert one is zmq.asyncio.Context.instance() and isinstance(one, zmq.asyncio.Context)
    assert one is not lab.context
    one.destroy(linger=0)
    assert one.closed
    other = zmq.asyncio.Context.instance()
    assert other is not one and not other.closed
    other.destroy(linger=0)


async def test_context_managers(lab, zmq):
    with zmq.asyncio.Context() as context:
        with context.socket(zmq.PUSH) as one:
            assert not one.closed
        assert one.closed
        left = context.socket(zmq.PULL)
    assert context.closed and left.closed


async def test_destroying_closes_all(lab, zmq):
    context = lab.new_context()
    sockets = [context.socket(kind) for kind in (zmq.PUSH, zmq.PULL, zmq.ROUTER)]
    sockets[0].connect(lab.reserve())
    await sockets[0].send(b"never delivered")
    context.destroy(linger=0)
    assert context.closed and all(one.closed for one in sockets)
    with pytest.raises(zmq.ZMQError):
        context.socket(zmq.PUSH)
    context.destroy()
    context.term()


CLOSED = {
    "bind": lambda one, zmq: one.bind("tcp://127.0.0.1:*"),
    "connect": lambda one, zmq: one.connect("inproc://x"),
    "unbind": lambda one, zmq: one.unbind("inproc://x"),
    "disconnect": lambda one, zmq: one.disconnect("inproc://x"),
    "getsockopt": lambda one, zmq: one.getsockopt(zmq.LINGER),
    "setsockopt": lambda one, zmq: one.setsockopt(zmq.LINGER, 0),
    "attribute": lambda one, zmq: one.linger,
    "last_endpoint": lambda one, zmq: one.last_endpoint,
    "monitor": lambda one, zmq: one.get_monitor_socket(),
    "send": lambda one, zmq: one.send(b""),
    "send_multipart": lambda one, zmq: one.send_multipart([b"", b""]),
    "recv": lambda one, zmq: one.recv(),
    "recv_json": lambda one, zmq: one.recv_json(),
}


@pytest.mark.parametrize("what", CLOSED)
async def test_a_closed_socket(lab, zmq, what):
    one = lab.socket(zmq.DEALER)
    one.close()
    one.close()
    assert one.closed
    with lab.refused(zmq.ENOTSOCK):
        result = CLOSED[what](one, zmq)
        if inspect.isawaitable(result):
            await result


async def test_polling_a_closed_socket(lab, zmq):
    one = lab.socket(zmq.DEALER)
    one.close()
    with lab.refused(zmq.ENOTSUP):
        await one.poll(0)


async def test_closing_cancels_what_waits(lab, zmq):
    pull, push = lab.socket(zmq.PULL), lab.socket(zmq.PUSH)
    waiting = [pull.recv(), pull.recv_multipart(), push.send(b"x")]
    await asyncio.sleep(0)
    pull.close()
    push.close()
    done, _ = await asyncio.wait(waiting)
    assert all(one.cancelled() for one in done)


async def test_a_closed_socket_still_delivers(lab, zmq, network):
    """Linger: what was sent goes out after close, to a peer that comes later too."""
    push, pull = lab.socket(zmq.PUSH, linger=5_000), lab.socket(zmq.PULL)
    endpoint = lab.reserve(network)
    push.connect(endpoint)
    for number in range(100):
        await push.send(b"%d" % number)
    push.close()
    pull.bind(endpoint)
    assert list(map(int, await lab.take(pull, 100))) == list(range(100))


async def test_linger_zero_drops(lab, zmq, network):
    one, two, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = lab.reserve(network)
    one.connect(endpoint)
    await one.send(b"dropped")
    await lab.leave(one)
    pull.bind(endpoint)
    two.connect(endpoint)
    await two.send(b"kept")
    assert await pull.recv() == b"kept"


async def test_the_linger_of_close(lab, zmq, network):
    push, pull = lab.socket(zmq.PUSH, linger=0), lab.socket(zmq.PULL)
    endpoint = lab.reserve(network)
    push.connect(endpoint)
    await push.send(b"kept")
    push.close(linger=5_000)
    pull.bind(endpoint)
    assert await pull.recv() == b"kept"


async def ended(context):
    """`term`, which blocks in pyzmq and is awaited where the loop does the work."""
    result = context.term()
    if inspect.isawaitable(result):
        await result


async def test_term_waits_for_what_lingers(lab, zmq, network):
    pull = lab.socket(zmq.PULL)
    endpoint = lab.bind(pull, network)
    context = lab.new_context()
    push = lab.socket(zmq.PUSH, context=context, linger=-1)
    push.connect(endpoint)
    for number in range(100):
        await push.send(b"%d" % number)
    push.close()
    await ended(context)
    assert context.closed
    assert list(map(int, await lab.take(pull, 100))) == list(range(100))


async def test_term_waits_no_longer_than_linger(lab, zmq, network):
    context = lab.new_context()
    push = lab.socket(zmq.PUSH, context=context, linger=100)
    push.connect(lab.reserve(network))
    await push.send(b"nobody comes")
    push.close()
    start = asyncio.get_running_loop().time()
    await ended(context)
    assert 0.08 < asyncio.get_running_loop().time() - start < 5


@pytest.mark.parametrize("transport", ["tcp", "inproc"])
async def test_a_closed_socket_frees_its_endpoint(lab, zmq, transport):
    one, two, push = lab.socket(zmq.PULL), lab.socket(zmq.PULL), lab.socket(zmq.PUSH)
    endpoint = lab.bind(one, transport)
    one.close()
    while True:  # closing takes its time in libzmq
        try:
            two.bind(endpoint)
            break
        except zmq.ZMQError as error:
            assert error.errno == zmq.EADDRINUSE
            await asyncio.sleep(0.001)
    push.connect(endpoint)
    await push.send(b"x")
    assert await two.recv() == b"x"


async def test_an_accepted_peer_hears_what_was_sent_before_close(lab, zmq, network):
    """The accepting side lingers as well."""
    push, pull = lab.socket(zmq.PUSH, linger=5_000), lab.socket(zmq.PULL)
    await lab.link(pull, push, network)
    for number in range(100):
        await push.send(b"%d" % number + bytes(10_000))
    push.close()
    for number in range(100):
        assert (await pull.recv()).rstrip(b"\0") == b"%d" % number


async def test_what_came_stays_after_the_peer_left(lab, zmq, network):
    push, pull = lab.socket(zmq.PUSH, linger=5_000), lab.socket(zmq.PULL)
    await lab.link(push, pull, network)
    for number in range(10):
        await push.send(b"%d" % number)
    push.close()
    await lab.monitor(pull).wait(zmq.EVENT_DISCONNECTED)
    assert list(map(int, await lab.take(pull, 10))) == list(range(10))


async def test_a_closed_socket_has_no_rest_of_a_message(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, "inproc")
    await push.send_multipart([b"one", b"two"])
    assert await pull.recv() == b"one"
    pull.close()
    with lab.refused(zmq.ENOTSOCK):
        await pull.recv()
    push.close()
    with lab.refused(zmq.ENOTSOCK):
        await push.send(b"one", zmq.SNDMORE)
