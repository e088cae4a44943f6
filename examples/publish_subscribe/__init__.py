"""A publisher tells everybody, a subscriber hears what it asked for: PUB and SUB."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="02",
    guide=("wuserver", "wuclient"),
    parts=(
        Part("publisher.py", arguments=("--bind", ANY_PORT)),
        Part("subscriber.py", connect=("publisher.py",)),
    ),
)
