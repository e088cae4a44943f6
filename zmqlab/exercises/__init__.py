"""What the exercises of each lesson expect: a module ``lesson_NN`` for each."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

__all__ = ["load"]


def load(name: str) -> None:
    """Load the checkers of the lesson whose number a check's name begins with.

    For a number that no lesson has, those of all lessons are loaded, so that the names there are
    can be told.

    Parameters
    ----------
    name : str
        A check's name, as ``01 patient client``.
    """
    module = f"{__name__}.lesson_{name.partition(' ')[0]}"
    if module.rpartition("_")[2].isdecimal() and importlib.util.find_spec(module) is not None:
        importlib.import_module(module)
    else:
        for found in pkgutil.iter_modules(__path__):
            importlib.import_module(f"{__name__}.{found.name}")
