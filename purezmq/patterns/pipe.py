"""A pipe: what waits to go to one peer, and what came from it.

A pipe stands between a pattern, which decides, and a session, which carries. It belongs to a peer
that was accepted and goes with it; or to a `connect`, and then it is there before the first
connection and stays through every broken one, with what waits in it.

Both queues hold whole messages, so that no peer ever gets half of one. A message's list of frames
may stand in the queues of many pipes at once (PUB puts the same list everywhere): whoever takes it
out must not change it.
"""

import sys
from collections import deque
from collections.abc import Callable

Message = list[bytes]
"""The frames of a message: one or more."""


def nothing(*_: object) -> None:
    """Do nothing: the callback of a pipe without a session."""


class Pipe:
    """The two queues of one peer, with a high-water mark each.

    Parameters
    ----------
    sndhwm, rcvhwm : int
        How many messages may wait for the peer, and from it. 0 means no limit.
    conflate : bool
        Keep only the newest message each way; there is no limit then to be reached.

    Attributes
    ----------
    inbound, outbound : deque of Message
        What came and the program has not received; what was sent and the session has not taken.
    routing_id, peer_type : bytes, str
        What the peer said in its handshake. The session sets them before it calls
        `Pattern.identify`.
    router_id : bytes
        The name under which a ROUTER knows this peer; empty until it has one.
    paused : bool
        Set by a session that stopped reading because `inbound` is full. It gets one call of
        `on_room` when that queue has fallen to half of its mark.
    blocked : bool
        `outbound` reached its high-water mark: nothing more is put in until half of it was taken.
        A session that takes from a blocked pipe calls `Pattern.writable`.
    on_outbound : callable
        Called when a message is put into an empty `outbound`, and when
        `write`, or a type that waits for room, fills it.
    on_room : callable
        Called when a paused session may read again.
    on_subscription : callable
        Called with True or False, and a prefix, when this side's subscriptions change. Nothing is
        queued: a session whose connection is yet to come, or to come again, sends all of
        `Pattern.subscriptions` then.
    """

    def __init__(self, sndhwm: int = 1000, rcvhwm: int = 1000, *, conflate: bool = False) -> None:
        newest = 1 if conflate else None
        self.inbound: deque[Message] = deque(maxlen=newest)
        self.outbound: deque[Message] = deque(maxlen=newest)
        # One comparison on the hot path serves for "no limit" too.
        self.sndhwm = sys.maxsize if conflate or not sndhwm else sndhwm
        self.rcvhwm = sys.maxsize if conflate or not rcvhwm else rcvhwm
        self.routing_id = b""
        self.router_id = b""
        self.peer_type = ""
        self.paused = False
        self.blocked = False
        self.on_outbound: Callable[[], None] = nothing
        self.on_room: Callable[[], None] = nothing
        self.on_subscription: Callable[[bool, bytes], None] = nothing

    def write(self, message: Message) -> None:
        """Put a message into `outbound` of a pipe that is not blocked."""
        outbound = self.outbound
        changed = not outbound
        outbound.append(message)
        if len(outbound) >= self.sndhwm:
            self.blocked = changed = True
        if changed:  # last, for the session may take the message at once, and unblock the pipe
            self.on_outbound()

    def unblock(self) -> None:
        """Accept messages again if at least half of a full `outbound` was taken.

        libzmq's low-water mark, tried over inproc with PUSH, PUB and ROUTER: of 8 messages waiting
        4 must be received before another one finds room, of 5 it takes 3, of 2 it takes 1.
        """
        if len(self.outbound) <= self.sndhwm // 2:
            self.blocked = False

    def leave(self) -> None:
        """Remove the callbacks: the session is gone."""
        self.on_outbound = nothing
        self.on_room = nothing
        self.on_subscription = nothing
        self.paused = False

    def check_read(self) -> bool:
        """Return whether `inbound` is below its high-water mark: the session may go on reading."""
        return len(self.inbound) < self.rcvhwm

    def resume(self) -> None:
        """Resume a paused session if at least half of a full `inbound` was received."""
        if len(self.inbound) <= self.rcvhwm // 2:
            self.paused = False
            self.on_room()
