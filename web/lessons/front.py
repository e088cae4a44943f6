"""The front matter of a lesson: a table of what it holds, and one clear line for each fault.

What must stay true: a fault names the line on which its key stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web.lessons.folders import FIRST, FOLDER
from web.words import LANGUAGES

LEVELS = ("beginner", "intermediate", "advanced")
ENGINES = ("both", "libzmq")
PAGE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a source, at a line counted from 1, and how to mend it.

    ``rule`` is the id of the lint's rule that found it.
    """

    path: Path
    line: int
    what: str
    mend: str = ""
    rule: str = ""

    def __str__(self) -> str:
        what = f"{self.rule} {self.what}" if self.rule else self.what
        return f"{self.path}:{self.line}: {what}" + (f"; {self.mend}" if self.mend else "")


class LessonError(ValueError):
    """A source that can't be read as a lesson; ``faults`` says why, one line each."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class Head:
    """What the front matter says under ``lesson``; ``read`` and ``exercises`` are minutes.

    ``page`` is the name of a further page, empty for a lesson's first. ``measures`` is the
    condition that a published run must meet, empty for a lesson that measures nothing. ``asks``
    are questions as people type them, by language.
    """

    title: str
    question: str
    part: int
    read: int
    exercises: int
    level: str
    needs: tuple[str, ...]
    engine: str
    engine_why: str
    measures: str
    guide: tuple[str, ...]
    api: tuple[str, ...]
    asks: dict[str, tuple[str, ...]]
    page: str = ""


Wrong = Iterator[tuple[str, str]]
"""What is wrong with a value, after its key's name, and how to mend it."""


def _fine(value: Any, given: dict[str, Any], path: Path) -> Wrong:
    yield from ()


def _filled(value: str, given: dict[str, Any], path: Path) -> Wrong:
    if not value.strip():
        yield " is empty", "give it a few words"


def _part(value: int, given: dict[str, Any], path: Path) -> Wrong:
    if not 1 <= value <= 6:
        yield f" is {value}", "give it the number of its part, 1 to 6"


def _minutes(value: dict[str, Any], given: dict[str, Any], path: Path) -> Wrong:
    for key in ("read", "exercises"):
        minutes = value.get(key)
        if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes < 0:
            yield f".{key} is {minutes!r}", "give whole minutes"
    for key in set(value) - {"read", "exercises"}:
        yield f".{key} is not known", "it has read and exercises"


def _level(value: str, given: dict[str, Any], path: Path) -> Wrong:
    if value not in LEVELS:
        yield f" is {value!r}", "write one of " + ", ".join(LEVELS)


def _needs(value: list[Any], given: dict[str, Any], path: Path) -> Wrong:
    for need in value:
        if not isinstance(need, str) or not (path.parent.parent / need / FIRST).is_file():
            yield f": no lesson {need!r}", "write names such as 01-topic"
        elif need >= path.parent.name:
            yield f": {need} is not an earlier one", "name earlier lessons"


def _engine(value: str, given: dict[str, Any], path: Path) -> Wrong:
    if value not in ENGINES:
        yield f" is {value!r}", "write one of " + ", ".join(ENGINES)
    elif value == "libzmq" and not str(given.get("engine_why") or "").strip():
        yield " is libzmq without a reason", "add engine_why: a sentence"


def _texts(value: list[Any], given: dict[str, Any], path: Path) -> Wrong:
    if not all(isinstance(item, str) for item in value):
        yield " holds something that is not text", "quote its entries"


def _asks(value: dict[str, Any], given: dict[str, Any], path: Path) -> Wrong:
    for language, questions in value.items():
        typed = isinstance(questions, list) and all(isinstance(one, str) for one in questions)
        if language not in LANGUAGES or not typed:
            yield f".{language} is not known", "write en: [...] and ko: [...]"


def _page(value: str, given: dict[str, Any], path: Path) -> Wrong:
    if (path.name == FIRST) != (not value):
        yield f" is {value!r}", "only a further page, lesson-b.md, has one"
    elif value and not PAGE.fullmatch(value):
        yield f" is {value!r}", "small letters, digits, -"


@dataclass(frozen=True)
class _Key:
    """A key: the type of its value, what fits, what stands for it if it is absent, its check."""

    kind: type
    fits: str
    check: Callable[[Any, dict[str, Any], Path], Wrong] = _fine
    default: Any = None


KEYS = {
    "title": _Key(str, "a few words", _filled),
    "question": _Key(str, "one sentence", _filled),
    "part": _Key(int, "the number of its part, 1 to 6", _part),
    "minutes": _Key(dict, "{read: MINUTES, exercises: MINUTES}", _minutes),
    "level": _Key(str, "one of " + ", ".join(LEVELS), _level),
    "needs": _Key(list, "a list of earlier lessons, [] for none", _needs),
    "engine": _Key(str, "one of " + ", ".join(ENGINES), _engine),
    "engine_why": _Key(str, "a sentence", default=""),
    "measures": _Key(str, "the condition that its run must meet, or leave it out", default=""),
    "guide": _Key(list, "a list of the Guide's sections and programs", _texts),
    "api": _Key(list, "a list of man pages", _texts),
    "asks": _Key(dict, "{en: [...], ko: [...]}: how people type the question", _asks, {}),
    "page": _Key(str, "a name for its address, small letters, digits, -", _page, ""),
}
"""What a lesson says of itself."""
FORMAT = "write jupytext: {text_representation: {extension: .md, format_name: myst}}"
KERNEL = "write kernelspec: {display_name: Python 3, language: python, name: python3}"


def line_of(key: str, lines: list[str]) -> int:
    """Return the line, from 1, on which a key of the front matter stands; 1 if it is not there."""
    for number, line in enumerate(lines, 1):
        if re.match(rf"\s*{re.escape(key)}\s*:", line):
            return number
    return 1


def _frame(front: dict[str, Any], path: Path) -> Iterator[tuple[str, str, str]]:
    """Check all but the lesson's own words; return the key, what is wrong, how to mend it."""
    if not FOLDER.fullmatch(path.parent.name):
        mend = "name it NN-topic, small letters, digits, -"
        yield "lesson", f"folder name {path.parent.name!r}", mend
    if not front:
        yield "lesson", "no front matter", "begin with --- and jupytext, kernelspec, lesson"
        return
    form: object = front.get("jupytext")
    if isinstance(form, dict):
        form = form.get("text_representation")
    if not isinstance(form, dict) or form.get("format_name") != "myst":
        yield "jupytext", "jupytext does not say that this is a MyST notebook", FORMAT
    kernel = front.get("kernelspec")
    if not isinstance(kernel, dict) or {"name", "display_name", "language"} - set(kernel):
        yield "kernelspec", "kernelspec is missing or incomplete", KERNEL
    if not isinstance(front.get("lesson"), dict):
        yield "lesson", "front matter has no lesson: mapping", "add it (contribute page)"


def _values(given: dict[str, Any], path: Path) -> Iterator[tuple[str, str, str]]:
    """Check what a lesson says of itself; return the key, what is wrong, how to mend it."""
    for name, key in KEYS.items():
        value = given.get(name, key.default)
        # bool is an int for Python, but `part: true` is a mistake.
        if not isinstance(value, key.kind) or (key.kind is int and isinstance(value, bool)):
            known = "is missing" if name not in given else f"is {value!r}"
            yield name, f"lesson.{name} {known}", f"give it {key.fits}"
            continue
        for what, mend in key.check(value, given, path):
            yield name, f"lesson.{name}{what}", mend
    for name in sorted(set(map(str, given)) - set(KEYS)):
        yield name, f"lesson.{name} is not known", "remove it or mend its spelling"


def read_head(
    path: Path, front: dict[str, Any], lines: list[str], faults: list[Fault]
) -> Head | None:
    """Read what the front matter says of a lesson.

    Parameters
    ----------
    path : Path
        The source.
    front : dict
        Its front matter, loaded.
    lines : list of str
        The lines of the front matter, for the faults.
    faults : list of Fault
        Where faults are added.

    Returns
    -------
    Head or None
        None if there is a fault.
    """
    found = list(_frame(front, path))
    given = front.get("lesson")
    if isinstance(given, dict):
        found += _values(given, path)
    faults += [Fault(path, line_of(key, lines), what, mend) for key, what, mend in found]
    if found or not isinstance(given, dict):
        return None
    said = {name: given.get(name, key.default) for name, key in KEYS.items()}
    minutes = said.pop("minutes")
    for name in ("title", "question", "measures"):
        said[name] = " ".join(said[name].split())
    for name in ("needs", "guide", "api"):
        said[name] = tuple(said[name])
    asks = {language: tuple(questions) for language, questions in said.pop("asks").items()}
    return Head(read=minutes["read"], exercises=minutes["exercises"], asks=asks, **said)
