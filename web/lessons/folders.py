"""Where the lessons are: one folder ``notebooks/NN-topic`` each, whose name stays for good.

A folder holds ``lesson.md`` and, in a long lesson, further pages ``lesson-b.md``, ``lesson-c.md``.
A page's name is that of its ``.po``, of its notebook and of its address: ``01-first-message`` for
the first, ``30b-NAME`` for a further one, NAME being what its front matter says as ``page``. A
lesson to come is a folder too, with front matter only; what must stay true: no such lesson is ever
run, translated or published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from web import paths

FOLDER = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")
FIRST = "lesson.md"
FURTHER = re.compile(r"lesson-([b-z])\.md")
TO_COME = "to come"


def folders(root: Path | None = None) -> list[Path]:
    """Return the folders of all lessons, also of those to come, in order."""
    found = (root or paths.LESSONS).glob("[0-9][0-9]-*")
    return sorted(path for path in found if (path / FIRST).is_file())


def pages(root: Path | None = None) -> list[Path]:
    """Return the source of every page of every lesson that is there, in order."""
    return [page for folder in folders(root) if not to_come(folder) for page in _pages(folder)]


def _pages(folder: Path) -> list[Path]:
    further = sorted(path for path in folder.glob("lesson-*.md") if FURTHER.fullmatch(path.name))
    return [folder / FIRST, *further]


def to_come(folder: Path) -> bool:
    """Tell whether a lesson's folder holds a plan and no lesson yet."""
    return front(folder / FIRST).get("status") == TO_COME


def page_name(path: Path) -> str:
    """Return the name under which a page is published: ``01-first-message``, ``30b-measured``."""
    further = FURTHER.fullmatch(path.name)
    if further is None:
        return path.parent.name
    return f"{path.parent.name[:2]}{further[1]}-{front(path).get('page', 'more')}"


def page_path(name: str, root: Path | None = None) -> Path | None:
    """Return the source of the page of this name; None if there is none."""
    return next((path for path in pages(root) if page_name(path) == name), None)


def split_front(text: str) -> tuple[str, int]:
    """Return the YAML of a source's front matter, and how many lines the front matter takes."""
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != "---":
        return "", 0
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), number + 1
    return "", 0


def front(path: Path) -> Mapping[str, Any]:
    """Return what a source's front matter says under ``lesson``; nothing if it can't be read."""
    try:
        return _said(split_front(path.read_text(encoding="utf-8"))[0])
    except (OSError, ValueError, yaml.YAMLError):
        return {}


@cache
def _said(yaml_text: str) -> Mapping[str, Any]:
    said = yaml.safe_load(yaml_text)
    given = said.get("lesson") if isinstance(said, dict) else None
    return given if isinstance(given, dict) else {}
