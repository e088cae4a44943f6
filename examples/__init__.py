"""Programs, one folder a pattern, one file a role.

``python -m examples list`` shows them; ``python -m examples run NAME`` runs all roles of one
together. How the roles of each fit together stands in `EXAMPLES`.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EXAMPLES", "Example", "Part"]

ANY_PORT = "tcp://127.0.0.1:*"


@dataclass(frozen=True)
class Part:
    """A program in an example, and how it is started.

    Attributes
    ----------
    file : str
        Its file in the example's folder.
    arguments : tuple of str
        What it is given.
    connect : tuple of str
        The files of earlier parts whose endpoints it gets, each with ``--connect``.
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
        In the order in which they start. The story has ended when the last one has.
    lesson : str
        The lesson that they belong to.
    guide : tuple of str
        The Guide's programs that they descend from.
    """

    folder: str
    parts: tuple[Part, ...]
    lesson: str
    guide: tuple[str, ...]


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
    )
}
"""Every example by its name."""
