"""How the board looks in a terminal, and what its keys do.

Nothing here changes the board but by its own methods. Names are shown as plain text: what a learner
calls themselves is never read as markup.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Words

from zmqlab.classroom.board import Board, Happening, Seat, Standing
from zmqlab.classroom.protocol import FEWEST_ANSWERS, MOST_ANSWERS
from zmqlab.words.language import Language, Text

MARKS: dict[Standing, tuple[str, str, Text]] = {
    "passed": ("✓", "green", Text(en="passed", ko="통과")),
    "stuck": ("!", "bold red", Text(en="stuck", ko="막힘")),
    "trying": ("…", "yellow", Text(en="trying", ko="시도 중")),
    "not begun": ("·", "dim", Text(en="not begun", ko="시작 전")),
}
BY_NEED: tuple[Standing, ...] = ("stuck", "trying", "not begun", "passed")
NAME = Text(en="Learner", ko="이름")
LESSON = Text(en="Lesson {}", ko="레슨 {}")
NOBODY = Text(en="Nobody has joined yet.", ko="아직 참여한 사람이 없습니다.")
AWAY = Text(en="away", ko="연결 끊김")
MORE = Text(en="{} more: space", ko="{}명 더 있음: 스페이스 키")
JOIN_HEAD = Text(en="To join", ko="참여 방법")
IN_A_CELL = Text(en="in a cell", ko="셀에서")
HERE = Text(en="{here} here, {away} away", ko="연결 {here}명, 끊김 {away}명")
LOCKED = Text(en="locked: nobody new", ko="잠김: 새 참여 불가")
ODD = Text(
    en="not read: {ignored} too fast or unknown, {strangers} of strangers, {malformed} malformed, "
    "{refused} connections refused",
    ko="무시함: 너무 잦거나 모르는 내용 {ignored}, 모르는 사람 {strangers}, 잘못된 형식 "
    "{malformed}, 거부한 연결 {refused}",
)
QUESTION = Text(
    en="Question {question}, hands up: {raised}", ko="질문 {question}: {raised}명이 손 듦"
)
HIDDEN = Text(
    en="hidden until r is pressed; answer in a cell: vote(1) to vote({})",
    ko="r 키를 누르면 공개합니다. 셀에서 답하기: vote(1)~vote({})",
)
BEFORE = Text(en="before: {}", ko="이전: {}")
KEYS = Text(
    en="2-6 ask with so many answers · r reveal · 0 end · [ ] lesson · space page · n names · "
    "l lock · s save · q quit",
    ko="2~6 답 개수를 정해 묻기 · r 공개 · 0 질문 끝내기 · [ ] 레슨 · 스페이스 다음 쪽 · "
    "n 이름 숨기기 · l 잠그기 · s 저장 · q 끝내기",
)
SAVED = Text(en="saved: {}", ko="저장함: {}")
NOT_SAVED = Text(en="could not save: {}", ko="저장하지 못했습니다: {}")
SURE = Text(
    en="q again ends the board; what is not saved is gone",
    ko="q를 한 번 더 누르면 끝납니다. 저장하지 않은 내용은 사라집니다",
)
TOLD = {
    "joined": Text(en="{name} has joined", ko="{name}: 참여"),
    "passed": Text(en="{name}: passed {check}", ko="{name}: {check} 통과"),
    "stuck": Text(en="{name}: stuck at {check}", ko="{name}: {check}에서 막힘"),
}
WIDEST_BAR = 40
AROUND = 16
"""Lines of a screen that are not learners."""


@dataclass
class View:
    """What of the board is on the screen.

    Attributes
    ----------
    language : {"en", "ko"}
        The language of the words.
    addresses : sequence of str
        Where learners join.
    code : str
        The code word.
    lesson : str
        The lesson that is shown; empty for the one that was reported last.
    page : int
        Of the learners, from 0.
    note : str
        What the last key did.
    nameless : bool
        Whether only sums are shown, as for a projector.
    leaving : bool
        Whether q was pressed once.
    """

    language: Language
    addresses: Sequence[str]
    code: str
    lesson: str = ""
    page: int = 0
    note: str = ""
    nameless: bool = False
    leaving: bool = False
    folder: Path = field(default_factory=Path.cwd)

    def press(self, board: Board, key: str, now: float) -> bool:
        """Do what a key says; return whether the board goes on."""
        leaving, self.leaving, self.note = self.leaving, False, ""
        if key == "q":
            if leaving:
                return False
            self.leaving = True
            self.note = SURE[self.language]
        elif key.isdecimal() and FEWEST_ANSWERS <= int(key) <= MOST_ANSWERS:
            board.ask(int(key))
        elif key == "r":
            board.reveal()
        elif key == "0":
            board.end_vote()
        elif key == "l":
            board.locked = not board.locked
        elif key == "n":
            self.nameless = not self.nameless
        elif key == " ":
            self.page += 1
        elif key in ("[", "]"):
            self._turn_to(lessons(board), 1 if key == "]" else -1)
        elif key == "s":
            self._save(board, now)
        return True

    def _turn_to(self, all_lessons: Sequence[str], step: int) -> None:
        if all_lessons:
            at = all_lessons.index(self.lesson) if self.lesson in all_lessons else -1
            self.lesson = all_lessons[(at + step) % len(all_lessons)]
            self.page = 0

    def _save(self, board: Board, now: float) -> None:
        try:
            paths = save(board, self.folder, now)
        except OSError as error:
            self.note = NOT_SAVED.format(error)[self.language]
        else:
            self.note = SAVED.format(", ".join(map(str, paths)))[self.language]


def lessons(board: Board) -> list[str]:
    """Return the numbers of the lessons of which a check was begun, in order."""
    return sorted({check[:2] for seat in board.seats.values() for check in seat.begun})


def current_lesson(board: Board) -> str:
    """Return the number of the lesson in which a check was begun last."""
    begun = [(at, check[:2]) for seat in board.seats.values() for check, at in seat.begun.items()]
    return max(begun)[1] if begun else ""


def screen(board: Board, view: View, now: float, height: int, refused: int = 0) -> RenderableType:
    """Return the whole screen."""
    language = view.language
    parts: list[RenderableType] = [_how_to_join(view)]
    if board.vote:
        parts.append(_vote(board, language))
    if board.seats:
        taken = AROUND + len(view.addresses[1:])
        if board.vote:
            taken += board.vote.answers + 2 + (board.earlier is not None)
        room = max(3, height - taken)
        parts.append(_learners(board, view, now, room))
    else:
        parts.append(Words(NOBODY[language], style="dim"))
    parts.append(_foot(board, view, now, refused))
    return Group(*parts)


def _how_to_join(view: View) -> RenderableType:
    lines = Words()
    code = f' "{view.code}"' if view.code else ""
    for address in view.addresses:
        lines.append(f"zmqlab class join {address}\n", style="bold")
    cell_code = f",{code}" if code else ""
    lines.append(
        f"{IN_A_CELL[view.language]}: from zmqlab import join; "
        f'join("{view.addresses[0]}", "…"{cell_code})'
    )
    if view.code:
        lines.append(f"\n{view.code}", style="bold reverse")
    return Panel(lines, title=JOIN_HEAD[view.language], title_align="left")


def _vote(board: Board, language: Language) -> RenderableType:
    vote = board.vote
    assert vote is not None
    head = QUESTION.format(question=vote.question, raised=vote.raised)[language]
    lines = Words()
    if vote.counts is None:
        lines.append(HIDDEN.format(vote.answers)[language], style="dim")
    else:
        most = max(1, *vote.counts)
        for number, count in enumerate(vote.counts, 1):
            bar = "█" * round(WIDEST_BAR * count / most)
            lines.append(f"{number}  {bar} {count}" + ("\n" if number < vote.answers else ""))
    if board.earlier:
        before = ", ".join(f"{number}: {count}" for number, count in enumerate(board.earlier, 1))
        lines.append(f"\n{BEFORE.format(before)[language]}", style="dim")
    return Panel(lines, title=head, title_align="left")


def _learners(board: Board, view: View, now: float, room: int) -> RenderableType:
    language = view.language
    lesson = view.lesson or current_lesson(board)
    checks = sorted(check for check in board.checks if lesson and check.startswith(f"{lesson} "))
    seats = sorted(board.seats.values(), key=lambda seat: _need(seat, checks, now))
    pages = max(1, -(-len(seats) // room))
    first = view.page % pages * room
    table = Table(title=LESSON.format(lesson)[language] if lesson else None, title_justify="left")
    table.add_column(NAME[language], no_wrap=True)
    for check in checks:
        table.add_column(check[3:])
    for seat in [] if view.nameless else seats[first : first + room]:
        name = Words(seat.name)
        if seat.away(now):
            name.append(f" ({AWAY[language]})", style="dim")
        table.add_row(name, *(_cell(seat, check, now, language) for check in checks))
    sums = [_sum(board, check, now) for check in checks]
    table.add_section()
    table.add_row(Words(f"✓ / {len(seats)}", style="bold"), *sums)
    if pages == 1 or view.nameless:
        return table
    rest = len(seats) - min(room, len(seats) - first)
    return Group(table, Words(MORE.format(rest)[language], style="dim"))


def _need(seat: Seat, checks: Iterable[str], now: float) -> tuple[int, ...]:
    """Order seats by how much they need somebody to look in."""
    return tuple(sorted(BY_NEED.index(seat.standing(check, now)) for check in checks))


def _cell(seat: Seat, check: str, now: float, language: Language) -> Words:
    standing = seat.standing(check, now)
    mark, style, words = MARKS[standing]
    tries = seat.tries(check)
    count = f" ({tries})" if tries > 1 or standing == "stuck" else ""
    return Words(f"{mark} {words[language]}{count}", style=style)


def _sum(board: Board, check: str, now: float) -> Words:
    standings = [seat.standing(check, now) for seat in board.seats.values()]
    counts = {standing: standings.count(standing) for standing in BY_NEED}
    words = Words(f"✓ {counts['passed']}", style="bold")
    for standing in ("stuck", "trying"):
        if counts[standing]:
            mark, style, _ = MARKS[standing]
            words.append(f"  {mark} {counts[standing]}", style=style)
    return words


def _foot(board: Board, view: View, now: float, refused: int) -> RenderableType:
    language = view.language
    away = sum(seat.away(now) for seat in board.seats.values())
    words = Words(HERE.format(here=len(board.seats) - away, away=away)[language])
    if board.locked:
        words.append(f"  {LOCKED[language]}", style="bold")
    ignored = sum(seat.ignored for seat in board.seats.values())
    if ignored or board.strangers or board.malformed or refused:
        counts = ODD.format(
            ignored=ignored,
            strangers=board.strangers,
            malformed=board.malformed,
            refused=refused,
        )
        words.append(f"\n{counts[language]}", style="dim")
    words.append(f"\n{KEYS[language]}", style="dim")
    if view.note:
        words.append(f"\n{view.note}", style="bold")
    return words


def line(happening: Happening, language: Language) -> str:
    """Return what happened in a line."""
    told = TOLD[happening.kind].format(name=happening.name, check=happening.check)
    return told[language]


def save(board: Board, folder: Path, now: float) -> list[Path]:
    """Write the board as it is to a table for a spreadsheet and to JSON, for the teacher alone."""
    rows = board.table(now)
    base = folder / time.strftime("class-board-%Y%m%d-%H%M%S")
    as_csv, as_json = base.with_suffix(".csv"), base.with_suffix(".json")
    with as_csv.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["name"])
        writer.writeheader()
        writer.writerows({**row, "name": _plain_cell(row["name"])} for row in rows)
    as_json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [as_csv, as_json]


def _plain_cell(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[0] in "=+-@" else name
