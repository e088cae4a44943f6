"""Matrices: outcomes that add up, cells that say in words what they show."""

import re
from xml.etree import ElementTree

import pytest

from tests.zmqlab.pictures import check_picture
from zmqlab import Matrix, Outcome
from zmqlab.draw.matrix import CELL, GAP
from zmqlab.draw.svg import SMALL, text_width


def test_an_outcome_counts_each_message_once() -> None:
    received = [(1, 0.1), (2, 0.9), (3, 0.1), (3, 2.0), (4, 0.2), (99, 0.1)]
    outcome = Outcome.of(range(1, 7), received, late=0.5)
    assert outcome == Outcome(sent=6, lost=2, twice=1, late=1)
    assert outcome.good == 2
    assert str(outcome) == "2 lost, 1 twice, 1 late"
    assert outcome.words("ko") == ["유실 2", "중복 1", "늦음 1"]
    assert str(Outcome(sent=60)) == "all 60" and Outcome(60).words("ko") == ["모두 60"]


@pytest.mark.parametrize("parts", [{"lost": 4}, {"lost": 2, "twice": 2}, {"late": -1}])
def test_parts_that_do_not_add_up(parts) -> None:
    with pytest.raises(ValueError, match="add up"):
        Outcome(sent=3, **parts)


def test_every_cell_is_told_and_drawn() -> None:
    matrix = Matrix(
        {
            "stateless switch": {
                "kill the middle": Outcome(60, lost=7, twice=3, late=12),
                "kill the sender": Outcome(60, twice=40),
            },
            "direct, edges": {"kill the middle": None, "kill the sender": Outcome(60)},
            "my own": {"kill the middle": Outcome(60, late=1)},
        },
        late=0.5,
    )
    assert matrix.text("en").splitlines() == [
        "What each fault did to each design",
        " - stateless switch, kill the middle: 7 lost, 3 twice, 12 late of 60 sent",
        " - stateless switch, kill the sender: 40 twice of 60 sent",
        " - direct, edges, kill the middle: no such part",
        " - direct, edges, kill the sender: all 60",
        " - my own, kill the middle: 1 late of 60 sent",
        " - my own, kill the sender: no such part",
        " - late: more than 0.5 s after it was sent",
    ]
    korean = matrix.text("ko").splitlines()
    assert korean[1] == (
        " - 상태 없는 스위치, 가운데를 강제 종료: 보낸 60개 중 유실 7, 중복 3, 늦음 12"
    )
    assert len(korean) == 8
    for language in ("en", "ko"):
        svg = matrix.svg(language)
        ElementTree.fromstring(svg)
        assert min(map(float, re.findall(r'font-size="([\d.]+)"', svg))) >= 12
        for colour in ("accent", "late", "duplicate", "lost"):
            assert f"var(--zl-{colour}" in svg
        for words in Outcome(60, lost=7).words(language):
            assert words in svg
    assert not re.search("[가-힣]", matrix.svg("en"))
    check_picture(matrix)


def test_a_matrix_without_loss_shows_no_red() -> None:
    svg = Matrix({"a": {"b": Outcome(5, late=2)}}).svg("en")
    body = svg[: svg.index("came once, in time")]
    assert "--zl-lost" not in re.sub(r"<style>.*?</style>", "", body)


def test_nothing_to_show() -> None:
    with pytest.raises(ValueError, match="nothing to show"):
        Matrix({"a": {}})


def test_the_words_of_a_cell_fit() -> None:
    for language in ("en", "ko"):
        for words in Outcome(sent=999, lost=300, twice=300, late=399).words(language):
            assert text_width(words, SMALL) <= CELL - GAP
