"""Which part of `purezmq` may know which: read from the sources, not from what happens to run.

The standard library is all that it needs. Of that, `wire` and `patterns` may use what computes,
and nothing that waits, reads a clock or reaches the world outside: that is what lets them run
anywhere, and be tested without a network. Arrows run down the picture in `purezmq.__doc__`.
"""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "purezmq").rglob("*.py"))

BASE = {"constants", "errors", "values"}
MAY_USE = {
    "constants": set(),
    "errors": {"constants"},
    "values": {"constants"},
    "wire": BASE,
    "patterns": BASE,
    "transport": BASE,
    "compat": BASE,
    "asyncio": BASE | {"compat", "wire", "patterns", "transport"},
    "__init__": BASE | {"asyncio", "compat"},
    "standin": {"__init__", "transport"},
}
"""Part of purezmq -> the other parts whose names it may use."""

OWN_PARTS = {
    "compat.constants": "constants",
    "compat.standin": "standin",
    "constants": "constants",
    "standin": "standin",
}
"""Modules that are no part of their package: all may use the constants; the stand-in uses all."""

COMPUTES = {"collections", "dataclasses", "enum", "itertools", "math", "struct", "typing"}
SYSTEM = ("io.", "os.", "sys.")
OF_THE_SYSTEM = {"io.BytesIO", "os.urandom", "sys.maxsize"}
"""What `wire` and `patterns` may use of the standard library."""

LATE = {"socket", "ssl", "threading", "subprocess", "multiprocessing", "select", "signal", "time"}
"""Only the module of network streams may use these, and it is imported at its first use."""
NETWORK = ROOT / "purezmq" / "transport" / "stream.py"


def part(path):
    """The part of purezmq to which a source belongs."""
    parts = path.relative_to(ROOT / "purezmq").with_suffix("").parts
    return OWN_PARTS.get(".".join(parts), parts[0])


def imported(tree):
    """Each name that is imported anywhere in a source, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_used(tree):
    """The parts of purezmq that a source uses."""
    for name in imported(tree):
        first, *rest = name.split(".")
        if first == "purezmq":
            own = OWN_PARTS.get(".".join(rest[:2])) or OWN_PARTS.get(".".join(rest[:1]))
            yield own or (rest[0] if rest and rest[0] in MAY_USE else "__init__")


def at_import(node):
    """The nodes that are run when a source is imported: not those in functions, nor for types."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from at_import(child)


def breaches(path, source):
    """What a source imports against the rules, one line each."""
    tree = ast.parse(source)
    mine = part(path)
    for used in parts_used(tree):
        if used != mine and used not in MAY_USE[mine]:
            yield f"{mine} uses {used}"
    for name in imported(tree):
        library = name.split(".")[0]
        if library == "purezmq":
            continue
        if mine in ("wire", "patterns") and name.startswith(SYSTEM) and name not in OF_THE_SYSTEM:
            yield f"{mine} uses {name}"
        if library not in sys.stdlib_module_names:
            yield f"{library} is not in the standard library"
        elif mine in ("wire", "patterns") and library not in COMPUTES | {"io", "os", "sys"}:
            yield f"{mine} uses {library}"
        elif library in LATE and path != NETWORK:
            yield f"{library} is for streams of the network alone"
    if mine in ("wire", "patterns"):
        for node in ast.walk(tree):
            if isinstance(node, ast.AsyncFunctionDef | ast.Await):
                yield f"{mine} waits"
            used = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            if used.startswith(SYSTEM) and used not in OF_THE_SYSTEM:
                yield f"{mine} uses {used}"
    for node in at_import(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in imported(ast.Module([node], [])):
                late = ("purezmq.transport.stream", "purezmq.transport.memory")
                if mine != "transport" and name.startswith(late):
                    yield f"{name} is not imported before it is used"


def test_each_source_uses_what_it_may():
    found = {path: list(breaches(path, path.read_text(encoding="utf-8"))) for path in SOURCES}
    assert not {path: each for path, each in found.items() if each}


def modules():
    """Each module of purezmq and those that it imports: at the top, late, and for types alone."""
    paths = {}
    for path in SOURCES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        paths[name] = path
    graph = {}
    for module, path in paths.items():
        names = imported(ast.parse(path.read_text(encoding="utf-8")))
        known = {name if name in paths else name.rpartition(".")[0] for name in names}
        graph[module] = {name for name in known if name in paths}
    return graph


def test_no_import_leads_back_to_where_it_began():
    TopologicalSorter(modules()).prepare()
    graph = {"a": {"b"}, "b": {"a"}}
    with pytest.raises(CycleError):
        TopologicalSorter(graph).prepare()
    assert "purezmq.asyncio.core" in modules()["purezmq.asyncio.socket"]


PUBLIC = {
    "purezmq": ["Again", "Frame", "PUSH", "Socket", "SocketOption", "ZMQError", "proxy"],
    "purezmq.asyncio": ["Context", "Poller", "Socket", "proxy"],
    "purezmq.asyncio.monitor": ["parse_monitor_message", "recv_monitor_message"],
    "purezmq.constants": ["Errno", "Event", "PUSH", "SocketType"],
    "purezmq.errors": ["Again", "RemoteProtocolError", "ZMQError"],
    "purezmq.patterns": ["PATTERNS", "Options", "Pattern", "Pipe"],
    "purezmq.standin": ["install"],
    "purezmq.transport.ports": ["add"],
    "purezmq.wire": ["Engine", "encode", "encode_command"],
}
"""What programs import, and so may not move."""


def test_what_programs_import_stays_where_it_is():
    for module, names in PUBLIC.items():
        found = import_module(module)
        assert not [name for name in names if not hasattr(found, name)], module


def test_every_part_has_its_rule():
    assert {part(path) for path in SOURCES} == set(MAY_USE)
    for path in SOURCES:  # nothing in purezmq is imported that is not there
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            if name.startswith("purezmq"):
                module, _, last = name.rpartition(".")
                assert find_spec(module or last)


@pytest.mark.parametrize(
    ("where", "source", "breach"),
    [
        ("wire/frame.py", "import asyncio", "wire uses asyncio"),
        ("wire/frame.py", "def f():\n    from time import monotonic", "wire uses time"),
        ("wire/frame.py", "import os\nos.open('x', 0)", "wire uses os.open"),
        ("wire/frame.py", "from os import getpid", "wire uses os.getpid"),
        ("wire/frame.py", "async def f(): ...", "wire waits"),
        ("wire/frame.py", "from purezmq.patterns import Pipe", "wire uses patterns"),
        ("wire/frame.py", "from purezmq import transport", "wire uses transport"),
        ("wire/frame.py", "import purezmq", "wire uses __init__"),
        ("patterns/pipe.py", "import purezmq.wire.frame as frame", "patterns uses wire"),
        ("patterns/pipe.py", "if TYPE_CHECKING:\n    import socket", "patterns uses socket"),
        ("patterns/pipe.py", "import numpy", "numpy is not in the standard library"),
        ("transport/stream.py", "import purezmq.asyncio.socket", "transport uses asyncio"),
        ("transport/stream.py", "import purezmq.patterns.pipe", "transport uses patterns"),
        ("compat/forms.py", "import purezmq.asyncio.socket", "compat uses asyncio"),
        ("transport/memory.py", "import socket", "socket is for streams of the network alone"),
        ("asyncio/session.py", "import zmq.asyncio", "zmq is not in the standard library"),
        (
            "asyncio/session.py",
            "from purezmq.transport import stream",
            "purezmq.transport.stream is not imported before it is used",
        ),
        ("errors.py", "from purezmq import wire", "errors uses wire"),
    ],
)
def test_a_breach_is_seen(where, source, breach):
    assert breach in list(breaches(ROOT / "purezmq" / where, source))


@pytest.mark.parametrize(
    ("module", "stays_out"),
    [
        ("purezmq.wire", ["asyncio", "purezmq.patterns", "purezmq.transport", "purezmq.asyncio"]),
        ("purezmq.patterns", ["asyncio", "purezmq.wire", "purezmq.transport", "purezmq.asyncio"]),
        ("purezmq.transport", ["purezmq.asyncio", "purezmq.wire", "purezmq.transport.stream"]),
        ("purezmq.asyncio", ["purezmq.transport.stream", "purezmq.transport.memory"]),
        ("purezmq", ["asyncio", "purezmq.wire", "purezmq.patterns", "purezmq.transport"]),
    ],
)
def test_a_part_stands_alone_when_it_runs(module, stays_out):
    """What the sources say holds for what they lead to as well."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {module}; print(*sys.modules)"
    command = [sys.executable, "-I", "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = set(ran.stdout.split())
    assert module in loaded
    assert not loaded & set(stays_out)
