"""The table of a session's life, and what `statistics` tells of it."""

import asyncio
import textwrap

import pytest

import purezmq as zmq
import purezmq.asyncio
from purezmq.asyncio import session
from purezmq.asyncio.session import OPEN, SHAKING, TABLE, State, Trigger


async def until(condition):
    """Look at each turn of the loop whether something holds; the test's limit ends it."""
    while not condition():  # noqa: ASYNC110 (there is no event: that is what is tested)
        await asyncio.sleep(0)


def test_the_docstring_shows_the_table():
    lines = []
    for state, row in TABLE.items():
        label = state.name
        if not row:
            lines.append(f"{label:<15}  nothing more")
        for trigger, following in row.items():
            lines.append(f"{label:<15}  {trigger.name:<10}  {following.name}")
            label = ""
    assert textwrap.indent("\n".join(lines), "    ") in session.__doc__


def test_every_state_has_a_row_and_is_reached_and_every_trigger_is_used():
    assert set(TABLE) == set(State)
    reached = {State.NEW}
    for _ in State:
        reached |= {following for state in reached for following in TABLE[state].values()}
    assert reached == set(State)
    assert {trigger for row in TABLE.values() for trigger in row} == set(Trigger)


def test_a_connection_may_be_lost_or_stopped_whenever_it_is_open():
    for state in OPEN:
        assert TABLE[state][Trigger.STOPPED] is State.CLOSING
        assert TABLE[state][Trigger.LOST] is State.CLOSED
    assert {state for state in State if Trigger.SHAKEN in TABLE[state]} == SHAKING


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:*", "inproc://here"])
def test_statistics(endpoint):
    async def main():
        with zmq.asyncio.Context() as context:
            push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
            nothing = pull.statistics()
            assert (nothing.peers, nothing.received, nothing.connections) == (0, 0, ())
            pull.bind(endpoint)
            waiting = pull.recv()
            assert pull.statistics().receiving == 1
            push.connect(pull.last_endpoint.decode())
            await push.send(b"first")
            assert await waiting == b"first"
            for _ in range(3):
                await push.send(bytes(100))
            await until(lambda: pull.statistics().queued_in == 3)
            ours, theirs = push.statistics(), pull.statistics()
            assert (ours.peers, theirs.peers) == (1, 1)
            assert [one.state for one in ours.connections] == ["TRAFFIC"]
            if endpoint.startswith("tcp"):
                assert ours.queued_out == 0
                assert ours.sent == theirs.received > 300
                assert ours.connections[0].endpoint == pull.last_endpoint.decode()
            sent = ours.sent
            push.close()
            await until(lambda: not pull.statistics().connections)
            after = pull.statistics()
            assert (after.peers, after.received) == (0, sent)
            context.destroy(linger=0)

    asyncio.run(asyncio.wait_for(main(), 20))


def test_statistics_of_who_waits_for_a_peer():
    async def main():
        with zmq.asyncio.Context() as context:
            push = context.socket(zmq.PUSH)
            sending = push.send(b"nobody")
            assert push.statistics().sending == 1
            push.connect("inproc://nobody")
            await sending
            assert push.statistics().queued_out == 1
            assert [one.state for one in push.statistics().connections] == ["WAITING"]
            context.destroy(linger=0)

    asyncio.run(asyncio.wait_for(main(), 20))
