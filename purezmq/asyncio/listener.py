"""A bound tcp or ipc endpoint: a session for each peer that comes."""

from purezmq import transport
from purezmq.asyncio.link import Link
from purezmq.asyncio.session import Session
from purezmq.compat.constants import Event
from purezmq.errors import ZMQError
from purezmq.patterns import Pipe
from purezmq.transport.endpoint import Endpoint
from purezmq.wire.engine import Engine


class Listener:
    """Accepts peers until it is closed.

    Attributes
    ----------
    endpoint : str
        Where it is bound, with the port or path that was chosen.
    """

    connects = False
    pipe: Pipe | None = None  # each session has its own

    def __init__(self, link: Link, endpoint: Endpoint) -> None:
        self.link = link
        self.closed = False
        try:
            self._server = transport.network().listen(endpoint, link.options)
        except ZMQError as error:
            link.report(Event.BIND_FAILED, error.errno or 0, f"{endpoint.host}:{endpoint.port}")
            raise
        self.endpoint: str = self._server.endpoint
        link.report(Event.LISTENING, self._server.fd, self.endpoint)
        link.when_running(self._start)

    def _start(self) -> None:
        if not self.closed:
            self._server.start(self.link.loop, lambda: Session(self))

    def adopt(self, pipe: Pipe) -> None:
        """Leave the pipe to its session."""

    def greet(self, engine: Engine) -> bytes:
        """Return our subscriptions, each prefix once."""
        return b"".join([engine.subscribe(topic) for topic in self.link.pattern.subscriptions])

    def made(self, session: Session) -> None:
        """Keep an accepted session; one that comes too late is closed."""
        if self.closed:
            session.close(linger=False)
        else:
            self.link.opened(session)

    def lost(self, session: Session) -> None:
        """Do nothing: the peer may connect again."""

    def close(self) -> None:
        """Accept no more peers."""
        self.closed = True
        self._server.close()
        self.link.report(Event.CLOSED, self._server.fd, self.endpoint)
