"""The page "The Guide's chapters and ours": all 90 programs, and where each is answered.

The Guide's programs are listed here by chapter, with the lesson that answers them or will. Ours are
found by their docstrings, which say ``Guide: hwserver``. What must stay true: a program counts as
answered when a program of ours names it, or when a lesson that is there does.
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
from web.site.directives import element, text
from web.site.sockets import Reference, lesson_links

EXAMPLES = ROOT / "examples"
NAMES = re.compile(r"Guide: (\w+(?:, \w+)*)(?: \(and (\w+)\))?")

PROGRAMS: dict[int, dict[str, str]] = {
    1: {"hwserver hwclient version": "01", "wuserver wuclient": "02",
        "taskvent taskwork tasksink": "03"},
    2: {"msreader mspoller": "06", "rrclient rrworker rrbroker msgqueue": "08",
        "taskwork2 tasksink2 interrupt": "10", "mtserver mtrelay": "09", "syncpub syncsub": "07",
        "wuproxy psenvpub psenvsub": "08"},
    3: {"identity rtreq rtdealer": "11", "lbbroker lbbroker2 lbbroker3": "12", "asyncsrv": "13",
        "peering1 peering2 peering3": "14"},
    4: {"lpclient lpserver": "18", "spqueue spworker ppqueue ppworker": "19",
        "mdcliapi mdclient mdwrkapi mdworker mdbroker mdcliapi2 mdclient2 mmiecho": "20",
        "titanic ticlient": "21", "tripping": "13",
        "bstarsrv bstarcli bstar bstarsrv2": "22",
        "flserver1 flclient1 flserver2 flclient2 flserver3 flclient3 flcliapi": "23"},
    5: {"espresso suisnail pathopub pathosub lvcache": "24",
        "kvsimple kvmsg clonesrv1 clonecli1 clonesrv2 clonecli2 clonesrv3 clonecli3 "
        "clonesrv4 clonecli4 clonesrv5 clonesrv6 clonecli6 clone": "25"},
    7: {"fileio1 fileio2 fileio3": "26"},
    8: {"eagain": "06", "udpping1 udpping2 udpping3 interface": "27", "dechat": "27"},
}  # fmt: skip
"""By chapter: programs that belong together, and their lesson's number."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "program": "The Guide's program",
        "ours": "Ours, in examples/",
        "lesson": "Lesson",
        "to_come": "lesson {}, to come",
        "in_lesson": "in the lesson's cells",
        "none": "–",
        "count": "{done} of {all} programs are answered now.",
    },
    "ko": {
        "program": "가이드의 프로그램",
        "ours": "이 사이트의 프로그램(examples/)",
        "lesson": "레슨",
        "to_come": "레슨 {}(준비 중)",
        "in_lesson": "레슨의 셀",
        "none": "–",
        "count": "지금까지 프로그램 {all}개 가운데 {done}개에 해당하는 내용이 있습니다.",
    },
}


def programs() -> dict[str, tuple[int, str]]:
    """Return the Guide's programs with their chapter and the lesson planned for them."""
    return {
        name: (chapter, number)
        for chapter, groups in PROGRAMS.items()
        for names, number in groups.items()
        for name in names.split()
    }


@cache
def ours() -> dict[str, list[str]]:
    """Return for each of the Guide's programs those of ours that name it, by path in examples/."""
    found: dict[str, list[str]] = {}
    for path in sorted(EXAMPLES.glob("*/*.py")):
        match = NAMES.search(path.read_text(encoding="utf-8"))
        if match:
            for name in [*match[1].split(", "), *filter(None, [match[2]])]:
                found.setdefault(name, []).append(path.relative_to(EXAMPLES).as_posix())
    return found


@cache
def in_lessons() -> dict[str, list[str]]:
    """Return for each of the Guide's programs the lessons that name it in their front matter."""
    found: dict[str, list[str]] = {}
    known = programs()
    for path in pages():
        number = path.parent.name[:2]
        for word in re.findall(r"\w+", " ".join(read(path).head.guide)):
            if word in known and number not in found.setdefault(word, []):
                found[word].append(number)
    return found


class GuideChapter(Reference):
    """The programs of a chapter: ours, and the lesson."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        self.env.note_reread()
        words = WORDS[self.config.language]
        groups = PROGRAMS.get(int(self.arguments[0]), {})
        rows = []
        for names, number in groups.items():
            for name in names.split():
                rows.append(self.row(name, number, words))
        head = [words[one] for one in ("program", "ours", "lesson")]
        return [table(head, rows, "core-stack")]

    def row(self, name: str, number: str, words: dict[str, str]) -> list[Any]:
        """Make a row."""
        there = lesson_paths()
        numbers = sorted({*in_lessons().get(name, []), *([number] if number in there else [])})
        files = ", ".join(f"`{path}`" for path in ours().get(name, []))
        if numbers:
            lessons = lesson_links(numbers, self.config.language)
        else:
            lessons = words["to_come"].format(number)
        found = files or (words["in_lesson"] if in_lessons().get(name) else words["none"])
        code = element("code", text(name), class_="literal")
        return [head_cell(code), cell(*self.parsed(found)), cell(*self.parsed(lessons))]


class GuideCount(Reference):
    """How many programs are answered."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Make the sentence."""
        self.env.note_reread()
        known = programs()
        done = sum(name in ours() or name in in_lessons() for name in known)
        words = WORDS[self.config.language]
        return self.parsed(words["count"].format(done=done, all=len(known)))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("guide-chapter", GuideChapter)
    app.add_directive("guide-count", GuideCount)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
