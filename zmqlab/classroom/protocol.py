"""What a class says to its board and the board to its class, as frames and back.

Three conversations, each over the sockets that its lesson teaches::

    learner DEALER  -> ROUTER board   hello       may I come in, under this name?
    learner DEALER  <- ROUTER board   welcome     yes, and here are the other two ports
                                      refused     no, and why
    learner PUSH    -> PULL board     report      all that I know of my checks, and my hand
    learner SUB     <- PUB board      state       what the board has heard, and the vote

A message is ``[b"ZC1", kind, body]``; the body is JSON in UTF-8. A state is one frame, for SUB
keeps only the newest (CONFLATE), and that option knows no message of several frames.

What must stay true:

- These functions are pure: they open no socket and read no clock.
- A report is complete. One that is lost does no harm, for the next one says it all again, and one
  that arrives twice changes nothing.
- ``read_*`` returns a value in which every field has been checked, or raises `Malformed`. It raises
  nothing else, whatever the bytes are.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

VERSION = b"ZC1"
HELLO, WELCOME, REFUSED, REPORT = b"hello", b"welcome", b"refused", b"report"
STATE = VERSION + b" state "

LARGEST_REPORT = 16 * 1024
"""Bytes of a message to the board: 100 checks take 4,000. libzmq drops who sends more."""
LARGEST_STATE = 256 * 1024
"""Bytes of a state: 200 seats with 16 kernels each take 80,000."""
LONGEST_NAME = 24
MOST_CHECKS = 100
MOST_TRIES = 1_000_000
MOST_RUNS = 16
"""Kernels of one learner that the board tells apart."""
MOST_SEATS = 500
FEWEST_ANSWERS, MOST_ANSWERS = 2, 6
HIGHEST = 2**53
"""No number is larger: every language's JSON keeps whole numbers up to here."""

_KEY = re.compile(r"[0-9a-f]{32}")
_RUN = re.compile(r"[0-9a-f]{8}")
_CHECK = re.compile(r"[0-9]{2} [a-z0-9][a-z0-9 _-]{0,47}")
_HIDDEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
"""Categories of characters that a name may not hold: a terminal would obey them, or not show them.
"""


class Malformed(ValueError):  # noqa: N818
    """The bytes are no message of this protocol."""


class Result(StrEnum):
    """What a check found, in the words of `zmqlab.exercises.checks`."""

    PASSED = "passed"
    NOT_RIGHT = "not right"
    NOT_YET = "not yet"


class Reason(StrEnum):
    """Why somebody is not let in."""

    CODE = "code"
    FULL = "full"
    LOCKED = "locked"
    NAME = "name"


@dataclass(frozen=True)
class Tried:
    """One check of one learner: what came last (a pass stays), and after how many tries."""

    result: Result
    tries: int


@dataclass(frozen=True)
class Hand:
    """An answer, from 1, to the board's question of this number."""

    question: int
    answer: int


@dataclass(frozen=True)
class Hello:
    """A learner asks to be let in.

    Attributes
    ----------
    key : str
        32 hexadecimal digits that the learner's laptop made up. Whoever has them is this learner.
    name : str
        A name the learner chose; see `clean_name`.
    code : str
        The class's code word.
    """

    key: str
    name: str
    code: str


@dataclass(frozen=True)
class Welcome:
    """The board lets a learner in.

    Attributes
    ----------
    session : str
        This life of the board. Another one has heard nothing yet.
    name : str
        The name on the board: a second Mina is ``Mina 2``.
    results, state : int
        The ports of PULL and PUB, on the host that the learner has connected to.
    """

    session: str
    name: str
    results: int
    state: int


@dataclass(frozen=True)
class Refused:
    """The board lets a learner not in."""

    reason: Reason


@dataclass(frozen=True)
class Report:
    """All that one kernel of a learner knows.

    Attributes
    ----------
    key : str
        The learner's.
    run : str
        8 hexadecimal digits for this kernel.
    version : int
        Rises with each change. The board keeps the highest.
    checks : mapping of str to Tried
        By the check's name.
    hand : Hand or None
        The hand that is up.
    """

    key: str
    run: str
    version: int
    checks: Mapping[str, Tried] = field(default_factory=dict)
    hand: Hand | None = None


@dataclass(frozen=True)
class Vote:
    """A question to the room.

    Attributes
    ----------
    question : int
        Its number, from 1.
    answers : int
        How many answers it has.
    raised : int
        How many hands are up.
    counts : tuple of int or None
        Hands for each answer; None until they are revealed.
    """

    question: int
    answers: int
    raised: int
    counts: tuple[int, ...] | None = None


@dataclass(frozen=True)
class State:
    """What the board tells all: nobody's name, nobody's result.

    Attributes
    ----------
    session : str
        This life of the board.
    heard : mapping of str to int
        The highest version that it has of each kernel.
    vote : Vote or None
        The question that is open or revealed.
    """

    session: str
    heard: Mapping[str, int] = field(default_factory=dict)
    vote: Vote | None = None


def clean_name(name: str) -> str:
    """Return a name as the board shows it.

    Parameters
    ----------
    name : str
        What somebody typed. Spaces at its ends and doubled ones go.

    Raises
    ------
    Malformed
        If nothing is left, if it is longer than 24 characters, or holds what a terminal does not
        show as it stands: control characters, marks of direction, towers of accents.
    """
    cleaned = " ".join(unicodedata.normalize("NFC", name).split(" ")).strip()
    cleaned = re.sub(" +", " ", cleaned)
    if not 1 <= len(cleaned) <= LONGEST_NAME:
        raise Malformed(f"a name has 1 to {LONGEST_NAME} characters")
    marks = 0
    for character in cleaned:
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if category in _HIDDEN or marks > 2 or (category == "Zs" and character != " "):
            raise Malformed("a name holds only what can be seen")
    if unicodedata.category(cleaned[0]).startswith("M"):
        raise Malformed("a name begins with a character of its own")
    return cleaned


# Writing.


def write_hello(hello: Hello) -> list[bytes]:
    """Return a hello's frames."""
    return _message(HELLO, {"key": hello.key, "name": hello.name, "code": hello.code})


def write_welcome(welcome: Welcome) -> list[bytes]:
    """Return a welcome's frames."""
    body = {
        "session": welcome.session,
        "name": welcome.name,
        "results": welcome.results,
        "state": welcome.state,
    }
    return _message(WELCOME, body)


def write_refused(refused: Refused) -> list[bytes]:
    """Return a refusal's frames."""
    return _message(REFUSED, {"reason": refused.reason})


def write_report(report: Report) -> list[bytes]:
    """Return a report's frames."""
    hand = report.hand
    body = {
        "key": report.key,
        "run": report.run,
        "version": report.version,
        "checks": {name: [one.result, one.tries] for name, one in report.checks.items()},
        "hand": [hand.question, hand.answer] if hand else None,
    }
    return _message(REPORT, body)


def write_state(state: State) -> bytes:
    """Return a state's only frame."""
    vote = state.vote
    body = {
        "session": state.session,
        "heard": dict(state.heard),
        "vote": None
        if vote is None
        else {
            "question": vote.question,
            "answers": vote.answers,
            "raised": vote.raised,
            "counts": None if vote.counts is None else list(vote.counts),
        },
    }
    return STATE + _json(body)


def _message(kind: bytes, body: object) -> list[bytes]:
    return [VERSION, kind, _json(body)]


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


# Reading.


def read_hello(frames: Sequence[bytes]) -> Hello:
    """Read what came to the board's ROUTER, without the routing id."""
    body = _body(frames, HELLO, LARGEST_REPORT)
    _fields(body, "key", "name", "code")
    code = _text(body["code"], 64)
    name = body["name"]
    if not isinstance(name, str):
        raise Malformed("a name is text")
    return Hello(_matched(body["key"], _KEY), clean_name(name), code)


def read_answer(frames: Sequence[bytes]) -> Welcome | Refused:
    """Read what came to a learner's DEALER."""
    if len(frames) == 3 and frames[1] == REFUSED:
        body = _body(frames, REFUSED, LARGEST_REPORT)
        _fields(body, "reason")
        return Refused(_one_of(Reason, body["reason"]))
    body = _body(frames, WELCOME, LARGEST_REPORT)
    _fields(body, "session", "name", "results", "state")
    name = body["name"]
    if not isinstance(name, str):
        raise Malformed("a name is text")
    return Welcome(
        _matched(body["session"], _RUN),
        clean_name(name),
        _whole(body["results"], 1, 65535),
        _whole(body["state"], 1, 65535),
    )


def read_report(frames: Sequence[bytes]) -> Report:
    """Read what came to the board's PULL."""
    body = _body(frames, REPORT, LARGEST_REPORT)
    _fields(body, "key", "run", "version", "checks", "hand")
    hand = body["hand"]
    if hand is not None:
        question, answer = _list(hand, 2)
        hand = Hand(_whole(question, 1, HIGHEST), _whole(answer, 1, MOST_ANSWERS))
    return Report(
        _matched(body["key"], _KEY),
        _matched(body["run"], _RUN),
        _whole(body["version"], 0, HIGHEST),
        _mapping(body["checks"], MOST_CHECKS, _CHECK, _tried),
        hand,
    )


def read_state(frame: bytes) -> State:
    """Read what came to a learner's SUB."""
    if not frame.startswith(STATE):
        raise Malformed("no state of this version")
    body = _object(frame[len(STATE) :], LARGEST_STATE)
    _fields(body, "session", "heard", "vote")
    return State(
        _matched(body["session"], _RUN),
        _mapping(body["heard"], MOST_SEATS * MOST_RUNS, _RUN, lambda n: _whole(n, 0, HIGHEST)),
        None if body["vote"] is None else _vote(body["vote"]),
    )


def _vote(value: object) -> Vote:
    if not isinstance(value, dict):
        raise Malformed("a vote is an object")
    _fields(value, "question", "answers", "raised", "counts")
    answers = _whole(value["answers"], FEWEST_ANSWERS, MOST_ANSWERS)
    counts = value["counts"]
    if counts is not None:
        counts = tuple(_whole(one, 0, HIGHEST) for one in _list(counts, answers))
    question = _whole(value["question"], 1, HIGHEST)
    return Vote(question, answers, _whole(value["raised"], 0, HIGHEST), counts)


def _tried(value: object) -> Tried:
    result, tries = _list(value, 2)
    return Tried(_one_of(Result, result), _whole(tries, 0, MOST_TRIES))


def _body(frames: Sequence[bytes], kind: bytes, largest: int) -> dict[str, object]:
    if len(frames) != 3 or frames[0] != VERSION or frames[1] != kind:
        raise Malformed(f"no {kind.decode()} of this version")
    return _object(frames[2], largest)


def _object(data: bytes, largest: int) -> dict[str, object]:
    if len(data) > largest:
        raise Malformed(f"more than {largest} bytes")
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError):
        raise Malformed("no JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise Malformed("no object")
    return value


def _fields(body: Mapping[str, object], *names: str) -> None:
    if set(body) != set(names):
        raise Malformed(f"the fields are {', '.join(names)}")


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise Malformed(f"no text of at most {longest} characters")
    return value


def _matched(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Malformed(f"no {pattern.pattern}")
    return value


def _whole(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Malformed(f"no whole number from {least} to {most}")
    return value


def _list(value: object, length: int) -> list[object]:
    if not isinstance(value, list) or len(value) != length:
        raise Malformed(f"no list of {length}")
    return value


def _one_of(kind: type[E], value: object) -> E:
    if not isinstance(value, str) or value not in list(kind):
        raise Malformed(f"not one of {', '.join(kind)}")
    return kind(value)


def _mapping(
    value: object, most: int, names: re.Pattern[str], read: Callable[[object], T]
) -> dict[str, T]:
    if not isinstance(value, dict) or len(value) > most:
        raise Malformed(f"no object of at most {most} entries")
    return {_matched(name, names): read(one) for name, one in value.items()}
