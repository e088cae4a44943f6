"""All rules over all sources of the project."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from web.lessons.curriculum import faults as curriculum_faults
from web.lessons.folders import page_name, pages
from web.lessons.front import Fault, LessonError
from web.lessons.source import read
from web.lint.cells import CELLS
from web.lint.english import english
from web.lint.form import LESSON, PAGE, TO_COME, UNREADABLE
from web.lint.guides import lint_guides
from web.lint.pages import Page, Pages
from web.lint.pending import PENDING
from web.lint.po import NO_LESSON, lint_po
from web.lint.registry import faults, stamped
from web.lint.tables import glossary_of, lint_terms, lint_words
from web.paths import ROOT


def lint(root: Path = ROOT, pending: Mapping[str, set[str]] = PENDING) -> list[Fault]:
    """Check every source of the project; return the findings by file and line.

    Parameters
    ----------
    root
        The project's folder.
    pending
        By page, the rules of lessons that it need not meet yet.
    """
    glossary, unreadable = glossary_of(root)
    if unreadable:
        return unreadable  # all else reads the terms
    found = [*lint_terms(glossary), *lint_lessons(root, pending)]
    found += [*lint_guides(root), *lint_words(root)]
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda fault: (str(fault.path), fault.line, fault.rule))


def lint_lessons(root: Path, pending: Mapping[str, set[str]]) -> list[Fault]:
    """Check the lessons with their Korean."""
    found = list(stamped(TO_COME, curriculum_faults(root / "notebooks")))
    readable: dict[str, Page | None] = {}
    for _, group in groupby(pages(root / "notebooks"), key=lambda path: path.parent):
        lesson = []
        for path in group:
            try:
                page = Page(read(path))
            except LessonError as error:
                readable[page_name(path)] = None
                found += stamped(UNREADABLE, error.faults)
            else:
                readable[page_name(path)] = page
                lesson.append(page)
        found += lint_lesson(Pages(tuple(lesson)), pending) if lesson else []
    folder = root / "locale" / "ko" / "LC_MESSAGES" / "lessons"
    for path in sorted(folder.glob("*.po")):
        if path.stem not in readable or readable[path.stem] is not None:
            faulty = lint_po(path, readable.get(path.stem))
            found += [fault for fault in faulty if not is_pending(fault, pending)]
    for name, known in readable.items():
        if known is not None and not (folder / f"{name}.po").is_file():
            mend = "run `make translate`, then translate"
            found.append(Fault(known.path, 1, "no Korean", mend, NO_LESSON))
    return found


def lint_lesson(lesson: Pages, pending: Mapping[str, set[str]] | None = None) -> list[Fault]:
    """Check one lesson's form, cells and prose."""
    found = list(faults(LESSON, lesson))
    for page in lesson.pages:
        found += [*faults(PAGE, page), *faults(CELLS, page)]
        for cell in page.lesson.markdown():
            found += english(page.path, cell.source, cell.line)
    return [fault for fault in found if not is_pending(fault, pending or {})]


def is_pending(fault: Fault, pending: Mapping[str, set[str]]) -> bool:
    """Tell whether a page, or its ``.po``, need not meet a rule yet."""
    return fault.rule in pending.get(page_of(fault), set())


def page_of(fault: Fault) -> str:
    """Return the name of the page to which a fault of a lesson or of its ``.po`` belongs."""
    return fault.path.stem if fault.path.suffix == ".po" else page_name(fault.path)
