"""The state machine of a connection, drawn from its table: the directive ``{core-states}``.

`purezmq.wire.state.TABLE` is all that is known here, and `zmqlab.draw.states` draws it. A step that
sends something says so behind the name of what led to it.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from purezmq.wire.state import OVER, TABLE, State, Step, Trigger
from web.site.core_picture import CorePicture
from zmqlab.draw import states
from zmqlab.words.language import Language, Text

Table = dict[State, dict[Trigger, Step]]


class States(states.States):
    """A connection's states, from the beginning down to the traffic."""

    title = Text(en="Who may say what when, on one connection", ko="연결 하나의 상태와 전이")

    def __init__(self, table: Table = TABLE) -> None:
        self.steps = {state: row for state, row in table.items() if state not in OVER}
        named = {
            state.name: {_name(trigger, step): step.state.name for trigger, step in row.items()}
            for state, row in self.steps.items()
        }
        super().__init__(named, ends=[state.name for state in OVER], refuses=False)

    def sentences(self, language: Language) -> list[str]:
        """Say every step of the table."""
        plain = Text(en="{}: {} leads to {}.", ko="{} 상태: {} → {}.")
        sends = Text(en="{}: {} leads to {} and sends {}.", ko="{} 상태: {} → {}, {} 보냄.")
        return [
            (sends if step.sends else plain)[language].format(
                state.name, trigger.name, step.state.name, step.sends.decode()
            )
            for state, row in self.steps.items()
            for trigger, step in row.items()
        ]


def _name(trigger: Trigger, step: Step) -> str:
    return trigger.name + (f"/{step.sends.decode()}" if step.sends else "")


class StatesPicture(CorePicture):
    """Draw `States` from the table as it is."""

    picture = States


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("core-states", StatesPicture)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
