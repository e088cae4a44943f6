"""The glossary's entries as they are written: read from Markdown, and checked by the lint.

Apart from `web.site.glossary`, so that the lint need not load Sphinx.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from web.lessons.source import Fault, all_directives
from web.words import LANGUAGES

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Source:
    """An entry as it is written, without its markup being read; ``line`` is counted from 1."""

    key: str
    name: str
    forms: tuple[str, ...]
    content: str
    line: int


def split_forms(given: str) -> tuple[str, ...]:
    """Split what ``:match:`` gives.

    >>> split_forms("high-water mark, HWM,")
    ('high-water mark', 'HWM')
    """
    return tuple(filter(None, (" ".join(form.split()) for form in given.split(","))))


def sources(path: Path) -> list[Source]:
    """Read the entries of a glossary's Markdown file, in order."""
    return [
        Source(
            item.argument.strip(),
            item.options.get("name", "").strip(),
            split_forms(item.options.get("match", "")),
            item.content.strip(),
            item.line,
        )
        for item in all_directives(path.read_text(encoding="utf-8"))
        if item.name == "glossary-term"
    ]


def lint_glossaries(root: Path, terms: dict[str, tuple[str, ...]]) -> Iterator[Fault]:
    """Check both glossaries, each alone and one against the other.

    Parameters
    ----------
    root
        The project's folder.
    terms
        The terms of ``glossary.csv``: the English, and the Korean that may stand for it.
    """
    paths = {language: root / f"guide_{language}" / "glossary.md" for language in LANGUAGES}
    if not all(path.is_file() for path in paths.values()):
        return  # that one is missing, the guides' own check tells
    found = {language: sources(path) for language, path in paths.items()}
    for language, path in paths.items():
        for entry, what, mend in _faulty(found[language], language):
            yield Fault(path, entry.line, f"term {entry.key!r}: {what}", mend)
    english, korean = ([entry.key for entry in found[language]] for language in ("en", "ko"))
    if english != korean:
        place = next(
            (n for n, (a, b) in enumerate(zip(english, korean, strict=False)) if a != b),
            min(len(english), len(korean)),
        )
        one = english[place] if place < len(english) else "the end"
        other = korean[place] if place < len(korean) else "the end"
        line = found["ko"][place].line if place < len(korean) else 1
        yield Fault(
            paths["ko"],
            line,
            f"{other!r} stands where guide_en has {one!r}",
            "the same terms in the same order",
        )
    known = {slug(term): {"en": (term,), "ko": translated} for term, translated in terms.items()}
    for language, path in paths.items():
        for entry in found[language]:
            if entry.key not in known:
                continue
            fitting = known[entry.key][language]
            if not any(term.lower() in entry.name.lower() for term in fitting):
                yield Fault(
                    path,
                    entry.line,
                    f"term {entry.key!r} is called {entry.name!r}",
                    f"glossary.csv says {' or '.join(fitting)}",
                )


def _faulty(entries: list[Source], language: str) -> Iterator[tuple[Source, str, str]]:
    keys: set[str] = set()
    forms: dict[str, str] = {}
    for entry in entries:
        if not KEY.fullmatch(entry.key):
            yield entry, "not a key", "small English letters, digits and hyphens"
        if entry.key in keys:
            yield entry, "there twice", "join them"
        keys.add(entry.key)
        if not entry.name:
            yield entry, "without :name:", "write what the page shows"
        if not entry.content:
            yield entry, "says nothing", "explain it in two sentences"
        elif language == "ko" and not re.search("[가-힣]", entry.content):
            yield entry, "not Korean", "write it in Korean"
        for form in entry.forms:
            other = forms.setdefault(form.lower(), entry.key)
            if other != entry.key:
                yield entry, f"form {form!r} is one of {other!r} too", "leave it with one"


def slug(term: str) -> str:
    """Return the key that a term of ``glossary.csv`` has.

    >>> slug("asynchronous I/O"), slug("identity (old)")
    ('asynchronous-i-o', 'identity-old')
    """
    return re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")
