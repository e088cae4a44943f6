"""The table of socket types: every "waits when" and "loses when" is shown on both libraries.

Most are shown by the tests of the patterns; those that no other file has are here.
"""

import ast
import asyncio
from pathlib import Path

import pytest

from web.site.missing import leaves
from web.site.socket_rules import SOCKETS

HERE = Path(__file__).parent
RULES = [(name, rule) for name, entry in SOCKETS.items() for rule in (*entry.blocks, *entry.loses)]


def _tests(file):
    tree = ast.parse((HERE / f"test_{file}.py").read_text(encoding="utf-8"))
    return {one.name: one for one in tree.body if isinstance(one, ast.AsyncFunctionDef)}


def test_every_rule_has_tests_that_run_on_both_libraries():
    for kind, rule in RULES:
        assert rule.tests, (kind, rule.en)
        for test in rule.tests:
            file, name = test.split(".")
            arguments = {one.arg for one in _tests(file)[f"test_{name}"].args.args}
            assert {"lab", "zmq"} <= arguments, test


def test_every_cause_of_a_missing_message_has_tests_that_run_on_both_libraries():
    without = []
    for leaf in leaves("en"):
        for test in leaf.tests:
            file, name = test.split(".")
            arguments = {one.arg for one in _tests(file)[f"test_{name}"].args.args}
            assert {"lab", "zmq"} <= arguments, test
        if not leaf.tests:
            without.append(leaf.path.stem)
    assert without == ["shared-socket"], "what no test can show: it fails at any time or never"


def test_every_test_here_shows_a_rule():
    named = {test for _, rule in RULES for test in rule.tests}
    assert {name.removeprefix("test_") for name in _tests("rules")} == {
        test.partition(".")[2] for test in named if test.startswith("rules.")
    }


def test_both_languages_say_each_rule():
    for kind, rule in RULES:
        assert rule.en.endswith("."), (kind, rule.en)
        assert rule.ko.endswith("니다.") or rule.ko.endswith("문제)."), (kind, rule.ko)


def test_peers_are_mutual():
    for kind, entry in SOCKETS.items():
        for peer in entry.peers:
            assert kind in SOCKETS[peer].peers, (kind, peer)


RECEIVERS = [name for name, entry in SOCKETS.items() if not entry.receive.en.startswith("It can't")]


@pytest.mark.parametrize("kind", [name for name in RECEIVERS if name != "REQ"])
async def test_receiving_waits(lab, zmq, kind):
    one, two = (lab.socket(getattr(zmq, kind)) for kind in (kind, SOCKETS[kind].peers[-1]))
    await lab.link(two, one, "inproc")
    receiving = one.recv()
    done, _ = await asyncio.wait([asyncio.ensure_future(receiving)], timeout=0.02)
    assert not done
    one.rcvtimeo = 1
    with pytest.raises(zmq.Again):
        await one.recv()


@pytest.mark.parametrize("kinds", ["PUSH PULL", "DEALER DEALER", "PAIR PAIR"])
async def test_sending_waits_for_a_peer_and_for_room(lab, zmq, kinds):
    one, two = (getattr(zmq, kind) for kind in kinds.split())
    bound = lab.socket(one, sndhwm=2)
    endpoint = lab.bind(bound, "inproc")
    assert not await lab.try_send(bound, b"", b"nobody")
    peer = lab.socket(two, rcvhwm=2)
    peer.connect(endpoint)
    await lab.fill(bound)
    assert not await lab.try_send(bound, b"", b"no room")
    early = lab.socket(one, sndhwm=2)
    early.connect(lab.reserve())
    assert await lab.fill(early) == 2  # the queue is there before the peer


@pytest.mark.parametrize("kinds", ["PUSH PULL", "DEALER DEALER", "PAIR PAIR"])
async def test_what_waits_for_a_peer_goes_with_it(lab, zmq, kinds):
    one, two = (getattr(zmq, kind) for kind in kinds.split())
    bound, first, second = lab.socket(one), lab.socket(two), lab.socket(two)
    endpoint = await lab.link(first, bound, "inproc")
    for number in range(3):
        await bound.send(b"%d" % number)
    await lab.meanwhile(lab.leave(first), bound)
    await lab.no_room(bound)  # it has noticed: nobody is there
    second.connect(endpoint)
    await bound.send(b"after")
    assert await second.recv() == b"after"


async def test_what_came_is_lost_with_the_socket(lab, zmq, network):
    push, pull, later = lab.socket(zmq.PUSH), lab.socket(zmq.PULL), lab.socket(zmq.PULL)
    endpoint = await lab.link(push, pull, network)
    for number in range(3):
        await push.send(b"%d" % number)
    assert await pull.recv() == b"0"
    assert await pull.poll(1_000)  # the next one is there, and is never read
    pull.linger = 10_000
    await lab.meanwhile(lab.leave(pull), push)
    later.bind(endpoint)
    await lab.monitor(push).wait(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    await push.send(b"after")
    assert await later.recv() == b"after"


async def test_what_was_published_before_the_subscription_is_lost(lab, zmq, transport):
    pub, sub = lab.socket(zmq.PUB), lab.socket(zmq.SUB)
    await lab.link(sub, pub, transport)
    await pub.send(b"early")
    sub.subscribe(b"")
    await lab.subscribed(pub, sub)
    await pub.send(b"late")
    assert await sub.recv() == b"late"


async def test_what_was_published_during_a_break_is_lost(lab, zmq, network):
    xpub, sub = lab.socket(zmq.XPUB), lab.socket(zmq.SUB)
    sub.subscribe(b"")
    endpoint = await lab.link(sub, xpub, network)
    assert await xpub.recv() == b"\x01"
    sub.disconnect(endpoint)
    assert await lab.meanwhile(xpub.recv(), sub) == b"\x00"
    await xpub.send(b"missed")
    sub.connect(endpoint)
    assert await xpub.recv() == b"\x01"  # nobody has subscribed again: the socket has
    await xpub.send(b"back")
    assert await sub.recv() == b"back"


async def test_an_xsub_never_waits_to_send(lab, zmq, transport):
    xsub, xpub = lab.socket(zmq.XSUB, sndhwm=1), lab.socket(zmq.XPUB)
    for body in (b"nobody is there", b"\x01kept"):
        sending = xsub.send(body)
        assert sending.done()
        await sending
    await lab.link(xsub, xpub, transport)
    assert await xpub.recv() == b"\x01kept"
