"""One end of a connection: bytes in, messages and events out, and bytes to send in return.

1. The engine never waits, reads a clock or touches a socket. Its owner hands in what came and the
   time (seconds of any clock that does not go back), and sends what `data_to_send` gives.
2. Whatever comes in, in pieces of whatever size, either has a meaning in RFC 37 or ends in
   RemoteProtocolError. Any other exception is a fault of ours.
3. What is kept in memory is bounded: a message by `max_message_size`, everything else by the
   constants below. Sizes are judged by what the header claims, before a body is waited for.
4. Messages go out past the engine: once `ready`, the owner writes them with `frame.encode`.

`_traffic` is the hot path. It walks over one chunk with an index and copies what is left once, at
its end; a long body that goes on in the next chunk has a `place` of its own, into which an owner
may also read right away. A whole message in one short frame, the commonest thing on the wire, has a
loop of its own: that raised 100-byte messages from 4.3 to 6.0 million a second (CPython 3.11).
"""

from collections.abc import Mapping
from math import inf
from typing import NoReturn

from purezmq.compat.constants import Event
from purezmq.errors import LocalProtocolError, RemoteProtocolError
from purezmq.wire import command, events, frame, greeting
from purezmq.wire.body import LongBody
from purezmq.wire.events import Item, Message
from purezmq.wire.frame import COMMAND, LONG, LONG_HEADER, LONG_SIZE, MORE, SHORT_HEADER, SHORT_MAX
from purezmq.wire.greeting import Greeting
from purezmq.wire.mechanism import MECHANISMS, choose, describe, recognise
from purezmq.wire.state import ANSWERS_AWAITED, COMMANDS, OVER, State, Step, Trigger, step

HANDSHAKE_MAX = 8 * 1024
"""Octets in a command of the handshake: what HTTP servers allow for a header."""

COMMAND_MAX = 64 * 1024
"""Octets in a later command, and so in the topic of a SUBSCRIBE."""

FRAMES_MAX = 64 * 1024
"""Frames in one message: an empty frame costs its sender two octets, us a place in a list."""

PENDING_MAX = 64 * 1024
"""Octets to send that may lie here before a PING goes without its PONG."""

_HANDSHAKE_STOPS = ANSWERS_AWAITED | OVER | {State.TRAFFIC}


class Engine:
    """The protocol of one connection.

    Parameters
    ----------
    socket_type : str
        Ours: ``REQ``, ``PUB``...
    now : float
        The time, in seconds.
    as_server : bool
        Whether this side decides about names and passwords (PLAIN).
    mechanism : str
        ``NULL`` or ``PLAIN``.
    username, password : bytes
        What a client of PLAIN says, at most 255 octets each.
    routing_id : bytes
        The name we ask for; REQ, DEALER and ROUTER say it.
    metadata : mapping of str to bytes, optional
        Further properties, such as ``{"X-lesson": b"15"}``.
    max_message_size : int
        The most octets in a message, its frames together; -1 for no limit.
    handshake_timeout : float
        Seconds that the handshake may take; 0 for no limit.
    heartbeat_interval : float
        Seconds between two PINGs; 0 for none. A peer of ZMTP 3.0 gets them too, as libzmq does it:
        PING came with 3.1, but JeroMQ and libzmq before 4.3.3 announce 3.0 and know it.
    heartbeat_timeout : float, optional
        Seconds after a PING in which something must come; 0 for no limit, None for the interval.
    heartbeat_ttl : float
        Seconds of silence after which the peer should give us up; 0 for no such hint.
    ask_for_null : bool
        Whether the owner is asked (`AuthenticationRequest`) before NULL lets a peer in.

    Raises
    ------
    LocalProtocolError
        If one of these is out of range.

    Attributes
    ----------
    salvaged : list of Item
        What had been read before the fault, after `receive_data` raised.
    """

    def __init__(
        self,
        socket_type: str,
        *,
        now: float,
        as_server: bool = False,
        mechanism: str = "NULL",
        username: bytes = b"",
        password: bytes = b"",
        routing_id: bytes = b"",
        metadata: Mapping[str, bytes] | None = None,
        max_message_size: int = -1,
        handshake_timeout: float = 30.0,
        heartbeat_interval: float = 0.0,
        heartbeat_timeout: float | None = None,
        heartbeat_ttl: float = 0.0,
        ask_for_null: bool = False,
    ) -> None:
        if mechanism not in MECHANISMS:
            raise LocalProtocolError(f"{mechanism!r} is no mechanism of this library")
        self.salvaged: list[Item] = []
        self._socket_type = socket_type
        self._publishes = socket_type in ("PUB", "XPUB")
        self._greeting = Greeting(greeting.VERSION, mechanism, as_server and mechanism == "PLAIN")
        self._ask_for_null = ask_for_null
        about_us = describe(socket_type, routing_id, metadata or {})
        self._says = {
            b"HELLO": command.encode_strings(username, password),
            b"WELCOME": b"",
            b"INITIATE": about_us,
            b"READY": about_us,
        }
        self._limit = frame.SIZE_MAX if max_message_size < 0 else max_message_size

        self._state = State.GREETING
        self._failure: RemoteProtocolError | None = None
        self._version = greeting.VERSION
        self._out = bytearray(self._greeting.encode())

        # What came and is not yet whole: the rest of a chunk that ends inside a header or a short
        # frame (in the handshake: a command), a long body so far, the frames of a message so far.
        self._rest = b""
        self._body: LongBody | None = None
        self._frames: Message = []
        self._room = self._limit  # octets that the message in progress may still take

        self._now = now
        self._handshake_end = now + handshake_timeout if handshake_timeout > 0 else inf
        self._ping = frame.encode_command(b"PING", command.encode_ping(heartbeat_ttl))
        self._interval = heartbeat_interval
        self._timeout = heartbeat_interval if heartbeat_timeout is None else heartbeat_timeout
        # When the next PING goes; when something must have come, because our PING waits; the same,
        # because the peer's PING said so.
        self._ping_at = inf
        self._silent_until = inf
        self._alive_until = inf

    @property
    def ready(self) -> bool:
        """Whether messages may be sent."""
        return self._state is State.TRAFFIC

    # What comes in

    def receive_data(self, data: bytes, now: float, placed: int = 0) -> list[Item]:
        """Process bytes that came from the peer.

        Parameters
        ----------
        data : bytes
            A chunk of any size.
        now : float
            The time, in seconds.
        placed : int
            Octets that came before `data` and were put into `place`.

        Returns
        -------
        list of Item
            What is complete with this chunk, in order: messages in runs, and events.

        Raises
        ------
        RemoteProtocolError
            If the peer broke the protocol. The engine is of no more use then: `data_to_send` may
            hold a last ERROR, and `salvaged` holds what came whole before the fault.
        """
        items: list[Item] = []
        if not data and not placed:
            return items
        if self._failure:
            raise self._failure
        self._now = now
        self._silent_until = inf
        self._alive_until = inf
        try:
            if placed and self._body:
                self._body.filled(placed)
                self._continue_body(self._body, items)
            if self._state is not State.TRAFFIC:
                data = self._handshake(data, items)
            if data:
                self._traffic(data, items)
        except RemoteProtocolError as error:
            self.salvaged = self._read_subscriptions(items) if self._publishes else items
            self._fail(error)
        return self._read_subscriptions(items) if self._publishes else items

    def authenticate(self, ok: bool, reason: bytes = b"") -> list[Item]:
        """Answer an `AuthenticationRequest`.

        Parameters
        ----------
        ok : bool
            Whether the peer may come in.
        reason : bytes
            What a refused peer is told: with ZAP the status code, such as ``b"400"``.

        Returns
        -------
        list of Item
            What the peer had sent without waiting for the answer.

        Raises
        ------
        LocalProtocolError
            If no request is open.
        RemoteProtocolError
            As `receive_data` does.
        """
        following = step(self._state, Trigger.ACCEPTED if ok else Trigger.REFUSED)
        self._says[b"ERROR"] = command.encode_strings(reason)
        self._take(following)
        rest = self._rest
        self._rest = b""
        return self.receive_data(rest, self._now)

    def _handshake(self, data: bytes, items: list[Item]) -> bytes:
        """Read the greeting and the handshake; return what follows them."""
        if self._state is State.ENDED:
            return b""
        data = self._rest + data
        position = 0
        if self._state is State.GREETING:
            greeting.check(data)
            if len(data) < greeting.SIZE:
                self._rest = data
                return b""
            position = greeting.SIZE
            theirs = greeting.parse(data)
            self._version = min(self._greeting.version, theirs.version)
            opening = choose(self._greeting, theirs, self._ask_for_null)
            self._take(step(self._state, opening))
            if opening is Trigger.NULL_ASKED:
                items.append(events.AuthenticationRequest("NULL", b"", b""))
        while self._state not in _HANDSHAKE_STOPS and (header := frame.read_header(data, position)):
            if not header.flags & COMMAND:
                step(self._state, Trigger.MESSAGE)
            if header.size > HANDSHAKE_MAX:
                limit = f"{header.size} octets; the handshake's have {HANDSHAKE_MAX}"
                raise RemoteProtocolError(f"a command of {limit}")
            start = position + header.length
            if start + header.size > len(data):
                break
            position = start + header.size
            self._command(data[start:position], items)
        rest = data[position:]
        self._rest = b""
        if self.ready:
            return rest
        if self._state not in OVER:
            if len(rest) > HANDSHAKE_MAX + LONG_HEADER:
                raise RemoteProtocolError("the peer does not wait for the handshake to be done")
            self._rest = rest
        return b""

    def _traffic(self, data: bytes, items: list[Item]) -> None:
        """Read messages and commands after the handshake: the hot path."""
        run: list[Message] = []
        try:
            position = 0
            if self._body:
                position = self._body.take(data, 0)
                self._continue_body(self._body, items)
                if not self.ready:
                    return  # it was a command that ends the traffic
            else:
                data = self._rest + data
                self._rest = b""
            frames = self._frames
            room = self._room
            short_fits = self._limit >= SHORT_MAX
            end = len(data)
            last = end - 1  # a header has two octets or more
            while position < last:
                if short_fits and not frames:
                    while position < last and not data[position]:
                        start = position + SHORT_HEADER
                        stop = start + data[position + 1]
                        if stop > end:
                            break
                        run.append([data[start:stop]])
                        position = stop
                    if position >= last:
                        break
                flags = data[position]
                if flags & LONG:
                    start = position + LONG_HEADER
                    if start > end:
                        frame.read_header(data, position)  # flags that don't exist need no size
                        break
                    (size,) = LONG_SIZE.unpack_from(data, position + 1)
                else:
                    start = position + SHORT_HEADER
                    size = data[position + 1]
                if flags > MORE | LONG or size > room or len(frames) >= FRAMES_MAX:
                    self._judge(frame.read_header(data, position))
                stop = start + size
                if stop > end:
                    if flags & LONG:
                        self._body = LongBody(flags, size)
                        position = self._body.take(data, start)
                    break
                position = stop
                if flags & COMMAND:
                    if run:
                        items.append(run)
                        run = []
                    self._command(data[start:stop], items)
                    if not self.ready:
                        position = end
                    continue
                frames.append(data[start:stop])
                room -= size
                if not flags & MORE:
                    run.append(frames)
                    frames = []
                    room = self._limit
            self._frames = frames
            self._room = room
            self._rest = data[position:]
        finally:
            if run:  # also what came before a fault
                items.append(run)

    def _judge(self, header: frame.Header | None) -> None:
        """Accept a command; refuse anything else, for what its header claims."""
        if header is None or not header.flags & COMMAND:
            most = f"{self._limit} octets or {FRAMES_MAX} frames"
            raise RemoteProtocolError(f"a message of more than {most}")
        if header.size > COMMAND_MAX:
            raise RemoteProtocolError(f"a command of more than {COMMAND_MAX} octets")

    @property
    def missing(self) -> int:
        """Octets of a long body that are still to come; 0 if none is under way."""
        return self._body.missing if self._body else 0

    def place(self) -> memoryview:
        """Return the memory for the next of the `missing` octets, for `receive_data`'s `placed`."""
        if self._body is None:
            raise LocalProtocolError("no long body is under way")
        return self._body.place()

    def _continue_body(self, body: LongBody, items: list[Item]) -> None:
        """Finish a long body if it is whole."""
        if body.missing:
            return
        self._body = None
        whole = body.whole()
        if body.flags & COMMAND:
            self._command(whole, items)
            return
        self._frames.append(whole)
        self._room -= len(whole)
        if not body.flags & MORE:
            items.append([self._frames])
            self._frames = []
            self._room = self._limit

    def _read_subscriptions(self, items: list[Item]) -> list[Item]:
        """Convert the messages by which a peer of 3.0 subscribes into events.

        libzmq takes this form from newer peers too: its own XSUB writes it when a program sends
        a subscription as a message.
        """
        read: list[Item] = []
        for item in items:
            if not isinstance(item, list):
                read.append(item)
                continue
            for message in item:
                if len(message) == 1 and message[0][:1] in (b"\x00", b"\x01"):
                    kind = events.Subscribed if message[0][0] else events.Cancelled
                    read.append(kind(message[0][1:]))
                else:
                    read.append([message])  # they are few here: each is a run of its own
        return read

    # Commands

    def _command(self, body: bytes, items: list[Item]) -> None:
        name, data = command.split(body)
        trigger = COMMANDS.get(name)
        if trigger is None:
            # An extension that we don't know: libzmq too passes over it in traffic.
            if self._state is State.TRAFFIC:
                return
            raise RemoteProtocolError(
                f"unknown command {name!r} in the handshake",
                Event.PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND,
            )
        following = step(self._state, trigger)
        match trigger:
            case Trigger.HELLO:
                strings = command.parse_strings("HELLO", data, 2)
                items.append(events.AuthenticationRequest("PLAIN", *strings))
            case Trigger.WELCOME:
                command.parse_strings("WELCOME", data, 0)
            case Trigger.INITIATE | Trigger.READY:
                items.append(self._meet(data))
            case Trigger.ERROR:
                items.append(events.PeerError(*command.parse_strings("ERROR", data, 1)))
            case Trigger.SUBSCRIBE | Trigger.CANCEL:
                if not self._publishes:
                    raise RemoteProtocolError(f"{trigger.name} is for a PUB or XPUB")
                wanted = trigger is Trigger.SUBSCRIBE
                items.append(events.Subscribed(data) if wanted else events.Cancelled(data))
            case Trigger.PING:
                ttl, context = command.parse_ping(data)
                self._says[b"PONG"] = context
                if ttl:
                    self._alive_until = self._now + ttl
            case _:
                command.parse_pong(data)
        self._take(following)

    def _meet(self, data: bytes) -> events.HandshakeDone:
        """Read what the peer says of itself, or tell it why it is refused."""
        try:
            peer = recognise(self._socket_type, self._version, data)
        except RemoteProtocolError as error:
            # RFC 37, "The Socket-Type Property": say why. A reason has no blanks in it.
            reason = error.reason.replace(" ", "_").encode("ascii", "replace")[:255]
            self._out += frame.encode_command(b"ERROR", command.encode_strings(reason))
            raise
        self._handshake_end = inf
        if self._interval > 0:
            self._ping_at = self._now + self._interval
        return peer

    def _take(self, following: Step) -> None:
        """Take a step of the table: send its command and change the state."""
        self._state = following.state
        sends = following.sends
        if sends and not (sends == b"PONG" and len(self._out) > PENDING_MAX):
            self._out += frame.encode_command(sends, self._says[sends])

    # What goes out

    def data_to_send(self) -> bytes:
        """Return what the engine itself has to send, once: greeting, handshake, PING and PONG."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def subscribe(self, topic: bytes) -> bytes:
        """Write a subscription in the form that the peer's version wants."""
        return self._subscription(b"SUBSCRIBE", b"\x01", topic)

    def cancel(self, topic: bytes) -> bytes:
        """Write the end of a subscription in the form that the peer's version wants."""
        return self._subscription(b"CANCEL", b"\x00", topic)

    def _subscription(self, name: bytes, mark: bytes, topic: bytes) -> bytes:
        if not self.ready:
            raise LocalProtocolError("subscriptions wait for the handshake to be done")
        if self._version < (3, 1):
            return frame.encode([mark + topic])
        return frame.encode_command(name, topic)

    # Time

    def deadline(self) -> float | None:
        """Return when `tick` is due, None if never."""
        due = min(self._handshake_end, self._ping_at, self._silent_until, self._alive_until)
        return None if due == inf or self._state in OVER else due

    def tick(self, now: float, *, reading: bool = True) -> None:
        """Send a PING if it is due, or fail if the peer was silent too long.

        Parameters
        ----------
        now : float
            The time, in seconds.
        reading : bool
            Whether the owner reads. If not, silence is not the peer's fault.

        Raises
        ------
        RemoteProtocolError
            If the handshake took too long, or the peer was silent too long.
        """
        if self._state in OVER:
            return
        if now >= self._handshake_end:
            self._fail(RemoteProtocolError("the handshake took too long"))
        if not reading:
            self._silent_until = inf
            self._alive_until = inf
        if now >= self._silent_until:
            self._fail(RemoteProtocolError("heartbeat timed out: nothing came after a PING"))
        if now >= self._alive_until:
            self._fail(RemoteProtocolError("heartbeat timed out: the peer's own limit has passed"))
        if now >= self._ping_at:
            self._out += self._ping
            self._ping_at = now + self._interval
            if self._timeout > 0 and self._silent_until == inf:
                self._silent_until = now + self._timeout

    def _fail(self, error: RemoteProtocolError) -> NoReturn:
        """Mark the connection as failed and raise, now and whenever something comes."""
        self._state = State.FAILED
        self._failure = error
        self._rest = b""
        self._body = None
        self._frames = []
        raise error
