"""inproc: two sockets of one context, their pipes joined back to back.

There are no bytes and no engine. What one side puts into its pipe is in the other's at once, as
long as that has room; the rest waits where it was put. So the high-water marks of both sides add
up, as in libzmq.
"""

from typing import Any, Protocol

from purezmq.constants import SocketOption
from purezmq.patterns.pattern import Pattern
from purezmq.patterns.pipe import Pipe


class Side(Protocol):
    """What a socket is to this transport."""

    _name: str
    _pattern: Pattern
    _values: Any
    _receivers: Any
    _watchers: Any

    def _readable(self) -> None:
        """Learn that a message may have come."""

    def _writable(self) -> None:
        """Learn that there may be room."""

    def _parted(self, pipe: Pipe) -> None:
        """Learn that the peer has gone."""


class Direction:
    """Carries messages from one side's pipe to the other's."""

    def __init__(self, source: Side, out: Pipe, target: Side, into: Pipe) -> None:
        self._source, self._out = source, out
        self._target, self._into = target, into
        # Publishers put one list into many pipes; the program that receives it may change it.
        self._copies = source._name in ("PUB", "XPUB", "XSUB")
        self._deliver = target._pattern.deliver
        self._outbound, self._inbound = out.outbound, into.inbound
        self._limit = into.rcvhwm

    def carry(self) -> None:
        """Move what there is, as far as there is room: the hot path of inproc."""
        outbound, inbound, into = self._outbound, self._inbound, self._into
        limit = self._limit
        while outbound and len(inbound) < limit:
            message = outbound.popleft()
            self._deliver(into, [message[:] if self._copies else message])
        if outbound:
            into.paused = True
        if self._out.blocked:
            self._source._pattern.writable(self._out)
            self._source._writable()
        target = self._target
        if target._receivers or target._watchers:
            target._readable()

    def subscription(self, wanted: bool, topic: bytes) -> None:
        """Tell the target's pattern what the source subscribes to."""
        pattern = self._target._pattern
        (pattern.subscribed if wanted else pattern.cancelled)(self._into, topic)
        self._target._readable()

    def finish(self) -> None:
        """Move all of it, room or not, and take the target's pipe out of use."""
        self._target._pattern.deliver(self._into, list(self._out.outbound))
        self._out.outbound.clear()
        self._target._pattern.detach(self._into)
        self._target._readable()
        self._target._parted(self._into)


class Joint:
    """Two pipes back to back, until one side goes."""

    def __init__(self, ours: Side, our_pipe: Pipe, theirs: Side, their_pipe: Pipe) -> None:
        self._ends = ((ours, our_pipe), (theirs, their_pipe))
        there = Direction(ours, our_pipe, theirs, their_pipe)
        back = Direction(theirs, their_pipe, ours, our_pipe)
        self._ways = (there, back)

    def close(self) -> None:
        """Part them. What was sent is delivered first."""
        for _, pipe in self._ends:
            pipe.on_outbound = pipe.on_room = _nothing
            pipe.on_subscription = _nothing
        for way in self._ways:
            way.finish()

    def open(self) -> None:
        """Join them: introduce both sides, tell subscriptions, carry what waits."""
        (ours, our_pipe), (theirs, their_pipe) = self._ends
        there, back = self._ways
        for (side, pipe), peer in zip(self._ends, (theirs, ours), strict=True):
            pipe.routing_id = pipe.routing_id or peer._values[SocketOption.ROUTING_ID]
            pipe.peer_type = peer._name
            if side is theirs:  # ours is attached since it connected
                side._pattern.attach(pipe)
            side._pattern.identify(pipe)
        for pipe, out, into in ((our_pipe, there, back), (their_pipe, back, there)):
            pipe.on_outbound = out.carry
            pipe.on_room = into.carry
            pipe.on_subscription = out.subscription
        for side, way in ((ours, there), (theirs, back)):
            for topic in side._pattern.subscriptions:
                way.subscription(True, topic)
            way.carry()
        ours._writable()
        theirs._writable()


def _nothing(*_: Any) -> None:
    """Stand in for a peer that has gone."""
