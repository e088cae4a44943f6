"""Code on a page: its colours, one table for light and dark, and its height in lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.formatters import HtmlFormatter
from pygments.style import Style
from pygments.token import (
    Comment,
    Error,
    Generic,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Token,
)
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge


class Quiet(Style):
    """Few colours; red is left out, which on this site means a lost message."""

    background_color = "var(--zl-card)"
    styles: ClassVar = {
        Token: "var(--zl-text)",
        Comment: "var(--zl-quiet)",
        Keyword: "var(--zl-duplicate)",
        Operator: "var(--zl-text)",
        Operator.Word: "var(--zl-duplicate)",
        Punctuation: "var(--zl-text)",
        Name.Function: "var(--zl-late)",
        Name.Class: "var(--zl-late)",
        Name.Decorator: "var(--zl-late)",
        Name.Exception: "var(--zl-late)",
        Literal: "var(--zl-waiting)",
        Number: "var(--zl-waiting)",
        String: "var(--zl-accent)",
        String.Interpol: "var(--zl-waiting)",
        Generic.Prompt: "var(--zl-quiet)",
        Generic.Output: "var(--zl-quiet)",
        Generic.Heading: "bold",
        Generic.Strong: "bold",
        Error: "var(--zl-text)",
    }


class Counted(HtmlFormatter[str]):
    """Say in ``--lines`` how many lines a block has.

    A lesson's code is more than half of its elements. The stylesheet has the browser lay out only
    what is near the window, and so it must know how much room the rest takes.
    """

    def wrap(self, source: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Put the lines into ``div`` and ``pre``, which gets their number."""
        pieces = list(source)
        self.prestyles = f"--lines: {sum(kind for kind, _ in pieces)}"
        wrapped: Iterator[tuple[int, str]] = super().wrap(iter(pieces))  # type: ignore[no-untyped-call]
        return wrapped


def setup(app: Sphinx) -> dict[str, Any]:
    """Have Sphinx write code with `Counted`."""
    PygmentsBridge.html_formatter = Counted
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
