"""The sockets of a stage: those of ``zmq.asyncio``, which tell a recorder what they do."""

from __future__ import annotations

from typing import Any

import zmq
import zmq.asyncio

from zmqlab.record import Kind, remember
from zmqlab.stage.recorder import Recorder
from zmqlab.stage.watch import QuietWhenClosed, Watch


class WatchedSocket(QuietWhenClosed):
    """A ``zmq.asyncio.Socket`` that tells its stage what it does."""

    _watch: Watch | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)  # type: ignore[misc]
        context = self.context
        if isinstance(context, WatchedContext) and not getattr(self, "_shadow", False):
            recorder = context.recorder
            if recorder is not None:
                self._watch = recorder.enter(self, context.number)

    def monitor_quietly(self, endpoint: str | None, events: int) -> None:
        """Attach a monitor, or detach it, without giving up the stage's own."""
        super().monitor(endpoint, events)

    def monitor(self, addr: Any, events: int = zmq.EVENT_ALL) -> None:
        """As in pyzmq. A socket has one monitor: the stage gives up its own."""
        if self._watch is not None:
            self._watch.cede()
        super().monitor(addr, events)

    def get_monitor_socket(self, events: int | None = None, addr: str | None = None) -> Any:
        """As in pyzmq. A socket has one monitor: the stage gives up its own."""
        context = self.context
        if self._watch is None or not isinstance(context, WatchedContext):
            return super().get_monitor_socket(events, addr)
        recorder = context.recorder
        context.recorder = None  # the monitor's socket is not on the stage
        try:
            return super().get_monitor_socket(events, addr)
        finally:
            context.recorder = recorder

    def bind(self, addr: Any) -> Any:
        """As in pyzmq."""
        return self._attach(Kind.BIND, addr)

    def connect(self, addr: Any) -> Any:
        """As in pyzmq."""
        return self._attach(Kind.CONNECT, addr)

    def _attach(self, kind: Kind, addr: Any) -> Any:
        watch = self._watch
        if watch is None or not isinstance(addr, (str, bytes)):
            return getattr(super(), kind.value)(addr)
        endpoint = _text(addr)
        if not endpoint.startswith("inproc:"):
            watch.listen()
        watch.left.discard(endpoint)
        at = watch.recorder.now()
        result = getattr(super(), kind.value)(addr)
        actual = endpoint
        if kind is Kind.BIND:
            last: Any = self.getsockopt(zmq.LAST_ENDPOINT)
            actual = last.rstrip(b"\0").decode() or endpoint
        watch.note(kind, at, endpoint=actual, note=endpoint)
        watch.hear()
        return result

    def unbind(self, addr: Any) -> None:
        """As in pyzmq."""
        super().unbind(addr)
        if self._watch is not None:
            self._watch.note(Kind.UNBIND, endpoint=_text(addr))

    def disconnect(self, addr: Any) -> None:
        """As in pyzmq."""
        super().disconnect(addr)
        if self._watch is not None:
            self._watch.note(Kind.DISCONNECT, endpoint=_text(addr))
            self._watch.leaves(_text(addr))

    def set(self, option: int, optval: Any) -> None:
        """As in pyzmq."""
        super().set(option, optval)
        watch = self._watch
        kind = _NOTED_OPTIONS.get(int(option))
        if watch is not None and kind is not None:
            watch.note(kind, frames=(remember(optval),))

    setsockopt = set

    def send(  # type: ignore[override]
        self, data: Any, flags: int = 0, copy: bool = True, track: bool = False, **options: Any
    ) -> Any:
        """As in pyzmq."""
        watch = self._watch
        if watch is None:
            return super().send(data, flags, copy, track, **options)
        watch.hear()
        began = watch.recorder.now()
        future = super().send(data, flags, copy, track, **options)
        watch.sends((data,), flags, began, future)
        return future

    def send_multipart(  # type: ignore[override]
        self, msg_parts: Any, flags: int = 0, copy: bool = True, track: bool = False, **options: Any
    ) -> Any:
        """As in pyzmq."""
        watch = self._watch
        if watch is None:
            return super().send_multipart(msg_parts, flags, copy, track, **options)
        watch.hear()
        began = watch.recorder.now()
        future = super().send_multipart(msg_parts, flags, copy, track, **options)
        watch.sends(msg_parts, flags, began, future)
        return future

    def recv(self, flags: int = 0, copy: bool = True, track: bool = False) -> Any:
        """As in pyzmq."""
        return self._watch_receiving("recv", flags, copy, track)

    def recv_multipart(self, flags: int = 0, copy: bool = True, track: bool = False) -> Any:
        """As in pyzmq."""
        return self._watch_receiving("recv_multipart", flags, copy, track)

    def recv_into(self, buf: Any, /, *, nbytes: int = 0, flags: int = 0) -> Any:
        """As in pyzmq."""
        return self._watch_receiving("recv_into", buf, nbytes=nbytes, flags=flags)

    def _watch_receiving(self, call: str, *args: Any, **options: Any) -> Any:
        watch = self._watch
        if watch is None:
            return getattr(super(), call)(*args, **options)
        watch.hear()
        began = watch.recorder.now()
        future = getattr(super(), call)(*args, **options)
        watch.receives(call, began, future)
        return future

    def poll(self, timeout: int | None = None, flags: int = zmq.POLLIN) -> Any:
        """As in pyzmq."""
        watch = self._watch
        if watch is None or not flags & zmq.POLLIN:
            return super().poll(timeout, flags)  # type: ignore[call-arg]
        watch.hear()
        began = watch.recorder.now()
        future = super().poll(timeout, flags)  # type: ignore[call-arg]
        watch.receives("poll", began, future)
        return future

    def close(self, linger: int | None = None) -> None:
        """As in pyzmq."""
        if self._watch is not None and not self.closed:
            self._watch.closes(self, linger)
        super().close(linger)


def _text(endpoint: str | bytes) -> str:
    return endpoint if isinstance(endpoint, str) else endpoint.decode(errors="replace")


_NOTED_OPTIONS = {
    int(zmq.SUBSCRIBE): Kind.SUBSCRIBE,
    int(zmq.UNSUBSCRIBE): Kind.UNSUBSCRIBE,
    int(zmq.ROUTING_ID): Kind.ROUTING_ID,
}


class WatchedContext(zmq.asyncio.Context):
    """A ``zmq.asyncio.Context`` whose sockets are on a stage."""

    _socket_class = WatchedSocket
    _instance = None
    recorder: Recorder | None = None
    number = 0

    @classmethod
    def on(cls, recorder: Recorder, io_threads: int = 1) -> WatchedContext:
        """Return a new context whose sockets the recorder watches."""
        context = cls(io_threads)
        context.recorder = recorder
        context.number = recorder.next_context()
        return context

    def destroy(self, linger: int | None = None) -> None:
        """As in pyzmq, which closes the sockets in any order; here in the order of their making."""
        if (
            self.recorder is not None
            and not self.closed
            and not getattr(self, "_warn_destroy_close", False)
        ):
            for watch in sorted(self.recorder.watches, key=lambda watch: watch.actor.number):
                socket = watch.socket()
                if socket is None or socket.closed or socket.context is not self:
                    continue
                if linger is not None:
                    socket.setsockopt(zmq.LINGER, linger)
                socket.close()
        super().destroy(linger)
