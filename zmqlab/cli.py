"""The command `zmqlab`."""

from __future__ import annotations

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


def main() -> None:
    """Run the command."""
    app(prog_name="zmqlab")
