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
    alone : Pipe or None
        The one pipe in `fq`, if it came when none was there: it need not take turns.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.fq: deque[Pipe] = deque()
        self.alone: Pipe | None = None

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue what came; full or not, for the session stops reading in time."""
        if not messages:  # a type may have dropped them all
            return
        inbound = pipe.inbound
        if not inbound:
            self.enter(pipe)
        inbound.extend(messages)

    def enter(self, pipe: Pipe) -> None:
        """Let a pipe take its turn: its first message came, or is about to."""
        self.alone = None if self.fq else pipe
        self.fq.append(pipe)

    def can_recv(self) -> bool:
        """Say whether any peer's message waits."""
        return bool(self.fq)

    def recv(self) -> Message | None:
        """Receive the next peer's oldest message."""
        pipe = self.alone
        if pipe is None:
            if not self.fq:
                return None
            pipe = self.fq.popleft()
            self.fq.append(pipe)
        inbound = pipe.inbound
        message = inbound.popleft()
        if not inbound:
            self.fq.pop()
            self.alone = None
        if pipe.paused:
            pipe.resume()
        return message

    def detach(self, pipe: Pipe) -> None:
        """Forget a pipe whose session is gone, but not what it brought."""
        super().detach(pipe)
        pipe.paused = False
