"""The page "Why is my message missing?": one file a leaf, in ``guide_{en,ko}/missing/``.

``{missing-leaves} nothing`` shows the leaves of a group, in the order of their numbers. A leaf is
Markdown: front matter with ``group``, ``order`` and ``asks``, then a label, a heading, what
happens, the check that proves it, and the cure. The file has the same name on both sides. The
English one names the ``tests`` in ``tests/purezmq/conformance`` that show the cause at work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from web.lessons.folders import split_front
from web.paths import GUIDES
from web.site.directives import Companion

HEAD = re.compile(r"^\((?P<label>missing-[\w-]+)\)=\n# (?P<title>.+)\n", re.M)


@dataclass(frozen=True)
class Leaf:
    """A cause, as a file says it.

    Attributes
    ----------
    asks : tuple of str
        The question as people type it.
    tests : tuple of str
        Each as ``file.test``, as in `web.site.socket_rules`.
    label, title, text : str
        Of its section.
    line : int
        Where the text begins.
    """

    path: Path
    group: str
    order: int
    asks: tuple[str, ...]
    tests: tuple[str, ...]
    label: str
    title: str
    text: str
    line: int


def leaves(language: str) -> list[Leaf]:
    """Return all leaves of a language, in order."""
    found = [_read(path) for path in (GUIDES[language] / "missing").glob("*.md")]
    return sorted(found, key=lambda leaf: (leaf.order, leaf.path.name))


def _read(path: Path) -> Leaf:
    content = path.read_text(encoding="utf-8")
    said = yaml.safe_load(split_front(content)[0])
    head = HEAD.search(content)
    if head is None:
        raise ValueError(f"{path}: write (missing-NAME)= and a heading after the front matter")
    line = content.count("\n", 0, head.end())
    return Leaf(
        path=path,
        group=said["group"],
        order=said["order"],
        asks=tuple(said["asks"]),
        tests=tuple(said.get("tests", ())),
        label=head["label"],
        title=head["title"],
        text=content[head.end() :],
        line=line,
    )


class MissingLeaves(Companion):
    """The leaves of a group, each a section."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Parse the files where the directive stands."""
        self.env.note_dependency(str(GUIDES[self.config.language] / "missing"))
        sections: list[nodes.Node] = []
        for leaf in leaves(self.config.language):
            if leaf.group != self.arguments[0]:
                continue
            self.env.note_dependency(str(leaf.path))
            sections.append(self.section(leaf))
        if not sections:
            raise self.error(f"no leaf says group: {self.arguments[0]}")
        return sections

    def section(self, leaf: Leaf) -> nodes.section:
        """Make a leaf's section, and let links reach it by its label."""
        domain: Any = self.env.get_domain("std")
        domain.labels[leaf.label] = (self.env.docname, leaf.label, leaf.title)
        domain.anonlabels[leaf.label] = (self.env.docname, leaf.label)
        heading = nodes.title(leaf.title, "", *self.parsed(leaf.title)[0].children)
        lines = leaf.text.splitlines()
        places = [(str(leaf.path), leaf.line + number) for number in range(len(lines))]
        content = self.parsed(StringList(lines, items=places))
        return nodes.section("", heading, *content, ids=[leaf.label], names=[leaf.label])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("missing-leaves", MissingLeaves)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
