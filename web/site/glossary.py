"""The glossary: its directive, and the hints that its terms get on other pages.

``{glossary-terms} SECTION`` stands in ``guide_{en,ko}/glossary.md`` for all terms of a section,
which are read from ``glossary/`` (`web.lessons.terms`). Every other page marks the first place in
its running text where a form stands that the term's ``match`` lists: a link to the entry, which
works alone, and beside the text what the entry says, once a page, for ``static/hints.js`` to show.

What must stay true: marking comes last, when the page is translated and indexed, so messages,
translations, search and notebooks never see it; a mark never stands where it would be in the way:
in a heading, link, code, quotation, question or answer, or before a page's own explanation of the
term; a changed entry reaches every page in the next build.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from web.lessons.terms import GLOSSARY, Term, terms
from web.lessons.terms import Entry as Said
from web.site.directives import Companion, element, tag, text
from web.words import WORDS

PAGE = "guide/glossary"

# ---------------------------------------------------------------- the page


class GlossaryTerms(Companion):
    """The terms of a section: each with its name, its explanation, an anchor ``term-KEY``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Build the entries in the order of their keys."""
        section = self.arguments[0]
        language = self.config.language
        made = [
            self._entry(term, term.entries[language])
            for term in terms(Path(self.config.glossary_folder))
            if term.section == section and language in term.entries
        ]
        if not made:
            raise self.error(f"no term says section: {section}")
        return list(made)

    def _entry(self, term: Term, said: Said) -> tag:
        """Build an entry, and let links reach it as they reach a heading's label."""
        anchor = f"term-{term.key}"
        domain: Any = self.env.get_domain("std")
        domain.labels[anchor] = (self.env.docname, anchor, said.name)
        domain.anonlabels[anchor] = (self.env.docname, anchor)
        link = element("a", text("#"), class_="headerlink", href=f"#{anchor}", aria_label=said.name)
        head = element("p", element("dfn", text(said.name)), link, class_="glossary-name")
        lines = said.text.splitlines()
        places = [(str(term.path), said.line + number) for number in range(len(lines))]
        content = StringList(lines, items=places)
        entry = element("div", head, *self.parsed(content), class_="glossary-entry", id=anchor)
        entry["entry"] = (term.key, said.name, term.match.get(self.config.language, ()))
        return entry


# ---------------------------------------------------------------- entries in the build


@dataclass(frozen=True)
class Entry:
    """An entry as other pages need it; ``html`` is its explanation without links."""

    key: str
    name: str
    forms: tuple[str, ...]
    html: str


def entries(env: BuildEnvironment) -> tuple[Entry, ...]:
    """Return the entries of the glossary page, as it was last read."""
    if PAGE not in env.all_docs:
        return ()
    found = []
    for node in env.get_doctree(PAGE).findall(tag):
        if "entry" in node:
            key, name, forms = node["entry"]
            html = "".join(
                f"<p>{_inline(part, env)}</p>"
                for part in node.findall(nodes.paragraph)
                if _says_something(part)
            )
            found.append(Entry(key, name, forms, html))
    return tuple(found)


def _says_something(paragraph: nodes.paragraph) -> bool:
    """Tell whether a paragraph is more than the links that follow an explanation."""
    own = (child for child in paragraph.children if "reftarget" not in _attributes(child))
    return any(
        re.search(r"\w", child.astext()) for child in own if not isinstance(child, nodes.reference)
    )


def _attributes(node: nodes.Node) -> dict[str, Any]:
    return node.attributes if isinstance(node, nodes.Element) else {}


def _inline(node: nodes.Node, env: BuildEnvironment) -> str:
    """Write a paragraph as HTML that needs no page around it: links are their text."""
    if isinstance(node, nodes.Text):
        return escape(node.astext())
    inside = "".join(_inline(child, env) for child in node.children)
    target = _attributes(node).get("reftarget")
    if not inside and target:
        domain: Any = env.get_domain("std")
        inside = escape(domain.labels.get(target, ("", "", ""))[2])
    for kind, name in ((nodes.literal, "code"), (nodes.strong, "b"), (nodes.emphasis, "em")):
        if isinstance(node, kind):
            attribute = ' class="literal"' if name == "code" else ""
            return f"<{name}{attribute}>{inside}</{name}>"
    return inside


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Read the glossary's page again if a term has come, gone or changed."""
    last = getattr(env, "companion_terms", "")
    return [PAGE] if last != _digest(Path(app.config.glossary_folder)) else []


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.md")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def refresh(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Collect the entries; if they are not those of the last build, write every page again."""
    env.companion_terms = _digest(Path(app.config.glossary_folder))  # type: ignore[attr-defined]
    found = entries(env)
    mark = hashlib.sha256(repr([astuple(entry) for entry in found]).encode()).hexdigest()
    changed = getattr(env, "companion_glossary", ((), ""))[1] != mark
    env.companion_glossary = (found, mark)  # type: ignore[attr-defined]
    return sorted(env.all_docs) if changed else []


# ---------------------------------------------------------------- marks

# What a Korean noun takes behind it: a particle or two, or the verb made of it.
BEHIND = (
    r"(?:들)?(?:"
    r"(?:에서|에게|으로|로|까지|부터|에|와|과|만|이나|나|이라도|라도|처럼|보다|마다)?"
    r"(?:은|는|이|가|을|를|의|도|만|부터|까지|로|으로|인|이며|며|이고|이나|나|뿐|라는|이라는|라고|이라고"
    r"|란|이란|입니다|이지만|지만|이므로|므로)?"
    r"|(?:하|합|할|한|했|해|되|된|됩|될|됐|돼)[가-힣]*)"
)


@cache
def pattern(forms: tuple[str, ...], language: str) -> re.Pattern[str]:
    """Return what finds the forms in running text, the longest first.

    >>> pattern(("queue", "message queue"), "en").findall("Message queue, queues; queue-like")
    ['Message queue']
    >>> pattern(("소켓",), "ko").findall("소켓은 소켓에서도 소켓이 소켓팅 웹소켓")
    ['소켓', '소켓', '소켓']
    """
    longest = sorted(forms, key=len, reverse=True)
    either = "|".join(_form(form) for form in longest)
    before = r"(?<![\w\-/])(?<![\w/]\.)"
    if language == "ko":
        return re.compile(rf"{before}(?:{either})(?={BEHIND}(?![\w\-/]))")
    return re.compile(rf"{before}(?:{either})(?![\w\-/]|\.\w)")


def _form(form: str) -> str:
    either_case = re.escape(form[1:]).replace(r"\ ", r"\s+")
    first = form[0]
    if first.lower() != first.upper():
        return f"[{first.upper()}{first.lower()}]{either_case}"
    return re.escape(first) + either_case


class Marked(nodes.Text):
    """A text in which terms are marked; ``marks`` are (start, end, key).

    It stays one text, so that what reads pages (the search index) sees whole words.
    """

    marks: tuple[tuple[int, int, str], ...] = ()
    page: str = ""


def visit_marked(self: Any, node: Marked) -> None:
    """Write the text with links to the glossary."""
    whole = node.astext()
    done = 0
    for start, end, key in node.marks:
        self.body.append(self.encode(whole[done:start]))
        self.body.append(
            f'<a class="term" href="{escape(node.page)}#term-{key}"'
            f' aria-describedby="hint-{key}">{self.encode(whole[start:end])}</a>'
        )
        done = end
    self.body.append(self.encode(whole[done:]))


def leave_marked(self: Any, node: Marked) -> None:
    """Nothing is open."""


# Nothing inside these is running text. Questions, folds and cards are all made of `tag`.
CLOSED = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.block_quote,
    nodes.raw,
    nodes.math,
    nodes.figure,
    nodes.caption,
    nodes.container,
    nodes.Invisible,
    tag,
)


def _running(node: nodes.Node) -> Iterator[nodes.Text]:
    """Return the texts of a page in which terms may be marked, in order."""
    for child in node.children:
        if isinstance(child, CLOSED):
            continue
        if isinstance(child, nodes.Text):
            if _in_paragraph(child):
                yield child
        else:
            yield from _running(child)


def _in_paragraph(node: nodes.Node) -> bool:
    parent: nodes.Node | None = node.parent
    while parent is not None and isinstance(parent, nodes.Inline):
        parent = parent.parent
    return isinstance(parent, nodes.paragraph)


def _part(node: nodes.Node) -> nodes.Node:
    """Return the section below the page's title in which a text stands, or the page."""
    inner = node
    while inner.parent is not None:
        title = isinstance(inner.parent, nodes.section) and inner.parent.parent
        if isinstance(inner, nodes.section) and isinstance(title, nodes.document):
            return inner
        inner = inner.parent
    return inner


def mark_terms(
    doctree: nodes.document, found: Iterable[Entry], language: str, page: str
) -> list[str]:
    """Mark in a page the first place of each term; return the keys of those marked, in order.

    A term that the page explains itself (it stands there alone in bold, or before a bracket) is
    marked from the next part of the page on: the page's own words should come first.
    """
    keys = {form: entry.key for entry in found for form in entry.forms}
    if not keys:
        return []
    finds = pattern(tuple(sorted(keys)), language)
    folded = {_folded(form): key for form, key in keys.items()}
    own: dict[str, nodes.Node] = {}
    running = list(_running(doctree))
    for strong in doctree.findall(nodes.strong):
        key = folded.get(_folded(strong.astext()))
        if key is not None:
            own.setdefault(key, _part(strong))
    for node in running:
        for match in finds.finditer(node.astext()):
            key = folded.get(_folded(match[0]))
            if key is not None and _explained(node.astext()[match.end() :], language):
                own.setdefault(key, _part(node))
    waiting = dict(own)  # explained further down, or in this part
    done: list[str] = []
    last: nodes.Node | None = None
    for node in running:
        part = _part(node)
        if part is not last:
            waiting = {key: at for key, at in waiting.items() if at is not last}
            last = part
        marks = []
        for match in finds.finditer(node.astext()):
            key = folded.get(_folded(match[0]))
            if key is None or key in done or key in waiting:
                continue
            done.append(key)
            marks.append((*match.span(), key))
        if marks:
            marked = Marked(node.astext())
            marked.marks = tuple(marks)
            marked.page = page
            node.parent.replace(node, marked)
    return done


def _explained(after: str, language: str) -> bool:
    """Tell whether a bracket that explains follows; Korean ones may only name the English."""
    bracket = re.match(r"\s?\(([^()]*)\)", after)
    return bracket is not None and (
        language != "ko" or re.search("[가-힣]", bracket[1]) is not None
    )


def _folded(form: str) -> str:
    """Return a form as it is compared: only its first letter may differ in case."""
    plain = " ".join(form.split())
    return plain[:1].lower() + plain[1:]


def mark(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark the terms of a page for the site; other builders have their own ways."""
    if app.builder.name not in ("html", "dirhtml") or docname == PAGE:
        return
    found, _ = getattr(app.env, "companion_glossary", ((), ""))
    if found:
        page = app.builder.get_relative_uri(docname, PAGE)
        mark_terms(doctree, found, app.config.language, page)


def add_hints(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put behind a page's text what its marked terms mean, each once."""
    marked = [] if doctree is None else list(doctree.findall(Marked))
    if not marked:
        return
    used = [key for node in marked for _, _, key in node.marks]
    by_key = {entry.key: entry for entry in app.env.companion_glossary[0]}  # type: ignore[attr-defined]
    onwards = escape(WORDS[app.config.language]["glossary"])
    hints = "".join(
        f'<div class="term-hint" popover="manual" data-term="{key}">'
        f'<p class="term-name">{escape(by_key[key].name)}</p>'
        f'<div id="hint-{key}">{by_key[key].html}</div>'
        f'<p class="term-onwards"><a href="{escape(marked[0].page)}#term-{key}">{onwards}</a></p>'
        "</div>"
        for key in used
    )
    context["body"] += f'<div class="term-hints" hidden>{hints}</div>\n'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and mark pages as the last thing done to them."""
    app.add_node(Marked, html=(visit_marked, leave_marked))  # type: ignore[arg-type]
    app.add_config_value("glossary_folder", str(GLOSSARY), "env", str)
    app.add_directive("glossary-terms", GlossaryTerms)
    app.connect("env-get-outdated", outdated)
    app.connect("env-updated", refresh)
    app.connect("doctree-resolved", mark, priority=900)
    app.connect("html-page-context", add_hints)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
