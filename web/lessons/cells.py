"""What a lesson's code says about itself: names, imports, contexts and sockets, waits.

The one reader of code cells: the copy as a program, the run, the lint and the core page ask here.
`read_cell` gives the facts of a whole cell; the functions before it answer for a node or a tree.
What must stay true: no code is run, and neither Sphinx nor MyST is imported.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

TOP_LEVEL = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
CONTEXTS = ("Context", "context", "instance")
BUILTINS = frozenset(dir(builtins))
CHANGING_BUILTINS = frozenset({"delattr", "exec", "next", "setattr"})
LOOKING = frozenset(
    {"count", "decode", "encode", "endswith", "format", "index", "items", "join", "keys"}
    | {"most_common", "socket", "split", "startswith", "strip", "values"}
)
"""Methods that leave their object as it is, whatever the object."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def parse(source: str) -> ast.Module:
    """Parse a cell, which may await at its top level.

    Raises
    ------
    SyntaxError
        If it is not Python.
    """
    try:
        tree = compile(source, "cell", "exec", TOP_LEVEL)
    except SystemError:  # seen once on 3.11: it miscounts its own depth; the cause is not known
        tree = compile(source, "cell", "exec", TOP_LEVEL)
    assert isinstance(tree, ast.Module)
    return tree


def really_run(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, but leave out what only a type checker reads."""
    yield node
    if isinstance(node, ast.If) and dotted(node.test).split(".")[-1] == "TYPE_CHECKING":
        return
    for child in ast.iter_child_nodes(node):
        yield from really_run(child)


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for names and attributes, nothing for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def root(node: ast.AST) -> str:
    """Return the name that an expression of attributes, items and calls begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Await | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


@dataclass(frozen=True)
class Imported:
    """A name that an import statement binds.

    Attributes
    ----------
    module : str
        The module that the statement names.
    name : str
        What it takes from there; empty for the module itself.
    bound : str
        The name that it has here.
    level : int
        How many packages up, for a relative import.
    """

    module: str
    name: str
    bound: str
    level: int = 0

    @property
    def path(self) -> str:
        """The whole name: ``asyncio.sleep``."""
        return ".".join(filter(None, (self.module, self.name)))

    @property
    def statement(self) -> str:
        """The import as a statement of its own."""
        begin = f"from {'.' * self.level}{self.module} " if self.name else ""
        name = self.name or self.module
        asname = "" if self.bound == name.split(".")[0] else f" as {self.bound}"
        return f"{begin}import {name}{asname}"


def imported(node: ast.AST) -> list[Imported]:
    """Return the names that a statement imports; none if it is no import."""
    if isinstance(node, ast.Import):
        return [
            Imported(alias.name, "", alias.asname or alias.name.split(".")[0])
            for alias in node.names
        ]
    if isinstance(node, ast.ImportFrom):
        return [
            Imported(node.module or "", alias.name, alias.asname or alias.name, node.level)
            for alias in node.names
        ]
    return []


def assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Pair the names of an assignment with what they are given, element by element."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, given in zip_longest(target.elts, value.elts):
            if one is not None and given is not None:
                yield from assigned(one, given)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.GeneratorExp | ast.ListComp):
        for one in target.elts:
            yield from assigned(one, value.elt)


def made(value: ast.expr) -> str:
    """Tell whether an expression makes a ``socket`` or a ``context``; else nothing."""
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return ""
    function = value.func
    called = function.attr if isinstance(function, ast.Attribute) else dotted(function)
    return "socket" if called == "socket" else "context" if called in CONTEXTS else ""


def looped(tree: ast.AST) -> dict[str, list[str]]:
    """Return the names that a loop over named things goes through: ``for s in (a, b)``."""
    return {
        loop.target.id: [name for each in loop.iter.elts if (name := dotted(each))]
        for loop in ast.walk(tree)
        if isinstance(loop, ast.For)
        and isinstance(loop.target, ast.Name)
        and isinstance(loop.iter, ast.Tuple | ast.List)
    }


def called(tree: ast.AST) -> set[str]:
    """Return what is called: ``a.close`` and ``b.close`` for ``for s in (a, b): s.close()`` too."""
    names = {dotted(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for target, each in looped(tree).items():
        begin = f"{target}."
        methods = [name.removeprefix(begin) for name in names if name.startswith(begin)]
        names |= {f"{one}.{method}" for one in each for method in methods}
    return names


def own_scope(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, but not into functions and classes: their names are their own."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, Function | ast.ClassDef | ast.Lambda):
            yield from own_scope(child)


def stored(tree: ast.AST) -> set[str]:
    """Return the names that a tree gives values otherwise than by an import."""
    names: set[str] = set()
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, Comprehension):  # its names are its own, but for those of :=
            inside = [part for part in ast.walk(node) if isinstance(part, ast.NamedExpr)]
            names |= {part.target.id for part in inside}
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
    return names


@dataclass(frozen=True)
class Later:
    """What a function needs and changes when it is called."""

    reads: frozenset[str]
    changes: frozenset[str]


@dataclass(frozen=True)
class CellFacts:
    """What a cell does, as far as its text tells.

    Attributes
    ----------
    tree : ast.Module
        The parsed cell.
    binds : frozenset of str
        Names that it gives values, imports not counted.
    reads : frozenset of str
        Names whose values it needs from elsewhere when it runs.
    uses : frozenset of str
        All names that it reads when it runs, also those that it has bound itself.
    changes : frozenset of str
        Names whose objects it may change: a method was called, an attribute or an item set, or a
        function was given the object.
    functions : mapping of str to Later
        What the functions and classes that it defines need and change when they are called.
    imports : tuple of Imported
        What its import statements bind, outside functions.
    opens, closes : tuple of str
        Contexts that it makes, and that it ends.
    shows : ast.expr or None
        The expression whose value a notebook shows below it.
    awaits : bool
        Whether it awaits outside of functions.
    """

    tree: ast.Module
    binds: frozenset[str]
    reads: frozenset[str]
    uses: frozenset[str]
    changes: frozenset[str]
    functions: Mapping[str, Later]
    imports: tuple[Imported, ...]
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    shows: ast.expr | None
    awaits: bool


def read_cell(source: str, modules: Iterable[str] = ()) -> CellFacts:
    """Read a cell.

    Parameters
    ----------
    source : str
        Its code.
    modules : iterable of str
        Names that cells before it have imported: they are no objects that a cell changes.

    Raises
    ------
    SyntaxError
        If it is not Python.
    """
    tree = parse(source)
    names = _Names(modules=set(modules))
    names.visit(tree)
    inside = [node for node in own_scope(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    opens, closes = contexts(tree)
    return CellFacts(
        tree=tree,
        binds=frozenset(stored(tree)),
        reads=frozenset(names.reads - BUILTINS),
        uses=frozenset(names.uses - BUILTINS),
        changes=frozenset(names.changes - BUILTINS),
        functions=names.functions,
        imports=tuple(one for node in inside for one in imported(node)),
        opens=opens,
        closes=closes,
        shows=shown(source, tree),
        awaits=any(
            isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)
            or (isinstance(node, ast.comprehension) and node.is_async)
            for node in own_scope(tree)
        ),
    )


def contexts(tree: ast.AST) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of contexts that a tree makes, and of those that it ends."""
    opens: list[str] = []
    closes: list[str] = []
    for node in own_scope(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = assigned(target, node.value)
                opens += [name for name, value in pairs if made(value) == "context"]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            ended = node.func.value
            if node.func.attr in ("term", "destroy") and isinstance(ended, ast.Name):
                closes.append(ended.id)
    return tuple(dict.fromkeys(opens)), tuple(dict.fromkeys(closes))


def shown(source: str, tree: ast.Module) -> ast.expr | None:
    """Return the last statement if a notebook shows its value: an expression, no semicolon."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return None
    line = source.splitlines()[(last.end_lineno or 1) - 1].encode()
    return None if line[last.end_col_offset :].lstrip().startswith(b";") else last.value


@dataclass
class _Names(ast.NodeVisitor):
    """Goes through a scope in the order in which it runs, and notes its names."""

    bound: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    functions: dict[str, Later] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    others: dict[str, set[str]] = field(default_factory=dict)
    """Names that may stand for the same object, or for one inside of it."""

    def _changed(self, name: str) -> None:
        if name and name not in self.changes and name not in self.modules:
            self.changes.add(name)
            for other in self.others.get(name, ()):
                self._changed(other)

    def _stands_for(self, target: ast.expr, value: ast.expr) -> None:
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.others.setdefault(node.id, set()).update(names - {node.id})

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.uses.add(node.id)
            if node.id not in self.bound:
                self.reads.add(node.id)
        else:
            self.bound.add(node.id)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for one in imported(node):
            self.bound.add(one.bound)
            self.modules.add(one.bound)

    visit_Import = _import  # noqa: N815
    visit_ImportFrom = _import  # noqa: N815

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            for name, value in assigned(target, node.value):
                if isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.List):
                    self._stands_for(ast.Name(name), value)
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.visit(ast.Name(node.target.id, ast.Load()))
            self._changed(node.target.id)
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        for part in (node.annotation, node.value, node.target):
            if part is not None:
                self.visit(part)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def _item(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._changed(root(node))
        self.generic_visit(node)

    visit_Attribute = _item  # noqa: N815
    visit_Subscript = _item  # noqa: N815

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._stands_for(node.target, node.iter)
        self.visit(node.target)
        self._all([*node.body, *node.orelse])

    visit_For = _loop  # noqa: N815
    visit_AsyncFor = _loop  # noqa: N815

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if isinstance(item.context_expr, ast.Name):
                self._changed(item.context_expr.id)
            if item.optional_vars is not None:
                if not isinstance(item.context_expr, ast.Call):
                    self._stands_for(item.optional_vars, item.context_expr)
                self.visit(item.optional_vars)
        self._all(node.body)

    visit_With = _with  # noqa: N815
    visit_AsyncWith = _with  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)

    def _pattern(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)

    visit_MatchAs = _pattern  # noqa: N815
    visit_MatchStar = _pattern  # noqa: N815

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _comprehension(self, node: Comprehension) -> None:
        targets = {
            inner.id
            for part in node.generators
            for inner in ast.walk(part.target)
            if isinstance(inner, ast.Name)
        }
        own = targets - self.bound
        for part in node.generators:
            self.visit(part.iter)
            self._stands_for(part.target, part.iter)
            self.visit(part.target)
            self._all(part.ifs)
        self._all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.bound -= own

    visit_ListComp = _comprehension  # noqa: N815
    visit_SetComp = _comprehension  # noqa: N815
    visit_DictComp = _comprehension  # noqa: N815
    visit_GeneratorExp = _comprehension  # noqa: N815

    def _within(self, arguments: ast.arguments, body: Iterable[ast.AST], own: set[str]) -> Later:
        """Read a function's body, whose own names stay inside."""
        given = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        more = (arguments.vararg, arguments.kwarg)
        own |= {one.arg for one in (*given, *more) if one is not None}
        inner = _Names(bound=set(own), modules=set(self.modules))
        inner._all(body)
        reads = inner.reads.union(*(later.reads for later in inner.functions.values()))
        changes = inner.changes.union(*(later.changes for later in inner.functions.values()))
        return Later(frozenset(reads - own - BUILTINS), frozenset(changes - own - BUILTINS))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._all(node.decorator_list)
        self._all(one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None)
        self.bound.add(node.name)
        elsewhere = {
            name
            for inner in ast.walk(node)
            if isinstance(inner, ast.Global | ast.Nonlocal)
            for name in inner.names
        }
        body = ast.Module(node.body, [])
        later = self._within(node.args, node.body, stored(body) - elsewhere)
        self.functions[node.name] = Later(later.reads, later.changes | elsewhere)

    visit_FunctionDef = _function  # noqa: N815
    visit_AsyncFunctionDef = _function  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        later = self._within(node.args, [node.body], set())
        self.uses |= later.reads
        self.reads |= later.reads - self.bound
        for name in later.changes:
            self._changed(name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._all([*node.decorator_list, *node.bases, *node.keywords])
        inner = _Names(bound=set(self.bound), modules=set(self.modules))
        inner._all(node.body)
        self.reads |= inner.reads
        self.uses |= inner.uses
        methods = inner.functions.values()
        self.bound.add(node.name)
        self.functions[node.name] = Later(
            frozenset().union(*(later.reads for later in methods)) - {node.name},
            frozenset().union(*(later.changes for later in methods)),
        )

    def visit_Await(self, node: ast.Await) -> None:
        if isinstance(node.value, ast.Name):
            self._changed(node.value.id)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        begin = root(node.func)
        if isinstance(node.func, ast.Attribute) and begin and begin not in self.modules:
            if node.func.attr not in LOOKING:
                self._changed(begin)
        elif begin not in BUILTINS or begin in CHANGING_BUILTINS:
            for given in (*node.args, *(word.value for word in node.keywords)):
                self._given(given)
        self.generic_visit(node)

    def _given(self, node: ast.expr) -> None:
        """Note that a function got an object, which it may change."""
        if isinstance(node, ast.Tuple | ast.List):
            for one in node.elts:
                self._given(one)
        elif not isinstance(node, ast.Call | ast.Await):
            self._changed(root(node))
