"""What cells do with sockets and names: the data flow that the rules for cells look at."""

from __future__ import annotations

import ast
import re

from web.lessons import cells
from web.lessons.cells import assigned, dotted, imported, own_scope

RECEIVING = re.compile(r"recv(_\w+)?")


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
                self.limited.add(dotted(target.value))
            for name, value in assigned(target, node.value):
                self._made(name, value)

    def _made(self, name: str, value: ast.expr) -> None:
        for call in ast.walk(value):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr == "socket":
                self.maker[name] = dotted(call.func.value)
                self.limited.discard(name)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        """Note that ``asyncio.timeout`` limits what stands in its block."""
        limits = 0
        for item in node.items:
            self.visit(item.context_expr)
            call = item.context_expr
            if isinstance(call, ast.Call) and dotted(call.func) in (
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
        called = dotted(node.func)
        limit = called in ("asyncio.wait_for", "wait_for")
        limit = limit or any(word.arg == "timeout" for word in node.keywords)
        attribute = ""
        if isinstance(node.func, ast.Attribute):
            attribute = node.func.attr
            option = dotted(node.args[0]) if node.args else ""
            if attribute in ("setsockopt", "set") and option.endswith("RCVTIMEO"):
                self.limited.add(dotted(node.func.value))
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
        name = dotted(node.func.value)
        if name in self.limited or self.maker.get(name) in self.limited:
            return False
        return name in self.maker or not self.limited


def maker(value: ast.expr) -> str:
    """Return the context that makes a socket: ``context`` in ``context.socket(...)``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return dotted(value.func.value)
    return ""


def ends(kind: str, name: str, maker: str, calls: set[str]) -> bool:
    """Tell whether calls close a socket or context, or the context that made the socket."""
    if kind == "context":
        return bool({f"{name}.term", f"{name}.destroy"} & calls)
    return bool({f"{name}.close", f"{maker}.destroy"} & calls)


def returned(function: ast.AST, name: str) -> bool:
    """Tell whether a function hands a socket or context to its caller."""
    return any(
        isinstance(node, ast.Return) and node.value is not None and dotted(node.value) == name
        for node in ast.walk(function)
    )


def stored(tree: ast.Module) -> set[str]:
    """Return the names that a cell gives a value at its top level, imports counted."""
    found = [one.bound for node in own_scope(tree) for one in imported(node)]
    return cells.stored(tree) | set(found)
