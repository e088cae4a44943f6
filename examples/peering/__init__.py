"""Brokers that lend each other their free workers, and go on when one of them dies."""

from examples.table import ANY_PORT, Example, Part

FOUR = ("--bind", ANY_PORT) * 4


def state(name: str, *others: str) -> Part:
    """Return a broker that only tells its state, and the earlier ones that it connects to."""
    peers = tuple(word for other in others for word in ("--peer", f"{{{other}}}"))
    words = ("--bind", ANY_PORT, "--name", name, "--rounds", "8")
    return Part("peering1.py", arguments=(*words, *peers), name=name)


def cluster(broker: str) -> tuple[Part, ...]:
    """Return three brokers, four workers behind them, and a client in Seoul."""
    return (
        Part(broker, arguments=(*FOUR, "--name", "seoul"), name="seoul"),
        Part(broker, arguments=(*FOUR, "--name", "oslo", "--peer", "{seoul 4}"), name="oslo"),
        Part(
            broker,
            arguments=(*FOUR, "--name", "lima", "--peer", "{seoul 4}", "--peer", "{oslo 4}"),
            name="lima",
        ),
        worker("anna", "seoul"),
        worker("ben", "oslo"),
        worker("cleo", "oslo"),
        worker("dora", "lima"),
        Part("load_balancing/lbclient.py", arguments=("--connect", "{seoul}")),
    )


def worker(name: str, broker: str) -> Part:
    """Return a worker behind a broker."""
    words = ("--connect", f"{{{broker} 2}}", "--name", name)
    return Part("load_balancing/lbworker.py", arguments=words, name=name)


TOPOLOGIES = {
    "cluster": cluster("peering3.py"),
    "chance": cluster("peering2.py"),
    "state": (state("seoul"), state("oslo", "seoul"), state("lima", "seoul", "oslo")),
}
"""Brokers that lend where most workers are free, that lend by chance, and that only tell states."""

EXAMPLE = Example(
    lesson="14",
    guide=("peering3", "", "", "peering2", "peering1"),
    parts=TOPOLOGIES["cluster"],
    topologies=TOPOLOGIES,
)
