"""Where a picture was measured: the line beneath it."""

from __future__ import annotations

import datetime
import os
import platform

from zmqlab.words.language import Language, Text

_MEASURED = Text(en="measured here, {}, {}", ko="여기서 측정, {}, {}")
_CORES = Text(en="{} {}, {} {}", ko="{} {}, 코어 {}개")


def cores() -> int:
    """How many processor cores this process may use.

    Returns
    -------
    int
        Where a container is given a share of the machine's time only, it can do less than this.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def measured(language: Language) -> str:
    """The line beneath a plot: where and when it was measured.

    Parameters
    ----------
    language : {"en", "ko"}

    Returns
    -------
    str
    """
    today = datetime.datetime.now().astimezone().date().isoformat()
    count = cores()
    machine = _CORES[language].format(
        platform.system(), platform.machine(), count, "core" if count == 1 else "cores"
    )
    return _MEASURED[language].format(today, machine)
