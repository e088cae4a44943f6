"""Tell a reader who ran a lesson's cells out of order what to do.

A cell that needs what an earlier cell makes ends with a NameError, a time-out or an EFSM. To
somebody who skipped that cell, this names a symptom; a note below it names the cure.

This module imports the standard library only, for it runs in browsers too.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from zmqlab.words.language import Text, kernel_language

NAME = Text(
    en="{} is made by an earlier cell of this lesson. Run from the top: Run, then Run All Cells.",
    ko="앞의 셀에서 만드는 이름입니다: {}. 맨 위부터 차례로 실행하세요(Run 메뉴의 Run All Cells).",
)
STATE = Text(
    en="If cells before this one were skipped or run out of order, run from the top: Run, then Run"
    " All Cells.",
    ko="앞의 셀을 건너뛰었거나 다른 순서로 실행했다면 맨 위부터 차례로 실행하세요(Run 메뉴의 Run"
    " All Cells).",
)


def tell_order(*kinds: type[Exception]) -> None:
    """Add a note to the errors that cells run out of order end with; outside IPython do nothing.

    Parameters
    ----------
    *kinds : type of Exception
        Errors besides NameError that a lesson's cell may end with for that reason.
    """
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    if shell is not None and not shell.custom_exceptions:
        shell.set_custom_exc((NameError, *kinds), _show)


def _show(
    shell: Any,
    kind: type[BaseException],
    error: Exception,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    if type(error) is NameError:
        error.add_note(NAME[kernel_language()].format(error.name))
    elif not isinstance(error, NameError):  # an UnboundLocalError is the cell's own
        error.add_note(STATE[kernel_language()])
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
