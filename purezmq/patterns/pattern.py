"""The contract of all socket types: pipes come and go, messages go out, come in and are received.

Every answer comes at once. "Not now" is `False` from `send` and `None` from `recv`; whoever wants
to wait tries again after the next `attach`, `writable`, `deliver`, `subscribed` or `cancelled`.

What a session does, in this order:

1. `attach(pipe)`: for a `connect` at once, for an accepted peer after its handshake.
2. `identify(pipe)` after each handshake, with `routing_id` and `peer_type` set.
3. `deliver(pipe, messages)` for each run of messages that came, `subscribed` and `cancelled` for
   subscriptions; it stops reading while `pipe.check_read()` is false (see `Pipe.paused`).
4. It takes from `pipe.outbound`, and calls `writable(pipe)` after taking if `pipe.blocked`.
5. `detach(pipe)` when the peer is gone for good. What it sent can still be received.

A socket type is made of what it does: one that receives from all its peers in turn is a
`FairQueue`, one that sends to each in turn a `LoadBalancer`, and a DEALER is both.
"""

from typing import ClassVar

from purezmq.compat.constants import Errno
from purezmq.errors import ZMQError
from purezmq.patterns.options import Options
from purezmq.patterns.pipe import Message, Pipe


class Pattern:
    """One socket's decisions; what is not overridden here is what the type can't do.

    Parameters
    ----------
    options : Options
        The socket's options; kept, not copied.

    Attributes
    ----------
    pipes : dict of Pipe to None
        The pipes in use, in the order of their coming.
    conflates : bool
        Whether this type heeds `Options.conflate`.
    queues_all : bool
        Whether `deliver` queues whatever comes, and does nothing else.
    """

    conflates: ClassVar[bool] = False
    queues_all: ClassVar[bool] = False

    def __init__(self, options: Options) -> None:
        self.options = options
        self.pipes: dict[Pipe, None] = {}

    def pipe(self) -> Pipe:
        """Make a pipe with this socket's limits, to be attached."""
        options = self.options
        conflate = options.conflate and self.conflates
        return Pipe(options.sndhwm, options.rcvhwm, conflate=conflate)

    def attach(self, pipe: Pipe) -> None:
        """Start to use a pipe.

        A type that refuses it (PAIR's second peer) leaves it out: the connection stays open,
        nothing is sent to it, and what it delivers is dropped. So does libzmq; a refusal that
        closed the connection would only bring the peer back.
        """
        self.pipes[pipe] = None

    def identify(self, pipe: Pipe) -> None:
        """Use the routing id and type of a peer, after its handshake."""

    def detach(self, pipe: Pipe) -> None:
        """Stop using a pipe, attached or refused."""
        self.pipes.pop(pipe, None)

    def send(self, frames: Message) -> bool:
        """Send a message, whose list of frames is given away.

        Returns
        -------
        bool
            True if it was taken, or dropped as the type drops; False if it would have to wait.

        Raises
        ------
        ZMQError
            ENOTSUP if the type does not send, EFSM if it is not its turn, EHOSTUNREACH if a
            mandatory route is missing.
        """
        raise ZMQError(Errno.ENOTSUP)

    def recv(self) -> Message | None:
        """Receive a message, or None if there is none yet.

        Raises
        ------
        ZMQError
            ENOTSUP if the type does not receive, EFSM if it is not its turn.
        """
        raise ZMQError(Errno.ENOTSUP)

    def can_send(self) -> bool:
        """Return whether `send` would accept a message now."""
        return False

    def can_recv(self) -> bool:
        """Return whether `recv` has a message now."""
        return False

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue messages from a peer; a type that does not receive drops them."""

    def enter(self, pipe: Pipe) -> None:
        """Schedule a pipe whose `inbound` got its first message."""

    def writable(self, pipe: Pipe) -> None:
        """Unblock a pipe if the session has taken enough of its messages."""
        pipe.unblock()

    def subscribed(self, pipe: Pipe, topic: bytes) -> None:
        """Add a peer's subscription; only PUB and XPUB do."""

    def cancelled(self, pipe: Pipe, topic: bytes) -> None:
        """Remove a peer's subscription; only PUB and XPUB do."""

    def subscribe(self, topic: bytes) -> None:
        """Set the option SUBSCRIBE.

        Raises
        ------
        ZMQError
            EINVAL if the type is neither SUB nor an XPUB with XPUB_MANUAL.
        """
        raise ZMQError(Errno.EINVAL)

    def unsubscribe(self, topic: bytes) -> None:
        """Set the option UNSUBSCRIBE.

        Raises
        ------
        ZMQError
            EINVAL if the type is neither SUB nor an XPUB with XPUB_MANUAL.
        """
        raise ZMQError(Errno.EINVAL)

    @property
    def subscriptions(self) -> list[bytes]:
        """The prefixes that a session sends to a new peer, each once."""
        return []
