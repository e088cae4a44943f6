"""The board of claims: both languages, nothing judged that was not measured."""

import re

import pytest

from zmqlab.exercises import lessons

claims = lessons.load("33", "claims")
CLAIMS, Claims, VERDICTS = claims.CLAIMS, claims.Claims, claims.VERDICTS


def test_every_claim_says_whose_it_is_in_both_languages():
    assert len(CLAIMS) >= 20
    for claim in CLAIMS.values():
        for text in (claim.words, claim.source, claim.note):
            assert text.en and re.search("[가-힣]|LWN|zeromq", text.ko)


def test_a_verdict_stands_with_its_figures():
    board = Claims()
    board.judge("sockets", "if", raw="100k/s", with_batching="900k/s")
    board.judge("queue", True, arrived="3/3")
    board.judge("pyzmq", False, blocking="<9k/s>")
    board.judge("hour", "open")
    assert board.verdicts == {"sockets": "if", "queue": "holds", "pyzmq": "no", "hour": "open"}
    told = board.text("en")
    assert "holds if: As fast as raw sockets, often faster. If the other side sends" in told
    assert "From Python: raw 100k/s; with batching 900k/s." in told
    assert "✓ holds: It connects" in told and "△ doesn't here: pyzmq passes" in told
    assert "조건부로 맞음: 성능은" in board.text("ko")
    html = board._repr_html_()
    assert html.count('class="zl-claim"') == 2 * len(CLAIMS) and "&lt;9k/s&gt;" in html
    assert html.count("<details") == 2 * len(CLAIMS)
    for verdict in VERDICTS.values():
        words = html.replace("&#x27;", "'")
        assert verdict.words.en in words and verdict.words.ko in words


def test_what_holds_stands_first_and_what_was_not_judged_last():
    board = Claims()
    board.judge("pyzmq", False, blocking="9k/s")
    board.judge("zerocopy", True, extra="9 µs")
    marks = [line[3] for line in board.text_lines("en")[1:-1]]
    assert marks == ["✓", "△", *"○" * (len(CLAIMS) - 2)]


def test_figures_in_c_are_told_apart():
    board = Claims()
    board.judge("forty", True, {"one_way": "24 µs"}, one_way="66 µs", more_than_raw="<55 µs>")
    board.judge("slogan", "open", {}, pyzmq="670k/s")
    told = board.text("en")
    assert "From Python: one way 66 µs; more than raw <55 µs>. In C: one way 24 µs." in told
    assert "From Python: pyzmq 670k/s. In C: not measured." in told
    korean = board.text("ko")
    assert "C로 측정: 편도 24 µs." in korean and "C로 측정: 측정하지 않음." in korean
    board.judge("forty", True, one_way="66 µs")
    assert "In C: one way" not in board.text("en")


def test_what_was_not_judged_says_so():
    assert Claims().text("en").count("not judged yet") == len(CLAIMS)


def test_no_verdict_without_figures_or_a_condition():
    board = Claims()
    with pytest.raises(ValueError, match="what was measured"):
        board.judge("sockets", True)
    with pytest.raises(ValueError, match="no condition"):
        board.judge("pyzmq", "if", blocking="1/s")
    with pytest.raises(ValueError, match="a verdict is one of"):
        board.judge("pyzmq", "perhaps", blocking="1/s")
    with pytest.raises(KeyError, match="no claim"):
        board.judge("unheard of", True, figure="1")
    assert board.verdicts == {}
