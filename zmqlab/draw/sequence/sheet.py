"""The sheet that a sequence is drawn on: lanes, rows, heads, the margin; in two manners.

`Boxes` writes frames in boxes on the arrows and words beside the lanes, times at the margin. On
`Captions` each row has its words above it, after the time: for a phone, and for pictures whose
boxes would need more room than there is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import log10

from zmqlab.draw.picture import Drawn
from zmqlab.draw.sequence.marks import BLINK, Boxed, Mark
from zmqlab.draw.sequence.messages import MessageMark
from zmqlab.draw.sequence.words import Phrase, Words
from zmqlab.draw.signs import Sign
from zmqlab.draw.svg import HAIRLINE, Drawing, Form, arrow_head, clipped, text_width, wrapped
from zmqlab.record import Moment
from zmqlab.story.model import Deed, End, Lane, Pause, Story
from zmqlab.words.language import Language, Text, duration

LONG_WAIT = 0.1
"""Seconds from which on a wait has the colour of waiting."""
TOP = 14
BOX = 24
"""Height of a box with frames."""
MARGIN = 68
"""Room for the times, left of the lanes."""

_SCALE = Text(
    en="Times are measured. Distances show the order and are not to scale.",
    ko="시각은 측정값입니다. 간격은 순서를 나타내며 시간에 비례하지 않습니다.",
)
_OUTSIDE = Text(en="not on the stage", ko="스테이지 밖")
_STILL = Text(en="still waiting", ko="대기 중")
_STILL_SENDING = Text(en="send() still waiting", ko="send() 대기 중")
_MORE = Text(en="{} more messages not drawn", ko="그리지 않은 메시지 {}개")


@dataclass(frozen=True)
class Scene:
    """What is drawn: the story's lanes and marks, and what is left out.

    `more` messages are not drawn; `cut` is the number of the first event beyond the picture.
    """

    story: Story
    lanes: list[Lane]
    marks: list[Mark]
    more: int
    cut: int | None


class Sheet:
    """A picture in one form and one language while it is drawn; the pen of its marks."""

    scale = 1.0
    step = 1.0
    """How far rows are apart, as a part of what marks ask for."""
    longest_stretch = 96.0

    def __init__(self, scene: Scene, language: Language, form: Form) -> None:
        story, lanes = scene.story, scene.lanes
        self.story = story
        self.lanes = lanes
        self.marks = scene.marks
        self.more = scene.more
        self.cut = scene.cut
        self.language: Language = language
        self.form = form
        self.words = Words(language, story.lanes)
        self.column = {id(lane): n for n, lane in enumerate(lanes)}
        self.ground, self.lines, self.labels = Drawing(), Drawing(), Drawing()
        self.xs: list[float] = []
        self.width = form.width
        self.bottom = 0.0
        self.y_top = 0.0
        self._y: dict[tuple[int, int], float] = {}
        self._times: dict[tuple[int, int], float] = {}
        self._keys: list[tuple[int, int]] = []

    # Places

    def shows(self, lane: Lane) -> bool:
        """Whether the picture has this lane."""
        return id(lane) in self.column

    def x(self, lane: Lane) -> float:
        """Where a lane is."""
        return self.xs[self.column[id(lane)]]

    def y(self, at: Moment) -> float:
        """Where a moment is, between the drawn ones too."""
        if at.order <= self.story.mark:
            return self.y_top
        if at.key in self._y:
            return self._y[at.key]
        place = bisect_right(self._keys, at.key)
        if place == 0:
            return self.y_top
        above = self._y[self._keys[place - 1]]
        if place == len(self._keys):
            return min(above + 10, self.bottom)
        return above + min(9.0, 0.3 * (self._y[self._keys[place]] - above))

    def side(self, lane: Lane) -> int:
        """Towards which side of its lane a message without a receiver is drawn."""
        column = self.column[id(lane)]
        return -1 if column == len(self.lanes) - 1 and column > 0 else 1

    def depth(self, at: Moment, lane: Lane) -> int:
        """How many messages wait beside a lane at a moment."""
        return sum(
            1
            for mark in self.marks
            if isinstance(mark, MessageMark)
            and mark.lane is lane
            and mark.message.left is not None
            and mark.at.key < at.key < mark.message.left.key
        )

    def measure(self, phrases: list[Phrase]) -> float:
        """How wide words are, with the gaps between them."""
        widths = [text_width(one.words, self.form.small, mono=one.mono) for one in phrases]
        return sum(widths) + 10 * (len(widths) - 1)

    def head_height(self) -> float:
        """The height of the lanes' heads."""
        return 54.0

    # The whole

    def drawn(self) -> Drawn:
        """Draw it."""
        self.place_lanes()
        self.place_rows()
        for lane in self.lanes:
            self._draw_lane(lane)
        self.draw_heads()
        self.draw_marks()
        height = self.draw_foot()
        whole = Drawing()
        for layer in (self.ground, self.lines, self.labels):
            whole.join(layer)
        return Drawn(whole, self.width, height)

    def place_lanes(self) -> None:
        """Decide where the lanes are, and how wide the picture is."""
        raise NotImplementedError

    def draw_heads(self) -> None:
        """Draw the lanes' heads."""
        raise NotImplementedError

    def extra(self, mark: Mark) -> float:
        """How much room the words of a mark need above its first row."""
        return 0.0

    def place_rows(self) -> None:
        """Find a height for each moment: in order, further apart after a long time."""
        steps: dict[tuple[int, int], tuple[float, float | None]] = {}
        for mark in self.marks:
            extra = self.extra(mark)
            for need in mark.needs():
                if need.at.order <= self.story.mark:
                    continue
                step, time = steps.get(need.at.key, (0.0, None))
                steps[need.at.key] = (
                    max(step, need.space * self.step + extra),
                    need.at.time if need.timed else time,
                )
                extra = 0.0
        y = self.y_top = TOP + self.head_height() + 12
        before: float | None = None
        for order in sorted(steps):
            step, time = steps[order]
            if time is not None and before is not None:
                step += self._stretch(time - before)
            if time is not None:
                before = max(time, before or time)
                self._times[order] = time
            y += step
            self._y[order] = y
        self._keys = sorted(self._y)
        self.bottom = y + 26 * self.step
        if self.still() or any(map(_waits, self.marks)):
            self.bottom += 18

    def _stretch(self, seconds: float) -> float:
        """Pixels that a pause adds: none up to 10 ms, more with each tenfold of it."""
        return min(self.longest_stretch, 24.0 * log10(seconds / 0.01)) if seconds > 0.01 else 0.0

    def still(self) -> list[Pause]:
        """Calls that have waited for long, and still do."""
        return [
            pause
            for pause in self.story.pauses
            if pause.end is End.GOES_ON and pause.seconds >= LONG_WAIT and self.shows(pause.lane)
        ]

    # Lanes

    def lane_top(self, lane: Lane) -> float:
        """Where a lane begins."""
        return self.y_top - 12

    def _lives(self, lane: Lane) -> list[tuple[float, float]]:
        """Stretches of the lane in which there is a socket."""
        top = self.lane_top(lane)
        if lane.outside:
            return [(top, self.bottom)]
        acts = [
            act
            for act in self.story.acts
            if act.lane is lane and act.deed in (Deed.NEW, Deed.CLOSE)
        ]
        start: float | None = top
        lives: list[tuple[float, float]] = []
        for act in acts:
            if self.cut is not None and act.at.order >= self.cut:
                break
            ends = act.deed is Deed.CLOSE
            if act.at.order <= self.story.mark:
                start = None if ends else top
            elif ends and start is not None:
                lives.append((start, self.y(act.at)))
                start = None
            elif not ends and start is None:
                start = self.y(act.at)
        if start is not None:
            lives.append((start, self.bottom))
        return lives

    def _dotted(self, lane: Lane) -> list[tuple[float, float, str, int]]:
        """Stretches of the lane in which a call waits: from, until, colour, number."""
        found = []
        for pause in self.story.pauses:
            if pause.lane is not lane or pause.ended.order <= self.story.mark:
                continue
            if self.cut is not None and pause.began.order >= self.cut:
                continue
            vain = pause.end is End.GAVE_UP or pause.call == "send"
            if pause.end is End.GAVE_UP and pause.seconds < BLINK:
                continue
            beyond = self.cut is not None and pause.ended.order >= self.cut
            top = self.y(pause.began)
            bottom = self.bottom if pause.end is End.GOES_ON or beyond else self.y(pause.ended)
            if bottom - top >= 16 * self.step:
                colour = "waiting" if pause.seconds >= LONG_WAIT or vain else "quiet"
                number = (pause.began if pause.end is End.GOES_ON else pause.ended).order
                found.append((top, bottom, colour, number))
        return sorted(found)

    def _draw_lane(self, lane: Lane) -> None:
        x, draw = self.x(lane), self.ground
        dash = "5 4" if lane.outside else ""
        dotted = self._dotted(lane)
        for top, bottom in self._lives(lane):
            at = top
            for start, stop, colour, number in dotted:
                start, stop = max(start, at), min(stop, bottom)
                if stop - start < 9:
                    continue
                if start > at:
                    draw.line(x, at, x, start, "quiet", 1.5, dash)
                amber = colour == "waiting"
                draw.uses(Sign.WAITS if amber else Sign.WAITS_SHORTLY)
                draw.open_group(event=number, lane=1)
                draw.line(x, start, x, stop, colour, 2.5 if amber else 1.75, "0.1 5.5")
                draw.close_group()
                at = stop
            if bottom > at:
                draw.line(x, at, x, bottom, "quiet", 1.5, dash)

    # Marks and foot

    def draw_marks(self) -> None:
        """Draw all marks."""
        raise NotImplementedError

    def grouped(self, mark: Mark, work: Callable[[], None]) -> None:
        """Do something; what it draws belongs to the mark and its event."""
        layers = (self.lines, self.labels)
        before = [len(layer.parts) for layer in layers]
        work()
        title = "" if self.form.narrow else mark.sentence(self.words)
        for layer, start in zip(layers, before, strict=True):
            if len(layer.parts) > start:
                group = Drawing()
                group.open_group(title, event=mark.number)
                group.parts += layer.parts[start:]
                group.close_group()
                layer.parts[start:] = group.parts

    def draw_foot(self) -> float:
        """Draw what stands below the lanes; return the picture's height."""
        y, small = self.bottom + 16, self.form.small
        if self.more:
            words = _MORE[self.language].format(f"{self.more:,}")
            self.labels.text(self.width / 2, y, words, "text", small, "middle", weight=600)
            y += 20
        for line in wrapped(_SCALE[self.language], self.width - 20, small):
            self.labels.text(self.width / 2, y, line, "quiet", small, "middle")
            y += 17
        return y

    # What marks draw

    def stroke(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Note that there is a line."""

    def still_words(self, pause: Pause) -> Phrase:
        """What is said of a call that still waits."""
        words = _STILL_SENDING if pause.call == "send" else _STILL
        return Phrase(words[self.language], "waiting")

    def plate(self, lane: Lane) -> float:
        """How wide the line below a lane's name is: squares and type."""
        small = self.form.small
        if lane.outside:
            return text_width(_OUTSIDE[self.language], small)
        squares = 14 * (lane.binds + lane.connects)
        return text_width(lane.type, small, mono=True) + 14 + squares

    def draw_plate(self, lane: Lane, x: float, y: float) -> None:
        """Draw the line below a lane's name."""
        draw, small = self.labels, self.form.small
        if lane.outside:
            draw.text(x, y, _OUTSIDE[self.language], "quiet", small, "middle")
            return
        left = x - self.plate(lane) / 2
        for shown, fill, sign in (
            (lane.binds, "quiet", Sign.BINDS),
            (lane.connects, "none", Sign.CONNECTS),
        ):
            if shown:
                draw.uses(sign)
                draw.rect(left, y - 4.5, 9, 9, fill, "quiet", 1, 1.5)
                left += 14
        wide = text_width(lane.type, small, mono=True) + 14
        draw.rect(left, y - 9, wide, 18, "page", HAIRLINE, 4, 1)
        draw.text(left + wide / 2, y, lane.type, "quiet", small, "middle", mono=True)


def _waits(mark: Mark) -> bool:
    return isinstance(mark, MessageMark) and mark.message.fate == "waiting"


class Boxes(Sheet):
    """Frames in boxes on the arrows, words beside the lanes, times at the margin."""

    longest = 24

    def __init__(self, scene: Scene, language: Language, form: Form, longest: int = 24) -> None:
        super().__init__(scene, language, form)
        self.longest = longest
        self._placed: list[tuple[float, float, float, float]] = []
        self._segments: list[tuple[float, float, float, float]] = []
        self._chips: list[tuple[Boxed, float, float, list[tuple[float, float]]]] = []
        self._notes: list[tuple[Boxed, float, float, float, int]] = []

    # Lanes

    def _head_width(self, lane: Lane) -> float:
        name = text_width(lane.name[self.language], self.form.name, bold=True)
        return max(96.0, name + 28, self.plate(lane) + 24)

    def place_lanes(self) -> None:
        """Give each pair of lanes the room that marks between them need."""
        count = len(self.lanes)
        heads = [self._head_width(lane) for lane in self.lanes]
        least = {2: 200.0, 3: 165.0}.get(count, 120.0)
        gaps = [max(least, (a + b) / 2 + 16) for a, b in pairwise(heads)]
        right = heads[-1] / 2 + 12 if heads else 200.0
        for mark in self.marks:
            for room in mark.rooms(self):
                if not (self.shows(room.first) and self.shows(room.last)):
                    continue
                ends = sorted((self.column[id(room.first)], self.column[id(room.last)]))
                right = self._make_room(gaps, right, room.width, *ends)
        self.xs = [MARGIN + (heads[0] / 2 if heads else 0)]
        for gap in gaps:
            self.xs.append(self.xs[-1] + gap)
        self.width = max(self.xs[-1] + right, 300.0)

    def _make_room(
        self, gaps: list[float], right: float, width: float, first: int, last: int
    ) -> float:
        """Widen gaps until something fits; return the room right of the last lane."""
        if first == last:  # words beside a lane
            if last < len(gaps):
                gaps[last] = max(gaps[last], width)
            elif gaps:
                gaps[last - 1] = max(gaps[last - 1], width)
            else:
                right = max(right, width)
            return right
        # A box stands in the first gap that its arrow crosses.
        missing = width - sum(gaps[first:last])
        for n in range(first, last):
            gaps[n] += max(0.0, missing) / (last - first)
        return right

    def draw_heads(self) -> None:
        """Draw a card for each lane: its name, squares and type."""
        draw = self.labels
        for lane in self.lanes:
            x, width = self.x(lane), self._head_width(lane)
            dash = "4 3" if lane.outside else ""
            draw.rect(x - width / 2, TOP, width, 54, "card", HAIRLINE, 8, 1.25, dash)
            name = lane.name[self.language]
            draw.text(x, TOP + 19, name, "text", self.form.name, "middle", weight=650)
            self.draw_plate(lane, x, TOP + 39)

    # The order of drawing

    def draw_marks(self) -> None:
        """Draw them: words that have one place come first, boxes on arrows then find theirs."""
        self._draw_margin()
        for pause in self.still():
            self.labels.open_group(event=pause.began.order)
            self.beside(pause.lane, self.bottom - 8, [self.still_words(pause)])
            self.labels.close_group()
        chips: list[tuple[Mark, Callable[[], None]]] = []
        for mark in sorted(self.marks, key=lambda mark: not isinstance(mark, MessageMark)):
            self._chips = []
            self.grouped(mark, partial(mark.draw, self))
            chips += [(mark, partial(self._place_chip, *chip)) for chip in self._chips]
        for mark, place in chips:
            self.grouped(mark, place)
        self._place_notes()

    def _draw_margin(self) -> None:
        if not self._times:
            return
        origin = min(self._times.values())
        last, said = -100.0, ""
        for key in self._keys:
            if key in self._times and self._y[key] - last >= 15:
                words = duration(max(0.0, self._times[key] - origin), self.language)
                if words != said:
                    last, said = self._y[key], words
                    self.labels.text(
                        MARGIN - 20, last, words, "quiet", self.form.small, "end", event=key[0]
                    )

    # Words

    def stroke(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Note that there is a line, so that no words are put on it."""
        self._segments.append((x1, y1, x2, y2))

    def _occupy(self, left: float, y: float, width: float, height: float = 18) -> None:
        self._placed.append((left, y - height / 2, left + width, y + height / 2))

    def _free(self, left: float, y: float, width: float, height: float = BOX) -> bool:
        low, high = left - 3, left + width + 3
        top, bottom = y - height / 2 - 2, y + height / 2 + 2
        return not any(
            low < r and high > x and top < b and bottom > t for x, t, r, b in self._placed
        )

    def _clear(self, left: float, y: float, width: float, height: float = 18) -> bool:
        """Whether words there would stand on no other words and on no arrow."""
        if not self._free(left, y, width, height):
            return False
        for x1, y1, x2, y2 in self._segments:
            for step in range(21):
                x, at = x1 + (x2 - x1) * step / 20, y1 + (y2 - y1) * step / 20
                if left - 4 < x < left + width + 4 and abs(at - y) < height / 2 + 1:
                    return False
        return True

    def beside(self, lane: Lane, y: float, phrases: list[Phrase], gap: float = 14) -> None:
        """Write words to the right of a lane, at the last lane to its left."""
        x, width = self.x(lane), self.measure(phrases)
        side = self.side(lane)
        start = x + gap if side > 0 else x - gap - width
        if not self._free(start, y, width, 16):  # a message stands there: next to it
            for step in range(8, 120, 8):
                if self._free(start + side * step, y, width, 16):
                    start += side * step
                    break
        self._occupy(start, y, width)
        for one in phrases:
            self.labels.text(
                start, y, one.words, one.colour, self.form.small, mono=one.mono, halo=True,
                weight=one.weight,
            )  # fmt: skip
            start += text_width(one.words, self.form.small, mono=one.mono) + 10

    def dashed(
        self,
        start: Lane,
        end: Lane,
        y: float,
        phrase: Phrase,
        *,
        head: bool = False,
        broken: bool = False,
        refused: bool = False,
    ) -> None:
        """Draw a dashed line, its words in it and off the lanes that it crosses."""
        draw, x1, x2 = self.labels, self.x(start), self.x(end)
        if refused:
            x2 -= 14 if x2 > x1 else -14
        side = 1 if x2 > x1 else -1
        width = text_width(phrase.words, self.form.small, mono=phrase.mono)
        places = [x1 + (x2 - x1) * share for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78)]
        inner = [x for x in self.xs[: len(self.lanes)] if min(x1, x2) < x < max(x1, x2)]
        off = [at for at in places if all(abs(at - x) > width / 2 + 6 for x in inner)]
        clear = [at for at in off if self._clear(at - width / 2, y, width)]
        middle = (clear or off or places)[0]
        gap = side * (width / 2 + 4)  # the words stand in the line, not on it
        for one, other in ((x1 + 3 * side, middle - gap), (middle + gap, x2 - 3 * side)):
            if (other - one) * side > 0:
                draw.line(one, y, other, y, "handshake", 1.25, "5 4")
        if broken:
            draw.cross(middle - side * (width / 2 + 16), y, "handshake", 5)
        if refused:
            draw.cross(x2, y, "lost", 5)
        if head:
            arrow_head(draw, x1, y, x2 - 2 * side, y, "handshake", 7)
        self._occupy(middle - width / 2, y, width)
        draw.text(
            middle, y, phrase.words, phrase.colour, self.form.small, "middle", mono=phrase.mono,
            halo=True,
        )  # fmt: skip

    # Boxes

    def _cell_width(self, cell: tuple[str, str]) -> float:
        text, size = cell
        width = 14 + text_width(text, self.form.body, mono=True)
        if size:
            width += text_width(size, self.form.small) + (7 if text else 0)
        return width

    def box_width(self, mark: Boxed) -> float:
        """How wide the box of a message is."""
        return sum(map(self._cell_width, mark.cells(self.longest)))

    def _box(self, mark: Boxed, x: float, y: float) -> None:
        """Draw the frames, the middle of the box's left edge at (x, y)."""
        draw, total = self.labels, self.box_width(mark)
        self._occupy(x, y, total, BOX)
        draw.rect(x, y - BOX / 2, total, BOX, "page", mark.colour, 5, 1.5)
        weight = 650 if mark.count > 1 else 400
        for place, cell in enumerate(mark.cells(self.longest)):
            text, size = cell
            if place:
                draw.line(x, y - BOX / 2, x, y + BOX / 2, mark.colour, 1)
            inner = x + 7
            if text:
                draw.text(inner, y, text, "text", self.form.body, mono=True, weight=weight)
            if size:
                inner += text_width(text, self.form.body, mono=True) + (7 if text else 0)
                draw.text(inner, y, size, "quiet", self.form.small)
            x += self._cell_width(cell)

    def chip(self, mark: Boxed, x: float, y: float, side: int) -> None:
        """Write the frames in a box beside a lane, and the note beside it."""
        width = self.box_width(mark)
        left = x if side > 0 else x - width
        self._box(mark, left, y)
        if mark.remark(self.language) and not self._queued(mark):
            self._note_near(mark, left, left + width, y, side)

    def _queued(self, mark: Boxed) -> bool:
        """Whether its note stands beside its queue."""
        return isinstance(mark, MessageMark) and mark.has_queue

    def _note_near(self, mark: Boxed, left: float, right: float, y: float, side: int) -> None:
        """Write the note beside a box if there is room, else below it."""
        words, small = mark.remark(self.language), self.form.small
        width = text_width(words, small)
        limit = self.xs[-1] - 8 if len(self.lanes) > 1 else self.width
        if side > 0 and right + 10 + width < limit and self._free(right + 10, y, width, 18):
            at, under = right + 10, y
        elif (
            side < 0
            and left - 10 - width > self.xs[0] + 8
            and self._free(left - 10 - width, y, width, 18)
        ):
            at, under = left - 10 - width, y
        else:
            at, under = (left if side >= 0 else right - width), y + 23
        self.labels.text(at, under, words, mark.colour, small, halo=True, event=mark.until)
        self._occupy(at, under, width)

    def chip_along(self, mark: Boxed, x: float, y: float, ends: list[tuple[float, float]]) -> None:
        """Write the frames on an arrow, when all words that have one place are there."""
        if ends:
            self._chips.append((mark, x, y, ends))

    def _place_chip(self, mark: Boxed, x: float, y: float, ends: list[tuple[float, float]]) -> None:
        """Put the box near the sender, where it hides no lane and no other words."""
        width = self.box_width(mark)
        end_x, end_y = min(ends, key=lambda end: abs(end[0] - x))
        side = 1 if end_x > x else -1
        column = min(range(len(self.lanes)), key=lambda n: abs(self.xs[n] - x))
        near = self.xs[column + side]
        shares = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
        room = int(abs(near - x) - width)
        middles = [x + side * (width / 2 + step) for step in range(14, max(15, room - 22), 6)]
        middles += [x + (near - x) * share for share in shares]
        # Where it is crowded, in one of the gaps that the arrow crosses on its way.
        crossed = [at for at in self.xs if (at - near) * side >= 0 and (end_x - at) * side >= 0]
        for here, there in pairwise(sorted(crossed, reverse=side < 0)):
            middles += [here + (there - here) * share for share in shares]

        def height(middle: float) -> float:
            return y + (end_y - y) * (middle - x) / (end_x - x)

        inside = [
            one
            for one in middles
            if min(abs(one - lane) for lane in (x, end_x, *self.xs)) > width / 2 + 7
        ]
        places = [(one, height(one) + shift) for shift in (0, -20, 20, 28) for one in inside]
        free = (spot for spot in places if self._free(spot[0] - width / 2, spot[1], width))
        middle, at = next(free, ((x + near) / 2, height((x + near) / 2)))
        left = middle - width / 2
        self._box(mark, left, at)
        if mark.remark(self.language) and not self._queued(mark):
            self._note_near(mark, left, left + width, at, 0)

    def note(self, mark: Boxed, top: float, end: float, x: float, side: int) -> None:
        """Write the note beside a queue, when all queues are there."""
        self._notes.append((mark, top, end, x, side))

    def _place_notes(self) -> None:
        """Put the words for messages that wait side by side beside the outermost."""
        said: set[tuple[str, float]] = set()
        for mark, top, end, x, side in self._notes:
            beside = [
                other_x
                for _, other_top, other_end, other_x, other_side in self._notes
                if other_side == side
                and abs(other_x - x) < 50
                and other_top < end
                and other_end > top
            ]
            words = (mark.remark(self.language), end)
            if words not in said:
                said.add(words)
                first = max(
                    (t for _, t, e, o, _ in self._notes if o in beside and e == end), default=top
                )
                outermost = max(beside, key=lambda at: at * side)
                self._place_note(mark, first, end, outermost, side)

    def _place_note(self, mark: Boxed, top: float, end: float, x: float, side: int) -> None:
        words, small = mark.remark(self.language), self.form.small
        colour = mark.colour if mark.colour != "accent" else "waiting"
        width = text_width(words, small)
        left = x + 9 if side > 0 else x - 9 - width
        heights = [(top + 12 + end) / 2]
        heights += [top + 24.0 + 6 * n for n in range(int((end - top - 24) / 6) + 1)]
        at = next((y for y in heights if self._clear(left, y, width)), max(top + 22, end - 12))
        self._occupy(left, at, width)
        self.labels.text(left, at, words, colour, small, halo=True, event=mark.until)


class Captions(Sheet):
    """Each row has its words above it, after the time."""

    step = 0.5
    longest_stretch = 34.0
    line = 15.0
    """Height of a line of words."""

    def __init__(self, scene: Scene, language: Language, form: Form) -> None:
        super().__init__(scene, language, form)
        self.scale = 0.72 if self.form.narrow else 1.0
        self._levels: list[int] = []
        self._origin: float | None = None
        self._said = ""

    # Lanes

    def _head_width(self, lane: Lane) -> float:
        name = text_width(lane.name[self.language], self.form.name, bold=True)
        return max(name, self.plate(lane)) + 12

    def place_lanes(self) -> None:
        """Put the lanes at equal distances, and their heads above each other if they must."""
        count = len(self.lanes)
        widths = [self._head_width(lane) for lane in self.lanes]
        inset = min(max([44.0, *(width / 2 + 4 for width in widths)]), self.width / 4)
        if count > 3:
            inset = max(self.width / (2 * count), 30.0)
        if count == 1:
            inset = self.width / 2
        step = (self.width - 2 * inset) / max(1, count - 1)
        self.xs = [inset + step * n for n in range(count)] or [inset]
        self._levels = [0] * count
        for levels in range(1, 6):
            self._levels = [n % levels for n in range(count)]
            if all(self._level_fits(level, widths) for level in range(levels)):
                break

    def _head_left(self, n: int, width: float) -> float:
        return min(max(2.0, self.xs[n] - width / 2), self.width - 2 - width)

    def _level_fits(self, level: int, widths: list[float]) -> bool:
        own = [n for n, one in enumerate(self._levels) if one == level]
        return all(
            self._head_left(a, widths[a]) + widths[a] + 4 <= self._head_left(b, widths[b])
            for a, b in pairwise(own)
        )

    def head_height(self) -> float:
        """The height of the lanes' heads."""
        return 50.0 * (max(self._levels, default=0) + 1)

    def lane_top(self, lane: Lane) -> float:
        """Where a lane begins: below its head."""
        return TOP + 50.0 * self._levels[self.column[id(lane)]] + 44

    def draw_heads(self) -> None:
        """Draw each lane's name, squares and type."""
        draw = self.labels
        for n, lane in enumerate(self.lanes):
            width = self._head_width(lane)
            left, top = self._head_left(n, width), TOP + 50.0 * self._levels[n] - 4
            dash = "4 3" if lane.outside else ""
            draw.rect(left, top, width, 46, "card", HAIRLINE, 7, 1.25, dash)
            x, name = left + width / 2, lane.name[self.language]
            draw.text(x, top + 15, name, "text", self.form.name, "middle", weight=650)
            self.draw_plate(lane, x, top + 33)

    # Rows

    def _room(self) -> float:
        return self.width - 12

    def _lines(self, mark: Mark) -> list[list[Phrase]]:
        """The words of a mark in lines; the time is the first."""
        time = self._time(mark)
        lines: list[list[Phrase]] = [[Phrase(time)] if time else []]
        for one in mark.phrases(self.language):
            cut = clipped(one.words, self._room(), self.form.small, mono=one.mono)
            phrase = one._replace(words=cut)
            if lines[-1] and self.measure([*lines[-1], phrase]) > self._room():
                lines.append([])
            lines[-1].append(phrase)
        return [line for line in lines if line]

    def _time(self, mark: Mark) -> str:
        timed = [need for need in mark.needs() if need.timed]
        if not timed or timed[0].at.order <= self.story.mark:
            return ""
        origin = min(
            need.at.time
            for one in self.marks
            for need in one.needs()
            if need.timed and need.at.order > self.story.mark
        ) if self._origin is None else self._origin  # fmt: skip
        self._origin = origin
        return duration(max(0.0, timed[0].at.time - origin), self.language)

    def extra(self, mark: Mark) -> float:
        """How much room the words of a mark need."""
        return self.line * len(self._lines(mark)) + 3

    def place_rows(self) -> None:
        """Find a height for each moment; calls that still wait get a line each."""
        super().place_rows()
        self.bottom += self.line * max(0, len(self.still()) - 1)

    def draw_marks(self) -> None:
        """Draw each mark, and its words above it."""
        for mark in self.marks:
            self.grouped(mark, partial(self._draw_mark, mark))
        for n, pause in enumerate(self.still()):
            phrase = self.still_words(pause)
            self.labels.open_group(event=pause.began.order)
            self._write([phrase], self.x(pause.lane), 0, self.bottom - 4 - self.line * n, 6.0)
            self.labels.close_group()

    def _draw_mark(self, mark: Mark) -> None:
        lines = self._lines(mark)
        first = mark.needs()[0].at
        if first.order <= self.story.mark:
            first = next((n.at for n in mark.needs() if n.at.order > self.story.mark), first)
        mark.draw(self)
        y = self.y(first) - 14 - self.line * (len(lines) - 1)
        time = self._time(mark)
        for n, line in enumerate(lines):
            left = 6.0
            if n == 0 and time:
                self.labels.text(left, y, time, "quiet", self.form.small, halo=True)
                left += text_width(time, self.form.small) + 10
                line = line[1:]
            if line:
                self._write(line, *mark.spot(self), y, left)
            y += self.line

    def _write(self, phrases: list[Phrase], x: float, side: int, y: float, left: float) -> None:
        """Write words from `x` on towards `side` (0: about it), as far as the edges allow."""
        width = self.measure(phrases)
        start = x - width / 2 if side == 0 else x + 8 if side > 0 else x - 8 - width
        anchor = ("middle", x) if side == 0 else ("start", start) if side > 0 else ("end", x - 8)
        if start + width > self.width - 6:
            anchor = ("end", self.width - 6)
        if min(start, self.width - 6 - width) < left:
            anchor = ("start", left)
        self.labels.phrases(anchor[1], y, phrases, self.form.small, anchor[0])

    # What marks draw: their words stand above already

    def box_width(self, mark: Boxed) -> float:
        """Boxes are not drawn."""
        return 0.0

    def beside(self, lane: Lane, y: float, phrases: list[Phrase], gap: float = 14) -> None:
        """The words stand above."""

    def chip(self, mark: Boxed, x: float, y: float, side: int) -> None:
        """The words stand above."""

    def chip_along(self, mark: Boxed, x: float, y: float, ends: list[tuple[float, float]]) -> None:
        """The words stand above."""

    def note(self, mark: Boxed, top: float, end: float, x: float, side: int) -> None:
        """The words stand above."""

    def dashed(
        self,
        start: Lane,
        end: Lane,
        y: float,
        phrase: Phrase,
        *,
        head: bool = False,
        broken: bool = False,
        refused: bool = False,
    ) -> None:
        """Draw a dashed line; its words stand above."""
        draw, x1, x2 = self.labels, self.x(start), self.x(end)
        side = 1 if x2 > x1 else -1
        if refused:
            x2 -= 12 * side
        draw.line(x1 + 3 * side, y, x2 - 3 * side, y, "handshake", 1.25, "5 4")
        if broken:
            draw.cross((x1 + x2) / 2, y, "handshake", 4.5)
        if refused:
            draw.cross(x2, y, "lost", 4.5)
        if head:
            arrow_head(draw, x1, y, x2 - 2 * side, y, "handshake", 7)
