"""A picture of an idea, drawn before anything ran: it looks like a topology and says what it is."""

from __future__ import annotations

import re

from zmqlab.draw.topology import Edge, Topology
from zmqlab.plain import only_watches
from zmqlab.record import Moment
from zmqlab.story.model import Lane, Link, Story
from zmqlab.words.language import Language, Text, particle

LINE = re.compile(r"(?P<one>\w+) (?P<a>[A-Z]+) -> (?P<two>\w+) (?P<b>[A-Z]+) at (?P<place>\S+)")
BEGINNING = Moment(0, 0)


class Idea(Topology):
    """A topology that nobody ran."""

    title = Text(en="An idea, not a run", ko="개념도(실행 기록 아님)")
    note = Text(
        en="An idea, not a run. □ connects, ■ is bound. Chevrons: messages.",
        ko="개념도이며 실행 기록이 아닙니다. □ 연결하는 쪽, ■ 바인드한 쪽. 꺾쇠는 메시지.",
    )

    def sentences(self, language: Language) -> list[str]:
        """The picture in words.

        Parameters
        ----------
        language : {"en", "ko"}

        Returns
        -------
        list of str
        """
        return [self._connected(edge, language) for edge in self.edges]

    def counts(self, edge: Edge) -> list[tuple[bool, str]]:
        """Which way messages may run over a connection; an idea has no numbers."""
        there, back = edge.flows
        return [(to_binder, "") for to_binder, runs in ((True, there), (False, back)) if runs]

    def _connected(self, edge: Edge, language: Language) -> str:
        assert edge.binder is not None
        one, two = edge.connector.name[language], edge.binder.name[language]
        if language == "ko":
            return (
                f"{particle(two, '이/가')} {edge.endpoint}에 바인드하고, "
                f"{particle(one, '이/가')} 그 주소로 연결합니다."
            )
        return f"{two} binds {edge.endpoint}, and {one} connects to it."


@only_watches
def idea(*lines: str) -> Idea:
    """Draw an idea of who connects to whom.

    Parameters
    ----------
    *lines : str
        A connection each, from the connecting side to the binding one:
        ``client REQ -> server REP at tcp://HOST:PORT``. A name that stands in several lines is one
        actor.

    Returns
    -------
    Idea
        Shows itself in a notebook.

    Raises
    ------
    ValueError
        If a line has another form.
    """
    lanes: dict[str, Lane] = {}
    links, bound = [], []
    for line in lines:
        found = LINE.fullmatch(line) if isinstance(line, str) else None
        if found is None:
            raise ValueError(f"{line!r}: write it as `client REQ -> server REP at tcp://HOST:PORT`")
        for name, kind in ((found["one"], found["a"]), (found["two"], found["b"])):
            lane = lanes.setdefault(name, Lane(Text(en=name, ko=name), shown=True))
            lane.type = ", ".join(dict.fromkeys([*filter(None, lane.type.split(", ")), kind]))
        one, two = list(lanes).index(found["one"]), list(lanes).index(found["two"])
        lanes[found["one"]].connects = lanes[found["two"]].binds = True
        link = Link(one, two, found["place"], BEGINNING, types=(found["a"], found["b"]))
        links.append(link)
        bound.append((two, found["place"]))
    return Idea(
        Story(
            lanes=list(lanes.values()),
            messages=[],
            acts=[],
            pauses=[],
            links=links,
            outside=[],
            lane_of=dict(enumerate(lanes.values())),
            mark=0,
            end=BEGINNING,
            skipped=0,
            bound=bound,
        )
    )
