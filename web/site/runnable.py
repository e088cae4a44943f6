"""Tells a page's scripts which of its cells run in the browser, and what each of them needs.

The scripts are those of `web.page`. A page without anything to run, and a site that was built
without them, is left as it is.
"""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from web.lessons.cells import parse
from web.lessons.folders import page_path
from web.lessons.plain_copy import Copies
from web.lessons.source import Cell, Lesson, read
from web.page import build
from web.words import WORDS

PREFIX = "run_"
BENCH = "data-bench"
LAST = 900
"""Priority of the script, which comes after those of every page."""


def check_name(source: str) -> str:
    """Return the name of the check that a cell runs; empty if it runs none."""
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check" and node.args:
            given = node.args[0]
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                return given.value
    return ""


def exercises(lesson: Lesson) -> dict[int, tuple[int, ...]]:
    """Return the numbers of the exercises' cells, each with those of the cells that check it."""
    code = lesson.code()
    return {
        code.index(one.cell): tuple(code.index(check) for check in one.checks)
        for one in lesson.exercises()
        if one.checks
    }


def needs(copies: Copies) -> list[set[int]]:
    """Return, for each code cell, the earlier cells without which it can't run.

    Those that its program in plain pyzmq consists of, and where the names that it reads come from.
    A stage that other cells have watched by before is no reason to run these.
    """
    facts = copies.whole.facts
    found = []
    for number in range(len(facts)):
        wanted: set[int] = set()
        waiting = [number, *copies.flow.needed(number)]
        while waiting:
            one = waiting.pop()
            if one in wanted:
                continue
            wanted.add(one)
            later = facts[one].functions.values() if one == number else ()
            reads = facts[one].reads.union(*(each.reads for each in later))
            modules = {import_.bound: n for n in range(one) for import_ in facts[n].imports}
            for name in reads:
                births = [n for n in range(one) if name in facts[n].binds]
                if births:
                    waiting.append(births[-1])
                elif name in modules:
                    waiting.append(modules[name])
        found.append(wanted - {number})
    return found


def solved(lesson: Lesson) -> Lesson:
    """Return the lesson with its solutions in the exercises' cells: they show what is needed."""
    solutions = {one.cell.index: one.solution for one in lesson.exercises() if one.solution}
    cells = tuple(
        replace(cell, source=solutions[cell.index])
        if cell.kind == "code" and cell.index in solutions
        else cell
        for cell in lesson.cells
    )
    return replace(lesson, cells=cells)


def facts(lesson: Lesson) -> list[dict[str, Any]]:
    """Return what the page's script needs to know of each cell that it shows, in order."""
    cells = lesson.code()
    shown = [number for number, cell in enumerate(cells) if "remove-cell" not in cell.tags]
    place = {number: at for at, number in enumerate(shown)}
    copies = Copies(solved(lesson))
    needed = needs(copies)
    importing = {number for number, own in enumerate(copies.whole.facts) if own.imports}
    programs = {number for number, cell in enumerate(cells) if starts_programs(cell.source)}
    pairs = exercises(lesson)
    parts = {number for checks in pairs.values() for number in checks}
    found = []
    for number in shown:
        if number in parts:
            found.append({"part": True})
            continue
        wanted = set(needed[number])
        one: dict[str, Any] = {}
        if number in pairs:
            # What a reader writes may use more than the solution does: all that was imported.
            wanted |= {n for n in importing - programs if n < number and not _facts(cells[n])}
            wanted = wanted.union(*(needed[check] for check in pairs[number])) - {number}
            source = "\n".join(cells[check].source for check in pairs[number])
            one = {"check": check_name(source), "checks": source}
        one["needs"] = sorted(place[n] for n in wanted - parts if n in place)
        one |= _facts(cells[number])
        if programs & {number, *needed[number]} and "elsewhere" not in one:
            one["programs"] = True
        found.append(one)
    return found


def _facts(cell: Cell) -> dict[str, Any]:
    tags = {"elsewhere": "libzmq-only", "raises": "raises-exception"}
    return {name: True for name, tag in tags.items() if tag in cell.tags}


def starts_programs(source: str) -> bool:
    """Return whether a cell is about programs: it imports what starts them."""
    found = (node for node in ast.walk(parse(source)) if isinstance(node, ast.ImportFrom))
    return any(alias.name == "Programs" for node in found for alias in node.names)


def checked_here(lesson: Lesson) -> list[str]:
    """Return the names of the exercises that a reader can pass in the page of this build."""
    if lesson.head.engine != "both" or not build.available():
        return []
    checks = [check for one in lesson.exercises() for check in one.checks]
    return [check_name(check.source) for check in checks]


class RunBlock(SphinxDirective):
    """Code of a guide page that runs in the page: ```` ```{run} ````."""

    has_content = True
    option_spec: ClassVar = {"name": directives.unchanged, "alone": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Build what a lesson's cell looks like, without an output.

        It needs the blocks before it, unless it stands ``alone``.
        """
        code = "\n".join(self.content)
        block = nodes.literal_block(code, code, language="ipython3")
        self.set_source_info(block)
        inside = nodes.container("", block, classes=["cell_input"])
        classes = ["cell", "run-block", *(["run-alone"] if "alone" in self.options else [])]
        return [nodes.container("", inside, classes=classes)]


def _of_page(pagename: str, doctree: nodes.document | None) -> dict[str, Any]:
    """Return what a page holds that runs, or may not; nothing if it holds nothing of that kind."""
    source = page_path(pagename.removeprefix("lessons/"))
    if pagename.startswith("lessons/") and source is not None:
        lesson = read(source)
        return {"cells": facts(lesson)} if lesson.head.engine == "both" else {"measured": True}
    containers = doctree.findall(nodes.container) if doctree is not None else ()
    blocks = ["run-alone" in node["classes"] for node in containers if _is_run_block(node)]
    together = [at for at, alone in enumerate(blocks) if not alone]
    cells = [
        {"needs": [], "alone": True} if alone else {"needs": [one for one in together if one < at]}
        for at, alone in enumerate(blocks)
    ]
    return {"cells": cells} if cells else {}


def _is_run_block(node: nodes.container) -> bool:
    return "run-block" in node["classes"]


def add_data(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give a page with code that can run what the scripts need; ``run.js`` reads it."""
    if app.builder.name != "html" or not app.config.companion_runs:
        return
    own = _of_page(pagename, doctree)
    if not own and BENCH not in context.get("body", ""):
        return
    app.add_js_file("run.js", priority=LAST, defer="defer")  # on this page alone: called for it
    data: dict[str, Any] = {
        "page": pagename,
        "root": f"{context['pathto']('', 1)}../{build.FOLDER}/",
        "language": app.config.language,
        "megabytes": app.config.companion_runs,
    }
    if own:
        words = WORDS[app.config.language].items()
        said = {name.removeprefix(PREFIX): text for name, text in words if name.startswith(PREFIX)}
        data |= {"words": said} | own
    # What could end the script element stays inside it.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    context["body"] = context.get("body", "") + (
        f'<script type="application/json" id="run-data">{text}</script>\n'
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.add_directive("run", RunBlock)
    app.connect("html-page-context", add_data)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
