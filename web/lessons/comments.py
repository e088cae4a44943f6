"""Comments in code are text: they are taken out for translation, and put back in their places.

What runs, and what the cache's key is made of, is always the English cell. A translated comment
keeps its line, so that line numbers agree in both languages; what must stay true: no other token
changes.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from web.lessons.source import Lesson, Text, parse

CONTEXT = "comment"
"""The ``msgctxt`` of a comment in a lesson's ``.po``."""
_FOR_TOOLS = re.compile(r"(noqa|type:|fmt:|ruff:|mypy:)")


@dataclass(frozen=True)
class Comment:
    """A comment: its line from 1, the column of its ``#``, and its words."""

    line: int
    column: int
    text: str


def comments(source: str) -> list[Comment]:
    """Return the comments of a piece of code that are there to be read, in order."""
    return list(_comments(source))


def _comments(source: str) -> Iterator[Comment]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                text = token.string.lstrip("#").strip()
                if text and not _FOR_TOOLS.match(text):
                    yield Comment(*token.start, text)
    except (tokenize.TokenError, IndentationError):  # a piece that is no whole program
        return


def translated(source: str, translate: Callable[[str], str]) -> str:
    """Return code with its comments translated.

    Parameters
    ----------
    source : str
        The English code.
    translate : callable
        Takes a comment's words and returns their translation, or the words themselves.

    Returns
    -------
    str
        Code of as many lines.
    """
    lines = source.split("\n")
    for comment in comments(source):
        line = lines[comment.line - 1]
        words = " ".join(translate(comment.text).split())
        lines[comment.line - 1] = f"{line[: comment.column]}# {words}"
    return "\n".join(lines)


def lesson_comments(lesson: Lesson) -> list[Text]:
    """Return the comments of a lesson's cells and of the Python blocks in its text, each once."""
    found: dict[str, Text] = {}
    for cell in lesson.cells:
        pieces = [(cell.source, cell.line)]
        for source, line in pieces if cell.kind == "code" else _blocks(*pieces[0]):
            for comment in comments(source):
                found.setdefault(comment.text, Text(comment.text, line + comment.line - 1))
    return list(found.values())


def _blocks(text: str, line: int) -> Iterator[tuple[str, int]]:
    """Return the Python blocks of a text, also those in directives, with their first lines."""
    for token in parse(text):
        if token.map is None:
            continue
        if token.type == "fence" and token.info.strip() == "python":
            yield token.content, line + token.map[0] + 1
        elif token.type == "colon_fence" or (token.type == "fence" and token.info.startswith("{")):
            yield from _blocks(token.content, line + token.map[0] + 1)
