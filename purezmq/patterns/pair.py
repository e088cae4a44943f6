"""PAIR: one peer and no other (RFC 31)."""

from purezmq.patterns.fq import FairQueue
from purezmq.patterns.lb import LoadBalancer
from purezmq.patterns.pipe import Message, Pipe


class Pair(LoadBalancer, FairQueue):
    """Both ways with the first peer that came; blocks while it is full or not there.

    Another peer is refused for good, also when the first one leaves later (as libzmq does; its
    connection stays open meanwhile). One that comes after that is taken.
    """

    def attach(self, pipe: Pipe) -> None:
        """Attach the first pipe, refuse another."""
        if not self.pipes:
            super().attach(pipe)

    def deliver(self, pipe: Pipe, messages: list[Message]) -> None:
        """Queue messages of the one peer."""
        if pipe in self.pipes:
            FairQueue.deliver(self, pipe, messages)
