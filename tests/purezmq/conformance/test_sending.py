"""What can be sent and received: bytes, frames, strings, JSON, objects; one part or many."""

import asyncio

import numpy
import pytest


@pytest.fixture
def ends(lab, zmq):
    """A PUSH and a PULL, made and joined when the test's loop runs."""

    async def join(**options):
        push, pull = lab.socket(zmq.PUSH, **options), lab.socket(zmq.PULL)
        await lab.link(push, pull, "inproc")
        return push, pull

    return join


@pytest.mark.parametrize("copy", [True, False])
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
async def test_whatever_holds_bytes(lab, zmq, ends, kind, copy):
    push, pull = await ends()
    await push.send(kind(b"body"), copy=copy)
    body = await pull.recv()
    assert body == b"body" and type(body) is bytes
    await push.send_multipart([kind(b"one"), b"two"], copy=copy)
    assert await pull.recv_multipart() == [b"one", b"two"]


async def test_a_buffer_changed_after_sending(lab, zmq, ends):
    push, pull = await ends()
    buffer = bytearray(b"before")
    await push.send(buffer)
    buffer[:] = b"after "
    assert await pull.recv() == b"before"


async def test_frames(lab, zmq, ends):
    push, pull = await ends()
    await push.send_multipart([b"one", b"two"])
    frame = await pull.recv(copy=False)
    assert isinstance(frame, zmq.Frame)
    assert (frame.bytes, bytes(frame), len(frame), frame.more) == (b"one", b"one", 3, True)
    assert bytes(frame.buffer) == b"one"
    assert not (await pull.recv(copy=False)).more
    await push.send_multipart([b"one", b"two"])
    frames = await pull.recv_multipart(copy=False)
    assert [frame.bytes for frame in frames] == [b"one", b"two"]
    await push.send(frame)
    await push.send_multipart([zmq.Frame(b"x"), frame])
    assert await pull.recv() == b"one"
    assert await pull.recv_multipart() == [b"x", b"one"]


async def test_a_tracker_tells_when_a_buffer_is_free(lab, zmq, ends):
    push, pull = await ends()
    assert await push.send(b"not tracked") is None
    tracker = await push.send(bytes(100_000), copy=False, track=True)
    assert isinstance(tracker, zmq.MessageTracker)
    assert await pull.recv() == b"not tracked"
    frame = await pull.recv(copy=False)
    assert frame.bytes == bytes(100_000)
    del frame
    while not tracker.done:  # noqa: ASYNC110
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("body", ["text", 5, None])
async def test_what_has_no_bytes(lab, zmq, ends, body):
    push, pull = await ends()
    with pytest.raises(TypeError):
        await push.send(body)
    with pytest.raises(TypeError):
        await push.send_multipart([b"first", body])
    await push.send(b"nothing went of those")
    assert await pull.recv() == b"nothing went of those"


async def test_frame_by_frame(lab, zmq, ends):
    push, pull = await ends()
    await push.send(b"one", zmq.SNDMORE)
    await push.send(b"two", flags=zmq.SNDMORE)
    assert not await pull.poll(0)  # nothing goes before the last frame
    await push.send(b"three")
    assert not pull.rcvmore
    assert await pull.recv() == b"one"
    assert pull.rcvmore and pull.getsockopt(zmq.RCVMORE) == 1
    assert await pull.recv_multipart() == [b"two", b"three"]  # the rest of it
    assert not pull.rcvmore


async def test_more_to_come_after_send_multipart(lab, zmq, ends):
    push, pull = await ends()
    await push.send_multipart([b"one", b"two"], flags=zmq.SNDMORE)
    await push.send_string("three", flags=zmq.SNDMORE)
    await push.send_json([4])
    assert await pull.recv_multipart() == [b"one", b"two", b"three", b"[4]"]


async def test_strings(lab, zmq, ends):
    push, pull = await ends()
    await push.send_string("소켓")
    assert await pull.recv_string() == "소켓"
    await push.send_string("소켓", encoding="euc-kr")
    assert await pull.recv() == "소켓".encode("euc-kr")
    await push.send_string("소켓", encoding="euc-kr")
    assert await pull.recv_string(encoding="euc-kr") == "소켓"
    await push.send(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        await pull.recv_string()
    with pytest.raises(TypeError):
        await push.send_string(b"bytes")


async def test_json(lab, zmq, ends):
    push, pull = await ends()
    value = {"소켓": [1, 2.5, None, True], "b": {"c": "d"}}
    await push.send_json(value)
    assert await pull.recv_json() == value
    await push.send_json({"b": 1, "a": 2}, sort_keys=True, separators=(",", ":"))
    assert await pull.recv() == b'{"a":2,"b":1}'
    await push.send_json([1])
    assert await pull.recv_json(parse_int=str) == ["1"]


async def test_objects(lab, zmq, ends):
    push, pull = await ends()
    value = {"set": {1, 2}, "bytes": b"x", "tuple": (1, None)}
    await push.send_pyobj(value)
    assert await pull.recv_pyobj() == value


async def test_serialized(lab, zmq, ends):
    push, pull = await ends()
    await push.send_serialized(["a", "b"], serialize=lambda words: [w.encode() for w in words])
    words = await pull.recv_serialized(lambda frames: [frame.decode() for frame in frames])
    assert words == ["a", "b"]


async def test_without_waiting(lab, zmq, ends):
    push, pull = await ends(sndhwm=1)
    for receive in (pull.recv, pull.recv_multipart, pull.recv_string, pull.recv_json):
        with pytest.raises(zmq.Again):
            await receive(flags=zmq.NOBLOCK)
    lonely = lab.socket(zmq.PUSH)
    with pytest.raises(zmq.Again):
        await lonely.send(b"x", zmq.DONTWAIT)
    with pytest.raises(zmq.Again):
        await lonely.send_multipart([b"x", b"y"], flags=zmq.NOBLOCK)
    await push.send(b"x", zmq.NOBLOCK)
    assert await pull.recv(zmq.NOBLOCK) == b"x"


async def test_again_is_an_error_of_zmq(lab, zmq):
    pull = lab.socket(zmq.PULL)
    with lab.refused(zmq.EAGAIN) as _:
        await pull.recv(flags=zmq.NOBLOCK)
    assert issubclass(zmq.Again, zmq.ZMQError) and issubclass(zmq.ContextTerminated, zmq.ZMQError)
    assert zmq.error.Again is zmq.Again and zmq.error.ZMQError is zmq.ZMQError
    assert zmq.ZMQError(zmq.EFSM).errno == zmq.EFSM and str(zmq.ZMQError(zmq.EFSM))


@pytest.mark.parametrize("limit, name", [(0, "zero"), (50, "fifty")])
async def test_time_limits(lab, zmq, limit, name):
    loop = asyncio.get_running_loop()
    push, pull = lab.socket(zmq.PUSH, sndtimeo=limit), lab.socket(zmq.PULL, rcvtimeo=limit)
    for work in (lambda: push.send(b"x"), pull.recv, pull.recv_multipart):
        start = loop.time()
        with pytest.raises(zmq.Again):
            await work()
        assert loop.time() - start >= limit / 1000 - 0.01
    await lab.link(push, pull)
    await push.send(b"in time")
    if limit:
        assert await pull.recv() == b"in time"


async def test_receiving_starts_at_the_call(lab, zmq, ends):
    push, pull = await ends()
    receiving = pull.recv()
    assert isinstance(receiving, asyncio.Future) and not receiving.done()
    sending = push.send(b"x")
    assert isinstance(sending, asyncio.Future) and sending.done()
    assert await receiving == b"x"
    assert all(isinstance(one, asyncio.Future) for one in (pull.poll(0), push.send_json(1)))


async def test_what_is_there_is_given_at_once(lab, zmq, ends):
    push, pull = await ends()
    for _ in range(2):
        await push.send(b"x")
    lab.settle(pull)
    for receive in (pull.recv, pull.recv_multipart):
        assert receive().done()


async def test_several_receivers_are_served_in_order(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, transport)
    receiving = [pull.recv() for _ in range(5)]
    for number in range(5):
        await push.send(b"%d" % number)
    assert await asyncio.gather(*receiving) == [b"0", b"1", b"2", b"3", b"4"]


async def test_a_cancelled_receiver_takes_nothing(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, transport)
    first, second, third = pull.recv(), pull.recv_string(), pull.recv_multipart()
    first.cancel()
    second.cancel()
    for body in (b"one", b"two"):
        await push.send(body)
    assert await third == [b"one"]
    assert await pull.recv() == b"two"
    assert first.cancelled() and second.cancelled()


async def test_a_receiver_that_gave_up_takes_nothing(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, transport)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pull.recv(), 0.02)
    waiting = asyncio.ensure_future(pull.recv_multipart())
    await asyncio.sleep(0)
    waiting.cancel()
    await push.send(b"kept")
    assert await pull.recv() == b"kept"


async def test_a_cancelled_send_sends_nothing(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    endpoint = lab.bind(push, transport)
    cancelled, kept = push.send(b"cancelled"), push.send(b"kept")
    cancelled.cancel()
    pull.connect(endpoint)
    await kept
    assert await pull.recv() == b"kept"


async def test_sending_and_receiving_in_tasks(lab, zmq, transport):
    push, pull = lab.socket(zmq.PUSH, sndhwm=10), lab.socket(zmq.PULL, rcvhwm=10)
    await lab.link(push, pull, transport)

    async def send():
        for number in range(1_000):
            await push.send(b"%d" % number)

    async def receive():
        return [int(await pull.recv()) for _ in range(1_000)]

    _, came = await asyncio.gather(send(), receive())
    assert came == list(range(1_000))


async def test_octets_are_sent_as_they_lie_in_memory(lab, zmq):
    """Whatever the order of the axes; what has gaps is refused."""
    push, pull = lab.socket(zmq.PUSH), lab.socket(zmq.PULL)
    await lab.link(push, pull, "inproc")
    octets = bytes(range(6))
    table = memoryview(octets).cast("B", (2, 3))
    await push.send(table)
    assert await pull.recv() == octets
    turned = numpy.frombuffer(octets, dtype="u1").reshape(2, 3).T
    await push.send(turned)
    assert await pull.recv() == octets
    for gaps in (memoryview(octets)[::2], turned[::2]):
        with pytest.raises((BufferError, ValueError)):
            await push.send(gaps)


@pytest.mark.parametrize("kind", ["DEALER", "REQ", "PUB", "PUSH"])
async def test_a_message_without_a_frame_is_refused(lab, zmq, kind):
    one = lab.socket(getattr(zmq, kind))
    with pytest.raises(IndexError):
        await one.send_multipart([])
