"""Reliability at the edges: a switch that remembers nothing, a sender and a receiver that do."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="32",
    parts=(
        Part("switch.py", arguments=("--bind", ANY_PORT)),
        Part("receiver.py", connect=("switch.py",)),
        Part("sender.py", connect=("switch.py",)),
    ),
    also=("storm.py",),
)
