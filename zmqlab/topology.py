"""The topology: who binds, who connects, of which type, and how much has passed.

Actors are cards, the endpoints that they have bound are plates on the card's edge, and an arrow
runs from each connecting socket to the plate that it reached: as thick as messages have passed
over it, dotted where nobody was bound.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import log10

from zmqlab.language import Language, Text, particle
from zmqlab.story import Lane, Story, masked, reaches
from zmqlab.svg import HAIRLINE, NAME, SMALL, Drawing, Picture, arrow_head, text_width

_TITLE = Text(en="Topology", ko="토폴로지")
_NOBODY = Text(en="nobody bound", ko="바인드한 소켓 없음")
_OUTSIDE = Text(en="not on the stage", ko="스테이지 밖")
_NOTE = Text(
    en="□ connects → ■ binds · the number counts messages, either way",
    ko="□ 연결 → ■ 바인드 · 숫자는 어느 쪽으로든 지나간 메시지 수",
)
_MORE = Text(en="{:,} more messages are not counted.", ko="메시지 {:,}개는 세지 않았습니다.")

DOWNSTREAM = {"REQ": 0, "DEALER": 0, "PUSH": 0, "PUB": 0, "XPUB": 0} | {
    "REP": 1,
    "ROUTER": 1,
    "PULL": 1,
    "SUB": 1,
    "XSUB": 1,
}
"""Which side of a pattern a type stands on: left what asks, hands out or publishes."""


@dataclass(slots=True, eq=False)
class Card:
    """An actor as the picture shows it."""

    lane: Lane
    plates: list[str] = field(default_factory=list)
    column: int = 0
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0


@dataclass(slots=True, eq=False)
class Edge:
    """A connection, with the messages that passed to the bound side and back."""

    connector: Lane
    binder: Lane | None
    endpoint: str
    types: tuple[str, str] = ("", "")
    there: int = 0
    back: int = 0


class Topology(Picture):
    """Picture of who binds, who connects and how much has passed.

    Parameters
    ----------
    story : Story
        What happened.
    """

    title = _TITLE
    note = _NOTE

    def __init__(self, story: Story) -> None:
        self.story = story
        self.edges = _edges(story)
        lanes = [lane for lane in story.lanes if lane.shown or self._has_edge(lane)]
        self.cards = [Card(lane, _plates(story, lane)) for lane in lanes]
        self.unknown = story.skipped + sum(m.fate == "unknown" for m in story.messages)

    def _has_edge(self, lane: Lane) -> bool:
        return lane.outside and any(lane in (edge.connector, edge.binder) for edge in self.edges)

    def sentences(self, language: Language) -> list[str]:
        """The picture in words.

        Parameters
        ----------
        language : {"en", "ko"}

        Returns
        -------
        list of str
        """
        told = [self._bound(card, language) for card in self.cards if card.plates]
        told += [self._connected(edge, language) for edge in self.edges]
        if self.unknown:
            told.append(_MORE[language].format(self.unknown))
        return told

    def _bound(self, card: Card, language: Language) -> str:
        places = ", ".join(dict.fromkeys(masked(_plain(place)) for place in card.plates))
        name = card.lane.name[language]
        if language == "ko":
            return f"{particle(name, '이/가')} {places}에 바인드합니다."
        return f"{name} binds {places}."

    def _connected(self, edge: Edge, language: Language) -> str:
        one = edge.connector.name[language]
        endpoint = masked(_plain(edge.endpoint))
        if edge.binder is None:
            if language == "ko":
                return (
                    f"{particle(one, '이/가')} {endpoint}에 연결하지만 그곳에 바인드한 소켓이 "
                    "없습니다."
                )
            return f"{one} connects to {endpoint}, where nobody is bound."
        two = edge.binder.name[language]
        passed = [(two, edge.there), (one, edge.back)]
        if language == "ko":
            counts = [f"{particle(to, '으로/로')} {n:,}개" for to, n in passed if n]
            return (
                f"{particle(one, '이/가')} {two}의 {endpoint}에 연결합니다. 지나간 메시지: "
                + (", ".join(counts) or "없음")
                + "."
            )
        counts = [f"{n:,} to {to}" for to, n in passed if n]
        return (
            f"{one} connects to {two} at {endpoint}; messages passed: "
            + (", ".join(counts) or "none")
            + "."
        )

    def label(self, language: Language) -> str:
        """What it is, and who is in it."""
        names = ", ".join(
            f"{card.lane.name[language]} ({card.lane.type})"
            if card.lane.type
            else card.lane.name[language]
            for card in self.cards
        )
        return self.title[language] + (f": {names}" if names else "")

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """The picture's shapes, its width and its height in pixels."""
        cards = [Card(card.lane, list(card.plates)) for card in self.cards]
        of = {id(card.lane): card for card in cards}
        for edge in self.edges:
            if edge.binder is None:
                ghost = of.get(hash(edge.endpoint))
                if ghost is None:
                    ghost = Card(Lane(_NOBODY, outside=True), [edge.endpoint])
                    of[hash(edge.endpoint)] = ghost
                    cards.append(ghost)
            elif edge.binder.outside and edge.endpoint not in of[id(edge.binder)].plates:
                of[id(edge.binder)].plates.append(edge.endpoint)
        pairs = [
            (
                edge,
                of[id(edge.connector)],
                of[id(edge.binder)] if edge.binder else of[hash(edge.endpoint)],
            )
            for edge in self.edges
        ]
        _arrange(cards, pairs, language)
        draw = Drawing()
        for card in cards:
            _card(draw, card, language, _faces(card, pairs))
        for edge, one, two in pairs:
            self._arrow(draw, edge, one, two, pairs, language)
        right = max((card.x + card.width for card in cards), default=200.0) + 30
        bottom = max((card.y + card.height for card in cards), default=40.0) + 20
        note = self.note[language]
        width = max(right, text_width(note, SMALL) + 40)
        draw.text(width / 2, bottom + 8, note, "quiet", SMALL, "middle")
        if self.unknown:
            bottom += 20
            words = _MORE[language].format(self.unknown)
            draw.text(width / 2, bottom + 8, words, "text", SMALL, "middle", weight=600)
        return draw, width, bottom + 26

    def _arrow(
        self,
        draw: Drawing,
        edge: Edge,
        one: Card,
        two: Card,
        pairs: list[tuple[Edge, Card, Card]],
        language: Language,
    ) -> None:
        faces = _faces(two, pairs)
        to_left = faces[edge.endpoint] < 0
        x2 = two.x - 12 if to_left else two.x + two.width + 12
        y2 = _plate_y(two, edge.endpoint)
        out = 1 if one.column < two.column or (one.column == two.column and not to_left) else -1
        leaving = [
            (e, a, b)
            for e, a, b in pairs
            if a is one and (1 if b.column >= one.column else -1) == out
        ]
        leaving.sort(key=lambda pair: pair[2].y)
        place = next(n for n, pair in enumerate(leaving) if pair[0] is edge)
        x1 = one.x + one.width if out > 0 else one.x
        y1 = one.y + one.height * (place + 1) / (len(leaving) + 1)
        count = edge.there + edge.back
        colour = "accent" if count else "quiet"
        width = min(8.0, 1.5 + 1.2 * log10(1 + count))
        dash = ""
        if edge.binder is None:
            colour, dash, width = "waiting", "0.1 5.5", 2.4
        draw.open_group(self._connected(edge, language))
        tip = x2 + (-2 if to_left else 2)
        back = tip + (-1 if to_left else 1) * (5 + width)
        bend = max(40.0, abs(back - x1) / 2)
        away = 1 if to_left else -1
        draw.curve(
            f"M{x1:.1f} {y1:.1f}C{x1 + out * bend:.1f} {y1:.1f} "
            f"{back - away * bend:.1f} {y2:.1f} {back:.1f} {y2:.1f}",
            colour,
            width,
            dash,
        )
        arrow_head(draw, back - away, y2, tip, y2, colour, 8 + width)
        draw.rect(x1 - 5, y1 - 5, 10, 10, "page", "quiet", 1, 1.75)
        if count:
            label = f"{count:,}"
            pill = text_width(label, SMALL, bold=True) + 14
            x, y = (x1 + back) / 2, (y1 + y2) / 2
            draw.rect(x - pill / 2, y - 10, pill, 20, "page", colour, 10, 1.25)
            draw.text(x, y, label, "text", SMALL, "middle", weight=600)
        draw.close_group()


def _plain(endpoint: str) -> str:
    """An endpoint as it is shown: of a file's path only the name."""
    plain = endpoint.partition("#")[0]
    if plain.startswith("ipc://") and "/" in plain[6:]:
        return f"ipc://…/{plain.rpartition('/')[2]}"
    return plain


def _plates(story: Story, lane: Lane) -> list[str]:
    places = [
        place
        for number, place in story.bound
        if story.lane_of[number] is lane and number not in story.gone
    ]
    return list(dict.fromkeys(places))


def _edges(story: Story) -> list[Edge]:
    edges: dict[tuple[int, int, str], Edge] = {}

    def edge(connector: Lane, binder: Lane | None, endpoint: str) -> Edge:
        key = (id(connector), id(binder), endpoint)
        return edges.setdefault(key, Edge(connector, binder, endpoint))

    for link in story.links:
        if story.gone.isdisjoint((link.connector, link.binder)):
            made = edge(story.lane_of[link.connector], story.lane_of[link.binder], link.endpoint)
            made.types = link.types
    for number, endpoint in story.connected:
        if number in story.gone:
            continue
        lane = story.lane_of[number]
        known = [e for e in edges.values() if e.connector is lane]
        if any(reaches(endpoint, e.endpoint) for e in known):
            continue
        peer = next(
            (
                other
                for other in story.lanes
                if other.outside
                and (reaches(endpoint, other.endpoint) or reaches(other.endpoint, endpoint))
            ),
            None,
        )
        edge(lane, peer, endpoint)
    for message in story.messages:
        ends = [(message.lane, r.lane) for r in message.receipts if r.at.order > story.mark]
        if message.fate == "outside" and message.target and message.at.order > story.mark:
            ends = [(message.lane, message.target)]
        for sender, receiver in ends:
            _count(story, edges, sender, receiver, edge)
    return list(edges.values())


def _count(
    story: Story,
    edges: dict[tuple[int, int, str], Edge],
    sender: Lane,
    receiver: Lane,
    edge: object,
) -> None:
    for known in edges.values():
        if known.connector is sender and known.binder is receiver:
            known.there += 1
            return
        if known.connector is receiver and known.binder is sender:
            known.back += 1
            return
    # A peer outside that connected to us.
    assert callable(edge)
    if sender.outside:
        edge(sender, receiver, _bound_place(story, receiver, sender.endpoint)).there += 1
    elif receiver.outside:
        edge(receiver, sender, _bound_place(story, sender, receiver.endpoint)).back += 1


def _bound_place(story: Story, lane: Lane, endpoint: str) -> str:
    places = _plates(story, lane)
    return endpoint if endpoint in places or not places else places[0]


def _arrange(cards: list[Card], pairs: list[tuple[Edge, Card, Card]], language: Language) -> None:
    """Columns by the direction of the pattern, rows so that arrows run straight."""
    onward = []
    for edge, one, two in pairs:
        types = edge.types[0] or one.lane.type, edge.types[1] or two.lane.type
        sides = DOWNSTREAM.get(types[0]), DOWNSTREAM.get(types[1])
        backwards = sides[0] == 1 and sides[1] != 1
        onward.append((two, one) if backwards else (one, two))
    for _ in cards:
        for before, after in onward:
            if after.column <= before.column and before.column + 1 < len(cards):
                after.column = before.column + 1
    linked = {id(card) for pair in pairs for card in pair[1:]}
    for card in cards:
        if id(card) not in linked:
            card.column = DOWNSTREAM.get(card.lane.type, 0) if onward else 0
        name = text_width(card.lane.name[language], NAME, bold=True)
        plate = max((text_width(_plain(p), SMALL, mono=True) + 34 for p in card.plates), default=0)
        card.width = max(124.0, name + 36, plate)
        if card.lane.outside:
            card.width = max(card.width, text_width(_OUTSIDE[language], SMALL) + 32)
        card.height = 58.0 + 30 * len(card.plates)
    columns: dict[int, list[Card]] = defaultdict(list)
    for card in cards:
        columns[card.column].append(card)
    tallest = max(
        (sum(card.height + 26 for card in column) for column in columns.values()), default=0
    )
    x = 30.0
    gap = 150 if len(columns) < 3 else 70
    place: dict[int, float] = {}
    for number in sorted(columns):
        column = columns[number]
        if place:
            column.sort(key=lambda card: _middle(card, pairs, place))
        y = 18 + (tallest - sum(card.height + 26 for card in column)) / 2
        widest = max(card.width for card in column)
        for card in column:
            card.x, card.y = x + (widest - card.width) / 2, y
            place[id(card)] = y + card.height / 2
            y += card.height + 26
        x += widest + gap


def _middle(card: Card, pairs: list[tuple[Edge, Card, Card]], place: dict[int, float]) -> float:
    near = [
        place[id(other)]
        for _, one, two in pairs
        for me, other in ((one, two), (two, one))
        if me is card and id(other) in place
    ]
    return sum(near) / len(near) if near else 0.0


def _faces(card: Card, pairs: list[tuple[Edge, Card, Card]]) -> dict[str, int]:
    """For each plate of a card the side that most of its arrows come from."""
    votes: dict[str, int] = defaultdict(int)
    for edge, one, two in pairs:
        if two is card:
            votes[edge.endpoint] += -1 if one.column < card.column else 1
    return {plate: votes[plate] or -1 for plate in (*card.plates, *votes)}


def _plate_y(card: Card, endpoint: str) -> float:
    place = card.plates.index(endpoint) if endpoint in card.plates else 0
    return card.y + 58 + 30 * place + 8


def _card(draw: Drawing, card: Card, language: Language, faces: dict[str, int]) -> None:
    lane = card.lane
    dash = "4 3" if lane.outside else ""
    draw.rect(card.x, card.y, card.width, card.height, "card", HAIRLINE, 8, 1.25, dash)
    middle = card.x + card.width / 2
    draw.text(middle, card.y + 20, lane.name[language], "text", NAME, "middle", weight=650)
    if lane.type:
        plate = text_width(lane.type, SMALL, mono=True) + 14
        draw.rect(middle - plate / 2, card.y + 33, plate, 18, "page", HAIRLINE, 4, 1)
        draw.text(middle, card.y + 42, lane.type, "quiet", SMALL, "middle", mono=True)
    elif lane.name is not _NOBODY:
        draw.text(middle, card.y + 42, _OUTSIDE[language], "quiet", SMALL, "middle")
    for endpoint in card.plates:
        words = _plain(endpoint)
        width = text_width(words, SMALL, mono=True) + 32
        y = _plate_y(card, endpoint)
        to_left = faces.get(endpoint, -1) < 0
        left = card.x - 12 if to_left else card.x + card.width + 12 - width
        draw.rect(left, y - 12, width, 24, "page", HAIRLINE, 4, 1.25, dash)
        square = left + 7 if to_left else left + width - 17
        fill = "none" if lane.outside else "quiet"
        draw.rect(square, y - 5, 10, 10, fill, "quiet", 1, 1.5)
        draw.text(left + (23 if to_left else 9), y, words, "quiet", SMALL, mono=True)
