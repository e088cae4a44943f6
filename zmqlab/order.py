"""Tell a reader who ran a lesson's cells out of order what to do.

A cell that needs a name of an earlier cell ends with a NameError. To somebody who has only just
opened the notebook, that names a symptom; a note below it names the cure.

This module imports the standard library only, for it runs in browsers too.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from zmqlab.language import Text, kernel_language

FROM_THE_TOP = Text(
    en="{} is made by an earlier cell of this lesson: run from the top, in JupyterLab with Run,"
    " then Run All Cells.",
    ko="앞의 셀에서 만드는 이름입니다: {}. 맨 위부터 차례로 실행하세요. JupyterLab에서는 Run 메뉴의"
    " Run All Cells입니다.",
)


def tell_names() -> None:
    """Add the note to every NameError of this kernel's cells; outside IPython do nothing."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    if shell is not None and not shell.custom_exceptions:
        shell.set_custom_exc((NameError,), _show)


def _show(
    shell: Any,
    kind: type[BaseException],
    error: NameError,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    if type(error) is NameError:  # an UnboundLocalError is the cell's own
        error.add_note(FROM_THE_TOP[kernel_language()].format(error.name))
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
