"""inproc: two sockets of one context, their pipes joined back to back.

There are no bytes and no engine. What one side puts into its pipe is in the other's at once, as
long as that has room; the rest waits where it was put. So the high-water marks of both sides add
up, as in libzmq.
"""

from typing import Any

from purezmq.constants import Errno, SocketOption
from purezmq.errors import ZMQError
from purezmq.patterns import Pipe
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
        self.pipe = pipe
        self.ended = False
        self._socket = socket
        # Of the other end, once joined.
        self._peer: Any = None
        self._theirs: Any = None
        self._target: Any = None
        self._deliver: Any = None
        # Publishers put one list into many pipes; the program that receives it may change it.
        self._copies = socket._name in ("PUB", "XPUB", "XSUB")

    def join(self, accepted: "End") -> None:
        """Join with an end of who is bound: introduce them, tell subscriptions, carry."""
        ends = ((self, accepted), (accepted, self))
        for one, other in ends:
            one._peer, one._theirs, one._target = other, other.pipe, other._socket
            one._deliver = other._socket._pattern.deliver
            known = other._socket._values[SocketOption.ROUTING_ID]
            one.pipe.routing_id = one.pipe.routing_id or known
            one.pipe.peer_type = other._socket._name
        accepted._socket._accepted.add(accepted)
        accepted._socket._pattern.attach(accepted.pipe)
        for one, other in ends:
            one._socket._pattern.identify(one.pipe)
            one.pipe.on_outbound, one.pipe.on_room = one._carry, other._carry
            one.pipe.on_subscription = one._subscribe
        for one, _ in ends:
            for topic in one._socket._pattern.subscriptions:
                one._subscribe(True, topic)
            one._carry()
        for one, _ in ends:
            one._socket._writable()
        if self._socket.closed:
            self.close(linger=True)

    def _carry(self) -> None:
        """Move what there is, as far as there is room: the hot path of inproc."""
        ours, theirs, target = self.pipe, self._theirs, self._target
        outbound, inbound, most = ours.outbound, theirs.inbound, theirs.rcvhwm
        while outbound and len(inbound) < most:
            message = outbound.popleft()
            self._deliver(theirs, [message[:] if self._copies else message])
        if outbound:
            theirs.paused = True
        if ours.blocked:
            self._socket._pattern.writable(ours)
            self._socket._writable()
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
            one.pipe.on_outbound = one.pipe.on_room = one.pipe.on_subscription = _nothing
            other._socket._pattern.deliver(other.pipe, list(one.pipe.outbound))
            one.pipe.outbound.clear()
        for one in (self, peer):
            one._socket._pattern.detach(one.pipe)
            one._socket._accepted.discard(one)
            one._socket._readable()


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
        self._socket = socket
        self._name = endpoint.path
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


def _nothing(*_: Any) -> None:
    """Stand in for a peer that has gone."""
