"""Binary Star as a table: which of two servers works, and when the other takes over.

Each server publishes its state, and takes what its partner publishes as an event. A request of a
client is an event, too: a vote if the partner has been silent for too long. What must stay true:

- The table is all there is. What it has no entry for is refused, by `RefusedError`.
- A request is answered in ACTIVE alone.
- Nothing here waits, reads a clock or opens a socket.

Binary Star has no RFC. The numbers of the states are those of the Guide's bstar. To take away:
`Star` and `TABLE`.
"""

from __future__ import annotations

import enum

from examples.liveness import Heartbeat

__all__ = ["TABLE", "Event", "RefusedError", "Star", "State", "pack", "unpack"]


class State(enum.Enum):
    """What a server is; the value is what stands on the wire."""

    PRIMARY = 1
    """It has just started, and has not heard of its partner."""
    BACKUP = 2
    """The same, for the server that does not begin."""
    ACTIVE = 3
    PASSIVE = 4


class Event(enum.Enum):
    """What happens to a server."""

    PEER_PRIMARY = "peer primary"
    PEER_BACKUP = "peer backup"
    PEER_ACTIVE = "peer active"
    PEER_PASSIVE = "peer passive"
    REQUEST = "request"
    """A client asks, and the partner has been heard lately."""
    VOTE = "vote"
    """A client asks, and the partner has been silent for longer than the limit."""


TABLE: dict[State, dict[Event, State]] = {
    State.PRIMARY: {
        Event.PEER_BACKUP: State.ACTIVE,
        Event.PEER_ACTIVE: State.PASSIVE,
        Event.PEER_PASSIVE: State.PRIMARY,
        Event.REQUEST: State.PRIMARY,
        Event.VOTE: State.ACTIVE,
    },
    State.BACKUP: {
        Event.PEER_PRIMARY: State.BACKUP,
        Event.PEER_ACTIVE: State.PASSIVE,
        Event.PEER_PASSIVE: State.BACKUP,
        Event.REQUEST: State.BACKUP,
        Event.VOTE: State.BACKUP,
    },
    State.ACTIVE: {
        Event.PEER_PRIMARY: State.ACTIVE,
        Event.PEER_BACKUP: State.ACTIVE,
        Event.PEER_PASSIVE: State.ACTIVE,
        Event.REQUEST: State.ACTIVE,
        Event.VOTE: State.ACTIVE,
    },
    State.PASSIVE: {
        Event.PEER_PRIMARY: State.ACTIVE,
        Event.PEER_BACKUP: State.ACTIVE,
        Event.PEER_ACTIVE: State.PASSIVE,
        Event.REQUEST: State.PASSIVE,
        Event.VOTE: State.ACTIVE,
    },
}
"""Not in it: two that are active (a split brain), two that are passive, two of the same kind."""

LARGEST = 2**63 - 1


class RefusedError(Exception):
    """The table has no entry: the pair is in a state that nobody may go on from."""


class Star:
    """One server of a pair.

    Parameters
    ----------
    state : State
        PRIMARY or BACKUP.
    heartbeat : float
        Seconds between two messages to the partner.
    limit : float
        Seconds of silence after which a request is a vote.
    now : float
        The time of the beginning.
    """

    def __init__(self, state: State, heartbeat: float, limit: float, now: float) -> None:
        self.state = state
        self._beat = Heartbeat(heartbeat, max(1, round(limit / heartbeat)), now)

    def step(self, event: Event) -> bool:
        """Go where the table says, and return whether the state has changed.

        Raises
        ------
        RefusedError
            If the table says nothing.
        """
        following = TABLE[self.state].get(event)
        if following is None:
            raise RefusedError(f"{self.state.name.lower()}, and the event is {event.value!r}")
        changed = following is not self.state
        self.state = following
        return changed

    def heard(self, partner: State, now: float) -> bool:
        """Take the partner's state, and return whether it changed ours."""
        changed = self.step(Event[f"PEER_{partner.name}"])
        self._beat.heard(now)
        return changed

    def asked(self, now: float) -> bool:
        """Take a client's request, and return whether it changed our state."""
        return self.step(Event.VOTE if self._beat.dead(now) else Event.REQUEST)

    def due(self, now: float) -> bool:
        """Return whether the partner should be told our state now."""
        return self._beat.due(now)

    def sent(self, now: float) -> None:
        """Take note that the partner was told our state."""
        self._beat.sent(now)

    def wait(self, now: float) -> float:
        """Return for how many seconds nothing has to be sent."""
        return self._beat.until_due(now)


def pack(state: State, sold: int) -> list[bytes]:
    """Return the frames that tell the partner our state, and how many seats are sold."""
    return [b"%d" % state.value, b"%d" % sold]


def unpack(frames: list[bytes]) -> tuple[State, int]:
    """Return a partner's state, and how many seats it has sold.

    Raises
    ------
    ValueError
        If these are no such frames, with what is wrong.
    """
    if len(frames) != 2:
        raise ValueError(f"a state has 2 frames, not {len(frames)}")
    number, sold = frames
    states = {b"%d" % state.value: state for state in State}
    if number not in states:
        raise ValueError(f"there is no state {number[:20]!r}")
    if not sold.isdigit() or len(sold) > 19 or int(sold) > LARGEST:
        raise ValueError(f"the number of seats is not {sold[:20]!r}")
    return states[number], int(sold)
