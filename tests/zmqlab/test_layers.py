"""Who imports whom in zmqlab: in one direction, late and type-only imports counted."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import zmqlab

ROOT = Path(zmqlab.__file__).parent
FACADE = "zmqlab"
"""The package itself: it names everything, and nobody inside imports from it."""


def name_of(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in ROOT.rglob("*.py")}


def imports(path):
    """All that a module imports of zmqlab, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            base = node.module or ""
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if whole in MODULES else base)
    return {one for one in found if one.split(".")[0] == "zmqlab"}


GRAPH = {name: imports(path) for name, path in MODULES.items() if name != FACADE}


def test_no_circle_of_imports():
    try:
        [*TopologicalSorter(GRAPH).static_order()]
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_nobody_inside_imports_from_the_facade():
    assert [name for name, found in GRAPH.items() if FACADE in found] == []


@pytest.mark.parametrize(
    ("layer", "others"),
    [
        ("zmqlab.record", ()),
        ("zmqlab.story", ("zmqlab.record", "zmqlab.words.language")),
        ("zmqlab.draw.signs", ("zmqlab.draw.colours", "zmqlab.words.language")),
    ],
)
def test_a_layer_knows_only_those_below(layer, others):
    mine = {name for name in GRAPH if name == layer or name.startswith(layer + ".")}
    known = {one for name in mine for one in GRAPH[name]} - mine
    assert known <= set(others)


def test_draw_and_story_never_see_the_stage():
    for name, found in GRAPH.items():
        if name.split(".")[1] in ("draw", "story", "record"):
            assert not [one for one in found if one.split(".")[1:2] == ["stage"]], name


def test_no_class_is_very_large():
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and name.split(".")[1:2] in (["draw"], ["story"]):
                assert node.end_lineno - node.lineno < 400, f"{name}.{node.name}"
