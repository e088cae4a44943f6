"""Fair queueing: one message from each peer that has some, in turn (libzmq's fq_t).

`fq` holds exactly the pipes in which something waits: a pipe enters at the end with its first
message, goes to the end after each, and leaves with its last. So a peer with thousands of messages
holds another's up by one. A pipe that was detached stays until it is empty: what a peer sent before
it went away is received.
"""

from collections import deque

from purezmq.patterns.options import Options
from purezmq.patterns.pattern import Pattern
from purezmq.patterns.pipe import Message, Pipe


class FairQueue(Pattern):
    """A pattern that receives from all peers in turn.

    Attributes
    ----------
    fq : deque of Pipe
        The pipes with messages; the next one to be received is the first pipe's.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.fq: deque[Pipe] = deque()

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue messages, room or not: the session stops reading in time."""
        if not messages:  # a type may have dropped them all
            return
        inbound = pipe.inbound
        if not inbound:
            self.fq.append(pipe)
        inbound.extend(messages)

    def enter(self, pipe: Pipe) -> None:
        """Add a pipe to the round: its first message is there."""
        self.fq.append(pipe)

    def can_recv(self) -> bool:
        """Return whether a message waits."""
        return bool(self.fq)

    def recv(self) -> Message | None:
        """Receive the next peer's oldest message."""
        fq = self.fq
        if not fq:
            return None
        pipe = fq[0]
        inbound = pipe.inbound
        message = inbound.popleft()
        if not inbound:
            fq.popleft()
        elif len(fq) > 1:
            fq.rotate(-1)
        if pipe.paused:
            pipe.resume()
        return message

    def detach(self, pipe: Pipe) -> None:
        """Stop using a pipe; what it delivered can still be received."""
        super().detach(pipe)
        pipe.paused = False
