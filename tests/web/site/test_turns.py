"""The picture of REQ's and REP's turns shows their tables: all of them, and nothing else."""

import re

import pytest

from purezmq.constants import Errno
from purezmq.errors import ZMQError
from purezmq.patterns.reqrep import REP_RULES, REQ_RELAXED_RULES, REQ_RULES, following
from web.site.turns import Turns
from web.words import LANGUAGES

TABLES = {"REQ": REQ_RULES, "REQ, REQ_RELAXED": REQ_RELAXED_RULES, "REP": REP_RULES}
TURNS = [(name, *turn, to) for name, rules in TABLES.items() for turn, to in rules.items()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_turn_is_told_and_drawn(language):
    picture = Turns()
    *told, rest = picture.sentences(language)
    assert len(told) == len(TURNS)
    for sentence, (name, state, action, to) in zip(told, TURNS, strict=True):
        begins = {"en": f"{name}, {state}: {action}", "ko": f"{name} {state} 상태: {action}"}
        assert sentence.startswith(begins[language]) and to in sentence
    assert "EFSM" in rest
    drawn = picture.svg(language)
    assert drawn.count("<polygon") == sum(state != to for _, state, _, to in TURNS)
    stays = [action for _, state, action, to in TURNS if state == to]
    assert [drawn.count(f": {action}<") for action in stays] == [1]


def test_what_is_not_in_a_table_is_efsm():
    for rules in TABLES.values():
        states = {state for state, _ in rules} | set(rules.values())
        for state in states:
            for action in ("send", "recv"):
                if (state, action) not in rules:
                    with pytest.raises(ZMQError) as caught:
                        following(rules, state, action)
                    assert caught.value.errno == Errno.EFSM


def test_another_table_makes_another_picture():
    drawn = Turns({"ONE": {("here", "go"): "there", ("there", "stay"): "there"}}).svg("en")
    assert drawn.count("<polygon") == 1
    shown = re.findall(r">(here|there|go|stays: stay)</text>", drawn)
    assert sorted(shown) == ["go", "here", "stays: stay", "there"]
    assert ">REQ<" not in drawn


def test_cards_and_arrows_lie_inside():
    drawing, width, height = Turns().draw("ko")
    for part in drawing.parts:
        if found := re.match(
            r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)', part
        ):
            x, y, w, h = map(float, found.groups())
            assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
        for x, y in re.findall(r"([\d.]+),([\d.]+)", part):
            assert 0 <= float(x) <= width and 0 <= float(y) <= height
