"""The core's size and shape: budgets, in statements, and what they must not be bought with."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import purezmq
from web.tools.lines import budgets, parts, statements

ROOT = Path(purezmq.__file__).parent
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in ROOT.rglob("*.py")
}


def test_what_counts():
    source = '''"""Why it is there."""

from typing import Protocol

LIMIT = 3
"""What is limited."""


class Contract(Protocol):
    """Only says what others do."""

    limit: int

    def act(self) -> None:
        """Act."""


def function(argument: int) -> str:
    """What it does."""
    if argument: return "short"
    one, two = 1, 2
    text = """not a docstring:

    three lines"""
    return text
'''
    # LIMIT, def, if, return, two assignments, text, return
    assert statements(source) == 7


def test_the_core_keeps_its_budgets():
    sizes = parts(ROOT)
    allowed = budgets()
    assert set(allowed) < set(sizes)
    over = {name: (sizes[name], most) for name, most in allowed.items() if sizes[name] > most}
    assert not over, over


def test_one_assignment_a_line():
    """Tuples and chains save lines, and cost the reader."""
    plain, packed = 0, []
    for name, source in SOURCES.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Assign):
                both = isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)
                if len(node.targets) > 1 or both:
                    packed.append((name, node.lineno))
            plain += isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
    assert len(packed) < 0.02 * plain, packed


def test_private_stays_private_and_types_are_said():
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "SLF001"]
    command += ["--output-format", "json", str(ROOT)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    accesses = [(one["filename"], one["location"]["row"]) for one in json.loads(ran.stdout)]
    assert len(accesses) < 20, accesses
    untyped = []
    for name, source in SOURCES.items():
        lines = [line for line in source.splitlines() if not line.startswith(("from ", "import "))]
        untyped += [
            (name, line)
            for line in lines
            for _ in re.findall(r"Any(?!thing)(?! other)|type: ignore|cast\(", line)
        ]
    assert len(untyped) < 40, untyped
