"""A broker that gives each request to a worker that is free, also when a worker dies."""

from examples.table import ANY_PORT, Example, Part


def around(broker: str) -> tuple[Part, ...]:
    """Return the parts around a broker: two workers behind it, a client before it."""
    behind = ("--connect", "{broker 2}")
    return (
        Part(broker, arguments=("--bind", ANY_PORT, "--bind", ANY_PORT), name="broker"),
        Part("lbworker.py", arguments=(*behind, "--name", "anna"), name="anna"),
        Part("lbworker.py", arguments=(*behind, "--name", "ben"), name="ben"),
        Part("lbclient.py", arguments=("--connect", "{broker}")),
    )


TOPOLOGIES = {
    "broker": around("lbbroker.py"),
    "copies": around("lbbroker2.py"),
    "asyncio": around("lbbroker3.py"),
}
"""The broker as one loop, the one that keeps a copy of each request, and the one in asyncio."""

EXAMPLE = Example(
    lesson="12",
    guide=("lbbroker", "", "", "lbbroker2", "lbbroker3"),
    parts=TOPOLOGIES["broker"],
    topologies=TOPOLOGIES,
)
