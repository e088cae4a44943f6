"""Distribution: a copy for each of many peers, none for one that is full (libzmq's dist_t)."""

from collections.abc import Iterable

from purezmq.patterns.pipe import Message, Pipe


def distribute(pipes: Iterable[Pipe], message: Message) -> None:
    """Put one message into each pipe that has room.

    All of them hold the same list, so that sessions can encode it once: the second to come to it
    knows it by its identity.
    """
    for pipe in pipes:
        if not pipe.blocked:
            pipe.write(message)
