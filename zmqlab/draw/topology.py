"""The topology: who binds, who connects, of which type, and how much has passed.

Actors are cards. A connection is a thin quiet line from the socket that connects (□) to the one
that is bound (■); it has no direction. Messages are chevrons on the line, in the direction in which
they ran, with their count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import log10

from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.signs import Sign
from zmqlab.draw.svg import HAIRLINE, WIDE, Drawing, Form, text_width, wrapped
from zmqlab.story.model import Fate, Lane, Story
from zmqlab.story.places import masked, meet, plain, reaches, short
from zmqlab.words.language import Language, Text, particle

_TITLE = Text(en="Topology", ko="토폴로지")
_NOBODY = Text(en="nobody bound", ko="바인드한 소켓 없음")
_OUTSIDE = Text(en="not on the stage", ko="스테이지 밖")
_NOTE = Text(
    en="□ connects, ■ is bound. Chevrons: messages, and how many.",
    ko="□ 연결하는 쪽, ■ 바인드한 쪽. 꺾쇠는 메시지의 방향과 수입니다.",
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

ONE_WAY = {"PUSH", "PULL", "PUB", "XPUB", "SUB", "XSUB"}
"""Types whose messages run one way."""


@dataclass(slots=True, eq=False)
class Card:
    """An actor as the picture shows it."""

    lane: Lane
    plates: list[str] = field(default_factory=list)
    nobody: bool = False
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(slots=True, eq=False)
class Edge:
    """A connection, with the messages that passed to the bound side and back."""

    connector: Lane
    binder: Lane | None
    endpoint: str
    types: tuple[str, str] = ("", "")
    there: int = 0
    back: int = 0

    @property
    def flows(self) -> tuple[bool, bool]:
        """Whether messages may run to the bound side, and back."""
        if not ONE_WAY.issuperset(self.types):
            return True, True
        to_binder = DOWNSTREAM[self.types[0]] == 0
        return to_binder, not to_binder


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
        self.unknown = story.skipped + sum(m.fate is Fate.UNKNOWN for m in story.messages)

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
        places = ", ".join(dict.fromkeys(masked(plain(place)) for place in card.plates))
        name = card.lane.name[language]
        if language == "ko":
            return f"{particle(name, '이/가')} {places}에 바인드합니다."
        return f"{name} binds {places}."

    def _connected(self, edge: Edge, language: Language) -> str:
        one = edge.connector.name[language]
        endpoint = masked(plain(edge.endpoint))
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

    def draw(self, language: Language, form: Form = WIDE) -> Drawn | None:
        """The picture in one form: from left to right if that fits, else from above, else none."""
        for upright, room in ((False, 1.0), (False, 0.4), (True, 1.0)):
            drawn = _Plan(self, language, form, upright=upright, room=room).drawn()
            if drawn.width <= form.width:
                return drawn
        return None

    def counts(self, edge: Edge) -> list[tuple[bool, str]]:
        """What runs over a connection: whether to the bound side, and the number as text."""
        return [
            (to_binder, f"{count:,}")
            for to_binder, count in ((True, edge.there), (False, edge.back))
            if count
        ]

    def told_connection(self, edge: Edge, language: Language) -> str:
        """A connection in words."""
        return self._connected(edge, language)

    def weight(self, edge: Edge) -> float:
        """How thick its chevrons are."""
        return min(4.0, 1.6 + 0.6 * log10(1 + edge.there + edge.back))


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
            (other for other in story.lanes if other.outside and meet(endpoint, other.endpoint)),
            None,
        )
        edge(lane, peer, endpoint)
    for message in story.messages:
        ends = [(message.lane, r.lane) for r in message.receipts if r.at.order > story.mark]
        if message.fate is Fate.OUTSIDE and message.target and message.at.order > story.mark:
            ends = [(message.lane, message.target)]
        for sender, receiver in ends:
            _count(story, edges, sender, receiver, edge)
    return list(edges.values())


def _count(
    story: Story,
    edges: dict[tuple[int, int, str], Edge],
    sender: Lane,
    receiver: Lane,
    edge: Callable[[Lane, Lane | None, str], Edge],
) -> None:
    for known in edges.values():
        if known.connector is sender and known.binder is receiver:
            known.there += 1
            return
        if known.connector is receiver and known.binder is sender:
            known.back += 1
            return
    # A peer outside that connected to us.
    if sender.outside:
        edge(sender, receiver, _bound_place(story, receiver, sender.endpoint)).there += 1
    elif receiver.outside:
        edge(receiver, sender, _bound_place(story, sender, receiver.endpoint)).back += 1


def _bound_place(story: Story, lane: Lane, endpoint: str) -> str:
    places = _plates(story, lane)
    return endpoint if endpoint in places or not places else places[0]


class _Plan:
    """A topology in one form while it is drawn: cards in layers, connections between them."""

    def __init__(
        self, picture: Topology, language: Language, form: Form, *, upright: bool, room: float
    ) -> None:
        self.picture = picture
        self.language: Language = language
        self.form = form
        self.upright = upright
        self.room = room
        self.drawing = Drawing()
        self.cards = [Card(card.lane, list(card.plates)) for card in picture.cards]
        self.of = {id(card.lane): card for card in self.cards}
        self.pairs = [
            (edge, self.of[id(edge.connector)], self._bound(edge)) for edge in picture.edges
        ]
        self.pills: list[tuple[float, float, float, float]] = []

    def _bound(self, edge: Edge) -> Card:
        """The card at the bound end; one for nobody, if nobody is there."""
        if edge.binder is None:
            ghosts = [card for card in self.cards if card.nobody and edge.endpoint in card.plates]
            if ghosts:
                return ghosts[0]
            self.cards.append(Card(Lane(_NOBODY, outside=True), [edge.endpoint], nobody=True))
            return self.cards[-1]
        card = self.of[id(edge.binder)]
        if edge.binder.outside and edge.endpoint not in card.plates:
            card.plates.append(edge.endpoint)
        return card

    def drawn(self) -> Drawn:
        """Arrange and draw all of it."""
        self._layers()
        for card in self.cards:
            self._measure(card)
        self._arrange()
        width = self._width()
        taken = max((card.x + card.width for card in self.cards), default=0.0)
        first = min((card.x for card in self.cards), default=0.0)
        for card in self.cards:
            card.x += (width - taken - first) / 2
        for edge, one, two in self.pairs:
            self._connection(edge, one, two)
        for card in self.cards:
            self._card(card)
        for edge, one, two in self.pairs:
            self._ends(edge, one, two)
        return self._foot(width)

    def _width(self) -> float:
        """How wide the picture is: as its cards or as the note below, whichever is wider."""
        # A connection within a layer bends out of it.
        same = any(one.layer == two.layer for _, one, two in self.pairs)
        edge = (6.0 if self.form.narrow else 20.0) + (30.0 if same else 0.0)
        right = max((card.x + card.width for card in self.cards), default=200.0) + edge
        note = text_width(self.picture.note[self.language], self.form.small) + 24
        return max(right, min(self.form.width, note))

    # Arranging

    def _layers(self) -> None:
        """Number the layers by the direction of the pattern."""
        onward = []
        for edge, one, two in self.pairs:
            types = edge.types[0] or one.lane.type, edge.types[1] or two.lane.type
            sides = DOWNSTREAM.get(types[0]), DOWNSTREAM.get(types[1])
            backwards = sides[0] == 1 and sides[1] != 1
            onward.append((two, one) if backwards else (one, two))
        for _ in self.cards:
            for before, after in onward:
                if after.layer <= before.layer and before.layer + 1 < len(self.cards):
                    after.layer = before.layer + 1
        linked = {id(card) for pair in self.pairs for card in pair[1:]}
        for card in self.cards:
            if id(card) not in linked:
                card.layer = DOWNSTREAM.get(card.lane.type, 0) if onward else 0

    def _shown(self, endpoint: str) -> str:
        return short(endpoint) if self.form.narrow else plain(endpoint)

    def _measure(self, card: Card) -> None:
        small, pad = self.form.small, 20.0 if self.form.narrow else 28.0
        widths = [
            64.0 if self.form.narrow else 116.0,
            text_width(card.lane.name[self.language], self.form.name, bold=True) + pad,
            text_width(card.lane.type, small, mono=True) + pad,
            *(text_width(self._shown(p), small, mono=True) + 16 for p in card.plates),
        ]
        if card.lane.outside and not card.nobody:
            widths.append(text_width(_OUTSIDE[self.language], small) + pad)
        card.width = max(widths)
        card.height = 54.0 + 18 * len(card.plates)

    def _arrange(self) -> None:
        layers: dict[int, list[Card]] = defaultdict(list)
        for card in self.cards:
            layers[card.layer].append(card)
        space = 12.0 if self.form.narrow else 24.0
        longest = max((self._length(cards, space) for cards in layers.values()), default=0.0)
        pill = max((self._pill_width(edge) for edge in self.picture.edges), default=20.0)
        gap = pill + (34.0 if self.form.narrow else 60.0) * self.room
        if self.upright:
            gap = 62.0
        along = 6.0 if self.form.narrow else 20.0
        place: dict[int, float] = {}
        for number in sorted(layers):
            cards = layers[number]
            if place:
                cards.sort(key=lambda card: self._near(card, place))
            across = 8.0 + (longest - self._length(cards, space)) / 2
            deepest = max(card.height if self.upright else card.width for card in cards)
            for card in cards:
                if self.upright:
                    card.x, card.y = across, along + (deepest - card.height) / 2
                    place[id(card)] = across + card.width / 2
                    across += card.width + space
                else:
                    card.x, card.y = along + (deepest - card.width) / 2, across + 4
                    place[id(card)] = across + card.height / 2
                    across += card.height + space
            along += deepest + gap

    def _length(self, cards: list[Card], space: float) -> float:
        """How long a layer is."""
        sizes = [card.width if self.upright else card.height for card in cards]
        return sum(sizes) + space * (len(sizes) - 1)

    def _near(self, card: Card, place: dict[int, float]) -> float:
        """The middle of the cards that it is connected to and that have a place."""
        near = [
            place[id(other)]
            for _, one, two in self.pairs
            for me, other in ((one, two), (two, one))
            if me is card and id(other) in place
        ]
        return sum(near) / len(near) if near else 0.0

    # Connections

    def _side(self, card: Card, other: Card) -> int:
        """Which side of a card faces the other one: 1 is right or below, -1 left or above."""
        return 1 if other.layer >= card.layer else -1

    def _leaving(self, card: Card, side: int) -> list[Edge]:
        """The connections that leave a card on one side, in order."""
        found = [
            (edge, two if one is card else one)
            for edge, one, two in self.pairs
            if card in (one, two) and self._side(card, two if one is card else one) == side
        ]
        axis = 0 if self.upright else 1
        found.sort(key=lambda pair: pair[1].middle[axis])
        return [edge for edge, _ in found]

    def _end(self, edge: Edge, card: Card, other: Card) -> tuple[float, float]:
        """Where a connection meets the edge of a card."""
        side = self._side(card, other)
        edges = self._leaving(card, side)
        share = (edges.index(edge) + 1) / (len(edges) + 1)
        if self.upright:
            return card.x + card.width * share, card.y + (card.height if side > 0 else 0.0)
        return card.x + (card.width if side > 0 else 0.0), card.y + card.height * share

    def _bent(self, edge: Edge, one: Card, two: Card) -> list[tuple[float, float]]:
        """The four points of the curve from the connecting end to the bound one."""
        (x1, y1), (x2, y2) = self._end(edge, one, two), self._end(edge, two, one)
        side, other = self._side(one, two), self._side(two, one)
        bend = max(26.0, abs(y2 - y1 if self.upright else x2 - x1) / 2)
        if self.upright:
            return [(x1, y1), (x1, y1 + side * bend), (x2, y2 + other * bend), (x2, y2)]
        return [(x1, y1), (x1 + side * bend, y1), (x2 + other * bend, y2), (x2, y2)]

    def _connection(self, edge: Edge, one: Card, two: Card) -> None:
        (a, b, c, d) = self._bent(edge, one, two)
        path = f"M{a[0]:.1f} {a[1]:.1f}C{b[0]:.1f} {b[1]:.1f} {c[0]:.1f} {c[1]:.1f} "
        path += f"{d[0]:.1f} {d[1]:.1f}"
        self.drawing.uses(Sign.CONNECTION)
        if edge.binder is None:
            self.drawing.curve(path, "waiting", 2.2, "0.1 5.5")
        else:
            self.drawing.curve(path, "quiet", 1.25)

    def _ends(self, edge: Edge, one: Card, two: Card) -> None:
        """Draw the two squares, and what passed."""
        draw = self.drawing
        draw.open_group(self.picture.told_connection(edge, self.language))
        points = self._bent(edge, one, two)
        size = 4.0 if self.form.narrow else 5.0
        for (x, y), fill, sign in (
            (points[0], "page", Sign.CONNECTS),
            (points[3], "page" if edge.binder is None else "quiet", Sign.BINDS),
        ):
            draw.uses(sign)
            draw.rect(x - size, y - size, 2 * size, 2 * size, fill, "quiet", 1, 1.75)
        if counts := self.picture.counts(edge):
            draw.uses(Sign.FLOW)
            x, y = self._pill_place(edge, points)
            self._pill(edge, counts, x, y, one, two)
        draw.close_group()

    def _pill_width(self, edge: Edge) -> float:
        counts = self.picture.counts(edge)
        widths = [text_width(words, self.form.small, bold=True) for _, words in counts]
        return sum(width + (20 if width else 13) for width in widths) + (6 if self.upright else 0)

    def _pill_place(self, edge: Edge, points: list[tuple[float, float]]) -> tuple[float, float]:
        """A place on the curve where no other number stands."""
        width = self._pill_width(edge)
        spots = [_on_curve(points, share) for share in (0.5, 0.4, 0.6, 0.32, 0.68)]

        def free(x: float, y: float) -> bool:
            return not any(
                abs(x - px) < (width + pw) / 2 + 2 and abs(y - py) < 20
                for px, py, pw, _ in self.pills
            )

        x, y = next((spot for spot in spots if free(*spot)), spots[0])
        self.pills.append((x, y, width, 20))
        return x, y

    def _pill(
        self,
        edge: Edge,
        counts: list[tuple[bool, str]],
        x: float,
        y: float,
        one: Card,
        two: Card,
    ) -> None:
        """Draw chevrons in the direction of the messages, and how many there were."""
        draw, small = self.drawing, self.form.small
        width, weight = self._pill_width(edge), self.picture.weight(edge)
        forth = self._side(one, two)
        draw.rect(x - width / 2, y - 10, width, 20, "page", radius=10)
        left = x - width / 2 + 4
        # What runs to the left stands left, so that the chevrons point away from each other.
        for to_binder, words in sorted(counts, key=lambda count: count[0] == (forth > 0)):
            onward = (forth > 0) == to_binder
            wide = text_width(words, small, bold=True)
            turned = self.upright or onward
            at = left + (wide + 10 if turned and words else 5)
            draw.curve(self._chevron(at, y, onward=onward), "accent", weight)
            if words:
                text_at = left + (0 if turned else 12)
                draw.text(text_at, y, words, "text", small, weight=600)
            left += wide + (20 if words else 13)

    def _chevron(self, x: float, y: float, *, onward: bool) -> str:
        sign = 1 if onward else -1
        if self.upright:
            return f"M{x - 4.5:.1f} {y - 2.5 * sign:.1f}l4.5 {4.5 * sign} l4.5 {-4.5 * sign}"
        return f"M{x - 2.5 * sign:.1f} {y - 4.5:.1f}l{4.5 * sign} 4.5 l{-4.5 * sign} 4.5"

    # Cards and foot

    def _card(self, card: Card) -> None:
        draw, small, lane = self.drawing, self.form.small, card.lane
        dash = "4 3" if lane.outside else ""
        draw.rect(card.x, card.y, card.width, card.height, "card", HAIRLINE, 8, 1.25, dash)
        middle, name = card.x + card.width / 2, lane.name[self.language]
        draw.text(middle, card.y + 18, name, "text", self.form.name, "middle", weight=650)
        if lane.type:
            plate = text_width(lane.type, small, mono=True) + 12
            draw.rect(middle - plate / 2, card.y + 30, plate, 18, "page", HAIRLINE, 4, 1)
            draw.text(middle, card.y + 39, lane.type, "quiet", small, "middle", mono=True)
        elif not card.nobody:
            draw.text(middle, card.y + 39, _OUTSIDE[self.language], "quiet", small, "middle")
        for number, endpoint in enumerate(card.plates):
            y = card.y + 59 + 18 * number
            draw.text(middle, y, self._shown(endpoint), "quiet", small, "middle", mono=True)

    def _foot(self, width: float) -> Drawn:
        draw, small = self.drawing, self.form.small
        y = max((card.y + card.height for card in self.cards), default=40.0) + 22
        for line in wrapped(self.picture.note[self.language], width - 16, small):
            draw.text(width / 2, y, line, "quiet", small, "middle")
            y += 17
        if self.picture.unknown:
            words = _MORE[self.language].format(self.picture.unknown)
            draw.text(width / 2, y, words, "text", small, "middle", weight=600)
            y += 17
        return Drawn(draw, width, y)


def _on_curve(points: list[tuple[float, float]], share: float) -> tuple[float, float]:
    """The point of a cubic curve at a share of its way."""
    rest = 1 - share
    parts = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    return (
        sum(part * point[0] for part, point in zip(parts, points, strict=True)),
        sum(part * point[1] for part, point in zip(parts, points, strict=True)),
    )
