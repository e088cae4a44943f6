"""The text of a program: cells of a lesson put together as a person would have written it.

A notebook awaits at its top level, shows the value of a cell's last line and keeps everything open.
A file has its imports at the head, then functions and constants, then ``async def main()``, and
closes what is open at its end. `layout` writes that. `without_watching` and `plainly` take the
instruments out of it, as these declare it themselves (`zmqlab.plain`).

What must stay true: no character of a string changes; code that has no plain form raises
`NoPlainFormError` and is never left half as it was.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from web.lessons.cells import (
    BUILTINS,
    Imported,
    assigned,
    contexts,
    dotted,
    imported,
    looped,
    made,
    own_scope,
    parse,
    read_cell,
    root,
    shown,
    stored,
)
from zmqlab import plain_forms
from zmqlab.plain import ATTRIBUTE, Form

INDENT = "    "
LONGEST = 84
"""Columns of a line before it is indented."""
OURS = ("zmqlab", "examples", "purezmq")
"""Packages that are not there where only pyzmq is installed."""

SILENT = frozenset(
    {"append", "bind", "cancel", "clear", "close", "connect", "destroy", "extend", "join", "kill"}
    | {"print", "put", "send", "send_multipart", "send_string", "set", "setsockopt", "start"}
    | {"stop", "subscribe", "term", "unsubscribe"}
)
"""Functions and methods that return nothing worth showing."""


class NoPlainFormError(Exception):
    """Code that can't be written without its instruments; says which one has no plain form."""


@dataclass(frozen=True)
class Lab:
    """What a lesson's names from the project's own packages are.

    Attributes
    ----------
    given : mapping of str to object
        Instruments by the names under which cells import them; None for what is no instrument.
    kept : mapping of str to type
        Names that hold an instrument that only watches, and its class.
    """

    given: Mapping[str, Any]
    kept: Mapping[str, Any]

    @classmethod
    def of(cls, sources: Iterable[str]) -> Lab:
        """Find the instruments of a lesson's cells."""
        given: dict[str, Any] = {}
        kept: dict[str, Any] = {}
        for source in sources:
            for node in ast.walk(parse(source)):
                for one in imported(node):
                    if one.path.split(".")[0] in OURS:
                        given[one.bound] = _instrument(one)
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        for name, value in assigned(target, node.value):
                            maker = _called(value)
                            if isinstance(maker, ast.Name) and inspect.isclass(given.get(maker.id)):
                                kept[name] = given[maker.id]
        return cls(given, {name: one for name, one in kept.items() if hasattr(one, ATTRIBUTE)})

    def form(self, called: ast.expr | None) -> Form | None:
        """Return the plain form of what is called here, if it is an instrument that has one."""
        found = None
        if isinstance(called, ast.Name):
            found = self.given.get(called.id)
        elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            found = getattr(self.kept.get(called.value.id), called.attr, None)
        form = getattr(found, ATTRIBUTE, None)
        return form if isinstance(form, Form) else None

    def names(self, tree: ast.AST) -> list[ast.Name]:
        """Return where a tree names something of the project's own packages."""
        return [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and (node.id in self.given or node.id in self.kept)
        ]


def _instrument(one: Imported) -> Any:
    if one.path.split(".")[0] != "zmqlab" or not one.name:
        return None
    try:
        return getattr(import_module(one.module), one.name)
    except (AttributeError, ImportError):  # a module of the package, or nothing at all
        return None


def _called(node: ast.AST) -> ast.expr | None:
    """Return the function of a call, awaited or not."""
    if isinstance(node, ast.Await):
        node = node.value
    return node.func if isinstance(node, ast.Call) else None


@dataclass
class Edits:
    """Changes of a text by places of its syntax tree, made all at once."""

    source: str
    changes: list[tuple[int, int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._bytes = self.source.encode()
        self._starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: Any) -> int:
        """Return the byte at which a node begins."""
        return int(self._starts[node.lineno - 1] + node.col_offset)

    def end(self, node: Any) -> int:
        """Return the byte at which a node ends."""
        return int(self._starts[node.end_lineno - 1] + node.end_col_offset)

    def line_end(self, place: int) -> int:
        """Return where the line of this place ends, before its line break."""
        found = self._bytes.find(b"\n", place)
        return len(self._bytes) if found < 0 else found

    def line_start(self, place: int) -> int:
        """Return where the line of this place begins."""
        return self._bytes.rfind(b"\n", 0, place) + 1

    def text(self, start: int, end: int) -> str:
        """Return a part of the source."""
        return self._bytes[start:end].decode()

    def indent(self, node: Any) -> str:
        """Return what stands before a statement on its line."""
        return self.text(self._starts[node.lineno - 1], self.start(node))

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of another; at one place, in the order of the calls."""
        self.changes.append((start, end, len(self.changes), text))

    def alone(self, node: ast.stmt) -> bool:
        """Tell whether a statement has its lines to itself, but for a comment."""
        rest = self.text(self.end(node), self.line_end(self.end(node)))
        return not self.indent(node).strip() and re.fullmatch(r"\s*(#.*)?", rest) is not None

    def remove(self, node: ast.stmt, instead: str = "") -> None:
        """Take a statement's lines out, with the comment behind it."""
        start = self._starts[node.lineno - 1]
        end = min(self.line_end(self.end(node)) + 1, len(self._bytes))
        self.replace(start, end, f"{self.indent(node)}{instead}\n" if instead else "")

    def done(self) -> str:
        """Return the changed text."""
        made: list[bytes] = []
        at = 0
        for start, end, _, text in sorted(self.changes):
            made += [self._bytes[at:start], text.encode()]
            at = max(at, end)
        return b"".join([*made, self._bytes[at:]]).decode()


def _bodies(tree: ast.AST) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    """Return each list of statements with the node that it belongs to."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list) and statements:
                yield node, statements


def without_watching(source: str, lab: Lab, last: bool, only_shown: bool = False) -> str:
    """Return a cell without what only watches.

    Parameters
    ----------
    source : str
        The cell.
    lab : Lab
        The lesson's instruments.
    last : bool
        Whether the program ends with this cell, so that the value of its last line is shown.
    only_shown : bool
        Whether to leave out nothing but a value that a notebook would show.
    """
    tree = parse(source)
    edits = Edits(source)
    idle = None if last else shown(source, tree)
    for owner, statements in _bodies(tree):
        gone = []
        for one in statements:
            shows = isinstance(one, ast.Expr) and one.value is idle
            watches = _only_watches(one, lab) and (shows or not only_shown)
            if edits.alone(one) and (watches or (idle and shows and does_nothing(idle))):
                gone.append(one)
        for one in gone:
            empty = len(gone) == len(statements) and owner is not tree and one is gone[0]
            edits.remove(one, "pass" if empty else "")
    return re.sub(r"\n{3,}", "\n\n", edits.done()).strip("\n") if edits.changes else source


def _only_watches(node: ast.stmt, lab: Lab) -> bool:
    names = imported(node)
    if names:
        return all(one.module.split(".")[0] == "zmqlab" for one in names)
    if isinstance(node, ast.Expr | ast.Assign):
        form = lab.form(_called(node.value))
        return form is not None and not form.code
    return False


def does_nothing(node: ast.expr) -> bool:
    """Tell whether an expression only puts values together: it calls and awaits nothing."""
    return not any(isinstance(n, ast.Call | ast.Await | ast.NamedExpr) for n in ast.walk(node))


def plainly(source: str, lab: Lab) -> tuple[str, list[str]]:
    """Write the plain forms in place of the instruments.

    Returns
    -------
    str, list of str
        The source, and the functions of `zmqlab.plain_forms` that it needs.

    Raises
    ------
    NoPlainFormError
        If an instrument has none, or is used in a way that it doesn't fit.
    """
    tree = parse(source)
    writer = _Plainly(Edits(source), tree, lab)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            writer.call(node)
    for name in lab.names(tree):
        if id(name) not in writer.covered:
            raise NoPlainFormError(name.id)
    writer.monitors()
    there = [name for name in vars(plain_forms) if name in writer.helpers]
    return writer.edits.done(), there


class _Plainly:
    """Puts plain forms into a source, and the monitors that they listen to."""

    def __init__(self, edits: Edits, tree: ast.Module, lab: Lab) -> None:
        self.edits = edits
        self.tree = tree
        self.lab = lab
        self.covered: set[int] = set()
        self.helpers: list[str] = []
        self.wanted: dict[str, None] = {}
        self.made: Counter[str] = Counter()
        self.parents = {id(c): n for n in ast.walk(tree) for c in ast.iter_child_nodes(n)}

    def call(self, node: ast.Call) -> None:
        """Write the plain form of a call, if it is one of an instrument."""
        form = self.lab.form(node.func)
        if form is None or not form.code:
            return
        self.covered |= {id(name) for name in self.lab.names(node.func)}
        self.helpers += form.helpers
        whole: ast.AST = node
        if isinstance(self.parents[id(node)], ast.Await):
            whole = self.parents[id(node)]
        parent = self.parents[id(whole)]
        given = [*node.args, *node.keywords]
        arguments = ""
        if given:
            ends = [self.edits.end(one) for one in given]
            arguments = self.edits.text(self.edits.start(given[0]), max(ends))
        text = form.code.replace("{all}", arguments)
        if "\n" in text or "{events}" in text:
            if not isinstance(parent, ast.Expr) or not self.edits.alone(parent):
                raise NoPlainFormError(dotted(node.func))
            text = self._statement(node, text)
        self._put(whole, text, form)

    def _put(self, whole: ast.AST, text: str, form: Form) -> None:
        edits = self.edits
        start, end = edits.start(whole), edits.end(whole)
        line_end = edits.line_end(end)
        comment = re.fullmatch(r"(\)*)\s*(#.*)", edits.text(end, line_end))
        if comment is None:
            edits.replace(start, end, text)
            return
        code, words = text + comment[1], comment[2]
        before = edits.text(edits.line_start(start), start)
        if not form.comment:
            edits.replace(start, line_end, code)
        elif len(before + code.splitlines()[-1]) + len(words) > LONGEST - 2 and not before.strip():
            edits.replace(start, line_end, f"{words}\n{before}{code}")
        else:
            edits.replace(start, line_end, f"{code}  {words}")

    def _statement(self, node: ast.Call, text: str) -> str:
        """Fill in what stands for the monitors of a socket and of its peers."""
        first = node.args[0] if node.args else None
        if not isinstance(first, ast.Name):
            raise NoPlainFormError(dotted(node.func))
        times = 1
        for word in node.keywords:
            if word.arg == "peers" and isinstance(word.value, ast.Constant):
                times = int(str(word.value.value))
            elif word.arg != "within":
                raise NoPlainFormError(f"{dotted(node.func)}({word.arg}=...)")
        peers = self._peers(first.id, node) if "{peers}" in text else []
        self.wanted.update(dict.fromkeys([first.id, *peers]))
        events = ", ".join([f"{first.id}_events"] * times)
        lines = [
            line.replace("{0}", first.id)
            .replace("{events}", events)
            .replace("{peers}", ", ".join(f"{peer}_events" for peer in peers))
            for line in text.splitlines()
            if peers or "{peers}" not in line
        ]
        indent = self.edits.indent(node)
        indent = indent[: len(indent) - len(indent.lstrip())]
        return f"\n{indent}".join(lines)

    def _peers(self, name: str, before: ast.Call) -> list[str]:
        """Return the sockets that are connected, at that place, to where this one is bound."""
        through = looped(self.tree)
        bound: set[str] = set()
        connected: dict[str, set[str]] = {}
        for node in sorted(_placed(self.tree), key=lambda one: (one.lineno, one.col_offset)):
            if node.lineno >= before.lineno:
                break
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                connected.pop(node.id, None)
                bound = set() if node.id == name else bound
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                target = dotted(node.func.value)
                for one in through.get(target, [target]):
                    if node.func.attr == "close":
                        connected.pop(one, None)
                    elif node.func.attr == "connect" and node.args:
                        connected.setdefault(one, set()).add(_place(node.args[0]))
                    elif node.func.attr == "bind" and node.args and one == name:
                        bound.add(_place(node.args[0]))
        return [one for one, places in connected.items() if places & bound]

    def monitors(self) -> None:
        """Give each socket that is waited for a monitor as soon as it is made."""
        edits, seen = self.edits, set()
        for node in own_scope(self.tree):
            if isinstance(node, ast.Assign):
                pairs = [pair for one in node.targets for pair in assigned(one, node.value)]
                new = [n for n, value in pairs if n in self.wanted and made(value) == "socket"]
                for name in new:
                    line = f"\n{edits.indent(node)}{self._monitor(name)}"
                    place = edits.line_end(edits.end(node))
                    edits.replace(place, place, line)
                seen.update(new)
            elif isinstance(node, ast.With | ast.AsyncWith):
                for item in node.items:
                    name = dotted(item.optional_vars) if item.optional_vars else ""
                    if name in self.wanted and made(item.context_expr) == "socket":
                        begin, indent = edits.start(node.body[0]), edits.indent(node.body[0])
                        edits.replace(begin, begin, f"{self._monitor(name)}\n{indent}")
                        seen.add(name)
            elif isinstance(node, ast.Expr) and isinstance(_called(node.value), ast.Attribute):
                self._closing(node)
        for name in self.wanted:
            if name not in seen:
                raise NoPlainFormError(f"a monitor of {name}")

    def _monitor(self, name: str) -> str:
        """Write the line that makes a monitor, at an address that no earlier one has."""
        self.made[name] += 1
        again = f"-{self.made[name]}" if self.made[name] > 1 else ""
        address = f"inproc://{name}-events{again}".replace("_", "-")
        return f'{name}_events = {name}.get_monitor_socket(addr="{address}")'

    def _closing(self, node: ast.Expr) -> None:
        """End the monitor before its socket; end a context that still has monitors."""
        called = dotted(_called(node.value) or node)
        name, _, method = called.rpartition(".")
        edits = self.edits
        if name in self.wanted and method in ("get_monitor_socket", "monitor"):
            raise NoPlainFormError(called)
        if name in self.wanted and method == "close" and edits.alone(node):
            # First libzmq's end: it would wait for ever for somebody who takes its events.
            place = edits.start(node)
            edits.replace(place, place, f"{name}.disable_monitor()\n{edits.indent(node)}")
            place = edits.line_end(edits.end(node))
            edits.replace(place, place, f"\n{edits.indent(node)}{name}_events.close()")
        if self.wanted and method == "term":
            edits.replace(edits.start(node), edits.end(node), f"{name}.destroy(linger=0)")


def _placed(tree: ast.AST) -> list[Any]:
    return [node for node in own_scope(tree) if hasattr(node, "lineno")]


def _place(endpoint: ast.expr) -> str:
    """Return how an endpoint is named in a source."""
    return endpoint.target.id if isinstance(endpoint, ast.NamedExpr) else ast.unparse(endpoint)


# ---------------------------------------------------------------- the file


def layout(
    head: str,
    source: str,
    imports: Iterable[Imported],
    helpers: Iterable[str] = (),
    lab: Lab | None = None,
) -> str:
    """Write a program: imports, functions and constants, ``main``, and the call of it.

    Parameters
    ----------
    head : str
        The comment at its head.
    source : str
        The cells, one after the other.
    imports : iterable of Imported
        What the lesson has imported up to here, from which the program takes what it needs.
    helpers : iterable of str
        Functions of `zmqlab.plain_forms` that it needs.
    lab : Lab, optional
        The instruments that it keeps.
    """
    source = _print_last(source, lab)
    tree = parse(source)
    table, own = _import_table(imports, tree)
    raised = _raised(tree, set(table))
    codes = [inspect.getsource(getattr(plain_forms, name)) for name in helpers]
    if helpers:
        for one in _imports_of(inspect.getsource(plain_forms)):
            if one.bound not in table or one not in table[one.bound]:
                table.setdefault(one.bound, []).append(one)
    lines = source.splitlines()
    above = [_lines_of(node, lines) for node in raised]
    out = {number for chosen in above for number in chosen}
    out |= {
        number
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and not _bound(node) & own
        for number in _lines_of(node, lines, comments=False)
    }
    inside = _inside_strings(source)
    for number in range(1, len(lines)):  # what followed the imports follows the heading
        after = number - 1 in out and number - 1 not in {n for chosen in above for n in chosen}
        if after and not lines[number].strip():
            out.add(number)
    rest = [
        line if number in inside or not line.strip() else INDENT + line
        for number, line in enumerate(lines)
        if number not in out
    ]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(rest)).strip("\n")
    closing = "".join(f"{INDENT}{name}.destroy(linger=0)\n" for name in _open(tree))
    functions = [code.rstrip("\n") for code in codes]
    functions += ["\n".join(lines[n] for n in chosen) for chosen in above]
    awaits = read_cell(source).awaits or any("zmq.asyncio" in ast.unparse(n) for n in tree.body)
    whole = "\n".join([*functions, source])
    main = "async def main():" if awaits else "def main():"
    run = "asyncio.run(main())" if awaits else "main()"
    parts = [
        f"{head}\n\n{_import_block(table, parse(whole), awaits)}".rstrip("\n"),
        *_constants_together(functions),
        "\n".join([main, *filter(None, [body, closing and "\n" + closing])]).rstrip("\n"),
        f'if __name__ == "__main__":\n{INDENT}{run}\n',
    ]
    if all(line.lstrip().startswith("#") or not line.strip() for line in rest) and not closing:
        parts[-2] += f"\n{INDENT}pass"
    return "\n\n\n".join(parts)


def _constants_together(functions: list[str]) -> list[str]:
    """Put constants that follow each other into one block."""
    made: list[str] = []
    for code in functions:
        single = not re.search(r"^(async def|def|class|@)", code, re.MULTILINE)
        before = made and not re.search(r"^(async def|def|class|@)", made[-1], re.MULTILINE)
        if single and before:
            made[-1] += f"\n{code}"
        else:
            made.append(code)
    return made


def _bound(node: ast.stmt) -> set[str]:
    return {one.bound for one in imported(node)}


def _imports_of(source: str) -> list[Imported]:
    return [one for node in parse(source).body for one in imported(node)]


def _import_table(
    imports: Iterable[Imported], tree: ast.Module
) -> tuple[dict[str, list[Imported]], set[str]]:
    """Return the imports for the head by their names, and the names whose import stays in place.

    A name that is also given another value belongs to ``main``, and so does its import.
    """
    table: dict[str, list[Imported]] = {}
    for one in imports:
        if one not in table.setdefault(one.bound, []):
            table[one.bound].append(one)
    own = {name for name in table if name == "*"} | (set(table) & stored(tree))
    own |= {name for name, found in table.items() if len({one.name for one in found}) > 1}
    return {name: found for name, found in table.items() if name not in own}, own


def _import_block(table: dict[str, list[Imported]], tree: ast.Module, awaits: bool) -> str:
    """Write the imports that a program needs, those of the standard library first."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    chains = {dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    wanted = {Imported("asyncio", "", "asyncio")} if awaits else set()
    future = sorted(
        {one.statement for found in table.values() for one in found if one.module == "__future__"}
    )
    for name, found in table.items():
        for one in found:
            deep = not one.name and "." in one.module and one.bound == one.module.split(".")[0]
            if one.module == "__future__" or name not in used:
                continue
            if not deep or any(f"{chain}.".startswith(f"{one.module}.") for chain in chains):
                wanted.add(one)
    groups: dict[bool, list[Imported]] = {True: [], False: []}
    for one in sorted(wanted, key=lambda one: (bool(one.name), one.statement)):
        groups[one.module.split(".")[0] in sys.stdlib_module_names].append(one)
    blocks = ["\n".join(future), *("\n".join(_statements(groups[std])) for std in (True, False))]
    return "\n\n".join(filter(None, blocks))


def _statements(imports: Iterable[Imported]) -> list[str]:
    """Write import statements, one for all names of a module."""
    made: dict[str, list[str]] = {}
    for one in imports:
        begin, _, name = one.statement.rpartition("import ")
        made.setdefault(begin or one.statement, []).append(name if begin else "")
    return [
        f"{begin}import {', '.join(names)}" if names[0] else begin for begin, names in made.items()
    ]


def _raised(tree: ast.Module, imports: set[str]) -> list[ast.stmt]:
    """Return the functions, classes and constants that need nothing of ``main``."""
    names = [name for node in tree.body for name in stored(ast.Module([node], []))]
    there = set(BUILTINS) | imports
    found: dict[int, ast.stmt] = {}
    while True:
        more = [
            node
            for node in tree.body
            if id(node) not in found and _stands_alone(node, there, names)
        ]
        if not more:
            return [node for node in tree.body if id(node) in found]
        for node in more:
            found[id(node)] = node
            there |= stored(ast.Module([node], []))


def _stands_alone(node: ast.stmt, there: set[str], names: list[str]) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        facts = read_cell(ast.unparse(node))
        later = facts.functions[node.name]
        return names.count(node.name) == 1 and facts.reads | later.reads <= there | {node.name}
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        name = dotted(node.targets[0])
        return _is_literal(node.value) and name.isupper() and names.count(name) == 1
    return False


def _is_literal(value: ast.expr) -> bool:
    """Tell whether an expression is built of constants alone."""
    parts = (ast.Call, ast.Name, ast.Await, ast.Attribute)
    return not any(isinstance(part, parts) for part in ast.walk(value))


def _lines_of(node: ast.stmt, lines: list[str], comments: bool = True) -> range:
    """Return the lines, from 0, of a statement, its decorators and the comment above it."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
    while comments and first and lines[first - 1].startswith("#"):
        first -= 1
    return range(first, node.end_lineno or node.lineno)


def _open(tree: ast.Module) -> list[str]:
    """Return the contexts that are open at the end, the last one first."""
    left: list[str] = []
    for node in tree.body:
        opens, closes = contexts(ast.Module([node], []))
        left = [name for name in left if name not in (*opens, *closes)]
        left += [name for name in opens if name not in closes]
    return left[::-1]


def _print_last(source: str, lab: Lab | None) -> str:
    """Print what a notebook would show: the value of the last statement, if it has one."""
    tree = parse(source)
    value = shown(source, tree)
    if value is None or _is_silent(value, tree):
        return source
    edits = Edits(source)
    start, end = edits.start(tree.body[-1]), edits.end(tree.body[-1])
    text = edits.text(start, end)
    pair = isinstance(value, ast.Tuple) and not text.startswith("(")
    whole = f"repr({f'({text})' if pair else text})"
    if lab is not None and _called(value) in lab.names(value) + _attributes(value, lab):
        whole = text  # a picture, whose text is its repr
    edits.replace(start, end, f"print({whole})")
    return edits.done()


def _attributes(value: ast.expr, lab: Lab) -> list[ast.expr]:
    """Return the methods of instruments that an expression names."""
    return [
        node
        for node in ast.walk(value)
        if isinstance(node, ast.Attribute) and root(node) in {**lab.given, **lab.kept}
    ]


def _is_silent(value: ast.expr, tree: ast.Module) -> bool:
    """Tell whether an expression is a call that is known to return nothing."""
    function = _called(value)
    if function is None:
        return False
    name = function.attr if isinstance(function, ast.Attribute) else root(function)
    returning = {
        node.name: any(isinstance(n, ast.Return) and n.value for n in ast.walk(node))
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return not returning[name] if name in returning else name in SILENT


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
