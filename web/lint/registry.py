"""The lint's rules: each has an id, one sentence that says what it demands, and its check.

A module of this package makes a `Rules` for each kind of source that it looks at and adds its
checks with a decorator; ``python -m web.lint --rules`` prints the table of all of them. An id
stays with its rule for good, and the id of a rule that goes is not used again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from web.lessons.front import Fault

Subject = TypeVar("Subject")
Finding = TypeVar("Finding")


@dataclass(frozen=True)
class Rule(Generic[Subject, Finding]):
    """A rule: its id, what it demands of every source, and what finds the breaches."""

    id: str
    demands: str
    check: Callable[[Subject], Iterator[Finding]]


TABLE: dict[str, str] = {}
"""What every rule demands, by its id."""
FAMILIES = "FCPKEGT"
"""The letters of the ids: form, cells, .po, Korean, English, guides, tables."""


class Rules(Generic[Subject, Finding]):
    """The rules for one kind of source, in the order in which they are checked."""

    def __init__(self) -> None:
        self.rules: list[Rule[Subject, Finding]] = []

    def rule(
        self, identifier: str, demands: str
    ) -> Callable[[Callable[[Subject], Iterator[Finding]]], Callable[[Subject], Iterator[Finding]]]:
        """Register the decorated function as the check of a new rule.

        Raises
        ------
        ValueError
            If another rule has this id.
        """
        declare(identifier, demands)

        def register(
            check: Callable[[Subject], Iterator[Finding]],
        ) -> Callable[[Subject], Iterator[Finding]]:
            self.rules.append(Rule(identifier, demands, check))
            return check

        return register


def declare(identifier: str, demands: str) -> str:
    """Put a rule into the table and return its id; for one that other code checks, too.

    Raises
    ------
    ValueError
        If another rule has this id.
    """
    if identifier in TABLE:
        raise ValueError(f"there is a rule {identifier} already: {TABLE[identifier]}")
    TABLE[identifier] = demands
    return identifier


def faults(rules: Rules[Subject, Fault], subject: Subject) -> Iterator[Fault]:
    """Check a source by all rules for its kind; each fault says whose it is."""
    for rule in rules.rules:
        for fault in rule.check(subject):
            yield replace(fault, rule=rule.id)


def stamped(identifier: str, found: Iterator[Fault] | list[Fault]) -> Iterator[Fault]:
    """Give faults that come from elsewhere the id of a rule."""
    for fault in found:
        yield replace(fault, rule=identifier)


def table() -> str:
    """Return all rules, one a line: the id, then what it demands."""
    found = sorted(TABLE.items(), key=lambda rule: (FAMILIES.index(rule[0][0]), rule[0]))
    return "\n".join(f"{identifier}  {demands}" for identifier, demands in found)
