"""The curriculum: every part and lesson, also those still to come, in both languages.

Each lesson is known by its folder (`web.lessons.folders`): its number is that of the folder, and
its front matter says its part, engine and title, one title in each language while it is to come.
A lesson that is there is shown by its own page's title, question and minutes. What the parts are
called stands here. Numbers are parts of addresses and stay.

Also names each question of a lesson by its content, for a reader's progress (static/progress.js).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polib

from web.lessons.folders import FIRST, folders, front, pages, to_come
from web.lessons.front import ENGINES, Fault, LessonError
from web.lessons.source import CHOICES, choice, read
from web.paths import ROOT
from web.words import LANGUAGES, WORDS

ROMAN = ("", "I", "II", "III", "IV", "V", "VI")
PARTS = {
    1: {"en": "First steps", "ko": "첫걸음"},
    2: {"en": "Sockets", "ko": "소켓"},
    3: {"en": "Routing", "ko": "라우팅"},
    4: {"en": "Inside", "ko": "내부 구조"},
    5: {"en": "Reliability", "ko": "신뢰성"},
    6: {"en": "Whitepapers", "ko": "백서"},
}
"""The parts' titles, by number and language."""


@dataclass(frozen=True)
class Row:
    """A lesson of the curriculum; ``titles`` by language, empty for one that is there."""

    number: str
    part: int
    titles: dict[str, str]
    engine: str
    folder: Path


def rows(root: Path | None = None) -> list[Row]:
    """Return all lessons, in order."""
    return [_row(folder) for folder in folders(root)]


def _row(folder: Path) -> Row:
    said = front(folder / FIRST)
    titles = said.get("title")
    return Row(
        number=folder.name[:2],
        part=said.get("part", 0),
        titles=titles if isinstance(titles, dict) else {},
        engine=said.get("engine", ""),
        folder=folder,
    )


def faults(root: Path | None = None) -> list[Fault]:
    """Return what is wrong in the front matter of lessons to come, and in the folders' numbers."""
    found: list[Fault] = []
    seen: dict[str, Path] = {}
    for row in rows(root):
        path = row.folder / FIRST
        other = seen.setdefault(row.number, row.folder)
        if other != row.folder:
            what = f"lesson {row.number} is {other.name} already"
            found.append(Fault(path, 1, what, "give it another number"))
        if not to_come(row.folder):
            continue
        if row.part not in PARTS:
            found.append(Fault(path, 1, f"lesson.part is {row.part!r}", "write 1 to 6"))
        if row.engine not in ENGINES:
            mend = "write one of " + ", ".join(ENGINES)
            found.append(Fault(path, 1, f"lesson.engine is {row.engine!r}", mend))
        for language in LANGUAGES:
            if not str(row.titles.get(language) or "").strip():
                mend = "write title: {en: ..., ko: ...}"
                found.append(Fault(path, 1, f"lesson.title.{language} is missing", mend))
    return found


def lessons(part: int) -> list[Row]:
    """Return a part's lessons, also those to come, in order."""
    return [row for row in rows() if row.part == part]


def part_name(number: int, language: str) -> str:
    """Name a part by its number alone.

    >>> part_name(4, "en"), part_name(4, "ko")
    ('Part IV', '4부')
    """
    return WORDS[language]["part"].format(number if language == "ko" else ROMAN[number])


def part_title(number: int, language: str) -> str:
    """Name a part by number and title.

    >>> part_title(1, "en"), part_title(1, "ko")
    ('Part I: First steps', '1부: 첫걸음')
    """
    return f"{part_name(number, language)}: {PARTS[number][language]}"


def lesson_paths(root: Path | None = None) -> dict[str, Path]:
    """Return the first page of each lesson that is there, by number and in that order."""
    return {path.parent.name[:2]: path for path in pages(root) if path.name == FIRST}


def question_key(content: str, answer: str) -> str:
    """Name a question by what is asked and which answers there are, in order.

    So a reader's answer is kept when questions are added, taken away or moved, and forgotten when
    its own question has changed. Reasons may change freely. The key is made of the English
    source: both languages have the same.

    Parameters
    ----------
    content
        What a ``{predict}`` or ``{quiz}`` holds.
    answer
        Its option ``answer``: which one is right, from 1.

    Returns
    -------
    str
        Six hexadecimal digits.
    """
    parts = choice(content)
    asked = [parts.question, *(text for text, _ in parts.answers), answer]
    words = "\n".join(" ".join(text.split()) for text in asked)
    return hashlib.sha256(words.encode()).hexdigest()[:6]


def question_keys(path: Path) -> list[str]:
    """Return the keys of a lesson's questions, in the order of its text."""
    return [
        question_key(item.content, item.options.get("answer", ""))
        for _, item in read(path).directives()
        if item.name in CHOICES
    ]


def lessons_hash(language: str, root: Path | None = None, locale: Path = ROOT / "locale") -> str:
    """Return a hash over what pages show of lessons that are not their own.

    Names, titles, questions and minutes stand in the sidebar, on the home page and in the
    outline; a change of one must reach all pages.
    """
    digest = hashlib.sha256()
    for row in rows(root):
        if to_come(row.folder):
            digest.update(f"{row.folder.name} {row.part} {row.titles}".encode())
    for path in pages(root):
        try:
            lesson = read(path)
        except LessonError:
            continue  # the build tells it before it starts
        texts = [lesson.title, lesson.head.question]
        checks = [check.source for one in lesson.exercises() for check in one.checks]
        said = [lesson.name, *texts, *question_keys(path), *checks, str(lesson.head)]
        po = locale / language / "LC_MESSAGES" / "lessons" / f"{lesson.name}.po"
        if po.is_file():
            said += [entry.msgstr for entry in polib.pofile(str(po)) if entry.msgid in texts]
        digest.update("\n".join(said).encode())
    return digest.hexdigest()[:16]
