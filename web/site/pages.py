"""What each page of the site needs beyond its own text: titles on cards, the other language.

Also names the pages' addresses in both languages, for the switcher and for search engines.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx

from web.lessons.curriculum import question_keys
from web.lessons.folders import page_path
from web.lessons.source import read
from web.paths import GUIDES, ROOT, site_address, source_address
from web.site.cards import address_of
from web.site.directives import tag, text
from web.site.runnable import checked_here
from web.words import LANGUAGES, WORDS
from zmqlab.draw.colours import COLOURS

CURRICULUM = "guide/curriculum"
DESCRIPTION_LENGTH = 160
LESSON_LINK = re.compile(r'(<a [^>]*href="(?:[^"]*/)?(\d\d[a-z]?-[^"/]*)\.html">)(.*?)</a>')
OWN_LINK = re.compile(r'<a class="current reference internal" href="#">(.*?)</a>')


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Fill in what is known only when all pages were read and translated."""
    if app.builder.format != "html":
        return
    for node in list(doctree.findall(tag)):
        css = node["attributes"].get("class", "")
        if css in ("lesson-card", "lesson-row", "outline-lesson"):
            _fill_lesson(node, app, docname)
        elif css == "lesson-begin":
            _lead_to_question(node, doctree)
        elif "zq" in css.split():
            _unwrap_answers(node)


def _fill_lesson(node: tag, app: Sphinx, docname: str) -> None:
    """Link a listed lesson by its title, and give its question where there is a place for it."""
    link = node.next_node(nodes.reference)
    if link is None:  # it is to come
        return
    target = link["refdoc"]
    link["refuri"] = app.builder.get_relative_uri(docname, target)
    link += text(app.env.titles[target].astext())
    for place in node.findall(tag):
        if place["attributes"].get("class") in ("outline-question", "lesson-card-question"):
            # Its own page's, where the Korean build has translated it.
            place += text(_by_class(app.env.get_doctree(target), "lesson-question").astext())


def _by_class(doctree: nodes.document, css: str) -> tag:
    return next(node for node in doctree.findall(tag) if node["attributes"].get("class") == css)


def _lead_to_question(node: tag, doctree: nodes.document) -> None:
    """Link the lesson's first question, or leave the link out where there is none."""
    forms = (form for form in doctree.findall(tag) if form["name"] == "form")
    first = next(forms, None)
    if first is None:
        node.parent.remove(node)
    else:
        node["attributes"]["href"] = f"#{first['attributes']['id']}"


def _unwrap_answers(node: tag) -> None:
    """Take the answer's text out of its paragraph: a label may hold no block."""
    for label in node.findall(tag):
        if label["attributes"].get("class") == "zq-text":
            label.children = [
                child
                for part in label.children
                for child in (part.children if isinstance(part, nodes.paragraph) else [part])
            ]


def add_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the templates the words of the page's language and the address in the other."""
    language = app.config.language
    other = next(code for code in LANGUAGES if code != language)
    to_root = context["pathto"]("", 1)
    page = f"{pagename}.html"
    context["words"] = WORDS[language]
    context["other_language"] = other
    context["other_url"] = f"{to_root}../{other}/{page}" if to_root else f"../{other}/{page}"
    context["alternates"] = [(code, f"{site_address()}/{code}/{page}") for code in LANGUAGES]
    context["chooser_url"] = f"{site_address()}/"
    context["navigation"] = _navigation(context, pagename)
    _lead_on(app, pagename, context)
    context["description"] = _description(doctree) or WORDS[language]["pitch"]
    context["progress_words"] = json.dumps(_progress_words(language), ensure_ascii=False)
    context["address"] = f"{site_address()}/{language}/{page}"
    context["card"] = address_of(pagename, language)
    context["source"] = _source(pagename, language)
    context["theme_colours"] = COLOURS["page"]


def _source(pagename: str, language: str) -> dict[str, str] | None:
    """Say where a page's source can be edited and a mistake be reported, if that is known."""
    address = source_address()
    name = pagename.rpartition("/")[2]
    file = page_path(name) if pagename.startswith("lessons/") else GUIDES[language] / f"{name}.md"
    if not address or file is None or not file.is_file():
        return None
    title = quote(f"{language}/{pagename}")
    return {
        "edit": f"{address}/edit/main/{file.relative_to(ROOT)}",
        "report": f"{address}/issues/new?title={title}",
    }


def _lead_on(app: Sphinx, pagename: str, context: dict[str, Any]) -> None:
    """Let the curriculum follow the last lesson, not the page that the sidebar lists behind it."""
    if not context.get("next") or not pagename.startswith("lessons/"):
        return
    behind = app.builder.relations[pagename][2]  # type: ignore[attr-defined]
    if not behind.startswith("lessons/") and CURRICULUM in app.env.titles:
        link = app.builder.get_relative_uri(pagename, CURRICULUM)
        context["next"] = {"link": link, "title": escape(app.env.titles[CURRICULUM].astext())}


def _navigation(context: dict[str, Any], pagename: str) -> str:
    """List the pages, the lessons with their numbers, and mark the page that is open.

    Pages below another one, such as those of the socket types, are listed when one of them is open.
    """
    if "toctree" not in context:
        return ""
    pages = str(context["toctree"](collapse=True, titles_only=True, includehidden=True) or "")
    pages = pages.replace(' role="heading"', "")  # Sphinx's captions are headings without a level
    pages = LESSON_LINK.sub(lambda link: link[1] + _lesson_entry(link[2], link[3]) + "</a>", pages)
    own = re.fullmatch(r"lessons/(\d\d[a-z]?-.*)", pagename)
    return OWN_LINK.sub(
        lambda link: (
            '<a class="current reference internal" href="#" aria-current="page">'
            f"{_lesson_entry(own[1], link[1]) if own else link[1]}</a>"
        ),
        pages,
    )


def _lesson_entry(name: str, title: str) -> str:
    """Give a lesson's entry its number, and a place for the mark of a reader's progress in it."""
    number = name.partition("-")[0]
    if len(number) > 2:  # a further page: the lesson is marked, and counted, at its first
        return f'<span class="nav-number">{number}</span> <span class="nav-title">{title}</span>'
    mark = f'<span class="lesson-mark" data-lesson="{name}" data-questions="{_questions(name)}"'
    mark += f' data-exercises="{escape(exercise)}">' if (exercise := _exercise(name)) else ">"
    return (
        f'<span class="nav-number">{number}</span> '
        f'<span class="nav-title">{title}</span> {mark}</span>'
    )


@cache
def _questions(name: str) -> str:
    path = page_path(name)  # none for a page that only a test has
    return " ".join(question_keys(path)) if path else ""


@cache
def _exercise(name: str) -> str:
    """Return the exercise that counts for a lesson: its last, where the page can check it."""
    path = page_path(name)
    return next(reversed(checked_here(read(path))), "") if path else ""


def _progress_words(language: str) -> dict[str, str]:
    """Return the words with which progress.js speaks."""
    return {
        key.removeprefix("progress_"): said
        for key, said in WORDS[language].items()
        if key.startswith("progress_")
    }


def _description(doctree: nodes.document | None) -> str:
    """Take a page's first paragraph (a lesson's question), cut to what search engines show."""
    first = doctree.next_node(nodes.paragraph) if doctree is not None else None
    words = first.astext().split() if first is not None else []
    while words and len(" ".join(words)) > DESCRIPTION_LENGTH:
        words.pop()
    return " ".join(words)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect, and have a change of the site's own code or of lessons' heads reach every page."""
    app.add_config_value("companion_sources", "", "env", [str])
    app.add_config_value("companion_lessons", "", "html", [str])
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", add_context)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
