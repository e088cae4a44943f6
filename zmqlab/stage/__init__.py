"""The stage: real sockets, watched.

`Stage.context` gives a context whose sockets behave as those of ``zmq.asyncio`` do, the same
results, exceptions and Futures, and leave a record behind: what was bound, connected, sent,
received, refused, waited for and closed, and when. `zmqlab.stage.recorder` keeps it and guesses
nothing; what follows from it is worked out in `zmqlab.story` and drawn in `zmqlab.draw`.
"""

from __future__ import annotations

import zmq.asyncio

from zmqlab.draw.sequence import Sequence
from zmqlab.draw.topology import Topology
from zmqlab.plain import only_watches, plain
from zmqlab.stage.faults import crash
from zmqlab.stage.recorder import Recorder
from zmqlab.stage.sockets import WatchedContext, WatchedSocket
from zmqlab.story import still_needed, tell
from zmqlab.words.language import Text

__all__ = ["Stage", "WatchedContext", "WatchedSocket"]


@only_watches
class Stage(Recorder):
    """Watches sockets and draws what happened.

    Examples
    --------
    In a cell of a lesson::

        stage = Stage()
        context = stage.context()
        server = context.socket(zmq.REP)
        client = context.socket(zmq.REQ)
        stage.name(client=client, server=server)
        ...                     # pyzmq as anywhere
        stage.sequence()        # the picture of what happened
    """

    @plain("zmq.asyncio.Context({all})", comment=False)
    def context(self, io_threads: int = 1) -> WatchedContext:
        """A new context on this stage.

        Parameters
        ----------
        io_threads : int, optional
            As for ``zmq.asyncio.Context``.

        Returns
        -------
        WatchedContext
            A ``zmq.asyncio.Context``; nothing but the watching differs.
        """
        return WatchedContext.on(self, io_threads)

    @plain(
        "{0}.close(linger=0)\n"
        "await wait_for_event(zmq.EVENT_MONITOR_STOPPED, {events})  # its port is free\n"
        "{events}.close()\n"
        "await wait_for_event(zmq.EVENT_DISCONNECTED, {peers})  # its peers know",
        "wait_for_event",
    )
    async def crash(self, socket: zmq.asyncio.Socket, within: float = 5.0) -> None:
        """Close a socket as a dying process does; see `zmqlab.stage.faults`."""
        await crash(self, socket, within)

    @only_watches
    def sequence(self, limit: int = 60, *, caption: Text | str = "") -> Sequence:
        """Picture of who sent what to whom, from top to bottom.

        Parameters
        ----------
        limit : int, optional
            At most so many rows; alike messages in a row are folded first.
        caption : Text or str, optional
            What the picture shows, in a sentence below it.

        Returns
        -------
        zmqlab.draw.sequence.Sequence
            Shows itself in a notebook; ``svg(language)`` and ``text(language)`` give its forms.

        Raises
        ------
        ValueError
            If `limit` is no whole number from 1 on.
        """
        if type(limit) is not int or limit < 1:
            raise ValueError(f"limit is a number of rows, 1 or more, not {limit!r}")
        record = self.record()
        return Sequence(tell(record), limit, record).captioned(caption)

    @only_watches
    def topology(self, *, caption: Text | str = "") -> Topology:
        """Picture of who binds, who connects and how much has passed.

        Parameters
        ----------
        caption : Text or str, optional
            What the picture shows, in a sentence below it.

        Returns
        -------
        zmqlab.draw.topology.Topology
            Shows itself in a notebook; ``svg(language)`` and ``text(language)`` give its forms.
        """
        return Topology(tell(self.record())).captioned(caption)

    @only_watches
    def reset(self) -> None:
        """Close every socket on this stage, forget their names, and begin a new picture.

        A cell that begins so can be run again, and after any other.
        """
        for watch in sorted(self.watches, key=lambda watch: watch.actor.number):
            socket = watch.socket()
            if socket is not None and not socket.closed:
                socket.close(linger=0)
        self.forget_names()
        self.begin_anew([])

    @only_watches
    def clear(self) -> None:
        """Begin a new picture: forget what is done, keep names, open sockets and open messages."""
        record = self.record()
        self.begin_anew(still_needed(record, tell(record)))
