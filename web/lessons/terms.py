"""The terms: one file ``glossary/KEY.md`` each, from which tables, pages and hints are built.

A file's front matter holds what programs need: ``english`` and ``korean``, the words to write;
``known``, other names that readers know; ``refused``, those of them that our Korean does not use
outside brackets; ``misspelt``, what is wrong anywhere. A term that the glossary page explains has
also the ``section`` in which it stands there, and ``match``, the forms that other pages mark. Then
follow two headings, the name as the English page shows it and as the Korean one does, each with
its explanation. The key is made of the English word and is part of the anchor ``term-KEY``.

What must stay true: nothing else says any of this, so two terms written at the same time touch no
common line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from web.lessons.folders import split_front
from web.lessons.front import Fault
from web.paths import ROOT
from web.words import LANGUAGES

GLOSSARY = ROOT / "glossary"
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LISTS = ("known", "refused", "misspelt")
KNOWN_KEYS = {"english", "korean", *LISTS, "section", "match"}


@dataclass(frozen=True)
class Entry:
    """What a glossary page says of a term; ``line`` is that of its explanation in the file."""

    name: str
    text: str
    line: int


@dataclass(frozen=True)
class Term:
    """A term; ``section`` is empty and ``entries`` too where no glossary page explains it."""

    key: str
    english: str
    korean: str
    known: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    misspelt: tuple[str, ...] = ()
    section: str = ""
    match: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    path: Path = GLOSSARY


class TermError(ValueError):
    """Term files that can't be read; ``faults`` says why, one line each."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@cache
def terms(folder: Path = GLOSSARY) -> tuple[Term, ...]:
    """Return all terms in the order of their keys; read once in the life of a process.

    Raises
    ------
    TermError
        With all faults of all files.
    """
    found, faults = read_terms(folder)
    if faults:
        raise TermError(faults)
    return found


def read_terms(folder: Path) -> tuple[tuple[Term, ...], list[Fault]]:
    """Return the terms of a folder that can be read, and what is wrong with the others."""
    found: list[Term] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.md"), key=lambda path: path.stem):
        try:
            found.append(read_term(path))
        except TermError as error:
            faults += error.faults
    return tuple(found), faults


def read_term(path: Path) -> Term:
    """Read a term's file.

    Raises
    ------
    TermError
        With a line for every fault.
    """
    faults: list[Fault] = []

    def wrong(what: str, mend: str, line: int = 1) -> None:
        faults.append(Fault(path, line, what, mend))

    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise TermError([Fault(path, 1, "not UTF-8", "save it as UTF-8")]) from None
    front, body = split_front(text)
    try:
        said: Any = yaml.safe_load(front)
    except yaml.YAMLError as error:
        problem = str(error).replace("\n", " ")
        said = None
        wrong(f"front matter is not YAML: {problem}", "mend the YAML")
    if not isinstance(said, dict):
        wrong("no front matter", "begin with ---, english, korean, ---")
        raise TermError(faults[:1])
    for key in set(said) - KNOWN_KEYS:
        wrong(f"{key} is not known", "a term has " + ", ".join(sorted(KNOWN_KEYS)))
    words = {key: said.get(key, "") for key in ("english", "korean", "section")}
    for key, value in words.items():
        if not isinstance(value, str) or (not value.strip() and key != "section"):
            wrong(f"{key} is {value!r}", "give it a word, in quotation marks if YAML needs them")
    lists = {key: _strings(said.get(key, [])) for key in LISTS}
    match = said.get("match", {})
    matches = (
        {language: _strings(match.get(language, [])) for language in LANGUAGES}
        if isinstance(match, dict) and not set(match) - set(LANGUAGES)
        else {"match": None}
    )
    for key, strings in {**lists, **matches}.items():
        if strings is None:
            wrong(f"{key} is not a list of words", "write [one, two]; match has en and ko")
    entries = _entries(text.splitlines(), body)
    if len(entries) not in (0, len(LANGUAGES)):
        mend = "the English name and text, then the Korean ones"
        wrong(f"{len(entries)} headings", mend, body + 1)
    if faults:
        raise TermError(faults)
    return Term(
        key=path.stem,
        english=words["english"],
        korean=words["korean"],
        known=lists["known"] or (),
        refused=lists["refused"] or (),
        misspelt=lists["misspelt"] or (),
        section=words["section"],
        match={key: strings for key, strings in matches.items() if strings},
        entries=dict(zip(LANGUAGES, entries, strict=False)),
        path=path,
    )


def _strings(value: object) -> tuple[str, ...] | None:
    """Return a list's words, None where it is not a list of words."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        return None
    return tuple(value)


def _entries(lines: list[str], start: int) -> list[Entry]:
    """Cut what follows the front matter at its headings."""
    heads = [n for n, line in enumerate(lines) if n >= start and line.startswith("# ")]
    found = []
    for head, end in zip(heads, [*heads[1:], len(lines)], strict=False):
        name = lines[head].removeprefix("# ").strip()
        text = "\n".join(lines[head + 1 : end])
        empty = len(text) - len(text.lstrip("\n"))
        found.append(Entry(name, text.strip(), head + 2 + empty))
    return found


def slug(term: str) -> str:
    """Return the key that a term has.

    >>> slug("asynchronous I/O"), slug("identity (old)"), slug("high-water mark")
    ('asynchronous-io', 'identity', 'high-water-mark')
    """
    plain = re.sub(r"\(.*\)|/", "", term.lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
