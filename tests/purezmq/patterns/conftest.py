"""A wire for two patterns: what a session does, without a socket, a loop or a codec."""

import pytest

from purezmq.patterns import PATTERNS, Options


class Link:
    """Two pipes back to back; messages stay in `outbound` until `carry` is called."""

    def __init__(self, near, far, near_id=b"", far_id=b""):
        self.ends = []
        for pattern, peer_id in ((near, far_id), (far, near_id)):
            pipe = pattern.pipe()
            pipe.routing_id = peer_id
            self.ends.append((pattern, pipe))
        for (pattern, pipe), (peer, _) in zip(self.ends, reversed(self.ends), strict=True):
            pipe.peer_type = type(peer).__name__.upper()
            pattern.attach(pipe)
            pattern.identify(pipe)
        for (_, pipe), (peer, other) in zip(self.ends, reversed(self.ends), strict=True):
            pipe.on_subscription = self._told(peer, other)
        for pattern, pipe in self.ends:
            for topic in pattern.subscriptions:
                pipe.on_subscription(True, topic)

    @staticmethod
    def _told(peer, pipe):
        def told(subscribe, topic):
            (peer.subscribed if subscribe else peer.cancelled)(pipe, topic)

        return told

    @property
    def near(self):
        return self.ends[0][1]

    @property
    def far(self):
        return self.ends[1][1]

    def carry(self):
        """Take all that waits to the other side, as long as that has room for it."""
        for (pattern, pipe), (peer, other) in zip(self.ends, reversed(self.ends), strict=True):
            while pipe.outbound and other.check_read():
                peer.deliver(other, [pipe.outbound.popleft()])
                if pipe.blocked:
                    pattern.writable(pipe)

    def cut(self):
        """End the connection of two peers that will not come back."""
        for pattern, pipe in self.ends:
            pattern.detach(pipe)


@pytest.fixture
def socket():
    """Make a pattern by its type's name."""
    return lambda name, **options: PATTERNS[name](Options(**options))


@pytest.fixture
def link():
    """Join two patterns."""
    return Link


@pytest.fixture
def drain():
    """Receive all there is."""

    def drained(pattern):
        messages = []
        while (message := pattern.recv()) is not None:
            messages.append(message)
        return messages

    return drained
