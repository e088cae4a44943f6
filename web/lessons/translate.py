"""Refreshes the lessons' translations: ``python -m web.lessons.translate`` is ``make translate``.

Sphinx's gettext builder extracts the blocks (the lessons don't run for it), the comments of the
code are added to them, sphinx-intl merges all
into ``locale/ko``, and then each ``.po`` is written in one form: entries in the order of the text,
no dates, places or machine's names, no wrapping. So a second run changes nothing, and a diff shows
text alone.

Old translations whose English is gone ("stale", ``#~``) stay as long as something in that lesson is
to be translated, for that is when a translator may want them; after that git remembers them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import polib
from sphinx_intl import catalog

from web.lessons.comments import CONTEXT, lesson_comments
from web.lessons.folders import page_path
from web.lessons.source import Lesson, read
from web.lessons.staging import stage
from web.paths import BUILD, LESSONS, ROOT

LANGUAGE = "ko"
LOCALE = ROOT / "locale"
POTS = BUILD / "gettext"
HEADER = {
    "Project-Id-Version": "ØMQ Companion",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
}
SHOWN = 3


@dataclass
class Report:
    """What a lesson's translation lacks: lists of ``msgid``, and the lines they stand on."""

    name: str
    blocks: int = 0
    untranslated: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.untranslated or self.fuzzy or self.stale)

    def __str__(self) -> str:
        if self.complete:
            return f"{self.name}: all {self.blocks} blocks translated"
        counts = (("untranslated", self.untranslated), ("fuzzy", self.fuzzy), ("stale", self.stale))
        said = ", ".join(f"{len(found)} {kind}" for kind, found in counts if found)
        lines = [f"{self.name}: {said} of {self.blocks} blocks"]
        for kind, found in counts:
            for text in found[:SHOWN]:
                place = f"line {self.lines[text]}, " if text in self.lines else ""
                short = text if len(text) <= 70 else text[:69] + "…"
                lines.append(f"  {place}{kind}: {short}")
            if len(found) > SHOWN:
                lines.append(f"  and {len(found) - SHOWN} more {kind}")
        return "\n".join(lines)


def extract(target: Path = POTS) -> None:
    """Extract every lesson's blocks into ``target/lessons/NN-topic.pot``, and nothing else.

    Raises
    ------
    subprocess.CalledProcessError
        If Sphinx fails; it has said why.
    """
    stage()
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "gettext", "-D", "nb_execution_mode=off"]
    command += ["-c", str(ROOT), "-d", str(BUILD / "doctrees" / "gettext")]
    subprocess.run([*command, str(BUILD / "src" / "en"), str(target)], check=True, cwd=ROOT)
    for pot in target.rglob("*.pot"):
        path = page_path(pot.stem) if pot.parent == target / "lessons" else None
        if path is None:
            pot.unlink()
        else:
            add_comments(pot, read(path))


def add_comments(pot: Path, lesson: Lesson) -> None:
    """Add the comments of a lesson's code to its extracted blocks."""
    template = polib.pofile(str(pot))
    for text in lesson_comments(lesson):
        template.append(polib.POEntry(msgid=text.msgid, msgctxt=CONTEXT))
    template.save()


def update(pots: Path, locale: Path, lessons: Path) -> list[Report]:
    """Merge extracted blocks into the ``.po`` files, and report what each lacks.

    Parameters
    ----------
    pots
        Folder with ``lessons/NN-topic.pot``.
    locale
        Folder with ``ko/LC_MESSAGES/lessons``; made where it is not there.
    lessons
        Folder of the sources, for the lines in the reports.

    Raises
    ------
    RuntimeError
        If sphinx-intl can't read one of them, with what it said.
    """
    folder = locale / LANGUAGE / "LC_MESSAGES" / "lessons"
    before = {path: polib.pofile(str(path)) for path in folder.glob("*.po")}
    for pot in sorted((pots / "lessons").glob("*.pot")):
        try:
            _merge(pot, folder / f"{pot.stem}.po")
        except ValueError as error:
            raise RuntimeError(f"sphinx-intl could not merge {pot.stem}: {error}") from error
    reports = []
    for path in sorted(folder.glob("*.po")):
        pot = pots / "lessons" / f"{path.stem}.pot"
        if not pot.is_file():
            gone = [entry.msgid for entry in polib.pofile(str(path))]
            reports.append(Report(f"{path.stem} (no such lesson: delete {path.name})", stale=gone))
            continue
        tidy = _tidied(polib.pofile(str(path)), polib.pofile(str(pot)), before.get(path))
        text = str(tidy) + "\n"
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        reports.append(_report(path.stem, tidy, page_path(path.stem, lessons)))
    return reports


def _merge(pot: Path, path: Path) -> None:
    """Merge a template into a ``.po`` as ``sphinx-intl update`` does, without a process for it."""
    template = catalog.load_po(str(pot))
    if not path.exists():
        template.locale = LANGUAGE
        catalog.dump_po(str(path), template, width=0)
        return
    merged = catalog.load_po(str(path))
    before = {message.id for message in merged}
    catalog.update_with_fuzzy(merged, template)
    if {message.id for message in merged} != before:
        catalog.dump_po(str(path), merged, width=0)


def _tidied(
    merged: polib.POFile, template: polib.POFile, before: polib.POFile | None
) -> polib.POFile:
    """Give a merged ``.po`` the one form that all have."""
    # sphinx-intl drops the old English of a changed block, which its translator wants to see.
    english = {(e.msgctxt, e.msgstr): e.msgid for e in before or [] if e.msgstr}
    previous = {_key(e): e.previous_msgid for e in before or []}
    # Korean that still waits to follow a change of its English, by the English that it fits.
    fitting = {
        (e.msgctxt, e.previous_msgid): e.msgstr
        for e in before or []
        if e.fuzzy and e.previous_msgid
    }
    found = {_key(e): e for e in merged if not e.obsolete}
    gone = {_key(e): e for e in merged.obsolete_entries()}
    texts = {_key(e) for e in template}
    tidy = polib.POFile(wrapwidth=0)
    tidy.header = "Korean of a lesson, block by block. Terms: glossary/."
    tidy.metadata = HEADER
    for source in template:
        key = _key(source)
        entry = found.get(key)
        text, fuzzy, comment = "", False, ""
        if entry is not None and entry.msgstr:
            text, fuzzy, comment = entry.msgstr, entry.fuzzy, _comment(entry)
        elif key in gone:  # a block that came back
            text = gone.pop(key).msgstr
        if (fuzzy or not text) and key in fitting:  # the change was taken back
            text, fuzzy = fitting[key], False
        old = (previous.get(key) or english.get((source.msgctxt, text))) if fuzzy else None
        if (source.msgctxt, old) in texts and old != source.msgid:
            # That block is still there: the two are merely alike.
            text, fuzzy, old = "", False, None
        tidy.append(
            polib.POEntry(
                msgid=source.msgid,
                msgctxt=source.msgctxt,
                msgstr=text,
                tcomment=comment,
                flags=["fuzzy"] if fuzzy else [],
                previous_msgid=old if old != source.msgid else None,
            )
        )
    if any(entry.fuzzy or not entry.msgstr for entry in tidy):
        for entry in gone.values():
            if entry.msgstr:
                old_entry = polib.POEntry(
                    msgid=entry.msgid, msgctxt=entry.msgctxt, msgstr=entry.msgstr, obsolete=True
                )
                tidy.append(old_entry)
    return tidy


def _key(entry: polib.POEntry) -> tuple[str | None, str]:
    return entry.msgctxt or None, entry.msgid


def _comment(entry: polib.POEntry) -> str:
    """Return a translator's comment; sphinx-intl turns old English (``#| msgid``) into one."""
    lines = entry.tcomment.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("|"))


def _report(name: str, po: polib.POFile, source: Path | None) -> Report:
    report = Report(name)
    for entry in po:
        if entry.obsolete:
            report.stale.append(entry.msgid)
            continue
        report.blocks += 1
        if entry.fuzzy:
            report.fuzzy.append(entry.msgid)
        elif not entry.msgstr.strip():
            report.untranslated.append(entry.msgid)
    if source is not None:
        lesson = read(source)
        report.lines = {
            text.msgid: text.line for text in (*lesson_comments(lesson), *lesson.texts())
        }
    return report


def main(arguments: list[str] | None = None) -> int:
    """Refresh the translations and say what each lesson lacks."""
    options = argparse.ArgumentParser(
        prog="python -m web.lessons.translate", description=main.__doc__
    )
    options.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit status 1 if anything is missing or not refreshed",
    )
    check = options.parse_args(arguments).check
    try:
        extract()
    except subprocess.CalledProcessError:
        print("translate: Sphinx could not read the sources, see above", file=sys.stderr)
        return 1
    if not check:
        for report in update(POTS, LOCALE, LESSONS):
            print(report)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "locale"
        shutil.copytree(LOCALE, copy, ignore=shutil.ignore_patterns("*.mo"))
        reports = update(POTS, copy, LESSONS)
        old = [path for path in sorted(copy.rglob("*.po")) if not _same(path, copy)]
    for report in reports:
        print(report)
    for path in old:
        print(f"{LOCALE.name}/{path.relative_to(copy)} is not up to date: run `make translate`")
    return int(bool(old) or not all(report.complete for report in reports))


def _same(path: Path, copy: Path) -> bool:
    original = LOCALE / path.relative_to(copy)
    return original.is_file() and original.read_bytes() == path.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
