"""A lesson's cell as a program: what it and the cells that it needs do, in plain pyzmq.

Which cells are needed follows from the data (`needed`): who bound the names that a cell reads, and
who has changed these objects since. Two sockets that share an endpoint change each other. The text
is put together by `web.lessons.as_program`. A cell that needs an instrument without a plain form
names the program in ``examples/`` instead. The same program with the instruments is the second
choice everywhere; neither is there for an exercise and its check.

``make site`` writes every program to ``build/site/programs``, once for both languages, and the
page's script (``copy.js``) fetches the one that is asked for. The page itself holds only which
there are.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from web.lessons.as_program import (
    OURS,
    Lab,
    NoPlainFormError,
    does_nothing,
    layout,
    plainly,
    without_watching,
)
from web.lessons.cells import (
    CellFacts,
    Imported,
    Later,
    assigned,
    dotted,
    imported,
    looped,
    own_scope,
    parse,
    read_cell,
    root,
)
from web.lessons.folders import page_name, pages
from web.lessons.localise import plain
from web.lessons.source import Lesson, read
from web.lessons.staging import write_if_changed
from web.paths import BUILD, ROOT, SITE
from web.words import WORDS

FOLDER = "programs"
NO_PROGRAM = {"exercise", "check", "remove-cell"}
"""Tags of cells without a program: of an exercise, only what the learner writes is worth saving."""


@dataclass(frozen=True)
class Copy:
    """What the page offers for a code cell.

    Attributes
    ----------
    program : str
        The program in plain pyzmq; empty if there is none.
    instruments : str
        The program with the instruments; empty if it needs none.
    example : str
        The example that stands for the plain program, where that can't be.
    """

    program: str = ""
    instruments: str = ""
    example: str = ""


class Copies:
    """The programs of a lesson's page."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.cells = lesson.code()
        sources = [cell.source for cell in self.cells]
        self.trees = [parse(source) for source in sources]
        self.lab = Lab.of(sources)
        self.imports = [
            [one for node in own_scope(tree) for one in imported(node)] for tree in self.trees
        ]
        names = {one.bound for found in self.imports for one in found}
        self.whole = _Flow([read_cell(source, names) for source in sources], self.lab)
        plainer = [without_watching(source, self.lab, last=True) for source in sources]
        self.flow = _Flow([read_cell(source, names) for source in plainer], self.lab)

    @cached_property
    def every(self) -> list[Copy]:
        """What is offered for each code cell, in order."""
        return [self.copy(number) for number in range(len(self.cells))]

    def copy(self, number: int) -> Copy:
        """Return what is offered for a code cell, counted from 0."""
        if NO_PROGRAM & set(self.cells[number].tags) or _only_defines(self.trees[number]):
            return Copy()
        program, example = "", ""
        try:
            program = self.plain(number)
        except NoPlainFormError:
            example = self.example(number)
        instruments = ""
        chosen = self.whole.needed(number)
        if not program or any(self.lab.names(self.trees[one]) for one in chosen):
            instruments = self.with_instruments(number)
        return Copy(program, instruments, example)

    def plain(self, number: int) -> str:
        """Return a cell's program in plain pyzmq; nothing if the cell only watches.

        Raises
        ------
        NoPlainFormError
            If it needs something else than the standard library and pyzmq.
        """
        last = without_watching(self.cells[number].source, self.lab, last=True)
        if not parse(last).body:
            return ""
        sources = [
            last
            if one == number
            else without_watching(self.cells[one].source, self.lab, last=False)
            for one in self.flow.needed(number)
        ]
        source, helpers = plainly(self._joined(self.flow.needed(number), sources), self.lab)
        imports = [one for one in self._imports(number) if one.path.split(".")[0] not in OURS]
        program = layout(self.head(number), source, imports, helpers)
        for node in ast.walk(ast.parse(program)):
            for one in imported(node):
                package = one.path.split(".")[0]
                if package not in sys.stdlib_module_names | {"zmq"}:
                    raise NoPlainFormError(f"{package} is neither Python's nor pyzmq")
        return program

    def with_instruments(self, number: int) -> str:
        """Return a cell's program with the instruments."""
        chosen = self.whole.needed(number)
        sources = [
            without_watching(self.cells[one].source, self.lab, last=False, only_shown=True)
            for one in chosen[:-1]
        ]
        source = self._joined(chosen, [*sources, self.cells[number].source])
        head = self.head(number, ours=True)
        return layout(head, source, self._imports(number), lab=self.lab)

    def _imports(self, number: int) -> list[Imported]:
        return [one for found in self.imports[: number + 1] for one in found]

    def _joined(self, numbers: list[int], sources: list[str]) -> str:
        """Put cells together, the first below each heading of the lesson under that heading."""
        joined, last = [], ""
        for number, source in zip(numbers, sources, strict=True):
            heading = self._headings[number]
            if source.strip():
                joined.append((f"# {heading}\n" if heading != last else "") + source.strip("\n"))
                last = heading
        return "\n\n".join(joined) + "\n"

    @cached_property
    def _headings(self) -> list[str]:
        """The heading above each code cell."""
        found = [heading for heading in self.lesson.headings() if heading.level > 1]
        above = [[one.text for one in found if one.line < cell.line] for cell in self.cells]
        return [plain(texts[-1]) if texts else "" for texts in above]

    def head(self, number: int, ours: bool = False) -> str:
        """Return the comment at the head of a program."""
        lines = [
            f"# ØMQ Companion, lesson {self.lesson.number}: {plain(self.lesson.title)}",
            f"# Cell {number + 1} of that lesson with the cells that it needs, as a program.",
            "# It needs Python 3.11 or newer and pyzmq (pip install pyzmq).",
        ]
        if ours:
            lines[-1] = "# It needs Python 3.11 or newer, pyzmq, and zmqlab, which comes with the"
            lines += [
                '# companion\'s repository (how to get that: the page "Start here"). There,',
                '# "make site" sets up all three, and .venv/bin/python then runs this file from',
                "# any folder. Other Pythons end with: No module named 'zmqlab'.",
            ]
        return "\n".join([*lines, "# Code: MIT."])

    def example(self, number: int) -> str:
        """Return the example whose programs a cell starts, or the lesson's; as one types it."""
        for one in [number, *reversed(self.whole.needed(number)), *range(len(self.cells))]:
            for node in ast.walk(self.trees[one]):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    folder = node.value.split("/")[0]
                    if folder.isidentifier() and (ROOT / "examples" / folder).is_dir():
                        return folder.replace("_", "-")
        return ""


def _only_defines(tree: ast.Module) -> bool:
    """Tell whether a cell only defines functions, classes and constants."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return all(
        isinstance(node, definitions) or (isinstance(node, ast.Assign) and does_nothing(node.value))
        for node in tree.body
    )


class _Flow:
    """Which cells of a lesson need which."""

    def __init__(self, facts: list[CellFacts], lab: Lab) -> None:
        self.facts = facts
        self.anywhere = _anywhere(facts)
        self.ends = {name: ends - self.anywhere for name, ends in _ends(facts).items()}
        self.reads: list[set[str]] = []
        self.changes: list[set[str]] = []
        for number, cell in enumerate(facts):
            reads, changes, places = set(cell.reads), set(cell.changes), _places(cell.tree)
            waiting, seen = sorted(cell.uses), set(cell.uses)
            while waiting:
                home = self._home(waiting.pop(), number + 1)
                if home is None:
                    continue
                later, tree = home
                changes |= later.changes
                places |= _places(tree)
                reads |= later.reads - cell.binds
                waiting += sorted(later.reads - seen)
                seen |= later.reads
            for node in ast.walk(cell.tree):
                if isinstance(node, ast.Call) and lab.form(node.func) is not None:
                    changes |= {root(one) for one in node.args} - {""}
            self.reads.append(reads)
            self.changes.append(changes | (places - self.anywhere))

    def _home(self, name: str, before: int) -> tuple[Later, ast.AST] | None:
        """Return what a function needs and its tree, from the last cell that defines it."""
        for cell in reversed(self.facts[:before]):
            if name in cell.functions:
                trees = [n for n in cell.tree.body if getattr(n, "name", "") == name]
                return cell.functions[name], trees[0] if trees else cell.tree
            if name in cell.binds:
                return None
        return None

    def needed(self, number: int) -> list[int]:
        """Return the cells that a cell's program consists of, itself the last."""
        found: set[int] = set()
        waiting = [number]
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            found.add(one)
            reads = set(self.reads[one])
            if one == number:
                reads |= {
                    name for later in self.facts[one].functions.values() for name in later.reads
                } - self.facts[one].binds
            for name in reads:
                waiting += self._from(name, one)
        return sorted(found)

    def _from(self, name: str, one: int) -> Iterator[int]:
        """Return the cells before one that made a name's object what it is there."""
        birth = next((n for n in range(one - 1, -1, -1) if name in self.facts[n].binds), None)
        if birth is None:
            return
        yield birth
        mine = self.ends.get(name, set())
        near = {name, *mine, *(other for other, ends in self.ends.items() if ends & mine)}
        yield from (n for n in range(birth + 1, one) if near & self.changes[n])


def _places(tree: ast.AST) -> set[str]:
    """Return the names of endpoints at which a tree binds or connects sockets."""
    return {place for ends in _sockets(tree).values() for place in ends}


def _sockets(tree: ast.AST) -> dict[str, set[str]]:
    """Return the endpoints, by their names or as they stand there, of a tree's sockets."""
    found: dict[str, set[str]] = {}
    through = looped(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("bind", "connect") and node.args:
                given = node.args[0]
                places = {n.id for n in ast.walk(given) if isinstance(n, ast.Name)}
                if isinstance(given, ast.Constant) and not str(given.value).endswith(":*"):
                    places = {str(given.value)}
                socket = dotted(node.func.value)
                for one in through.get(socket, [socket]):
                    found.setdefault(one, set()).update(places)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                for name, value in assigned(target, node.value):
                    for part in ast.walk(value):
                        if isinstance(part, ast.Attribute) and re.match(
                            r"last_endpoint|LAST_ENDPOINT|bind_to_random_port", part.attr
                        ):
                            found.setdefault(root(part), set()).add(name)
    return found


def _anywhere(facts: list[CellFacts]) -> set[str]:
    """Return the names that stand for any free port: no two sockets meet there."""
    return {
        name
        for cell in facts
        for node in cell.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        for name, value in assigned(target, node.value)
        if any(isinstance(n, ast.Constant) and str(n.value).endswith("*") for n in ast.walk(value))
    }


def _ends(facts: list[CellFacts]) -> dict[str, set[str]]:
    """Return the endpoints of each socket of a lesson."""
    ends: dict[str, set[str]] = {}
    for cell in facts:
        for socket, places in _sockets(cell.tree).items():
            ends.setdefault(socket, set()).update(places)
    return ends


# ---------------------------------------------------------------- files and pages


def files(copies: Copies) -> dict[str, str]:
    """Return the programs of a lesson's page by the names of their files."""
    found: dict[str, str] = {}
    for number, copy in enumerate(copies.every, 1):
        name = f"{page_name(copies.lesson.path)}-{number}"
        for text, end in ((copy.program, ""), (copy.instruments, "-instruments")):
            if text:
                found[f"{name}{end}.py"] = text
    return found


def write_programs() -> None:
    """Write every program of every lesson, and for pages without a server all of one together.

    What the pages need to know of them goes below ``build`` first, once for both languages.
    """
    folder = SITE / FOLDER
    there = set()
    for path in pages():
        copies = Copies(read(path))
        programs = files(copies)
        write_if_changed(_data(page_name(path)), json.dumps(for_page(copies)))
        # A page that was opened as a file may load scripts, and no other files.
        script = f"window.copyPrograms({json.dumps(programs, ensure_ascii=False)});\n"
        for name, text in (programs | {f"{page_name(path)}.js": script}).items():
            write_if_changed(folder / name, text)
            there.add(name)
    for old in folder.glob("*.*"):
        if old.name not in there:
            old.unlink()


def _data(page: str) -> Path:
    return BUILD / "copies" / f"{page}.json"


def for_page(copies: Copies) -> dict[str, Any]:
    """Return what the page's script needs to know: which programs there are, cell by cell."""
    lesson = copies.lesson
    shown = []
    for cell, copy in zip(lesson.code(), copies.every, strict=True):
        if "remove-cell" not in cell.tags:
            kinds = ("plain", bool(copy.program)), ("instruments", bool(copy.instruments))
            more = {"example": copy.example} if copy.example else {}
            shown.append({kind: 1 for kind, there in kinds if there} | more)
    numbers = [n for n, cell in enumerate(lesson.code(), 1) if "remove-cell" not in cell.tags]
    return {"page": page_name(lesson.path), "numbers": numbers, "cells": shown}


def add_programs(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give a page with code the words of its copy buttons, and a lesson its programs."""
    if app.builder.name not in ("html", "dirhtml"):
        return  # a book has no script
    if 'class="highlight' not in context.get("body", ""):
        return
    words = WORDS[app.config.language]
    data: dict[str, Any] = {
        "words": {name: text for name, text in words.items() if name in COPY_WORDS}
    }
    made = _data(pagename.removeprefix("lessons/"))
    if pagename.startswith("lessons/") and made.exists():
        data["program"] = json.loads(made.read_text(encoding="utf-8"))
    # What could end the script element stays inside it.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    context["body"] += f'<script type="application/json" id="copy-data">{text}</script>\n'


COPY_WORDS = (
    "copy",
    "copied",
    "copy_program",
    "copy_instruments",
    "copy_example",
    "program_copied",
    "example_copied",
    "not_copied",
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("html-page-context", add_programs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
