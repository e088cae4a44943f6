"""How fast: the same work by raw sockets, by pyzmq in two styles, by purezmq, and in C."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="33",
    parts=(
        Part("peer.py", arguments=("--bind", ANY_PORT)),
        Part("caller.py", connect=("peer.py",)),
    ),
)
