"""A REP socket that is asked over a plain TCP connection."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="15",
    parts=(
        Part("prices.py", arguments=("--bind", ANY_PORT)),
        Part("asker.py", connect=("prices.py",)),
    ),
)
