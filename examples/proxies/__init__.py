"""A program in the middle: a shared queue for requests, and a bridge for what is published."""

from examples.table import ANY_PORT, Example, Part, local


def queue(middle: str) -> tuple[Part, ...]:
    """Return the parts around a queue: two workers behind it, a client before it."""
    behind = ("--connect", "{queue 2}")
    return (
        Part(middle, arguments=("--bind", ANY_PORT, "--bind", ANY_PORT), name="queue"),
        Part("rrworker.py", arguments=(*behind, "--name", "anna"), name="anna"),
        Part("rrworker.py", arguments=(*behind, "--name", "ben"), name="ben"),
        Part("rrclient.py", arguments=("--connect", "{queue}")),
    )


PUBLISHER = Part("psenvpub.py", arguments=("--bind", ANY_PORT))
SUBSCRIBER = ("--updates", "5")
TOPOLOGIES = {
    "queue": queue("rrbroker.py"),
    "ready-made": queue("msgqueue.py"),
    "envelope": (
        PUBLISHER,
        Part("psenvsub.py", arguments=SUBSCRIBER, connect=("psenvpub.py",)),
    ),
    "bridge": (
        PUBLISHER,
        Part("wuproxy.py", arguments=("--bind", local("bridge")), connect=("psenvpub.py",)),
        Part("psenvsub.py", arguments=SUBSCRIBER, connect=("wuproxy.py",)),
    ),
}
"""A queue by hand and libzmq's own; a publisher with its subscriber, and a bridge between them."""

EXAMPLE = Example(
    lesson="08",
    guide=("rrbroker", "rrworker", "rrclient", "msgqueue", "psenvpub", "psenvsub", "wuproxy"),
    parts=TOPOLOGIES["queue"],
    topologies=TOPOLOGIES,
)
