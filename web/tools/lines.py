"""How code is counted, in statements and lines: for the core's budgets and for its page.

What must stay true: nothing outside the standard library is needed, so that the test needs no site.
"""

from __future__ import annotations

import ast
import io
import tokenize
import tomllib
from collections import Counter
from pathlib import Path

from web.paths import ROOT

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def lines_of_code(source: str) -> int:
    """Count lines that are neither blank nor comment nor docstring.

    A string that does nothing is a docstring, also one behind an assignment.
    """
    documents: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                documents.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - documents)


def statements(source: str) -> int:
    """Count statements: not imports, docstrings, nor what a Protocol says of others.

    So to pack several into a line gains nothing, and to give a thing a module of its own costs
    nothing.
    """
    tree = ast.parse(source)
    protocols = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "typing"
        for name in node.names
        if name.name == "Protocol"
    }
    return sum(_count(node, protocols) for node in tree.body)


def _count(node: ast.stmt, protocols: set[str]) -> int:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return 0
        case ast.ClassDef() if protocols & {ast.unparse(base) for base in node.bases}:
            return 0
    return 1 + sum(_count(child, protocols) for child in _below(node))


def _below(node: ast.AST) -> list[ast.stmt]:
    found = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            found.append(child)
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            found += _below(child)
    return found


def budgets() -> dict[str, int]:
    """Return how many statements each part of the core may have, from ``pyproject.toml``."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: dict[str, int] = tomllib.load(file)["tool"]["companion"]["core-budget"]
    return found


# What only a place without a network needs is counted apart: the core is whole without it.
_PARTS = {
    "transport/memory.py": "streams without a network",
    "transport/ports.py": "streams without a network",
    "transport": "transport and asyncio",
    "asyncio": "transport and asyncio",
}


def parts(folder: Path) -> Counter[str]:
    """Count the statements of each part of the core."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*.py"):
        name = path.relative_to(folder).as_posix()
        package = name.partition("/")[0] if "/" in name else "compat"
        found[_PARTS.get(name) or _PARTS.get(package, package)] += statements(
            path.read_text(encoding="utf-8")
        )
    return found
