"""Run a lesson as a learner may: every cell twice, or solved: ``python -m web.tools.rehearse``.

`make soak` calls it, once for each page and form.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from copy import deepcopy

import nbformat

from web.lessons.folders import page_name, page_path, pages
from web.lessons.localise import localise, with_solutions
from web.lessons.run import RunError, execute
from web.lessons.source import read
from web.words import LANGUAGES
from zmqlab.exercises.checks import STATES


def twice(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook in which every cell runs twice, and then all of them once more.

    The last cell ends everything, so it comes twice at the very end only.
    """
    made = deepcopy(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    order = [cell for cell in code[:-1] for _ in range(2)]
    order += code
    order.append(code[-1])
    made.cells = [nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata) for cell in order]
    return made


def verdicts(notebook: nbformat.NotebookNode) -> set[str]:
    """Return the states that the checks of a notebook that ran show."""
    marks = {state.mark: name for name, state in STATES.items()}
    found = set()
    for cell in notebook.cells:
        if "check" in cell.metadata.get("tags", []):
            text = "".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs)
            found.add(marks.get(text[:1], "no verdict"))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run it; return 1 with the reason if a cell failed or a check said something else."""
    parser = argparse.ArgumentParser(prog="python -m web.tools.rehearse", description=__doc__)
    parser.add_argument("page", help="e.g. 01-first-message")
    parser.add_argument("--twice", action="store_true", help="every cell twice")
    parser.add_argument("--solved", choices=LANGUAGES, help="with its solutions, in a language")
    given = parser.parse_args(arguments)
    path = page_path(given.page)
    if path is None:
        parser.error(f"no page {given.page!r}; there are {', '.join(map(page_name, pages()))}")
    language = given.solved or "en"
    notebook, _ = localise(path, language)
    if given.solved:
        notebook = with_solutions(notebook, read(path))
    if given.twice:
        notebook = twice(notebook)
    try:
        asyncio.run(execute(notebook, language=language))
    except RunError as error:
        print(error)
        return 1
    said = verdicts(notebook)
    expected = {"passed"} if given.solved else {"not yet"}
    if not said <= expected:
        print(f"the checks said {sorted(said)}, expected {sorted(expected)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
