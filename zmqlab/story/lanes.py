"""Lanes: which socket stands in which, and peers that are not on the stage."""

from __future__ import annotations

from collections import defaultdict

from zmqlab.record import Actor, Kind, Record
from zmqlab.story.model import Lane, Side
from zmqlab.story.places import meet, reaches
from zmqlab.words.language import Text


class Lanes:
    """The lanes of a record, in the order in which they were named.

    Attributes
    ----------
    of : dict of int to Lane
        The lane of each socket.
    inside : list of Lane
        Lanes of sockets on the stage.
    outside : dict of str to Lane
        Lanes of peers that are not on it, by endpoint.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self.of: dict[int, Lane] = {}
        self.outside: dict[str, Lane] = {}
        self._beside: dict[int, bool] = {}
        named = {
            name: Lane(Text(name, name))
            for name in record.names
            if name not in record.outside.values()
        }
        plain = self._fill(named)
        self.inside = [lane for lane in named.values() if lane.type] + plain

    def _fill(self, named: dict[str, Lane]) -> list[Lane]:
        """Put each socket into its lane; return the lanes of those without a name."""
        made = {e.actor: e.at.order for e in self._record.events if e.kind is Kind.SOCKET}
        ends = {e.actor: e.at.order for e in self._record.events if e.kind is Kind.CLOSE}
        open_ones: dict[int, list[Actor]] = defaultdict(list)
        unnamed: dict[str, int] = defaultdict(int)
        plain = []
        for actor in self._record.actors:
            if actor.name:
                lane = named.setdefault(actor.name, Lane(Text(actor.name, actor.name)))
            else:
                unnamed[actor.type] += 1
                title = f"{actor.type} {unnamed[actor.type]}"
                lane = Lane(Text(title, title))
                plain.append(lane)
            others = open_ones[id(lane)]
            since = made.get(actor.number, -1)
            others[:] = [
                other
                for other in others
                if other.number in made and ends.get(other.number, since + 1) > since
            ]
            self._beside[actor.number] = bool(others)
            others.append(actor)
            lane.type = ", ".join(dict.fromkeys(other.type for other in others))
            self.of[actor.number] = lane
        return plain

    def stood_alone(self, number: int) -> bool:
        """Whether no other socket was open in its lane when this one was made."""
        return not self._beside[number]

    def peer(self, endpoint: str) -> Lane:
        """The lane of the peer outside that is behind an endpoint; made if there is none."""
        for known, lane in self.outside.items():
            if meet(endpoint, known):
                return lane
        given = next(
            (name for place, name in self._record.outside.items() if meet(endpoint, place)), None
        )
        count = sum(lane.name.en.startswith("peer ") for lane in self.outside.values()) + 1
        name = Text(given, given) if given else Text(f"peer {count}", f"바깥 피어 {count}")
        lane = Lane(name, endpoint=endpoint, outside=True)
        self.outside[endpoint] = lane
        return lane

    def peer_of(self, side: Side, bound: list[str]) -> Lane | None:
        """The lane of the peer outside that a socket speaks to; `bound` is bound on the stage."""
        for endpoint in side.connected:
            if not any(reaches(endpoint, place) for place in bound):
                return self.peer(endpoint)
        for endpoint in (*side.bound, *side.connected):
            return self.peer(endpoint)
        return None
