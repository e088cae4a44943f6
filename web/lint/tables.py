"""Rules for what is data: the terms in ``glossary/``, and the Korean words that programs hold."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from web.lessons.curriculum import rows
from web.lessons.folders import FIRST
from web.lessons.front import Fault
from web.lessons.source import all_directives
from web.lessons.terms import KEY, Term, read_terms, slug
from web.lint.english import english
from web.lint.korean import korean
from web.lint.prose import HANGUL, Block, blocks
from web.lint.registry import Rules, declare, faults, stamped
from web.words import LANGUAGES

UNREADABLE = declare("T01", "a term's file can be read: front matter, then both languages or none")

SPEAKING = (
    "web/words.py",
    "web/lessons/curriculum.py",
    "web/site/core.py",
    "web/site/states.py",
    "web/site/differences.py",
    "web/site/socket_rules.py",
    "web/site/sockets.py",
    "web/site/options.py",
    "web/site/chapters.py",
)
"""Modules with Korean words, as far as they are there; those of ``zmqlab`` are found."""


@dataclass(frozen=True)
class Glossary:
    """All terms that can be read, and the pages that show them, by language."""

    terms: tuple[Term, ...]
    pages: dict[str, Path]


TERMS = Rules[Glossary, Fault]()


def glossary_of(root: Path) -> tuple[Glossary, list[Fault]]:
    """Return a project's glossary, and what can't be read of it."""
    found, unreadable = read_terms(root / "glossary")
    pages = {language: root / f"guide_{language}" / "glossary.md" for language in LANGUAGES}
    return Glossary(found, pages), list(stamped(UNREADABLE, unreadable))


def lint_terms(glossary: Glossary) -> Iterator[Fault]:
    """Check the terms, and their prose in both languages."""
    yield from faults(TERMS, glossary)
    for term in glossary.terms:
        said = term.entries
        if said:
            yield from english(term.path, said["en"].text, said["en"].line)
            yield from korean(term.path, list(blocks(said["ko"].text, said["ko"].line)))


@TERMS.rule("T02", "a term is there once: its file is named by its English word")
def once(glossary: Glossary) -> Iterator[Fault]:
    """Find files of another name, which might hold a term that is there already."""
    for term in glossary.terms:
        right = slug(term.english)
        if term.key != right or not KEY.fullmatch(term.key):
            what = f"the file of {term.english!r} is named {term.path.name}"
            yield Fault(term.path, 1, what, f"name it {right}.md; if that is there, join them")


@TERMS.rule("T03", "a word or form belongs to one term alone")
def one_owner(glossary: Glossary) -> Iterator[Fault]:
    """Find forms that two terms have, and terms that another one refuses or calls misspelt."""
    for language in LANGUAGES:
        owners: dict[str, str] = {}
        for term in glossary.terms:
            for form in term.match.get(language, ()):
                other = owners.setdefault(form.lower(), term.key)
                if other != term.key:
                    what = f"form {form!r} is one of {other!r} too"
                    yield Fault(term.path, 1, what, "leave it with one")
    write = {term.korean: term.key for term in glossary.terms}
    for term in glossary.terms:
        for word in (*term.refused, *term.misspelt):
            if word in write:
                what = f"{word!r} is refused here, and is the term of {write[word]!r}"
                yield Fault(term.path, 1, what, "decide")


@TERMS.rule("T04", "both languages explain a term, in their own letters")
def both_languages(glossary: Glossary) -> Iterator[Fault]:
    """Find entries that say nothing in a language."""
    for term in glossary.terms:
        for language, entry in term.entries.items():
            if not entry.name or not entry.text:
                what = f"term {term.key!r} says nothing in {language}"
                yield Fault(term.path, entry.line, what, "name it and explain it in two sentences")
            elif language == "ko" and not HANGUL.search(entry.text):
                yield Fault(term.path, entry.line, f"term {term.key!r}: not Korean", "write it")
            elif language == "en" and HANGUL.search(entry.text):
                yield Fault(term.path, entry.line, f"term {term.key!r}: not English", "write it")


@TERMS.rule("T05", "an entry is called by its term: the English word, the Korean or a known one")
def named(glossary: Glossary) -> Iterator[Fault]:
    """Find entries under another name."""
    for term in glossary.terms:
        known = [name for name in term.known if name not in term.refused]
        fitting = {"en": [term.english], "ko": [term.korean, *known]}
        for language, entry in term.entries.items():
            words = [re.sub(r" \(.*\)", "", word).lower() for word in fitting[language]]
            if entry.name and not any(word in entry.name.lower() for word in words):
                what = f"term {term.key!r} is called {entry.name!r}"
                mend = "the term is " + " or ".join(fitting[language])
                yield Fault(term.path, entry.line, what, mend)


@TERMS.rule("T06", "a term with an entry has a section, and both glossary pages show that section")
def shown(glossary: Glossary) -> Iterator[Fault]:
    """Find entries that no page shows, and sections without an entry."""
    sections = {term.section for term in glossary.terms if term.entries}
    for term in glossary.terms:
        if bool(term.section) != bool(term.entries):
            what = f"term {term.key!r} has " + ("a section" if term.section else "an entry")
            what += " and no " + ("entry" if term.section else "section")
            yield Fault(term.path, 1, what, "give it both or neither")
    for path in glossary.pages.values():
        if not path.is_file():
            continue  # the guides' own rules tell it
        places = {
            item.argument.strip(): item.line
            for item in all_directives(path.read_text(encoding="utf-8"))
            if item.name == "glossary-terms"
        }
        for term in glossary.terms:
            if term.section and term.section not in places:
                what = f"section {term.section!r} is not on {path.parent.name}/{path.name}"
                yield Fault(term.path, 1, what, "add it there, or name another")
        for section, line in places.items():
            if section not in sections:
                mend = "remove it, or write a term for it"
                yield Fault(path, line, f"no term has section {section!r}", mend)


def lint_options(root: Path) -> Iterator[Fault]:
    """Check what the tables of options say, one text a line, in both languages."""
    for path in sorted((root / "web" / "site" / "options").glob("*.toml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            language = line.partition(" = ")[0]
            if language == "en":
                yield from english(path, tomllib.loads(line)["en"], number)
            elif language == "ko":
                said = Block(number, tomllib.loads(line)["ko"], False)
                yield from korean(path, [said], lines=False)


def lint_words(root: Path) -> Iterator[Fault]:
    """Check the Korean that programs hold: words and tables of the site, what instruments print."""
    yield from lint_options(root)
    paths = [root / name for name in SPEAKING]
    paths += sorted((root / "zmqlab").rglob("*.py"))
    for path in filter(Path.is_file, paths):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if id(node) in docstrings:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = [Block(node.lineno, node.value, False)]
                yield from korean(path, found, lines=False, markdown=False)
    for row in rows(root / "notebooks"):
        if row.titles.get("ko"):
            found = [Block(1, row.titles["ko"], False)]
            yield from korean(row.folder / FIRST, found, markdown=False)
