"""A lesson as the rules see it: its pages, and what several rules look at, worked out once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from web.lessons import cells
from web.lessons.front import Fault
from web.lessons.source import Cell, Directive, Exercise, Heading, Lesson, parse, solution_code


class Page:
    """One page of a lesson."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.path: Path = lesson.path
        self.head = lesson.head
        self.cells = lesson.cells

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file; cells and directives count them from 1."""
        return self.path.read_text(encoding="utf-8").splitlines()

    @cached_property
    def headings(self) -> list[Heading]:
        """All headings outside directives."""
        return self.lesson.headings()

    @cached_property
    def directives(self) -> list[tuple[Cell, Directive]]:
        """Every directive with the cell in which it stands."""
        return self.lesson.directives()

    @cached_property
    def exercises(self) -> list[Exercise]:
        """The exercises."""
        return self.lesson.exercises()

    @cached_property
    def code(self) -> list[Cell]:
        """The code cells."""
        return self.lesson.code()

    @property
    def visible(self) -> list[Cell]:
        """The code cells that the page shows open."""
        return [cell for cell in self.code if "plumbing" not in cell.tags]

    @cached_property
    def solutions(self) -> list[Cell]:
        """The solutions that hold code, as if they were cells."""
        made = []
        for _, item in self.directives:
            source = solution_code(item) if item.name == "solution" else None
            if source is not None:
                fence = next(token for token in parse(item.content) if token.type == "fence")
                line = item.body_line + (fence.map[0] if fence.map else 0) + 1
                tags = {"tags": ["solution"]}
                made.append(Cell("code", source, line, len(self.cells), tags))
        return made

    @cached_property
    def trees(self) -> list[tuple[Cell, ast.Module]]:
        """The code cells that parse, in order, each with its tree."""
        return list(_parsed(self.code))

    @cached_property
    def pieces(self) -> list[tuple[Cell, ast.Module]]:
        """The same, and then the solutions."""
        return [*self.trees, *_parsed(self.solutions)]

    def fault(self, line: int, what: str, mend: str) -> Fault:
        """Return a fault of this page."""
        return Fault(self.path, line, what, mend)


@dataclass(frozen=True)
class Pages:
    """A lesson's pages that can be read, the first one first."""

    pages: tuple[Page, ...]

    @property
    def first(self) -> Page:
        """The page that opens the lesson."""
        return self.pages[0]

    def directives(self, name: str) -> list[Directive]:
        """Return the lesson's directives of a name."""
        return [item for page in self.pages for _, item in page.directives if item.name == name]

    def exercises(self) -> list[tuple[Page, Exercise]]:
        """Return the lesson's exercises, each with its page."""
        return [(page, exercise) for page in self.pages for exercise in page.exercises]


def tree_of(source: str) -> ast.Module | SyntaxError:
    """Parse a cell, which may wait at its top level."""
    try:
        return cells.parse(source)
    except SyntaxError as error:
        return error


def _parsed(cells: list[Cell]) -> Iterator[tuple[Cell, ast.Module]]:
    for cell in cells:
        tree = tree_of(cell.source)
        if isinstance(tree, ast.Module):
            yield cell, tree
