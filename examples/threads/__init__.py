"""One socket outside, threads inside: a server that answers several clients at once; a relay."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="09",
    guide=("mtserver", "hwclient", "mtrelay"),
    parts=(
        Part("server.py", arguments=("--bind", ANY_PORT, "--workers", "2")),
        Part("request_reply/client.py", connect=("server.py",), name="one"),
        Part("request_reply/client.py", connect=("server.py",), name="two"),
        Part("relay.py", ready=False),
    ),
)
