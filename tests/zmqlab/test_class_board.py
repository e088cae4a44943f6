"""The board's state and a learner's, with a clock that the test sets."""

import csv
import io
import itertools
import json

import pytest
from rich.console import Console

from zmqlab.classroom import show
from zmqlab.classroom.board import RATE, SILENT_AFTER, STUCK_AFTER, Board
from zmqlab.classroom.member import ASK_AGAIN, LOST_AFTER, SAY_AGAIN, STILL_HERE, Member
from zmqlab.classroom.protocol import (
    Hand,
    Hello,
    Reason,
    Refused,
    Report,
    Result,
    State,
    Tried,
    Welcome,
)

CHECKS = ("01 ask again", "01 reply within", "02 all there")
CODE = "otter42"
PASSED, NOT_RIGHT, NOT_YET = Result.PASSED, Result.NOT_RIGHT, Result.NOT_YET


def key(number):
    return f"{number:032x}"


def new_board(**settings):
    return Board(CHECKS, "00000001", CODE, **settings)


def with_learners(*names, now=0.0):
    board = new_board()
    for number, name in enumerate(names):
        board.hello(Hello(key(number), name, CODE), now)
    return board


def report(board, number, version, now=0.0, run=0, hand=None, **tried):
    checks = {name.replace("_", " ")[1:]: Tried(*one) for name, one in tried.items()}
    return board.report(Report(key(number), f"{run:08x}", version, checks, hand), now)


def standing(board, number, check="01 ask again", now=0.0):
    return board.seats[key(number)].standing(check, now)


def test_the_code_word_admits():
    board = new_board()
    assert board.hello(Hello(key(1), "Mina", "otter"), 0) == Refused(Reason.CODE)
    assert board.hello(Hello(key(1), "Mina", "수달"), 0) == Refused(Reason.CODE)
    assert board.hello(Hello(key(1), "Mina", CODE), 0) == "Mina"


def test_who_returns_has_the_same_seat_and_a_namesake_another():
    board = with_learners("Mina", "Mina", "Mina")
    assert [seat.name for seat in board.seats.values()] == ["Mina", "Mina 2", "Mina 3"]
    assert board.hello(Hello(key(1), "Mina", CODE), 1) == "Mina 2"
    assert board.hello(Hello(key(1), "Jun", CODE), 2) == "Jun"
    assert len(board.seats) == 3
    long = with_learners("x" * 24, "x" * 24)
    assert [seat.name for seat in long.seats.values()] == ["x" * 24, "x" * 22 + " 2"]


def test_a_full_and_a_locked_class():
    board = new_board(seats=2)
    for number in (0, 1):
        board.hello(Hello(key(number), "Bo", CODE), 0)
    report(board, 0, 1)
    late = SILENT_AFTER + 1
    assert board.hello(Hello(key(2), "Cy", CODE), 0) == Refused(Reason.FULL)
    # The seat of somebody who left before the first report is free again, the other is not.
    assert board.hello(Hello(key(2), "Cy", CODE), late) == "Cy"
    assert list(board.seats) == [key(0), key(2)]
    board.locked = True
    assert board.hello(Hello(key(3), "Di", CODE), late) == Refused(Reason.LOCKED)
    assert board.hello(Hello(key(0), "Bo", CODE), late) == "Bo"


def test_not_begun_trying_stuck_passed():
    board = with_learners("Mina", "Jun")
    assert standing(board, 0) == "not begun"
    report(board, 0, 1, _01_ask_again=(NOT_YET, 0))
    assert standing(board, 0) == "not begun"
    report(board, 0, 2, _01_ask_again=(NOT_RIGHT, 2))
    assert standing(board, 0) == "trying"
    assert standing(board, 0, now=STUCK_AFTER + 1) == "stuck"
    report(board, 0, 3, _01_ask_again=(NOT_RIGHT, 3))
    assert standing(board, 0) == "stuck"
    report(board, 0, 4, _01_ask_again=(PASSED, 4))
    assert standing(board, 0) == "passed"
    assert standing(board, 1) == "not begun"
    told = [(one.kind, one.name, one.check) for one in board.happenings]
    assert told == [
        ("joined", "Mina", ""),
        ("joined", "Jun", ""),
        ("stuck", "Mina", "01 ask again"),
        ("passed", "Mina", "01 ask again"),
    ]


def test_lost_doubled_and_late_reports_come_to_the_same():
    steps = [
        (1, {"_01_ask_again": (NOT_RIGHT, 1)}),
        (2, {"_01_ask_again": (NOT_RIGHT, 2)}),
        (3, {"_01_ask_again": (PASSED, 3)}),
    ]
    for order in itertools.permutations([*steps, steps[2], steps[0]]):
        board = with_learners("Mina")
        for version, tried in order:
            assert report(board, 0, version, **tried)
        assert standing(board, 0) == "passed"
        assert board.seats[key(0)].tries("01 ask again") == 3


def test_a_pass_stays_and_kernels_add_up():
    board = with_learners("Mina")
    report(board, 0, 5, run=1, _01_ask_again=(PASSED, 2))
    report(board, 0, 1, run=2, _01_ask_again=(NOT_RIGHT, 1))
    assert standing(board, 0) == "passed"
    assert board.seats[key(0)].tries("01 ask again") == 3


def test_a_liar_changes_nobody_else():
    board = with_learners("Mina", "Liar")
    report(board, 0, 1, _01_ask_again=(NOT_RIGHT, 1))
    assert not report(board, 7, 2, _01_ask_again=(PASSED, 1))  # a key that nobody has
    report(board, 1, 2**53, _99_all_of_it=(PASSED, 1), _01_ask_again=(PASSED, 1))
    report(board, 1, 1, _02_all_there=(PASSED, 1))  # older than what it said before
    assert standing(board, 0) == "trying"
    assert standing(board, 1, "02 all there") == "not begun"
    assert not any("99" in check for seat in board.seats.values() for check in seat.begun)
    assert (board.strangers, board.seats[key(1)].ignored) == (1, 1)
    for run in range(40):  # a kernel a report
        report(board, 1, 1, now=100.0 + run, run=run + 100)
    assert len(board.seats[key(1)].runs) == 16


def test_a_flood_is_not_read_and_stops_nobody():
    board = with_learners("Mina", "Flood")
    read = sum(report(board, 1, n, now=n / 1000, _01_ask_again=(NOT_RIGHT, 1)) for n in range(5000))
    assert read < 60
    assert report(board, 0, 1, now=5, _01_ask_again=(PASSED, 1))
    assert standing(board, 0) == "passed"
    assert report(board, 1, 9999, now=5 + 2 / RATE, _01_ask_again=(PASSED, 1))


def test_a_show_of_hands_is_hidden_until_it_is_revealed():
    board = with_learners("Mina", "Jun", "Bo")
    report(board, 0, 1, hand=Hand(1, 2))  # before there is a question
    board.ask(3)
    assert board.state().vote.raised == 0
    report(board, 0, 2, hand=Hand(1, 2))
    report(board, 1, 1, hand=Hand(1, 3))
    report(board, 2, 1, hand=Hand(1, 4))  # there is no fourth answer
    assert (board.vote.raised, board.vote.counts) == (2, None)
    report(board, 1, 2, hand=Hand(1, 2))  # changed their mind
    board.reveal()
    assert board.vote.counts == (0, 2, 0)
    report(board, 1, 3, hand=Hand(1, 1))  # too late
    assert board.vote.counts == (0, 2, 0)
    board.ask(3)  # the same again, after the talk
    assert (board.vote.question, board.vote.raised, board.earlier) == (2, 0, (0, 2, 0))
    report(board, 0, 9, hand=Hand(1, 3))  # of the question before
    assert board.vote.raised == 0
    board.end_vote()
    assert board.vote is None
    for wrong in (1, 7):
        with pytest.raises(ValueError, match="2 to 6"):
            board.ask(wrong)


def test_what_is_published_names_nobody():
    board = with_learners("Mina")
    report(board, 0, 4, run=7, _01_ask_again=(PASSED, 2))
    assert board.state() == State("00000001", {"00000007": 4})
    assert "Mina" not in repr(board.state()) and "ask" not in repr(board.state())


# A learner's side.


def new_member(number=0):
    return Member(Hello(key(number), "Mina", CODE), "0000000a")


WELCOME = Welcome("00000001", "Mina", 5601, 5602)


def test_a_hello_is_said_again_until_it_is_answered():
    member = new_member()
    assert member.due_hello(0) and member.due_report(0) is None
    assert member.due_hello(ASK_AGAIN / 2) is None
    assert member.due_hello(ASK_AGAIN)
    member.answered(WELCOME, 2)
    assert member.due_hello(3) is None
    assert member.due_report(3).version == 0
    refused = new_member()
    refused.answered(Refused(Reason.CODE), 0)
    assert refused.due_hello(100) is None


def test_a_report_is_said_again_until_it_is_confirmed():
    member = new_member()
    member.answered(WELCOME, 0)
    member.checked("01 ask again", NOT_RIGHT)
    assert member.due_report(0).version == 1
    assert member.due_report(SAY_AGAIN / 2) is None
    assert member.due_report(SAY_AGAIN).checks == {"01 ask again": Tried(NOT_RIGHT, 1)}
    member.heard(State("00000001", {"0000000a": 1}), 1)
    assert member.confirmed
    assert member.due_report(2) is None
    assert member.due_report(1 + STILL_HERE)  # a sign of life
    member.checked("01 ask again", NOT_YET)  # "not yet" is no try
    member.checked("01 ask again", PASSED)
    member.checked("01 ask again", NOT_RIGHT)  # a pass stays
    assert not member.confirmed
    assert member.due_report(4.1).checks == {"01 ask again": Tried(PASSED, 2)}


def test_a_board_that_was_restarted_hears_everything_again():
    member = new_member()
    member.answered(WELCOME, 0)
    member.checked("01 ask again", PASSED)
    member.due_report(0)
    member.heard(State("00000001", {"0000000a": 1}), 1)
    member.heard(State("00000002"), 2)
    assert member.due_report(2) is None
    assert member.due_hello(2)
    member.answered(Welcome("00000002", "Mina", 5601, 5602), 3)
    assert member.due_report(3).checks == {"01 ask again": Tried(PASSED, 1)}


def test_a_silent_board_is_asked_again():
    member = new_member()
    member.due_hello(0)
    member.answered(WELCOME, 0)
    assert not member.lost(LOST_AFTER) and member.due_hello(LOST_AFTER) is None
    assert member.lost(LOST_AFTER + 1) and member.due_hello(LOST_AFTER + 1)


def test_a_hand_needs_an_open_question():
    member = new_member()
    member.answered(WELCOME, 0)
    with pytest.raises(ValueError, match="no question"):
        member.raise_hand(1)
    board = with_learners("Mina")
    board.ask(2)
    member.heard(board.state(), 1)
    with pytest.raises(ValueError, match="1 to 2"):
        member.raise_hand(3)
    member.raise_hand(2)
    assert board.report(member.due_report(1), 1)
    board.reveal()
    assert board.vote.counts == (0, 1)
    member.heard(board.state(), 2)
    with pytest.raises(ValueError, match="no question"):
        member.raise_hand(1)


def test_any_loss_comes_right_in_the_end():
    """A learner and a board with a network between them that loses two of three messages."""
    board = new_board()
    member = new_member()
    lossy = itertools.cycle([False, False, True])
    for step in range(600):
        now = step / 10
        if step == 300:  # the board's laptop is started again
            board = Board(CHECKS, "00000002", CODE)
        if step in (5, 50, 350):
            member.checked("01 ask again", NOT_RIGHT if step < 350 else PASSED)
        hello = member.due_hello(now)
        if hello and next(lossy):
            name = board.hello(hello, now)
            member.answered(Welcome(board.session, name, 1, 2), now)
        sent = member.due_report(now)
        if sent and next(lossy):
            board.report(sent, now)
        if step % 10 == 0 and next(lossy):
            member.heard(board.state(), now)
    assert member.confirmed
    assert standing(board, 0) == "passed"
    assert board.seats[key(0)].tries("01 ask again") == 3


# The screen.


def shown(board, view, now=0.0, height=40):
    console = Console(file=io.StringIO(), width=100, height=height, color_system=None)
    console.print(show.screen(board, view, now, height))
    return console.file.getvalue()


def new_view(tmp_path, language="en"):
    return show.View(language, ["tcp://192.168.0.10:5600"], CODE, folder=tmp_path)


def test_the_screen_shows_who_needs_help_first(tmp_path):
    board = with_learners("Ada", "[red]Bo[/red]", "Cy")
    report(board, 0, 1, _01_ask_again=(PASSED, 1), _01_reply_within=(PASSED, 1))
    report(board, 1, 1, _01_ask_again=(NOT_RIGHT, 4))
    text = shown(board, new_view(tmp_path))
    assert text.index("[red]Bo[/red]") < text.index("Cy") < text.index("Ada")
    assert "! stuck (4)" in text and "✓ passed" in text and "· not begun" in text
    assert 'join("tcp://192.168.0.10:5600", "…", "otter42")' in text
    korean = shown(board, new_view(tmp_path, "ko"))
    assert "막힘 (4)" in korean and "시작 전" in korean


def test_a_crowd_has_pages(tmp_path):
    board = with_learners(*(f"learner{n:02}" for n in range(40)))
    report(board, 0, 1, _01_ask_again=(PASSED, 1))
    view = new_view(tmp_path)
    seen = set()
    for _ in range(5):
        text = shown(board, view, height=24)
        assert len(text.splitlines()) <= 24
        seen |= {word for word in text.split() if word.startswith("learner")}
        view.press(board, " ", 0)
    assert len(seen) == 40
    assert "(away)" in shown(board, view, now=60)


def test_keys(tmp_path):
    board = with_learners("Mina", "=HYPERLINK(1)")
    view = new_view(tmp_path)
    report(board, 0, 1, _01_ask_again=(PASSED, 1), _02_all_there=(NOT_RIGHT, 1))
    assert view.press(board, "3", 0)
    report(board, 0, 2, hand=Hand(1, 2), _01_ask_again=(PASSED, 1))
    hidden = shown(board, view)
    assert "hands up: 1" in hidden and "hidden" in hidden and "█" not in hidden
    view.press(board, "r", 0)
    assert "2  ████████████████████████████████████████ 1" in shown(board, view)
    view.press(board, "3", 0)
    assert "before: 1: 0, 2: 1, 3: 0" in shown(board, view)
    view.press(board, "0", 0)
    assert board.vote is None
    view.press(board, "n", 0)
    assert "HYPERLINK" not in shown(board, view) and "✓ / 2" in shown(board, view)
    view.press(board, "n", 0)
    view.press(board, "l", 0)
    assert board.locked and "locked" in shown(board, view)
    view.press(board, "]", 0)
    assert "Lesson 01" in shown(board, view)
    view.press(board, "]", 0)
    assert "Lesson 02" in shown(board, view)
    assert list(tmp_path.iterdir()) == []  # nothing is kept that nobody saves
    view.press(board, "s", 0)
    table, rows = sorted(tmp_path.iterdir())
    with table.open(encoding="utf-8-sig") as file:
        read = list(csv.DictReader(file))
    assert [row["name"] for row in read] == ["Mina", "'=HYPERLINK(1)"]
    assert read[0]["01 ask again"] == "passed"
    assert json.loads(rows.read_text(encoding="utf-8"))[0]["02 all there"] == "trying"
    assert view.press(board, "q", 0) and "q again" in shown(board, view)
    assert view.press(board, "x", 0) and not view.leaving
    assert view.press(board, "q", 0) and not view.press(board, "q", 0)
