"""One question at a time: pages that lead by questions to an answer, such as a pattern or a cause.

Such a page is written as a list, and stays one without scripts. Each question is a section, and
each item of its list is an answer that ends with a link to the next question or to an end, which
is a section too. ``{walk} LABEL`` names the first question and stands before it; ``walk.js`` then
shows one section at a time. ``{idea}`` draws who connects to whom, a line a connection.
"""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from web.site.directives import Companion, element
from zmqlab.draw.ideas import idea

PREFIX = "walk_"
MARK = 'class="walk"'


class Walk(Companion):
    """The place where the script shows the way that a reader has come."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave the place, with the script's words."""
        said = {
            key.removeprefix(PREFIX): words
            for key, words in self.words.items()
            if key.startswith(PREFIX)
        }
        return [
            element(
                "nav",
                class_="walk",
                hidden="",
                aria_label=said["one"],
                data_start=self.arguments[0],
                data_words=json.dumps(said, ensure_ascii=False),
            )
        ]


class IdeaPicture(Companion):
    """Who connects to whom in a pattern."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Draw the idea."""
        try:
            picture = idea(*self.content)._repr_html_()
        except ValueError as error:
            raise self.error(str(error)) from None
        drawn = nodes.raw("", picture, format="html")
        return [element("figure", drawn, class_="core-picture")]


def add_script(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the script to the pages that have questions."""
    if app.builder.name == "html" and MARK in context.get("body", ""):
        app.add_js_file("walk.js", defer="defer")  # on this page alone: called for it


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("walk", Walk)
    app.add_directive("idea", IdeaPicture)
    app.connect("html-page-context", add_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
