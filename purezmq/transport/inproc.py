"""inproc: two sockets of one context, their pipes joined back to back.

There are no bytes and no engine. What one side puts into its pipe is in the other's at once, as
long as that has room; the rest waits where it was put. So the high-water marks of both sides add
up, as in libzmq.

A type that queues whatever comes needs nobody to carry: the two pipes share one queue then, with
the sum for its mark. Somebody is called only when the queue was empty, is full, or has room again.
"""

from collections import deque
from typing import Any

from purezmq.constants import Errno, SocketOption
from purezmq.errors import ZMQError
from purezmq.patterns import Pipe
from purezmq.patterns.fq import FairQueue
from purezmq.patterns.pipe import nothing
from purezmq.transport.endpoint import Endpoint


class End:
    """One of two ends: it carries what its socket sends.

    Attributes
    ----------
    pipe : Pipe
        Its socket's.
    ended : bool
        Whether it was parted from the other.
    """

    listener = None  # to unbind a name cuts nobody off

    def __init__(self, socket: Any, pipe: Pipe) -> None:
        self._socket, self.pipe = socket, pipe
        self.ended = False
        self._peer: Any = None  # the other end, once joined
        # Publishers put one list into many pipes; the program that receives it may change it.
        self._copies = socket._name in ("PUB", "XPUB", "XSUB")

    def join(self, accepted: "End") -> None:
        """Join with an end of who is bound: introduce them, tell subscriptions, carry."""
        ends = ((self, accepted), (accepted, self))
        for one, other in ends:
            one._peer = other
            known = other._socket._values[SocketOption.ROUTING_ID]
            one.pipe.routing_id = one.pipe.routing_id or known
            one.pipe.peer_type = other._socket._name
        accepted._socket._accepted.add(accepted)
        accepted._socket._pattern.attach(accepted.pipe)
        for one, other in ends:
            one._socket._pattern.identify(one.pipe)
            one.pipe.on_outbound, other.pipe.on_room = one._carry, one._carry
            one.pipe.on_subscription = one._subscribe
        for one, _ in ends:
            for topic in one._socket._pattern.subscriptions:
                one._subscribe(True, topic)
            one._begin()
        for one, _ in ends:
            one._socket._writable()
        if any(one.pipe not in one._socket._pattern.pipes for one, _ in ends):
            self.close(linger=True)  # disconnected or closed meanwhile, or refused: a PAIR's third

    def _begin(self) -> None:
        """Carry from now on; or share a queue, if their type queues whatever comes."""
        ours, theirs, target = self.pipe, self._peer.pipe, self._peer._socket
        waiting, inbound = ours.outbound, theirs.inbound
        queues_all = type(target._pattern).deliver is FairQueue.deliver
        if self._copies or not queues_all or waiting.maxlen or inbound.maxlen:
            self._carry()
            return
        ours.outbound, ours.sndhwm = inbound, ours.sndhwm + theirs.rcvhwm
        theirs.rcvhwm = ours.sndhwm
        ours.on_outbound, theirs.on_room = self._filled, self._emptied
        target._pattern.deliver(theirs, list(waiting))
        self._emptied()
        theirs.paused = ours.blocked
        target._readable()

    def _filled(self) -> None:
        """Learn that the shared queue got its first message, or its last."""
        theirs, target = self._peer.pipe, self._peer._socket
        if len(theirs.inbound) == 1:
            target._pattern.enter(theirs)
        theirs.paused = self.pipe.blocked
        target._readable()

    def _emptied(self) -> None:
        """Learn that our pipe has room again, or may have."""
        if self.pipe.blocked:
            self._socket._pattern.writable(self.pipe)
            self._socket._writable()

    def _carry(self) -> None:
        """Move what there is from queue to queue, as far as there is room."""
        ours, theirs, target = self.pipe, self._peer.pipe, self._peer._socket
        outbound, inbound, most = ours.outbound, theirs.inbound, theirs.rcvhwm
        while outbound and len(inbound) < most:
            message = outbound.popleft()
            target._pattern.deliver(theirs, [message[:] if self._copies else message])
        if outbound:
            theirs.paused = True
        self._emptied()
        if target._receivers or target._watchers:
            target._readable()

    def _subscribe(self, wanted: bool, topic: bytes) -> None:
        """Tell the other's pattern what our socket subscribes to."""
        pattern = self._peer._socket._pattern
        (pattern.subscribed if wanted else pattern.cancelled)(self._peer.pipe, topic)
        self._peer._socket._readable()

    def close(self, *, linger: bool) -> None:
        """Part them. What was sent is delivered first, room or not."""
        peer = self._peer
        if peer is None or self.ended:
            return
        for one, other in ((self, peer), (peer, self)):
            one.ended = True
            one.pipe.on_outbound = one.pipe.on_room = one.pipe.on_subscription = nothing
            waiting, one.pipe.outbound = one.pipe.outbound, deque()
            if waiting is not other.pipe.inbound:
                other._socket._pattern.deliver(other.pipe, list(waiting))
        for one in (self, peer):
            one._socket._pattern.detach(one.pipe)
            one._socket._accepted.discard(one)
            one._socket._readable()
            one._socket._writable()


class Connector(End):
    """The end that connected, joined now or when somebody binds."""

    def __init__(self, socket: Any, text: str, endpoint: Endpoint) -> None:
        super().__init__(socket, socket._new_pipe(connects=True))
        socket._pattern.attach(self.pipe)
        bound = socket.context._bound.get(endpoint.path)
        self._expected: list[Connector] = []
        if bound is not None:
            bound.take(self)
        else:
            self._expected = socket.context._expected.setdefault(endpoint.path, [])
            self._expected.append(self)
            socket._writable()

    def close(self, *, linger: bool) -> None:
        """Part them; or expect nobody any more, unless messages wait for somebody to come."""
        if self in self._expected and not (linger and self.pipe.outbound):
            self._expected.remove(self)
            self.ended = self._peer is None
        super().close(linger=linger)


class Listener:
    """A bound name."""

    def __init__(self, socket: Any, endpoint: Endpoint) -> None:
        self.endpoint = f"inproc://{endpoint.path}"
        self._socket, self._name = socket, endpoint.path
        if self._name in socket.context._bound:
            raise ZMQError(Errno.EADDRINUSE)
        socket.context._bound[self._name] = self
        for connector in socket.context._expected.pop(self._name, []):
            self.take(connector)

    def take(self, connector: Connector) -> None:
        """Take somebody in."""
        connector.join(End(self._socket, self._socket._new_pipe()))

    def close(self) -> None:
        """Take in no more."""
        del self._socket.context._bound[self._name]
