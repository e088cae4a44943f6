"""REQ, REP, DEALER and ROUTER: requests, replies, and the envelopes that bring them home (RFC 28).

A request collects its way back in front of itself: each ROUTER on the way puts the routing id of
the peer it came from there, and an empty frame divides that envelope from the body. REQ adds the
empty frame and REP keeps the envelope for the reply, so neither program sees it; DEALER and ROUTER
leave it to theirs.

REQ and REP must ask and answer in turn. Their rules are the tables below; what is not in the table
is EFSM.
"""

import os
from itertools import count

from purezmq.compat.constants import Errno
from purezmq.errors import ZMQError
from purezmq.patterns.fq import FairQueue
from purezmq.patterns.lb import LoadBalancer
from purezmq.patterns.options import Options
from purezmq.patterns.pipe import Message, Pipe

Rules = dict[tuple[str, str], str]
"""(state, what the program does) -> the next state."""

REQ_RULES: Rules = {
    ("idle", "send"): "waiting",
    ("waiting", "recv"): "idle",
}
REQ_RELAXED_RULES: Rules = REQ_RULES | {
    ("waiting", "send"): "waiting",
}
REP_RULES: Rules = {
    ("idle", "recv"): "replying",
    ("replying", "send"): "idle",
}


def following(rules: Rules, state: str, action: str) -> str:
    """Look the next state up.

    Raises
    ------
    ZMQError
        EFSM if the rules don't allow the action in this state.
    """
    if (state, action) not in rules:
        raise ZMQError(Errno.EFSM)
    return rules[state, action]


class Dealer(LoadBalancer, FairQueue):
    """Sends to each peer with room in turn, receives from each in turn; blocks, never drops."""

    conflates = True
    queues_all = True

    def attach(self, pipe: Pipe) -> None:
        """Attach a pipe, and send an empty message if the peer is to be probed.

        Once for each pipe: after a reconnection libzmq does not greet again.
        """
        if self.options.probe_router:
            pipe.write([b""])
        super().attach(pipe)


class Req(Dealer):
    """A DEALER that asks, waits for the answer, and asks again.

    Whatever is no answer to the request being waited for is dropped as it comes in: from a peer
    that was not asked, without the empty frame, with another number (REQ_CORRELATE), or before
    anything was asked. (libzmq drops the connection of a peer whose reply lacks the empty frame;
    here it only loses the message.)

    Attributes
    ----------
    state : str
        Where in the rules it is.
    asked : Pipe or None
        The peer that was asked; None before, and when it has gone away since.
    prefix : Message
        What a reply starts with: the number, if numbered, and the empty frame.
    """

    conflates = False
    queues_all = False

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.state = "idle"
        self.asked: Pipe | None = None
        self.prefix: Message = [b""]
        self._numbers = count(int.from_bytes(os.urandom(4), "big"))  # libzmq too begins anywhere

    @property
    def rules(self) -> Rules:
        """The table in force."""
        return REQ_RELAXED_RULES if self.options.req_relaxed else REQ_RULES

    def detach(self, pipe: Pipe) -> None:
        """Detach a pipe. Its request is lost, and the wait goes on: only REQ_RELAXED ends it."""
        super().detach(pipe)
        if self.asked is pipe:
            self.asked = None

    def can_send(self) -> bool:
        """Return whether it is time to send a request, and a peer has room for it."""
        return (self.state, "send") in self.rules and LoadBalancer.can_send(self)

    def send(self, frames: Message) -> bool:
        """Send a request to the next peer with room."""
        state = following(self.rules, self.state, "send")
        if not self.lb:
            return False
        while FairQueue.recv(self):
            pass  # a late reply to a request that was given up
        number = (next(self._numbers) & 0xFFFFFFFF).to_bytes(4, "little")
        self.prefix = [number, b""] if self.options.req_correlate else [b""]
        # Before the message leaves: over inproc the answer may be here before send() returns.
        self.state = state
        self.asked = self.lb[0]
        return LoadBalancer.send(self, self.prefix + frames)

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue the reply that is being waited for, drop anything else."""
        if self.state == "waiting" and (pipe is self.asked or self.asked is None):
            prefix = self.prefix
            size = len(prefix)
            replies = [each for each in messages if len(each) > size and each[:size] == prefix]
            FairQueue.deliver(self, pipe, replies)

    def can_recv(self) -> bool:
        """Return whether the reply is there."""
        return self.state == "waiting" and FairQueue.can_recv(self)

    def recv(self) -> Message | None:
        """Receive the reply, without its envelope."""
        state = following(self.rules, self.state, "recv")
        message = FairQueue.recv(self)
        if message is None:
            return None
        self.state = state
        return message[len(self.prefix) :]


class Rep(FairQueue):
    """Receives a request from each peer in turn; answers the one it came from; never blocks.

    A request without an envelope's end, or without a body behind it, is dropped.

    Attributes
    ----------
    state : str
        Where in the rules it is.
    asker : Pipe or None
        Whose request is being worked on.
    envelope : Message
        The request's way back, with the empty frame.
    """

    rules = REP_RULES

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.state = "idle"
        self.asker: Pipe | None = None
        self.envelope: Message = []

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue requests; drop what has no envelope or no body."""
        FairQueue.deliver(self, pipe, [each for each in messages if b"" in each[:-1]])

    def can_recv(self) -> bool:
        """Return whether a request waits, and it is time to receive it."""
        return self.state == "idle" and FairQueue.can_recv(self)

    def recv(self) -> Message | None:
        """Receive a request, without its envelope."""
        state = following(self.rules, self.state, "recv")
        if not self.fq:
            return None
        self.asker = self.fq[0]
        message = FairQueue.recv(self)
        assert message is not None
        self.state = state
        body = message.index(b"") + 1
        self.envelope = message[:body]
        return message[body:]

    def can_send(self) -> bool:
        """Return whether there is a request to answer."""
        return self.state == "replying"

    def send(self, frames: Message) -> bool:
        """Send the reply; drop it if the peer that asked is gone or full."""
        self.state = following(self.rules, self.state, "send")
        asker = self.asker
        if asker in self.pipes and not asker.blocked:
            asker.write(self.envelope + frames)
        return True


class Router(FairQueue):
    """Receives from each peer in turn and says from whom; sends to the peer that it is told.

    A peer is known by the routing id of its handshake, or by five octets made up here: a zero and
    a number. A second peer with an id that is in use is ignored (it
    stays connected, as with libzmq), or takes the id over with ROUTER_HANDOVER, and the first one
    is ignored from then on. An id, once known, stays for the life of the pipe, also when a
    reconnection finds a peer with another one.

    Attributes
    ----------
    routes : dict of bytes to Pipe
        The peers that can be sent to. One being connected to is unknown until its handshake.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.routes: dict[bytes, Pipe] = {}
        self._numbers = count(int.from_bytes(os.urandom(4), "big"))  # libzmq too begins anywhere

    def attach(self, pipe: Pipe) -> None:
        """Attach a pipe; its peer can be sent to once it is identified."""
        super().attach(pipe)
        if self.options.probe_router:
            pipe.write([b""])
        if pipe.peer_type:
            self.identify(pipe)

    def identify(self, pipe: Pipe) -> None:
        """Add a peer to the routes."""
        if self._knows(pipe):
            return
        routing_id = pipe.routing_id or self._made_up()
        if routing_id not in self.routes or self.options.router_handover:
            pipe.router_id = routing_id
            self.routes[routing_id] = pipe

    def _knows(self, pipe: Pipe) -> bool:
        return self.routes.get(pipe.router_id) is pipe

    def _made_up(self) -> bytes:
        while True:
            routing_id = b"\0" + (next(self._numbers) & 0xFFFFFFFF).to_bytes(4, "big")
            if routing_id not in self.routes:  # ZMTP 3.1 keeps the zero for us, 3.0 didn't
                return routing_id

    def detach(self, pipe: Pipe) -> None:
        """Remove a peer from the routes; another may use its id."""
        super().detach(pipe)
        if self._knows(pipe):
            del self.routes[pipe.router_id]

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue messages, unless the peer is ignored."""
        if self._knows(pipe):
            FairQueue.deliver(self, pipe, messages)

    def recv(self) -> Message | None:
        """Receive a message, with the routing id of its peer in front."""
        if not self.fq:
            return None
        routing_id = self.fq[0].router_id
        message = FairQueue.recv(self)
        assert message is not None
        return [routing_id, *message]

    def can_send(self) -> bool:
        """Return True; with ROUTER_MANDATORY only if some peer has room."""
        if not self.options.router_mandatory:
            return True
        return any(not pipe.blocked for pipe in self.routes.values())

    def send(self, frames: Message) -> bool:
        """Send to the peer that the first frame names; a message without a second is dropped."""
        if len(frames) < 2:
            return True
        pipe = self.routes.get(frames[0])
        if pipe is not None and not pipe.blocked:
            pipe.write(frames[1:])
        elif self.options.router_mandatory:
            if pipe is None:
                raise ZMQError(Errno.EHOSTUNREACH)
            return False
        return True
