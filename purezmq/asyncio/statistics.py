"""What `Socket.statistics` returns: numbers to look at, as trio's channels have them."""

from typing import NamedTuple, Self

from purezmq.asyncio.core import Core
from purezmq.asyncio.link import ConnectionStatistics


class Statistics(NamedTuple):
    """A socket at one moment.

    Attributes
    ----------
    peers : int
        Pipes in use: a connected endpoint has one before its peer is there.
    queued_in, queued_out : int
        Messages that wait to be received and to be sent, in all pipes. Over inproc the two ends may
        share a queue, and both count it.
    receiving, sending : int
        Calls that wait for a message and for room.
    received, sent : int
        Octets over tcp and ipc so far.
    connections : tuple of ConnectionStatistics
        Each connection's endpoint, state and octets.
    """

    peers: int
    queued_in: int
    queued_out: int
    receiving: int
    sending: int
    received: int
    sent: int
    connections: tuple[ConnectionStatistics, ...]

    @classmethod
    def of(cls, core: Core) -> Self:
        """Count."""
        pipes = core.pattern.pipes
        connections = tuple(each.statistics() for each in core.connections())
        return cls(
            peers=len(pipes),
            queued_in=sum(len(pipe.inbound) for pipe in pipes),
            queued_out=sum(len(pipe.outbound) for pipe in pipes),
            receiving=sum(not future.done() for future, _ in core.receivers.queue),
            sending=sum(not future.done() for future, _ in core.senders.queue),
            received=core.received + sum(each.received for each in connections),
            sent=core.sent + sum(each.sent for each in connections),
            connections=connections,
        )
