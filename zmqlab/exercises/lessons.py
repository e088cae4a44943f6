"""What stands beside a lesson: its checkers and its own helpers, found by the lesson's number.

Each lesson is a folder ``notebooks/NN-topic``; its ``checks.py`` holds the checkers. In a source
tree they are read from there, in an installed package from ``zmqlab_lessons``, which holds the same
folders. No module of zmqlab names a lesson.

This module imports the standard library only, for it runs in browsers too.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from pathlib import Path
from types import ModuleType

CHECKS = "checks"
_LOADING = threading.RLock()


def _root() -> Path | None:
    """Return the folder of the lessons' folders, None where this place has none."""
    source = Path(__file__).resolve().parents[2] / "notebooks"
    if source.is_dir():
        return source
    installed = importlib.util.find_spec("zmqlab_lessons")
    places = installed.submodule_search_locations if installed else None
    return Path(next(iter(places))) if places else None


def numbers() -> list[str]:
    """Return the numbers of the lessons that have checkers here, in order."""
    root = _root()
    return sorted(path.parent.name[:2] for path in root.glob(f"*/{CHECKS}.py")) if root else []


def load(number: str, name: str = CHECKS) -> ModuleType:
    """Load a module that stands beside a lesson.

    Parameters
    ----------
    number : str
        The lesson's number, two digits.
    name : str
        The module's file, without its suffix.

    Raises
    ------
    ModuleNotFoundError
        If there is no such lesson or file here.
    """
    with _LOADING:  # nobody else may see a module that is half loaded
        return _load(number, name)


def _load(number: str, name: str) -> ModuleType:
    full = f"zmqlab_lessons.lesson_{number}.{name}"
    if full in sys.modules:
        return sys.modules[full]
    root = _root()
    found = sorted(root.glob(f"{number}-*/{name}.py")) if root and number.isdecimal() else []
    spec = importlib.util.spec_from_file_location(full, found[0]) if found else None
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"lesson {number} has no {name}.py here", name=full)
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[full]
        raise
    return module
