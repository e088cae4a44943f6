"""The condition that a lesson's measured run has to meet before its page may speak of it.

A lesson that measures says in its front matter what must hold, as a ratio with room, and a cell
says what came of it: ``must(one / two, at_least=1.4)``. The build reads that from the cell's output
and runs the lesson again if it was missed. Nothing is raised: a busy machine is no fault of the
lesson.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from zmqlab.draw.colours import notebook_style, var
from zmqlab.words.language import Language, Text, both, kernel_language

MIME = "application/vnd.zmqlab.condition+json"
"""Under which a cell's output holds a condition for the build."""


@dataclass(frozen=True)
class Condition:
    """A measured ratio and the least that is due.

    Attributes
    ----------
    ratio : float
        What was measured.
    at_least : float
        What it has to be, with room for an ordinary machine.
    """

    ratio: float
    at_least: float

    @property
    def met(self) -> bool:
        """Whether the run may be shown as an example of what the text says."""
        return self.ratio >= self.at_least

    def text(self, language: Language) -> str:
        """Say in words what was measured and what is due."""
        words = Text(
            en=f"Measured: {self.ratio:.2f} times. At least {self.at_least:g} is due.",
            ko=f"측정값은 {self.ratio:.2f}배입니다. {self.at_least:g}배 이상이어야 합니다.",
        )
        if self.met:
            return words[language]
        missed = Text(
            en=" This run missed it, as runs on a busy machine do: draw no conclusion from its"
            " figures.",
            ko=" 이번 실행은 이 조건에 미치지 못했습니다. 바쁜 컴퓨터에서 흔한 일이니 이 수치로"
            " 결론을 내리지 마세요.",
        )
        return words[language] + missed[language]

    def __repr__(self) -> str:
        return self.text(kernel_language())

    def _html(self, language: Language) -> str:
        colour = var("quiet") if self.met else var("waiting")
        return f'<p class="zl-condition" style="color:{colour}">{html.escape(self.text(language))}'

    def _repr_mimebundle_(self, **_settings: Any) -> dict[str, Any]:
        return {
            "text/plain": repr(self),
            "text/html": notebook_style() + both(lambda language: self._html(language) + "</p>"),
            MIME: {"ratio": round(self.ratio, 3), "at_least": self.at_least, "met": self.met},
        }


def must(ratio: float, at_least: float) -> Condition:
    """Show a measured ratio, and say whether it is as large as it has to be.

    Parameters
    ----------
    ratio : float
        What was measured.
    at_least : float
        The lesson's condition.

    Returns
    -------
    Condition
        A cell ends with it.
    """
    return Condition(ratio, at_least)
