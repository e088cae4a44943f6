"""Connections: which socket reached which, from when until when."""

from __future__ import annotations

from zmqlab.record import Event, Moment
from zmqlab.story.lanes import Lanes
from zmqlab.story.model import SETTLED, Act, Deed, Link, Outside, Side
from zmqlab.story.places import LEGAL, meet, reaches, transport


class Links:
    """The connections of all sockets, built up event by event."""

    def __init__(self, sides: list[Side], lanes: Lanes) -> None:
        self._sides = sides
        self._lanes = lanes
        self.all: list[Link] = []
        self.outside: list[Outside] = []
        self.bound: list[tuple[int, str]] = []
        self.connected: list[tuple[int, str]] = []

    def _endpoint(self, event: Event) -> str:
        """The event's endpoint; inproc names belong to their context."""
        if transport(event.endpoint) != "inproc":
            return event.endpoint
        return f"{event.endpoint}#{self._sides[event.actor].actor.context}"

    def bind(self, event: Event, side: Side, act: Act) -> None:
        """Note a bound endpoint, and who is connected to it already."""
        endpoint = self._endpoint(event)
        side.bound.append(endpoint)
        self.bound.append((event.actor, endpoint))
        for other in self._sides:
            for place in other.connected:
                if other is not side and not other.closed and reaches(place, endpoint):
                    self._link(other, side, endpoint, event.at)
                    act.peers.append(self._lanes.of[other.number])

    def connect(self, event: Event, side: Side, act: Act) -> None:
        """Note a connect, and who is bound there already."""
        endpoint = self._endpoint(event)
        side.connected.append(endpoint)
        self.connected.append((event.actor, endpoint))
        for other in self._sides:
            for place in other.bound:
                if other is not side and not other.closed and reaches(endpoint, place):
                    self._link(side, other, place, event.at)
                    act.peers.append(self._lanes.of[other.number])

    def _link(self, connector: Side, binder: Side, endpoint: str, since: Moment) -> None:
        if binder.type not in LEGAL.get(connector.type, set()):
            return
        link = Link(connector.number, binder.number, endpoint, since)
        link.types = connector.type, binder.type
        if transport(endpoint) == "inproc":
            link.up = since
        self.all.append(link)
        connector.links.append(link)
        binder.links.append(link)

    def unbind(self, event: Event, side: Side) -> None:
        """Note an unbind."""
        endpoint = self._endpoint(event)
        side.bound[:] = [place for place in side.bound if not meet(endpoint, place)]

    def disconnect(self, event: Event, side: Side) -> None:
        """Note a disconnect, which ends its connections."""
        endpoint = self._endpoint(event)
        side.connected[:] = [place for place in side.connected if not meet(endpoint, place)]
        for link in side.links:
            mine = link.connector == event.actor and reaches(endpoint, link.endpoint)
            if mine and not link.until:
                link.until = event.at

    def close(self, event: Event, side: Side) -> None:
        """Note a close, which ends all connections of the socket."""
        for link in side.links:
            link.until = link.until or event.at

    def up(self, event: Event, side: Side, acts: list[Act]) -> None:
        """Note that a handshake is done; the connecting end reports it."""
        side.ups += 1
        if not any(reaches(event.endpoint, place) for place in side.connected):
            self._up_bound(event)
            return
        links = [
            link
            for link in side.links
            if link.connector == event.actor and reaches(event.endpoint, link.endpoint)
        ]
        fresh = [
            link
            for link in links
            if link.up is None and (link.until is None or event.at.time - link.until.time < SETTLED)
        ]
        live = [link for link in links if link.until is None]
        if fresh or live:
            link = (fresh or live)[0]
            link.up = link.up or event.at
            return
        self._up_outside(event, acts)

    def _up_bound(self, event: Event) -> None:
        """Note that the bound end is up, if only a socket that lingers can have reached it."""
        links = [
            link
            for link in self.all
            if link.binder == event.actor and reaches(event.endpoint, link.endpoint)
        ]
        waiting = [link for link in links if link.up is None and self._lingers(link.connector)]
        if len(waiting) == 1 and all(link.until for link in links):
            waiting[0].up = event.at

    def _lingers(self, number: int) -> bool:
        """Whether a socket is closed and may still send what it holds."""
        closed = self._sides[number].closed
        return closed is not None and "discard" not in closed.note

    def _up_outside(self, event: Event, acts: list[Act]) -> None:
        lane = self._lanes.peer(event.endpoint)
        self.outside.append(Outside(event.actor, lane, event.at))
        since = [
            act
            for act in acts
            if act.actor == event.actor
            and act.deed in (Deed.CONNECT, Deed.DOWN)
            and reaches(act.endpoint, event.endpoint)
        ]
        took = event.at.time - since[-1].at.time if since else 0.0
        at = event.at
        if took < SETTLED and acts and acts[-1].deed is Deed.CONNECT:
            at = Moment(acts[-1].at.order, event.at.time).after()
        acts.append(
            Act(
                Deed.UP,
                self._lanes.of[event.actor],
                at,
                event.actor,
                event.endpoint,
                peers=[lane],
                took=took,
                handshake=True,
            )
        )

    def down(self, event: Event, side: Side, acts: list[Act]) -> None:
        """Note that a connection has ended."""
        for link in side.links:
            mine = link.connector == event.actor and reaches(event.endpoint, link.endpoint)
            if mine and link.until and not link.down:
                link.down = event.at
                return
        for connection in self.outside:
            same = meet(connection.lane.endpoint, event.endpoint)
            if connection.actor == event.actor and connection.down is None and same:
                connection.down = event.at
                acts.append(
                    Act(
                        Deed.DOWN,
                        self._lanes.of[event.actor],
                        event.at,
                        event.actor,
                        event.endpoint,
                        peers=[connection.lane],
                    )
                )
                return

    def retry(self, event: Event, acts: list[Act]) -> None:
        """Note that a connect was refused, and count it with those before it."""
        lane = self._lanes.of[event.actor]
        last = acts[-1] if acts else None
        if last and last.deed is Deed.RETRY and last.actor == event.actor:
            last.times += 1
            return
        wait = int(event.note) / 1000 if event.note.isdecimal() else 0.0
        act = Act(Deed.RETRY, lane, event.at, event.actor, event.endpoint, took=wait)
        acts.append(act)

    def opened(self) -> list[tuple[Link, float]]:
        """Each connection that came to be, and how long its handshake took."""
        found = []
        for link in self.all:
            if link.up or link.used:
                took = max(0.0, link.up.time - link.since.time) if link.up else 0.0
                found.append((link, took))
        return found

    def has_outside(self, side: Side) -> bool:
        """Whether somebody outside is connected to an endpoint that this socket has bound."""
        if not side.bound:
            return False
        inside = [
            link for link in side.links if link.binder == side.number and (link.up or link.used)
        ]
        return side.ups > len(inside)

    def places(self) -> list[str]:
        """All endpoints that were bound on the stage."""
        return [place for _, place in self.bound]
