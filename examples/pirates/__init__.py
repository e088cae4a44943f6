"""A queue that knows its workers: by their word alone, or by heartbeats (Paranoid Pirate)."""

from examples.table import ANY_PORT, Example, Part


def around(queue: str, worker: str) -> tuple[Part, ...]:
    """Return the parts around a queue: two workers behind it, a client before it."""
    behind = ("--connect", "{queue 2}")
    return (
        Part(queue, arguments=("--bind", ANY_PORT, "--bind", ANY_PORT), name="queue"),
        Part(worker, arguments=behind, name="anna"),
        Part(worker, arguments=behind, name="ben"),
        Part("client.py", arguments=("--connect", "{queue}")),
    )


TOPOLOGIES = {
    "paranoid": around("ppqueue.py", "ppworker.py"),
    "simple": around("spqueue.py", "spworker.py"),
}
"""With heartbeats between queue and workers, and without."""

EXAMPLE = Example(
    lesson="19",
    guide=("ppqueue", "ppworker", "", "spqueue", "spworker"),
    parts=TOPOLOGIES["paranoid"],
    topologies=TOPOLOGIES,
    also=("storm.py",),
)
