"""The running text of a page, block by block, as the rules for both languages see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from web.lessons.source import directive, parse

HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
TARGET = re.compile(r"\]\(([^()\s]*)\)")
# What these directives hold is not prose.
NOT_PROSE = {"toctree", "code-block", "code", "literalinclude", "include", "raw", "image"}


@dataclass(frozen=True)
class Block:
    """An inline text of a page: its line, its source, whether it stands in a quote."""

    line: int
    content: str
    quoted: bool
    children: tuple[Token, ...] = ()


def blocks(text: str, line: int = 1, quoted: bool = False) -> Iterator[Block]:
    """Return a text's inline blocks, those inside directives too."""
    depth = 0
    for token in parse(text):
        if token.type in ("blockquote_open", "blockquote_close"):
            depth += token.nesting
        item = directive(token, line)
        if item is not None and item.name not in NOT_PROSE:
            yield from blocks(item.content, item.body_line, quoted or depth > 0)
        elif token.type == "inline" and token.content:
            at = line + (token.map[0] if token.map else 0)
            children = tuple(token.children or ())
            yield Block(at, token.content, quoted or depth > 0, children)


def masked(content: str) -> str:
    """Blank out code and link targets, keeping every position."""
    content = CODE.sub(lambda m: "`" + re.sub(r"[^\n]", "x", m[0][1:-1]) + "`", content)
    return TARGET.sub(lambda m: "](" + "x" * len(m[1]) + ")", content)


def unquoted(text: str) -> str:
    """Blank out what stands in quotation marks: other people's words, and words about words."""
    return re.sub(r"“[^”]*”|\"[^\"]*\"|'[^']*'|‘[^’]*’", lambda m: " " * len(m[0]), text)


def short(text: str) -> str:
    """Return a text, cut to what fits into a message."""
    return text if len(text) <= 60 else text[:59] + "…"
