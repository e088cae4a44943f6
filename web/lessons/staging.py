"""The staging of sources under the addresses that readers see.

Both languages are built from folders of the same shape, so that pages, ``.po`` files and
addresses agree: ``build/src/LANGUAGE/index.md`` and ``guide/`` are links, and so is ``lessons/``,
to ``build/src/lessons``, where each lesson stands as `web.lessons.source.staged` gives it.
"""

from __future__ import annotations

import os
from pathlib import Path

from web import paths
from web.lessons.folders import page_name, pages
from web.lessons.source import staged
from web.words import LANGUAGES


def write_if_changed(path: Path, text: str) -> None:
    """Write a text file, but leave it alone (and its time) if it holds the same already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def stage() -> None:
    """Lay ``build/src`` anew.

    Raises
    ------
    LessonError
        If a lesson's front matter is missing or wrong.
    """
    lessons = paths.BUILD / "src" / "lessons"
    lessons.mkdir(parents=True, exist_ok=True)
    found = {f"{page_name(path)}.md": path for path in pages()}
    for name, path in found.items():
        write_if_changed(lessons / name, staged(path))
    for path in lessons.glob("*.md"):
        if path.name not in found:
            path.unlink()
    for language in LANGUAGES:
        folder = paths.BUILD / "src" / language
        folder.mkdir(parents=True, exist_ok=True)
        guide = paths.GUIDES[language]
        _link(folder / "guide", guide)
        _link(folder / "lessons", lessons)
        _link(folder / "index.md", guide / "index.md")


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.resolve() == target.resolve():
        return
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(target, link.parent), target_is_directory=target.is_dir())
