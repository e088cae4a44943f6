"""Folds the code of cells tagged ``plumbing`` to a line: it is never the point of a lesson."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from web.site.directives import element, text
from web.words import WORDS


def fold_plumbing(app: Sphinx, doctree: nodes.document) -> None:
    """Put the input of each such cell behind a summary that says how long it is."""
    if app.builder.format != "html":
        return
    words = WORDS[app.config.language]
    for cell in doctree.findall(nodes.container):
        if "tag_plumbing" not in cell.get("classes", ()):
            continue
        for place, part in enumerate(cell.children):
            if isinstance(part, nodes.container) and "cell_input" in part["classes"]:
                lines = part.astext().count("\n") + 1
                summary = element("summary", text(words["plumbing"].format(lines)))
                cell[place] = element("details", summary, part, class_="fold fold-plumbing")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect, after the comments are translated."""
    app.connect("doctree-read", fold_plumbing, priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
