"""What conformance does not reach: peers that misbehave, what is left behind, and the loop itself.

The peers here are bare sockets of the system, which can do what no ØMQ library does.
"""

import asyncio
import contextlib
import errno
import gc
import inspect
import os
import socket
import threading
from unittest import mock

import pytest

import purezmq as zmq
import purezmq.asyncio
from purezmq.asyncio import Context, Poller, recv_monitor_message

LIMIT = 20.0

# RFC 37: a greeting of 3.1 for NULL, and the READY of a PUSH.
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48)
READY = b"\x04\x1a\x05READY\x0bSocket-Type\x00\x00\x00\x04PUSH"


def run(coroutine):
    """Run with a limit in time; nothing may be left over."""

    async def limited():
        async with asyncio.timeout(LIMIT):
            await coroutine
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left

    asyncio.run(limited())


@contextlib.asynccontextmanager
async def fresh():
    """A context whose sockets are closed at the end, whatever happened."""
    context = Context()
    try:
        yield context
    finally:
        await context.destroy(linger=0)


async def until(condition):
    """Look at each turn of the loop whether something holds; the test's limit ends it."""
    while not condition():  # noqa: ASYNC110 (there is no event: that is what is tested)
        await asyncio.sleep(0)


async def event(monitor, wanted):
    """Receive events until the wanted one."""
    while (message := await recv_monitor_message(monitor))["event"] != wanted:
        pass
    return message


def port_of(bound):
    return int(bound.last_endpoint.rpartition(b":")[2])


def states(socket):
    return [connection.state for connection in socket.statistics().connections]


def paused(socket):
    return any(not connection.reading for connection in socket.statistics().connections)


def descriptors():
    return set(os.listdir("/dev/fd"))


def test_a_thousand_peers_come_and_go_and_leave_nothing():
    async def main():
        async with fresh() as context:
            pull = context.socket(zmq.PULL)
            pull.bind("tcp://127.0.0.1:*")
            port = port_of(pull)

            async def come_and_go(number):
                peer = socket.socket()
                peer.setblocking(False)
                loop = asyncio.get_running_loop()
                await loop.sock_connect(peer, ("127.0.0.1", port))
                # Killed at every stage: unheard, in the greeting, before READY, in a frame.
                sent = (GREETING + READY + b"\x00\x01a\x00\x05part")[: (number % 7) * 17]
                await loop.sock_sendall(peer, sent)
                if number % 2:  # and half of them with a reset
                    linger = b"\x01\0\0\0\0\0\0\0"
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                peer.close()

            await come_and_go(0)
            await until(lambda: not pull.statistics().connections)
            gc.collect()
            before = descriptors()
            for start in range(0, 1000, 50):
                await asyncio.gather(*map(come_and_go, range(start, start + 50)))
                # All are taken in before the last of them can have gone.
                await asyncio.sleep(0)
            probe = context.socket(zmq.PUSH)
            probe.connect(pull.last_endpoint.decode())
            await probe.send(b"the last")
            while await pull.recv() != b"the last":
                pass
            await until(lambda: pull.statistics().peers == 1)
            probe.close()
            await until(lambda: not pull.statistics().connections)
            assert pull.statistics().peers == 0
            gc.collect()
            assert descriptors() == before
            assert not context.registry.leaving

    run(main())


def test_a_thousand_connects_and_kills_of_a_connector():
    async def main():
        killed = 0

        async def kill(reader, writer):
            nonlocal killed
            killed += 1
            writer.transport.abort()

        server = await asyncio.start_server(kill, "127.0.0.1", 0)
        async with fresh() as context:
            push = context.socket(zmq.PUSH)
            push.reconnect_ivl = 0
            push.connect(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            await push.send(b"stays")
            await until(lambda: killed >= 5)
            before = len(descriptors())
            await until(lambda: killed >= 1000)
            assert len(descriptors()) <= before + 4
            assert push.statistics().queued_out == 1
            push.close(linger=0)
        server.close()
        await until(lambda: len(asyncio.all_tasks()) == 1)

    run(main())


def test_a_peer_that_stalls_in_its_handshake_is_given_up():
    async def main():
        async with fresh() as context:
            pull = context.socket(zmq.PULL)
            pull.handshake_ivl = 50
            monitor = pull.get_monitor_socket()
            pull.bind("tcp://127.0.0.1:*")
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(pull))
            writer.write(GREETING[:30])
            failed = await event(monitor, zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
            assert failed["value"] == errno.ETIMEDOUT
            await event(monitor, zmq.EVENT_DISCONNECTED)
            await reader.read()  # to the end: it was closed
            assert not pull.statistics().connections
            writer.close()

    run(main())


def test_a_stalled_server_is_tried_again():
    async def main():
        came = asyncio.Queue()
        server = await asyncio.start_server(lambda *both: came.put_nowait(both), "127.0.0.1", 0)
        async with fresh() as context:
            push = context.socket(zmq.PUSH)
            push.handshake_ivl, push.reconnect_ivl = 50, 1
            push.connect(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            for _ in range(2):
                reader, writer = await came.get()
                assert (await reader.readexactly(64))[:11] == GREETING[:11]
                assert await reader.read() == b""
                writer.close()
        server.close()

    run(main())


def test_a_half_open_connection_is_noticed_by_heartbeats():
    async def main():
        async with fresh() as context:
            pull = context.socket(zmq.PULL)
            pull.heartbeat_ivl, pull.heartbeat_timeout = 20, 60
            monitor = pull.get_monitor_socket()
            pull.bind("tcp://127.0.0.1:*")
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(pull))
            writer.write(GREETING + READY + b"\x00\x05alive")
            assert await pull.recv() == b"alive"
            data = await reader.read()  # to the end, though we never said a word again
            while not reader.at_eof():
                data += await reader.read()
            assert b"\x04PING" in data
            await event(monitor, zmq.EVENT_DISCONNECTED)
            writer.close()

    run(main())


def test_garbage_ends_its_own_connection_only():
    async def main():
        async with fresh() as context:
            pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
            monitor = pull.get_monitor_socket()
            pull.bind("tcp://127.0.0.1:*")
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(pull))
            writer.write(b"GET / HTTP/1.1\r\n\r\n" + bytes(64))
            await event(monitor, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL)
            await reader.read()
            writer.close()
            push.connect(pull.last_endpoint.decode())
            await push.send(b"still here")
            assert await pull.recv() == b"still here"

    run(main())


def test_what_came_before_a_fault_is_received():
    async def main():
        async with fresh() as context:
            pull = context.socket(zmq.PULL)
            pull.bind("tcp://127.0.0.1:*")
            _, writer = await asyncio.open_connection("127.0.0.1", port_of(pull))
            writer.write(GREETING + READY + b"\x00\x01a\x00\x01b\xf0\x01c")
            assert [await pull.recv(), await pull.recv()] == [b"a", b"b"]
            writer.close()

    run(main())


def test_reading_stops_at_the_mark_and_goes_on():
    async def main():
        async with fresh() as context:
            pull = context.socket(zmq.PULL)
            pull.rcvhwm = 10
            pull.bind("tcp://127.0.0.1:*")
            _, writer = await asyncio.open_connection("127.0.0.1", port_of(pull))
            writer.write(GREETING + READY)
            body = bytes(250)
            count = 100_000
            writer.write((b"\x00\xfa" + body) * count)
            await until(lambda: paused(pull))
            # What one read brought may exceed the mark: asyncio reads up to 256 KiB at once.
            assert pull.statistics().queued_in <= 10 + (256 << 10) // 252 + 1
            for _ in range(count):
                assert await pull.recv() == body
            writer.close()

    run(main())


@pytest.mark.parametrize("transport", ["tcp://127.0.0.1:*", "inproc://here"])
def test_a_cancelled_recv_takes_no_message(transport):
    async def main():
        async with fresh() as context:
            pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
            pull.bind(transport)
            push.connect(pull.last_endpoint.decode())
            for _ in range(100):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(pull.recv(), 0.0001)
            assert pull.statistics().receiving == 0
            first, second, third = pull.recv(), pull.recv(), pull.recv()
            second.cancel()
            for word in (b"one", b"two"):
                await push.send(word)
            assert await first == b"one" and await third == b"two"

    run(main())


def test_a_program_that_never_waits_lets_others_run():
    async def main():
        async with fresh() as context:
            pub = context.socket(zmq.PUB)
            pub.bind("inproc://loud")
            turns = 0

            async def other():
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            task = asyncio.create_task(other())
            for _ in range(4000):
                await pub.send(b"")
            assert turns >= 10
            turns = 0
            pull = context.socket(zmq.PULL)
            for _ in range(4000):
                with pytest.raises(zmq.Again):
                    await pull.recv(zmq.DONTWAIT)
            assert turns >= 10
            turns = 0
            for _ in range(4000):
                assert await pull.poll(0) == 0
            assert turns >= 10
            task.cancel()
            await asyncio.wait([task])

    run(main())


class _BareHandle:
    """A timer as some loops give it, Pyodide's among them: it can be cancelled, and no more."""

    def __init__(self, handle):
        self.cancel = handle.cancel


class _BareLoop(asyncio.SelectorEventLoop):
    def call_at(self, when, callback, *args, context=None):
        return _BareHandle(super().call_at(when, callback, *args, context=context))

    def call_later(self, delay, callback, *args, context=None):
        return self.call_at(self.time() + delay, callback, *args, context=context)


def test_timers_need_no_more_than_to_be_cancelled():
    async def main():
        context = Context()
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        for each in (pull, push):
            each.heartbeat_ivl, each.heartbeat_timeout, each.reconnect_ivl = 5, 10_000, 1
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            endpoint = f"tcp://127.0.0.1:{reserved.getsockname()[1]}"
        push.connect(endpoint)
        assert await pull.poll(1) == 0
        pull.bind(endpoint)
        for number in range(10):
            await push.send(b"%d" % number)
            assert await pull.recv() == b"%d" % number
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        await context.destroy(linger=100)

    with asyncio.Runner(loop_factory=_BareLoop) as runner:
        runner.run(main())


def test_large_messages_are_written_whole_whatever_comes_between():
    """Slices wait for the transport: heartbeats and subscriptions stay behind what was begun."""

    async def main():
        async with fresh() as context:
            xpub, subs = context.socket(zmq.XPUB), []
            xpub.heartbeat_ivl, xpub.heartbeat_timeout = 1, 10_000
            xpub.bind("tcp://127.0.0.1:*")
            for _ in range(3):
                sub = context.socket(zmq.SUB)
                sub.heartbeat_ivl, sub.heartbeat_timeout = 1, 10_000
                sub.connect(xpub.last_endpoint.decode())
                sub.subscribe(b"")
                subs.append(sub)
            assert await xpub.recv() == b"\x01"
            await until(lambda: states(xpub) == ["TRAFFIC"] * 3)
            bodies = [os.urandom(3_000_001), b"small", os.urandom(70_000), os.urandom(9_000_000)]
            messages = [[b"topic", body] for body in bodies]
            for message in messages:
                await xpub.send_multipart(message)
            for sub in subs:
                assert [await sub.recv_multipart() for _ in messages] == messages

    run(main())


def test_a_large_message_lingers():
    async def main():
        async with fresh() as context:
            pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
            pull.bind("tcp://127.0.0.1:*")
            push.connect(pull.last_endpoint.decode())
            await push.send(b"first")
            assert await pull.recv() == b"first"
            body = os.urandom(20_000_000)
            await push.send(body)
            push.close()
            assert await pull.recv() == body

    run(main())


def test_close_returns_at_once_and_messages_leave_behind_it():
    async def main():
        async with fresh() as context:
            push = context.socket(zmq.PUSH)
            with socket.socket() as reserved:
                reserved.bind(("127.0.0.1", 0))
                endpoint = f"tcp://127.0.0.1:{reserved.getsockname()[1]}"
            push.connect(endpoint)
            for number in range(500):
                await push.send(b"%d" % number)
            push.close()
            pull = context.socket(zmq.PULL)
            pull.bind(endpoint)
            assert [int(await pull.recv()) for _ in range(500)] == list(range(500))
            await until(lambda: not context.registry.leaving)

    run(main())


def test_linger_gives_up_in_time():
    async def main():
        context = Context()
        push = context.socket(zmq.PUSH)
        push.connect("tcp://127.0.0.1:1")
        await push.send(b"for nobody")
        push.close(linger=50)
        loop = asyncio.get_running_loop()
        start = loop.time()
        await context.term()
        assert 0.04 <= loop.time() - start < 5

    run(main())


def test_asyncio_run_waits_for_a_terminated_context():
    body, count = bytes(10_000), 300
    received = bytearray()

    def receive(listening):
        while received.count(body) < count:  # the loop's end may break a first connection off
            peer, _ = listening.accept()
            with peer, contextlib.suppress(ConnectionResetError):
                peer.sendall(GREETING + READY.replace(b"PUSH", b"PULL"))
                while data := peer.recv(1 << 16):
                    received.extend(data)

    async def main(endpoint):
        context = Context()
        push = context.socket(zmq.PUSH)
        push.connect(endpoint)
        for _ in range(count):
            await push.send(body)
        push.close()
        context.term()  # not awaited: a program written for libzmq doesn't

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(LIMIT)
        thread = threading.Thread(target=receive, args=[listening])
        thread.start()
        asyncio.run(main(f"tcp://127.0.0.1:{listening.getsockname()[1]}"))
        thread.join(LIMIT)
    assert received.count(body) == count


def test_the_end_of_a_context_is_told_to_those_who_wait():
    async def main():
        context = Context()
        pull = context.socket(zmq.PULL)
        waiting = pull.recv()
        ending = context.term()
        for attempt in (waiting, pull.recv()):
            with pytest.raises(zmq.ContextTerminated, match="Context was terminated"):
                await attempt
        with pytest.raises(zmq.ContextTerminated):
            pull.bind("inproc://late")
        with pytest.raises(zmq.ZMQError, match="not supported"):
            context.socket(zmq.PULL)
        pull.close()
        await ending

    run(main())


def test_bind_and_connect_before_there_is_a_loop():
    context = Context()
    pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    pull.bind("tcp://127.0.0.1:*")
    push.connect(pull.last_endpoint.decode())

    async def main():
        await push.send(b"early")
        assert await pull.recv() == b"early"
        await context.destroy(linger=0)

    run(main())


def test_a_poller_takes_sockets_of_its_own_only():
    with socket.socket() as bare, pytest.raises(TypeError, match="a socket of purezmq"):
        Poller().register(bare, zmq.POLLIN)


def test_what_is_not_here_says_its_name():
    async def main():
        async with fresh() as context:
            push = context.socket(zmq.PUSH)
            for act in (
                lambda: push.set(zmq.CURVE_SERVER, 1),
                lambda: setattr(push, "curve_server", 1),
                lambda: push.curve_server,
            ):
                with pytest.raises(NotImplementedError, match="CURVE_SERVER"):
                    act()
            for act in (push.fileno, lambda: push.FD, lambda: push.get(zmq.FD)):
                with pytest.raises(NotImplementedError, match="FD"):
                    act()
            with pytest.raises(NotImplementedError, match="STREAM"):
                context.socket(zmq.STREAM)
            with pytest.raises(NotImplementedError, match="CURVE"):
                purezmq.curve_keypair()

    run(main())


def test_every_option_is_there_or_refused_with_its_name():
    async def main():
        async with fresh() as context:
            for option in zmq.SocketOption:
                dealer = context.socket(zmq.DEALER)
                try:
                    value = dealer.get(option)
                except NotImplementedError as error:
                    assert option.name in str(error)
                except zmq.ZMQError as error:
                    assert error.errno == zmq.EINVAL
                else:
                    assert isinstance(value, int | bytes)
                dealer.close()

    run(main())


def test_a_context_outlives_a_loop_that_left_its_sockets_open():
    context = Context()

    async def first():
        pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
        pull.bind("tcp://127.0.0.1:*")
        push.connect(pull.last_endpoint.decode())
        push.connect("tcp://127.0.0.1:1")
        closed = context.socket(zmq.PUSH)
        closed.connect("tcp://127.0.0.1:1")
        await closed.send(b"never leaves")
        closed.close()
        for _ in range(2):
            await push.send(b"one goes nowhere")
        await pull.recv()
        pull.recv()

    asyncio.run(first())

    async def second():
        one, other = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
        one.bind("inproc://second")
        other.connect("inproc://second")
        await one.send(b"on")
        assert await other.recv() == b"on"
        await context.destroy()

    run(second())


def test_poll_ends_with_its_socket_and_its_context():
    async def main():
        async with fresh() as context:
            pull, other = context.socket(zmq.PULL), context.socket(zmq.PULL)
            waiting = pull.poll()
            pull.close()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            waiting = other.poll()
            context.term()
            with pytest.raises(zmq.ContextTerminated):
                await waiting

    run(main())


@pytest.mark.parametrize("transport", ["tcp://127.0.0.1:*", "inproc://here"])
def test_a_router_probes_once(transport):
    async def main():
        async with fresh() as context:
            prober, probed = context.socket(zmq.ROUTER), context.socket(zmq.ROUTER)
            prober.probe_router = 1
            prober.routing_id = b"prober"
            probed.bind(transport)
            prober.connect(probed.last_endpoint.decode())
            assert await probed.recv_multipart() == [b"prober", b""]
            await probed.send_multipart([b"prober", b"yes?"])
            name, word = await prober.recv_multipart()
            assert word == b"yes?"
            await prober.send_multipart([name, b"only that"])
            assert await probed.recv_multipart() == [b"prober", b"only that"]

    run(main())


def test_accepted_connections_send_small_messages_at_once():
    """Nagle's algorithm would hold the second of two small messages until the first is known."""
    from purezmq.compat.options import defaults
    from purezmq.transport.stream import tune

    with socket.socket() as listening:
        tune(listening, defaults())
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_all_that_was_begun_before_the_loop_runs_begins_with_it():
    """Both ends are of a program's first lines; only one is used at first."""
    context = Context()
    push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
    push.bind("tcp://127.0.0.1:*")
    pull.connect(push.last_endpoint.decode())

    async def main():
        await push.send(b"x")  # waits until somebody is there
        assert await pull.recv() == b"x"
        await context.destroy(linger=0)

    run(main())


@pytest.mark.parametrize("size", [100_000, 1_000_000, 5_000_000])
def test_a_large_message_that_breaks_off_leaves_nothing(size):
    """The peer goes in the middle of it, and comes again."""

    async def main():
        async with fresh() as context:
            pull = context.socket(zmq.PULL)
            pull.bind("tcp://127.0.0.1:*")
            header = b"\x02" + size.to_bytes(8, "big")
            body = os.urandom(size)
            for octets in (header + body[: size // 2], header + body):
                _, writer = await asyncio.open_connection("127.0.0.1", port_of(pull))
                writer.write(GREETING + READY + octets)
                await writer.drain()
                if octets.endswith(body):
                    assert await pull.recv() == body
                writer.close()
                await writer.wait_closed()
                await until(lambda: not pull.statistics().connections)
            assert not pull.get(zmq.EVENTS)

    run(main())


def test_reading_stops_at_the_mark_between_large_messages():
    """A program that does not receive: what has come waits, and the rest stays with the sender."""

    async def main():
        async with fresh() as context:
            push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
            push.sndhwm = pull.rcvhwm = 2
            pull.bind("tcp://127.0.0.1:*")
            push.connect(pull.last_endpoint.decode())
            bodies = [bytes((n,)) * 2_000_000 for n in range(20)]

            async def send():
                for body in bodies:
                    await push.send(body)

            sending = asyncio.create_task(send())
            await until(lambda: paused(pull))
            assert pull.statistics().queued_in == 2
            assert not sending.done()
            for body in bodies:
                assert await pull.recv() == body
            await sending

    run(main())


@pytest.mark.parametrize("host", ["a" * 70, "a..b"])
def test_a_name_that_can_be_none_fails_like_any_other(host):
    """No resolver is asked: Python itself refuses the name. libzmq too goes on trying."""

    async def main():
        async with fresh() as context:
            push = context.socket(zmq.PUSH)
            push.linger, push.reconnect_ivl = 0, 1
            monitor = push.get_monitor_socket()
            push.connect(f"tcp://{host}:5555")
            for _ in range(2):
                await event(monitor, zmq.EVENT_CONNECT_RETRIED)
            with pytest.raises(zmq.ZMQError) as caught:
                push.bind(f"tcp://{host}:5555")
            assert caught.value.errno == errno.ENODEV

    run(main())


def test_a_sender_that_waits_for_a_peer_learns_that_it_is_gone():
    """A ROUTER that must find its peer: once the connection is over, there is none to wait for."""

    async def main():
        async with fresh() as context:
            router = context.socket(zmq.ROUTER)
            router.router_mandatory, router.sndhwm = 1, 1
            router.bind("tcp://127.0.0.1:*")
            _, writer = await asyncio.open_connection("127.0.0.1", port_of(router))
            ready = b"\x04\x2a\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
            writer.write(GREETING + ready + b"\x08Identity\x00\x00\x00\x01D")
            await until(lambda: states(router) == ["TRAFFIC"])
            message = [b"D", bytes(40_000_000)]  # no system holds that much
            while router.statistics().connections[0].writing or router.get(zmq.EVENTS):
                if router.get(zmq.EVENTS):
                    await router.send_multipart(message)
                await asyncio.sleep(0)
            waiting = asyncio.ensure_future(router.send_multipart(message))
            await asyncio.sleep(0)
            assert not waiting.done()
            writer.transport.abort()
            with pytest.raises(zmq.ZMQError) as caught:
                await waiting
            assert caught.value.errno == zmq.EHOSTUNREACH

    run(main())


def test_why_a_peer_was_refused_is_logged(caplog):
    async def main():
        async with fresh() as context:
            pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
            pull.bind("tcp://127.0.0.1:*")
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(pull))
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            await reader.read()
            writer.close()
            push.connect(pull.last_endpoint.decode())
            await push.send(b"seen")
            await pull.recv()
            endpoint = pull.last_endpoint.decode()
            reason = "it begins with 0x47, not with 0xff"
            refused = [record for record in caplog.records if reason in record.getMessage()]
            assert [record.levelname for record in refused] == ["INFO"]
            assert refused[0].getMessage().startswith(endpoint)
            frames = [r.getMessage() for r in caplog.records if r.levelname == "DEBUG"]
            assert f"{endpoint} > [[b'seen']]" in frames
            assert f"{endpoint} < [[b'seen']]" in frames

    with caplog.at_level("DEBUG", "purezmq"):
        run(main())


@pytest.mark.parametrize("end", ["frontend", "backend", "cancel", "context"])
def test_a_proxy_ends_whole(end):
    async def main():
        async with fresh() as context:
            frontend, backend = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
            client, worker = context.socket(zmq.REQ), context.socket(zmq.REP)
            client.connect(frontend.bind("inproc://front").addr)
            worker.connect(backend.bind("inproc://back").addr)
            running = asyncio.ensure_future(zmq.proxy(frontend, backend))
            await client.send(b"ask")
            await worker.send(await worker.recv() * 2)
            assert await client.recv() == b"askask"
            if end == "cancel":
                running.cancel()
            elif end == "context":
                context.term()
            else:
                {"frontend": frontend, "backend": backend}[end].close()
            with pytest.raises((asyncio.CancelledError, zmq.ContextTerminated)):
                await running

    run(main())


def test_an_absent_option_is_an_attribute_that_is_not_there():
    async def main():
        async with fresh() as context:
            push = context.socket(zmq.PUSH)
            assert not hasattr(push, "curve_server")
            assert getattr(push, "AFFINITY", None) is None
            assert "linger" in dict(inspect.getmembers(push))
            assert mock.Mock(spec=push).send
            with pytest.raises(NotImplementedError, match="AFFINITY"):
                push.affinity = 1
            with pytest.raises(AttributeError):
                push.no_such_option  # noqa: B018
            with pytest.raises(AttributeError):
                push.closed = True

    run(main())


def test_a_context_may_be_another_view_and_refuses_what_it_cannot_be():
    async def main():
        class Subclass(Context):
            extra: str

        async with fresh() as context:
            other = Subclass(context)
            other.extra = "kept"
            assert other.extra == "kept"
            push, pull = context.socket(zmq.PUSH), other.socket(zmq.PULL)
            pull.bind("inproc://shared")
            push.connect("inproc://shared")
            await push.send(b"seen")
            assert await pull.recv() == b"seen"
            for wrong, error in ((-1, zmq.ZMQError), ("3", TypeError)):
                with pytest.raises(error):
                    Context(wrong)
                with pytest.raises(error):
                    context.set(zmq.MAX_SOCKETS, wrong)
            assert isinstance(context, zmq.Context)
            assert not isinstance(push, zmq.Context)
            with pytest.warns(ResourceWarning, match="unclosed sockets"), Context() as left:
                left.socket(zmq.PUSH)

    run(main())
