"""A client asks, a server answers: REQ and REP."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="01",
    guide=("hwserver", "hwclient"),
    parts=(
        Part("server.py", arguments=("--bind", ANY_PORT)),
        Part("client.py", connect=("server.py",)),
    ),
)
