"""Programs, one folder a pattern, one file a role.

``python -m examples list`` shows them; ``python -m examples run NAME`` runs all roles of one
together. How the roles of each fit together stands in `EXAMPLES`.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import zmq

if TYPE_CHECKING:
    from zmqlab.programs import Program, Programs

__all__ = ["EXAMPLES", "FOLDER", "Example", "Part", "start"]

ANY_PORT = "tcp://127.0.0.1:*"
FOLDER = "{folder}"
"""In an argument, a temporary folder that the run makes and removes."""


def _second_machine() -> str:
    """Give any port of a second loopback address; of the first where there is only one (macOS)."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.2", 0))
        except OSError:
            return ANY_PORT
    return "tcp://127.0.0.2:*"


@dataclass(frozen=True)
class Part:
    """A program in an example, and how it is started; one that runs twice is two parts.

    Attributes
    ----------
    file : str
        Its file in the example's folder.
    arguments : tuple of str
        What it is given. ``{NAME}`` in it is the first endpoint that the earlier part of this name
        bound, ``{NAME 2}`` the second.
    connect : tuple of str
        The files or names of earlier parts; it gets the endpoints that these bound, each with
        ``--connect``.
    ready : bool
        Whether it prints a ready line; a program without sockets does not.
    name : str
        What other parts know it by, where its file is not enough.
    """

    file: str
    arguments: tuple[str, ...] = ()
    connect: tuple[str, ...] = ()
    ready: bool = True
    name: str = ""

    @property
    def key(self) -> str:
        """What other parts know it by."""
        return self.name or self.file


@dataclass(frozen=True)
class Example:
    """Programs that belong together.

    Attributes
    ----------
    folder : str
        Their folder in ``examples/``, which is also the example's name.
    parts : tuple of Part
        In the order in which they start.
    lesson : str
        The lesson that they belong to.
    guide : tuple of str
        The Guide's programs that they descend from, file by file.
    ends : str
        The file or name of the part whose end is the end of the story; the last part's if not
        given.
    asks : tuple of str
        The files or names that get the options after ``--``; the last part's if not given.
    topologies : mapping
        Further ways to put the same example together, each with its parts, by their names; `parts`
        are those of the first of them.
    also : tuple of str
        Further programs of the folder, that the story does not start.
    """

    folder: str
    parts: tuple[Part, ...]
    lesson: str
    guide: tuple[str, ...]
    ends: str = ""
    asks: tuple[str, ...] = ()
    topologies: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def files(self) -> list[str]:
        """The files of its parts, each once, whatever the topology."""
        every = [self.parts, *self.topologies.values()]
        return list(dict.fromkeys(part.file for parts in every for part in parts))

    def chosen(self, topology: str = "") -> tuple[Part, ...]:
        """The parts of this topology; of the only one, or the first, if none is named."""
        return self.topologies[topology] if topology else self.parts


async def start(
    programs: Programs,
    name: str,
    topology: str = "",
    folder: str = "",
    options: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Program]:
    """Start the parts of an example, in order, each with what those it connects to have bound.

    Parameters
    ----------
    programs : Programs
        Who starts them, and ends them.
    name : str
        The example's.
    topology : str, optional
        One of the example's topologies; the first if not given.
    folder : str, optional
        A folder for sockets that are files, where a part has such.
    options : mapping, optional
        Further arguments of a part, by its name or file.

    Returns
    -------
    dict of str to Program
        By the parts' names or files; of several alike, the last.
    """
    bound: dict[str, list[str]] = {}
    started = {}
    for part in EXAMPLES[name].chosen(topology):
        places = {FOLDER[1:-1]: folder}
        for one, endpoints in bound.items():
            places |= {one: endpoints[0]} if endpoints else {}
            places |= {f"{one} {place}": found for place, found in enumerate(endpoints, 1)}
        arguments = [argument.format_map(places) for argument in part.arguments]
        connect = [endpoint for earlier in part.connect for endpoint in bound[earlier]]
        arguments += [word for endpoint in connect for word in ("--connect", endpoint)]
        arguments += (options or {}).get(part.key, ())
        program = await programs.start(f"{name}/{part.file}", *arguments, ready=part.ready)
        own = program.endpoints[: len(program.endpoints) - len(_given(arguments, "--connect"))]
        bound[part.key] = [*bound.get(part.key, []), *own]
        started[part.key] = program
    return started


def _given(arguments: Sequence[str], option: str) -> list[str]:
    return [value for name, value in pairwise(arguments) if name == option]


NEXT = {"A": "B", "B": "C", "C": "D", "D": ""}
"""Who follows whom in the chain of services; the last one passes nothing on."""


def _chain(program: str, *between: Part, **further: tuple[str, ...]) -> tuple[Part, ...]:
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
    return _chain(program, *brokers, **further)


def _asking(*directories: str) -> tuple[Part, ...]:
    """Build the chain whose services ask directories where the next one is."""
    asked = tuple(word for one in directories for word in ("--directory", f"{{{one}}}"))
    return _chain(
        "peer.py",
        *(Part("directory.py", ("--bind", ANY_PORT), name=one) for one in directories),
        **{name: ("--bind", ANY_PORT, "--next", follows, *asked) for name, follows in NEXT.items()},
    )


def _queue(name: str) -> Part:
    """Build the broker beside a service: for others by tcp, for its own service by ipc."""
    own = f"ipc://{FOLDER}/{name}" if zmq.has("ipc") else ANY_PORT
    bind = ("--bind", ANY_PORT, "--bind", own)
    return Part("broker.py", (*bind, "--name", f"queue-{name}"), name=f"queue-{name}")


TOPOLOGIES = {
    "hub": _through(
        Part("broker.py", ("--bind", ANY_PORT), name="broker"),
        program="client.py",
        **dict.fromkeys(NEXT, ("{broker}", "{broker}")),
    ),
    "direct": _chain(
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


EXAMPLES = {
    example.folder: example
    for example in (
        Example(
            folder="request_reply",
            parts=(
                Part("server.py", arguments=("--bind", ANY_PORT)),
                Part("client.py", connect=("server.py",)),
            ),
            lesson="01",
            guide=("hwserver", "hwclient"),
        ),
        Example(
            folder="version",
            parts=(Part("version.py", ready=False),),
            lesson="01",
            guide=("version",),
        ),
        Example(
            folder="publish_subscribe",
            parts=(
                Part("publisher.py", arguments=("--bind", ANY_PORT)),
                Part("subscriber.py", connect=("publisher.py",)),
            ),
            lesson="02",
            guide=("wuserver", "wuclient"),
        ),
        Example(
            folder="nasdaq_filter",
            parts=(
                Part("publisher.py", arguments=("--bind", ANY_PORT)),
                Part("publisher.py", arguments=("--bind", _second_machine(), "--symbol", "ZETA")),
                Part(
                    "filter.py",
                    arguments=(
                        "--bind",
                        f"ipc://{FOLDER}/nasdaq-feed" if zmq.has("ipc") else ANY_PORT,
                    ),
                    connect=("publisher.py",),
                ),
                Part("subscriber.py", arguments=("--quotes", "10"), connect=("filter.py",)),
            ),
            lesson="02",
            guide=(),
        ),
        Example(
            folder="pipeline",
            parts=(
                Part("sink.py", arguments=("--bind", ANY_PORT)),
                Part(
                    "ventilator.py",
                    arguments=("--bind", ANY_PORT, "--workers", "3", "--tasks", "24"),
                    connect=("sink.py",),
                ),
                *(
                    Part(
                        "worker.py",
                        arguments=("--name", name),
                        connect=("ventilator.py", "sink.py"),
                    )
                    for name in ("worker", "worker 2", "worker 3")
                ),
            ),
            lesson="03",
            guide=("tasksink", "taskvent", "taskwork"),
            ends="sink.py",
            asks=("ventilator.py",),
        ),
        Example(
            folder="brokerless",
            parts=TOPOLOGIES["hub"],
            lesson="30",
            guide=(),
            ends="D",
            asks=("A", "D"),
            topologies=TOPOLOGIES,
        ),
        Example(
            folder="multithreading",
            parts=(
                Part(
                    "office.py",
                    arguments=(
                        *("--bind", ANY_PORT, "--bind", ANY_PORT),
                        *("--workers", "4", "--threads", "2"),
                    ),
                ),
                *(
                    Part("worker.py", arguments=("--name", name), connect=("office.py",))
                    for name in ("process-1", "process-2")
                ),
            ),
            lesson="31",
            guide=(),
            ends="office.py",
            asks=("office.py",),
        ),
        Example(
            folder="gil",
            parts=(Part("compute.py", ready=False),),
            lesson="31",
            guide=(),
        ),
        Example(
            folder="shared_socket",
            parts=(Part("senders.py", ready=False),),
            lesson="31",
            guide=(),
        ),
        Example(
            folder="reliable_edges",
            parts=(
                Part("switch.py", arguments=("--bind", ANY_PORT)),
                Part("receiver.py", connect=("switch.py",)),
                Part("sender.py", connect=("switch.py",)),
            ),
            lesson="32",
            guide=(),
            also=("storm.py",),
        ),
        Example(
            folder="switch_or_broker",
            parts=(
                Part("broker.py", arguments=("--bind", ANY_PORT, "--log", f"{FOLDER}/log")),
                Part("receiver.py", arguments=("--acknowledge", "late"), connect=("broker.py",)),
                Part("../reliable_edges/sender.py", connect=("broker.py",)),
            ),
            lesson="32",
            guide=(),
            also=("sender.py",),
        ),
        Example(
            folder="speed",
            parts=(
                Part("peer.py", arguments=("--bind", ANY_PORT)),
                Part("caller.py", connect=("peer.py",)),
            ),
            lesson="33",
            guide=(),
        ),
    )
}
"""Every example by its name."""
