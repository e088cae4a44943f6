"""Sending and receiving: what a socket does with whole messages and single frames.

The decision without waiting comes first: `send` and `recv` ask the pattern, and the Future that
they give is done already where it could decide. Where it could not, the Future stands in a queue,
and sessions call `_readable` and `_writable` when something has changed.

What must stay true:

1. A message is taken from the pattern only when the Future that gets it is at hand: one that was
   cancelled while it waited loses nothing.
2. Futures are served in the order in which they came.
3. After BATCH answers without waiting one goes through the loop, and so does every `Again`: a
   program that never has to wait does not keep everything else from running.
"""

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from purezmq.asyncio.message import Frame, MessageTracker, as_bytes, as_frames
from purezmq.asyncio.waiting import Converted, Waiting, expire, finish
from purezmq.constants import Errno, Flag, PollEvent, SocketOption
from purezmq.errors import ZMQError
from purezmq.patterns import Message, Pattern

if TYPE_CHECKING:
    from purezmq.asyncio.context import Context
    from purezmq.asyncio.monitor import Monitor

# How many answers without waiting in a row.
BATCH = 256

_DONTWAIT, _SNDMORE = int(Flag.DONTWAIT), int(Flag.SNDMORE)
_IN, _OUT = int(PollEvent.POLLIN), int(PollEvent.POLLOUT)
_SNDTIMEO, _RCVTIMEO = SocketOption.SNDTIMEO, SocketOption.RCVTIMEO

Parts = Sequence[Any]
"""The frames of a message as a program gives them: bytes, or what has a buffer."""


@dataclass(slots=True, weakref_slot=True, eq=False, repr=False)
class Traffic:
    """Sending, receiving and polling; and all that a socket holds.

    It has slots: a name that is none of these, nor an option, can't be assigned to, as in pyzmq.

    Attributes
    ----------
    context : Context
        Where it belongs.
    closed : bool
        Whether `close` was called.
    """

    context: "Context"
    _name: str  # of its type
    _pattern: Pattern
    _values: dict[SocketOption, Any]  # options
    closed: bool = False

    # Traffic.
    _send: Callable[[Message], bool] = field(init=False)  # the pattern's; after the end, an error
    _recv: Callable[[], Message | None] = field(init=False)
    _senders: Waiting = field(init=False)
    _receivers: Waiting = field(init=False)
    _watchers: list[Callable[[], None]] = field(default_factory=list)  # those who poll
    _parts: Message = field(default_factory=list)  # of a message that is sent with SNDMORE
    _rest: Message = field(default_factory=list)  # of a message that is received by frames

    # The loop: that in which the socket is first used.
    _loop: AbstractEventLoop | None = None
    _loop_ends: bool = False
    _done: Future[None] = field(init=False)  # what most `send` give
    _budget: int = 0  # answers without waiting that are left
    # What of these is left to the short cuts of `send` and `recv`: 0 if it is used up, less where
    # they would be wrong.
    _quick_sends: int = -1
    _quick_recvs: int = -1

    # Endpoints.
    _listeners: dict[str, Any] = field(default_factory=dict)
    _connectors: dict[str, list[Any]] = field(default_factory=dict)
    _accepted: set[Any] = field(default_factory=set)  # sessions, and inproc's ends
    _last_endpoint: bytes = b""
    _joined: tuple[list[Message], Sequence[Any]] = ([], ())  # a publisher's last write
    _monitor: "Monitor | None" = None

    def __post_init__(self) -> None:
        self._send, self._recv = self._pattern.send, self._pattern.recv
        self._senders = Waiting(self._try_to_send)
        self._receivers = Waiting(self._try_to_receive)

    def _get_loop(self) -> AbstractEventLoop:
        """Give the loop; the running one, at first use, is the socket's for good."""
        if self._loop is None:
            loop = self._loop = get_running_loop()
            self.context._guard(loop)
            self._budget = BATCH
            self._done = loop.create_future()
            self._done.set_result(None)
            deferred, self.context._deferred[:] = self.context._deferred[:], []
            for start in deferred:
                start()
        return self._loop

    def _spend(self, all_of_it: bool = False) -> bool:
        """Note an answer without waiting; say whether it is one too many in a row."""
        self._get_loop()
        self._budget = 0 if all_of_it else self._budget - 1
        if self._budget > 0:
            return False
        self._budget = BATCH
        return True

    def send(
        self, data: Any, flags: int = 0, copy: bool = True, track: bool = False
    ) -> Future[Any]:
        """Send one frame; with SNDMORE, the next frame belongs to the same message.

        Returns
        -------
        Future
            Done when the message is taken: None, or a `MessageTracker` with `track`.

        Raises
        ------
        Again
            In the Future: it would wait and DONTWAIT was given, or SNDTIMEO has passed.
        ZMQError
            In the Future: ENOTSUP, EFSM, EHOSTUNREACH, ENOTSOCK.
        """
        quick = self._quick_sends = self._quick_sends - 1
        if quick > 0 and type(data) is bytes and not (flags or track):
            try:
                if self._send([data]):
                    return self._done
            except ZMQError:
                pass  # what is to be done, `_send_frames` knows
        return self._send_frames([data], flags, track)

    def send_multipart(
        self, msg_parts: Parts, flags: int = 0, copy: bool = True, track: bool = False, **_: Any
    ) -> Future[Any]:
        """Send a message of several frames; see `send`."""
        return self._send_frames(msg_parts, flags, track)

    def _send_frames(self, parts: Parts, flags: int, track: bool) -> Future[Any]:
        """Send, at length: `send` has a short cut for what is commonest."""
        loop = self._loop or self._get_loop()
        future: Future[Any] = Future(loop=loop)
        try:
            frames = [part if part.__class__ is bytes else as_bytes(part) for part in parts]
            if self._parts:
                frames = self._parts + frames
            self._parts = frames if flags & _SNDMORE else []
            if self.closed or (self._rest and self._name in ("REQ", "REP")):
                raise ZMQError(Errno.ENOTSOCK if self.closed else Errno.EFSM)
            taken = bool(self._parts) or not frames or (not self._senders and self._send(frames))
        except (TypeError, ZMQError) as error:
            future.set_exception(error)
            return future
        result = MessageTracker() if track else None
        spent = taken and self._spend(self._quick_sends == 0)
        self._quick_sends = -1 if self._parts or self._senders else BATCH
        if spent:
            loop.call_soon(finish, future, result)
        elif taken:
            future.set_result(result)
        elif flags & _DONTWAIT:
            loop.call_soon(expire, future)
        else:
            self._senders.add(loop, future, (frames, result), self._values[_SNDTIMEO])
            self._quick_sends = -1
        return future

    def _try_to_send(self, future: Future[Any], item: tuple[Message, Any]) -> bool:
        frames, result = item
        try:
            if not self._send(frames):
                return False
            future.set_result(result)
        except ZMQError as error:
            future.set_exception(error)
        return True

    def recv(self, flags: int = 0, copy: bool = True, track: bool = False) -> Future[Any]:
        """Receive one frame; RCVMORE tells whether the message has another.

        Returns
        -------
        Future
            The frame: bytes, or a `Frame` with `copy=False`.

        Raises
        ------
        Again
            In the Future: there is none and DONTWAIT was given, or RCVTIMEO has passed.
        ZMQError
            In the Future: ENOTSUP, EFSM, ENOTSOCK.
        """
        quick = self._quick_recvs = self._quick_recvs - 1
        if quick > 0 and copy and not flags:
            try:
                message = self._recv()
            except ZMQError:
                message = None  # what is to be done, `_receive` knows
            if message is not None:
                future: Future[Any] = Future(loop=self._loop)
                try:
                    (frame,) = message
                except ValueError:  # several
                    frame = self._take_one(message)
                future.set_result(frame)
                return future
        return self._receive(flags, self._take_one if copy else self._take_frame)

    def recv_multipart(self, flags: int = 0, copy: bool = True, track: bool = False) -> Future[Any]:
        """Receive a message, all its frames; see `recv`."""
        whole = self._receive(flags, self._take_all)
        return whole if copy else Converted(whole, as_frames)

    def _receive(self, flags: int, take: Callable[[Message], Any]) -> Future[Any]:
        """Receive, at length: `recv` has a short cut for what is commonest."""
        loop = self._loop or self._get_loop()
        future: Future[Any] = Future(loop=loop)
        if flags & _DONTWAIT:
            if not self._try_to_receive(future, take, waits=False):
                loop.call_soon(expire, future)
        else:
            spent = self._spend(self._quick_recvs == 0)
            if spent:
                loop.call_soon(self._readable)
            if spent or self._receivers or not self._try_to_receive(future, take):
                self._receivers.add(loop, future, take, self._values[_RCVTIMEO])
        self._quick_recvs = -1 if self._rest or self._receivers else BATCH
        return future

    def _try_to_receive(
        self, future: Future[Any], take: Callable[[Message], Any], waits: bool = True
    ) -> bool:
        try:
            message = self._rest or self._recv()
        except ZMQError as error:
            if waits and error.errno == Errno.EFSM:  # as pyzmq's: until it is time to receive
                return False
            future.set_exception(error)
            return True
        if message is None:
            return False
        future.set_result(take(message))
        return True

    def _take_one(self, message: Message) -> bytes:
        self._rest = message[1:]
        if self._rest:  # what comes next is no affair of the short cuts
            self._quick_sends = self._quick_recvs = -1
        return message[0]

    def _take_frame(self, message: Message) -> Frame:
        return Frame(self._take_one(message), more=bool(self._rest))

    def _take_all(self, message: Message) -> Message:
        self._rest = []
        return message

    # What sessions tell.

    def _readable(self) -> None:
        """Serve those who wait for a message."""
        self._receivers.serve()
        self._notify()

    def _writable(self) -> None:
        """Serve those who wait for room."""
        self._senders.serve()
        self._notify()

    def _notify(self) -> None:
        for watcher in self._watchers[:]:
            watcher()

    # Polling.

    def _events(self) -> int:
        """Give what could be done without waiting."""
        pattern = self._pattern
        readable = bool(self._rest) or pattern.can_recv()
        writable = pattern.can_send() and not (self._rest and self._name in ("REQ", "REP"))
        return (_IN if readable else 0) | (_OUT if writable else 0)

    def poll(self, timeout: float | None = None, flags: int = _IN) -> Future[int]:
        """Wait until the socket is ready.

        Parameters
        ----------
        timeout : float, optional
            Milliseconds; None or a negative number for no limit.
        flags : int
            POLLIN, POLLOUT or both.

        Returns
        -------
        Future
            Those of the flags that are ready; 0 if the time has passed.
        """
        from purezmq.asyncio.poller import wait

        if self.closed:
            raise ZMQError(Errno.ENOTSUP)
        return Converted(wait([(self, flags)], timeout), lambda ready: ready[0][1] if ready else 0)
