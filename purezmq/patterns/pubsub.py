"""PUB, XPUB, SUB and XSUB: everything to everyone who asked for it (RFC 29).

XPUB and XSUB are the machinery; PUB and SUB are the same with one direction closed. Subscriptions
flow from XSUB to XPUB: here as method calls, on the wire in whatever form the peers agreed on, and
to the programs on both ends as messages of one frame, a byte 1 (subscribe) or 0 (unsubscribe) and
then the prefix.
"""

from collections import deque

from purezmq.compat.constants import Errno
from purezmq.errors import ZMQError
from purezmq.patterns.dist import distribute
from purezmq.patterns.fq import FairQueue
from purezmq.patterns.options import Options
from purezmq.patterns.pattern import Pattern
from purezmq.patterns.pipe import Message, Pipe
from purezmq.patterns.subscriptions import Subscribers, Subscriptions

SUBSCRIBE = b"\x01"
CANCEL = b"\x00"


class XPub(Pattern):
    """Sends to each subscriber of a prefix of the first frame; receives subscriptions.

    A subscriber that is full misses the message; with XPUB_NODROP the sender waits for all that
    match.

    Attributes
    ----------
    subscribers : Subscribers
        Whose prefixes are heeded when a message is sent.
    requests : Subscribers
        With XPUB_MANUAL, who asked for what; `subscribers` is the program's affair then.
    pending : deque
        Messages for the program, each with the pipe it came from (None: the peer is gone).
        Without limit, as in libzmq: a publisher that never receives must go on hearing of new
        subscriptions.
    last_pipe : Pipe or None
        Where the last received message came from: whom `subscribe` and `unsubscribe` mean.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.subscribers = Subscribers()
        self.requests = Subscribers()
        self.pending: deque[tuple[Pipe | None, Message]] = deque()
        self.last_pipe: Pipe | None = None

    def attach(self, pipe: Pipe) -> None:
        """Attach a peer, and send it the welcome message if there is one.

        The greeting comes first, before the peer's subscriptions are known: a SUB lets it through
        only if it asked for that prefix, an XSUB always.
        """
        super().attach(pipe)
        if self.options.xpub_welcome_msg:
            pipe.write([self.options.xpub_welcome_msg])

    def detach(self, pipe: Pipe) -> None:
        """Detach a peer with its subscriptions, and report those that no other peer has."""
        super().detach(pipe)
        manual = self.options.xpub_manual
        for topic in self.requests.held_by(pipe):
            self.requests.remove(topic, pipe)
            self._notify(None, CANCEL + topic)
        for topic in self.subscribers.held_by(pipe):
            last = self.subscribers.remove(topic, pipe)
            if not manual and (last or self.options.xpub_verboser):
                self._notify(None, CANCEL + topic)
        if self.last_pipe is pipe:
            self.last_pipe = None

    def can_send(self) -> bool:
        """Return True: a full peer costs a message, not time. libzmq does so with NODROP too."""
        return True

    def send(self, frames: Message) -> bool:
        """Send to all whose subscription matches the first frame."""
        options = self.options
        pipes = self.subscribers.match(frames[0])
        if options.invert_matching:
            pipes = [pipe for pipe in self.pipes if pipe not in pipes]
        if options.xpub_nodrop and [pipe for pipe in pipes if pipe.blocked]:
            return False
        distribute(pipes, frames)
        return True

    def subscribed(self, pipe: Pipe, topic: bytes) -> None:
        """Add a subscription; report it to the program if it is the first of its prefix."""
        options = self.options
        manual = options.xpub_manual
        first = (self.requests if manual else self.subscribers).add(topic, pipe)
        if first or manual or options.xpub_verbose or options.xpub_verboser:
            self._notify(pipe, SUBSCRIBE + topic)

    def cancelled(self, pipe: Pipe, topic: bytes) -> None:
        """Remove a subscription; report it to the program if it was the last of its prefix."""
        manual = self.options.xpub_manual
        last = (self.requests if manual else self.subscribers).remove(topic, pipe)
        if last or manual or (self.options.xpub_verboser and last is not None):
            self._notify(pipe, CANCEL + topic)

    def _notify(self, pipe: Pipe | None, frame: bytes) -> None:
        """Queue a report of a subscription for the program."""
        self.pending.append((pipe, [frame]))

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue what an XSUB sent that is no subscription."""
        self.pending.extend((pipe, message) for message in messages)

    def can_recv(self) -> bool:
        """Return whether a report or a message waits."""
        return bool(self.pending)

    def recv(self) -> Message | None:
        """Receive a subscription, its end, or a message that an XSUB sent."""
        if not self.pending:
            return None
        pipe, message = self.pending.popleft()
        self.last_pipe = pipe if pipe in self.pipes else None
        return message

    def subscribe(self, topic: bytes) -> None:
        """Subscribe the peer of the last received message, if it is still there (XPUB_MANUAL)."""
        if not self.options.xpub_manual:
            raise ZMQError(Errno.EINVAL)
        if self.last_pipe is not None:
            self.subscribers.add(topic, self.last_pipe)

    def unsubscribe(self, topic: bytes) -> None:
        """Unsubscribe the peer of the last received message (XPUB_MANUAL)."""
        if not self.options.xpub_manual:
            raise ZMQError(Errno.EINVAL)
        if self.last_pipe is not None:
            self.subscribers.remove(topic, self.last_pipe)


class Pub(XPub):
    """An XPUB that does not report subscriptions."""

    conflates = True

    def _notify(self, pipe: Pipe | None, frame: bytes) -> None:
        """Report nothing."""

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Drop what an XSUB sent."""

    def recv(self) -> Message | None:
        """Raise ENOTSUP: this type only sends."""
        raise ZMQError(Errno.ENOTSUP)


class XSub(FairQueue):
    """Receives from each publisher in turn; sends subscriptions, and other messages, to all.

    Attributes
    ----------
    wanted : Subscriptions
        What was asked for, counted.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.wanted = Subscriptions()

    @property
    def subscriptions(self) -> list[bytes]:
        """Each prefix once, however often it was asked for."""
        return list(self.wanted.values)

    def can_send(self) -> bool:
        """Return True: a publisher that is full misses the message."""
        return True

    def send(self, frames: Message) -> bool:
        """Send a subscription, its end, or another message, to every publisher."""
        first = frames[0]
        kind = first[:1]
        if len(frames) > 1 or kind not in (SUBSCRIBE, CANCEL):
            distribute(self.pipes, frames)
        elif kind == SUBSCRIBE:
            self._add(first[1:])
        else:
            self._remove(first[1:])
        return True

    def _add(self, topic: bytes) -> None:
        # Repeated ones are told too: a publisher with XPUB_VERBOSE wants to hear of them.
        self.wanted.add(topic)
        for pipe in self.pipes:
            pipe.on_subscription(True, topic)

    def _remove(self, topic: bytes) -> bool:
        last = self.wanted.remove(topic)
        if last:
            for pipe in self.pipes:
                pipe.on_subscription(False, topic)
        return last


class Sub(XSub):
    """An XSUB that subscribes through options, and drops whatever it did not subscribe to.

    A publisher filters too; but it may have sent a message before it heard of an unsubscription.
    """

    conflates = True

    def pipe(self) -> Pipe:
        """Make a pipe that keeps the newest message that comes, but all that is subscribed to."""
        pipe = super().pipe()
        pipe.outbound = deque()
        return pipe

    def can_send(self) -> bool:
        """Return False."""
        return False

    def send(self, frames: Message) -> bool:
        """Raise ENOTSUP: this type only receives."""
        raise ZMQError(Errno.ENOTSUP)

    def subscribe(self, topic: bytes) -> None:
        """Subscribe to all messages that start with a prefix."""
        self._add(topic)

    def unsubscribe(self, topic: bytes) -> None:
        """Undo one `subscribe`; without one it does nothing.

        What waits already, and is not asked for any more, is left out as well.
        """
        if not self._remove(topic):
            return
        waiting = [(pipe, list(pipe.inbound)) for pipe in self.fq]
        self.fq.clear()
        for pipe, messages in waiting:
            pipe.inbound.clear()
            self.deliver(pipe, messages)
            if pipe.paused:
                pipe.resume()

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue what was asked for."""
        wanted = self.wanted.select(messages, self.options.invert_matching)
        FairQueue.deliver(self, pipe, wanted)
