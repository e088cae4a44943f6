"""Rules for the guides: each page is there in both languages, with the same shape."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from web.lessons.front import Fault
from web.lessons.source import headings, parse
from web.lint.english import english
from web.lint.korean import korean
from web.lint.prose import blocks
from web.lint.registry import Rules, faults

Pair = tuple[Path, Path]
"""A page in English and in Korean; one of the two may not be there."""

GUIDES = Rules[Pair, Fault]()


def pairs(root: Path) -> list[Pair]:
    """Return the pages of both guides, and README."""
    en, ko = root / "guide_en", root / "guide_ko"
    names = {path.relative_to(folder) for folder in (en, ko) for path in folder.rglob("*.md")}
    found = [(en / name, ko / name) for name in sorted(names)]
    return [*found, (root / "README.md", root / "README.ko.md")]


def lint_guides(root: Path) -> Iterator[Fault]:
    """Check both guides, and their prose."""
    for left, right in pairs(root):
        yield from faults(GUIDES, (left, right))
        if left.is_file():
            yield from english(left, left.read_text(encoding="utf-8"))
        if right.is_file():
            yield from korean(right, list(blocks(right.read_text(encoding="utf-8"))))


@GUIDES.rule("G01", "a page is there in both languages")
def both_there(pair: Pair) -> Iterator[Fault]:
    """Find pages in one language."""
    for path, other in (pair, pair[::-1]):
        if other.is_file() and not path.is_file():
            yield Fault(other, 1, "page in one language only", f"write {path.name} beside it")


def _texts(pair: Pair) -> tuple[str, str] | None:
    if not all(path.is_file() for path in pair):
        return None
    left, right = (path.read_text(encoding="utf-8") for path in pair)
    return left, right


@GUIDES.rule("G02", "both sides have the same headings, level by level")
def same_headings(pair: Pair) -> Iterator[Fault]:
    """Compare the headings."""
    texts = _texts(pair)
    if texts is None:
        return
    left, right = pair
    first, second = (headings(text) for text in texts)
    if [heading.level for heading in first] != [heading.level for heading in second]:
        where = next(
            (b or a for a, b in zip_longest(first, second) if (a and a.level) != (b and b.level)),
            None,
        )
        yield Fault(
            right,
            where.line if where else 1,
            f"headings differ from {left.parent.name}/{left.name}: "
            f"{len(first)} there, {len(second)} here",
            "the same headings, level by level",
        )


@GUIDES.rule("G03", "both sides have the same labels, which links and the switcher need")
def same_labels(pair: Pair) -> Iterator[Fault]:
    """Compare the labels."""
    texts = _texts(pair)
    if texts is None:
        return
    left, right = ({t.content for t in parse(x) if t.type == "myst_target"} for x in texts)
    for path, there, here in ((pair[1], left, right), (pair[0], right, left)):
        for label in sorted(there - here):
            yield Fault(path, 1, f"no label ({label})= as on the other side", "add it")
