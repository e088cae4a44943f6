"""A lesson's cell as a program: a whole Python file that does what the page does up to that cell.

A notebook waits at its top level, shows the value of a cell's last line and keeps everything open.
A file does none of that: here each cell becomes a piece of one ``async def main()``, and what
lesson cells leave open is closed at its end, so that the program ends by itself.

The page carries each piece once, and ``static/copy.js`` joins those from the first cell to the one
asked for; `program` here joins them the same way, for the tests that run them. A cell tagged
``libzmq-only`` is left out of others' programs, for only cells of that kind may depend on it (the
lesson lint holds that); so are a cell that does nothing but show a picture of an idea, and an
exercise with its check, unless a later cell names what it defines. These two have no program of
their own in the page: what is worth saving there is what the learner has written.

What must stay true: no character of a string changes; a cell that runs in a notebook runs in the
program.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from sphinx.application import Sphinx

from web.lessons.folders import page_path
from web.lessons.localise import plain
from web.lessons.source import Cell, Lesson, read
from web.words import WORDS

INDENT = "    "
TOP_LEVEL = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
CONTEXTS = ("Context", "context", "instance")
FUTURE = "from __future__"
SILENT = ("close", "term", "destroy")
SHOW = f'''\
def show(value):
{INDENT}"""Print what a notebook shows of the last line of a cell."""
{INDENT}if value is not None:
{INDENT}{INDENT}print(repr(value))
'''


@dataclass(frozen=True)
class Piece:
    """A code cell, ready to stand in a program.

    Attributes
    ----------
    imports : tuple of str
        Its imports that stand at the program's head.
    body : str
        The rest, indented once, without a line end; may be empty.
    heading : str
        The lesson's heading above it, if this is the first cell there.
    opens, closes : tuple of str
        Contexts that it makes and leaves open, or ends.
    lab : bool
        Whether it needs ``zmqlab``.
    alone : bool
        Whether other cells' programs do without it.
    beside : tuple of int
        Numbers of the cells that it needs although they are ``alone``.
    shown : bool
        Whether the page shows the cell at all.
    offered : bool
        Whether the page offers its program: not for an exercise and its check.
    """

    imports: tuple[str, ...]
    body: str
    heading: str
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    lab: bool
    alone: bool
    beside: tuple[int, ...]
    shown: bool
    offered: bool


def pieces(lesson: Lesson) -> list[Piece]:
    """Make a piece of each code cell, in order."""
    cells = lesson.code()
    trees = [_tree(cell.source) for cell in cells]
    taken = {name for tree in trees for name in _given_values(tree)}
    headings = dict.fromkeys(cell.index for cell in cells)
    last = ""
    for cell in cells:
        above = [plain(h.text) for h in lesson.headings() if h.level > 1 and h.line < cell.line]
        headings[cell.index] = above[-1] if above and above[-1] != last else ""
        last = above[-1] if above else ""
    made = []
    for number, (cell, tree) in enumerate(zip(cells, trees, strict=True)):
        needed = {
            node.id
            for later, other in zip(trees[number + 1 :], cells[number + 1 :], strict=True)
            if not _is_exercise(other)
            for node in ast.walk(later)
            if isinstance(node, ast.Name)
        }
        given = _bound(tree) | _given_values(tree)
        left_out = _is_exercise(cell) or _only_shows(tree)
        alone = "libzmq-only" in cell.tags or (left_out and not given & needed)
        beside: tuple[int, ...] = ()
        if "libzmq-only" in cell.tags:
            beside = tuple(n for n in range(number) if "libzmq-only" in cells[n].tags)
            theirs = {name for n in beside for name in _given_values(trees[n]) | _bound(trees[n])}
            if not theirs & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
                beside = ()
        piece = _piece(cell, tree, taken)
        title = headings[cell.index] or ""
        made.append(replace(piece, heading=title, alone=alone, beside=beside))
    return made


def _is_exercise(cell: Cell) -> bool:
    """Tell whether a cell is one that the learner fills, or the check of it."""
    return bool({"exercise", "check"} & set(cell.tags))


def _tree(source: str) -> ast.Module:
    tree = compile(source, "cell", "exec", TOP_LEVEL)
    assert isinstance(tree, ast.Module)
    return tree


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, but not into functions and classes: their names are their own."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        ):
            yield from _statements(child)


def _given_values(tree: ast.Module) -> set[str]:
    """Return the names that a cell gives values otherwise than by an import."""
    names = set()
    for node in _statements(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names


def _bound(tree: ast.Module) -> set[str]:
    """Return the names that a cell imports."""
    return {
        (alias.asname or alias.name).split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _only_shows(tree: ast.Module) -> bool:
    """Tell whether a cell only calls, with constants, what it has just imported from zmqlab."""
    *imports, last = tree.body or [ast.Pass()]
    return (
        bool(imports)
        and all(isinstance(n, ast.ImportFrom) and n.module == "zmqlab" for n in imports)
        and isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and isinstance(last.value.func, ast.Name)
        and last.value.func.id in _bound(tree)
        and not last.value.keywords
        and all(isinstance(given, ast.Constant) for given in last.value.args)
    )


def _piece(cell: Cell, tree: ast.Module, taken: set[str]) -> Piece:
    lines = cell.source.splitlines()
    _show_last(lines, tree)
    inside = _inside_strings(cell.source)
    imports = []
    for node in reversed(tree.body):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        # A name that a cell also assigns is local to main(), so its import stays there too.
        bound = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        first, end = node.lineno - 1, node.end_lineno or node.lineno
        whole = re.fullmatch(r"\s*(#.*)?", lines[end - 1][node.end_col_offset :])
        if bound & taken or "*" in bound or node.col_offset or not whole:
            continue
        imports.append("\n".join(lines[first:end]))
        for number in range(first, end):
            lines[number] = "\0"
    indented = [
        line if number in inside or not line.strip() else INDENT + line
        for number, line in enumerate(lines)
        if line != "\0"
    ]
    opens, closes = _contexts(tree)
    return Piece(
        imports=tuple(reversed(imports)),
        body="\n".join(indented).strip("\n"),
        heading="",
        opens=opens,
        closes=closes,
        lab="zmqlab" in cell.source,
        alone=False,
        beside=(),
        shown="remove-cell" not in cell.tags,
        offered=not _is_exercise(cell),
    )


def _show_last(lines: list[str], tree: ast.Module) -> None:
    """Print what a notebook would show: the value of the last statement, if it has one."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or _is_silent(last.value):
        return
    line, end = last.lineno - 1, (last.end_lineno or last.lineno) - 1
    # Offsets count bytes; the end comes first, so that the start stays where it is.
    tail = lines[end].encode()
    if tail[last.end_col_offset :].lstrip().startswith(b";"):
        return  # a semicolon keeps it silent in a notebook too
    opening, closing = ("show((", "))") if isinstance(last.value, ast.Tuple) else ("show(", ")")
    lines[end] = (
        tail[: last.end_col_offset] + closing.encode() + tail[last.end_col_offset :]
    ).decode()
    head = lines[line].encode()
    lines[line] = (head[: last.col_offset] + opening.encode() + head[last.col_offset :]).decode()


def _is_silent(node: ast.expr) -> bool:
    """Tell whether an expression is a call that is known to return nothing."""
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(called, ast.Name):
        return called.id == "print"
    return isinstance(called, ast.Attribute) and called.attr in SILENT


def _inside_strings(source: str) -> set[int]:
    """Return the lines, from 0, that begin inside a string: they keep their first column."""
    inside: set[int] = set()
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source + "\n").readline):
        name = tokenize.tok_name[token.type]
        if name == "STRING":
            inside.update(range(token.start[0], token.end[0]))
        elif name in ("FSTRING_START", "TSTRING_START"):
            opened.append(token.start[0])
        elif name in ("FSTRING_END", "TSTRING_END"):
            inside.update(range(opened.pop(), token.end[0]))
    return inside


def _contexts(tree: ast.Module) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of contexts that a cell makes, and of those that it ends."""
    opens: list[str] = []
    closes: list[str] = []
    for node in _statements(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                opens += [name for name, value in _pairs(target, node.value) if _makes(value)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            ended = node.func.value
            if node.func.attr in ("term", "destroy") and isinstance(ended, ast.Name):
                closes.append(ended.id)
    return tuple(dict.fromkeys(opens)), tuple(dict.fromkeys(closes))


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Give each name of an assignment with the expression whose value it takes."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, other)
    elif isinstance(target, ast.Name):
        yield target.id, value


def _makes(value: ast.expr) -> bool:
    """Tell whether an expression makes a context."""
    made = value.func if isinstance(value, ast.Call) else None
    return (made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")) in CONTEXTS


def head(lesson: Lesson, lab: bool) -> str:
    """Return the comment at the head of a program; ``lab`` says whether it needs ``zmqlab``."""
    lines = [
        f"# ØMQ Companion, lesson {lesson.number}: {plain(lesson.title)}",
        "# A cell of that lesson with the cells that it needs, as a program of its own.",
        "# It needs Python 3.11 or newer and pyzmq (pip install pyzmq).",
    ]
    if lab:
        lines[-1] = "# It needs Python 3.11 or newer, pyzmq, and zmqlab, which comes with the"
        lines += [
            "# companion's repository (how to get that: the site's page \"Start here\"). There,",
            '# "make doctor" sets up all three, and .venv/bin/python then runs this file from',
            "# any folder. Other Pythons end with: No module named 'zmqlab'.",
        ]
    return "\n".join([*lines, "# Code: MIT."])


def program(lesson: Lesson, cell: int) -> str:
    """Return the program of a lesson's code cell, counted from 0."""
    made = pieces(lesson)
    needed = (cell, *made[cell].beside)
    chosen = [p for n, p in enumerate(made[: cell + 1]) if n in needed or not p.alone]
    lines = ["import asyncio", *(line for piece in chosen for line in piece.imports)]
    imports = sorted(dict.fromkeys(lines), key=lambda line: not line.startswith(FUTURE))
    blocks = []
    for piece in chosen:
        if piece.body:
            title = f"{INDENT}# == {piece.heading}\n" if piece.heading else ""
            blocks.append(title + piece.body)
    contexts: list[str] = []
    for piece in chosen:
        contexts = [
            *(name for name in contexts if name not in piece.closes + piece.opens),
            *(name for name in piece.opens if name not in piece.closes),
        ]
    if contexts:
        closing = [f"{INDENT}{name}.destroy(linger=0)" for name in reversed(contexts)]
        blocks.append("\n".join([f"{INDENT}# == What is still open", *closing]))
    shows = any(re.search(r"\bshow\(", piece.body) for piece in chosen)
    return "\n".join(
        [
            head(lesson, any(piece.lab for piece in chosen)),
            *imports,
            "",
            "",
            *([SHOW, ""] if shows else []),
            "async def main():",
            "\n\n".join(blocks) or f"{INDENT}pass",
            "",
            "",
            "asyncio.run(main())",
            "",
        ]
    )


def for_page(lesson: Lesson) -> dict[str, Any]:
    """Return what the page's script needs to join any cell's program."""
    return {
        "head": head(lesson, False),
        "head_lab": head(lesson, True),
        "show": SHOW,
        "cells": [asdict(piece) for piece in pieces(lesson)],
    }


def add_programs(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give a page with code the words of its copy buttons, and a lesson its programs."""
    if app.builder.name not in ("html", "dirhtml"):
        return  # a book has no script
    if 'class="highlight' not in context.get("body", ""):
        return
    words = WORDS[app.config.language]
    names = ("copy", "copied", "copy_program", "program_copied", "not_copied")
    data: dict[str, Any] = {"words": {name: words[name] for name in names}}
    source = page_path(pagename.removeprefix("lessons/"))
    if pagename.startswith("lessons/") and source is not None:
        data["program"] = for_page(read(source))
    # What could end the script element stays inside it.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    context["body"] += f'<script type="application/json" id="copy-data">{text}</script>\n'


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect."""
    app.connect("html-page-context", add_programs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
