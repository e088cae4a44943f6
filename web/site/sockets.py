"""What the pages about sockets show: built from the table in `web.site.socket_rules`.

``{socket-picture} REQ`` draws who connects to whom, ``{socket-facts} REQ`` says with whom the type
talks, where its messages go and which options and lessons belong to it, ``{socket-rules} REQ
blocks`` and ``... loses`` list its rules, and ``{socket-table}`` shows all types beside each other,
with ``full`` also what they do when they can't send.
What must stay true: a lesson belongs to a type if its code makes a socket of that type.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from web.lessons.curriculum import lesson_paths
from web.lessons.folders import pages
from web.lessons.source import read
from web.paths import ROOT
from web.site.core import cell, head_cell, table
from web.site.directives import Companion, element, text
from web.site.socket_rules import SOCKETS, Rule, Socket
from zmqlab.draw.ideas import idea

RULES = ROOT / "web" / "site" / "socket_rules.py"

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "type": "Type",
        "peers": "At the other end",
        "send": "Sending",
        "receive": "Receiving",
        "full": "When it can’t send",
        "envelope": "Envelope",
        "options": "Options that matter",
        "lessons": "Lessons",
        "lesson": "Lesson {}",
        "specification": "Specification",
    },
    "ko": {
        "type": "유형",
        "peers": "상대 소켓",
        "send": "보내기",
        "receive": "받기",
        "full": "보낼 수 없을 때",
        "envelope": "봉투",
        "options": "중요한 옵션",
        "lessons": "레슨",
        "lesson": "레슨 {}",
        "specification": "명세",
    },
}


@cache
def lesson_code() -> dict[str, str]:
    """Return the code of each lesson that is there, all its pages, by its number."""
    found: dict[str, str] = {}
    for path in pages():
        number = path.parent.name[:2]
        code = "\n".join(cell.source for cell in read(path).code() if cell.kind == "code")
        found[number] = found.get(number, "") + code
    return found


def lessons_with(pattern: str) -> list[str]:
    """Return the numbers of the lessons whose code has a match."""
    return [number for number, code in lesson_code().items() if re.search(pattern, code)]


def lesson_links(numbers: list[str], language: str) -> str:
    """Write links to lessons as Markdown."""
    name = WORDS[language]["lesson"]
    return ", ".join(f"[{name.format(number)}](#lesson-{number})" for number in numbers)


class Reference(Companion):
    """Base: a directive whose argument is a socket type, and whose facts stand in the table."""

    required_arguments = 1
    optional_arguments = 1

    @property
    def said(self) -> dict[str, str]:
        """The words of these pages in the language being built."""
        return WORDS[self.config.language]

    @property
    def entry(self) -> Socket:
        """The type that the argument names."""
        self.env.note_dependency(str(RULES))
        if self.arguments[0] not in SOCKETS:
            raise self.error(f"no socket type {self.arguments[0]!r}")
        return SOCKETS[self.arguments[0]]

    def in_language(self, words: Any) -> str:
        """Return a text of the table in the language being built."""
        found: str = getattr(words, self.config.language)
        return found

    def facts(self, rows: list[tuple[str, str]]) -> nodes.Element:
        """Make a list of names and what is said of each, as Markdown."""
        listed = element("dl", class_="reference-facts")
        for name, content in rows:
            said = element("dd", *self.parsed(content))
            listed += element("div", element("dt", text(name)), said)
        return listed


class SocketPicture(Reference):
    """Who connects to whom."""

    def run(self) -> list[nodes.Node]:
        """Draw the idea."""
        picture = nodes.raw("", idea(*self.entry.picture)._repr_html_(), format="html")
        return [element("figure", picture, class_="core-picture")]


class SocketFacts(Reference):
    """With whom a type talks, where its messages go, what belongs to it."""

    def run(self) -> list[nodes.Node]:
        """Make the list."""
        name, entry, said = self.arguments[0], self.entry, self.said
        rfc = f"[RFC {entry.rfc}](https://rfc.zeromq.org/spec/{entry.rfc}/)"
        numbers = lessons_with(rf"\bzmq\.{name}\b")
        for path in lesson_paths().values():
            self.env.note_dependency(str(path))
        rows = [
            (said["peers"], peer_links(entry)),
            (said["send"], self.in_language(entry.send)),
            (said["receive"], self.in_language(entry.receive)),
            (said["envelope"], self.in_language(entry.envelope)),
            (said["options"], ", ".join(map(option_link, entry.options))),
            (said["lessons"], lesson_links(numbers, self.config.language)),
            (said["specification"], rfc),
        ]
        return [self.facts([row for row in rows if row[1]])]


class SocketRules(Reference):
    """When a type waits, or what it loses."""

    def run(self) -> list[nodes.Node]:
        """Make the list."""
        entry = self.entry
        kinds: dict[str, tuple[Rule, ...]] = {"blocks": entry.blocks, "loses": entry.loses}
        if len(self.arguments) < 2 or self.arguments[1] not in kinds:
            raise self.error("say `blocks` or `loses` after the type")
        listed = nodes.bullet_list()
        for rule in kinds[self.arguments[1]]:
            listed += nodes.list_item("", *self.parsed(self.in_language(rule)))
        return [listed]


class SocketTable(Reference):
    """All types beside each other."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        self.env.note_dependency(str(RULES))
        columns = ["send", "receive", *self.arguments]
        if columns[2:] not in ([], ["full"]):
            raise self.error("say `full` or nothing")
        rows = []
        for name, entry in SOCKETS.items():
            said = [self.in_language(getattr(entry, column)) for column in columns]
            contents = [peer_links(entry), *said]
            cells = [cell(*self.parsed(content)) for content in contents]
            rows.append([head_cell(*self.parsed(socket_link(name))), *cells])
        head = [self.said[word] for word in ("type", "peers", *columns)]
        return [table(head, rows, "core-stack")]


def socket_link(name: str) -> str:
    """Write a link to a type's page as Markdown."""
    return f"[{name}](#socket-{name.lower()})"


def peer_links(entry: Socket) -> str:
    """Write links to the pages of a type's peers as Markdown."""
    return ", ".join(map(socket_link, entry.peers))


def option_link(name: str) -> str:
    """Write a link to an option as Markdown."""
    return f"[`{name}`](#option-{name.lower().replace('_', '-')})"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("socket-picture", SocketPicture)
    app.add_directive("socket-facts", SocketFacts)
    app.add_directive("socket-rules", SocketRules)
    app.add_directive("socket-table", SocketTable)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
