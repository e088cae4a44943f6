"""Which prefixes are wanted, and by whom (RFC 29).

libzmq keeps prefixes in a trie and walks it byte by byte. In Python one look-up in a dict costs
about as much as one such step, whatever the key's length. So prefixes are the keys of a dict, and a
topic is cut once to each *length* that some prefix has: with ten thousand subscribers to
five-letter prefixes a match is one look-up. What does not match costs nothing. A topic shorter than
a length stays as it is, and that is right: found whole, it is a prefix of itself.
"""

from collections import Counter
from collections.abc import Collection
from typing import Generic, TypeVar

from purezmq.patterns.pipe import Message, Pipe

Value = TypeVar("Value")

FEW = 8
"""Prefixes that are compared one after the other faster than they are looked up."""


class Prefixes(Generic[Value]):
    """Values under prefixes, ready to be asked which of them a topic starts with.

    Attributes
    ----------
    values : dict of bytes to Value
        What is kept under each prefix. Written to through `insert` and `discard` only.
    lengths : Counter of int
        How many prefixes in `values` have each length.
    """

    def __init__(self) -> None:
        self.values: dict[bytes, Value] = {}
        self.lengths: Counter[int] = Counter()

    def insert(self, prefix: bytes, value: Value) -> None:
        """Insert a prefix that is not there yet, with its value."""
        self.values[prefix] = value
        self.lengths[len(prefix)] += 1

    def discard(self, prefix: bytes) -> None:
        """Remove a prefix that is there."""
        del self.values[prefix]
        self.lengths[len(prefix)] -= 1
        if not self.lengths[len(prefix)]:
            del self.lengths[len(prefix)]


class Subscriptions(Prefixes[int]):
    """What one subscriber wants: each prefix with the number of times it asked for it."""

    def add(self, prefix: bytes) -> None:
        """Count one more subscription."""
        if prefix in self.values:
            self.values[prefix] += 1
        else:
            self.insert(prefix, 1)

    def remove(self, prefix: bytes) -> bool:
        """Count one less; return whether that was the last. What was never added is not."""
        count = self.values.get(prefix, 0)
        if count == 1:
            self.discard(prefix)
        elif count:
            self.values[prefix] = count - 1
        return count == 1

    def match(self, topic: bytes) -> bool:
        """Return whether a topic starts with any of the prefixes."""
        for length in self.lengths:  # noqa: SIM110, any() takes twice the time
            if topic[:length] in self.values:
                return True
        return False

    def select(self, messages: list[Message], unwanted: bool) -> list[Message]:
        """Return the messages whose match is not `unwanted`; a few prefixes need no look-up."""
        if b"" in self.values:
            return [] if unwanted else messages
        if len(self.values) <= FEW:
            few = tuple(self.values)
            return [each for each in messages if each[0].startswith(few) is not unwanted]
        return [each for each in messages if self.match(each[0]) is not unwanted]


_NOBODY: dict[Pipe, None] = {}


class Subscribers(Prefixes[dict[Pipe, None]]):
    """What all subscribers of one publisher want: each prefix with the pipes that asked for it.

    A pipe is in there once for a prefix, however often it asked: counting is the subscriber's
    affair, which says when it has had enough.
    """

    def __init__(self) -> None:
        super().__init__()
        self._prefixes: dict[Pipe, dict[bytes, None]] = {}

    def add(self, prefix: bytes, pipe: Pipe) -> bool:
        """Add a subscription; return whether it is the first of its prefix."""
        self._prefixes.setdefault(pipe, {})[prefix] = None
        first = prefix not in self.values
        if first:
            self.insert(prefix, {})
        self.values[prefix][pipe] = None
        return first

    def remove(self, prefix: bytes, pipe: Pipe) -> bool | None:
        """Remove a subscription; return whether it was the last of its prefix.

        Returns
        -------
        bool or None
            None if the pipe did not have it.
        """
        mine = self._prefixes.get(pipe, {})
        if prefix not in mine:
            return None
        del mine[prefix]
        if not mine:
            del self._prefixes[pipe]
        pipes = self.values[prefix]
        del pipes[pipe]
        if not pipes:
            self.discard(prefix)
        return not pipes

    def held_by(self, pipe: Pipe) -> list[bytes]:
        """List a pipe's prefixes, oldest first."""
        return list(self._prefixes.get(pipe, ()))

    def match(self, topic: bytes) -> Collection[Pipe]:
        """Return the pipes whose subscriptions match a topic, each once."""
        found = _NOBODY
        for length in self.lengths:
            pipes = self.values.get(topic[:length])
            if pipes:
                found = found | pipes if found else pipes
        return found
