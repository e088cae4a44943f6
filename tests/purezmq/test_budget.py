"""The core's size: a budget, in lines of code.

A line counts if it holds code: not a blank line, a comment or a docstring.
"""

from pathlib import Path

import purezmq
from web.tools.lines import lines_of_code

BUDGET = 3000
"""Lines of code in `purezmq`, but for what is counted apart."""

APART = {"transport/memory.py": 120}
"""The network of a place without one, a browser's Python first of all: the design counts a
transport for the browser apart. What remains is whole without it."""


def test_what_counts():
    source = '''"""Why it is there.

Two paragraphs."""

# A comment.
import os  # one


def function(
    argument: int,
) -> str:
    """What it does."""
    text = """not a docstring:

    three lines"""
    return text


LIMIT = 3
"""What is limited."""
'''
    assert lines_of_code(source) == 1 + 3 + 3 + 1 + 1


def test_the_core_keeps_its_budget():
    root = Path(purezmq.__file__).parent
    sizes = {
        path.relative_to(root).as_posix(): lines_of_code(path.read_text())
        for path in root.rglob("*.py")
    }
    assert len(sizes) > 30
    for name, most in APART.items():
        assert sizes.pop(name) <= most, f"{name} has more than {most} lines of code"
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])
    table = "\n".join(f"{size:6} {name}" for name, size in heaviest)
    total = sum(sizes.values())
    assert total <= BUDGET, f"{total} lines of code; {BUDGET} are allowed:\n{table}"
