"""The table of the state machine, and its diagram."""

import textwrap

import pytest

from purezmq.errors import LocalProtocolError, RemoteProtocolError
from purezmq.wire import state
from purezmq.wire.state import ANSWERS_AWAITED, COMMANDS, OVER, TABLE, State, Step, Trigger, step


def test_the_docstring_shows_the_table():
    lines = []
    for each, row in TABLE.items():
        label = each.name
        if not row:
            lines.append(f"{label:<16}  nothing more")
        for trigger, (following, sends) in row.items():
            sent = f"sends {sends.decode('ascii')}" if sends else ""
            lines.append(f"{label:<16}  {trigger.name:<12}  {following.name:<16}  {sent}".rstrip())
            label = ""
    assert textwrap.indent("\n".join(lines), "    ") in state.__doc__


def test_every_state_has_a_row_and_is_reached():
    assert set(TABLE) == set(State)
    reached = {State.GREETING, State.FAILED}
    for _ in State:
        reached |= {following.state for each in reached for following in TABLE[each].values()}
    assert reached == set(State)


def test_every_trigger_is_used_and_every_reply_is_a_command():
    assert {trigger for row in TABLE.values() for trigger in row} == set(Trigger)
    sent = {following.sends for row in TABLE.values() for following in row.values()}
    assert sent - {b""} <= set(COMMANDS)
    assert {name.decode() for name in COMMANDS} == {trigger.name for trigger in COMMANDS.values()}


def test_an_answer_ends_every_wait_for_our_owner():
    for each in State:
        assert (Trigger.ACCEPTED in TABLE[each]) == (each in ANSWERS_AWAITED)
        assert (Trigger.REFUSED in TABLE[each]) == (each in ANSWERS_AWAITED)
    assert {each for each in State if not TABLE[each]} == OVER


def test_a_legal_step():
    assert step(State.READY_AWAITED, Trigger.READY) == Step(State.TRAFFIC)


def test_an_illegal_step_is_the_peers_fault():
    with pytest.raises(RemoteProtocolError, match="sent HELLO in place of READY or ERROR"):
        step(State.READY_AWAITED, Trigger.HELLO)


def test_an_answer_that_nobody_asked_for_is_ours():
    for answer in (Trigger.ACCEPTED, Trigger.REFUSED):
        with pytest.raises(LocalProtocolError, match="no request"):
            step(State.TRAFFIC, answer)
