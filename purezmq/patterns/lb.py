"""Load balancing: each message to the next peer with room (libzmq's lb_t).

`lb` holds exactly the pipes with room: a pipe goes to the end after each message, leaves when it is
full, and comes back at the end when half of its queue was taken. With no pipe in it, a sender
waits; nothing is ever dropped.
"""

from collections import deque

from purezmq.patterns.options import Options
from purezmq.patterns.pattern import Pattern
from purezmq.patterns.pipe import Message, Pipe


class LoadBalancer(Pattern):
    """A pattern that sends to all peers in turn.

    Attributes
    ----------
    lb : deque of Pipe
        The pipes with room; the next message is the first one's.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.lb: deque[Pipe] = deque()

    def attach(self, pipe: Pipe) -> None:
        """Add a pipe to the round."""
        super().attach(pipe)
        if not pipe.blocked:
            self.lb.append(pipe)

    def detach(self, pipe: Pipe) -> None:
        """Remove a pipe from the round; its session still sends what waits in it."""
        super().detach(pipe)
        if pipe in self.lb:
            self.lb.remove(pipe)

    def can_send(self) -> bool:
        """Return whether any peer has room."""
        return bool(self.lb)

    def send(self, frames: Message) -> bool:
        """Send to the next peer with room."""
        lb = self.lb
        if not lb:
            return False
        pipe = lb[0]
        outbound = pipe.outbound  # from here on Pipe.write, at three quarters of its time
        outbound.append(frames)
        size = len(outbound)
        if size >= pipe.sndhwm:
            pipe.blocked = True
            lb.popleft()
        else:
            if len(lb) > 1:
                lb.rotate(-1)
            if size > 1:
                return True
        pipe.on_outbound()  # last, for the session may take the message at once, and call writable
        return True

    def writable(self, pipe: Pipe) -> None:
        """Return a full pipe to the round when half of its queue was taken."""
        if pipe.blocked:
            pipe.unblock()
            if not pipe.blocked and pipe in self.pipes:
                self.lb.append(pipe)
