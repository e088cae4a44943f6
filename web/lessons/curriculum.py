"""The curriculum: every part and lesson, also those still to come, in both languages.

``curriculum.csv`` is the one source for what parts are called (sidebar, home page, a lesson's head,
the outline) and for what the outline calls a lesson that is not written yet. Its rows without a
number are parts. A lesson that exists is found by its number and speaks for itself: its own title,
question and minutes are shown. Numbers are parts of addresses and stay.

Also names each question of a lesson by its content, for a reader's progress (static/progress.js).
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib

from web.lessons.source import CHOICES, LessonError, choice, read
from web.paths import LESSONS, ROOT
from web.words import LANGUAGES, WORDS

ROMAN = ("", "I", "II", "III", "IV", "V", "VI")


@dataclass(frozen=True)
class Row:
    """A part (then ``number`` is empty) or a lesson as planned, with its titles by language.

    ``engine`` is that of the lesson's front matter, once it has one.
    """

    number: str
    part: int
    titles: dict[str, str]
    engine: str


@cache
def rows() -> tuple[Row, ...]:
    """Return the curriculum, each part before its lessons."""
    with (Path(__file__).parent / "curriculum.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Row(
                row["number"],
                int(row["part"]),
                dict(zip(LANGUAGES, (row["english"], row["korean"]), strict=True)),
                row["engine"],
            )
            for row in csv.DictReader(file)
        )


def parts() -> list[Row]:
    """Return the parts, in order."""
    return [row for row in rows() if not row.number]


def lessons(part: int) -> list[Row]:
    """Return a part's lessons as planned, in order."""
    return [row for row in rows() if row.number and row.part == part]


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
    title = next(row.titles[language] for row in parts() if row.part == number)
    return f"{part_name(number, language)}: {title}"


def lesson_paths(folder: Path = LESSONS) -> dict[str, Path]:
    """Return the lessons that exist, by number and in that order."""
    return {path.name[:2]: path for path in sorted(folder.glob("[0-9][0-9]-*.md"))}


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


def lessons_hash(language: str, folder: Path = LESSONS, locale: Path = ROOT / "locale") -> str:
    """Return a hash over what pages show of lessons that are not their own.

    Names, titles, questions and minutes stand in the sidebar, on the home page and in the
    outline; a change of one must reach all pages.
    """
    digest = hashlib.sha256()
    for path in lesson_paths(folder).values():
        try:
            lesson = read(path)
        except LessonError:
            continue  # the build tells it before it starts
        texts = [lesson.title, lesson.head.question]
        said = [path.stem, *texts, *question_keys(path), str(lesson.head)]
        po = locale / language / "LC_MESSAGES" / "lessons" / f"{path.stem}.po"
        if po.is_file():
            said += [entry.msgstr for entry in polib.pofile(str(po)) if entry.msgid in texts]
        digest.update("\n".join(said).encode())
    return digest.hexdigest()[:16]
