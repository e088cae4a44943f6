"""The picture of a connection's states shows its table: all of it, and nothing else."""

import re

import pytest

from purezmq.wire.state import OVER, TABLE, State, Step, Trigger
from web.site.states import States
from web.words import LANGUAGES

STEPS = [(state, trigger, step) for state, row in TABLE.items() for trigger, step in row.items()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_told_and_drawn(language):
    picture = States()
    assert len(picture.sentences(language)) == len(STEPS)
    drawn = picture.svg(language)
    for state, trigger, step in STEPS:
        assert f">{state.name}<" in drawn and trigger.name in drawn
        assert any(
            {state.name, trigger.name, step.state.name} <= set(re.findall(r"\w+", sentence))
            for sentence in picture.sentences(language)
        )
    arrows = {(one, step.state) for one, _, step in STEPS if step.state not in {one, *OVER}}
    assert drawn.count("<polygon") == len(arrows)


def test_arrows_lead_down_and_cards_lie_apart():
    picture = States()
    for before, after in picture.paths:
        assert picture.ranks[before] < picture.ranks[after]
    assert sorted(one for row in picture.rows for one in row if isinstance(one, str)) == (
        sorted(state.name for state in TABLE if state not in OVER)
    )
    drawing, width, height = picture.draw("en")
    boxes = []
    for part in drawing.parts:
        if found := re.match(
            r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="(\d+)', part
        ):
            boxes.append([float(one) for one in found.groups()])
    assert len(boxes) == len(TABLE) - len(OVER)
    for x, y, w, h in boxes:
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
        others = [one for one in boxes if one != [x, y, w, h]]
        assert all(x + w < a or a + c < x or y + h < b or b + d < y for a, b, c, d in others)


def test_another_table_makes_another_picture():
    small = {
        State.GREETING: {Trigger.NULL: Step(State.TRAFFIC, b"READY")},
        State.TRAFFIC: {Trigger.ERROR: Step(State.ENDED), Trigger.PONG: Step(State.TRAFFIC)},
        State.ENDED: {},
    }
    drawn = States(small).svg("en")
    assert drawn.count("<polygon") == 1 and "NULL/READY" in drawn and "stays: PONG" in drawn
    assert "ERROR: ends" in drawn and "PLAIN" not in drawn
