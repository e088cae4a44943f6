"""Who imports whom: no circle in any package, late and type-only imports counted."""

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

from web.paths import ROOT

PACKAGES = ("purezmq", "zmqlab", "web")
TOOLS = ("web.lint", "web.tools")
"""The rooms that may know the tests."""


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(package):
    return {name_of(path): path for path in sorted((ROOT / package).rglob("*.py"))}


def imports(path, known):
    """All that a module imports of those known, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name_of(path).split(".")
                package = package if path.name == "__init__.py" else package[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [base])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if whole in known else base)
    return found & set(known)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_circle(package):
    known = modules(package)
    # The package's own __init__ names what it offers; nobody inside may import from it.
    graph = {name: imports(path, known) for name, path in known.items() if name != package}
    try:
        [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_rooms_of_the_site_know_only_those_below():
    known = modules("web")
    above = {
        "web.lessons": ("web.site", "web.lint", "web.tools"),
        "web.site": ("web.lint",),
        "web.lint": ("web.site", "web.tools"),
    }
    for name, path in known.items():
        room = ".".join(name.split(".")[:2])
        for other in imports(path, known):
            assert not other.startswith(above.get(room, ())), f"{name} imports {other}"


def test_only_lint_and_tools_know_the_tests():
    for name, path in modules("web").items():
        if not name.startswith(TOOLS):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    assert not node.value.startswith("tests/"), f"{name}:{node.lineno}"
