"""A client that asks again until it is answered, and a server that can be killed at any moment."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="18",
    guide=("lpserver", "lpclient"),
    parts=(
        Part("lpserver.py", arguments=("--bind", ANY_PORT)),
        Part("lpclient.py", connect=("lpserver.py",)),
    ),
    also=("storm.py",),
)
