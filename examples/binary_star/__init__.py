"""Two servers of which one works: the other takes over when it is silent and a client asks."""

from examples.table import ANY_PORT, Example, Part

BINDS = ("--bind", ANY_PORT)

EXAMPLE = Example(
    lesson="22",
    guide=("bstarsrv", "bstarcli"),
    parts=(
        Part("server.py", arguments=BINDS * 3, name="primary"),
        Part(
            "server.py",
            arguments=(*BINDS, "--primary", "{primary 2}", "--primary", "{primary 3}"),
            name="backup",
        ),
        Part("client.py", arguments=("--connect", "{primary}", "--connect", "{backup}")),
    ),
    also=("storm.py",),
)
