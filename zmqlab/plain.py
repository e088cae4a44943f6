"""How an instrument says what stands for it in a program that has no instruments.

"Copy as a program" gives plain pyzmq. What only watches is left out of it (`only_watches`); what
acts is written as a program would write it (`plain`). Both are declared beside the instrument and
read by ``web/lessons/plain_copy.py``. An instrument that declares nothing has no plain form, and a
cell that needs it has none either. What must stay true: nothing is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Instrument = TypeVar("Instrument")
ATTRIBUTE = "plain_form"


@dataclass(frozen=True)
class Form:
    """What stands for an instrument.

    Attributes
    ----------
    code : str
        The code, an expression or several lines; empty if the line is left out. ``{all}`` in it is
        all arguments, ``{0}`` the first, ``{events}`` the monitor of the socket that is the first
        argument, ``{peers}`` the monitors of the sockets that are connected to it. A line whose
        ``{peers}`` are none is left out.
    helpers : tuple of str
        Functions of `zmqlab.plain_forms` that the program then holds.
    comment : bool
        Whether the comment beside the call is true of the plain form too.
    """

    code: str
    helpers: tuple[str, ...] = ()
    comment: bool = True


def plain(code: str, *helpers: str, comment: bool = True) -> Callable[[Instrument], Instrument]:
    """Declare the plain form of the function or method below; see `Form`."""

    def declare(instrument: Instrument) -> Instrument:
        setattr(instrument, ATTRIBUTE, Form(code, helpers, comment))
        return instrument

    return declare


def only_watches(instrument: Instrument) -> Instrument:
    """Declare that a program without instruments does without this one."""
    setattr(instrument, ATTRIBUTE, Form(""))
    return instrument
