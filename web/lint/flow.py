"""What cells do with sockets and names: the data flow that the rules for cells look at."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import zip_longest

RECEIVING = re.compile(r"recv(_\w+)?")


def name_of(node: ast.AST) -> str:
    """Return ``a.b.c`` for names and attributes, nothing for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = name_of(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


class Waits(ast.NodeVisitor):
    """Finds receives without a limit; is shown a lesson's cells in their order.

    A socket is limited if ``rcvtimeo`` was set on it or on the context that made it. A name whose
    maker is not seen (a function's parameter) counts as limited once anything is.
    """

    def __init__(self) -> None:
        self.limited: set[str] = set()
        self.maker: dict[str, str] = {}
        self.found: list[ast.Call] = []
        self._within = 0

    def visit_Assign(self, node: ast.Assign) -> None:
        """Note limits that are set, and which context made a socket."""
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr.lower() == "rcvtimeo":
                self.limited.add(name_of(target.value))
            for name, value in assigned(target, node.value):
                self._made(name, value)

    def _made(self, name: str, value: ast.expr) -> None:
        for call in ast.walk(value):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr == "socket":
                self.maker[name] = name_of(call.func.value)
                self.limited.discard(name)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        """Note that ``asyncio.timeout`` limits what stands in its block."""
        limits = 0
        for item in node.items:
            self.visit(item.context_expr)
            call = item.context_expr
            if isinstance(call, ast.Call) and name_of(call.func) in (
                "asyncio.timeout",
                "asyncio.timeout_at",
            ):
                limits = 1
            if isinstance(item.optional_vars, ast.Name):
                self._made(item.optional_vars.id, item.context_expr)
        self._within += limits
        for statement in node.body:
            self.visit(statement)
        self._within -= limits

    visit_AsyncWith = visit_With  # noqa: N815

    def visit_Call(self, node: ast.Call) -> None:
        """Keep a call that receives and has no limit."""
        called = name_of(node.func)
        limit = called in ("asyncio.wait_for", "wait_for")
        limit = limit or any(word.arg == "timeout" for word in node.keywords)
        attribute = ""
        if isinstance(node.func, ast.Attribute):
            attribute = node.func.attr
            option = name_of(node.args[0]) if node.args else ""
            if attribute in ("setsockopt", "set") and option.endswith("RCVTIMEO"):
                self.limited.add(name_of(node.func.value))
        self._within += limit
        self.generic_visit(node)
        if not self._within and self._waits(node, attribute):
            self.found.append(node)
        self._within -= limit

    def _waits(self, node: ast.Call, attribute: str) -> bool:
        if attribute == "poll":
            return not node.args or (
                isinstance(node.args[0], ast.Constant) and node.args[0].value is None
            )
        if not RECEIVING.fullmatch(attribute) or not isinstance(node.func, ast.Attribute):
            return False
        flags = ast.dump(node)
        if "'NOBLOCK'" in flags or "'DONTWAIT'" in flags:
            return False
        name = name_of(node.func.value)
        if name in self.limited or self.maker.get(name) in self.limited:
            return False
        return name in self.maker or not self.limited


def assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Pair names with what they are given, element by element where both are tuples."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, given in zip_longest(target.elts, value.elts):
            if one is not None and given is not None:
                yield from assigned(one, given)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.GeneratorExp | ast.ListComp):
        for one in target.elts:
            yield from assigned(one, value.elt)


def makes(value: ast.expr) -> str:
    """Tell whether an expression makes a ``socket`` or a ``context``."""
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return ""
    called = name_of(value.func).split(".")[-1]
    if isinstance(value.func, ast.Attribute) and not called:
        called = value.func.attr
    return {"socket": "socket", "context": "context", "Context": "context"}.get(called, "")


def called(tree: ast.AST) -> set[str]:
    """Return what is called: ``a.close`` and ``b.close`` for ``for s in (a, b): s.close()`` too."""
    names = {name_of(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for loop in ast.walk(tree):
        if (
            isinstance(loop, ast.For)
            and isinstance(loop.target, ast.Name)
            and isinstance(loop.iter, ast.Tuple | ast.List)
        ):
            begin = f"{loop.target.id}."
            methods = [name.removeprefix(begin) for name in names if name.startswith(begin)]
            names |= {f"{name_of(each)}.{method}" for each in loop.iter.elts for method in methods}
    return names


def maker(value: ast.expr) -> str:
    """Return the context that makes a socket: ``context`` in ``context.socket(...)``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return name_of(value.func.value)
    return ""


def ends(kind: str, name: str, maker: str, calls: set[str]) -> bool:
    """Tell whether calls close a socket or context, or the context that made the socket."""
    if kind == "context":
        return bool({f"{name}.term", f"{name}.destroy"} & calls)
    return bool({f"{name}.close", f"{maker}.destroy"} & calls)


def returned(function: ast.AST, name: str) -> bool:
    """Tell whether a function hands a socket or context to its caller."""
    return any(
        isinstance(node, ast.Return) and node.value is not None and name_of(node.value) == name
        for node in ast.walk(function)
    )


def stored(tree: ast.Module) -> set[str]:
    """Return the names that a cell gives a value at its top level."""
    names: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        waiting += ast.iter_child_nodes(node)
    return names
