"""Rules for the Korean of lessons: each ``.po`` against its lesson."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polib

from web.lessons.comments import CONTEXT, comments, lesson_comments
from web.lessons.front import Fault
from web.lessons.source import Text, one_paragraph, parse
from web.lint.cells import COLUMNS, width
from web.lint.korean import korean
from web.lint.pages import Page
from web.lint.prose import CODE, TARGET, Block, short
from web.lint.registry import Rules, declare
from zmqlab.words.language import READINGS

NO_LESSON = declare("P01", "each page has a .po and each .po a page")


@dataclass(frozen=True)
class Translation:
    """A ``.po`` with the page that it translates."""

    path: Path
    page: Page

    @cached_property
    def entries(self) -> list[polib.POEntry]:
        """All entries, obsolete ones too."""
        return list(polib.pofile(str(self.path)))

    @cached_property
    def texts(self) -> dict[tuple[str, str], Text]:
        """What is to be translated, by context and English: blocks, and comments in code."""
        lesson = self.page.lesson
        found = {(CONTEXT, text.msgid): text for text in lesson_comments(lesson)}
        return found | {("", text.msgid): text for text in lesson.texts()}

    @property
    def sound(self) -> Iterator[tuple[int, polib.POEntry]]:
        """The entries that the site uses, each with its line."""
        for entry in self.entries:
            known = not entry.obsolete and _key(entry) in self.texts
            if known and not entry.fuzzy and entry.msgstr.strip():
                yield entry.linenum or 1, entry


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


PO = Rules[Translation, Fault]()


def lint_po(path: Path, page: Page | None) -> Iterator[Fault]:
    """Check one ``.po`` against its page, which is None where there is none."""
    if page is None:
        yield Fault(path, 1, "no such lesson", "rename or delete the file", NO_LESSON)
        return
    translation = Translation(path, page)
    for rule in PO.rules:
        for fault in rule.check(translation):
            yield Fault(fault.path, fault.line, fault.what, fault.mend, rule.id)
    written = []
    for line, entry in translation.sound:
        tokens = [token for token in parse(entry.msgstr) if token.type == "inline"]
        for token in tokens if entry.msgctxt != CONTEXT else []:
            written.append(Block(line, token.content, False, tuple(token.children or ())))
    yield from korean(path, written, lines=False)
    remarks = [
        Block(line, entry.msgstr, False)
        for line, entry in translation.sound
        if entry.msgctxt == CONTEXT
    ]
    yield from korean(path, remarks, lines=False, markdown=False)


@PO.rule("P02", "the .po has an entry for each block of its page, and for each comment in code")
def complete(po: Translation) -> Iterator[Fault]:
    """Find blocks that are not in the file."""
    there = {_key(entry) for entry in po.entries if not entry.obsolete}
    for key, text in po.texts.items():
        if key not in there:
            what = f"not in {po.path.name}: {short(text.msgid)}"
            yield po.page.fault(text.line, what, "run `make translate`, then translate it")


@PO.rule("P03", "no stale, fuzzy or untranslated entry")
def fresh(po: Translation) -> Iterator[Fault]:
    """Find entries that do not reach the page."""
    for entry in po.entries:
        line = entry.linenum or 1
        if entry.obsolete or _key(entry) not in po.texts:
            mend = "move what is useful, then delete it"
            yield Fault(po.path, line, f"stale: {short(entry.msgid)}", mend)
        elif entry.fuzzy:
            what = f"fuzzy: {short(entry.msgid)}"
            yield Fault(po.path, line, what, "check it, then remove the mark")
        elif not entry.msgstr.strip():
            yield Fault(po.path, line, f"untranslated: {short(entry.msgid)}", "translate it")


@PO.rule("P04", "a translation is one paragraph, or the page stays English")
def paragraphs(po: Translation) -> Iterator[Fault]:
    """Find translations that Sphinx drops."""
    for line, entry in po.sound:
        if entry.msgctxt != CONTEXT and not one_paragraph(entry.msgstr):
            what = f"would stay English: {short(entry.msgstr)}"
            mend = "one paragraph that begins no list, heading, comment, +++ or ---"
            yield Fault(po.path, line, what, mend)


@PO.rule("P05", "code and link targets of the English stand in the Korean too")
def same_code(po: Translation) -> Iterator[Fault]:
    """Find code and targets that are lost."""
    for line, entry in po.sound:
        for found, kind in ((CODE, "code"), (TARGET, "link target")):
            english = {match[0] for match in found.finditer(entry.msgid)}
            for text in sorted(english - {match[0] for match in found.finditer(entry.msgstr)}):
                name = text.removeprefix("](").removesuffix(")") if found is TARGET else text
                what = f"{kind} {name} is not in the translation"
                yield Fault(po.path, line, what, "keep it as it is")


@PO.rule("P06", "names of socket types and protocols stand in the Korean too")
def same_names(po: Translation) -> Iterator[Fault]:
    """Find names that are lost."""
    for line, entry in po.sound:
        for name in READINGS:
            if name.isupper() and name not in ("NULL", "URL"):
                pattern = rf"(?<![A-Za-z_]){name}(?![A-Za-z_])"
                english = CODE.sub("", entry.msgid)
                if re.search(pattern, english) and not re.search(pattern, entry.msgstr):
                    what = f"{name} is not in the translation"
                    yield Fault(po.path, line, what, "keep API names")


@PO.rule("P07", f"with its Korean comment a line of a visible cell has at most {COLUMNS} columns")
def comment_columns(po: Translation) -> Iterator[Fault]:
    """Find Korean comments that make a line too wide."""
    written = {
        entry.msgid: (line, entry.msgstr) for line, entry in po.sound if entry.msgctxt == CONTEXT
    }
    for cell in po.page.visible:
        lines = cell.source.splitlines()
        for found in comments(cell.source):
            line, comment = written.get(found.text, (0, ""))
            wide = width(f"{lines[found.line - 1][: found.column]}# {comment}")
            if comment and wide > COLUMNS:
                at = cell.line + found.line - 1
                what = f"comment makes line {at} {wide} columns wide"
                yield Fault(po.path, line, what, f"at most {COLUMNS}: shorten it")
