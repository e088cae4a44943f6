"""A learner's side of a class, without sockets: what to send, and when.

The time comes in as an argument. What must stay true: the learner's own work never waits for the
class, and whatever is lost (a report, the network, the board's laptop) is made good by saying it
again.
"""

from __future__ import annotations

from dataclasses import replace

from zmqlab.classroom.protocol import (
    MOST_CHECKS,
    MOST_TRIES,
    Hand,
    Hello,
    Refused,
    Report,
    Result,
    State,
    Tried,
    Vote,
    Welcome,
)

ASK_AGAIN = 1.0
"""Seconds after which a hello without an answer is sent once more."""
SAY_AGAIN = 1.0
"""Seconds after which a report that the board has not confirmed is sent once more."""
STILL_HERE = 3.0
"""Seconds between reports when nothing has changed."""
LOST_AFTER = 8.0
"""Seconds without a state after which the board counts as lost. It publishes every second."""


class Member:
    """One kernel of a learner.

    Parameters
    ----------
    hello : Hello
        How this learner asks to be let in.
    run : str
        8 hexadecimal digits for this kernel.

    Attributes
    ----------
    welcome : Welcome or None
        The board's answer, once it has let the learner in.
    refused : Refused or None
        The board's answer if it has not.
    vote : Vote or None
        The question that is open or revealed.
    confirmed : bool
        Whether the board has all that was reported.
    """

    def __init__(self, hello: Hello, run: str) -> None:
        self._hello = hello
        self._report = Report(hello.key, run, 0)
        self._asked_at: float | None = None
        self._sent_at: float | None = None
        self._heard_at: float | None = None
        self._heard_version = -1
        self._new = False
        self.welcome: Welcome | None = None
        self.refused: Refused | None = None
        self.vote: Vote | None = None

    @property
    def confirmed(self) -> bool:
        """Whether the board has all that was reported."""
        return self._heard_version >= self._report.version

    def lost(self, now: float) -> bool:
        """Tell whether the board has been silent for too long."""
        return self._heard_at is None or now - self._heard_at > LOST_AFTER

    # What the learner does.

    def checked(self, name: str, result: Result) -> None:
        """Note a check's verdict. A pass stays, and "not yet" is no try."""
        checks = dict(self._report.checks)
        before = checks.get(name, Tried(Result.NOT_YET, 0))
        if before.result is Result.PASSED or (name not in checks and len(checks) >= MOST_CHECKS):
            return
        tries = before.tries + (result is not Result.NOT_YET)
        checks[name] = Tried(result, min(tries, MOST_TRIES))
        self._change(replace(self._report, checks=checks))

    def raise_hand(self, answer: int) -> None:
        """Put the hand up for an answer to the question that is open.

        Raises
        ------
        ValueError
            If no question is open, or it has no such answer.
        """
        if self.vote is None or self.vote.counts is not None:
            raise ValueError("no question is open")
        if not 1 <= answer <= self.vote.answers:
            raise ValueError(f"the answers are 1 to {self.vote.answers}")
        self._change(replace(self._report, hand=Hand(self.vote.question, answer)))

    def _change(self, report: Report) -> None:
        self._report = replace(report, version=self._report.version + 1)
        self._new = True

    # What the board says.

    def answered(self, answer: Welcome | Refused, now: float) -> None:
        """Take the board's answer to a hello."""
        if isinstance(answer, Refused):
            self.refused = answer
            self.welcome = None
            return
        self.refused = None
        self.welcome = answer
        self._heard_at = now
        self._heard_version = -1
        self._new = True

    def heard(self, state: State, now: float) -> None:
        """Take a state. One of another session means that the board has forgotten everything."""
        if self.welcome is None:
            return
        if state.session != self.welcome.session:
            self.welcome = None
            self._asked_at = None
            return
        self._heard_at = now
        self._heard_version = state.heard.get(self._report.run, -1)
        self.vote = state.vote

    # What is to be sent.

    def due_hello(self, now: float) -> Hello | None:
        """Return the hello if it is time for one; it then counts as sent."""
        if self.refused or (self.welcome and not self.lost(now)):
            return None
        if self._asked_at is not None and now - self._asked_at < ASK_AGAIN:
            return None
        self._asked_at = now
        return self._hello

    def due_report(self, now: float) -> Report | None:
        """Return the report if it is time for one; it then counts as sent."""
        if self.welcome is None:
            return None
        pause = STILL_HERE if self.confirmed else SAY_AGAIN
        if not self._new and self._sent_at is not None and now - self._sent_at < pause:
            return None
        self._new = False
        self._sent_at = now
        return self._report
