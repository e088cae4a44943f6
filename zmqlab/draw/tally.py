"""The tally: what was to be counted, what is there, and so what is lost, a bar for each way."""

from __future__ import annotations

from collections.abc import Mapping

from zmqlab.draw.fates import Box, Fate
from zmqlab.draw.flow import paragraph
from zmqlab.draw.picture import Drawn, Picture
from zmqlab.draw.svg import WIDE, Drawing, Form, text_width
from zmqlab.words.language import Language, Text
from zmqlab.words.terms import term

BAR = 20.0

_ALL = Text(en="{} of {}, nothing lost", ko="{1}개 가운데 {0}개, 유실 없음")
_LOST = Text(en="{} of {}, {} lost", ko="{1}개 가운데 {0}개, {2}개 유실")
_MORE = Text(en="{} of {}, {} too many", ko="{1}개 가운데 {0}개, {2}개 초과")


class Tally(Picture):
    """Counts beside what they should be.

    Parameters
    ----------
    expected : int
        What each count should be.
    counts : mapping of str to int
        What it is, by name; a word of `zmqlab.words.terms` is shown in both languages.
    """

    title = Text(en="Expected and counted", ko="기대한 수와 실제 수")

    def __init__(self, expected: int, counts: Mapping[str, int]) -> None:
        if expected < 1 or not counts or min(counts.values()) < 0:
            raise ValueError("a tally needs an expected number from 1 on, and counts from 0 on")
        self.expected = expected
        self.counts = dict(counts)

    def lost(self, name: str) -> int:
        """How many are missing from this count."""
        return max(0, self.expected - self.counts[name])

    def _words(self, name: str, language: Language) -> str:
        count, lost = self.counts[name], self.lost(name)
        form = _LOST if lost else _MORE if count > self.expected else _ALL
        shown = (count, self.expected, lost or count - self.expected)
        return form[language].format(*(f"{number:,}" for number in shown))

    def sentences(self, language: Language) -> list[str]:
        """The tally in words, a line for each count."""
        return [f"{term(name, language)}: {self._words(name, language)}" for name in self.counts]

    def draw(self, language: Language, form: Form = WIDE) -> Drawn:
        """Draw a bar a count, filled as far as it goes; what is missing is crossed out.

        The name stands above its bar, and the words behind the name.
        """
        drawing, left = Drawing(), 12.0
        scale = (form.width - 2 * left) / max(self.expected, *self.counts.values())
        y = 18.0
        for name, count in self.counts.items():
            words, lost = self._words(name, language), self.lost(name)
            colour = "lost" if lost else "text"
            heading = term(name, language)
            drawing.text(left, y, heading, "text", form.name, weight=650)
            room = form.width - 2 * left - text_width(heading, form.name, bold=True) - 16
            if text_width(words, form.small, bold=True) > room:
                y = paragraph(drawing, words, left, y + 19, form, colour=colour, weight=600) - 16
            else:
                at = form.width - left
                drawing.text(at, y, words, colour, form.small, "end", weight=600)
            top = y + 13
            drawing.open_group(words)
            if count:
                drawing.rect(left, top, count * scale, BAR, "accent")
            if lost:
                Fate.LOST.draw(
                    drawing,
                    Box(
                        left + count * scale,
                        top,
                        lost * scale,
                        BAR,
                        max(1, round(lost * scale / 44)),
                    ),
                )
            drawing.close_group()
            y = top + BAR + 24
        return Drawn(drawing, form.width, y - 8)
