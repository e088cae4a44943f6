"""Endpoints: binding and connecting in any order, and what is refused."""

import asyncio
import contextlib
import errno
import os
import socket

import pytest


async def passes(lab, zmq, push, pull, count=1):
    for number in range(count):
        await push.send(b"%d" % number)
    for number in range(count):
        assert await pull.recv() == b"%d" % number


async def test_a_wildcard_port_becomes_a_port(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    for port in ("*", "0"):
        pull.bind(f"tcp://127.0.0.1:{port}")
        host, number = pull.last_endpoint.rsplit(b":", 1)
        assert host == b"tcp://127.0.0.1" and int(number) > 0
        push.connect(pull.last_endpoint.decode())
    await passes(lab, zmq, push, pull)


async def test_every_interface(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    pull.bind("tcp://*:*")
    assert pull.last_endpoint.startswith(b"tcp://0.0.0.0:")
    push.connect(pull.last_endpoint.decode().replace("0.0.0.0", "localhost"))
    await passes(lab, zmq, push, pull)


async def test_ipv6(lab, zmq):
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with contextlib.closing(socket.socket(socket.AF_INET6)) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
    push, pull = lab.socket(zmq.PUSH, ipv6=1), lab.socket(zmq.PULL, ipv6=1)
    pull.bind("tcp://[::1]:*")
    assert pull.last_endpoint.startswith(b"tcp://[::1]:")
    push.connect(pull.last_endpoint.decode())
    await passes(lab, zmq, push, pull)


async def test_without_the_option_there_is_no_ipv6(lab, zmq):
    with lab.refused(zmq.ENODEV if hasattr(zmq, "ENODEV") else errno.ENODEV):
        lab.socket(zmq.PULL).bind("tcp://[::1]:*")


async def test_last_endpoint(lab, zmq):
    push = lab.socket(zmq.PUSH)
    assert push.last_endpoint == b""
    for endpoint in (lab.address("ipc"), lab.address("inproc")):
        push.bind(endpoint)
        assert push.last_endpoint == endpoint.encode() == push.getsockopt(zmq.LAST_ENDPOINT)
    endpoint = lab.reserve()
    push.connect(endpoint)
    assert push.last_endpoint == endpoint.encode()


async def test_a_file_left_behind_does_not_hinder_ipc(lab, zmq):
    endpoint = lab.address("ipc")
    path = endpoint.removeprefix("ipc://")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as crashed:
        crashed.bind(path)
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    pull.bind(endpoint)
    push.connect(endpoint)
    await passes(lab, zmq, push, pull)


async def unbound(lab, zmq, pull, endpoint):
    monitor = lab.monitor(pull)
    pull.unbind(endpoint)
    await monitor.wait(zmq.EVENT_CLOSED)


async def test_ipc_finds_a_name_itself(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    pull.bind("ipc://*")
    push.connect(pull.last_endpoint.decode())
    await passes(lab, zmq, push, pull)


async def test_abstract_names(lab, zmq, abstract_names):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = f"{abstract_names}-{lab.engine}"
    pull.bind(endpoint)
    assert pull.last_endpoint.decode() == endpoint
    push.connect(endpoint)
    await passes(lab, zmq, push, pull)
    assert endpoint.removeprefix("ipc://") not in os.listdir()


async def test_connecting_before_binding(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = lab.reserve(transport)
    pull.connect(endpoint)
    push.bind(endpoint)
    await passes(lab, zmq, push, pull, 3)


async def test_several_binds_and_connects_of_all_kinds(lab, zmq):
    push = lab.socket(zmq.PUSH)
    one, two = lab.socket(zmq.PULL), lab.socket(zmq.PULL)
    for transport in ("tcp", "ipc", "inproc"):
        one.connect(lab.bind(push, transport))
        push.connect(lab.bind(two, transport))
    for number in range(60):
        await push.send(b"%d" % number)
    came = []
    while len(came) < 60:
        for pull in (one, two):
            if await pull.poll(5):
                came.append(int(await pull.recv()))
    assert sorted(came) == list(range(60))


async def test_two_contexts_do_not_share_inproc(lab, zmq):
    endpoint = lab.address("inproc")
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL, context=lab.new_context())
    push.bind(endpoint)
    pull.bind(endpoint)  # free in its own context
    other = lab.socket(zmq.PULL)
    other.connect(endpoint)
    await passes(lab, zmq, push, other)


@pytest.mark.parametrize("kind", ["tcp", "inproc"])
async def test_an_endpoint_is_bound_once(lab, zmq, kind):
    one, two = lab.socket(zmq.PULL), lab.socket(zmq.PULL)
    endpoint = lab.bind(one, kind)
    with lab.refused(zmq.EADDRINUSE):
        two.bind(endpoint)
    with lab.refused(zmq.EADDRINUSE):
        one.bind(endpoint)


async def test_who_binds_last_has_an_ipc_endpoint(lab, zmq):
    one, two, push = lab.socket(zmq.PULL), lab.socket(zmq.PULL), lab.socket(zmq.PUSH)
    endpoint = lab.bind(one, "ipc")
    two.bind(endpoint)
    push.connect(endpoint)
    await passes(lab, zmq, push, two)


@pytest.mark.parametrize(
    "endpoint, number",
    [
        ("", "EINVAL"),
        ("tcp", "EINVAL"),
        ("tcp://", "EINVAL"),
        ("tcp:/127.0.0.1:1", "EINVAL"),
        ("tcp://127.0.0.1", "EINVAL"),
        ("tcp://127.0.0.1:", "EINVAL"),
        ("tcp://127.0.0.1:x", "EINVAL"),
        ("ipc://", "EINVAL"),
        ("inproc://", "EINVAL"),
        ("nonsense://x", "EPROTONOSUPPORT"),
        ("TCP://127.0.0.1:*", "EPROTONOSUPPORT"),
        ("tcp://no-such-interface:*", "ENODEV"),
        ("tcp://192.0.2.1:*", "EADDRNOTAVAIL"),
        ("ipc:///no/such/directory/x", "ENOENT"),
        ("ipc://" + 120 * "x", "ENAMETOOLONG"),
    ],
)
async def test_what_cannot_be_bound(lab, zmq, endpoint, number):
    with lab.refused(getattr(zmq, number, None) or getattr(errno, number)):
        lab.socket(zmq.PULL).bind(endpoint)


@pytest.mark.parametrize(
    "endpoint, number",
    [
        ("", "EINVAL"),
        ("tcp", "EINVAL"),
        ("tcp://", "EINVAL"),
        ("tcp://127.0.0.1", "EINVAL"),
        ("tcp://127.0.0.1:", "EINVAL"),
        ("tcp://127.0.0.1:x", "EINVAL"),
        ("tcp://127.0.0.1:*", "EINVAL"),
        ("tcp://*:5555", "EINVAL"),
        ("ipc://", "EINVAL"),
        ("inproc://", "EINVAL"),
        ("nonsense://x", "EPROTONOSUPPORT"),
    ],
)
async def test_what_cannot_be_connected(lab, zmq, endpoint, number):
    with lab.refused(getattr(zmq, number)):
        lab.socket(zmq.PULL).connect(endpoint)


@pytest.mark.parametrize("endpoint", ["tcp://no-such-host.invalid:5555", "ipc:///no/such/dir/x"])
async def test_what_may_come_up_later_can_be_connected(lab, zmq, endpoint):
    push = lab.socket(zmq.PUSH)
    push.connect(endpoint)
    assert await lab.try_send(push, b"waits")


async def test_unbinding(lab, zmq, network):
    pull = lab.socket(zmq.PULL)
    endpoint = lab.bind(pull, network)
    await unbound(lab, zmq, pull, endpoint)
    with lab.refused(errno.ENOENT):
        pull.unbind(endpoint)
    push = lab.socket(zmq.PUSH)
    events = lab.monitor(push)
    push.connect(endpoint)
    assert (await events.wait(zmq.EVENT_CLOSED, zmq.EVENT_CONNECTED)).event == zmq.EVENT_CLOSED
    other = lab.socket(zmq.PULL)
    other.bind(endpoint)
    await passes(lab, zmq, push, other)


async def test_unbinding_inproc_frees_the_name(lab, zmq):
    one, two, push = lab.socket(zmq.PULL), lab.socket(zmq.PULL), lab.socket(zmq.PUSH)
    endpoint = lab.bind(one, "inproc")
    one.unbind(endpoint)
    with lab.refused(errno.ENOENT):
        one.unbind(endpoint)
    two.bind(endpoint)
    push.connect(endpoint)
    await passes(lab, zmq, push, two)


async def test_disconnecting(lab, zmq, network):
    push, one, two = lab.socket(zmq.PUSH), lab.socket(zmq.PULL), lab.socket(zmq.PULL)
    endpoint = await lab.link(push, one, network)
    await lab.link(push, two, network)
    push.disconnect(endpoint)
    await lab.meanwhile(lab.monitor(one).wait(zmq.EVENT_DISCONNECTED), push)
    await passes(lab, zmq, push, two, 4)
    with lab.refused(errno.ENOENT):
        push.disconnect(endpoint)


async def test_disconnecting_inproc(lab, zmq):
    push, one, two = lab.socket(zmq.PUSH), lab.socket(zmq.PULL), lab.socket(zmq.PULL)
    endpoint = await lab.link(push, one, "inproc")
    await lab.link(push, two, "inproc")
    push.disconnect(endpoint)
    for _ in range(5):  # each side has its say when a pipe ends
        lab.settle(one, push)
    await passes(lab, zmq, push, two, 4)


@pytest.mark.parametrize(
    "endpoint, number",
    [
        ("tcp://127.0.0.1:5", errno.ENOENT),
        ("inproc://nobody", errno.ENOENT),
        ("ipc:///nowhere", errno.ENOENT),
        ("", errno.EINVAL),
        ("nonsense", errno.EINVAL),
    ],
)
async def test_only_what_is_there_can_be_undone(lab, zmq, endpoint, number):
    push = lab.socket(zmq.PUSH)
    with lab.refused(number):
        push.unbind(endpoint)
    with lab.refused(number):
        push.disconnect(endpoint)


async def test_random_ports(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    port = pull.bind_to_random_port("tcp://127.0.0.1")
    assert isinstance(port, int) and pull.last_endpoint.decode() == f"tcp://127.0.0.1:{port}"
    low = 20_000 + os.getpid() % 10_000
    within = pull.bind_to_random_port("tcp://127.0.0.1", min_port=low, max_port=low + 200)
    assert low <= within < low + 200
    push.connect(f"tcp://127.0.0.1:{within}")
    await passes(lab, zmq, push, pull)


async def test_bind_and_connect_as_context_managers(lab, zmq):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = lab.address("inproc")
    with pull.bind(endpoint), push.connect(endpoint):
        await passes(lab, zmq, push, pull)
    other = lab.socket(zmq.PULL)
    other.bind(endpoint)  # free again


@pytest.mark.parametrize("size", [0, 1, 254, 255, 256, 65_535, 65_536, 1_000_000])
async def test_sizes(lab, zmq, transport, size):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, transport)
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    await push.send(body)
    await push.send_multipart([body, b"", body])
    assert await pull.recv() == body
    assert await pull.recv_multipart() == [body, b"", body]


ILLEGAL = {
    "REQ": "REQ DEALER PUB XPUB SUB XSUB PUSH PULL PAIR",
    "REP": "REP ROUTER PUB XPUB SUB XSUB PUSH PULL PAIR",
    "DEALER": "REQ PUB XPUB SUB XSUB PUSH PULL PAIR",
    "ROUTER": "REP PUB XPUB SUB XSUB PUSH PULL PAIR",
    "PUB": "REQ REP DEALER ROUTER PUB XPUB PUSH PULL PAIR",
    "XPUB": "REQ REP DEALER ROUTER PUB XPUB PUSH PULL PAIR",
    "SUB": "REQ REP DEALER ROUTER SUB XSUB PUSH PULL PAIR",
    "XSUB": "REQ REP DEALER ROUTER SUB XSUB PUSH PULL PAIR",
    "PUSH": "REQ REP DEALER ROUTER PUB XPUB SUB XSUB PUSH PAIR",
    "PULL": "REQ REP DEALER ROUTER PUB XPUB SUB XSUB PULL PAIR",
    "PAIR": "REQ REP DEALER ROUTER PUB XPUB SUB XSUB PUSH PULL",
}


@pytest.mark.parametrize("bound", ILLEGAL)
async def test_illegal_pairs_never_connect(lab, zmq, network, bound):
    ended = {
        zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
        zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL,
        zmq.EVENT_DISCONNECTED,
    }
    listener = lab.socket(getattr(zmq, bound))
    endpoint = lab.bind(listener, network)

    async def refuse(kind):
        connecting = lab.socket(getattr(zmq, kind), reconnect_ivl=-1)
        events = lab.monitor(connecting)
        connecting.connect(endpoint)
        came = await events.wait(zmq.EVENT_HANDSHAKE_SUCCEEDED, *ended)
        assert came.event in ended, (bound, kind)

    await asyncio.gather(*map(refuse, ILLEGAL[bound].split()))


async def test_what_was_disconnected_before_it_was_bound_stays_so(lab, zmq):
    """The message that waited arrives, and nothing comes back."""
    dealer, router = lab.socket(zmq.DEALER, linger=-1), lab.socket(zmq.ROUTER)
    endpoint = lab.address("inproc")
    dealer.connect(endpoint)
    await dealer.send(b"from before")
    dealer.disconnect(endpoint)
    router.bind(endpoint)
    sender, body = await router.recv_multipart()
    assert body == b"from before"
    await router.send_multipart([sender, b"to nobody"])
    assert await lab.empty(dealer)


async def test_an_ipc_path_that_is_too_long_is_refused_at_the_call(lab, zmq):
    with lab.refused(errno.ENAMETOOLONG):
        lab.socket(zmq.PUSH).connect("ipc:///tmp/" + 120 * "x")


@pytest.mark.parametrize("end", ["close", "unbind"])
async def test_an_ipc_path_belongs_to_whoever_bound_it_last(lab, zmq, end):
    old, new, push = lab.socket(zmq.PULL), lab.socket(zmq.PULL), lab.socket(zmq.PUSH)
    endpoint = lab.bind(old, "ipc")
    new.bind(endpoint)
    if end == "unbind":
        old.unbind(endpoint)
    await lab.leave(old)
    push.connect(endpoint)
    await push.send(b"to the new one")
    assert await new.recv() == b"to the new one"


async def test_a_relative_ipc_path_and_another_directory(lab, zmq, monkeypatch, tmp_path):
    """What is removed at the end is what was bound, not what has its name elsewhere."""
    monkeypatch.chdir(lab.directory)
    pull, push = lab.socket(zmq.PULL), lab.socket(zmq.PUSH)
    pull.bind("ipc://relative")
    push.connect("ipc://relative")
    await push.send(b"here")
    assert await pull.recv() == b"here"
    other = tmp_path / "relative"
    other.write_text("another program's")
    monkeypatch.chdir(tmp_path)
    await lab.leave(pull)
    assert other.read_text() == "another program's"
