"""Programs, one folder a pattern, one file a role.

``python -m examples list`` shows them; ``python -m examples run NAME`` runs all roles of one
together. How the roles of each fit together stands in `EXAMPLES`.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

import zmq

__all__ = ["EXAMPLES", "FOLDER", "Example", "Part"]

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
        What it is given.
    connect : tuple of str
        The files of earlier parts; it gets the endpoints that these bound, each with ``--connect``.
    ready : bool
        Whether it prints a ready line; a program without sockets does not.
    """

    file: str
    arguments: tuple[str, ...] = ()
    connect: tuple[str, ...] = ()
    ready: bool = True


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
        The file whose end is the end of the story; the last part's if not given.
    asks : str
        The file that gets the options after ``--``; the last part's if not given.
    """

    folder: str
    parts: tuple[Part, ...]
    lesson: str
    guide: tuple[str, ...]
    ends: str = ""
    asks: str = ""

    @property
    def files(self) -> list[str]:
        """The files of its parts, each once."""
        return list(dict.fromkeys(part.file for part in self.parts))


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
            asks="ventilator.py",
        ),
    )
}
"""Every example by its name."""
