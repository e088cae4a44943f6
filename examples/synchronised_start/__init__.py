"""A publisher that begins when its subscribers have heard it: PUB and SUB, with REQ and REP."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="07",
    guide=("syncpub", "syncsub"),
    parts=(
        Part("publisher.py", arguments=("--bind", ANY_PORT, "--bind", ANY_PORT)),
        Part("subscriber.py", arguments=("--name", "anna"), connect=("publisher.py",)),
    ),
    asks=("publisher.py",),
)
