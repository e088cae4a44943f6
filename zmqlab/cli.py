"""The command `zmqlab`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from zmqlab import doctor as doctors
from zmqlab.language import kernel_language

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def about() -> None:
    """Instruments of ØMQ Companion."""


@app.command()
def doctor(
    language: Annotated[
        Literal["en", "ko"] | None, typer.Option(help="Default: as the environment says.")
    ] = None,
) -> None:
    """Say whether this machine is ready for the lessons, and what to do where it is not."""
    raise typer.Exit(doctors.examine(language or kernel_language()))


def main() -> None:
    """Run the command."""
    app(prog_name="zmqlab")
