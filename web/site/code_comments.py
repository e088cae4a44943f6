"""Puts the translated comments into the code that a lesson's page shows, after it has run."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from web import paths
from web.lessons.comments import translated
from web.lessons.localise import Translator

PYTHON = ("python", "ipython3", "ipython")


def translate_comments(app: Sphinx, doctree: nodes.document) -> None:
    """Translate the comments of a lesson's code; pages of other languages stay as they are."""
    name = app.env.docname
    language = app.config.language
    if language == "en" or not name.startswith("lessons/") or app.builder.name == "gettext":
        return
    po = paths.ROOT / "locale" / language / "LC_MESSAGES" / f"{name}.po"
    app.env.note_dependency(str(po))
    translator = Translator(po)
    for block in doctree.findall(nodes.literal_block):
        if block.get("language") in PYTHON:
            code = translated(block.astext(), lambda words: translator.comment(words, 0))
            block.rawsource = code
            block[:] = [nodes.Text(code)]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect."""
    app.connect("doctree-read", translate_comments)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
