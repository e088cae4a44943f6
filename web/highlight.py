"""Colours of code: the site's own table, so that one style serves light and dark."""

from __future__ import annotations

from typing import ClassVar

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
