"""Rules for English prose: words that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from web.lessons.front import Fault
from web.lint.prose import Block, blocks, masked, unquoted
from web.lint.registry import Rules

Found = tuple[int, str, str]
"""A position in a block, what is wrong there, how to mend it."""

ENGLISH = Rules[Block, Found]()

FILLERS = (
    r"in this (lesson|section|chapter|page),? (we|you) (will|are going to)",
    r"we will (now )?(learn|see|explore|look at|discuss)",
    r"let's (dive|explore|take a look)",
    r"(it is|it's) (important|worth) (to note|noting)",
    r"(please )?note that",
    r"as we all know|needless to say|it goes without saying|as you can see",
    r"in order to",
    r"obviously|simply|basically|essentially",
    r"delve|seamless(ly)?|leverag(e|es|ing)|utili[sz]e[sd]?|cutting-edge|game[- ]chang\w+",
)


def english(path: Path, text: str, line: int = 1) -> Iterator[Fault]:
    """Check a page of English; ``line`` is the number of the text's first line."""
    for block in blocks(text, line):
        for rule in ENGLISH.rules:
            for position, what, mend in rule.check(block):
                at = block.line + block.content[:position].count("\n")
                yield Fault(path, at, what, mend, rule.id)


@ENGLISH.rule("E01", "no fillers: “note that”, “in order to”, “simply”, “let's dive in” …")
def fillers(block: Block) -> Iterator[Found]:
    """Find words that say nothing."""
    if block.quoted:
        return
    free = unquoted(masked(block.content))
    for pattern in FILLERS:
        for match in re.finditer(rf"\b({pattern})\b", free, re.IGNORECASE):
            yield match.start(), f"filler {match[0]!r}", "say it without"
