"""Who may say what when: the handshake and the traffic as one table.

`TABLE` has a row for each state and in it what may happen there; what is not there may not. So an
illegal command is a failed look-up and needs no code of its own. A step names the state that
follows and the command that answers. `diagram` prints the table; this is what it prints:

    GREETING          NULL          READY_AWAITED     sends READY
                      NULL_ASKED    NULL_ANSWER
                      PLAIN_CLIENT  WELCOME_AWAITED   sends HELLO
                      PLAIN_SERVER  HELLO_AWAITED
    NULL_ANSWER       ACCEPTED      READY_AWAITED     sends READY
                      REFUSED       ENDED             sends ERROR
    HELLO_AWAITED     HELLO         PLAIN_ANSWER
                      ERROR         ENDED
    PLAIN_ANSWER      ACCEPTED      INITIATE_AWAITED  sends WELCOME
                      REFUSED       ENDED             sends ERROR
    INITIATE_AWAITED  INITIATE      TRAFFIC           sends READY
                      ERROR         ENDED
    WELCOME_AWAITED   WELCOME       READY_AWAITED     sends INITIATE
                      ERROR         ENDED
    READY_AWAITED     READY         TRAFFIC
                      ERROR         ENDED
    TRAFFIC           MESSAGE       TRAFFIC
                      SUBSCRIBE     TRAFFIC
                      CANCEL        TRAFFIC
                      PING          TRAFFIC           sends PONG
                      PONG          TRAFFIC
                      ERROR         ENDED
    ENDED             nothing more
    FAILED            nothing more

Not in the table: from every state a breach of the protocol or a time limit leads to FAILED.
"""

from enum import Enum
from typing import NamedTuple

from purezmq.compat.constants import Event
from purezmq.errors import LocalProtocolError, RemoteProtocolError


class State(Enum):
    """Where a connection stands."""

    GREETING, NULL_ANSWER, HELLO_AWAITED, PLAIN_ANSWER, INITIATE_AWAITED = range(5)
    WELCOME_AWAITED, READY_AWAITED, TRAFFIC, ENDED, FAILED = range(5, 10)


class Trigger(Enum):
    """What moves a connection: the greetings' outcome, our owner's answer, what the peer sends."""

    # The greetings are exchanged: which mechanism, and which side of it are we?
    NULL, NULL_ASKED, PLAIN_CLIENT, PLAIN_SERVER = range(4)
    # Our owner was asked whether the peer may come in.
    ACCEPTED, REFUSED = range(4, 6)
    # A message came, or a command of this name.
    MESSAGE, HELLO, WELCOME, INITIATE, READY, ERROR = range(6, 12)
    SUBSCRIBE, CANCEL, PING, PONG = range(12, 16)


COMMANDS = {each.name.encode(): each for each in Trigger if each.value >= Trigger.HELLO.value}


class Step(NamedTuple):
    """What a trigger leads to."""

    state: State
    sends: bytes = b""


_SAID_ERROR = {Trigger.ERROR: Step(State.ENDED)}
_ANSWERED_NO = {Trigger.REFUSED: Step(State.ENDED, b"ERROR")}

TABLE: dict[State, dict[Trigger, Step]] = {
    # RFC 37, "Version Negotiation"; both sides write their greeting at once.
    State.GREETING: {
        Trigger.NULL: Step(State.READY_AWAITED, b"READY"),
        Trigger.NULL_ASKED: Step(State.NULL_ANSWER),
        Trigger.PLAIN_CLIENT: Step(State.WELCOME_AWAITED, b"HELLO"),
        Trigger.PLAIN_SERVER: Step(State.HELLO_AWAITED),
    },
    # RFC 37, "The NULL Security Mechanism": READY both ways. With RFC 27 (ZAP) ours may wait.
    State.NULL_ANSWER: {Trigger.ACCEPTED: Step(State.READY_AWAITED, b"READY")} | _ANSWERED_NO,
    # RFC 24, the server's side.
    State.HELLO_AWAITED: {Trigger.HELLO: Step(State.PLAIN_ANSWER)} | _SAID_ERROR,
    State.PLAIN_ANSWER: {Trigger.ACCEPTED: Step(State.INITIATE_AWAITED, b"WELCOME")} | _ANSWERED_NO,
    State.INITIATE_AWAITED: {Trigger.INITIATE: Step(State.TRAFFIC, b"READY")} | _SAID_ERROR,
    # RFC 24, the client's side.
    State.WELCOME_AWAITED: {Trigger.WELCOME: Step(State.READY_AWAITED, b"INITIATE")} | _SAID_ERROR,
    # NULL, and the client of PLAIN.
    State.READY_AWAITED: {Trigger.READY: Step(State.TRAFFIC)} | _SAID_ERROR,
    State.TRAFFIC: {
        Trigger.MESSAGE: Step(State.TRAFFIC),
        Trigger.SUBSCRIBE: Step(State.TRAFFIC),
        Trigger.CANCEL: Step(State.TRAFFIC),
        Trigger.PING: Step(State.TRAFFIC, b"PONG"),
        Trigger.PONG: Step(State.TRAFFIC),
    }
    | _SAID_ERROR,
    State.ENDED: {},
    State.FAILED: {},
}

ANSWERS_AWAITED = frozenset({State.NULL_ANSWER, State.PLAIN_ANSWER})
"""The states in which our owner decides, and what the peer sends is kept for later."""

OVER = frozenset({State.ENDED, State.FAILED})


def step(state: State, trigger: Trigger) -> Step:
    """Look up what a trigger leads to.

    Raises
    ------
    RemoteProtocolError
        If the peer may not say this now.
    LocalProtocolError
        If our owner answers what nobody asked.
    """
    row = TABLE[state]
    if trigger in row:
        return row[trigger]
    if trigger in (Trigger.ACCEPTED, Trigger.REFUSED):
        raise LocalProtocolError("no request for authentication is open")
    awaited = " or ".join(each.name for each in row)
    raise RemoteProtocolError(
        f"the peer sent {trigger.name} in place of {awaited}",
        Event.PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND,
    )
