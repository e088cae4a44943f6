"""A mailer with two sockets, letters and orders: a poller, and who comes first."""

from examples.table import ANY_PORT, Example, Part

EXAMPLE = Example(
    lesson="06",
    guide=("", "mspoller", ""),
    parts=(
        Part("writer.py", arguments=("--bind", ANY_PORT)),
        Part("mailer.py", arguments=("--bind", ANY_PORT), connect=("writer.py",)),
        Part(
            "office.py",
            arguments=("--order", "pause", "--order", "go", "--order", "stop"),
            connect=("mailer.py",),
        ),
    ),
    ends="mailer.py",
    asks=("mailer.py",),
)
