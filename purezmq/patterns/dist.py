"""Distribution: a copy for each of many peers, none for one that is full (libzmq's dist_t)."""

from collections.abc import Iterable

from purezmq.patterns.pipe import Message, Pipe


def distribute(pipes: Iterable[Pipe], message: Message) -> None:
    """Put one message into each pipe that has room.

    All of them hold the same list, so that sessions can encode it once: the second to come to it
    knows it by its identity.
    """
    for pipe in pipes:
        if pipe.blocked:
            continue
        outbound = pipe.outbound  # from here on Pipe.write, at three quarters of its time
        empty = not outbound
        outbound.append(message)
        if len(outbound) >= pipe.sndhwm:
            pipe.blocked = True
        if empty:
            pipe.on_outbound()
