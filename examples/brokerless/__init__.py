"""A chain of services A, B, C, D, built in five ways, from a hub to no broker at all."""

from examples.table import ANY_PORT, Example, Part, local

NEXT = {"A": "B", "B": "C", "C": "D", "D": ""}
"""Who follows whom in the chain of services; the last one passes nothing on."""


def _in_line(program: str, *between: Part, **further: tuple[str, ...]) -> tuple[Part, ...]:
    """Put together what stands between the services, then the services, the last one first."""
    ends = {"A": ("--first",), "D": ("--last",)}
    services = [
        Part(program, ("--name", name, *ends.get(name, ()), *further[name]), name=name)
        for name in reversed(NEXT)
    ]
    return (*between, *services)


def _through(*brokers: Part, program: str, **places: tuple[str, str]) -> tuple[Part, ...]:
    """Build the chain through brokers; `places` are where each takes, and where it puts."""
    further = {
        name: tuple(word for place in dict.fromkeys(places[name]) for word in ("--connect", place))
        + (("--to", follows) if follows else ())
        for name, follows in NEXT.items()
    }
    return _in_line(program, *brokers, **further)


def _asking(*directories: str) -> tuple[Part, ...]:
    """Build the chain whose services ask directories where the next one is."""
    asked = tuple(word for one in directories for word in ("--directory", f"{{{one}}}"))
    return _in_line(
        "peer.py",
        *(Part("directory.py", ("--bind", ANY_PORT), name=one) for one in directories),
        **{name: ("--bind", ANY_PORT, "--next", follows, *asked) for name, follows in NEXT.items()},
    )


def _queue(name: str) -> Part:
    """Build the broker beside a service: for others by tcp, for its own service by ipc."""
    bind = ("--bind", ANY_PORT, "--bind", local(name))
    return Part("broker.py", (*bind, "--name", f"queue-{name}"), name=f"queue-{name}")


TOPOLOGIES = {
    "hub": _through(
        Part("broker.py", ("--bind", ANY_PORT), name="broker"),
        program="client.py",
        **dict.fromkeys(NEXT, ("{broker}", "{broker}")),
    ),
    "direct": _in_line(
        "peer.py",
        A=("--connect", "{B}"),
        B=("--bind", ANY_PORT, "--connect", "{C}"),
        C=("--bind", ANY_PORT, "--connect", "{D}"),
        D=("--bind", ANY_PORT),
    ),
    "directory": _asking("directory"),
    "queues": _through(
        *map(_queue, "DCB"),
        program="client.py",
        A=("{queue-B}", "{queue-B}"),
        B=("{queue-B 2}", "{queue-C}"),
        C=("{queue-C 2}", "{queue-D}"),
        D=("{queue-D 2}", "{queue-D 2}"),
    ),
    "directories": _asking("directory-1", "directory-2"),
    "redis": _through(
        Part("redis_server.py", ("--bind", ANY_PORT), name="redis"),
        program="redis_client.py",
        **dict.fromkeys(NEXT, ("{redis}", "{redis}")),
    ),
    "proxy": (
        Part("drain.py", ("--bind", ANY_PORT, "--messages", "100000"), name="D"),
        Part("proxy.py", ("--bind", ANY_PORT, "--connect", "{D}"), name="proxy"),
        Part("flood.py", ("--connect", "{proxy}"), name="A"),
    ),
}
"""The chain of services, put together in different ways; proxy is a hub for one pair alone."""

EXAMPLE = Example(
    lesson="30",
    parts=TOPOLOGIES["hub"],
    topologies=TOPOLOGIES,
    needs={"redis": "redis-server"},
    ends="D",
    asks=("A", "D"),
)
