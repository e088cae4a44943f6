"""Sequence diagrams of what real sockets did: fates, sentences, pictures."""

import asyncio
import re
import socket as sockets
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import zmq
import zmq.asyncio

from tests.zmqlab.pictures import check_picture
from zmqlab.draw.sequence import Sequence
from zmqlab.draw.sequence.folding import fold
from zmqlab.draw.sequence.words import bytes_text, frame_text
from zmqlab.draw.svg import Drawing, text_width
from zmqlab.record import Frame, Kind, remember
from zmqlab.stage import Stage
from zmqlab.story import fits, masked, reaches, tell

pytestmark = pytest.mark.usefixtures("ended")


def run(scenario, *args):
    async def limited():
        async with asyncio.timeout(20):
            return await scenario(*args)

    return asyncio.run(limited())


def free_endpoint():
    with sockets.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


async def bind_again(socket, endpoint):
    """Bind where another socket has just been closed: libzmq lets the port go a little later."""
    while True:
        try:
            return socket.bind(endpoint)
        except zmq.ZMQError as error:
            assert error.errno == zmq.EADDRINUSE
            await asyncio.sleep(0.005)


async def loopback(endpoint="tcp://127.0.0.1:*"):
    stage = Stage()
    context = stage.context()
    server, client = context.socket(zmq.REP), context.socket(zmq.REQ)
    stage.name(client=client, server=server)
    server.bind(endpoint)
    client.connect(server.last_endpoint.decode())
    return stage, context, client, server


async def ask(client, server, request=b"Hello", reply=b"World"):
    await client.send(request)
    await server.recv()
    await server.send(reply)
    await client.recv()


def story(stage):
    return tell(stage.record())


def fates(stage):
    return [message.fate for message in story(stage).messages]


def told(stage, language="en"):
    """The sentences, their measured times replaced by T."""
    return [
        re.sub(r"[\d.]+( ms| s|밀리초|초)\b", r"T\1", sentence)
        for sentence in stage.sequence().sentences(language)
    ]


# What happened to each message


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:*", "inproc://loopback"])
def test_round_trip(endpoint):
    async def scenario():
        stage, context, client, server = await loopback(endpoint)
        await ask(client, server, "안녕".encode())
        context.destroy(linger=0)
        return stage

    stage = run(scenario)
    assert fates(stage) == ["delivered", "delivered"]
    how = endpoint.partition(":")[0]
    connected = ", T ms after both were there" if how == "tcp" else ""
    assert told(stage) == [
        f"server binds ({how}).",
        f"client connects to server ({how}).",
        f"client and server are connected{connected}.",
        "client sends “안녕” (6 bytes) to server; received T ms later.",
        "server sends “World” (5 bytes) to client; received T ms later.",
        "server is closed.",
        "client is closed.",
    ]
    assert told(stage, "ko")[3:6] == [
        "client가 server에 “안녕” 메시지(6바이트)를 보내고, T밀리초 뒤에 server가 받습니다.",
        "server가 client에 “World” 메시지(5바이트)를 보내고, T밀리초 뒤에 client가 받습니다.",
        "server를 닫습니다.",
    ]
    check_picture(stage.sequence(), "client", "REQ", "REP", "World", "5 B", "close")


def test_the_same_run_gives_the_same_text():
    async def scenario():
        stage, context, client, server = await loopback()
        await ask(client, server)
        context.destroy(linger=0)
        return stage

    assert told(run(scenario)) == told(run(scenario))
    assert repr(run(scenario).sequence()).startswith("Sequence diagram: client (REQ), server (REP)")


def test_two_requests_in_a_row_are_refused():
    async def scenario():
        stage, _, client, server = await loopback()
        await client.send(b"first")
        with pytest.raises(zmq.ZMQError):
            await client.send(b"second")
        await server.recv()
        return stage, stage.sequence()

    stage, picture = run(scenario)
    assert fates(stage) == ["delivered", "refused"]
    assert "client tries to send “second” (6 bytes) and is refused: EFSM." in told(stage)
    check_picture(picture, "EFSM", "second", "var(--zl-lost")


def test_connect_and_send_before_bind():
    async def scenario():
        stage = Stage()
        context = stage.context()
        client, server = context.socket(zmq.REQ), context.socket(zmq.REP)
        stage.name(client=client, server=server)
        endpoint = free_endpoint()
        client.connect(endpoint)
        await client.send(b"early")
        before = story(stage).messages[0].fate
        assert await client.poll(60) == 0
        server.bind(endpoint)
        await server.recv()
        await server.send(b"late")
        await client.recv()
        return stage, before, stage.sequence()

    stage, before, picture = run(scenario)
    assert before == "waiting"
    message = story(stage).messages[0]
    assert message.fate == "delivered"
    assert message.left is not None and message.left.time - message.at.time > 0.05
    lines = told(stage)
    assert lines[0] == "client connects (tcp); no socket of this picture is bound there yet."
    assert (
        "client sends “early” (5 bytes); nobody is there yet, so it waits T ms in the queue; "
        "server receives it T ms after it was sent."
    ) in lines
    check_picture(picture, "waited ", "var(--zl-waiting")


def test_a_request_waits_for_the_server_to_come_back():
    async def scenario():
        stage, context, client, server = await loopback()
        endpoint = server.last_endpoint.decode()
        await ask(client, server)
        server.close()
        await stage.disconnected(client)
        await client.send(b"still there?")
        server = context.socket(zmq.REP)
        stage.name(server=server)
        await bind_again(server, endpoint)
        await server.recv()
        await server.send(b"again")
        await client.recv()
        return stage, stage.sequence()

    stage, picture = run(scenario)
    assert fates(stage) == ["delivered"] * 4
    assert [lane.name.en for lane in picture.lanes] == ["client", "server"]
    assert story(stage).messages[2].left is not None
    assert "server goes on with a new socket." in told(stage)
    assert "server 자리에 새 소켓을 만듭니다." in told(stage, "ko")
    check_picture(picture, "new socket", "waited ")


@pytest.mark.parametrize("taken", [True, False], ids=["received", "in its queue"])
def test_a_request_dies_with_its_server(taken):
    async def scenario():
        stage, context, client, server = await loopback()
        endpoint = server.last_endpoint.decode()
        await client.send(b"Order 7")
        if taken:
            await server.recv()
        else:
            assert await server.poll(5000)
        server.close(linger=0)
        await stage.disconnected(client)
        server = context.socket(zmq.REP)
        stage.name(server=server)
        await bind_again(server, endpoint)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.recv(), 0.15)
        client.close(linger=0)
        client = context.socket(zmq.REQ)
        stage.name(client=client)
        client.connect(endpoint)
        await ask(client, server, b"Order 7", b"done")
        return stage, stage.sequence()

    stage, picture = run(scenario)
    assert fates(stage) == ["delivered" if taken else "lost", "delivered", "delivered"]
    asked = story(stage).messages[0]
    assert asked.unanswered is taken
    lines = told(stage)
    assert "client waits for a message and stops waiting after T ms; nothing has come." in lines
    if taken:
        assert "the request is lost with it" in "".join(lines)
        check_picture(picture, "request lost, no reply sent", "stopped waiting after")
    else:
        assert (
            "client sends “Order 7” (7 bytes) to server, which is closed before reading it: "
            "it is lost." in lines
        )
        check_picture(picture, "lost: closed unread", "stopped waiting after")
    assert [lane.name.en for lane in picture.lanes] == ["client", "server"]


def test_what_close_throws_away():
    async def scenario():
        stage = Stage()
        context = stage.context()
        push = context.socket(zmq.PUSH)
        stage.name(push=push)
        push.connect(free_endpoint())
        await push.send(b"job")
        waiting = stage.sequence()
        push.close(linger=0)
        return stage, waiting

    stage, waiting = run(scenario)
    assert "it waits in push's queue" in waiting.text("en")
    check_picture(waiting, "still waiting")
    (message,) = story(stage).messages
    assert (message.fate, message.reason) == ("lost", "discarded")
    check_picture(stage.sequence(), "thrown away by close")


def test_push_to_two_pulls():
    async def scenario():
        stage = Stage()
        context = stage.context()
        push, one, two = (context.socket(kind) for kind in (zmq.PUSH, zmq.PULL, zmq.PULL))
        stage.name(push=push, one=one, two=two)
        push.bind("tcp://127.0.0.1:*")
        for pull in (one, two):
            pull.connect(push.last_endpoint.decode())
            await stage.connected(pull)
        # A handshake is over for one end before it is for the other.
        while story(stage).messages == [] or len(received) < 2:
            await push.send(b"probe")
            for pull in (one, two):
                if await pull.poll(20):
                    await pull.recv()
                    received.add(pull)
        stage.clear()
        for number in range(4):
            await push.send(b"task %d" % number)
        got = {pull: [await pull.recv(), await pull.recv()] for pull in (one, two)}
        return stage, stage.sequence(), got[one], got[two]

    received = set()
    stage, picture, first, second = run(scenario)
    by_lane = {"one": [], "two": []}
    for message in story(stage).messages[-4:]:
        (receipt,) = message.receipts
        by_lane[receipt.lane.name.en].append(message.frames[0].head)
    assert by_lane == {"one": first, "two": second}
    assert sorted(first + second) == [b"task %d" % n for n in range(4)]
    assert len(picture.items) == 4
    check_picture(picture, "task 0", "task 3")


def test_publish_and_subscribe():
    async def scenario():
        stage = Stage()
        context = stage.context()
        pub, some, all_of_it = (context.socket(kind) for kind in (zmq.XPUB, zmq.SUB, zmq.SUB))
        stage.name(pub=pub, some=some, all=all_of_it)
        pub.bind("tcp://127.0.0.1:*")
        await pub.send(b"nobody")
        some.subscribe("NASDAQ")
        all_of_it.subscribe("")
        for sub in (some, all_of_it):
            sub.connect(pub.last_endpoint.decode())
            assert (await pub.recv())[:1] == b"\x01"
        await pub.send_multipart([b"NASDAQ", b"AAPL"])
        await pub.send(b"NYSE")
        await some.recv_multipart()
        await all_of_it.recv_multipart()
        await all_of_it.recv()
        return stage, stage.sequence()

    stage, picture = run(scenario)
    messages = story(stage).messages
    assert [m.fate for m in messages] == ["lost", "delivered", "delivered"]
    assert messages[0].reason == "no subscriber"
    assert [sorted(r.lane.name.en for r in m.receipts) for m in messages] == [
        [],
        ["all", "some"],
        ["all"],
    ]
    lines = told(stage)
    assert "some subscribes to what begins with “NASDAQ”." in lines
    assert "all subscribes to everything." in lines
    assert "pub hears of the subscription “NASDAQ” of some." in lines
    assert (
        "pub sends 2 frames [“NASDAQ” | “AAPL”] to some and all; the last receives it T ms later."
        in lines
    )
    check_picture(picture, "dropped: no subscriber", "subscribe &quot;NASDAQ&quot;")


def test_routing_ids():
    async def scenario():
        stage = Stage()
        context = stage.context()
        broker, alice, bob = (context.socket(k) for k in (zmq.ROUTER, zmq.DEALER, zmq.REQ))
        alice.setsockopt(zmq.ROUTING_ID, b"alice")
        stage.name(alice=alice, broker=broker, bob=bob)
        broker.bind("inproc://broker")
        alice.connect("inproc://broker")
        bob.connect("inproc://broker")
        await alice.send_multipart([b"", b"same"])
        await bob.send(b"same")
        for _ in range(2):
            request = await broker.recv_multipart()
            await broker.send_multipart(request)
        assert await bob.recv() == b"same"
        assert await alice.recv_multipart() == [b"", b"same"]
        await broker.send_multipart([b"nobody", b"", b"x"])
        return stage, stage.sequence()

    stage, picture = run(scenario)
    messages = story(stage).messages
    ways = [(m.lane.name.en, [r.lane.name.en for r in m.receipts]) for m in messages]
    assert ways[:2] == [("alice", ["broker"]), ("bob", ["broker"])]
    assert sorted(ways[2:4]) == [("broker", ["alice"]), ("broker", ["bob"])]
    assert (messages[4].fate, messages[4].reason) == ("lost", "no such peer")
    text = picture.text("en")
    assert "[routing id | empty | “same”] to bob" in text
    assert "[“alice” | empty | “same”] to alice" in text
    assert "[라우팅 ID | 빈 프레임 | “same”]" in picture.text("ko")
    check_picture(picture, "dropped: no such peer", "0 B")


def test_a_peer_that_connects_later_gets_nothing_that_was_sent_before():
    async def scenario():
        stage = Stage()
        context = stage.context()
        centre, cleo = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
        cleo.routing_id = b"cleo"
        stage.name(centre=centre, cleo=cleo)
        centre.bind("tcp://127.0.0.1:*")
        await centre.send_multipart([b"cleo", b"early"])
        cleo.connect(centre.last_endpoint)
        await stage.connected(cleo)
        assert not await cleo.poll(50)
        return stage

    (message,) = story(run(scenario)).messages
    assert (message.fate, message.reason) == ("lost", "no such peer")


def test_two_clients_that_ask_the_same_get_their_own_replies():
    async def scenario():
        stage = Stage()
        context = stage.context()
        server, one, two = (context.socket(k) for k in (zmq.REP, zmq.REQ, zmq.REQ))
        stage.name(one=one, two=two, server=server)
        server.bind("inproc://x")
        two.connect("inproc://x")
        one.connect("inproc://x")
        await one.send(b"same")
        await two.send(b"same")
        for reply in (b"A", b"A"):
            await server.recv()
            await server.send(reply)
            await asyncio.wait({asyncio.ensure_future(s.poll(50)) for s in (one, two)})
        await one.recv()
        await two.recv()
        return stage

    messages = story(run(scenario)).messages
    asked = {id(m.answers): m for m in messages if m.answers}
    for message in messages:
        if id(message) in asked:
            (receipt,) = asked[id(message)].receipts
            assert receipt.actor == message.sender


def test_a_peer_outside_the_stage():
    async def scenario():
        other = zmq.asyncio.Context()
        peer = other.socket(zmq.REP)
        peer.bind("tcp://127.0.0.1:*")
        endpoint = peer.last_endpoint.decode()
        stage = Stage()
        client = stage.context().socket(zmq.REQ)
        stage.name(client=client)
        try:
            client.connect(endpoint)
            await client.send(b"Hello")
            await peer.recv()
            await peer.send(b"World")
            await client.recv()
            nameless = stage.sequence()
            stage.name(server=endpoint)
            await client.send(b"again")
            await peer.recv()
            peer.close()
            await stage.disconnected(client)
        finally:
            other.destroy(linger=0)
        return stage, nameless, stage.sequence()

    stage, nameless, picture = run(scenario)
    assert "client sends “Hello” (5 bytes) to peer 1, which is not on the stage." in nameless.text(
        "en"
    )
    assert "바깥 피어 1" in nameless.text("ko")
    assert [(m.fate, m.lane.name.en) for m in story(stage).messages] == [
        ("outside", "client"),
        ("delivered", "server"),
        ("outside", "client"),
    ]
    assert "The connection between client and server is lost." in told(stage)
    check_picture(picture, "not on the stage", "connection lost", "server")


def test_a_client_outside_the_stage():
    async def scenario():
        stage = Stage()
        server = stage.context().socket(zmq.REP)
        stage.name(server=server)
        server.bind("tcp://127.0.0.1:*")
        other = zmq.asyncio.Context()
        client = other.socket(zmq.REQ)
        try:
            client.connect(server.last_endpoint.decode())
            await ask(client, server)
        finally:
            other.destroy(linger=0)
        return stage, stage.sequence()

    stage, picture = run(scenario)
    assert told(stage)[1:3] == [
        "peer 1, which is not on the stage, sends “Hello” (5 bytes) to server.",
        "server sends “World” (5 bytes) to peer 1, which is not on the stage.",
    ]
    check_picture(picture, "peer 1")


def test_a_send_that_has_to_wait():
    async def scenario():
        stage = Stage()
        context = stage.context()
        push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        stage.name(push=push, pull=pull)
        push.bind("inproc://x")
        sending = push.send(b"job")
        waiting = stage.sequence()
        pull.connect("inproc://x")
        await sending
        await pull.recv()
        return stage, waiting, stage.sequence()

    stage, waiting, picture = run(scenario)
    assert "the call waits, for nobody can take it" in waiting.text("en")
    assert "push is" not in waiting.text("en") and "push still waits to send." in waiting.text("en")
    assert "the call waits T ms until somebody can take it" in "".join(told(stage))
    check_picture(picture, "send() waited")


def test_hundreds_of_alike_messages_fold():
    async def scenario():
        stage, _, client, server = await loopback("inproc://x")
        for _ in range(300):
            await ask(client, server)
        return stage.sequence()

    picture = run(scenario)
    counts = [item.count for item in picture.items if item.signature]
    assert counts == [1, 1, 298, 298, 1, 1]
    text = picture.text("en")
    assert "client sends 298 more like it to server; all are received." in text
    assert "이런 메시지 298개를 더 보냅니다. 모두 받습니다." in picture.text("ko")
    check_picture(picture, "× 298")


def test_alike_messages_that_a_publisher_drops_fold():
    async def scenario():
        stage = Stage()
        publisher = stage.context().socket(zmq.PUB)
        stage.name(publisher=publisher)
        publisher.bind(free_endpoint())
        for _ in range(20):
            await publisher.send(b"price")
        return stage.sequence()

    picture = run(scenario)
    assert "publisher sends 18 more like it; all are dropped." in picture.text("en")
    korean = "publisher가 이런 메시지 18개를 더 발행합니다. 모두 버립니다."
    assert korean in picture.text("ko")


def test_what_is_not_drawn_is_said():
    async def scenario():
        stage, _, client, server = await loopback("inproc://x")
        for _ in range(6):
            await ask(client, server)
            await client.poll(1)
        return stage

    stage = run(scenario)
    few = stage.sequence(limit=5)
    assert few.more > 0
    check_picture(few, f"{few.more} more messages not drawn")
    assert f"메시지 {few.more}개는 그리지 않았습니다." in few.text("ko")


def test_nothing_happened():
    picture = Stage().sequence()
    assert repr(picture) in ("Sequence diagram", "시퀀스 다이어그램")
    check_picture(picture)


def test_who_still_waits():
    async def scenario():
        stage, _, _, server = await loopback("inproc://x")
        receiving = server.recv()
        picture = stage.sequence()
        receiving.cancel()
        return picture

    picture = run(scenario)
    assert "server is waiting for a message." in picture.text("en")
    assert "server가 메시지를 기다리고 있습니다." in picture.text("ko")


def test_every_item_has_its_sentence():
    async def scenario():
        stage, context, client, server = await loopback()
        await ask(client, server)
        await asyncio.wait_for(client.poll(5), 5)
        context.destroy(linger=0)
        return stage.sequence()

    picture = run(scenario)
    for language in ("en", "ko"):
        assert len(picture.sentences(language)) == len(picture.items)
        titles = re.findall(r"<title>(.*?)</title>", picture.svg(language))
        assert set(picture.sentences(language)) <= set(titles)


# Parts


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"Hello", ("Hello", True)),
        ("안녕".encode(), ("안녕", True)),
        (b"", ("", True)),
        (b"\x00\x6b\x8b", ("00 6b 8b", False)),
        (b"\xff" * 20, ("ff ff ff ff ff ff ff ff …", False)),
        (b"x" * 24, ("x" * 24, True)),
        (b"x" * 25, ("x" * 23 + "…", True)),
        (("가" * 40).encode(), ("가" * 23 + "…", True)),
        (b"two\nlines", ("74 77 6f 0a 6c 69 6e 65 …", False)),
    ],
)
def test_frames_as_people_read_them(raw, shown):
    assert frame_text(remember(raw)) == shown


def test_lengths():
    assert bytes_text(1, "en") == "1 byte"
    assert bytes_text(65536, "en") == "65,536 bytes"
    assert bytes_text(65536, "ko") == "65,536바이트"


class Letter:
    """Something to fold: equal letters are alike, a dot is like nothing."""

    def __init__(self, letter, count=1):
        self.letter, self.count = letter, count
        self.signature = (letter,) if letter != "." else None

    def folded(self, count):
        return Letter(self.letter, count)


@pytest.mark.parametrize(
    ("letters", "folded"),
    [
        ("aaaa", "a1 a1 a1 a1"),
        ("aaaaa", "a1 a3 a1"),
        ("ab" * 5, "a1 b1 a3 b3 a1 b1"),
        ("xaaaaaay", "x1 a1 a4 a1 y1"),
        ("aa.aaa", "a1 a1 .1 a1 a1 a1"),
        ("", ""),
    ],
)
def test_folding(letters, folded):
    assert " ".join(f"{one.letter}{one.count}" for one in fold([*map(Letter, letters)])) == folded


def frames(*parts):
    return tuple(remember(part) for part in parts)


@pytest.mark.parametrize(
    ("sender", "sent", "receiver", "got", "expected"),
    [
        ("REQ", [b"a"], "REP", [b"a"], True),
        ("REQ", [b"a"], "REP", [b"b"], False),
        ("REQ", [b"a"], "ROUTER", [b"id", b"", b"a"], True),
        ("REQ", [b"a"], "ROUTER", [b"id", b"x", b"a"], False),
        ("ROUTER", [b"id", b"", b"a"], "REQ", [b"a"], True),
        ("ROUTER", [b"id", b"a"], "DEALER", [b"a"], True),
        ("DEALER", [b"", b"a"], "REP", [b"a"], True),
        ("REP", [b"a"], "DEALER", [b"", b"a"], True),
        ("DEALER", [b"x", b"a"], "ROUTER", [b"id", b"x", b"a"], True),
        ("PUSH", [b"", b"a"], "PULL", [b"a"], False),
        ("PUB", [b"t", b"a"], "SUB", [b"t", b"a"], True),
    ],
)
def test_what_receivers_make_of_messages(sender, sent, receiver, got, expected):
    assert fits(sender, frames(*sent), receiver, frames(*got)) is expected


def test_endpoints():
    assert reaches("tcp://localhost:5555", "tcp://127.0.0.1:5555")
    assert reaches("tcp://192.0.2.1:5555", "tcp://0.0.0.0:5555")
    assert reaches("tcp://127.0.0.1:0;127.0.0.1:5555", "tcp://127.0.0.1:5555")
    assert not reaches("tcp://127.0.0.1:5555", "tcp://127.0.0.1:5556")
    assert not reaches("inproc://a", "inproc://b")
    assert masked("tcp://127.0.0.1:40123") == "tcp://127.0.0.1:*"
    assert masked("tcp://127.0.0.1:5555") == "tcp://127.0.0.1:5555"
    assert masked("inproc://x") == "inproc://x"


def test_korean_is_wider_than_latin():
    assert text_width("안녕", 10) == pytest.approx(19)
    assert text_width("안녕", 10, mono=True) == pytest.approx(20)
    assert text_width("ab", 10, mono=True) == pytest.approx(12, abs=0.1)


def test_markup_in_messages_is_only_text():
    async def scenario():
        stage, _, client, server = await loopback("inproc://x")
        await client.send(b'<script>"&')
        await server.recv()
        return stage.sequence()

    picture = run(scenario)
    check_picture(picture, "&lt;script&gt;")
    assert "<script" not in picture._repr_html_()


def test_a_drawing_of_nothing_is_an_svg():
    assert ElementTree.fromstring(Drawing().svg(10, 10, 'a "label"')).attrib["aria-label"] == (
        'a "label"'
    )


def test_frames_are_kept_small():
    assert remember(b"x" * 10**6) == Frame(10**6, b"x" * 120, b"x" * 16)


def test_a_connection_is_told_before_what_passed_over_it():
    async def scenario():
        stage = Stage()
        context = stage.context()
        screen = context.socket(zmq.SUB)
        endpoint = free_endpoint()
        screen.subscribe("N")
        screen.connect(endpoint)
        await stage.refused(screen)
        publisher = context.socket(zmq.XPUB)
        stage.name(screen=screen, publisher=publisher)
        publisher.bind(endpoint)
        await publisher.send(b"N too early")
        await publisher.recv()
        await publisher.send(b"N in time")
        await screen.recv()
        return stage.sequence().sentences("en")

    told = run(scenario)
    words = ("“N too early”", "are connected", "hears of", "“N in time”")
    places = [next(i for i, line in enumerate(told) if word in line) for word in words]
    assert places == sorted(places), told
    assert "it is dropped" in told[places[0]]


def test_a_full_queue_is_told_from_a_subscription_that_is_late():
    async def scenario():
        stage = Stage()
        context = stage.context()
        feed, screen = context.socket(zmq.XPUB), context.socket(zmq.SUB)
        stage.name(feed=feed, screen=screen)
        feed.sndhwm = screen.rcvhwm = 1
        feed.bind("inproc://feed")
        screen.connect("inproc://feed")
        await feed.send(b"N unasked")
        screen.subscribe("N")
        await feed.recv()
        for number in range(3):
            await feed.send(b"N %d" % number)
        for _ in range(2):
            await screen.recv()
        screen.unsubscribe("N")
        await feed.recv()
        await feed.send(b"N between")
        screen.subscribe("N")
        await feed.recv()
        await feed.send(b"N again")
        await screen.recv()
        return stage, stage.sequence()

    stage, picture = run(scenario)
    assert [(m.frames[0].head, m.reason) for m in story(stage).messages if m.reason] == [
        (b"N unasked", "too early"),
        (b"N 2", "no room"),
        (b"N between", "too early"),
    ]
    assert (
        "feed sends “N 2” (3 bytes); the queue for screen has no room for it, so it is dropped."
        in told(stage)
    )
    check_picture(picture, "dropped: queue full")


def test_boxes_on_crowded_arrows_do_not_hide_each_other():
    async def scenario():
        stage = Stage()
        context = stage.context()
        push = context.socket(zmq.PUSH)
        pulls = [context.socket(zmq.PULL) for _ in range(3)]
        stage.name(ventilator=push, anna=pulls[0], ben=pulls[1], cleo=pulls[2])
        push.bind("inproc://tasks")
        for pull in pulls:
            pull.connect("inproc://tasks")
        stage.clear()
        for number in range(1, 7):
            await push.send_string(f"task {number}")
        for _ in range(2):
            for pull in pulls:
                await pull.recv()
        return stage.sequence()

    svg = check_picture(run(scenario), *(f"task {number}" for number in range(1, 7)))
    boxes = [
        tuple(map(float, found))
        for found in re.findall(
            r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="5"', svg
        )
    ]
    assert len(boxes) == 6
    for one, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[one + 1 :]:
            assert (
                x + width <= other_x
                or other_x + other_width <= x
                or y + height <= other_y
                or other_y + other_height <= y
            )


def test_several_sockets_are_one_actor_in_a_chosen_order():
    async def scenario():
        stage = Stage()
        context = stage.context()
        feed, inlet = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        outlet, reader = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        stage.name(reader=reader)
        stage.actor("filter", inlet, outlet)
        stage.name(feed=feed)
        for bound, connected in ((feed, inlet), (outlet, reader)):
            bound.bind("tcp://127.0.0.1:*")
            connected.connect(bound.last_endpoint.decode())
        await feed.send(b"price")
        await outlet.send(await inlet.recv())
        await reader.recv()
        first = [lane.name.en for lane in stage.sequence().lanes]
        stage.lanes("feed", "filter")
        return stage, first, stage.sequence(), stage.topology()

    _, first, sequence, topology = run(scenario)
    assert first == ["reader", "filter", "feed"]
    assert [lane.name.en for lane in sequence.lanes] == ["feed", "filter", "reader"]
    assert [card.lane.name.en for card in topology.cards] == ["feed", "filter", "reader"]
    assert "filter (PULL, PUSH)" in sequence.label("en")
    assert len(topology.edges) == 2


def test_a_socket_that_lingers_connects_after_its_close():
    async def scenario():
        stage = Stage()
        context = stage.context()
        reporter, collector = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        stage.name(reporter=reporter, collector=collector)
        endpoint = free_endpoint()
        reporter.connect(endpoint)
        await reporter.send(b"4 sold")
        await stage.refused(reporter)
        collector.bind(endpoint)
        reporter.close(linger=5000)
        await collector.recv()
        sentences = told(stage)
        context.destroy(linger=0)
        return sentences

    sentences = run(scenario)
    closed = sentences.index("reporter is closed.")
    connected = next(i for i, line in enumerate(sentences) if "are connected" in line)
    assert closed < connected


def test_refused_attempts_are_drawn_and_a_glance_is_not():
    async def scenario():
        stage = Stage()
        context = stage.context()
        client, server = context.socket(zmq.REQ), context.socket(zmq.REP)
        stage.name(client=client, server=server)
        client.reconnect_ivl = 20
        endpoint = free_endpoint()
        client.connect(endpoint)
        await stage.refused(client)
        await client.send(b"early")
        for _ in range(8):
            await client.poll(1)
        await stage.refused(client)
        server.bind(endpoint)
        await server.recv()
        return stage.record()

    record = run(scenario)
    glances = 0
    for place, event in enumerate(record.events):
        if event.kind is Kind.GAVE_UP:  # a busy machine may make them longer
            glances += 1
            began = event.began._replace(time=event.at.time - 0.0014)
            record.events[place] = replace(event, began=began)
    assert glances == 8
    picture = Sequence(tell(record))
    told = picture.text("en")
    assert "client is refused" in told and "nobody is bound there" in told
    assert "연결을" in picture.text("ko") and "거절당합니다" in picture.text("ko")
    assert "stops waiting" not in told
    check_picture(picture, "refused")
    assert "a call or a connection is refused" in picture.html("en")


def test_a_lost_connection_is_no_refusal():
    async def scenario():
        stage, _, client, server = await loopback()
        await ask(client, server)
        server.close(linger=0)
        await stage.disconnected(client)
        return stage.sequence().text("en")

    assert "is refused" not in run(scenario)
