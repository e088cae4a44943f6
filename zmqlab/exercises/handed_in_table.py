"""The table of ``zmqlab check``: a row for each notebook, a column for each exercise."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

from zmqlab.exercises.handed_in import Row, check_all, find
from zmqlab.words.language import Language, Text

MARKS = {
    "passed": ("✓", "green"),
    "not yet": ("○", "dim"),
    "not right": ("△", "yellow"),
    "missing": ("?", "dim"),
    "error": ("✗", "red"),
    "no end": ("∞", "red"),
    "crashed": ("✗", "red"),
}
SAID_ALWAYS = ("missing", "error", "no end", "crashed")
"""States whose reason is told without being asked for: the checker never came to judge."""
NOTEBOOK = Text(en="Notebook", ko="노트북")
LEGEND = Text(
    en="✓ passed  △ not right  ○ not yet  ∞ no end  ✗ raised or crashed  ? no check cell",
    ko="✓ 통과  △ 기대한 결과와 다름  ○ 아직 안 함  ∞ 끝나지 않음  ✗ 예외 또는 비정상 종료  "
    "? 확인 셀 없음",
)
CHECKED = Text(en="{file}: {passed} of {count} passed", ko="{file}: {count}개 중 {passed}개 통과")
NONE = Text(en="There is no notebook here.", ko="노트북이 없습니다.")
WIDE = 200
"""Columns of a table that goes into a file."""


def show(
    paths: Sequence[Path], limit: float | None, jobs: int, as_json: bool, why: bool, lang: Language
) -> int:
    """Check notebooks and print what came of it.

    Returns
    -------
    int
        0 if everybody passed everything, 1 if not, 2 if a file could not be judged.
    """
    files = find(paths)
    if not files:
        print(NONE[lang], file=sys.stderr)
        return 2
    rows = []
    for row in check_all(files, limit, jobs):
        rows.append(row)
        passed = sum(one.state == "passed" for one in row.results)
        told = CHECKED.format(file=row.file, passed=passed, count=len(row.results))
        if row.trouble:
            told = Text(en=f"{row.file} {row.trouble.en}", ko=f"{row.file}: {row.trouble.ko}")
        print(told[lang], file=sys.stderr, flush=True)
    if as_json:
        print(json.dumps([row.as_json(lang) for row in rows], ensure_ascii=False, indent=1))
    else:
        _print_table(rows, why, lang)
    if any(row.trouble for row in rows):
        return 2
    return 0 if all(row.passed for row in rows) else 1


def _print_table(rows: Sequence[Row], why: bool, language: Language) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    checks = sorted({one.name for row in rows for one in row.results})
    table = Table()
    table.add_column(NOTEBOOK[language], overflow="fold")
    for check in checks:
        table.add_column(check)
    reasons = []
    for row in rows:
        states = {one.name: one for one in row.results}
        cells = []
        for check in checks:
            found = states.get(check)
            mark, style = MARKS[found.state] if found else ("", "")
            cells.append(Words(mark, style=style))
            if found and found.why[language] and (why or found.state in SAID_ALWAYS):
                reasons.append(f"{row.file}: {check}: {found.why[language]}")
        table.add_row(Words(row.file), *cells)
        if row.trouble:
            reasons.append(f"{row.file}: {row.trouble[language]}")
    console.print(table)
    console.print(Words(LEGEND[language], style="dim"))
    for reason in reasons:
        console.print(Words(reason))
