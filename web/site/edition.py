"""The edition for a class: pages and notebooks as they are, but for the exercises' solutions.

What must stay true: nothing else of a page or a notebook changes, and one in which a solution is
not where it is expected is refused, for it would give away what the edition is to keep.
"""

from __future__ import annotations

import json
import re
from typing import Any

FOLD = '<details class="fold fold-solution">'
BEGIN_OR_END = re.compile(r"<details\b|</details>")
END = "</details>"


class EditionError(ValueError):
    """A page or a notebook whose solutions can't be taken out."""


def page_without_solutions(html: str) -> str:
    """Return a page without its folded solutions.

    Raises
    ------
    EditionError
        If a solution does not end, or stands in another fold than the one that is known.
    """
    kept = []
    while FOLD in html:
        before, _, rest = html.partition(FOLD)
        kept.append(before)
        html = rest[_end_of_fold(rest) :]
    page = "".join([*kept, html])
    if "fold-solution" in page:
        raise EditionError("a solution stands where none is expected")
    return page


def _end_of_fold(html: str) -> int:
    """Return where the fold ends whose inside the text begins with."""
    depth = 1
    for found in BEGIN_OR_END.finditer(html):
        depth += -1 if found[0] == END else 1
        if depth == 0:
            return found.end()
    raise EditionError("a solution does not end")


def notebook_without_solutions(content: bytes, title: str) -> bytes:
    """Return a notebook without its folded solutions.

    Parameters
    ----------
    content : bytes
        The notebook.
    title : str
        What stands over a solution in its language.

    Raises
    ------
    EditionError
        If one is left.
    """
    fold = re.compile(
        rf"\n*<details>\n<summary>{re.escape(title)}</summary>\n.*?\n{END}", re.DOTALL
    )
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = cell["source"]
            whole = source if isinstance(source, str) else "".join(source)
            left = fold.sub("", whole)
            if f"<summary>{title}</summary>" in left:
                raise EditionError("a solution stands where none is expected")
            if left != whole:
                cell["source"] = left.lstrip("\n").splitlines(keepends=True)
    notebook["cells"] = [cell for cell in notebook["cells"] if _has_something(cell)]
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def _has_something(cell: dict[str, Any]) -> bool:
    """Tell whether a cell is more than a text that is now empty."""
    return cell["cell_type"] != "markdown" or bool("".join(cell["source"]).strip())
