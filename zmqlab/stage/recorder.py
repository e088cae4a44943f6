"""The recorder: the part of a stage that writes down what its sockets do.

What must stay true: the record is bounded; nothing but the standard library and ``zmq`` is
imported, apart from `zmqlab`'s own plain modules; no picture is known here.
"""

from __future__ import annotations

import asyncio
import itertools
import time
import weakref
from collections import Counter
from collections.abc import Callable, Sequence

import zmq
import zmq.asyncio

from zmqlab import record as records
from zmqlab.plain import only_watches, plain
from zmqlab.record import Actor, Event, Kind, Moment, Record
from zmqlab.stage.order import tell_order
from zmqlab.stage.watch import Watch, Watched
from zmqlab.words.language import Text, kernel_language

TYPE_NAMES = "PAIR, PUB, SUB, REQ, REP, DEALER, ROUTER, PULL, PUSH, XPUB, XSUB"
TYPES = {int(getattr(zmq, name)): name for name in TYPE_NAMES.split(", ")}

TICK = 0.25
"""Seconds after which the loop of a stage with open sockets wakes up at the latest."""

_BUDGETS = {
    Kind.SEND: "send",
    Kind.SENT: "send",
    Kind.UNSENT: "send",
    Kind.REFUSED: "send",
    Kind.GAVE_UP: "wait",
    Kind.POLLED: "wait",
    Kind.RECEIVE: "receive",
    Kind.RETRY: "retry",
}
"""Sends, receipts and the rest are limited apart, so that what is kept fits together."""


class Recorder:
    """Keeps the events of watched sockets, and waits for their connections."""

    def __init__(self) -> None:
        self._zero = time.perf_counter()
        self._orders = itertools.count(1)
        self._actors: list[Actor] = []
        self._events: list[Event] = []
        self._counts: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self.watches: weakref.WeakSet[Watch] = weakref.WeakSet()
        self._names: list[str] = []
        self._outside: dict[str, str] = {}
        self._contexts = 0
        self._mark = 0
        self._ticking: weakref.ref[asyncio.AbstractEventLoop] | None = None
        tell_order(zmq.ZMQError, TimeoutError)

    @only_watches
    def name(self, **sockets: zmq.asyncio.Socket | tuple[zmq.asyncio.Socket, ...] | str) -> None:
        """Give sockets their names in the pictures, in the order of the lanes.

        Parameters
        ----------
        **sockets : zmq.asyncio.Socket or tuple of zmq.asyncio.Socket or str
            ``name(client=client)``. A new socket under a name that was used before goes on in the
            same lane; so do several at once: ``name(worker=(pull, push))``. An endpoint as text
            names the peer behind it, which is not on the stage:
            ``name(server="tcp://127.0.0.1:5555")``.

        Raises
        ------
        ValueError
            If a socket is not on this stage.
        """
        for name, socket in sockets.items():
            if isinstance(socket, str):
                self._outside[socket] = name
            else:
                for one in socket if isinstance(socket, tuple) else (socket,):
                    self.watch_of(one, name).actor.name = name
            if name not in self._names:
                self._names.append(name)

    @only_watches
    def actor(self, name: str, *sockets: zmq.asyncio.Socket) -> None:
        """Draw several sockets as one actor: ``stage.actor("filter", inlet, outlet)``.

        Parameters
        ----------
        name : str
            The actor's name in the pictures.
        *sockets : zmq.asyncio.Socket
            The sockets that belong to it.

        Raises
        ------
        ValueError
            If a socket is not on this stage.
        """
        self.name(**{name: sockets})

    @only_watches
    def lanes(self, *names: str) -> None:
        """Set the order of the lanes, from left to right, for all pictures that follow.

        Without it, lanes stand in the order in which they were first named.

        Parameters
        ----------
        *names : str
            The first lanes; others follow in the order of their naming.
        """
        self._names = [*names, *(name for name in self._names if name not in names)]

    @plain("await wait_for_event(zmq.EVENT_HANDSHAKE_SUCCEEDED, {events})", "wait_for_event")
    async def connected(
        self, socket: zmq.asyncio.Socket, within: float = 5.0, *, peers: int = 1
    ) -> None:
        """Wait until a socket has a connection (tcp or ipc), as libzmq's monitor tells.

        Parameters
        ----------
        socket : zmq.asyncio.Socket
            A socket of this stage.
        within : float, optional
            Seconds to wait at most.
        peers : int, optional
            Wait for so many connections.

        Raises
        ------
        TimeoutError
            If it has fewer by then.
        ValueError
            If it is closed.
        """
        watch = self.watch_of(socket, "socket")
        late = Text(en="has no connection", ko="연결되지 않았습니다")
        if peers != 1:
            late = Text(
                en=f"has fewer than {peers} connections", ko=f"연결이 {peers}개보다 적습니다"
            )
        await self.until(watch, lambda: watch.connections >= peers, within, late)

    @plain("await wait_for_event(zmq.EVENT_CONNECT_RETRIED, {events})", "wait_for_event")
    async def refused(self, socket: zmq.asyncio.Socket, within: float = 5.0) -> None:
        """Wait until an attempt of a socket to connect fails, because nobody is bound there.

        Its next attempt follows when `RECONNECT_IVL` is over: 100 to 200 ms later by default.

        Parameters
        ----------
        socket : zmq.asyncio.Socket
            A socket of this stage.
        within : float, optional
            Seconds to wait at most.

        Raises
        ------
        TimeoutError
            If none fails by then.
        ValueError
            If it is closed.
        """
        watch = self.watch_of(socket, "socket")
        before = watch.refusals
        late = Text(en="was not refused", ko="연결을 거절당하지 않았습니다")
        await self.until(watch, lambda: watch.refusals > before, within, late)

    @plain("await wait_for_event(zmq.EVENT_DISCONNECTED, {events})", "wait_for_event")
    async def disconnected(
        self, socket: zmq.asyncio.Socket, within: float = 5.0, *, left: int = 0
    ) -> None:
        """Wait until a socket has noticed that its last connection is gone.

        Parameters
        ----------
        socket : zmq.asyncio.Socket
            A socket of this stage.
        within : float, optional
            Seconds to wait at most.
        left : int, optional
            Be content when no more than so many connections are left.

        Raises
        ------
        TimeoutError
            If it still has more by then.
        """
        watch = self.watch_of(socket, "socket")
        late = Text(en="is still connected", ko="아직 연결되어 있습니다")
        if left:
            late = Text(
                en=f"still has more than {left} connection" + ("s" if left > 1 else ""),
                ko=f"아직 연결이 {left}개보다 많습니다",
            )
        await self.until(watch, lambda: watch.connections <= left, within, late)

    async def noticed(self, watch: Watch, downs: int, within: float, late: Text) -> None:
        """Wait until a socket has lost one more connection, or has none."""
        await self.until(watch, lambda: watch.downs > downs or watch.connections == 0, within, late)

    async def until(
        self, watch: Watch, enough: Callable[[], bool], within: float, late: Text
    ) -> None:
        """Wait until a socket's connections are as wanted; `late` says how they are otherwise."""
        name = watch.named()
        try:
            async with asyncio.timeout(within):
                watch.hear()
                while not enough():
                    if watch.closed:
                        raise ValueError(f"{name['en']} is closed: it gets no connection any more")
                    changed = asyncio.get_running_loop().create_future()
                    watch.changed.append(changed)
                    # With a limit: on a busy machine the loop is not always woken for a monitor.
                    await asyncio.wait({changed}, timeout=TICK)
                    watch.hear()
        except TimeoutError:
            text = Text(
                en=f"{name['en']} {late['en']} after {within:g} s",
                ko=f"{name['ko']}: {within:g}초가 지났지만 {late['ko']}",
            )
            raise TimeoutError(text[kernel_language()]) from None

    def watch_of(self, socket: zmq.asyncio.Socket, name: str) -> Watch:
        """Return the watch of a socket; `name` is what an error calls it."""
        watch: Watch | None = getattr(socket, "_watch", None)
        if watch is None or watch.recorder is not self:
            raise ValueError(
                f"{name} is not on this stage: make it with stage.context().socket(...)"
            )
        return watch

    def record(self) -> Record:
        """What is known now, in the order in which it happened.

        Returns
        -------
        Record
        """
        watches = list(self.watches)
        for watch in watches:
            watch.hear()
        return Record(
            actors=[Actor(a.number, a.type, a.context, a.name) for a in self._actors],
            events=sorted(self._events, key=lambda event: event.at.order),
            waits=sorted(
                (wait for watch in watches for wait in watch.pending.values()),
                key=lambda wait: wait.began.order,
            ),
            names=list(self._names),
            outside=dict(self._outside),
            mark=self._mark,
            end=self.now(),
            skipped=Counter(self._skipped),
        )

    def forget_names(self) -> None:
        """Let the next sockets begin lanes of their own, whatever names they are given."""
        for actor in self._actors:
            actor.name = ""
        self._names.clear()
        self._outside.clear()

    def begin_anew(self, kept: Sequence[Event]) -> None:
        """Forget all events but those, and begin the next picture here."""
        self._events = list(kept)
        self._counts.clear()
        self._skipped.clear()
        self._mark = self.now().order

    def now(self) -> Moment:
        """The next number, and the seconds since the stage was made."""
        return Moment(next(self._orders), time.perf_counter() - self._zero)

    def next_context(self) -> int:
        """The number of a new context."""
        self._contexts += 1
        return self._contexts

    def enter(self, socket: Watched, context: int) -> Watch:
        """Watch a new socket of a context."""
        actor = Actor(len(self._actors), TYPES.get(int(socket.type), "?"), context)
        self._actors.append(actor)
        watch = Watch(self, actor, socket)
        self.watches.add(watch)
        watch.note(Kind.SOCKET)
        return watch

    def keep(self, event: Event) -> None:
        """Add an event to the record, or count it if the record is full."""
        budget = _BUDGETS.get(event.kind, "other")
        if self._counts[budget] >= records.LIMIT:
            self._skipped[budget] += 1
            return
        self._counts[budget] += 1
        self._events.append(event)

    def tick(self) -> None:
        """Wake the running loop up now and then, as long as a socket is open.

        ipykernel handles SIGINT by a callback, which a loop that sleeps in its selector runs only
        after its next event. With a timer, Jupyter's stop button ends a cell that awaits a message
        without a limit.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._ticking is None or self._ticking() is not loop:
            self._ticking = weakref.ref(loop)
            loop.call_later(TICK, _tick, weakref.ref(self), weakref.ref(loop))

    def ticked(self) -> bool:
        """Whether a socket is open, so that the loop has to tick on."""
        goes_on = any(not watch.closed for watch in self.watches)
        if not goes_on:
            self._ticking = None
        return goes_on


def _tick(recorder: weakref.ref[Recorder], ticking: weakref.ref[asyncio.AbstractEventLoop]) -> None:
    here, loop = recorder(), ticking()
    if here is not None and loop is not None and here.ticked():
        loop.call_later(TICK, _tick, recorder, ticking)
