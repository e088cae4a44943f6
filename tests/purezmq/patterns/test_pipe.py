"""A pipe's two queues and the calls that it makes to its session."""

import pytest

from purezmq.patterns import Pipe


def calls(pipe, name):
    """Note each call that the pipe makes of one of its hooks."""
    made = []
    setattr(pipe, name, lambda *arguments: made.append(arguments))
    return made


def test_the_session_hears_of_the_first_message_in_an_empty_queue():
    pipe = Pipe()
    told = calls(pipe, "on_outbound")
    pipe.write([b"1"])
    pipe.write([b"2"])
    assert len(told) == 1
    pipe.outbound.clear()
    pipe.write([b"3"])
    assert len(told) == 2


@pytest.mark.parametrize(("hwm", "taken"), [(8, 4), (5, 3), (2, 1), (1, 1)])
def test_a_full_queue_has_room_again_when_half_was_taken(hwm, taken):
    """libzmq, PUSH over inproc: 8 full, room after 4 received; 5 after 3; 2 after 1."""
    pipe = Pipe(sndhwm=hwm)
    for _ in range(hwm):
        assert not pipe.blocked
        pipe.write([b""])
    assert pipe.blocked
    for _ in range(taken):
        assert pipe.blocked
        pipe.outbound.popleft()
        pipe.unblock()
    assert not pipe.blocked


def test_a_session_that_takes_at_once_can_unblock_a_pipe_of_one_message():
    pipe = Pipe(sndhwm=1)

    def take():
        pipe.outbound.popleft()
        pipe.unblock()

    pipe.on_outbound = take
    pipe.write([b""])
    assert not pipe.blocked


def test_zero_means_no_limit():
    pipe = Pipe(sndhwm=0, rcvhwm=0)
    for _ in range(5000):
        pipe.write([b""])
        pipe.inbound.append([b""])
    assert not pipe.blocked
    assert pipe.check_read()


def test_a_conflating_pipe_keeps_the_newest_message_whole():
    """libzmq keeps the newest frame, of a message of three the last; here it stays whole."""
    pipe = Pipe(sndhwm=1, rcvhwm=1, conflate=True)
    told = calls(pipe, "on_outbound")
    for n in range(3):
        pipe.write([b"%d" % n, b"more"])
        pipe.inbound.append([b"%d" % n])
    assert list(pipe.outbound) == [[b"2", b"more"]]
    assert list(pipe.inbound) == [[b"2"]]
    assert len(told) == 1
    assert not pipe.blocked
    assert pipe.check_read()


def test_the_session_reads_until_the_mark_is_reached():
    pipe = Pipe(rcvhwm=2)
    pipe.inbound.append([b""])
    assert pipe.check_read()
    pipe.inbound.append([b""])
    assert not pipe.check_read()


def test_without_a_session_nothing_happens():
    pipe = Pipe()
    pipe.write([b""])
    pipe.resume()
    pipe.on_subscription(True, b"A")
    assert list(pipe.outbound) == [[b""]]


def test_a_pipe_that_a_session_left_calls_nobody():
    pipe, told = Pipe(), []
    pipe.on_outbound = pipe.on_room = lambda: told.append(None)
    pipe.on_subscription = lambda wanted, topic: told.append(topic)
    pipe.paused = True
    pipe.leave()
    pipe.write([b""])
    pipe.resume()
    pipe.on_subscription(True, b"A")
    assert not told and not pipe.paused
