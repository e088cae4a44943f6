"""One style sheet a page, made of those of Sphinx's extensions, the theme and our own.

Most of what the theme and the notebook's extension bring is for things that no page here has. A
rule stays if some page or script names every class and identifier in one of its selectors, and a
custom property if something reads it.

Pages on which something plays or runs share a sheet, and so do those which are only read: these
need half of the rules.

What must stay true: the sheets follow one another in `SHEETS`, and a later one decides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tinycss2
from sphinx.application import Sphinx

from web.lessons.staging import write_if_changed
from web.paths import ROOT

SHEETS = (
    "pygments.css",
    "styles/furo.css",
    "mystnb.*.css",
    "player.css",
    "bench.css",
    "styles/furo-extensions.css",
    "colours.css",
    "site.css",
    "progress.css",
    "search.css",
    "hints.css",
    "copy.css",
    "core.css",
    "reference.css",
    "walk.css",
    "run.css",
)
LINK = re.compile(
    r'(<link rel="stylesheet" href="[^"]*_static/)(?:style|read|lesson)\.css(?:\?v=\w+)?(?=">)'
)
PLAYS = re.compile(r'<script[^>]* src="[^"]*_static/(run|page/player)\.js')
LATE = 950
OURS = ":root body"
BODY = re.compile(r"body(?:\[[^\]]*\]|:not\(\[[^\]]*\]\))?")
NESTED = ("media", "supports", "container", "layer")
CLASSES = re.compile(r'\sclass="([^"]*)"')
IDS = re.compile(r'\sid="([^"]*)"')
STRING = re.compile(r""""[^"\n]*"|'[^'\n]*'|`[^`]*`""")
WORD = re.compile(r"[A-Za-z_][\w-]*")
READ = re.compile(r"var\(\s*(--[\w-]+)")
SCRIPTS = ("web/site/static/*.js",)
RUNNING = (*SCRIPTS, "web/site/static/page/*.js", "web/page/*.js")
"""What makes elements in a page: in every one, and in one where something plays or runs."""
DRAWING = "zmqlab/**/*.py"
"""What makes HTML while a cell runs."""


def write_styles(site: Path) -> None:
    """Write the style sheets beside a site's pages; each page asks for the one that it needs."""
    static = site / "_static"
    sheets = [path.read_text("utf-8") for name in SHEETS for path in sorted(static.glob(name))]
    theme = (static / "scripts" / "furo.js").read_text(encoding="utf-8")
    texts = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    for name, runs in (("read.css", False), ("lesson.css", True)):
        own = {page: text for page, text in texts.items() if bool(PLAYS.search(text)) == runs}
        globs = RUNNING if runs else SCRIPTS
        code = [path.read_text("utf-8") for glob in globs for path in sorted(ROOT.glob(glob))]
        drawn = [path.read_text("utf-8") for path in sorted(ROOT.glob(DRAWING)) if runs]
        css = purged(sheets, [*own.values(), *drawn], [*code, theme])
        version = hashlib.sha256(css.encode()).hexdigest()[:8]
        write_if_changed(static / name, css)
        for page, text in own.items():
            write_if_changed(page, LINK.sub(rf"\g<1>{name}?v={version}", text))


def purged(sheets: Iterable[str], pages: Iterable[str], code: Iterable[str]) -> str:
    """Return the rules that pages or scripts can need, without comments and spaces.

    Parameters
    ----------
    sheets
        Style sheets, in their order.
    pages
        HTML of all pages, and code that holds HTML.
    code
        Scripts: what they name, they name in strings.
    """
    known: set[str] = set()
    read: set[str] = set()
    for html in pages:
        for found in (*CLASSES.findall(html), *IDS.findall(html)):
            known.update(found.split())
        read.update(READ.findall(html))
    for text in code:
        for string in STRING.findall(text):
            known.update(WORD.findall(string))
        read.update(re.findall(r"--[\w-]+", text))
    rules = _outdone([part for sheet in sheets for part in _kept(_parsed(sheet), known)])
    css = "".join(rule.written(None) for rule in rules)
    before = ""
    while before != css:  # a property may be read only by one that nobody reads
        before = css
        used = read | set(READ.findall(css))
        css = "".join(rule.written(used) for rule in rules)
    return css


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations with their selectors, or rules within an @-rule; ``raw`` is written as it is."""

    head: str
    declarations: tuple[tuple[str, str], ...] = ()
    inside: tuple[Rule, ...] = ()
    raw: str = ""

    def written(self, read: set[str] | None) -> str:
        """Write the rule, with those custom properties that are read (all if None)."""
        kept = [
            f"{name}:{value}"
            for name, value in self.declarations
            if read is None or not name.startswith("--") or name in read
        ]
        within = "".join(rule.written(read) for rule in self.inside)
        body = ";".join(kept) + within + self.raw
        return f"{self.head}{{{body}}}" if body else ""


def _outdone(rules: list[Rule]) -> list[Rule]:
    """Leave out the custom properties of the theme's body that ``:root body`` sets anew.

    Nothing in the body selects more narrowly, and ours comes last.
    """
    found = []
    anew: set[str] = set()
    for rule in reversed(rules):
        if rule.head == OURS:
            anew |= {name for name, _ in rule.declarations if name.startswith("--")}
        elif anew:
            rule = _without(rule, anew)
        found.append(rule)
    return found[::-1]


def _without(rule: Rule, names: set[str]) -> Rule:
    kept = rule.declarations
    if BODY.fullmatch(rule.head):
        kept = tuple(one for one in kept if one[0] not in names)
    return replace(rule, declarations=kept, inside=tuple(_without(r, names) for r in rule.inside))


def _parsed(sheet: str) -> list[Any]:
    rules: list[Any] = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return rules


def _kept(rules: Iterable[Any], known: set[str]) -> Iterator[Rule]:
    for rule in rules:
        if rule.type == "error":
            raise ValueError(f"style sheet, line {rule.source_line}: {rule.message}")
        if rule.type == "at-rule" and rule.content is not None:
            head = f"@{rule.at_keyword} {_short(rule.prelude)}"
            if rule.lower_at_keyword in NESTED:
                inside = tuple(_kept(_parts(rule.content), known))
                yield Rule(head, inside=inside)
            else:  # steps of an animation, the paper's margins
                yield Rule(head, raw=_short(rule.content))
        elif rule.type == "qualified-rule":
            selectors = [_short(s) for s in _selectors(rule.prelude) if _needs(s) <= known]
            if selectors:
                yield Rule(",".join(selectors), tuple(_declarations(rule.content)))


def _parts(content: list[Any]) -> list[Any]:
    parts: list[Any] = tinycss2.parse_blocks_contents(
        content, skip_comments=True, skip_whitespace=True
    )
    return parts


def _declarations(content: list[Any]) -> Iterator[tuple[str, str]]:
    for part in _parts(content):
        if part.type != "declaration":
            raise ValueError(f"style sheet, line {part.source_line}: no declaration")
        yield part.name, _short(part.value) + ("!important" if part.important else "")


def _selectors(prelude: list[Any]) -> Iterator[list[Any]]:
    one: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield one
            one = []
        else:
            one.append(token)
    yield one


def _needs(selector: list[Any]) -> set[str]:
    """Return the classes and identifiers that a selector names outside of functions like :is()."""
    found = set()
    before = None
    for token in selector:
        if token.type == "hash" or (token.type == "ident" and before == "."):
            found.add(token.value)
        before = token.value if token.type == "literal" else None
    return found


def _short(tokens: list[Any]) -> str:
    """Write tokens again without comments, and with one space where there were any."""
    text = tinycss2.serialize([token for token in tokens if token.type != "comment"])
    return re.sub(r"\s+", " ", text).strip()


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Write the style sheets when all pages are there, and all sheets that they are made of."""
    if exception is None and app.builder.name == "html":
        write_styles(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect, after the notebooks' extension has left its own sheet."""
    app.connect("build-finished", finish, priority=LATE)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
