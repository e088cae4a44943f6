"""The stage against real sockets: nothing may differ, nothing may be left, all is noted."""

import asyncio
import gc
import subprocess
import sys
import textwrap
import warnings

import pytest
import zmq
import zmq.asyncio

from zmqlab import record as records
from zmqlab.record import remember
from zmqlab.run.endpoints import free_endpoint
from zmqlab.stage import Stage

pytestmark = pytest.mark.usefixtures("ended")


def run(scenario, limit=20):
    async def limited():
        async with asyncio.timeout(limit):
            return await scenario()

    return asyncio.run(limited())


def kinds(stage):
    return [event.kind for event in stage.record().events]


def pair(stage, first=zmq.REQ, second=zmq.REP, endpoint="tcp://127.0.0.1:*"):
    context = stage.context()
    one, two = context.socket(first), context.socket(second)
    two.bind(endpoint)
    one.connect(two.last_endpoint.decode())
    return context, one, two


# Nothing differs


def test_it_is_pyzmq():
    async def scenario():
        stage = Stage()
        context, client, server = pair(stage)
        assert isinstance(context, zmq.asyncio.Context)
        assert isinstance(client, zmq.asyncio.Socket)
        future = client.send(b"a")
        assert isinstance(future, asyncio.Future) and future.done()
        assert await future is None
        receiving = server.recv()
        assert isinstance(receiving, asyncio.Future)
        assert await receiving == b"a"
        tracker = await server.send(b"b" * 100_000, copy=False, track=True)
        assert isinstance(tracker, zmq.MessageTracker)
        frame = await client.recv(copy=False)
        assert isinstance(frame, zmq.Frame) and len(frame.bytes) == 100_000
        await client.send_json({"n": 1})
        assert await server.recv_json() == {"n": 1}
        await server.send_string("안녕")
        assert await client.recv_string() == "안녕"
        await client.send_multipart([b"a", b"", bytearray(b"c")])
        assert await server.recv_multipart() == [b"a", b"", b"c"]
        await server.send(b"1", zmq.SNDMORE)
        await server.send(b"2")
        assert [await client.recv(), await client.recv()] == [b"1", b"2"]
        messages = [event for event in stage.record().events if event.kind == "receive"]
        assert [len(event.frames) for event in messages] == [1, 1, 1, 1, 3, 2]
        context.destroy(linger=0)

    run(scenario)


def test_errors_are_those_of_pyzmq():
    async def scenario():
        stage = Stage()
        context, client, server = pair(stage)
        with pytest.raises(zmq.Again):
            await server.recv(zmq.DONTWAIT)
        with pytest.raises(zmq.ZMQError) as refused:
            await client.recv(zmq.DONTWAIT)
        assert refused.value.errno == zmq.EFSM
        with pytest.raises(zmq.ZMQError) as refused:
            await server.send(b"no request")
        assert refused.value.errno == zmq.EFSM
        with pytest.raises(TypeError):
            await client.send("text")
        with pytest.raises(TypeError):
            client.send_string(b"bytes")
        with pytest.raises(zmq.ZMQError):
            client.connect("nonsense://x")
        client.setsockopt(zmq.RCVTIMEO, 20)
        await client.send(b"a")
        with pytest.raises(zmq.Again):
            await client.recv()
        client.close(linger=0)
        with pytest.raises(zmq.ZMQError):
            await client.send(b"closed")
        server.close()
        context.term()
        assert kinds(stage).count("refused") >= 1
        assert kinds(stage).count("gave up") == 1

    run(scenario)


def test_an_exception_that_nobody_looks_at_is_still_reported():
    async def scenario():
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: reports.append(told))
        context, _, server = pair(Stage())
        server.send(b"no request")
        gc.collect()
        await asyncio.sleep(0)
        context.destroy(linger=0)
        return reports

    (report,) = run(scenario)
    assert "never retrieved" in report["message"]


def test_sockets_are_context_managers_and_options_work():
    async def scenario():
        stage = Stage()
        with stage.context() as context, context.socket(zmq.SUB) as sub:
            sub.linger = 0
            sub.subscribe = b"a"
            sub.subscribe("b")
            sub.setsockopt(zmq.SUBSCRIBE, b"c")
            sub.setsockopt_string(zmq.SUBSCRIBE, "d")
            sub.unsubscribe("b")
            with sub.bind("tcp://127.0.0.1:*") as bound:
                assert bound is sub
            assert sub.get(zmq.LINGER) == 0
        assert sub.closed and context.closed
        topics = [event.frames[0].head for event in stage.record().events if event.frames]
        assert topics == [b"a", b"b", b"c", b"d", b"b"]
        assert kinds(stage)[-3:] == ["bind", "unbind", "close"]

    run(scenario)


def test_pollers_and_poll():
    async def scenario():
        context, client, server = pair(Stage())
        assert await client.poll(10) == 0
        poller = zmq.asyncio.Poller()
        poller.register(server, zmq.POLLIN)
        await client.send(b"a")
        assert await poller.poll(5000) == [(server, zmq.POLLIN)]
        assert await server.poll(5000) == zmq.POLLIN
        assert await client.poll(0, zmq.POLLOUT) == 0
        context.destroy(linger=0)

    run(scenario)


def test_a_cancelled_receive_takes_no_message():
    async def scenario():
        stage = Stage()
        context, client, server = pair(stage)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(server.recv(), 0.02)
        await client.send(b"a")
        assert await asyncio.wait_for(server.recv(), 5) == b"a"
        context.destroy(linger=0)
        assert "gave up" in kinds(stage)

    run(scenario)


def test_a_closed_socket_takes_no_wake_up_from_the_next():
    """libzmq makes a socket where a closed one was in memory, and pyzmq may still look there."""

    async def scenario():
        stage = Stage()
        context = stage.context()
        context.rcvtimeo = 1000
        for number in range(150):
            stage.reset()
            pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
            pull.bind("tcp://127.0.0.1:*")
            push.connect(pull.last_endpoint.decode())
            receiving = asyncio.ensure_future(pull.recv())
            await push.send(b"%d" % number)
            assert await receiving == b"%d" % number
        closed = context.socket(zmq.PULL)
        assert await closed.poll(0) == 0
        closed.close()

        class NextSocket:
            closed = False  # so it seems from outside

            def get(self, option):
                raise AssertionError("another socket's events were taken")

        closed._shadow_sock = NextSocket()
        closed._handle_events()
        context.destroy(linger=0)

    run(scenario)


def test_the_learner_may_have_the_monitor():
    from zmq.utils.monitor import recv_monitor_message

    async def scenario():
        stage = Stage()
        context = stage.context()
        server, client = context.socket(zmq.REP), context.socket(zmq.REQ)
        monitor = client.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        server.bind("tcp://127.0.0.1:*")
        client.connect(server.last_endpoint.decode())
        event = await asyncio.wait_for(recv_monitor_message(monitor), 5)
        assert event["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED
        client.disable_monitor()
        monitor.close()
        context.destroy(linger=0)

    run(scenario)


# Nothing is left


def test_term_after_close_ends():
    async def scenario():
        context, client, server = pair(Stage())
        await client.send(b"a")
        await server.recv()
        client.close(linger=0)
        server.close(linger=0)
        await asyncio.wait_for(asyncio.to_thread(context.term), 5)
        assert context.closed

    run(scenario)


def test_destroy_and_with_warn_of_nothing_of_ours():
    async def scenario():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            context, client, _ = pair(Stage())
            await client.send(b"a")
            context.destroy(linger=0)
            gc.collect()

    run(scenario)


def open_descriptors():
    import os

    return len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts in /proc")
def test_no_descriptor_is_left():
    async def scenario():
        async def once():
            context, client, server = pair(Stage())
            await client.send(b"a")
            await server.recv()
            context.destroy(linger=0)

        await once()
        before = open_descriptors()
        for _ in range(20):
            await once()
        assert open_descriptors() <= before + 2

    run(scenario)


def test_a_watched_socket_lives_no_longer_than_another():
    async def scenario():
        stage = Stage()
        context = stage.context()
        socket = context.socket(zmq.PULL)
        socket.bind("inproc://x")
        with pytest.warns(ResourceWarning):
            del socket
            gc.collect()
        assert kinds(stage) == ["socket", "bind", "close"]
        context.term()

    run(scenario)


PROGRAMS = {
    "unclosed at exit": """
        async def main():
            global stage, context, client, server
            stage = Stage()
            context = stage.context()
            server, client = context.socket(zmq.REP), context.socket(zmq.REQ)
            server.bind("tcp://127.0.0.1:*")
            client.connect(server.last_endpoint.decode())
            await client.send(b"a")
            await server.recv()
            waiting = server.poll(10_000)
        asyncio.run(main())
    """,
    "loop closed by hand": """
        async def main():
            stage = Stage()
            context = stage.context()
            server, client = context.socket(zmq.REP), context.socket(zmq.REQ)
            server.bind("tcp://127.0.0.1:*")
            client.connect(server.last_endpoint.decode())
            await client.send(b"a")
            return stage, context, server, client
        loop = asyncio.new_event_loop()
        kept = loop.run_until_complete(main())
        loop.close()
        assert "send" in repr(kept[0].sequence())
    """,
    "sockets made outside a loop, used in two": """
        stage = Stage()
        context = stage.context()
        server, client = context.socket(zmq.REP), context.socket(zmq.REQ)
        server.bind("tcp://127.0.0.1:*")
        client.connect(server.last_endpoint.decode())
        async def main():
            await asyncio.wait_for(stage.connected(client), 5)
            await client.send(b"a")
            assert await asyncio.wait_for(server.recv(), 5) == b"a"
            await server.send(b"b")
            assert await asyncio.wait_for(client.recv(), 5) == b"b"
        asyncio.run(main())
        asyncio.run(main())
        assert "4 messages" not in repr(stage.sequence())
        context.destroy(linger=0)
        stage.sequence()
    """,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_the_interpreter_ends_in_silence(program):
    source = "import asyncio, zmq\nfrom zmqlab.stage import Stage\n" + textwrap.dedent(program)
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_only_the_standard_library_and_zmq_are_needed():
    source = (
        "import sys; import zmq, zmq.asyncio; before = set(sys.modules)\n"
        "import zmqlab.stage, zmqlab.draw.sequence, zmqlab.draw.topology\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "bad = new - set(sys.stdlib_module_names) - {'zmq', 'zmqlab'}\n"
        "assert not bad, bad\n"
        "assert not new & {'subprocess', 'multiprocessing'}, new\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr


# All is noted


def test_what_is_noted():
    async def scenario():
        stage = Stage()
        context, client, server = pair(stage)
        await stage.connected(client)
        await client.send(b"Hello")
        await server.recv()
        await server.send(b"World")
        await client.recv()
        server.close()
        await stage.disconnected(client)
        client.close()
        context.term()
        noted = [k for k in kinds(stage) if k not in ("up", "down")]
        story = "socket, socket, bind, connect, send, receive, send, receive, close, close"
        assert ", ".join(noted) == story
        assert kinds(stage).count("up") == 2
        orders = [event.at.order for event in stage.record().events]
        assert orders == sorted(orders) and len(set(orders)) == len(orders)

    run(scenario)


def test_waiting_for_a_connection_has_a_limit():
    async def scenario():
        stage = Stage()
        context = stage.context()
        client = context.socket(zmq.REQ)
        client.connect("tcp://127.0.0.1:1")
        with pytest.raises(TimeoutError):
            await stage.connected(client, within=0.05)
        await stage.disconnected(client)
        context.destroy(linger=0)

    run(scenario)


def linked(stage, first=zmq.DEALER, second=zmq.DEALER, endpoint="tcp://127.0.0.1:*"):
    """A connecting and a bound socket, by name; and where."""
    context, one, two = pair(stage, first, second, endpoint)
    stage.name(one=one, two=two)
    return context, one, two, two.last_endpoint.decode()


def test_a_crash_after_the_peer_was_closed():
    async def scenario():
        stage = Stage()
        _, one, two, place = linked(stage)
        await stage.connected(one)
        await stage.connected(two)
        one.close()
        await stage.disconnected(one, within=0.5)
        await stage.crash(one, within=0.5)
        await stage.crash(two, within=2)
        await stage.crash(two, within=0.5)
        again = stage.context().socket(zmq.DEALER)
        again.bind(place)

    run(scenario)


def test_a_crash_is_noticed():
    async def scenario():
        stage = Stage()
        context, one, two, place = linked(stage)
        await stage.connected(one)
        await stage.crash(two)
        await stage.disconnected(one, within=0)
        again = context.socket(zmq.DEALER)
        again.bind(place)
        await stage.connected(again)
        await stage.connected(one)
        await stage.crash(one)
        await stage.disconnected(again, within=0)

    run(scenario)


def test_a_crash_does_not_wait_for_other_connections():
    """A peer that has left, and is connected elsewhere, has nothing to notice."""

    async def scenario():
        stage = Stage()
        context, one, two, place = linked(stage)
        other = context.socket(zmq.DEALER)
        other.bind("tcp://127.0.0.1:*")
        await stage.connected(one)
        one.disconnect(place)
        one.connect(other.last_endpoint.decode())
        await stage.connected(one)
        await stage.crash(two, within=2)

    run(scenario)


def test_a_crash_over_inproc_is_refused():
    async def scenario():
        stage = Stage()
        _, one, two, _ = linked(stage, endpoint="inproc://here")
        for socket, name in ((one, "one"), (two, "two")):
            with pytest.raises(ValueError, match=f"{name} uses inproc://here"):
                await stage.crash(socket)
            assert not socket.closed

    run(scenario)


def test_a_crash_that_nobody_notices(monkeypatch):
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")

    async def scenario():
        stage = Stage()
        _, one, two, _ = linked(stage)
        await stage.connected(one)
        monkeypatch.setattr(one._watch, "_note_connection", lambda message: None)
        with pytest.raises(TimeoutError, match=r"one has not noticed the end of two after 0\.2 s"):
            await stage.crash(two, within=0.2)

    run(scenario)


def test_a_port_that_stays_taken(monkeypatch):
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")

    async def taken(place, limit):
        raise TimeoutError

    async def scenario():
        stage = Stage()
        _, _, two, place = linked(stage)
        monkeypatch.setattr("zmqlab.stage.faults.port_is_free", taken)
        with pytest.raises(TimeoutError, match=f"{place} is still taken, 3 s after"):
            await stage.crash(two, within=3)

    run(scenario)


def test_disconnect_is_noticed():
    async def scenario():
        stage = Stage()
        _, one, two, place = linked(stage)
        await stage.connected(one)
        one.disconnect(place)
        await stage.disconnected(one, within=0.5)
        one.connect(place)
        await stage.connected(one)
        await stage.crash(two)
        await stage.disconnected(one, within=0.5)

    run(scenario)


def test_disconnect_while_somebody_waits_for_it():
    async def scenario():
        stage = Stage()
        _, one, two, place = linked(stage)
        await stage.connected(one)
        waiting = asyncio.ensure_future(stage.disconnected(one))
        await asyncio.sleep(0)
        one.disconnect(place)
        await waiting
        one.connect(place)
        waiting = asyncio.ensure_future(stage.disconnected(two))
        await stage.connected(two)
        two.close()
        await waiting

    run(scenario)


def test_several_connections_are_waited_for(monkeypatch):
    monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")

    async def scenario():
        stage = Stage()
        context = stage.context()
        push, one, two = (context.socket(kind) for kind in (zmq.PUSH, zmq.PULL, zmq.PULL))
        stage.name(push=push)
        push.bind("tcp://127.0.0.1:*")
        place = push.last_endpoint.decode()
        one.connect(place)
        await stage.connected(push)
        with pytest.raises(TimeoutError, match=r"push has fewer than 2 connections after 0\.05 s"):
            await stage.connected(push, within=0.05, peers=2)
        waiting = asyncio.ensure_future(stage.connected(push, peers=2))
        two.connect(place)
        await waiting
        with pytest.raises(TimeoutError, match=r"push still has more than 1 connection after"):
            await stage.disconnected(push, within=0.05, left=1)
        two.close()
        await stage.disconnected(push, left=1)

    run(scenario)


def test_what_a_limit_says(monkeypatch):
    async def scenario():
        stage = Stage()
        context, one, two, _ = linked(stage)
        alone = context.socket(zmq.REQ)
        await stage.connected(one)
        await stage.connected(two)
        monkeypatch.setenv("ZMQLAB_LANGUAGE", "en")
        with pytest.raises(TimeoutError, match=r"REQ socket has no connection after 0\.05 s"):
            await stage.connected(alone, within=0.05)
        with pytest.raises(TimeoutError, match=r"one is still connected after 0\.05 s"):
            await stage.disconnected(one, within=0.05)
        monkeypatch.setenv("ZMQLAB_LANGUAGE", "ko")
        with pytest.raises(TimeoutError, match=r"REQ 소켓: 0\.05초가 지났지만 연결되지"):
            await stage.connected(alone, within=0.05)
        alone.close()
        with pytest.raises(ValueError, match="the REQ socket is closed"):
            await stage.connected(alone)

    run(scenario)


@pytest.mark.parametrize("limit", [-1, 0, "x", 2.5, None, True])
def test_a_limit_of_rows_is_a_number(limit):
    with pytest.raises(ValueError, match=f"1 or more, not {limit!r}"):
        Stage().sequence(limit)


def test_a_send_that_waits():
    async def scenario():
        stage = Stage()
        context = stage.context()
        push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
        push.bind("tcp://127.0.0.1:*")
        sending = push.send(b"a")
        assert not sending.done()
        pull.connect(push.last_endpoint.decode())
        await sending
        await pull.recv()
        given_up = pull.recv()
        given_up.cancel()
        await asyncio.sleep(0)
        context.destroy(linger=0)
        assert [k for k in kinds(stage) if k in ("send", "sent", "gave up")] == [
            "send",
            "sent",
            "gave up",
        ]

    run(scenario)


def test_names():
    async def scenario():
        stage = Stage()
        context = stage.context()
        client = context.socket(zmq.REQ)
        stage.name(client=client)
        other = Stage().context().socket(zmq.REQ)
        plain = zmq.asyncio.Context().socket(zmq.REQ)
        for stranger in (other, plain):
            with pytest.raises(ValueError, match="server is not on this stage"):
                stage.name(server=stranger)
            stranger.context.destroy(linger=0)
        context.destroy(linger=0)

    run(scenario)


def test_the_record_is_bounded(monkeypatch):
    monkeypatch.setattr(records, "LIMIT", 100)

    async def scenario():
        stage = Stage()
        context, push, pull = pair(stage, zmq.PUSH, zmq.PULL)
        stage.name(push=push, pull=pull)
        for _ in range(150):
            await push.send(b"x" * 5000)
        for _ in range(150):
            await pull.recv()
        record = stage.record()
        assert kinds(stage).count("send") == 100
        assert kinds(stage).count("receive") == 100
        assert record.skipped["send"] == 50
        assert max(len(f.head) + len(f.tail) for e in record.events for f in e.frames) <= 136
        text = stage.sequence().text("en")
        assert "push sends 98 more like it to pull; all are received." in text
        assert "50 more messages are not drawn." in text
        assert "peer 1" not in text
        stage.clear()
        await push.send(b"again")
        await pull.recv()
        assert "push sends “again” (5 bytes) to pull" in stage.sequence().text("en")
        context.destroy(linger=0)

    run(scenario)


def test_frames_are_remembered_by_size_and_ends():
    assert remember(b"abc") == (3, b"abc", b"")
    assert remember(memoryview(b"abc")) == (3, b"abc", b"")
    assert remember(zmq.Frame(b"abc")) == (3, b"abc", b"")
    long = bytes(range(256)) * 10
    assert remember(long) == (2560, long[:120], long[-16:])
    with pytest.raises(TypeError):
        remember("text")


def test_clear_does_not_open_what_reset_closed():
    async def scenario():
        stage = Stage()
        context, _, _ = pair(stage)
        stage.reset()
        client, server = context.socket(zmq.REQ), context.socket(zmq.REP)
        stage.name(client=client, server=server)
        server.bind("inproc://again")
        client.connect("inproc://again")
        stage.clear()
        await client.send(b"first")
        await server.recv()
        for picture in (stage.sequence(), stage.topology()):
            assert picture.text("en").splitlines()[0].endswith("client (REQ), server (REP)")
        context.destroy(linger=0)

    run(scenario)


def test_clear_begins_anew():
    async def scenario():
        stage = Stage()
        context, client, server = pair(stage)
        stage.name(client=client, server=server)
        await client.send(b"first")
        await server.recv()
        await server.send(b"second")
        stage.clear()
        assert stage.sequence().sentences("en") == []
        await client.recv()
        (told,) = stage.sequence().sentences("en")
        assert told.startswith("server sends “second” (6 bytes) to client; received ")
        stage.clear()
        await client.send(b"third")
        await server.recv()
        told = stage.sequence().sentences("en")
        assert len(told) == 1 and "third" in told[0]
        context.destroy(linger=0)

    run(scenario)


def test_sockets_of_earlier_pictures_are_not_drawn_again():
    async def scenario():
        stage = Stage()
        context = stage.context()
        for _ in range(3):
            stage.reset()
            push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
            stage.name(push=push, pull=pull)
            push.bind("tcp://127.0.0.1:*")
            pull.connect(push.last_endpoint.decode())
            await stage.connected(pull)
            stage.clear()
            await push.send(b"one")
            await pull.recv()
        return stage.sequence(), stage.topology()

    sequence, topology = run(scenario)
    assert [lane.name.en for lane in sequence.lanes] == ["push", "pull"]
    assert [card.lane.name.en for card in topology.cards] == ["push", "pull"]


def test_refused_waits_for_an_attempt_that_fails():
    async def scenario():
        stage = Stage()
        context = stage.context()
        with context.socket(zmq.SUB) as early, context.socket(zmq.PUB) as publisher:
            endpoint = await free_endpoint()
            early.connect(endpoint)
            await stage.refused(early)
            await stage.refused(early)  # and once more: it tries again
            publisher.bind(endpoint)
            await stage.connected(early)
            with pytest.raises(TimeoutError, match="was not refused"):
                await stage.refused(early, within=0.3)
        context.term()

    run(scenario)


def test_reset_closes_what_is_open_and_begins_lanes_anew(ended):
    async def run():
        stage = Stage()
        context = stage.context()
        first = context.socket(zmq.PULL)
        stage.name(worker=first)
        first.bind("inproc://earlier")
        stage.reset()
        assert first.closed
        second, sender = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        stage.name(ventilator=sender, worker=second)
        second.bind("inproc://tasks")
        sender.connect("inproc://tasks")
        await sender.send(b"#1")
        assert await second.recv() == b"#1"
        text = stage.sequence().text("en")
        assert "new socket" not in text
        lanes = "Sequence diagram: ventilator (PUSH), worker (PULL)"
        assert text.splitlines()[0] == lanes
        stage.clear()
        await sender.send(b"#2")
        assert await second.recv() == b"#2"
        assert stage.sequence().text("en").splitlines()[0] == lanes
        context.destroy(linger=0)

    asyncio.run(run())
