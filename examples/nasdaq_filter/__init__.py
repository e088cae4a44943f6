"""A filter takes what it wants from two remote publishers and publishes it again, locally."""

from examples.table import ANY_PORT, SECOND_MACHINE, Example, Part, local

EXAMPLE = Example(
    lesson="02",
    parts=(
        Part("publisher.py", arguments=("--bind", ANY_PORT)),
        Part("publisher.py", arguments=("--bind", SECOND_MACHINE, "--symbol", "ZETA")),
        Part("filter.py", arguments=("--bind", local("nasdaq-feed")), connect=("publisher.py",)),
        Part("subscriber.py", arguments=("--quotes", "10"), connect=("filter.py",)),
    ),
)
