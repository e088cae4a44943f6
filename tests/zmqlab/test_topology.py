"""Topologies of real sockets."""

import asyncio
import re

import pytest
import zmq
import zmq.asyncio

from tests.zmqlab.pictures import check_picture
from zmqlab.run.endpoints import local_endpoint
from zmqlab.stage import Stage

pytestmark = pytest.mark.usefixtures("ended")


def run(scenario):
    async def limited():
        async with asyncio.timeout(20):
            return await scenario()

    return asyncio.run(limited())


def test_who_binds_who_connects_and_how_much_passed():
    async def scenario():
        stage = Stage()
        context = stage.context()
        client, server = context.socket(zmq.REQ), context.socket(zmq.REP)
        stage.name(client=client, server=server)
        server.bind("tcp://127.0.0.1:*")
        endpoint = server.last_endpoint.decode()
        client.connect(endpoint)
        for _ in range(3):
            await client.send(b"a")
            await server.recv()
            await server.send(b"b")
            await client.recv()
        await client.send(b"a")
        await server.recv()
        return stage.topology(), endpoint

    picture, endpoint = run(scenario)
    assert picture.text("en").splitlines() == [
        "Topology: client (REQ), server (REP)",
        " - server binds tcp://127.0.0.1:*.",
        " - client connects to server at tcp://127.0.0.1:*; messages passed: 4 to server, "
        "3 to client.",
    ]
    assert picture.text("ko").splitlines()[1:] == [
        " - server가 tcp://127.0.0.1:*에 바인드합니다.",
        " - client가 server의 tcp://127.0.0.1:*에 연결합니다. 지나간 메시지: "
        "server로 4개, client로 3개.",
    ]
    svg = check_picture(picture)
    assert endpoint in svg and ">4<" in svg and ">3<" in svg


def test_upstream_stands_left_whoever_binds():
    async def scenario():
        stage = Stage()
        context = stage.context()
        push, one, two = (context.socket(kind) for kind in (zmq.PUSH, zmq.PULL, zmq.PULL))
        stage.name(one=one, two=two, push=push)
        push.bind("inproc://tasks")
        one.connect("inproc://tasks")
        two.connect("inproc://tasks")
        for _ in range(20):
            await push.send(b"task")
        for pull in (one, two):
            for _ in range(10):
                await pull.recv()
        return stage.topology()

    picture = run(scenario)
    svg = check_picture(picture)
    places = {
        name: float(re.search(rf'<text x="([\d.]+)"[^>]*>{name}<', svg)[1])
        for name in ("push", "one", "two")
    }
    assert places["push"] < places["one"] == places["two"]
    assert [edge.there + edge.back for edge in picture.edges] == [10, 10]


def test_an_actor_with_two_sockets_stands_between_those_that_it_joins():
    async def scenario():
        stage = Stage()
        context = stage.context()
        tasks, results = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        stage.name(ventilator=tasks, worker=(pull, push), sink=results)
        for bound, connected in ((tasks, pull), (results, push)):
            bound.bind("tcp://127.0.0.1:*")
            connected.connect(bound.last_endpoint.decode())
        await tasks.send(b"task")
        await push.send(await pull.recv())
        await results.recv()
        return stage.topology(), stage.sequence()

    picture, sequence = run(scenario)
    svg = check_picture(picture)
    assert sequence.text("en").startswith(
        "Sequence diagram: ventilator (PUSH), worker (PULL, PUSH), sink (PULL)\n"
    )
    assert "new socket" not in sequence.text("en")
    places = [
        float(re.search(rf'<text x="([\d.]+)"[^>]*>{name}<', svg)[1])
        for name in ("ventilator", "worker", "sink")
    ]
    assert places == sorted(set(places))


def test_a_socket_that_replaces_a_closed_one_changes_the_type():
    async def scenario():
        stage = Stage()
        context = stage.context()
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        stage.name(worker=(pull, push))
        pull.close()
        stage.clear()
        dealer = context.socket(zmq.DEALER)
        stage.name(worker=dealer)
        both = stage.sequence().text("en")
        push.close()
        stage.name(worker=context.socket(zmq.REQ))
        return both, stage.sequence().text("en")

    both, text = run(scenario)
    assert "worker (PUSH, DEALER)" in both and "new socket" not in both
    assert "worker (DEALER, REQ)" in text


def test_more_messages_make_a_thicker_arrow():
    async def scenario(count):
        stage = Stage()
        context = stage.context()
        push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        pull.bind("inproc://x")
        push.connect("inproc://x")
        for _ in range(count):
            await push.send(b"")
            await pull.recv()
        return stage.topology().svg("en")

    def thickness(count):
        svg = run(lambda: scenario(count))
        chevrons = re.findall(
            r'l[\d.-]+ [\d.-]+ ?l[\d.-]+ [\d.-]+" fill="none" '
            r'stroke="var\(--zl-accent[^"]*" stroke-width="([\d.]+)"',
            svg,
        )
        return float(chevrons[0]) if chevrons else 0.0

    assert thickness(0) < thickness(5) < thickness(500)


def test_nobody_is_bound():
    async def scenario():
        stage = Stage()
        client = stage.context().socket(zmq.REQ)
        stage.name(client=client)
        client.connect("tcp://127.0.0.1:9")
        return stage.topology()

    picture = run(scenario)
    (told,) = picture.sentences("en")
    assert told == "client connects to tcp://127.0.0.1:9, where nobody is bound."
    svg = check_picture(picture)
    assert "nobody bound" in svg and "var(--zl-waiting" in svg


@pytest.mark.parametrize("outside_binds", [True, False])
def test_a_peer_outside(outside_binds):
    async def scenario():
        other = zmq.asyncio.Context()
        stage = Stage()
        mine = stage.context().socket(zmq.PAIR)
        stage.name(mine=mine)
        theirs = other.socket(zmq.PAIR)
        binder, connector = (theirs, mine) if outside_binds else (mine, theirs)
        try:
            binder.bind("tcp://127.0.0.1:*")
            connector.connect(binder.last_endpoint.decode())
            await mine.send(b"a")
            await theirs.recv()
            await theirs.send(b"b")
            await mine.recv()
            return stage.topology()
        finally:
            other.destroy(linger=0)

    picture = run(scenario)
    connects = "mine connects to peer 1" if outside_binds else "peer 1 connects to mine"
    assert connects in picture.text("en")
    assert "1 to mine" in picture.text("en") and "1 to peer 1" in picture.text("en")
    assert "not on the stage" in check_picture(picture)


def test_nothing():
    check_picture(Stage().topology())


def test_what_was_closed_before_a_clear_is_gone():
    async def scenario():
        stage = Stage()
        context = stage.context()
        first, old, desk = (context.socket(kind) for kind in (zmq.XPUB, zmq.SUB, zmq.SUB))
        stage.name(publisher=first, old=old, desk=desk)
        first.bind("tcp://127.0.0.1:*")
        gone = first.last_endpoint.decode()
        old.subscribe("")
        old.connect(gone)
        await first.recv()
        await first.send(b"before")
        await old.recv()
        first.close()
        old.close()
        stage.clear()

        second = context.socket(zmq.XPUB)
        stage.name(publisher=second)
        second.bind("tcp://127.0.0.1:*")
        desk.subscribe("")
        desk.connect(second.last_endpoint.decode())
        await second.recv()
        await second.send(b"after")
        await desk.recv()
        stage.clear()
        await second.send(b"again")
        await desk.recv()
        return stage.topology()

    assert run(scenario).text("en").splitlines() == [
        "Topology: publisher (XPUB), desk (SUB)",
        " - publisher binds tcp://127.0.0.1:*.",
        " - desk connects to publisher at tcp://127.0.0.1:*; messages passed: 1 to desk.",
    ]


@pytest.mark.skipif(not zmq.has("ipc"), reason="no ipc here")
def test_of_a_file_only_the_name_is_shown():
    async def scenario():
        stage = Stage()
        context = stage.context()
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        stage.name(pull=pull, push=push)
        endpoint = local_endpoint("jobs")
        pull.bind(endpoint)
        push.connect(endpoint)
        await push.send(b"one")
        await pull.recv()
        return stage.topology(), endpoint

    picture, endpoint = run(scenario)
    assert "pull binds ipc://…/jobs." in picture.text("en")
    svg = check_picture(picture)
    assert "ipc://…/jobs" in svg and endpoint not in svg
