"""Rules for the code cells of a lesson: their tags, their size, and what they may do."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator

from web.lessons.cells import assigned, called, dotted, imported, made
from web.lessons.front import Fault
from web.lessons.source import Cell
from web.lint.flow import Waits, ends, maker, returned, stored
from web.lint.pages import Page, tree_of
from web.lint.prose import HANGUL
from web.lint.registry import Rules

CELLS = Rules[Page, Fault]()

TAGS = ("plumbing", "exercise", "check", "libzmq-only", "raises-exception", "home")
ON_ONE_LINE = re.compile(r":tags: \[[\w-]+(, [\w-]+)*\]")
LONGEST_CELL = 15
COLUMNS = 66
MODULES = (
    "threading",
    "subprocess",
    "multiprocessing",
    "socket",
    "concurrent",
    "signal",
    "urllib",
    "http",
    "requests",
)
CALLS = {
    "time.sleep": "wait for the event itself",
    "asyncio.run": "use top-level await",
    "asyncio.to_thread": "tag the cell libzmq-only, or write it without a thread",
    "asyncio.create_subprocess_exec": "start it with zmqlab.Programs",
    "asyncio.create_subprocess_shell": "start it with zmqlab.Programs",
    "os.fork": "tag the cell libzmq-only",
    "os.kill": "tag the cell libzmq-only",
    "os.system": "tag the cell libzmq-only",
}
OWN_LOOPS = ("run_until_complete", "run_in_executor", "run_forever")
ENDPOINT = re.compile(r"(tcp|ipc|inproc|udp|e?pgm|wss?|tipc|vmci)://")
ENDPOINT_HERE = re.compile(r"inproc://.*|tcp://127\.0\.0\.1(:\*?)?")


@CELLS.rule("C01", "tags stand on one line, :tags: [a, b], and are of " + ", ".join(TAGS))
def tags(page: Page) -> Iterator[Fault]:
    """Find tags that mean nothing, and those that are written otherwise."""
    for cell in page.code:
        for tag in cell.tags:
            if tag not in TAGS:
                yield page.fault(cell.line, f"tag {tag}", "use one of " + ", ".join(TAGS))
        opening = max(n for n in range(cell.line - 1) if "{code-cell}" in page.lines[n])
        written = [line for line in page.lines[opening + 1 : cell.line - 1] if line.strip()]
        if cell.source.startswith("---"):
            yield page.fault(cell.line, "options as a block", "write :tags: [a, b] on one line")
        for line in written:
            if line.startswith(":tags:") and not ON_ONE_LINE.fullmatch(line.rstrip()):
                what = f"tags written {line.strip()!r}"
                yield page.fault(opening + 2, what, "write :tags: [a, b] on one line")


@CELLS.rule("C02", f"at most {LONGEST_CELL} lines a visible cell")
def lines(page: Page) -> Iterator[Fault]:
    """Find long cells."""
    for cell in page.visible:
        count = len(cell.source.splitlines())
        if count > LONGEST_CELL:
            mend = f"at most {LONGEST_CELL}: one idea a cell"
            yield page.fault(cell.line, f"cell of {count} lines", mend)


@CELLS.rule(
    "C03", f"at most {COLUMNS} columns a line of a visible cell, comments too; Hangul counts two"
)
def columns(page: Page) -> Iterator[Fault]:
    """Find wide lines."""
    for cell in page.visible:
        for number, line in enumerate(cell.source.splitlines()):
            if width(line) > COLUMNS:
                what = f"line of {width(line)} columns"
                yield page.fault(cell.line + number, what, f"at most {COLUMNS}")


def width(text: str) -> int:
    """Return how many columns a text takes.

    >>> width("a = 1  # 소켓")
    13
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@CELLS.rule("C04", "a cell is Python that parses, without magics and shell lines")
def python(page: Page) -> Iterator[Fault]:
    """Find what only IPython understands, and what nobody does."""
    for cell in [*page.code, *page.solutions]:
        given = enumerate(cell.source.splitlines())
        magic = next((n for n, text in given if re.match(r"\s*[%!]", text)), None)
        tree = tree_of(cell.source)
        if magic is not None:
            yield page.fault(cell.line + magic, "magic or shell line", "write Python")
        elif isinstance(tree, SyntaxError):
            at = cell.line + (tree.lineno or 1) - 1
            yield page.fault(at, f"code does not parse: {tree.msg}", "mend it")


@CELLS.rule("C05", "code is English: its Korean comments stand in the .po")
def english_code(page: Page) -> Iterator[Fault]:
    """Find Korean in cells and solutions."""
    for cell in [*page.code, *page.solutions]:
        for number, text in enumerate(cell.source.splitlines()):
            if HANGUL.search(text):
                mend = "code is the same for both languages: write English"
                yield page.fault(cell.line + number, "Korean in a code cell", mend)


def _anywhere(page: Page) -> list[tuple[Cell, ast.Module]]:
    """Return the pieces that have to run in the page too."""
    if page.head.engine != "both":
        return []
    return [piece for piece in page.pieces if "libzmq-only" not in piece[0].tags]


@CELLS.rule("C06", "engine both: no threads, processes or raw sockets outside libzmq-only cells")
def imports(page: Page) -> Iterator[Fault]:
    """Find imports that the page can't do."""
    for cell, tree in _anywhere(page):
        for node in ast.walk(tree):
            for module in (one.path for one in imported(node)):
                if module.split(".")[0] in MODULES or module == "time.sleep":
                    what = f"{module} in a lesson with engine: both"
                    mend = "tag the cell libzmq-only, or do without"
                    yield page.fault(_line(cell, node), what, mend)


def _line(cell: Cell, node: ast.AST) -> int:
    return cell.line + int(getattr(node, "lineno", 1)) - 1


@CELLS.rule("C07", "engine both: no time.sleep, asyncio.run, fork or loop of one's own")
def calls(page: Page) -> Iterator[Fault]:
    """Find calls that the page can't do."""
    for cell, tree in _anywhere(page):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = dotted(node.func)
                if name in CALLS:
                    yield page.fault(_line(cell, node), name, CALLS[name])
                elif name.endswith(OWN_LOOPS):
                    what = name.split(".")[-1]
                    yield page.fault(_line(cell, node), what, "use top-level await")


@CELLS.rule("C08", "engine both: no asyncio.sleep but asyncio.sleep(0); wait for the event")
def sleeps(page: Page) -> Iterator[Fault]:
    """Find sleeps in the hope that something is ready."""
    for cell, tree in page.pieces if page.head.engine == "both" else []:
        for node in ast.walk(tree):
            is_sleep = isinstance(node, ast.Call) and dotted(node.func) == "asyncio.sleep"
            if is_sleep and not _is_zero(node):
                mend = "wait for the event itself, with a limit"
                yield page.fault(_line(cell, node), "asyncio.sleep", mend)


def _is_zero(call: ast.AST) -> bool:
    first = call.args[0] if isinstance(call, ast.Call) and call.args else None
    return isinstance(first, ast.Constant) and first.value == 0


@CELLS.rule("C09", "engine both: endpoints are inproc://… or tcp://127.0.0.1:*")
def endpoints(page: Page) -> Iterator[Fault]:
    """Find endpoints that may be taken, or are not there in the page."""
    for cell, tree in _anywhere(page):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and _elsewhere(node.value):
                mend = "inproc://… or tcp://127.0.0.1:* with the port read back"
                yield page.fault(_line(cell, node), f"endpoint {node.value!r}", mend)


def _elsewhere(value: object) -> bool:
    """Tell whether a constant is an endpoint that such a lesson may not use."""
    return (
        isinstance(value, str)
        and ENDPOINT.match(value) is not None
        and ENDPOINT_HERE.fullmatch(value) is None
    )


@CELLS.rule("C10", "every wait has a limit: rcvtimeo, a timeout, or asyncio.timeout")
def limits(page: Page) -> Iterator[Fault]:
    """Find receives that may wait for ever."""
    visitor = Waits()
    for cell, tree in page.pieces:
        visitor.found = []
        visitor.visit(tree)
        for call in visitor.found:
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            mend = "set context.rcvtimeo, or wrap it in asyncio.timeout"
            yield page.fault(_line(cell, call), f"{method}() may wait for ever", mend)


@CELLS.rule("C11", "a socket or context is closed by a with, in its function, or in the last cell")
def closed(page: Page) -> Iterator[Fault]:
    """Find what stays open; what libzmq-only cells open, another of them may close."""
    last = page.code[-1] if page.code else None
    ended = {name for cell, tree in page.pieces if cell is last for name in called(tree)}
    real = [tree for cell, tree in page.pieces if "libzmq-only" in cell.tags]
    ended_real = ended | {name for tree in real for name in called(tree)}
    reported: set[str] = set()
    for cell, tree in page.pieces:
        anywhere = ended_real if "libzmq-only" in cell.tags else ended
        for node, home in _assignments(tree):
            calls = called(home) if home is not None else anywhere
            pairs = (pair for target in node.targets for pair in assigned(target, node.value))
            for name, value in pairs:
                kind = made(value)
                if not kind or (home is None and name in reported):
                    continue
                if ends(kind, name, maker(value), calls) or (home and returned(home, name)):
                    continue
                reported.add(name)
                where = "in its function" if home else "in the last code cell"
                mend = f"use a context manager, or close it {where}"
                yield page.fault(_line(cell, node), f"{kind} {name!r} is not closed", mend)


def _assignments(tree: ast.Module) -> Iterator[tuple[ast.Assign, ast.AST | None]]:
    """Return a cell's assignments, each with the first function around it, None at the top."""
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    homes: dict[int, ast.AST] = {}
    for function in reversed(functions):
        homes |= {id(node): function for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield node, homes.get(id(node))


@CELLS.rule(
    "C12",
    "a page that opens a context ends with a cell whose last line destroys it:"
    " context.destroy(linger=0)",
)
def ended_by_destroy(page: Page) -> Iterator[Fault]:
    """Find contexts that the last cell does not end, or that may hang there."""
    opened: dict[str, int] = {}
    for cell, tree in page.trees:
        if "libzmq-only" in cell.tags and page.head.engine == "both":
            continue
        for node, home in _assignments(tree):
            for target in node.targets if home is None else []:
                for name, value in assigned(target, node.value):
                    if made(value) == "context":
                        opened.setdefault(name, _line(cell, node))
    if not opened or not page.code:
        return
    last = tree_of(page.code[-1].source)
    statements = last.body if isinstance(last, ast.Module) else []
    destroyed = [name for node in statements for name in _destroys(node)]
    for name, line in opened.items():
        if name not in destroyed:
            what = f"the last cell does not destroy {name!r}"
            yield page.fault(line, what, f"end it with {name}.destroy(linger=0)")
    if destroyed and statements and not _destroys(statements[-1]):
        what = "the last cell goes on after destroy()"
        yield page.fault(page.code[-1].line, what, "let destroy(linger=0) be its last line")


def _destroys(node: ast.stmt) -> list[str]:
    """Return the name in ``name.destroy(linger=0)``, alone on its line."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return []
    call = node.value
    words = {word.arg: word.value for word in call.keywords}
    limit = words.get("linger")
    if not isinstance(limit, ast.Constant) or limit.value != 0:
        return []
    name = dotted(call.func)
    return [name.removesuffix(".destroy")] if name.endswith(".destroy") else []


@CELLS.rule("C13", "no cell needs what a libzmq-only cell made")
def independent(page: Page) -> Iterator[Fault]:
    """Find cells that fail where libzmq-only cells don't run."""
    for place, (cell, tree) in enumerate(page.trees):
        if "libzmq-only" not in cell.tags:
            continue
        pending = stored(tree)
        for other, later in page.trees[place + 1 :]:
            if "libzmq-only" in other.tags:
                continue
            pending -= stored(later)
            for node in ast.walk(later):
                if isinstance(node, ast.Name) and node.id in pending:
                    pending.discard(node.id)
                    what = f"{node.id!r} comes from the libzmq-only cell at line {cell.line}"
                    yield page.fault(_line(other, node), what, "make it in a cell that always runs")
