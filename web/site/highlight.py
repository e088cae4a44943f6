"""Code on a page: its colours, one table for light and dark, and its height in lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

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
    Text,
    Token,
    _TokenType,
)
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


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


@cache
def shown_as(kind: _TokenType) -> _TokenType:
    """Return the one kind of token that stands for all of a colour; plain text has no element.

    >>> shown_as(Name.Class), shown_as(Punctuation)
    (Token.Name.Function, Token.Text)
    """
    if kind[:1] == Generic:
        return kind
    colour = Quiet.style_for_token(kind)["color"]
    if colour == Quiet.style_for_token(Token)["color"]:
        return Text
    same = (Comment, Keyword, Name.Function, Number, String)
    return next(one for one in same if Quiet.style_for_token(one)["color"] == colour)


def merged(tokens: Iterable[tuple[_TokenType, str]]) -> Iterator[tuple[_TokenType, str]]:
    """Join neighbours that look alike."""
    for kind, run in groupby(tokens, key=lambda token: shown_as(token[0])):
        yield kind, "".join(text for _, text in run)


class Counted(HtmlFormatter[str]):
    """Write a block with few elements, and say in ``--lines`` how many lines it has.

    A lesson's code is half of its elements. The stylesheet has the browser lay out only what is
    near the window, and so it must know how much room the rest takes.
    """

    def format_unencoded(
        self, tokensource: Iterable[tuple[_TokenType, str]], outfile: SupportsWrite[str]
    ) -> None:
        """Write the tokens, neighbours of one colour as one."""
        super().format_unencoded(merged(tokensource), outfile)

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
