"""What an example's folder says of itself: its programs, and how they are started together.

The table of an example is the value `EXAMPLE` in the folder's ``__init__.py``.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import zmq

__all__ = ["ANY_PORT", "FOLDER", "SECOND_MACHINE", "Example", "Part", "Wiring", "local"]

FOLDER = "{folder}"
"""In an argument, a temporary folder that the run makes and removes."""

ANY_PORT = "tcp://127.0.0.1:*"


def _second_machine() -> str:
    """Return any port of a second loopback address; of the first where there is only one."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.2", 0))
        except OSError:  # macOS
            return ANY_PORT
    return "tcp://127.0.0.2:*"


SECOND_MACHINE = _second_machine()
"""Any port at another address of this machine, if it has one."""


def local(name: str) -> str:
    """Return an ipc endpoint in the run's folder; any port where libzmq has no ipc."""
    return f"ipc://{FOLDER}/{name}" if zmq.has("ipc") else ANY_PORT


@dataclass(frozen=True)
class Part:
    """A program in an example, and how it is started; one that runs twice is two parts.

    Attributes
    ----------
    file : str
        Its file in the example's folder; with a slash, a file of another example, as
        ``reliable_edges/sender.py``.
    arguments : tuple of str
        The words of its command line. ``{NAME}`` in them is the first endpoint that the earlier
        part of this name bound, ``{NAME 2}`` the second.
    connect : tuple of str
        The files or names of earlier parts. Each endpoint that these bound is given to this
        part with ``--connect``.
    ready : bool
        Whether it prints a ready line; a program without sockets does not.
    name : str
        What other parts call it, where its file is not enough.
    """

    file: str
    arguments: tuple[str, ...] = ()
    connect: tuple[str, ...] = ()
    ready: bool = True
    name: str = ""

    @property
    def key(self) -> str:
        """What other parts call it."""
        return self.name or self.file


@dataclass(frozen=True)
class Example:
    """Programs that belong together.

    Attributes
    ----------
    parts : tuple of Part
        In the order in which they start.
    lesson : str
        The lesson that they belong to.
    guide : tuple of str
        The Guide's programs that they descend from, file by file; empty where there is none.
    ends : str
        The file or name of the part whose end is the end of the story; the last part's if not
        given.
    asks : tuple of str
        The files or names that get the options after ``--``; the last part's if not given.
    topologies : mapping
        Further ways to put the same example together, each with its parts, by their names; `parts`
        are those of the first of them.
    needs : mapping
        Of a topology, the command that has to be installed.
    also : tuple of str
        Further programs of the folder, which no topology starts.
    folder : str
        The folder in ``examples/``, which is also the example's name. It is not written in the
        table: `examples.EXAMPLES` puts it in.
    """

    parts: tuple[Part, ...]
    lesson: str
    guide: tuple[str, ...] = ()
    ends: str = ""
    asks: tuple[str, ...] = ()
    topologies: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    folder: str = ""

    @property
    def files(self) -> list[str]:
        """The files of its parts, each once, whatever the topology."""
        every = [self.parts, *self.topologies.values()]
        return list(dict.fromkeys(part.file for parts in every for part in parts))

    @property
    def ways(self) -> list[str]:
        """Its topologies that can run on this machine; one without a name if it has none."""
        if not self.topologies:
            return [""]
        return [
            name
            for name in self.topologies
            if name not in self.needs or shutil.which(self.needs[name])
        ]

    def chosen(self, topology: str = "") -> tuple[Part, ...]:
        """Return the parts of this topology; of the only one, or the first, if none is named."""
        return self.topologies[topology] if topology else self.parts

    def place(self, file: str) -> str:
        """Return where a part's file is below ``examples/``, as ``pipeline/sink.py``."""
        return file if "/" in file else f"{self.folder}/{file}"


class Wiring:
    """Writes the endpoints of parts that have been started into the arguments of the next.

    Parameters
    ----------
    folder : str
        The folder for sockets that are files.
    """

    def __init__(self, folder: str = "") -> None:
        self._folder = folder
        self._bound: dict[str, list[str]] = {}

    def arguments(self, part: Part) -> list[str]:
        """Return the words of a part's command line."""
        values = {FOLDER[1:-1]: self._folder}
        for name, endpoints in self._bound.items():
            for number, endpoint in enumerate(endpoints, 1):
                values[f"{name} {number}"] = endpoint
            if endpoints:
                values[name] = endpoints[0]
        words = [argument.format_map(values) for argument in part.arguments]
        for earlier in part.connect:
            for endpoint in self._bound[earlier]:
                words += ["--connect", endpoint]
        return words

    def started(self, part: Part, bound: Sequence[str]) -> None:
        """Take in what a part bound; several parts of one name add to each other."""
        self._bound.setdefault(part.key, []).extend(bound)
