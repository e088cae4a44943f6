"""The board's state: who is in the class, which check passed, whose hand is up.

A pure class: messages and the time come in as arguments, answers go out as values. It opens no
socket and reads no clock. What must stay true:

- A passed check stays passed.
- A report counts only for the learner whose key it carries, and only if it is newer than what is
  known of the same kernel. So a report that is lost, doubled or late does no harm.
- Whoever sends too often is not read for a while; nobody else is slower for it.
- Nothing is written to a disk here.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from zmqlab.classroom.protocol import (
    FEWEST_ANSWERS,
    LONGEST_NAME,
    MOST_ANSWERS,
    MOST_RUNS,
    Hand,
    Hello,
    Reason,
    Refused,
    Report,
    Result,
    State,
    Tried,
    Vote,
)

Standing = Literal["passed", "stuck", "trying", "not begun"]

STUCK_TRIES = 3
"""So many tries without a pass, and somebody should look in."""
STUCK_AFTER = 300.0
"""Seconds since the first try without a pass, with the same meaning."""
SILENT_AFTER = 15.0
"""Seconds without a word after which a learner is shown as away. A laptop reports every 3 s."""
BURST, RATE = 30.0, 5.0
"""Reports of one learner that are read at once, and so many a second from then on."""
TOLD = 200
"""Happenings that the board keeps for its display."""


@dataclass
class Run:
    """What one kernel has reported."""

    version: int = -1
    checks: Mapping[str, Tried] = field(default_factory=dict)


@dataclass
class Seat:
    """One learner in the class.

    Attributes
    ----------
    name : str
        As the board shows it.
    heard_at : float
        When the last word came.
    runs : dict of str to Run
        By the kernel's id.
    begun : dict of str to float
        When the first try of each check was reported.
    passed : dict of str to float
        When each passed check was reported.
    hand : Hand or None
        The hand that is up.
    ignored : int
        Reports that came too fast, or named what the class does not have.
    """

    name: str
    heard_at: float
    runs: dict[str, Run] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    passed: dict[str, float] = field(default_factory=dict)
    hand: Hand | None = None
    ignored: int = 0
    allowance: float = BURST
    allowed_at: float = 0.0

    def tries(self, check: str) -> int:
        """Return how often the check was tried, in all kernels."""
        return sum(run.checks[check].tries for run in self.runs.values() if check in run.checks)

    def standing(self, check: str, now: float) -> Standing:
        """Tell how far the learner is with a check."""
        if check in self.passed:
            return "passed"
        if check not in self.begun:
            return "not begun"
        long = now - self.begun[check] > STUCK_AFTER
        return "stuck" if long or self.tries(check) >= STUCK_TRIES else "trying"

    def away(self, now: float) -> bool:
        """Tell whether nothing was heard for a while."""
        return now - self.heard_at > SILENT_AFTER


@dataclass(frozen=True)
class Happening:
    """Something to tell: who joined, which check passed.

    Attributes
    ----------
    kind : {"joined", "passed", "stuck"}
        What happened.
    name : str
        Whose.
    check : str
        The check, if it is about one.
    """

    kind: Literal["joined", "passed", "stuck"]
    name: str
    check: str = ""


class Board:
    """Keeps what a class has told.

    Parameters
    ----------
    checks : iterable of str
        The names of the checks that there are. What a report says of others is not read.
    session : str
        8 hexadecimal digits for this life of the board.
    code : str
        The code word; empty if none is asked for.
    seats : int
        How many learners are let in.

    Attributes
    ----------
    seats : dict of str to Seat
        By the learner's key, in the order in which they came.
    locked : bool
        Whether nobody new is let in. Who has a seat may return.
    strangers : int
        Reports with a key that nobody here has.
    malformed : int
        Messages that were none; `note_malformed` counts them.
    vote : Vote or None
        The question that is open or revealed.
    earlier : tuple of int or None
        The hands of the question before, if it had as many answers: to ask again after the talk.
    """

    def __init__(
        self, checks: Iterable[str], session: str, code: str = "", seats: int = 60
    ) -> None:
        self.checks = frozenset(checks)
        self.session = session
        self.seats: dict[str, Seat] = {}
        self.locked = False
        self.strangers = 0
        self.malformed = 0
        self.earlier: tuple[int, ...] | None = None
        self.happenings: list[Happening] = []
        self._code = code
        self._most = seats
        self._question = 0
        self._answers = 0
        self._revealed: tuple[int, ...] | None = None

    # Who is here.

    def hello(self, hello: Hello, now: float) -> str | Refused:
        """Let somebody in: return the name on the board, or why not."""
        if not hmac.compare_digest(hello.code.encode(), self._code.encode()):
            return Refused(Reason.CODE)
        seat = self.seats.get(hello.key)
        if seat is None:
            if self.locked:
                return Refused(Reason.LOCKED)
            if len(self.seats) >= self._most and not self._give_up_a_seat(now):
                return Refused(Reason.FULL)
            seat = self.seats[hello.key] = Seat("", now, allowed_at=now)
            self._tell(Happening("joined", hello.name))
        seat.name = self._free_name(hello)
        seat.heard_at = now
        return seat.name

    def _give_up_a_seat(self, now: float) -> bool:
        """Free the seat of somebody who left without a single report."""
        for key, seat in self.seats.items():
            if seat.away(now) and not seat.runs:
                del self.seats[key]
                return True
        return False

    def _free_name(self, hello: Hello) -> str:
        """Return the name that was asked for, with a number if another learner has it."""
        taken = {seat.name for key, seat in self.seats.items() if key != hello.key}
        name, number = hello.name, 1
        while name in taken:
            number += 1
            end = f" {number}"
            name = hello.name[: LONGEST_NAME - len(end)].rstrip() + end
        return name

    # What they report.

    def report(self, report: Report, now: float) -> bool:
        """Take a report; return whether it was read."""
        seat = self.seats.get(report.key)
        if seat is None:
            self.strangers += 1
            return False
        seat.heard_at = now
        if not self._in_time(seat, now):
            seat.ignored += 1
            return False
        run = seat.runs.get(report.run)
        if run is None:
            if len(seat.runs) >= MOST_RUNS:
                seat.ignored += 1
                return False
            run = seat.runs[report.run] = Run()
        if report.version <= run.version:
            return True
        known = {name: one for name, one in report.checks.items() if name in self.checks}
        seat.ignored += len(known) < len(report.checks)
        before = {name: seat.standing(name, now) for name in known}
        run.version = report.version
        run.checks = known
        self._raise(seat, report.hand)
        for name, tried in known.items():
            if tried.result is not Result.NOT_YET:
                seat.begun.setdefault(name, now)
            if tried.result is Result.PASSED:
                seat.passed.setdefault(name, now)
            after = seat.standing(name, now)
            if after != before[name] and (after == "passed" or after == "stuck"):
                self._tell(Happening(after, seat.name, name))
        return True

    def _in_time(self, seat: Seat, now: float) -> bool:
        seat.allowance = min(BURST, seat.allowance + (now - seat.allowed_at) * RATE)
        seat.allowed_at = now
        if seat.allowance < 1:
            return False
        seat.allowance -= 1
        return True

    def note_malformed(self) -> None:
        """Count a message that was none."""
        self.malformed += 1

    def _tell(self, happening: Happening) -> None:
        self.happenings.append(happening)
        del self.happenings[:-TOLD]

    # Hands.

    @property
    def vote(self) -> Vote | None:
        """The question that is open or revealed."""
        if not self._answers:
            return None
        return Vote(self._question, self._answers, sum(self.hands()), self._revealed)

    def ask(self, answers: int) -> None:
        """Open a question with so many answers; all hands go down."""
        if not FEWEST_ANSWERS <= answers <= MOST_ANSWERS:
            raise ValueError(f"a question has {FEWEST_ANSWERS} to {MOST_ANSWERS} answers")
        self.earlier = self._revealed if self._answers == answers else None
        self._question += 1
        self._answers = answers
        self._revealed = None

    def reveal(self) -> None:
        """Show the hands as they are now; those that go up later do not count."""
        if self._answers and self._revealed is None:
            self._revealed = tuple(self.hands())

    def end_vote(self) -> None:
        """Put the question away."""
        self._answers = 0
        self._revealed = None
        self.earlier = None

    def hands(self) -> Sequence[int]:
        """Count the hands for each answer."""
        if self._revealed is not None:
            return self._revealed
        counts = [0] * self._answers
        for seat in self.seats.values():
            if seat.hand and seat.hand.question == self._question:
                counts[seat.hand.answer - 1] += 1
        return counts

    def _raise(self, seat: Seat, hand: Hand | None) -> None:
        """Take a hand for the open question; one for another question is too late or a lie."""
        if hand and hand.question == self._question and hand.answer <= self._answers:
            seat.hand = hand

    # What all are told, and what is saved.

    def state(self) -> State:
        """Return what is published: no names, no results."""
        heard = {
            name: run.version for seat in self.seats.values() for name, run in seat.runs.items()
        }
        return State(self.session, heard, self.vote)

    def table(self, now: float) -> list[dict[str, str]]:
        """Return a row for each learner, for a file: the name, and the standing in each check."""
        names = sorted({name for seat in self.seats.values() for name in seat.begun})
        return [
            {"name": seat.name, **{name: seat.standing(name, now) for name in names}}
            for seat in self.seats.values()
        ]
