"""The tally: what was to be counted, what is there, and so what is lost, a bar for each way."""

from __future__ import annotations

from collections.abc import Mapping

from zmqlab.language import Language, Text
from zmqlab.svg import NAME, SMALL, Drawing, Picture, text_width
from zmqlab.terms import term

WIDTH, ROW, BAR = 340.0, 44.0, 22.0

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
        What it is, by name; a word of `zmqlab.terms` is shown in both languages.
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

    def draw(self, language: Language) -> tuple[Drawing, float, float]:
        """Draw a bar a count, filled as far as it goes; what is missing is crossed out."""
        drawing = Drawing()
        names = {name: term(name, language) for name in self.counts}
        left = 36 + max(text_width(words, NAME, bold=True) for words in names.values())
        scale = WIDTH / max(self.expected, *self.counts.values())
        y, right = 12 + ROW / 2, left + WIDTH
        for name, count in self.counts.items():
            drawing.text(left - 14, y, names[name], "text", NAME, "end", weight=650)
            words = self._words(name, language)
            drawing.open_group(words)
            if count:
                drawing.rect(left, y - BAR / 2, count * scale, BAR, "accent")
            if lost := self.lost(name):
                x, width = left + count * scale, lost * scale
                drawing.rect(x, y - BAR / 2, width, BAR, "none", "lost", 0, 1.5)
                size = min(6.0, width / 2 - 1)
                for number in range(1, round(width / 40) + 1) if size > 1 else ():
                    step = width / (round(width / 40) + 1)
                    drawing.cross(x + number * step, y, "lost", size)
            drawing.close_group()
            x = left + max(self.expected, count) * scale + 14
            drawing.text(x, y, words, "lost" if lost else "text", SMALL, weight=600)
            right = max(right, x + text_width(words, SMALL, bold=True))
            y += ROW
        return drawing, right + 16, y - ROW / 2 + 12
