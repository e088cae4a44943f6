"""What a page's HTML does without: pictures in the other language, and what is said many times.

An output of a lesson carries both languages, colours to fall back on and its own style, so that it
is right in a notebook, too. A page has one language and one style sheet.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

from web.site.logs import lanes
from web.words import LANGUAGES

BLOCK = '<div class="zl-lang" lang="{}"'
DIV = re.compile(r"<div\b|</div>")
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
IN_SHEET = (".zl-pic .zm{", '[data-jp-theme-light="false"]')
"""How the styles begin that the site's own style sheet has: static/site.css."""
FALLBACK = re.compile(r"var\((--zl-[\w-]+), #[0-9a-fA-F]{3,8}\)")
FACES = re.compile(r'(<svg\b[^>]*?) font-family="[^"]*"')
STROKE = re.compile(r'<path\b[^>]* fill="none"[^>]*>')
ROUND = re.compile(r' stroke-line(?:cap|join)="round"')
COURSE = re.compile(r' d="([^"a-z]{120,})"')
DECIMALS = re.compile(r"(\d+\.\d+)")
PIECE = re.compile(r'<span class="pre">(.*?)</span>')
NEEDLESS = ("documentation_options.js", "doctools.js", "sphinx_highlight.js", "translations.js")
"""Scripts of Sphinx for what our own do: search, and found words painted on a page."""
LATE = 950
"""Priority: after all that looks into the body."""


def one_language(html: str, language: str) -> str:
    """Leave out what an output says in other languages.

    >>> both = '<p/><div class="zl-lang" lang="en"><div>one</div></div>'
    >>> one_language(both + '<div class="zl-lang" lang="ko">하나</div>', "ko")
    '<p/><div class="zl-lang" lang="ko">하나</div>'
    """
    for other in LANGUAGES:
        if other == language:
            continue
        start = html.find(opening := BLOCK.format(other))
        while start >= 0:
            html = html[:start] + html[_end_of_div(html, start) :]
            start = html.find(opening, start)
    return html


def _end_of_div(html: str, start: int) -> int:
    depth = 0
    for found in DIV.finditer(html, start):
        depth += 1 if found[0] == "<div" else -1
        if depth == 0:
            return found.end()
    raise ValueError("an output's HTML has a <div> without its end")


def lean(html: str, language: str) -> str:
    """Return a page's body without what the page does not need."""
    seen: set[str] = set()

    def once(found: re.Match[str]) -> str:
        style = found[0].removeprefix("<style>")
        if style.startswith(IN_SHEET) or style in seen:
            return ""
        seen.add(style)
        return found[0]

    html = STYLE.sub(once, one_language(html, language))
    html = FACES.sub(r"\1", FALLBACK.sub(r"var(\1)", html))
    html = COURSE.sub(_whole_pixels, STROKE.sub(_plain_stroke, html))
    return PIECE.sub(r"\1", html)


def _plain_stroke(found: re.Match[str]) -> str:
    """Leave out the round ends that the style sheet gives every stroke, and name the others."""
    path = found[0]
    if "stroke-linecap" in path:
        return ROUND.sub("", path)
    return path.replace(' fill="none"', ' fill="none" stroke-linecap="butt"')


def _whole_pixels(found: re.Match[str]) -> str:
    """Round a long course, as of a plot's curve, to the pixels in which it is drawn."""
    return f' d="{DECIMALS.sub(lambda number: f"{float(number[1]):.0f}", found[1])}"'


def make_lean(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Make a page's body lean, and its list of scripts, when all that adds to them has."""
    if app.builder.name != "html":
        return
    if "body" in context:
        context["body"] = lanes(lean(context["body"], app.config.language), app.config.language)
    context["script_files"] = [
        script
        for script in context["script_files"]
        if not str(getattr(script, "filename", script)).endswith(NEEDLESS)
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect, late."""
    app.connect("html-page-context", make_lean, priority=LATE)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
