"""A role of the bench: its sockets tell the page what they do, and its tasks where they wait.

`install` puts every context that the role's code makes on a stage, so that the code itself is plain
pyzmq. `state` is asked by the page now and then. What must stay true: the role's code never fails,
blocks or waits longer because it is watched.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Iterator
from types import CoroutineType
from typing import Any

import zmq.asyncio

from zmqlab.record import Event, Record
from zmqlab.stage import Stage
from zmqlab.stage.sockets import WatchedContext

TOKEN = uuid.uuid4().hex
"""Names this process: two roles never have the same, nor has a role after its restart."""

_CELL = "<cell"


class Reporter(Stage):
    """A stage that hands each event on as it comes."""

    def __init__(self, tell: Callable[[str], Any]) -> None:
        super().__init__()
        self._tell = tell

    def keep(self, event: Event) -> None:
        """Add an event to the record, and hand it on as JSON, with the type of its socket."""
        super().keep(event)
        kinds = [one.actor.type for one in self.watches if one.actor.number == event.actor]
        alone = Record([], [event], [], [], {}, 0, event.at).plain()["events"][0]
        alone["type"] = kinds[0] if kinds else ""
        self._tell(json.dumps(alone))


_stage: Reporter | None = None


def install(tell: Callable[[str], Any]) -> None:
    """Watch the sockets of every context that is made from now on."""
    global _stage
    stage = Reporter(tell)
    _stage = stage

    class Context(WatchedContext):
        """A ``zmq.asyncio.Context`` on the bench."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.recorder = stage
            self.number = stage.next_context()

    zmq.asyncio.Context = Context  # type: ignore[misc]


def state() -> str:
    """Return where the role's code stands, as JSON: ``lines``, and ``waits`` with their seconds."""
    waits = []
    if _stage is not None:
        record = _stage.record()
        waits = [
            {"call": one.call, "seconds": round(record.end.time - one.began.time, 2)}
            for one in record.waits
        ]
    return json.dumps({"lines": sorted(set(_lines())), "waits": waits})


def _lines() -> Iterator[int]:
    """Give the line of the role's code at which each task waits."""
    for task in asyncio.all_tasks():
        line = 0
        coroutine: Any = task.get_coro()
        while isinstance(coroutine, CoroutineType) and coroutine.cr_frame is not None:
            if coroutine.cr_frame.f_code.co_filename.startswith(_CELL):
                line = coroutine.cr_frame.f_lineno
            coroutine = coroutine.cr_await
        if line:
            yield line
