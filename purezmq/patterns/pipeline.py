"""PUSH and PULL: work handed out and collected (RFC 30)."""

from purezmq.patterns.fq import FairQueue
from purezmq.patterns.lb import LoadBalancer


class Push(LoadBalancer):
    """Sends to each peer with room in turn; blocks with none; never drops."""

    conflates = True


class Pull(FairQueue):
    """Receives from each peer in turn."""

    conflates = True
    queues_all = True
