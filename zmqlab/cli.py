"""The command `zmqlab`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from zmqlab import doctor as doctors
from zmqlab.classroom import commands as classroom
from zmqlab.net import wiretap as wiretaps
from zmqlab.words.language import kernel_language

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(classroom.app, name="class")


@app.callback()
def about() -> None:
    """Instruments of ØMQ Companion."""


@app.command()
def doctor(
    language: Annotated[
        Literal["en", "ko"] | None, typer.Option(help="Default: as the environment says.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Look also at what only some lessons or maintainers need."),
    ] = False,
) -> None:
    """Say whether this machine is ready for the lessons, and what to do where it is not."""
    raise typer.Exit(doctors.examine(language or kernel_language(), everything))


@app.command()
def wiretap(
    listen: Annotated[str, typer.Option(metavar="EP", help="Where it listens: tcp or ipc.")],
    connect: Annotated[str, typer.Option(metavar="EP", help="Whom everything is passed on to.")],
    language: Annotated[
        Literal["en", "ko"] | None, typer.Option(help="Default: as the environment says.")
    ] = None,
) -> None:
    """Stand between two peers, pass on what they say, and tell it frame by frame."""
    raise typer.Exit(wiretaps.watch(listen, connect, language or kernel_language()))


@app.command()
def check(
    notebooks: Annotated[
        list[Path], typer.Argument(help="Notebooks, or folders of them.", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say of each answer why not.")] = False,
    limit: Annotated[
        float | None,
        typer.Option(min=1, help="Seconds for each exercise. Default: its checker's, and 20 s."),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=64, help="Exercises at a time. Default: half the cores.")
    ] = max(1, (os.cpu_count() or 1) // 2),
    language: Annotated[
        Literal["en", "ko"] | None, typer.Option(help="Default: as the environment says.")
    ] = None,
) -> None:
    """Say who passed what. Status 0: all passed; 1: not all; 2: a file could not be judged.

    Each exercise runs in a process of its own, with your rights: check what you would also run.
    """
    from zmqlab.exercises import handed_in_table

    spoken = language or kernel_language()
    raise typer.Exit(handed_in_table.show(notebooks, limit, jobs, as_json, why, spoken))


def main() -> None:
    """Run the command."""
    app(prog_name="zmqlab")
