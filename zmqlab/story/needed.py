"""Which events a new picture still needs when an old one is done: `still_needed`."""

from __future__ import annotations

from collections import deque

from zmqlab.record import LIMIT, Event, Kind, Record
from zmqlab.story.model import Fate, Story

RECENT = 100
"""So many of the last messages are kept, for receipts that still come."""

KEPT = {
    Kind.SOCKET,
    Kind.BIND,
    Kind.UNBIND,
    Kind.CONNECT,
    Kind.DISCONNECT,
    Kind.SUBSCRIBE,
    Kind.UNSUBSCRIBE,
    Kind.ROUTING_ID,
    Kind.UP,
    Kind.DOWN,
    Kind.CLOSE,
}


def still_needed(record: Record, story: Story) -> list[Event]:
    """The events that later ones may refer to: of open sockets, and of open messages.

    Parameters
    ----------
    record : Record
        What a stage has noted.
    story : Story
        What followed from it.

    Returns
    -------
    list of Event
    """
    under_way = _under_way(story)
    needed = {message.sender for message in story.messages if message.at.order in under_way}
    ends = [(link.connector, link.binder) for link in story.links[-LIMIT:]]
    # Without its closed peer, a connection would look like one from outside the stage.
    alive = {end for pair in ends for end in pair if end not in story.closed or end in needed}
    needed.update(end for pair in ends for end in pair if not alive.isdisjoint(pair))
    return [
        event
        for event in record.events
        if event.at.order in under_way
        or (event.began is not None and event.began.order in under_way)
        or event.kind is Kind.CLOSE  # else a socket that is closed would look like an open one
        or (event.kind in KEPT and (event.actor not in story.closed or event.actor in needed))
    ]


def _under_way(story: Story) -> set[int]:
    """The numbers of sends and receipts that are still of interest."""
    inside = [message for message in story.messages if message.sender >= 0]
    open_ones = [message for message in inside if message.fate in (Fate.OPEN, Fate.WAITING)]
    found = {message.at.order for message in open_ones[-LIMIT:]}
    for message in deque(inside, maxlen=RECENT):
        found.add(message.at.order)
        found.update(receipt.at.order for receipt in message.receipts)
    from_outside = deque((one for one in story.messages if one.sender < 0), maxlen=RECENT)
    found.update(message.at.order for message in from_outside)
    return found
